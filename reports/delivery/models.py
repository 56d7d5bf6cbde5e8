"""Who receives which papers, and what became of each mail."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from simple_history.models import HistoricalRecords

from renovation.accounts.models import Organisation
from renovation.records.models import Message
from reports.papers.enums import MAILED_KINDS
from reports.papers.models import Document

from .querysets import DeliveryQuerySet, SubscriptionQuerySet


class Subscription(models.Model):
    """An address that receives a kind of paper: the district's own or a street's rows of it."""

    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="subscriptions", verbose_name="区局"
    )
    kind = models.CharField(
        "文件种类", max_length=16, choices=[(each.value, each.label) for each in MAILED_KINDS]
    )
    subject = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="内容范围"
    )
    name = models.CharField("收件人", max_length=80, help_text="写岗位，如“般阳路街道办事处”。")
    email = models.EmailField("邮箱")
    is_active = models.BooleanField("启用", default=True)

    history = HistoricalRecords()
    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bureau", "kind", "subject", "email"], name="subscription_once"
            )
        ]
        verbose_name = verbose_name_plural = "收件人"

    def __str__(self) -> str:
        return f"{self.name} {self.email}"


class Delivery(models.Model):
    """The mailing of one version of a paper to one address; its state is its mail's."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries")
    recipient = models.EmailField("地址")
    mail = models.OneToOneField(Message, models.PROTECT, related_name="delivery")
    created_at = models.DateTimeField("建立时间")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["document", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "recipient"], name="delivery_once")
        ]
        verbose_name = verbose_name_plural = "发送记录"
