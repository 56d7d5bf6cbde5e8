"""One answer per household and round: later replaces earlier, contradictions wait, nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.consent.enums import Choice, Purpose, RoundState, Standing, Way
from projects.consent.facts import consent_facts
from projects.consent.models import Answer, Round
from projects.consent.public.models import PublicRound
from projects.consent.services import answers, rounds
from projects.consent.services.answers import AnswerValues
from projects.consent.services.rounds import RoundValues
from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from renovation.records.services import read_file
from tests.conftest import Clock
from tests.factories.consent import AnswerFactory, HouseholdFactory, RoundFactory
from tests.factories.ledger import PartyFactory, ProjectFactory

from .scene import SCAN, Scene, make_scene

pytestmark = pytest.mark.django_db
PAPER = AnswerValues(Choice.AGREE, Way.PAPER, date(2025, 4, 2))


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


def record(scene: Scene, clock: Clock, by: str = "zhonglou", **changed: Any) -> Answer:
    scan = changed.pop("scan", SCAN)
    household = changed.pop("household", scene.first)
    return answers.record_answer(
        found=scene.round,
        household=household,
        values=replace(PAPER, **changed),
        scan=scan,
        by=scene.user(by),
        now=clock.at("2025-05-07 10:00"),
    )


# -- rounds ------------------------------------------------------------------------------------------
VALUES = RoundValues(
    purpose=Purpose.SCHEME,
    plan_version="改造方案第二稿",
    question="您是否同意这一稿改造方案？",
    summary="增设电动自行车充电棚。",
    closes_on=date(2025, 5, 31),
)


def test_only_who_is_in_office_is_named_to_residents(scene: Scene, clock: Clock) -> None:
    """On the page, where the snapshot is frozen, and on the sheet of codes, each by its own day."""

    def party(role: str, name: str, start: date | None, end: date | None) -> None:
        PartyFactory(
            project=scene.project,
            role=role,
            name=name,
            phone="0533-1",
            valid_from=start,
            valid_to=end,
        )

    def named(on: date) -> str:
        return str(rounds.contact_of(project=scene.project, on=on))

    assert named(date(2025, 5, 7)) == "钟楼街道"
    party("responsible", "建设中心", None, None)
    party("site_contact", "新项目部", date(2025, 5, 10), None)
    party("site_contact", "旧项目部", None, date(2025, 5, 7))
    assert [named(date(2025, 5, day)) for day in (7, 8, 9, 10)] == [
        "旧项目部 0533-1",
        "建设中心 0533-1",
        "建设中心 0533-1",
        "新项目部 0533-1",
    ]
    made = rounds.draft_round(
        project=scene.project,
        values=VALUES,
        document=None,
        by=scene.user("zhonglou"),
        now=clock.at("2025-05-07 10:00"),
    )
    rounds.open_round(found=made, by=scene.user("zhonglou-head"), now=clock.at("2025-05-08 10:00"))
    content = PublicRound.objects.get(reference=made.reference).content
    assert content["contact"] == "建设中心 0533-1"


def test_a_round_is_drafted_by_one_and_opened_by_another(scene: Scene, clock: Clock) -> None:
    PartyFactory(
        project=scene.project, role="site_contact", name="钟楼街道城建办", phone="0533-0000 0000"
    )
    now, clerk, head = (
        clock.at("2025-05-07 10:00"),
        scene.user("zhonglou"),
        scene.user("zhonglou-head"),
    )
    made = rounds.draft_round(
        project=scene.project, values=VALUES, document=None, by=clerk, now=now
    )
    assert (made.number, made.state) == (2, RoundState.DRAFT)
    changed = replace(VALUES, question="您同意这一稿方案吗？")
    rounds.change_round(found=made, values=changed, document=None, by=clerk, now=now)
    with pytest.raises(Forbidden):
        rounds.open_round(found=made, by=clerk, now=now)
    opened = rounds.open_round(found=made, by=head, now=now)
    assert (opened.state, opened.opened_on, opened.opened_by) == (
        RoundState.OPEN,
        date(2025, 5, 7),
        head,
    )
    content = PublicRound.objects.get(reference=made.reference).content
    assert content == {
        "project": "文昌园",
        "street": "钟楼街道",
        "purpose": "方案意见",
        "plan_version": "改造方案第二稿",
        "question": "您同意这一稿方案吗？",
        "summary": "增设电动自行车充电棚。",
        "closes_on": "2025-05-31",
        "contact": "钟楼街道城建办 0533-0000 0000",
        "contact_name": "钟楼街道城建办",
        "contact_phone": "0533-0000 0000",
        "items": [],
        "most_items": 0,
    }
    with pytest.raises(StateConflict):
        rounds.change_round(found=made, values=VALUES, document=None, by=clerk, now=now)
    with pytest.raises(StateConflict):
        rounds.discard_round(found=made, by=clerk, now=now)
    closed = rounds.close_round(found=opened, by=head, now=now)
    assert (closed.state, closed.closed_by) == (RoundState.CLOSED, head)
    assert PublicRound.objects.get(reference=made.reference).closed_at == now
    with pytest.raises(StateConflict):
        rounds.close_round(found=closed, by=head, now=now)
    acts = AuditEntry.objects.filter(act__startswith="consent.").order_by("pk")
    assert list(acts.values_list("act", flat=True)) == [
        "consent.draft",
        "consent.change",
        "consent.open",
        "consent.close",
    ]


def test_a_purpose_has_one_open_round_at_a_time(scene: Scene, clock: Clock) -> None:
    now = clock.at("2025-05-07 10:00")
    made = rounds.draft_round(
        project=scene.project,
        values=replace(VALUES, purpose=Purpose.RENOVATION),
        document=None,
        by=scene.user("zhonglou"),
        now=now,
    )
    with pytest.raises(Refusal) as refused:
        rounds.open_round(found=made, by=scene.user("zhonglou-head"), now=now)
    assert refused.value.code == "consent.open"
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundFactory(project=scene.project, number=9, purpose=Purpose.RENOVATION)


def test_a_round_without_estates_or_with_a_past_day_is_not_opened(
    scene: Scene, clock: Clock
) -> None:
    now, clerk, head = (
        clock.at("2025-05-07 10:00"),
        scene.user("zhonglou"),
        scene.user("zhonglou-head"),
    )
    past = replace(VALUES, closes_on=date(2025, 5, 6))
    with pytest.raises(Refusal) as refused:
        rounds.draft_round(project=scene.project, values=past, document=None, by=clerk, now=now)
    assert (refused.value.code, refused.value.field) == ("consent.past", "closes_on")
    bare = ProjectFactory(programme=scene.project.programme, street=scene.project.street)
    made = rounds.draft_round(project=bare, values=VALUES, document=None, by=clerk, now=now)
    with pytest.raises(Refusal) as refused:
        rounds.open_round(found=made, by=head, now=now)
    assert refused.value.code == "consent.no_estate"
    later = rounds.draft_round(
        project=scene.project, values=VALUES, document=None, by=clerk, now=now
    )
    with pytest.raises(Refusal) as refused:
        rounds.open_round(found=later, by=head, now=clock.at("2025-06-01 10:00"))
    assert refused.value.code == "consent.past"
    rounds.discard_round(found=later, by=clerk, now=now)
    assert not Round.objects.filter(pk=later.pk).exists()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("round_number_once", {"number": 1, "purpose": Purpose.SCHEME}),
        ("round_open_has_opener", {"opened_by": None, "purpose": Purpose.SCHEME}),
        ("round_closed_has_closer", {"state": RoundState.CLOSED, "purpose": Purpose.SCHEME}),
        ("round_closes_after_opening", {"closes_on": date(2025, 3, 4), "purpose": Purpose.SCHEME}),
    ],
)
def test_the_database_refuses_a_round(scene: Scene, name: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        RoundFactory(project=scene.project, **({"number": 7} | values))
    assert name in str(refused.value) or "UNIQUE" in str(refused.value)


def test_the_database_refuses_who_opens_an_own_draft(scene: Scene) -> None:
    by = scene.user("zhonglou")
    with pytest.raises(IntegrityError, match="round_opener_did_not_draft"), transaction.atomic():
        RoundFactory(
            project=scene.project, number=7, purpose=Purpose.SCHEME, drafted_by=by, opened_by=by
        )


def test_an_opened_round_cannot_be_reworded_or_removed(scene: Scene) -> None:
    for change in (
        {"question": "另一个问题"},
        {"summary": "别的"},
        {"closes_on": date(2025, 7, 1)},
    ):
        with pytest.raises(IntegrityError, match="征询开始后"), transaction.atomic():
            Round.objects.filter(pk=scene.round.pk).update(**change)
    with pytest.raises(IntegrityError, match="征询开始后"), transaction.atomic():
        Round.objects.filter(pk=scene.round.pk).delete()


# -- answers -----------------------------------------------------------------------------------------
def test_an_answer_on_paper_is_kept_with_its_scan_encrypted(scene: Scene, clock: Clock) -> None:
    made = record(scene, clock, opinion="请先修屋面")
    assert (made.standing, made.recorded_by, made.opinion) == (
        Standing.CURRENT,
        scene.user("zhonglou"),
        "请先修屋面",
    )
    assert made.file is not None
    assert (made.file.is_private, made.file.name) == (True, "文昌园小区1号楼1单元101室意见表.jpg")
    assert read_file(file=made.file) == SCAN.content
    assert "请先修屋面".encode() not in bytes(made.opinion_sealed)
    entry = AuditEntry.objects.get(act="consent.answer")
    assert entry.sentence == "登记文昌园第1轮征询 1号楼1单元101室的纸质意见表"
    assert entry.changes == {"choice": [None, "agree"]}


@pytest.mark.parametrize(
    ("code", "field", "changed"),
    [
        ("consent.day", "answered_on", {"answered_on": date(2025, 3, 4)}),
        ("consent.day", "answered_on", {"answered_on": date(2025, 5, 8)}),
        ("consent.scan", "scan", {"scan": None}),
        ("consent.witness", "witness", {"way": Way.VISIT}),
        ("consent.way", "way", {"way": Way.LINK}),
        ("consent.opinion", "opinion", {"choice": Choice.UNDECIDED}),
    ],
)
def test_an_incomplete_answer_is_refused(
    scene: Scene, clock: Clock, code: str, field: str, changed: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        record(scene, clock, **changed)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert Answer.objects.count() == 0


def test_a_visit_needs_a_witness_who_is_not_the_recorder(scene: Scene, clock: Clock) -> None:
    with pytest.raises(Refusal) as refused:
        record(scene, clock, way=Way.VISIT, witness=scene.user("zhonglou"))
    assert refused.value.code == "consent.witness"
    made = record(scene, clock, way=Way.VISIT, witness=scene.user("zhonglou-head"))
    assert (made.way, made.witness) == (Way.VISIT, scene.user("zhonglou-head"))


def test_a_household_of_another_project_is_refused(scene: Scene, clock: Clock) -> None:
    with pytest.raises(Refusal) as refused:
        record(scene, clock, household=HouseholdFactory())
    assert refused.value.code == "consent.other_project"


def test_a_round_that_is_over_takes_no_answer(scene: Scene, clock: Clock) -> None:
    rounds.close_round(
        found=scene.round, by=scene.user("zhonglou-head"), now=clock.at("2025-05-07 09:00")
    )
    with pytest.raises(StateConflict):
        record(scene, clock)


def test_a_second_answer_is_noticed_and_replaces_the_first_with_a_reason(
    scene: Scene, clock: Clock
) -> None:
    first = record(scene, clock)
    again = {"choice": Choice.DISAGREE, "answered_on": date(2025, 4, 20)}
    with pytest.raises(Refusal) as refused:
        record(scene, clock, by="zhonglou-head", **again)
    assert (refused.value.code, refused.value.field) == ("consent.already_answered", "reason")
    assert "4月2日 钟楼街道 街道填报的纸质意见表：同意" in refused.value.message
    older = again | {"answered_on": date(2025, 4, 1), "reason": "补登"}
    with pytest.raises(Refusal) as refused:
        record(scene, clock, **older)
    assert refused.value.code == "consent.older"
    second = record(scene, clock, by="zhonglou-head", reason="住户改了主意", **again)
    first.refresh_from_db()
    assert (first.standing, second.standing) == (Standing.REPLACED, Standing.CURRENT)
    assert (second.supersedes, second.replacement_reason) == (first, "住户改了主意")
    speaking = {
        day: list(Answer.objects.speaking_on(day).values_list("choice", flat=True))
        for day in (date(2025, 4, 1), date(2025, 4, 19), date(2025, 4, 20))
    }
    assert list(speaking.values()) == [[], ["agree"], ["disagree"]]


def held(scene: Scene, **fields: Any) -> Answer:
    return AnswerFactory(
        round=scene.round,
        household=scene.first,
        way=Way.LINK,
        recorded_by=None,
        file=None,
        standing=Standing.HELD,
        answered_on=date(2025, 4, 10),
        **({"choice": Choice.DISAGREE} | fields),
    )


def test_a_contradiction_counts_for_nothing_until_somebody_else_decides(
    scene: Scene, clock: Clock
) -> None:
    paper = record(scene, clock)
    link = held(scene)
    assert list(Answer.objects.speaking_on(date(2025, 4, 9))) == [paper]
    assert list(Answer.objects.speaking_on(date(2025, 4, 10))) == []
    with pytest.raises(Refusal) as refused:
        record(scene, clock, household=scene.first, reason="再登记", answered_on=date(2025, 5, 1))
    assert refused.value.code == "consent.held"
    now, head = clock.at("2025-05-07 10:00"), scene.user("zhonglou-head")
    with pytest.raises(Forbidden):
        answers.decide(chosen=link, reason="住户确认", by=scene.user("zhonglou"), now=now)
    with pytest.raises(Refusal) as refused:
        answers.decide(chosen=link, reason=" ", by=head, now=now)
    assert refused.value.field == "reason"
    answers.decide(chosen=link, reason="上门核实，以本人扫码为准", by=head, now=now)
    paper.refresh_from_db()
    assert (paper.standing, link.standing, link.settled_by) == (
        Standing.REJECTED,
        Standing.CURRENT,
        head,
    )
    assert list(Answer.objects.speaking_on(date(2025, 4, 10))) == [link]
    with pytest.raises(StateConflict):
        answers.decide(chosen=paper, reason="又改", by=head, now=now)


def test_what_was_recorded_by_mistake_is_voided_by_another_and_the_one_before_counts_again(
    scene: Scene, clock: Clock
) -> None:
    first = record(scene, clock)
    second = record(scene, clock, choice=Choice.DISAGREE, reason="改主意")
    now, head = clock.at("2025-05-07 10:00"), scene.user("zhonglou-head")
    with pytest.raises(Forbidden):
        answers.void_answer(answer=second, reason="登错户", by=scene.user("zhonglou"), now=now)
    with pytest.raises(Refusal):
        answers.void_answer(answer=second, reason="", by=head, now=now)
    answers.void_answer(answer=second, reason="登错了户", by=head, now=now)
    first.refresh_from_db()
    assert (first.standing, second.standing) == (Standing.CURRENT, Standing.VOID)
    with pytest.raises(StateConflict):
        answers.void_answer(answer=second, reason="再作废", by=head, now=now)


def households_on(scene: Scene, day: date) -> list[tuple[str, str]]:
    """Place and answer of every row that speaks on a day: a household must not stand twice."""
    rows = Answer.objects.filter(round=scene.round).speaking_on(day).select_related("household")
    return [(row.household.place, row.choice) for row in rows]


@pytest.mark.parametrize("last", [Choice.AGREE, Choice.DISAGREE, Choice.UNDECIDED])
def test_a_household_speaks_once_when_the_answer_that_replaced_its_first_is_set_aside(
    scene: Scene, clock: Clock, last: Choice
) -> None:
    """Paper, then a paper that replaces it, then a link that is decided for: one voice on every day."""
    first = record(scene, clock)
    second = record(
        scene, clock, choice=Choice.DISAGREE, reason="改主意", answered_on=date(2025, 4, 5)
    )
    link = held(scene, choice=last)
    now, head = clock.at("2025-05-07 10:00"), scene.user("zhonglou-head")
    answers.decide(chosen=link, reason="上门核实，以本人扫码为准", by=head, now=now)
    place = "1号楼1单元101室"
    assert [households_on(scene, date(2025, 4, day)) for day in (1, 2, 9, 10)] == [
        [],
        [(place, "agree")],
        [(place, "agree")],
        [(place, last)],
    ]
    fact = consent_facts(
        projects=project_facts(
            projects=Project.objects.filter(pk=scene.project.pk), on=date(2025, 5, 7)
        ),
        on=date(2025, 5, 7),
        threshold_percent=Decimal(80),
    )[0]
    said = fact.rounds[Purpose.RENOVATION]
    assert (said.answered, said.agreed) == (1, int(last == Choice.AGREE))
    answers.void_answer(answer=link, reason="扫码的不是本户", by=head, now=now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.standing, second.standing) == (Standing.CURRENT, Standing.REJECTED)
    assert households_on(scene, date(2025, 5, 7)) == [(place, "agree")]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("answer_one_current_per_household_and_round", {}),
        ("answer_is_recorded_by_somebody", {"recorded_by": None, "standing": "replaced"}),
        ("answer_has_its_scan", {"file": None, "standing": "replaced"}),
        ("answer_at_the_door_has_witness", {"way": "visit", "standing": "replaced"}),
        ("answer_set_aside_with_reason", {"standing": "void"}),
    ],
)
def test_the_database_refuses_an_answer(scene: Scene, name: str, values: dict[str, Any]) -> None:
    AnswerFactory(round=scene.round, household=scene.first)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        AnswerFactory(round=scene.round, household=scene.first, **values)
    assert name in str(refused.value) or "UNIQUE" in str(refused.value)


def test_the_database_refuses_the_recorder_as_witness(scene: Scene) -> None:
    by = scene.user("zhonglou")
    with (
        pytest.raises(IntegrityError, match="answer_witness_is_another_person"),
        transaction.atomic(),
    ):
        AnswerFactory(round=scene.round, household=scene.first, recorded_by=by, witness=by)


def test_an_answer_is_never_rewritten_or_removed(scene: Scene) -> None:
    made = AnswerFactory(round=scene.round, household=scene.first)
    for change in (
        {"choice": Choice.DISAGREE},
        {"answered_on": date(2025, 3, 11)},
        {"household": scene.households[1]},
        {"opinion_sealed": b"other words"},
    ):
        with pytest.raises(IntegrityError, match="答复只能增加"), transaction.atomic():
            Answer.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError, match="答复只能增加"), transaction.atomic():
        made.delete()
