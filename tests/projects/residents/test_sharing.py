"""What residents bring in, beside the funding ledger and never twice; joint evaluations by two people."""

from __future__ import annotations

import io
from datetime import date, time
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.funding.enums import Stage
from projects.ledger.enums import GateKind
from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from projects.residents.enums import Gift, Outcome, RecordState
from projects.residents.models import Contribution, Evaluation, Opinion
from projects.residents.services import confirming
from projects.residents.sharing.facts import sharing_facts
from projects.residents.sharing.measures import MEASURES
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_moment
from renovation.core.declarations import measure
from renovation.core.errors import Refusal, StateConflict
from renovation.core.measures import Approval
from reports.dashboards.todo import todo_items
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.aftercare import (
    ContributionFactory,
    EvaluationFactory,
    OpinionFactory,
    cared_for,
)
from tests.factories.funding import FundingEventFactory, FundingSourceFactory
from tests.factories.ledger import GateFactory, ProjectFactory, StoredFileFactory

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


# -- contributions -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"given_on": "2025-05-08"}, "日期不能晚于今天。"),
        ({"household_count": ""}, "户数、人数至少填一个。"),
        ({"amount_fen": ""}, "出资须填金额，大于 0。"),
        ({"hours": "3"}, "只有投劳才填工时。"),
        ({"things": "花木"}, "只有捐物才填物品。"),
        ({"kind": "labour", "amount_fen": ""}, "投劳须填工时。"),
        ({"kind": "labour", "hours": "3"}, "投劳不填金额。"),
        ({"kind": "material"}, "捐物须写明物品。"),
        (
            {"kind": "material", "things": "花木", "is_in_funding": "on"},
            "只有出资才会记入资金台账。",
        ),
    ],
)
def test_what_does_not_fit_its_kind_is_said_at_its_field(
    district: District, project: Project, changed: dict[str, str], message: str
) -> None:
    new = reverse("residents:contribution_new", args=[CODE])
    back = client_of(district, "zhonglou").post(new, GIFT | changed)
    assert back.status_code == 422
    assert message in back.content.decode()
    assert not Contribution.objects.exists()


def test_money_is_never_counted_twice(district: District, project: Project) -> None:
    source = FundingSourceFactory(code="residents", name="居民出资")
    FundingEventFactory(project=project, source=source, stage=Stage.RECEIVED, amount_fen=50_000_00)
    clerk = client_of(district, "zhonglou")
    new = reverse("residents:contribution_new", args=[CODE])
    assert clerk.post(new, GIFT).status_code == 302
    assert clerk.post(new, GIFT | {"amount_fen": "20000", "is_in_funding": "on"}).status_code == 302
    Contribution.objects.update(
        state="confirmed",
        confirmed_by=district.users["zhonglou-head"],
        confirmed_at=NOW,
        file=StoredFileFactory(),
    )
    row = Contribution.objects.get(is_in_funding=False)
    assert (row.amount_fen, row.history.get().history_user) == (
        3_600_00,
        district.users["zhonglou"],
    )
    here = reverse("residents:project_sharing", args=[CODE])
    context = clerk.get(here).context
    assert (context["ledger"], context["in_funding"], context["apart"]) == (
        "50,000.00",
        "20,000.00",
        "3,600.00",
    )
    assert not context["over_ledger"]
    shown = client_of(district, "contractor").get(here).content.decode()
    assert "50,000.00" not in shown
    rows = project_facts(projects=Project.objects.filter(pk=project.pk), on=TODAY)
    money = next(each for each in MEASURES if each.name == "居民另行出资")
    facts = sharing_facts(projects=rows, on=TODAY)
    assert measure(money, facts, as_of=TODAY, approval=Approval.APPROVED).text == "0.36"


