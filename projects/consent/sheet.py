"""The sheet of QR codes of a building: A4, eight tickets a page with cut marks, one for each household."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import segno
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.documents.pdf import PdfMetadata, render_pdf
from renovation.core.wording import chinese_date

from .models import Household, Round
from .services.links import Ticket, issue_links, last_day_of
from .services.rounds import contact_of

#: Tickets beside each other, and rows of them on a page.
A_ROW, ROWS = 2, 4


@dataclass(frozen=True, slots=True)
class Printed:
    """A ticket as printed: place and the code as SVG."""

    place: str
    code: str


def address_of(*, base: str, token: str) -> str:
    """What a QR code holds: the public page of one household."""
    return base.rstrip("/") + reverse("consent_public:answer", args=[token])


def sheet_pdf(
    *, found: Round, tickets: Sequence[Ticket], base: str, last_day: date, now: datetime
) -> bytes:
    """The PDF. It is the only place where the tokens stand; it is streamed to who printed it and not kept."""
    printed = [
        Printed(ticket.household.place, _code(address_of(base=base, token=ticket.token)))
        for ticket in tickets
    ]
    rows = [printed[at : at + A_ROW] for at in range(0, len(printed), A_ROW)]
    pages = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
    estate = tickets[0].household.estate
    context = {
        "pages": pages,
        "estate": estate.name,
        "round": found,
        "last_day": chinese_date(last_day),
        "contact": contact_of(project=found.project, on=local_day(now)),
        "printed_on": chinese_date(local_day(now)),
        "count": len(printed),
    }
    return render_pdf(
        render_to_string("papers/tickets.html", context),
        metadata=PdfMetadata(title=f"{estate.name}二维码", created=local_day(now).isoformat()),
        stylesheets=("tickets",),
    )


@transaction.atomic
def print_links(
    *, found: Round, households: Sequence[Household], base: str, by: User, now: datetime
) -> bytes:
    """New links of households on a sheet, as a PDF; refuses what ``issue_links`` refuses. Where it cannot be
    made, the codes that were handed out before stay valid."""
    tickets = issue_links(found=found, households=households, by=by, now=now)
    last_day = last_day_of(found=found, now=now)
    return sheet_pdf(found=found, tickets=tickets, base=base, last_day=last_day, now=now)


def _code(address: str) -> str:
    """The code as inline SVG, medium error correction: it survives a crease."""
    return segno.make(address, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass="code", lineclass=None
    )
