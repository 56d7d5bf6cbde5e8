"""Waivers of rules in the period of a paper, as the paper keeps them: the note of the dispatch sheet, the paragraph
and the annex of the bulletin are renderings of the same rows (CAPABILITIES.md D6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, Table, row
from renovation.core.periods import Quarter
from renovation.core.wording import join
from renovation.records.acting import who
from supervision.weekly.checks import WAIVABLE
from supervision.weekly.enums import APPROVED_STATES
from supervision.weekly.models import ReportQuestion, RuleWaiver, WeeklyReturn
from supervision.weekly.rule_waivers.holding import words_of


@dataclass(frozen=True)
class WaivedRule:
    """A waiver of the period: which rule spared whom (``project_name`` "" for a whole street), from and to which day,
    on which day it was ended before (None: it was not), who approved it and why, and how many approved rows of the
    period's weeks it spared."""

    rule: str
    title: str
    street_code: str
    street_name: str
    project_code: str
    project_name: str
    starts_on: date
    ends_on: date
    ended_on: date | None
    approver: str
    approved_on: date
    reason: str
    use_count: int

    @property
    def subject(self) -> str:
        """松龄路街道柳泉小区, or 松龄路街道各项目."""
        return f"{self.street_name}{self.project_name or '各项目'}"


@dataclass(frozen=True)
class WaivedRow:
    """A row of a week's return that a waiver spared: of which project and rule, and the waiver's words."""

    street_code: str
    project_name: str
    rule: str
    title: str
    words: str


def _title(rule: str) -> str:
    known = WAIVABLE.get(rule)
    return known.title if known else rule


def waived_rules(*, bureau: Organisation, quarter: Quarter, as_of: date) -> tuple[WaivedRule, ...]:
    """The waivers that were approved by a day and held on a day of the quarter up to it, by street, rule and day. Two
    queries at most."""
    streets = Project.objects.filter(programme__bureau=bureau).values("street")
    found = [
        waiver
        for waiver in RuleWaiver.objects.held_between(quarter.start, as_of)
        .filter(street__in=streets)
        .select_related("street", "project", "decided_by")
        .order_by("street__order", "street__code", "rule", "starts_on", "pk")
        if waiver.decided_at is not None
        and local_day(waiver.decided_at) <= as_of
        and (waiver.ended_at is None or local_day(waiver.ended_at) >= quarter.start)
    ]
    if not found:
        return ()
    weeks = [week.start for week in quarter.weeks() if week.end <= as_of]
    used = (
        ReportQuestion.objects.filter(
            waiver__in=found,
            weekly_return__week_start__in=weeks,
            weekly_return__state__in=APPROVED_STATES,
        )
        .order_by()
        .values_list("waiver", "project", "weekly_return__week_start")
        .distinct()
    )
    uses = Counter(waiver for waiver, _, _ in used)
    return tuple(
        WaivedRule(
            rule=each.rule,
            title=_title(each.rule),
            street_code=each.street.code,
            street_name=each.street.short_name,
            project_code=each.project.code if each.project else "",
            project_name=each.project.name if each.project else "",
            starts_on=each.starts_on,
            ends_on=each.ends_on,
            ended_on=local_day(each.ended_at) if each.ended_at else None,
            approver=who(each, "decided_by"),
            approved_on=local_day(each.decided_at),
            reason=each.reason,
            use_count=uses[each.pk],
        )
        for each in found
        if each.decided_at is not None
    )


def waived_rows(*, returns: Iterable[WeeklyReturn]) -> tuple[WaivedRow, ...]:
    """The rows of some returns that waivers spared, by street and project. One query."""
    rows = (
        ReportQuestion.objects.filter(
            Q(waiver__isnull=False), weekly_return__in=[each.pk for each in returns]
        )
        .select_related("project", "waiver__decided_by", "weekly_return__street")
        .order_by("weekly_return__street__order", "project__code", "rule")
    )
    return tuple(
        WaivedRow(
            street_code=each.weekly_return.street.code,
            project_name=each.project.name,
            rule=each.rule,
            title=_title(each.rule),
            words=words_of(each.waiver),
        )
        for each in rows
        if each.waiver is not None
    )


def notes_of(rows: Sequence[WaivedRow]) -> list[str]:
    """One sentence a waiver: whom it spared what, and its words."""
    named: dict[tuple[str, str, str], list[str]] = {}
    for each in rows:
        named.setdefault((each.rule, each.title, each.words), []).append(each.project_name)
    return [
        f"{join(names)}按豁免没有就“{title}”（{rule}）说明原因：{words}。"
        for (rule, title, words), names in named.items()
    ]


def waived_table(waived: Iterable[WaivedRule], *, name: str) -> Table:
    """Every waiver: rule, whom, from and to which day, who approved it, why, and what it spared."""
    return Table(
        columns=(
            Column("序号", Kind.COUNT, 2.2),
            Column("规则", Kind.TEXT, 7.5),
            Column("编号", Kind.LABEL, 4),
            Column("街道", Kind.TEXT, 6),
            Column("项目", Kind.TEXT, 7),
            Column("从哪天起", Kind.DATE, 5.9),
            Column("到哪天止", Kind.DATE, 5.9),
            Column("终止", Kind.DATE, 5.9),
            Column("批准人", Kind.TEXT, 7),
            Column("批准日期", Kind.DATE, 5.9),
            Column("原因", Kind.TEXT, 13),
            Column("用到", Kind.COUNT, 3.2, unit="次"),
        ),
        rows=tuple(
            row(
                number,
                each.title,
                each.rule,
                each.street_name,
                each.project_name or "各项目",
                each.starts_on,
                each.ends_on,
                each.ended_on,
                each.approver,
                each.approved_on,
                each.reason,
                each.use_count,
            )
            for number, each in enumerate(waived, start=1)
        ),
        notes=(
            "注：豁免只免“需说明”的规则，到期日的24:00自行失效；终止为到期以前终止的日期；用到为本季度已核定周报中因豁免没有要求说明的数据，一个项目一周一次。",
        ),
        name=name,
    )
