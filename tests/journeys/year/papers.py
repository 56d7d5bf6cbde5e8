"""The papers of the year beside the second count: weekly dispatch sheets as they are compiled and as workbooks, and the
quarterly bulletins as they are issued."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from python_calamine import CalamineWorkbook

from reports.papers.models import Document, Rendition
from reports.papers.tasks import render

from . import oracle, oracle_rows
from .beginning import NAMES, YEAR, year_of
from .compare import Differences
from .hands import Hands
from .record import Record, Shown
from .weeks import STREETS

#: The figures of a paper, and of what data each is on a sheet that shows what waits: progress with it, money without.
QUANTITIES = (
    "项目数", "小区数", "楼栋数", "户数", "建筑面积", "开工率(项目)", "开工率(户数)", "完工率(项目)", "竣工验收率(项目)",
)  # fmt: skip
PROGRESS = ("形象进度", "序时进度", "偏差", "投资完成率")
MONEY = ("计划", "到位", "拨付", "支付", "资金到位率", "拨付率", "支付率")
MARKS = {"绿": "● 正常", "黄": "▲ 滞后", "红": "■ 严重滞后", "灰": "○ 未到开工"}
#: Gate → the stage in which it leaves a project.
STAGES = {"列入计划": "列入计划", "开工": "施工中", "完工": "已完工", "竣工验收": "已验收"}


# -- figures -----------------------------------------------------------------------------------------
def figures_of(record: Record, codes: Sequence[str], day: date, *, pending: bool) -> dict[str, Shown]:  # fmt: skip
    """What a paper says of some projects at the end of a day."""
    known = oracle.programme(record, codes, day)
    found = {name: known[name] for name in QUANTITIES}
    known = oracle.progress(record, codes, day, pending=pending)
    found |= {name: known[name] for name in PROGRESS}
    known = oracle.money(record, codes, day)
    found |= {name: known[name] for name in MONEY}
    # “Σ cumulative completed investment ÷ Σ planned investment”: the two sums by names of their own.
    _, spent, planned = found["投资完成率"]
    if planned:
        found |= {"完成投资": oracle.amount(spent, 2), "计划投资": oracle.amount(planned, 2)}
    return found


def figures_of_project(record: Record, code: str, day: date, *, pending: bool) -> dict[str, Shown]:
    found = figures_of(record, [code], day, pending=pending)
    return found | {"亮灯": (oracle.light(record, code, day, pending=pending)[0], None, None)}


def _said(figure: Mapping[str, Any] | None) -> Any:
    """A figure of a snapshot: its word, or its exact value."""
    if figure is None:
        return None
    if figure["word"]:
        return figure["word"]
    value = figure["value"]
    return Fraction(value["value"]) if isinstance(value, dict) else value


def compare_figures(differences: Differences, where: Any, told: Mapping[str, Any], known: Mapping[str, Shown]) -> None:  # fmt: skip
    """Every figure that a snapshot names, as it would be shown, and that it names all of them."""
    differences.look(where, "names", sorted(told), sorted(known))
    for name in told.keys() & known.keys():
        look_at(differences, where, name, told[name], known[name][0])


def look_at(differences: Differences, where: Any, name: str, figure: Mapping[str, Any] | None, counted: str | None) -> None:  # fmt: skip
    said = _said(figure)
    if isinstance(said, Fraction | int):
        said = oracle.shown(Fraction(said), len((counted or "").partition(".")[2]))
    differences.look(where, name, said, counted)


# -- dispatch sheets ---------------------------------------------------------------------------------
def compile_sheets(hands: Hands, monday: date) -> str:
    """The sheets of a week, of the district and of every street, compiled anew; the address of the district's."""
    return hands.post("bureau", "/papers/sheets/compile/", {"week": str(monday)})


def issue_sheets(hands: Hands, monday: date) -> str:
    """Compiled and issued: the week's approved returns are published with them."""
    address = compile_sheets(hands, monday)
    hands.post("bureau", f"{address}acts/issue/")
    return address


