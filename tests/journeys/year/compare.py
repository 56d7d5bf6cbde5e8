"""What the portal says beside what the second count says: the API, the overview, the bulletin, the project's page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from reports.papers.models import Document

from . import oracle
from .beginning import NAMES, PROJECTS, SOURCES, YEAR
from .hands import Hands
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


def counted_at(record: Record, level: str, code: str, day: date, period: tuple[date, date], now: datetime) -> dict[str, Shown]:  # fmt: skip
    """Every figure of a place by the second count."""
    if level == "project":
        found = oracle.standing(record, [code], day)
        return found | {"亮灯": (oracle.light(record, code, day)[0], None, None)}
    street = code if level == "street" else None
    found = oracle.standing(record, oracle.codes_at(record, street, day), day)
    streets = [street] if street else STREETS
    return found | oracle.returns(record, streets, *period, day, now)


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


#: What MEASURES.md defines and the portal counts.
MEASURES = (
    "项目数", "小区数", "楼栋数", "户数", "建筑面积", "开工率(项目)", "开工率(小区)", "开工率(户数)",
    "完工率(项目)", "完工率(小区)", "完工率(户数)", "竣工验收率(项目)", "竣工验收率(小区)", "竣工验收率(户数)",
    "序时进度", "形象进度", "偏差", "亮灯", "投资完成率", "计划", "下达", "到位", "拨付", "支付", "资金到位率",
    "拨付率", "支付率", "资金留置天数(加权)", "资金留置天数(最长)", "支付与进度背离", "应报", "已报", "报送率",
    "按时报", "及时率", "零报告", "待报", "未报", "更正率", "同意改造率", "同意方案率", "双80%达标",
)  # fmt: skip
#: What the API says on a day: figures by level, place and name.
Said = Mapping[str, Mapping[str, Mapping[str, Shown]]]


def said_by_api(hands: Hands, day: date, kind: str, levels: Sequence[str] = LEVELS) -> Said:
    """Every figure at every place of some levels on a day, flows of one period."""
    said: dict[str, dict[str, dict[str, Shown]]] = {level: {} for level in levels}
    for level in levels:
        rows = hands.ask(
            "leader", "/figures", year=YEAR, as_of=day, period=kind, level=level, measure=MEASURES
        )
        for row in rows:
            parts = (row["value"], row["numerator"], row["denominator"])
            said[level].setdefault(row["scope"]["code"], {})[row["measure"]] = parts
    return said


def set_beside(differences: Differences, record: Record, said: Said, day: date, kind: str, now: datetime) -> None:  # fmt: skip
    """The second count beside what the API said."""
    projects = [code for code, each in record.projects.items() if oracle.is_in_scope(each, day)]
    places = {
        "district": list(said["district"]),
        "street": [code for code in STREETS if oracle.codes_at(record, code, day)],
        "project": projects,
    }
    for level in said:
        codes = places[level]
        where: tuple[Any, ...] = (f"{now:%m-%d}", day, kind, level)
        differences.look(where, "places", sorted(said[level]), sorted(codes))
        for code in said[level].keys() & set(codes):
            known = counted_at(record, level, code, day, period_of(kind, day), now)
            differences.look((*where, code), "names", sorted(said[level][code]), sorted(known))
            for name, (value, above, below) in known.items():
                counted = (value, written(above), written(below))
                differences.look((*where, code), name, said[level][code].get(name), counted)


def compare_api(
    differences: Differences, hands: Hands, record: Record, day: date, kind: str, levels: Sequence[str] = LEVELS
) -> None:  # fmt: skip
    """Every figure at every place on a day, as the API prints it."""
    said = said_by_api(hands, day, kind, levels)
    set_beside(differences, record, said, day, kind, hands.now)


def compare_pending(differences: Differences, hands: Hands, record: Record, day: date) -> None:
    """“Data not yet approved count only where the reader asks for them”: progress and money with what waits."""
    asked = {"year": YEAR, "as_of": day, "approval": "all", "measure": MEASURES}
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


# -- the bulletin ------------------------------------------------------------------------------------
def issue_bulletin(hands: Hands, quarter: str) -> Document:
    """Drafted, checked, approved, signed and numbered by five people on its pages."""
    after = hands.post("bureau", "/papers/bulletins/compile/", {"quarter": quarter})
    (pk,) = re.findall(r"/papers/(\d+)/", after)
    for name, act, words in (
        ("bureau2", "check", {}), ("reviewer", "approve", {}), ("leader", "sign", {"opinion": "同意印发"}),
        ("office", "number", {"number": f"淄建发〔{hands.now.year}〕{pk}号"}),
    ):  # fmt: skip
        hands.post(name, f"/papers/{pk}/acts/{act}/", words)
    paper: Document = Document.objects.get(pk=pk)
    assert paper.state == "issued"
    return paper


def _said(figure: Mapping[str, Any]) -> Any:
    """A figure of a snapshot: its word, or its exact value."""
    if figure["word"]:
        return figure["word"]
    value = figure["value"]
    if value is None or isinstance(value, int):
        return value
    return Fraction(value["value"])


def compare_bulletin(differences: Differences, record: Record, paper: Document, quarter: tuple[date, date], now: datetime) -> None:  # fmt: skip
    """Every figure of the snapshot, as it would be shown, at the end of the quarter."""
    snapshot = json.loads(json.dumps(paper.snapshot))
    day = quarter[1]
    places = [("district", "", snapshot)]
    places += [("street", each["code"], each) for each in snapshot["streets"]]
    for level, code, told in places:
        known = counted_at(record, level, code, day, quarter, now)
        for name, figure in {**told["figures"], **told["returns"]}.items():
            if name in known:
                value, places_ = known[name][0], len((known[name][0] or "").partition(".")[2])
                said = _said(figure)
                shown = said if isinstance(said, str) else oracle.shown(said, places_)
                differences.look((paper.title, code), name, shown, value)
        for project in told.get("projects", []):
            light = _said(project["figures"]["亮灯"])
            counted = oracle.light(record, project["code"], day)[0]
            differences.look((paper.title, project["code"]), "亮灯", light, counted)
    ranks = oracle.ranks(record, STREETS, day)
    said_ranks = {each["code"]: str(each["place"]) for each in snapshot["streets"] if each["place"]}
    differences.look(paper.title, "名次", said_ranks, ranks)
