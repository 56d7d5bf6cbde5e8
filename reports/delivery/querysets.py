"""Queries over subscriptions and deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Delivery, Subscription


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, scope: Scope) -> SubscriptionQuerySet:
        return self.filter(bureau_id__among=scope.organisation_ids)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, scope: Scope) -> DeliveryQuerySet:
        return self.filter(document__bureau_id__among=scope.organisation_ids)