# -- evaluations ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"held_on": "2025-04-27"}, "共评日期不能早于完工日期 2025年4月28日。"),
        ({"held_on": "2025-05-08"}, "共评日期不能晚于今天。"),
        (
            {"base_count": "41"},
            "参评人数应在 1 和到场的居民、居民代表合计 40 人之间。",
        ),
        (
            {"unsatisfied_count": "5"},
            "满意、基本满意、不满意合计 41 人，超过参评人数。",
        ),
    ],
)
def test_an_evaluation_is_refused_with_its_reason(
    district: District, project: Project, changed: dict[str, str], message: str
) -> None:
    new = reverse("residents:evaluation_new", args=[CODE])
    back = client_of(district, "zhonglou").post(new, EVALUATION | changed)
    assert back.status_code == 422
    assert message in back.content.decode()
    assert not Evaluation.objects.exists()


def test_an_evaluation_before_completion_is_refused(
    placed: tuple[District, Project],
) -> None:
    district, _ = placed
    new = reverse("residents:evaluation_new", args=[CODE])
    back = client_of(district, "zhonglou").post(new, EVALUATION)
    assert "项目还没有过“完工”，完工后再登记。" in back.content.decode()


def test_an_evaluation_is_recorded_confirmed_and_its_opinions_answered(
    district: District, project: Project
) -> None:
    clerk, head = client_of(district, "zhonglou"), client_of(district, "zhonglou-head")
    new = reverse("residents:evaluation_new", args=[CODE])
    sheet = SimpleUploadedFile("评价表.pdf", PDF)
    assert clerk.post(new, EVALUATION | {"evidence": sheet}).status_code == 302
    row = Evaluation.objects.get()
    twice = clerk.post(new, EVALUATION)
    assert "这一天已经登记过共同评价。" in twice.content.decode()
    scope = scope_of(district.users["zhonglou-head"], on=TODAY)
    items = {item.title: item.reason for item in todo_items(scope=scope, now=NOW)}
    assert items["确认文昌园的共同评价"] == "5月1日，参评 40 人，满意 30 人"
    act = reverse("residents:evaluation_act", args=[row.pk, "confirm"])
    assert clerk.post(act).status_code == 403
    assert head.post(act, {"seen_version": "1"}).status_code == 302
    assert head.post(act, {"seen_version": "1"}).status_code == 409
    edit = reverse("residents:evaluation_edit", args=[row.pk])
    assert clerk.get(edit).status_code == 409
    add = reverse("residents:opinion_new", args=[row.pk])
    said = {"content": "3 号楼门前排水不畅", "seen_version": "0"}
    assert clerk.post(add, said).status_code == 302
    opinion = Opinion.objects.get()
    answer = reverse("residents:opinion_answer", args=[opinion.pk])
    done = {"answered_on": "2025-05-06", "outcome": "taken", "answer": "加装排水沟"}
    assert clerk.post(answer, done | {"answered_on": "2025-04-30"}).status_code == 422
    assert clerk.post(answer, done).status_code == 302
    assert clerk.post(answer, done).status_code == 409
    here = reverse("residents:evaluation", args=[row.pk])
    shown = clerk.get(here).content.decode()
    assert "共评满意率 75.0%（30 / 40 人）；共评认可率 90.0%（满意和基本满意 36 / 40 人）" in shown
    assert "加装排水沟" in shown
    file = reverse("residents:evaluation_file", args=[row.pk])
    assert clerk.get(file).content == PDF
    for user in ("contractor", "npc"):
        outsider = client_of(district, user)
        assert "排水" not in outsider.get(here).content.decode()
        assert outsider.get(file).status_code == 404


