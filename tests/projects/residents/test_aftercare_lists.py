"""After-care: what the gate asks, what waits, figures, pages, the list, what the database refuses."""

from __future__ import annotations

import io
from datetime import date, time
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import GateKind
from projects.ledger.facts import project_facts
from projects.ledger.gatekeeping import findings
from projects.ledger.models import Estate, Project
from projects.residents.aftercare.facts import care_facts
from projects.residents.aftercare.measures import MEASURES
from projects.residents.aftercare.waiting import care_waiting
from projects.residents.enums import RecordState
from projects.residents.models import Committee, Management
from projects.residents.parameters import AFTERCARE_GATE, TERM_DAYS
from renovation.accounts.enums import Role
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_moment
from renovation.core.declarations import measure
from renovation.core.measures import Approval
from renovation.records.services import set_value
from reports.dashboards.todo import todo_items
from tests.conftest import Clock
from tests.factories.accounts import District, make_user
from tests.factories.aftercare import (
    CommitteeFactory,
    FeeCollectionFactory,
    FundEntryFactory,
    HandoverFactory,
    ManagementFactory,
    cared_for,
)
from tests.factories.ledger import EstateFactory, GateFactory, ProgrammeFactory, ProjectFactory

from .scene import CODE, client_of, scene

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
    return placed[1]


@pytest.fixture
def estate(project: Project) -> Estate:
    """The one estate of the project, which was completed on 28 April."""
    GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28))
    found: Estate = project.estates.get()
    return found


# -- the gate ------------------------------------------------------------------------------------------
def test_the_gate_asks_for_everything_of_every_estate(district: District, estate: Estate) -> None:
    def said(on: date = TODAY) -> list[str | None]:
        found = findings(project=estate.project, gates=[GateKind.HANDED_OVER], on=on)
        return [each.sentence for each in found if each.check.code == "residents.aftercare"]

    assert said() == [
        "长效管理没有落实：文昌园没有在任的自治组织、管理方式没有落实、没有登记移交。"
    ]
    CommitteeFactory(estate=estate, until_on=date(2025, 5, 6))
    ManagementFactory(estate=estate, until_on=date(2025, 5, 7))
    HandoverFactory(estate=estate)
    assert said() == ["长效管理没有落实：文昌园自改委任期已满、移交还没有确认。"]
    Committee.objects.all().delete()
    CommitteeFactory(estate=estate)
    other = EstateFactory(project=estate.project, name="南院")
    CommitteeFactory(estate=other)
    assert said() == [
        "长效管理没有落实：文昌园移交还没有确认；南院管理方式没有落实、没有登记移交。"
    ]
    set_value(
        key=AFTERCARE_GATE.key,
        organisation=estate.project.programme.bureau,
        value="否",
        effective_on=TODAY,
        reason="本区规定",
        by=make_user(district.bureau, Role.ADMIN),
        now=NOW,
    )
    assert said() == [None]


def test_a_project_that_is_cared_for_passes(estate: Estate) -> None:
    cared_for(estate.project)
    found = findings(project=estate.project, gates=[GateKind.HANDED_OVER], on=TODAY)
    assert {f.check.code: f.sentence for f in found}["residents.aftercare"] is None


# -- what waits ----------------------------------------------------------------------------------------
def test_completed_estates_without_a_plan_wait(district: District, estate: Estate) -> None:
    unfinished = ProjectFactory(
        programme=estate.project.programme, street=estate.project.street, code="ZC2025-02"
    )
    EstateFactory(project=unfinished)
    scope = scope_of(district.users["zhonglou"], on=TODAY)
    items = {item.title: item for item in todo_items(scope=scope, now=NOW)}
    found = items["2025 年度完工小区长效管理没有落实 1 个"]
    assert (found.reason, found.is_alarm) == ("文昌园", True)
    assert found.href == f"{reverse('residents:aftercare')}?year=2025&state=lacking"
    for name in ("banyanglu", "leader", "contractor"):
        other = scope_of(district.users[name], on=TODAY)
        assert care_waiting(scope=other, today=TODAY) == []
    CommitteeFactory(estate=estate)
    ManagementFactory(estate=estate)
    assert care_waiting(scope=scope, today=TODAY) == []


def test_what_waits_leads_to_the_list_of_its_year(district: District, estate: Estate) -> None:
    newer = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau, year=2026),
        street=estate.project.street,
        code="ZC2026-01",
        approved_on=date(2025, 5, 1),
    )
    CommitteeFactory(estate=EstateFactory(project=newer, name="新院"), until_on=date(2025, 5, 20))
    scope = scope_of(district.users["zhonglou"], on=TODAY)
    client = client_of(district, "zhonglou")
    found = {}
    for item in care_waiting(scope=scope, today=TODAY):
        page = client.get(item.href).context["page"]
        found[item.title] = [care.estate.name for care, _ in page]
    assert found == {
        "2026 年度自治组织任期、物业合同 60 天内到期 1 个": ["新院"],
        "2025 年度完工小区长效管理没有落实 1 个": ["文昌园"],
    }


