"""The programme that runs is adjusted in mid-year: one project comes, one moves, one is to go; papers and returns agree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.adjustments import adjustments_between
from projects.ledger.enums import GateKind
from projects.ledger.models import Programme, ProgrammeTotal, Project, ProjectChange
from renovation.accounts.models import User
from renovation.core.holidays import seeded_calendar
from renovation.core.periods import Week
from renovation.records.models import AuditEntry
from reports.demo.midyear import MidYear, mid_year
from reports.demo.outlines import official
from supervision.weekly.models import WeeklyReport

pytestmark = pytest.mark.django_db

CALENDAR = seeded_calendar()
ENTERED, MOVED, GOING = "ZC2026-14", "ZC2026-08", "ZC2026-11"
TODAY = date(2026, 11, 24)


def _of(today: date, programmed_on: date, year: int = 2026) -> MidYear:
    return mid_year(year=year, programmed_on=programmed_on, today=today, calendar=CALENDAR)


# -- the days --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "entry", "move", "decided", "gone"),
    [
        ("2026-02-02", "", "2026-01-19", "2026-01-29", "2026-03-01"),
        ("2026-03-30", "2026-03-04", "2026-03-16", "2026-03-26", "2026-05-01"),
        ("2026-05-20", "2026-02-24", "2026-02-09", "2026-05-14", "2026-06-01"),
        ("2026-10-05", "2026-08-20", "2026-08-10", "2026-09-29", "2026-11-01"),
        ("2026-11-24", "2026-08-20", "2026-08-10", "2026-11-19", "2026-12-01"),
        ("2027-01-04", "", "2026-11-09", "2026-12-31", "2027-02-01"),
    ],
)
def test_each_falls_where_the_day_has_room_for_it(
    today: str, entry: str, move: str, decided: str, gone: str
) -> None:
    day = date.fromisoformat(today)
    programmed_on = date(2026, 1, 5) if day < date(2026, 7, 15) else date(2026, 1, 20)
    found = _of(day, programmed_on)
    assert (str(found.entry.on) if found.entry else "") == entry
    assert found.move is not None
    assert found.cancellation is not None
    assert str(found.move.on) == move
    assert found.move.on.weekday() == 0
    assert CALENDAR.is_workday(found.move.on)
    assert (str(found.cancellation.decided_on), str(found.cancellation.on)) == (decided, gone)
    assert Week.of(found.cancellation.decided_on) < Week.of(day) < Week.of(found.cancellation.on)


def test_a_programme_of_the_last_days_is_not_adjusted_yet() -> None:
    assert _of(date(2026, 1, 12), date(2026, 1, 5)) == MidYear()


def test_totals_are_the_official_ones_once_all_has_happened() -> None:
    found = _of(TODAY, date(2026, 1, 20))
    assert found.totals_on(2026, date(2026, 8, 20)) == official(2026)
    assert found.totals_on(2026, date(2026, 1, 20)) == {
        "banyanglu": (5, 756, Decimal("76800.00")),
        "songlinglu": (5, 734, Decimal("68513.28")),
        "zhonglou": (3, 592, Decimal("58967.47")),
    }


# -- the rows --------------------------------------------------------------------------------------
def _told(since: date, until: date) -> list[tuple[str, str, str]]:
    rows = adjustments_between(projects=Project.objects.all(), since=since, until=until)
    return [(each.project.code, each.words(TODAY), each.basis(TODAY)) for each in rows]


def test_the_last_quarter_has_one_that_came_and_one_that_moved(demo) -> None:
    assert _told(date(2026, 6, 30), date(2026, 9, 30)) == [
        (ENTERED, "列入2026年度计划，8月20日起计入", "8月20日批准，川政办字〔2026〕21号"),
        (MOVED, "由钟楼街道移交松龄路街道，8月10日起", "8月10日批准，川政办字〔2026〕18号"),
    ]


def test_the_last_week_has_one_that_is_to_go(demo) -> None:
    assert _told(date(2026, 11, 15), date(2026, 11, 22)) == [
        (GOING, "取消，12月1日起不再计入", "11月19日批准，川政办字〔2026〕33号")
    ]
    scope = Project.objects.filter(programme__year=2026)
    assert scope.in_scope_on(TODAY).count() == 14
    assert scope.in_scope_on(date(2026, 12, 1)).count() == 13


def test_the_first_programme_is_as_its_document_has_it(demo) -> None:
    rows = Project.objects.filter(programme__year=2025)
    assert not rows.exclude(cancelled_on=None).exists()
    assert not rows.exclude(former_streets=None).exists()
    assert set(rows.values_list("approved_on", flat=True)) == {
        Programme.objects.get(year=2025).approved_on
    }


def test_one_that_moved_is_reported_by_each_street_for_its_own_weeks(demo) -> None:
    project = Project.objects.get(code=MOVED)
    rows = WeeklyReport.objects.filter(project=project, weekly_return__version=1)
    weeks: dict[str, list[date]] = {}
    for code, start in rows.order_by("weekly_return__week_start").values_list(
        "weekly_return__street__code", "weekly_return__week_start"
    ):
        weeks.setdefault(code, []).append(start)
    assert set(weeks) == {"zhonglou", "songlinglu"}
    assert weeks["zhonglou"][-1] == date(2026, 8, 3)
    assert weeks["songlinglu"][0] == date(2026, 8, 10)
    assert project.street_on(date(2026, 8, 9)).code == "zhonglou"
    assert project.street_on(date(2026, 8, 10)).code == "songlinglu"
    answer = project.parties.valid_on(TODAY).get(role="responsible")
    assert (answer.organisation, answer.succeeds.organisation.code) == (
        project.street,
        "zhonglou",
    )
    assert project.estates.get().community.parent == project.street
    streets = [row.street.code for row in project.history.order_by("history_date", "history_id")]
    assert (streets[0], streets[-1]) == ("zhonglou", "songlinglu")


def test_what_was_done_for_one_that_moved_was_done_where_it_was(demo) -> None:
    change = ProjectChange.objects.get(project__code=MOVED, kind="move")
    about = AuditEntry.objects.filter(sentence__contains=change.project.name)
    for entries, street in (
        (about.filter(at__lt=change.decided_at), "zhonglou"),
        (about.filter(at__gt=change.decided_at), "songlinglu"),
    ):
        codes = set(entries.values_list("organisation__code", flat=True))
        users = entries.exclude(actor=None).values_list("actor__username", flat=True)
        assert codes == {street}
        assert {name.removesuffix("-head") for name in users} & {"zhonglou", "songlinglu"} == {
            street
        }


def test_one_that_came_late_owes_nothing_of_the_weeks_before(demo) -> None:
    project = Project.objects.get(code=ENTERED)
    assert project.approved_on == date(2026, 8, 20)
    first = WeeklyReport.objects.filter(project=project).order_by("weekly_return__week_start")[0]
    assert first.weekly_return.week_start == date(2026, 8, 17)
    gate = project.gates.get(kind=GateKind.PROGRAMMED)
    baseline = project.baselines.get(version=1)
    assert (gate.actual_on, gate.document_number) == (
        date(2026, 8, 20),
        "川政办字〔2026〕21号",
    )
    assert (baseline.approved_on, baseline.document_number) == (
        date(2026, 8, 20),
        "川政办字〔2026〕21号",
    )
    assert project.history.earliest().history_date.date() == date(2026, 8, 20)


def test_each_change_was_drafted_by_one_and_approved_by_another(demo) -> None:
    rows = ProjectChange.objects.filter(
        project__code__in=[ENTERED, MOVED, GOING], document_number__startswith="川政办字"
    )
    assert sorted(row.kind for row in rows) == ["cancel", "enter", "move"]
    for row in rows:
        row.full_clean()
        assert row.drafted_at < row.decided_at <= demo.now
        assert (row.drafted_by.username, row.decided_by.username) == ("bureau", "reviewer")
        acts = AuditEntry.objects.filter(
            object_type="ledger.projectchange", object_id=str(row.pk)
        ).order_by("at")
        assert [each.act for each in acts] == ["change.draft", "change.approve"]


def test_the_official_totals_tell_what_each_document_changed(demo) -> None:
    counts = {
        row.street.code: [
            each.project_count for each in row.history.order_by("history_date", "history_id")
        ]
        for row in ProgrammeTotal.objects.filter(programme__year=2026)
    }
    assert counts == {"banyanglu": [5], "songlinglu": [5, 6], "zhonglou": [3, 2, 3]}


def test_the_overview_tells_who_is_to_go(demo, client: Client, clock) -> None:
    clock.at("2026-11-24 10:00")
    client.force_login(User.objects.get(username="bureau"))
    page = client.get(reverse("dashboards:overview")).content.decode()
    assert "建陶三宿舍" in page
    assert "12月1日起不再计入" in page
    assert "川政办字〔2026〕33号" in page
