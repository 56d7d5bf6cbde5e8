"""What the portal says beside what the second count says: the API, the overview, the league of returns, the project's
page. Papers have a module of their own (``papers``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from . import oracle, oracle_rows
from .beginning import NAMES, PROJECTS, SOURCES, YEAR
from .hands import Hands
from .measures import COMPARED
from .reading import tables_of, text_of
from .record import Record, Shown
from .weeks import STREETS

LEVELS = ("district", "street", "project")
#: The words of lights on pages, in the order of the columns.
LIGHTS = ("绿", "黄", "红", "灰")


@dataclass
class Differences:
    """What did not agree: where, which figure, what the portal said, what was counted. And how many were compared."""

    compared: int = 0
    found: list[tuple[Any, ...]] = field(default_factory=list)
    #: The rankings that were compared: what was ranked, and the places that were given.
    ranked: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)

    def look(self, where: Any, name: str, said: Any, counted: Any) -> None:
        self.compared += 1
        if said != counted:
            self.found.append((where, name, said, counted))


def written(value: Fraction | None) -> str | None:
    """A numerator or denominator as the API writes it: unrounded; where its decimals do not end, six of them."""
    if value is None:
        return None
    for places in range(40):
        if (value * 10**places).denominator == 1:
            return oracle.shown(value, places)
    return oracle.shown(value, 6)


def counted_at(record: Record, level: str, code: str, day: date, period: tuple[date, date], now: datetime, year: int = YEAR) -> dict[str, Shown]:  # fmt: skip
    """Every figure of a place by the second count: stocks of a year's programme, flows of the bureau's returns."""
    if level == "project":
        found = oracle.standing(record, [code], day)
        return found | {"亮灯": (oracle.light(record, code, day)[0], None, None)}
    street = code if level == "street" else None
    found = oracle.standing(record, oracle.codes_at(record, street, day, year), day)
    streets = [street] if street else STREETS
    found |= oracle.returns(record, streets, *period, day, now)
    return found | oracle_rows.quality(record, streets, *period, day, now)


def period_of(kind: str, day: date) -> tuple[date, date]:
    """The first and last day of the week, month, quarter or year that holds a Sunday."""
    if kind == "week":
        return day - 6 * oracle.DAY, day
    first, count = {
        "month": (day.month, 1), "quarter": (day.month - (day.month - 1) % 3, 3), "year": (1, 12),
    }[kind]  # fmt: skip
    begin = date(day.year, first, 1)
    after = date(day.year + (first + count > 12), (first + count - 1) % 12 + 1, 1)
    return begin, after - oracle.DAY


#: What the API says on a day: figures by level, place and name.
Said = Mapping[str, Mapping[str, Mapping[str, Shown]]]


def said_by_api(
    hands: Hands, day: date, kind: str, levels: Sequence[str] = LEVELS, year: int = YEAR
) -> Said:
    """Every figure at every place of some levels on a day, flows of one period."""
    said: dict[str, dict[str, dict[str, Shown]]] = {level: {} for level in levels}
    for level in levels:
        rows = hands.ask(
            "leader", "/figures", year=year, as_of=day, period=kind, level=level, measure=COMPARED
        )
        for row in rows:
            parts = (row["value"], row["numerator"], row["denominator"])
            said[level].setdefault(row["scope"]["code"], {})[row["measure"]] = parts
    return said


def set_beside(differences: Differences, record: Record, said: Said, day: date, kind: str, now: datetime, year: int = YEAR) -> None:  # fmt: skip
    """The second count beside what the API said."""
    places = {
        "district": list(said["district"]),
        "street": [
            code
            for code in STREETS
            if oracle.codes_at(record, code, day, year)
            or any(oracle.asked_returns(record, [code], *period_of(kind, day), day))
        ],
        "project": oracle.codes_at(record, None, day, year),
    }
    for level in said:
        codes = places[level]
        where: tuple[Any, ...] = (f"{now:%m-%d}", year, day, kind, level)
        differences.look(where, "places", sorted(said[level]), sorted(codes))
        for code in said[level].keys() & set(codes):
            known = counted_at(record, level, code, day, period_of(kind, day), now, year)
            differences.look((*where, code), "names", sorted(said[level][code]), sorted(known))
            for name, (value, above, below) in known.items():
                counted = (value, written(above), written(below))
                differences.look((*where, code), name, said[level][code].get(name), counted)


def compare_api(
    differences: Differences, hands: Hands, record: Record, day: date, kind: str, levels: Sequence[str] = LEVELS,
    year: int = YEAR,
) -> None:  # fmt: skip
    """Every figure at every place on a day, as the API prints it."""
    said = said_by_api(hands, day, kind, levels, year)
    set_beside(differences, record, said, day, kind, hands.now, year)


def compare_pending(differences: Differences, hands: Hands, record: Record, day: date) -> None:
    """“Data not yet approved count only where the reader asks for them”: progress and money with what waits."""
    asked = {"year": YEAR, "as_of": day, "approval": "all", "measure": COMPARED}
    rows = hands.ask("leader", "/figures", **asked)
    said = {row["measure"]: (row["value"], row["numerator"], row["denominator"]) for row in rows}
    codes = oracle.codes_at(record, None, day)
    known = oracle.progress(record, codes, day, pending=True)
    known |= oracle.money(record, codes, day, pending=True)
    for name, (value, above, below) in known.items():
        counted = (value, written(above), written(below))
        differences.look((day, "with what waits"), name, said[name], counted)


def compare_owed(differences: Differences, hands: Hands, record: Record, monday: date) -> None:
    """Who owes a week's return, when it was due and when it closed; a week without a working day asks nobody."""
    said = {
        (row["street"], datetime.fromisoformat(row["due_at"]), datetime.fromisoformat(row["closes_at"]))
        for row in hands.ask("bureau", f"/weeks/{monday}/returns")
    }  # fmt: skip
    asked = oracle.moments(record, monday)
    counted = set()
    for street in STREETS if asked else ():
        if asked and oracle.expected(record, monday, street):
            due_at, closes_at = asked
            extended = record.return_of(monday, street).extended_to or closes_at
            counted.add((street, due_at, max(closes_at, extended)))
    differences.look(monday, "who owes, due, closes", said, counted)


