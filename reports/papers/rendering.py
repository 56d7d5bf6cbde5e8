"""From the snapshot of a document to pages, PDFs and workbooks. Nothing is computed here.

What is laid over the snapshot (number, dates, the mark of a draft, the steps of the approval form) is
an `Overlay`; snapshot and overlay together decide every byte (`printed_digest`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time

from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Table
from renovation.core.documents.papers import (
    ApprovalForm,
    SheetPaper,
    Signature,
    approval_html,
    minutes_html,
    official_html,
    sheet_html,
)
from renovation.core.documents.pdf import PdfMetadata, render_pdf
from renovation.core.documents.snapshot import digest_of, freeze
from renovation.core.documents.xlsx import (
    Book,
    Paper,
    Sheet,
    sheet_from_table,
    write_workbook,
)
from renovation.core.wording import chinese_date, chinese_moment

from .bulletin_tables import annexes, official_paper, ranking_table
from .bulletins import Bulletin
from .enums import Extent, Format, PaperAct, PaperKind, PaperState
from .minutes.layout import minutes_paper
from .minutes.values import MeetingMinutes
from .models import Document, DocumentStep
from .sheet_tables import sheet_table, tables_behind
from .sheets import DispatchSheet
from .snapshots import bulletin_of, content_of, minutes_of
from .versions import replaced_by

#: Raised when the layout changes, so that bytes made under the old one are not taken for the new.
LAYOUT = 5


@dataclass(frozen=True)
class Overlay:
    """What a rendering prints beside the snapshot."""

    number: str = ""
    issued_on: date | None = None
    printed_on: date | None = None
    filled_on: date | None = None
    draft: str = ""
    version: int = 1
    correction: str = ""
    compiled_by: str = ""
    issued_by: str = ""


def overlay_of(document: Document) -> Overlay:
    """The overlay of a document as it stands. A correction says what it is and what it replaces."""
    draft = "" if document.state == PaperState.ISSUED else "草稿　未经印发，不得引用"
    if document.state == PaperState.SIGNED:
        draft = "待编号　未经印发，不得引用"
    correction = ""
    if document.version > 1 and document.correction_reason:
        old = replaced_by(document)
        if old is not None:
            which = f"（{old.number}）" if old.number else ""
            correction = (
                f"本件为第{document.version}版，更正并替代原件{which}。"
                f"更正原因：{document.correction_reason.rstrip('。')}。"
            )
    compiled_by, issued_by = _hands(document)
    return Overlay(
        number=document.number or "",
        issued_on=document.issued_on,
        printed_on=local_day(document.issued_at) if document.issued_at else None,
        filled_on=document.issued_on or local_day(document.compiled_at),
        draft=draft,
        version=document.version,
        correction=correction,
        compiled_by=compiled_by,
        issued_by=issued_by,
    )


def _hands(document: Document) -> tuple[str, str]:
    """Who compiled and who issued the paper, by the names that their posts had then: an account that is
    renamed later changes no paper."""
    compiled_by, issued_by = "系统", ""
    for step in document.steps.all():
        if step.act in {PaperAct.DRAFT, PaperAct.EDIT} and step.by_id == document.drafted_by_id:
            compiled_by = step.by_label
        elif step.act in {PaperAct.ISSUE, PaperAct.NUMBER}:
            issued_by = step.by_label
    return compiled_by, issued_by


def printed_digest(document: Document, kind: Format) -> str:
    """The digest of everything that decides the bytes of a rendering."""
    steps: tuple[tuple[str, str, str, str], ...] = ()
    if kind is Format.APPROVAL:
        steps = tuple(
            (
                step.act,
                step.by_label,
                step.at.astimezone(UTC).isoformat(),
                step.opinion + step.accepted,
            )
            for step in _printed_steps(document)
        )
    overlay = overlay_of(document)
    laid = tuple(getattr(overlay, each.name) for each in fields(overlay))
    text = freeze((LAYOUT, kind, document.digest, *laid, steps))
    return digest_of(text)


def file_name(document: Document, kind: Format) -> str:
    """The name that a person sees when they save it."""
    tail = {Format.PDF: ".pdf", Format.XLSX: ".xlsx", Format.APPROVAL: "（拟稿单）.pdf"}[kind]
    number = f"{document.number} " if document.number else ""
    version = f"（第{document.version}版）" if document.version > 1 else ""
    return f"{number}{document.title}{version}{tail}"


def render(document: Document, kind: Format) -> bytes:
    """The bytes of a document in a format; the same snapshot and overlay give the same bytes."""
    overlay = overlay_of(document)
    if document.kind == PaperKind.MINUTES:
        minutes = minutes_of(document)
        paper = minutes_paper(minutes, correction=overlay.correction)
        return _pdf(minutes_html(paper), minutes, document, overlay)
    content = content_of(document)
    if kind is Format.APPROVAL:
        return _pdf(
            approval_html(approval_form(document, bulletin_of(document))),
            content,
            document,
            overlay,
        )
    if kind is Format.XLSX:
        return write_workbook(_book(document, content, overlay))
    return _pdf(paper_html(content, overlay), content, document, overlay)


def paper_html(content: DispatchSheet | Bulletin, overlay: Overlay) -> str:
    """The paper as one page of HTML for the PDF."""
    if isinstance(content, Bulletin):
        return official_html(
            official_paper(
                content_with_correction(content, overlay),
                number=overlay.number,
                issued_on=overlay.issued_on,
                printed_on=overlay.printed_on,
                draft=overlay.draft,
            )
        )
    return sheet_html(sheet_paper(content, overlay))


def content_with_correction(content: Bulletin, overlay: Overlay) -> Bulletin:
    """The bulletin with the sentence that says what it corrects."""
    return replace(content, correction=overlay.correction) if overlay.correction else content


def sheet_paper(sheet: DispatchSheet, overlay: Overlay) -> SheetPaper:
    """The dispatch sheet on A3 landscape."""
    filled = chinese_date(overlay.filled_on) if overlay.filled_on else ""
    return SheetPaper(
        title=sheet.head,
        facts=(
            f"单位：{sheet.bureau_name}",
            sheet.period_label,
            f"填报日期：{filled}",
        ),
        blocks=sheet_blocks(sheet, overlay, extent="printed"),
        foot=(f"制表：{overlay.compiled_by}", f"印发：{overlay.issued_by}"),
        footer=f"{sheet.head}　{sheet.period_label}",
        draft=overlay.draft,
    )


def sheet_blocks(sheet: DispatchSheet, overlay: Overlay, *, extent: Extent) -> tuple[Table, ...]:
    """The table of a sheet, and what stands behind it; a correction says so in the first note."""
    table = sheet_table(sheet, extent=extent)
    if overlay.correction:
        table = replace(table, notes=(overlay.correction, *table.notes))
    return (table, *tables_behind(sheet))


def _pdf(
    html: str,
    content: DispatchSheet | Bulletin | MeetingMinutes,
    document: Document,
    overlay: Overlay,
) -> bytes:
    day = overlay.printed_on or overlay.filled_on
    return render_pdf(
        html,
        metadata=PdfMetadata(
            title=content.title,
            author=content.issuer,
            subject=overlay.number,
            created=day.isoformat() if day else "",
        ),
    )


def _book(document: Document, content: DispatchSheet | Bulletin, overlay: Overlay) -> Book:
    """The workbook; the digest of the snapshot stands in its custom properties, never on the paper."""
    day = overlay.printed_on or overlay.filled_on or local_day(document.compiled_at)
    sheets = (
        _bulletin_sheets(content, overlay)
        if isinstance(content, Bulletin)
        else _dispatch_sheets(content, overlay)
    )
    properties = {"digest": document.digest, "version": str(document.version)}
    if overlay.number:
        properties["number"] = overlay.number
    return Book(
        sheets=sheets,
        title=content.title,
        subject=overlay.number,
        properties=properties,
        made_at=datetime.combine(day, time(), tzinfo=UTC),
    )


def _dispatch_sheets(sheet: DispatchSheet, overlay: Overlay) -> tuple[Sheet, ...]:
    filled = chinese_date(overlay.filled_on) if overlay.filled_on else ""
    table, *behind = sheet_blocks(sheet, overlay, extent="whole")
    whole = sheet_from_table(
        table,
        title=sheet.head,
        subtitles=(f"{sheet.period_label}　单位：{sheet.bureau_name}　填报日期：{filled}",),
        name="周调度表",
        paper=Paper.A3,
        landscape=True,
        fixed_columns=5,
        footer_left=overlay.draft.replace("　", " "),
    )
    return (
        whole,
        *(
            sheet_from_table(
                each,
                title=f"{sheet.head}：{each.caption}",
                subtitles=(sheet.period_label,),
                landscape=True,
                fixed_columns=2,
                footer_left=overlay.draft.replace("　", " "),
            )
            for each in behind
        ),
    )


def _bulletin_sheets(bulletin: Bulletin, overlay: Overlay) -> tuple[Sheet, ...]:
    subtitle = f"数据截至{chinese_date(bulletin.as_of)}"
    if overlay.number:
        subtitle = f"{overlay.number}　{subtitle}"
    ranking = sheet_from_table(
        ranking_table(bulletin),
        title=f"{bulletin.quarter.label}各街道进度排名表",
        subtitles=(subtitle,),
        name="街道排名",
        fixed_columns=2,
    )
    found = [ranking]
    for annex in annexes(bulletin):
        table = annex.blocks[0]
        found.append(
            sheet_from_table(
                table,  # type: ignore[arg-type]
                title=annex.title,
                subtitles=(subtitle,),
                landscape=True,
                fixed_columns=2,
                footer_left=overlay.draft.replace("　", " "),
            )
        )
    return tuple(found)


# -- the approval form -------------------------------------------------------------------------------
_ON_THE_FORM = (
    PaperAct.DRAFT,
    PaperAct.CHECK,
    PaperAct.COUNTERSIGN,
    PaperAct.APPROVE,
    PaperAct.SIGN,
    PaperAct.NUMBER,
)


def _printed_steps(document: Document) -> list[DocumentStep]:
    """The steps that stand on the form: the last of each kind since the last sending back, every
    countersign, and who drafted."""
    steps = list(document.steps.all())
    since = max(
        (place for place, step in enumerate(steps) if step.act == PaperAct.SEND_BACK), default=-1
    )
    kept: list[DocumentStep] = []
    for act in _ON_THE_FORM:
        found = [
            step
            for place, step in enumerate(steps)
            if step.act == act and (place > since or act == PaperAct.DRAFT)
        ]
        if act == PaperAct.DRAFT:
            found = [step for step in found if step.by_id == document.drafted_by_id][-1:]
        elif act != PaperAct.COUNTERSIGN:
            found = found[-1:]
        kept.extend(found)
    return kept


def approval_form(document: Document, bulletin: Bulletin) -> ApprovalForm:
    """拟稿单: who drafted, checked, countersigned, approved and signed, in what words."""
    by_act: dict[str, list[DocumentStep]] = {}
    for step in _printed_steps(document):
        by_act.setdefault(step.act, []).append(step)

    def signature(label: str, act: PaperAct, default: str) -> Signature:
        found = by_act.get(act)
        return _signature(label, found[-1], default) if found else Signature(label)

    countersigns = tuple(
        _signature("会签", step, "同意") for step in by_act.get(PaperAct.COUNTERSIGN, [])
    )
    approval = signature("审核", PaperAct.APPROVE, "同意")
    return ApprovalForm(
        heading=f"{bulletin.bureau_name}发文拟稿单",
        title=bulletin.title,
        sign=signature("签发", PaperAct.SIGN, "同意印发"),
        check=signature("核稿", PaperAct.CHECK, "已核"),
        draft_by=signature("拟稿", PaperAct.DRAFT, ""),
        countersigns=(approval, *countersigns),
        fields=(
            ("文号", document.number or ""),
            ("成文日期", chinese_date(document.issued_on) if document.issued_on else ""),
            ("版次", f"第{document.version}版"),
            ("印发日期", chinese_date(local_day(document.issued_at)) if document.issued_at else ""),
        ),
        addressees=bulletin.addressees,
        copies=bulletin.copies,
        annexes=tuple(annex.title for annex in annexes(bulletin)),
    )


def _signature(label: str, step: DocumentStep, default: str) -> Signature:
    opinion = step.opinion or default
    if step.accepted:
        opinion = f"{opinion.rstrip('。')}。{step.accepted}"
    return Signature(label, step.by_label, chinese_moment(step.at), opinion)
