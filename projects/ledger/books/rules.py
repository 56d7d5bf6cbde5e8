"""The rules of a list that comes back in: what every one has, and that its services take what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from renovation.accounts.models import User
from renovation.core.errors import ChangedMeanwhile, Refusal, Severity
from renovation.intake.declaring import rule
from renovation.intake.digest import SELECTION
from renovation.intake.meanwhile import OVERWRITTEN
from renovation.intake.pipelines import Finding, Row, Rule, RuleScope
from renovation.intake.standard import standard_rules

from .declaring import PROJECT, Change, ListBook, Listing, change_of, groups_of


def _missing(book: ListBook) -> Callable[[Row, Listing], Iterator[Finding]]:
    always = (PROJECT,) if book.of_bureau is None else ()

    def check(row: Row, at: Listing) -> Iterator[Finding]:
        stands = row.key in at.lines
        named = [] if stands and book.number else [*book.keys]
        asked = [c for c in named if c not in book.optional_keys]
        for column in dict.fromkeys((*always, *asked, *(() if stands else book.needed))):
            if row.values.get(column.field) in (None, "") and column.field not in row.faulty:
                yield Finding(
                    message=f"{column.label}未填",
                    field=column.field,
                    found="空",
                    expected=column.expected,
                )

    return check


def _unknown_project(row: Row, at: Listing) -> Iterator[Finding]:
    code = str(row.values.get(PROJECT.field) or "")
    if code and code not in at.projects:
        yield Finding(
            message=f"项目编号 {code} 不在这个年度计划里",
            field=PROJECT.field,
            found=code,
            expected=PROJECT.expected,
        )


def _unknown_word(book: ListBook) -> Callable[[Row, Listing], Iterator[Finding]]:
    def check(row: Row, at: Listing) -> Iterator[Finding]:
        for name, known in book.known.items():
            word = row.values.get(name)
            if word in (None, "") or str(word) in known(at):
                continue
            column = next(each for each in book.columns if each.field == name)
            yield Finding(
                message=f"{column.label}“{word}”不认得",
                field=name,
                found=str(word),
                expected="、".join(known(at)) or column.expected,
            )

    return check


def _wrong_number(book: ListBook) -> Callable[[Row, Listing], Iterator[Finding]]:
    """A number is that of a row of the same project; a row that stands has its number."""
    column = book.number

    def check(row: Row, at: Listing) -> Iterator[Finding]:
        if column is None or column.field in row.faulty:
            return
        number = row.values.get(column.field)
        if number is None:
            same = at.by_words.get(row.key)
            if same is not None:
                yield Finding(
                    message=f"已在台账里，台账号是 {same[1:]}",
                    field=column.field,
                    found="空",
                    expected=f"补上台账号 {same[1:]}，或删去这一行",
                )
            return
        line = at.lines.get(row.key)
        code = row.values.get(PROJECT.field)
        if line is None or line.values.get(PROJECT.field) != code:
            whose = f"项目 {code} " if code else ""
            yield Finding(
                message=f"{whose}没有台账号 {number}",
                field=column.field,
                found=str(number),
                expected=column.expected,
            )

    return check


def rehearsed(
    book: ListBook, sound: Callable[[Row, Listing], bool]
) -> Callable[[Sequence[Row], Listing], list[Finding]]:
    """The check that the services take every change: each is written and rolled back."""

    def check(rows: Sequence[Row], at: Listing) -> list[Finding]:
        if at.by is None:
            return []
        whole = [row for row in rows if not row.faulty and sound(row, at)]
        changes = [change for row in whole if (change := change_of(book, row, at)) is not None]
        found: list[Finding] = []
        with transaction.atomic():
            for group in groups_of(book, changes):
                found += _rehearse(book, group, at, at.by)
            transaction.set_rollback(True)
        return found

    return check


def _rehearse(book: ListBook, group: Sequence[Change], at: Listing, by: User) -> list[Finding]:
    try:
        with transaction.atomic():
            book.write(group, at, by)
    except ChangedMeanwhile:
        return [_finding(book, group[0], "", "核对的时候别人正在改这一行，请重新读取这份文件")]
    except Refusal as refusal:
        chosen = (book.at(refusal, group) if book.at else None) or group[0]
        name = book.fields.get(refusal.field or "", refusal.field or "")
        return [
            _finding(book, chosen, name, refusal.message, refusal.found, refusal.expected),
        ]
    except ValidationError as fault:
        by_field = fault.message_dict if hasattr(fault, "error_dict") else {"": fault.messages}
        return [
            _finding(book, group[0], book.fields.get(name, name), "".join(said))
            for name, said in by_field.items()
        ]
    return []


def _finding(
    book: ListBook,
    change: Change,
    name: str,
    message: str,
    found: str | None = None,
    expected: str | None = None,
) -> Finding:
    columns = {each.field: each for each in book.columns}
    changed = [column.field for column in book.writes if column.field in change.changed]
    if name not in columns:
        name = changed[0] if changed else book.first.field
    column = columns[name]
    return Finding(
        message=message,
        field=name,
        found=found or column.text(change.source.values.get(name)) or "空",
        expected=expected or column.expected,
        row=change.number,
    )


def _questioned(
    book: ListBook, asks: Callable[[Sequence[Change], Listing], Iterator[Finding]]
) -> Callable[[Sequence[Row], Listing], Iterator[Finding]]:
    """The check that asks about what the rows change."""

    def check(rows: Sequence[Row], at: Listing) -> Iterator[Finding]:
        changes = (change_of(book, row, at) for row in rows if not row.faulty)
        yield from asks([change for change in changes if change is not None], at)

    return check


_CELL, _ROW = RuleScope.CELL, RuleScope.ROW
#: Of a list that was filtered before it went out: it is whole in itself.
_SOME = Rule(
    code="L037",
    title="筛选后导出的表",
    sentence="筛选后导出的，只核对文件里的行，其余的不动。",
    example="只导出一个街道的清单",
    scope=RuleScope.SHEET,
    severity=Severity.NOTICE,
    catches=(SELECTION,),
)
#: A cell that says something else than a colleague wrote there since the list went out.
_OVER = Rule(
    code="L182",
    title="别人改过",
    sentence="下载以后别人改过的格，表里又改成别的，或者别人删去的行还在表里，说明原因再写入；不写入的选“暂留”。",
    example="下载以后同事改了建成日期，表里填的是另一天",
    scope=_CELL,
    severity=Severity.REASON,
    catches=(OVERWRITTEN,),
)


def rules_of(book: ListBook) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules of a row, and of the sheet."""
    needed = "、".join(column.label for column in dict.fromkeys((*book.keys, *book.needed)))
    of_projects = book.of_bureau is None
    every = (
        rule("L101", _missing(book), "必填未填", f"{needed}要填；已有的行只要认得出是哪一行。", "空着的格", _CELL),
        rule("L142", _unknown_project, "编号不在年度计划", "项目编号要在这个年度计划里。", "ZC2025-99", _CELL),
        rule("L151", _unknown_word(book), "选填不认得", "从列表里选，写平台里的名称。", "别的写法", _CELL),
        rule("L161", _wrong_number(book), "台账号不对", "台账号由平台给，不改；新增的行空着。", "别的项目的台账号", _CELL),
    )  # fmt: skip

    of_row = tuple(each for each in every if of_projects or each.code != "L142")

    def sound(row: Row, at: Listing) -> bool:
        return not any(list(each.check(row, at)) for each in of_row if each.check is not None)

    of_sheet = (
        rule("L171", rehearsed(book, sound), "不能这样改", "页面上不能做的，成批也不能做；说明写在那一格。", "计划完成早于计划开始", _ROW),
    )  # fmt: skip
    if book.asks is None:
        return of_row, of_sheet
    asked = (
        rule("L181", _questioned(book, book.asks), "数字离谱", "不在常见范围的，说明原因。", "把元当成万元", _ROW, Severity.REASON),
    )  # fmt: skip
    return of_row, (*of_sheet, *asked)


def all_rules(book: ListBook) -> tuple[Rule, ...]:
    """Every rule of the workbook, in the order of the codes."""
    of_row, of_sheet = rules_of(book)
    every = (*standard_rules("L"), _SOME, _OVER, *of_row, *of_sheet)
    return tuple(sorted(every, key=lambda each: each.code))
