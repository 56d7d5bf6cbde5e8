"""Illegal structures: entered, led through their steps, and who owns them shown against a reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from projects.ledger.conflicts import check_seen
from projects.ledger.models import Estate, Project
from projects.ledger.passing import changed_fields
from projects.works.enums import StructureAct, StructureKind, StructureState
from projects.works.flows import STRUCTURE
from projects.works.models import IllegalStructure, StructureStep
from projects.works.owners import Owner, seal, unseal
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import EVIDENCE_TYPES, NewFile
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile
from renovation.records.services import audit, keep_file, make_private

from .items import lock


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureValues:
    """What is known of a structure when it is found."""

    location: str
    kind: StructureKind
    building: str = ""
    estate: Estate | None = None
    area_sqm: Decimal | None = None
    needs_waterproofing: bool = False
    built_on: date | None = None
    stood_before: bool = False
    note: str = ""


def _keep(
    structure: IllegalStructure, act: StructureAct, file: NewFile | None, by: User, now: datetime
) -> StoredFile | None:
    """Notices and photographs show whose home it is: kept encrypted, under a name of our own."""
    if file is not None:
        file = replace(file, name=_name(structure, act, file.content_type))
    return keep_file(
        file=file, organisation=structure.project.street, by=by, now=now, is_private=True
    )


def _name(structure: IllegalStructure, act: StructureAct, content_type: str) -> str:
    return f"{structure}{act.label}.{EVIDENCE_TYPES[content_type]}"


def encrypt_evidence(*, now: datetime) -> int:
    """Encrypt what was handed in of structures before it was kept encrypted; how many files there were. To be
    called again after a failure: what is done stays done."""
    steps = StructureStep.objects.filter(evidence__is_private=False, evidence__erased_at=None)
    done = 0
    for step in steps.select_related("structure", "evidence").order_by("pk"):
        evidence = step.evidence
        if evidence is not None:
            name = _name(step.structure, StructureAct(step.act), evidence.content_type)
            done += make_private(file=evidence, name=name, now=now)
    return done


def _check_dated(*, built_on: date | None, stood_before: bool, found_on: date | None) -> None:
    """One answer to since when it stands, and none after it was found."""
    if built_on is not None and stood_before:
        raise Refusal(
            "structure.dated",
            "建成日期和“改造前已有”只填一项：知道日期的填日期。",
            field="stood_before",
        )
    if built_on is not None and found_on is not None and built_on > found_on:
        raise Refusal(
            "structure.built",
            f"建成日期不能晚于发现日期（{chinese_date(found_on)}）。",
            field="built_on",
            expected=f"不晚于 {chinese_date(found_on)}",
        )


@transaction.atomic
def find_structure(
    *,
    project: Project,
    values: StructureValues,
    owner: Owner,
    found_on: date,
    evidence: NewFile | None,
    by: User,
    now: datetime,
) -> IllegalStructure:
    """Enter a structure that was found. Refuses a day in the future (``structure.future``), a day of building after
    that of finding (``structure.built``) or beside ``stood_before`` (``structure.dated``), and an estate of
    another project (``structure.estate``). The audit entry names the place, never the owner."""
    lock(project)
    if found_on > local_day(now):
        raise Refusal("structure.future", "日期不能晚于今天。", field="found_on")
    _check_dated(built_on=values.built_on, stood_before=values.stood_before, found_on=found_on)
    if values.estate is not None and values.estate.project_id != project.pk:
        raise Refusal("structure.estate", "这个小区不在本项目里。", field="estate")
    structure = IllegalStructure(
        project=project,
        estate=values.estate,
        building=values.building.strip(),
        location=values.location.strip(),
        kind=values.kind,
        area_sqm=values.area_sqm,
        needs_waterproofing=values.needs_waterproofing,
        built_on=values.built_on,
        stood_before=values.stood_before,
        note=values.note.strip(),
        owner_sealed=seal(owner),
    )
    structure._history_user = by  # type: ignore[attr-defined]
    structure.save(force_insert=True)
    StructureStep.objects.create(
        structure=structure,
        act=StructureAct.FIND,
        state=StructureState.FOUND,
        occurred_on=found_on,
        evidence=_keep(structure, StructureAct.FIND, evidence, by, now),
        recorded_by=by,
        recorded_at=now,
    )
    audit(
        act="structure.find",
        sentence=f"登记{project}违法建设“{structure}”",
        by=by,
        now=now,
        target=structure,
        organisation=project.street,
        changes={"state": [None, structure.state], "found_on": [None, str(found_on)]},
    )
    return structure


@transaction.atomic
def amend_structure(
    *,
    structure: IllegalStructure,
    values: StructureValues,
    reason: str,
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> IllegalStructure:
    """Change what is known of a structure; its steps and its owner stay. Saving the same again changes
    nothing. Refuses an estate of another project (``structure.estate``), an area that is none
    (``structure.area``), a structure without a place (``structure.location``), and what ``find_structure`` refuses
    of the day it was built. Raises ``EditConflict`` where another version stands than ``seen_version``, which a
    person's form or preview showed."""
    lock(structure.project)
    present = IllegalStructure.objects.select_for_update().get(pk=structure.pk)
    if seen_version is not None:
        check_seen(row=present, seen_version=seen_version, noun="违法建设")
    if values.estate is not None and values.estate.project_id != present.project_id:
        raise Refusal("structure.estate", "这个小区不在本项目里。", field="estate")
    if values.area_sqm is not None and values.area_sqm <= 0:
        raise Refusal("structure.area", "面积要大于 0。", field="area_sqm")
    if not values.location.strip():
        raise Refusal("structure.location", "位置未填。", field="location")
    _check_dated(
        built_on=values.built_on, stood_before=values.stood_before, found_on=_found_on(present)
    )
    new = {
        "estate": values.estate,
        "building": values.building.strip(),
        "location": values.location.strip(),
        "kind": values.kind,
        "area_sqm": values.area_sqm,
        "needs_waterproofing": values.needs_waterproofing,
        "built_on": values.built_on,
        "stood_before": values.stood_before,
        "note": values.note.strip(),
    }
    changes = changed_fields(present, new)
    if not changes:
        return present
    for name in changes:
        setattr(present, name, new[name])
    present.version += 1
    present._history_user = by  # type: ignore[attr-defined]
    present._change_reason = reason  # type: ignore[attr-defined]
    present.save(update_fields=[*changes, "version"])
    audit(
        act="structure.update",
        sentence=f"修改{present.project}违法建设“{present}”",
        by=by,
        now=now,
        target=present,
        organisation=present.project.street,
        changes=changes,
        reason=reason,
    )
    return present


