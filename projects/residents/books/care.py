"""After-care of estates as lists: committees, managements, what was collected, the maintenance fund."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from projects.ledger.books.declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from projects.ledger.models import Project
from projects.residents.enums import CommitteeKind, FundMove, ManagementForm
from projects.residents.models import Committee, FeeCollection, FundEntry, Management
from projects.residents.services import aftercare as services
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.intake.pipelines import Column

from .shared import (
    ESTATE,
    NUMBER,
    amount,
    count,
    day,
    estate_of,
    estates_of,
    fen,
    fresh,
    head,
    in_order,
    list_of,
    save,
    yuan,
)

CONTACT = Column(
    field="contact", header="联系岗位和电话", longest=80, expected="写岗位，不写个人姓名"
)
ENDED = day("ended_on", "终止", "换届、换单位的不填，登记接替的前一个自动终止")
END_REASON = Column(field="end_reason", header="终止原因", longest=120, expected="填了终止的要填")
COMMITTEE = Column(field="kind", header="形式", longest=12, expected="平台里的形式")
FORM = Column(field="form", header="管理方式", longest=12, expected="平台里的管理方式")
MOVE = Column(field="move", header="事项", longest=12, expected="建立、续筹、支用")

Words = Mapping[str, str]


def _labels(choices: type[models.TextChoices]) -> Words:
    return {str(each.label): str(each.value) for each in choices}


def _book(
    *,
    slug: str,
    label: str,
    hint: str,
    model: type[Any],
    word: Column | None,
    words: Words,
    writes: tuple[Column, ...],
    keys: tuple[Column, ...],
    needed: tuple[Column, ...],
    money: Mapping[str, str],
    service: Callable[..., models.Model],
) -> ListBook:
    """A list of one model of an estate. ``word`` is its column of choices with their ``words``; ``money`` maps
    columns in 元 to fields in 分."""

    def load(projects: Sequence[Project], now: datetime) -> Found:
        rows = model.objects.filter(estate__project__in=projects).select_related("estate__project")
        lines = []
        for row in in_order(projects, rows, lambda row: row.estate.project_id):
            values = {
                column.field: yuan(getattr(row, money[column.field]))
                if column.field in money
                else getattr(row, column.field)
                for column in writes
            }
            if word is not None:
                values[word.field] = getattr(row, f"get_{word.field}_display")()
            lines.append(
                Line(
                    name=f"{row.estate.full_name}　{row}",
                    values={
                        **head(row.estate.project),
                        ESTATE.field: row.estate.name,
                        **values,
                        NUMBER.field: row.pk,
                    },
                    row=row,
                )
            )
        return lines, estates_of(projects)

    def write(changes: Sequence[Change], at: Listing, by: User) -> None:
        for change in changes:
            row = fresh(change, model())
            row.estate = estate_of(change, at) if change.row is None else row.estate
            for column in writes:
                if column.field not in change.changed:
                    continue
                value = change.values[column.field]
                if column.field in money:
                    setattr(row, money[column.field], fen(value))
                elif column == word:
                    setattr(row, column.field, words[str(value)])
                else:
                    setattr(row, column.field, value)
            save(row, change, at, by, of=row.estate.full_name, service=service)

    return ListBook(
        slug=slug,
        label=label,
        hint=hint,
        section="项目",
        permission=Permission.LEDGER_WRITE,
        result=list_of("aftercare"),
        result_word="看长效管理",
        columns=(PROJECT, NAME, ESTATE, *writes, NUMBER),
        keys=(PROJECT, ESTATE, *keys),
        writes=writes,
        needed=needed,
        number=NUMBER,
        known={word.field: lambda at: list(words)} if word is not None else {},
        load=load,
        write=write,
        fields={name: column for column, name in money.items()},
        order=lambda change: (change.values.get(keys[-1].field), change.number),
    )


_SINCE = day("since_on", "成立")
COMMITTEES = _book(
    slug="committees",
    label="自治组织",
    hint="一届一行，包括终止的。空着的格不改；换届或自改委改业委会的，新增一行就行，前一个自动终止。",
    model=Committee,
    word=COMMITTEE,
    words=_labels(CommitteeKind),
    writes=(
        COMMITTEE,
        _SINCE,
        day("until_on", "任期届满", "任期的最后一天"),
        count("member_count", "人数(人)", 99),
        Column(field="filing_number", header="备案号", longest=60, expected="60 个字以内"),
        CONTACT,
        ENDED,
        END_REASON,
    ),
    keys=(COMMITTEE, _SINCE),
    needed=(),
    money={},
    service=services.save_tenure,
)
_FROM = day("since_on", "合同起")
MANAGER = Column(field="manager", header="管理单位", longest=80, expected="80 个字以内")
MANAGEMENTS = _book(
    slug="managements",
    label="小区管理方式",
    hint="一份合同或一种管理方式一行，包括终止的。空着的格不改；换单位或续签的新增一行，前一个自动终止。",
    model=Management,
    word=FORM,
    words=_labels(ManagementForm),
    writes=(
        FORM,
        MANAGER,
        _FROM,
        day("until_on", "合同止", "专业物业必填"),
        amount("fee", "物业费(元/㎡·月)", Decimal("99.99")),
        CONTACT,
        ENDED,
        END_REASON,
    ),
    keys=(FORM, _FROM),
    needed=(MANAGER,),
    money={"fee": "fee_fen"},
    service=services.save_tenure,
)
_PERIOD = day("from_on", "收缴期起")
_TO, _DUE, _GOT = (
    day("to_on", "收缴期止"),
    amount("due", "应收(元)"),
    amount("collected", "实收(元)"),
)
COLLECTIONS = _book(
    slug="collections",
    label="物业费收缴",
    hint="一个小区一个收缴期一行，收缴期不重叠。实收不含往年欠费。空着的格不改。",
    model=FeeCollection,
    word=None,
    words={},
    writes=(_PERIOD, _TO, _DUE, _GOT),
    keys=(_PERIOD,),
    needed=(_TO, _DUE, _GOT),
    money={"due": "due_fen", "collected": "collected_fen"},
    service=services.save_collection,
)
_MOVED, _SUM = day("moved_on", "日期", "不晚于今天"), amount("amount", "金额(元)")
FUNDS = _book(
    slug="funds",
    label="维修资金",
    hint="一笔一行：建立、续筹、支用。累计交存户数写到这天为止的总户数；支用写明用途。空着的格不改。",
    model=FundEntry,
    word=MOVE,
    words=_labels(FundMove),
    writes=(
        MOVE,
        _MOVED,
        _SUM,
        count("household_count", "累计交存(户)", 99_999),
        Column(field="note", header="说明", longest=120, expected="支用的写用途"),
    ),
    keys=(MOVE, _MOVED),
    needed=(_SUM,),
    money={"amount": "amount_fen"},
    service=services.save_fund_entry,
)
