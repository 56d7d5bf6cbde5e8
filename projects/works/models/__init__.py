"""What is planned and delivered on the ground, per project and, where known, per estate."""

from .item import Completion, ItemPlan, WorkItem
from .menu import MenuClass, MenuItem
from .structure import IllegalStructure, StructureStep
from .utility import Coordination, UtilityPlan

__all__ = [
    "Completion",
    "Coordination",
    "IllegalStructure",
    "ItemPlan",
    "MenuClass",
    "MenuItem",
    "StructureStep",
    "UtilityPlan",
    "WorkItem",
]
