"""What keeps papers from who should have them, told by a red tile and by a mail a day (row Q4).

A paper that was not issued at its time, a scheduled job that failed, files that could not be made of an
issued paper, a mail that did not leave or of which nobody knows. Nothing is stored: trouble is what the
rows say now, and is gone when they say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Exists, F, OuterRef, QuerySet
from django.template.loader import render_to_string

from projects.ledger.models import Programme
from renovation.accounts.enums import Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.calendar import local_day
from renovation.core.periods import Quarter, Week, period_from_key
from renovation.core.wording import chinese_moment
from renovation.jobs.models import Run, Schedule
from renovation.jobs.services import kinds
from renovation.messaging.enums import TROUBLED_STATES
from renovation.records.models import Message, WorkState
from renovation.records.services import work_calendar
from renovation.records.telling import queue_mail
from reports.papers.enums import Format, PaperKind, PaperState
from reports.papers.models import Document, Rendition
from reports.papers.versions import speaking

from . import message_kinds
from .models import Delivery
from .services import FRESH, MAILED_BY, moment_by, schedules_of
from .wording import unissued

#: The scheduled jobs by which papers are drafted and leave.
#: Job → the paper that it drafts or mails.
JOBS: Final = {
    "papers.sheets": PaperKind.DISPATCH_SHEET,
    "papers.bulletin": PaperKind.BULLETIN,
    **{code: kind for kind, code in MAILED_BY.items()},
}
#: As many past quarters and weeks are watched; what is older is history.
QUARTERS, WEEKS = 2, 2


class TroubleKind(StrEnum):
    """What went wrong."""

    OVERDUE = "overdue"
    JOB = "job"
    FILES = "files"
    MAIL = "mail"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One thing that somebody must see to: what, why; the paper it is about, where there is one."""

    kind: TroubleKind
    title: str
    reason: str
    document: Document | None = None
    paper_kind: str = ""

    @property
    def line(self) -> str:
        """As the mail lists it."""
        return f"{self.title}：{self.reason}"


def troubles(*, bureau: Organisation, now: datetime) -> list[Trouble]:
    """Everything, the heaviest first. A constant number of queries."""
    return [
        *overdue_papers(bureau=bureau, now=now),
        *failed_jobs(bureau=bureau, now=now),
        *failed_files(bureau=bureau, now=now),
        *_troubled_deliveries(bureau),
    ]


# -- papers that should have left --------------------------------------------------------------------
def overdue_papers(*, bureau: Organisation, now: datetime) -> list[Trouble]:
    """Bulletins of this and the last two quarters and dispatch sheets of the last two weeks that should have
    left and are not issued, the oldest first."""
    quarter, week = Quarter.of(local_day(now)), Week.of(local_day(now))
    watched: dict[str, list[Quarter | Week]] = {
        PaperKind.BULLETIN: [quarter.shift(step) for step in range(-QUARTERS, 1)],
        PaperKind.DISPATCH_SHEET: [week.shift(step) for step in range(-WEEKS, 1)],
    }
    schedules = schedules_of(bureau=bureau)
    return [
        trouble
        for kind, periods in watched.items()
        if kind in schedules
        for trouble in _overdue(kind, schedules[kind], periods, bureau, now)
    ]


def _overdue(
    kind: str,
    schedule: Schedule,
    periods: Iterable[Quarter | Week],
    bureau: Organisation,
    now: datetime,
) -> Iterator[Trouble]:
    calendar = work_calendar()
    moments = {period: moment_by(schedule, period.key, calendar) for period in periods}
    due = {period: at for period, at in moments.items() if at is not None and at <= now}
    if not due:
        return
    first = Programme.objects.filter(bureau=bureau).order_by("approved_on").first()
    rows = speaking(kind=kind, bureau=bureau, period_keys=[each.key for each in due])
    for period, moment in due.items():
        document = rows.get(period.key)
        if first is None or first.approved_on > period.end:
            continue  # there was nothing to report on yet
        if document is not None and document.state == PaperState.ISSUED:
            continue
        words = unissued(kind=kind, document=document)
        yield Trouble(
            kind=TroubleKind.OVERDUE,
            title=f"{period_from_key(period.key).label}{words.noun}到时未{words.lacks}",
            reason=f"应于{chinese_moment(moment)}发送，现在是“{words.state}”；不{words.lacks}不会发送",
            document=document,
            paper_kind=kind,
        )


