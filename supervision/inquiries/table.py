"""The table of an inquiry for a street or for all of them: rows that were asked, what the portal fills in, and
the latest answers. Loaded in a constant number of queries; form, workbook, pages and export read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from projects.ledger.known import (
    Asking,
    KnownColumn,
    Level,
    known_by_code,
    values_of,
)
from projects.ledger.known import (
    Value as KnownValue,
)
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Kind
from renovation.core.measures import MINUS, NO_NUMBER
from renovation.core.wording import chinese_date
from renovation.face.wording import DASH

from .enums import InquiryState, Subject
from .models import AskedColumn, AskedRow, Inquiry, StreetAnswer, StreetAnswerRow
from .values import Stored, Values, as_text, total_of


@dataclass(frozen=True)
class Line:
    """A row: ``filled`` what the portal knows (code → value, or the frozen text once closed), ``values`` what was
    answered, None where the row is still open."""

    row: AskedRow
    filled: Mapping[str, KnownValue]
    values: Values | None

    @property
    def key(self) -> str:
        """The code of the project or the name of the street."""
        return self.row.key

    @property
    def label(self) -> str:
        """The name on a page."""
        return self.row.label

    @property
    def is_answered(self) -> bool:
        """Whether the row was filled in."""
        return self.values is not None


@dataclass(frozen=True)
class Standing:
    """How a street stands: its newest version, when it was first complete, and how many rows are filled in."""

    street: Organisation
    row_count: int
    answered_count: int
    newest: StreetAnswer | None
    first_complete: StreetAnswer | None
    version_count: int

    @property
    def is_complete(self) -> bool:
        """Whether every row is filled in."""
        return self.first_complete is not None

    @property
    def is_late(self) -> bool:
        """Whether it was complete only after the last moment."""
        return self.first_complete is not None and self.first_complete.is_late

    @property
    def word(self) -> str:
        """已报齐, 迟报, 填了一部分, 未报."""
        if self.first_complete is not None:
            return "迟报" if self.is_late else "已报齐"
        return "填了一部分" if self.answered_count else "未报"

    def kind(self, *, overdue: bool) -> str:
        """How its state is drawn."""
        if self.is_complete:
            return "active" if self.is_late else "approved"
        return "alarm" if overdue else "waiting"


@dataclass(frozen=True)
class Total:
    """A column's sum and how many of the rows it stands on; ``shown`` “—” where adding up makes no sense."""

    column: AskedColumn
    shown: str
    answered: int
    asked: int
    value: Stored | None


@dataclass(frozen=True)
class Table:
    """Everything of one inquiry that is to be shown or filled in. ``elsewhere``: key of a row that is not asked
    of this street → the name of the street it belongs to."""

    inquiry: Inquiry
    columns: Sequence[AskedColumn]
    known: Sequence[KnownColumn]
    lines: Sequence[Line]
    standings: Sequence[Standing]
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_key(self) -> Mapping[str, Line]:
        """The lines by their key."""
        return {line.key: line for line in self.lines}

    @property
    def missing(self) -> list[Standing]:
        """The streets that have not filled in everything."""
        return [each for each in self.standings if not each.is_complete]

    @property
    def newest_version(self) -> int:
        """The version of the only street's newest answer, 0 where there is none."""
        newest = self.standings[0].newest if self.standings else None
        return newest.version if newest else 0

    def totals(self, street: Organisation | None = None) -> list[Total]:
        """A total per column over the rows of a street, or over all of them."""
        lines = [line for line in self.lines if street is None or line.row.street_id == street.pk]
        found = []
        for column in self.columns:
            cells = [line.values.get(column.name) for line in lines if line.values is not None]
            filled = [cell for cell in cells if cell is not None]
            total = total_of(column, filled)
            shown = DASH if total is None else as_text(column, total)
            found.append(Total(column, shown, len(filled), len(lines), total))
        return found

    def filled_text(self, line: Line, column: KnownColumn) -> str:
        """What the portal filled in, for people."""
        text = column.text(line.filled.get(column.code))
        if column.kind is Kind.DATE and text != NO_NUMBER:
            return chinese_date(date.fromisoformat(text))
        return text

    def filled_value(self, line: Line, column: KnownColumn) -> KnownValue:
        """What the portal filled in, for a workbook: a number as a number, a day as a day. A closed inquiry keeps
        them as it showed them."""
        value = line.filled.get(column.code)
        if not isinstance(value, str) or not value:
            return value
        if column.kind.is_number:
            return (
                None if value == NO_NUMBER else Decimal(value.replace(",", "").replace(MINUS, "-"))
            )
        if column.kind is Kind.DATE:
            return None if value == NO_NUMBER else date.fromisoformat(value)
        return value


