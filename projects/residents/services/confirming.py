"""Hand-overs, joint evaluations and contributions: recorded by one person, confirmed by another, withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import models, transaction

from projects.ledger.conflicts import check_seen
from projects.ledger.editing import save_row
from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Project
from projects.ledger.passing import changed_fields
from projects.residents import policies
from projects.residents.enums import Outcome, RecordAct, RecordState
from projects.residents.handover_items import parse_items, typed_items
from projects.residents.models import Contribution, Evaluation, Handover, Opinion
from projects.residents.policies import Record
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.records.services import audit

from .notices import lock

Related = Mapping[str, Sequence[models.Model]]


def project_of(row: Record) -> Project:
    """The project that a record belongs to."""
    return row.estate.project if isinstance(row, Handover) else row.project


def completed_on(*, project: Project) -> date | None:
    """The day of the gate 完工; None before it, and as long as its evidence is lacking."""
    gate = Gate.objects.counting().filter(project=project, kind=GateKind.COMPLETED).first()
    return gate.actual_on if gate is not None else None


def day_of(row: Record) -> date:
    """The day from which a record counts."""
    if isinstance(row, Contribution):
        return row.given_on
    return row.handed_on if isinstance(row, Handover) else row.held_on


def _check_day(*, project: Project, day: date, now: datetime, field: str, word: str) -> None:
    done = completed_on(project=project)
    if day > local_day(now):
        raise Refusal("confirmed.future", f"{word}不能晚于今天。", field=field)
    if done is None:
        raise Refusal("confirmed.early", _why_early(project), field=field)
    if day < done:
        raise Refusal(
            "confirmed.early", f"{word}不能早于完工日期 {chinese_date(done)}。", field=field
        )


def _why_early(project: Project) -> str:
    claimed = Gate.objects.filter(project=project, kind=GateKind.COMPLETED).exclude(actual_on=None)
    if claimed.exists():
        return "“完工”还没有附依据，不计入；附上依据后再登记。"
    return "项目还没有过“完工”，完工后再登记。"


#: Who wrote it last and when: no change of its own.
_RECORDED = frozenset({"recorded_by_id", "recorded_at", "version"})


def stamp(*, row: Record, by: User, now: datetime, file: NewFile | None) -> None:
    """Who wrote what stands there is who recorded it, not who began it: else somebody changes what another began
    and confirms it alone. Saving the same again is no writing."""
    if not row._state.adding and file is None:
        present = type(row)._default_manager.get(pk=row.pk)
        names = {each.attname for each in row._meta.concrete_fields} - _RECORDED
        if not changed_fields(present, {name: getattr(row, name) for name in names}):
            return
    row.recorded_by, row.recorded_at = by, now


def check_draft(*, row: Record) -> None:
    """Refuse to change what is confirmed or withdrawn (``confirmed.state``); wants the project's lock."""
    if row._state.adding:
        return
    state = type(row)._default_manager.values_list("state", flat=True).get(pk=row.pk)
    if state != RecordState.DRAFT:
        raise Refusal("confirmed.state", "已经确认或作废，不能再修改；记错的先作废，再重新登记。")


@transaction.atomic
def save_handover(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Related | None = None,
    reason: str = "",
) -> models.Model:
    """Record a hand-over or change one that is not confirmed, as ``ledger.editing.save_row``. Refuses a day ahead
    (``confirmed.future``) or before completion (``confirmed.early``), an empty list (``handover.items``), a
    second one (``handover.twice``), one that is confirmed (``confirmed.state``)."""
    if not isinstance(row, Handover):
        raise TypeError("a hand-over is saved")
    project = row.estate.project
    lock(project.pk)
    check_draft(row=row)
    _check_day(project=project, day=row.handed_on, now=now, field="handed_on", word="移交日期")
    row.items = parse_items(typed_items(row.items))
    if not row.items:
        raise Refusal("handover.items", "移交清单至少一项。", field="items_typed")
    stamp(row=row, by=by, now=now, file=file)
    others = Handover.objects.filter(estate=row.estate).exclude(pk=row.pk)
    standing = others.exclude(state=RecordState.WITHDRAWN).first()
    if standing is not None:
        raise Refusal(
            "handover.twice",
            f"{row.estate}已有一份{standing.get_state_display()}的移交；记错的先作废，再重新登记。",
        )
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


@transaction.atomic
def save_evaluation(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Related | None = None,
    reason: str = "",
) -> models.Model:
    """Record an evaluation or change one that is not confirmed, as ``ledger.editing.save_row``. Refuses a day
    ahead (``confirmed.future``) or before completion (``confirmed.early``), a second one on a day
    (``evaluation.twice``), a base above who came or below the verdicts (``evaluation.base``), one that is
    confirmed (``confirmed.state``)."""
    if not isinstance(row, Evaluation):
        raise TypeError("an evaluation is saved")
    lock(row.project_id)
    check_draft(row=row)
    _check_day(project=row.project, day=row.held_on, now=now, field="held_on", word="共评日期")
    came = row.resident_count + row.representative_count
    if not 1 <= row.base_count <= came:
        raise Refusal(
            "evaluation.base",
            f"参评人数应在 1 和到场的居民、居民代表合计 {came} 人之间。",
            field="base_count",
        )
    if row.silent_count < 0:
        raise Refusal(
            "evaluation.base",
            f"满意、基本满意、不满意合计 {row.base_count - row.silent_count} 人，超过参评人数。",
            field="base_count",
        )
    stamp(row=row, by=by, now=now, file=file)
    others = Evaluation.objects.filter(project=row.project, held_on=row.held_on)
    if others.exclude(pk=row.pk).exclude(state=RecordState.WITHDRAWN).exists():
        raise Refusal("evaluation.twice", "这一天已经登记过共同评价。", field="held_on")
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


