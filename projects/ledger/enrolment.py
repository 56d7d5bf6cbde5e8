"""Whether, where and until when a project counts: entering it into the programme, moving it to another street,
cancelling it. Each is a change (变更) that another person approves, with the day from which it counts.

What has been reported stays as it was reported: a move holds from the Monday of the week in which it is approved,
a cancellation from a week that nobody has reported yet, and a project that is entered late owes no return for the
weeks before (MEASURES.md, As of; What is in scope).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import module_has_submodule

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.files import NewFile
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from renovation.records.services import audit, keep_file

from .enums import ENROLMENT, ChangeKind, ChangeState, GateKind
from .models import FormerStreet, Project, ProjectChange

#: Fields of a project that only an approved change writes once somebody proposed that it counts.
SETTLED = ("programme", "street", "approved_on", "reporting_from", "cancelled_on")
WORDS = dict(
    zip(SETTLED, ("年度计划", "街道", "列入计划日期", "开始报送", "取消日期"), strict=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentValues:
    """A change of enrolment as entered. ``effective_on`` is the day of the programme or of the cancellation,
    ``to_street`` where a project moves; each is None where the kind has none."""

    kind: ChangeKind
    rationale: str
    effective_on: date | None = None
    to_street: Organisation | None = None
    document_number: str = ""
    file: NewFile | None = None


class Weeks(Protocol):
    """What a wing above knows of the weeks that streets have sent (its module ``enrolling``)."""

    def free_week(self, *, street: Organisation, now: datetime) -> Week:
        """The first week from now on that a street has neither sent nor missed."""

    def hold_weeks(self, *, street_ids: Collection[int], today: date) -> None:
        """Let nobody send one before the running transaction ends."""


@cache
def _weeks() -> Weeks:
    """Found by name, so that the ledger imports no wing above it."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "enrolling"):
            return cast("Weeks", import_module(f"{config.name}.enrolling"))
    raise LookupError("no wing knows the weeks of streets")


def waiting(*, project: Project) -> ProjectChange | None:
    """The change of enrolment that waits for its approval, if one does."""
    return project.changes.filter(state=ChangeState.DRAFT, kind__in=ENROLMENT).first()


def entries_waiting(*, projects: QuerySet[Project]) -> QuerySet[ProjectChange]:
    """The proposals to enter projects that wait for approval; a correction of the day of one that is entered
    is none."""
    rows: QuerySet[ProjectChange] = ProjectChange.objects.filter(
        project__in=projects.filter(approved_on=None),
        state=ChangeState.DRAFT,
        kind=ChangeKind.ENTER,
    )
    return rows


def kinds_open(*, project: Project, today: date) -> list[ChangeKind]:
    """What may be drafted about a project now."""
    if not project.is_entered:
        return [ChangeKind.ENTER]
    if project.cancelled_on is None:
        return [ChangeKind.MOVE, ChangeKind.CANCEL, ChangeKind.ENTER, ChangeKind.REPORT]
    return [ChangeKind.RESTORE] if project.cancelled_on > today else []


def is_settled(*, project: Project) -> bool:
    """Whether it counts, or waits for a person to approve that it does: ``SETTLED`` is written by changes only."""
    return project.is_entered or waiting(project=project) is not None


def refuse_settled(*, project: Project, values: Mapping[str, Any]) -> None:
    """Raise ``enrolment.settled`` where an edit would write what only an approved change may."""
    touched = [
        name for name in SETTLED if name in values and values[name] != getattr(project, name)
    ]
    if touched and is_settled(project=project):
        words = "、".join(WORDS[name] for name in touched)
        way = "请登记变更，由另一人批准"
        if "programme" in touched:
            way = "列错年度的，取消后在另一年度新建"
        if not project.is_entered:
            way = "先撤回等待批准的“列入计划”，再修改"
        raise Refusal("enrolment.settled", f"{words}不能直接修改，{way}。", field=touched[0])


