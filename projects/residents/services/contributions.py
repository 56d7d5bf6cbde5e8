"""Contributions of residents (共建)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models, transaction

from projects.ledger.editing import save_row
from projects.residents.models import Contribution
from projects.residents.sharing.giving import JUDGED, faults_of
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.files import NewFile

from .confirming import check_draft, stamp
from .notices import lock


@transaction.atomic
def save_contribution(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Mapping[str, Sequence[models.Model]] | None = None,
    reason: str = "",
) -> models.Model:
    """Record a contribution or change one that is not confirmed, as ``ledger.editing.save_row``. Refuses a day ahead
    (``gift.future``), what does not fit its kind (``gift.kind``), one that is confirmed (``confirmed.state``)."""
    if not isinstance(row, Contribution):
        raise TypeError("a contribution is saved")
    lock(row.project_id)
    check_draft(row=row)
    if row.given_on > local_day(now):
        raise Refusal("gift.future", "日期不能晚于今天。", field="given_on")
    for field, message in faults_of({name: getattr(row, name) for name in JUDGED}).items():
        raise Refusal("gift.kind", message, field=field)
    stamp(row=row, by=by, now=now, file=file)
    return save_row(
        row=row,
        organisation=organisation,
        of=of,
        by=by,
        now=now,
        seen_version=seen_version,
        file=file,
        related=related,
        reason=reason,
    )
