"""Rounds about a scheme that has changed since: what came after them, in words.

A round asks about the scheme as it stood when it was opened. A plan document (一区一案) that was filed later, and a
change of scope or design that was approved on a later day, are another scheme: residents are asked anew, or an
exception is recorded (建办城〔2021〕50号, 方案经法定比例表决同意方可开工).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import F, OuterRef, Subquery

from projects.ledger.enums import ChangeKind, ExceptionState
from projects.ledger.models import GateException, ProjectChange, ProjectDocument
from renovation.core.calendar import local_day
from renovation.core.wording import chinese_date, join

from .enums import Purpose, RoundState
from .models import Round
from .querysets import approved_after, filed_after

#: The check at 开工 that asks for a scheme that residents know; exceptions stand for it by this code.
CHECK = "consent.scheme_current"


@dataclass(frozen=True, slots=True)
class Newer:
    """What came after a round, and on which day."""

    on: date
    words: str

    def __str__(self) -> str:
        return f"{chinese_date(self.on)}{self.words}"


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A round that asked about an earlier scheme, and what came after it, the earliest first."""

    round_number: int
    opened_on: date
    newer: tuple[Newer, ...]
    #: The approved exception that stands for it, where it was asked for (``overtaken_now``).
    exception: GateException | None = None

    @property
    def mark(self) -> tuple[str, str]:
        """Word and kind of its mark."""
        return ("方案已更新，已批准例外", "active") if self.exception else ("方案已更新", "alarm")

    @property
    def title(self) -> str:
        """What it comes to."""
        return "方案已更新，已批准例外。" if self.exception else "方案已更新，须重新征询。"

    @property
    def consequence(self) -> str:
        """What it means for the start."""
        if self.exception is None:
            return "重新征询或批准例外以前，不能登记开工。"
        number = f"（{self.exception.document_number}）" if self.exception.document_number else ""
        return f"已批准例外{number}，登记开工不再要求重新征询。"

    @property
    def sentence(self) -> str:
        """第2轮方案意见征询3月5日开始，问的是先前的方案；此后2025年4月20日归档《改造方案》第 2 版。"""
        return (
            f"第{self.round_number}轮方案意见征询（{chinese_date(self.opened_on)}开始）问的是先前的方案："
            f"此后{join(map(str, self.newer))}。"
        )


def overtaken_now(*, project_ids: Iterable[int], on: date) -> dict[int, Overtaken]:
    """The same with the approved exceptions that stand for it. One query; three more where there is such a
    round."""
    found = overtaken(project_ids=project_ids, on=on)
    if not found:
        return {}
    approved = GateException.objects.filter(
        project_id__in=found, check_code=CHECK, state=ExceptionState.APPROVED
    )
    by_project = {row.project_id: row for row in approved}
    return {pk: replace(row, exception=by_project.get(pk)) for pk, row in found.items()}


def overtaken_of(*, found: Round, on: date) -> Overtaken | None:
    """What came after a round, where it is the one that counts and the works have not begun. None of a draft, nor of
    what asks about no scheme."""
    if found.purpose != Purpose.SCHEME or found.state == RoundState.DRAFT:
        return None
    if not Round.objects.filter(pk=found.pk).before_start().exists():
        return None
    told = overtaken_now(project_ids=[found.project_id], on=on).get(found.project_id)
    return told if told is not None and told.round_number == found.number else None


def version_words(document: ProjectDocument) -> str:
    """《改造方案》第 2 版."""
    return f"《{document.title}》第 {document.version} 版"


def overtaken(*, project_ids: Iterable[int], on: date) -> dict[int, Overtaken]:
    """Project → its round about the scheme, where something came after it by the end of a day. One query; two
    more where there is such a round."""
    rounds = {
        row.project_id: row
        for row in Round.objects.filter(project_id__in=list(project_ids)).overtaken_on(on)
    }
    if not rounds:
        return {}
    newer: defaultdict[int, list[Newer]] = defaultdict(list)
    asked = Round.objects.filter(
        pk__in=[row.pk for row in rounds.values()], project=OuterRef("project")
    )
    asked_at = {
        "asked_at": Subquery(asked.values("opened_at")[:1]),
        "asked_on": Subquery(asked.values("opened_on")[:1]),
        "asked_about": Subquery(asked.values("scheme_id")[:1]),
    }
    documents = ProjectDocument.objects.filter(project_id__in=rounds).annotate(**asked_at)
    filed = filed_after(F("asked_about"), F("asked_at"), F("asked_on"), on)
    for document in documents.filter(filed).select_related("file"):
        newer[document.project_id].append(
            Newer(local_day(document.file.stored_at), f"归档{version_words(document)}")
        )
    changes = ProjectChange.objects.filter(project_id__in=rounds).annotate(**asked_at)
    for change in changes.filter(approved_after(F("asked_on"), on)):
        if change.approved_on is not None:
            kind = ChangeKind(change.kind).label
            newer[change.project_id].append(
                Newer(change.approved_on, f"批准{kind}变更“{change.title}”")
            )
    return {
        pk: Overtaken(row.number, row.opened_on, tuple(sorted(newer[pk], key=lambda each: each.on)))
        for pk, row in rounds.items()
        if row.opened_on is not None
    }
