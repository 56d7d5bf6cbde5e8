"""Findings of the audit as a list: those of years past come in as well; what was recorded is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from projects.funding.enums import FindingOrigin, FindingSeverity
from projects.funding.models import AuditFinding
from projects.ledger.books.declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from projects.ledger.books.shared import NUMBER, day, head
from projects.ledger.models import Project
from renovation.accounts.enums import Permission, Role
from renovation.accounts.models import Membership, User
from renovation.core.errors import Refusal
from renovation.core.measures import wanyuan_from_fen
from renovation.core.reading import fen_from_wanyuan
from renovation.intake.pipelines import Column, Kind

from .services import FindingValues, record_finding

OWN_NUMBER = Column(
    field="own_number",
    header="编号",
    longest=20,
    expected="如 SJ2024-003；新增的空着由平台编，往年的可写原来的编号",
)
ORIGIN = Column(field="origin", header="来源", longest=20, expected="平台里的来源")
TITLE = Column(field="title", header="问题", longest=80, expected="一句话，80 个字以内")
DETAIL = Column(field="detail", header="具体情况", longest=500, expected="500 个字以内")
FOUND = day("found_on", "发现日期", "审计文件上的日期，不晚于今天")
DOCUMENT = Column(field="document_number", header="审计文号", longest=60, expected="60 个字以内")
AMOUNT = Column(
    field="amount",
    header="涉及金额(万元)",
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal(0),
    maximum=Decimal("9999999.99"),
    expected="不涉及金额的不填",
)
SEVERITY = Column(field="severity", header="程度", longest=10, expected="一般、较重、严重")
RESPONSIBLE = Column(field="responsible", header="责任单位", longest=80, expected="80 个字以内")
OWNER = Column(field="owner", header="责任岗位", longest=60, expected="平台里的岗位，报整改由它")
DEADLINE = day("deadline_on", "整改期限", "不早于发现日期")
SETTLED = day(
    "settled_on",
    "销号日期",
    "只有项目登记到平台以前已经销号的才填",
    "项目登记到平台以前已经销号的往年问题填这一天：按期初导入，由另一人核定后销号。以后的空着，在页面上办。",
)
STATE = Column(
    field="state", header="状态", longest=10, expected="只供查看；报整改、销号在页面上办"
)
_WRITES = (
    *(ORIGIN, TITLE, DETAIL, FOUND, DOCUMENT, AMOUNT),
    *(SEVERITY, RESPONSIBLE, OWNER, DEADLINE, SETTLED),
)
ORIGINS = {str(origin.label): origin for origin in FindingOrigin}
SEVERITIES = {str(severity.label): severity for severity in FindingSeverity}


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every finding, and by organisation and post who may answer for one. Two queries."""
    order = {project.pk: place for place, project in enumerate(projects)}
    rows = AuditFinding.objects.filter(project__in=projects).select_related("project", "owner")
    lines = [
        Line(
            name=f"{row.project}　{row}",
            values={
                **head(row),
                OWN_NUMBER.field: row.number,
                ORIGIN.field: str(row.get_origin_display()),
                TITLE.field: row.title,
                DETAIL.field: row.detail,
                FOUND.field: row.found_on,
                DOCUMENT.field: row.document_number,
                AMOUNT.field: _wanyuan(row.amount_fen),
                SEVERITY.field: str(row.get_severity_display()),
                RESPONSIBLE.field: row.responsible,
                OWNER.field: str(row.owner),
                DEADLINE.field: row.deadline_on,
                SETTLED.field: row.closed_on or row.settled_on,
                STATE.field: str(row.get_state_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in sorted(rows, key=lambda row: (order[row.project_id], row.found_on, row.pk))
    ]
    held = Membership.objects.filter(
        user__is_active=True, role__in=[Role.BUREAU, Role.CLERK]
    ).select_related("user")
    return lines, {(each.organisation_id, str(each.user)): each.user for each in held}


def _wanyuan(fen: int) -> Decimal:
    amount = wanyuan_from_fen(fen)
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def _owner(change: Change, at: Listing) -> User:
    """The post that a row names: one of the bureau or of the project's street."""
    post = str(change.values[OWNER.field] or "")
    for place in (change.project.street_id, at.bureau.pk):
        found: User | None = at.more.get((place, post))
        if found is not None:
            return found
    raise Refusal(
        "funding.finding.owner",
        f"区局和{change.project.street.short_name}没有经办岗位“{post}”。",
        field=OWNER.field,
        found=post or "空",
    )


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Record a finding as its page does; one that stands is a fault where it says something else."""
    for change in changes:
        said = change.values
        if change.row is not None:
            column = next(each for each in _WRITES if each.field in change.changed)
            raise Refusal(
                "funding.finding.fixed",
                f"{change.row.number} 已登记，登记后不能改；整改情况在页面上办。",
                field=column.field,
            )
        record_finding(
            project=change.project,
            values=FindingValues(
                origin=ORIGINS[str(said[ORIGIN.field])],
                title=str(said[TITLE.field]),
                detail=str(said[DETAIL.field] or ""),
                found_on=said[FOUND.field],
                amount_fen=fen_from_wanyuan(said[AMOUNT.field] or Decimal(0)),
                severity=SEVERITIES[str(said[SEVERITY.field])],
                document_number=str(said[DOCUMENT.field] or ""),
                responsible=str(said[RESPONSIBLE.field]),
                owner=_owner(change, at),
                deadline_on=said[DEADLINE.field],
                settled_on=said[SETTLED.field],
                number=str(said[OWN_NUMBER.field] or ""),
            ),
            report=None,
            by=by,
            now=at.now,
        )


FINDINGS = ListBook(
    slug="findings",
    label="审计问题",
    hint="一个问题一行，往年的也能导入，已经销号的填销号日期。已登记的不改，在后面的空行里加；审计文件在页面上传。填数值，不填公式。",
    section="资金",
    permission=Permission.FUNDING_WRITE,
    result=lambda year: reverse("funding:findings"),
    result_word="看审计问题",
    columns=(PROJECT, NAME, OWN_NUMBER, *_WRITES, STATE, NUMBER),
    keys=(PROJECT, TITLE, FOUND),
    writes=_WRITES,
    needed=(ORIGIN, SEVERITY, RESPONSIBLE, OWNER, DEADLINE),
    number=NUMBER,
    fields={"number": OWN_NUMBER.field},
    after="新增的行登记为待整改；填了销号日期的按期初导入，由另一人核定后销号。相同的行不动，登记了的不改。",
    known={ORIGIN.field: lambda at: list(ORIGINS), SEVERITY.field: lambda at: list(SEVERITIES)},
    of_all_years=True,
    load=load,
    write=write,
)
