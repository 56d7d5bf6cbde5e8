"""How streets returned, as 总览 tells it: the part of the page that changes with the hour, without a row being
written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.declarations import measure
from renovation.core.measures import Measure
from renovation.core.periods import Week
from reports.figures import services as figures
from reports.figures.catalogue import catalogue
from reports.figures.services import Facts
from supervision.weekly.register import Register, register_between
from supervision.weekly.standing import Standing

from .choice import Choice
from .parts import ReturnCell, ReturnRow

#: How many asked weeks the table of returns looks back over.
WEEKS_SHOWN = 6


def register_of(choice: Choice, scope: Scope, now: datetime) -> Register:
    """The returns of the last asked weeks up to the chosen one, for who reads returns."""
    if choice.week is None or not scope.can(Permission.RETURN_READ):
        return Register(streets=(), lines=())
    return register_between(
        bureau=choice.programme.bureau,
        streets=scope.organisation_ids,
        first=choice.week.shift(1 - 2 * WEEKS_SHOWN),
        last=choice.week,
        now=now,
        tells_nil=False,
        most=WEEKS_SHOWN,
    )


def _return_cell(week: Week, stands: Standing | None) -> ReturnCell:
    if stands is None:
        return ReturnCell(week=week)
    if stands.is_reported:
        is_late = stands.is_late
        word = "迟报" if is_late else "按时"
        return ReturnCell(week=week, word=word, is_on_time=not is_late, is_late=is_late)
    word = "未报" if stands.is_missing else "待报"
    return ReturnCell(week=week, word=word, is_missing=stands.is_missing)


def return_rows(register: Register, week: Week | None) -> tuple[ReturnRow, ...]:
    """The streets of which a return was expected in a week, those that owe it first."""
    rows = []
    for number, street in enumerate(register.streets):
        cells, present = [], None
        for line in reversed(register.lines):
            entry = line.entries[number]
            cells.append(_return_cell(line.week, entry.standing))
            if line.week == week:
                present = entry
        if present is None or present.standing is None:
            continue
        rows.append(
            ReturnRow(
                street=street.short_name,
                code=street.code,
                word=present.standing.word,
                kind=present.standing.kind,
                sent_at=present.sent_at if present.standing.is_reported else None,
                is_missing=present.standing.is_missing,
                cells=tuple(cells),
            )
        )
    return tuple(sorted(rows, key=lambda row: not row.is_missing))


def week_rate(facts: Facts, week: Week | None) -> Measure:
    """报送率 of the week alone, by its declaration."""
    rows = [row for row in facts.returns if row.week == week]
    return measure(
        catalogue()["报送率"], rows, as_of=facts.as_of, approval=facts.approval, period=week
    )


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """The newest week of which the figures of a street speak, None where there are none."""

    code: str
    name: str
    latest: Week | None


def spoken_of(facts: Facts) -> tuple[Spoken, ...]:
    """Each street in sight; one whose projects are all completed has nothing to report of them."""
    found = []
    for place in facts.places[figures.STREET]:
        here = [fact for fact in facts.rows("progress", place) if not fact.is_completed]
        if here:
            weeks = [fact.report.week for fact in here if fact.report is not None]
            found.append(Spoken(code=place.code, name=place.name, latest=max(weeks, default=None)))
    return tuple(found)


def older_figures(
    facts: Facts, week: Week | None, spoken: Iterable[Spoken] | None = None
) -> tuple[str, ...]:
    """Streets whose figures are of an earlier week, by name, with the reason and the week that counts."""
    if week is None:
        return ()
    found = []
    rows = {row.street.code: row for row in facts.returns if row.week == week}
    for street in spoken_of(facts) if spoken is None else spoken:
        expected, latest = rows.get(street.code), street.latest
        if expected is None or latest == week:
            continue
        reason = "尚未核定" if expected.is_reported else expected.word
        counted = f"按第{latest.number}周计" if latest else "还没有可计的周报"
        found.append(f"{street.name}第{week.number}周{reason}，{counted}。")
    return tuple(found)
