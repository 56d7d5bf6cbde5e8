"""How the year begins: the programme, its projects by the roster, targets, money and gates from before the portal."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from projects.funding.models import FundingSource
from renovation.core.calendar import SHANGHAI
from tests.factories.accounts import STREETS

from .hands import Hands, add_rows, columns_of
from .reading import form_of
from .record import Money, Plan, Project, Record, Return, Row, Version

YEAR = 2026
#: The year whose programme was not done in time: its projects are carried over.
PAST = 2025
#: The first Monday of the portal; the week before it and the one before that come from the bureau's old sheets.
FIRST = date(2025, 12, 29)
BEGINS = date(2025, 12, 15)
SET_UP = datetime(2025, 12, 28, 9, tzinfo=SHANGHAI)
PROGRAMMED = {YEAR: date(2025, 12, 12), PAST: date(2025, 2, 20)}
PLANNED = {YEAR: date(2025, 12, 20), PAST: date(2025, 3, 5)}
TARGETED = {YEAR: date(2025, 12, 22), PAST: date(2025, 3, 12)}
SOURCES = {"central": "中央财政补助", "own": "区级配套", "loan": "城投自筹"}
NAMES = dict(STREETS)


@dataclass(frozen=True)
class Given:
    """A project as the roster names it: estates (buildings, households, ㎡), plan (start, end, 万元), months with
    their targets in percent."""

    street: str
    name: str
    estates: tuple[tuple[int, int, str], ...]
    plan: tuple[date, date, str] | None
    targets: Mapping[str, str]


PROJECTS = {
    "ZC2026-01": Given("banyanglu", "文昌园小区", ((6, 212, "17100.50"), (4, 130, "10400.25")),
        (date(2025, 11, 10), date(2026, 12, 10), "880.00"),
        {"2025-12": "6.0", "2026-03": "25.5", "2026-05": "48.0", "2026-08": "80.0", "2026-10": "93.5"}),
    "ZC2026-02": Given("banyanglu", "齐纺一宿舍", ((5, 164, "13900.40"),),
        (date(2025, 10, 20), date(2026, 8, 31), "410.50"),
        {"2025-12": "12.5", "2026-02": "22.0", "2026-05": "61.3", "2026-07": "90.0"}),
    "ZC2026-03": Given("songlinglu", "柳泉小区", ((7, 230, "19850.00"),),
        (date(2026, 1, 12), date(2026, 11, 20), "600.00"),
        {"2026-01": "1.0", "2026-03": "20.0", "2026-06": "55.7", "2026-09": "88.1"}),
    "ZC2026-04": Given("songlinglu", "建材一宿舍", ((3, 96, "8015.35"),),
        (date(2026, 3, 2), date(2026, 12, 20), "205.55"), {"2026-04": "15.0", "2026-07": "50.0"}),
    "ZC2026-05": Given("songlinglu", "松龄东苑", ((4, 124, "10300.10"),),
        (date(2026, 4, 15), date(2027, 1, 31), "333.33"), {"2026-06": "18.0", "2026-12": "91.0"}),
    "ZC2026-06": Given("zhonglou", "钟楼西里", ((9, 342, "29900.90"), (2, 60, "5000.05")),
        (date(2026, 2, 23), date(2026, 10, 30), "950.00"),
        {"2026-02": "0.5", "2026-04": "30.0", "2026-06": "58.8", "2026-08": "84.9"}),
    "ZC2026-07": Given("zhonglou", "钟楼新村", ((3, 88, "7200.20"),), None, {}),
    "ZC2025-01": Given("songlinglu", "松龄西苑", ((4, 140, "11800.60"),),
        (date(2025, 4, 10), date(2025, 12, 20), "310.00"),
        {"2025-06": "22.2", "2025-09": "66.6"}),
    "ZC2025-02": Given("zhonglou", "钟楼北里", ((3, 102, "8450.75"),),
        (date(2025, 5, 6), date(2026, 6, 30), "222.22"), {"2025-12": "70.0"}),
}  # fmt: skip
#: Gates passed before the portal: project, gate, day.
OPENED = (
    ("ZC2026-01", "列入计划", date(2025, 11, 3)), ("ZC2026-01", "开工", date(2025, 11, 10)),
    ("ZC2026-02", "列入计划", date(2025, 10, 15)), ("ZC2026-02", "开工", date(2025, 10, 22)),
    ("ZC2025-01", "列入计划", date(2025, 2, 20)), ("ZC2025-01", "开工", date(2025, 4, 14)),
    ("ZC2025-02", "列入计划", date(2025, 2, 20)), ("ZC2025-02", "开工", date(2025, 5, 12)),
)  # fmt: skip
#: Planned money in 万元 by project and source.
PURSE = {
    ("ZC2026-01", "central"): "500.00", ("ZC2026-01", "own"): "300.00",
    ("ZC2026-02", "central"): "220.25", ("ZC2026-02", "loan"): "180.00",
    ("ZC2026-03", "central"): "400.00", ("ZC2026-04", "own"): "190.55",
    ("ZC2026-05", "loan"): "300.01", ("ZC2026-06", "central"): "600.00", ("ZC2026-06", "own"): "333.33",
    ("ZC2025-01", "central"): "260.00", ("ZC2025-02", "central"): "200.02",
}  # fmt: skip
#: Money from before the portal: project, source, stage, 万元, day.
OLD_MONEY = (
    ("ZC2026-01", "central", "下达", "200.00", date(2025, 11, 3)),
    ("ZC2026-01", "central", "到位", "120.50", date(2025, 11, 20)),
    ("ZC2026-01", "central", "到位", "40.00", date(2025, 12, 8)),
    ("ZC2026-01", "central", "拨付", "60.00", date(2025, 12, 10)),
    ("ZC2026-01", "central", "支付", "33.33", date(2025, 12, 18)),
    ("ZC2026-02", "loan", "下达", "100.00", date(2025, 10, 15)),
    ("ZC2026-02", "loan", "到位", "90.00", date(2025, 10, 30)),
    ("ZC2026-02", "loan", "拨付", "90.00", date(2025, 11, 12)),
    ("ZC2025-01", "central", "下达", "250.00", date(2025, 3, 20)),
    ("ZC2025-01", "central", "到位", "140.40", date(2025, 4, 28)),
    ("ZC2025-01", "central", "拨付", "99.90", date(2025, 6, 5)),
    ("ZC2025-01", "central", "支付", "88.80", date(2025, 7, 11)),
    ("ZC2025-02", "central", "下达", "120.00", date(2025, 3, 20)),
)
#: Weeks from before the portal: project, Monday, percent, 万元.
OLD_WEEKS = (
    ("ZC2026-01", date(2025, 12, 15), "4.0", "30.00"),
    ("ZC2026-02", date(2025, 12, 15), "9.5", "35.10"),
    ("ZC2026-01", date(2025, 12, 22), "4.8", "36.25"),
    ("ZC2026-02", date(2025, 12, 22), "11.0", "40.00"),
    ("ZC2025-01", date(2025, 12, 22), "84.2", "251.30"),
    ("ZC2025-02", date(2025, 12, 22), "61.0", "120.10"),
)


def fen(wanyuan: str) -> int:
    return int(Decimal(wanyuan) * 1_000_000)


def tenths(percent: str) -> int:
    return int(Decimal(percent) * 10)


def centi(sqm: str) -> int:
    return int(Decimal(sqm) * 100)


def month_end(key: str) -> date:
    year, month = map(int, key.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1])


def begin(hands: Hands, record: Record) -> None:
    """Everything up to the eve of the first week, through the pages of the bureau."""
    hands.at(SET_UP)
    hands.fill(
        "admin", "/console/settings/ledger.entry.review_required/", "reason", value="否",
        organisation=str(hands.district.bureau.pk), effective_on="2025-12-01", reason="本年不单独联审",
    )  # fmt: skip
    for year in (PAST, YEAR):
        hands.post("bureau", "/ledger/programmes/new/", {
            "year": str(year), "name": f"淄川区{year}年老旧小区改造计划", "approved_on": str(PROGRAMMED[year]),
            "document_number": f"淄建发〔{PROGRAMMED[year].year}〕90号",
        })  # fmt: skip
        _roster(hands, record, year)
        _targets(hands, record, year)
    _sources_and_purse(hands, record)
    for year in (PAST, YEAR):
        _old_money(hands, record, year)
        _old_gates(hands, record, year)
    hands.at(datetime(2025, 12, 29, 8, tzinfo=SHANGHAI))
    for year in (PAST, YEAR):
        _old_weeks(hands, record, year)


def year_of(code: str) -> int:
    """The year of the programme that a project's code names."""
    return int(code[2:6])


