"""Deadlines of a programme, the list of its gates, and windows in which work rests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from projects.ledger.deadlines import DeadlineValues, set_deadlines, standings, start_deadline
from projects.ledger.enums import GateKind, WorkKind
from projects.ledger.facts import project_facts
from projects.ledger.gate_register import Filters, register
from projects.ledger.models import GateDeadline, Programme, Project, RestWindow
from projects.ledger.rests import Outline, outline, save_window, warnings
from renovation.core.errors import Refusal
from renovation.core.periods import Month
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    GateDeadlineFactory,
    GateFactory,
    GatePromiseFactory,
    ProgrammeFactory,
    RestWindowFactory,
    make_project,
)

from .test_sheets import mark_in

pytestmark = pytest.mark.django_db
TODAY = date(2025, 5, 7)


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    return made


def projects(district: District, programme: Programme) -> tuple[Project, Project, Project]:
    """One that has begun, one that is late (planned for 1 March), one that begins in June."""
    begun = make_project(
        programme=programme,
        street=district.street("zhonglou"),
        code="ZC2025-01",
        started_on=date(2025, 3, 3),
    )
    late = make_project(
        programme=programme, street=district.street("banyanglu"), code="ZC2025-02", name="晚开工"
    )
    later = make_project(
        programme=programme,
        street=district.street("zhonglou"),
        code="ZC2025-03",
        baseline={"planned_start_on": date(2025, 6, 1)},
    )
    for project in (late, later):
        GateFactory(project=project, kind=GateKind.PERMITTED, actual_on=date(2025, 2, 10))
    return begun, late, later


# -- deadlines ---------------------------------------------------------------------------------------
def test_a_deadline_counts_who_is_missing(district: District, programme: Programme) -> None:
    projects(district, programme)
    GateDeadlineFactory(programme=programme, gate=GateKind.PERMITTED, due_on=date(2025, 4, 30))
    facts = project_facts(projects=Project.objects.filter(programme=programme), on=TODAY)
    found = standings(deadlines=list(programme.deadlines.all()), projects=facts, on=TODAY)
    assert [
        (each.gate, each.passed, each.total, [row.code for row in each.missing], each.days_left)
        for each in found
    ] == [
        (GateKind.PERMITTED, 2, 3, ["ZC2025-01"], -7),
        (GateKind.STARTED, 1, 3, ["ZC2025-02", "ZC2025-03"], 177),
    ]


def test_deadlines_are_set_and_taken_away_with_an_entry(
    district: District, programme: Programme, clock: Clock
) -> None:
    changes = set_deadlines(
        programme=programme,
        wanted={
            GateKind.STARTED: None,
            GateKind.COMPLETED: DeadlineValues(date(2025, 12, 20), "淄建发〔2025〕3号"),
            GateKind.ACCEPTED: None,
        },
        by=district.users["bureau"],
        now=clock.at("2025-05-07 10:00"),
    )
    assert changes == {
        "started": ["2025年10月31日，淄建发〔2025〕3号", None],
        "completed": [None, "2025年12月20日，淄建发〔2025〕3号"],
    }
    assert AuditEntry.objects.get(act="programme.deadlines").changes == changes
    assert start_deadline(programme=programme) is None
    assert GateDeadline.history.filter(gate="started", history_type="-").count() == 1


def test_a_gate_has_one_deadline(programme: Programme) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():  # gate_deadline_once
        GateDeadlineFactory(programme=programme)


def test_deadlines_are_typed_on_their_page(district: District, programme: Programme) -> None:
    projects(district, programme)
    client = as_user(district, "bureau")
    address = reverse("ledger:deadlines", args=[2025])
    answer = client.post(address, {"number-completed": "3号"})
    assert answer.status_code == 422
    assert "写了依据文号，还要填期限。" in answer.content.decode()
    typed = {"due-started": "2025-10-31", "number-started": "3号", "due-permitted": "2025-4-30"}
    typed["seen"] = mark_in(client.get(address))
    assert client.post(address, typed).status_code == 302
    page = client.get(reverse("ledger:programme", args=[2025])).content.decode()
    assert "已过 7 天" in page
    assert "2 / 3" in page
    assert as_user(district, "reviewer").get(address).status_code == 403


# -- the list of gates -------------------------------------------------------------------------------
def test_the_longest_overdue_stands_first(district: District, programme: Programme) -> None:
    begun, late, later = projects(district, programme)
    GatePromiseFactory(project=begun, due_on=date(2025, 4, 1))
    GatePromiseFactory(project=begun, lacks="别的", due_on=date(2025, 6, 1))
    GatePromiseFactory(project=begun, lacks="补齐了", received_on=date(2025, 3, 9))
    found = register(
        programme=programme, projects=Project.objects.filter(programme=programme), on=TODAY
    )
    assert [
        (one.project.code, one.passed, one.next, one.days_over, one.deadline_gate) for one in found
    ] == [
        (late.code, GateKind.PERMITTED, GateKind.STARTED, 67, GateKind.STARTED),
        (later.code, GateKind.PERMITTED, GateKind.STARTED, 0, GateKind.STARTED),
        (begun.code, GateKind.STARTED, GateKind.COMPLETED, 0, None),
    ]
    assert (found[2].open_promises, found[2].overdue_promises) == (2, 1)
    for filters, codes in (
        (Filters(street="zhonglou"), [later.code, begun.code]),
        (Filters(gate="completed"), [begun.code]),
        (Filters(only="overdue"), [late.code]),
        (Filters(only="promises"), [begun.code]),
    ):
        assert [one.project.code for one in found if filters.keep(one)] == codes


def test_a_deadline_that_is_over_makes_a_project_overdue(
    district: District, programme: Programme
) -> None:
    projects(district, programme)
    on = date(2025, 11, 10)
    found = register(
        programme=programme, projects=Project.objects.filter(programme=programme), on=on
    )
    assert [(one.project.code, one.past_deadline, one.is_overdue) for one in found] == [
        ("ZC2025-02", True, True),
        ("ZC2025-03", True, True),
        ("ZC2025-01", False, True),  # its completion was planned for 10-31
    ]


def test_the_list_is_filtered_by_its_address_and_exported_as_shown(
    district: District, programme: Programme
) -> None:
    projects(district, programme)
    client, address = as_user(district, "bureau"), reverse("ledger:register", args=[2025])
    page = client.get(address, {"only": "overdue"}).content.decode()
    assert "晚开工" in page
    assert "ZC2025-03" not in page
    answer = client.get(address, {"only": "overdue", "format": "xlsx"})
    sheet = load_workbook(BytesIO(answer.content))["关口"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in cells if str(row[0]).startswith("ZC")] == ["ZC2025-02"]
    assert "没有符合条件的项目" in client.get(address, {"gate": "audited"}).content.decode()
    street = as_user(district, "zhonglou").get(address).content.decode()
    assert "晚开工" not in street
    assert as_user(district, "contractor").get(address).status_code == 403


def test_one_and_three_projects_cost_the_same(
    district: District,
    programme: Programme,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client, address = as_user(district, "bureau"), reverse("ledger:register", args=[2025])
    make_project(programme=programme, street=district.street("zhonglou"), code="ZC2025-01")
    client.get(address)
    with django_assert_num_queries(14):
        client.get(address)
    for number in (2, 3):
        make_project(
            programme=programme, street=district.street("zhonglou"), code=f"ZC2025-0{number}"
        )
    with django_assert_num_queries(14):
        client.get(address)


# -- windows of rest ---------------------------------------------------------------------------------
def plan(works: dict[Month, WorkKind]) -> Outline:
    """20 % at the end of June, 60 % at the end of July, complete on 20 August."""
    return outline(
        start=date(2025, 6, 1),
        completion=date(2025, 8, 20),
        targets={Month(2025, 6): Decimal(20), Month(2025, 7): Decimal(60)},
        works=works,
    )


def test_a_plan_is_warned_of_work_that_rests(district: District) -> None:
    wall = RestWindowFactory(
        bureau=district.bureau, from_on=date(2025, 7, 11), to_on=date(2025, 8, 5)
    )
    works = {Month(2025, 6): WorkKind.WALL, Month(2025, 7): WorkKind.WALL}
    [found] = warnings(of=plan(works), windows=[wall])
    assert found.field == "target-2025-07"
    assert found.sentence == (
        "2025年7月要推进 40.0 个百分点（外墙），其中 21 天在高温停工期（7月11日—8月5日，外墙）："
        "日最高气温 35 ℃ 以上停止外墙作业。"
    )
    assert warnings(of=plan({Month(2025, 7): WorkKind.ROOF}), windows=[wall]) == []
    wall.work_kind = WorkKind.ALL  # everything rests: months whose work was not said too
    fields = [each.field for each in warnings(of=plan({}), windows=[wall])]
    assert fields == ["target-2025-07", "target-2025-08"]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (
            WorkKind.WALL,
            WorkKind.DEMOLITION,
            "先拆违后治理：2025年7月还排着拆违，2025年6月已经排了外墙。",
        ),
        (
            WorkKind.ROAD,
            WorkKind.HEATING,
            "先地下后地上：2025年7月还排着供热管网，2025年6月已经排了道路铺装。",
        ),
        (WorkKind.DEMOLITION, WorkKind.UNDERGROUND, None),
        (WorkKind.ROOF, WorkKind.UNDERGROUND, None),
    ],
)
def test_a_plan_is_warned_of_the_order_of_its_works(
    first: WorkKind, second: WorkKind, words: str | None
) -> None:
    found = warnings(of=plan({Month(2025, 6): first, Month(2025, 7): second}), windows=[])
    assert [each.sentence for each in found] == ([words] if words else [])


def test_a_window_is_kept_with_its_history(
    district: District, programme: Programme, clock: Clock
) -> None:
    client = as_user(district, "bureau")
    new = reverse("ledger:rest_new")
    typed = {
        "cause": "flood",
        "work_kind": "underground",
        "from_on": "2025-07-15",
        "to_on": "2025-07-01",
        "reason": "主汛期不开挖",
    }
    answer = client.post(new, typed)
    assert answer.status_code == 422
    assert "止不能早于起。" in answer.content.decode()
    assert client.post(new, typed | {"to_on": "2025-08-15"}).status_code == 302
    row = RestWindow.objects.get()
    page = client.get(reverse("ledger:rests"), {"year": "2025"}).content.decode()
    assert "主汛期不开挖" in page
    stale = typed | {"to_on": "2025-08-20", "seen_version": "0"}
    answer = client.post(reverse("ledger:rest", args=[row.pk]), stale)
    assert answer.status_code == 409
    other = make_district("boshan-")
    foreign = Client()
    foreign.force_login(other.users["bureau"])
    assert foreign.get(reverse("ledger:rest", args=[row.pk])).status_code == 404
    assert "主汛期不开挖" not in foreign.get(reverse("ledger:rests")).content.decode()
    assert as_user(district, "reviewer").get(new).status_code == 403
    remove = reverse("ledger:rest_remove", args=[row.pk])
    assert client.post(remove, {"reason": ""}).status_code == 422
    assert client.post(remove, {"reason": "登记错了"}).status_code == 302
    assert RestWindow.history.filter(id=row.pk).count() == 2
    with pytest.raises(Refusal) as caught:
        save_window(
            bureau=district.bureau,
            values={
                "cause": "heat",
                "work_kind": "all",
                "from_on": date(2025, 1, 1),
                "to_on": date(2026, 6, 1),
                "reason": "x",
                "document_number": "",
            },
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert caught.value.code == "rest.long"


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("rest_window_ends_after_start", {"to_on": date(2025, 6, 30)}),
        ("rest_window_has_reason", {"reason": ""}),
    ],
)
def test_the_database_holds_a_window_to_its_shape(
    district: District, constraint: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RestWindowFactory(bureau=district.bureau, **fields)


def as_user(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client
