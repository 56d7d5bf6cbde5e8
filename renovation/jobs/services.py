"""The tick: schedules that are due become runs, runs are nudged, abandoned work is healed.

The tick knows nothing of what it runs: wings declare kinds in their ``schedules.py`` (HOUSE.md §4.4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

import structlog
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils.module_loading import module_has_submodule

from renovation.accounts.models import Organisation, User
from renovation.core.calendar import WorkCalendar
from renovation.core.errors import Refusal
from renovation.core.schedules import Rule, RunContext, ScheduleKind, Sweep, due_periods
from renovation.records.models import WorkState
from renovation.records.services import audit, work_calendar

from .models import Heartbeat, Run, Schedule

log = structlog.get_logger(__name__)

#: A run that is silent for longer than this is taken for abandoned (its worker was killed).
LEASE = timedelta(minutes=20)
MOST_ATTEMPTS = 5
#: How far back the tick looks for what it missed while the machine was down.
LONGEST_OUTAGE = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did: rows made, runs to nudge, runs taken back from dead workers."""

    made: int
    missed: int
    healed: int
    waiting: tuple[int, ...]


def _declared(name: str) -> Iterator[Any]:
    """What wings list under a name in their ``schedules.py``."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "schedules"):
            yield from getattr(import_module(f"{config.name}.schedules"), name, [])


@cache
def kinds() -> Mapping[str, ScheduleKind]:
    """All kinds that wings declare, by code."""
    found: dict[str, ScheduleKind] = {}
    for kind in _declared("KINDS"):
        if kind.code in found:
            raise RuntimeError(f"two schedule kinds have the code {kind.code!r}")
        found[kind.code] = kind
    return found


def label_of(code: str) -> str:
    """What a kind is called, its code where no wing declares it any more."""
    kind = kinds().get(code)
    return kind.label if kind is not None else code


@cache
def sweeps() -> Mapping[str, Sweep]:
    """All sweeps that wings declare, by code."""
    return {sweep.code: sweep for sweep in _declared("SWEEPS")}


def sweep(*, code: str, now: datetime) -> int:
    """Do one sweep and return how many rows it moved; a fault of one never stops another."""
    with structlog.contextvars.bound_contextvars(run_kind=code):
        try:
            moved = sweeps()[code].run(now)
        except Exception:
            log.exception("sweep_failed")
            return 0
        if moved:
            log.info("swept", count=moved)
        return moved


def tick(*, now: datetime) -> Ticked:
    """One beat: turn due schedules into runs, unique per kind, period and organisation, and heal.

    Returns the ids of the runs that wait; the caller nudges them. Safe to call twice at once.
    """
    Heartbeat.objects.update_or_create(name="tick", defaults={"at": now})
    states: Counter[str] = Counter()
    calendar = work_calendar()
    for schedule in Schedule.objects.filter(is_enabled=True).select_related("organisation"):
        try:
            states.update(_runs_due(schedule, now, calendar))
        except Exception:  # one row that cannot be read stops no other
            log.exception("schedule_failed", kind=schedule.kind, schedule_id=schedule.pk)
    made, missed = states.total(), states[WorkState.MISSED]
    healed = _heal(now)
    waiting = tuple(Run.objects.waiting(now=now).order_by("due_at").values_list("pk", flat=True))
    return Ticked(made, missed, healed, waiting)


def _runs_due(schedule: Schedule, now: datetime, calendar: WorkCalendar) -> Iterator[WorkState]:
    """Make the runs of a schedule whose time has come; yields the state of each that was made."""
    kind = kinds().get(schedule.kind)
    if kind is None:
        log.warning("schedule_without_kind", kind=schedule.kind)
        return
    rule = Rule.from_json(schedule.rule) if schedule.rule else kind.default_rule
    since = max(schedule.starts_at, now - LONGEST_OUTAGE)
    done = set(
        Run.objects.filter(
            kind=kind.code, organisation=schedule.organisation, due_at__gte=since
        ).values_list("period_key", flat=True)
    )
    if kind.moments is None:
        due = due_periods(rule, since, now, calendar)
    else:
        due = kind.moments(schedule.organisation_id, since, now)
    for period_key, due_at in due:
        if period_key in done:
            continue
        state = WorkState.MISSED if kind.is_missed(due_at, now) else WorkState.QUEUED
        if _make_run(schedule, period_key, due_at, state, now):
            yield state


def _make_run(
    schedule: Schedule, period_key: str, due_at: datetime, state: WorkState, now: datetime
) -> bool:
    try:
        with transaction.atomic():
            _, created = Run.objects.get_or_create(
                kind=schedule.kind,
                period_key=period_key,
                organisation=schedule.organisation,
                defaults={
                    "due_at": due_at,
                    "work_state": state,
                    "not_before": now,
                    "finished_at": now if state == WorkState.MISSED else None,
                    "error": "到时没有运行，已过允许补办的时间。"
                    if state == WorkState.MISSED
                    else "",
                },
            )
    except IntegrityError:
        return False
    return created


def _heal(now: datetime) -> int:
    """Queue abandoned runs again; those that died too often have failed."""
    healed = 0
    for run in Run.objects.abandoned(now=now, lease=LEASE):
        if run.attempts >= MOST_ATTEMPTS:
            Run.objects.fail(run.pk, error=f"运行 {run.attempts} 次都中断了。", now=now)
        else:
            healed += Run.objects.requeue(run.pk, now=now)
    return healed


def execute(*, run_id: int, now: datetime) -> bool:
    """Do a run; False when another worker has it. A failure is kept on the row and tried again, later
    each time (1, 4, 9 … minutes), five times at the most."""
    if not Run.objects.claim(run_id, now=now):
        return False
    run = Run.objects.select_related("organisation").get(pk=run_id)
    kind = kinds().get(run.kind)
    with structlog.contextvars.bound_contextvars(run_id=str(run.pk), run_kind=run.kind):
        try:
            if kind is None:
                raise Refusal("run.unknown_kind", f"没有任务“{run.kind}”。")
            context = RunContext(
                period_key=run.period_key,
                organisation_id=run.organisation_id,
                now=now,
                run_id=run.pk,
            )
            result: dict[str, Any] = kind.run(context) or {}
        except Refusal as refusal:
            Run.objects.fail(run.pk, error=refusal.message, now=now)
            log.warning("run_refused", code=refusal.code)
            return True
        except Exception as fault:
            log.exception("run_failed", attempts=run.attempts)
            Run.objects.falter(
                run.pk,
                attempts=run.attempts,
                most_attempts=MOST_ATTEMPTS,
                error=f"系统出错（{type(fault).__name__}），详见日志。",
                now=now,
            )
            return True
        with transaction.atomic():
            Run.objects.filter(pk=run.pk).update(result=result)
            Run.objects.finish(run.pk, now=now)
    return True


@transaction.atomic
def set_schedule(
    *,
    kind: str,
    organisation: Organisation,
    rule: Rule,
    is_enabled: bool,
    by: User | None,
    now: datetime,
) -> Schedule:
    """Make or change the schedule of a kind for an organisation; what was due before it was switched on
    stays undone.

    Refuses an unknown kind (``schedule.unknown``) and another period than the kind's (``schedule.period``).
    """
    declared = kinds().get(kind)
    if declared is None:
        raise Refusal("schedule.unknown", f"没有任务“{kind}”。", field="kind")
    if rule.every is not declared.period:
        raise Refusal(
            "schedule.period", f"这项任务只能按“{declared.period.label}”安排。", field="every"
        )
    row, created = Schedule.objects.select_for_update().get_or_create(
        kind=kind,
        organisation=organisation,
        defaults={"rule": rule.as_json(), "is_enabled": is_enabled, "starts_at": now},
    )
    before = None if created else [row.rule, row.is_enabled]
    if not created and (row.rule, row.is_enabled) != (rule.as_json(), is_enabled):
        if is_enabled and not row.is_enabled:
            row.starts_at = now
        row.rule, row.is_enabled = rule.as_json(), is_enabled
        row.save(update_fields=["rule", "is_enabled", "starts_at"])
    audit(
        act="schedule.set",
        sentence=f"{organisation}“{declared.label}”定为{declared.text_of(rule)}，{'启用' if is_enabled else '停用'}",
        by=by,
        now=now,
        target=row,
        organisation=organisation,
        changes={"rule": [before, [rule.as_json(), is_enabled]]},
    )
    return row


@transaction.atomic
def run_again(*, run: Run, by: User, now: datetime) -> None:
    """Queue a failed or missed run once more, by hand.

    Refuses (``run.not_failed``) a run that waits, runs or is done.
    """
    queued = Run.objects.filter(
        pk=run.pk, work_state__in=[WorkState.FAILED, WorkState.MISSED]
    ).update(work_state=WorkState.QUEUED, not_before=now, attempts=0, error="")
    if not queued:
        raise Refusal("run.not_failed", "只有失败或错过的任务可以重新运行。")
    audit(
        act="run.again",
        sentence=f"重新运行“{label_of(run.kind)}”（{run.period_key}）",
        by=by,
        now=now,
        target=run,
        organisation=run.organisation,
    )