def _of(year: int) -> dict[str, Given]:
    return {code: given for code, given in PROJECTS.items() if year_of(code) == year}


def _roster(hands: Hands, record: Record, year: int) -> None:
    rows: list[dict[str, Any]] = []
    for code, given in _of(year).items():
        for number, (buildings, households, sqm) in enumerate(given.estates):
            row: dict[str, Any] = {
                "街道": NAMES[given.street], "项目编号": code, "项目名称": given.name,
                "小区": f"{given.name}{'东西'[number]}区", "地址": "般阳路 1 号", "建成年份": 1996,
                "楼栋数": buildings, "户数": households, "建筑面积(㎡)": float(sqm), "改造类型": "基础完善型",
            }  # fmt: skip
            if given.plan is not None and not number:
                start, end, investment = given.plan
                row |= {"计划开工": start, "计划完工": end, "计划投资(万元)": float(investment)}
            rows.append(row)
    hands.bring("bureau", f"/ledger/programmes/{year}/roster/", add_rows("项目编号", rows))
    excuse_entries(hands, year)
    _approve_drafts(hands, year, "entry", PLANNED[year])
    for code, given in _of(year).items():
        estates = [(b, h, centi(sqm)) for b, h, sqm in given.estates]
        stays = [(date.min, given.street)]
        record.projects[code] = Project(year, PROGRAMMED[year], FIRST, stays, estates)
        _planned(record, code, PLANNED[year], {})


