"""Opening, following, explaining and closing the alarm 支付与进度背离 (MEASURES.md, Money; CAPABILITIES.md B5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from projects.funding.facts import Money, read_money
from projects.ledger.facts import Ledger, read_ledger
from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.core.declarations import difference_of
from renovation.core.declarations import measure as compute
from renovation.core.errors import Refusal, StateConflict
from renovation.core.measures import Approval, format_decimal
from renovation.core.periods import Week
from renovation.records.models import Setting
from renovation.records.services import audit, lineage, values_in_force
from supervision.weekly.facts import progress_from, report_history, thresholds_in_force

from .catalogue import declarations
from .divergence import Spending, spending
from .enums import AlarmState, Direction
from .models import AlarmReading, DivergenceAlarm
from .parameters import DIVERGENCE_POINTS

RETURNED = "回到界限以内"
TURNED = "转为相反方向"
OUT_OF_SCOPE = "项目不再计入"


@dataclass(frozen=True, slots=True)
class Watched:
    """A project at the end of a week: the figure and its two sides as shown; None where there is no number."""

    project_id: int
    value: Decimal | None
    paid: Decimal | None
    physical: Decimal | None


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    opened: int
    read: int
    closed: int

    def as_json(self) -> dict[str, int]:
        """For the ledger of runs."""
        return {"opened": self.opened, "read": self.read, "closed": self.closed}


def direction_of(value: Decimal) -> Direction:
    """Paid faster than built, or slower."""
    return Direction.AHEAD if value > 0 else Direction.BEHIND


@transaction.atomic
def sweep_week(
    *,
    bureau: Organisation,
    week: Week,
    now: datetime,
    watch: Watch | None = None,
    tell: Callable[..., object] = audit,
) -> Swept:
    """Look at every project of a bureau at the end of a week, on what is approved.

    A project beyond the threshold (as shown) gets an alarm if none stands; a standing one gets the week's reading
    and is closed when the figure is within the threshold again, when it turned to the other side (a new alarm is
    opened then), or when the project has no figure any more. Idempotent: a week that was read for an alarm is
    not read again, and no week before an alarm's last reading changes it. A reading therefore tells what was
    approved when its week was swept, and stays, for people explained and closed alarms on it; a light is judged
    again after a late approval (``weekly.judgements``), so the two may speak of different data about one week. The
    next week's reading has the corrected figures. ``watch`` saves reading the rows again,
    ``tell`` writes the audit entries (the demo collects them first).
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=bureau.pk)
    limit: Decimal = values_in_force(organisation=bureau, on=week.end)[DIVERGENCE_POINTS.key]
    rule = _rule(bureau, week)
    standing = {
        alarm.project_id: alarm
        for alarm in DivergenceAlarm.objects.standing()
        .filter(project__programme__bureau=bureau)
        .select_related("project__street")
        .prefetch_related("readings")
    }
    opened = read = closed = 0
    for watched in (watch or read_watch(bureau=bureau)).at(week=week, standing=standing):
        alarm = standing.get(watched.project_id)
        if alarm is not None:
            if not _is_next(alarm, week):
                continue
            outcome = _follow(alarm, watched, week, limit, now, tell)
            read += watched.value is not None
            closed += outcome != ""
            if outcome != TURNED:
                continue
        value = watched.value
        if value is None or abs(value) <= limit or _knows(watched.project_id, week):
            continue
        _open(watched, week, limit, rule, now, tell)
        opened += 1
    return Swept(opened, read, closed)


@dataclass(frozen=True)
class Watch:
    """What is known of a bureau's projects, read once, from which any week can be told."""

    bureau: Organisation
    ledger: Ledger
    purse: Money
    history: Any

    def at(self, *, week: Week, standing: Mapping[int, Any] | None = None) -> list[Watched]:
        """Every project in scope at the end of a week with its figure, and those with a standing alarm that are
        out of scope without one."""
        projects = self.ledger.on(week.end)
        progress = progress_from(
            projects=projects,
            on=week.end,
            history=self.history,
            thresholds=thresholds_in_force(bureau=self.bureau, on=week.end),
        )
        money = self.purse.on(projects=projects, day=week.end, approval=Approval.APPROVED)
        found = [_watched(fact, week) for fact in spending(progress, money)]
        seen = {watched.project_id for watched in found}
        gone = [pk for pk in standing or {} if pk not in seen]
        return [*found, *(Watched(pk, None, None, None) for pk in gone)]


def read_watch(*, bureau: Organisation) -> Watch:
    """The ledger, money and reports of all projects of a bureau; a constant number of queries."""
    ledger = read_ledger(projects=Project.objects.filter(programme__bureau=bureau))
    ids = [project.pk for project in ledger.projects]
    return Watch(
        bureau=bureau,
        ledger=ledger,
        purse=read_money(project_ids=ids),
        history=report_history(project_ids=ids, approval=Approval.APPROVED),
    )


