"""What a meeting should talk about: proposed from the facts of its week, settled by people (HOUSE.md §4.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from projects.funding.models import AuditFinding
from projects.ledger.facts import project_facts
from projects.ledger.late_starts import days_without_start
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.measures import Approval
from renovation.core.wording import join, near_date
from renovation.records.services import values_in_force
from supervision.dispatch.enums import ItemAct, TopicKind
from supervision.dispatch.models import DispatchItem, DispatchMeeting, ItemStep
from supervision.dispatch.parameters import CARRIED_MARK
from supervision.weekly.enums import Light
from supervision.weekly.facts import ProgressFacts, progress_facts, thresholds_in_force
from supervision.weekly.models import FollowUp
from supervision.weekly.reasons import reasons_of
from supervision.weekly.register import register_between

#: As long as the columns of a topic.
_LONGEST_TITLE, _LONGEST_FACTS = 80, 600
ORDER = list(TopicKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A topic that the facts of the week ask for; ``key`` tells it from the others of its meeting."""

    kind: TopicKind
    key: str
    title: str
    facts: str
    street_id: int | None = None
    project_id: int | None = None
    item: DispatchItem | None = None


def proposals(*, meeting: DispatchMeeting, now: datetime) -> list[Proposal]:
    """The topics of a meeting in the order in which it goes through them: who has not reported, what is not settled
    yet (overdue first), projects red, not begun, yellow, other matters past their day. A constant number of queries.

    Lights and starts are those of the week's Sunday, of today while the week is not over, on what is approved.
    """
    today = local_day(now)
    on = min(today, meeting.week.end)
    found = [*_of_returns(meeting, now), *_of_items(meeting, today), *_of_projects(meeting, on)]
    return sorted([*found, *_of_overdue(meeting, today)], key=lambda each: ORDER.index(each.kind))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _of_returns(meeting: DispatchMeeting, now: datetime) -> Iterator[Proposal]:
    streets = meeting.bureau.descendants().values_list("pk", flat=True)
    register = register_between(
        bureau=meeting.bureau,
        streets=set(streets),
        first=meeting.week,
        last=meeting.week,
        now=now,
        tells_nil=False,
    )
    for line in register.lines:
        waiting = [entry for entry in line.owing if entry not in line.missing]
        groups = (("未报", line.missing), ("待报", waiting), ("迟报", line.late))
        said = [
            f"{word} {len(entries)} 个：{join(entry.street.short_name for entry in entries)}"
            for word, entries in groups
            if entries
        ]
        if said:
            yield Proposal(
                kind=TopicKind.RETURNS,
                key="returns",
                title=f"第{meeting.week.number}周周报报送",
                facts=_cut(
                    f"应报 {len(line.expected)} 个街道，已报 {len(line.reported)} 个。{'；'.join(said)}。",
                    _LONGEST_FACTS,
                ),
            )


# -- items that are not settled ----------------------------------------------------------------------
def _of_items(meeting: DispatchMeeting, today: date) -> Iterator[Proposal]:
    rows = DispatchItem.objects.filter(bureau=meeting.bureau).unsettled().exclude(meeting=meeting)
    items = sorted(
        rows.with_carried().with_asked().select_related("project__street", "organisation"),
        key=lambda item: (-item.overdue_days(today), item.due_on, item.pk),
    )
    mark = values_in_force(organisation=meeting.bureau, on=today)[CARRIED_MARK.key]
    notes = _last_words(items)
    for item in items:
        yield Proposal(
            kind=TopicKind.ITEM,
            key=f"item:{item.pk}",
            title=_cut(f"{item.code} {item.task}", _LONGEST_TITLE),
            facts=_cut(_item_facts(item, notes.get(item.pk, ""), mark, today), _LONGEST_FACTS),
            street_id=street_of(item),
            project_id=item.project_id,
            item=item,
        )


def street_of(item: DispatchItem) -> int | None:
    """The street that an item concerns: the one that answers, else that of its project."""
    if item.answerer_kind == "street":
        return item.organisation_id
    return item.project.street_id if item.project is not None else None


def _item_facts(item: DispatchItem, note: str, mark: int, today: date) -> str:
    late = item.overdue_days(today)
    said = [
        f"{item.answerer_name}，{item.get_state_display()}，{near_date(item.due_on, today)}到期"
        + (f"，已逾期 {late} 天" if late else "")
    ]
    if item.extension_count:
        said.append(f"延期 {item.extension_count} 次")
    if item.send_back_count:
        said.append(f"退回重办 {item.send_back_count} 次")
    carried: int = item.carried_count  # type: ignore[attr-defined]
    if carried:
        said.append(f"已上会 {carried} 次" + ("，可考虑发函" if carried >= mark else ""))
    if until := item.asked_until:  # type: ignore[attr-defined]
        said.append(f"申请延至{near_date(until, today)}，待批")
    if note:
        said.append(f"最近进展：{note.rstrip('。')}")
    return f"{'；'.join(said)}。"


