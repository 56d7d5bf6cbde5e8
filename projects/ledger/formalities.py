"""Preliminary formalities: papers that were promised and came in, joint reviews of departments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.records.services import audit, keep_file

from .conflicts import LONGEST_HISTORY, EditConflict, lock_seen, said_of
from .enums import NEVER_PROMISED, GateKind, Opinion
from .models import DepartmentOpinion, GatePromise, JointReview, Project
from .passing import changed_fields
from .sheets import mark_of, written_since


@dataclass(frozen=True, slots=True)
class OpinionValues:
    """What a department says, when, and in what words."""

    department: str
    opinion: Opinion
    given_on: date | None = None
    note: str = ""


class ReviewConflict(EditConflict):
    """Somebody else changed a joint review since its form was opened: ``lines`` are what its departments said then, in
    their order, ``now`` what they say now, ``seen`` what the form has seen of them by now."""

    stood: dict[str, Any]
    present: dict[str, Any]

    def __init__(
        self,
        conflict: EditConflict,
        *,
        lines: Sequence[OpinionValues],
        now: Sequence[OpinionValues],
        seen: int,
    ) -> None:
        super().__init__(
            str(conflict.message),
            changes=conflict.changes,
            version=conflict.version,
        )
        self.stood, self.present = dict(conflict.stood), dict(conflict.present)
        self.lines, self.now, self.seen = lines, now, seen


# -- promises ----------------------------------------------------------------------------------------
@transaction.atomic
def save_promise(
    *,
    project: Project,
    gate: GateKind,
    values: Mapping[str, Any],
    by: User,
    now: datetime,
    promise: GatePromise | None = None,
    seen_version: int = 0,
    reason: str = "",
) -> GatePromise:
    """Record that a gate is passed without a paper, or change such a record that nobody changed meanwhile.

    Refuses a term before the promise (``promise.due``), a second promise of the same paper
    (``promise.once``), a gate that is not an earlier one or is no formality (``promise.gate``: consent, the
    programme and the works are never promised), and a change to one whose paper came in (``StateConflict``). Raises ``EditConflict``.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    row = (
        GatePromise(project=project, gate=gate, version=0)
        if promise is None
        else lock_seen(row=promise, seen_version=seen_version, noun="承诺")
    )
    if row.received_on is not None:
        raise StateConflict("材料已经补齐，不能再改承诺。", state="received")
    if values["due_on"] < values["promised_on"]:
        raise Refusal("promise.due", "补齐期限不能早于承诺日期。", field="due_on")
    _check_missing(gate, values.get("missing_gate") or "", before=row.missing_gate)
    others = GatePromise.objects.filter(project=project, gate=gate, lacks=values["lacks"])
    if others.exclude(pk=row.pk).exists():
        raise Refusal("promise.once", "这份材料已经登记过承诺。", field="lacks")
    changes = changed_fields(row, values)
    if not changes:
        return row
    for name in changes:
        setattr(row, name, values[name])
    row.version += 1
    row._history_user = by  # type: ignore[attr-defined]
    row._change_reason = reason  # type: ignore[attr-defined]
    row.save()
    audit(
        act="gate_promise.create" if promise is None else "gate_promise.update",
        sentence=f"{'登记' if promise is None else '修改'}{project}关口“{gate.label}”的容缺承诺：{row.lacks}",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        changes=changes,
        reason=reason,
    )
    return row


def _check_missing(gate: GateKind, named: str, *, before: str) -> None:
    """``before`` stays what it was: a row of an earlier release may name what none may now, and opens nothing."""
    if not named:
        return
    missing, order = GateKind(named), list(GateKind)
    if order.index(missing) >= order.index(gate):
        raise Refusal(
            "promise.gate", f"缺少的手续须是“{gate.label}”之前的关口。", field="missing_gate"
        )
    if missing in NEVER_PROMISED and named != before:
        raise Refusal(
            "promise.gate",
            f"“{missing.label}”不能容缺；只有立项批复、招投标、施工许可这样的手续可以，确有特殊情况的申请例外。",
            field="missing_gate",
        )


@transaction.atomic
def receive_paper(
    *, promise: GatePromise, received_on: date, file: NewFile | None, by: User, now: datetime
) -> GatePromise:
    """The promised paper came in. Refuses a day in the future (``promise.future``) or before the promise
    (``promise.early``), and a second time (``StateConflict``)."""
    row: GatePromise = (
        GatePromise.objects.select_for_update(of=("self",))
        .select_related("project__street")
        .get(pk=promise.pk)
    )
    if row.received_on is not None:
        raise StateConflict("这份材料已经登记补齐。", state="received")
    if received_on > local_day(now):
        raise Refusal("promise.future", "补齐日期不能晚于今天。", field="received_on")
    if received_on < row.promised_on:
        raise Refusal("promise.early", "补齐日期不能早于承诺日期。", field="received_on")
    row.received_on, row.received_by = received_on, by
    row.received_file = keep_file(file=file, organisation=row.project.street, by=by, now=now)
    row.version += 1
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    late = (received_on - row.due_on).days
    audit(
        act="gate_promise.receive",
        sentence=f"{row.project}关口“{GateKind(row.gate).label}”补齐{row.lacks}"
        + (f"，逾期 {late} 天" if late > 0 else ""),
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
        changes={"received_on": [None, str(received_on)]},
    )
    return row


