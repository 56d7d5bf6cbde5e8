"""Programmes and their official totals: writing them, and the ledger's sums beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.core.wording import in_words
from renovation.records.services import audit

from .deadlines import DeadlineValues, write_deadlines
from .enums import GateKind
from .facts import project_facts, projects_of
from .models import GateDeadline, Programme, ProgrammeTotal
from .passing import KEEP, changed_fields
from .sheets import Cell, Written, mark_of, refuse_stale, seen_numbers, written_since


@dataclass(frozen=True, slots=True)
class Quantities:
    """Projects, households, area in ㎡, estates and buildings; the last two are None where a document leaves them out."""

    project_count: int = 0
    household_count: int = 0
    area_sqm: Decimal = Decimal(0)
    estate_count: int | None = 0
    building_count: int | None = 0

    def __add__(self, other: Quantities) -> Quantities:
        return Quantities(
            self.project_count + other.project_count,
            self.household_count + other.household_count,
            self.area_sqm + other.area_sqm,
            _both(self.estate_count, other.estate_count, 1),
            _both(self.building_count, other.building_count, 1),
        )

    def __sub__(self, other: Quantities) -> Quantities:
        return Quantities(
            self.project_count - other.project_count,
            self.household_count - other.household_count,
            self.area_sqm - other.area_sqm,
            _both(self.estate_count, other.estate_count, -1),
            _both(self.building_count, other.building_count, -1),
        )

    @property
    def is_nothing(self) -> bool:
        """Whether nothing of it is over or under 0."""
        return not any(getattr(self, attribute) for _, attribute, _, _ in PARTS)


def _both(one: int | None, other: int | None, sign: int) -> int | None:
    """One and the other; nothing is known of what either leaves out."""
    return None if one is None or other is None else one + sign * other


#: (field of the form, of the row, label, unit) of a street's official totals.
PARTS = (
    ("projects", "project_count", "项目数", " 个"),
    ("estates", "estate_count", "小区数", " 个"),
    ("buildings", "building_count", "楼栋数", " 栋"),
    ("households", "household_count", "户数", " 户"),
    ("area", "area_sqm", "建筑面积", " ㎡"),
)
#: As sentences say them.
_SHORT = {"项目数": "项目", "小区数": "小区", "楼栋数": "楼栋", "建筑面积": "面积"}
#: Those that a document may leave out.
OPTIONAL_PARTS = frozenset({"estates", "buildings"})


def of_row(row: ProgrammeTotal) -> Quantities:
    """The official totals that a row holds."""
    return Quantities(
        row.project_count, row.household_count, row.area_sqm, row.estate_count, row.building_count
    )


def gaps_in_words(*, word: str, ours: Quantities, official: Quantities) -> list[str]:
    """项目台账 5 个，下达 6 个，少 1 个; one for each quantity that differs. ``word`` says what ours is."""
    gap = ours - official
    found = []
    for _, attribute, name, unit in PARTS:
        label = _SHORT.get(name, name)
        difference = getattr(gap, attribute)
        if difference:
            here, theirs = getattr(ours, attribute), getattr(official, attribute)
            more = "多" if difference > 0 else "少"
            found.append(
                f"{label}{word} {here:,}{unit}，下达 {theirs:,}{unit}，{more} {abs(difference):,}{unit}"
            )
    return found


@dataclass(frozen=True, slots=True)
class StreetTotal:
    """A street's official totals (None where none are entered) beside the ledger's sums."""

    street_id: int
    street_name: str
    official: Quantities | None
    ledger: Quantities

    @property
    def difference(self) -> Quantities | None:
        """Ledger less official."""
        return None if self.official is None else self.ledger - self.official

    @property
    def agrees(self) -> bool:
        """Whether all that the document names are equal, unrounded."""
        return self.difference is not None and self.difference.is_nothing


def street_totals(
    *, programme: Programme, on: date, street_ids: Collection[int] | None = None
) -> list[StreetTotal]:
    """Official totals and ledger sums by street on a day, in the order of the streets; constant queries.

    Every street that has either is there, of ``street_ids`` only where they are given. Quantities are those of the estates of the projects in scope
    (MEASURES.md, Programme).
    """
    sums: dict[int, Quantities] = {}
    names: dict[int, str] = {}
    projects, rows = projects_of(programme.pk), programme.totals.select_related("street")
    if street_ids is not None:
        projects, rows = (
            projects.filter(street_id__in=street_ids),
            rows.filter(street_id__in=street_ids),
        )
    for facts in project_facts(projects=projects, on=on):
        names.setdefault(facts.street_id, facts.street_name)
        had = sums.get(facts.street_id, Quantities())
        sums[facts.street_id] = had + Quantities(
            1, facts.household_count, facts.area_sqm, facts.estate_count, facts.building_count
        )
    official: dict[int, Quantities] = {}
    for row in rows:
        names[row.street_id] = row.street.short_name
        official[row.street_id] = of_row(row)
    order = Organisation.objects.filter(pk__in=names).values_list("pk", "order")
    places = dict(order)
    return [
        StreetTotal(pk, names[pk], official.get(pk), sums.get(pk, Quantities()))
        for pk in sorted(names, key=lambda pk: (places[pk], pk))
    ]


def sum_of(*, totals: list[StreetTotal]) -> StreetTotal:
    """The district's line: the sums of the streets."""
    official = [row.official for row in totals if row.official is not None]
    return StreetTotal(
        0,
        "合计",
        sum(official, Quantities()) if official else None,
        sum((row.ledger for row in totals), Quantities()),
    )


