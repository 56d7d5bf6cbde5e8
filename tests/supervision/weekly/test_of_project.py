"""The reports of one project, read once, tell what the reading for many projects tells: figures, curve, texts, lights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from projects.ledger.models import Project
from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.core.calendar import local_moment
from renovation.core.holding import holding
from renovation.core.measures import Approval
from renovation.records.acting import who_at
from renovation.records.models import AuditEntry
from supervision.weekly import facts
from supervision.weekly.enums import Light, ReturnState
from supervision.weekly.judgements import judged_weeks, lagging_runs
from supervision.weekly.models import StatusJudgement, WeeklyReport
from supervision.weekly.of_project import reports_of
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, make_user
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return

pytestmark = pytest.mark.django_db
FIRST = date(2025, 4, 7)
#: From before the first report speaks to after the last.
DAYS = [FIRST + timedelta(days=days) for days in range(0, 50, 3)]


def week(count: int) -> date:
    return FIRST + timedelta(weeks=count)


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def told(district: District) -> tuple[Project, Project]:
    """A project that was corrected, moved, left a week out, is corrected again by what waits, and stands in a draft;
    and its neighbour, which reported once."""
    programme = ProgrammeFactory(bureau=district.bureau)
    here, there = district.street("zhonglou"), district.street("songlinglu")
    told, other = (
        make_project(programme=programme, street=here, code=f"ZC2025-{number}") for number in (1, 2)
    )

    def returned(street: Any, count: int, percent: str, state: ReturnState, **more: Any) -> Any:
        fen = int(float(percent) * 100)
        rows = {told: (percent, fen)} | ({other: ("1.0", 7)} if count == 0 else {})
        words = {"work_done": f"第{count}周做了", "problems": "", "next_plan": percent}
        return make_return(street, rows, week_start=week(count), state=state, words=words, **more)

    approved = ReturnState.APPROVED
    returned(here, 0, "10.0", approved)
    wrong = returned(here, 1, "25.0", ReturnState.PUBLISHED)
    returned(here, 1, "20.0", approved, version=2, supersedes=wrong, correction_reason="多报了一栋")
    last = returned(there, 3, "33.3", approved)
    returned(
        there, 3, "40.5", ReturnState.REVIEWED,
        version=2, supersedes=last, correction_reason="少报了一栋",
    )  # fmt: skip
    returned(there, 4, "41.0", ReturnState.SUBMITTED)
    returned(there, 5, "99.0", ReturnState.DRAFT)
    return told, other


@pytest.mark.parametrize("approval", list(Approval))
def test_one_project_is_told_as_among_many(
    told: tuple[Project, Project], approval: Approval
) -> None:
    one, other = told
    found = []
    for day in DAYS:
        (alone, many) = (
            facts.latest_reports(project_ids=ids, on=day, approval=approval)
            for ids in ([one.pk], [one.pk, other.pk])
        )
        assert alone.get(one.pk) == many.get(one.pk)
        assert alone.keys() <= {one.pk}
        found.append(alone[one.pk].progress_tenths if alone else None)
    everything = {"approved": [100, 200, 333], "all": [100, 200, 405, 410]}
    assert list(dict.fromkeys(found)) == [None, *everything[approval.value]]
    steps = facts.steps_of(project_id=one.pk, approval=approval)
    among = facts.report_steps(project_ids=[one.pk, other.pk], approval=approval)
    assert steps == {one.pk: among[one.pk]}
    assert [tenths for _, _, tenths in steps[one.pk]] == everything[approval.value]


def test_who_never_reported_has_nothing(told: tuple[Project, Project]) -> None:
    silent = make_project(programme=told[0].programme, street=told[0].street, code="ZC2025-3")
    day = DAYS[-1]
    assert facts.latest_reports(project_ids=[silent.pk], on=day, approval=Approval.ALL) == {}
    assert facts.steps_of(project_id=silent.pk, approval=Approval.ALL) == {}


def test_texts_are_those_of_the_report_that_counts(told: tuple[Project, Project]) -> None:
    one = told[0].pk
    report = facts.latest_reports(project_ids=[one], on=DAYS[-1], approval=Approval.APPROVED)[one]
    assert WeeklyReport.objects.get(pk=report.pk).weekly_return.version == 1
    texts = facts.report_texts(project_id=one, report=report)
    assert texts == ("第3周做了", "", "", "33.3")


def test_a_page_reads_the_reports_of_its_project_once(
    told: tuple[Project, Project], django_assert_num_queries: Callable[..., Any]
) -> None:
    one = told[0].pk
    with holding(), django_assert_num_queries(1):
        for day in DAYS:
            for approval in Approval:
                found = facts.latest_reports(project_ids=[one], on=day, approval=approval)
        facts.report_texts(project_id=one, report=found[one])
        assert facts.steps_of(project_id=one, approval=Approval.ALL)
        assert len(reports_of(project_id=one)) == 6
    before = len(reports_of(project_id=one))
    WeeklyReport.objects.filter(weekly_return__state=ReturnState.SUBMITTED).update(
        progress_percent=None
    )
    assert len(reports_of(project_id=one)) == before - 1  # nothing is kept outside of a request


def test_who_approved_in_the_place_of_another_is_named_with_both(
    district: District, told: tuple[Project, Project]
) -> None:
    at = local_moment(week(1), time(9))
    principal = district.users["bureau"]
    deputy: User = make_user(district.bureau, Role.REVIEWER, "b-gang")
    assert who_at(deputy, at) == deputy.post_name
    User.objects.filter(pk=deputy.pk).update(has_stood_in=True)
    deputy.refresh_from_db()
    AuditEntry.objects.create(
        at=at, actor=deputy, actor_label=deputy.post_name, stands_for=principal,
        act="weekly.approve", sentence="核定", object_type="weekly.weeklyreturn", object_id="1",
    )  # fmt: skip
    assert who_at(deputy, at) == f"{deputy.post_name}（代{principal.post_name}）"
    assert who_at(deputy, at + timedelta(seconds=1)) == deputy.post_name
    assert who_at(None, at) == "系统"


def test_the_run_of_one_project_is_that_among_many(told: tuple[Project, Project]) -> None:
    one, other = told
    lights = [Light.YELLOW, Light.GREEN, Light.YELLOW, Light.RED, Light.RED]
    for project in told:
        for count, light in enumerate(lights):
            StatusJudgement.objects.create(
                project=project, week_start=week(count), light=light,
                reasons=[f"第{count}周"], rules={}, judged_at=local_moment(week(count + 1), time(9)),
            )  # fmt: skip
    StatusJudgement.objects.create(  # judged anew: the newest of a week counts
        project=one, week_start=week(1), light=Light.YELLOW,
        reasons=["改判"], rules={}, judged_at=local_moment(week(9), time(9)),
    )  # fmt: skip
    for day in DAYS:
        many = lagging_runs(project_ids=[one.pk, other.pk], on=day)
        alone = {}
        for project in told:
            alone |= lagging_runs(project_ids=[project.pk], on=day)
        assert alone == many
    assert (many[one.pk].weeks, many[other.pk].weeks) == (5, 3)
    assert [(row.light, row.reasons) for row in judged_weeks(project_id=one.pk)][:2] == [
        (Light.YELLOW, ["第0周"]),
        (Light.YELLOW, ["改判"]),
    ]
