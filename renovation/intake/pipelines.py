"""What a wing declares so that its workbook can come in: columns, rules, and what is done with the rows.

A wing lists its pipelines in its ``intake.py`` as ``PIPELINES: list[Pipeline]``; they are found by name, as
admin modules are, so the intake knows nothing of what it takes in (HOUSE.md §3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from renovation.accounts.enums import Permission, TokenScope
from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal, Severity
from renovation.core.wording import chinese_date

from .headers import label_of, normalise

if TYPE_CHECKING:
    from .models import Upload

Value = str | int | bool | Decimal | date | None
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    FLAG = "flag"
    """是, 否 or nothing."""


class Show(StrEnum):
    """How a column stands in the preview; a faulty cell is always shown."""

    COMPARE = "compare"
    """Earlier value, this value, change."""
    TEXT = "text"
    CHANGED = "changed"
    """Only where it differs from the earlier value: 计划完工：原 2025年11月30日，改为 2025年12月20日."""
    NAMED = "named"
    """Name and value, beside the texts; where it was known, the earlier value as well."""
    HIDDEN = "hidden"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Another unit in which a column of numbers may come, told by its header: 建筑面积(万㎡).

    A number of it times ``factor`` is one of the column's own; it may have ``places`` decimals.
    """

    headers: tuple[str, ...]
    factor: Decimal
    places: int

    @property
    def names(self) -> tuple[str, ...]:
        """The headers, normalised."""
        return tuple(normalise(text) for text in self.headers)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the workbook, found by its header text in any order.

    ``field`` is its name in the values; ``required`` means that the column must be there (whether a cell
    must be filled is a rule of the rows); ``locked`` columns are filled in by the portal and compared with
    what it had filled in. ``expected`` tells people what belongs here. ``percent`` lets 45% mean 45, ``suffixes``
    are units that may stand behind a number, with their factor to the column's own: 98.5万元, 985000元.
    """

    field: str
    header: str
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()
    places: int = 0
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    percent: bool = False
    suffixes: tuple[tuple[str, Decimal], ...] = ()
    longest: int = 500
    required: bool = False
    locked: bool = False
    expected: str = ""
    hint: str = ""
    short: str = ""
    show: Show = Show.HIDDEN
    #: Holds residents' data: what stands in its cells is neither shown nor kept in a finding.
    is_private: bool = False

    @cached_property
    def label(self) -> str:
        """The header as the pages write it, with full-width brackets."""
        return label_of(self.header)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Header and aliases, normalised."""
        return tuple(normalise(text) for text in (self.header, *self.aliases))

    @cached_property
    def last_place(self) -> Decimal:
        """One in the last decimal of its numbers: 0.01 where there are two."""
        return Decimal(1).scaleb(-self.places)

    def shown(self, value: Value) -> str:
        """A typed value as pages and sentences say it: a day as 2025年9月18日; "" for none."""
        return chinese_date(value) if isinstance(value, date) else self.text(value)

    def said(self, text: str) -> str:
        """What `text` wrote, as `shown` says it."""
        if self.kind is not Kind.DATE or not _ISO_DAY.fullmatch(text):
            return text
        return chinese_date(date.fromisoformat(text))

    def text(self, value: Value) -> str:
        """A typed value as it stands in a workbook, a day as 2025-09-18; "" for none."""
        if isinstance(value, str):  # as most are
            return value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return f"{value:.{self.places}f}"
        return value.isoformat() if isinstance(value, date) else str(value)


