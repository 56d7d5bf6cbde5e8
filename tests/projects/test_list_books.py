"""Every list that goes out comes back in: unchanged it changes nothing, a changed cell is one change with its
history, a wrong cell is a fault at that cell, and nothing is stored."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from projects.funding.models import Forecast, ForecastLine, FundingPlan
from projects.ledger.books.registry import books
from projects.ledger.enums import GateKind
from projects.ledger.models import (
    Baseline,
    Building,
    Gate,
    Party,
    Project,
    StandardCheck,
)
from projects.works.models import IllegalStructure, UtilityPlan
from renovation.core.documents.addresses import column_letter
from renovation.core.errors import Fault, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import Target, pipelines
from renovation.intake.preview import build, changed_fields
from renovation.intake.rows import rows_from_json
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import (
    BaselineFactory,
    BuildingFactory,
    EstateFactory,
    GateFactory,
    MonthlyTargetFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
    StandardCheckFactory,
    StandardItemFactory,
)
from tests.factories.works import StructureFactory, UtilityPlanFactory

pytestmark = pytest.mark.django_db
HEAD = 3


@dataclass(frozen=True)
class Case:
    """A list: the ``row`` of its data that is changed, the model that changes and what it then says; what is
    wrong, in which row, at which cell, by which rule."""

    change: dict[str, Any]
    model: type[models.Model]
    tell: Callable[[], Any]
    expected: Any
    wrong: dict[str, Any]
    wrong_at: str
    row: int = 1
    wrong_row: int = 1
    code: str = "L171"


def _plans() -> list[Any]:
    return [
        (plan.state, plan.reason, [str(each.target_percent) for each in plan.targets.all()])
        for plan in Baseline.objects.order_by("version")
    ]


def _forecasts() -> list[Any]:
    return [
        (row.version, row.state, row.note, [line.amount_fen for line in row.lines.all()])
        for row in Forecast.objects.filter(quarter_number=3).order_by("version")
    ]


CASES = {
    "targets": Case(
        change={"target_percent": 25, "reason": "雨季提前"},
        model=Baseline,
        tell=_plans,
        expected=[
            ("approved", "", ["10.0", "30.0"]),
            ("draft", "雨季提前", ["25.0", "30.0"]),
        ],
        wrong={"target_percent": 5, "reason": "慢一些"},
        wrong_row=2,
        wrong_at="target_percent",
    ),
    "gates": Case(
        row=8,
        change={"forecast_on": date(2025, 6, 1)},
        model=Gate,
        tell=lambda: list(
            Gate.objects.filter(kind=GateKind.PERMITTED).values_list("forecast_on", flat=True)
        ),
        expected=[date(2025, 6, 1)],
        wrong={"actual_on": date(2026, 1, 1)},
        wrong_row=8,
        wrong_at="actual_on",
    ),
    "parties": Case(
        change={"phone": "0533-1234567"},
        model=Party,
        tell=lambda: Party.objects.get().phone,
        expected="0533-1234567",
        wrong={"valid_from": date(2025, 3, 1), "valid_to": date(2025, 2, 1)},
        wrong_at="valid_to",
    ),
    "buildings": Case(
        change={"household_count": 40},
        model=Building,
        tell=lambda: Building.objects.get().household_count,
        expected=40,
        wrong={"estate": "别的小区"},
        wrong_at="estate",
    ),
    "standards": Case(
        change={"verdict": "不符合", "note": "公示件没有张贴"},
        model=StandardCheck,
        tell=lambda: [(each.verdict, each.note) for each in StandardCheck.objects.all()],
        expected=[("unmet", "公示件没有张贴")],
        wrong={"verdict": "不符合"},
        wrong_at="note",
    ),
    "plans": Case(
        change={"planned": Decimal("320.5")},
        model=FundingPlan,
        tell=lambda: FundingPlan.objects.get().planned_fen,
        expected=320_5000_00,
        wrong={"source": "上级资金"},
        wrong_at="source",
        code="L151",
    ),
    "forecasts": Case(
        row=2,
        change={"amount": 90, "note": "主材到场"},
        model=Forecast,
        tell=_forecasts,
        expected=[(1, "approved", "", [80_0000_00]), (2, "pending", "主材到场", [90_0000_00])],
        wrong={"amount": 70},
        wrong_at="quarter",
    ),
    "structures": Case(
        change={"area_sqm": Decimal("20.25")},
        model=IllegalStructure,
        tell=lambda: IllegalStructure.objects.get().area_sqm,
        expected=Decimal("20.25"),
        wrong={"found_on": date(2025, 3, 11)},
        wrong_at="found_on",
    ),
    "utilities": Case(
        change={"opens_surface": "否"},
        model=UtilityPlan,
        tell=lambda: UtilityPlan.objects.get().opens_surface,
        expected=False,
        wrong={"planned_to": date(2025, 5, 1)},
        wrong_at="planned_to",
    ),
}
EVERY = pytest.mark.parametrize("slug", CASES)


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    """A project that has something in every list."""
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="文昌园",
    )
    estate = EstateFactory(project=made, name="南院")
    plan = BaselineFactory(project=made)
    MonthlyTargetFactory(baseline=plan, task="管沟开挖", work_kind="underground")
    MonthlyTargetFactory(
        baseline=plan, month_end_on=date(2025, 4, 30), target_percent=Decimal("30.0")
    )
    GateFactory(project=made, document_number="淄建施〔2025〕8号")
    PartyFactory(project=made, contact="项目经理")
    BuildingFactory(estate=estate, number="3号楼", structure="brick_concrete")
    item = StandardItemFactory(bureau=district.bureau, number=1)
    StandardCheckFactory(project=made, item=item)
    StandardItemFactory(bureau=district.bureau, number=2)
    source = FundingSourceFactory()
    FundingPlanFactory(project=made, source=source)
    for quarter, amount in ((2, 60_0000_00), (3, 80_0000_00)):
        forecast = Forecast.objects.create(
            project=made,
            year=2025,
            quarter_number=quarter,
            version=1,
            made_by=district.users["bureau"],
            made_at=datetime.fromisoformat("2025-03-20T10:00+08:00"),
        )
        ForecastLine.objects.create(forecast=forecast, source=source, amount_fen=amount)
        Forecast.objects.filter(pk=forecast.pk).update(
            state="approved",
            decided_by=district.users["reviewer"],
            decided_at=datetime.fromisoformat("2025-03-21T10:00+08:00"),
        )
    StructureFactory(project=made, estate=estate)
    UtilityPlanFactory(project=made, estate=estate, depth_cm=120)
    return made


def book_of(district: District, slug: str, now: datetime) -> Any:
    target = Target(organisation=district.bureau, period_key="2025")
    made = pipelines()[f"list_{slug}"].template(target, now)
    return openpyxl.load_workbook(io.BytesIO(made.content))


def write(book: Any, slug: str, row: int, **values: Any) -> None:
    places = {column.field: place for place, column in enumerate(books()[slug].columns, start=1)}
    for name, value in values.items():
        book.worksheets[0].cell(row=HEAD + row, column=places[name]).value = value


def sent(district: District, slug: str, book: Any, now: datetime) -> Upload:
    """The workbook as it comes in and is read."""
    content = io.BytesIO()
    book.save(content)
    upload = intake.receive(
        pipeline=f"list_{slug}",
        organisation=district.bureau,
        period_key="2025",
        file=content.getvalue(),
        name="清单.xlsx",
        by=district.users["bureau"],
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def errors(upload: Upload) -> list[Fault]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [fault for fault in found if fault.severity is Severity.ERROR]


def trail() -> list[str]:
    """What was written in the audit log beside the upload itself."""
    acts = AuditEntry.objects.exclude(act__startswith="upload.").exclude(act__startswith="file.")
    return list(acts.order_by("pk").values_list("act", flat=True))


def past(model: type[models.Model]) -> int:
    """Rows of history; of a model that is kept in versions, its rows."""
    history = getattr(model, "history", None)
    return int(history.count() if history is not None else model._default_manager.count())


def test_every_list_that_a_wing_declares_is_tried_here() -> None:
    assert set(books()) == set(CASES)


@EVERY
def test_sent_back_as_it_is_it_changes_nothing(
    district: District, project: Project, now: datetime, slug: str
) -> None:
    case = CASES[slug]
    before = (trail(), past(case.model), case.tell())
    upload = sent(district, slug, book_of(district, slug, now), now)
    assert (upload.state, errors(upload)) == (UploadState.PREVIEW, [])
    pipeline = pipelines()[upload.pipeline]
    rows = rows_from_json(upload.rows, pipeline)
    assert rows
    assert [changed_fields(row) for row in rows] == [[] for _ in rows]
    page = build(upload, pipeline, pipeline.describe(intake.target_of(upload=upload), now))
    assert (page.changes, page.additions) == (0, 0)
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert (trail(), past(case.model), case.tell()) == before


@EVERY
def test_a_changed_cell_is_one_change_with_its_history(
    district: District, project: Project, now: datetime, slug: str
) -> None:
    case = CASES[slug]
    acts, rows = trail(), past(case.model)
    book = book_of(district, slug, now)
    write(book, slug, case.row, **case.change)
    upload = sent(district, slug, book, now)
    assert errors(upload) == []
    assert (trail(), past(case.model)) == (acts, rows)  # the rehearsal left nothing
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert case.tell() == case.expected
    assert (len(trail()) - len(acts), past(case.model) - rows) == (1, 1)
    last = AuditEntry.objects.exclude(act__startswith="upload.").order_by("pk").last()
    assert last is not None
    assert last.actor == district.users["bureau"]
    again = sent(district, slug, book_of(district, slug, now), now)
    assert errors(again) == []


@EVERY
def test_a_wrong_cell_is_a_fault_there_and_nothing_is_stored(
    district: District, project: Project, now: datetime, slug: str
) -> None:
    case = CASES[slug]
    before = (trail(), past(case.model), case.tell())
    book = book_of(district, slug, now)
    write(book, slug, case.wrong_row, **case.wrong)
    upload = sent(district, slug, book, now)
    places = [column.field for column in books()[slug].columns]
    cell = f"{column_letter(places.index(case.wrong_at) + 1)}{HEAD + case.wrong_row}"
    assert [(fault.code, fault.cell) for fault in errors(upload)] == [(case.code, cell)]
    assert (trail(), past(case.model), case.tell()) == before


def codes(upload: Upload) -> set[str]:
    return {fault.code for fault in errors(upload)}


@pytest.mark.parametrize(
    ("slug", "values", "code"),
    [
        ("buildings", {"number": None}, "L101"),
        ("parties", {"project": None}, "L141"),
        ("parties", {"party": None, "number": None}, "L101"),
        ("plans", {"project": "ZC2025-99"}, "L142"),
        ("parties", {"role": "总包"}, "L151"),
        ("parties", {"number": 99999}, "L161"),
        ("parties", {"number": None}, "L161"),
        ("targets", {"month": "五月"}, "L171"),
        ("targets", {"target_percent": 12}, "L171"),
        ("gates", {"gate": "开工", "planned_on": date(2025, 3, 9)}, "L171"),
        ("standards", {"item": 9}, "L171"),
        ("structures", {"estate": "北院"}, "L171"),
        ("buildings", {"area_sqm": Decimal("3400.555")}, "L105"),
    ],
)
def test_every_rule_has_a_workbook_that_breaks_it(
    district: District,
    project: Project,
    now: datetime,
    slug: str,
    values: dict[str, Any],
    code: str,
) -> None:
    book = book_of(district, slug, now)
    write(book, slug, 1, **values)
    assert code in codes(sent(district, slug, book, now))


@pytest.mark.parametrize(
    ("slug", "values", "model"),
    [
        (
            "parties",
            {"project": "ZC2025-01", "role": "监理单位", "party": "某监理公司", "contact": "总监"},
            Party,
        ),
        (
            "buildings",
            {
                "project": "ZC2025-01",
                "estate": "南院",
                "number": "4号楼",
                "household_count": 24,
                "area_sqm": Decimal("2100.5"),
            },
            Building,
        ),
        (
            "plans",
            {"project": "ZC2025-01", "source": "区级财政", "planned": 50},
            FundingPlan,
        ),
        (
            "structures",
            {
                "project": "ZC2025-01",
                "location": "北墙外",
                "kind": "棚屋储藏间",
                "found_on": date(2025, 5, 6),
            },
            IllegalStructure,
        ),
        (
            "utilities",
            {
                "project": "ZC2025-01",
                "kind": "供水",
                "operator": "区自来水公司",
                "planned_from": date(2025, 6, 1),
                "planned_to": date(2025, 6, 20),
                "contact": "工程部",
            },
            UtilityPlan,
        ),
    ],
)
def test_a_new_row_is_entered_and_comes_back(
    district: District,
    project: Project,
    now: datetime,
    slug: str,
    values: dict[str, Any],
    model: type[models.Model],
) -> None:
    FundingSourceFactory(code="district")
    book = book_of(district, slug, now)
    write(book, slug, 2, **values)
    upload = sent(district, slug, book, now)
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert model._default_manager.count() == 2
    rows = list(book_of(district, slug, now).worksheets[0].iter_rows(min_row=HEAD + 1))
    places = [column.field for column in books()[slug].columns]
    written = {name: rows[1][places.index(name)].value for name in values}
    given = {
        name: datetime.combine(value, datetime.min.time()) if isinstance(value, date) else value
        for name, value in values.items()
    }
    assert written == given


# -- 期初 ---------------------------------------------------------------------------------------------
def opened(district: District, now: datetime, **values: Any) -> Upload:
    book = book_of(district, "gates", now)
    write(book, "gates", 4, **values)  # 立项批复
    return sent(district, "gates", book, now)


def test_what_was_passed_before_the_portal_comes_in_without_its_checks(
    district: District, project: Project, now: datetime
) -> None:
    upload = opened(district, now, actual_on=date(2025, 2, 10), is_opening="是")
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    gate = Gate.objects.get(kind=GateKind.APPROVED)
    assert (gate.actual_on, gate.is_opening, gate.history.count()) == (
        date(2025, 2, 10),
        True,
        1,
    )


def test_a_gate_that_was_only_planned_becomes_an_opening_one(
    district: District, project: Project, now: datetime
) -> None:
    GateFactory(
        project=project,
        kind=GateKind.APPROVED,
        planned_on=date(2025, 2, 1),
        actual_on=None,
        evidence=None,
    )
    upload = opened(district, now, actual_on=date(2025, 2, 10), is_opening="是")
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    gate = Gate.objects.get(kind=GateKind.APPROVED)
    assert (gate.actual_on, gate.is_opening) == (date(2025, 2, 10), True)


def test_otherwise_a_gate_has_to_hold_what_its_checks_ask(
    district: District, project: Project, now: datetime
) -> None:
    GateFactory(project=project, kind=GateKind.PROGRAMMED, actual_on=None, evidence=None)
    upload = opened(district, now, actual_on=date(2025, 2, 10))
    assert [(fault.code, fault.cell) for fault in errors(upload)] == [("L171", "F7")]
    assert errors(upload)[0].message == "前面的关口还没有过：列入计划。"
    assert not Gate.objects.filter(kind=GateKind.APPROVED).exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"is_opening": "是"}, "actual_on"),
        ({"actual_on": date(2025, 5, 7), "is_opening": "是"}, "is_opening"),
    ],
)
def test_an_opening_lies_before_the_project_was_entered(
    district: District, project: Project, now: datetime, values: dict[str, Any], field: str
) -> None:
    found = errors(opened(district, now, **values))
    label = next(c.label for c in books()["gates"].columns if c.field == field)
    assert [(fault.code, fault.column) for fault in found] == [("L171", label)]


def test_a_gate_that_has_its_day_is_no_opening_any_more(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "gates", now)
    write(book, "gates", 9, is_opening="是")  # 开工, passed on 3 March with its evidence
    upload = sent(district, "gates", book, now)
    assert "不能改为期初" in errors(upload)[0].message
    assert not Gate.objects.get(kind=GateKind.STARTED).is_opening


# -- pages -------------------------------------------------------------------------------------------
def client_of(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


@pytest.mark.parametrize(
    ("user", "status"), [("bureau", 200), ("reviewer", 403), ("zhonglou", 403), ("contractor", 403)]
)
def test_only_the_bureau_has_the_lists(
    district: District, project: Project, user: str, status: int
) -> None:
    client = client_of(district, user)
    for address in (
        reverse("ledger:books", args=[2025]),
        reverse("ledger:book", args=[2025, "gates"]),
        reverse("ledger:book_workbook", args=[2025, "gates"]),
        reverse("ledger:book_rules", args=[2025, "gates"]),
    ):
        assert client.get(address).status_code == status, address


def test_a_list_that_there_is_not_is_404(district: District, project: Project) -> None:
    client = client_of(district, "bureau")
    assert client.get(reverse("ledger:book", args=[2025, "nothing"])).status_code == 404
    assert client.get(reverse("ledger:book", args=[2019, "gates"])).status_code == 404


def test_the_index_names_every_list(district: District, project: Project) -> None:
    page = client_of(district, "bureau").get(reverse("ledger:books", args=[2025])).content.decode()
    for book in books().values():
        assert reverse("ledger:book_workbook", args=[2025, book.slug]) in page
        assert book.label in page


def test_the_workbook_of_a_street_holds_only_its_projects(
    district: District, project: Project
) -> None:
    other = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), code="ZC2025-02"
    )
    PartyFactory(project=other)
    answer = client_of(district, "bureau").get(
        reverse("ledger:book_workbook", args=[2025, "parties"]) + "?street=banyanglu"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    found = [row[0] for row in sheet.iter_rows(min_row=HEAD + 1, values_only=True) if row[0]]
    assert found == ["ZC2025-02"]


@pytest.mark.parametrize("count", [1, 3])
@EVERY
def test_the_workbook_costs_the_same_for_one_project_and_for_three(
    district: District,
    project: Project,
    now: datetime,
    slug: str,
    count: int,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(1, count):
        more = ProjectFactory(
            programme=project.programme, street=project.street, code=f"ZC2025-1{number}"
        )
        PartyFactory(project=more)
        UtilityPlanFactory(project=more)
        StructureFactory(project=more)
    with django_assert_max_num_queries(5):
        book_of(district, slug, now)
