"""Rounds of asking: drafted, opened by another post with an approved snapshot, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from projects.consent.enums import Purpose, RoundAct, RoundState
from projects.consent.flow import FLOW
from projects.consent.models import Round
from projects.consent.overtaken import version_words
from projects.consent.public.models import PublicRound
from projects.ledger.dossier.versions import newest
from projects.ledger.enums import PartyRole
from projects.ledger.models import Party, Project, ProjectDocument
from projects.ledger.trail import newest_act, refuse_unseen
from projects.works.models import MenuItem
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date, join
from renovation.records.acting import hands
from renovation.records.services import audit, keep_file

from .links import take_in


@dataclass(frozen=True, slots=True)
class RoundValues:
    """What is asked, about which version of the plan, until when."""

    purpose: Purpose
    plan_version: str
    question: str
    summary: str
    closes_on: date
    items: tuple[MenuItem, ...] = ()
    most_items: int = 0
    scheme: ProjectDocument | None = None


#: What a draft says, in the words in which the log and the next person to change it are told.
_WORDS = {
    "purpose": "征询事项",
    "question": "问题",
    "scheme": "一区一案方案",
    "plan_version": "方案版本",
    "summary": "方案摘要",
    "closes_on": "截止日期",
    "items": "群众点单条目",
    "most_items": "每户最多选几项",
}
_CHANGING = ("consent.change",)


def in_words(values: RoundValues) -> dict[str, str]:
    """A draft in words, field by field."""
    return {
        "purpose": str(values.purpose.label),
        "question": values.question,
        "scheme": version_words(values.scheme) if values.scheme else "",
        "plan_version": values.plan_version,
        "summary": values.summary,
        "closes_on": chinese_date(values.closes_on),
        "items": join(sorted(item.name for item in values.items)),
        "most_items": str(values.most_items) if values.items else "",
    }


def _values_of(row: Round) -> RoundValues:
    return RoundValues(
        purpose=Purpose(row.purpose),
        plan_version=row.plan_version,
        question=row.question,
        summary=row.summary,
        closes_on=row.closes_on,
        items=tuple(row.items.all()),
        most_items=row.most_items,
        scheme=row.scheme,
    )


def _changes(before: RoundValues | None, after: RoundValues) -> dict[str, Any]:
    old, new = {} if before is None else in_words(before), in_words(after)
    return {name: [old.get(name), new[name]] for name in new if old.get(name) != new[name]}


def round_seen(*, found: Round) -> int:
    """What a form that changes a draft carries (`ledger.trail`). One query."""
    return newest_act(rows=[found], acts=_CHANGING)


@transaction.atomic
def draft_round(
    *,
    project: Project,
    values: RoundValues,
    document: NewFile | None,
    by: User,
    now: datetime,
) -> Round:
    """Draft the next round of a project; refuses a closing day in the past (``consent.past``), a menu that
    needs no choosing (``consent.items``), and a round about the scheme that names no plan document, or one that
    is not the project's present one (``consent.scheme``)."""
    Project.objects.select_for_update().get(pk=project.pk)
    _check_closing(values, now)
    _check_scheme(project, values)
    latest = project.consent_rounds.order_by("-number").first()
    made = Round.objects.create(
        project=project,
        number=latest.number + 1 if latest else 1,
        purpose=values.purpose,
        scheme=values.scheme,
        plan_version=values.plan_version,
        plan_document=keep_file(file=document, organisation=project.street, by=by, now=now),
        question=values.question,
        summary=values.summary,
        closes_on=values.closes_on,
        most_items=values.most_items if values.items else 0,
        drafted_by=by,
        drafted_at=now,
    )
    made.items.set(values.items)
    audit(
        act="consent.draft",
        sentence=f"拟定{made}（{values.purpose.label}）",
        by=by,
        now=now,
        target=made,
        organisation=project.street,
        changes=_changes(None, values),
    )
    return made


