"""两个80% at the gates: no 列入计划 below the one rate, no 开工 below the other (MEASURES.md, Consent).

A project that nobody asked about is below both; what was passed before the portal (期初导入) is not judged. No 开工
either where the scheme was changed after residents were asked about it (``overtaken``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import GateCheck, facts_of, keep, once, values_of
from projects.ledger.models import Project
from projects.ledger.passing import judged_day
from renovation.core.measures import format_decimal

from .enums import Purpose
from .facts import ConsentFacts, consent_facts
from .measures import NAMES
from .overtaken import CHECK, Overtaken, overtaken
from .parameters import BOTH_RATES

SOURCE = "平台默认“双80%”；建办城〔2021〕50号底线要求"


def _missing(fact: ConsentFacts, purpose: Purpose) -> str:
    """文昌园小区 76.5%（153 / 200 户）; "" where nothing is missing.

    Where more households are listed than the estate has, some may stand under two names, and what they said
    cannot be set against the estate's count.
    """
    if purpose not in fact.rounds:
        return f"{fact.estate_name}没有征询"
    rate = fact.rate(purpose)
    if rate is None:
        return f"{fact.estate_name}没有户数"
    if fact.listed_count > fact.household_count:
        return (
            f"{fact.estate_name}名册 {fact.listed_count} 户，多于小区登记的 {fact.household_count} 户，"
            "请先核对名册或户数"
        )
    if fact.reaches(purpose):
        return ""
    return (
        f"{fact.estate_name} {format_decimal(rate, 1)}%"
        f"（{fact.agreed(purpose)} / {fact.household_count} 户）"
    )


def _threshold(project: Project, on: date) -> Decimal:
    return Decimal(values_of(project, on)[BOTH_RATES.key])


def _read_ahead(projects: Sequence[Project], on: date) -> None:
    """The consent of all estates of several projects, those of each threshold together."""
    groups: dict[Decimal, list[Project]] = {}
    for project in projects:
        groups.setdefault(_threshold(project, on), []).append(project)
    for threshold, members in groups.items():
        rows = [each for project in members for each in facts_of(project, on)]
        found: dict[int, list[ConsentFacts]] = {project.pk: [] for project in members}
        for fact in consent_facts(projects=rows, on=on, threshold_percent=threshold):
            found[fact.project.pk].append(fact)
        for project in members:
            keep(project, ("consent", on), found[project.pk])


def _facts(project: Project, on: date, threshold: Decimal) -> list[ConsentFacts]:
    rows = facts_of(project, on)
    return consent_facts(projects=rows, on=on, threshold_percent=threshold)


def _reaches(purpose: Purpose) -> Callable[[Project, date], str | None]:
    def find(project: Project, on: date) -> str | None:
        threshold = _threshold(project, on)
        facts = once(project, ("consent", on), lambda: _facts(project, on, threshold))
        rule = f"{NAMES[purpose]}须达到 {format_decimal(threshold, 1)}%"
        if not facts:
            return f"{rule}，项目还没有登记小区，无法计算。"
        short = [words for fact in facts if (words := _missing(fact, purpose))]
        return f"{rule}：{'；'.join(short)}。" if short else None

    return find


def _own_day(project: Project, on: date) -> date:
    """A scheme that is changed after the works began, as most changes are, reproaches no start."""
    return judged_day(project=project, kind=GateKind.STARTED, on=on)


def _is_current(project: Project, on: date) -> str | None:
    """Whether residents were asked about the scheme that is to be built; who was not asked at all is told by the
    rate. A project that has begun is judged by its own first day."""
    on = _own_day(project, on)

    def read() -> Overtaken | None:
        return overtaken(project_ids=[project.pk], on=on).get(project.pk)

    found = once(project, (CHECK, "overtaken", on), read)
    if found is None:
        return None
    return f"{found.sentence}须就新方案再征询一轮，或申请例外。"


CHECKS: list[GateCheck] = [
    GateCheck(
        code="consent.renovation",
        gate=GateKind.PROGRAMMED,
        title="同意改造率达到规定",
        find=_reaches(Purpose.RENOVATION),
        source=SOURCE,
        ahead=_read_ahead,
    ),
    GateCheck(
        code="consent.scheme",
        gate=GateKind.STARTED,
        title="同意方案率达到规定",
        find=_reaches(Purpose.SCHEME),
        source=SOURCE,
    ),
    GateCheck(
        code=CHECK,
        gate=GateKind.STARTED,
        title="征询的是现行方案",
        find=_is_current,
        source="建办城〔2021〕50号：方案经表决同意方可开工",
    ),
]