def test_what_is_confirmed_or_answered_stays(district: District, project: Project) -> None:
    row = EvaluationFactory(project=project, state=RecordState.CONFIRMED)
    with pytest.raises(DatabaseError, match="已确认的共同评价不能修改或删除"), transaction.atomic():
        Evaluation.objects.filter(pk=row.pk).update(satisfied_count=33)
    with pytest.raises(DatabaseError, match="已确认的共同评价不能修改或删除"), transaction.atomic():
        Evaluation.objects.filter(pk=row.pk).delete()
    clerk = district.users["zhonglou"]
    opinion = OpinionFactory(evaluation=row)
    values: dict[str, Any] = {
        "opinion": opinion,
        "outcome": Outcome.TAKEN,
        "answered_on": date(2025, 5, 6),
        "by": clerk,
        "now": NOW,
    }
    for answer, day, code in (
        (" ", date(2025, 5, 6), "opinion.answer"),
        ("好", date(2025, 5, 8), "opinion.future"),
    ):
        with pytest.raises(Refusal) as met:
            confirming.answer_opinion(**values | {"answer": answer, "answered_on": day})
        assert met.value.code == code
    confirming.answer_opinion(**values, answer="加装排水沟")
    with pytest.raises(StateConflict):
        confirming.answer_opinion(**values, answer="又")
    with pytest.raises(Refusal) as met:
        confirming.save_opinion(
            row=opinion,
            organisation=project.street,
            of="文昌园",
            by=clerk,
            now=NOW,
            seen_version=opinion.version,
        )
    assert met.value.code == "opinion.answered"
    rows = Opinion.objects.filter(pk=opinion.pk)
    for act in (lambda: rows.update(answer="改了"), rows.delete):
        with (
            pytest.raises(DatabaseError, match="已办理的共评意见不能修改或删除"),
            transaction.atomic(),
        ):
            act()


def test_the_last_confirmed_evaluation_counts_as_of_a_day(project: Project) -> None:
    other = ProjectFactory(programme=project.programme, street=project.street, code="ZC2025-02")
    GateFactory(project=other, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28))
    EvaluationFactory(project=project, state=RecordState.CONFIRMED)
    EvaluationFactory(
        project=project,
        held_on=date(2025, 5, 6),
        state=RecordState.CONFIRMED,
        satisfied_count=36,
        basic_count=2,
        unsatisfied_count=2,
    )
    EvaluationFactory(project=other)
    ContributionFactory(project=project, kind=Gift.LABOUR, hours=48, amount_fen=None)
    ContributionFactory(project=ProjectFactory())

    def figures(on: date) -> dict[str, tuple[str, str]]:
        rows = project_facts(projects=Project.objects.filter(programme=project.programme), on=on)
        facts = sharing_facts(projects=rows, on=on)
        found = [measure(m, facts, as_of=on, approval=Approval.APPROVED) for m in MEASURES]
        return {each.name: (each.text, each.parts_text) for each in found}

    latest = figures(TODAY)
    assert latest["已共评项目"][0] == "1"
    assert latest["共评覆盖率"] == ("50.0", "1 / 2")
    assert latest["共评满意率"] == ("90.0", "36 / 40")
    assert latest["共评认可率"] == ("95.0", "38 / 40")
    assert latest["居民投劳工时"][0] == "48"
    assert latest["居民另行出资"][0] == "0.00"
    assert figures(date(2025, 5, 5))["共评满意率"] == ("75.0", "30 / 40")
    assert figures(date(2025, 4, 30))["共评满意率"] == ("—", "0 / 0")


# -- pages and lists -----------------------------------------------------------------------------------
def test_who_reads_and_who_records(district: District, project: Project) -> None:
    gift = ContributionFactory(project=project, state=RecordState.DRAFT)
    draft = EvaluationFactory(project=project)
    opinion = OpinionFactory(evaluation=draft)
    expected = {
        "bureau": (200, 200, 200),
        "zhonglou": (200, 200, 200),
        "zhonglou-head": (200, 200, 200),
        "leader": (200, 404, 403),
        "npc": (200, 404, 403),
        "contractor": (200, 404, 403),
        "banyanglu": (404, 404, 404),
        "auditor": (403, 403, 403),
    }
    found = {}
    for user in expected:
        client = client_of(district, user)
        read = client.get(reverse("residents:project_sharing", args=[CODE])).status_code
        seen = client.get(reverse("residents:evaluation", args=[draft.pk])).status_code
        writes = {
            client.get(reverse(f"residents:{name}", args=[arg])).status_code
            for name, arg in (
                ("contribution_new", CODE),
                ("contribution_edit", gift.pk),
                ("evaluation_new", CODE),
                ("evaluation_edit", draft.pk),
                ("opinion_new", draft.pk),
                ("opinion_edit", opinion.pk),
                ("opinion_answer", opinion.pk),
            )
        }
        assert len(writes) == 1, (user, writes)
        found[user] = (read, seen, writes.pop())
    assert found == expected


