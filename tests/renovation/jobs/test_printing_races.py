"""Two people ask for the same paper at once, two workers take it: one row, printed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pytest

from renovation.jobs.models import Printing
from renovation.jobs.printing import services
from renovation.jobs.printing.declaring import PrintKind
from tests.conftest import Clock
from tests.factories.accounts import BureauFactory
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Slip:
    """What the paper says."""

    words: str


def test_it_is_asked_for_once_and_made_once(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Slip] = []

    def render(slip: Slip) -> bytes:
        made.append(slip)
        return b"%PDF"

    kind = PrintKind(code="test.slip", types=(Slip,), render=render, name=lambda _: "slip.pdf")
    monkeypatch.setattr(services, "print_kinds", lambda: {kind.code: kind})
    now, bureau = clock.at("2025-05-08 15:00"), BureauFactory()
    ask = partial(services.ask, kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    first, second = at_once(ask, ask)
    assert first == second == Printing.objects.get()
    make = partial(services.make, printing_id=first.pk, now=now)
    assert sorted(at_once(make, make)) == [False, True]
    assert made == [Slip("甲")]
