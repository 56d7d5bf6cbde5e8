"""Adding and changing sources of money; what was used is never deleted, it is put out of use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from projects.funding.models import FundingPlan, FundingSource
from projects.ledger.conflicts import lock_seen
from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.errors import Refusal
from renovation.records.services import audit


@dataclass(frozen=True, slots=True)
class SourceValues:
    """What a person says of a source; ``code`` stands in workbooks and the API and is given once."""

    code: str
    name: str
    is_fiscal: bool
    order: int
    is_active: bool = True


@transaction.atomic
def add_source(
    *, values: SourceValues, bureau: Organisation, by: User, now: datetime
) -> FundingSource:
    """Add a source of the bureau's own. Refuses a code or name that it has already, shared or own
    (``funding.source.twice``)."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)
    _refuse_twice(values, bureau, None)
    source = FundingSource(bureau=bureau, **asdict(values))
    source._history_user = by  # type: ignore[attr-defined]
    source.save()
    audit(
        act="funding.source.add",
        sentence=f"新增资金来源“{source}”",
        by=by,
        now=now,
        target=source,
        organisation=bureau,
        changes={name: [None, value] for name, value in asdict(values).items()},
    )
    return source


@transaction.atomic
def change_source(
    *,
    source: FundingSource,
    values: SourceValues,
    version: int,
    reason: str,
    bureau: Organisation,
    by: User,
    now: datetime,
) -> FundingSource:
    """Change a source; its code stays. Refuses without a reason (``funding.reason``), what somebody else has
    changed meanwhile (``EditConflict``, with what), and a name that another source has."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)
    present = lock_seen(row=source, seen_version=version, noun="来源")
    if not reason.strip():
        raise Refusal("funding.reason", "修改须写明原因。", field="reason")
    _refuse_twice(values, bureau, present)
    changes: dict[str, Any] = {}
    for name in ("name", "is_fiscal", "order", "is_active"):
        old, new = getattr(present, name), getattr(values, name)
        if old != new:
            changes[name] = [old, new]
            setattr(present, name, new)
    if not changes:
        return present
    present.version += 1
    tracked: Any = present
    tracked._history_user, tracked._change_reason = by, reason
    present.save()
    audit(
        act="funding.source.change",
        sentence=f"修改资金来源“{present}”",
        by=by,
        now=now,
        target=present,
        organisation=bureau,
        changes=changes,
        reason=reason,
    )
    return present


def _refuse_twice(
    values: SourceValues, bureau: Organisation, present: FundingSource | None
) -> None:
    for field in ("code", "name"):
        rows = FundingSource.objects.of_bureau(bureau.pk).filter(**{field: getattr(values, field)})
        if present is not None:
            if field == "code":
                continue
            rows = rows.exclude(pk=present.pk)
        if rows.exists():
            word = "代码" if field == "code" else "名称"
            raise Refusal("funding.source.twice", f"已有这个{word}的资金来源。", field=field)


def usage(*, scope: Scope) -> dict[int, int]:
    """How many projects in sight plan money from each source, by source id. One query."""
    counts: dict[int, int] = {}
    plans = FundingPlan.objects.filter(project__in=Project.objects.visible_to(scope))
    for source_id in plans.values_list("source_id", flat=True):
        counts[source_id] = counts.get(source_id, 0) + 1
    return counts
