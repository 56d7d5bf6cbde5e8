"""Workbooks that must be taken as they are: what people and programs write, and what it must be read as.

A row of the tables is one workbook: the soundly filled one of ``scene`` with one thing written or arranged
otherwise. Everything else must be read as before, and nothing may be found but what the case names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from tests.workbooks.scene import FIRST_ROW, HEADER_ROW, LETTERS, put

Spoil = Callable[[Any], None]
LAST_ROW, WIDTH = FIRST_ROW + 6, len(LETTERS)
#: The cell with the claimed start, of which W304 is always told.
START = "P10"


@dataclass(frozen=True)
class Sound:
    """``reads``: what stands otherwise than in the soundly filled workbook, by project and field. ``notices`` are
    the (cell, code) of notices beside that of the week before; ``start`` is where the claimed start stands."""

    name: str
    spoil: Spoil
    reads: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    notices: frozenset[tuple[str, str]] = frozenset()
    start: str = START
    #: Fields that are not read then.
    lacks: tuple[str, ...] = ()


#: cell, project, field, what must be read, and every way of writing it.
WRITTEN: tuple[tuple[str, str, str, Any, tuple[Any, ...]], ...] = (
    (
        "I5", "ZC2025-06", "progress_percent", Decimal("72.6"),
        (
            "72.6", "72.60", "72.600", "+72.6", " 72.6", "72.6 ", "　72.6　", "72.6\n", "\t72.6", "７２．６", "７２.６", "72．6",
            "72.6%", "72.6 %", "７２．６％", "72.6％", "072.6", 72.6, 72.60000000000001, "\u00a072.6",
        ),
    ),
    ("I6", "ZC2025-07", "progress_percent", Decimal("45.0"), (45, 45.0, "45", "45.0", "４５", "45%", "４５％", "45.00", "+45", " 45 ")),
    ("I10", "ZC2025-11", "progress_percent", Decimal("2.0"), (2, "2", "２", "2%", "2.0", "02", "２．０％", " 2.0% ")),
    (
        "J5", "ZC2025-06", "completed_investment", Decimal("326.40"),
        ("326.4", "326.40", "326.400", "３２６．４", "３２６．４０", " 326.40 ", "+326.4", 326.4, 326.40000000000003, "0326.40", "　326.4"),
    ),
    ("J6", "ZC2025-07", "completed_investment", Decimal("178.00"), (178, "178", "１７８", "178.0", "178.00", 178.0, "178 ")),
    ("O5", "ZC2025-06", "workers_count", 12, ("12", "１２", " 12 ", 12.0, "12.0", "+12", "012", "　12")),
    ("O6", "ZC2025-07", "workers_count", 1200, (1200, "1,200", "１，２００", "1200")),
    ("O11", "ZC2025-12", "workers_count", 0, (0, "0", "０", 0.0)),
    (
        "P10", "ZC2025-11", "claimed_start_on", date(2025, 9, 16),
        (
            "2025-9-16", "2025-09-16", "2025.9.16", "2025.09.16", "2025/9/16", "2025/09/16", "2025年9月16日", "2025年09月16日",
            "20250916", "２０２５－９－１６", "２０２５年９月１６日", "２０２５．９．１６", "2025 年 9 月 16 日", " 2025-9-16 ", "2025-09-16 08:30",
            "2025-09-16 08:30:00", "2025-09-16T08:30:00", date(2025, 9, 16), datetime(2025, 9, 16), datetime(2025, 9, 16, 8, 30),
            45916, 45916.35, "45916", "2025-9-16\n",
        ),
    ),
    ("R11", "ZC2025-12", "is_unchanged", True, ("是", " 是", "是 ", "　是　", "是\n")),
    ("K5", "ZC2025-06", "work_done", "外墙保温完成", ("外墙保温完成", " 外墙保温完成 ", "外墙保温完成\n", "　外墙保温完成", "\t外墙保温完成")),
    ("K6", "ZC2025-07", "work_done", "120", (120, "120", " 120 ")),
    ("K7", "ZC2025-08", "work_done", "管沟回填 120 m³，Φ200 管 3.5 km", ("管沟回填 120 m³，Φ200 管 3.5 km",)),
    ("K8", "ZC2025-09", "work_done", "长" * 500, ("长" * 500,)),
    ("L5", "ZC2025-06", "problems", "燃气迁改（2 处）未排期；待协调", ("燃气迁改（2 处）未排期；待协调",)),
    ("N7", "ZC2025-08", "next_plan", "5号楼、6号楼封顶", ("5号楼、6号楼封顶",)),
)  # fmt: skip


def _written() -> Iterator[Sound]:
    for cell, code, name, read, writings in WRITTEN:
        for number, written in enumerate(writings, 1):
            yield Sound(f"{cell} {name} {number}", put(**{cell: written}), {(code, name): read})


def _formatted(cell: str, value: Any, number_format: str) -> Spoil:
    def spoil(book: Any) -> None:
        book["周报"][cell] = value
        book["周报"][cell].number_format = number_format

    return spoil


#: cell, stored number, its format, project, field, what the reader of the sheet sees.
FORMATTED: tuple[tuple[str, Any, str, str, str, Any], ...] = (
    ("I5", 0.726, "0.0%", "ZC2025-06", "progress_percent", Decimal("72.6")),
    ("I5", 0.726, "0.00%", "ZC2025-06", "progress_percent", Decimal("72.6")),
    ("I6", 0.45, "0%", "ZC2025-07", "progress_percent", Decimal("45.0")),
    ("I10", 0.02, "0%", "ZC2025-11", "progress_percent", Decimal("2.0")),
    ("I5", 72.6, "0", "ZC2025-06", "progress_percent", Decimal("72.6")),
    ("I5", 72.6, "@", "ZC2025-06", "progress_percent", Decimal("72.6")),
    ("I5", "72.6", "@", "ZC2025-06", "progress_percent", Decimal("72.6")),
    ("J5", 326.4, "#,##0.00", "ZC2025-06", "completed_investment", Decimal("326.40")),
    ("J5", 326.4, '0.00"万元"', "ZC2025-06", "completed_investment", Decimal("326.40")),
    ("J5", 326.4, "¥#,##0.00", "ZC2025-06", "completed_investment", Decimal("326.40")),
    ("J5", 326.4, "General", "ZC2025-06", "completed_investment", Decimal("326.40")),
    ("O5", 12, '0"人"', "ZC2025-06", "workers_count", 12),
    ("P10", date(2025, 9, 16), "yyyy年m月d日", "ZC2025-11", "claimed_start_on", date(2025, 9, 16)),
    ("P10", date(2025, 9, 16), "m/d/yy", "ZC2025-11", "claimed_start_on", date(2025, 9, 16)),
    ("P10", date(2025, 9, 16), "d-mmm", "ZC2025-11", "claimed_start_on", date(2025, 9, 16)),
)


#: cell of the header, and how it may be set.
HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A4", ("项目编号 ", "项目\n编号", "项目编号*", "项 目 编 号")),
    ("I4", ("本周累计形象进度（％）", "本周累计\n形象进度(%)", "本周累计形象进度(%)*", "累计形象进度(%)", "本周累计形象进度", "本周累计形象进度 (%)", "＊本周累计形象进度（%）")),
    ("J4", ("累计完成投资（万元）", "累计完成投资", "本周累计完成投资(万元)", "累计完成投资\n（万元）", "累计完成投资 ( 万元 )")),
    ("K4", ("本周完成情况 ", "本周\n完成情况", "　本周完成情况")),
    ("P4", ("实际开工\n日期", "实际开工日期*")),
    ("R4", ("无变化 ", "无 变 化")),
)  # fmt: skip


def _swapped(left: int) -> Spoil:
    """Two neighbouring columns changed places, head and all."""

    def spoil(book: Any) -> None:
        for row in range(HEADER_ROW, LAST_ROW + 1):
            one, two = book["周报"].cell(row, left), book["周报"].cell(row, left + 1)
            kept = [(cell.value, cell.number_format) for cell in (two, one)]
            for cell, (value, number_format) in zip((one, two), kept, strict=True):
                cell.value, cell.number_format = value, number_format

    return spoil


def _start_after_swap(left: int) -> str:
    place = {15: "O10", 16: "Q10"}
    return place.get(left, START)


#: Columns that a workbook may lack, and what is read then.
OPTIONAL = ("name", "street", "estates", "planned_start", "planned_completion", "last_progress", "last_investment")  # fmt: skip
FIELDS = {
    "name": "name", "street": "street", "estates": "estates", "planned_start": "planned_start_on",
    "planned_completion": "planned_completion_on", "last_progress": "last_progress", "last_investment": "last_investment",
}  # fmt: skip


def _without(name: str) -> Spoil:
    def spoil(book: Any) -> None:
        sheet = book["周报"]
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.delete_cols(list(LETTERS).index(name) + 1)

    return spoil


def _left_of(cell: str) -> str:
    return f"{get_column_letter(ord(cell[0]) - ord('A'))}{cell[1:]}"


def _unmerged(book: Any) -> Any:
    sheet = book["周报"]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    return sheet


def _blank_rows(at: int, count: int) -> Spoil:
    return lambda book: _unmerged(book).insert_rows(at, count)


def _blank_columns(at: int) -> Spoil:
    return lambda book: _unmerged(book).insert_cols(at)


def _hidden_row(row: int) -> Spoil:
    def spoil(book: Any) -> None:
        book["周报"].row_dimensions[row].hidden = True

    return spoil


def _hidden_column(letter: str) -> Spoil:
    def spoil(book: Any) -> None:
        book["周报"].column_dimensions[letter].hidden = True

    return spoil


def _rows_in_order(order: tuple[int, ...]) -> Spoil:
    """The rows of data in another order."""

    def spoil(book: Any) -> None:
        sheet = book["周报"]
        kept = [[sheet.cell(row, n).value for n in range(1, WIDTH + 1)] for row in order]
        for row, values in enumerate(kept, FIRST_ROW):
            for place, value in enumerate(values, 1):
                sheet.cell(row, place).value = value

    return spoil


def _sheet_before(title: str, state: str = "visible") -> Spoil:
    def spoil(book: Any) -> None:
        other = book.create_sheet(title, 0)
        other["A1"], other.sheet_state = "填表说明", state

    return spoil


def _renamed(book: Any) -> None:
    book["周报"].title = "松龄路第38周"


def _unprotected(book: Any) -> None:
    book["周报"].protection.sheet = False


def _painted(book: Any) -> None:
    for cell in book["周报"][6]:
        cell.font, cell.fill = Font(bold=True, color="FFFF0000"), PatternFill("solid", "FFFFFF00")
        cell.alignment = Alignment(wrap_text=True, horizontal="center")


def _filtered(book: Any) -> None:
    book["周报"].auto_filter.ref = f"A{HEADER_ROW}:S{LAST_ROW}"


def _unfrozen(book: Any) -> None:
    book["周报"].freeze_panes = None


def _merged_above(book: Any) -> None:
    _unmerged(book).merge_cells("A1:H2")


def _merged_beside(book: Any) -> None:
    book["周报"]["U6"] = "同上"
    book["周报"].merge_cells("U6:U8")


def _formatted_below(book: Any) -> None:
    for row in range(LAST_ROW + 1, LAST_ROW + 300):
        book["周报"].cell(row, 2).number_format = "0.0"


def _spaces_below(book: Any) -> None:
    for row in range(LAST_ROW + 1, LAST_ROW + 5):
        book["周报"].cell(row, 2).value = "　 "


def _no_portal(book: Any) -> None:
    del book["_portal"]


def _all_as_text(book: Any) -> None:
    for row in range(FIRST_ROW, LAST_ROW + 1):
        for letter in "IJO":
            cell = book["周报"][f"{letter}{row}"]
            cell.value = None if cell.value is None else str(cell.value)


def _comment(book: Any) -> None:
    from openpyxl.comments import Comment

    book["周报"]["I6"].comment = Comment("监理口径", "经办")


def _emptied_locked(letter: str) -> Spoil:
    def spoil(book: Any) -> None:
        for row in range(FIRST_ROW, LAST_ROW + 1):
            book["周报"][f"{letter}{row}"] = None

    return spoil


def _older_template(book: Any) -> None:
    """As an earlier version of the portal might have made it: fewer columns, another wording, its own number."""
    from renovation.intake.manifest import Manifest

    sheet, lines = _unmerged(book), {row[0].value: row[1] for row in book["_portal"].iter_rows()}
    sheet["I4"], sheet["J4"] = "累计形象进度(%)", "累计完成投资"
    sheet.delete_cols(list(LETTERS).index("coordination") + 1, 2)
    values = {row[1].value: json.loads(row[2].value) for row in book["_portal"].iter_rows() if row[0].value == "row"}  # fmt: skip
    head = ("pipeline", "street", "street_name", "week_start", "generated_at")
    old = Manifest(version="0", values=values, **{name: lines[name].value for name in head})
    lines["version"].value, lines["checksum"].value = old.version, old.checksum


def _notice(code: str) -> frozenset[tuple[str, str]]:
    return frozenset({("", code)})


def _asked(cell: str, code: str) -> frozenset[tuple[str, str]]:
    """A question that the row's 情况说明 answers."""
    return frozenset({(cell, code)})


