"""Plans and stories: what the rows will say is known beforehand."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from renovation.core.holidays import seeded_calendar
from reports.demo.outlines import outlines
from reports.demo.present import NOT_BEGUN, RECOVERED, RED, TURNED_YELLOW, YELLOW, present_stories
from reports.demo.stories import Plan, curved, tenths
from reports.demo.timetables import settled_stories

CALENDAR = seeded_calendar()


def _behind(story, day) -> Decimal:
    return tenths(story.plan_on(day).scheduled(day)) - story.progress(day)


def test_scheduled_progress_runs_straight_through_the_targets() -> None:
    plan = Plan(
        date(2025, 3, 1),
        date(2025, 5, 15),
        {date(2025, 3, 31): Decimal(30), date(2025, 4, 30): Decimal(60)},
    )
    assert plan.scheduled(date(2025, 2, 1)) == 0
    assert plan.scheduled(date(2025, 3, 16)) == 15
    assert plan.scheduled(date(2025, 4, 30)) == 60
    assert plan.scheduled(date(2025, 5, 3)) == 68
    assert plan.scheduled(date(2026, 1, 1)) == 100


def test_curved_targets_lie_inside_the_plan_and_never_fall() -> None:
    plan = curved(date(2025, 3, 20), date(2025, 10, 30))
    days = sorted(plan.targets)
    assert days[0] == date(2025, 3, 31)
    assert days[-1] == date(2025, 9, 30)
    levels = [plan.targets[day] for day in days]
    assert levels == sorted(levels)
    assert levels[-1] <= 100


def test_the_wall_chart_of_2025_comes_alive() -> None:
    """Week 37 of 2025 as in the picture: progress, schedule, and the district's 55.8."""
    rows = outlines(2025)
    stories = settled_stories(2025, rows)
    day = date(2025, 9, 14)
    shown = [
        (row.name, str(story.progress(day)), str(tenths(story.plan_on(day).scheduled(day))))
        for row, story in zip(rows, stories, strict=True)
    ]
    assert shown == [
        ("文昌园小区", "80.5", "75.0"),
        ("般阳新村北区", "63.2", "66.5"),
        ("齐纺一宿舍", "45.8", "57.0"),
        ("留仙苑小区", "48.0", "46.5"),
        ("东关里小区", "100.0", "100.0"),
        ("柳泉小区", "69.0", "69.5"),
        ("建材一宿舍", "42.0", "56.0"),
        ("聚贤里小区", "48.2", "49.5"),
        ("机床厂生活区", "33.5", "38.9"),
        ("松龄东苑", "26.5", "33.4"),
        ("青云小区", "0.0", "15.8"),
        ("育才巷小区", "0.0", "0.0"),
        ("钟楼西里", "54.0", "54.5"),
        ("昆仑巷小区", "30.0", "61.0"),
    ]
    area = sum(Fraction(row.area_sqm) for row in rows)
    scheduled = sum(
        story.plan_on(day).scheduled(day) * Fraction(row.area_sqm)
        for row, story in zip(rows, stories, strict=True)
    )
    assert tenths(scheduled / area) == Decimal("55.8")


@pytest.mark.parametrize("year", [2025, 2026, 2029])
def test_settled_stories_rise_to_the_end(year: int) -> None:
    for story in settled_stories(year, outlines(year)):
        assert story.started_on is not None
        assert story.completed_on is not None
        assert story.started_on <= date(year, 10, 31)  # all begun by the end of October
        levels = [
            story.progress(date(year, 1, 1) + timedelta(days=7 * week)) for week in range(116)
        ]
        assert levels == sorted(levels)
        assert levels[-1] == 100
        assert max(later - earlier for earlier, later in pairwise(levels)) < 12


@pytest.mark.parametrize(
    "sunday",
    [date(2026, 1, 25), date(2026, 2, 8), date(2026, 3, 22), date(2026, 5, 31), date(2026, 7, 5),
     date(2026, 9, 13), date(2026, 11, 22), date(2026, 12, 27)],
)  # fmt: skip
def test_the_year_that_runs_has_its_troubles_on_any_day(sunday: date) -> None:
    before = sunday - timedelta(days=7)
    stories = present_stories(2026, closed=sunday, before=before, calendar=CALENDAR)
    behind = [_behind(story, sunday) for story in stories]
    assert behind[RED] > 30
    assert all(value <= 30 for place, value in enumerate(behind) if place != RED)
    assert 10 <= behind[TURNED_YELLOW] < 14
    assert _behind(stories[TURNED_YELLOW], before) < 10 or sunday.month < 3
    assert 14 <= behind[YELLOW] < 20
    assert behind[RECOVERED] < 10
    assert stories[NOT_BEGUN].started_on is None
    assert stories[NOT_BEGUN].plan.start < sunday - timedelta(days=10)
    for story in stories:
        levels = [story.progress(sunday + timedelta(days=7 * week)) for week in range(-50, 4)]
        assert levels == sorted(levels)
