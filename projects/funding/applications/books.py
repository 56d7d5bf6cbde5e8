"""Applications for money of a higher level as a list, a row a project of a package. Drafts come in and are changed;
what was reported or decided stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch
from django.urls import reverse

from projects.funding.models import Application, ApplicationItem, FundingSource
from projects.ledger.books.declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from projects.ledger.books.shared import day, head
from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.measures import wanyuan_from_fen
from renovation.core.reading import fen_from_wanyuan
from renovation.intake.pipelines import Column, Kind

from .services import ApplicationValues, change_application, draft_application


def _money(field: str, header: str, expected: str) -> Column:
    return Column(
        field=field,
        header=header,
        kind=Kind.DECIMAL,
        places=2,
        minimum=Decimal(0),
        maximum=Decimal("9999999.99"),
        expected=expected,
    )


NUMBER = Column(
    field="application",
    header="申请号",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    expected="平台给的，不改；新的申请空着",
    hint="平台给的，认出是哪一份申请靠它。新的申请空着，同一份申请的各行写一样的名称和资金。",
)
TITLE = Column(field="title", header="名称", longest=80, expected="80 个字以内")
SOURCE = Column(field="source", header="资金", longest=40, expected="平台里的来源名称")
ASKED = _money("asked", "申请(万元)", "大于 0，最多两位小数")
GRANTED = _money("granted", "批复(万元)", "只供查看；批复在页面上登记")
STATE = Column(
    field="state", header="状态", longest=10, expected="只供查看；申报和批复在页面上登记"
)
REPORTED = day("reported_on", "申报日期", "只供查看")
REPORT_NUMBER = Column(field="document_number", header="申报文号", longest=60, expected="只供查看")
DECIDED = day("decided_on", "批复日期", "只供查看")
DECISION_NUMBER = Column(
    field="decision_number", header="批复文号", longest=60, expected="只供查看"
)
_BESIDE = (GRANTED, STATE, REPORTED, REPORT_NUMBER, DECIDED, DECISION_NUMBER)


@dataclass(frozen=True)
class Known:
    """The bureau's applications by number with their items, and the sources by name."""

    applications: dict[int, Application]
    sources: dict[str, FundingSource]


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every project of every package, the newest package first. Three queries."""
    order = {project.pk: place for place, project in enumerate(projects)}
    bureau_id = projects[0].programme.bureau_id if projects else None
    items = ApplicationItem.objects.select_related("project__programme")
    found = Application.objects.filter(bureau_id=bureau_id).select_related("source")
    applications = {
        row.pk: row for row in found.prefetch_related(Prefetch("items", queryset=items))
    }
    rows: list[ApplicationItem] = [
        item
        for row in applications.values()
        for item in row.items.all()
        if item.project_id in order
    ]
    rows.sort(key=lambda item: (-item.application_id, order[item.project_id]))
    sources = FundingSource.objects.of_bureau(bureau_id)
    return [_line(item, applications[item.application_id]) for item in rows], Known(
        applications, {source.name: source for source in sources}
    )


def _line(item: ApplicationItem, of: Application) -> Line:
    return Line(
        name=f"{of}　{item.project}",
        values={
            **head(item),
            NUMBER.field: of.pk,
            TITLE.field: of.title,
            SOURCE.field: of.source.name,
            ASKED.field: _wanyuan(item.asked_fen),
            GRANTED.field: None if item.granted_fen is None else _wanyuan(item.granted_fen),
            STATE.field: str(of.get_state_display()),
            **{column.field: getattr(of, column.field) for column in _BESIDE[2:]},
        },
        row=item,
    )


def _wanyuan(fen: int) -> Decimal:
    amount = wanyuan_from_fen(fen)
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Draft an application of all its rows, or change what a draft asks for."""
    known: Known = at.more
    first = changes[0].values
    asked = {
        change.project: fen_from_wanyuan(change.values[ASKED.field] or Decimal(0))
        for change in changes
    }
    number = first[NUMBER.field]
    if number is None:
        draft_application(
            bureau=at.bureau,
            values=ApplicationValues(
                source=known.sources[str(first[SOURCE.field])],
                title=str(first[TITLE.field]),
                asked=asked,
            ),
            by=by,
            now=at.now,
        )
        return
    application = known.applications.get(number)
    if application is None:
        raise Refusal("list.application", f"没有申请号 {number}。", field=NUMBER.field)
    if (first[TITLE.field], first[SOURCE.field]) != (application.title, application.source.name):
        raise Refusal(
            "list.application",
            f"申请号 {number} 是“{application}”（{application.source}），名称和资金在页面上改。",
            field=TITLE.field,
        )
    change_application(
        application=application,
        values=ApplicationValues(
            source=application.source,
            title=application.title,
            note=application.note,
            asked={item.project: item.asked_fen for item in application.items.all()} | asked,
        ),
        version=application.version,
        by=by,
        now=at.now,
    )


def _package(change: Change) -> str:
    """What keeps the rows of one application together."""
    said = change.values
    return str(said[NUMBER.field] or f"{said[TITLE.field]}　{said[SOURCE.field]}")


APPLICATIONS = ListBook(
    slug="applications",
    label="上级资金申请",
    hint="一份申请里一个项目一行，万元。拟报的能改金额、加项目；已报和批复的不改。空着的格不改，撤去项目在页面上办。",
    section="资金",
    permission=Permission.FUNDING_WRITE,
    result=lambda year: reverse("funding:applications"),
    result_word="看上级资金",
    columns=(PROJECT, NAME, NUMBER, TITLE, SOURCE, ASKED, *_BESIDE),
    keys=(PROJECT, NUMBER, TITLE, SOURCE),
    optional_keys=(NUMBER,),
    writes=(ASKED,),
    needed=(ASKED,),
    known={
        SOURCE.field: lambda at: (
            [name for name, source in at.more.sources.items() if source.is_active]
            + sorted({str(line.values[SOURCE.field]) for line in at.lines.values()})
        )
    },
    together=_package,
    of_all_years=True,
    last_step="申报",
    after="新的申请存为拟报，拟报的改动直接写入；申报和批复在页面上登记。相同的行不动。",
    load=load,
    write=write,
)