COLUMNS = (
    "计划", "下达", "到位", "拨付", "支付", "资金到位率", "拨付率", "支付率", "资金留置天数(加权)", "资金留置天数(最长)",
)  # fmt: skip


def compare_sources(differences: Differences, hands: Hands, record: Record) -> None:
    """“Money, per source and in sum”: 资金总表 as it stands today, by source and by project and source."""
    day = hands.now.date()
    codes = oracle.codes_at(record, None, day)
    moved = dict.fromkeys((each.project, each.source) for _, _, each in oracle.counting(record, codes, day, pending=True))  # fmt: skip
    pairs = [pair for pair in {**record.planned, **moved} if pair[0] in codes]
    lines = {
        "source": {(SOURCES[source],): (codes, source) for source in {source for _, source in pairs}},
        "each": {(f"{PROJECTS[code].name}{code}", SOURCES[source]): ([code], source) for code, source in pairs},
    }  # fmt: skip
    for cut, known in lines.items():
        rows = tables_of(hands.see("leader", "/funding/", year=YEAR, cut=cut))["资金总表"]
        said = {tuple(row[: -len(COLUMNS)][::2]): row[-len(COLUMNS) :] for row in rows[1:]}
        total = said.popitem()[1]
        counted = {
            name: oracle.money(record, where, day, source=source)
            for name, (where, source) in known.items()
        }
        differences.look((day, cut), "rows", sorted(said), sorted(counted))
        for name in said.keys() & counted.keys():
            words = [spoken(counted[name][column][0]) for column in COLUMNS]
            differences.look((day, cut), name, said[name], words)
        whole = oracle.money(record, codes, day)
        differences.look((day, cut), "合计", total, [spoken(whole[name][0]) for name in COLUMNS])


# -- the overview ------------------------------------------------------------------------------------
def spoken(value: str | None, *, signed: bool = False) -> str:
    """A number as pages write it: thousands apart, a true minus, “—” for none."""
    if value is None:
        return "—"
    whole, dot, rest = value.removeprefix("-").partition(".")
    text = f"{int(whole):,}{dot}{rest}"
    if value.startswith("-"):
        return f"\N{MINUS SIGN}{text}"
    return f"+{text}" if signed and Fraction(value) > 0 else text


def compare_overview(differences: Differences, hands: Hands, record: Record, monday: date) -> None:
    """总览 of a week: the figures on top, lights by street, the ranking, the week's returns."""
    day = monday + 6 * oracle.DAY
    page = hands.see("leader", "/", year=YEAR, week=str(monday))
    everywhere = counted_at(record, "district", "", day, period_of("year", day), hands.now)
    text = text_of(page)
    for name, title, unit in (
        ("形象进度", "形象进度", "%"), ("偏差", "偏差（形象−序时）", "百分点"), ("开工率(项目)", "开工率（项目）", "%"),
        ("投资完成率", "投资完成率", "%"), ("支付率", "支付率", "%"), ("报送率", "报送率", "%"),
    ):  # fmt: skip
        value = everywhere[name][0]
        words = f"{title}：{spoken(value)}{'' if value is None else unit}"
        tiles = re.findall(rf"{re.escape(title)}：[^（。，]*", text)
        differences.look((day, "overview"), name, words in tiles or tiles, True)
    carried = oracle.carried(record, monday)
    said_of_carried = re.findall(r"2025年度(\d+)个项目", text)
    differences.look((day, "overview"), "结转", said_of_carried, [str(len(carried))])
    method = "由高到低排列，同分同名次、其后跳号"
    differences.look((day, "overview"), "method", method in text, True)
    tables = tables_of(page)
    _compare_ranking(differences, record, day, tables["街道排名"])
    _compare_lights(differences, record, day, tables["各街道亮灯"])
    week = oracle.returns(record, STREETS, monday, day, day, hands.now)
    if "周报报送" in tables:
        (_, foot) = tables["周报报送"][-1]
        value, above, below = week["报送率"]
        words = f"已报 {above} / 应报 {below}，报送率 {spoken(value)}{'' if value is None else '%'}"
        differences.look((day, "overview"), "周报报送", foot, words)


