"""Dispatch sheet and bulletin beside WeasyPrint and openpyxl doing the same."""

from __future__ import annotations

from collections.abc import Iterator

from renovation.core.documents.pdf import render_pdf
from reports.papers import compiling
from reports.papers.enums import Format, PaperKind
from reports.papers.models import Document
from reports.papers.rendering import overlay_of, paper_html, render
from reports.papers.snapshots import content_of

from .__main__ import Line, best

WORDS = {PaperKind.DISPATCH_SHEET: "全区周调度表", PaperKind.BULLETIN: "季度通报"}


def lines() -> Iterator[Line]:
    """Compile, PDF and Excel of the newest of each kind."""
    from django.utils import timezone

    now = timezone.now()
    for kind, word in WORDS.items():
        paper = (
            Document.objects.filter(kind=kind, subject__kind="bureau")
            .order_by("-period_key")
            .first()
        )
        if paper is None:
            continue
        content = content_of(paper)
        overlay = overlay_of(paper)
        html = paper_html(content, overlay)
        yield Line(
            f"{word}：编制",
            best(lambda paper=paper: compiling.present_content(document=paper, now=now)),
        )
        render(paper, Format.PDF)  # warm, as a worker is
        yield Line(
            f"{word}：PDF",
            best(lambda paper=paper: render(paper, Format.PDF)),
            best(lambda html=html: render_pdf(html)),
            "WeasyPrint 排同样的 HTML",
        )
        yield Line(f"{word}：Excel", best(lambda paper=paper: render(paper, Format.XLSX)))
