"""Stages of the funding chain, in the order that must hold (MEASURES.md, Money)."""

from django.db import models


class Stage(models.TextChoices):
    ALLOCATED = "allocated", "下达"
    RECEIVED = "received", "到位"
    RELEASED = "released", "拨付"
    PAID = "paid", "支付"


class EventState(models.TextChoices):
    PENDING = "pending", "待核"
    APPROVED = "approved", "已核定"
    REJECTED = "rejected", "已退回"
