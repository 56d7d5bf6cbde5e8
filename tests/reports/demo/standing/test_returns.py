"""Two years of weeks: who reported what and when, judged by the portal's own rules."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from renovation.accounts.models import Organisation
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.errors import Severity
from renovation.core.periods import Week
from renovation.records.services import work_calendar
from supervision.weekly.checks import check_report
from supervision.weekly.comparison import load_context
from supervision.weekly.enums import ReturnAct, ReturnState
from supervision.weekly.models import ReportingWeek, ReturnEvent, WeeklyReport, WeeklyReturn
from supervision.weekly.reporting import reporting_spans
from supervision.weekly.values import ReportValues
from supervision.weekly.weeks import asked_weeks, moments_between

pytestmark = pytest.mark.django_db


def _bureau() -> Organisation:
    return Organisation.objects.get(code="zichuan-bureau")


def _expected(first: Week, last: Week, now) -> dict[tuple[str, Week], set[str]]:
    """(street, week) → codes of the projects that report there, by the portal's own rule."""
    found: dict[tuple[str, Week], set[str]] = {}
    spans = reporting_spans(bureau=_bureau())
    codes = dict(Organisation.objects.values_list("pk", "code"))
    for week in asked_weeks(bureau=_bureau(), first=first, last=last, now=now):
        for span in spans:
            if span.covers(week):
                found.setdefault((codes[span.street_id], week), set()).add(span.project.code)
    return found


def test_every_expected_week_has_its_rows_but_for_what_is_missing(demo) -> None:
    first = Week(date(2025, 1, 20))
    expected = _expected(first, demo.closed, demo.now)
    returns = WeeklyReturn.objects.filter(version=1, week_start__lte=demo.closed.start)
    there = {
        (row.street.code, Week(row.week_start)): {
            report.project.code for report in row.reports.all()
        }
        for row in returns.select_related("street").prefetch_related("reports__project")
    }
    missing = sorted((street, week.key) for street, week in set(expected) - set(there))
    assert missing == [
        ("zhonglou", "2025-07-07"),
        ("zhonglou", "2025-09-08"),
        ("zhonglou", demo.closed.key),
    ]
    assert there == {key: codes for key, codes in expected.items() if key in there}


def test_rows_satisfy_the_rules_that_clerks_must_satisfy(demo) -> None:
    """Every tenth return, and the newest ones, as if they were submitted by form."""
    faults = []
    rows = list(
        WeeklyReturn.objects.exclude(state=ReturnState.DRAFT)
        .filter(version=1, is_opening=False)
        .select_related("street")
        .order_by("-week_start", "street__order")
    )
    for row in [*rows[:8], *rows[8::10]]:
        context = load_context(street=row.street, week=Week(row.week_start))
        for report in row.reports.select_related("project"):
            found = check_report(
                ReportValues.of(report), context.projects[report.project.code], context.terms
            )
            faults += [
                (row.street.code, row.week_start, report.project.name, fault.code, fault.message)
                for fault in found
                if fault.severity is not Severity.NOTICE
            ]
    assert faults == []


def test_figures_never_fall_and_money_follows_progress(demo) -> None:
    last: dict[int, WeeklyReport] = {}
    rows = WeeklyReport.objects.filter(weekly_return__superseded_by=None)
    for report in rows.select_related("project").order_by("weekly_return__week_start"):
        before = last.get(report.project_id)
        if before is not None:
            assert report.progress_percent >= before.progress_percent
            assert report.completed_investment_fen >= before.completed_investment_fen
            if report.is_unchanged:
                assert report.progress_percent == before.progress_percent
                assert report.completed_investment_fen == before.completed_investment_fen
        planned = report.project.baselines.first().planned_investment_fen
        share = report.completed_investment_fen * 100 / planned
        assert float(report.progress_percent) * 0.91 <= share + 0.1
        assert share <= float(report.progress_percent) + 0.1
        last[report.project_id] = report


def test_weeks_are_due_and_closed_by_the_official_calendar(demo) -> None:
    first, last = Week(date(2025, 1, 20)), demo.closed
    stored = {
        Week(row.week_start): (row.is_asked, row.due_at, row.closes_at)
        for row in ReportingWeek.objects.all()
    }
    ReportingWeek.objects.all().delete()
    computed = moments_between(bureau=_bureau(), first=first, last=last, now=demo.now)
    assert stored == {
        week: (moments.is_asked, moments.due_at, moments.closes_at)
        for week, moments in computed.items()
    }
    # The week of Spring Festival asks for nothing.
    assert stored[Week(date(2026, 2, 16))] == (False, None, None)


