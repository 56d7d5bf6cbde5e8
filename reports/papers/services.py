"""Acts on papers: compile, edit, check, countersign, approve, sign, number, issue, file, correct.

Every act goes through the flow and the rule of different people (policies), changes the state by
compare-and-swap, adds a line to the approval sheet and to the audit log, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Quarter, Week
from renovation.records.models import StoredFile
from renovation.records.services import audit, store_file
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.services import publish

from . import numbers, originals, renditions
from .bulletin_facts import compile_bulletin_content
from .bulletins import Bulletin
from .enums import PaperAct, PaperKind, PaperState
from .flows import flow_of
from .models import Document, DocumentStep
from .policies import check_act
from .sheet_facts import compile_sheet_content
from .sheets import DispatchSheet
from .snapshots import Content, content_of, digest_of_content, stored

A = PaperAct
S = PaperState


# -- compiling ---------------------------------------------------------------------------------------
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
    content = compile_sheet_content(bureau=bureau, subject=subject, week=week, now=now)
    return _put(
        kind=PaperKind.DISPATCH_SHEET,
        bureau=bureau,
        subject=subject,
        period_key=week.key,
        content=content,
        by=by,
        now=now,
    )


def compile_sheets(
    *, bureau: Organisation, week: Week, now: datetime, by: User | None = None
) -> list[Document]:
    """The district's sheet of a week and one for every street that reports in it; district first."""
    district = compile_sheet(bureau=bureau, subject=bureau, week=week, by=by, now=now)
    found = [district]
    sheet = content_of(district)
    assert isinstance(sheet, DispatchSheet)
    codes = [group.street_code for group in sheet.groups]
    streets = {each.code: each for each in Organisation.objects.filter(code__in=codes)}
    for code in codes:
        found.append(compile_sheet(bureau=bureau, subject=streets[code], week=week, by=by, now=now))
    return found


def compile_bulletin(
    *, bureau: Organisation, quarter: Quarter, now: datetime, by: User | None = None
) -> Document:
    """The bulletin of a quarter, drafted from the approved figures at its end.

    Makes the draft, or compiles it anew under the passages that were edited; a bulletin that has left
    拟稿 stays as it is and is returned. ``by`` becomes its drafter; the schedule drafts for nobody.
    """
    existing = latest(
        kind=PaperKind.BULLETIN, bureau=bureau, subject=bureau, period_key=quarter.key
    )
    texts = existing.texts if existing is not None and existing.state == S.DRAFT else {}
    content = compile_bulletin_content(bureau=bureau, quarter=quarter, texts=texts, now=now)
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


def latest(
    *, kind: str, bureau: Organisation, subject: Organisation, period_key: str
) -> Document | None:
    """The newest version of a paper, in whatever state."""
    rows = Document.objects.filter(
        kind=kind, bureau=bureau, subject=subject, period_key=period_key
    )
    return rows.select_related("bureau", "subject").order_by("-version").first()


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


