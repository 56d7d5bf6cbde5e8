"""Planning what a project takes from the menu, and recording what was delivered of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from projects.ledger.conflicts import EditConflict, said_between, said_of
from projects.ledger.enums import GateKind
from projects.ledger.models import Baseline, Estate, Project
from projects.ledger.passing import counts
from projects.works.enums import Layer, Origin, PlanState
from projects.works.facts import plan_in_force
from projects.works.ground import Ground
from projects.works.menu_rounds import not_chosen, rounds_of
from projects.works.models import Completion, ItemPlan, MenuItem, WorkItem
from projects.works.register import structures_of
from projects.works.sequence import structures_at
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.face.wording import quantity as shown
from renovation.records.acting import hands, who
from renovation.records.services import audit, keep_file

from .explaining import questions

#: What a version of a plan says.
_OF_PLAN = ("quantity", "origin", "choice_round", "planned_from", "planned_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanValues:
    """What is planned of an item, in its unit; ``reason`` where the plan is changed."""

    quantity: Decimal
    origin: Origin = Origin.REQUIRED
    choice_round: int | None = None
    planned_from: date | None = None
    planned_to: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionValues:
    """What was finished and accepted on a day. ``building`` may name several (1 号楼、2 号楼)."""

    quantity: Decimal
    delivered_on: date
    accepted_by: str
    building: str = ""
    explanation: str = ""


def lock(project: Project) -> Project:
    """Writers of one project's works stand in line."""
    return Project.objects.select_for_update().get(pk=project.pk)


def has_approved_baseline(*, project: Project) -> bool:
    """Whether the project's plan was approved, so that a change of its items needs approval too."""
    return Baseline.objects.approved().filter(project=project).exists()


def check_quantity(*, quantity: Decimal, menu_item: MenuItem) -> None:
    """Refuses what is not above 0 (``item.quantity``) and more decimals than the item has (``item.places``)."""
    if quantity <= 0:
        raise Refusal("item.quantity", "数量须大于 0。", field="quantity")
    if quantity != round(quantity, menu_item.places):
        raise Refusal(
            "item.places",
            f"“{menu_item}”按{menu_item.unit}计，"
            + (f"最多 {menu_item.places} 位小数。" if menu_item.places else "须为整数。"),
            field="quantity",
            found=f"{quantity.normalize():f}",
        )


@transaction.atomic
def plan_item(
    *,
    project: Project,
    menu_item: MenuItem,
    values: PlanValues,
    by: User,
    now: datetime,
    estate: Estate | None = None,
    seen_version: int | None = None,
) -> ItemPlan:
    """Plan an item of the menu for a project or one of its estates, or change what is planned.

    Before the project's baseline is approved a plan is in force at once; after it, it waits for another
    person (``decide_plan``). Refuses an item that is not offered (``item.not_offered``), an estate of another
    project (``item.estate``), a second plan while one waits (``item.pending``), a change without reason
    (``item.reason``), a plan that ends before it starts (``item.period``), less than was delivered
    (``item.below_delivered``), 居民选定 of which no round tells (``menu_rounds.not_chosen``), and what says what
    stands already (``item.same``). Raises ``EditConflict`` where
    another version is in force than ``seen_version``, which a person's form showed (0: none).
    """
    project = lock(project)
    check_quantity(quantity=values.quantity, menu_item=menu_item)
    if estate is not None and estate.project_id != project.pk:
        raise Refusal("item.estate", "这个小区不在本项目里。", field="estate")
    if values.planned_from and values.planned_to and values.planned_to < values.planned_from:
        raise Refusal("item.period", "计划完成不能早于计划开始。", field="planned_to")
    item = WorkItem.objects.filter(project=project, estate=estate, menu_item=menu_item).first()
    if item is None:
        offered = MenuItem.objects.offered_by(project.programme.bureau_id)
        if not offered.filter(pk=menu_item.pk).exists():
            raise Refusal("item.not_offered", "改造菜单里没有这一条，或已停用。", field="menu_item")
        item = WorkItem(project=project, estate=estate, menu_item=menu_item)
        item._history_user = by  # type: ignore[attr-defined]
        item.save(force_insert=True)
    plans = list(item.plans.order_by("version"))
    present = plan_in_force(plans=plans, on=local_day(now))
    _refuse_pending(item, plans)
    if seen_version is not None:
        _check_seen(item, plans, present, seen_version)
    if present is not None and not present.is_removed and _says_same(present, values):
        raise Refusal("item.same", "与现在的计划相同，不用调整。", field="quantity")
    _check_delivered(item, values.quantity)
    _check_chosen(item, present, values.origin, values.choice_round, local_day(now))
    return _add_version(item, plans, values, by=by, now=now)


