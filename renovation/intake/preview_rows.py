"""What one row of the page 核对上传内容 is made of: frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .verdicts import Standing

#: The number of a row at the end of its key, alone or after the code of its project.
_NUMBER = re.compile(r"(^|\u3000)#(\d+)$")


@dataclass(frozen=True)
class Compared:
    """Earlier value, this value, change. ``frame`` is "fault", "question" or ""."""

    label: str
    before: str
    now: str
    change: str
    frame: str


@dataclass(frozen=True)
class Said:
    """A text of the row, or any other cell that a fault stands at; ``head`` is "P　实际开工日期"."""

    head: str
    text: str
    frame: str


@dataclass(frozen=True)
class Strip:
    """The strip under a row: one finding with its place, what was found, what should be there."""

    address: str
    column: str
    message: str
    found: str
    expected: str
    code: str
    tone: str


@dataclass(frozen=True)
class Question:
    """A field for a reason of a row: its name, what it is about where there are several, what stands in it, where the
    workbook keeps it, what does not belong in it."""

    name: str
    about: str
    value: str
    place: str
    fault: str
    hint: str = ""


@dataclass(frozen=True)
class PreviewRow:
    """One row of the workbook as the page shows it."""

    number: int
    anchor: str
    key: str
    name: str
    compared: tuple[Compared, ...]
    said: tuple[Said, ...]
    unchanged: str
    tag: str
    strips: tuple[Strip, ...]
    questions: tuple[Question, ...]
    standing: Standing
    mark: str
    can_take: bool
    is_taken: bool
    decision: str
    is_same: bool = False
    #: What the key says, for people; "" where it is a word that they know.
    key_words: str = ""
    #: Where it writes only what other rows say before it: their numbers, a list each (JSON); "" elsewhere.
    behind: str = ""

    @property
    def shown_key(self) -> str:
        """What names the row beside its name; a number of the ledger (#12) in words: 台账号 12."""
        return self.key_words or _NUMBER.sub(r"\g<1>台账号 \g<2>", self.key)

    @property
    def strip_count(self) -> int:
        """Lines under the row."""
        return len(self.strips) + len(self.questions)


@dataclass(frozen=True)
class Head:
    """A group of three columns: letter, header, its short form for the phone."""

    letter: str
    label: str
