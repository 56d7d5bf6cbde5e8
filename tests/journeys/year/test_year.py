"""A year of the district: fifty-three weeks and three streets through pages and API, every figure counted twice.

What people and programs do is laid out in ``weeks`` and ``events``; each act writes down in ``record`` what was typed
in. At every week's end, for every quarter and once more from the end of the year, the second count (``oracle``,
``oracle_rows``, written from MEASURES.md and the portal's dictionary) must come to what the portal says, at every place,
to the last digit. What is compared where:

| MEASURES.md | compared |
|---|---|
| Programme | API: district, streets, projects, 2026 every week, 2025 (结转) once a quarter; 总览; a project's own page; dispatch sheets and their workbooks; bulletins |
| Money | API; 资金总表 by source and by project and source; sheets; bulletins |
| Returns | API for week, month, quarter and year; who owes, due and closes of every week; 总览; bulletins; 报送质量 by quarter with late reasons |
| Ranks | 总览, bulletins and 报送质量, with ties, and the method under the table |
| Data that wait | API with approval=all; the sheets, which mark them |
| Consent | only that nothing was asked: its own test counts it (``tests/projects/consent/test_measures.py``) |
| 12345, Visits, Score, Council review | no wing declares them yet |

``measures`` names every measure of the catalogue that the year compares or leaves to another test, and
``test_measures`` holds that list complete.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from renovation.core.calendar import SHANGHAI
from renovation.core.holidays import HOLIDAYS
from renovation.records.models import Holiday
from tests.conftest import Clock
from tests.factories.accounts import make_district

from . import oracle, oracle_rows
from .beginning import BEGINS, PAST, begin
from .compare import (
    LEAGUE,
    LEVELS,
    Differences,
    compare_api,
    compare_league,
    compare_overview,
    compare_owed,
    compare_pending,
    compare_reasons,
    compare_sources,
    period_of,
    said_by_api,
)
from .events import at, lay_out
from .hands import Hands
from .mistakes import (
    SPRING,
    WINTER,
    assert_each_mistake_is_found,
    assert_each_mistake_of_a_sheet_is_found,
)
from .papers import (
    compare_bulletin,
    compare_sheets,
    compare_workbook,
    compile_sheets,
    correct_sheets,
    issue_bulletin,
    issue_sheets,
)
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
#: Weeks whose sheets are issued: the first, that after the Spring Festival's week without a working day, that of which
#: a return was corrected afterwards, those in which a project was done, moved, cancelled or completed, the last of each
#: quarter, week 52 and week 53.
ISSUED = {MONDAYS[number] for number in (0, 8, 12, 19, 20, 25, 27, 33, 36, 38, 42, 51, 52)}
#: The sheet that is issued again, on the Wednesday after the correction.
CORRECTED = MONDAYS[20]
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
    record = Record(STREETS, BEGINS, {row.day: row.is_workday for row in HOLIDAYS})
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
    for number, monday in enumerate(MONDAYS[1::5]):  # what is known now of the days of the year
        compare_api(found, hands, record, monday + 6 * oracle.DAY, KINDS[number % 4])
    assert found.found == []
    assert found.compared > 25_000
    said = {day: said_by_api(hands, day, "year") for day in (SPRING, WINTER)}
    assert_each_mistake_is_found(record, said, hands.now)
    assert {places for _, places in found.ranked} >= {("1", "1", "3"), ("1", "2", "2")}
    assert {what for what, places in found.ranked if len(set(places)) < 3} >= {"偏差", "通报"}
    _all_of_it_happened(year)


def _live_a_week(year: Weeks, found: Differences, number: int, monday: date) -> None:
    """A week of acts; its figures on the evening of its Sunday, and on the Tuesday on which people read them."""
    hands, record = year.hands, year.record
    if number in (2, 8, 26):
        _take_statistics()
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
    if number % 13 == 6:  # the programme of the year before, of which some is still built
        compare_api(found, hands, record, sunday, "quarter", year=PAST)
    if number % 26 == 12:
        compare_reasons(found, hands, record, monday)
    _dispatch(year, found, number, monday)
    assert found.found == []


def _dispatch(year: Weeks, found: Differences, number: int, monday: date) -> None:
    """The week's dispatch sheets: of some weeks issued, with their workbook, of others as the draft stands."""
    hands, record = year.hands, year.record
    if monday in ISSUED:
        address = issue_sheets(hands, monday)
        compare_sheets(found, record, monday)
        if number % 4 == 0:
            compare_workbook(found, hands, record, monday, address)
        if number == 12:
            assert_each_mistake_of_a_sheet_is_found(record, monday)
        if monday == CORRECTED:
            again = partial(_correct_sheets, year, found, monday, address)
            year.then(hands.now + oracle.DAY, again)
    elif number % 4 == 2 and oracle.moments(record, monday) is not None:
        compile_sheets(hands, monday)
        compare_sheets(found, record, monday)


def _take_statistics() -> None:
    """What a server's own housekeeping does between transactions: without it the plans of a year that is one
    transaction are those for empty tables."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _correct_sheets(year: Weeks, found: Differences, monday: date, address: str) -> None:
    after = correct_sheets(year.hands, address)
    compare_sheets(found, year.record, monday, streets=())
    compare_workbook(found, year.hands, year.record, monday, after)


def _moment(monday: date, days: int, hour: int) -> datetime:
    return datetime.combine(monday + days * oracle.DAY, time(hour), SHANGHAI)


def _bulletin(year: Weeks, found: Differences, key: str, last: date) -> None:
    paper = issue_bulletin(year.hands, key)
    compare_bulletin(found, year.record, paper, period_of("quarter", last), year.hands.now)
    monday = last - (last.weekday() + 7 if last.weekday() < 6 else 6) * oracle.DAY
    number = [quarter for quarter, _, _ in BULLETINS].index(key)
    compare_league(found, year.hands, year.record, monday, tuple(LEAGUE)[number])


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
    _all_hands_were_there(year)


def _all_hands_were_there(year: Weeks) -> None:
    """Rows of every kind, reasons asked and spared, a stand-in, a street without a reviewer of its own."""
    record, whole = year.record, (date(2026, 1, 1), date(2026, 12, 31))
    known = oracle_rows.quality(record, STREETS, *whole, whole[1], END)
    assert all(0 < above < below for _, above, below in known.values()), known
    (waiver,) = record.waivers
    assert oracle_rows.weeks_spared(record, waiver, *whole) > 0
    june = [record.return_of(monday, "songlinglu") for monday in MONDAYS[22:26]]
    unread = [each for told in june for each in told.versions if each.standing == "approve"]
    assert unread
    assert all("review" not in {act for _, act in each.acts} for each in unread)
    in_november = [
        monday
        for monday in MONDAYS[44:48]
        for version in record.return_of(monday, "zhonglou").versions[:1]
        if version.standing == "approve"
    ]
    assert "（代" in year.hands.see("leader", f"/weekly/{in_november[0]}/zhonglou/")
