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

from projects.ledger.models import Programme, Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.core.reading import clean
from renovation.core.wording import chinese_moment
from renovation.intake.declaring import bureau_of_year
from renovation.intake.pipelines import (
    Column,
    Finding,
    Kind,
    Row,
    RowFacts,
    Show,
    Target,
    Value,
)

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
    """What the rows of a workbook are judged by: the bureau, the projects of the year by code, the lines by key, the
    lines by what names them to people, what the list looks up besides, who brought the file, and the clock."""

    bureau: Organisation
    projects: Mapping[str, Project]
    lines: Mapping[str, Line]
    by_words: Mapping[str, str]
    more: Any
    by: User | None
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row that says something else than the list: ``values`` are what it comes to, empty cells as they stand;
    ``changed`` the fields that differ; ``row`` a copy of the row behind, None for a new one. ``of_project`` is None in
    a list of the bureau itself."""

    source: Row
    of_project: Project | None
    values: Mapping[str, Any]
    changed: frozenset[str]
    row: Any = None

    @property
    def number(self) -> int:
        """The row of the workbook."""
        return self.source.number

    @property
    def project(self) -> Project:
        """Whose row it is; ValueError in a list of the bureau itself."""
        if self.of_project is None:
            raise ValueError("a row of no project")
        return self.of_project

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
    ``load`` reads what stands of some projects in a constant number of queries, with what it looks up; ``of_bureau``
    does it in its place for a list of the bureau itself, whose rows are of no project.
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
    load: Callable[[Sequence[Project], datetime], Found] | None = None
    of_bureau: Callable[[Organisation, Sequence[Project], datetime], Found] | None = None
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
    #: Pairs of columns that answer one question: only one of the two says something. The one that a row newly fills
    #: empties the other, which an empty cell alone would keep.
    either: tuple[tuple[Column, Column], ...] = ()
    #: Whether its files and rows are kept encrypted.
    is_private: bool = False
    #: Whether it holds the projects of every year of the bureau; else those of the year that is asked for.
    of_all_years: bool = False
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

    @property
    def first(self) -> Column:
        """The column by whose header the table is found."""
        return PROJECT if self.of_bureau is None else self.keys[0]

    def found(self, bureau: Organisation, projects: Sequence[Project], now: datetime) -> Found:
        """What stands, with what is looked up."""
        if self.of_bureau is not None:
            return self.of_bureau(bureau, projects, now)
        return self.load(projects, now) if self.load is not None else ((), None)

    @property
    def sheet(self) -> str:
        """The name of its sheet in the workbook of a page, beside what is there to be read."""
        return f"{self.label}（可导入）"

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


def listing(
    book: ListBook,
    target: Target,
    now: datetime,
    *,
    street: str = "",
    codes: Collection[str] | None = None,
) -> Listing:
    """What stands of the bureau's year, of one street in it, or of the projects with some codes."""
    rows = Project.objects.filter(programme__bureau=target.organisation)
    if not book.of_all_years:
        rows = rows.filter(programme__year=int(target.period_key))
    if street:
        rows = rows.filter(street__code=street)
    projects = [
        project
        for project in rows.select_related("street", "programme__bureau").order_by(
            "-programme__year", "street__order", "code"
        )
        if codes is None or project.code in codes
    ]
    found, more = book.found(target.organisation, projects, now)
    lines: dict[str, Line] = {}
    by_words: dict[str, str] = {}
    for line in found:
        values = {name: plain(value) for name, value in line.values.items()}
        key = book.key_of(values)
        lines[key] = Line(name=line.name, values=values, row=line.row)
        by_words.setdefault(book.words_of(values), key)
    return Listing(
        bureau=target.organisation,
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
    if project is None and book.of_bureau is None:
        return None
    line = at.lines.get(row.key)
    before = line.values if line else {}
    given = {column.field: plain(row.values.get(column.field)) for column in book.writes}
    values = {name: before.get(name) if value is None else value for name, value in given.items()}
    values |= _emptied(book, given, values, before)
    changed = frozenset(name for name, value in values.items() if value != before.get(name))
    if not changed and line is not None:
        return None
    keys = {column.field: plain(row.values.get(column.field)) for column in book.columns}
    return Change(
        source=row,
        of_project=project,
        values={**keys, **values},
        changed=changed,
        row=copy.copy(line.row) if line else None,
    )


def takes_away(
    book: ListBook,
) -> Callable[[Mapping[str, Value], Mapping[str, Value]], Mapping[str, Value]]:
    """What the cells of a row empty in other columns of what stands, field → what it comes to."""

    def found(cells: Mapping[str, Value], before: Mapping[str, Value]) -> Mapping[str, Value]:
        given = {column.field: plain(cells.get(column.field)) for column in book.writes}
        values = {
            name: before.get(name) if value is None else value for name, value in given.items()
        }
        return _emptied(book, given, values, before)

    return found


def _emptied(
    book: ListBook,
    given: Mapping[str, Value],
    values: Mapping[str, Value],
    before: Mapping[str, Value],
) -> dict[str, Value]:
    """The columns that an answer newly given in another one empties (``ListBook.either``). A cell in which the former
    answer still stands beside it is no slip to be passed over, but for a 是 that the other one makes plainer."""
    found: dict[str, Value] = {}
    for one, other in ((a, b) for pair in book.either for a, b in (pair, pair[::-1])):
        is_new = bool(values[one.field]) and values[one.field] != before.get(one.field)
        is_flag = other.kind is Kind.FLAG
        stays = bool(values[other.field]) and values[other.field] == before.get(other.field)
        if is_new and stays and (is_flag or given[other.field] is None):
            found[other.field] = False if is_flag else None
    return found


def groups_of(book: ListBook, changes: Iterable[Change]) -> list[list[Change]]:
    """The changes that are written together, in the order in which they are written."""
    groups: dict[Any, list[Change]] = {}
    for change in sorted(changes, key=book.order):
        key = book.together(change) if book.together else change.number
        groups.setdefault(key, []).append(change)
    return list(groups.values())


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


def writers(keys: Collection[str], at: Listing, since: datetime) -> dict[str, str]:
    """Who wrote rows of a list last since a moment, whichever cell it was, and when, by key:
    由区住建局于2025年5月7日 10:20修改. A query for each kind of row behind the list that keeps its history; the others
    name nobody."""
    behind: dict[Any, dict[int, str]] = {}
    for key in keys:
        if key in at.lines and (row := at.lines[key].row) is not None and hasattr(row, "history"):
            behind.setdefault(type(row), {})[row.pk] = key
    found: dict[str, str] = {}
    for model, by_pk in behind.items():
        entries = model.history.filter(id__in=list(by_pk), history_date__gt=since)
        for entry in entries.select_related("history_user").order_by("history_id"):
            who = str(entry.history_user) if entry.history_user else "系统"
            found[by_pk[entry.id]] = f"由{who}于{chinese_moment(entry.history_date)}修改"
    return found