def correct_sheets(hands: Hands, address: str) -> str:
    """An issued sheet that was overtaken: a new version with its reason, issued in its turn."""
    after = hands.post("bureau", f"{address}acts/correct/", {"opinion": "街道更正了周报"})
    hands.post("bureau", f"{after}acts/issue/")
    return after


@dataclass(frozen=True)
class Sheet:
    """What the second count knows of a week's sheet: the Sunday, and the Sunday of “last week”, which “is the latest
    earlier week that asked for a return”."""

    record: Record
    monday: date

    @property
    def day(self) -> date:
        return self.monday + 6 * oracle.DAY

    @property
    def last(self) -> date:
        monday = self.monday - 7 * oracle.DAY
        while oracle.moments(self.record, monday) is None:
            monday -= 7 * oracle.DAY
        return monday + 6 * oracle.DAY

    def codes(self, street: str | None, year: int) -> list[str]:
        """The rows: of the programme in force what is in scope, of others what reports."""
        if year == YEAR:
            return sorted(oracle.codes_at(self.record, street, self.day))
        return [each for each in oracle.carried(self.record, self.monday, street) if year_of(each) == year]  # fmt: skip

    def before(self, street: str | None, year: int) -> list[str]:
        """The projects of which the figure of last week was made: for the carried ones, those that are still here."""
        codes = oracle.codes_at(self.record, street, self.last, year)
        return codes if year == YEAR else [each for each in codes if each in self.codes(None, year)]

    def change(self, codes: Sequence[str], before: Sequence[str]) -> str | None:
        """“The change of a percentage is given in 百分点 only”, of unrounded figures."""
        now, then = (
            oracle.progress(self.record, each, day, pending=True)["形象进度"][1:]
            for each, day in ((codes, self.day), (before, self.last))
        )
        if not now[1] or not then[1]:
            return None
        return oracle.shown((now[0] / now[1] - then[0] / then[1]) * 100, 1)

    def is_earlier(self, code: str) -> bool:
        """Its figures are of an earlier week: nothing moved in this one that anybody told."""
        told = oracle.latest(self.record, code, self.day, pending=True)
        done = oracle.is_passed(self.record.projects[code], "完工", self.day)
        return told is not None and told[0] != self.monday and not done

    def stage(self, code: str) -> str:
        project = self.record.projects[code]
        passed = [stage for gate, stage in STAGES.items() if oracle.is_passed(project, gate, self.day)]  # fmt: skip
        return passed[-1] if passed else "前期"


def compare_sheets(differences: Differences, record: Record, monday: date, streets: Sequence[str] = STREETS) -> None:  # fmt: skip
    """Every figure of the newest sheets of a week, the district's and those of streets: rows, streets, programmes, the
    whole; and what they were made of."""
    sheet = Sheet(record, monday)
    papers = Document.objects.filter(kind="dispatch_sheet", period_key=str(monday))
    newest = {paper.subject.code: paper for paper in papers.select_related("subject").order_by("version")}  # fmt: skip
    subjects = {street for street in STREETS if sheet.codes(street, YEAR) or oracle.expected(record, monday, street)}  # fmt: skip
    differences.look(monday, "sheets", {code for code in newest if code in STREETS}, subjects)
    for code, paper in newest.items():
        if code not in STREETS:
            _compare_sheet(differences, sheet, None, paper.snapshot)
        elif code in streets:
            _compare_sheet(differences, sheet, code, paper.snapshot)


