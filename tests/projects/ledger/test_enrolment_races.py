"""A project moves while its street sends the week, and two changes are proposed at once."""

from __future__ import annotations

from datetime import date, time
from functools import partial

import pytest

from projects.ledger.changes import Decision, decide_change
from projects.ledger.enums import (
    ChangeAct,
    ChangeKind,
    ChangeState,
    ExceptionAct,
    ExceptionState,
)
from projects.ledger.exceptions import decide_exception
from projects.ledger.models import GateException, Project, ProjectChange
from projects.ledger.roster.approving import approve_roster
from projects.ledger.services import create_project
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from supervision.weekly import services as weekly
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import decide, excuse, propose
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import WeeklyReportFactory
from tests.races import behind

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


@pytest.fixture
def district() -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        baseline={},
    )


def open_return(district: District) -> WeeklyReturn:
    from renovation.core.periods import Week

    return weekly.open_return(
        street=district.street("zhonglou"),
        week=Week(date(2025, 5, 5)),
        by=district.users["zhonglou"],
        now=NOW,
    )


def approve(district: District, pk: int) -> ProjectChange:
    return decide(district, ProjectChange.objects.get(pk=pk), now=NOW)


def test_a_street_that_begins_its_week_while_a_project_leaves_finds_it_gone(
    district: District, project: Project
) -> None:
    change = propose(
        district, project, ChangeKind.MOVE, now=NOW, to_street=district.street("songlinglu")
    )
    moved, told = behind(partial(approve, district, change.pk), partial(open_return, district))
    assert moved.state == ChangeState.APPROVED
    assert isinstance(told, Refusal)
    assert told.code == "return.not_expected"
    assert not WeeklyReturn.objects.exists()


def test_a_week_that_is_being_sent_is_waited_for(district: District, project: Project) -> None:
    change = propose(
        district, project, ChangeKind.MOVE, now=NOW, to_street=district.street("songlinglu")
    )
    draft = open_return(district)
    WeeklyReportFactory(weekly_return=draft, project=project)

    def send() -> WeeklyReturn:
        return weekly.submit(weekly_return=draft, by=district.users["zhonglou"], now=NOW)

    sent, told = behind(send, partial(approve, district, change.pk))
    assert sent.state == ReturnState.SUBMITTED
    assert isinstance(told, Refusal)
    assert told.code == "enrolment.sent"
    project.refresh_from_db()
    assert project.street.code == "zhonglou"


def test_two_proposals_at_once_leave_one(district: District, project: Project) -> None:
    calls = [
        partial(propose, district, project, kind, now=NOW, **values)
        for kind, values in (
            (ChangeKind.CANCEL, {"effective_on": date(2025, 5, 12)}),
            (ChangeKind.MOVE, {"to_street": district.street("songlinglu")}),
        )
    ]
    first, second = behind(*calls)
    assert first.kind == ChangeKind.CANCEL
    assert isinstance(second, Refusal)
    assert second.code == "enrolment.waiting"
    assert ProjectChange.objects.count() == 1


def test_an_entry_waits_for_who_revokes_the_exception_it_stands_on(
    district: District, project: Project
) -> None:
    entry = create_project(
        values={
            "code": "ZC2025-31",
            "name": "新列入",
            "programme": project.programme,
            "street": district.street("zhonglou"),
            "renovation_type": "basic",
            "approved_on": date(2025, 4, 1),
        },
        by=district.users["bureau"],
        now=NOW,
    ).changes.get()
    excuse(entry, now=NOW)
    user = district.users["reviewer"]
    scope = scope_of(user, on=NOW.date())
    rows = list(entry.project.gate_exceptions.all())

    def decided(row: GateException, act: ExceptionAct) -> GateException:
        return decide_exception(
            exception=row, act=act, comment="依据失效", scope=scope, by=user, now=NOW
        )

    for row in rows:
        decided(row, ExceptionAct.APPROVE)

    def enter() -> ProjectChange:
        decision = Decision(
            act=ChangeAct.APPROVE, approved_on=NOW.date(), document_number="淄建发〔2025〕3号"
        )
        return decide_change(change=entry, decision=decision, scope=scope, by=user, now=NOW)

    revoked, told = behind(partial(decided, rows[0], ExceptionAct.REVOKE), enter)
    assert revoked.state == ExceptionState.REVOKED
    assert isinstance(told, Refusal)
    assert told.code == "enrolment.conditions"
    assert Project.objects.get(pk=entry.project_id).approved_on is None


def test_a_roster_and_a_move_never_wait_for_each_other(
    district: District, project: Project
) -> None:
    """Both hold the streets before any project, in one order."""
    change = propose(
        district, project, ChangeKind.MOVE, now=NOW, to_street=district.street("songlinglu")
    )
    entries = [
        create_project(
            values={
                "code": f"ZC2025-{place}",
                "name": f"新列入{place}",
                "programme": project.programme,
                "street": district.street(street),
                "renovation_type": "basic",
                "approved_on": date(2025, 4, 1),
            },
            by=district.users["bureau"],
            now=NOW,
        ).changes.get()
        for place, street in ((21, "songlinglu"), (22, "zhonglou"))
    ]
    excuse(*entries, now=NOW)

    def enter() -> object:
        user = district.users["reviewer"]
        return approve_roster(
            entries=entries,
            baselines=[],
            approved_on=NOW.date(),
            document_number="淄建发〔2025〕3号",
            scope=scope_of(user, on=NOW.date()),
            by=user,
            now=NOW,
        )

    moved, entered = behind(partial(approve, district, change.pk), enter)
    assert moved.state == ChangeState.APPROVED
    assert entered == (2, 0)
