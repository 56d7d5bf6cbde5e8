"""Whom the bureau calls about a street's returns. Posts and numbers are invented."""

from __future__ import annotations

from datetime import datetime, time

from simple_history.utils import bulk_create_with_history

from renovation.core.calendar import local_moment
from supervision.weekly.models import ReportingContact

from .people import FOUNDED, District

_NUMBERS = ("0533-0000 0021", "0533-0000 0022", "0533-0000 0023")


def add_contacts(*, district: District, now: datetime) -> None:
    """A contact for every street, kept by its own clerk since the portal began."""
    since = min(local_moment(FOUNDED, time(9)), now)
    rows = [
        ReportingContact(
            street=street,
            person="城建办 填报岗",
            phone=phone,
            updated_at=since,
            updated_by=district.users[street.code],
        )
        for street, phone in zip(district.streets, _NUMBERS, strict=True)
    ]
    bulk_create_with_history(rows, ReportingContact, default_date=since)