def _planned(record: Record, code: str, approved_on: date, targets: Mapping[str, str]) -> None:
    """A version of the plan as the roster gives it, with the months that are known."""
    if (given := PROJECTS[code].plan) is not None:
        start, end, investment = given
        project = record.projects[code]
        area = sum(estate[2] for estate in project.estates)
        months = {month_end(key): tenths(value) for key, value in targets.items()}
        project.plans.append(Plan(approved_on, start, end, fen(investment), area, months))


def _targets(hands: Hands, record: Record, year: int) -> None:
    rows = [
        {"项目编号": code, "月份": month, "累计目标(%)": float(percent), "调整原因": "攻坚图"}
        for code, given in _of(year).items()
        for month, percent in given.targets.items()
    ]
    hands.bring("bureau", f"/ledger/programmes/{year}/lists/targets/", add_rows("项目编号", rows))
    _approve_drafts(hands, year, "baseline", TARGETED[year])
    for code, given in _of(year).items():
        _planned(record, code, TARGETED[year], given.targets)


def excuse_entries(hands: Hands, year: int) -> None:
    """What was not put before the households is entered by an exception, approved with the entry."""
    hands.fill(
        "bureau", f"/ledger/programmes/{year}/drafts/exceptions/", "asked",
        reason="区政府会议同意先列入", document_number=f"淄政会〔{year}〕6号",
    )  # fmt: skip


def _approve_drafts(hands: Hands, year: int, what: str, on: date) -> None:
    hands.fill(
        "reviewer", f"/ledger/programmes/{year}/drafts/", what,
        approved_on=str(on), document_number=f"淄建发〔{on.year}〕91号",
    )  # fmt: skip


def _sources_and_purse(hands: Hands, record: Record) -> None:
    for code in ("own", "loan"):  # the first is there from the beginning
        typed = {"code": code, "name": SOURCES[code], "order": "60", "is_fiscal": "on"}
        hands.post("bureau", "/funding/sources/new/", typed)
    numbers = {row.code: row.pk for row in FundingSource.objects.all()}
    for code in PROJECTS:
        typed = {
            f"planned-{numbers[source]}": wanyuan
            for (project, source), wanyuan in PURSE.items()
            if project == code
        }
        if typed:
            hands.fill("bureau", f"/funding/{code}/plans/", "seen", **typed)
    record.planned |= {key: fen(wanyuan) for key, wanyuan in PURSE.items()}


def _old_money(hands: Hands, record: Record, year: int) -> None:
    old = [row for row in OLD_MONEY if year_of(row[0]) == year]
    rows = [
        {"序号": number, "项目编号": code, "资金来源": SOURCES[source], "环节": stage,
         "金额(万元)": float(wanyuan), "日期": day, "文号": f"旧账{number}号"}
        for number, (code, source, stage, wanyuan, day) in enumerate(old, start=1)
    ]  # fmt: skip
    hands.bring("bureau", f"/funding/opening/{year}/", add_rows("项目编号", rows))
    seen = form_of(hands.see("reviewer", "/funding/pending/"), "seen")
    hands.post("reviewer", "/funding/pending/openings/", seen)
    for code, source, stage, wanyuan, day in old:
        record.money.append(Money(code, source, stage, fen(wanyuan), day, is_approved=True))


def _old_gates(hands: Hands, record: Record, year: int) -> None:
    old = [row for row in OPENED if year_of(row[0]) == year]
    rows = [
        {"项目编号": code, "关口": gate, "实际日期": day, "期初": "是"} for code, gate, day in old
    ]
    hands.bring("bureau", f"/ledger/programmes/{year}/lists/gates/", _into_empty(rows))
    hands.fill("reviewer", f"/ledger/programmes/{year}/openings/", "opening")
    for code, gate, day in old:
        record.projects[code].gates[gate] = (day, True)


def _into_empty(rows: list[dict[str, Any]]) -> Any:
    """Of the list that holds every gate, only the rows that somebody fills in are sent."""

    def change(book: Any) -> None:
        sheet = book.worksheets[0]
        add = add_rows("项目编号", rows)
        head, _ = columns_of(sheet, "项目编号")
        sheet.delete_rows(head + 1, sheet.max_row)
        add(book)

    return change


def _old_weeks(hands: Hands, record: Record, year: int) -> None:
    old = [row for row in OLD_WEEKS if year_of(row[0]) == year]
    rows = [
        {"序号": number, "项目编号": code, "周一日期": monday, "累计形象进度(%)": float(percent),
         "累计完成投资(万元)": float(wanyuan)}
        for number, (code, monday, percent, wanyuan) in enumerate(old, start=1)
    ]  # fmt: skip
    path = f"/weekly/opening/{year}/"
    hands.bring("bureau", path, add_rows("项目编号", rows))
    told = form_of(hands.see("reviewer", path), "told")
    hands.post("reviewer", f"{path}approve/", told)
    for code, monday, percent, wanyuan in old:
        street = PROJECTS[code].street
        kept = record.returns.setdefault((monday, street), Return([Version()]))
        kept.versions[0].rows[code] = Row(tenths(percent), fen(wanyuan))
        kept.versions[0].acts = [(hands.now, "approve")]
