"""Checks of a row against plan, money, calendar and its own past: what may be, but should be looked at.

One function a rule, registered in ``checks``; sources: CAPABILITIES.md D2, D3; issue “The cadence”.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from renovation.core.measures import format_decimal, percent
from renovation.core.wording import join
from renovation.intake.pipelines import Finding

from .columns import CODE, INVESTMENT, NAME, PROGRESS, STARTED, WORKERS
from .comparison import ProjectContext, Terms, WeekContext
from .usual import usual_of
from .values import ReportValues, percent_text, wanyuan_text

FULL = Decimal(100)
Findings = Iterable[Finding]


# -- the plan ------------------------------------------------------------------------------------
def completed_with_little_spent(
    values: ReportValues, project: ProjectContext, terms: Terms
) -> Findings:
    """Completed, with far less invested than was planned (weekly.check.completed_share)."""
    plan, spent = project.planned_investment_fen, values.completed_investment_fen
    progress, last = values.progress_percent, project.last
    if not plan or spent is None or progress != FULL or values.is_unchanged:
        return ()
    if last is not None and last.progress_percent == FULL:
        return ()  # asked when it got there
    if spent * 100 < terms.completed_share * plan:
        share = format_decimal(percent(spent, plan), 1)
        least = percent_text(terms.completed_share).removesuffix(".0")
        return [
            Finding(
                message=f"{PROGRESS.label}已到 100，{INVESTMENT.label}只有计划投资的 {share}%",
                field=INVESTMENT.field,
                found=f"{wanyuan_text(spent)}，计划投资 {wanyuan_text(plan)}",
                expected=f"不低于计划投资的 {least}%；确实这样的，说明原因",
            )
        ]
    return ()


def investment_above_plan(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """More than the planned investment is explained."""
    plan, now = project.planned_investment_fen, values.completed_investment_fen
    if plan is not None and now is not None and now > plan and not values.is_unchanged:
        return [
            Finding(
                message=f"{INVESTMENT.label}超过计划投资：{wanyuan_text(now)}",
                field=INVESTMENT.field,
                found=f"{wanyuan_text(now)}，计划投资 {wanyuan_text(plan)}",
                expected=f"不超过计划投资 {wanyuan_text(plan)}；确实超过的，说明原因",
            )
        ]
    return ()


# -- the calendar ----------------------------------------------------------------------------------
def progress_without_start(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """Progress without a start date is worth a look: without 开工 the light turns."""
    now = values.progress_percent
    if now and project.started_on is None and values.claimed_start_on is None:
        return [
            Finding(
                message="有形象进度，但台账里没有开工日期；已经开工的，填实际开工日期并补开工依据",
                field=STARTED.field,
                found="空",
                expected=STARTED.expected,
            )
        ]
    return ()


def progress_without_workers(
    values: ReportValues, project: ProjectContext, terms: Terms
) -> Findings:
    """Progress moves in a week in which nobody was on site."""
    step = _rise(values, project)
    if step and values.workers_count == 0:
        return [
            Finding(
                message=f"{WORKERS.label}为 0，{PROGRESS.label}却增加 {percent_text(step)} 个百分点",
                field=WORKERS.field,
                found="0 人",
                expected="本周在场的人数；确实没有人的，说明进度从哪里来",
            )
        ]
    return ()


def progress_while_resting(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """Progress moves in a week that lies whole in a 停工期 in which everything outdoors rests."""
    step = _rise(values, project)
    if step and terms.rest:
        return [
            Finding(
                message=f"本周在停工期（{terms.rest}），{PROGRESS.label}却增加 {percent_text(step)} 个百分点",
                field=PROGRESS.field,
                found=f"增加 {percent_text(step)} 百分点",
                expected="停工期内没有进度；室内施工等的，说明情况",
            )
        ]
    return ()


# -- money -------------------------------------------------------------------------------------------
def investment_above_received(
    values: ReportValues, project: ProjectContext, terms: Terms
) -> Findings:
    """More was invested than was received; of projects whose money is in the ledger only."""
    received, spent = terms.received.get(project.project_id), values.completed_investment_fen
    if received is not None and spent is not None and spent > received and not values.is_unchanged:
        return [
            Finding(
                message=f"{INVESTMENT.label} {wanyuan_text(spent)} 超过到位资金 {wanyuan_text(received)}，请核对是否有垫资或到位资金未登记",
                field=INVESTMENT.field,
                found=wanyuan_text(spent),
                expected=f"不超过到位资金 {wanyuan_text(received)}",
            )
        ]
    return ()


# -- files -------------------------------------------------------------------------------------------
def file_used_twice(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A photograph, or the evidence of a gate, is the very file of another project."""
    others = terms.reused.get(project.project_id, ())
    if others:
        return [
            Finding(
                message=f"档案里有照片或关口依据与{join(others)}的是同一个文件，请核对是否传错",
                field=CODE.field,
                found=project.name,
                expected="每个项目用自己的照片和依据",
            )
        ]
    return ()


