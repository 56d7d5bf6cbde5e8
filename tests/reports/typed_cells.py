"""Whether the cells of a workbook are what they look like: numbers, days and moments are stored as such."""

from __future__ import annotations

import io
import re
from collections.abc import Collection

import openpyxl

#: A number with or without a unit, two numbers as parts, a day, a moment: written as a text.
_NUMBER = r"[+\-−]?\d[\d,]*(?:\.\d+)?"
_LOOKS_TYPED = re.compile(
    rf"""\s*(?:
      {_NUMBER}\s*(?:%|万元|元|天|个|户|栋|件|次|百分点|万㎡|㎡)?
    | {_NUMBER}\s*/\s*{_NUMBER}.*
    | \d{{4}}[-年/.]\d{{1,2}}[-月/.]\d{{1,2}}日?(?:\s*\d{{1,2}}:\d{{2}})?
    | \d{{1,2}}月\d{{1,2}}日(?:\s*\d{{1,2}}:\d{{2}})?
    )\s*""",
    re.VERBOSE,
)
#: Names made of digits: nobody reckons with them.
NAMES = ("账号尾号", "建成年份", "序号", "楼栋", "单元", "室号", "联系电话")
_TYPED_FORMATS = re.compile(r"^(?:\+?0|yyyy)")


def texts_for_numbers(content: bytes, *, names: Collection[str] = NAMES) -> list[str]:
    """The cells of the visible sheets that hold a text where a number, a day or a moment is meant: by their
    look, or by the format of their column. Below heads, apart from columns of ``names`` and 说明 sheets."""
    found = []
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        if sheet.sheet_state != "visible":
            continue
        heads: dict[str, str] = {}
        first = int(re.sub(r"\D", "", sheet.freeze_panes or "A2"))
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell.value, str):
                    continue
                if cell.row < first:
                    heads[cell.column_letter] = cell.value
                elif heads.get(cell.column_letter) not in names and (
                    _LOOKS_TYPED.fullmatch(cell.value) or _TYPED_FORMATS.match(cell.number_format)
                ):
                    found.append(f"{sheet.title}!{cell.coordinate}: {cell.value}")
    return found
