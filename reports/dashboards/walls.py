"""攻坚图 compiled from the facts: plan with month-end targets, what was done, what should have begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from projects.ledger.enums import GateKind
from projects.ledger.facts import Plan, ProjectFacts
from projects.ledger.late_starts import days_without_start
from renovation.core.documents.blocks import Column, Kind, RowStyle, Table, Value, group_row, row
from renovation.core.documents.sheets import Paper
from renovation.core.documents.xlsx import Book, sheet_from_table, write_workbook
from renovation.core.measures import Measure, format_decimal
from renovation.core.periods import Week
from renovation.core.svg import Shape
from renovation.core.wall import WallBar, WallChart, WallGroup, WallRow, WallTotal, WallValue
from renovation.core.wording import chinese_date, short_date
from renovation.face.values import LIGHTS
from reports.figures import services as figures
from reports.figures.services import Facts, Place, SeriesPoint

from .carried import carried_years
from .curves import months_shown, series_of_projects
from .listing import MARKS
from .returned import older_figures

_LEGEND = (
    "计划，数字为月末累计目标（%）",
    "实际，数字为月末累计形象进度（%）",
    "应开未开",
    "数据截至日",
)


def wall_of(*, facts: Facts, week: Week | None, today: date, href: str = "") -> WallChart:
    """The sheet of a programme. ``href`` is the address of a project with ``{}`` for its code, "" for a
    picture without links. Two queries beyond the facts."""
    months = months_shown(facts)
    ends = [month.end for month in months]
    bureau = facts.programme.bureau
    number = 0
    groups = []
    series = _series_of(facts, ends)
    for place in facts.places[figures.STREET]:
        rows = []
        for fact in facts.rows("progress", place):
            number += 1
            rows.append(_row(facts, fact.project, number, ends, series[fact.project.code], href))
        if not rows:
            continue
        counts = facts.lights(place)
        groups.append(
            WallGroup(
                name=place.name,
                facts=(
                    f"{facts.get('项目数', place).text} 个项目",
                    f"{facts.get('户数', place).text} 户",
                    f"{facts.get('建筑面积', place).text} 万㎡",
                ),
                after=_after(facts, place),
                lights=tuple(
                    (key, LIGHTS[key].shape, counts[key])
                    for key in ("green", "yellow", "red", "grey")
                    if counts[key]
                ),
                rows=tuple(rows),
            )
        )
    is_district = bool(facts.places[figures.DISTRICT])
    name = bureau.district_name or bureau.short_name
    district = series[""]
    return WallChart(
        title=f"{name}{facts.programme.year}年老旧小区改造攻坚图",
        facts=_facts(facts, week),
        start=months[0].start,
        end=ends[-1],
        as_of=facts.as_of,
        heads=("序号", "项目", "亮灯"),
        before=(("户数", "户"), ("面积", "万㎡")),
        after=(("序时", "%"), ("形象", "%"), ("偏差", "百分点")),
        groups=tuple(groups),
        total=WallTotal(
            "全区合计" if is_district else "合计",
            (facts.get("户数").text, facts.get("建筑面积").text),
            _after(facts, facts.whole),
            (
                ("月末序时", tuple(point.scheduled.text for point in district)),
                (
                    "月末形象",
                    tuple(point.physical.text for point in district if point.physical is not None),
                ),
            ),
        ),
        legend=_LEGEND,
        lights=tuple((look.shape, look.word) for look in LIGHTS.values()),
        notes=(_note(facts, week),),
        issuer=bureau.name,
        issued_on=chinese_date(today),
        approval=facts.get("形象进度").approval.mark,
    )


def _facts(facts: Facts, week: Week | None) -> tuple[str, ...]:
    deviation = facts.get("偏差")
    gap = ""
    if deviation.shown is not None:
        word = "落后" if deviation.shown < 0 else "领先"
        gap = (
            f"，{word} {format_decimal(abs(deviation.shown), 1)} 百分点"
            if deviation.shown
            else "，与序时持平"
        )
    return (
        f"{facts.get('项目数').text} 个项目",
        f"{facts.get('户数').text} 户",
        f"{facts.get('建筑面积').text} 万㎡",
        f"形象进度 {facts.get('形象进度').full_text}，序时 {facts.get('序时进度').full_text}{gap}",
        f"截至 {chinese_date(facts.as_of)}" + (f"（第{week.number}周）" if week else ""),
    )


def _note(facts: Facts, week: Week | None) -> str:
    limits = facts.thresholds
    return (
        "合计行：上为月末序时进度，下为月末形象进度（%），均按建筑面积加权。偏差 = 形象进度 − 序时进度。"
        f"落后不足 {limits.yellow_behind:f} 个百分点为正常，达到 {limits.yellow_behind:f} 为滞后，"
        f"超过 {limits.red_behind:f} 为严重滞后；应开未开 1 个月末起为滞后，满 {limits.red_months} 个为严重滞后。"
        + "".join(older_figures(facts, week))
        + "".join(
            each.sentence
            for each in carried_years(programme=facts.programme, week=week, scope=facts.scope)
        )
    )


def _after(facts: Facts, place: Place) -> tuple[str, str, str]:
    return (
        facts.get("序时进度", place).text,
        facts.get("形象进度", place).text,
        facts.get("偏差", place).signed_text,
    )


def _series_of(facts: Facts, ends: Sequence[date]) -> dict[str, list[SeriesPoint]]:
    """The month ends of every project by code, and of the whole under ""."""
    return {"": figures.series(facts, ends), **series_of_projects(facts, ends)}


def _row(
    facts: Facts,
    project: ProjectFacts,
    number: int,
    ends: Sequence[date],
    series: Sequence[SeriesPoint],
    href: str,
) -> WallRow:
    place = Place(figures.PROJECT, project.code, project.name)
    light = facts.light_of(project.code)
    look = LIGHTS[light]
    completed = project.gates.get(GateKind.COMPLETED)
    is_done = project.passed(GateKind.COMPLETED) and completed is not None
    late = days_without_start(project, facts.as_of)
    actual = _actual(facts, project, series)
    physical = facts.get("形象进度", place)
    has_begun = actual is not None
    shape: Shape = look.shape
    missing = None
    if late is not None and project.plan and not has_begun:
        missing = WallBar(max(project.plan.start_on, ends[0].replace(day=1)), facts.as_of)
    leaving = project.leaving(facts.as_of)
    return WallRow(
        number=str(number),
        name=project.name,
        before=(facts.get("户数", place).text, facts.get("建筑面积", place).text),
        after=_after(facts, place),
        light=light,
        light_word=look.word + ("，完工" if is_done else ""),
        shape=shape,
        href=href.format(project.code) if href and project.code not in facts.gone else "",
        plan=_plan(project.plan, ends) if project.plan else None,
        actual=actual,
        missing=missing,
        missing_label="，".join(filter(None, (f"应开未开 {late} 天", leaving if missing else "")))
        if late is not None
        else "",
        now=physical.text if has_begun and not is_done else "",
        remark=f"{short_date(completed.actual_on)}完工"
        if is_done and completed is not None and completed.actual_on is not None
        else _leaving(leaving, physical.text if has_begun else "")
        if missing is None
        else "",
        mark_at_bar=light in {"yellow", "red"} and has_begun,
    )


def _leaving(said: str, now: str) -> str:
    """What is printed in place of the progress of a project that is to be cancelled: both."""
    return f"{now}　{said}" if said and now else said


def _plan(plan: Plan, ends: Sequence[date]) -> WallBar | None:
    """The plan within the year, with its targets at month ends and 100 at its end."""
    first, last = ends[0].replace(day=1), ends[-1]
    start, end = max(plan.start_on, first), min(plan.completion_on, last)
    if end < start:
        return None
    values = [
        WallValue(day, format_decimal(plan.scheduled_percent(day), 0))
        for day in ends
        if start <= day < end
    ]
    values.append(WallValue(end, format_decimal(plan.scheduled_percent(end), 0)))
    return WallBar(start, end, tuple(values))


def _actual(facts: Facts, project: ProjectFacts, series: Sequence[SeriesPoint]) -> WallBar | None:
    """From the proven start to the day, or to the completion; None where nothing has begun."""
    started, completed = project.gates.get(GateKind.STARTED), project.gates.get(GateKind.COMPLETED)
    first = date(facts.programme.year, 1, 1)
    begun = [point.day for point in series if point.physical is not None and point.physical.value]
    if project.passed(GateKind.STARTED) and started is not None and started.actual_on is not None:
        start = started.actual_on
    elif begun and project.plan is not None:
        start = min(max(project.plan.start_on, begun[0].replace(day=1)), facts.as_of)
    else:
        return None
    end = facts.as_of
    if (
        project.passed(GateKind.COMPLETED)
        and completed is not None
        and completed.actual_on is not None
    ):
        end = min(end, completed.actual_on)
    start = max(start, first)
    if end < start:
        return None
    values = [
        WallValue(point.day, format_decimal(point.physical.value, 0))
        for point in series
        if point.physical is not None and start <= point.day < end
    ]
    if end < facts.as_of:
        values.append(WallValue(end, "100"))
    return WallBar(start, end, tuple(values))


# -- workbook ----------------------------------------------------------------------------------------
def _month_head(day: date, ends: Sequence[date]) -> str:
    """3月, with the year where the sheet runs over two."""
    return f"{day.month}月" if ends[-1].year == ends[0].year else f"{day.year}年{day.month}月"


def wall_workbook(*, facts: Facts, week: Week | None, title: str) -> bytes:
    """The sheet as a workbook: two rows a project, plan above, actual below, month by month; A3."""
    ends = [month.end for month in months_shown(facts)]
    columns = (
        Column("序号", Kind.COUNT, 4),
        Column("项目", Kind.TEXT, 12),
        Column("户数", Kind.COUNT, 5, unit="户"),
        Column("面积", Kind.DECIMAL, 5, unit="万㎡", places=2),
        Column("", Kind.LABEL, 4),
        *(Column(_month_head(day, ends), Kind.DECIMAL, 5, unit="%", places=1) for day in ends),
        Column("序时", Kind.DECIMAL, 5, unit="%", places=1),
        Column("形象", Kind.DECIMAL, 5, unit="%", places=1),
        Column("偏差", Kind.CHANGE, 6, unit="百分点", places=1),
        Column("亮灯", Kind.MARK, 7),
    )
    series = _series_of(facts, ends)
    rows = []
    number = 0
    for place in facts.places[figures.STREET]:
        here = facts.rows("progress", place)
        if here:
            rows.append(group_row(f"{place.name}（{len(here)} 个项目）"))
        for fact in here:
            number += 1
            spot = Place(figures.PROJECT, fact.project.code, fact.project.name)
            points = series[fact.project.code]
            rows += [
                row(
                    number,
                    fact.project.name,
                    facts.get("户数", spot).value,
                    facts.get("建筑面积", spot).value,
                    "计划",
                    *(_value(point.scheduled) for point in points),
                    facts.get("序时进度", spot).value,
                    facts.get("形象进度", spot).value,
                    facts.get("偏差", spot).value,
                    MARKS[facts.light_of(fact.project.code)],
                ),
                row(
                    *("", "", None, None, "实际"),
                    *(_value(point.physical) for point in points),
                    *(None, None, None, ""),
                ),
            ]
    whole = series[""]
    for name, values in (
        ("计划", [_value(point.scheduled) for point in whole]),
        ("实际", [_value(point.physical) for point in whole]),
    ):
        first = name == "计划"
        rows.append(
            row(
                "",
                "合计" if first else "",
                facts.get("户数").value if first else None,
                facts.get("建筑面积").value if first else None,
                name,
                *values,
                facts.get("序时进度").value if first else None,
                facts.get("形象进度").value if first else None,
                facts.get("偏差").value if first else None,
                "",
                style=RowStyle.TOTAL,
            )
        )
    table = Table(
        columns=columns, rows=tuple(rows), caption=title, name="攻坚图", notes=(_note(facts, week),)
    )
    sheet = sheet_from_table(
        table,
        title=title,
        subtitles=(f"截至{chinese_date(facts.as_of)}，{facts.approval.label}",),
        paper=Paper.A3,
        fixed_columns=2,
    )
    return write_workbook(Book(sheets=(sheet,), title=title))


def _value(measure: Measure | None) -> Value:
    return None if measure is None else measure.value