@transaction.atomic
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
    """Store a compiled paper as the draft of its period, or leave what is beyond drafting."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)  # one compiler at a time
    document = latest(kind=kind, bureau=bureau, subject=subject, period_key=period_key)
    if document is None or document.state == S.WITHDRAWN:
        return _create(
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
    if document.state != S.DRAFT:
        return document
    digest = digest_of_content(content)
    changed = digest != document.digest
    takes_over = by is not None and document.drafted_by_id is None
    if changed:
        document.snapshot, document.digest = stored(content), digest
        document.title, document.compiled_at = content.title, now
        document.save(update_fields=["snapshot", "digest", "title", "compiled_at"])
    if takes_over:
        document.drafted_by = by
        document.save(update_fields=["drafted_by"])
    if changed or takes_over:
        _record(document, A.DRAFT, by=by, now=now, sentence=f"编制“{document.title}”")
    return document


def _create(
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
        title=content.title,
        snapshot=stored(content),
        digest=digest_of_content(content),
        compiled_at=now,
        texts=texts or {},
        outside_figures=outside or {},
        drafted_by=by,
    )
    _record(document, A.DRAFT, by=by, now=now, opinion=reason, sentence=f"编制“{document.title}”")
    return document


# -- editing -----------------------------------------------------------------------------------------
@transaction.atomic
def edit_text(
    *, document: Document, key: str, text: str, by: User, now: datetime
) -> Document:
    """Replace a passage of a drafted bulletin; an empty text gives the drafted wording back.

    Figures may be written as placeholders 【名称】, which stay bound to the measure, or as numbers,
    which the check compares with it. Refuses an unknown passage, an unknown placeholder
    (``paper.placeholder``) and a text that is too long.
    """
    return edit_texts(document=document, texts={key: text}, by=by, now=now)


@transaction.atomic
def edit_texts(
    *, document: Document, texts: dict[str, str], by: User, now: datetime
) -> Document:
    """Replace several passages at once; nothing is stored where one of them is refused."""
    document = _locked(document)
    check_act(document, A.EDIT, by=by, now=now)
    before = content_of(document)
    assert isinstance(before, Bulletin)
    kept = dict(document.texts)
    changed = []
    for key, text in texts.items():
        passage = before.passage(key)
        typed = text.replace("\r\n", "\n").strip()
        if typed == passage.template:
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
    document.title, document.compiled_at = content.title, now
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
    _record(
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
    document = _locked(document)
    check_act(document, A.EDIT, by=by, now=now)
    content = content_of(document)
    assert isinstance(content, Bulletin)
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
    _record(document, A.EDIT, by=by, now=now, opinion=sentence, sentence=sentence)
    return document


# -- the hands it passes through ---------------------------------------------------------------------
@transaction.atomic
def check(*, document: Document, by: User, now: datetime, opinion: str = "") -> Document:
    """核稿: somebody else than the drafter has read it; no figure fault may be left."""
    document = _locked(document)
    to = check_act(document, A.CHECK, by=by, now=now, comment=opinion)
    _refuse_faults(document)
    return _advance(document, A.CHECK, to, by=by, now=now, opinion=opinion)


@transaction.atomic
def countersign(*, document: Document, by: User, now: datetime, opinion: str = "") -> Document:
    """会签: another section agrees; as many as wish, each once."""
    document = _locked(document)
    to = check_act(document, A.COUNTERSIGN, by=by, now=now, comment=opinion)
    if document.steps.filter(act=A.COUNTERSIGN, by=by, digest=document.digest).exists():
        raise Refusal("paper.countersigned", "您已经会签过这份文件。")
    return _advance(document, A.COUNTERSIGN, to, by=by, now=now, opinion=opinion)


@transaction.atomic
def approve(*, document: Document, by: User, now: datetime, opinion: str = "") -> Document:
    """审核通过: the section head answers for the content; refused while a figure fault is left."""
    document = _locked(document)
    to = check_act(document, A.APPROVE, by=by, now=now, comment=opinion)
    _refuse_faults(document)
    return _advance(
        document, A.APPROVE, to, by=by, now=now, opinion=opinion, approved_by=by, approved_at=now
    )


@transaction.atomic
def sign(*, document: Document, by: User, now: datetime, opinion: str = "") -> Document:
    """签发: a leader who did not approve it; its day is the 成文日期 (条例第九条第十项)."""
    document = _locked(document)
    to = check_act(document, A.SIGN, by=by, now=now, comment=opinion)
    return _advance(
        document,
        A.SIGN,
        to,
        by=by,
        now=now,
        opinion=opinion,
        signed_by=by,
        signed_at=now,
        issued_on=local_day(now),
    )


@transaction.atomic
def send_back(*, document: Document, by: User, now: datetime, opinion: str) -> Document:
    """退回修改: back to drafting, with an opinion; an approval given is void."""
    document = _locked(document)
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
    document = _locked(document)
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
        raise numbers.taken(number) from clash


@transaction.atomic
def _number(*, document: Document, typed: str, by: User, now: datetime) -> Document:
    document = _locked(document)
    to = check_act(document, A.NUMBER, by=by, now=now)
    Organisation.objects.select_for_update().get(pk=document.bureau_id)  # one number at a time
    checked = numbers.checked(bureau=document.bureau, typed=typed, on=local_day(now))
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
    document = _locked(document)
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
    _record(
        document, A.FILE_ORIGINAL, by=by, now=now, opinion=reason,
        sentence=f"归档“{document.title}”的正本（{kept}）",
    )  # fmt: skip
    return document


@transaction.atomic
def correct(*, document: Document, by: User, now: datetime, reason: str) -> Document:
    """更正: draft a further version that will supersede the issued one, with what it corrects.

    The edited passages come along. Refuses (``paper.correction_open``) while a correction is drafted.
    """
    document = _locked(document)
    check_act(document, A.CORRECT, by=by, now=now, comment=reason)
    if Document.objects.filter(supersedes=document).exists():
        raise Refusal("paper.correction_open", "这份文件已有更正稿，请打开更正稿办理。")
    content = present_content(document=document, now=now)
    _record(
        document, A.CORRECT, by=by, now=now, opinion=reason,
        sentence=f"更正“{document.title}”：{reason}",
    )  # fmt: skip
    return _create(
        kind=PaperKind(document.kind),
        bureau=document.bureau,
        subject=document.subject,
        period_key=document.period_key,
        content=content,
        supersedes=document,
        reason=reason.strip()[:200],
        by=by,
        now=now,
        texts=dict(document.texts),
        outside=dict(document.outside_figures),
    )


# -- the sheet ---------------------------------------------------------------------------------------
def issue_sheet(
    *, document: Document, by: User, now: datetime, digest: str = ""
) -> Document:
    """印发 a dispatch sheet: frozen, rendered, and the week's approved returns become published.

    The district's sheet takes the streets' drafts of the week along. It is compiled anew first: where
    the content is not what the person saw (``digest``, default that of the draft), the new draft is
    kept and the act refused, so that nobody issues what they have not read.
    """
    check_act(document, A.ISSUE, by=by, now=now)
    seen = digest or document.digest
    week = Week.from_key(document.period_key)
    fresh = compile_sheet(
        bureau=document.bureau, subject=document.subject, week=week, by=by, now=now
    )
    if fresh.state == S.DRAFT and fresh.digest != seen:
        raise StateConflict(
            "编制以后数据有变化，已按最新数据重新编制，请核对后再印发。",
            state=fresh.state,
            code="paper.changed",
        )
    return _issue(document=fresh, week=week, by=by, now=now)


@transaction.atomic
def _issue(*, document: Document, week: Week, by: User, now: datetime) -> Document:
    sheets = [_locked(document)]
    if document.subject_id == document.bureau_id:
        drafts = compile_sheets(bureau=document.bureau, week=week, by=by, now=now)[1:]
        sheets += [_locked(each) for each in drafts if each.state == S.DRAFT]
    for each in sheets:
        to = check_act(each, A.ISSUE, by=by, now=now)
        issued = _advance(
            each,
            A.ISSUE,
            to,
            by=by,
            now=now,
            issued_by=by,
            issued_at=now,
            issued_on=local_day(now),
        )
        renditions.request_issued(document=issued, now=now)
    for weekly_return in _returns_of(document, week):
        publish(weekly_return=weekly_return, by=by, now=now)
    return sheets[0]


def _returns_of(document: Document, week: Week) -> Iterable[WeeklyReturn]:
    """The approved returns of the week that the sheet speaks of."""
    rows = WeeklyReturn.objects.filter(
        week_start=week.start,
        state="approved",
        street__in=document.subject.descendants(include_self=True),
    )
    return rows.select_related("street").order_by("street__order")


# -- what others ask ---------------------------------------------------------------------------------
def bytes_to_mail(document: Document) -> list[StoredFile]:
    """The files of an issued paper that leave the house: the original (正本) where it is filed, else
    the PDF; then the workbook.

    Refuses (``paper.not_rendered``) while they are not made; see `is_ready_to_mail`.
    """
    done = renditions.finished(document=document)
    if not is_ready_to_mail(document):
        raise Refusal("paper.not_rendered", f"“{document.title}”的文件还在生成，请稍后再发送。")
    first = document.original or done["pdf"]
    return [first, done["xlsx"]]


def is_ready_to_mail(document: Document) -> bool:
    """Whether the paper is issued and its PDF and workbook are made."""
    done = renditions.finished(document=document)
    return document.state == S.ISSUED and {"pdf", "xlsx"} <= set(done)


# -- inside ------------------------------------------------------------------------------------------
def _locked(document: Document) -> Document:
    return (
        Document.objects.select_for_update(of=("self",))
        .select_related("bureau", "subject", "original")
        .get(pk=document.pk)
    )


def _refuse_faults(document: Document) -> None:
    content = content_of(document)
    assert isinstance(content, Bulletin)
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
    _record(
        document, act, by=by, now=now, opinion=opinion,
        sentence=f"{label}“{document.title}”{tail}",
        changes={"state": [before, str(to)]},
    )  # fmt: skip
    return document


def _record(
    document: Document,
    act: PaperAct,
    *,
    by: User | None,
    now: datetime,
    sentence: str,
    opinion: str = "",
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
