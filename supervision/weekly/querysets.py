"""Queries over weekly facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from projects.ledger.models import Project

from .enums import APPROVED_STATES, PENDING_STATES, FollowUpState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import (
        FollowUp,
        FormDraft,
        ReportingContact,
        ReportingWeek,
        ReturnException,
        ReturnOpening,
        StatusJudgement,
        WeeklyReturn,
    )


class ReportingWeekQuerySet(models.QuerySet["ReportingWeek"]):
    def visible_to(self, scope: Scope) -> ReportingWeekQuerySet:
        """Weeks of the scope's bureau."""
        return self.filter(bureau_id=scope.bureau_id)


class WeeklyReturnQuerySet(models.QuerySet["WeeklyReturn"]):
    def visible_to(self, scope: Scope) -> WeeklyReturnQuerySet:
        """Returns of the scope's streets; only approved ones for who is shown nothing else."""
        rows = self.filter(street_id__among=scope.organisation_ids)
        return rows.approved() if scope.approved_only else rows

    def approved(self) -> WeeklyReturnQuerySet:
        """已核定: approved or published."""
        return self.filter(state__in=APPROVED_STATES)

    def pending(self) -> WeeklyReturnQuerySet:
        """待核: submitted or reviewed."""
        return self.filter(state__in=PENDING_STATES)


class FormDraftQuerySet(models.QuerySet["FormDraft"]):
    def visible_to(self, scope: Scope) -> FormDraftQuerySet:
        """Drafts of the scope's own streets: what is half typed is nobody else's."""
        return self.filter(street_id__in=scope.home_ids)

    def of(self, *, street_id: int, week_start: date, version: int) -> FormDraftQuerySet:
        """The drafts of one version of a return, whoever typed them."""
        return self.filter(street_id=street_id, week_start=week_start, version=version)


class ReturnOpeningQuerySet(models.QuerySet["ReturnOpening"]):
    def visible_to(self, scope: Scope) -> ReturnOpeningQuerySet:
        return self.filter(street_id__among=scope.organisation_ids)


class ReturnExceptionQuerySet(models.QuerySet["ReturnException"]):
    def visible_to(self, scope: Scope) -> ReturnExceptionQuerySet:
        return self.filter(street_id__among=scope.organisation_ids)


class ReportingContactQuerySet(models.QuerySet["ReportingContact"]):
    def visible_to(self, scope: Scope) -> ReportingContactQuerySet:
        """Contacts of the scope's streets."""
        return self.filter(street_id__among=scope.organisation_ids)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, scope: Scope) -> FollowUpQuerySet:
        """Questions about returns of the scope's streets; none for who is shown approved figures only: a question
        is about what is not settled."""
        if scope.approved_only:
            return self.none()
        return self.filter(weekly_return__street_id__among=scope.organisation_ids)

    def unsettled(self) -> FollowUpQuerySet:
        """Open or answered."""
        return self.exclude(state=FollowUpState.CLOSED)

    def overdue_on(self, today: date) -> FollowUpQuerySet:
        """Without an answer past their day."""
        return self.filter(state=FollowUpState.OPEN, due_on__lt=today)


class StatusJudgementQuerySet(models.QuerySet["StatusJudgement"]):
    def visible_to(self, scope: Scope) -> StatusJudgementQuerySet:
        """Judgements of projects in the scope's streets."""
        return self.filter(project__in=Project.objects.in_streets_of(scope))