@transaction.atomic
def draft_enrolment(
    *, project: Project, values: EnrolmentValues, by: User, now: datetime
) -> ProjectChange:
    """Record for approval that a project is entered, moves, is cancelled, or that its cancellation is taken back.

    Refuses no rationale (``change.rationale``), a second one while one waits (``enrolment.waiting``), and what
    ``_check`` refuses.
    """
    locked: Project = (
        Project.objects.select_for_update(of=("self",))
        .select_related("street", "programme")
        .get(pk=project.pk)
    )
    rationale = values.rationale.strip()
    if not rationale:
        raise Refusal("change.rationale", "变更须写明理由。", field="rationale")
    if (before := waiting(project=locked)) is not None:
        raise Refusal(
            "enrolment.waiting",
            f"“{before.title}”还在等待批准，先批准或撤回，再登记。",
        )
    change = ProjectChange(
        project=locked,
        kind=values.kind,
        title=str(values.kind.label),
        rationale=rationale,
        effective_on=values.effective_on,
        corrects_entry=values.kind == ChangeKind.ENTER and locked.is_entered,
        to_street=values.to_street,
        document_number=values.document_number.strip(),
        file=keep_file(file=values.file, organisation=locked.street, by=by, now=now),
        drafted_by=by,
        drafted_at=now,
    )
    _check(change, locked, now, decides=False)
    change.title, change.old_text, change.new_text = _words(change, locked)
    change._history_user = by  # type: ignore[attr-defined]
    change.save(force_insert=True)
    audit(
        act="change.draft",
        sentence=f"登记{locked}：{change.title}",
        by=by,
        now=now,
        target=change,
        organisation=locked.street,
        reason=rationale,
        changes={"text": [change.old_text, change.new_text]},
    )
    return change


def propose_entry(*, project: Project, approved_on: date, by: User, now: datetime) -> ProjectChange:
    """Propose that a project counts from a day: by the document of its programme where that was approved on this
    day. What is entered on another day has another document, which is asked for at the approval."""
    programme = project.programme
    return draft_enrolment(
        project=project,
        values=EnrolmentValues(
            kind=ChangeKind.ENTER,
            rationale=f"列入{project.programme}",
            effective_on=approved_on,
            document_number=programme.document_number
            if approved_on == programme.approved_on
            else "",
        ),
        by=by,
        now=now,
    )


def hold_streets(*, changes: Sequence[ProjectChange], now: datetime) -> None:
    """Keep the streets that changes of enrolment touch from sending a return meanwhile. Called first in the
    transaction that approves them: streets, returns, projects, changes is the order of locks."""
    streets = {row.project.street_id for row in changes} | {row.to_street_id for row in changes}
    streets.discard(None)
    _weeks().hold_weeks(street_ids=cast("set[int]", streets), today=local_day(now))


def apply_enrolment(*, change: ProjectChange, project: Project, by: User, now: datetime) -> None:
    """Let an approved change hold: the caller has locked the project, saved the change as approved and audits it.

    Raises what ``_check`` refuses now. A project that is entered reports from the first week that its street has
    not sent, unless it was given a later day; one that moves leaves its past weeks to the street where it was.
    """
    _check(change, project, now, decides=True)
    match ChangeKind(change.kind):
        case ChangeKind.ENTER:
            day = _day(change, WORDS["approved_on"])
            if project.approved_on is None:
                free = _weeks().free_week(street=project.street, now=now).start
                project.reporting_from = max(project.reporting_from or free, free, day)
            else:  # who has reported since which week stays as it was
                project.reporting_from = begins_on(project=project)
                _follow_entry(project, project.approved_on, day, by)
            project.approved_on = day
        case ChangeKind.MOVE:
            _move(change, project, by, now)
        case ChangeKind.REPORT:
            project.reporting_from = change.effective_on
        case ChangeKind.CANCEL:
            project.cancelled_on = change.effective_on
            project.cancellation_reason = change.rationale[:200]
        case ChangeKind.RESTORE:
            project.cancelled_on, project.cancellation_reason = None, ""
    project.version += 1
    project._history_user = by  # type: ignore[attr-defined]
    project._change_reason = f"变更：{change.title}"[:100]  # type: ignore[attr-defined]
    project.save()


def _follow_entry(project: Project, before: date, day: date, by: User) -> None:
    """The gate 列入计划 that was planned for the day of the entry is planned for the corrected one."""
    gate = project.gates.filter(kind=GateKind.PROGRAMMED, planned_on=before).first()
    if gate is None:
        return
    gate.planned_on = day
    gate.version += 1
    gate._history_user = by  # type: ignore[attr-defined]
    gate._change_reason = "变更：更正列入计划日期"  # type: ignore[attr-defined]
    gate.save()