class RuleScope(StrEnum):
    """What a rule looks at."""

    FILE = "file"
    SHEET = "sheet"
    ROW = "row"
    CELL = "cell"

    @property
    def label(self) -> str:
        """整个文件, 工作表, 行, 单元格."""
        return {"file": "整个文件", "sheet": "工作表", "row": "行", "cell": "单元格"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule under its stable code, explained for people.

    ``sentence`` says what is asked, ``example`` what breaks it. A rule either ``catches`` the dotted codes
    that reading a file, sheet or cell raises (``number.unreadable``), or has a ``check`` of its wing.
    """

    code: str
    title: str
    sentence: str
    example: str
    scope: RuleScope
    severity: Severity = Severity.ERROR
    catches: tuple[str, ...] = ()
    check: Callable[..., Iterable[Finding]] | None = None


class Finding(NamedTuple):
    """What a check found, before it is put at its cell: ``field`` names the column, ``row`` the row; ``severity``
    is its own where it weighs other than its rule. ``is_discreet`` says that the words tell nothing of what stands in a
    private cell."""

    message: str
    field: str = ""
    found: str = ""
    expected: str = ""
    row: int | None = None
    severity: Severity | None = None
    is_discreet: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row that was read. ``values`` are typed, ``texts`` what stood in cells that could not be typed;
    ``faulty`` the fields of those. ``number`` is the row of the workbook."""

    number: int
    key: str
    values: Mapping[str, Value]
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def faulty(self) -> frozenset[str]:
        """Fields whose cells hold something that could not be read."""
        return frozenset(self.texts)


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a file is for: whose, and for which period, as the address of the upload says; and who brought
    it, where there is a file already."""

    organisation: Organisation
    period_key: str
    by: User | None = None


@dataclass(frozen=True, kw_only=True)
class RowFacts:
    """What the portal knows of a row: its name, and by field the earlier value."""

    name: str
    before: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A row that a person let in: its values, and the reasons given for it in one sentence."""

    row: Row
    explanation: str


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the pages say of an upload. ``back`` are crumbs (text, address); ``upload_href`` leads to the
    form for another file, ``result_href`` to what was written; ``then`` says what is still to be done with it;
    ``deadline`` is (value, note)."""

    title: str
    period: str
    back: tuple[tuple[str, str], ...]
    upload_href: str
    result_href: str
    result_word: str
    template_href: str
    rules_href: str
    held_sentence: str
    deadline: tuple[str, str] = ("", "")
    then: str = ""


@dataclass(frozen=True, kw_only=True)
class Template:
    """A workbook to be filled in: its file name and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Columns in which several rows speak of one thing, in a merged cell, in one row or in each: ``group_of`` names it
    by the key of a row, "" for none; ``present`` gives what stands of it (name, context), {} for nothing. ``word`` is
    what people call it; of ``bound`` fields all are written or none."""

    fields: frozenset[str]
    group_of: Callable[[str], str]
    present: Callable[[str, Any], Mapping[str, Value]]
    word: str
    bound: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Marks:
    """By what a workbook keeps what stands in private cells. ``make`` marks a text (key of the row, column, text,
    context); ``fits`` says whether a mark is one of a text (mark, key of the row, column, text, context). Whoever brings
    them back learns by them whether a text stood there: they count in a workbook that the portal signed
    (``manifest.signed``) alone."""

    make: Callable[[str, Column, str, Any], str]
    fits: Callable[[str, str, Column, str, Any], bool]


#: (code, finding) pairs that a wing's checks yield.
Findings = Iterable[tuple[str, Finding]]


@dataclass(frozen=True, kw_only=True)
class Words:
    """How the pages speak of this kind of workbook: what stood before and stands now, what a row is, the
    letter of its rules, and what comes after checking. ``gone`` is said of a row that stands no more, ``ledger`` of
    what the rows are compared with; ``reason_hint`` stands at the field for a reason."""

    before: str = "上周"
    now: str = "本周"
    row: str = "项目"
    key: str = ""
    #: Over the column that names the rows, where that is not what a row is.
    names: str = ""
    letter: str = "W"
    last_step: str = "报送"
    where: str = "周报页面"
    section: str = "周报"
    gone: str = "已不在台账的这张表里（删去、作废或改了名）"
    ledger: str = "台账"
    reason_hint: str = ""

    @property
    def head(self) -> str:
        """What stands over the column that names the rows."""
        return self.names or self.row


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """One kind of workbook from bytes to rows in the database.

    ``key`` is the field that names a row. ``admit`` refuses a target that takes nothing in now. ``context``
    loads in a constant number of queries what the checks compare with (target, the keys that were read,
    clock); ``check_row`` and ``check_sheet`` judge by it; ``facts`` and ``present`` tell what is known of a
    row (``present``: the locked values as they are today). ``commit`` writes in the running transaction, in
    which the context it is given was loaded (target, rows, context, upload, who, clock).
    ``reason_field`` is the column that answers every check which asks for a reason, ``unchanged_field`` the
    flag by which a row says that nothing changed. ``key_of`` makes the key of a row of several values where
    one column alone does not name it, ``key_words`` says what such a row is, for people, as it was typed. ``fills_merged`` are the columns whose cells may be merged over rows,
    each row then holding the value; ``has_subtotals`` says that rows without a key which sum up others
    (小计, 其中) or sign the table are no data. ``counts_changes`` has the page say how much would change.
    ``written`` tells what of this very target is written already, by row key and field, so that the page says which
    rows are new, changed or the same, and nothing is written over unseen. With ``keeps_blank`` a row in which nothing
    stands leaves what is written of it as it is.
    ``sheet`` names the sheet of the portal's own workbooks, which is read where others could be meant as well.
    ``tells_doubled`` says that ``check_sheet`` tells of the rows that share a key, in words of its own: the key
    then joins several columns and is no word that a reader knows.
    ``settled`` gives the values of a row as they would be kept (one form of a phone, nothing for what an export had
    masked), before it is checked and compared. ``takes_away`` gives what the answers of a row, beside what stands of
    it, do to columns that they do not speak of: field → what it comes to. ``writers`` tells of rows (keys, context,
    moment) who wrote them last since a moment, by key: 由区住建局于2025年5月7日 10:20修改, whichever cell it was; with it the cells of a workbook are compared with what
    they held when it went out (``meanwhile``), and one that would write over what others changed is asked about where a
    rule catches that; ``waits`` says of a row (key, context) whether what is written of it
    stands only once another person approves it; ``shared`` are the columns in which several rows speak of one thing,
    ``held_as`` gives the key under which a workbook keeps a row where that is not the row's, ``marks`` by what
    it keeps what stands in a private cell, without which these are not compared. With ``cells_empty`` an empty cell empties what stands; else it says
    nothing.
    """

    code: str
    label: str
    columns: tuple[Column, ...]
    key: str
    rules: tuple[Rule, ...]
    read_permission: Permission
    write_permission: Permission
    admit: Callable[[Target, datetime], None]
    context: Callable[[Target, Sequence[str], datetime], Any]
    check_row: Callable[[Row, Any], Findings]
    check_sheet: Callable[[Sequence[Row], Any], Findings]
    facts: Callable[[str, Any], RowFacts | None]
    present: Callable[[str, Any], Mapping[str, Value]]
    expected_count: Callable[[Any], int]
    commit: Callable[[Target, Sequence[Taken], Any, Upload, User, datetime], None]
    describe: Callable[[Target, datetime], Description]
    template: Callable[[Target, datetime], Template]
    period_label: Callable[[str], str]
    sheet: str = ""
    reason_field: str = ""
    unchanged_field: str = ""
    key_of: Callable[[Mapping[str, Value]], str] | None = None
    key_words: Callable[[Mapping[str, Value]], str] | None = None
    fills_merged: frozenset[str] = frozenset()
    has_subtotals: bool = False
    counts_changes: bool = False
    tells_doubled: bool = False
    written: Callable[[Any], Mapping[str, Mapping[str, Value]]] | None = None
    keeps_blank: bool = False
    settled: Callable[[Row, Any], Mapping[str, Value]] | None = None
    takes_away: Callable[[Mapping[str, Value], Mapping[str, Value]], Mapping[str, Value]] | None = (
        None
    )
    writers: Callable[[Collection[str], Any, datetime], Mapping[str, str]] | None = None
    waits: Callable[[str, Any], bool] | None = None
    shared: Shared | None = None
    held_as: Callable[[str], str] = str
    marks: Marks | None = None
    cells_empty: bool = False
    words: Words = Words()
    #: Files and rows hold residents' data: both are kept encrypted, and are opened against a reason.
    is_private: bool = False
    #: Tokens of this scope read and confirm its uploads by the API; None keeps it off the API.
    token_scope: TokenScope | None = None

    def column(self, name: str) -> Column:
        """The column of a field; KeyError where there is none."""
        return self._by_field[name]

    @cached_property
    def _by_field(self) -> dict[str, Column]:
        return {column.field: column for column in self.columns}

    def rule(self, code: str) -> Rule:
        """The rule under its code; KeyError where it is not registered."""
        return self._by_code[code]

    @cached_property
    def _by_code(self) -> dict[str, Rule]:
        return {rule.code: rule for rule in self.rules}

    def rule_for(self, refusal: Refusal) -> Rule:
        """The rule that catches a refusal of reading.

        Raises KeyError where none does: a pipeline must have a rule for everything that reading refuses.
        """
        for rule in self.rules:
            if refusal.code in rule.catches:
                return rule
        raise KeyError(f"{self.code} has no rule that catches {refusal.code}")

    def code_for(self, caught: str) -> str:
        """The code of the rule that catches a dotted code, "" where none does."""
        return next((rule.code for rule in self.rules if caught in rule.catches), "")


@dataclass(frozen=True, kw_only=True)
class Family:
    """Pipelines of one kind whose columns a person defines: each has the code ``prefix:key``.

    ``make`` gives the pipeline of a key, None where there is none; what it gives for a key must not change once
    a file has come in for it. A wing lists its families in its ``intake.py`` as ``FAMILIES``.
    """

    prefix: str
    make: Callable[[str], Pipeline | None]

    def code_of(self, key: str) -> str:
        """The code of the pipeline of a key."""
        return f"{self.prefix}:{key}"


def _declared(name: str) -> Iterable[Any]:
    """What the ``intake.py`` of all wings list under a name."""
    for config in apps.get_app_configs():
        if config.name != "renovation.intake" and module_has_submodule(config.module, "intake"):
            yield from getattr(import_module(f"{config.name}.intake"), name, ())


@cache
def pipelines() -> Mapping[str, Pipeline]:
    """All pipelines that wings declare, by code."""
    return {pipeline.code: pipeline for pipeline in _declared("PIPELINES")}


@cache
def families() -> Mapping[str, Family]:
    """All families of pipelines that wings declare, by prefix."""
    return {family.prefix: family for family in _declared("FAMILIES")}


def pipeline_of(code: str) -> Pipeline:
    """The pipeline under its code; Refusal ``pipeline.unknown`` where the wing is gone."""
    found = pipelines().get(code)
    prefix, separator, key = code.partition(":")
    if found is None and separator and prefix in families():
        found = families()[prefix].make(key)
    if found is None:
        raise Refusal("pipeline.unknown", "这一类文件已不再接收。")
    return found
