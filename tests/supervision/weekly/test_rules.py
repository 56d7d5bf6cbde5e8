"""The rules of the light at their edges (MEASURES.md, 亮灯); thresholds compare values as shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from projects.ledger.facts import month_end_count, month_ends
from supervision.weekly.rules import Situation, Thresholds, judge

EVEN = Situation(
    is_completed=False,
    is_started=True,
    has_report=True,
    planned_start_on=date(2025, 3, 1),
    physical_percent=Decimal("50.0"),
    scheduled_percent=Decimal("50.0"),
    behind_points=Decimal("0.0"),
    month_ends_due=5,
    as_of=date(2025, 8, 10),
)


@pytest.mark.parametrize(
    ("behind", "light"),
    [("-5.0", "green"), ("9.9", "green"), ("10.0", "yellow"), ("30.0", "yellow"), ("30.1", "red")],
)
def test_behind(behind: str, light: str) -> None:
    assert judge(replace(EVEN, behind_points=Decimal(behind)), Thresholds()).light == light


@pytest.mark.parametrize(
    ("due", "light"), [(0, "green"), (1, "yellow"), (2, "yellow"), (3, "red"), (7, "red")]
)
def test_not_started(due: int, light: str) -> None:
    waiting = replace(EVEN, is_started=False, month_ends_due=due)
    assert judge(waiting, Thresholds()).light == light


def test_the_order_of_the_rules() -> None:
    terrible = replace(EVEN, is_started=False, month_ends_due=9, behind_points=Decimal("90.0"))
    assert judge(replace(terrible, is_completed=True), Thresholds()).light == "green"
    planless = replace(terrible, planned_start_on=None, scheduled_percent=None, behind_points=None)
    assert judge(planless, Thresholds()).light == "grey"
    early = replace(EVEN, as_of=date(2025, 2, 28), has_report=False)
    assert judge(early, Thresholds()).light == "grey"
    assert judge(replace(early, has_report=True), Thresholds()).light == "green"
    assert judge(replace(early, as_of=date(2025, 3, 1)), Thresholds()).light == "green"


def test_thresholds_are_given() -> None:
    strict = Thresholds(red_behind=Decimal(5), yellow_behind=Decimal(2), red_months=1)
    assert judge(replace(EVEN, behind_points=Decimal("5.0")), strict).light == "yellow"
    assert judge(replace(EVEN, behind_points=Decimal("5.1")), strict).light == "red"
    assert judge(replace(EVEN, is_started=False, month_ends_due=1), strict).light == "red"
    assert strict.as_json() == {"red_behind": "5.0", "yellow_behind": "2.0", "red_months": "1"}


def test_reasons_name_the_numbers_and_the_rule() -> None:
    situation = replace(
        EVEN,
        is_started=False,
        month_ends_due=2,
        physical_percent=Decimal("15.0"),
        scheduled_percent=Decimal("51.0"),
        behind_points=Decimal("36.0"),
    )
    assert judge(situation, Thresholds()).reasons == (
        "形象进度15.0%，序时进度51.0%，落后36.0个百分点，超过30.0个百分点。",
        "计划2025年3月1日开工，已过2个月末仍没有开工依据。",
    )
    assert judge(EVEN, Thresholds()).reasons == ("形象进度50.0%，不低于序时进度50.0%。",)


def test_month_ends_count_both_ends() -> None:
    assert month_ends(date(2025, 1, 31), date(2025, 1, 31)) == [date(2025, 1, 31)]
    assert month_ends(date(2025, 1, 31), date(2025, 3, 30)) == [
        date(2025, 1, 31),
        date(2025, 2, 28),
    ]
    assert month_ends(date(2025, 2, 1), date(2025, 2, 27)) == []
    assert month_ends(date(2024, 2, 29), date(2024, 3, 31))[0] == date(2024, 2, 29)


def test_month_ends_are_counted_as_they_are_listed() -> None:
    days = [date(2023, 11, 28) + timedelta(days=number) for number in range(130)]
    pairs = [(start, end) for start in days[::3] for end in days]
    assert [month_end_count(*pair) for pair in pairs] == [len(month_ends(*pair)) for pair in pairs]
