"""Workbooks that must not be taken as they are: one fault each or a few, and exactly where it must be told.

A row of the tables is one workbook: the soundly filled one of ``scene`` with something spoiled. ``told`` are the
(cell, code) of everything that may be found beside what the sound workbook says of itself, no more and no less.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.workbooks.scene import FIRST_ROW, LETTERS, put

Spoil = Callable[[Any], None]
Told = tuple[tuple[str, str], ...]
LAST_ROW = FIRST_ROW + 6


@dataclass(frozen=True)
class Faulty:
    """``alters`` changes the bytes of the saved workbook, for what openpyxl does not write. ``start`` is where the
    claimed start stands, of which W304 is told; "" where it is not. A refused file tells its one fault alone."""

    name: str
    told: Told
    spoil: Spoil = lambda book: None
    alters: Callable[[bytes], bytes] | None = None
    start: str = "P10"
    refused: bool = False


#: code, the cells that are tried, what is written in each.
WRITTEN: tuple[tuple[str, tuple[str, ...], tuple[Any, ...]], ...] = (
    ("W102", ("I5", "J9"), ("98.5O", "l8.5", "约45", "暂无", "45.5.5", "4 5", "五十", "45％左右", "--45", "4,55", "#", "45。5")),
    ("W102", ("J9",), ("98.5亿元", "约98.5万元", "985千元", "万元", "98%", "￥98.5", "1e3", True, date(2025, 9, 1))),
    ("W102", ("I5",), ("72.6个百分点", "1/2", "72.6～73", True)),
    ("W102", ("O5",), ("12个", "十二人", "十二", "12～15", "12%", "约12", "1.2.3")),
    ("W105", ("I5",), (72.65, "72.65", "７２．６５", 0.453, "72.65%")),
    ("W105", ("J5",), (326.405, "326.405", "326.4001", "326.405万元", "3264050元", "3264000.5元")),
    ("W105", ("O5",), (12.5, "12.5", "１２．５", "12.5人")),
    ("W106", ("I5", "J5", "O5"), (-1, "-1", "－1", "−1")),
    ("W107", ("I5",), (101, "101", "100.1", "１０１％", 1000)),
    ("W107", ("J5",), (3264000, "3,264,000.00", "3264000万元", 1e15)),
    ("W107", ("O5",), (100000, "100,000")),
    ("W108", ("K5", "L5", "M6", "N7", "S8"), ("长" * 501,)),
    ("W109", ("R5", "R11"), ("√", "有", "Y", "1", "无", "是的", "○", True)),
    ("W112", ("K5", "L6", "N7"), ("外墙完成\U0001f600", "进场\U0001f477")),
    ("W131", ("P10",), ("2025年9月31日", "2025-2-30", "2025-13-1", "20250931", "2025.9.0")),
    ("W132", ("P10",), ("九月中旬", "9月16日", "2025年9月", "2025-9", "16/9/2025", "待定", "二〇二五年九月十六日", True)),
    ("W133", ("P10",), (5, "1", "9.16", date(1999, 12, 31), "2101-1-1", "1899-9-16")),
)  # fmt: skip

#: Cells that a fault makes unread, so that what rests on them is not told: the claimed start.
_START_CODES = {"W131", "W132", "W133"}


def _written() -> Iterator[Faulty]:
    for code, cells, writings in WRITTEN:
        start = "" if code in _START_CODES else "P10"
        for cell in cells:
            for number, written in enumerate(writings, 1):
                yield Faulty(f"{code} {cell} {str(written)[:12]!r} {number}", ((cell, code),), put(**{cell: written}), start=start)  # fmt: skip


def _with_cached(cell: str, formula: str, value: str) -> Callable[[bytes], bytes]:
    """The cell as a program stores a formula with the value that it last had."""

    def alter(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        text = parts["xl/worksheets/sheet1.xml"].decode()
        found = re.search(rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)', text)
        assert found is not None
        cached = f'<c r="{cell}"><f>{formula}</f><v>{value}</v></c>'
        parts["xl/worksheets/sheet1.xml"] = text.replace(found[0], cached).encode()
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return stream.getvalue()

    return alter


#: cell, formula, the value that the program kept.
FORMULAS: tuple[tuple[str, str, str], ...] = (
    ("I5", "G5+3.6", "72.6"), ("I6", "45", "45"), ("I9", "ROUND(30.24,1)", "30.2"), ("J5", "H5+18.2", "326.4"),
    ("J7", "SUM(H7,8.4)", "184.8"), ("O5", "6*2", "12"),
)  # fmt: skip
#: cell, what the program shows instead of a number.
ERRORS = (
    ("I5", "#N/A"),
    ("J6", "#N/A"),
    ("I7", "#DIV/0!"),
    ("J8", "#REF!"),
    ("J9", "#VALUE!"),
    ("O5", "#NAME?"),
)


def _merged(area: str) -> Spoil:
    return lambda book: book["周报"].merge_cells(area)


def _deleted(*rows: int) -> Spoil:
    def spoil(book: Any) -> None:
        for row in sorted(rows, reverse=True):
            book["周报"].delete_rows(row)

    return spoil


def _without(letter: str) -> Spoil:
    def spoil(book: Any) -> None:
        sheet = book["周报"]
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.delete_cols(list(LETTERS.values()).index(letter) + 1)

    return spoil


def _all_gone(book: Any) -> None:
    book["周报"].delete_rows(FIRST_ROW, 7)


def _twice(book: Any) -> None:
    book.copy_worksheet(book["周报"]).title = "周报（2）"


def _hidden(book: Any) -> None:
    book.create_sheet("其他")
    book["周报"].sheet_state = "hidden"


def _portal(name: str, value: str) -> Spoil:
    def spoil(book: Any) -> None:
        for row in book["_portal"].iter_rows(max_col=2):
            if row[0].value == name:
                row[1].value = value

    return spoil


def _rows(**faults: str) -> Told:
    return tuple(faults.items())


#: name, the faults, what is done to the sheet.
SPOILED: tuple[Faulty, ...] = (
    *(Faulty(f"公式 {cell}", ((cell, "W103"),), alters=_with_cached(cell, formula, value)) for cell, formula, value in FORMULAS),
    *(Faulty(f"没有算过的公式 {cell}", ((cell, "W103"),), put(**{cell: f"={formula}"})) for cell, formula, _ in FORMULAS),
    *(Faulty(f"错误值 {cell}", ((cell, "W104"),), put(**{cell: value})) for cell, value in ERRORS),
    Faulty("比率没有写成百分数", (("I6", "W105"),), put(I6=0.45)),
    Faulty("进度未填", (("I5", "W101"),), put(I5=None)),
    Faulty("投资未填", (("J7", "W101"),), put(J7=None)),
    Faulty("只填了空格", (("K6", "W101"),), put(K6="　 ")),
    Faulty("三格未填", (("I6", "W101"), ("J6", "W101"), ("K6", "W101")), put(I6=None, J6=None, K6=None)),
    *(Faulty(f"锁定列改动 {cell}", ((cell, "W111"),), put(**{cell: value})) for cell, value in (
        ("B5", "柳泉花园"), ("D6", "别的小区"), ("E5", date(2025, 3, 2)), ("F7", "2025-12-31"), ("G5", 60), ("H6", "171.60"), ("G8", "上周三十三"),
    )),
    Faulty("街道改动", (("C6", "W111"), ("C6", "W143")), put(C6="钟楼街道")),
    *(Faulty(f"合并 {area}", told, _merged(area)) for area, told in (
        ("K5:K6", (("A5", "W110"), ("A6", "W110"))),
        ("L5:M5", (("A5", "W110"),)),
        ("L7:L9", (("A7", "W110"), ("A8", "W110"), ("A9", "W110"))),
        ("B5:B6", (("A5", "W110"), ("A6", "W110"))),
        ("B7:D8", (("A7", "W110"), ("A8", "W110"))),
    )),
    Faulty("开工晚于本周", (("P10", "W134"),), put(P10=date(2025, 9, 25)), start=""),
    Faulty("完工晚于本周", (("Q5", "W135"), ("I5", "W161")), put(Q5=date(2025, 9, 25))),
    Faulty("完工而不到 100", (("Q5", "W304"), ("I5", "W161")), put(Q5=date(2025, 9, 18))),
    Faulty("没有编号", (("A5", "W141"), ("", "W041")), put(A5=None)),
    Faulty("编号不在台账", (("A5", "W142"), ("", "W041")), put(A5="ZC2025-99")),
    Faulty("编号写错一位", (("A9", "W142"), ("", "W041")), put(A9="ZC2025-1O")),
    Faulty("别街道的项目", (("A5", "W143"), ("", "W041")), put(A5="ZC2025-01", B5=None, D5=None)),
    Faulty("同一项目两行", (("A5", "W144"), ("A12", "W144")), put(A12="ZC2025-06", I12=72.6, J12=326.4, K12="外墙保温")),
    Faulty("少一个项目", (("", "W041"),), _deleted(11)),
    Faulty("少两个项目", (("", "W041"), ("", "W041")), _deleted(8, 11), start="P9"),
    Faulty("无变化却有变化", (("I5", "W151"),), put(R5="是", J5=None)),
    Faulty("无变化而投资不同", (("J5", "W151"),), put(R5="是", I5=None)),
    Faulty("进度减少", (("I8", "W201"),), put(I8=33)),
    Faulty("投资减少", (("J8", "W202"),), put(J8=120)),
    Faulty("都减少", (("I8", "W201"), ("J8", "W202")), put(I8=33, J8=120)),
    Faulty("进度猛增", (("I7", "W211"),), put(I7=61)),
    Faulty("刚过 10 个百分点", (("I7", "W211"),), put(I7=58.3)),
    Faulty("投资超计划", (("J5", "W212"),), put(J5=500.01)),
    Faulty("千分位的超计划", (("J5", "W212"),), put(J5="１，３２６．４０")),
    Faulty("有进度没有开工日期", (("P10", "W301"),), put(P10=None), start=""),
    Faulty("开工日期与台账不同", (("P5", "W303"),), put(P5="2025-3-5")),
    Faulty("几处一起错", (("I6", "W103"), ("I7", "W211"), ("I8", "W201"), ("J9", "W102"), ("P10", "W131")), put(I6="=G6+3", I7=61, I8=33, J9="98.5O", P10="2025年9月31日"), start=""),
    *(Faulty(f"缺 {letter} 列", (("", "W025"),), _without(letter), refused=True) for letter in "IJK"),
    Faulty("没有编号列", (("", "W021"),), _without("A"), refused=True),
    Faulty("表头改名", (("", "W025"),), put(K4="完成情况"), refused=True),
    Faulty("两个表头改名", (("", "W025"),), put(I4="形象进度", K4="完成情况"), refused=True),
    Faulty("两列同名", (("", "W024"),), put(M4="下周 计划"), refused=True),
    Faulty("编号列两个", (("", "W024"),), put(T4="项目编号"), refused=True),
    *(Faulty(f"表头合并 {area}", (("", "W023"),), _merged(area), refused=True) for area in ("I4:J4", "K4:K5")),
    Faulty("表头的编号并进标题", (("", "W021"),), _merged("A3:A4"), refused=True),
    Faulty("没有数据", (("", "W026"),), _all_gone, refused=True),
    Faulty("两张一样的表", (("", "W022"),), _twice, refused=True),
    Faulty("周报表隐藏了", (("", "W021"),), _hidden, refused=True),
    *(Faulty(f"校验信息 {name} 改动", (("", "W033"),), _portal(name, value), refused=True) for name, value in (
        ("week_start", "2025-09-22"), ("street", "banyanglu"), ("version", "9"), ("checksum", "0" * 64), ("generated_at", ""),
    )),
)  # fmt: skip

FAULTY: tuple[Faulty, ...] = (*_written(), *SPOILED)
