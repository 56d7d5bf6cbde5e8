"""Lights are stored with reasons and rules when a week has closed, and anew when something is approved late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from renovation.core.periods import Week
from renovation.core.schedules import RunContext
from renovation.records.models import Setting
from supervision.weekly import services
from supervision.weekly.judgements import judge_week
from supervision.weekly.models import StatusJudgement
from supervision.weekly.schedules import KINDS
from tests.supervision.weekly.office import THURSDAY, WEEK, Office, make_office, moment

pytestmark = pytest.mark.django_db

CLOSED = moment("2025-05-12 12:05")


@pytest.fixture
def office() -> Office:
    return make_office()


def _stored(week: Week = WEEK) -> dict[str, tuple[str, Decimal, Decimal | None]]:
    rows = StatusJudgement.objects.filter(week_start=week.start).order_by("pk")
    return {
        row.project.code: (row.light, row.physical_percent, row.scheduled_percent)
        for row in rows.select_related("project")
    }


def test_the_schedule_judges_the_week_that_closed(office: Office) -> None:
    office.approved(progress_percent=Decimal("20.0"))
    kind = next(kind for kind in KINDS if kind.code == "weekly.judge")
    context = RunContext(
        period_key=WEEK.key, organisation_id=office.district.bureau.pk, now=CLOSED, run_id=None
    )
    assert kind.run(context) == {"judged": 3}
    # Linear from 1 March to 31 October, 71 of 244 days; 钟楼新村 did not start and sent nothing.
    assert _stored() == {
        "ZC2025-06": ("green", Decimal("20.0"), Decimal("29.1")),
        "ZC2025-07": ("green", Decimal("20.0"), Decimal("29.1")),
        "ZC2025-13": ("yellow", Decimal("0.0"), Decimal("29.1")),
    }
    row = StatusJudgement.objects.get(project=office.stranger)
    assert row.rules == {"red_behind": "30.0", "yellow_behind": "10.0", "red_months": "3"}
    assert row.reasons == [
        "形象进度0.0%，序时进度29.1%，落后29.1个百分点，达到10.0个百分点。",
        "计划2025年3月1日开工，已过2个月末仍没有开工依据。",
    ]
    assert kind.run(context) == {"judged": 0}


def test_what_waits_is_not_judged(office: Office) -> None:
    office.submitted(progress_percent=Decimal("20.0"))
    judge_week(bureau=office.district.bureau, week=WEEK, now=CLOSED)
    assert _stored()["ZC2025-06"] == ("yellow", Decimal("0.0"), Decimal("29.1"))


def test_a_late_approval_is_judged_anew(office: Office) -> None:
    waiting = office.reviewed(progress_percent=Decimal("20.0"))
    judge_week(bureau=office.district.bureau, week=WEEK, now=CLOSED)
    later = moment("2025-05-20 09:00")
    judge_week(bureau=office.district.bureau, week=WEEK.next(), now=later)
    services.approve(weekly_return=waiting, by=office.reviewer, now=later)
    lights = StatusJudgement.objects.filter(project=office.projects[0]).order_by("week_start", "pk")
    assert [(row.week_start, row.light, row.judged_at) for row in lights] == [
        (WEEK.start, "yellow", CLOSED),
        (WEEK.start, "green", later),
        (WEEK.next().start, "red", later),  # 32.0 behind on 18 May
        (WEEK.next().start, "yellow", later),
    ]
    others = StatusJudgement.objects.filter(project=office.stranger)
    assert others.count() == 2


def test_an_approval_before_the_week_has_closed_judges_nothing(office: Office) -> None:
    services.approve(weekly_return=office.reviewed(), by=office.reviewer, now=THURSDAY)
    assert not StatusJudgement.objects.exists()


def test_the_thresholds_of_the_weeks_sunday_hold(office: Office) -> None:
    bureau = office.district.bureau
    for key, value, day in (
        ("weekly.light.yellow_behind", "5.0", date(2025, 5, 11)),
        ("weekly.light.red_behind", "6.0", date(2025, 5, 12)),
    ):
        Setting.objects.create(
            organisation=bureau, key=key, value=value, effective_on=day, created_at=CLOSED
        )
    office.approved(progress_percent=Decimal("20.0"))
    judge_week(bureau=bureau, week=WEEK, now=CLOSED)
    assert _stored()["ZC2025-06"][0] == "yellow"
    row = StatusJudgement.objects.filter(project=office.projects[0]).latest("pk")
    assert row.rules == {"red_behind": "30.0", "yellow_behind": "5.0", "red_months": "3"}
