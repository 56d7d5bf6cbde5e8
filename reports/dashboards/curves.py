"""Plan against actual of a place over a year, drawn in the sizes that pages have room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from renovation.core import charts
from renovation.core.charts import CurveMark, CurvePoint
from renovation.core.declarations import measure
from renovation.core.measures import Measure, format_decimal
from renovation.core.periods import Month, Week, Year
from reports.figures import services as figures
from reports.figures.catalogue import declarations
from reports.figures.services import Facts, Place, SeriesPoint
from supervision.weekly.facts import progress_from, report_history


@dataclass(frozen=True, kw_only=True)
class Curve:
    """``finding`` is what the section's title states; ``points`` are the month ends for who reads a table instead.
    ``wide``, ``broad`` and ``narrow`` are drawings, each made for the page that has room for it; empty where there is
    nothing to draw."""

    finding: str
    points: tuple[tuple[date, str, str], ...]
    draw: Callable[[charts.Size], str]

    @cached_property
    def wide(self) -> str:
        return self.draw("wide")

    @cached_property
    def broad(self) -> str:
        return self.draw("broad")

    @cached_property
    def narrow(self) -> str:
        return self.draw("narrow")


def months_shown(facts: Facts) -> list[Month]:
    """The months of the programme's year, and on to the day while its projects go on after it."""
    months = Year(facts.programme.year).months()
    while months[-1].end < facts.as_of:
        months.append(months[-1].next())
    return months


def curve_of(
    *,
    facts: Facts,
    title: str,
    place: Place | None = None,
    marks: Sequence[CurveMark] = (),
    end_label: Sequence[str] = (),
) -> Curve:
    """The curve of a place (the district where none is named) over the months that ``months_shown`` gives."""
    plans = [
        fact.project.plan for fact in facts.rows("progress", place) if fact.project.plan is not None
    ]
    if not plans:
        return Curve(finding="还没有计划", points=(), draw=lambda _: "")
    months = months_shown(facts)
    first, last = months[0].start, months[-1].end
    ends = max(plan.completion_on for plan in plans)
    starts = [min(plan.start_on for plan in plans)]
    series = figures.series(facts, sorted(_days(facts, first, last, starts, ends)), place)
    plan = _run([(point.day, point.scheduled) for point in series])
    actual = _run([(point.day, point.physical) for point in series if point.physical is not None])
    physical, scheduled = facts.get("形象进度", place), facts.get("序时进度", place)
    deviation = facts.get("偏差", place)
    finding = _finding(deviation)
    as_of = facts.as_of  # the drawing outlives the facts, which are heavy

    def draw(size: charts.Size) -> str:
        short = size == "narrow"
        return charts.curve(
            title=f"{title}：{finding}",
            plan=plan,
            actual=actual,
            as_of=as_of,
            plan_label=f"{'序时' if short else '序时进度'} {scheduled.full_text}",
            actual_label=f"{'形象' if short else '形象进度'} {physical.full_text}",
            gap_label=_gap(deviation, short=short),
            start=first,
            end=last,
            size=size,
            marks=marks,
            end_label=end_label,
        )

    month_ends = [point for point in series if point.day == Month.of(point.day).end]
    return Curve(
        finding=finding,
        draw=draw,
        points=tuple(
            (point.day, point.scheduled.text, point.physical.text if point.physical else "")
            for point in month_ends
        ),
    )


def series_of_projects(facts: Facts, days: Sequence[date]) -> dict[str, list[SeriesPoint]]:
    """The curves of all projects by code, as ``figures.series`` tells one; one query for all of them."""
    physical, scheduled = declarations()["形象进度"], declarations()["序时进度"]
    in_sight = {project.pk for project in facts.projects}
    history = report_history(project_ids=in_sight, approval=facts.approval)
    found: dict[str, list[SeriesPoint]] = {project.code: [] for project in facts.projects}
    for day in days:
        rows = progress_from(
            projects=[project for project in facts.ledger.on(day) if project.pk in in_sight],
            on=day,
            history=history,
            thresholds=facts.thresholds,
        )
        by_code = {each.project_code: [each] for each in rows}
        for code, points in found.items():
            here = by_code.get(code, [])
            points.append(
                SeriesPoint(
                    day=day,
                    physical=measure(physical, here, as_of=day, approval=facts.approval)
                    if day <= facts.as_of
                    else None,
                    scheduled=measure(scheduled, here, as_of=day, approval=facts.approval),
                )
            )
    return found


def _days(facts: Facts, first: date, last: date, starts: Iterable[date], ends: date) -> set[date]:
    """Month ends, starts and the end of plans, the Sundays that have passed, and the day itself."""
    days = {first, last, ends, facts.as_of, *starts}
    day = Month.of(first).end
    while day <= last:
        days.add(day)
        day = Month.of(day + timedelta(days=1)).end
    sunday = Week.of(first).end
    while sunday <= facts.as_of:
        days.add(sunday)
        sunday += timedelta(days=7)
    return {each for each in days if first <= each <= last}


def _run(pairs: Sequence[tuple[date, Measure]]) -> list[CurvePoint]:
    """The points while the line runs: from the last 0 before it rises, to the first 100."""
    points = [
        CurvePoint(day, Decimal(measure.value.numerator) / measure.value.denominator)
        for day, measure in pairs
        if measure.value is not None
    ]
    while len(points) > 1 and points[0].value == points[1].value == 0:
        points.pop(0)
    while len(points) > 1 and points[-1].value == points[-2].value == 100:
        points.pop()
    return points


def _finding(deviation: Measure) -> str:
    if deviation.shown is None:
        return "还没有计划"
    if deviation.shown == 0:
        return "形象与序时持平"
    return "形象落后序时" if deviation.shown < 0 else "形象领先序时"


def _gap(deviation: Measure, *, short: bool) -> str:
    if not deviation.shown:
        return "" if deviation.shown is None else "与序时持平"
    if short:
        return f"{deviation.signed_text} 百分点"
    word = "落后" if deviation.shown < 0 else "领先"
    return f"{word} {format_decimal(abs(deviation.shown), 1)} 百分点"
