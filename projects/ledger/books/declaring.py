"""A list as data: its columns, what stands, and the one service that writes a row; all else is the same.

``ListBook`` becomes a ``Pipeline`` of the intake by ``pipeline_of_list``. The workbook goes out filled with what
stands. A row that says the same changes nothing; an empty cell takes nothing away; a row that is missing
removes nothing. What differs is first *rehearsed*: written by its service in a transaction that is rolled back,
so that every rule that holds on the page holds at its cell, without being said twice. It is rehearsed again
under the ledger of the transaction that commits it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from projects.ledger.models import Programme, Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal, Severity
from renovation.core.reading import clean
from renovation.intake.declaring import bureau_of_year, rule
from renovation.intake.pipelines import (
    Column,
    Finding,
    Kind,
    Row,
    RowFacts,
    Rule,
    RuleScope,
    Show,
    Target,
    Value,
)
from renovation.intake.standard import standard_rules

SEPARATOR = "\u3000"
REASON_OF_HISTORY = "成批导入"
PROJECT = Column(
    field="project",
    header="项目编号",
    longest=30,
    required=True,
    expected="这个年度计划里的项目编号，如 ZC2025-01",
)
NAME = Column(field="name", header="项目名称", longest=80, expected="只供查看，不读取")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of a list as it stands: its name for people, what its columns say, and the row behind it."""

    name: str
    values: Mapping[str, Value]
    row: Any = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What the rows of a workbook are judged by: the projects of the year by code, the lines by key, the lines by
    what names them to people, what the list looks up besides, who brought the file, and the clock."""

    projects: Mapping[str, Project]
    lines: Mapping[str, Line]
    by_words: Mapping[str, str]
    more: Any
    by: User | None
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row that says something else than the list: ``values`` are what it comes to, empty cells as they stand;
    ``changed`` the fields that differ; ``row`` a copy of the row behind, None for a new one."""

    source: Row
    project: Project
    values: Mapping[str, Any]
    changed: frozenset[str]
    row: Any = None

    @property
    def number(self) -> int:
        """The row of the workbook."""
        return self.source.number

    def of(self, fields: Iterable[str]) -> dict[str, Any]:
        """The values of some fields."""
        return {name: self.values.get(name) for name in fields}


Found = tuple[Sequence[Line], Any]


#: What is said of most lists.
DIRECTLY = "与现在不同的行写入；相同的行不动，空着的格不改，表里没有的不删除。"


@dataclass(frozen=True, kw_only=True)
class ListBook:
    """A list that goes out and comes back in.

    ``keys`` name a row; where people may change them, ``number`` (台账号) does, and they are written like any
    other. ``writes`` are the columns that
    may change, ``needed`` those that a new row must have. ``known`` gives the words that a column takes.
    ``load`` reads what stands of some projects in a constant number of queries, with what it looks up.
    ``write`` writes some changes that belong ``together`` (each alone where it is not given) by the services
    of any page, in ``order``. ``asks`` questions changes that are allowed but unlikely; each then needs a reason.
    ``fields`` maps the field of a service's refusal to the column's. A refusal of
    several rows is said at the row that ``at`` picks, the first where it is not given.
    """

    slug: str
    label: str
    hint: str
    section: str
    permission: Permission
    result: Callable[[int], str]
    result_word: str
    columns: tuple[Column, ...]
    keys: tuple[Column, ...]
    writes: tuple[Column, ...]
    load: Callable[[Sequence[Project], datetime], Found]
    write: Callable[[Sequence[Change], Listing, User], None]
    needed: tuple[Column, ...] = ()
    #: Keys that may be empty.
    optional_keys: tuple[Column, ...] = ()
    number: Column | None = None
    known: Mapping[str, Callable[[Listing], Collection[str]]] = field(default_factory=dict)
    together: Callable[[Change], str] | None = None
    order: Callable[[Change], Any] = lambda change: change.number
    fields: Mapping[str, str] = field(default_factory=dict)
    at: Callable[[Refusal, Sequence[Change]], Change | None] | None = None
    asks: Callable[[Sequence[Change], Listing], Iterator[Finding]] | None = None
    last_step: str = "写入"
    #: What the page says of rows that are written.
    after: str = DIRECTLY

    @property
    def is_direct(self) -> bool:
        """Whether a row is written as it stands; else ``after`` says what comes of it."""
        return self.after == DIRECTLY

    @property
    def code(self) -> str:
        """Of its pipeline."""
        return f"list_{self.slug}"

    def words_of(self, values: Mapping[str, Value]) -> str:
        """What names a row to people: its keys, joined."""
        parts = (column.text(values.get(column.field)) for column in self.keys)
        return SEPARATOR.join(part for part in parts if part)

    def key_of(self, values: Mapping[str, Value]) -> str:
        """The key of a row: its number where it has one, else what names it."""
        number = values.get(self.number.field) if self.number else None
        return f"#{number}" if number else self.words_of(values)


def plain(value: Any) -> Value:
    """A value as a cell gives it back: a text trimmed, nothing for an empty one."""
    return (clean(value) or None) if isinstance(value, str) else value


