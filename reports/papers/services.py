"""Acts on papers: compile, edit, check, countersign, approve, sign, number, issue, file, correct.

Every act goes through the flow and the rule of different people (policies), changes the state by
compare-and-swap, adds a line to the approval sheet and to the audit log, in one transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.core.wording import in_one_line
from renovation.records.services import store_file
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.services import publish

from . import numbers, originals, renditions
from .compiling import (
    compile_again,
    compile_bulletin,
    compile_sheet,
    compile_sheets,
    create,
    present_content,
    record,
)
from .enums import PaperAct, PaperKind, PaperState
from .flows import flow_of
from .locking import lock_bureau, locked
from .models import Document
from .outgoing import bytes_to_mail, check_printable, is_ready_to_mail
from .policies import check_act, not_before
from .reach import shortfall
from .snapshots import bulletin_of, digest_of_content, sheet_of, stored
from .versions import later_than, latest

__all__ = [
    "approve", "bytes_to_mail", "check", "compile_again", "compile_bulletin", "compile_sheet",
    "compile_sheets", "correct", "countersign", "edit_text", "edit_texts", "file_original",
    "is_ready_to_mail", "issue_sheet", "latest", "mark_outside", "number", "present_content",
    "send_back", "sign", "withdraw",
]  # fmt: skip

A = PaperAct
S = PaperState


# -- editing -----------------------------------------------------------------------------------------
@transaction.atomic
def edit_text(*, document: Document, key: str, text: str, by: User, now: datetime) -> Document:
    """Replace a passage of a drafted bulletin; an empty text gives the drafted wording back.

    Figures may be written as placeholders 【名称】, which stay bound to the measure, or as numbers,
    which the check compares with it. Refuses an unknown passage, an unknown placeholder
    (``paper.placeholder``) and a text that is too long.
    """
    return edit_texts(document=document, texts={key: text}, by=by, now=now)


@transaction.atomic
def edit_texts(*, document: Document, texts: dict[str, str], by: User, now: datetime) -> Document:
    """Replace several passages at once; nothing is stored where one of them is refused."""
    document = locked(document)
    check_act(document, A.EDIT, by=by, now=now)
    before = bulletin_of(document)
    kept = dict(document.texts)
    changed = []
    for key, text in texts.items():
        passage = before.passage(key)
        typed = text.replace("\r\n", "\n").strip()
        if typed == passage.template.strip():
            continue
        changed.append(passage)
        if typed and typed != passage.drafted:
            before.fill(typed, field=key)
            kept[key] = typed
        else:
            kept.pop(key, None)
    if not changed:
        return document
    document.texts = kept
    content = before.with_texts(kept)
    document.snapshot, document.digest = stored(content), digest_of_content(content)
    document.title, document.compiled_at = in_one_line(content.title), now
    document.outside_figures = {
        place: reason
        for place, reason in document.outside_figures.items()
        if place in content.figure_places()
    }
    if document.drafted_by_id is None:
        document.drafted_by = by
    document.save(
        update_fields=[
            "texts", "snapshot", "digest", "title", "compiled_at", "outside_figures", "drafted_by",
        ]
    )  # fmt: skip
    names = "、".join(passage.name for passage in changed)
    record(
        document,
        A.EDIT,
        by=by,
        now=now,
        sentence=f"修改“{document.title}”的文字：{names}",
        changes={p.key: [p.template, kept.get(p.key, p.drafted)] for p in changed},
    )
    return document


@transaction.atomic
def mark_outside(
    *, document: Document, place: str, reason: str, by: User, now: datetime
) -> Document:
    """Declare a number in the text to be none of the bulletin's figures (48小时), with a reason; an
    empty reason takes the declaration back. ``place`` is a fault's ``place``."""
    document = locked(document)
    check_act(document, A.EDIT, by=by, now=now)
    content = bulletin_of(document)
    if place not in content.figure_places():
        raise Refusal("paper.no_such_figure", "文中没有这个数字，请刷新页面后再试。")
    marks = dict(document.outside_figures)
    token = content.figure_places()[place]
    if reason.strip():
        marks[place] = reason.strip()[:100]
        sentence = f"标明“{token}”为非本通报指标：{marks[place]}"
    else:
        marks.pop(place, None)
        sentence = f"取消“{token}”的非本通报指标标记"
    document.outside_figures = marks
    document.save(update_fields=["outside_figures"])
    record(document, A.EDIT, by=by, now=now, opinion=sentence, sentence=sentence)
    return document


