"""Papers and mails: the next act on a paper, what could not be made, what did not leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.face.todo import Item
from renovation.face.wording import moment
from reports.delivery.troubles import (
    Trouble,
    failed_files,
    failed_jobs,
    overdue_papers,
    troubled_mails,
)
from reports.papers.corrected import may_be_corrected, to_check
from reports.papers.enums import PaperAct, PaperKind, PaperState
from reports.papers.flows import flow_of
from reports.papers.models import Document
from reports.papers.policies import available_acts, not_before

from .items import address, bureau_of

P = Permission
#: Acts on papers that wait for a person, with the word of the act; drafting is nobody's duty.
_PAPER_ACTS: dict[PaperAct, tuple[str, str]] = {
    PaperAct.SIGN: ("签发", "审阅签发"),
    PaperAct.NUMBER: ("编号印发", "编号印发"),
    PaperAct.APPROVE: ("审核", "审阅审核"),
    PaperAct.CHECK: ("核稿", "核稿"),
    PaperAct.ISSUE: ("印发", "查看印发"),
}
#: Who may correct which paper.
_KINDS_OF_CORRECTION = {P.SHEET_ISSUE: PaperKind.DISPATCH_SHEET, P.PAPER_DRAFT: PaperKind.BULLETIN}
#: A dispatch sheet that is older is history: nobody is asked to issue it any more.
_SHEET_WEEKS = 2


def papers(scope: Scope, now: datetime) -> Iterator[Item]:
    """Papers whose next act is this person's, issued ones whose returns were corrected since, and the bulletin that
    should have left by now."""
    acting = {P.PAPER_SIGN, P.PAPER_NUMBER, P.PAPER_APPROVE, P.PAPER_CHECK, P.SHEET_ISSUE}
    if not acting & scope.permissions:
        return
    oldest = Week.of(local_day(now)).shift(-_SHEET_WEEKS).key
    open_ = ~Q(state__in=[PaperState.ISSUED, PaperState.WITHDRAWN])
    if _KINDS_OF_CORRECTION.keys() & scope.permissions:
        open_ |= may_be_corrected(bureau=bureau_of(scope), now=now)
    rows = Document.objects.visible_to(scope).filter(open_, bureau=scope.bureau_id)
    found = list(rows.select_related("bureau").order_by("period_key", "pk"))
    late = _late(scope, now)
    late_documents = {each.document.pk: each for each in late if each.document is not None}
    acted = set()
    for document in found:
        if document.state == PaperState.ISSUED:
            continue
        is_sheet = document.kind == PaperKind.DISPATCH_SHEET
        if is_sheet and (document.period_key < oldest or document.subject_id != document.bureau_id):
            continue
        open_acts = available_acts(document, scope)
        act = next((each for each in _PAPER_ACTS if each in open_acts), None)
        if act is None or (act == PaperAct.ISSUE and not_before(document, now=now)):
            continue
        verb, button = _PAPER_ACTS[act]
        state = flow_of(document.kind).state_label(document.state)
        compiled = (
            f"{document.get_kind_display()}，{state}，{moment(document.compiled_at, now)} 编制"
        )
        overdue = late_documents.get(document.pk)  # told once, with the act that is asked for
        acted.add(document.pk)
        yield Item(
            title=f"{verb}{document.title}",
            reason=overdue.reason if overdue else compiled,
            act=button,
            href=address("papers:document", document.pk),
            weight=_weight_late(overdue) if overdue else 30 if is_sheet else 10,
            is_alarm=overdue is not None,
        )
    issued = [document for document in found if document.state == PaperState.ISSUED]
    yield from _corrected(issued, scope, now)
    for trouble in late:
        if trouble.document is not None and trouble.document.pk in acted:
            continue
        is_sheet = trouble.paper_kind == PaperKind.DISPATCH_SHEET
        page = address("papers:sheets" if is_sheet else "papers:bulletins")
        yield Item(
            title=trouble.title,
            reason=trouble.reason,
            act="查看调度表" if is_sheet else "查看通报",
            href=address("papers:document", trouble.document.pk) if trouble.document else page,
            weight=_weight_late(trouble),
            is_alarm=True,
        )


def _late(scope: Scope, now: datetime) -> list[Trouble]:
    """Papers that should have left by now, for who watches it, each with its document or none where none is there yet."""
    if not {P.PAPER_SIGN, P.PAPER_APPROVE, P.PAPER_NUMBER} & scope.permissions:
        return []
    return overdue_papers(bureau=bureau_of(scope), now=now)


def _weight_late(trouble: Trouble) -> int:
    return 6 if trouble.paper_kind == PaperKind.DISPATCH_SHEET else 5


def _corrected(issued: Sequence[Document], scope: Scope, now: datetime) -> Iterator[Item]:
    """Issued papers of the district whose returns were corrected since, for who may correct the paper."""
    kinds = {kind for permission, kind in _KINDS_OF_CORRECTION.items() if scope.can(permission)}
    for document, correction in to_check(bureau=bureau_of(scope), documents=issued, now=now):
        if document.kind in kinds:
            yield Item(
                title=f"{document.title}印发后周报有更正",
                reason=f"{correction.words}：{correction.reason}；影响本件的，用“更正”重新印发",
                act="看改了什么",
                href=address("papers:document", document.pk),
                weight=16,
            )


def mails(scope: Scope, now: datetime) -> Iterator[Item]:
    """Papers that could not be made, mails that did not leave, or of which nobody knows: for the office,
    the leader and the administrator."""
    if not {P.DELIVERY_MANAGE, P.PAPER_SIGN, P.SETTINGS_MANAGE} & scope.permissions:
        return
    bureau = bureau_of(scope)
    runs_jobs = bool({P.DELIVERY_MANAGE, P.SETTINGS_MANAGE} & scope.permissions)
    for trouble in failed_jobs(bureau=bureau, now=now) if runs_jobs else ():
        yield Item(
            title=trouble.title,
            reason=trouble.reason,
            act="查看任务",
            href=address("jobs:runs"),
            weight=6,
            is_alarm=True,
        )
    for trouble in failed_files(bureau=bureau, now=now) if scope.can(P.PAPER_READ_DRAFT) else ():
        yield Item(
            title=trouble.title,
            reason=trouble.reason,
            act="重新生成",
            href=address("papers:document", trouble.document.pk) if trouble.document else "",
            weight=6,
            is_alarm=True,
        )
    rows = list(troubled_mails(bureau=bureau).values_list("state", "delivery__document"))
    for state, word in (("failed", "发送失败"), ("unknown", "结果不明")):
        papers = [paper for mail_state, paper in rows if mail_state == state]
        count = len(papers)
        if count:
            yield Item(
                title=f"邮件{word} {count} 封",
                reason="请核对原因后补发，已发出的不会重发"
                if state == "failed"
                else "不知道是否已经送出，请联系收件人确认后再决定是否补发",
                act="查看任务" if scope.can(P.SETTINGS_MANAGE) else "查看邮件",
                href=_mail_address(scope, papers),
                weight=7,
                is_alarm=True,
            )


def _mail_address(scope: Scope, papers: Sequence[int | None]) -> str:
    """Where this person can see to the mails: all of them, those of the paper, or the jobs."""
    if scope.can(P.DELIVERY_MANAGE):
        return address("delivery:schedules")
    paper = next((pk for pk in papers if pk is not None), None)
    if scope.can(P.PAPER_READ_DRAFT) and paper is not None:
        return address("delivery:document", paper)
    return address("jobs:runs" if scope.can(P.SETTINGS_MANAGE) else "dashboards:todo")
