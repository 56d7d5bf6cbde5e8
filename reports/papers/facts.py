"""The figures of a programme as papers take them: one map of measures for the district, for each street
and each project. Every number comes from `reports.figures`; nothing is computed here but the naming of
a rate's two parts as amounts of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.models import Programme
from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.core.measures import Approval, Measure
from renovation.core.wording import chinese_date
from reports.figures.catalogue import declarations
from reports.figures.services import DISTRICT, PROJECT, STREET, Facts
from supervision.weekly.rules import Thresholds

from . import names

Figures = Mapping[str, Measure]


@dataclass(frozen=True)
class FigureMaps:
    """Measures by name: of the district, of each street and each project by code."""

    district: Figures
    streets: Mapping[str, Figures]
    projects: Mapping[str, Figures]

    def street(self, code: str) -> Figures:
        return self.streets.get(code, {})

    def project(self, code: str) -> Figures:
        return self.projects.get(code, {})


NOTHING = FigureMaps({}, {}, {})


def programme_on(*, bureau: Organisation, day: date) -> Programme:
    """The programme that a paper of a day speaks of: the last that had been approved.

    Refuses (``paper.no_programme``) where there is none.
    """
    found = (
        Programme.objects.filter(bureau=bureau, approved_on__lte=day, year__lte=day.year)
        .select_related("bureau")
        .order_by("-year")
        .first()
    )
    if found is None:
        raise Refusal(
            "paper.no_programme", f"{chinese_date(day)}以前没有批准的年度计划，不能编制。"
        )
    return found


def figure_maps(
    *,
    facts: Facts,
    measures: Iterable[str] = names.STANDING,
    levels: Sequence[str] = (DISTRICT, STREET, PROJECT),
) -> FigureMaps:
    """All figures that papers show, from facts that are loaded; of some ``levels`` only where asked."""
    chosen = list(measures)
    found: dict[str, dict[str, Figures]] = {DISTRICT: {}, STREET: {}, PROJECT: {}}
    for level in levels:
        of_level = [name for name in chosen if level in declarations()[name].levels]
        found[level] = {
            place.code: _with_parts({name: facts.get(name, place) for name in of_level})
            for place in facts.places[level]
        }
    district = next(iter(found[DISTRICT].values()), {})
    return FigureMaps(district, found[STREET], found[PROJECT])


def _with_parts(figures: Figures) -> Figures:
    """The figures with 完成投资 and 计划投资, the numerator and denominator of 投资完成率."""
    rate = figures.get(names.INVESTMENT_RATE)
    if rate is None or not rate.denominator:
        return figures
    parts = {
        name: Measure.amount(
            name, part, rate.part_unit, as_of=rate.as_of, label=name, approval=approval
        )
        for name, part, approval in (
            (names.COMPLETED_INVESTMENT, rate.numerator, rate.approval),
            (
                names.PLANNED_INVESTMENT,
                rate.denominator,
                Approval.APPROVED,
            ),  # of baselines in force
        )
    }
    return {**figures, **parts}


def light_method(thresholds: Thresholds) -> str:
    """The rule of the lights in words, with the bureau's thresholds of the day."""
    return (
        f"亮灯：● 正常；▲ 滞后，落后序时{thresholds.yellow_behind}个百分点及以上，或应开工未开工；"
        f"■ 严重滞后，落后序时超过{thresholds.red_behind}个百分点，"
        f"或应开工未开工满{thresholds.red_months}个月末；○ 未到开工。"
    )
