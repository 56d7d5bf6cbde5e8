"""What the works ask of gates: 先拆违后治理, 先地下后地上, 先基本后提升 ([黄石答复] “先四后四”)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import GateCheck, facts_of, once
from projects.ledger.models import Project
from renovation.core.measures import Approval
from renovation.core.wording import chinese_date

from .facts import ItemFacts, item_facts
from .register import structures_of
from .sequence import BASIC, STRUCTURES, UNDERGROUND, Structure, order_warnings, three

SOURCE = "平台默认：“先四后四”原则"


def _items(project: Project, on: date) -> list[ItemFacts]:
    def read() -> list[ItemFacts]:
        return item_facts(projects=facts_of(project, on), on=on, approval=Approval.APPROVED)

    return once(project, ("works", on), read)


def _structures(project: Project) -> list[Structure]:
    return once(project, "structures", lambda: structures_of(project_ids=[project.pk]))


def _structures_gone(project: Project, on: date) -> str | None:
    """先拆违后治理: nothing stands on the day on which the works are complete. One that was found after that day, on
    no day that it was built, does not count as gone then, also once it was taken down: nobody knows whether it stood."""
    structures = _structures(project)
    standing = [each for each in structures if each.stood_on(on)]
    sentences = []
    if left := [each.name for each in standing if not each.removed_on]:
        sentences.append(f"还有 {len(left)} 处违法建设没有拆除（{three(left)}），先拆违后治理。")
    if gone := [
        f"{each.name} {chinese_date(each.removed_on)}" for each in standing if each.removed_on
    ]:
        sentences.append(
            f"有 {len(gone)} 处违法建设 {chinese_date(on)} 还在，后来才拆除（{three(gone)}），先拆违后治理。"
        )
    if unknown := [each for each in structures if each.may_have_stood_on(on)]:
        named = three([f"{each.name} {chinese_date(each.stood_from)}" for each in unknown])
        sentences.append(
            f"有 {len(unknown)} 处违法建设后来才发现（{named}），建成日期没有登记，"
            f"不知道 {chinese_date(on)} 在不在，在拆违里补登建成日期或改造前已有后再判断。"
        )
    return "".join(sentences) or None


def _rule(rule: str) -> Callable[[Project, date], str | None]:
    """What of a rule was broken in fact, three sentences at most: also what was finished since, for only a
    recorded exception lets a broken order stand."""

    def find(project: Project, on: date) -> str | None:
        found = [
            each
            for each in order_warnings(_items(project, on), _structures(project))
            if each.rule == rule and each.has_happened
        ]
        return "".join(each.sentence for each in found[:3]) or None

    return find


def _all_delivered(project: Project, on: date) -> str | None:
    """完工 means that all that is planned was delivered."""
    items = [item for item in _items(project, on) if item.planned]
    left = [item for item in items if item.finished_on is None]
    if not left:
        return None
    names = "、".join(item.name for item in left[:4]) + ("等" if len(left) > 4 else "")
    return f"改造内容还有 {len(left)} 条没有登记完成（{names}）。"


CHECKS: list[GateCheck] = [
    GateCheck(
        code="works.structures",
        gate=GateKind.COMPLETED,
        title="违法建设已拆除",
        find=_structures_gone,
        source=SOURCE,
    ),
    GateCheck(
        code="works.structures_first",
        gate=GateKind.COMPLETED,
        title="先拆违后治理",
        find=_rule(STRUCTURES),
        source=SOURCE,
    ),
    GateCheck(
        code="works.underground",
        gate=GateKind.COMPLETED,
        title="先地下后地上",
        find=_rule(UNDERGROUND),
        source=SOURCE,
    ),
    GateCheck(
        code="works.basic",
        gate=GateKind.COMPLETED,
        title="先基本后提升",
        find=_rule(BASIC),
        source=SOURCE,
    ),
    GateCheck(
        code="works.delivered",
        gate=GateKind.COMPLETED,
        title="改造内容全部完成",
        find=_all_delivered,
        source="完工口径：合同改造内容全部完成（平台口径）",
    ),
]