# -- what failed -------------------------------------------------------------------------------------
def failed_jobs(*, bureau: Organisation, now: datetime) -> list[Trouble]:
    """Drafting and mailing jobs that failed for good or were missed, until a person has done by hand what they
    were to do: the paper is drafted, or issued where it was to be mailed."""
    rows = Run.objects.filter(
        organisation=bureau,
        kind__in=JOBS,
        work_state__in=[WorkState.FAILED, WorkState.MISSED],
        due_at__gte=now - FRESH,
    )
    runs = list(rows.order_by("due_at", "pk"))
    papers = {
        kind: speaking(
            kind=kind,
            bureau=bureau,
            period_keys=[run.period_key for run in runs if JOBS[run.kind] == kind],
        )
        for kind in {JOBS[run.kind] for run in runs}
    }

    def is_healed(run: Run) -> bool:
        paper = papers[JOBS[run.kind]].get(run.period_key)
        mails = run.kind in MAILED_BY.values()
        return paper is not None and (paper.state == PaperState.ISSUED or not mails)

    return [
        Trouble(
            kind=TroubleKind.JOB,
            title=f"{kinds()[run.kind].label}（{_period(run.period_key)}）{run.get_work_state_display()}",
            reason=run.error or f"应于{chinese_moment(run.due_at)}运行，没有运行",
        )
        for run in runs
        if not is_healed(run)
    ]


def _period(key: str) -> str:
    try:
        return period_from_key(key).label
    except ValueError:
        return key


def failed_files(*, bureau: Organisation, now: datetime) -> list[Trouble]:
    """Issued papers whose PDF or workbook could not be made: they wait and are not mailed."""
    made = Rendition.objects.filter(
        document=OuterRef("document"),
        format=OuterRef("format"),
        work_state=WorkState.DONE,
        not_before__gte=OuterRef("document__issued_at"),
    )
    rows = (
        Rendition.objects.filter(
            document__bureau=bureau,
            document__state=PaperState.ISSUED,
            document__issued_at__gte=now - FRESH,
            format__in=[Format.PDF, Format.XLSX],
            work_state=WorkState.FAILED,
            not_before__gte=F("document__issued_at"),
        )
        .exclude(Exists(made))
        .select_related("document")
        .defer("document__snapshot", "document__texts")
        .order_by("pk")
    )
    latest = {(row.document_id, row.format): row for row in rows}
    return [
        Trouble(
            kind=TroubleKind.FILES,
            title=f"“{row.document.title}”的{row.get_format_display()}没有生成",
            reason=f"{row.error}文件生成以前不会发送",
            document=row.document,
            paper_kind=row.document.kind,
        )
        for row in latest.values()
    ]


def troubled_mails(*, bureau: Organisation) -> QuerySet[Message]:
    """Mails of the bureau that failed for good or whose outcome is unknown."""
    return Message.objects.filter(organisation=bureau, state__in=TROUBLED_STATES)


def _troubled_deliveries(bureau: Organisation) -> list[Trouble]:
    """By paper, how many of its mails failed and how many are unknown."""
    rows = (
        Delivery.objects.filter(document__bureau=bureau, mail__state__in=TROUBLED_STATES)
        .select_related("document", "mail")
        .defer("document__snapshot", "document__texts", "mail__html", "mail__text")
        .order_by("document_id", "pk")
    )
    by_paper: dict[int, list[Delivery]] = {}
    for row in rows:
        by_paper.setdefault(row.document_id, []).append(row)
    return [
        Trouble(
            kind=TroubleKind.MAIL,
            title=f"“{found[0].document.title}”有邮件没有送达",
            reason="，".join(
                f"{state.label} {count} 封"
                for state in TROUBLED_STATES
                if (count := sum(row.mail.state == state for row in found))
            ),
            document=found[0].document,
            paper_kind=found[0].document.kind,
        )
        for found in by_paper.values()
    ]


# -- telling -----------------------------------------------------------------------------------------
def tell(*, bureau: Organisation, now: datetime) -> Mapping[str, int]:
    """Mail the day's trouble to the administrators, to the office, and to each paper's owners about theirs.

    One mail a person and day, none where there is no trouble. Returns ``troubles`` and ``mails``, which the
    ledger of runs keeps.
    """
    found = troubles(bureau=bureau, now=now)
    if not found:
        return {"troubles": 0, "mails": 0}
    day = local_day(now)
    everything = set(
        User.objects.filter(
            memberships__in=Membership.objects.filter(
                organisation=bureau, role__in=[Role.ADMIN, Role.OFFICE]
            ).valid_on(day)
        ).values_list("pk", flat=True)
    )
    owners: dict[int, list[Trouble]] = {}
    for trouble in found:
        for pk in everything | _owners(trouble.document):
            owners.setdefault(pk, []).append(trouble)
    people = User.objects.filter(pk__in=owners, is_active=True).exclude(email="").order_by("pk")
    for person in people:
        own = owners[person.pk]
        queue_mail(
            kind=message_kinds.TROUBLES,
            key=f"troubles:{bureau.pk}:{day.isoformat()}:{person.pk}",
            recipient=person.email,
            recipient_name=str(person),
            subject=f"文件编制和发送有 {len(own)} 件事要处理",
            text=render_to_string(
                "delivery/troubles.txt", {"person": person, "troubles": own, "bureau": bureau}
            ),
            organisation=bureau,
            now=now,
        )
    return {"troubles": len(found), "mails": len(people)}


def _owners(document: Document | None) -> set[int]:
    """Who drafted, signed and issued a paper."""
    if document is None:
        return set()
    hands = (document.drafted_by_id, document.signed_by_id, document.issued_by_id)
    return {pk for pk in hands if pk is not None}