def _compare_sheet(differences: Differences, sheet: Sheet, subject: str | None, told: Mapping[str, Any]) -> None:  # fmt: skip
    record, monday, day = sheet.record, sheet.monday, sheet.day
    where = ("sheet", monday, subject or "district")
    streets = [subject] if subject else STREETS
    years = [year for year in (YEAR, YEAR - 1) if sheet.codes(subject, year)]
    groups = {(year, street): codes for year in years for street in streets if (codes := sheet.codes(street, year))}  # fmt: skip
    said = {(group["year"], group["street_code"]): group for group in told["groups"]}
    differences.look(where, "rows", {key: [row["code"] for row in group["rows"]] for key, group in said.items()}, groups)  # fmt: skip
    for key in said.keys() & groups.keys():
        year, street = key
        codes, group = groups[key], said[key]
        compare_figures(differences, (*where, *key), group["figures"], figures_of(record, codes, day, pending=True))  # fmt: skip
        moved = None if all(map(sheet.is_earlier, codes)) else sheet.change(codes, sheet.before(street, year))  # fmt: skip
        look_at(differences, (*where, *key), "本周", group["progress_change"], moved)
        for row in group["rows"]:
            _compare_row(differences, (*where, row["code"]), sheet, row)
    parts = {part["year"]: part for part in told["parts"]}
    differences.look(where, "parts", sorted(parts), sorted(years) if years != [YEAR] else [])
    for year, part in parts.items():
        codes = sheet.codes(subject, year)
        compare_figures(differences, (*where, year), part["figures"], figures_of(record, codes, day, pending=True))  # fmt: skip
        moved = sheet.change(codes, sheet.before(subject, year))
        look_at(differences, (*where, year), "本周", part["progress_change"], moved)
    whole = [code for year in years for code in sheet.codes(subject, year)]
    compare_figures(differences, where, told["figures"], figures_of(record, whole, day, pending=True))  # fmt: skip
    before = [code for year in (YEAR, YEAR - 1) for code in sheet.before(subject, year)]
    look_at(differences, where, "本周", told["progress_change"], sheet.change(whole, before))
    _compare_inputs(differences, where, sheet, streets, told["inputs"])


def _compare_row(differences: Differences, where: Any, sheet: Sheet, row: Mapping[str, Any]) -> None:  # fmt: skip
    record, day, code = sheet.record, sheet.day, row["code"]
    project = record.projects[code]
    compare_figures(differences, where, row["figures"], figures_of_project(record, code, day, pending=True))  # fmt: skip
    was_there = oracle.is_in_scope(project, sheet.last)
    moved = None if sheet.is_earlier(code) or not was_there else sheet.change([code], [code])
    look_at(differences, where, "本周", row["progress_change"], moved)
    told = oracle.latest(record, code, day, pending=True)
    differences.look(where, "待核", row["is_pending"], told is not None and not told[2])
    workers = told[1].workers if told and told[0] == sheet.monday else None
    differences.look(where, "在场人数", row["workers_count"], workers)
    plan = oracle.plan_in_force(project, day)
    for name, said, counted in (
        ("计划开工", row["planned_start_on"], plan and plan.start_on),
        ("计划完工", row["planned_completion_on"], plan and plan.end_on),
        *(
            (gate, row[field], project.gates[gate][0] if oracle.is_passed(project, gate, day) else None)
            for gate, field in (("开工", "started_on"), ("完工", "completed_on"))
        ),
    ):  # fmt: skip
        told_day = date.fromisoformat(said["value"]) if said else None
        differences.look(where, name, told_day, counted)
    differences.look(where, "当前阶段", row["stage"], sheet.stage(code))


def _compare_inputs(differences: Differences, where: Any, sheet: Sheet, streets: Sequence[str], said: Sequence[Mapping[str, Any]]) -> None:  # fmt: skip
    """Of each street that had to report the version that counts, or that none does."""
    counted = {}
    for street in streets:
        if oracle.expected(sheet.record, sheet.monday, street):
            versions = sheet.record.return_of(sheet.monday, street).versions
            standing = [(n, each.standing) for n, each in enumerate(versions, start=1)]
            there = [each for each in standing if each[1] in {"submit", "review", "approve"}]
            counted[street] = (there[-1][0], there[-1][1] != "approve") if there else (0, False)
    told = {each["street_code"]: (each["version"], each["is_pending"]) for each in said}
    differences.look(where, "inputs", told, counted)


