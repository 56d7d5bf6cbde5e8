"""Keeping the archive of households: import, change, reveal, export, and forgetting in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from projects.consent.enums import Care
from projects.consent.models import Answer, CareVisit, Household
from projects.ledger.addresses import building_form, room_form, unit_form
from projects.ledger.conflicts import EditConflict
from projects.ledger.enums import GateKind
from projects.ledger.models import Estate, Gate
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import ChangedMeanwhile, Refusal
from renovation.intake.models import OPEN_STATES, Upload, UploadState
from renovation.intake.querysets import UploadQuerySet
from renovation.records.models import StoredFile
from renovation.records.services import audit, erase_file, reason_in_words, values_in_force

BATCH = 500
#: The pipeline whose uploads are lists of households, an estate's each (``consent.intake``).
LIST = "households"
#: The fields that are written where something is known, changed or forgotten.
WRITTEN = [
    "name_sealed",
    "name_hash",
    "phone_sealed",
    "phone_hash",
    "care",
    "purged_at",
    "version",
]


@dataclass(frozen=True, slots=True)
class HouseholdValues:
    """A household as entered. ``name`` and ``phone`` are None where nothing is said of them; ``seen_version`` is the
    version that a preview showed, 0 for one that was not listed, None where nothing was shown."""

    building: str
    unit: str
    room: str
    name: str | None = None
    phone: str | None = None
    care: Care | None = None
    seen_version: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Building, unit and room in one form."""
        return (
            building_form(self.building),
            unit_form(self.unit),
            room_form(self.room),
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """How many households were added and how many changed."""

    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class Revealed:
    """A name and a phone as they are; lives as long as one page."""

    name: str
    phone: str


def _known_of(row: Household) -> tuple[object, ...]:
    """What is known of a household, as it can be compared."""
    return row.name_hash, row.phone_hash, row.care, row.purged_at


def _keep(row: Household, values: HouseholdValues) -> None:
    name = row.open_name() if values.name is None else values.name
    phone = row.open_phone() if values.phone is None else values.phone
    row.keep(name=name, phone=phone)
    if values.care is not None:
        row.care = values.care
    if values.name or values.phone or values.care:
        row.purged_at = None


@transaction.atomic
def import_households(
    *, estate: Estate, rows: Sequence[HouseholdValues], by: User, now: datetime
) -> Imported:
    """Add the households that are not listed and change those that are; nobody is taken off the list.

    What a row leaves empty stays as it was, and a household of which nothing changes is not written: all
    are locked first, so that what somebody corrects meanwhile is neither read too early nor undone. Raises
    ``ChangedMeanwhile`` where one that would be added or changed is another than was seen.
    """
    Estate.objects.select_for_update().get(pk=estate.pk)
    present = Household.objects.select_for_update().filter(estate=estate).order_by("pk")
    known = {(row.building, row.unit, row.room): row for row in present}
    added: dict[tuple[str, str, str], Household] = {}
    changed: dict[tuple[str, str, str], Household] = {}
    for values in rows:
        row = known.get(values.key)
        if row is None:
            building, unit, room = values.key
            row = Household(estate=estate, building=building, unit=unit, room=room, listed_at=now)
            known[values.key] = row
            added[values.key] = row
        before, version = _known_of(row), 0 if values.key in added else row.version
        _keep(row, values)
        is_changed = _known_of(row) != before
        if values.seen_version not in (None, version) and (is_changed or values.key in added):
            raise ChangedMeanwhile("household.changed", "别人刚改过名册里的住户。")
        if values.key not in added and is_changed:
            changed[values.key] = row
    for row in changed.values():
        row.version += 1
    bulk_create_with_history(
        list(added.values()), Household, batch_size=BATCH, default_user=by, default_date=now
    )
    if changed:
        bulk_update_with_history(
            list(changed.values()),
            Household,
            WRITTEN,
            batch_size=BATCH,
            default_user=by,
            default_date=now,
        )
    audit(
        act="household.import",
        sentence=f"导入{estate}住户名册：新增 {len(added)} 户，更新 {len(changed)} 户",
        by=by,
        now=now,
        target=estate,
        organisation=estate.project.street,
        changes={"added": [None, len(added)], "changed": [None, len(changed)]},
    )
    return Imported(len(added), len(changed))


@transaction.atomic
def change_household(
    *,
    household: Household,
    name: str | None = None,
    phone: str | None = None,
    care: Care | None = None,
    seen_version: int | None = None,
    by: User,
    now: datetime,
) -> Household:
    """Change what is known of a household; None keeps, "" empties. The audit entry says which, never what.

    Raises ``EditConflict`` where somebody changed it since ``seen_version``; it says who, never what.
    """
    row = Household.objects.select_for_update().get(pk=household.pk)
    if seen_version is not None and row.version != seen_version:
        last = row.history.first()
        who = str(last.history_user) if last and last.history_user else "系统"
        raise EditConflict(
            "您打开表单后，别人改过这一户。请核对后再保存。",
            changes=[f"{who}改过这一户的姓名、电话或上门关注。"],
            version=row.version,
        )
    before = (row.name_hash, row.phone_hash, row.care)
    _keep(
        row,
        HouseholdValues(row.building, row.unit, row.room, name=name, phone=phone, care=care),
    )
    words = ("姓名", "电话", "上门关注")
    after = (row.name_hash, row.phone_hash, row.care)
    touched = [word for word, old, new in zip(words, before, after, strict=True) if old != new]
    if not touched:
        return row
    row.version += 1
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    audit(
        act="household.update",
        sentence=f"修改{row.estate}{row.place}住户的{'、'.join(touched)}",
        by=by,
        now=now,
        target=row,
        organisation=row.estate.project.street,
    )
    return row


@transaction.atomic
def remove_household(*, household: Household, reason: str, by: User, now: datetime) -> None:
    """Take a household off the list that was put there by mistake.

    Refuses (``consent.spoken``) one that has answered, was visited or was given a link.
    """
    row = Household.objects.select_for_update().get(pk=household.pk)
    if not reason.strip():
        raise Refusal("consent.reason", "删除须写明原因。", field="reason")
    if row.answers.exists() or row.visits.exists() or row.links.exists():
        raise Refusal(
            "consent.spoken", "这一户有过答复、上门记录或二维码，不能从名册删除。", field="reason"
        )
    audit(
        act="household.remove",
        sentence=f"从{row.estate}名册删除{row.place}",
        by=by,
        now=now,
        target=row,
        organisation=row.estate.project.street,
        reason=reason,
    )
    row._history_user = by  # type: ignore[attr-defined]
    row.delete()


@transaction.atomic
def reveal(*, household: Household, reason: str, by: User, now: datetime) -> Revealed:
    """Open the name and phone of one household; refuses without a reason (``audit.reason``)."""
    words = reason_in_words(reason=reason)
    audit(
        act="household.reveal",
        sentence=f"查看{household.estate}{household.place}住户的姓名和电话",
        by=by,
        now=now,
        target=household,
        organisation=household.estate.project.street,
        reason=words,
    )
    return Revealed(household.open_name(), household.open_phone())


@transaction.atomic
def allow_export(*, estate: Estate, reason: str, count: int, by: User, now: datetime) -> None:
    """Log that the archive of an estate leaves the portal unmasked; refuses without a reason."""
    words = reason_in_words(reason=reason)
    audit(
        act="household.export",
        sentence=f"导出{estate}住户名册（含姓名电话），{count} 户",
        by=by,
        now=now,
        target=estate,
        organisation=estate.project.street,
        reason=words,
    )


# -- forgetting --------------------------------------------------------------------------------------
def _months_before(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, min(day.day, 28))


def purge(*, now: datetime) -> int:
    """Empty what is personal of the households of projects that were handed over longer ago than the time of
    retention (PIPL 19): names, phones and marks, residents' words, scans of their answers, and the lists that
    were uploaded. Answers stay. Returns how many households and uploads."""
    today = local_day(now)
    lists = _kept_lists().values_list("period_key", flat=True)
    listed = [int(key) for key in set(lists) if key.isdecimal()]
    gates = Gate.objects.filter(
        Q(project__estates__households__isnull=False, project__estates__households__purged_at=None)
        | Q(project__estates__in=listed),
        kind=GateKind.HANDED_OVER,
        actual_on__lte=_months_before(today, 1),
    ).select_related("project__street", "project__programme__bureau")
    months: dict[int, int] = {}
    count = 0
    for gate in gates.distinct():
        bureau = gate.project.programme.bureau
        if bureau.pk not in months:
            months[bureau.pk] = _retention(bureau, today)
        if gate.actual_on and gate.actual_on <= _months_before(today, months[bureau.pk]):
            count += _purge_project(gate, now)
    return count


def _kept_lists() -> UploadQuerySet:
    """Uploads of lists whose rows, answers and file are still kept."""
    return Upload.objects.filter(pipeline=LIST, file__erased_at=None)


def _retention(bureau: Organisation, day: date) -> int:
    return int(values_in_force(organisation=bureau, on=day)["consent.retention_months"])


@transaction.atomic
def _purge_project(gate: Gate, now: datetime) -> int:
    rows = list(
        Household.objects.select_for_update()
        .filter(estate__project=gate.project, purged_at=None)
        .order_by("pk")
    )
    for row in rows:
        row.keep(name="", phone="")
        row.care = Care.NONE
        row.purged_at = now
        row.version += 1
    bulk_update_with_history(rows, Household, WRITTEN, batch_size=BATCH, default_date=now)
    visits = list(CareVisit.objects.filter(household__in=rows))
    for visit in visits:
        visit.needs_sealed = visit.served_sealed = b""
    bulk_update_with_history(visits, CareVisit, ["needs_sealed", "served_sealed"], default_date=now)
    answers = Answer.objects.filter(household__estate__project=gate.project)
    answers.exclude(opinion_sealed=b"").update(opinion_sealed=b"")
    scans = StoredFile.objects.filter(pk__in=answers.values("file"), erased_at=None)
    keys = [str(pk) for pk in gate.project.estates.values_list("pk", flat=True)]
    uploads = list(_kept_lists().filter(period_key__in=keys).select_related("file"))
    for file in [*scans, *(upload.file for upload in uploads)]:
        erase_file(file=file, now=now)
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).update(
        rows=[], faults=[], answers={}
    )
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads], state__in=OPEN_STATES).update(
        state=UploadState.SUPERSEDED
    )
    audit(
        act="household.purge",
        sentence=f"保存期满，清除{gate.project} {len(rows)} 户的姓名、电话、上门关注、意见和意见表，"
        f"以及 {len(uploads)} 份上传的名册",
        by=None,
        now=now,
        target=gate.project,
        organisation=gate.project.street,
    )
    return len(rows) + len(uploads)
