"""总览, compiled once: the page, its text to copy and its workbook are renderings of one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from projects.ledger.enums import GateKind
from renovation.accounts.scope import Scope, detached
from renovation.core.declarations import sums_of
from renovation.core.measures import WAITS, Approval, Measure, Unit, change
from renovation.core.periods import Week
from renovation.core.unchanged import PAGES, unchanged
from renovation.core.wording import chinese_date
from reports.figures import services as figures
from reports.figures.services import Facts, Place

from .adjusted import Adjusted, Moved, adjusted_in, moved_money
from .carried import Carried, carried_years
from .choice import Choice
from .curves import Curve, curve_of
from .listing import load_facts
from .parts import Passed, RankRow, ReturnRow, StreetLights, Tile, tile_of
from .returned import Spoken, older_figures, register_of, return_rows, spoken_of, week_rate
from .sentences import Piece, Turn, nothing_new, plain, standing, worsened

#: Lights from the heaviest on, as rows of symbols show them.
LIGHT_ORDER = ("red", "yellow", "grey", "green")


@dataclass(frozen=True, kw_only=True)
class WithoutReturns:
    """What the page says of a programme at the end of a week as long as nothing is written, whatever the hour.

    ``spoken`` is from which weeks the figures of streets are; ``nothing_new`` the sentence that none is of the week,
    empty where it is not so."""

    place: str
    is_district: bool
    programme: str
    year: int
    week: Week | None
    before: Week | None
    as_of: date
    approval: Approval
    lead: tuple[tuple[Piece, ...], ...]
    tiles: tuple[Tile, ...]
    turns: tuple[Turn, ...]
    passed: tuple[Passed, ...]
    moved: tuple[Moved, ...]
    adjusted: Adjusted
    curve: Curve
    streets: tuple[StreetLights, ...]
    lights: Mapping[str, int]
    ranking: tuple[RankRow, ...]
    total: RankRow
    method: str
    remarks: tuple[str, ...]
    weighting: str
    carried: tuple[Carried, ...]
    spoken: tuple[Spoken, ...]
    nothing_new: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Overview(WithoutReturns):
    """Everything the page says: the returns as well, which are late or missing once a deadline has passed."""

    returns: tuple[ReturnRow, ...]
    return_weeks: tuple[Week, ...]
    return_rate: Measure

    @property
    def is_empty(self) -> bool:
        """No project of the programme is in sight on the day."""
        return not self.total.projects.value

    @property
    def has_changes(self) -> bool:
        """Whether anything moved since last week."""
        return bool(self.turns or self.passed or self.moved or self.adjusted.lines)

    @property
    def copy_text(self) -> str:
        """What is pasted into a chat group: the lead and the figures with their basis and day."""
        heading = f"【{self.place}{self.year}年老旧小区改造】截至{chinese_date(self.as_of)}"
        mixed = self.approval is Approval.ALL
        week = f"（第{self.week.number}周）" if self.week else ""
        lines = [heading + week + f"，{self.approval.label}"]
        lines += [plain(sentence) for sentence in self.lead]
        for tile in self.tiles:
            measure = tile.measure
            waits = WAITS if mixed and measure.approval is Approval.ALL else ""
            within = "，".join(part for part in (tile.basis, waits) if part)
            basis = f"（{within}）" if within else ""
            moved = ""
            if tile.change is not None and tile.change.value is not None:
                moved = f"，较上周 {tile.change.signed_text} {tile.change.unit.text}"
                if tile.change.shown == 0:
                    moved = "，较上周持平"
            number = measure.text
            if measure.value is not None:
                gap = "" if measure.unit is Unit.PERCENT else " "
                number += gap + measure.unit.text
            lines.append(f"{tile.name}：{number}{basis}{moved}。")
        if self.adjusted.note:
            lines.append(self.adjusted.note)
        return "\n".join(lines)


def compile_overview(*, choice: Choice, scope: Scope, now: datetime) -> Overview:
    """Join ledger, money, weekly facts and returns as they stand for a choice, kept while nothing changes; a constant
    number of queries."""
    seen = detached(scope)
    key = "overview", *choice.key, seen, now.replace(second=0, microsecond=0)
    return unchanged(key, lambda: _compile(choice=choice, scope=seen, now=now), shelf=PAGES)


def _compile(*, choice: Choice, scope: Scope, now: datetime) -> Overview:
    """What only a write can change is kept from one minute to the next; how streets returned is told anew."""
    register = register_of(choice, scope, now)  # first: who reports where rests on little else
    facts = load_facts(choice=choice, scope=scope, now=now)
    before = None
    if choice.before is not None:
        before = figures.at(facts=facts, day=choice.before.end, now=now)
    key = "overview without returns", *choice.key, scope
    page = unchanged(key, lambda: _without_returns(facts, before, choice, scope), shelf=PAGES)
    rows = return_rows(register, choice.week)
    silent = [row.street for row in rows if row.is_missing]
    rate = facts.get("报送率")
    basis = f"{rate.parts_text} {rate.part_unit.text}，今年以来"
    second = page.nothing_new or worsened(turns=page.turns, lights=page.lights, silent=silent)
    told = {
        "lead": tuple(sentence for sentence in (*page.lead, second) if sentence),
        "tiles": (*page.tiles, tile_of(facts, before, "报送率", basis=basis)),
        "remarks": (*page.remarks, *older_figures(facts, choice.week, page.spoken)),
    }
    return Overview(
        **(vars(page) | told),
        returns=rows,
        return_weeks=tuple(line.week for line in reversed(register.lines)),
        return_rate=week_rate(facts, choice.week),
    )


def _without_returns(
    facts: Facts, before: Facts | None, choice: Choice, scope: Scope
) -> WithoutReturns:
    """Of the returns among the facts nothing is asked here but of which streets they are: how they stand changes when a
    deadline passes."""
    is_district = bool(facts.places[figures.DISTRICT])
    place = "全区" if is_district else facts.whole.name or scope.post_name
    adjusted = adjusted_in(choice=choice, scope=scope, since=_since(choice))
    weights = _weights(facts)
    first = standing(
        place=place,
        physical=facts.get("形象进度"),
        deviation=facts.get("偏差"),
        before=before.get("偏差") if before else None,
    )
    is_older = choice.week is not None and _is_older(facts, choice.week)
    return WithoutReturns(
        place=place,
        is_district=is_district,
        programme=choice.programme.name,
        year=choice.programme.year,
        week=choice.week,
        before=choice.before,
        as_of=choice.as_of,
        approval=choice.approval,
        lead=(first,),
        tiles=_tiles(facts, before),
        turns=_turns(facts, before),
        passed=_passed(facts, choice),
        moved=moved_money(facts, before, adjusted),
        adjusted=adjusted,
        curve=curve_of(facts=facts, title=f"{place}进度"),
        streets=_street_lights(facts),
        lights=facts.lights(),
        ranking=_ranking(facts, before, adjusted, is_district=is_district),
        total=_rank_row(facts, before, facts.whole, "", ""),
        method=figures.ranking_method(facts),
        remarks=_unplanned(weights),
        weighting=_weighting(weights),
        carried=carried_years(programme=choice.programme, week=choice.week, scope=scope),
        spoken=spoken_of(facts),
        nothing_new=nothing_new(week=choice.week.number) if choice.week and is_older else (),
    )


# -- the figures on top ------------------------------------------------------------------------------
def _tiles(facts: Facts, before: Facts | None) -> tuple[Tile, ...]:
    physical, scheduled = facts.get("形象进度"), facts.get("序时进度")
    by_households = facts.get("开工率(户数)")
    bases = {
        "形象进度": f"折合 {physical.parts_text} {physical.part_unit.text}",
        "偏差": f"{physical.full_text} − {scheduled.full_text}",
        "开工率(项目)": f"{facts.get('开工率(项目)').parts_text} 个，按户数 {by_households.full_text}",
        "投资完成率": f"{facts.get('投资完成率').parts_text} 万元",
        "支付率": f"{facts.get('支付率').parts_text} 万元",
    }
    labels = {"偏差": "偏差（形象 − 序时）"}
    return tuple(
        tile_of(
            facts,
            before,
            name,
            basis=basis,
            label=labels.get(name, ""),
        )
        for name, basis in bases.items()
    )


def _weights(facts: Facts) -> tuple[int, int]:
    """How many projects carry weight in the progress, and how many have no plan and are left out."""
    rows = facts.rows("progress", facts.whole)
    carrying = sums_of(facts.declared["形象进度"], rows).count
    return carrying, len(rows) - carrying


def _weighting(weights: tuple[int, int]) -> str:
    carrying, unplanned = weights
    left_out = f"，无计划 {unplanned} 个不计" if unplanned else ""
    return f"{carrying} 个项目按建筑面积加权{left_out}"


def _unplanned(weights: tuple[int, int]) -> tuple[str, ...]:
    """Said under the ranking where a project has no plan."""
    return (f"{_weighting(weights)}。",) if weights[1] else ()


# -- what changed ------------------------------------------------------------------------------------
def _turns(facts: Facts, before: Facts | None) -> tuple[Turn, ...]:
    """Projects whose light changed since last week, the worst first."""
    if before is None:
        return ()
    earlier = {fact.project.code: fact for fact in before.progress}
    places = {place.code: place for place in facts.places[figures.PROJECT]}
    found = []
    for fact in facts.progress:
        was = earlier.get(fact.project.code)
        if was is None or before.light_of(was.project.code) == facts.light_of(was.project.code):
            continue
        place = places[fact.project.code]
        found.append(
            Turn(
                code=fact.project.code,
                name=fact.project.name,
                before=before.light_of(fact.project.code),
                after=facts.light_of(fact.project.code),
                deviation_before=before.get("偏差", place),
                deviation_now=facts.get("偏差", place),
                gone=facts.gone.get(fact.project.code, ""),
            )
        )
    weight = {"red": 0, "yellow": 1, "grey": 2, "green": 3}
    return tuple(sorted(found, key=lambda turn: (not turn.is_worse, weight[turn.after])))


def _since(choice: Choice) -> date:
    """The Sunday of last week: what happened after it is new."""
    return choice.before.end if choice.before else choice.as_of - timedelta(days=7)


def _passed(facts: Facts, choice: Choice) -> tuple[Passed, ...]:
    """Gates that were passed, with evidence, after the Sunday of last week; a gate is one line."""
    since = _since(choice)
    found = []
    for kind in GateKind:
        passing = []
        for project in facts.projects:
            gate = project.gates.get(kind)
            day = gate.actual_on if gate is not None and gate.counts else None
            if day is not None and since < day <= choice.as_of:
                passing.append((day, project))
        if passing:
            found.append(
                Passed(
                    gate=kind.label,
                    projects=tuple((project.code, project.name) for _, project in passing),
                    on=max(day for day, _ in passing),
                    count=sum(project.passed_on(kind, choice.as_of) for project in facts.projects),
                    total=len(facts.projects),
                    gone=facts.gone.get(passing[0][1].code, "") if len(passing) == 1 else "",
                )
            )
    return tuple(found)


# -- lights and returns ------------------------------------------------------------------------------
def _street_lights(facts: Facts) -> tuple[StreetLights, ...]:
    rows = []
    for place in facts.places[figures.STREET]:
        lights = [
            (facts.light_of(fact.project.code), fact.project.name)
            for fact in facts.rows("progress", place)
        ]
        lights.sort(key=lambda pair: LIGHT_ORDER.index(pair[0]))
        rows.append(
            StreetLights(
                name=place.name,
                code=place.code,
                lights=tuple(lights),
                counts=facts.lights(place),
            )
        )
    return tuple(rows)


# -- ranking -----------------------------------------------------------------------------------------
def _ranking(
    facts: Facts, before: Facts | None, adjusted: Adjusted, *, is_district: bool
) -> tuple[RankRow, ...]:
    """The streets of a district by deviation; the projects where a street looks at itself."""
    if is_district:
        earlier = {row.row.code: row.text for row in figures.ranking(before)} if before else {}
        return tuple(
            _rank_row(
                facts,
                before,
                row.row,
                row.text,
                earlier.get(row.row.code, ""),
                adjusted.of(row.row.code),
            )
            for row in figures.ranking(facts)
        )
    places = facts.places[figures.PROJECT]
    known = {place.code for place in before.places[figures.PROJECT]} if before else set()
    rows = [
        _rank_row(
            facts,
            before if place.code in known else None,
            place,
            "",
            "",
            adjusted.of(place.code),
        )
        for place in places
    ]
    return tuple(
        sorted(rows, key=lambda row: (row.deviation.shown is None, -(row.deviation.shown or 0)))
    )


def _rank_row(
    facts: Facts,
    before: Facts | None,
    place: Place,
    rank: str,
    rank_before: str,
    adjusted: str = "",
) -> RankRow:
    def of(name: str) -> Measure:
        return facts.get(name, place)

    return RankRow(
        place=rank,
        place_before=rank_before,
        name=place.name,
        code=place.code,
        adjusted=adjusted,
        projects=of("项目数"),
        households=of("户数"),
        area=of("建筑面积"),
        scheduled=of("序时进度"),
        physical=of("形象进度"),
        deviation=of("偏差"),
        change=change(of("偏差"), before.get("偏差", place)) if before else None,
        gone=facts.gone.get(place.code, "") if place.level == figures.PROJECT else "",
    )


def _is_older(facts: Facts, week: Week) -> bool:
    """Whether work goes on and no project's figures are of a week."""
    going_on = [fact for fact in facts.progress if not fact.is_completed and fact.report]
    return bool(going_on) and all(fact.report.week < week for fact in going_on if fact.report)
