"""What concerns a roster as a whole: names that stand twice, sums beside the official totals, what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from projects.ledger.models import Project
from projects.ledger.programmes import Quantities, gaps_in_words
from renovation.core.wording import join
from renovation.intake.pipelines import Finding

from .columns import BUILDINGS, ESTATE, HOUSEHOLDS, NAME, STREET
from .context import Group, Roster, area_of, plan_values, text_of, whole_of

Findings = Iterator[Finding]
MOST_NAMED = 8


def estate_elsewhere(groups: Sequence[Group], roster: Roster) -> Findings:
    """An estate of a street stands in two projects: done twice, or named alike."""
    owners: dict[tuple[str, str], str] = {}
    for code, known in roster.projects.items():
        for name in known.estates:
            owners[known.project.street.short_name, name] = code
    for group in groups:
        street = _street_of(group, roster)
        for row in group.rows:
            name = text_of(row, ESTATE)
            if not name or roster.estate_of(row) is not None:
                continue
            owner = owners.setdefault((street, name), group.code)
            if owner != group.code:
                yield Finding(
                    message=f"{street}的小区“{name}”已在项目 {owner} 里",
                    field=ESTATE.field,
                    found=name,
                    expected="一个小区只在一个项目里；分期改造或重名的，说明原因",
                    row=row.number,
                )


def project_name_twice(groups: Sequence[Group], roster: Roster) -> Findings:
    """Two projects of a street bear the same name."""
    owners = {
        (known.project.street.short_name, known.project.name): code
        for code, known in roster.projects.items()
    }
    for group in groups:
        name = group.value(NAME.field)
        if name is None:
            continue
        street = _street_of(group, roster)
        owner = owners.setdefault((street, str(name)), group.code)
        if owner != group.code:
            yield Finding(
                message=f"{street}已有同名的项目 {owner}“{name}”",
                field=NAME.field,
                found=str(name),
                expected="各项目名称不同；确是两个项目的，说明原因",
                row=group.row_of(NAME.field).number,
            )


def project_name_elsewhere(groups: Sequence[Group], roster: Roster) -> Findings:
    """A project that comes new bears the name of one in another street: a remark."""
    owners: dict[str, list[tuple[str, str]]] = {}
    for code, known in roster.projects.items():
        owners.setdefault(known.project.name, []).append((known.project.street.short_name, code))
    for group in groups:
        name = str(group.value(NAME.field) or "")
        if not name or group.code in roster.projects:
            continue
        street = _street_of(group, roster)
        others = [f"{place}的 {code}" for place, code in owners.get(name, ()) if place != street]
        if others:
            yield Finding(
                message=f"与{join(others)}同名，请核对是否重复列项、街道有没有写错",
                field=NAME.field,
                found=name,
                expected="一个项目只在一个街道；确是两个项目的，不用改",
                row=group.row_of(NAME.field).number,
            )
        owners.setdefault(name, []).append((street, group.code))


def _street_of(group: Group, roster: Roster) -> str:
    known = roster.projects.get(group.code)
    said = str(group.value(STREET.field) or (known.project.street.short_name if known else ""))
    street = roster.streets.get(said)
    return street.short_name if street else said


def totals_differ(groups: Sequence[Group], roster: Roster) -> Findings:
    """The sums by street after the import, beside the programme's official totals: a remark."""
    if not roster.official:
        return
    for street, sums in totals_after(groups, roster).items():
        official = roster.official.get(roster.streets[street].pk)
        if official is None or (sums - official).is_nothing:
            continue
        parts = gaps_in_words(word="写入后", ours=sums, official=official)
        yield Finding(
            message=f"{street}与计划下达数不同（按表内各行全部写入算）：{'；'.join(parts)}。"
        )


def _is_cancelled(project: Project, on: date) -> bool:
    """As the ledger's own sums have it (``projects_on``): from its day on, not before."""
    return project.cancelled_on is not None and project.cancelled_on <= on


def totals_after(groups: Sequence[Group], roster: Roster) -> dict[str, Quantities]:
    """By street: all quantities as they will be, those that the file does not name included."""
    sums: dict[str, Quantities] = {}
    by_code = {group.code: group for group in groups}
    for code in dict.fromkeys([*roster.projects, *by_code]):
        group, known = by_code.get(code), roster.projects.get(code)
        if known is not None and _is_cancelled(known.project, roster.on):
            continue
        street = _street_of(group, roster) if group else known.project.street.short_name  # type: ignore[union-attr]
        if street not in roster.streets:
            continue
        left = {estate.pk: estate for estate in known.estates.values()} if known else {}
        households, area, buildings = 0, Decimal(0), 0
        estates = len(group.rows) if group else 0
        for row in group.rows if group else ():
            estate = roster.estate_of(row)
            if estate is not None:
                left.pop(estate.pk, None)
            buildings += whole_of(row, BUILDINGS) or (estate.building_count if estate else 0)
            households += whole_of(row, HOUSEHOLDS) or (estate.household_count if estate else 0)
            area += area_of(row) or (estate.area_sqm if estate else Decimal(0))
        estates += len(left)
        buildings += sum(estate.building_count for estate in left.values())
        households += sum(estate.household_count for estate in left.values())
        area += sum((estate.area_sqm for estate in left.values()), Decimal(0))
        sums[street] = sums.get(street, Quantities()) + Quantities(
            1, households, area, estates, buildings
        )
    return sums


def left_out(groups: Sequence[Group], roster: Roster) -> Findings:
    """Projects and estates of the programme that the file does not name stay as they are: a remark."""
    by_code = {group.code: group for group in groups}
    names = [str(known.project) for code, known in roster.projects.items() if code not in by_code]
    for code, group in by_code.items():
        known = roster.projects.get(code)
        if known is None:
            continue
        named = {estate.pk for row in group.rows if (estate := roster.estate_of(row)) is not None}
        names += [
            f"{known.project}的{estate.name}"
            for estate in known.estates.values()
            if estate.pk not in named
        ]
    if names:
        more = f"等 {len(names)} 个" if len(names) > MOST_NAMED else ""
        shown = "、".join(names[:MOST_NAMED])
        yield Finding(message=f"台账里有、本表没有的，保持不变，不会删除：{shown}{more}。")


def without_plan(groups: Sequence[Group], roster: Roster) -> Findings:
    """New projects of which the file gives no plan: a remark."""
    names = [
        group.code
        for group in groups
        if group.code not in roster.projects
        and not any(value is not None for value in plan_values(group, None))
    ]
    if names:
        more = f"等 {len(names)} 个" if len(names) > MOST_NAMED else ""
        shown = "、".join(names[:MOST_NAMED])
        yield Finding(
            message=f"没有填计划投资和计划日期的新项目，只登记，不拟计划：{shown}{more}。"
        )