def test_the_list_is_filtered_sorted_and_exported(district: District, project: Project) -> None:
    other = ProjectFactory(
        programme=project.programme,
        street=district.street("banyanglu"),
        code="ZC2025-09",
        name="北园",
    )
    ContributionFactory(project=other)
    line = EvaluationFactory(project=other, state=RecordState.CONFIRMED)
    OpinionFactory(evaluation=line)
    client = client_of(district, "bureau")

    def codes(query: str) -> list[str]:
        page = client.get(f"{reverse('residents:sharing')}?{query}").context["page"]
        return [line.project.code for line, *_ in page]

    assert codes("") == [CODE, "ZC2025-09"]
    assert codes("sort=-money") == ["ZC2025-09", CODE]
    assert codes("state=due") == [CODE]
    assert codes("state=done") == codes("state=open") == codes("state=given") == ["ZC2025-09"]
    assert codes("state=draft") == []
    answer = client.get(reverse("residents:sharing_export") + "?state=done")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "北园" in cells
    assert "文昌园" not in cells
    assert 3600 in cells


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("project_sharing", 14), ("sharing", 25), ("evaluation", 11)]
)
def test_pages_cost_the_same(
    district: District,
    project: Project,
    count: int,
    name: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        ContributionFactory(project=project)
        row = EvaluationFactory(
            project=project, held_on=date(2025, 5, 1 + number), state=RecordState.CONFIRMED
        )
        for _ in range(count):
            OpinionFactory(evaluation=row)
    client = client_of(district, "zhonglou")
    args = {"project_sharing": [CODE], "sharing": [], "evaluation": [row.pk]}[name]
    url = reverse(f"residents:{name}", args=args)
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("contribution_fits_its_kind", lambda: ContributionFactory(hours=3)),
        ("contribution_fits_its_kind", lambda: ContributionFactory(amount_fen=None)),
        ("contribution_fits_its_kind", lambda: ContributionFactory(kind=Gift.MATERIAL)),
        ("contribution_says_how_many", lambda: ContributionFactory(household_count=None)),
        ("contribution_says_what_for", lambda: ContributionFactory(purpose="")),
        ("evaluation_verdicts_within_base", lambda: EvaluationFactory(satisfied_count=32)),
        ("evaluation_base_took_part", lambda: EvaluationFactory(base_count=41)),
        (
            "evaluation_confirmed_in_full",
            lambda: EvaluationFactory(state=RecordState.CONFIRMED, file=None),
        ),
        ("evaluation_withdrawn_says_why", lambda: EvaluationFactory(withdrawn_reason="错")),
        ("opinion_says_something", lambda: OpinionFactory(content="")),
        ("opinion_answered_in_full", lambda: OpinionFactory(answer="好")),
    ],
)
def test_what_the_database_refuses(name: str, make: Any) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        make()


def test_the_database_refuses_two_of_a_day_and_one_hand(project: Project) -> None:
    row = EvaluationFactory(project=project)
    with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic():
        EvaluationFactory(project=project)
    with (
        pytest.raises(DatabaseError, match="evaluation_confirmed_by_another"),
        transaction.atomic(),
    ):
        EvaluationFactory(
            held_on=date(2025, 5, 2),
            state=RecordState.CONFIRMED,
            recorded_by=row.recorded_by,
            confirmed_by=row.recorded_by,
        )
