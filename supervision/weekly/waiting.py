"""What of the returns waits for somebody, for 待办."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.face.todo import Item
from renovation.face.wording import full_day, moment, telephone, unbroken
from renovation.records.acting import by_others

from .checks import WAIVABLE
from .enums import APPROVED_STATES, PENDING_STATES, FollowUpState, ReturnState
from .following.listing import lines_of
from .following.policies import can_ask
from .models import FollowUp, RuleWaiver, WeeklyReturn
from .policies import can_remind
from .register import Entry, Line, Register, register_between
from .reminding.owing import contacts_of, wanted, whom_to_call
from .reporting import carried_counts, reporting_groups
from .rule_waivers.policies import can_decide
from .weeks import Phase

P = Permission


def waiting_for(*, scope: Scope, now: datetime) -> Iterator[Item]:
    """What is to be filled in, reviewed or approved, who did not return, and questions about rows."""
    yield from follow_ups_waiting(scope=scope, now=now)
    yield from rule_waivers_waiting(scope=scope)
    bureau = bureau_in(scope)
    working = {P.RETURN_FILL, P.RETURN_REVIEW, P.RETURN_APPROVE}
    if bureau is None or not (working & scope.permissions or _watches(scope)):
        return
    this_week = Week.of(local_day(now))
    register = register_between(
        bureau=bureau,
        streets=scope.organisation_ids,
        first=this_week.shift(-3),
        last=this_week,
        now=now,
        tells_nil=False,
        tells_settled=False,
    )
    yield from returns_waiting(register=register, bureau=bureau, scope=scope, now=now)


def _watches(scope: Scope) -> bool:
    """Whether somebody is told which streets of the bureau did not report."""
    return scope.bureau_id in scope.organisation_ids and bool(
        {P.RETURN_SEND_BACK, P.PAPER_SIGN, P.SHEET_ISSUE} & scope.permissions
    )


def returns_waiting(
    *, register: Register, bureau: Organisation, scope: Scope, now: datetime
) -> Iterator[Item]:
    """What of the returns of a register waits; it need not tell what is settled."""
    for line in register.lines:
        for entry in line.expected:
            yield from _of_entry(entry, line.moments.due_at, scope, now)
    if can_remind(scope=scope):
        for line in register.lines:
            yield from _late(line, now)
    closed = next((line for line in register.lines if line.phase is Phase.CLOSED), None)
    if _watches(scope) and closed is not None:
        for entry in closed.missing:
            yield Item(
                title=f"{entry.street.short_name}第{entry.week.number}周周报未报",
                reason=f"{moment(entry.closes_at, now)} 已关闭；{_counted(entry, register, bureau)}",
                act="查看报送",
                href=_return_address(entry),
                weight=20,
                is_alarm=True,
            )


def _counted(entry: Entry, register: Register, bureau: Organisation) -> str:
    """By which week the figures of a street that did not report count now: an earlier one, until a later return
    of it is approved. Projects of earlier programmes are told apart: 总览 of the year does not hold them."""
    later = [
        week for week, street in register.settled if street == entry.street.pk and week > entry.week
    ]
    later += [
        other.week
        for line in register.lines
        for other in line.expected
        if other.street.pk == entry.street.pk
        and other.week > entry.week
        and other.latest is not None
        # A correction leaves the version that it corrects in force until it is approved itself.
        and (other.latest.version > 1 or other.latest.state in APPROVED_STATES)
    ]
    if later:
        return f"其后第{max(later).number}周已核定，进度按第{max(later).number}周计"
    carried = carried_counts(
        groups=reporting_groups(bureau=bureau), street=entry.street, week=entry.week
    )
    told = "、".join(f"{year}年度 {count} 个" for year, count in carried.items())
    of_them = f"（含{told}）" if told else ""
    return f"{entry.project_count} 个项目{of_them}的进度按更早一周计"


def _of_entry(entry: Entry, due: datetime | None, scope: Scope, now: datetime) -> Iterator[Item]:
    latest, week = entry.latest, f"第{entry.week.number}周"
    street = entry.street.short_name
    if latest is not None and latest.state == ReturnState.SENT_BACK and scope.can(P.RETURN_FILL):
        yield Item(
            title=f"{week}周报被退回，请改正",
            reason=f"退回意见：{latest.comment}"
            if latest.comment
            else "请按退回意见改正后重新报送",
            act="改正周报",
            href=_return_address(entry),
            weight=8,
            is_alarm=True,
        )
    elif latest is not None and latest.state == ReturnState.DRAFT and latest.version > 1:
        if scope.can(P.RETURN_FILL):
            yield Item(
                title=f"报送{week}周报的更正稿",
                reason="更正稿还没有报送，现在仍按原来的一版计；更正不受关闭时间限制",
                act="改更正稿",
                href=_return_address(entry),
                weight=15,
            )
    elif entry.is_open and (latest is None or latest.state == ReturnState.DRAFT):
        if scope.can(P.RETURN_FILL):
            late = entry.phase is Phase.LATE
            yield Item(
                title=f"填报{week}周报",
                reason=f"{moment(entry.closes_at, now)} 关闭，现在报送按迟报计"
                if late
                else f"{moment(due, now)} 截止，{entry.project_count} 个在报项目",
                act="填报",
                href=_return_address(entry),
                weight=9 if late else 15,
                is_alarm=late,
            )
    elif latest is not None and _waits_for_street(latest):
        senders = {latest.submitted_by_id, latest.submitted_for_id}
        if scope.can(P.RETURN_REVIEW) and not senders & scope.persons:
            yield Item(
                title=f"审核{street}{week}周报{_correction(latest)}",
                reason=f"{moment(latest.submitted_at, now)} 报送，{entry.project_count} 个项目",
                act="审核",
                href=_return_address(entry),
                weight=12,
            )
    elif latest is not None and latest.state in PENDING_STATES:
        people = {
            latest.submitted_by_id,
            latest.submitted_for_id,
            latest.reviewed_by_id,
            latest.reviewed_for_id,
        }
        if scope.can(P.RETURN_APPROVE) and not people & scope.persons:
            yield Item(
                title=f"核定{street}{week}周报{_correction(latest)}",
                reason=f"{_passed(latest, now)}，{entry.project_count} 个项目",
                act="核定",
                href=_return_address(entry),
                weight=12,
            )


def _waits_for_street(latest: WeeklyReturn) -> bool:
    return latest.state == ReturnState.SUBMITTED and latest.review_waiver_id is None


def _passed(latest: WeeklyReturn, now: datetime) -> str:
    """How it came before the bureau."""
    if latest.state == ReturnState.SUBMITTED:
        return f"{moment(latest.submitted_at, now)} 报送，街道审核停用"
    return f"街道 {moment(latest.reviewed_at, now)} 审核"


def _correction(latest: WeeklyReturn) -> str:
    return "的更正稿" if latest.version > 1 else ""


def follow_ups_waiting(*, scope: Scope, now: datetime) -> Iterator[Item]:
    """Questions that the street is to answer, and answers that their owner is to settle. One query."""
    answers, owns = scope.can(P.RETURN_FILL), can_ask(scope=scope)
    if not answers and not owns:
        return
    rows = FollowUp.objects.visible_to(scope).unsettled()
    if not answers:
        rows = rows.filter(owner__in=scope.persons)
    for line in lines_of(rows=rows, today=local_day(now)):
        row, name = line.row, line.row.project.name
        href = reverse("weekly:follow_up", args=[row.pk])
        late = f"，已过 {line.late_days} 天" if line.is_overdue else ""
        if row.state == FollowUpState.OPEN and (answers or line.is_overdue):
            yield Item(
                title=f"答复{name}的核实事项" if answers else f"{name}的核实事项还没有答复",
                reason=f"{row.asking}（答复期限 {full_day(row.due_on)}{late}）",
                act="答复" if answers else "看事项",
                href=href,
                weight=9 if line.is_overdue else 13,
                is_alarm=line.is_overdue,
            )
        elif row.state == FollowUpState.ANSWERED and owns:
            yield Item(
                title=f"了结{name}的核实事项",
                reason=f"{line.street.short_name} {full_day(row.answered_on)}已答复：{row.asking}",
                act="看答复",
                href=href,
                weight=14,
            )


def rule_waivers_waiting(*, scope: Scope) -> Iterator[Item]:
    """Waivers that the bureau's reviewers are to decide, not those they asked for. One query for them, none for
    others."""
    if not can_decide(scope=scope):
        return
    asked = RuleWaiver.objects.visible_to(scope).asked()
    rows = by_others(asked, "asked_by", scope.persons)
    for row in rows.select_related("street", "project").order_by("asked_at", "pk"):
        rule = WAIVABLE.get(row.rule)
        yield Item(
            title=f"批准{row.subject}的规则豁免",
            reason=f"{rule.title if rule else row.rule}，{full_day(row.starts_on)}至{full_day(row.ends_on)}：{row.reason}",
            act="看申请",
            href=reverse("weekly:rule_waiver", args=[row.pk]),
            weight=14,
        )


def _return_address(entry: Entry) -> str:
    return reverse("weekly:street_week", args=[entry.week.key, entry.street.code])


def _late(line: Line, now: datetime) -> Iterator[Item]:
    """Between due and close: who has not sent, with whom to call. One query where somebody has not."""
    entries = wanted(line)
    if line.phase is not Phase.LATE or not entries:
        return
    called = whom_to_call(entries, contacts_of(entry.street for entry in entries))
    named = format_html_join(
        "、",
        "{}{}",
        (
            (
                name,
                format_html("（{} {}）", person, telephone(phone)) if phone else "（没有登记电话）",
            )
            for name, person, phone in called
        ),
    )
    closes = min(entry.closes_at for entry in entries if entry.closes_at is not None)
    yield Item(
        title=f"第{line.week.number}周周报还有 {len(entries)} 个街道没有报送",
        reason=format_html("{}；{} 关闭", named, unbroken(moment(closes, now))),
        act="催报",
        href=reverse("weekly:reminders", args=[line.week.key]),
        weight=11,
        is_alarm=True,
    )
