"""How far the figures of a bulletin reach: those of a quarter that still runs, or that stop before its end.

MEASURES.md counts a quarter's stocks at its end; a bulletin that is signed earlier speaks of less. Nobody
is kept from it, but it is said on every page before the signature, and who signs accepts it by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from renovation.core.periods import Quarter
from renovation.core.wording import short_date

from .bulletins import Bulletin
from .sheets import DispatchSheet


@dataclass(frozen=True)
class Shortfall:
    """What the reader of a bulletin must know: the ``finding`` in a few words, the days in ``detail``."""

    finding: str
    detail: str

    @property
    def headline(self) -> str:
        """The first words of the alert."""
        return f"{self.finding}。"

    @property
    def acceptance(self) -> str:
        """The sentence that a signer accepts; it is kept with the signature."""
        return f"知悉{self.finding}，{self.detail}，同意按此签发。"


def shortfall(content: DispatchSheet | Bulletin, *, on: date) -> Shortfall | None:
    """Why a bulletin does not tell the whole quarter on a day; None where it does, and for a sheet."""
    if not isinstance(content, Bulletin):
        return None
    end, reach = short_date(content.quarter.end), short_date(content.as_of)
    if on <= content.quarter.end:
        return Shortfall("本季度还没有结束", f"季度到{end}，数字截至{reach}")
    if content.as_of < content.quarter.end:
        return Shortfall("数字没有取到季末", f"季度已于{end}结束，数字只截至{reach}")
    return None


def quarter_option(quarter: Quarter, *, on: date) -> str:
    """A quarter as a list offers it for a bulletin; one that still runs says so."""
    running = f"（未结束，到{short_date(quarter.end)}）" if on <= quarter.end else ""
    return f"{quarter.label}{running}"
