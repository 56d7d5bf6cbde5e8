"""Which project of a programme stands at which gate: the list, its filters, its order, its workbook."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import list_workbook
from renovation.core.documents.sheets import Sheet
from renovation.core.documents.xlsx import Paper
from renovation.core.wording import chinese_date, chinese_moment
from renovation.records.acting import who

from .entering import open_conditions
from .enums import EVIDENCE_REQUIRED, ChangeKind, ChangeState, ExceptionState, GateKind
from .facts import ProjectFacts, project_facts
from .gatekeeping import ORDER_CODES, check_named
from .models import GateException, GatePromise, Programme, ProjectChange
from .querysets import ProjectQuerySet

ORDER = tuple(GateKind)


@dataclass(frozen=True, slots=True)
class Excepted:
    """An exception that a project was entered with: its row, and what a list says of it."""

    pk: int
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a project stands on a day: the last gate it passed, the next one, and what is due of it. The
    deadline is the programme's nearest one among the gates still ahead, whichever gate that is."""

    project: ProjectFacts
    passed: GateKind | None
    next: GateKind | None
    planned_on: date | None
    forecast_on: date | None
    deadline_gate: GateKind | None
    deadline_on: date | None
    claimed_on: date | None
    open_promises: int
    overdue_promises: int
    #: What 列入计划 asks for and does not hold, in titles; read only for the list of those (``only=entry``).
    open_conditions: tuple[str, ...] = ()
    #: The exceptions that it was entered with, read only for the list of those (``only=excepted``).
    exceptions: tuple[Excepted, ...] = ()

    @property
    def exception_words(self) -> str:
        """All exceptions in words."""
        return "；".join(each.words for each in self.exceptions)

    @property
    def days_over(self) -> int:
        """Days since the planned day of the next gate; 0 where it is not overdue."""
        if self.planned_on is None:
            return 0
        return max((self.project.on - self.planned_on).days, 0)

    @property
    def days_to_deadline(self) -> int | None:
        """Days to the programme's deadline, below 0 once it is over."""
        return None if self.deadline_on is None else (self.deadline_on - self.project.on).days

    @property
    def past_deadline(self) -> bool:
        """Whether the programme's deadline is over."""
        return self.days_to_deadline is not None and self.days_to_deadline < 0

    @property
    def is_overdue(self) -> bool:
        """Whether the plan of the next gate or the programme's deadline is past."""
        return self.days_over > 0 or self.past_deadline

    @property
    def passed_label(self) -> str:
        """The last gate passed, in words."""
        return str(self.passed.label) if self.passed else "尚无"

    @property
    def next_label(self) -> str:
        """The next gate, in words."""
        return str(self.next.label) if self.next else "全部已过"


def register(*, programme: Programme, projects: ProjectQuerySet, on: date) -> list[Standing]:
    """Where the projects in scope stand, the longest overdue first. Seven queries."""
    facts = project_facts(projects=projects, on=on)
    deadlines = {GateKind(row.gate): row.due_on for row in programme.deadlines.all()}
    open_, overdue = Counter[int](), Counter[int]()
    rows = GatePromise.objects.filter(
        project__in=[each.pk for each in facts], received_on=None, promised_on__lte=on
    ).values_list("project_id", "due_on")
    for pk, due_on in rows:
        open_[pk] += 1
        overdue[pk] += due_on < on
    standing = [_standing(each, deadlines, open_[each.pk], overdue[each.pk]) for each in facts]
    return sorted(
        standing,
        key=lambda one: (
            -max(one.days_over, -(one.days_to_deadline or 0)) if one.is_overdue else 0,
            one.planned_on or date.max,
            one.project.code,
        ),
    )


def with_conditions(*, lines: Sequence[Standing], on: date) -> list[Standing]:
    """The same, each with what 列入计划 asks for and does not hold without an approved exception. A constant number of
    queries more."""
    found = open_conditions(projects=[one.project.pk for one in lines], on=on)
    return [
        replace(one, open_conditions=tuple(each.check.title for each in found[one.project.pk]))
        for one in lines
    ]


def with_exceptions(*, lines: Sequence[Standing]) -> list[Standing]:
    """The same, each with the exceptions that its entry was approved with: of conditions of 列入计划, approved with the
    entry or before it. The order of the gates is no condition, and what was approved afterwards let nobody in. One
    query more."""
    found: defaultdict[int, list[Excepted]] = defaultdict(list)
    entries = ProjectChange.objects.filter(
        project=OuterRef("project"),
        kind=ChangeKind.ENTER,
        state=ChangeState.APPROVED,
        decided_at__gte=OuterRef("decided_at"),
    )
    rows = GateException.objects.filter(
        Exists(entries),
        project__in=[one.project.pk for one in lines],
        gate=GateKind.PROGRAMMED,
        state=ExceptionState.APPROVED,
    ).exclude(check_code__startswith=ORDER_CODES)
    for each in rows.select_related("decided_by", "file").order_by("check_code", "pk"):
        found[each.project_id].append(Excepted(each.pk, exception_words(each)))
    return [replace(one, exceptions=tuple(found[one.project.pk])) for one in lines]


