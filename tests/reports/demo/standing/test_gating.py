"""What stands around the gates of the demo: reviews, promises, an exception, changes, windows of rest."""

from __future__ import annotations

import pytest
from django.db.models import F

from projects.ledger.entering import open_conditions
from projects.ledger.enums import ENROLMENT, ChangeKind, ChangeState, ExceptionState, GateKind
from projects.ledger.gate_register import register, with_exceptions
from projects.ledger.gatekeeping import check_named, findings
from projects.ledger.models import (
    Baseline,
    Gate,
    GateException,
    GatePromise,
    JointReview,
    Project,
    ProjectChange,
    RestReason,
    RestWindow,
)
from projects.ledger.rest_reasons import asked_of
from projects.ledger.rests import outline_of, resting
from renovation.core.calendar import local_day

pytestmark = pytest.mark.django_db


def test_every_plan_that_replaced_another_came_by_a_change(demo) -> None:
    replaced = set(Baseline.objects.filter(version__gt=1).values_list("pk", flat=True))
    approved = ProjectChange.objects.filter(state=ChangeState.APPROVED).exclude(kind__in=ENROLMENT)
    assert set(approved.values_list("baseline", flat=True)) == replaced
    assert len(replaced) >= 2
    for change in approved:
        assert change.departs_from is not None
        assert change.departs_from.version == 1
        assert change.old_completion_on == change.departs_from.planned_completion_on or (
            change.old_completion_on is None
        )
    waiting = ProjectChange.objects.get(state=ChangeState.DRAFT)
    assert waiting.project.programme.year == demo.year


def test_every_project_was_entered_by_a_change(demo) -> None:
    entries = ProjectChange.objects.filter(state=ChangeState.APPROVED, kind=ChangeKind.ENTER)
    entered = dict(entries.values_list("project", "effective_on"))
    assert entered == dict(Project.objects.values_list("pk", "approved_on"))
    assert not entries.filter(decided_by=F("drafted_by")).exists()


def test_every_project_was_reviewed_before_it_was_programmed(demo) -> None:
    for project in Project.objects.prefetch_related("joint_reviews__opinions"):
        review = next(
            each for each in project.joint_reviews.all() if each.gate == GateKind.PROGRAMMED
        )
        assert review.held_on < project.approved_on
        assert len(review.opinions.all()) == 7
    assert JointReview.objects.filter(title="改造方案联合审批").exists()


def test_the_exception_stands_for_what_does_not_hold(demo) -> None:
    rows = GateException.objects.filter(state=ExceptionState.APPROVED)
    assert rows.exists()
    for row in rows:
        [found] = [
            each
            for each in findings(
                project=row.project, gates=[GateKind.PROGRAMMED], on=local_day(demo.now)
            )
            if each.check.code == row.check_code
        ]
        assert (found.sentence, found.is_excepted) == (row.finding, True)


def test_one_project_was_entered_below_the_rule_with_its_exception(demo) -> None:
    """Asked for and approved with the entry, by two persons; told on the list of gates."""
    row = GateException.objects.get(check_code="consent.renovation")
    entry = ProjectChange.objects.get(project=row.project, kind=ChangeKind.ENTER)
    assert row.project.programme.year == demo.year
    assert (row.decided_at, row.decided_by) == (entry.decided_at, entry.decided_by)
    assert row.requested_by != row.decided_by
    assert row.requested_at < row.decided_at
    assert (bool(row.reason), bool(row.document_number)) == (True, True)
    lines = register(
        programme=row.project.programme,
        projects=Project.objects.filter(programme=row.project.programme),
        on=local_day(demo.now),
    )
    told = {one.project.pk: one.exception_words for one in with_exceptions(lines=lines)}
    assert told[row.project_id].startswith(f"同意改造率达到规定（{row.document_number}，")
    assert sum(bool(words) for words in told.values()) == 2


def test_nobody_was_entered_below_the_rule(demo) -> None:
    """Every condition of 列入计划 holds or has its exception, in each year's programme."""
    projects = list(Project.objects.values_list("pk", flat=True))
    found = open_conditions(projects=projects, on=local_day(demo.now))
    assert {pk: [each.sentence for each in rows] for pk, rows in found.items() if rows} == {}


def test_papers_are_promised_after_the_start_and_some_came_in(demo) -> None:
    today = local_day(demo.now)
    rows = list(GatePromise.objects.select_related("project"))
    assert any(row.received_on for row in rows)
    assert any(row.received_on is None and row.due_on < today for row in rows)
    for row in rows:
        assert row.promised_on <= today
        assert row.received_on is None or row.received_on <= today


def test_who_approved_a_plan_said_why_its_works_go_on_in_a_rest(demo) -> None:
    said = 0
    for plan in Baseline.objects.select_related("project__programme").prefetch_related("targets"):
        programme = plan.project.programme
        windows = list(
            RestWindow.objects.filter(
                bureau=programme.bureau_id, from_on__year=programme.year, set_at=None
            )
        )
        asked = not plan.is_opening and resting(of=outline_of(baseline=plan), windows=windows)
        assert bool(asked) == bool(plan.rest_reason)
        said += bool(plan.rest_reason)
    assert said > 10


def test_a_window_that_came_after_the_plans_asks_their_streets_one_has_answered(demo) -> None:
    window = RestWindow.objects.get(set_at__isnull=False)
    asked = asked_of(projects=Project.objects.all(), on=local_day(demo.now))
    assert {each for found in asked.values() for each in found.windows} == {window}
    answered = RestReason.objects.get(window=window)
    assert answered.is_of_approval is False
    assert answered.baseline.project not in asked


def test_no_project_began_in_a_rest_without_a_word(demo) -> None:
    check = check_named(code="ledger.rests")
    assert check is not None
    rows = Gate.objects.filter(kind=GateKind.STARTED, actual_on__isnull=False)
    began = [
        (gate.project.code, check.find(gate.project, gate.actual_on))
        for gate in rows.select_related("project__programme")
        if gate.actual_on is not None
    ]
    assert len(began) > 20
    assert [each for each in began if each[1] is not None] == []


def test_no_structure_stood_when_its_building_was_done(demo) -> None:
    """先拆违后治理 holds at every 完工 that is passed, by the days of removal and delivery."""
    checks = [check_named(code=code) for code in ("works.structures", "works.structures_first")]
    rows = Gate.objects.filter(kind=GateKind.COMPLETED, actual_on__isnull=False)
    said = [
        (gate.project.code, check.find(gate.project, gate.actual_on))
        for gate in rows.select_related("project__programme__bureau")
        for check in checks
        if check is not None and gate.actual_on is not None
    ]
    assert len(said) > 20
    assert [each for each in said if each[1] is not None] == []


def test_work_rests_in_heat_flood_and_heating(demo) -> None:
    windows = RestWindow.objects.filter(from_on__year=demo.year)
    assert set(windows.values_list("cause", flat=True)) == {
        "event",
        "flood",
        "heat",
        "heating",
        "frost",
    }
