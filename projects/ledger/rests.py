"""Windows in which kinds of work rest: keeping them, and what a plan asks for inside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction

from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.measures import format_decimal
from renovation.core.periods import Month
from renovation.core.wording import chinese_date, short_date
from renovation.records.services import audit

from .conflicts import lock_seen
from .enums import SURFACE_KINDS, UNDERGROUND_KINDS, BaselineState, WorkKind
from .facts import Plan
from .models import Baseline, RestWindow
from .passing import changed_fields


@dataclass(frozen=True, slots=True)
class Warned:
    """Something about a plan that is allowed but should be looked at: ``field`` of the form, one sentence."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Outline:
    """What the warnings read of a plan."""

    plan: Plan
    works: Mapping[Month, WorkKind]


def outline(
    *,
    start: date,
    completion: date,
    targets: Mapping[Month, Decimal],
    works: Mapping[Month, WorkKind],
) -> Outline:
    """A plan as typed in a form."""
    points = tuple((month.end, int(percent * 10)) for month, percent in sorted(targets.items()))
    return Outline(Plan(0, 0, start, completion, 0, 0, points), works)


def outline_of(*, baseline: Baseline) -> Outline:
    """A stored plan, its targets prefetched."""
    rows = list(baseline.targets.all())
    return outline(
        start=baseline.planned_start_on,
        completion=baseline.planned_completion_on,
        targets={Month.of(row.month_end_on): row.target_percent for row in rows},
        works={
            Month.of(row.month_end_on): WorkKind(row.work_kind) for row in rows if row.work_kind
        },
    )


def windows_of(*, bureau_id: int, start: date, completion: date) -> list[RestWindow]:
    """The windows of a bureau that touch a plan. One query."""
    rows = RestWindow.objects.filter(bureau_id=bureau_id).touching(start, completion)
    return list(rows)


def warnings(*, of: Outline, windows: Sequence[RestWindow]) -> list[Warned]:
    """Months in which a plan asks for progress of a kind of work that rests, and an order of the works
    against 先拆违后治理, 先地下后地上 (黄石答复)."""
    return [*resting(of=of, windows=windows), *order_of_works(of=of)]


def rests_of(*, baselines: Sequence[Baseline], bureau_id: int) -> dict[int, list[Warned]]:
    """The months of stored plans of a bureau that fall into a window for their work (W37), by plan; who approves one
    says why. What was approved before the portal is asked nothing. One query beside their targets."""
    asked = [row for row in baselines if not row.is_opening]
    windows = (
        windows_of(
            bureau_id=bureau_id,
            start=min(row.planned_start_on for row in asked),
            completion=max(row.planned_completion_on for row in asked),
        )
        if asked
        else []
    )
    found: dict[int, list[Warned]] = {row.pk: [] for row in baselines}
    for row in asked if windows else ():
        found[row.pk] = resting(of=outline_of(baseline=row), windows=windows)
    return found


def needs_reason(*, waiting: Baseline | None, bureau_id: int) -> bool:
    """Whether works of a plan that waits for its approval fall into a 停工期, so that who approves it says why; False
    where none waits. One query beside its targets."""
    if waiting is None or waiting.state != BaselineState.DRAFT:
        return False
    return bool(rests_of(baselines=[waiting], bureau_id=bureau_id)[waiting.pk])


def rested_in(*, baseline: Baseline, windows: Sequence[RestWindow]) -> list[RestWindow]:
    """The windows into which works of a stored plan fall, its targets prefetched."""
    of = outline_of(baseline=baseline)
    return [each for each in windows if resting(of=of, windows=[each])]


def falls_into(*, window: RestWindow, month: Month, of: Outline) -> bool:
    """Whether the work of a month of a plan rests in a window: all that is outdoors, or its kind. A month with a
    target whose work nobody named may be any work; one without (that in which the plan ends) names none."""
    kind = of.works.get(month)
    asked = any(Month.of(day) == month for day, _ in of.plan.targets)
    return window.work_kind in {WorkKind.ALL, kind} or (asked and kind is None)


def as_set_on(*, window: RestWindow, on: date) -> RestWindow | None:
    """A window as it stood on a day; None where it did not hold that day yet, for one that is added or grows later
    reproaches nothing of days before. One query where its bounds were set since or when it was over."""
    if window.set_at is not None and local_day(window.set_at) <= on:
        return window
    records = list(window.history.order_by("history_date", "history_id"))
    if not records:
        return window
    by_then = [row for row in records if local_day(row.history_date) <= on]
    then: RestWindow | None = by_then[-1].instance if by_then else None
    return then if then is not None and then.from_on <= on <= then.to_on else None


