"""Taking answers: a version of a street's rows, whole, never written over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.intake.models import Upload
from renovation.records.services import audit

from .models import Inquiry, StreetAnswer, StreetAnswerRow
from .policies import check_open
from .values import Values


@transaction.atomic
def answer(
    *,
    inquiry: Inquiry,
    street: Organisation,
    rows: Mapping[int, Values],
    by: User,
    now: datetime,
    seen: int | None = None,
    upload: Upload | None = None,
) -> StreetAnswer | None:
    """Keep what a street says of some of its rows (id → values): a new version with these rows and the others
    as they were. The newest version where nothing changes, None where there is none and nothing was said.

    Raises StateConflict where the inquiry does not collect; refuses rows that are not asked of the street
    (``answer.other_row``), and an older version than the newest (``answer.overtaken``) where ``seen`` is given
    and the rows would be changed.
    """
    locked = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    check_open(inquiry=locked)
    asked = set(locked.rows.filter(street=street).values_list("pk", flat=True))
    if not set(rows) <= asked:
        raise Refusal("answer.other_row", f"有的行不是{street.short_name}的，没有写入。")
    newest = StreetAnswer.objects.filter(inquiry=locked, street=street).order_by("-version").first()
    before: dict[int, Values] = (
        {row.row_id: row.values for row in newest.rows.all()} if newest else {}
    )
    merged = before | {pk: dict(values) for pk, values in rows.items()}
    if merged == before:
        return newest
    version = newest.version if newest else 0
    if seen is not None and seen != version:
        raise Refusal(
            "answer.overtaken",
            f"您打开页面后，有人报过第 {version} 版。核对后再报一次，以您填的为准。",
        )
    made = StreetAnswer.objects.create(
        inquiry=locked,
        street=street,
        version=version + 1,
        answered_by=by,
        answered_at=now,
        due_at_met=locked.due_at,
        is_complete=set(merged) == asked,
        upload=upload,
    )
    StreetAnswerRow.objects.bulk_create(
        StreetAnswerRow(answer=made, row_id=pk, values=values)
        for pk, values in sorted(merged.items())
    )
    late = "（迟报）" if made.is_late else ""
    audit(
        act="inquiry.answer",
        sentence=f"{street.short_name}填报临时收数“{locked.title}”第 {made.version} 版，"
        f"{len(merged)} / {len(asked)} 行{late}",
        by=by,
        now=now,
        target=made,
        organisation=street,
        changes={
            "rows": [
                {str(k): dict(v) for k, v in before.items()},
                {str(k): dict(v) for k, v in merged.items()},
            ]
        },
    )
    return made