@transaction.atomic
def remove_item(
    *, item: WorkItem, reason: str, by: User, now: datetime, seen_version: int | None = None
) -> ItemPlan:
    """Take an item out of the plan; its history stays. Refuses one of which something was delivered
    (``item.delivered``), one that is out already (``item.removed``), and what ``plan_item`` refuses."""
    lock(item.project)
    plans = list(item.plans.order_by("version"))
    present = plan_in_force(plans=plans, on=local_day(now))
    _refuse_pending(item, plans)
    if seen_version is not None:
        _check_seen(item, plans, present, seen_version)
    if present is None or present.is_removed:
        raise Refusal("item.removed", "这一条已不在计划里。")
    if not reason.strip():
        raise Refusal("item.reason", "取消须写明原因。", field="reason")
    _check_delivered(item, None)
    values = PlanValues(quantity=Decimal(0), reason=reason)
    return _add_version(item, plans, values, by=by, now=now, is_removed=True)


def _amount(item: WorkItem, plan: ItemPlan) -> str:
    return "取消" if plan.is_removed else f"计划 {shown(plan.quantity)} {item.menu_item.unit}"


def _refuse_pending(item: WorkItem, plans: Sequence[ItemPlan]) -> None:
    for plan in plans:
        if plan.state == PlanState.PENDING:
            raise Refusal(
                "item.pending",
                f"这一条已有一次调整等待批准（{who(plan, 'proposed_by')}登记，{_amount(item, plan)}），"
                "请先批准或退回那一次。",
            )


def _check_seen(
    item: WorkItem, plans: Sequence[ItemPlan], present: ItemPlan | None, seen_version: int
) -> None:
    """A form that showed another plan than the one in force: its reader is told what others decided since."""
    if (present.version if present else 0) == seen_version:
        return
    versions = [plan for plan in plans if plan.state == PlanState.APPROVED]
    said: list[str] = []
    for older, newer in itertools.pairwise([None, *versions]):
        if newer is not None and newer.version > seen_version:
            said = [*_said(item, older, newer), *said]
    seen = next((plan for plan in versions if plan.version == seen_version), None)
    plain = [plan for plan in (seen, present) if plan is not None and not plan.is_removed]
    stood, stands = (
        [{name: getattr(plan, name) for name in _OF_PLAN} for plan in plain]
        if len(plain) == 2
        else ({}, {})  # what was taken out, or is entered anew, stands in no field
    )
    changed = [name for name in _OF_PLAN if stood.get(name) != stands.get(name)]
    raise EditConflict(
        "您打开表单后，别人改过这一条的计划。请看下面的改动，再决定是否保存。",
        changes=said,
        version=present.version if present else 0,
        stood={name: stood[name] for name in changed},
        present={name: stands[name] for name in changed},
    )


def _said(item: WorkItem, older: ItemPlan | None, newer: ItemPlan) -> list[str]:
    """What a version says otherwise than the one before."""
    by = who(newer, "proposed_by")
    if older is None or newer.is_removed or older.is_removed:
        return [f"{by}把这一条改为：{_amount(item, newer)}。"]
    said = []
    if older.quantity != newer.quantity:
        amounts = [f"{shown(plan.quantity)} {item.menu_item.unit}" for plan in (older, newer)]
        said.append(said_of(who=by, what="计划数量", before=amounts[0], after=amounts[1]))
    return said + said_between(who=by, older=older, newer=newer, names=_OF_PLAN[1:])


def _check_delivered(item: WorkItem, quantity: Decimal | None) -> None:
    """What is planned, or nothing (None), covers what was delivered; asked when it is proposed and again when
    it is approved, for deliveries go on meanwhile."""
    done = delivered_of(item=item)
    if quantity is None and done:
        raise Refusal("item.delivered", "已有完成登记，不能取消；可以把计划数量改为已完成的数量。")
    if quantity is not None and quantity < done:
        raise Refusal(
            "item.below_delivered",
            f"已完成 {shown(done)} {item.menu_item.unit}，计划不能少于它。",
            field="quantity",
            found=shown(quantity),
            expected=f"不少于 {shown(done)}",
        )


