"""Compiling papers: the draft of a period is made, compiled anew, and left alone once it is beyond
drafting. Acts on papers stand in `services`, which is what others import."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from renovation.accounts.models import Organisation, User
from renovation.core.periods import Quarter, Week
from renovation.core.wording import in_one_line
from renovation.records.services import audit

from .bulletin_facts import compile_bulletin_content
from .bulletins import Bulletin
from .enums import PaperAct, PaperKind, PaperState
from .locking import lock_bureau, locked
from .models import Document, DocumentStep
from .policies import check_act
from .sheet_facts import compile_sheet_content, read_week
from .sheets import DispatchSheet
from .snapshots import Content, digest_of_content, stored
from .versions import latest, replaced_by

A = PaperAct
S = PaperState


@transaction.atomic
def compile_sheet(
    *,
    bureau: Organisation,
    subject: Organisation,
    week: Week,
    now: datetime,
    by: User | None = None,
) -> Document:
    """The dispatch sheet of a week for the district (``subject`` is the bureau) or one street.

    Makes the draft, or compiles it anew; what is issued stays as it is and is returned. Refuses
    (``paper.no_programme``) where the bureau has no programme in force in that week.
    """
    lock_bureau(bureau.pk)
    content = compile_sheet_content(bureau=bureau, subject=subject, week=week, now=now)
    return _put_sheet(content, bureau=bureau, subject=subject, week=week, by=by, now=now)


@transaction.atomic
def compile_sheets(
    *, bureau: Organisation, week: Week, now: datetime, by: User | None = None
) -> list[Document]:
    """The district's sheet of a week and one for every street that reports in it; district first.

    All are cut from one reading of the data, so that a street's sheet says what the district's says.
    """
    lock_bureau(bureau.pk)
    told = read_week(bureau=bureau, week=week, now=now)
    whole = told.sheet(bureau)
    codes = list(dict.fromkeys(group.street_code for group in whole.groups))
    streets = {each.code: each for each in Organisation.objects.filter(code__in=codes)}
    return [
        _put_sheet(content, bureau=bureau, subject=subject, week=week, by=by, now=now)
        for subject, content in [
            (bureau, whole),
            *((streets[code], told.sheet(streets[code])) for code in codes),
        ]
    ]


def _put_sheet(
    content: DispatchSheet,
    *,
    bureau: Organisation,
    subject: Organisation,
    week: Week,
    by: User | None,
    now: datetime,
) -> Document:
    return _put(
        kind=PaperKind.DISPATCH_SHEET,
        bureau=bureau,
        subject=subject,
        period_key=week.key,
        content=content,
        by=by,
        now=now,
    )


@transaction.atomic
def compile_bulletin(
    *, bureau: Organisation, quarter: Quarter, now: datetime, by: User | None = None
) -> Document:
    """The bulletin of a quarter, drafted from the approved figures at its end.

    Makes the draft, or compiles it anew under the passages that were edited, also those that somebody
    saved while it was compiling; a bulletin that has left 拟稿 stays as it is and is returned. ``by``
    becomes its drafter; the schedule drafts for nobody.
    """
    lock_bureau(bureau.pk)
    content = compile_bulletin_content(bureau=bureau, quarter=quarter, texts={}, now=now)
    return _put(
        kind=PaperKind.BULLETIN,
        bureau=bureau,
        subject=bureau,
        period_key=quarter.key,
        content=content,
        by=by,
        now=now,
    )


def compile_again(*, document: Document, by: User, now: datetime) -> Document:
    """Compile a draft anew by hand; the person becomes its drafter."""
    check_act(document, A.DRAFT, by=by, now=now)
    if document.kind == PaperKind.BULLETIN:
        quarter = Quarter.from_key(document.period_key)
        return compile_bulletin(bureau=document.bureau, quarter=quarter, by=by, now=now)
    week = Week.from_key(document.period_key)
    return compile_sheet(
        bureau=document.bureau, subject=document.subject, week=week, by=by, now=now
    )


def present_content(*, document: Document, now: datetime) -> Content:
    """What the paper would say if it were compiled now, under the same edited passages."""
    if document.kind == PaperKind.BULLETIN:
        return compile_bulletin_content(
            bureau=document.bureau,
            quarter=Quarter.from_key(document.period_key),
            texts=document.texts,
            now=now,
        )
    return compile_sheet_content(
        bureau=document.bureau,
        subject=document.subject,
        week=Week.from_key(document.period_key),
        now=now,
    )


def _put(
    *,
    kind: PaperKind,
    bureau: Organisation,
    subject: Organisation,
    period_key: str,
    content: Content,
    by: User | None,
    now: datetime,
) -> Document:
    """Store a compiled paper as the draft of its period, or leave what is beyond drafting. The caller
    holds the bureau, so that what was read last is stored last."""
    document = latest(kind=kind, bureau=bureau, subject=subject, period_key=period_key)
    withdrawn = document is not None and document.state == S.WITHDRAWN
    if document is not None and withdrawn:
        issued = replaced_by(document)
        if issued is not None:  # only a person begins another correction
            return issued
    if document is None or withdrawn:
        return create(
            kind=kind,
            bureau=bureau,
            subject=subject,
            period_key=period_key,
            content=content,
            supersedes=document,
            reason="前一稿已作废，重新拟稿" if document else "",
            by=by,
            now=now,
        )
    document = locked(document)
    if document.state != S.DRAFT:
        return document
    if isinstance(content, Bulletin):
        content = content.with_texts(document.texts)
    digest = digest_of_content(content)
    changed = digest != document.digest
    takes_over = by is not None and document.drafted_by_id is None
    if changed:
        document.snapshot, document.digest = stored(content), digest
        document.title, document.compiled_at = in_one_line(content.title), now
        document.save(update_fields=["snapshot", "digest", "title", "compiled_at"])
    if takes_over:
        document.drafted_by = by
        document.save(update_fields=["drafted_by"])
    if changed or takes_over:
        record(document, A.DRAFT, by=by, now=now, sentence=f"编制“{document.title}”")
    return document


def create(
    *,
    kind: PaperKind,
    bureau: Organisation,
    subject: Organisation,
    period_key: str,
    content: Content,
    supersedes: Document | None,
    reason: str,
    by: User | None,
    now: datetime,
    texts: dict[str, str] | None = None,
    outside: dict[str, str] | None = None,
) -> Document:
    document = Document.objects.create(
        kind=kind,
        bureau=bureau,
        subject=subject,
        period_key=period_key,
        version=supersedes.version + 1 if supersedes else 1,
        supersedes=supersedes,
        correction_reason=reason,
        title=in_one_line(content.title),
        snapshot=stored(content),
        digest=digest_of_content(content),
        compiled_at=now,
        texts=texts or {},
        outside_figures=outside or {},
        drafted_by=by,
    )
    record(document, A.DRAFT, by=by, now=now, opinion=reason, sentence=f"编制“{document.title}”")
    return document


def record(
    document: Document,
    act: PaperAct,
    *,
    by: User | None,
    now: datetime,
    sentence: str,
    opinion: str = "",
    accepted: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    """A line of the approval sheet and one of the audit log."""
    DocumentStep.objects.create(
        document=document,
        act=act,
        by=by,
        by_label=str(by) if by is not None else "系统",
        at=now,
        opinion=opinion.strip()[:500],
        digest=document.digest,
        accepted=accepted,
    )
    audit(
        act=f"document.{act}",
        sentence=sentence,
        by=by,
        now=now,
        target=document,
        organisation=document.bureau,
        changes=changes,
        reason=opinion,
    )
