"""Parties (参建单位) of a year's projects as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from projects.ledger.editing import save_row
from projects.ledger.enums import PartyRole
from projects.ledger.models import Party, Project
from projects.ledger.models.party import OF_A_CONTRACTOR
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

from .declaring import NAME, PROJECT, REASON_OF_HISTORY, Change, Found, Line, ListBook, Listing

ROLE = Column(field="role", header="角色", longest=20, expected="平台里的角色")
COMPANY = Column(field="party", header="单位名称", longest=80, expected="80 个字以内")
LICENCE = Column(field="licence_number", header="资质证号", longest=40, expected="40 个字以内")
CONTACT = Column(field="contact", header="联系岗位", longest=60, expected="写岗位，不写个人姓名")
PHONE = Column(field="phone", header="联系电话", longest=30, expected="30 个字以内")
MANAGER = Column(
    field="manager_phone",
    header="项目经理电话",
    longest=30,
    expected="施工单位才填，30 个字以内",
    hint="施工单位才填，公示时告知居民。",
)
FROM = Column(field="valid_from", header="起", kind=Kind.DATE, expected="存在的日期")
TO = Column(field="valid_to", header="止", kind=Kind.DATE, expected="离任的最后一天，不早于起")
NUMBER = Column(
    field="number",
    header="台账号",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    expected="平台给的，不改；新增的空着",
    hint="平台给的，改名时靠它认出是哪一家；新增的一行空着。",
)
WRITES = (ROLE, COMPANY, LICENCE, CONTACT, PHONE, MANAGER, FROM, TO)
ROLES = {str(role.label): role for role in PartyRole}
#: Column → field of the model.
_FIELDS = {
    COMPANY.field: "name",
    LICENCE.field: "licence_number",
    CONTACT.field: "contact",
    PHONE.field: "phone",
    MANAGER.field: "manager_phone",
    FROM.field: "valid_from",
    TO.field: "valid_to",
}


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every party, also those that left. One query."""
    names = {project.pk: project for project in projects}
    order = {project.pk: place for place, project in enumerate(projects)}
    rows = sorted(
        Party.objects.filter(project__in=projects),
        key=lambda row: (order[row.project_id], row.pk),
    )
    return [
        Line(
            name=f"{names[row.project_id]}　{row}",
            values={
                PROJECT.field: names[row.project_id].code,
                NAME.field: names[row.project_id].name,
                ROLE.field: str(row.get_role_display()),
                **{column: getattr(row, name) for column, name in _FIELDS.items()},
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in rows
    ], None


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Save a party as its page does."""
    for change in changes:
        row = change.row or Party(project=change.project)
        seen = row.version
        for column, name in _FIELDS.items():
            if column in change.changed:
                setattr(row, name, change.values[column])
        row.role = ROLES[str(change.values[ROLE.field])]
        if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
            raise Refusal("party.period", "止不能早于起。", field=TO.field)
        if row.manager_phone and row.role != PartyRole.CONTRACTOR:
            raise Refusal("party.manager", OF_A_CONTRACTOR, field=MANAGER.field)
        row.full_clean(exclude=["project", "organisation", "succeeds"])
        save_row(
            row=row,
            organisation=change.project.street,
            of=str(change.project),
            seen_version=seen,
            reason=REASON_OF_HISTORY,
            by=by,
            now=at.now,
        )


PARTIES = ListBook(
    slug="parties",
    label="参建单位",
    hint="一家单位一个角色一行。空着的格不改；表里没有的不删除。换单位用页面上的“接替”，平台账号在页面上选。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: reverse("ledger:books", args=[year]),
    result_word="看成批导入导出",
    columns=(PROJECT, NAME, *WRITES, NUMBER),
    keys=(PROJECT, ROLE, COMPANY),
    writes=WRITES,
    number=NUMBER,
    known={ROLE.field: lambda at: list(ROLES)},
    load=load,
    write=write,
    fields={"name": COMPANY.field},
)