def _down(count: int) -> str:
    return f"P{10 + count}"


#: name, what is done, notices beside, where the start stands then.
ARRANGED: tuple[Sound, ...] = (
    *(Sound(f"表头 {cell} 写作 {text!r}", put(**{cell: text})) for cell, texts in HEADERS for text in texts),
    *(
        Sound(f"{cell} {value!r} 显示为 {shown}", _formatted(cell, value, shown), {(code, name): read})
        for cell, value, shown, code, name, read in FORMATTED
    ),
    *(Sound(f"第 {n} 列和后一列对调", _swapped(n), start=_start_after_swap(n)) for n in range(1, WIDTH)),
    *(Sound(f"没有 {name} 列", _without(name), start=_left_of(START), lacks=(FIELDS[name],)) for name in OPTIONAL),
    *(Sound(f"第 {row} 行前空 {count} 行", _blank_rows(row, count), start=_down(count) if row <= 10 else START) for row, count in ((4, 1), (4, 3), (5, 1), (7, 2), (10, 1), (11, 1))),
    *(Sound(f"第 {n} 列前空一列", _blank_columns(n), start="Q10" if n <= 16 else START) for n in (1, 5, 9, 17)),
    *(Sound(f"隐藏第 {row} 行", _hidden_row(row)) for row in (5, 8, 11)),
    *(Sound(f"隐藏 {letter} 列", _hidden_column(letter)) for letter in "BEIKS"),
    Sound("各行倒序", _rows_in_order(tuple(range(LAST_ROW, FIRST_ROW - 1, -1))), start="P6"),
    Sound("首行移到末行", _rows_in_order((6, 7, 8, 9, 10, 11, 5)), start="P9"),
    *(Sound(f"锁定列 {letter} 清空", _emptied_locked(letter), lacks=(name,)) for letter, name in zip("BCDEFGH", FIELDS.values(), strict=True)),
    Sound("旧版模板", _older_template, start="N10"),
    Sound("前面加一张说明表", _sheet_before("填表说明")),
    Sound("前面加一张隐藏的表", _sheet_before("旧数据", "hidden")),
    Sound("工作表改名", _renamed),
    Sound("撤销保护", _unprotected),
    Sound("加粗上色", _painted),
    Sound("加筛选", _filtered),
    Sound("取消冻结", _unfrozen),
    Sound("标题合并改动", _merged_above),
    Sound("数据旁的合并", _merged_beside),
    Sound("下面有空的格式行", _formatted_below),
    Sound("下面有只含空格的行", _spaces_below),
    Sound("数字都是文本", _all_as_text),
    Sound("单元格有批注", _comment),
    Sound("合计行", put(B12="合计", J12="=SUM(J5:J11)")),
    Sound("总计行", put(C12="总计", I12=40, J12=918.7)),
    Sound("小计行", put(D12="小计", J12=918.7)),
    Sound("多一列备注", put(T4="备注", T5="已核"), notices=_notice("W027")),
    Sound("多两列", put(T4="备注", U4="经办", U6="=1+1"), notices=_notice("W027")),
    Sound("没有隐藏的校验表", _no_portal, notices=_notice("W035")),
    Sound("上周数照填", put(I7=48.2, J7=176.4), {("ZC2025-08", "progress_percent"): Decimal("48.2"), ("ZC2025-08", "completed_investment"): Decimal("176.40")}),
    Sound("减少而有说明", put(I8=33, S8="上周多报"), {("ZC2025-09", "progress_percent"): Decimal("33.0"), ("ZC2025-09", "explanation"): "上周多报"}, _asked("I8", "W201")),
    Sound("猛增而有说明", put(I7=61, S7="两个班组"), {("ZC2025-08", "progress_percent"): Decimal("61.0"), ("ZC2025-08", "explanation"): "两个班组"}, _asked("I7", "W211")),
    Sound("正好增加 10 个百分点", put(I7=58.2), {("ZC2025-08", "progress_percent"): Decimal("58.2")}),
    Sound("投资超计划而有说明", put(J5="1,326.40", S5="清单核增"), {("ZC2025-06", "completed_investment"): Decimal("1326.40"), ("ZC2025-06", "explanation"): "清单核增"}, _asked("J5", "W212")),
    Sound("投资正好等于计划", put(J5=500), {("ZC2025-06", "completed_investment"): Decimal("500.00")}),
    Sound("无变化而照填上周数", put(I11=0, J11=0), {("ZC2025-12", "progress_percent"): Decimal("0.0"), ("ZC2025-12", "completed_investment"): Decimal("0.00")}),
)  # fmt: skip

SOUND: tuple[Sound, ...] = (*_written(), *ARRANGED)
