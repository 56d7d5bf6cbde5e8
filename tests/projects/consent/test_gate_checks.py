"""两个80% at the gates: refused below, excepted by a record, exempt where it was passed before the portal."""

from __future__ import annotations

from datetime import date, time

import pytest

from projects.consent.enums import Purpose
from projects.consent.parameters import BOTH_RATES
from projects.ledger.enums import ExceptionAct, GateKind
from projects.ledger.exceptions import ExceptionValues, ask_exception, decide_exception
from projects.ledger.gatekeeping import (
    GateRefused,
    check_named,
    checks_of,
    findings,
    open_checks,
)
from projects.ledger.models import Gate, Project
from projects.ledger.passing import pass_gate
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from renovation.records.services import set_value
from tests.conftest import Clock
from tests.factories.accounts import make_district, scope_for
from tests.factories.consent import HouseholdFactory, RoundFactory, make_answers
from tests.factories.ledger import (
    EstateFactory,
    JointReviewFactory,
    ProgrammeFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.factories.residents import told_all

from .scene import Scene, make_scene

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


def said(code: str, project: Project, on: date = DAY) -> str | None:
    check = check_named(code=code)
    assert check is not None
    return check.find(project, on)


def test_each_rate_keeps_its_own_gate() -> None:
    ours = {
        kind: [c.code for c in checks_of(gate=kind) if c.code.startswith("consent.")]
        for kind in GateKind
    }
    assert {kind: codes for kind, codes in ours.items() if codes} == {
        GateKind.PROGRAMMED: ["consent.renovation"],
        GateKind.STARTED: ["consent.scheme", "consent.scheme_current"],
    }


def test_a_project_that_nobody_asked_about_is_refused(scene: Scene) -> None:
    assert said("consent.scheme", scene.project) == "同意方案率须达到 80.0%：文昌园小区没有征询。"
    bare = ProjectFactory(programme=scene.project.programme, street=scene.project.street)
    assert (
        said("consent.renovation", bare) == "同意改造率须达到 80.0%，项目还没有登记小区，无法计算。"
    )


def test_one_estate_below_is_named_with_its_numbers(scene: Scene) -> None:
    other = EstateFactory(project=scene.project, name="文昌园东区", household_count=4)
    make_answers(scene.round, scene.households, agreed=8)
    rows = [HouseholdFactory(estate=other) for _ in range(4)]
    answers = make_answers(scene.round, rows, agreed=3)
    assert said("consent.renovation", scene.project) == (
        "同意改造率须达到 80.0%：文昌园东区 75.0%（3 / 4 户）。"
    )
    assert said("consent.renovation", scene.project, date(2025, 3, 9)) == (
        "同意改造率须达到 80.0%：文昌园小区 0.0%（0 / 10 户）；文昌园东区 0.0%（0 / 4 户）。"
    )
    assert len(answers) == 4


def test_a_list_longer_than_the_estate_keeps_the_gate_shut(scene: Scene) -> None:
    """Some of its households may stand twice, so that the same homes would be counted twice."""
    make_answers(scene.round, scene.households, agreed=8)
    assert said("consent.renovation", scene.project) is None
    for _ in range(3):
        HouseholdFactory(estate=scene.estate, building="9")
    assert said("consent.renovation", scene.project) == (
        "同意改造率须达到 80.0%：文昌园小区名册 11 户，多于小区登记的 10 户，请先核对名册或户数。"
    )


def test_an_entry_below_the_rule_is_refused_and_one_above_passes(
    scene: Scene, clock: Clock
) -> None:
    now, by = clock.at("2025-05-07 10:00"), scene.user("bureau")
    make_answers(scene.round, scene.households, agreed=8)
    with pytest.raises(Refusal) as refused:
        pass_gate(
            project=ProjectFactory(programme=scene.project.programme, street=scene.project.street),
            kind=GateKind.PROGRAMMED,
            actual_on=DAY,
            by=by,
            now=now,
        )
    assert "同意改造率须达到 80.0%" in refused.value.message
    ours = [
        each
        for each in findings(project=scene.project, gates=[GateKind.PROGRAMMED], on=DAY)
        if each.check.code == "consent.renovation"
    ]
    assert [each.refuses for each in ours] == [False]


@pytest.fixture
def ready(scene: Scene) -> Scene:
    """A project whose start waits for nothing but 同意方案率: entered, told, reviewed."""
    make_answers(scene.round, scene.households, agreed=8)
    JointReviewFactory(project=scene.project)
    told_all(scene.project)
    return scene


def start(scene: Scene, clock: Clock) -> Gate:
    return pass_gate(
        project=scene.project,
        kind=GateKind.STARTED,
        actual_on=DAY,
        evidence=StoredFileFactory(),
        document_number="开〔2025〕1号",
        by=scene.user("bureau"),
        now=clock.at("2025-05-07 10:00"),
    )


def started(scene: Scene) -> list[tuple[date | None, bool, str]]:
    """The rows of the gate 开工: day, whether it has its evidence, number."""
    rows = Gate.objects.filter(project=scene.project, kind=GateKind.STARTED)
    return [(row.actual_on, row.evidence_id is not None, row.document_number) for row in rows]


def scheme(scene: Scene, *, agreed: int) -> None:
    found = RoundFactory(project=scene.project, number=2, purpose=Purpose.SCHEME)
    make_answers(found, scene.households, agreed=agreed)


STARTED = [(DAY, True, "开〔2025〕1号")]


def test_a_start_passes_at_exactly_four_fifths(ready: Scene, clock: Clock) -> None:
    scheme(ready, agreed=8)
    start(ready, clock)
    assert started(ready) == STARTED


def test_a_start_below_four_fifths_is_refused_until_an_exception_is_approved(
    ready: Scene, clock: Clock
) -> None:
    scheme(ready, agreed=7)
    sentence = "同意方案率须达到 80.0%：文昌园小区 70.0%（7 / 10 户）。"
    with pytest.raises(GateRefused) as caught:
        start(ready, clock)
    assert caught.value.sentences == [sentence]
    assert started(ready) == []
    now, reviewer = clock.at("2025-05-07 10:00"), ready.user("reviewer")
    row = ask_exception(
        project=ready.project,
        check_code="consent.scheme",
        values=ExceptionValues("三户长期外出，已公告", "淄住建会〔2025〕9号", passed_on=DAY),
        by=ready.user("bureau"),
        now=now,
    )
    assert row.finding == sentence
    with pytest.raises(GateRefused):  # asked for is not approved
        start(ready, clock)
    assert started(ready) == []
    decide_exception(
        exception=row,
        act=ExceptionAct.APPROVE,
        comment="",
        scope=scope_for(reviewer, on=DAY),
        by=reviewer,
        now=now,
    )
    start(ready, clock)
    assert started(ready) == STARTED


def test_a_start_asks_for_the_renovation_too_where_nothing_was_entered(
    scene: Scene, clock: Clock
) -> None:
    """No row of 列入计划, as by default none is asked for: the start still asks 同意改造率."""
    JointReviewFactory(project=scene.project)
    told_all(scene.project)
    make_answers(scene.round, scene.households, agreed=7)
    scheme(scene, agreed=8)
    with pytest.raises(GateRefused) as caught:
        start(scene, clock)
    assert caught.value.sentences == ["列入计划的条件还没有核清：同意改造率达到规定。"]
    assert started(scene) == []


def test_what_was_passed_before_the_portal_is_not_judged(scene: Scene, clock: Clock) -> None:
    bare = ProjectFactory(programme=scene.project.programme, street=scene.project.street)
    gate = pass_gate(
        project=bare,
        kind=GateKind.PROGRAMMED,
        actual_on=DAY,
        by=scene.user("bureau"),
        now=clock.at("2025-05-07 10:00"),
        is_opening=True,
    )
    assert gate.is_opening


def test_a_newer_round_about_another_plan_shuts_the_gate_again(scene: Scene) -> None:
    make_answers(scene.round, scene.households, agreed=8)
    assert said("consent.renovation", scene.project) is None
    type(scene.round).objects.filter(pk=scene.round.pk).update(
        state="closed", closed_at=scene.round.opened_at, closed_by=scene.round.opened_by
    )
    RoundFactory(
        project=scene.project, number=2, purpose=Purpose.RENOVATION, opened_on=date(2025, 5, 1)
    )
    assert said("consent.renovation", scene.project) == (
        "同意改造率须达到 80.0%：文昌园小区 0.0%（0 / 10 户）。"
    )
    assert said("consent.renovation", scene.project, date(2025, 4, 30)) is None


def test_checks_judged_together_say_what_each_says_alone_and_every_judgement_reads_anew(
    scene: Scene,
) -> None:
    """What several checks of a judgement ask for is read once; the next judgement sees what changed since."""

    def judged() -> dict[str, str | None]:
        rows = findings(project=scene.project, gates=GateKind, on=DAY)
        return {row.check.code: row.sentence for row in rows}

    def alone() -> dict[str, str | None]:
        return {
            each.code: each.find(Project.objects.get(pk=scene.project.pk), DAY)
            for kind in GateKind
            for each in checks_of(gate=kind)
        }

    make_answers(scene.round, scene.households, agreed=8)
    first = judged()
    assert first["consent.renovation"] is None
    assert first["consent.scheme"] == "同意方案率须达到 80.0%：文昌园小区没有征询。"
    assert first == alone()
    for _ in range(3):
        HouseholdFactory(estate=scene.estate, building="9")
    second = judged()
    assert str(second["consent.renovation"]).startswith("同意改造率须达到 80.0%：文昌园小区名册")
    assert second == alone()


def test_projects_of_several_bureaus_are_judged_each_by_its_own_rate(scene: Scene) -> None:
    """Nine tenths are enough for one bureau's 80% and too few for the other's 95%."""
    other = make_district("boshan-", district_name="博山区", name="博山区住房和城乡建设局")
    strict = ProjectFactory(
        programme=ProgrammeFactory(bureau=other.bureau), street=other.street("zhonglou"), code="BS"
    )
    set_value(
        key=BOTH_RATES.key,
        value="95",
        organisation=other.bureau,
        effective_on=date(2025, 5, 1),
        by=other.users["bureau"],
        now=local_moment(date(2025, 5, 1), time(9)),
        reason="区里从严",
    )
    make_answers(scene.round, scene.households, agreed=8)
    scene.estate.household_count = 9
    scene.estate.save()
    estate = EstateFactory(project=strict, name="博山小区", household_count=9)
    rows = [HouseholdFactory(estate=estate) for _ in range(8)]
    make_answers(RoundFactory(project=strict, purpose=Purpose.RENOVATION), rows, agreed=8)
    rule = "consent.renovation"
    for order in ([scene.project.pk, strict.pk], [strict.pk, scene.project.pk]):
        found = open_checks(projects=order, gate=GateKind.PROGRAMMED, on=DAY)
        said_of = {
            pk: [each.sentence for each in rows if each.check.code == rule]
            for pk, rows in found.items()
        }
        assert said_of == {
            scene.project.pk: [],
            strict.pk: ["同意改造率须达到 95.0%：博山小区 88.9%（8 / 9 户）。"],
        }