def _move(change: ProjectChange, project: Project, by: User, now: datetime) -> None:
    """The old street becomes a former one; communities of it are none of the new one's."""
    if change.to_street is None:
        raise AssertionError("the database lets no move be without its street")
    FormerStreet.objects.create(
        project=project,
        street=project.street,
        until_on=Week.of(local_day(now)).start,
        change=change,
    )
    project.street = change.to_street
    for estate in project.estates.exclude(community=None).exclude(
        community__parent=change.to_street
    ):
        estate.community = None
        estate.version += 1
        estate._history_user = by  # type: ignore[attr-defined]
        estate._change_reason = f"变更：{change.title}"[:100]  # type: ignore[attr-defined]
        estate.save()
    audit(
        act="project.receive",
        sentence=f"接收{project}（{project.code}）",
        by=by,
        now=now,
        target=project,
        organisation=change.to_street,
        reason=change.rationale,
    )


def begins_on(*, project: Project) -> date:
    """The day in whose week an entered project reports first."""
    begins = project.reporting_from or project.programme.approved_on
    return max(project.entered_on, begins)


def _check(change: ProjectChange, project: Project, now: datetime, *, decides: bool) -> None:
    """What the kind asks for; ``decides`` also what has to hold at the approval alone."""
    kind = ChangeKind(change.kind)
    if kind not in kinds_open(project=project, today=local_day(now)):
        raise Refusal("enrolment.kind", _why_not(kind, project), field="kind")
    match kind:
        case ChangeKind.ENTER:
            _check_entry(change, project)
        case ChangeKind.MOVE:
            _check_move(change, project, now)
            if decides:
                _check_weeks(change, project, now)
        case ChangeKind.CANCEL:
            _check_cancellation(change, project, now)
        case ChangeKind.RESTORE:
            _check_restoring(project, now)
        case ChangeKind.REPORT:
            _check_begin(change, project, now)


def _why_not(kind: ChangeKind, project: Project) -> str:
    if not project.is_entered:
        return "项目还没有列入计划，先登记“列入计划”。"
    if project.cancelled_on is None:
        return "项目没有取消，不用撤销。"
    if kind == ChangeKind.RESTORE:
        return (
            f"取消自{chinese_date(project.cancelled_on)}已经生效，不能撤销；"
            "确需恢复的，另建项目列入计划。"
        )
    return f"项目自{chinese_date(project.cancelled_on)}起取消，不能再登记“{kind.label}”。"


def _day(change: ProjectChange, what: str) -> date:
    if change.effective_on is None:
        raise Refusal("enrolment.day", f"{what}此处未填。", field="effective_on")
    return change.effective_on


def _check_entry(change: ProjectChange, project: Project) -> None:
    day, year = _day(change, "列入计划日期"), project.programme.year
    if not year - 1 <= day.year <= year:
        raise Refusal(
            "enrolment.year",
            f"{year}年度计划的列入日期在 {year - 1} 年或 {year} 年。",
            field="effective_on",
        )
    if project.approved_on is None:
        return
    if day == project.approved_on:
        raise Refusal("enrolment.same", "与现在的列入计划日期相同。", field="effective_on")
    begins = Week.of(begins_on(project=project))
    if day > begins.end:
        raise Refusal(
            "enrolment.reported",
            f"项目从{begins.label}起报送，列入计划日期不能晚于{chinese_date(begins.end)}。",
            field="effective_on",
        )


def _check_move(change: ProjectChange, project: Project, now: datetime) -> None:
    to, today = change.to_street, local_day(now)
    if to is None:
        raise Refusal("enrolment.street", "请选择移交到哪个街道。", field="to_street")
    if to.pk == project.street_id:
        raise Refusal("enrolment.same", f"项目现在就在{to.short_name}。", field="to_street")
    if to.kind != OrganisationKind.STREET or not to.ancestors().filter(
        pk=project.programme.bureau_id
    ):
        raise Refusal("enrolment.street", f"{to}不是本区的街道。", field="to_street")
    if not Organisation.objects.valid_on(today).filter(pk=to.pk).exists():
        raise Refusal("enrolment.street", f"{to.short_name}已经撤销。", field="to_street")
    this = Week.of(today)
    if project.former_streets.filter(until_on=this.start).exists():
        raise Refusal(
            "enrolment.young", "项目本周刚刚移交过，下周一起才能再移交。", field="to_street"
        )
    if project.approved_on is not None and project.approved_on >= this.start:
        raise Refusal(
            "enrolment.young",
            "项目本周才列入计划，下周一起才能移交。",
            field="to_street",
        )


