"""What has to be explained before a completion is taken: above the plan, or out of the order of the works."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from projects.ledger.facts import own_facts
from projects.ledger.models import Project
from projects.works.enums import Layer
from projects.works.facts import ItemFacts, item_facts
from projects.works.ground import Ground
from projects.works.models import WorkItem
from projects.works.register import structures_of
from projects.works.sequence import Structure, basic, below, progress, structures_at, unfinished
from renovation.core.measures import Approval
from renovation.core.wording import chinese_date
from renovation.face.wording import quantity as shown


def questions(
    *, item: WorkItem, planned: Decimal, total: Decimal, day: date, building: str
) -> list[str]:
    """What an entry of ``day`` on ``building`` ("" where none is named) has to explain, with which ``total`` is
    delivered of ``planned``: above the plan, surface before the pipes, upgrades before what is basic, facades while
    structures stood on that day, or may have."""
    asked = []
    unit = item.menu_item.unit
    if total > planned:
        asked.append(f"累计完成 {shown(total)} {unit}，超过计划 {shown(planned)} {unit}。")
    ground = Ground(item.project_id, item.estate_id)
    is_surface = item.menu_item.layer == Layer.SURFACE
    is_upgrade = item.menu_item.menu_class.code == "upgrade"
    facts = _facts(item.project, day) if is_surface or is_upgrade else []
    said = chinese_date(day)
    if is_surface and (open_ := unfinished(below(facts, ground=ground))):
        asked.append(f"地下的{_said_to_be(open_)}到 {said} 还没有完成，先地下后地上。")
    if is_upgrade and (open_ := unfinished(basic(facts, ground=ground))):
        asked.append(f"基础类的{_said_to_be(open_)}到 {said} 还没有完成，先基本后提升。")
    if item.menu_item.layer == Layer.ENVELOPE:
        every = structures_of(project_ids=[item.project_id])
        here = structures_at(every, ground=ground, buildings=building)
        asked += _in_the_way([each for each in here if each.stood_on(day)], said)
        asked += _perhaps_in_the_way([each for each in here if each.may_have_stood_on(day)], said)
    return asked


def _in_the_way(here: Sequence[Structure], day: str) -> list[str]:
    """先拆违后治理, of the structures that stood on the day of an entry: those that stand still, and those that were
    taken down after it."""
    gone = [f"{each.name} {chinese_date(each.removed_on)}" for each in here if each.removed_on]
    asked = []
    if left := len(here) - len(gone):
        asked.append(f"还有 {left} 处违建没有拆除，先拆违后治理；已拆的楼栋请写明楼栋。")
    if gone:
        asked.append(
            f"{day} 以后才拆除的违建有 {len(gone)} 处（{'、'.join(gone)}），先拆违后治理。"
        )
    return asked


def _perhaps_in_the_way(here: Sequence[Structure], day: str) -> list[str]:
    """The same of those that were found after the day of an entry, on no day that they were built: not known to have
    stood then, nor known not to."""
    if not here:
        return []
    found = "、".join(f"{each.name} {chinese_date(each.stood_from)}" for each in here)
    said = f"{day} 以后才发现的违建有 {len(here)} 处（{found}），建成日期没有登记，"
    return [said + "不知道那时在不在，先拆违后治理。"]


def _said_to_be(open_: Sequence[ItemFacts]) -> str:
    """供水管网（完成 0／计划 300 米）、消防设施（…）."""
    return "、".join(f"{each.name}（{progress(each)}）" for each in open_)


def _facts(project: Project, day: date) -> list[ItemFacts]:
    projects = own_facts(project=project, on=day)
    return item_facts(projects=projects, on=day, approval=Approval.APPROVED)