def differences(*, totals: list[StreetTotal]) -> list[str]:
    """A sentence for each street whose ledger differs from the official totals."""
    said = []
    for row in totals:
        official = row.official
        if official is None:
            said.append(f"{row.street_name}还没有录入计划下达数。")
        elif not row.agrees:
            parts = gaps_in_words(word="台账", ours=row.ledger, official=official)
            said.append(f"{row.street_name}：{'；'.join(parts)}。")
    return said


@transaction.atomic
def create_programme(
    *, bureau: Organisation, values: Mapping[str, Any], by: User, now: datetime
) -> Programme:
    """Begin a year's programme; refuses a second one of the year (``programme.year``)."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)
    if Programme.objects.filter(bureau=bureau, year=values["year"]).exists():
        raise Refusal("programme.year", f"已有 {values['year']} 年度的计划。", field="year")
    own, deadline = _without_deadline(values)
    programme = Programme(bureau=bureau, **own)
    programme._history_user = by  # type: ignore[attr-defined]
    programme.save(force_insert=True)
    _set_start_deadline(programme, deadline, by)
    audit(
        act="programme.create",
        sentence=f"新建{programme}",
        by=by,
        now=now,
        target=programme,
        organisation=bureau,
        changes={name: [None, str(value)] for name, value in values.items() if value is not None},
    )
    return programme


@transaction.atomic
def update_programme(
    *,
    programme: Programme,
    values: Mapping[str, Any],
    totals: Mapping[int, Quantities | None],
    seen: str | None = None,
    by: User,
    now: datetime,
) -> Programme:
    """Change a programme's own fields and the official totals by street id (None: not entered).

    ``start_deadline_on`` among the values is the deadline of the gate 开工. The audit entry holds every value
    that changed; nothing is written where nothing did. Raises ``SheetConflict`` where somebody changed any of it
    since ``seen`` (``programme_mark``; None looks at nothing).
    """
    programme = Programme.objects.select_for_update().select_related("bureau").get(pk=programme.pk)
    if seen is not None:
        _refuse_stale(programme, seen)
    own, deadline = _without_deadline(values)
    changes = changed_fields(programme, own)
    for name in changes:
        setattr(programme, name, own[name])
    if changes:
        programme._history_user = by  # type: ignore[attr-defined]
        programme.save(update_fields=list(changes))
    changes |= _set_start_deadline(programme, deadline, by)
    for street_id, wanted in totals.items():
        changes |= _set_total(programme, street_id, wanted, by)
    if changes:
        audit(
            act="programme.update",
            sentence=f"修改{programme}",
            by=by,
            now=now,
            target=programme,
            organisation=programme.bureau,
            changes=changes,
        )
    return programme


def programme_mark(*, programme: Programme) -> str:
    """What the form of a programme carries; read it before what it shows. Three queries."""
    return mark_of(*_histories(programme))


def _histories(programme: Programme) -> tuple[QuerySet[Any], ...]:
    own: Any = Programme
    totals: Any = ProgrammeTotal
    deadlines: Any = GateDeadline
    return (
        own.history.filter(id=programme.pk),
        totals.history.filter(programme_id=programme.pk),
        deadlines.history.filter(programme_id=programme.pk, gate=GateKind.STARTED),
    )


#: The own fields of a programme in its form.
_OWN = ("name", "approved_on", "document_number")


def _refuse_stale(programme: Programme, seen: str) -> None:
    own, totals, deadlines = _histories(programme)
    numbers = seen_numbers(seen, 3)
    names = dict(Organisation.objects.values_list("pk", "short_name"))
    cells: list[tuple[Written, Cell]] = []

    def changed(each: Written, name: str, label: str, attribute: str, unit: str = "") -> None:
        before, after = (
            None if row is None else getattr(row, attribute) for row in (each.before, each.after)
        )
        if before != after:
            old, new = (
                f"{value:,}{unit}" if unit and value is not None else in_words(value)
                for value in (before, after)
            )
            cells.append((each, Cell(name, label, before, after, (old, new))))

    for each in written_since(history=own, key="id", seen=numbers[0]):
        for name in _OWN:
            changed(each, name, str(Programme._meta.get_field(name).verbose_name), name)  # type: ignore[union-attr]
    for each in written_since(history=totals, key="street_id", seen=numbers[1]):
        street = each.row.street_id
        for part, attribute, word, unit in PARTS:
            changed(each, f"{part}-{street}", f"{names[street]}{word}", attribute, unit)
    for each in written_since(history=deadlines, key="gate", seen=numbers[2]):
        changed(each, "start_deadline_on", "全部开工期限", "due_on")
    refuse_stale(cells=cells, noun="这个年度计划", mark=mark_of(own, totals, deadlines))


def _without_deadline(values: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    own = dict(values)
    return own, own.pop("start_deadline_on", KEEP)


def _set_start_deadline(programme: Programme, due_on: Any, by: User) -> dict[str, list[Any]]:
    """The deadline of the gate 开工 as the programme's form asks for it; its document stays."""
    if due_on is KEEP:
        return {}
    row = programme.deadlines.filter(gate=GateKind.STARTED).first()
    before = row.due_on if row else None
    if before == due_on:
        return {}
    number = row.document_number if row else programme.document_number
    wanted = None if due_on is None else DeadlineValues(due_on, number)
    write_deadlines(programme=programme, wanted={GateKind.STARTED: wanted}, by=by)
    shown = [None if day is None else str(day) for day in (before, due_on)]
    return {"start_deadline_on": shown}


def _set_total(
    programme: Programme, street_id: int, wanted: Quantities | None, by: User
) -> dict[str, list[Any]]:
    row = programme.totals.filter(street_id=street_id).select_related("street").first()
    if wanted is None:
        if row is None:
            return {}
        row._history_user = by  # type: ignore[attr-defined]
        before = of_row(row)
        name = row.street.code
        row.delete()
        return {name: [_said(before), None]}
    had: Quantities | None = None
    if row is None:
        row = ProgrammeTotal(programme=programme, street_id=street_id)
    else:
        had = of_row(row)
    if had == wanted:
        return {}
    for _, attribute, _, _ in PARTS:
        setattr(row, attribute, getattr(wanted, attribute))
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    return {row.street.code: [None if had is None else _said(had), _said(wanted)]}


def _said(of: Quantities) -> str:
    known = ((getattr(of, attribute), unit) for _, attribute, _, unit in PARTS)
    return "，".join(f"{value}{unit}" for value, unit in known if value is not None)