def earliest_week(*, streets: Sequence[Organisation], now: datetime) -> tuple[Week, str]:
    """The first week from which a move between streets could hold if it were approved in that week, and why that
    is not this one ("" where it is): a street that has sent the week, or missed it, keeps it as it was."""
    this = first = Week.of(local_day(now))
    held = []
    for street in streets:
        if (free := _weeks().free_week(street=street, now=now)) != this:
            held.append(street.short_name)
            first = max(first, free)
    if not held:
        return this, ""
    return first, (
        f"{'、'.join(held)}{this.label}周报已经报送或过了截止时间，"
        f"移交请在{chinese_date(first.start)}（周一）以后批准。"
    )


def why_not_yet(*, change: ProjectChange, project: Project, now: datetime) -> str:
    """Why a change of enrolment that waits can't be approved now, "" where it can: what ``apply_enrolment``
    would refuse."""
    try:
        _check(change, project, now, decides=True)
    except Refusal as refusal:
        return str(refusal.message)
    return ""


def _check_weeks(change: ProjectChange, project: Project, now: datetime) -> None:
    streets = [street for street in (project.street, change.to_street) if street is not None]
    if why_not := earliest_week(streets=streets, now=now)[1]:
        raise Refusal("enrolment.sent", why_not, field="to_street")


def _check_cancellation(change: ProjectChange, project: Project, now: datetime) -> None:
    day = _day(change, "取消日期")
    if project.approved_on is not None and day < project.approved_on:
        raise Refusal("enrolment.early", "取消日期不能早于列入计划日期。", field="effective_on")
    free = _weeks().free_week(street=project.street, now=now).start
    if day < free:
        raise Refusal(
            "enrolment.sent",
            f"已经报送或过了截止时间的周不再改动，取消日期最早填{chinese_date(free)}；文件上的日期写在理由里。",
            field="effective_on",
        )


def _check_restoring(project: Project, now: datetime) -> None:
    free = _weeks().free_week(street=project.street, now=now)
    if project.cancelled_on is not None and Week.of(project.cancelled_on) < free:
        raise Refusal(
            "enrolment.sent",
            f"{project.street.short_name}{Week.of(project.cancelled_on).label}周报已经按取消后报送，"
            "不能撤销；确需恢复的，另建项目列入计划。",
            field="kind",
        )


def _check_begin(change: ProjectChange, project: Project, now: datetime) -> None:
    day = _day(change, WORDS["reporting_from"])
    begins = Week.of(begins_on(project=project))
    free = _weeks().free_week(street=project.street, now=now)
    if begins < free:
        raise Refusal(
            "enrolment.reported",
            f"项目从{begins.label}起已经报送，不再更改。",
            field="effective_on",
        )
    if day < free.start:
        raise Refusal(
            "enrolment.sent",
            f"已经报送或过了截止时间的周不再改动，最早填{chinese_date(free.start)}。",
            field="effective_on",
        )


def _words(change: ProjectChange, project: Project) -> tuple[str, str, str]:
    """Title, what was, what is to be."""
    label = str(ChangeKind(change.kind).label)
    day = "" if change.effective_on is None else chinese_date(change.effective_on)
    match ChangeKind(change.kind):
        case ChangeKind.ENTER:
            if project.approved_on is None:
                return label, "尚未列入", f"{day}列入{project.programme}"
            return "更正列入计划日期", f"{chinese_date(project.approved_on)}列入", f"{day}列入"
        case ChangeKind.MOVE:
            to = "" if change.to_street is None else change.to_street.short_name
            return f"{label}：{project.street.short_name}到{to}", project.street.short_name, to
        case ChangeKind.REPORT:
            return label, f"{chinese_date(begins_on(project=project))}起报送", f"{day}起报送"
        case ChangeKind.CANCEL:
            return label, "计划内项目", f"自{day}起取消，不再计入"
        case _:
            gone = project.cancelled_on
            return label, f"自{chinese_date(gone)}起取消" if gone else "", "仍为计划内项目"
