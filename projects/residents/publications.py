"""What the notices make public, for 四公开 of the ledger: a notice that hangs is not typed there a second time."""

from __future__ import annotations

from django.urls import reverse

from projects.ledger.enums import PublicationKind
from projects.ledger.models import Project
from projects.ledger.openness.elsewhere import Published

from .enums import NoticePoint
from .register import standing_notices

#: Which of the four a notice is; one that tells the investment is 投资公开 besides.
_KINDS = {
    NoticePoint.SCHEME: PublicationKind.PLAN,
    NoticePoint.NODE: PublicationKind.PROGRESS,
    NoticePoint.ACCEPTANCE: PublicationKind.ACCEPTANCE,
}


def published_of(project: Project) -> list[Published]:
    """The notices of a project that hang or hung to their end. One query at most."""
    found = []
    for row in standing_notices(project=project):
        if row.posted_on is None:
            continue
        kinds = [kind for point, kind in _KINDS.items() if point == row.point]
        if row.tells_investment:
            kinds.append(PublicationKind.INVESTMENT)
        note = f"{row.title}，{row.get_state_display()}"
        href = reverse("residents:notice", args=[row.pk])
        found += [Published(kind, row.posted_on, row.channel_words, note, href) for kind in kinds]
    return found