@transaction.atomic
def change_round(
    *,
    found: Round,
    values: RoundValues,
    document: NewFile | None,
    by: User,
    now: datetime,
    seen: int | None = None,
) -> Round:
    """Change a draft; the post that changes it is its drafter from then on. An opened round stays as it is
    (``StateConflict``). Raises ``EditConflict`` where somebody changed it since what was ``seen``."""
    row = Round.objects.select_for_update().get(pk=found.pk)
    if row.state != RoundState.DRAFT:
        raise StateConflict("征询已经开始，内容不能再改；方案变了，请另开一轮。", state=row.state)
    if seen is not None:
        refuse_unseen(rows=[row], acts=_CHANGING, seen=seen, noun="这一轮的草稿", words=_WORDS)
    _check_closing(values, now)
    _check_scheme(row.project, values)
    before = _values_of(row)
    row.purpose = values.purpose
    row.scheme = values.scheme
    row.plan_version = values.plan_version
    row.question = values.question
    row.summary = values.summary
    row.closes_on = values.closes_on
    row.most_items = values.most_items if values.items else 0
    row.drafted_by, row.drafted_at = by, now
    if document is not None:
        row.plan_document = keep_file(
            file=document, organisation=row.project.street, by=by, now=now
        )
    row.save()
    row.items.set(values.items)
    audit(
        act="consent.change",
        sentence=f"修改{row}的草稿",
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
        changes=_changes(before, values),
    )
    return row


def _check_closing(values: RoundValues, now: datetime) -> None:
    if any(item.is_required for item in values.items):
        raise Refusal("consent.items", "应改尽改的条目不用选，请去掉。", field="items")
    if values.items and values.most_items < 1:
        raise Refusal("consent.items", "请填每户最多选几项。", field="most_items")
    if values.closes_on < local_day(now):
        raise Refusal("consent.past", "截止日期不能早于今天。", field="closes_on")


def plans_of(*, project: Project) -> list[ProjectDocument]:
    """The plan documents (一区一案) of a project that are in force: of each the last version that is listed."""
    rows = ProjectDocument.objects.filter(project=project, kind__is_plan=True)
    return newest(rows.order_by("-file__stored_at", "-pk"))


def _check_scheme(project: Project, values: RoundValues) -> None:
    """A round about the scheme asks about a plan that is in force, where the project has filed one; one about
    whether to renovate at all needs none."""
    if values.scheme is None and values.purpose != Purpose.SCHEME:
        return
    plans = plans_of(project=project)
    if values.scheme is None and plans:
        raise Refusal("consent.scheme", "请选这一轮征询的是哪一份一区一案方案。", field="scheme")
    if values.scheme is not None and values.scheme not in plans:
        raise Refusal(
            "consent.scheme",
            f"{version_words(values.scheme)}已有新版，或已撤下，请改选现行的一份。",
            field="scheme",
        )