# -- the hands it passes through ---------------------------------------------------------------------
@transaction.atomic
def check(
    *, document: Document, by: User, now: datetime, opinion: str = "", seen: str = ""
) -> Document:
    """核稿: somebody else than the drafter has read it; no figure fault may be left."""
    document = _as_seen(document, seen)
    to = check_act(document, A.CHECK, by=by, now=now, comment=opinion)
    _refuse_faults(document)
    return _advance(document, A.CHECK, to, by=by, now=now, opinion=opinion)


@transaction.atomic
def countersign(
    *, document: Document, by: User, now: datetime, opinion: str = "", seen: str = ""
) -> Document:
    """会签: another section agrees; as many as wish, each once."""
    document = _as_seen(document, seen)
    to = check_act(document, A.COUNTERSIGN, by=by, now=now, comment=opinion)
    if document.steps.filter(act=A.COUNTERSIGN, by=by, digest=document.digest).exists():
        raise Refusal("paper.countersigned", "您已经会签过这份文件。")
    return _advance(document, A.COUNTERSIGN, to, by=by, now=now, opinion=opinion)


@transaction.atomic
def approve(
    *, document: Document, by: User, now: datetime, opinion: str = "", seen: str = ""
) -> Document:
    """审核通过: the section head answers for the content; refused while a figure fault is left."""
    document = _as_seen(document, seen)
    to = check_act(document, A.APPROVE, by=by, now=now, comment=opinion)
    _refuse_faults(document)
    return _advance(
        document, A.APPROVE, to, by=by, now=now, opinion=opinion, approved_by=by, approved_at=now
    )


@transaction.atomic
def sign(
    *,
    document: Document,
    by: User,
    now: datetime,
    opinion: str = "",
    seen: str = "",
    accepts: bool = False,
) -> Document:
    """签发: a leader who did not approve it; its day is the 成文日期 (条例第九条第十项).

    Refuses at ``accepts`` (``paper.quarter_short``) a bulletin whose figures do not tell the whole quarter,
    unless the signer accepts just that; the sentence accepted is kept with the signature.
    """
    document = _as_seen(document, seen)
    to = check_act(document, A.SIGN, by=by, now=now, comment=opinion)
    short = shortfall(bulletin_of(document), on=local_day(now))
    if short is not None and not accepts:
        raise Refusal(
            "paper.quarter_short",
            f"{short.finding}，{short.detail}。仍要签发的，请勾选确认。",
            field="accepts",
        )
    return _advance(
        document,
        A.SIGN,
        to,
        by=by,
        now=now,
        opinion=opinion,
        accepted=short.acceptance if short is not None else "",
        signed_by=by,
        signed_at=now,
        issued_on=local_day(now),
    )


@transaction.atomic
def send_back(*, document: Document, by: User, now: datetime, opinion: str) -> Document:
    """退回修改: back to drafting, with an opinion; an approval given is void."""
    document = locked(document)
    to = check_act(document, A.SEND_BACK, by=by, now=now, comment=opinion)
    return _advance(
        document,
        A.SEND_BACK,
        to,
        by=by,
        now=now,
        opinion=opinion,
        approved_by=None,
        approved_at=None,
    )


@transaction.atomic
def withdraw(*, document: Document, by: User, now: datetime, opinion: str) -> Document:
    """作废: it will never be issued; the period may be drafted anew as a further version."""
    document = locked(document)
    to = check_act(document, A.WITHDRAW, by=by, now=now, comment=opinion)
    return _advance(document, A.WITHDRAW, to, by=by, now=now, opinion=opinion)


