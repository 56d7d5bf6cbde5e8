"""Two people at once at a project's plan: one throws a draft away that another approves, one drafts a change
of a plan while the next one is approved."""

from __future__ import annotations

from datetime import date, time
from functools import partial

import pytest

from projects.ledger import services
from projects.ledger.changes import decide_change, draft_change
from projects.ledger.conflicts import EditConflict
from projects.ledger.enums import BaselineState, ChangeState, OpeningAct, OpeningState
from projects.ledger.models import Baseline, Gate, GateOpening, Project, ProjectChange
from projects.ledger.openings import decide_opening
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal, StateConflict
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    GateOpeningFactory,
    ProgrammeFactory,
    ProjectFactory,
    make_project,
)
from tests.races import behind

from .test_changes import APPROVE, TODAY, Decision, plan, values

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(TODAY, time(10))


@pytest.fixture
def district() -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        baseline={"targets": {date(2025, 3, 31): 20, date(2025, 9, 30): 90}},
    )


def a_draft(district: District) -> Baseline:
    fresh = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    return services.draft_baseline(
        project=fresh, values=plan(), by=district.users["bureau"], now=NOW
    )


def approve(district: District, pk: int) -> object:
    return services.approve_baseline(
        baseline=Baseline.objects.get(pk=pk),
        approved_on=TODAY,
        by=district.users["reviewer"],
        now=NOW,
    )


def discard(district: District, pk: int) -> object:
    return services.discard_baseline(
        baseline=Baseline.objects.get(pk=pk), by=district.users["bureau"], now=NOW
    )


def test_a_draft_that_was_thrown_away_is_not_approved(district: District) -> None:
    draft = a_draft(district)
    _, told = behind(partial(discard, district, draft.pk), partial(approve, district, draft.pk))
    assert isinstance(told, StateConflict)
    assert (told.state, told.message) == ("discarded", "这一版计划草案已经被删除。")
    assert not Baseline.objects.exists()


def test_a_draft_that_was_approved_is_not_thrown_away(district: District) -> None:
    draft = a_draft(district)
    _, told = behind(partial(approve, district, draft.pk), partial(discard, district, draft.pk))
    assert isinstance(told, StateConflict)
    assert told.message == "已批准的计划不能删除。"
    assert Baseline.objects.get().state == BaselineState.APPROVED


def test_two_who_throw_a_draft_away(district: District) -> None:
    draft = a_draft(district)
    _, told = behind(partial(discard, district, draft.pk), partial(discard, district, draft.pk))
    assert isinstance(told, StateConflict)
    assert told.state == "discarded"


def test_a_change_does_not_depart_from_a_plan_that_is_being_superseded(
    district: District, project: Project
) -> None:
    first = draft_change(
        project=project,
        values=values(plan=plan(planned_completion_on=date(2025, 11, 20))),
        by=district.users["bureau"],
        now=NOW,
    )
    reviewer = district.users["reviewer"]

    def approve_first() -> object:
        return decide_change(
            change=ProjectChange.objects.get(pk=first.pk),
            decision=Decision(**APPROVE),
            scope=scope_of(reviewer, on=TODAY),
            by=reviewer,
            now=NOW,
        )

    def draft_second() -> object:
        return draft_change(
            project=Project.objects.get(pk=project.pk),
            values=values(plan=plan(planned_investment_fen=310_0000_00), kind="money"),
            departs_version=1,
            by=district.users["bureau2"],
            now=NOW,
        )

    _, told = behind(approve_first, draft_second)
    assert isinstance(told, EditConflict)
    assert told.version == 2
    assert ProjectChange.objects.get().state == ChangeState.APPROVED
    assert Baseline.objects.get(version=2).planned_completion_on == date(2025, 11, 20)
    with pytest.raises(Refusal) as caught:  # the same once more: the database keeps no half of it
        draft_second()
    assert caught.value.code == "ledger.changed_meanwhile"


def test_an_opening_is_approved_by_one(district: District, project: Project) -> None:
    opening = GateOpeningFactory(project=project, recorded_by=district.users["bureau"])

    def decide(name: str, act: OpeningAct, comment: str = "") -> object:
        user = district.users[name]
        return decide_opening(
            opening=GateOpening.objects.get(pk=opening.pk),
            act=act,
            comment=comment,
            scope=scope_of(user, on=TODAY),
            by=user,
            now=NOW,
        )

    _, told = behind(
        partial(decide, "reviewer", OpeningAct.APPROVE),
        partial(decide, "bureau", OpeningAct.WITHDRAW),
    )
    assert isinstance(told, StateConflict)
    assert told.state == OpeningState.APPROVED
    assert Gate.objects.get().is_opening
