"""Recording answers, one per household and round, and deciding where two contradict each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from projects.consent.enums import Choice, RoundState, Standing, Way
from projects.consent.models import Answer, Household, Round
from projects.works.models import MenuItem
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import EVIDENCE_TYPES, NewFile
from renovation.core.wording import chinese_date, short_date
from renovation.records.acting import hands, who
from renovation.records.models import StoredFile
from renovation.records.services import audit, keep_file, reason_in_words


@dataclass(frozen=True, slots=True)
class AnswerValues:
    """An answer on paper or at the door, as entered. ``reason`` says why one is recorded anew."""

    choice: Choice
    way: Way
    answered_on: date
    opinion: str = ""
    witness: User | None = None
    reason: str = ""
    items: tuple[MenuItem, ...] = ()


def standing_of(*, found: Round, household: Household) -> tuple[Answer | None, list[Answer]]:
    """The answer that counts for a household in a round, and those that wait for a decision. One query."""
    rows = list(
        Answer.objects.filter(
            round=found, household=household, standing__in=[Standing.CURRENT, Standing.HELD]
        ).select_related("recorded_by", "witness", "file")
    )
    current = next((row for row in rows if row.standing == Standing.CURRENT), None)
    return current, [row for row in rows if row.standing == Standing.HELD]


def _lock(household: Household) -> Household:
    """Writers of one household's answers stand in line."""
    return (
        Household.objects.select_for_update()
        .select_related("estate__project__street")
        .get(pk=household.pk)
    )


def said_before(*, answer: Answer) -> str:
    """9月3日 松龄路街道填报岗 登记的上门征询：同意"""
    by = who(answer, "recorded_by") if answer.recorded_by else "住户自己"
    day = short_date(answer.answered_on)
    return f"{day} {by}的{answer.get_way_display()}：{answer.get_choice_display()}"


@transaction.atomic
def record_answer(
    *,
    found: Round,
    household: Household,
    values: AnswerValues,
    scan: NewFile | None,
    by: User,
    now: datetime,
) -> Answer:
    """Record an answer on paper or at the door with its scan, which is kept encrypted.

    Refuses a household of another project (``consent.other_project``), a round that is not open
    (``StateConflict``), a day outside the round (``consent.day``), a missing scan (``consent.scan``), a visit
    without a witness or with the recorder as witness (``consent.witness``), items that are not the round's or too
    many (``consent.items``), an undecided household without
    words (``consent.opinion``), a second answer without a reason (``consent.already_answered``) or dated before
    the first (``consent.older``), and any answer while two wait for a decision (``consent.held``).
    """
    locked = _lock(household)
    present = Round.objects.select_for_update().get(pk=found.pk)
    if locked.estate.project_id != present.project_id:
        raise Refusal("consent.other_project", "这一户不在这个项目里。")
    if present.state != RoundState.OPEN:
        raise StateConflict("只有征询中的轮次才能登记答复。", state=present.state)
    _check_values(present, values, scan, by, now)
    current, held = standing_of(found=present, household=locked)
    if held:
        raise Refusal("consent.held", "这一户有相互矛盾的答复待认定，请先认定。")
    if current is not None:
        _check_again(current, values)
    assert scan is not None  # noqa: S101 - _check_values has refused its absence
    # Under a name of our own: a person's file name may hold a resident's.
    name = f"{locked.estate}{locked.place}意见表.{EVIDENCE_TYPES[scan.content_type]}"
    file = keep_file(
        file=replace(scan, name=name),
        organisation=locked.estate.project.street,
        by=by,
        now=now,
        is_private=True,
    )
    made = Answer(
        round=present,
        household=locked,
        choice=values.choice,
        way=values.way,
        answered_on=values.answered_on,
        file=file,
        recorded_by=by,
        recorded_at=now,
        witness=values.witness,
        supersedes=current,
        replacement_reason=values.reason.strip() if current else "",
    )
    made.keep_opinion(values.opinion.strip())
    put(answer=made, current=current)
    made.items.set(values.items)
    audit(
        act="consent.answer",
        sentence=f"登记{present} {locked.place}的{values.way.label}",
        by=by,
        now=now,
        target=made,
        organisation=locked.estate.project.street,
        changes={"choice": [current.choice if current else None, values.choice.value]},
        reason=made.replacement_reason,
    )
    return made


def put(*, answer: Answer, current: Answer | None) -> None:
    """Write an answer that counts from now on; the one before stays and is marked as replaced."""
    if current is not None:
        Answer.objects.filter(pk=current.pk, standing=Standing.CURRENT).update(
            standing=Standing.REPLACED
        )
    answer.standing = Standing.CURRENT
    answer.save(force_insert=True)


