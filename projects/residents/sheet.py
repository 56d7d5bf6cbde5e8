"""A notice as a paper to hang: A4, one page where its words allow it."""

from __future__ import annotations

from django.template.loader import render_to_string

from renovation.core.documents.pdf import PdfMetadata, render_pdf
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.wording import chinese_date

from .enums import NoticeState
from .models import Notice
from .told import Told, ToldEstate


def notice_pdf(*, notice: Notice, told: Told) -> bytes:
    """The PDF of a notice with what the ledger told on its day. The same notice gives the same bytes."""
    schedule = ""
    if told.start_on and told.completion_on:
        schedule = f"{chinese_date(told.start_on)}至{chinese_date(told.completion_on)}"
    rows = [
        ("项目编号", told.code),
        ("改造范围", "；".join(_estate_words(each) for each in told.estates)),
        ("计划工期", schedule),
    ]
    if told.investment_fen is not None:
        amount = format_decimal(wanyuan_from_fen(told.investment_fen), 2)
        rows.append(("计划投资", f"{amount} 万元"))
    context = {
        "notice": notice,
        "told": told,
        "rows": [(name, words) for name, words in rows if words],
        "paragraphs": [line for line in notice.body.splitlines() if line.strip()],
        "posted": chinese_date(notice.posted_on) if notice.posted_on else "",
        "closes": chinese_date(notice.closes_on) if notice.closes_on else "",
        "is_draft": notice.state == NoticeState.DRAFT,
        "is_withdrawn": notice.state == NoticeState.WITHDRAWN,
    }
    day = notice.posted_on or told.on
    return render_pdf(
        render_to_string("papers/notice.html", context),
        metadata=PdfMetadata(title=f"{told.project}{notice.title}", created=day.isoformat()),
        stylesheets=("notice",),
    )


def _estate_words(estate: ToldEstate) -> str:
    return f"{estate.name} {estate.building_count} 栋 {estate.household_count} 户"
