"""Who builds, supervises, designs or answers for a project."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import PartyRole
from projects.ledger.querysets import PartyQuerySet
from renovation.accounts.models import Organisation

from .project import Project

#: Said where a manager is typed beside another role.
OF_A_CONTRACTOR = "项目经理电话只登记在施工单位上。"


class Party(models.Model):
    """Who builds, supervises, designs or answers for a project, for how long, and how to reach them."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="parties", verbose_name="项目"
    )
    role = models.CharField("角色", max_length=16, choices=PartyRole.choices)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="单位账号",
    )
    name = models.CharField("名称", max_length=80)
    licence_number = models.CharField("资质证号", max_length=40, blank=True)
    contact = models.CharField("联系岗位", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    #: Of the 项目经理, whom residents are told of (黄石答复); a contractor's alone.
    manager_phone = models.CharField("项目经理电话", max_length=30, blank=True)
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)

    succeeds = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name="接替",
    )
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="party_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(manager_phone="") | Q(role=PartyRole.CONTRACTOR),
                name="party_manager_is_a_contractors",
                violation_error_message=OF_A_CONTRACTOR,
            ),
        ]
        verbose_name = verbose_name_plural = "参建单位"

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"