def listing(book: ListBook, target: Target, now: datetime, *, street: str = "") -> Listing:
    """What stands of the bureau's year, or of one street in it."""
    rows = Project.objects.filter(
        programme__bureau=target.organisation, programme__year=int(target.period_key)
    )
    if street:
        rows = rows.filter(street__code=street)
    projects = list(
        rows.select_related("street", "programme__bureau").order_by("street__order", "code")
    )
    found, more = book.load(projects, now)
    lines: dict[str, Line] = {}
    by_words: dict[str, str] = {}
    for line in found:
        values = {name: plain(value) for name, value in line.values.items()}
        key = book.key_of(values)
        lines[key] = Line(name=line.name, values=values, row=line.row)
        by_words.setdefault(book.words_of(values), key)
    return Listing(
        projects={project.code: project for project in projects},
        lines=lines,
        by_words=by_words,
        more=more,
        by=target.by,
        now=now,
    )


def change_of(book: ListBook, row: Row, at: Listing) -> Change | None:
    """What a row changes; None where it says what stands, or names no project."""
    project = at.projects.get(str(row.values.get(PROJECT.field) or ""))
    if project is None:
        return None
    line = at.lines.get(row.key)
    before = line.values if line else {}
    given = {column.field: plain(row.values.get(column.field)) for column in book.writes}
    values = {name: before.get(name) if value is None else value for name, value in given.items()}
    changed = frozenset(name for name, value in values.items() if value != before.get(name))
    if not changed and line is not None:
        return None
    keys = {column.field: plain(row.values.get(column.field)) for column in book.columns}
    return Change(
        source=row,
        project=project,
        values={**keys, **values},
        changed=changed,
        row=copy.copy(line.row) if line else None,
    )


def groups_of(book: ListBook, changes: Iterable[Change]) -> list[list[Change]]:
    """The changes that are written together, in the order in which they are written."""
    groups: dict[Any, list[Change]] = {}
    for change in sorted(changes, key=book.order):
        key = book.together(change) if book.together else change.number
        groups.setdefault(key, []).append(change)
    return list(groups.values())


# -- rules -------------------------------------------------------------------------------------------
def _missing(book: ListBook) -> Callable[[Row, Listing], Iterator[Finding]]:
    def check(row: Row, at: Listing) -> Iterator[Finding]:
        stands = row.key in at.lines
        named = [] if stands and book.number else [*book.keys]
        asked = [c for c in named if c not in book.optional_keys]
        for column in dict.fromkeys((PROJECT, *asked, *(() if stands else book.needed))):
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
            yield Finding(
                message=f"项目 {code} 没有台账号 {number}",
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
        name = changed[0] if changed else PROJECT.field
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


def rules_of(book: ListBook) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules of a row, and of the sheet."""
    needed = "、".join(column.label for column in dict.fromkeys((*book.keys, *book.needed)))
    of_row = (
        rule("L101", _missing(book), "必填未填", f"{needed}要填；已有的行只要认得出是哪一行。", "空着的格", _CELL),
        rule("L142", _unknown_project, "编号不在年度计划", "项目编号要在这个年度计划里。", "ZC2025-99", _CELL),
        rule("L151", _unknown_word(book), "选填不认得", "从列表里选，写平台里的名称。", "别的写法", _CELL),
        rule("L161", _wrong_number(book), "台账号不对", "台账号由平台给，不改；新增的行空着。", "别的项目的台账号", _CELL),
    )  # fmt: skip

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
    return tuple(sorted((*standard_rules("L"), *of_row, *of_sheet), key=lambda each: each.code))


def admit(book: ListBook) -> Callable[[Target, datetime], None]:
    """A bureau's, for a year of which it has a programme."""

    def admitted(target: Target, now: datetime) -> None:
        bureau_of_year(book.label)(target, now)
        programmes = Programme.objects.filter(bureau=target.organisation)
        if not programmes.filter(year=int(target.period_key)).exists():
            raise Refusal("list.year", "没有这个年度计划。")

    return admitted


def shown(book: ListBook) -> tuple[Column, ...]:
    """The columns as the preview shows them: what may change, where it does."""
    writes = {column.field for column in book.writes}
    number = book.number.field if book.number else ""
    compared = [c.field for c in book.writes if c.kind in {Kind.DECIMAL, Kind.INTEGER}][:2]
    return tuple(
        replace(
            column,
            required=column in book.keys and column.field != number,
            show=Show.COMPARE
            if column.field in compared
            else Show.CHANGED
            if column.field in writes
            else Show.HIDDEN,
        )
        for column in book.columns
    )


def facts(book: ListBook) -> Callable[[str, Listing | None], RowFacts | None]:
    """A row by its words, with what stands of it."""
    writes = [column.field for column in book.writes]

    def known(key: str, at: Listing | None) -> RowFacts | None:
        line = at.lines.get(key) if at is not None else None
        if line is None:
            return RowFacts(name=key)
        return RowFacts(name=line.name, before={name: line.values.get(name) for name in writes})

    return known
