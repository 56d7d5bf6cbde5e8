"""Signed minutes get their paper (HOUSE.md §2): signing is an act of `supervision.dispatch`, the paper is made because
`reports` finds a signed version without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from renovation.accounts.models import named
from renovation.core.calendar import local_day
from renovation.core.wording import in_one_line
from renovation.records.acting import stood_for
from renovation.records.services import audit
from reports.papers import renditions
from reports.papers.enums import PaperAct, PaperKind, PaperState
from reports.papers.locking import lock_bureau
from reports.papers.models import Document, DocumentStep
from reports.papers.snapshots import digest_of_content, minutes_of, stored
from supervision.dispatch.models import Minutes
from supervision.dispatch.querysets import MinutesQuerySet

from .compiling import compile_minutes

log = structlog.get_logger(__name__)


def period_key_of(minutes: Minutes) -> str:
    """Which meeting a paper is about: 2026-48, the number of the year; version tells the versions apart."""
    return f"{minutes.meeting.year}-{minutes.meeting.number}"


def without_paper() -> MinutesQuerySet:
    """Signed minutes that have no paper yet, the earlier version first. One query."""
    papers = Document.objects.filter(
        kind=PaperKind.MINUTES,
        bureau=OuterRef("meeting__bureau"),
        period_key=OuterRef("paper_key"),
        version=OuterRef("version"),
    )
    key = Concat(
        Cast("meeting__year", CharField()), Value("-"), Cast("meeting__number", CharField())
    )
    rows = Minutes.objects.signed().annotate(paper_key=key)
    return rows.exclude(Exists(papers)).order_by("meeting", "version")


def issue_signed(*, now: datetime) -> int:
    """Make the papers that are missing; returns how many. One that can't be made keeps no other from it."""
    made = 0
    for minutes in without_paper().select_related("meeting__bureau", "signed_by", "recorded_by"):
        try:
            made += issue_paper(minutes=minutes, now=now)
        except Exception:
            log.exception("minutes_paper_failed", minutes_id=minutes.pk)
    return made


def paper_of_minutes(*, minutes: Minutes) -> Document | None:
    """The paper of a version, None while there is none."""
    rows = Document.objects.filter(
        kind=PaperKind.MINUTES, bureau=minutes.meeting.bureau_id, period_key=period_key_of(minutes)
    )
    return rows.filter(version=minutes.version).first()


@transaction.atomic
def issue_paper(*, minutes: Minutes, now: datetime) -> bool:
    """The paper of a signed version, issued as it is signed; False where it is there already."""
    bureau = minutes.meeting.bureau
    lock_bureau(bureau.pk)
    if paper_of_minutes(minutes=minutes) is not None:
        return False
    content = compile_minutes(minutes=minutes)
    key = period_key_of(minutes)
    corrected = Document.objects.filter(
        kind=PaperKind.MINUTES, bureau=bureau, period_key=key, version=minutes.version - 1
    ).first()
    if corrected is not None:  # as they were printed, whatever a project is called since
        content = replace(content, items=minutes_of(corrected).items)
    document = Document.objects.create(
        kind=PaperKind.MINUTES,
        bureau=bureau,
        subject=bureau,
        period_key=key,
        version=minutes.version,
        supersedes=corrected,
        correction_reason=minutes.correction_reason,
        title=in_one_line(content.title),
        state=PaperState.ISSUED,
        snapshot=stored(content),
        digest=digest_of_content(content),
        compiled_at=now,
        drafted_by=minutes.recorded_by,
        signed_by=minutes.signed_by,
        signed_at=minutes.signed_at,
        issued_by=minutes.signed_by,
        issued_at=now,
        issued_on=local_day(minutes.signed_at) if minutes.signed_at else None,
    )
    hands = (
        (PaperAct.DRAFT, "recorded_by", minutes.recorded_at),
        (PaperAct.SIGN, "signed_by", minutes.signed_at),
    )
    DocumentStep.objects.bulk_create(
        DocumentStep(
            document=document,
            act=act,
            by=getattr(minutes, field),
            by_label=named(getattr(minutes, field), stood_for(minutes, field)),
            at=at or now,
            digest=document.digest,
        )
        for act, field, at in hands
    )
    audit(
        act="document.issue",
        sentence=f"纪要已签发，编制“{document.title}”",
        by=None,
        now=now,
        target=document,
        organisation=bureau,
    )
    renditions.request_issued(document=document, now=now)
    return True
