"""What households answered: rows are only added, the latest counts, nothing is lost."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.consent import sealing
from projects.consent.enums import Choice, Standing, Way
from projects.consent.querysets import AnswerQuerySet
from projects.works.models import MenuItem
from renovation.accounts.models import User
from renovation.records.models import StoredFile

from .archive import Household
from .rounds import Round


class Answer(models.Model):
    """One answer of a household in a round, by paper, at the door or by its personal link.

    A later answer replaces the earlier one (``supersedes``); one that contradicts it unnoticed, from a link,
    is held until somebody decides. Only ``standing`` and how it was settled may change (a trigger); the
    resident's words (``opinion_sealed``) may also be emptied when the time of retention is over.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="answers", verbose_name="轮次")
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="answers", verbose_name="住户"
    )
    choice = models.CharField("答复", max_length=10, choices=Choice.choices)
    way = models.CharField("方式", max_length=8, choices=Way.choices)
    answered_on = models.DateField("答复日期")
    opinion_sealed = models.BinaryField("意见（加密）", default=bytes)
    items = models.ManyToManyField(
        MenuItem, related_name="consent_answers", blank=True, verbose_name="点单"
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="扫描件"
    )
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")
    witness = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="见证人"
    )
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replacements"
    )
    replacement_reason = models.CharField("重新登记原因", max_length=200, blank=True)
    standing = models.CharField(
        "效力", max_length=8, choices=Standing.choices, default=Standing.CURRENT
    )
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定人"
    )
    settled_at = models.DateTimeField("认定时间", null=True, blank=True)
    settled_reason = models.CharField("认定原因", max_length=200, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["answered_on", "pk"]
        indexes: ClassVar = [models.Index(fields=["round", "household"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "household"],
                condition=Q(standing="current"),
                name="answer_one_current_per_household_and_round",
            ),
            models.CheckConstraint(
                condition=Q(way="link", recorded_by=None)
                | (~Q(way="link") & Q(recorded_by__isnull=False)),
                name="answer_is_recorded_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(way="link") | Q(file__isnull=False), name="answer_has_its_scan"
            ),
            models.CheckConstraint(
                condition=~Q(way="visit") | Q(witness__isnull=False),
                name="answer_at_the_door_has_witness",
            ),
            models.CheckConstraint(
                condition=Q(witness=None) | ~Q(witness=F("recorded_by")),
                name="answer_witness_is_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(standing__in=["rejected", "void"])
                | (Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(settled_reason="")),
                name="answer_set_aside_with_reason",
            ),
        ]
        verbose_name = verbose_name_plural = "答复"

    def _lock(self) -> str:
        return f"consent.answer:{self.round_id}:{self.household_id}:opinion"

    def keep_opinion(self, text: str) -> None:
        """Seal the resident's words; saves nothing."""
        self.opinion_sealed = sealing.seal(text, place=self._lock())

    @property
    def opinion(self) -> str:
        """The resident's words."""
        return sealing.unseal(self.opinion_sealed, place=self._lock())
