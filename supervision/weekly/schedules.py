"""What the weekly wing wants done by the minute."""

from __future__ import annotations

from datetime import datetime

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.core.schedules import Sweep

from .weeks import freeze_due_weeks


def freeze(now: datetime) -> int:
    """Freeze the moments of weeks that have become due, so that a later change of the calendar moves none."""
    bureaus = Organisation.objects.filter(kind=OrganisationKind.BUREAU)
    return sum(freeze_due_weeks(bureau=bureau, now=now) for bureau in bureaus)


SWEEPS = [Sweep(code="weekly.freeze", run=freeze)]
