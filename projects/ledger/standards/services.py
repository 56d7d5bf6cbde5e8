"""Taking over the standards, and judging a project by one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from projects.ledger.conflicts import EditConflict, changes_since
from projects.ledger.editing import save_row
from projects.ledger.enums import Verdict
from projects.ledger.models import Project, StandardCheck, StandardItem
from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.records.services import audit

from .twenty import TWENTY

#: What is said of 符合 with nothing that shows it.
NO_BASIS = "“符合”要有依据：附依据文件，或在说明里写明依据是什么、在哪里。"


@transaction.atomic
def adopt_standards(*, bureau: Organisation, by: User, now: datetime) -> list[StandardItem]:
    """Take over the portal's 20 standards for a bureau that has none (``StateConflict`` otherwise)."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)
    if StandardItem.objects.filter(bureau=bureau).exists():
        raise StateConflict("本局已有衡量标准。", state="adopted")
    made = []
    for number, (group, words) in enumerate(TWENTY, start=1):
        item = StandardItem(bureau=bureau, number=number, group=group, text=words)
        item._history_user = by  # type: ignore[attr-defined]
        item.save()
        made.append(item)
    audit(
        act="standarditem.adopt",
        sentence=f"启用平台内置的 {len(made)} 条衡量标准",
        by=by,
        now=now,
        target=bureau,
        organisation=bureau,
    )
    return made


@transaction.atomic
def judge(
    *, row: StandardCheck, by: User, now: datetime, file: NewFile | None = None, **more: Any
) -> StandardCheck:
    """Save the verdict on one standard, with who and when, by the wording as it stands now.

    符合 needs a basis: a file, or the words of the note that say where it is (refused as ``standard.basis``).
    What was saved without one before stays as it is until it is judged again.
    Raises ``EditConflict`` where somebody judged it since the form was opened, also for the first time.
    """
    row.note = row.note.strip()
    if row.verdict == Verdict.MET and file is None and not row.has_basis:
        raise Refusal("standard.basis", NO_BASIS, field="note", found="空")
    Project.objects.select_for_update().get(pk=row.project_id)
    if row._state.adding:
        there = StandardCheck.objects.filter(project=row.project_id, item=row.item_id).first()
        if there is not None:
            raise EditConflict(
                "您打开表单后，别人核对了这一条。请看下面的改动，再决定是否保存。",
                changes=changes_since(row=there, version=0),
                version=there.version,
            )
    row.item_version = StandardItem.objects.values_list("version", flat=True).get(pk=row.item_id)
    row.checked_by, row.checked_at = by, now
    save_row(row=row, by=by, now=now, file=file, **more)
    return row
