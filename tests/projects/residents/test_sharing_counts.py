"""What counts of joint evaluations and contributions: what another confirmed as it was seen, and nothing beside it."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from projects.residents.aftercare.waiting import care_waiting
from projects.residents.enums import Gift, Outcome, RecordState
from projects.residents.models import Contribution, Evaluation
from projects.residents.services import confirming
from projects.residents.services.contributions import save_contribution
from projects.residents.sharing.facts import sharing_facts
from projects.residents.sharing.measures import MEASURES
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_moment
from renovation.core.declarations import measure
from renovation.core.errors import Refusal
from renovation.core.measures import Approval
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.aftercare import (
    ContributionFactory,
    EvaluationFactory,
    OpinionFactory,
    cared_for,
)
from tests.factories.ledger import GateFactory, ProjectFactory

from .scene import CODE, EVALUATION, GIFT, PDF, client_of, scene

pytestmark = pytest.mark.django_db
TODAY = date(2025, 5, 7)
NOW = local_moment(TODAY, time(10))


@pytest.fixture
def placed(clock: Clock) -> tuple[District, Project]:
    clock.at("2025-05-07 10:00")
    return scene()


@pytest.fixture
def district(placed: tuple[District, Project]) -> District:
    return placed[0]


@pytest.fixture
def project(placed: tuple[District, Project]) -> Project:
    """The project, completed on 28 April and looked after."""
    GateFactory(project=placed[1], kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28))
    cared_for(placed[1], on=date(2025, 4, 28))
    return placed[1]


def test_who_changed_an_evaluation_last_does_not_confirm_it(
    district: District, project: Project
) -> None:
    clerk, head = client_of(district, "zhonglou"), client_of(district, "zhonglou-head")
    sheet = SimpleUploadedFile("评价表.pdf", PDF)
    new = reverse("residents:evaluation_new", args=[CODE])
    clerk.post(new, EVALUATION | {"evidence": sheet})
    row = Evaluation.objects.get()
    edit = reverse("residents:evaluation_edit", args=[row.pk])
    same = EVALUATION | {"seen_version": "1"}
    assert head.post(edit, same).status_code == 302
    row.refresh_from_db()
    assert (row.recorded_by, row.version) == (district.users["zhonglou"], 1)
    better = same | {"satisfied_count": "40", "basic_count": "0", "unsatisfied_count": "0"}
    assert head.post(edit, better).status_code == 302
    row.refresh_from_db()
    assert (row.satisfied_count, row.recorded_by) == (40, district.users["zhonglou-head"])
    here = head.get(reverse("residents:evaluation", args=[row.pk]))
    assert [label for label, *_ in here.context["acts"]] == ["作废"]
    act = reverse("residents:evaluation_act", args=[row.pk, "confirm"])
    assert head.post(act, {"seen_version": "2"}).status_code == 403
    row.refresh_from_db()
    assert (row.state, row.confirmed_by) == ("draft", None)


def test_what_was_not_seen_is_not_confirmed(district: District, project: Project) -> None:
    clerk, head = client_of(district, "zhonglou"), client_of(district, "zhonglou-head")
    row = EvaluationFactory(project=project, recorded_by=district.users["zhonglou"])
    here = head.get(reverse("residents:evaluation", args=[row.pk]))
    href = next(href for label, href, _ in here.context["acts"] if label == "确认")
    edit = reverse("residents:evaluation_edit", args=[row.pk])
    changed = EVALUATION | {"satisfied_count": "33", "unsatisfied_count": "1", "seen_version": "1"}
    assert clerk.post(edit, changed).status_code == 302
    asked = head.get(href)
    assert asked.context["form"].initial == {"seen_version": 1}
    assert head.post(href).status_code == 409
    back = head.post(href, {"seen_version": "1"})
    assert back.status_code == 409
    shown = back.content.decode()
    assert "没有确认：您看过以后，这条记录被改过。" in shown
    assert "把“满意（人）”由“30”改为“33”" in shown
    assert "参评 40 人：满意 33 人，基本满意 6 人，不满意 1 人" in shown
    assert 'name="seen_version" value="2"' in shown
    row.refresh_from_db()
    assert row.state == "draft"
    assert head.post(href, {"seen_version": "2"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.satisfied_count) == ("confirmed", 33)


def test_files_that_name_residents_lie_encrypted(district: District, project: Project) -> None:
    clerk = client_of(district, "zhonglou")
    for name, typed in (("contribution_new", GIFT), ("evaluation_new", EVALUATION)):
        paper = SimpleUploadedFile("李四签字.pdf", PDF)
        url = reverse(f"residents:{name}", args=[CODE])
        assert clerk.post(url, typed | {"evidence": paper}).status_code == 302
    files = [Contribution.objects.get().file, Evaluation.objects.get().file]
    assert [(file.is_private, file.name) for file in files if file] == [
        (True, "文昌园2025年4月12日出资凭据.pdf"),
        (True, "文昌园2025年5月1日共评记录.pdf"),
    ]


def test_an_opinion_of_a_withdrawn_evaluation_is_not_answered(project: Project) -> None:
    row = EvaluationFactory(project=project)
    opinion = OpinionFactory(evaluation=row)
    row.state, row.withdrawn_reason = RecordState.WITHDRAWN, "记错"
    row.withdrawn_by, row.withdrawn_at = row.recorded_by, NOW
    row.save()
    with pytest.raises(Refusal) as met:
        confirming.answer_opinion(
            opinion=opinion,
            outcome=Outcome.TAKEN,
            answer="加装排水沟",
            answered_on=TODAY,
            by=row.recorded_by,
            now=NOW,
        )
    assert met.value.code == "opinion.withdrawn"
    opinion.refresh_from_db()
    assert opinion.outcome == ""


def test_a_draft_beside_a_confirmed_evaluation_takes_nothing_away(
    district: District, project: Project
) -> None:
    EvaluationFactory(project=project, state=RecordState.CONFIRMED)
    draft = EvaluationFactory(project=project, held_on=date(2025, 5, 6), satisfied_count=1)
    only = ProjectFactory(programme=project.programme, street=project.street, code="ZC2025-02")
    EvaluationFactory(project=only)
    gone = ProjectFactory(programme=project.programme, street=project.street, code="ZC2025-03")
    EvaluationFactory(
        project=gone,
        state=RecordState.WITHDRAWN,
        withdrawn_reason="错",
        withdrawn_by=district.users["zhonglou-head"],
        withdrawn_at=NOW,
    )
    client = client_of(district, "zhonglou")

    def listed(query: str) -> dict[str, tuple[str, date | None]]:
        page = client.get(f"{reverse('residents:sharing')}?{query}").context["page"]
        return {
            line.project.code: (line.word, line.draft.row.held_on if line.draft else None)
            for line, *_ in page
        }

    both = {CODE: ("已共评", draft.held_on), "ZC2025-02": ("共评待确认", date(2025, 5, 1))}
    assert listed("") == both | {"ZC2025-03": ("没有完工", None)}
    assert listed("state=draft") == both
    assert listed("state=done") == {CODE: both[CODE]}
    shown = client.get(reverse("residents:sharing"))
    context = shown.context
    facts = sharing_facts(
        projects=project_facts(projects=Project.objects.all(), on=TODAY), on=TODAY
    )
    found = {
        each.name: measure(each, facts, as_of=TODAY, approval=Approval.APPROVED)
        for each in MEASURES
    }
    assert (str(context["evaluated"]), f"{context['satisfied']} / {context['base']}") == (
        found["已共评项目"].text,
        found["共评满意率"].parts_text,
    )
    assert (context["evaluated"], context["satisfied"], context["base"]) == (1, 30, 40)
    assert "2025年5月6日</a> 待确认" in shown.content.decode()
    answer = client.get(reverse("residents:sharing_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    row = next(row for row in sheet.iter_rows(values_only=True) if CODE in row)
    days = [cell.date() for cell in row if isinstance(cell, datetime)]
    assert days == [date(2025, 4, 28), date(2025, 5, 1), date(2025, 5, 6)]


def test_a_completion_without_its_evidence_asks_for_no_evaluation(
    placed: tuple[District, Project],
) -> None:
    district, project = placed
    GateFactory(
        project=project, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28), evidence=None
    )
    page = client_of(district, "zhonglou").get(reverse("residents:sharing")).context["page"]
    assert [(line.word, line.completed_on) for line, *_ in page] == [("没有完工", None)]


def test_what_nobody_confirmed_is_not_counted(district: District, project: Project) -> None:
    """Of contributions: another than who recorded it confirms it, on its voucher, as it was seen; then it counts,
    and stays as it is until it is withdrawn."""
    row = ContributionFactory(
        project=project,
        kind=Gift.LABOUR,
        hours=48,
        amount_fen=None,
        people_count=16,
        state=RecordState.DRAFT,
        recorded_by=district.users["zhonglou"],
        file=None,
    )
    clerk, head = client_of(district, "zhonglou"), client_of(district, "zhonglou-head")
    reader = client_of(district, "npc")
    here = reverse("residents:contribution", args=[row.pk])
    act = reverse("residents:contribution_act", args=[row.pk, "confirm"])

    def hours() -> str:
        rows = project_facts(projects=Project.objects.all(), on=TODAY)
        facts = sharing_facts(projects=rows, on=TODAY)
        declared = next(each for each in MEASURES if each.name == "居民投劳工时")
        return measure(declared, facts, as_of=TODAY, approval=Approval.APPROVED).text

    def listed() -> tuple[int, int, int]:
        [(line, *_)] = clerk.get(reverse("residents:sharing")).context["page"]
        return line.gifts.count, line.gifts.waiting, line.gifts.hours

    assert (hours(), listed(), reader.get(here).status_code) == ("0", (0, 1, 0), 404)
    assert (
        care_waiting(scope=scope_of(district.users["zhonglou-head"], on=TODAY), today=TODAY) == []
    )
    assert (
        "没有凭据，请登记的人先补上再确认。"
        in head.post(act, {"seen_version": "1"}).content.decode()
    )
    edit = reverse("residents:contribution_edit", args=[row.pk])
    typed = GIFT | {"kind": "labour", "hours": "50", "amount_fen": "", "seen_version": "1"}
    paper = SimpleUploadedFile("签到表.pdf", PDF)
    assert clerk.post(edit, typed | {"evidence": paper}).status_code == 302
    [item] = care_waiting(scope=scope_of(district.users["zhonglou-head"], on=TODAY), today=TODAY)
    assert (item.title, item.href) == ("确认文昌园的居民投入 1 笔", here)
    assert clerk.post(act).status_code == 403
    stale = head.post(act, {"seen_version": "1"})
    assert stale.status_code == 409
    assert "出资" not in stale.context["quoted"]
    assert stale.context["quoted"].startswith("投劳 50 小时（12 户")
    assert head.post(act, {"seen_version": "2"}).status_code == 302
    assert (hours(), listed(), reader.get(here).status_code) == ("50", (1, 0, 50), 200)
    assert clerk.get(edit).status_code == 409
    with pytest.raises(Refusal) as met:
        save_contribution(
            row=Contribution.objects.get(),
            organisation=project.street,
            of="文昌园",
            by=district.users["zhonglou"],
            now=NOW,
        )
    assert met.value.code == "confirmed.state"
    withdraw = reverse("residents:contribution_act", args=[row.pk, "withdraw"])
    assert clerk.post(withdraw, {"reason": "重复登记"}).status_code == 403
    assert head.post(withdraw, {"reason": "重复登记"}).status_code == 302
    assert (hours(), listed()) == ("0", (0, 0, 0))
    assert "重复登记" in clerk.get(here).content.decode()


def test_a_confirmed_contribution_stays_in_the_database(project: Project) -> None:
    rows = Contribution.objects.filter(pk=ContributionFactory(project=project).pk)
    for act in (lambda: rows.update(amount_fen=1), lambda: rows.update(file=None), rows.delete):
        with (
            pytest.raises(DatabaseError, match="已确认的居民投入不能修改或删除"),
            transaction.atomic(),
        ):
            act()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("contribution_confirmed_in_full", lambda: ContributionFactory(file=None)),
        (
            "contribution_confirmed_by_another",
            lambda: (lambda who: ContributionFactory(recorded_by=who, confirmed_by=who))(
                ContributionFactory().recorded_by
            ),
        ),
        ("contribution_withdrawn_says_why", lambda: ContributionFactory(withdrawn_reason="错")),
    ],
)
def test_a_contribution_needs_two_people(name: str, make: Any) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        make()
