"""Contributions of residents as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from projects.ledger.books.declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from projects.ledger.models import Project
from projects.residents.enums import Gift
from projects.residents.models import Contribution
from projects.residents.services.contributions import save_contribution
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.intake.pipelines import Column, Kind

from .shared import (
    NUMBER,
    STATE,
    WAITS,
    amount,
    count,
    day,
    fen,
    fresh,
    head,
    in_order,
    list_of,
    save,
    yuan,
)

GIVEN = day("given_on", "日期", "不晚于今天")
KIND = Column(field="kind", header="类别", longest=8, expected="出资、投劳、捐物")
PURPOSE = Column(field="purpose", header="用途", longest=100, expected="不写居民姓名电话")
HOUSEHOLDS = count("household_count", "户数(户)", 99_999)
PEOPLE = count("people_count", "人数(人)", 99_999)
AMOUNT = amount("amount", "金额(元)")
HOURS = count("hours", "工时(小时)", 999_999)
THINGS = Column(field="things", header="物品", longest=100, expected="捐物的填，如“花木 60 株”")
IN_FUNDING = Column(
    field="is_in_funding",
    header="已记入资金台账",
    kind=Kind.FLAG,
    expected="是、否",
    hint="这笔钱在资金台账里登记过“居民出资”的写是，只在资金里计，不重复。",
)
_WRITES = (GIVEN, KIND, PURPOSE, HOUSEHOLDS, PEOPLE, AMOUNT, HOURS, THINGS, IN_FUNDING)
KINDS = {str(kind.label): kind for kind in Gift}
_PLAIN = (GIVEN, PURPOSE, HOUSEHOLDS, PEOPLE, HOURS, THINGS, IN_FUNDING)


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every contribution. One query."""
    rows = Contribution.objects.filter(project__in=projects).select_related("project")
    return [
        Line(
            name=f"{row.project}　{row}",
            values={
                **head(row.project),
                **{column.field: getattr(row, column.field) for column in _PLAIN},
                KIND.field: str(row.get_kind_display()),
                AMOUNT.field: yuan(row.amount_fen),
                STATE.field: str(row.get_state_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in in_order(projects, rows, lambda row: row.project_id)
    ], None


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Record a contribution as its page does; another person confirms it."""
    for change in changes:
        row = fresh(change, Contribution(project=change.project))
        for column in _PLAIN:
            if column.field in change.changed:
                setattr(row, column.field, change.values[column.field])
        row.kind = KINDS[str(change.values[KIND.field])]
        row.amount_fen = fen(change.values[AMOUNT.field])
        row.is_in_funding = change.values[IN_FUNDING.field] is True
        save(row, change, at, by, of=str(change.project), service=save_contribution)


CONTRIBUTIONS = ListBook(
    slug="contributions",
    label="居民投入",
    hint="一笔一行：出资、投劳、捐物。户数、人数至少填一个。空着的格不改；凭据在页面上传，由街道审核岗确认，"
    "确认了的不能再改。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=list_of("sharing"),
    result_word="看共建共评",
    columns=(PROJECT, NAME, *_WRITES, STATE, NUMBER),
    keys=(PROJECT, GIVEN, KIND, PURPOSE),
    writes=_WRITES,
    number=NUMBER,
    known={KIND.field: lambda at: list(KINDS)},
    after=WAITS,
    load=load,
    write=write,
    fields={"amount_fen": AMOUNT.field},
)