def _present(row: Record, act: RecordAct, scope: Scope, comment: str = "") -> Record:
    """The record as it stands under the project's lock, where the table has the act for this person."""
    lock(project_of(row).pk)
    present: Record = type(row)._default_manager.select_for_update().get(pk=row.pk)
    policies.flow_of(row=row).check(present.state, act, scope.permissions, comment)
    return present


def _write(row: Record, present: Record, by: User, names: Sequence[str]) -> None:
    present.version += 1
    present._history_user = by  # type: ignore[union-attr]
    present.save(update_fields=[*names, "version"])
    row.refresh_from_db()


@transaction.atomic
def confirm(*, row: Record, scope: Scope, by: User, now: datetime, seen_version: int) -> None:
    """Confirm what another recorded, as it was seen (raises ``EditConflict`` for another version than
    ``seen_version``); from now on it is counted and stays as it is. Refuses one without its file
    (``confirmed.file``) or from before the completion as it stands now (``confirmed.early``); raises Forbidden
    for who recorded it."""
    present = _present(row, RecordAct.CONFIRM, scope)
    policies.check_confirm(row=present, scope=scope)
    check_seen(row=present, seen_version=seen_version, noun=str(present._meta.verbose_name))
    if present.file_id is None:
        noun = str(present._meta.get_field("file").verbose_name)
        raise Refusal("confirmed.file", f"没有{noun}，请登记的人先补上再确认。")
    project = project_of(present)
    if not isinstance(present, Contribution):
        _check_day(project=project, day=day_of(present), now=now, field="", word="日期")
    present.state = RecordState.CONFIRMED
    present.confirmed_by, present.confirmed_at = by, now
    _write(row, present, by, ["state", "confirmed_by", "confirmed_at"])
    noun = str(row._meta.verbose_name)
    audit(
        act=f"{row._meta.model_name}.confirm",
        sentence=f"确认{project}的{noun}（{row}）",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        changes={"state": ["draft", "confirmed"]},
    )


@transaction.atomic
def withdraw(*, row: Record, reason: str, scope: Scope, by: User, now: datetime) -> None:
    """Withdraw a record that is wrong, with a reason; it stays to be read and counts no more."""
    present = _present(row, RecordAct.WITHDRAW, scope, reason.strip())
    before = present.state
    present.state = RecordState.WITHDRAWN
    present.withdrawn_reason = reason.strip()
    present.withdrawn_by, present.withdrawn_at = by, now
    _write(row, present, by, ["state", "withdrawn_reason", "withdrawn_by", "withdrawn_at"])
    project = project_of(row)
    audit(
        act=f"{row._meta.model_name}.withdraw",
        sentence=f"作废{project}的{row._meta.verbose_name}（{row}）",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        changes={"state": [before, "withdrawn"]},
        reason=row.withdrawn_reason,
    )


@transaction.atomic
def save_opinion(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Related | None = None,
    reason: str = "",
) -> models.Model:
    """Add an opinion or change one that waits, as ``ledger.editing.save_row``. Refuses one that was answered
    (``opinion.answered``) and one at an evaluation that was withdrawn (``opinion.withdrawn``)."""
    if not isinstance(row, Opinion):
        raise TypeError("an opinion is saved")
    lock(row.evaluation.project_id)
    state = Evaluation.objects.values_list("state", flat=True).get(pk=row.evaluation_id)
    if state == RecordState.WITHDRAWN:
        raise Refusal("opinion.withdrawn", "这次共同评价已经作废，不再登记意见。")
    if Opinion.objects.filter(pk=row.pk).exclude(outcome="").exists():
        raise Refusal("opinion.answered", "这条意见已经办理，不能再修改。")
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


@transaction.atomic
def answer_opinion(
    *,
    opinion: Opinion,
    outcome: Outcome,
    answer: str,
    answered_on: date,
    by: User,
    now: datetime,
) -> Opinion:
    """Record what became of an opinion, once. Refuses a day ahead (``opinion.future``) or before the evaluation
    (``opinion.early``), no words (``opinion.answer``) and one at an evaluation that was withdrawn
    (``opinion.withdrawn``); raises StateConflict where it is answered."""
    project = opinion.evaluation.project
    lock(project.pk)
    present = Opinion.objects.select_for_update().get(pk=opinion.pk)
    if present.outcome:
        raise StateConflict("这条意见已经登记办理。", state="answered")
    state = Evaluation.objects.values_list("state", flat=True).get(pk=present.evaluation_id)
    if state == RecordState.WITHDRAWN:
        raise Refusal("opinion.withdrawn", "这次共同评价已经作废，不再登记办理。")
    if answered_on > local_day(now):
        raise Refusal("opinion.future", "办理日期不能晚于今天。", field="answered_on")
    if answered_on < opinion.evaluation.held_on:
        raise Refusal("opinion.early", "办理日期不能早于共评日期。", field="answered_on")
    if not answer.strip():
        raise Refusal("opinion.answer", "办理情况未填。", field="answer")
    present.outcome, present.answer = outcome, answer.strip()
    present.answered_on, present.answered_by = answered_on, by
    present.version += 1
    present._history_user = by  # type: ignore[attr-defined]
    present.save(update_fields=["outcome", "answer", "answered_on", "answered_by", "version"])
    opinion.refresh_from_db()
    audit(
        act="opinion.answer",
        sentence=f"登记{project}{opinion.evaluation}的意见“{opinion}”的办理情况",
        by=by,
        now=now,
        target=opinion,
        organisation=project.street,
        changes={"outcome": ["", str(outcome)]},
    )
    return opinion