def columns_of(inquiry: Inquiry) -> list[AskedColumn]:
    """The asked columns in order. One query."""
    return list(inquiry.columns.order_by("place"))


def known_of(inquiry: Inquiry) -> list[KnownColumn]:
    """The columns that the portal fills in, in order; one that no wing declares any more is left out. One
    query."""
    codes = inquiry.filled_columns.order_by("place").values_list("code", flat=True)
    return [column for code in codes if (column := known_by_code(code)) is not None]


def table_of(
    *,
    inquiry: Inquiry,
    streets: Collection[int],
    now: datetime,
    keys: Sequence[str] = (),
) -> Table:
    """The table of the streets (ids) that somebody sees. ``keys`` are names found in a workbook, to be told
    whose they are."""
    columns, known = columns_of(inquiry), known_of(inquiry)
    rows = list(
        inquiry.rows.filter(street_id__in=streets)
        .select_related("street", "project")
        .order_by("street__order", "street__code", "project__code")
    )
    answers: defaultdict[int, list[StreetAnswer]] = defaultdict(list)
    for answer in (
        StreetAnswer.objects.filter(inquiry=inquiry, street_id__in=streets)
        .select_related("answered_by")
        .order_by("street_id", "version")
    ):
        answers[answer.street_id].append(answer)
    newest = [versions[-1].pk for versions in answers.values()]
    values = {
        each.row_id: each.values for each in StreetAnswerRow.objects.filter(answer_id__in=newest)
    }
    filled = filled_values(inquiry=inquiry, known=known, rows=rows, now=now)
    lines = [Line(row, filled.get(row.pk, {}), values.get(row.pk)) for row in rows]
    return Table(
        inquiry=inquiry,
        columns=columns,
        known=known,
        lines=lines,
        standings=_standings(lines, answers),
        elsewhere=_elsewhere(inquiry, {line.key for line in lines}, keys),
    )


def filled_values(
    *, inquiry: Inquiry, known: Sequence[KnownColumn], rows: Sequence[AskedRow], now: datetime
) -> dict[int, Mapping[str, KnownValue]]:
    """What the portal knows by row: as it is now while the inquiry is open, as it was kept once it is closed."""
    if not known or not rows:
        return {}
    if inquiry.state == InquiryState.CLOSED:
        return {row.pk: row.filled for row in rows}
    subject_of = {
        row.pk: row.project_id if inquiry.subject == Subject.PROJECT else row.street_id
        for row in rows
    }
    asking = Asking(
        level=Level(inquiry.subject),
        programme=inquiry.programme,
        ids=tuple(pk for pk in subject_of.values() if pk is not None),
        on=local_day(now),
        now=now,
    )
    found = values_of(columns=known, asking=asking)
    return {row: found.get(pk, {}) for row, pk in subject_of.items() if pk is not None}


def _standings(
    lines: Sequence[Line], answers: Mapping[int, Sequence[StreetAnswer]]
) -> list[Standing]:
    grouped: dict[int, list[Line]] = {}
    for line in lines:
        grouped.setdefault(line.row.street_id, []).append(line)
    found = []
    for street_id, mine in grouped.items():
        versions = answers.get(street_id, ())
        found.append(
            Standing(
                street=mine[0].row.street,
                row_count=len(mine),
                answered_count=sum(line.is_answered for line in mine),
                newest=versions[-1] if versions else None,
                first_complete=next((each for each in versions if each.is_complete), None),
                version_count=len(versions),
            )
        )
    return found


def _elsewhere(inquiry: Inquiry, mine: Collection[str], keys: Sequence[str]) -> dict[str, str]:
    """Whose the unknown keys of a workbook are: no query where there are none."""
    unknown = [key for key in dict.fromkeys(keys) if key not in mine]
    if not unknown:
        return {}
    if inquiry.subject == Subject.PROJECT:
        rows = Project.objects.filter(code__in=unknown, programme__bureau=inquiry.bureau_id)
        return dict(rows.values_list("code", "street__short_name"))
    names = Organisation.objects.filter(short_name__in=unknown, parent=inquiry.bureau_id)
    return {name: name for name in names.values_list("short_name", flat=True)}
