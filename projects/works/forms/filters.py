"""Filter bars over the lists of the whole bureau; the state stands in the address."""

from __future__ import annotations

from projects.ledger.filtering import ProjectListForm
from projects.works.enums import StructureState, UtilityKind, UtilityState
from renovation.face.filtering import choice


class ItemFilterForm(ProjectListForm):
    """Items by class and by how far they are."""

    menu_class = choice("类别")
    state = choice(
        "进展",
        [("open", "未完成"), ("done", "已完成"), ("pending", "调整待批准"), ("removed", "已取消")],
    )


class StructureFilterForm(ProjectListForm):
    """Structures by state."""

    state = choice("状态", [("standing", "未拆除"), ("overdue", "逾期"), *StructureState.choices])


class UtilityFilterForm(ProjectListForm):
    """Utilities' plans by kind, state, and whether something is wrong with them."""

    kind = choice("专业", UtilityKind.choices)
    state = choice("状态", UtilityState.choices)
    clash = choice("冲突", [("yes", "有冲突")])