def _check_chosen(
    item: WorkItem, present: ItemPlan | None, origin: str, number: int | None, day: date
) -> None:
    """What stands as chosen by residents was asked in a round of the project and chosen by a household. What
    the plan in force says already (from before the portal asked) is not asked again."""
    if origin != Origin.CHOSEN:
        return
    if present is not None and (present.origin, present.choice_round) == (origin, number):
        return
    refusal = not_chosen(
        rounds=rounds_of(project_ids=[item.project_id], on=day),
        number=number,
        menu_item=item.menu_item,
        estate_id=item.estate_id,
    )
    if refusal is not None:
        raise refusal


def _says_same(plan: ItemPlan, values: PlanValues) -> bool:
    return (
        plan.quantity,
        plan.origin,
        plan.choice_round,
        plan.planned_from,
        plan.planned_to,
    ) == (
        values.quantity,
        values.origin,
        values.choice_round,
        values.planned_from,
        values.planned_to,
    )


def _add_version(
    item: WorkItem,
    plans: Sequence[ItemPlan],
    values: PlanValues,
    *,
    by: User,
    now: datetime,
    is_removed: bool = False,
) -> ItemPlan:
    needs_approval = has_approved_baseline(project=item.project)
    if not values.reason.strip() and (plans or needs_approval):
        raise Refusal(
            "item.reason",
            "项目计划已批准，增加或调整改造内容须写明原因。"
            if needs_approval
            else "调整计划须写明原因。",
            field="reason",
        )
    state = PlanState.PENDING if needs_approval else PlanState.APPROVED
    plan = ItemPlan.objects.create(
        item=item,
        version=plans[-1].version + 1 if plans else 1,
        quantity=values.quantity,
        is_removed=is_removed,
        origin=values.origin,
        choice_round=values.choice_round if values.origin == Origin.CHOSEN else None,
        planned_from=values.planned_from,
        planned_to=values.planned_to,
        reason=values.reason.strip(),
        state=state,
        proposed_by=by,
        proposed_at=now,
        effective_on=None if needs_approval else local_day(now),
    )
    audit(
        act="works.plan",
        sentence=f"{item.project}“{item}”{_amount(item, plan)}"
        + ("，待批准" if needs_approval else ""),
        by=by,
        now=now,
        target=plan,
        organisation=item.project.street,
        reason=plan.reason,
        changes={
            "quantity": [str(plans[-1].quantity) if plans else None, str(plan.quantity)],
            "planned_from": [None, str(plan.planned_from)],
            "planned_to": [None, str(plan.planned_to)],
        },
    )
    return plan


@transaction.atomic
def decide_plan(
    *, plan: ItemPlan, approve: bool, by: User, now: datetime, comment: str = ""
) -> ItemPlan:
    """Approve a plan that waits, which is in force from today, or send it back with a comment; not by who
    proposed it. What was delivered since it was proposed must still be covered (``item.delivered``,
    ``item.below_delivered``), what residents chose still chosen; otherwise it can only be sent back."""
    lock(plan.item.project)
    if hands(plan, "proposed_by") & by.persons:
        raise Forbidden("登记调整的人不能自己批准。")
    if not approve and not comment.strip():
        raise Refusal("item.comment", "退回须写明原因。", field="comment")
    if approve and plan.state == PlanState.PENDING:
        _check_delivered(plan.item, None if plan.is_removed else plan.quantity)
        day = local_day(now)
        present = plan_in_force(plans=plan.item.plans.order_by("version"), on=day)
        _check_chosen(plan.item, present, plan.origin, plan.choice_round, day)
    changed = ItemPlan.objects.filter(pk=plan.pk, state=PlanState.PENDING).update(
        state=PlanState.APPROVED if approve else PlanState.REJECTED,
        effective_on=local_day(now) if approve else None,
        decided_by=by,
        decided_at=now,
    )
    plan.refresh_from_db()
    if not changed:
        raise StateConflict(
            f"这次调整现在是“{plan.get_state_display()}”，不能再办理。", state=plan.state
        )
    audit(
        act="works.approve" if approve else "works.reject",
        sentence=f"{'批准' if approve else '退回'}{plan.item.project}“{plan.item}”第 {plan.version} 版计划",
        by=by,
        now=now,
        target=plan,
        organisation=plan.item.project.street,
        reason=comment,
    )
    return plan


def delivered_of(*, item: WorkItem) -> Decimal:
    """What was delivered of an item in all, withdrawn entries left out. One query."""
    rows = item.completions.filter(withdrawn_at=None).values_list("quantity", flat=True)
    return sum(rows, Decimal(0))