def test_the_list_holds_what_the_figures_hold(district: District, estate: Estate) -> None:
    def off(day: int) -> dict[str, Any]:
        return {"cancelled_on": date(2025, 5, day), "cancellation_reason": "拆迁"}

    project = estate.project
    leaving = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-02", **off(8)
    )
    gone = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-03", **off(7)
    )
    outside = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-04", approved_on=None
    )
    for each, name in ((leaving, "甲院"), (gone, "乙院"), (outside, "丙院")):
        EstateFactory(project=each, name=name)
        GateFactory(project=each, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28))
    facts = care_facts(projects=project_facts(projects=Project.objects.all(), on=TODAY), on=TODAY)
    client = client_of(district, "bureau")
    page = client.get(reverse("residents:aftercare")).context["page"]
    assert [care.estate.name for care, _ in page] == [fact.name for fact in facts]
    assert [fact.name for fact in facts] == ["文昌园", "甲院"]
    shared = client.get(reverse("residents:sharing")).context["page"]
    assert [line.project.code for line, *_ in shared] == [CODE, "ZC2025-02"]


def test_terms_that_end_within_the_bureaus_days_wait(district: District, estate: Estate) -> None:
    CommitteeFactory(estate=estate, until_on=date(2025, 7, 6))
    ManagementFactory(estate=estate, until_on=date(2025, 5, 6))
    scope = scope_of(district.users["zhonglou"], on=TODAY)

    def told(today: date) -> list[tuple[str, str, bool]]:
        return [(w.title, w.reason, w.is_alarm) for w in care_waiting(scope=scope, today=today)]

    contract = "文昌园专业物业（某物业服务公司）合同 2025年5月6日 "
    assert told(TODAY) == [
        (
            "2025 年度完工小区长效管理没有落实 1 个，其中已到期 1 个",
            f"{contract}已到期",
            True,
        ),
        (
            "2025 年度自治组织任期、物业合同 60 天内到期 1 个",
            "文昌园自改委任期 2025年7月6日 届满",
            False,
        ),
    ]
    set_value(
        key=TERM_DAYS.key,
        organisation=district.bureau,
        value="0",
        effective_on=date(2025, 5, 6),
        reason="本区规定",
        by=make_user(district.bureau, Role.ADMIN),
        now=NOW,
    )
    assert told(date(2025, 5, 6)) == [
        ("2025 年度自治组织任期、物业合同 0 天内到期 1 个", f"{contract}届满", False)
    ]


def test_what_is_over_before_completion_waits_apart(district: District, project: Project) -> None:
    CommitteeFactory(estate=project.estates.get(), until_on=date(2025, 5, 6))
    scope = scope_of(district.users["zhonglou"], on=TODAY)
    [item] = care_waiting(scope=scope, today=TODAY)
    assert (item.title, item.reason, item.is_alarm) == (
        "2025 年度自治组织任期、物业合同已到期 1 个",
        "文昌园自改委任期 2025年5月6日 已满",
        True,
    )
    page = client_of(district, "zhonglou").get(item.href).context["page"]
    assert [care.expired for care, _ in page] == [["自改委任期 2025年5月6日 已满"]]


def test_a_handover_waits_for_the_second_post(district: District, estate: Estate) -> None:
    cared_for(estate.project)
    other = EstateFactory(project=estate.project, name="南院")
    CommitteeFactory(estate=other)
    ManagementFactory(estate=other)
    row = HandoverFactory(estate=other, recorded_by=district.users["zhonglou"])

    def told(user: str) -> list[str]:
        scope = scope_of(district.users[user], on=TODAY)
        return [item.title for item in todo_items(scope=scope, now=NOW) if "移交" in item.title]

    assert told("zhonglou-head") == ["确认文昌园 南院的移交管养"]
    assert told("zhonglou") == []
    assert row.state == "draft"