def exception_words(found: GateException) -> str:
    """同意改造率达到规定（淄住建会〔2026〕10号，2026年1月20日 区局审核岗批准）：空置户多."""
    check = check_named(code=found.check_code)
    title = check.title if check is not None else found.check_code
    document = found.document_number or str(found.file)
    day = chinese_date(local_day(found.decided_at)) if found.decided_at else ""
    return (
        f"{title}（{document}，{day} {who(found, 'decided_by')}批准）：{found.reason.rstrip('。')}"
    )


def _standing(
    project: ProjectFacts, deadlines: Mapping[GateKind, date], open_: int, overdue: int
) -> Standing:
    places = [place for place, kind in enumerate(ORDER) if project.passed(kind)]
    last = max(places, default=-1)
    coming = ORDER[last + 1] if last + 1 < len(ORDER) else None
    gate = project.gates.get(coming) if coming else None
    planned = gate.planned_on if gate else None
    if project.plan is not None and coming is GateKind.STARTED:
        planned = project.plan.start_on
    if project.plan is not None and coming is GateKind.COMPLETED:
        planned = project.plan.completion_on
    due = [(deadlines[kind], kind) for kind in ORDER[last + 1 :] if kind in deadlines]
    deadline_on, deadline_gate = min(due, key=lambda pair: pair[0]) if due else (None, None)
    return Standing(
        project=project,
        passed=ORDER[last] if last >= 0 else None,
        next=coming,
        planned_on=planned,
        forecast_on=gate.forecast_on if gate else None,
        deadline_gate=deadline_gate,
        deadline_on=deadline_on,
        claimed_on=gate.actual_on
        if gate is not None and coming in EVIDENCE_REQUIRED and not gate.counts
        else None,
        open_promises=open_,
        overdue_promises=overdue,
    )


#: What the columns are sorted by.
KEYS: dict[str, Callable[[Standing], Any]] = {
    "project": lambda one: one.project.code,
    "passed": lambda one: ORDER.index(one.passed) if one.passed else -1,
    "planned": lambda one: one.planned_on,
    "forecast": lambda one: one.forecast_on,
    "over": lambda one: one.days_over,
    "deadline": lambda one: one.deadline_on,
    "promises": lambda one: one.open_promises,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for: a street's code, the next gate, and overdue ones, open promises, open conditions of
    列入计划 or what was entered with an exception only."""

    street: str = ""
    gate: str = ""
    only: str = ""

    def keep(self, one: Standing) -> bool:
        """Whether a line is shown."""
        if self.street and one.project.street_code != self.street:
            return False
        if self.gate and (one.next is None or one.next.value != self.gate):
            return False
        if self.only == "overdue":
            return one.is_overdue
        if self.only == "promises":
            return one.open_promises > 0
        if self.only == "entry":
            return bool(one.open_conditions)
        if self.only == "excepted":
            return bool(one.exceptions)
        return True


COLUMNS = (
    (Column("项目编号", Kind.LABEL, 8), ""),
    (Column("项目名称", Kind.TEXT, 11), ""),
    (Column("街道", Kind.TEXT, 8), ""),
    (Column("已过关口", Kind.TEXT, 8), "最后一个已过的关口；开工、完工、竣工验收附有依据才算。"),
    (Column("下一关口", Kind.TEXT, 8), ""),
    (Column("计划日期", Kind.DATE, 7), "下一关口的计划日期；开工、完工取自生效的计划。"),
    (Column("预计日期", Kind.DATE, 7), "估计哪一天过。"),
    (Column("逾期", Kind.COUNT, 5, unit="天"), "今天晚于计划日期的天数，不逾期的为空。"),
    (Column("全区期限", Kind.DATE, 7), "年度计划定的、还没有过的最近一个期限。"),
    (Column("期限关口", Kind.TEXT, 7), "这个期限管的关口。"),
    (Column("待补依据", Kind.DATE, 7), "填了实际日期、还没有依据文件的，填的那一天。"),
    (Column("未补齐承诺", Kind.COUNT, 5, unit="件"), "容缺承诺里还没有补齐的。"),
    (Column("其中逾期", Kind.COUNT, 5, unit="件"), "过了补齐期限的。"),
    (
        Column("列入条件未核清", Kind.TEXT, 12),
        "列入计划的条件里不符合、也没有批准例外的；只看“列入条件未核清”时填。",
    ),
    (
        Column("列入例外", Kind.TEXT, 16),
        "列入计划时批准的例外：事项、文号、批准人和理由；只看“列入有例外”时填。",
    ),
)


def register_workbook(
    *,
    programme: Programme,
    lines: Sequence[Standing],
    more: Sequence[Sheet] = (),
    on: date,
    now: datetime,
) -> bytes:
    """The list as it is shown, what its columns mean, and the sheets in which it comes back in."""
    return list_workbook(
        title=f"{programme.name}　关口",
        name="关口",
        columns=COLUMNS,
        rows=(
            row(
                one.project.code,
                one.project.name,
                one.project.street_name,
                one.passed_label,
                one.next_label,
                one.planned_on,
                one.forecast_on,
                one.days_over or None,
                one.deadline_on,
                str(one.deadline_gate.label) if one.deadline_gate else "",
                one.claimed_on,
                one.open_promises or None,
                one.overdue_promises or None,
                "、".join(one.open_conditions),
                one.exception_words,
            )
            for one in lines
        ),
        subtitles=(f"截至{chinese_date(on)}，{chinese_moment(now)}导出",),
        made_at=now,
        paper=Paper.A4,
        more=more,
    )