def _compare_ranking(differences: Differences, record: Record, day: date, rows: Sequence[Sequence[str]]) -> None:  # fmt: skip
    """名次, 项目, 户数, 面积, 序时, 形象, 偏差 of each street and of the district."""
    ranks = oracle.ranks(record, STREETS, day)
    differences.ranked.add(("偏差", tuple(sorted(ranks.values()))))
    wanted = []
    for street in (*STREETS, None):
        codes = oracle.codes_at(record, street, day)
        if not codes:
            continue
        known = oracle.standing(record, codes, day)
        numbers = [spoken(known[name][0]) for name in ("项目数", "户数", "建筑面积", "序时进度", "形象进度")]  # fmt: skip
        place = ranks.get(street, "—") if street else ""
        name = NAMES[street] if street else "全区"
        wanted.append([place, name, *numbers, spoken(known["偏差"][0], signed=True)])
    found = []
    for row in rows[1:]:
        name = row[1].split(" ")[0].split("上周")[0]
        found.append([row[0], name, row[2], row[3], row[4], row[6], row[7], row[8]])
    differences.look((day, "overview"), "街道排名", sorted(found), sorted(wanted))


#: What the league of returns may be ranked by, and its word in an address; a low 数据更正率 is the best.
LEAGUE = {"及时率": "timely", "完整率": "whole", "一致率": "consistent", "数据更正率": "corrected"}


def compare_league(differences: Differences, hands: Hands, record: Record, monday: date, by: str) -> None:  # fmt: skip
    """报送质量 of the quarter that holds a week's Sunday: places, the four rates with their parts, and what was late."""
    day, now = monday + 6 * oracle.DAY, hands.now
    query = {"year": YEAR, "week": str(monday), "period": "quarter", "by": LEAGUE[by]}
    page = hands.see("leader", "/quality/", **query)
    span = period_of("quarter", day)
    wanted, values = [], {}
    for street in (*STREETS, None):
        streets = [street] if street else STREETS
        known = oracle.returns(record, streets, *span, day, now)
        known |= oracle_rows.quality(record, streets, *span, day, now)
        values[street] = known[by][0]
        cells = [
            f"{spoken(value)}{above}/{below}" if below else "—"
            for value, above, below in (known[name] for name in LEAGUE)
        ]
        late = oracle_rows.late_kinds(record, streets, *span, day, now)
        words = "、".join(f"{word}{count}次" for word, count in late) or "—"
        count = str(sum(count for _, count in late))
        wanted.append([NAMES[street] if street else "淄川区", *cells, count, words])
    foot = values.pop(None)
    differences.look((day, "league"), by, foot, counted_at(record, "district", "", day, span, now)[by][0])  # fmt: skip
    ranks = oracle.places(values, lowest_first=by == "数据更正率")
    differences.ranked.add((by, tuple(sorted(ranks.values()))))
    (rows,) = tables_of(page).values()
    found = {row[1]: [cell.replace(" ", "") for cell in row] for row in rows[1:]}
    differences.look((day, "league"), "rows", sorted(found), sorted(row[0] for row in wanted))
    for row, street in zip(wanted, (*STREETS, None), strict=True):
        place = ranks.get(street, "—") if street else ""
        differences.look((day, "league", by), row[0], found.get(row[0]), [place, *row])
    # “The sort key, the direction and the treatment of ties are printed under the table.”
    order = "由低到高" if by == "数据更正率" else "由高到低"
    method = f"按{by}{order}排名，以显示的一位小数比较，相同的并列，名次顺延（1、2、2、4）"
    differences.look((day, "league"), "method", method in text_of(page), True)


def _compare_lights(differences: Differences, record: Record, day: date, rows: Sequence[Sequence[str]]) -> None:  # fmt: skip
    wanted = []
    for street in (*STREETS, None):
        lights = [oracle.light(record, code, day)[0] for code in oracle.codes_at(record, street, day)]  # fmt: skip
        if lights:
            counts = [str(lights.count(word)) for word in LIGHTS]
            wanted.append([NAMES[street] if street else "全区", *counts, str(len(lights))])
    found = [[row[0], *row[2:]] for row in rows[1:]]
    differences.look((day, "overview"), "各街道亮灯", sorted(found), sorted(wanted))


def compare_reasons(differences: Differences, hands: Hands, record: Record, monday: date) -> None:
    """Why each project has its light, on its own page."""
    day = monday + 6 * oracle.DAY
    for code in oracle.codes_at(record, None, day):
        text = text_of(hands.see("leader", f"/projects/{code}/", year=YEAR, week=str(monday)))
        _, why = oracle.light(record, code, day)
        for words in why:
            differences.look((day, code), words, words in text, True)