def resting(*, of: Outline, windows: Sequence[RestWindow]) -> list[Warned]:
    """The months of a plan that ask for progress of work that rests in them."""
    found = []
    plan = of.plan
    month = Month.of(plan.start_on)
    while month.start <= plan.completion_on:
        first, last = max(month.start, plan.start_on), min(month.end, plan.completion_on)
        demanded = plan.scheduled_percent(last) - (
            plan.scheduled_percent(month.previous().end) if first == month.start else Fraction(0)
        )
        kind = of.works.get(month)
        for window in windows:
            rests = falls_into(window=window, month=month, of=of)
            days = (min(last, window.to_on) - max(first, window.from_on)).days + 1
            if demanded > 0 and rests and days > 0:
                unnamed = "（没有写主要作业）" if window.work_kind != WorkKind.ALL else ""
                work = f"（{kind.label}）" if kind else unnamed
                points = format_decimal(
                    Decimal(demanded.numerator) / Decimal(demanded.denominator), 1
                )
                found.append(
                    Warned(
                        f"target-{month.key}",
                        f"{month.label}要推进 {points} 个百分点{work}，其中 {days} 天在"
                        f"{window.get_cause_display()}停工期（{short_date(window.from_on)}—"
                        f"{short_date(window.to_on)}，{window.get_work_kind_display()}）：{window.reason}。",
                    )
                )
        month = month.next()
    return found


def order_of_works(*, of: Outline) -> list[Warned]:
    """先拆违后治理: 拆违 in no later month than other works. 先地下后地上: trenches in no later month than
    paving and planting."""
    months = sorted(of.works.items())
    found = []
    for month, kind in months:
        if kind == WorkKind.DEMOLITION:
            before = [m for m, k in months if m < month and k not in {kind, WorkKind.ALL}]
            if before:
                found.append(
                    Warned(
                        f"work-{month.key}",
                        f"先拆违后治理：{month.label}还排着拆违，{before[0].label}已经排了"
                        f"{of.works[before[0]].label}。",
                    )
                )
        if kind in UNDERGROUND_KINDS:
            before = [m for m, k in months if m < month and k in SURFACE_KINDS]
            if before:
                found.append(
                    Warned(
                        f"work-{month.key}",
                        f"先地下后地上：{month.label}还排着{kind.label}，{before[0].label}已经排了"
                        f"{of.works[before[0]].label}。",
                    )
                )
    return found


@transaction.atomic
def save_window(
    *,
    bureau: Organisation,
    values: Mapping[str, Any],
    by: User,
    now: datetime,
    window: RestWindow | None = None,
    seen_version: int = 0,
) -> RestWindow:
    """Add a window, or change one that nobody changed meanwhile (``EditConflict``). Refuses one that ends
    before it begins (``rest.order``) and one longer than a year (``rest.long``). Plans in force whose works fall into
    it say a reason since (``rest_reasons``), unless it is over; one that only shrinks or ends early asks nothing anew."""
    if values["to_on"] < values["from_on"]:
        raise Refusal("rest.order", "止不能早于起。", field="to_on")
    if (values["to_on"] - values["from_on"]).days > 366:
        raise Refusal("rest.long", "停工期不超过一年，请分年登记。", field="to_on")
    row = (
        RestWindow(bureau=bureau, version=0)
        if window is None
        else lock_seen(row=window, seen_version=seen_version, noun="停工期")
    )
    changes = changed_fields(row, values)
    if not changes:
        return row
    grows = window is None or _grows(row, values)
    for name in changes:
        setattr(row, name, values[name])
    if grows:
        row.set_at = now if row.to_on >= local_day(now) else None
    row.version += 1
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    audit(
        act="rest_window.create" if window is None else "rest_window.update",
        sentence=f"{'登记' if window is None else '修改'}停工期：{row}，{chinese_date(row.from_on)}至{chinese_date(row.to_on)}",
        by=by,
        now=now,
        target=row,
        organisation=bureau,
        changes=changes,
    )
    return row


def _grows(row: RestWindow, values: Mapping[str, Any]) -> bool:
    """Whether a window comes to touch days or works that it did not touch before."""
    return (
        values["from_on"] < row.from_on
        or values["to_on"] > row.to_on
        or (row.work_kind != WorkKind.ALL and values["work_kind"] != row.work_kind)
    )