def test_times_of_a_return_follow_each_other(demo) -> None:
    moments = {row.week_start: row for row in ReportingWeek.objects.all()}
    for row in WeeklyReturn.objects.filter(is_opening=False, state=ReturnState.PUBLISHED):
        assert row.opened_at <= row.first_submitted_at <= row.submitted_at
        assert row.submitted_at < row.reviewed_at < row.approved_at < row.published_at
        assert row.published_at <= demo.now
        assert len({row.submitted_by_id, row.reviewed_by_id, row.approved_by_id}) == 3
        week = moments[row.week_start]
        assert row.due_at_met == week.due_at
        if row.version == 1:
            assert week.opens_at <= row.opened_at
            assert row.first_submitted_at <= week.closes_at
            assert bool(row.late_reason) == (row.first_submitted_at > week.due_at)


def test_acts_happen_on_working_days(demo) -> None:
    calendar = work_calendar()
    days = {
        local_day(event.at)
        for event in ReturnEvent.objects.filter(at__lt=local_moment(demo.closed.start, time()))
    }
    assert [day for day in sorted(days) if not calendar.is_workday(day)] == []


def test_the_running_week_was_worked_at_in_office_hours(demo) -> None:
    calendar = work_calendar()
    rows = WeeklyReturn.objects.filter(week_start=demo.newest.start)
    acts = [event.at for row in rows for event in row.events.all()]
    assert acts
    for moment in [*acts, *(row.opened_at for row in rows)]:
        assert _is_office(calendar, moment)
        assert moment <= demo.now


def _is_office(calendar: WorkCalendar, moment: datetime) -> bool:
    """Whether an office is open at a moment; its last minute counts."""
    before = moment - timedelta(seconds=1)
    return moment in {
        calendar.next_work_moment(moment),
        calendar.next_work_moment(before) + timedelta(seconds=1),
    }


def test_every_return_was_begun_and_sent_in_office_hours_with_time_between(demo) -> None:
    calendar = work_calendar()
    sent = WeeklyReturn.objects.filter(version=1, is_opening=False).exclude(first_submitted_at=None)
    assert len(sent) > 100
    for row in sent:
        assert _is_office(calendar, row.opened_at)
        assert _is_office(calendar, row.first_submitted_at)
        worked = calendar.work_time_between(row.opened_at, row.first_submitted_at)
        assert worked >= timedelta(minutes=20)


def test_some_are_late_some_sent_back_some_corrected(demo) -> None:
    rows = WeeklyReturn.objects.filter(week_start__year=2025)
    late = [
        row for row in rows.filter(version=1, is_opening=False)
        if row.first_submitted_at > row.due_at_met
    ]  # fmt: skip
    assert 3 <= len(late) <= 12
    assert {(row.street.code, row.week_start) for row in late} >= {
        ("zhonglou", date(2025, 8, 18)),
        ("songlinglu", date(2025, 9, 1)),
    }
    assert rows.exclude(sent_back_at=None).exists()
    corrected = [
        (row.street.code, row.week_start) for row in rows.filter(version=2).order_by("week_start")
    ]
    assert corrected == [
        ("songlinglu", date(2025, 7, 21)),
        ("banyanglu", date(2025, 10, 20)),
    ]
    for row in rows.filter(version=2):
        slips = [
            (old.completed_investment_fen - new.completed_investment_fen)
            for old, new in zip(row.supersedes.reports.all(), row.reports.all(), strict=True)
        ]
        assert sorted(slips)[-2:] == [0, 8_600_000]
        assert row.supersedes.events.filter(act=ReturnAct.CORRECT).count() == 1


def test_the_first_weeks_came_in_as_opening_entries(demo) -> None:
    rows = WeeklyReturn.objects.filter(is_opening=True)
    assert sorted({row.week_start for row in rows}) == [
        date(2025, 1, 20),
        date(2025, 1, 27),
        date(2025, 2, 3),
    ]
    assert {row.state for row in rows} == {ReturnState.APPROVED}
    assert rows.count() == 9


def test_the_open_week_has_one_sent_one_begun_one_nothing(demo) -> None:
    assert demo.newest == Week(date(2026, 11, 23))
    states = {
        row.street.code: row.state
        for row in WeeklyReturn.objects.filter(week_start=demo.newest.start)
    }
    assert states == {"banyanglu": ReturnState.SUBMITTED, "songlinglu": ReturnState.DRAFT}


def test_texts_are_varied_and_fit_their_fields(demo) -> None:
    texts = Counter(WeeklyReport.objects.exclude(work_done="").values_list("work_done", flat=True))
    assert len(texts) > 700
    assert texts.most_common(1)[0][1] < 40
    for report in WeeklyReport.objects.all():
        report.clean_fields()
        assert "{" not in report.work_done + report.problems + report.next_plan
        assert report.is_unchanged or report.work_done
