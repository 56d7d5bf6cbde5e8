"""Every list that goes out comes back in: unchanged it changes nothing, a changed cell is one change with its
history, a wrong cell is a fault at that cell, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from projects.funding.models import (
    Application,
    AuditFinding,
    Forecast,
    FundingPlan,
    ProjectAccount,
)
from projects.ledger.books.registry import books
from projects.ledger.enums import GateKind
from projects.ledger.models import (
    Baseline,
    Building,
    Commitment,
    Estate,
    Gate,
    GatePromise,
    LeadingPost,
    Party,
    Project,
    Publication,
    RestWindow,
    StandardCheck,
    Survey,
)
from projects.residents.models import (
    Committee,
    Contribution,
    Evaluation,
    FeeCollection,
    FundEntry,
    Handover,
    Management,
    Matter,
    Meeting,
    Notice,
    Opinion,
)
from projects.works.models import IllegalStructure, UtilityPlan
from renovation.core.documents.addresses import column_letter
from renovation.intake import services as intake
from renovation.intake.models import UploadState
from renovation.intake.pipelines import pipelines
from renovation.intake.preview import build
from renovation.intake.rows import rows_from_json
from renovation.intake.written import changed_fields
from renovation.records.models import AuditEntry
from tests.factories.accounts import District

from .scene import HEAD, book_of, errors, sent, write

pytestmark = pytest.mark.django_db


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
    #: What the change writes into the trail.
    acts: int = 1


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
    "features": Case(
        change={"feature": "口袋花园串起三个院子"},
        model=Project,
        tell=lambda: Project.objects.get().feature,
        expected="口袋花园串起三个院子",
        wrong={"is_model": "是"},
        wrong_at="model_on",
    ),
    "targets": Case(
        change={"target_percent": 25, "reason": "雨季提前"},
        model=Baseline,
        tell=_plans,
        expected=[
            ("approved", "", ["10.0", "30.0"]),
            ("draft", "雨季提前", ["25.0", "30.0"]),
        ],
        acts=2,  # the plan, and the change that it is
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
    "promises": Case(
        change={"due_on": date(2025, 5, 31)},
        model=GatePromise,
        tell=lambda: GatePromise.objects.get().due_on,
        expected=date(2025, 5, 31),
        wrong={"due_on": date(2025, 2, 1)},
        wrong_at="due_on",
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
    "places": Case(
        change={
            "latitude": Decimal("36.643512"),
            "longitude": Decimal("117.967"),
            "outline": "36.643，117.966\n36.644，117.966\n36.644，117.968",
        },
        model=Estate,
        tell=lambda: Estate.objects.values_list("latitude", "longitude", "outline").get(),
        expected=(
            Decimal("36.643512"),
            Decimal("117.967"),
            [
                ["36.643000", "117.966000"],
                ["36.644000", "117.966000"],
                ["36.644000", "117.968000"],
            ],
        ),
        wrong={"latitude": Decimal("36.643512")},
        wrong_at="longitude",
    ),
    "surveys": Case(
        change={"finding": "雨污合流，化粪池破损"},
        model=Survey,
        tell=lambda: Survey.objects.get().finding,
        expected="雨污合流，化粪池破损",
        wrong={"household_count": 5},
        wrong_at="household_count",
    ),
    "publications": Case(
        change={"channel": "街道微信公众号"},
        model=Publication,
        tell=lambda: Publication.objects.get().channel,
        expected="街道微信公众号",
        wrong={"published_on": date(2025, 6, 1)},
        wrong_at="published_on",
    ),
    "commitments": Case(
        change={"ends_on": date(2025, 10, 31)},
        model=Commitment,
        tell=lambda: Commitment.objects.get().ends_on,
        expected=date(2025, 10, 31),
        wrong={"points": 5},
        wrong_at="points",
    ),
    "leading": Case(
        change={"department": "质安站"},
        model=LeadingPost,
        tell=lambda: [
            (row.department, [each.code for each in row.projects.all()])
            for row in LeadingPost.objects.all()
        ],
        expected=[("质安站", ["ZC2025-01"])],
        wrong={"projects": "ZC2025-01、ZC2025-99"},
        wrong_at="projects",
    ),
    "rests": Case(
        change={"to_on": date(2025, 9, 5)},
        model=RestWindow,
        tell=lambda: RestWindow.objects.get().to_on,
        expected=date(2025, 9, 5),
        wrong={"to_on": date(2025, 6, 1)},
        wrong_at="to_on",
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
    "applications": Case(
        row=2,
        change={
            "project": "ZC2025-01",
            "title": "基础设施补助",
            "source": "中央财政补助",
            "asked": Decimal("80.5"),
        },
        model=Application,
        tell=lambda: [
            (row.title, [item.asked_fen for item in row.items.all()])
            for row in Application.objects.order_by("pk")
        ],
        expected=[("改造补助", [120_0000_00]), ("基础设施补助", [80_5000_00])],
        wrong={"title": "改了名"},
        wrong_at="title",
    ),
    "accounts": Case(
        change={"purpose": "改造工程款、监理费"},
        model=ProjectAccount,
        tell=lambda: ProjectAccount.objects.get().purpose,
        expected="改造工程款、监理费",
        wrong={"account": "1603001209200456999"},
        wrong_at="account",
    ),
    "findings": Case(
        row=2,
        change={
            "project": "ZC2025-01",
            "origin": "竣工结算审计",
            "title": "外墙保温多计量",
            "found_on": date(2025, 4, 20),
            "severity": "较重",
            "responsible": "施工单位",
            "owner": "钟楼街道 街道填报",
            "deadline_on": date(2025, 7, 31),
        },
        model=AuditFinding,
        tell=lambda: list(
            AuditFinding.objects.order_by("pk").values_list("number", "title", "owner__username")
        ),
        expected=[
            ("SJ2025-001", "付款手续不全", "zhonglou"),
            ("SJ2025-002", "外墙保温多计量", "zhonglou"),
        ],
        wrong={"title": "改了名"},
        wrong_at="title",
    ),
    "structures": Case(
        change={"area_sqm": Decimal("20.25"), "built_on": date(2025, 2, 3)},
        model=IllegalStructure,
        tell=lambda: IllegalStructure.objects.values_list("area_sqm", "built_on").get(),
        expected=(Decimal("20.25"), date(2025, 2, 3)),
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
    "notices": Case(
        change={"channels": "政府网站、小区公示栏", "period_days": 10},
        model=Notice,
        tell=lambda: list(Notice.objects.order_by("pk").values_list("channels", "period_days")),
        expected=[(["board", "site"], 10), (["board", "chat"], 7)],
        wrong={"body": "公示以后改的"},
        wrong_row=2,
        wrong_at="body",
    ),
    "meetings": Case(
        change={"attended": 21},
        model=Meeting,
        tell=lambda: Meeting.objects.get().attended,
        expected=21,
        wrong={"held_on": date(2025, 5, 8)},
        wrong_at="held_on",
    ),
    "matters": Case(
        change={"due_on": date(2025, 4, 30)},
        model=Matter,
        tell=lambda: list(Matter.objects.order_by("pk").values_list("due_on", flat=True)),
        expected=[date(2025, 4, 30), date(2025, 4, 24)],
        wrong={"owner": "街道"},
        wrong_row=2,
        wrong_at="owner",
    ),
    "contributions": Case(
        change={"amount": 4000, "is_in_funding": "是"},
        model=Contribution,
        tell=lambda: Contribution.objects.values_list("amount_fen", "is_in_funding").get(),
        expected=(4000_00, True),
        wrong={"hours": 3},
        wrong_at="hours",
    ),
    "committees": Case(
        change={"filing_number": "淄业备〔2025〕3号"},
        model=Committee,
        tell=lambda: Committee.objects.get().filing_number,
        expected="淄业备〔2025〕3号",
        wrong={"until_on": date(2025, 2, 1)},
        wrong_at="until_on",
    ),
    "managements": Case(
        change={"fee": Decimal("0.70")},
        model=Management,
        tell=lambda: Management.objects.get().fee_fen,
        expected=70,
        wrong={"ended_on": date(2025, 5, 1)},
        wrong_at="end_reason",
    ),
    "collections": Case(
        change={"collected": Decimal("9500.50")},
        model=FeeCollection,
        tell=lambda: FeeCollection.objects.get().collected_fen,
        expected=9_500_50,
        wrong={"collected": Decimal("12000.01")},
        wrong_at="collected",
    ),
    "funds": Case(
        change={"household_count": 90},
        model=FundEntry,
        tell=lambda: FundEntry.objects.get().household_count,
        expected=90,
        wrong={"move": "支用"},
        wrong_at="household_count",
    ),
    "handovers": Case(
        change={"items": "路灯，26，盏，街道物业服务中心\n井盖，2.5，盏，街道物业服务中心"},
        model=Handover,
        tell=lambda: [(item["name"], item["quantity"]) for item in Handover.objects.get().items],
        expected=[("路灯", "26"), ("井盖", "2.5")],
        wrong={"items": "路灯，24，盏"},
        wrong_at="items",
    ),
    "evaluations": Case(
        row=2,
        change={"satisfied_count": 31},
        model=Evaluation,
        tell=lambda: list(
            Evaluation.objects.order_by("pk").values_list("satisfied_count", flat=True)
        ),
        expected=[30, 31],
        wrong={"satisfied_count": 31},
        wrong_at="satisfied_count",
    ),
    "opinions": Case(
        change={"answered_on": date(2025, 5, 6), "outcome": "采纳", "answer": "加装排水沟"},
        model=Opinion,
        tell=lambda: Opinion.objects.values_list("outcome", "answer", "answered_on").get(),
        expected=("taken", "加装排水沟", date(2025, 5, 6)),
        wrong={"outcome": "采纳", "answer": "加装排水沟"},
        wrong_at="answered_on",
    ),
}
EVERY = pytest.mark.parametrize("slug", CASES)


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
    assert [changed_fields(row, pipeline) for row in rows] == [[] for _ in rows]
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
    assert (len(trail()) - len(acts), past(case.model) - rows) == (case.acts, 1)
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
