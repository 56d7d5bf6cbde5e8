"""Recipients of papers."""

from __future__ import annotations

import factory

from reports.delivery.models import Subscription
from reports.papers.enums import PaperKind

from .accounts import BureauFactory


class SubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subscription

    bureau = factory.SubFactory(BureauFactory)
    kind = PaperKind.BULLETIN
    subject = factory.SelfAttribute("bureau")
    name = factory.Sequence(lambda n: f"收件岗 {n}")
    email = factory.Sequence(lambda n: f"post-{n}@bureau.example")