def number(*, document: Document, number: str, by: User, now: datetime) -> Document:
    """编号印发: the office gives the number, the paper is issued and rendered with it.

    Refuses at ``number`` a text that is no document number (``paper.number``), one that is taken
    (``paper.number_taken``), and with an own series every other than the next
    (``paper.number_order``).
    """
    try:
        return _number(document=document, typed=number, by=by, now=now)
    except IntegrityError as clash:
        raise numbers.taken(number, bureau=document.bureau) from clash


@transaction.atomic
def _number(*, document: Document, typed: str, by: User, now: datetime) -> Document:
    lock_bureau(document.bureau_id)
    document = locked(document)
    to = check_act(document, A.NUMBER, by=by, now=now)
    checked = numbers.checked(
        bureau=document.bureau,
        typed=typed,
        on=local_day(now),
        signed_on=local_day(document.signed_at) if document.signed_at else None,
    )
    document = _advance(
        document,
        A.NUMBER,
        to,
        by=by,
        now=now,
        opinion=checked,
        number=checked,
        issued_by=by,
        issued_at=now,
    )
    renditions.request_issued(document=document, now=now)
    return document


@transaction.atomic
def file_original(
    *, document: Document, content: bytes, name: str, by: User, now: datetime, reason: str = ""
) -> Document:
    """归档正本: keep the scan of the sealed paper (PDF, JPEG or PNG, looked into); it is mailed from
    then on. A scan already filed is replaced with a reason only."""
    document = locked(document)
    check_act(document, A.FILE_ORIGINAL, by=by, now=now)
    if document.original_id is not None and not reason.strip():
        raise Refusal("paper.original_filed", "已有正本，更换正本请写明原因。", field="reason")
    kept, content_type = originals.checked(content=content, name=name)
    document.original = store_file(
        content=content,
        name=kept,
        content_type=content_type,
        organisation=document.bureau,
        by=by,
        now=now,
    )
    document.save(update_fields=["original"])
    record(
        document, A.FILE_ORIGINAL, by=by, now=now, opinion=reason,
        sentence=f"归档“{document.title}”的正本（{kept}）",
    )  # fmt: skip
    return document


@transaction.atomic
def correct(*, document: Document, by: User, now: datetime, reason: str) -> Document:
    """更正: draft a further version that will supersede the issued one, with what it corrects.

    It follows the newest version, also where that is a correction that was withdrawn. The edited
    passages come along. Refuses while a correction is under way (``paper.correction_open``), and for a
    paper that a later version has replaced (``paper.superseded``).
    """
    lock_bureau(document.bureau_id)
    document = locked(document)
    check_act(document, A.CORRECT, by=by, now=now, comment=reason)
    later = later_than(document).first()
    if later is not None and later.state == S.ISSUED:
        raise Refusal(
            "paper.superseded",
            f"这份文件已被第{later.version}版更正替代，请打开第{later.version}版办理。",
        )
    if later is not None:
        raise Refusal("paper.correction_open", "这份文件已有更正稿，请打开更正稿办理。")
    head = latest(
        kind=document.kind,
        bureau=document.bureau,
        subject=document.subject,
        period_key=document.period_key,
    )
    content = present_content(document=document, now=now)
    record(
        document, A.CORRECT, by=by, now=now, opinion=reason,
        sentence=f"更正“{document.title}”：{reason}",
    )  # fmt: skip
    return create(
        kind=PaperKind(document.kind),
        bureau=document.bureau,
        subject=document.subject,
        period_key=document.period_key,
        content=content,
        supersedes=head,
        reason=reason.strip()[:200],
        by=by,
        now=now,
        texts=dict(document.texts),
        outside=dict(document.outside_figures),
    )


# -- the sheet ---------------------------------------------------------------------------------------
def issue_sheet(*, document: Document, by: User, now: datetime, digest: str = "") -> Document:
    """印发 a dispatch sheet: frozen, rendered, and the week's approved returns become published.

    The district's sheet takes the streets' drafts of the week along. It is compiled anew first: where
    the content is not what the person saw (``digest``, default that of the draft), the new draft is
    kept and the act refused, so that nobody issues what they have not read.
    """
    present = _issue(document=document, seen=digest or document.digest, by=by, now=now)
    if present.state != S.ISSUED:
        raise StateConflict(
            "编制以后数据有变化，已按最新数据重新编制，请核对后再印发。",
            state=present.state,
            code="paper.changed",
        )
    return present