@transaction.atomic
def discard_round(*, found: Round, by: User, now: datetime) -> None:
    """Throw away a draft; an opened round stays (``StateConflict``)."""
    row = Round.objects.select_for_update().get(pk=found.pk)
    if row.state != RoundState.DRAFT:
        raise StateConflict("征询已经开始，不能删除。", state=row.state)
    audit(
        act="consent.discard",
        sentence=f"删除{row}的草稿",
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
    )
    row.items.clear()
    row.delete()


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a resident may ask, and by which number ("" where there is none)."""

    name: str
    phone: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.phone}".strip()


def contact_of(*, project: Project, on: date) -> Contact:
    """Whom a resident may ask on a day: post and phone of the site contact in office, else of the responsible
    body, else the street. Who has left, or is yet to come, is not named."""
    roles = [PartyRole.SITE_CONTACT, PartyRole.RESPONSIBLE]
    in_office = Party.objects.filter(project=project, role__in=roles).valid_on(on)
    parties = {party.role: party for party in in_office.order_by("pk") if party.phone}
    party = parties.get(PartyRole.SITE_CONTACT) or parties.get(PartyRole.RESPONSIBLE)
    return Contact(party.name, party.phone) if party else Contact(project.street.short_name)


def snapshot_of(*, found: Round, on: date) -> Mapping[str, Any]:
    """What the public page shows of a round that opens on a day: nothing of any household."""
    contact = contact_of(project=found.project, on=on)
    return {
        "project": found.project.name,
        "street": found.project.street.short_name,
        "purpose": found.get_purpose_display(),
        "plan_version": found.plan_version,
        "question": found.question,
        "summary": found.summary,
        "closes_on": found.closes_on.isoformat(),
        "contact": str(contact),
        "contact_name": contact.name,
        "contact_phone": contact.phone,
        "items": [
            {"id": item.pk, "name": item.name, "kind": item.menu_class.name}
            for item in found.items.select_related("menu_class")
        ],
        "most_items": found.most_items,
    }


@transaction.atomic
def open_round(*, found: Round, by: User, now: datetime) -> Round:
    """Begin to ask: the snapshot goes out to the public side and the words are fixed.

    Refuses the drafter (``Forbidden``), a second open round of the purpose (``consent.open``), a closing day
    that has passed (``consent.past``), a project without estates (``consent.no_estate``), and a draft whose plan
    was replaced meanwhile (``consent.scheme``).
    """
    Project.objects.select_for_update().get(pk=found.project_id)
    row = Round.objects.select_related("project__street").get(pk=found.pk)
    FLOW.next(row.state, RoundAct.OPEN)
    if hands(row, "drafted_by") & by.persons:
        raise Forbidden("拟定的人不能自己开始征询。")
    today = local_day(now)
    if row.closes_on < today:
        raise Refusal("consent.past", "截止日期已经过了，请先修改草稿。")
    _check_scheme(row.project, _values_of(row))
    if not row.project.estates.exists():
        raise Refusal("consent.no_estate", "项目还没有登记小区，没有可征询的户数。")
    if Round.objects.filter(
        project=row.project, purpose=row.purpose, state=RoundState.OPEN
    ).exists():
        raise Refusal(
            "consent.open", f"{row.get_purpose_display()}还有一轮没有截止，请先截止那一轮。"
        )
    moved = Round.objects.filter(pk=row.pk, state=RoundState.DRAFT).update(
        state=RoundState.OPEN, opened_on=today, opened_by=by, opened_at=now
    )
    if not moved:
        row.refresh_from_db()
        raise StateConflict("这一轮的状态刚刚变了，请刷新后再试。", state=row.state)
    row.refresh_from_db()
    PublicRound.objects.create(
        reference=row.reference, content=dict(snapshot_of(found=row, on=today)), published_at=now
    )
    audit(
        act="consent.open",
        sentence=f"开始{row}（{row.get_purpose_display()}），{chinese_date(row.closes_on)}截止",
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
        changes={"state": [RoundState.DRAFT.value, RoundState.OPEN.value]},
    )
    return row


def close_round(*, found: Round, by: User, now: datetime) -> Round:
    """Stop asking: first the public side takes nothing more, then all that came in is taken in, each answer in
    its own transaction, then the round is closed. Safe to run again where it broke off."""
    FLOW.next(found.state, RoundAct.CLOSE)
    PublicRound.objects.filter(reference=found.reference, closed_at=None).update(closed_at=now)
    while take_in(now=now, only=found):
        pass
    return _close(found, by, now)


@transaction.atomic
def _close(found: Round, by: User, now: datetime) -> Round:
    moved = Round.objects.filter(pk=found.pk, state=RoundState.OPEN).update(
        state=RoundState.CLOSED, closed_by=by, closed_at=now
    )
    found.refresh_from_db()
    if not moved:
        raise StateConflict("这一轮的状态刚刚变了，请刷新后再试。", state=found.state)
    audit(
        act="consent.close",
        sentence=f"截止{found}",
        by=by,
        now=now,
        target=found,
        organisation=found.project.street,
        changes={"state": [RoundState.OPEN.value, RoundState.CLOSED.value]},
    )
    return found
