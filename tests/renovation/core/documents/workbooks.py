"""Workbooks for tests, made by hand where a library would never make them so."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl


def xlsx(fill: Callable[[Any], None], title: str = "周报") -> bytes:
    """An .xlsx whose first sheet was filled by ``fill``."""
    book = openpyxl.Workbook()
    book.active.title = title
    fill(book.active)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same zip with one part replaced or added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for each in source.namelist():
            if each != name:
                target.writestr(each, source.read(each))
        target.writestr(name, content)
    return buffer.getvalue()


def with_sheet(sheet_data: str) -> bytes:
    """An .xlsx whose sheet part holds exactly this ``sheetData``."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{sheet_data}</sheetData></worksheet>'
    return with_part(xlsx(lambda sheet: None), "xl/worksheets/sheet1.xml", part.encode())