def _watched(fact: Spending, week: Week) -> Watched:
    """The very figures of the catalogue, as shown."""
    declared = declarations()
    paid, physical = (
        compute(declared[name], [row], as_of=week.end, approval=Approval.APPROVED)
        for name, row in (("支付占计划投资", fact), ("形象进度", fact.progress))
    )
    value = difference_of(declared["支付与进度背离"], paid, physical)
    return Watched(fact.progress.project.pk, value.shown, paid.shown, physical.shown)


def _rule(bureau: Organisation, week: Week) -> dict[str, Any]:
    """The row of the setting in force: nearest organisation, latest day; empty for the default."""
    order = {pk: place for place, pk in enumerate(lineage(organisation=bureau))}
    rows = Setting.objects.filter(
        organisation__in=list(order), key=DIVERGENCE_POINTS.key, effective_on__lte=week.end
    ).order_by("effective_on", "pk")
    chosen: Setting | None = None
    for row in rows:
        if chosen is None or order[row.organisation_id] <= order[chosen.organisation_id]:
            chosen = row
    if chosen is None:
        return {}
    return {"setting": chosen.pk, "effective_on": chosen.effective_on.isoformat()}


def _is_next(alarm: DivergenceAlarm, week: Week) -> bool:
    last = max((reading.week_start for reading in alarm.readings.all()), default=None)
    return last is None or week.start > last


def _knows(project_id: int, week: Week) -> bool:
    """Whether an alarm of a project was opened or read in a week or later: the past is not swept again."""
    rows = DivergenceAlarm.objects.filter(project=project_id)
    return (
        rows.filter(opened_on__gte=week.end).exists()
        or AlarmReading.objects.filter(alarm__in=rows, week_start__gte=week.start)
        .exclude(alarm__closing=TURNED)
        .exists()
    )


def _open(
    watched: Watched,
    week: Week,
    limit: Decimal,
    rule: Mapping[str, Any],
    now: datetime,
    tell: Callable[..., object],
) -> None:
    if watched.value is None:
        return
    alarm = DivergenceAlarm.objects.create(
        project_id=watched.project_id,
        direction=direction_of(watched.value),
        opened_on=week.end,
        value_points=watched.value,
        threshold_points=limit,
        rule=dict(rule),
    )
    _read(alarm, watched, week, now)
    _audit(
        alarm, "open", f"报警：{alarm}，背离 {_points(watched.value)}", by=None, now=now, tell=tell
    )


def _follow(
    alarm: DivergenceAlarm,
    watched: Watched,
    week: Week,
    limit: Decimal,
    now: datetime,
    tell: Callable[..., object],
) -> str:
    """Read the week; the reason where the alarm was closed, else ""."""
    if watched.value is None:
        return _close(alarm, week, OUT_OF_SCOPE, now, tell)
    _read(alarm, watched, week, now)
    if abs(watched.value) <= limit:
        return _close(alarm, week, RETURNED, now, tell)
    if direction_of(watched.value) != alarm.direction:
        return _close(alarm, week, TURNED, now, tell)
    return ""


def _read(alarm: DivergenceAlarm, watched: Watched, week: Week, now: datetime) -> None:
    if watched.value is None or watched.paid is None or watched.physical is None:
        return
    AlarmReading.objects.create(
        alarm=alarm,
        week_start=week.start,
        value_points=watched.value,
        paid_percent=watched.paid,
        physical_percent=watched.physical,
        read_at=now,
    )


def _close(
    alarm: DivergenceAlarm, week: Week, reason: str, now: datetime, tell: Callable[..., object]
) -> str:
    alarm.state, alarm.closed_on, alarm.closing = AlarmState.CLOSED, week.end, reason
    alarm.save(update_fields=["state", "closed_on", "closing"])
    _audit(alarm, "close", f"解除报警：{alarm}，{reason}", by=None, now=now, tell=tell)
    return reason


@transaction.atomic
def explain(
    *,
    alarm: DivergenceAlarm,
    text: str,
    by: User,
    now: datetime,
    tell: Callable[..., object] = audit,
) -> DivergenceAlarm:
    """Say why payments and progress differ: the alarm leaves the list and is followed silently until the figure
    returns. Refuses no words (``funding.reason``) and what is explained or closed (``StateConflict``)."""
    if not text.strip():
        raise Refusal("funding.reason", "请写明背离的原因。", field="text")
    changed = DivergenceAlarm.objects.filter(pk=alarm.pk, state=AlarmState.OPEN).update(
        state=AlarmState.EXPLAINED, explanation=text.strip(), explained_by=by, explained_at=now
    )
    alarm.refresh_from_db()
    if not changed:
        raise StateConflict(
            f"这次报警现在是“{alarm.get_state_display()}”，不能再说明。", state=alarm.state
        )
    _audit(alarm, "explain", f"说明付款背离：{alarm}", by=by, now=now, reason=text, tell=tell)
    return alarm


def _audit(
    alarm: DivergenceAlarm,
    act: str,
    sentence: str,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    tell: Callable[..., object] = audit,
) -> None:
    tell(
        act=f"divergence.{act}",
        sentence=sentence,
        by=by,
        now=now,
        target=alarm,
        organisation=alarm.project.street,
        reason=reason,
    )


def _points(value: Decimal) -> str:
    return f"{format_decimal(value, 1, signed=True)} 百分点"