# -- the workbook of a sheet -------------------------------------------------------------------------
#: Columns of the workbook by header (and header above): the figure, and its decimals.
NUMBERS = {
    "楼栋": ("楼栋数", 0), "户数": ("户数", 0), "面积": ("建筑面积", 2), "计划投资": ("计划投资", 2),
    "到位资金": ("到位", 2), "完成投资": ("完成投资", 2), "投资完成率": ("投资完成率", 1), "支付率": ("支付率", 1),
    "累计": ("形象进度", 1), "序时进度": ("序时进度", 1), "偏差": ("偏差", 1),
}  # fmt: skip


def compare_workbook(differences: Differences, hands: Hands, record: Record, monday: date, address: str) -> None:  # fmt: skip
    """The workbook of an issued sheet of the district, made as the worker makes it and fetched from its page."""
    (pk,) = re.findall(r"/papers/(\d+)/", address)
    render(Rendition.objects.get(document=pk, format="xlsx").pk)
    given = hands.person("leader").get(f"{address}files/xlsx/")
    assert given.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(given.streaming_content)))  # type: ignore[attr-defined]
    lines = book.get_sheet_by_name("周调度表").to_python(skip_empty_area=False)
    head = next(number for number, line in enumerate(lines) if line[0] == "序号")
    names = [str(below or above or "").partition("（")[0].partition("(")[0].strip() for above, below in zip(lines[head], lines[head + 1], strict=True)]  # fmt: skip
    sheet, day = Sheet(record, monday), monday + 6 * oracle.DAY
    rows: dict[str, dict[str, Any]] = {}
    for line in lines[head + 2 :]:
        cells = dict(zip(names, line, strict=True))
        label = cells["项目编号"] or cells["项目名称"]
        if label:
            rows[str(label)] = cells
    codes = {code: [code] for year in (YEAR, YEAR - 1) for code in sheet.codes(None, year)}
    known = codes | {"合计": [*codes]}
    own = {street: sheet.codes(street, YEAR) for street in STREETS}
    if len(known["合计"]) == len(sheet.codes(None, YEAR)):
        known |= {f"{NAMES[street]}小计": members for street, members in own.items() if members}
    else:
        known |= {f"{YEAR}年度小计": sheet.codes(None, YEAR), f"{YEAR - 1}年度结转小计": sheet.codes(None, YEAR - 1)}  # fmt: skip
    where = ("workbook", monday)
    differences.look(where, "rows", known.keys() - rows.keys(), set())
    for label, members in known.items():
        figures = figures_of(record, members, day, pending=True)
        for header, (name, places) in NUMBERS.items():
            cell = rows[label][header]
            said = None if cell in {None, "", "—"} else oracle.shown(Fraction(str(cell)), places)
            differences.look((*where, label), header, said, figures.get(name, (None,))[0])
        lights = [oracle.light(record, code, day, pending=True)[0] for code in members]
        marks = MARKS[lights[0]] if label in codes else _marks(lights)
        differences.look((*where, label), "亮灯", rows[label]["亮灯"], marks)


def _marks(lights: Sequence[str]) -> str:
    counts = {mark[0]: lights.count(word) for word, mark in MARKS.items()}
    return " ".join(f"{symbol}{count}" for symbol, count in counts.items() if count)


# -- the bulletin ------------------------------------------------------------------------------------
RETURNS = ("报送率", "及时率", "待报", "未报", "更正率")


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


