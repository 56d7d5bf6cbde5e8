"""Accounts of projects (资金专户) as a list. A number goes in once, with a new account, and never out again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from projects.funding.models import ProjectAccount
from projects.ledger.books.declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from projects.ledger.books.shared import NUMBER, day, head
from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column

from .services import AccountValues, change_account, open_account

HOLDER = Column(field="holder", header="户名", longest=80, expected="80 个字以内")
BANK = Column(field="bank", header="开户银行", longest=80, expected="80 个字以内")
ACCOUNT = Column(
    field="account",
    header="账号",
    longest=40,
    expected="新开的填，存成文本；已有的空着",
    hint="只有新开的专户填账号，单元格设为文本。已有的账号加密保存，不导出也不改。",
    is_private=True,
)
TAIL = Column(field="tail", header="账号尾号", longest=4, expected="只供查看")
PURPOSE = Column(field="purpose", header="用途", longest=200, expected="200 个字以内")
OPENED = day("opened_on", "开户", "不晚于今天")
CLOSED = day("closed_on", "销户", "只供查看；销户在页面上办")
_PLAIN = (BANK, PURPOSE, OPENED)


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every account without its number. One query."""
    order = {project.pk: place for place, project in enumerate(projects)}
    rows = ProjectAccount.objects.filter(project__in=projects).select_related("project__street")
    return [
        Line(
            name=f"{row.project}　{row}",
            values={
                **head(row),
                HOLDER.field: row.name,
                **{column.field: getattr(row, column.field) for column in (*_PLAIN, CLOSED)},
                ACCOUNT.field: None,
                TAIL.field: row.number_tail,
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in sorted(rows, key=lambda row: (order[row.project_id], row.opened_on, row.pk))
    ], None


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Open an account, or change one, as its page does."""
    for change in changes:
        said = change.values
        values = AccountValues(
            name=str(said[HOLDER.field]),
            bank=str(said[BANK.field]),
            purpose=str(said[PURPOSE.field]),
            opened_on=said[OPENED.field],
            number=str(said[ACCOUNT.field] or ""),
        )
        if change.row is None:
            open_account(project=change.project, values=values, by=by, now=at.now)
            continue
        if values.number:
            raise Refusal("funding.account.number", "已有的账号不改，空着。", field=ACCOUNT.field)
        change_account(
            account=change.row, values=values, seen_version=change.row.version, by=by, now=at.now
        )


ACCOUNTS = ListBook(
    slug="accounts",
    label="资金专户",
    hint="一个专户一行。账号只在新开的那一行填，设为文本；已有的不导出也不改。空着的格不改，销户在页面上办。",
    section="资金",
    permission=Permission.FUNDING_WRITE,
    result=lambda year: reverse("funding:accounts"),
    result_word="看专户",
    columns=(PROJECT, NAME, HOLDER, BANK, ACCOUNT, TAIL, PURPOSE, OPENED, CLOSED, NUMBER),
    keys=(PROJECT, BANK, HOLDER, OPENED),
    writes=(HOLDER, *_PLAIN, ACCOUNT),
    needed=(ACCOUNT, PURPOSE),
    number=NUMBER,
    fields={"number": ACCOUNT.field, "name": HOLDER.field},
    of_all_years=True,
    is_private=True,
    load=load,
    write=write,
)