@transaction.atomic
def _issue(*, document: Document, seen: str, by: User, now: datetime) -> Document:
    """The issued sheet, or its new draft where that is not what was seen; compared while the bureau and
    the sheet are held, so that nothing is compiled in between."""
    lock_bureau(document.bureau_id)
    document = locked(document)
    check_act(document, A.ISSUE, by=by, now=now)
    bureau, week = document.bureau, Week.from_key(document.period_key)
    if wait := not_before(document, now=now):
        raise Refusal("paper.week_open", wait)
    if document.subject_id == bureau.pk:
        sheets = compile_sheets(bureau=bureau, week=week, by=by, now=now)
    else:
        subject = document.subject
        sheets = [compile_sheet(bureau=bureau, subject=subject, week=week, by=by, now=now)]
    if sheets[0].digest != seen:
        return sheets[0]
    for each in sheets:
        if each.state == S.DRAFT:
            to = check_act(each, A.ISSUE, by=by, now=now)
            check_printable(each)
            _advance(
                each,
                A.ISSUE,
                to,
                by=by,
                now=now,
                issued_by=by,
                issued_at=now,
                issued_on=local_day(now),
            )
            renditions.request_issued(document=each, now=now)
    for weekly_return in _returns_of(sheets[0], week):
        publish(weekly_return=weekly_return, by=by, now=now)
    return sheets[0]


def _returns_of(document: Document, week: Week) -> list[WeeklyReturn]:
    """The approved returns of the week that the sheet was compiled from; one that was approved since is
    not published by a sheet that does not hold it."""
    inputs = {each.street_code: each.version for each in sheet_of(document).inputs}
    rows = WeeklyReturn.objects.filter(
        week_start=week.start, state="approved", street__code__in=inputs
    )
    return [
        row
        for row in rows.select_related("street").order_by("street__order", "version")
        if row.version <= inputs[row.street.code]
    ]


# -- inside ------------------------------------------------------------------------------------------
def _as_seen(document: Document, seen: str) -> Document:
    """The locked paper, where it still says what the person read: ``seen`` is the digest that their page
    showed (empty: not asked for). What was sent back, changed and sent anew has to be read anew."""
    document = locked(document)
    if seen and seen != document.digest:
        raise StateConflict(
            "文件内容刚刚有变化，请重新阅读后再办理。", state=document.state, code="paper.changed"
        )
    return document


def _refuse_faults(document: Document) -> None:
    content = bulletin_of(document)
    faults = content.faults(document.outside_figures)
    if faults:
        raise Refusal(
            "paper.figures",
            f"文中有 {len(faults)} 处数字与本通报数据不符，请先改正或标明为非本通报指标："
            + "；".join(f"“{fault.token}”（{fault.passage_name}）" for fault in faults[:3]),
        )


def _advance(
    document: Document,
    act: PaperAct,
    to: PaperState,
    *,
    by: User,
    now: datetime,
    opinion: str = "",
    accepted: str = "",
    **fields: Any,
) -> Document:
    """Change the state by compare-and-swap and write the step."""
    before = document.state
    moved = Document.objects.filter(pk=document.pk, state=before, digest=document.digest).update(
        state=to, **fields
    )
    if not moved:
        raise StateConflict("文件刚刚有变化，请刷新后再办理。", state=before)
    for name, value in {"state": to, **fields}.items():
        setattr(document, name, value)
    label = flow_of(document.kind).act_label(before, act)
    tail = f"，文号{fields['number']}" if "number" in fields else ""
    record(
        document, act, by=by, now=now, opinion=opinion, accepted=accepted,
        sentence=f"{label}“{document.title}”{tail}" + (f"（{accepted}）" if accepted else ""),
        changes={"state": [before, str(to)]},
    )  # fmt: skip
    return document
