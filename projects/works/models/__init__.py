"""What is planned and delivered on the ground, per project and, where known, per estate."""

from .item import Completion, ItemPlan, WorkItem
from .menu import MenuClass, MenuItem

__all__ = ["Completion", "ItemPlan", "MenuClass", "MenuItem", "WorkItem"]
