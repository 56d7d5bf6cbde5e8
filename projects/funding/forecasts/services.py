"""Making, approving and sending back forecasts; explaining what came otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from projects.funding.enums import EventState, VarianceReason
from projects.funding.models import (
    Forecast,
    ForecastLine,
    FundingSource,
    VarianceExplanation,
)
from projects.funding.parameters import FREEZE_DAYS, VARIANCE_PERCENT
from projects.funding.services import lock, wanyuan
from projects.ledger.models import Project
from projects.ledger.trail import newest_act, refuse_unseen
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import ChangedMeanwhile, Forbidden, Refusal, StateConflict
from renovation.core.periods import Quarter
from renovation.core.wording import chinese_date
from renovation.records.acting import hands, who
from renovation.records.services import audit, values_in_force

from .facts import Line, lines_of
from .flow import FLOW

#: Quarters ahead that may be forecast.
_AHEAD = 4
_MAKING = ("funding.forecast.make",)
_EXPLAINING = ("funding.forecast.explain",)


def frozen_from(*, project: Project, quarter: Quarter) -> date:
    """The day from which nothing about a quarter's forecast is made or approved any more."""
    values = values_in_force(organisation=project.programme.bureau, on=quarter.start)
    return quarter.start + timedelta(days=values[FREEZE_DAYS.key])


def open_quarters(*, project: Project, today: date) -> list[Quarter]:
    """The quarters whose forecast may still be made: those to come and the one that is not frozen yet."""
    quarter = Quarter.of(today)
    found = [quarter] if today < frozen_from(project=project, quarter=quarter) else []
    return [*found, *(quarter.shift(step) for step in range(1, _AHEAD + 1))]


def forecasts_seen(*, project: Project) -> int:
    """What a form for a project's forecasts carries (`ledger.trail`). Two queries."""
    return newest_act(rows=Forecast.objects.filter(project=project), acts=_MAKING)


@transaction.atomic
def make_forecast(
    *,
    project: Project,
    quarter: Quarter,
    amounts: Mapping[FundingSource, int],
    note: str,
    by: User,
    now: datetime,
    seen: int | None = None,
    seen_version: int | None = None,
) -> Forecast:
    """Make a version of the forecast of 支付 (分 by source); it waits for approval.

    Refusals: ``funding.forecast.frozen`` once the quarter is frozen, ``funding.forecast.far`` for more than four
    quarters ahead, ``funding.forecast.waits`` while another version waits, ``funding.forecast.empty`` without a
    source, ``funding.amount`` for less than nothing, ``funding.forecast.unexplained`` while an ended quarter is
    not explained. Raises ``EditConflict`` where somebody made a version of the quarter since what was ``seen`` on a
    form, ``ChangedMeanwhile`` where another one was not sent back last than ``seen_version`` (0: none), which a preview
    showed.
    """
    lock(project=project)
    today = local_day(now)
    _refuse_frozen(project, quarter, today)
    if quarter > Quarter.of(today).shift(_AHEAD):
        raise Refusal("funding.forecast.far", "最多预测以后四个季度。", field="quarter")
    if not amounts:
        raise Refusal("funding.forecast.empty", "至少填一个来源，没有支付的填 0。", field=None)
    if any(amount < 0 for amount in amounts.values()):
        raise Refusal("funding.amount", "预测不能是负数。", field=None)
    _refuse_unexplained(project, quarter, today)
    rows = Forecast.objects.filter(
        project=project, year=quarter.year, quarter_number=quarter.number
    )
    if seen is not None:
        refuse_unseen(rows=rows, acts=_MAKING, seen=seen, noun=f"{quarter.label}的预测")
    if seen_version is not None:
        newest = rows.exclude(state=EventState.REJECTED).order_by("-version").first()
        if (newest.version if newest is not None else 0) != seen_version:
            raise ChangedMeanwhile(
                "funding.forecast.changed", f"{quarter.label}的预测刚被别人改过。", field="quarter"
            )
    waiting = rows.filter(state=EventState.PENDING).select_related("made_by").first()
    if waiting is not None:
        total = sum(waiting.lines.values_list("amount_fen", flat=True))
        raise Refusal(
            "funding.forecast.waits",
            f"{quarter.label}已有一版待核（{who(waiting, 'made_by')}编制，{wanyuan(total)}），"
            "核定或退回后再编制。",
            field="quarter",
        )
    forecast = Forecast.objects.create(
        project=project,
        year=quarter.year,
        quarter_number=quarter.number,
        version=rows.count() + 1,
        note=note,
        made_by=by,
        made_at=now,
    )
    ForecastLine.objects.bulk_create(
        ForecastLine(forecast=forecast, source=source, amount_fen=amount)
        for source, amount in amounts.items()
    )
    audit(
        act="funding.forecast.make",
        sentence=f"编制{project}{quarter.label}用款预测第 {forecast.version} 版，{wanyuan(sum(amounts.values()))}",
        by=by,
        now=now,
        target=forecast,
        organisation=project.street,
        changes={source.code: [None, amount] for source, amount in amounts.items()},
    )
    return forecast


@transaction.atomic
def approve_forecast(*, forecast: Forecast, by: User, now: datetime) -> Forecast:
    """Approve a version; it is in force then and immutable. Refuses who made it (``Forbidden``) and a quarter that
    is frozen meanwhile (``funding.forecast.frozen``)."""
    lock(project=forecast.project)
    state = FLOW.next(_present(forecast), "approve")
    _refuse_maker(forecast, by)
    _refuse_frozen(forecast.project, forecast.quarter, local_day(now))
    return _decide(forecast, state, "approve", by=by, now=now)


