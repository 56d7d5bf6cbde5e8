"""The exported register of money (资金台账) coming back in.

Events are append-only: a row with the portal's number is an entry that stands, and is only recognised; one that
says something else is a fault, since an entry is mended by a correction; where its project got another code or its
source another name since the register went out, a cell that was left alone is told and no fault. A row without a number is a new
entry and is recorded as pending, to be approved by another person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from projects.funding import intake_rows as rows
from projects.funding.chain import ORDER
from projects.funding.exports import COLUMNS as EXPORTED
from projects.funding.exports import JOURNAL, funding_workbook
from projects.funding.intake_rows import (
    DAY,
    DOCUMENT,
    PROJECT,
    SOURCE,
    STAGE,
    Ledger,
    movement_of,
    refuse_recorded_meanwhile,
)
from projects.funding.journal.columns import FIXED, MONEY, NUMBER, key_of, present_values
from projects.funding.models import FundingEvent
from projects.funding.services import record_event
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal, Severity
from renovation.intake.declaring import (
    bureau_of_year,
    by_rules,
    nothing_filled,
    required_cells,
    rule,
    year_label,
)
from renovation.intake.headers import normalise
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Column,
    Description,
    Finding,
    Pipeline,
    Row,
    RowFacts,
    RuleScope,
    Show,
    Taken,
    Target,
    Template,
    Words,
)
from renovation.intake.standard import standard_rules

_READ = (NUMBER, PROJECT, SOURCE, STAGE, MONEY, DAY, DOCUMENT)
_NAMES = {name for column in _READ for name in column.names}
#: What the export says beside it is there to be read by people.
_BESIDE = tuple(
    Column(field=f"beside_{place}", header=column.header, expected="不读取", longest=2000)
    for place, (column, _) in enumerate(EXPORTED)
    if normalise(column.header) not in _NAMES
)
COLUMNS = (*_READ, *_BESIDE)


@dataclass(frozen=True)
class Journal:
    """The ledger that new rows are judged by, and every entry of the bureau by its number."""

    ledger: Ledger
    entries: Mapping[int, FundingEvent]


def load(target: Target, keys: Sequence[str], now: datetime) -> Journal:
    """Four queries."""
    events = FundingEvent.objects.filter(project__programme__bureau=target.organisation)
    return Journal(
        ledger=rows.context(target, keys, now),
        entries={event.pk: event for event in events.select_related("project", "source")},
    )


def _is_new(row: Row) -> bool:
    return row.values.get(NUMBER.field) is None and NUMBER.field not in row.faulty


Check = Callable[[Row, Ledger], Iterator[Finding]]


def _of_new(check: Check) -> Callable[[Row, Journal], Iterator[Finding]]:
    """The check of a new entry; what stands was judged when it was recorded."""

    def checked(row: Row, journal: Journal) -> Iterator[Finding]:
        if _is_new(row):
            yield from check(row, journal.ledger)

    return checked


def not_positive(row: Row, ledger: Ledger) -> Iterator[Finding]:
    """A new entry adds; less is a correction."""
    amount = row.values.get(MONEY.field)
    if isinstance(amount, Decimal) and amount <= 0:
        yield Finding(
            message=f"新登记的金额须大于 0：{MONEY.text(amount)}",
            field=MONEY.field,
            found=MONEY.text(amount),
            expected="大于 0；减少已登记的金额用“更正”",
        )


def unknown_number(row: Row, journal: Journal) -> Iterator[Finding]:
    """A number is that of an entry of this bureau."""
    number = row.values.get(NUMBER.field)
    if isinstance(number, int) and number not in journal.entries:
        yield Finding(
            message=f"没有编号为 {number} 的登记",
            field=NUMBER.field,
            found=str(number),
            expected=NUMBER.expected,
        )


def entry_changed(row: Row, journal: Journal) -> Iterator[Finding]:
    """What was recorded says what it said."""
    number = row.values.get(NUMBER.field)
    event = journal.entries.get(number) if isinstance(number, int) else None
    if event is None:
        return
    before = present_values(event)
    for column in FIXED:
        now = row.values.get(column.field)
        if now is not None and now != before[column.field]:
            yield Finding(
                message=f"第 {event.pk} 号已经登记，{column.label}不能改：{column.shown(now)}",
                field=column.field,
                found=column.text(now),
                expected=f"{column.shown(before[column.field]) or '空着'}；登记错了的，在页面上用“更正”",
            )


def order_broken(sheet: Sequence[Row], journal: Journal) -> Iterator[Finding]:
    """The order of the money over all that is new, with what stands."""
    yield from rows.order_broken([row for row in sheet if _is_new(row)], journal.ledger)


def much_allocated(sheet: Sequence[Row], journal: Journal) -> Iterator[Finding]:
    """下达 of a project with what is new, by its area."""
    yield from rows.much_allocated([row for row in sheet if _is_new(row)], journal.ledger)


_CELL, _ROW = RuleScope.CELL, RuleScope.ROW
ROW_RULES = (
    rule("M101", _of_new(required_cells((PROJECT, SOURCE, STAGE, MONEY, DAY))), "必填未填", "新登记的项目编号、资金来源、环节、金额、日期都要填。", "没填环节", _CELL),
    rule("M113", _of_new(rows.without_document), "没有文号或凭证号", "下达写文号，到位、拨付、支付写文号或凭证号；没有的在页面上登记，附协议或凭证。", "空着的文号", _CELL),
    rule("M134", _of_new(rows.future_day), "日期在以后", "登记的日期不晚于今天。", "明年 1 月 1 日", _CELL),
    rule("M142", _of_new(rows.UNKNOWN_PROJECT), "编号不在台账", "先登记项目，再登记它的资金。", "ZC2025-99", _CELL),
    rule("M151", _of_new(rows.unknown_source), "来源不认得", "资金来源写平台里在用的名称。", "上级资金", _CELL),
    rule("M152", _of_new(rows.UNKNOWN_STAGE), "环节不认得", "下达、到位、拨付、支付之一。", "已付", _CELL),
    rule("M153", _of_new(rows.already_recorded), "已经登记", "同一笔只登记一次。", "删去了编号的行", _ROW),
    rule("M154", _of_new(not_positive), "金额不大于 0", "新登记的金额大于 0。", "-5", _CELL),
    rule("M171", entry_changed, "改了已登记的", "已登记的不改，用更正。", "把 100 改成 120", _CELL),
    rule("M172", unknown_number, "没有这个编号", "编号由平台给，新登记的空着。", "99999", _CELL),
)  # fmt: skip
SHEET_RULES = (
    rule("M161", order_broken, "次序不对", "支付不超过拨付，拨付不超过到位，到位不超过下达，每一天都是。", "到位 100，拨付 120", _ROW),
    rule("M163", much_allocated, "下达离谱", "一个项目的下达合计，每平方米高于常见的，说明原因。", "把元当成万元", _ROW, Severity.REASON),
)  # fmt: skip
RULES = tuple(sorted((*standard_rules("M"), *ROW_RULES, *SHEET_RULES), key=lambda each: each.code))


def facts(key: str, journal: Journal | None) -> RowFacts | None:
    """An entry that stands with what it says; a new one has nothing before it."""
    if journal is None or not key.startswith("#"):
        return RowFacts(name="新登记")
    event = journal.entries.get(int(key[1:]))
    if event is None:
        return RowFacts(name=f"第 {key[1:]} 号")
    return RowFacts(name=f"第 {event.pk} 号", before=present_values(event))


def nobody(keys: Collection[str], journal: Journal, since: datetime) -> dict[str, str]:
    """An entry is never changed; who gave its project another code or its source another name stands in their history."""
    return {}


def commit(
    target: Target,
    taken: Sequence[Taken],
    journal: Journal,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Record the new rows as pending, earlier stages first, so that each fits when it comes."""
    found = []
    for each in taken:
        if not _is_new(each.row):
            continue
        movement = movement_of(each.row, journal.ledger)
        if movement is None:
            raise Refusal("journal.row", f"第 {each.row.number} 行现在读不出来，请重新上传。")
        found.append(movement)
    refuse_recorded_meanwhile(movements=found)
    found.sort(key=lambda movement: ORDER.index(movement[2].stage))
    for project, _, values in found:
        record_event(project=project, values=values, by=by, now=now)


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload."""
    year = int(target.period_key)
    here = reverse("funding:journal", args=[year])
    return Description(
        title="资金台账",
        period=f"{year}年度",
        back=(("资金待核", reverse("funding:pending")), ("导入资金台账", here)),
        upload_href=here,
        result_href=reverse("funding:pending"),
        result_word="看资金待核",
        template_href=reverse("funding:export") + f"?year={year}",
        rules_href=reverse("funding:journal_rules"),
        held_sentence="没有编号的行成为待核的登记，由另一人核定；有编号的是已登记的，不会改动。",
    )


def template(target: Target, now: datetime) -> Template:
    """The register of the year, to which rows are added."""
    year = int(target.period_key)
    events = FundingEvent.objects.filter(
        project__programme__bureau=target.organisation, project__programme__year=year
    )
    content = funding_workbook(year=year, events=events, bureau=target.organisation, now=now)
    return Template(name=f"{year}年度资金台账.xlsx", content=content)


FUNDING_JOURNAL = Pipeline(
    code=JOURNAL,
    label="资金台账",
    columns=tuple(replace(c, show=Show.CHANGED) if c is DOCUMENT else c for c in COLUMNS),
    key=PROJECT.field,
    rules=RULES,
    read_permission=Permission.FUNDING_WRITE,
    write_permission=Permission.FUNDING_WRITE,
    admit=bureau_of_year("资金台账"),
    context=load,
    check_row=by_rules(ROW_RULES),
    check_sheet=by_rules(SHEET_RULES),
    facts=facts,
    present=nothing_filled,
    expected_count=lambda journal: journal.ledger.row_count,
    commit=commit,
    describe=describe,
    template=template,
    period_label=year_label,
    key_of=key_of,
    counts_changes=True,
    writers=nobody,
    words=Words(
        before="台账", now="本表", row="登记", key="登记", letter="M", last_step="核定",
        where="导入资金台账页面", section="资金",
    ),
)  # fmt: skip