def _found_on(structure: IllegalStructure) -> date | None:
    steps = structure.steps.filter(act=StructureAct.FIND).order_by("pk")
    return steps.values_list("occurred_on", flat=True).first()


@transaction.atomic
def date_structure(
    *,
    structure: IllegalStructure,
    built_on: date | None,
    stood_before: bool,
    reason: str,
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> IllegalStructure:
    """Say since when a structure stands, or that it is not known; all else of it stays as it stands now. Refuses what
    ``amend_structure`` does, and a change without a reason (``structure.reason``)."""
    lock(structure.project)
    if not reason.strip():
        raise Refusal("structure.reason", "写明依据什么。", field="reason")
    present = IllegalStructure.objects.select_related("estate").get(pk=structure.pk)
    return amend_structure(
        structure=present,
        values=StructureValues(
            location=present.location,
            kind=StructureKind(present.kind),
            building=present.building,
            estate=present.estate,
            area_sqm=present.area_sqm,
            needs_waterproofing=present.needs_waterproofing,
            built_on=built_on,
            stood_before=stood_before,
            note=present.note,
        ),
        reason=reason.strip(),
        by=by,
        now=now,
        seen_version=seen_version,
    )


@transaction.atomic
def take_step(
    *,
    structure: IllegalStructure,
    act: StructureAct,
    occurred_on: date,
    permissions: Collection[str],
    by: User,
    now: datetime,
    due_on: date | None = None,
    note: str = "",
    evidence: NewFile | None = None,
) -> StructureStep:
    """Do a step of the workflow. Refuses what the table refuses, a day in the future (``structure.future``) or
    before the last step (``structure.order``), and a limit before the notice (``structure.due``)."""
    lock(structure.project)
    structure.refresh_from_db()
    transition = STRUCTURE.check(structure.state, act, permissions, note)
    last = structure.steps.order_by("pk").last()
    if occurred_on > local_day(now):
        raise Refusal("structure.future", "日期不能晚于今天。", field="occurred_on")
    if last is not None and occurred_on < last.occurred_on:
        raise Refusal(
            "structure.order",
            f"日期不能早于上一步（{last.get_act_display()}，{chinese_date(last.occurred_on)}）。",
            field="occurred_on",
        )
    if act != StructureAct.NOTIFY:
        due_on = None
    if due_on is not None and due_on < occurred_on:
        raise Refusal("structure.due", "限期不能早于告知日期。", field="due_on")
    before = structure.state
    present = IllegalStructure.objects.select_for_update().get(pk=structure.pk)
    if present.state != before:
        raise StateConflict("别人刚刚办理过这一处，请看现在的状态。", state=present.state)
    present.state = transition.to
    present._history_user = by  # type: ignore[attr-defined]
    present.save(update_fields=["state"])
    structure.state = transition.to
    step = StructureStep.objects.create(
        structure=structure,
        act=act,
        state=transition.to,
        occurred_on=occurred_on,
        due_on=due_on,
        evidence=_keep(structure, act, evidence, by, now),
        note=note.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    audit(
        act=f"structure.{act}",
        sentence=f"{structure.project}违法建设“{structure}”{STRUCTURE.act_label(before, act)}",
        by=by,
        now=now,
        target=structure,
        organisation=structure.project.street,
        reason=note,
        changes={"state": [before, transition.to], "occurred_on": [None, str(occurred_on)]},
    )
    return step


@transaction.atomic
def reveal_owner(*, structure: IllegalStructure, reason: str, by: User, now: datetime) -> Owner:
    """Who it belongs to, in full. Refuses without a reason (``structure.reason``); the audit entry says who
    looked and why, not what was seen."""
    if not reason.strip():
        raise Refusal("structure.reason", "查看当事人须写明用途。", field="reason")
    owner = unseal(structure.owner_sealed)
    audit(
        act="structure.reveal",
        sentence=f"查看{structure.project}违法建设“{structure}”的当事人",
        by=by,
        now=now,
        target=structure,
        organisation=structure.project.street,
        reason=reason,
    )
    return owner