def _check_values(
    found: Round, values: AnswerValues, scan: NewFile | None, by: User, now: datetime
) -> None:
    if values.way not in (Way.PAPER, Way.VISIT):
        raise Refusal("consent.way", "扫码答复由住户自己提交，不能代填。", field="way")
    last = min(found.closes_on, local_day(now))
    if found.opened_on is None:
        raise Refusal("consent.day", "这一轮征询还没有开始。", field="answered_on")
    if not found.opened_on <= values.answered_on <= last:
        raise Refusal(
            "consent.day",
            f"答复日期应在 {chinese_date(found.opened_on)} 至 {chinese_date(last)} 之间。",
            field="answered_on",
        )
    if scan is None:
        raise Refusal("consent.scan", "请附意见表的扫描件或照片。", field="scan")
    if values.way == Way.VISIT and values.witness is None:
        raise Refusal("consent.witness", "上门征询须有见证人。", field="witness")
    if values.witness is not None and values.witness.pk in by.persons:
        raise Refusal("consent.witness", "登记人和见证人须是不同的人。", field="witness")
    if len(values.items) > found.most_items or not {item.pk for item in values.items} <= set(
        found.items.values_list("pk", flat=True)
    ):
        raise Refusal(
            "consent.items",
            f"只能从这一轮的条目中选，最多 {found.most_items} 项。",
            field="items",
        )
    if values.choice == Choice.UNDECIDED and not values.opinion.strip():
        raise Refusal("consent.opinion", "有意见、暂不表态的，请写明意见。", field="opinion")


def _check_again(current: Answer, values: AnswerValues) -> None:
    """The same household must not be recorded twice unnoticed."""
    if not values.reason.strip():
        raise Refusal(
            "consent.already_answered",
            f"这一户已经答复过（{said_before(answer=current)}）。确要以新的为准，请写明原因。",
            field="reason",
        )
    if values.answered_on < current.answered_on:
        raise Refusal(
            "consent.older",
            f"新答复的日期早于现有答复（{chinese_date(current.answered_on)}）。后答复的为准；登错了的，请先作废。",
            field="answered_on",
        )


@transaction.atomic
def open_scan(*, answer: Answer, reason: str, by: User, now: datetime) -> StoredFile:
    """The scan of an answer for who gives a reason, logged; refuses without one (``audit.reason``), and where
    there is no scan (``consent.scan``)."""
    words = reason_in_words(reason=reason)
    if answer.file is None:
        raise Refusal("consent.scan", "这份答复没有扫描件。")
    audit(
        act="consent.scan",
        sentence=f"查看{answer.round} {answer.household.place}的意见表扫描件",
        by=by,
        now=now,
        target=answer,
        organisation=answer.round.project.street,
        reason=words,
    )
    return answer.file


@transaction.atomic
def decide(*, chosen: Answer, reason: str, by: User, now: datetime) -> Answer:
    """Say which of a household's contradicting answers counts; the others are set aside, all stay.

    Refuses without a reason (``consent.reason``), who recorded or witnessed one of them (``Forbidden``), and
    where nothing waits any more (``StateConflict``).
    """
    if not reason.strip():
        raise Refusal("consent.reason", "请写明认定的依据。", field="reason")
    household = _lock(chosen.household)
    current, held = standing_of(found=chosen.round, household=household)
    rows = [row for row in (current, *held) if row is not None]
    if not held or chosen.pk not in {row.pk for row in rows}:
        chosen.refresh_from_db()
        raise StateConflict("这一户已经认定过了。", state=chosen.standing)
    if any(by.persons & (hands(row, "recorded_by") | {row.witness_id}) for row in rows):
        raise Forbidden("登记或见证过其中一份的人不能认定。")
    settled = {"settled_by": by, "settled_at": now, "settled_reason": reason.strip()}
    aside = [row.pk for row in rows if row.pk != chosen.pk]
    Answer.objects.filter(pk__in=aside).update(standing=Standing.REJECTED, **settled)
    Answer.objects.filter(pk=chosen.pk).update(standing=Standing.CURRENT, **settled)
    chosen.refresh_from_db()
    audit(
        act="consent.decide",
        sentence=f"认定{chosen.round} {household.place}以{chosen.get_way_display()}的答复为准",
        by=by,
        now=now,
        target=chosen,
        organisation=household.estate.project.street,
        changes={"choice": [None, chosen.choice]},
        reason=reason.strip(),
    )
    return chosen


@transaction.atomic
def void_answer(*, answer: Answer, reason: str, by: User, now: datetime) -> Answer:
    """Set aside an answer that was recorded by mistake; what was replaced last counts again.

    Refuses without a reason, who recorded it (``Forbidden``), and an answer that does not count
    (``StateConflict``).
    """
    if not reason.strip():
        raise Refusal("consent.reason", "作废须写明原因。", field="reason")
    household = _lock(answer.household)
    if by.persons & (hands(answer, "recorded_by") | {answer.witness_id}):
        raise Forbidden("登记或见证的人不能自己作废。")
    moved = Answer.objects.filter(pk=answer.pk, standing=Standing.CURRENT).update(
        standing=Standing.VOID, settled_by=by, settled_at=now, settled_reason=reason.strip()
    )
    answer.refresh_from_db()
    if not moved:
        raise StateConflict("只有计入的答复才能作废。", state=answer.standing)
    mates = Answer.objects.filter(round=answer.round, household=household)
    before = mates.filter(standing=Standing.REPLACED).order_by("answered_on", "pk").last()
    if before is not None:
        Answer.objects.filter(pk=before.pk).update(standing=Standing.CURRENT)
    audit(
        act="consent.void",
        sentence=f"作废{answer.round} {household.place}的{answer.get_way_display()}",
        by=by,
        now=now,
        target=answer,
        organisation=household.estate.project.street,
        changes={"choice": [answer.choice, None]},
        reason=reason.strip(),
    )
    return answer
