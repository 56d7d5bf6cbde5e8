"""Which issued papers a return touches that was corrected after they were compiled.

Nothing is written upward (HOUSE.md §2): a correction is found by its week, its street and the moment at which it was
approved. What it changed in a paper is told by `changes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from renovation.accounts.models import Organisation
from renovation.core.periods import Quarter, Week
from renovation.face.wording import day
from supervision.weekly.enums import APPROVED_STATES
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.weeks import LONGEST_SILENCE, moments_between

from .enums import PaperKind, PaperState
from .models import Document

#: For how long 待办 reminds of a paper whose figures were corrected; its page says so for good.
REMIND_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A corrected return: ``on`` which moment it was approved, and why it was opened."""

    street_id: int
    street: str
    week: Week
    approved_at: datetime
    reason: str

    @property
    def words(self) -> str:
        """般阳路街道第46周周报于 11月29日 更正"""
        return f"{self.street}第{self.week.number}周周报于 {day(self.approved_at)} 更正"


def corrections_of(*, bureau: Organisation, since: datetime) -> list[Correction]:
    """The corrections of a bureau's returns that were approved after a moment, the newest first. One query."""
    rows = WeeklyReturn.objects.filter(
        version__gt=1,
        state__in=APPROVED_STATES,
        approved_at__gt=since,
        street__in=bureau.descendants(),
    )
    return [
        Correction(
            street_id=row.street_id,
            street=row.street.short_name,
            week=Week(row.week_start),
            approved_at=row.approved_at,
            reason=row.correction_reason,
        )
        for row in rows.select_related("street").order_by("-approved_at", "-pk")
        if row.approved_at is not None
    ]


def corrected_since(
    *, bureau: Organisation | None, documents: Iterable[Document], now: datetime
) -> dict[int, tuple[Correction, ...]]:
    """Paper → the corrections that touch it, of those that are issued; without an entry where none does, or where a
    later version that was issued stands among them.

    A correction touches a dispatch sheet of its week and of the next week that asked for a return, which is compared
    with it, and the bulletin of its quarter; of the district, and of the street itself. One query where nothing was
    corrected.
    """
    papers = [
        paper
        for paper in documents
        if paper.state == PaperState.ISSUED
        and paper.kind in {PaperKind.DISPATCH_SHEET, PaperKind.BULLETIN}
    ]
    newest: dict[tuple[str, int, str], int] = {}
    for paper in papers:
        key = (paper.kind, paper.subject_id, paper.period_key)
        newest[key] = max(paper.version, newest.get(key, 0))
    papers = [
        paper
        for paper in papers
        if newest[paper.kind, paper.subject_id, paper.period_key] == paper.version
    ]
    if not papers or bureau is None:
        return {}
    found = corrections_of(bureau=bureau, since=min(paper.compiled_at for paper in papers))
    if not found:
        return {}
    next_of = _next_asked(bureau, {each.week for each in found}, now)
    touched = {}
    for paper in papers:
        about = tuple(each for each in found if _touches(each, paper, next_of))
        if about:
            touched[paper.pk] = about
    return touched


def may_be_corrected(*, bureau: Organisation, now: datetime) -> Q:
    """The district's issued papers that a correction of the last days may touch; for a queryset of documents, so that
    it costs no query of its own where nothing was corrected."""
    rows = WeeklyReturn.objects.filter(
        version__gt=1,
        state__in=APPROVED_STATES,
        street__in=bureau.descendants(),
        approved_at__gt=now - timedelta(days=REMIND_DAYS),
    )
    return Q(Exists(rows.filter(approved_at__gt=OuterRef("compiled_at")))) & Q(
        state=PaperState.ISSUED, subject=bureau
    )


def to_check(
    *, bureau: Organisation, documents: Iterable[Document], now: datetime
) -> list[tuple[Document, Correction]]:
    """Of papers (``may_be_corrected``) those in force that a correction of the last days touches, each with the
    newest. No query where there are none."""
    papers = list(documents)
    if not papers:
        return []
    in_force = Document.objects.filter(pk__in=[paper.pk for paper in papers]).in_force()
    kept = set(in_force.values_list("pk", flat=True))
    touched = corrected_since(
        bureau=bureau, documents=[paper for paper in papers if paper.pk in kept], now=now
    )
    since = now - timedelta(days=REMIND_DAYS)
    return [
        (paper, touched[paper.pk][0])
        for paper in papers
        if paper.pk in touched and touched[paper.pk][0].approved_at > since
    ]


def _touches(each: Correction, paper: Document, next_of: Mapping[Week, Week | None]) -> bool:
    if each.approved_at <= paper.compiled_at:
        return False
    if paper.subject_id not in {paper.bureau_id, each.street_id}:
        return False
    if paper.kind == PaperKind.BULLETIN:
        quarter = Quarter.from_key(paper.period_key)
        return quarter.start <= each.week.end <= quarter.end
    return Week.from_key(paper.period_key) in {each.week, next_of[each.week]}


def _next_asked(
    bureau: Organisation, weeks: Iterable[Week], now: datetime
) -> dict[Week, Week | None]:
    """The next week that asked for a return after each."""
    known = sorted(weeks)
    moments = moments_between(
        bureau=bureau, first=known[0], last=known[-1].shift(LONGEST_SILENCE), now=now
    )
    asked = [week for week, each in moments.items() if each.is_asked]
    return {week: next((each for each in asked if each > week), None) for week in known}