def _last_words(items: Sequence[DispatchItem]) -> dict[int, str]:
    """item id → what who answers said last, "" since it was passed on: what another street said of it is not told to
    the next. One query."""
    rows = ItemStep.objects.filter(
        item__in=[item.pk for item in items],
        act__in=[ItemAct.NOTE, ItemAct.REPORT, ItemAct.TRANSFER],
    ).order_by("pk")
    return {
        pk: "" if act == ItemAct.TRANSFER else text
        for pk, act, text in rows.values_list("item_id", "act", "text")
    }


# -- projects ----------------------------------------------------------------------------------------
def _of_projects(meeting: DispatchMeeting, on: date) -> Iterator[Proposal]:
    projects = project_facts(
        projects=Project.objects.filter(programme__bureau=meeting.bureau), on=on
    )
    facts = progress_facts(
        projects=projects,
        on=on,
        approval=Approval.APPROVED,
        thresholds=thresholds_in_force(bureau=meeting.bureau, on=on),
    )
    red = [fact for fact in facts if fact.light == Light.RED]
    late = [
        (fact, days)
        for fact in facts
        if fact.light != Light.RED and (days := days_without_start(fact.project, on)) is not None
    ]
    not_begun = {fact.project.pk for fact, _ in late}
    yellow = [
        fact for fact in facts if fact.light == Light.YELLOW and fact.project.pk not in not_begun
    ]
    weeks = {fact.project.pk: fact.report.week for fact in red if fact.report is not None}
    said = reasons_of(weeks=weeks)
    streets = _street_ids(fact.project.pk for fact in facts)
    for fact in sorted(red, key=lambda each: (each.deviation_points or 0, each.project.code)):
        reason = said[fact.project.pk].reason if fact.project.pk in said else ""
        words = [*fact.judgement.reasons, *([f"街道说明：{reason}"] if reason else [])]
        yield Proposal(
            kind=TopicKind.RED,
            key=f"red:{fact.project.pk}",
            title=_cut(f"{fact.project.name}（{fact.project.street_name}）", _LONGEST_TITLE),
            facts=_cut(f"{'；'.join(word.rstrip('。') for word in words)}。", _LONGEST_FACTS),
            street_id=streets.get(fact.project.pk),
            project_id=fact.project.pk,
        )
    yield from _by_street(
        TopicKind.NOT_STARTED,
        "应开未开",
        [(fact, f"{fact.project.name}已过计划开工日 {days} 天") for fact, days in late],
        streets,
    )
    yield from _by_street(
        TopicKind.YELLOW,
        "滞后",
        [(fact, f"{fact.project.name}（{_behind(fact)}）") for fact in yellow],
        streets,
    )


def _behind(fact: ProgressFacts) -> str:
    tenths = -(fact.deviation_tenths or 0)
    return f"落后 {tenths // 10}.{tenths % 10} 个百分点"


def _by_street(
    kind: TopicKind,
    word: str,
    told: Sequence[tuple[ProgressFacts, str]],
    streets: dict[int, int],
) -> Iterator[Proposal]:
    """A topic a street, in the order of its projects."""
    groups: defaultdict[int, list[tuple[ProgressFacts, str]]] = defaultdict(list)
    for fact, sentence in told:
        groups[streets[fact.project.pk]].append((fact, sentence))
    for street_id, members in groups.items():
        first = members[0][0].project
        yield Proposal(
            kind=kind,
            key=f"{kind.value}:{street_id}",
            title=f"{first.street_name}{word}项目 {len(members)} 个",
            facts=_cut(f"{'；'.join(sentence for _, sentence in members)}。", _LONGEST_FACTS),
            street_id=street_id,
            project_id=first.pk if len(members) == 1 else None,
        )


def _street_ids(projects: Iterable[int]) -> dict[int, int]:
    """project id → the id of its street. One query."""
    return dict(Project.objects.filter(pk__in=list(projects)).values_list("pk", "street_id"))


# -- other matters past their day --------------------------------------------------------------------
def _of_overdue(meeting: DispatchMeeting, today: date) -> Iterator[Proposal]:
    streets = list(meeting.bureau.descendants())
    asked = FollowUp.objects.overdue_on(today).filter(weekly_return__street__in=streets)
    findings = AuditFinding.objects.overdue_on(today).filter(bureau=meeting.bureau)
    told: defaultdict[Organisation, list[str]] = defaultdict(list)
    for row in asked.select_related("weekly_return__street", "project").order_by("due_on", "pk"):
        told[row.weekly_return.street].append(
            f"{row.project.name}核实事项逾期 {row.late_days(today)} 天未答复"
        )
    for finding in findings.select_related("project__street").order_by("deadline_on", "pk"):
        told[finding.project.street].append(
            f"{finding.project.name}审计问题 {finding.number} 逾期 {finding.overdue_days(today)} 天未销号"
        )
    for street in sorted(told, key=lambda each: (each.order, each.code)):
        sentences = told[street]
        yield Proposal(
            kind=TopicKind.OVERDUE,
            key=f"overdue:{street.pk}",
            title=f"{street.short_name}逾期事项 {len(sentences)} 件",
            facts=_cut(f"{'；'.join(sentences)}。", _LONGEST_FACTS),
            street_id=street.pk,
        )