@transaction.atomic
def reject_forecast(*, forecast: Forecast, comment: str, by: User, now: datetime) -> Forecast:
    """Send a version back with a reason (``comment.missing``); a new one is made then."""
    lock(project=forecast.project)
    state = FLOW.next(_present(forecast), "reject")
    _refuse_maker(forecast, by)
    if not comment.strip():
        raise Refusal("comment.missing", "退回时请写明意见。", field="comment")
    return _decide(forecast, state, "reject", by=by, now=now, comment=comment)


def _present(forecast: Forecast) -> str:
    forecast.refresh_from_db()
    return forecast.state


def _refuse_maker(forecast: Forecast, by: User) -> None:
    if hands(forecast, "made_by") & by.persons:
        raise Forbidden("编制的人不能自己核定。")


def _decide(
    forecast: Forecast, state: str, act: str, *, by: User, now: datetime, comment: str = ""
) -> Forecast:
    changed = Forecast.objects.filter(pk=forecast.pk, state=forecast.state).update(
        state=state, decided_by=by, decided_at=now, comment=comment
    )
    label = FLOW.act_label(forecast.state, act)
    forecast.refresh_from_db()
    if not changed:
        raise StateConflict(FLOW.refusal(forecast.state, act), state=forecast.state)
    audit(
        act=f"funding.forecast.{act}",
        sentence=f"{label}{forecast.project}{forecast.quarter.label}用款预测第 {forecast.version} 版",
        by=by,
        now=now,
        target=forecast,
        organisation=forecast.project.street,
        reason=comment,
    )
    return forecast


def _refuse_frozen(project: Project, quarter: Quarter, today: date) -> None:
    frozen = frozen_from(project=project, quarter=quarter)
    if today >= frozen:
        raise Refusal(
            "funding.forecast.frozen",
            f"{quarter.label}的预测从 {chinese_date(frozen)} 起冻结，不能再编制或核定。",
            field="quarter",
        )


# -- explanations ------------------------------------------------------------------------------------
def threshold(*, project: Project, quarter: Quarter) -> Decimal:
    """The percent beyond which a quarter's variance is to be explained, as in force at its end."""
    values = values_in_force(organisation=project.programme.bureau, on=quarter.end)
    limit: Decimal = values[VARIANCE_PERCENT.key]
    return limit


def unexplained(*, project: Project, before: Quarter, today: date) -> list[Line]:
    """The lines of a project's ended quarters that must be explained and are not, or not as they stand now."""
    if project.approved_on is None:
        return []
    first = Quarter.of(project.approved_on)
    quarters = []
    quarter = first
    while quarter < before and quarter.end < today:
        quarters.append(quarter)
        quarter = quarter.next()
    lines = lines_of(projects=[project], quarters=quarters, on=today)
    limits = {
        each: threshold(project=project, quarter=each) for each in {line.quarter for line in lines}
    }
    return [
        line
        for line in lines
        if line.owed_since(threshold_percent=limits[line.quarter], today=today) is not None
    ]


def _refuse_unexplained(project: Project, quarter: Quarter, today: date) -> None:
    waiting = unexplained(project=project, before=quarter, today=today)
    if waiting:
        names = "、".join(dict.fromkeys(line.quarter.label for line in waiting))
        raise Refusal(
            "funding.forecast.unexplained",
            f"{names}的用款偏差还没有说明，说明以后再编制新的预测。",
            field="quarter",
        )


def _explanations(
    project: Project, source: FundingSource, quarter: Quarter
) -> QuerySet[VarianceExplanation]:
    rows: QuerySet[VarianceExplanation] = VarianceExplanation.objects.filter(
        project=project, source=source, year=quarter.year, quarter_number=quarter.number
    )
    return rows


def explanation_seen(*, project: Project, source: FundingSource, quarter: Quarter) -> int:
    """What a form that explains a variance carries (`ledger.trail`). Two queries."""
    return newest_act(rows=_explanations(project, source, quarter), acts=_EXPLAINING)


@transaction.atomic
def explain(
    *,
    project: Project,
    source: FundingSource,
    quarter: Quarter,
    reason: VarianceReason,
    text: str,
    by: User,
    now: datetime,
    seen: int | None = None,
) -> VarianceExplanation:
    """Say why a quarter came otherwise. Refuses a quarter that is not over (``funding.forecast.running``), one
    without forecast and payment (``funding.forecast.nothing``) and no words (``funding.reason``). Raises ``EditConflict`` where somebody
    explained it since what was ``seen``."""
    lock(project=project)
    today = local_day(now)
    if quarter.end >= today:
        raise Refusal("funding.forecast.running", f"{quarter.label}还没有过完，过完再说明。")
    if not text.strip():
        raise Refusal("funding.reason", "请写明情况。", field="text")
    if seen is not None:
        rows = _explanations(project, source, quarter)
        refuse_unseen(rows=rows, acts=_EXPLAINING, seen=seen, noun="这一季的偏差")
    line = next(
        (
            line
            for line in lines_of(projects=[project], quarters=[quarter], on=today)
            if line.source == source
        ),
        None,
    )
    if line is None:
        raise Refusal("funding.forecast.nothing", "这一季没有预测也没有支付，不用说明。")
    row = VarianceExplanation.objects.create(
        project=project,
        source=source,
        year=quarter.year,
        quarter_number=quarter.number,
        reason=reason,
        text=text,
        forecast_fen=line.variance.forecast_fen,
        actual_fen=line.variance.actual_fen,
        explained_by=by,
        explained_at=now,
    )
    audit(
        act="funding.forecast.explain",
        sentence=f"说明{project}{quarter.label}“{source}”用款偏差：{reason.label}",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        reason=text,
    )
    return row
