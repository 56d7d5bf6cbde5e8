"""The ledger, money and residents: what a second person decides on, and what is past its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.urls import reverse

from projects.funding.enums import EventState
from projects.funding.forecasts.listing import Judged
from projects.funding.forecasts.owed import explanations_owed
from projects.funding.models import FundingEvent
from projects.funding.waiting import findings_waiting, forecasts_waiting, own_findings
from projects.ledger.changes_waiting import changes_waiting
from projects.ledger.entering import of_entry
from projects.ledger.enums import BaselineState, ExceptionState, OpeningState
from projects.ledger.late_starts import LateStart
from projects.ledger.models import (
    Baseline,
    Gate,
    GateException,
    GateOpening,
    GatePromise,
    Project,
)
from projects.ledger.rest_reasons import asks, reasons_waiting
from projects.residents.aftercare.waiting import care_waiting, care_waits
from projects.residents.waiting import (
    matters_late,
    matters_waiting,
    notices_lack,
    notices_wait,
)
from projects.residents.waiting import waiting_for as residents_waiting
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.wording import join, near_date
from renovation.face.todo import Item
from renovation.records.acting import by_others
from supervision.weekly.arrivals import arrivals

from .items import address, few

P = Permission


def approvals(scope: Scope) -> Iterator[Item]:
    """Entries of the ledger and of money that wait for a second person."""
    if scope.can(P.FUNDING_APPROVE):
        rows = by_others(
            FundingEvent.objects.visible_to(scope).filter(state=EventState.PENDING),
            "recorded_by",
            scope.persons,
        )
        by_project = list(
            rows.values("project__code", "project__name")
            .annotate(count=Count("pk"))
            .order_by("project__code")
        )
        if by_project:
            count = sum(row["count"] for row in by_project)
            names = [str(row["project__name"]) for row in by_project]
            yield Item(
                title=f"核定资金 {count} 笔",
                reason=few(names) + "；核定前不计入到位和支付",
                act="核定资金",
                href=address("funding:pending", otherwise="dashboards:projects"),
                weight=25,
            )
        yield from _money_to_decide(scope)
    if scope.can(P.LEDGER_APPROVE):
        drafted = Baseline.objects.filter(
            state=BaselineState.DRAFT, project__in=Project.objects.visible_to(scope)
        )
        drafts = list(
            by_others(drafted, "drafted_by", scope.persons)
            .filter(change=None)
            .select_related("project")
            .order_by("project__code")
        )
        for draft in drafts:
            yield Item(
                title=f"批准{draft.project}第 {draft.version} 版计划",
                reason=f"调整原因：{draft.reason}" if draft.reason else "新拟定的计划",
                act="查看计划",
                href=reverse("dashboards:project", args=[draft.project.code]),
                weight=26,
            )


def _money_to_decide(scope: Scope) -> Iterator[Item]:
    """Forecasts and answered findings that another person decides on."""
    if forecasts := forecasts_waiting(scope=scope):
        yield Item(
            title=f"核定用款预测 {len(forecasts)} 份",
            reason=few(list(dict.fromkeys(row.project.name for row in forecasts)))
            + "；季度开始后冻结",
            act="核定预测",
            href=address("funding:pending"),
            weight=27,
        )
    waiting = findings_waiting(scope=scope)
    if settled := [row for row in waiting if row.settled_on is not None]:
        yield Item(
            title=f"核定期初审计问题 {len(settled)} 个",
            reason="项目登记到平台以前已经销号，核定后按原来的日期销号",
            act="核定期初",
            href=f"{address('funding:pending')}#settled",
            weight=27,
        )
    if findings := [row for row in waiting if row.settled_on is None]:
        yield Item(
            title=f"核实审计问题整改 {len(findings)} 个",
            reason=join(row.title for row in findings[:2]) + ("等" if len(findings) > 2 else ""),
            act="核实销号",
            href=f"{address('funding:findings')}?state=answered",
            weight=27,
        )


def audit_findings(scope: Scope, today: date) -> Iterator[Item]:
    """Findings of the audit that this person answers for."""
    if not scope.can(P.FINDING_ANSWER):
        return
    count, overdue = own_findings(scope=scope, today=today)
    if count:
        yield Item(
            title=f"审计问题待整改 {count} 个",
            reason=f"{overdue} 个已逾期" if overdue else "按整改期限报整改",
            act="报整改",
            href=f"{address('funding:findings')}?state=open",
            weight=15 if overdue else 28,
            is_alarm=overdue > 0,
        )


def variances(scope: Scope, today: date) -> Iterator[Item]:
    """Variances of ended quarters that the keepers of the money ledger have not explained, one item a year."""
    by_year: dict[int, list[Judged]] = {}
    for one in explanations_owed(scope=scope, today=today):
        by_year.setdefault(one.line.quarter.year, []).append(one)
    for year, owed in by_year.items():
        late = [one for one in owed if one.late_days]
        first = min(one.due_on for one in owed if one.due_on is not None)
        line = owed[0].line
        if len(owed) == 1:
            href = reverse(
                "funding:forecast_explain",
                args=[line.project.code, line.quarter.key, line.source.code],
            )
        else:
            href = f"{address('funding:forecasts')}?year={year}&cut=unexplained"
        quarters = join(dict.fromkeys(one.line.quarter.label for one in owed))
        names = few(list(dict.fromkeys(one.line.project.name for one in owed)))
        yield Item(
            title=f"说明{quarters}用款偏差 {len(owed)} 项",
            reason=f"{names}；"
            + (
                f"{len(late)} 项已逾期，最早应在 {near_date(first, today)} 前说明"
                if late
                else f"{near_date(first, today)} 前说明"
            ),
            act="说明偏差",
            href=href,
            weight=20 if late else 28,
            is_alarm=bool(late),
        )


def gating(scope: Scope, today: date) -> Iterator[Item]:
    """Changes and exceptions that another asked for, entries that lack an exception, gates that another entered as
    passed before the portal."""
    visible = Project.objects.visible_to(scope)
    if {P.LEDGER_APPROVE, P.LEDGER_WRITE} & scope.permissions:
        yield from changes_waiting(scope=scope, today=today)
    if scope.can(P.LEDGER_APPROVE):
        asked = GateException.objects.filter(state=ExceptionState.ASKED, project__in=visible)
        asked = asked.exclude(of_entry())  # decided with the entry, which is told above
        gate = Gate.objects.filter(project=OuterRef("project"), kind=OuterRef("gate"))
        asked = asked.annotate(planned_on=Subquery(gate.values("planned_on")[:1]))
        for row in by_others(asked, "requested_by", scope.persons).select_related("project"):
            days = (today - local_day(row.requested_at)).days
            late = row.planned_on is not None and row.planned_on < today
            since = f"{near_date(local_day(row.requested_at), today)} 申请" + (
                f"，已等 {days} 天" if days else ""
            )
            past = f"；关口计划 {near_date(row.planned_on, today)}，已经过期" if late else ""
            yield Item(
                title=f"批准{row.project}关口“{row.get_gate_display()}”的例外",
                reason=f"{row.finding}；{since}{past}",
                act="查看例外",
                href=reverse("ledger:exception", args=[row.project.code, row.pk]),
                weight=19 if late else 25,
                is_alarm=late,
            )
        entered = GateOpening.objects.filter(state=OpeningState.PENDING, project__in=visible)
        for year, count in (
            by_others(entered, "recorded_by", scope.persons)
            .order_by("project__programme__year")
            .values_list("project__programme__year")
            .annotate(count=Count("pk"))
        ):
            yield Item(
                title=f"核定期初关口 {count} 个",
                reason=f"{year}年度项目在平台以前已过的关口，核定后计入",
                act="核定期初关口",
                href=reverse("ledger:openings", args=[year]),
                weight=25,
            )


def arriving(scope: Scope, now: datetime) -> Iterator[Item]:
    """What came to a street, left it or was cancelled, for who fills in: the street that a change left without any
    project is told of it too. One query asks whether a change is to be told."""
    if scope.can(P.RETURN_FILL):
        for each in arrivals(scope=scope, now=now):
            yield Item(
                title=each.title, reason=each.reason, act=each.act, href=each.href, weight=14
            )


def sites(scope: Scope, today: date) -> Iterator[Item]:
    """Promised papers and matters of meetings past their day, what waits of notices to residents, of after-care and
    joint evaluations, and reasons that plans owe for windows of rest that were added since. One query asks whether
    anything waits at all: the page of somebody for whom nothing waits costs no more."""
    if not {P.LEDGER_WRITE, P.RETURN_FILL, P.RETURN_REVIEW} & scope.permissions:
        return
    late = GatePromise.objects.filter(received_on=None, due_on__lt=today)
    asked = Project.objects.visible_to(scope).annotate(
        promised=Exists(late.filter(project=OuterRef("pk"))),
        told=notices_wait(),
        untold=notices_lack(),
        unsolved=matters_late(today),
        uncared=ExpressionWrapper(care_waits(today), output_field=BooleanField()),
    )
    signs = ["promised", "told", "untold", "unsolved", "uncared"]
    waits = reduce(or_, (Q(**{sign: True}) for sign in signs)) & Q(cancelled_on=None)
    if scope.can(P.RETURN_FILL):  # who fills in says why works go on in a 停工期
        asked = asked.annotate(
            resting=ExpressionWrapper(asks(on=today), output_field=BooleanField())
        )
        signs.append("resting")
        waits |= Q(resting=True)  # also of one that is to be cancelled
    found = {
        sign
        for row in asked.filter(waits).order_by().values(*signs).distinct()
        for sign, is_there in row.items()
        if is_there
    }
    if "promised" in found:
        yield from _promises(scope, today)
    if found & {"told", "untold"}:
        yield from residents_waiting(scope=scope, today=today)
    if "unsolved" in found:
        yield from matters_waiting(scope=scope, today=today)
    if "uncared" in found:
        yield from care_waiting(scope=scope, today=today)
    if "resting" in found:
        yield from reasons_waiting(scope=scope, today=today)


def _promises(scope: Scope, today: date) -> Iterator[Item]:
    open_ = GatePromise.objects.filter(
        received_on=None,
        due_on__lt=today,
        project__in=Project.objects.visible_to(scope),
        project__cancelled_on=None,
    )
    for promise in open_.select_related("project"):
        yield Item(
            title=f"{promise.project}容缺的{promise.lacks}没有补齐，已过 {(today - promise.due_on).days} 天",
            reason=f"{promise.promised_by}承诺 {near_date(promise.due_on, today)} 前补齐",
            act="查看关口",
            href=reverse("ledger:gate", args=[promise.project.code, promise.gate]),
            weight=21,
            is_alarm=True,
        )


def unstarted(late: LateStart) -> Item:
    """应开未开: the planned start has passed and no start is proven."""
    ends = late.month_ends
    return Item(
        title=f"{late.name}应开工未开工，已过 {late.days} 天",
        reason=f"计划 {near_date(late.planned_start_on, late.on)} 开工，已过 {ends} 个月末",
        act="查看项目",
        href=reverse("dashboards:project", args=[late.code]),
        weight=22,
        light="red" if ends >= 3 else "yellow" if ends else "",
    )
