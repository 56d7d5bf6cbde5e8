"""What the page of a paper of minutes shows, and the way to it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from reports.papers.models import Document
from reports.papers.rendering import Overlay
from reports.papers.snapshots import minutes_of
from supervision.dispatch.models import DispatchMeeting

from .layout import minutes_paper


def minutes_context(paper: Document, overlay: Overlay) -> dict[str, Any]:
    """Heading and preview: the blocks of the paper itself."""
    content = minutes_of(paper)
    version = f"第{paper.version}版　" if paper.version > 1 else ""
    return {
        "content": content,
        "heading": content.title,
        "subheading": f"{content.number_text}　{version}{content.signer}签发",
        "paper": minutes_paper(content, correction=overlay.correction),
    }


def minutes_crumbs(paper: Document) -> list[tuple[str, str]]:
    """周调度 › the meeting › its minutes. One query."""
    content = minutes_of(paper)
    meeting = DispatchMeeting.objects.get(
        bureau=paper.bureau_id, year=content.year, number=content.number
    )
    return [
        ("周调度", reverse("dispatch:front")),
        (meeting.title, reverse("dispatch:meeting", args=[meeting.pk])),
        ("纪要", reverse("papers:document", args=[paper.pk])),
    ]