# -- joint reviews -----------------------------------------------------------------------------------
@transaction.atomic
def save_review(
    *,
    project: Project,
    values: Mapping[str, Any],
    opinions: Sequence[OpinionValues],
    file: NewFile | None,
    by: User,
    now: datetime,
    review: JointReview | None = None,
    seen_version: int = 0,
    seen_opinions: int = 0,
) -> JointReview:
    """Record a joint review with what each department said, or change one that nobody changed meanwhile.

    Refuses a review without departments (``review.departments``), a department twice
    (``review.department_twice``), an opinion without its day (``review.given_on``) or with a day in the
    future (``review.future``), and a second review of that name (``review.once``). Raises ``ReviewConflict``, which
    tells of the departments what was changed after ``seen_opinions`` (``opinions_seen``).
    """
    Project.objects.select_for_update().get(pk=project.pk)
    try:
        row = (
            JointReview(project=project, version=0)
            if review is None
            else lock_seen(row=review, seen_version=seen_version, noun="联审")
        )
    except EditConflict as conflict:
        raise _with_opinions(conflict, review, seen_opinions) from None
    _check_opinions(opinions, local_day(now))
    others = JointReview.objects.filter(
        project=project, gate=values["gate"], title=values["title"]
    ).exclude(pk=row.pk)
    if others.exists():
        raise Refusal("review.once", "这个关口已有同名的联审。", field="title")
    given = dict(values)
    if file is not None:
        given["file"] = keep_file(file=file, organisation=project.street, by=by, now=now)
    changes = changed_fields(row, given)
    for name in changes:
        setattr(row, name, given[name])
    creating = row.pk is None
    old = {} if creating else {each.department: each for each in row.opinions.all()}
    said = _opinion_changes(old, opinions)
    if not changes and not said:
        return row
    row.version += 1
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    _write_opinions(row, old, opinions, by)
    audit(
        act="joint_review.create" if creating else "joint_review.update",
        sentence=f"{'登记' if creating else '修改'}{project}的{row.title}",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        changes=changes | said,
    )
    return row


def opinions_seen(*, review_id: int) -> int:
    """What a form that changes a review carries: the newest entry in the history of its opinions. One query."""
    return int(mark_of(DepartmentOpinion.history.filter(review_id=review_id)))


def _with_opinions(conflict: EditConflict, review: JointReview | None, seen: int) -> ReviewConflict:
    """The same with who changed what of the departments. Two queries."""
    history = DepartmentOpinion.history.filter(review_id=review.pk if review else None)
    stood: dict[int, OpinionValues] = {}
    for entry in history.filter(history_id__lte=seen).order_by("history_id"):
        if entry.history_type == "-":
            stood.pop(entry.id, None)
        else:
            stood[entry.id] = _values_of(entry)
    present = {each.department: each for each in stood.values()}
    told = []
    for written in written_since(history=history, key="department", seen=seen):
        name, before, after = written.row.department, written.before, written.after
        if after is None:
            present.pop(name, None)
            told.append(f"{written.who}去掉了部门“{name}”。")
            continue
        present[name] = _values_of(after)
        if before is None:
            told.append(f"{written.who}添了部门“{name}”：{_said(after)}。")
        elif _said(before) != _said(after):
            shown = _said(before), _said(after)
            told.append(
                said_of(who=written.who, what=f"{name}的意见", before=shown[0], after=shown[1])
            )
    conflict.changes = [*told[::-1], *conflict.changes][:LONGEST_HISTORY]
    lines = [stood[pk] for pk in sorted(stood)]
    now = list(present.values())
    return ReviewConflict(conflict, lines=lines, now=now, seen=int(mark_of(history)))


def _values_of(row: Any) -> OpinionValues:
    return OpinionValues(row.department, Opinion(row.opinion), row.given_on, row.note)


def _said(row: Any) -> str:
    return _shown(Opinion(row.opinion), row.given_on, row.note)


def _check_opinions(opinions: Sequence[OpinionValues], today: date) -> None:
    if not opinions:
        raise Refusal("review.departments", "至少登记一个部门。", field="department-0")
    seen: set[str] = set()
    for place, each in enumerate(opinions):
        if each.department in seen:
            raise Refusal(
                "review.department_twice",
                f"“{each.department}”登记了两次。",
                field=f"department-{place}",
            )
        seen.add(each.department)
        if each.opinion != Opinion.PENDING and each.given_on is None:
            raise Refusal(
                "review.given_on", "出具了意见的，须填出具日期。", field=f"given_on-{place}"
            )
        if each.given_on is not None and each.given_on > today:
            raise Refusal("review.future", "出具日期不能晚于今天。", field=f"given_on-{place}")


def _shown(opinion: Opinion, given_on: date | None, note: str) -> str:
    parts = [str(opinion.label), chinese_date(given_on) if given_on else "", note]
    return "，".join(part for part in parts if part)


def _opinion_changes(
    old: Mapping[str, DepartmentOpinion], new: Sequence[OpinionValues]
) -> dict[str, list[Any]]:
    before = {
        name: _shown(Opinion(row.opinion), row.given_on, row.note) for name, row in old.items()
    }
    after = {each.department: _shown(each.opinion, each.given_on, each.note) for each in new}
    return {
        name: [before.get(name), after.get(name)]
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


def _write_opinions(
    review: JointReview,
    old: Mapping[str, DepartmentOpinion],
    new: Sequence[OpinionValues],
    by: User,
) -> None:
    wanted = {each.department for each in new}
    for name, row in old.items():
        if name not in wanted:
            row._history_user = by  # type: ignore[attr-defined]
            row.delete()
    for each in new:
        known = old.get(each.department)
        row = known or DepartmentOpinion(review=review, department=each.department)
        values = {"opinion": each.opinion, "given_on": each.given_on, "note": each.note}
        if known is not None and not changed_fields(known, values):
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row._history_user = by  # type: ignore[attr-defined]
        row.save()