# -- other streets ------------------------------------------------------------------------------------
def name_in_other_street(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A project of the same name stands in another street: entered twice, or under the wrong one."""
    others = terms.namesakes.get(project.project_id, ())
    if others:
        return [
            Finding(
                message=f"与{join(others)}同名，请核对是否重复列项、街道有没有写错",
                field=NAME.field,
                found=project.name,
                expected="一个项目只在一个街道；确是两个项目的，不用改",
            )
        ]
    return ()


# -- its own past --------------------------------------------------------------------------------------
def progress_unusual(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A step of progress far above the project's own past; what the rule of jumps asks about is left to it."""
    step = _rise(values, project)
    if not step or step > terms.jump_points or not _is_of_one_week(project, terms):
        return ()
    usual = usual_of(
        [each.points for each in project.steps], least=terms.usual_weeks, factor=terms.usual_factor
    )
    if usual is not None and usual.is_exceeded_by(step):
        usually = _span(percent_text(usual.low), percent_text(usual.high))
        return [
            Finding(
                message=f"{PROGRESS.label}一周增加 {percent_text(step)} 个百分点，以往 {usual.count} 个有进度的周为 {usually}，请核对",
                field=PROGRESS.field,
                found=f"增加 {percent_text(step)} 百分点",
                expected=f"以往一周增加 {usually} 百分点",
            )
        ]
    return ()


def investment_unusual(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A step of investment far above the project's own past."""
    last, now = project.last, values.completed_investment_fen
    if values.is_unchanged or last is None or now is None or not _is_of_one_week(project, terms):
        return ()
    step = now - last.completed_investment_fen
    usual = usual_of(
        [each.fen for each in project.steps], least=terms.usual_weeks, factor=terms.usual_factor
    )
    if usual is not None and usual.is_exceeded_by(Decimal(step)):
        usually = _span(wanyuan_text(int(usual.low)), wanyuan_text(int(usual.high)))
        return [
            Finding(
                message=f"{INVESTMENT.label}一周增加 {wanyuan_text(step)}，以往 {usual.count} 个有投资的周为 {usually}，请核对",
                field=INVESTMENT.field,
                found=f"增加 {wanyuan_text(step)}",
                expected=f"以往一周增加 {usually}",
            )
        ]
    return ()


def street_unusual(spent: Mapping[str, int | None], week: WeekContext) -> Findings:
    """The investment of all projects of a street rises far above its past weeks: ``spent`` is what the return says by
    project code. Said only where every project with an earlier figure has one of last week, and one now."""
    step = 0
    by_week: defaultdict[date, int] = defaultdict(int)
    for code, project in week.projects.items():
        if project.last is None:
            continue
        now = spent.get(code)
        if now is None or not _is_of_one_week(project, week.terms):
            return
        step += now - project.last.completed_investment_fen
        for each in project.steps:
            by_week[each.monday] += each.fen
    terms = week.terms
    usual = usual_of(list(by_week.values()), least=terms.usual_weeks, factor=terms.usual_factor)
    if usual is not None and usual.is_exceeded_by(Decimal(step)):
        usually = _span(wanyuan_text(int(usual.low)), wanyuan_text(int(usual.high)))
        yield Finding(
            message=f"{week.street.short_name}各项目完成投资本周共增加 {wanyuan_text(step)} 万元，以往 {usual.count} 周为 {usually} 万元，请核对。"
        )


def _is_of_one_week(project: ProjectContext, terms: Terms) -> bool:
    """Whether the earlier figure is that of the week before: over a gap a rise is no step of one week."""
    return project.last is not None and project.last.week == terms.week.previous()


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low}—{high}"


def _rise(values: ReportValues, project: ProjectContext) -> Decimal:
    """By how many points progress rose; 0 where it did not, or where there is nothing to compare with."""
    last, now = project.last, values.progress_percent
    if values.is_unchanged or last is None or now is None:
        return Decimal(0)
    return max(Decimal(0), now - last.progress_percent)