@transaction.atomic
def deliver(
    *,
    item: WorkItem,
    values: CompletionValues,
    evidence: NewFile | None,
    by: User,
    now: datetime,
) -> Completion:
    """Record a quantity that was finished and accepted.

    Refuses a day in the future (``completion.future``) or before the gate 开工 with its evidence
    (``completion.before_start``), an item that is not in the plan (``completion.not_planned``), 屋面外墙 of a
    building where an illegal structure stands (``completion.structure``; 先拆违后治理). What is above the plan or
    out of order asks for an explanation (``completion.explain``).
    """
    project = lock(item.project)
    menu = item.menu_item
    check_quantity(quantity=values.quantity, menu_item=menu)
    if values.delivered_on > local_day(now):
        raise Refusal("completion.future", "完成日期不能晚于今天。", field="delivered_on")
    if not values.accepted_by.strip():
        raise Refusal("completion.accepted_by", "验收岗位未填。", field="accepted_by")
    _check_started(project, values.delivered_on)
    plan = plan_in_force(plans=item.plans.order_by("version"), on=local_day(now))
    if plan is None or plan.is_removed:
        raise Refusal("completion.not_planned", "这一条不在有效的计划里，不能登记完成。")
    _check_structures(item, values, local_day(now))
    if not values.explanation.strip():
        asked = questions(
            item=item,
            planned=plan.quantity,
            total=delivered_of(item=item) + values.quantity,
            day=values.delivered_on,
            building=values.building,
        )
        if asked:
            raise Refusal(
                "completion.explain", "".join(asked) + "请填情况说明。", field="explanation"
            )
    row = Completion.objects.create(
        item=item,
        quantity=values.quantity,
        delivered_on=values.delivered_on,
        building=values.building.strip(),
        accepted_by=values.accepted_by.strip(),
        evidence=keep_file(file=evidence, organisation=project.street, by=by, now=now),
        explanation=values.explanation.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    audit(
        act="works.deliver",
        sentence=f"登记{project}“{item}”完成 {shown(values.quantity)} {menu.unit}",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        reason=row.explanation,
        changes={
            "quantity": [None, str(row.quantity)],
            "delivered_on": [None, str(row.delivered_on)],
        },
    )
    return row


def _check_started(project: Project, day: date) -> None:
    """Nothing is delivered before the gate 开工 counts."""
    gate = project.gates.filter(kind=GateKind.STARTED).first()
    if gate is None or not counts(gate) or gate.actual_on is None:
        raise Refusal(
            "completion.before_start",
            "项目还没有通过“开工”关口（须有日期和依据），不能登记完成。",
            field="delivered_on",
        )
    if day < gate.actual_on:
        raise Refusal(
            "completion.before_start",
            f"完成日期早于实际开工（{chinese_date(gate.actual_on)}）。",
            field="delivered_on",
            expected=f"不早于 {chinese_date(gate.actual_on)}",
        )


def _check_structures(item: WorkItem, values: CompletionValues, today: date) -> None:
    """先拆违后治理: no 屋面外墙 on a building where a structure stands today, and stood on the day of delivery."""
    if item.menu_item.layer != Layer.ENVELOPE or not values.building.strip():
        return
    ground = Ground(item.project_id, item.estate_id)
    standing = [
        each
        for each in structures_of(project_ids=[item.project_id])
        if each.stood_on(today) and each.stood_on(values.delivered_on)
    ]
    here = structures_at(standing, ground=ground, buildings=values.building)
    if here:
        names = "、".join(each.name for each in here)
        raise Refusal(
            "completion.structure",
            f"{names}的违建还没有拆除，先拆违后治理，不能登记{item}完成。",
            field="building",
        )


@transaction.atomic
def withdraw(*, completion: Completion, reason: str, by: User, now: datetime) -> Completion:
    """Take back an entry that was wrong; it stays to be read but counts no more."""
    lock(completion.item.project)
    if not reason.strip():
        raise Refusal("completion.reason", "撤回须写明原因。", field="reason")
    changed = Completion.objects.filter(pk=completion.pk, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=by, withdrawal_reason=reason.strip()
    )
    completion.refresh_from_db()
    if not changed:
        raise StateConflict("这一笔已经撤回。", state="withdrawn")
    item = completion.item
    audit(
        act="works.withdraw",
        sentence=f"撤回{item.project}“{item}”完成 {shown(completion.quantity)} {item.menu_item.unit}",
        by=by,
        now=now,
        target=completion,
        organisation=item.project.street,
        reason=reason,
    )
    return completion