# -- figures, pages, lists -----------------------------------------------------------------------------
def test_figures_of_a_day(estate: Estate) -> None:
    project = estate.project
    cared_for(project, on=date(2025, 4, 30))
    bare = EstateFactory(project=project, name="南院")
    ManagementFactory(estate=bare)

    def figures(on: date) -> dict[str, str]:
        rows = project_facts(projects=Project.objects.filter(pk=project.pk), on=on)
        facts = care_facts(projects=rows, on=on)
        return {
            each.name: measure(each, facts, as_of=on, approval=Approval.APPROVED).parts_text
            for each in MEASURES
        }

    assert figures(TODAY) == {"长效管理落实率(小区)": "1 / 2", "移交率(小区)": "1 / 2"}
    assert figures(date(2025, 4, 29)) == {"长效管理落实率(小区)": "0 / 2", "移交率(小区)": "0 / 2"}
    assert figures(date(2025, 4, 27)) == {"长效管理落实率(小区)": "0 / 0", "移交率(小区)": "0 / 0"}


def test_what_is_over_counts_nowhere_as_settled(district: District, estate: Estate) -> None:
    """The last day of a contract counts, the day after does not: figure, page, list, its sums, its workbook."""
    cared_for(estate.project, on=date(2025, 4, 30))
    Management.objects.update(until_on=TODAY)
    facts = project_facts(projects=Project.objects.filter(pk=estate.project_id), on=TODAY)

    def figure(on: date) -> tuple[str, list[str]]:
        found = care_facts(projects=facts, on=on)
        notes = [part.note for fact in found if (part := MEASURES[0].contribute(fact))]
        shown = measure(MEASURES[0], found, as_of=on, approval=Approval.APPROVED)
        return shown.parts_text, notes

    assert figure(TODAY) == ("1 / 1", [""])
    assert figure(date(2025, 5, 8)) == ("0 / 1", ["合同已到期"])
    Management.objects.update(until_on=date(2025, 5, 6))
    client = client_of(district, "bureau")
    for query, shown in (("expired", ["文昌园"]), ("lacking", ["文昌园"]), ("ending", [])):
        answer = client.get(f"{reverse('residents:aftercare')}?state={query}")
        assert [care.estate.name for care, _ in answer.context["page"]] == shown, query
    listed = client.get(reverse("residents:aftercare"))
    counted = {name: listed.context[name] for name in ("cared", "lacking", "expired", "ending")}
    assert counted == {"cared": 0, "lacking": 1, "expired": 1, "ending": 0}
    assert '<strong class="alarm">已到期</strong>' in listed.content.decode()
    page = client.get(reverse("residents:project_aftercare", args=[CODE]))
    assert page.context["cared"] == 0
    assert "合同 2025年5月6日 已到期" in page.content.decode()
    answer = client.get(reverse("residents:aftercare_export"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [c.value for s in book.worksheets for r in s.iter_rows() for c in r]
    assert "没有落实" in cells
    assert "社区代管（某物业服务公司）合同 2025年5月6日 已到期" in cells


def test_who_reads_and_who_records(district: District, estate: Estate) -> None:
    committee = CommitteeFactory(estate=estate)
    draft = HandoverFactory(estate=estate)
    expected = {
        "bureau": (200, 200, 200),
        "zhonglou": (200, 200, 200),
        "zhonglou-head": (200, 200, 200),
        "leader": (200, 404, 403),
        "contractor": (200, 404, 403),
        "banyanglu": (404, 404, 404),
        "supervisor": (404, 404, 403),
        "auditor": (403, 403, 403),
    }
    found = {}
    for user in expected:
        client = client_of(district, user)
        read = client.get(reverse("residents:project_aftercare", args=[CODE])).status_code
        seen = client.get(reverse("residents:handover", args=[draft.pk])).status_code
        writes = {
            client.get(reverse(f"residents:{name}", args=args)).status_code
            for name, args in (
                ("care_new", [estate.pk, "committee"]),
                ("care_new", [estate.pk, "fund"]),
                ("care_edit", ["committee", committee.pk]),
            )
        }
        assert len(writes) == 1, user
        found[user] = (read, seen, writes.pop())
    assert found == expected
    bureau = client_of(district, "bureau")
    assert bureau.get(reverse("residents:care_new", args=[estate.pk, "no"])).status_code == 404


def test_a_management_is_recorded_with_its_fee_in_yuan(district: District, estate: Estate) -> None:
    clerk = client_of(district, "zhonglou")
    new = reverse("residents:care_new", args=[estate.pk, "management"])
    typed = {
        "form": "professional",
        "manager": "某物业服务公司",
        "since_on": "2025-05-01",
        "seen_version": "0",
    }
    back = clerk.post(new, typed)
    assert back.status_code == 422
    text = back.content.decode()
    assert "专业物业须填合同止。" in text
    assert "专业物业须填物业费。" in text
    whole = typed | {"until_on": "2028-04-30", "fee_fen": "0.65"}
    assert clerk.post(new, whole).status_code == 302
    row = Management.objects.get()
    assert row.fee_fen == 65
    edit = clerk.get(reverse("residents:care_edit", args=["management", row.pk]))
    assert 'value="0.65"' in edit.content.decode()
    shown = clerk.get(reverse("residents:project_aftercare", args=[CODE])).content.decode()
    assert "0.65 元/㎡·月" in shown
    assert "过“移交管养”还缺：没有在任的自治组织、没有登记移交。" in shown


def test_the_list_is_filtered_sorted_and_exported(district: District, estate: Estate) -> None:
    other = ProjectFactory(
        programme=estate.project.programme, street=district.street("banyanglu"), code="ZC2025-09"
    )
    GateFactory(project=other, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 1))
    kept = EstateFactory(project=other, name="北院")
    cared_for(other, on=date(2025, 4, 2))
    FundEntryFactory(estate=kept)
    client = client_of(district, "bureau")

    def names(query: str) -> list[str]:
        page = client.get(f"{reverse('residents:aftercare')}?{query}").context["page"]
        return [care.estate.name for care, _ in page]

    assert names("") == ["文昌园", "北院"]
    assert names("sort=-project") == ["北院", "文昌园"]
    assert names("state=lacking") == ["文昌园"]
    assert names("state=complete") == ["北院"]
    assert names("state=no_fund") == ["文昌园"]
    assert names("form=community") == ["北院"]
    assert names("form=professional") == []
    answer = client.get(reverse("residents:aftercare_export") + "?state=complete")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [c.value for s in book.worksheets for r in s.iter_rows() for c in r]
    assert "北院" in cells
    assert "文昌园" not in cells
    assert "街道物业服务中心" in cells


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("project_aftercare", 18), ("aftercare", 19)])
def test_pages_cost_the_same(
    district: District,
    estate: Estate,
    count: int,
    name: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        each = EstateFactory(project=estate.project, name=f"{number}院")
        CommitteeFactory(estate=each)
        ManagementFactory(estate=each)
        FeeCollectionFactory(estate=each)
        FundEntryFactory(estate=each)
        HandoverFactory(estate=each, state=RecordState.CONFIRMED)
    client = client_of(district, "zhonglou")
    url = reverse(f"residents:{name}", args=[CODE] if name == "project_aftercare" else [])
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("committee_term_ahead", lambda: CommitteeFactory(until_on=date(2025, 2, 1))),
        ("committee_end_says_why", lambda: CommitteeFactory(end_reason="换届")),
        ("management_term_ahead", lambda: ManagementFactory(until_on=date(2024, 2, 1))),
        (
            "management_end_says_why",
            lambda: ManagementFactory(ended_on=date(2024, 2, 1)),
        ),
        ("management_names_manager", lambda: ManagementFactory(manager="")),
        ("management_professional_has_contract", lambda: ManagementFactory(fee_fen=None)),
        ("fee_period_has_length", lambda: FeeCollectionFactory(to_on=date(2025, 1, 1))),
        ("fee_collected_of_due", lambda: FeeCollectionFactory(due_fen=1)),
        ("fund_amount_above_zero", lambda: FundEntryFactory(amount_fen=0)),
        ("fund_says_who_paid_or_what_for", lambda: FundEntryFactory(household_count=None)),
        ("handover_names_both", lambda: HandoverFactory(taken_by="")),
        (
            "handover_confirmed_in_full",
            lambda: HandoverFactory(state=RecordState.CONFIRMED, file=None),
        ),
        (
            "handover_confirmed_by_another",
            lambda: (
                lambda who: HandoverFactory(
                    state=RecordState.CONFIRMED, recorded_by=who, confirmed_by=who
                )
            )(HandoverFactory().recorded_by),
        ),
        ("handover_withdrawn_says_why", lambda: HandoverFactory(withdrawn_reason="错")),
    ],
)
def test_what_the_database_refuses(name: str, make: Any) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        make()


@pytest.mark.parametrize(
    "again",
    [
        lambda estate: CommitteeFactory(estate=estate, since_on=date(2025, 4, 1)),
        lambda estate: CommitteeFactory(estate=estate, ended_on=date(2025, 4, 1)),
        lambda estate: ManagementFactory(estate=estate, since_on=date(2025, 4, 1)),
        lambda estate: ManagementFactory(estate=estate, ended_on=date(2025, 4, 1)),
        lambda estate: FeeCollectionFactory(estate=estate),
        lambda estate: FundEntryFactory(estate=estate),
        lambda estate: HandoverFactory(estate=estate),
    ],
)
def test_one_of_each_at_a_time(estate: Estate, again: Any) -> None:
    CommitteeFactory(estate=estate)
    ManagementFactory(estate=estate)
    FeeCollectionFactory(estate=estate)
    FundEntryFactory(estate=estate)
    HandoverFactory(estate=estate)
    with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction.atomic():
        again(estate)
