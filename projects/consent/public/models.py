"""Snapshots that go out, invitations without a name, submissions that come in."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

#: What a resident may choose; the words of ``consent.enums.Choice``, which this instance may not know.
CHOICES = (("agree", "同意"), ("disagree", "不同意"), ("undecided", "有意见，暂不表态"))
LONGEST_OPINION = 500


class PublicRound(models.Model):
    """The approved snapshot of a round. ``content``: project, purpose, question, summary, plan_version,
    closes_on (ISO date), contact, items (``[{"id", "name", "kind"}]``), most_items; since snapshots name them
    apart, also contact_name and contact_phone."""

    reference = models.UUIDField(primary_key=True, editable=False)
    content = models.JSONField("内容")
    published_at = models.DateTimeField("发布时间")
    closed_at = models.DateTimeField("截止时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "征询页内容"


class Invitation(models.Model):
    """A personal link. Only the hash of its token is kept; of the household it knows building and room."""

    reference = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(PublicRound, models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    estate = models.CharField("小区", max_length=80)
    place = models.CharField("房号", max_length=60)
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "答复链接"


class Submission(models.Model):
    """What came in by an invitation, once. ``taken_at`` is set when the inner instance has taken it in."""

    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="submission")
    choice = models.CharField("答复", max_length=10, choices=CHOICES)
    items = models.JSONField("选择的项目", default=list)
    opinion_sealed = models.BinaryField("意见（加密）", default=bytes)
    submitted_at = models.DateTimeField("提交时间")
    taken_at = models.DateTimeField("收入时间", null=True, blank=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["submitted_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(choice__in=[code for code, _ in CHOICES]),
                name="submission_choice_is_known",
            )
        ]
        verbose_name = verbose_name_plural = "居民提交"
