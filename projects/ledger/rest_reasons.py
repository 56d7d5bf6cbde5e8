"""Why works of plans that were approved before a 停工期 was added go on in it (W37): who is asked, and what was said.

Who approves a plan says why for the windows that stand then (``baselining``). A window that is added or changed
afterwards touches plans in force that nobody will approve again: their street says why on the plan's page, and is
reminded in 待办 until it has, or until another version of the plan is approved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.todo import Item
from renovation.records.services import audit

from .enums import GateKind
from .models import Baseline, Gate, Project, RestReason, RestWindow
from .plans import in_force
from .querysets import ProjectQuerySet
from .rests import Warned, outline_of, rested_in, resting

WEIGHT = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A plan in force that owes a reason, the windows for which it does, and what falls into them."""

    plan: Baseline
    windows: tuple[RestWindow, ...]
    warned: tuple[Warned, ...]


def asks(*, on: date) -> Q:
    """Whether a project may owe a reason on a day: it is not completed with evidence nor cancelled by then, and a plan
    of it overlaps a window without one. For a queryset of projects; which works fall into the window is told by
    ``asked_of``."""
    said = RestReason.objects.filter(
        baseline=OuterRef(OuterRef("pk")), window=OuterRef("pk"), said_at__gte=OuterRef("set_at")
    )
    windows = RestWindow.objects.filter(
        ~Exists(said),
        bureau=OuterRef("project__programme__bureau"),
        set_at__isnull=False,
        from_on__lte=OuterRef("planned_completion_on"),
        to_on__gte=OuterRef("planned_start_on"),
    )
    plans = Baseline.objects.approved().filter(
        Exists(windows), project=OuterRef("pk"), is_opening=False
    )
    over = Gate.objects.counting().filter(
        project=OuterRef("pk"), kind=GateKind.COMPLETED, actual_on__isnull=False
    )
    return Q(Exists(plans), ~Exists(over)) & (Q(cancelled_on=None) | Q(cancelled_on__gt=on))


def asked_of(*, projects: ProjectQuerySet, on: date) -> dict[Project, Asked]:
    """The projects whose plan in force owes a reason on a day, by code; one that is to be cancelled for the windows
    that begin before. Five queries, one where none may."""
    found = list(
        projects.filter(asks(on=on))
        .select_related("programme", "street")
        .prefetch_related("baselines__targets", "baselines__rest_reasons")
        .order_by("code")
    )
    windows = _windows({row.programme.bureau_id for row in found})
    asked = {}
    for project in found:
        plan = in_force(baselines=list(project.baselines.all()), on=on)
        if plan is not None and not plan.is_opening:
            end = project.cancelled_on or date.max
            before = [row for row in windows[project.programme.bureau_id] if row.from_on < end]
            open_ = unsaid(plan=plan, windows=before)
            if open_:
                warned = resting(of=outline_of(baseline=plan), windows=open_)
                asked[project] = Asked(plan, tuple(open_), tuple(warned))
    return asked


def _windows(bureau_ids: Collection[int]) -> dict[int, list[RestWindow]]:
    found: defaultdict[int, list[RestWindow]] = defaultdict(list)
    if bureau_ids:
        for row in RestWindow.objects.filter(bureau_id__in=bureau_ids, set_at__isnull=False):
            found[row.bureau_id].append(row)
    return found


def unsaid(*, plan: Baseline, windows: Sequence[RestWindow]) -> list[RestWindow]:
    """The windows into which works of an approved plan fall and for which nobody said why since they were set; its
    targets and reasons are prefetched."""
    said = {(row.window_id, row.said_at) for row in plan.rest_reasons.all()}
    return [
        window
        for window in rested_in(baseline=plan, windows=windows)
        if window.set_at is not None
        and not any(pk == window.pk and at >= window.set_at for pk, at in said)
    ]


def is_said(*, plan: Baseline, window: RestWindow, reasons: Iterable[RestReason], on: date) -> bool:
    """Whether a plan said why its works go on in a window on a day: since the window was set.

    Of one whose bounds were set after that day, or when it was over, whatever was said of it counts, and what was
    said when the plan was approved before it was kept for which windows.
    """
    of_plan = [row for row in reasons if row.baseline_id == plan.pk]
    of_window = [row for row in of_plan if row.window_id == window.pk]
    if window.set_at is not None and local_day(window.set_at) <= on:
        return any(row.said_at >= window.set_at for row in of_window)
    if of_window:
        return True
    is_told_apart = window.set_at is not None and any(row.is_of_approval for row in of_plan)
    return bool(plan.rest_reason) and not is_told_apart


def keep_reasons(
    *,
    plan: Baseline,
    windows: Sequence[RestWindow],
    reason: str,
    is_of_approval: bool,
    by: User,
    now: datetime,
) -> None:
    """Write the reason down for each window."""
    RestReason.objects.bulk_create(
        RestReason(
            baseline=plan,
            window=window,
            window_words=window.words,
            reason=reason,
            is_of_approval=is_of_approval,
            said_by=by,
            said_at=now,
        )
        for window in windows
    )


@transaction.atomic
def say_reason(
    *, project: Project, seen: Collection[int], reason: str, by: User, now: datetime, on: date
) -> int:
    """Say why the works of a project's plan in force go on in the windows that it owes a reason for; how many.

    Refuses no words (``rest.reason``), where nothing is owed (``rest.said``), and where other windows are owed for
    than ``seen`` (``rest.changed``).
    """
    locked = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    found = asked_of(projects=Project.objects.filter(pk=locked.pk), on=on).get(locked)
    if found is None:
        raise Refusal("rest.said", "这一版计划没有要写明理由的停工期，可能别人已经写过。")
    if {window.pk for window in found.windows} != set(seen):
        raise Refusal("rest.changed", "要写明理由的停工期刚刚有变化，请看过后再保存。")
    if not reason.strip():
        raise Refusal("rest.reason", "请写明停工期内施工的理由。", field="reason")
    keep_reasons(
        plan=found.plan,
        windows=found.windows,
        reason=reason.strip(),
        is_of_approval=False,
        by=by,
        now=now,
    )
    audit(
        act="baseline.rest_reason",
        sentence=f"写明{project}第 {found.plan.version} 版计划停工期内施工的理由："
        + "、".join(window.words for window in found.windows),
        by=by,
        now=now,
        target=found.plan,
        organisation=project.street,
        reason=reason.strip(),
    )
    return len(found.windows)


def reasons_waiting(*, scope: Scope, today: date) -> list[Item]:
    """What the street owes of plans of its projects, one item a project."""
    if not scope.can(Permission.RETURN_FILL):
        return []
    found = asked_of(projects=Project.objects.visible_to(scope), on=today)
    return [
        Item(
            title=f"写明{project}计划停工期内施工的理由",
            reason=asked.warned[0].sentence.removesuffix("。")
            + (f"；共 {len(asked.warned)} 处" if len(asked.warned) > 1 else ""),
            act="写明理由",
            href=reverse("ledger:rest_reason", args=[project.code]),
            weight=WEIGHT,
        )
        for project, asked in found.items()
    ]


def later_reasons(*, project: Project, plan_id: int) -> list[tuple[str, str]]:
    """(window, reason) of what was said of a plan after it was approved. One query."""
    rows = RestReason.objects.filter(
        baseline=plan_id, baseline__project=project, is_of_approval=False
    )
    return list(rows.values_list("window_words", "reason"))
