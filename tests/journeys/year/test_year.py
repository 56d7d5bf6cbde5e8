"""A year of the district: fifty-two weeks and three streets through pages and API, every figure counted twice.

What people and programs do is laid out in ``weeks`` and ``events``; each act writes down in ``record`` what was typed
in. At every week's end, for every quarter and once more from the end of the year, the second count (``oracle``,
written from MEASURES.md) must come to what the portal says, at every place, to the last digit.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from renovation.core.calendar import SHANGHAI
from renovation.core.holidays import HOLIDAYS
from renovation.records.models import Holiday
from tests.conftest import Clock
from tests.factories.accounts import make_district

from . import oracle
from .beginning import begin
from .compare import (
    LEVELS,
    Differences,
    compare_api,
    compare_bulletin,
    compare_overview,
    compare_owed,
    compare_pending,
    compare_reasons,
    compare_sources,
    issue_bulletin,
    period_of,
    said_by_api,
)
from .events import at, lay_out
from .hands import Hands
from .mistakes import SPRING, WINTER, assert_each_mistake_is_found
from .record import Record
from .weeks import FATES, MONDAYS, STREETS, WAYS, Weeks

pytestmark = [pytest.mark.year, pytest.mark.django_db]

KINDS = ("year", "quarter", "month", "week")
#: Quarter, its last day, and when its bulletin is made and issued.
BULLETINS = (
    ("2026-Q1", date(2026, 3, 31), date(2026, 4, 10)),
    ("2026-Q2", date(2026, 6, 30), date(2026, 7, 10)),
    ("2026-Q3", date(2026, 9, 30), date(2026, 10, 14)),
    ("2026-Q4", date(2026, 12, 31), date(2027, 1, 12)),
)
END = datetime(2027, 1, 15, 9, tzinfo=SHANGHAI)


@pytest.fixture
def year(clock: Clock, settings: Any) -> Iterator[Weeks]:
    """The district on the eve of its first week; its people stay signed in the whole year."""
    settings.SESSION_COOKIE_AGE = int(timedelta(days=500).total_seconds())
    loud = [logging.getLogger(name) for name in ("django_structlog", "django.request")]
    levels = [logger.level for logger in loud]
    for logger in loud:
        logger.setLevel(logging.CRITICAL)
    clock.at("2025-12-28 08:00")
    Holiday.objects.all().delete()
    Holiday.objects.bulk_create(
        Holiday(day=row.day, is_workday=row.is_workday, name=row.name, source=row.source)
        for row in HOLIDAYS
    )
    record = Record({row.day: row.is_workday for row in HOLIDAYS})
    found = Weeks(Hands(make_district(), clock), record)
    begin(found.hands, record)
    lay_out(found)
    yield found
    for logger, level in zip(loud, levels, strict=True):
        logger.setLevel(level)


def test_a_year_is_counted_alike_twice(year: Weeks) -> None:
    found, record, hands = Differences(), year.record, year.hands
    for key, last, day in BULLETINS:
        year.then(at(day, 11), partial(_bulletin, year, found, key, last))
    for number, monday in enumerate(MONDAYS):
        _live_a_week(year, found, number, monday)
    year.until(END)
    for number, monday in enumerate(MONDAYS[1::4]):  # what is known now of the days of the year
        compare_api(found, hands, record, monday + 6 * oracle.DAY, KINDS[number % 4])
    assert found.found == []
    assert found.compared > 15_000
    said = {day: said_by_api(hands, day, "year") for day in (SPRING, WINTER)}
    assert_each_mistake_is_found(record, said, hands.now)
    _all_of_it_happened(year)


def _live_a_week(year: Weeks, found: Differences, number: int, monday: date) -> None:
    """A week of acts; its figures on the evening of its Sunday, and on the Tuesday on which people read them."""
    hands, record = year.hands, year.record
    year.until(_moment(monday, 2, 11))
    for street in STREETS:
        year.live(monday, street)
    year.until(_moment(monday, 6, 20))
    sunday = hands.now.date()
    # Projects on every other Sunday; of half of the rest they are told from the year's end.
    levels = LEVELS[:2] if number % 2 else LEVELS
    compare_api(found, hands, record, sunday, KINDS[number % 4], levels)
    if number % 4 == 1:
        compare_pending(found, hands, record, sunday)
    if number % 4 == 3:
        compare_sources(found, hands, record)
    year.until(_moment(monday, 8, 15))
    compare_owed(found, hands, record, monday)
    if number % 4 == 1 and oracle.moments(record, monday) is not None:
        compare_overview(found, hands, record, monday)
    if number % 26 == 12:
        compare_reasons(found, hands, record, monday)
    assert found.found == []


def _moment(monday: date, days: int, hour: int) -> datetime:
    return datetime.combine(monday + days * oracle.DAY, time(hour), SHANGHAI)


def _bulletin(year: Weeks, found: Differences, key: str, last: date) -> None:
    paper = issue_bulletin(year.hands, key)
    span = period_of("quarter", last)
    compare_bulletin(found, year.record, paper, span, year.hands.now)
    waived = {(each["project_code"], each["rule"]) for each in paper.snapshot["waived"]}
    assert waived == ({("ZC2026-02", "W212")} if key == "2026-Q3" else set())


def _all_of_it_happened(year: Weeks) -> None:
    """Nothing of the story was passed over."""
    record = year.record
    assert set(year.lived) == {*FATES, "saturday"}
    assert set(year.ways) == set(WAYS)
    assert sum(told.is_nil for told in record.returns.values()) >= 5
    assert any(oracle.moments(record, monday) is None for monday in MONDAYS)
    lights = [oracle.light(record, "ZC2026-01", monday + 6 * oracle.DAY)[0] for monday in MONDAYS]
    assert "".join(dict.fromkeys(lights)) == "绿黄红"
    assert lights[-1] == "绿"  # recovered
    reasons = {
        why
        for code in record.projects
        for monday in MONDAYS
        for why in oracle.light(record, code, monday + 6 * oracle.DAY)[1]
    }
    # “没有批准的基线” is seen live alone: from the end of the year, before the first plan the first holds.
    assert {"已完工", "未到计划开工", "不低于序时进度"} <= reasons
