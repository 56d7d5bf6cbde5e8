"""What the latest approved report says of a project (found by name, see ``projects.ledger.known``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from projects.ledger.known import Asking, KnownColumn, Level, Value
from projects.ledger.models import Project
from renovation.core.documents.blocks import Kind
from renovation.core.measures import wanyuan_from_fen
from renovation.core.periods import Week

from .enums import APPROVED_STATES
from .models import WeeklyReport

_WHERE = "每周的周报（取最近一周已核定的）"


def _reports(asking: Asking) -> Mapping[int, WeeklyReport]:
    """The latest approved report of each project by the day. Two queries."""

    def read() -> dict[int, WeeklyReport]:
        reports = WeeklyReport.objects.filter(
            project=OuterRef("pk"),
            weekly_return__state__in=APPROVED_STATES,
            weekly_return__week_start__lte=Week.of(asking.on).start,
        ).order_by("-weekly_return__week_start", "-weekly_return__version")
        rows = Project.objects.filter(pk__in=asking.ids)
        latest = rows.annotate(latest=Subquery(reports.values("pk")[:1])).values_list(
            "pk", "latest"
        )
        wanted = {pk: report for pk, report in latest if report is not None}
        found = WeeklyReport.objects.in_bulk(list(wanted.values()))
        return {pk: found[report] for pk, report in wanted.items()}

    return asking.once("weekly.reports", read)


def _of(value: Callable[[WeeklyReport], Value]) -> Callable[[Asking], Mapping[int, Value]]:
    return lambda asking: {pk: value(report) for pk, report in _reports(asking).items()}


def _investment(report: WeeklyReport) -> Decimal | None:
    if report.completed_investment_fen is None:
        return None
    amount = wanyuan_from_fen(report.completed_investment_fen)
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def _known(
    code: str,
    label: str,
    value: Callable[[WeeklyReport], Value],
    *aliases: str,
    kind: Kind = Kind.TEXT,
    unit: str = "",
    places: int = 0,
) -> KnownColumn:
    return KnownColumn(
        code=f"weekly.{code}",
        label=label,
        level=Level.PROJECT,
        where=_WHERE,
        read=_of(value),
        aliases=aliases,
        kind=kind,
        unit=unit,
        places=places,
    )


KNOWN: list[KnownColumn] = [
    _known("completed_investment", "累计完成投资", _investment, "完成投资", "已完成投资", "累计投资", kind=Kind.DECIMAL, unit="万元", places=2),
    _known("work_done", "本周完成情况", lambda report: report.work_done, "完成情况", "本周进展", "进展情况", "工作进展"),
    _known("problems", "存在问题", lambda report: report.problems, "存在的问题", "主要问题", "困难问题"),
    _known("coordination", "需协调事项", lambda report: report.coordination, "需要协调的事项", "协调事项", "需协调解决的问题"),
    _known("next_plan", "下周计划", lambda report: report.next_plan, "下步计划", "下一步计划", "下步打算"),
    _known("workers_count", "在场人数", lambda report: report.workers_count, "施工人数", "现场人数", "在场施工人数", kind=Kind.COUNT, unit="人"),
]  # fmt: skip