def compare_bulletin(differences: Differences, record: Record, paper: Document, quarter: tuple[date, date], now: datetime) -> None:  # fmt: skip
    """Every figure of the snapshot, as it would be shown, at the end of the quarter, and at the end of that before."""
    told, where = paper.snapshot, paper.title
    day, earlier = quarter[1], quarter[0] - oracle.DAY
    _compare_place(differences, record, where, None, told, quarter, now)
    places = {
        street: codes for street in STREETS if (codes := oracle.codes_at(record, street, day))
    }
    streets = {each["code"]: each for each in told["streets"]}
    differences.look(where, "streets", sorted(streets), sorted(places))
    for code, each in streets.items():
        _compare_place(differences, record, where, code, each, quarter, now)
        missing = _unreported(record, code, quarter, now)
        differences.look((where, code), "未报周次", each["missing_weeks"], missing)
        late = oracle_rows.late_kinds(record, [code], *quarter, day, now)
        words = "、".join(f"{word} {count}" for word, count in late)
        differences.look((where, code), "迟报原因", each["late_reasons"], words)
        differences.look((where, code), "projects", [row["code"] for row in each["projects"]], sorted(places[code]))  # fmt: skip
        for row in each["projects"]:
            known = figures_of_project(record, row["code"], day, pending=False)
            compare_figures(differences, (where, row["code"]), row["figures"], known)
    ranks = oracle.ranks(record, STREETS, day)
    said_ranks = {code: str(each["place"]) for code, each in streets.items() if each["place"]}
    differences.look(where, "名次", said_ranks, ranks)
    differences.ranked.add(("通报", tuple(sorted(ranks.values()))))
    before = oracle.codes_at(record, None, earlier)
    differences.look(where, "quarter before", bool(told["before"]), bool(before))
    _compare_carried(differences, record, where, day, told)
    _compare_waived(differences, record, where, quarter, told)


def _compare_place(differences: Differences, record: Record, where: str, street: str | None, told: Mapping[str, Any], quarter: tuple[date, date], now: datetime) -> None:  # fmt: skip
    day, earlier = quarter[1], quarter[0] - oracle.DAY
    codes = oracle.codes_at(record, street, day)
    known = figures_of(record, codes, day, pending=False)
    compare_figures(differences, (where, street), told["figures"], known)
    if before := oracle.codes_at(record, street, earlier):
        known = figures_of(record, before, earlier, pending=False)
        compare_figures(differences, (where, street, "before"), told["before"], known)
    counted = oracle.returns(record, [street] if street else STREETS, *quarter, day, now)
    known = {name: counted[name] for name in RETURNS}
    compare_figures(differences, (where, street), told["returns"], known)


def _unreported(record: Record, street: str, quarter: tuple[date, date], now: datetime) -> list[str]:  # fmt: skip
    """The weeks for which nothing came in time, those in a row as one."""
    weeks: list[list[date]] = []
    for monday, _, told, _, closes_at in oracle.asked_returns(record, [street], *quarter, quarter[1]):  # fmt: skip
        if oracle.stands_at(told, min(closes_at, now)):
            continue
        if weeks and weeks[-1][-1] == monday - 7 * oracle.DAY:
            weeks[-1].append(monday)
        else:
            weeks.append([monday])
    return [_span(run) for run in weeks]


def _span(run: Sequence[date]) -> str:
    first, last = run[0], run[-1] + 6 * oracle.DAY
    numbers = [f"第{monday.isocalendar().week}周" for monday in (run[0], run[-1])]
    label = numbers[0] if len(run) == 1 else "至".join(numbers)
    return f"{label}（{first.month}月{first.day}日—{last.month}月{last.day}日）"


def _compare_carried(differences: Differences, record: Record, where: str, day: date, told: Mapping[str, Any]) -> None:  # fmt: skip
    """“Carry-over projects … report too”: the last week that was over at the end of the quarter names them."""
    sunday = max(day - n * oracle.DAY for n in range(7) if (day - n * oracle.DAY).weekday() == 6)
    count = len(oracle.carried(record, sunday - 6 * oracle.DAY))
    passages = {each["key"]: each["text"] for each in told["passages"]}
    said = re.findall(r"仍按周报送的项目(\d+)个", passages.get("carried", ""))
    differences.look(where, "结转", said, [str(count)] if count else [])


def _compare_waived(differences: Differences, record: Record, where: str, quarter: tuple[date, date], told: Mapping[str, Any]) -> None:  # fmt: skip
    """The waivers that held in the quarter, and how many approved rows each spared a reason."""
    counted = {}
    for waiver in record.waivers:
        if waiver.first <= quarter[1] and waiver.last >= quarter[0]:
            counted[waiver.project, waiver.rule] = oracle_rows.weeks_spared(
                record, waiver, *quarter
            )
    said = {(each["project_code"], each["rule"]): each["use_count"] for each in told["waived"]}
    differences.look(where, "豁免", said, counted)
