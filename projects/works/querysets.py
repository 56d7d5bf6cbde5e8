"""Queries over the works; every page starts from ``visible_to``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from projects.ledger.models import Project

from .enums import STANDING, PlanState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import (
        Completion,
        Coordination,
        IllegalStructure,
        ItemPlan,
        MenuClass,
        MenuItem,
        StructureStep,
        UtilityPlan,
        WorkItem,
    )


class MenuClassQuerySet(models.QuerySet["MenuClass"]):
    def visible_to(self, scope: Scope) -> MenuClassQuerySet:
        """The classes that all bureaus share, and those of the scope's own."""
        return self.filter(Q(bureau=None) | Q(bureau_id=scope.bureau_id))


class MenuItemQuerySet(models.QuerySet["MenuItem"]):
    def visible_to(self, scope: Scope) -> MenuItemQuerySet:
        """The items that all bureaus share, and those of the scope's own."""
        return self.filter(Q(bureau=None) | Q(bureau_id=scope.bureau_id))

    def offered_by(self, bureau_id: int) -> MenuItemQuerySet:
        """What can be planned or chosen in projects of a bureau, in order of class and item."""
        return self.filter(Q(bureau=None) | Q(bureau_id=bureau_id), is_offered=True)


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def visible_to(self, scope: Scope) -> WorkItemQuerySet:
        """Items of the projects in sight."""
        return self.filter(project__in=Project.objects.visible_to(scope))


class ItemPlanQuerySet(models.QuerySet["ItemPlan"]):
    def visible_to(self, scope: Scope) -> ItemPlanQuerySet:
        """Plans of the projects in sight; only the approved ones for whom no more is meant."""
        rows = self.filter(item__project__in=Project.objects.visible_to(scope))
        return rows.filter(state=PlanState.APPROVED) if scope.approved_only else rows


class CompletionQuerySet(models.QuerySet["Completion"]):
    def visible_to(self, scope: Scope) -> CompletionQuerySet:
        """Deliveries of the projects in sight."""
        return self.filter(item__project__in=Project.objects.visible_to(scope))


class StructureQuerySet(models.QuerySet["IllegalStructure"]):
    def visible_to(self, scope: Scope) -> StructureQuerySet:
        """Structures of the projects in sight; whose they are is another question (``policies``)."""
        return self.filter(project__in=Project.objects.visible_to(scope))

    def standing(self) -> StructureQuerySet:
        """Those that still stand."""
        return self.filter(state__in=STANDING)


class StructureStepQuerySet(models.QuerySet["StructureStep"]):
    def visible_to(self, scope: Scope) -> StructureStepQuerySet:
        """Steps of the structures in sight."""
        return self.filter(structure__project__in=Project.objects.visible_to(scope))


class UtilityPlanQuerySet(models.QuerySet["UtilityPlan"]):
    def visible_to(self, scope: Scope) -> UtilityPlanQuerySet:
        """Plans on the ground of the projects in sight."""
        return self.filter(project__in=Project.objects.visible_to(scope))


class CoordinationQuerySet(models.QuerySet["Coordination"]):
    def visible_to(self, scope: Scope) -> CoordinationQuerySet:
        """Coordinations of the plans in sight."""
        return self.filter(plan__project__in=Project.objects.visible_to(scope))
