"""What calamine does not tell of an .xlsx: formulas, percentages, errors, and how far cells reach.

The sheet's XML is scanned with one regular expression, which costs less than half of calamine's own
reading; a document type declaration is refused, so no entity is ever expanded.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from posixpath import join, normpath
from xml.parsers import expat

from renovation.core.documents.addresses import column_letter, column_number

_PREFIX = rb"(?:[A-Za-z_][\w.-]*:)?"
#: A cell with something in it and its address: attributes, column, row, attributes, first child.
_CELL = re.compile(
    rb"<" + _PREFIX + rb'c\s([^>]*?)\br="([A-Z]{1,3})([0-9]{1,7})"([^>/]*)>\s*<'
    + _PREFIX + rb"(f|v|is)\b"
)  # fmt: skip
#: A cell with something in it that leaves its address to be counted.
_NO_ADDRESS = re.compile(
    rb"<" + _PREFIX + rb'c(?:\s(?![^>]*\br=")[^>/]*)?>\s*<' + _PREFIX + rb"(?:f|v|is)\b"
)
_ROW_OR_CELL = re.compile(
    rb"<" + _PREFIX + rb"(row|c)(?:\s([^>]*?))?(/?)>(?:\s*<" + _PREFIX + rb"(f|v|is)\b)?"
)
_PLAIN = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_PLAIN_NUMBERS = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_FORMULA_BEGINS = re.compile(rb"<f[\s/>]")
_PLAIN_FORMULA = re.compile(_PLAIN.pattern + rb"[^>]*>\s*<f\b")
#: What stands in an <f> that has just begun.
_FORMULA_TEXT = re.compile(rb"[^<>]*?>([^<]*)</")
_PLAIN_ERROR = re.compile(_PLAIN.pattern + rb'[^>]*?\bt="e"')
#: Above this size the places are not listed at once.
_PLAIN_BYTES = 40 * 1024 * 1024
_VALUE = re.compile(rb"\bv>([^<]*)<")
_ADDRESS = re.compile(rb'\br="([A-Z]{0,3})([0-9]{1,7})"')
_STYLE = re.compile(rb'\bs="([0-9]+)"')
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class MalformedError(Exception):
    """The XML of a part cannot be parsed or declares a document type."""


@dataclass
class SheetFacts:
    """Cells by (row, column), from 1, and the last row and column that hold something."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    percents: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formula_texts: dict[tuple[int, int], str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


def _parse(data: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Call ``start`` with the local name and the attributes (local names) of every element."""

    def refuse(*_: object) -> None:
        raise MalformedError("a document type declaration")

    def begin(name: str, attributes: dict[str, str]) -> None:
        start(name.rpartition(" ")[2], {k.rpartition(" ")[2]: v for k, v in attributes.items()})

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise MalformedError(str(error)) from error


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → path of its part, in workbook order; chart sheets are among them."""
    relations: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else join("xl", target)
            relations[attributes.get("Id", "")] = normpath(path)

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            sheets[attributes.get("name", "")] = relations.get(attributes.get("id", ""), "")

    _parse(archive.read("xl/_rels/workbook.xml.rels"), relation)
    _parse(archive.read("xl/workbook.xml"), sheet)
    return sheets


def percent_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Indexes of the cell formats that show a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    percent_formats = {"9", "10"}
    found: set[int] = set()
    inside = False
    index = 0

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside, index
        if name == "numFmt" and is_percent_format(attributes.get("formatCode", "")):
            percent_formats.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            inside = True
        elif name in {"cellStyles", "dxfs", "tableStyles"}:
            inside = False
        elif inside and name == "xf":
            if attributes.get("numFmtId") in percent_formats:
                found.add(index)
            index += 1

    _parse(archive.read("xl/styles.xml"), element)
    return frozenset(found)


def is_percent_format(code: str) -> bool:
    """Whether a number format shows a percentage: % outside quotes, escapes and brackets."""
    return "%" in _QUOTED.sub("", code)


def sheet_facts(xml: bytes, percents: frozenset[int], *, rows: int, columns: int) -> SheetFacts:
    """Scan a sheet; stop at the first cell beyond ``rows`` or ``columns`` (the caller refuses).

    Raises MalformedError for a document type declaration and for a text that is not UTF-8's kin.
    """
    if xml[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"<!DOCTYPE" in xml[:4096]:
        raise MalformedError("an unusual encoding or a document type declaration")
    facts = SheetFacts()
    if len(xml) <= _PLAIN_BYTES and not _far_out(columns).search(xml):
        if _read_plain(xml, percents, facts) and facts.last_row <= rows:
            return facts
        facts = SheetFacts()  # an empty formatted cell may stand far out: count what is filled
    cells = _counted(xml) if _NO_ADDRESS.search(xml) else _addressed(xml)
    wants_errors = b't="e"' in xml
    for row, column, attributes, child, end in cells:
        facts.last_row = max(facts.last_row, row)
        facts.last_column = max(facts.last_column, column)
        if row > rows or column > columns:
            break
        if child == b"f":
            facts.formulas.add((row, column))
            _keep_formula(facts, row, column, xml, end)
        style = _STYLE.search(attributes) if percents else None
        if style and int(style[1]) in percents:
            facts.percents.add((row, column))
        if wants_errors and b't="e"' in attributes:
            facts.errors[row, column] = _error_text(xml, end)
    return facts


def _keep_formula(facts: SheetFacts, row: int, column: int, xml: bytes, position: int) -> None:
    """Note the formula as it is typed; one that leans on a shared formula has no text of its own."""
    text = _FORMULA_TEXT.match(xml, position)
    if text and text[1]:
        facts.formula_texts[row, column] = "=" + unescape(text[1].decode(errors="replace"))


def _error_text(xml: bytes, position: int) -> str:
    value = _VALUE.search(xml, position - 1)
    return value[1].decode(errors="replace") if value else "#N/A"


@cache
def _far_out(columns: int) -> re.Pattern[bytes]:
    """What finds every cell beyond so many columns, and some before: those whose letters begin as the last one's."""
    last = column_letter(columns)
    rest = len(last) - 1
    longer = f"[A-Z]{{{len(last) + 1},}}|"
    return re.compile(f'<c r="(?:{longer}[{last[0]}-Z][A-Z]{{{rest}}})[0-9]'.encode())


@cache
def _column(letters: bytes) -> int:
    return column_number(letters.decode())


def _read_plain(xml: bytes, percents: frozenset[int], facts: SheetFacts) -> bool:
    """The quick way for what Excel, WPS and this portal write: every cell begins with its address. It notes the last
    row, not the last column, which the caller has looked at.

    False where a cell does not; the caller then reads slowly.
    """
    numbers = _PLAIN_NUMBERS.findall(xml)
    if len(numbers) != xml.count(b"<c ") or b"<c>" in xml or b":c " in xml:
        return False
    if not numbers:
        return True
    facts.last_row = max(map(int, set(numbers)))
    if _FORMULA_BEGINS.search(xml):
        for match in _PLAIN_FORMULA.finditer(xml):
            place = int(match[2]), _column(match[1])
            facts.formulas.add(place)
            _keep_formula(facts, *place, xml, match.end())
    if percents:
        styles = b"|".join(str(index).encode() for index in sorted(percents))
        for match in re.finditer(_PLAIN.pattern + rb'[^>]*?\bs="(?:' + styles + rb')"', xml):
            facts.percents.add((int(match[2]), _column(match[1])))
    if b't="e"' in xml:
        for match in _PLAIN_ERROR.finditer(xml):
            facts.errors[int(match[2]), _column(match[1])] = _error_text(xml, match.end())
    return True


def _addressed(xml: bytes) -> Iterator[tuple[int, int, bytes, bytes, int]]:
    for match in _CELL.finditer(xml):
        before, letters, row, after, child = match.groups()
        yield int(row), _column(letters), before + after, child, match.end()


def _counted(xml: bytes) -> Iterator[tuple[int, int, bytes, bytes, int]]:
    """The rare sheet whose cells have no address: rows and cells are counted."""
    row = column = 0
    for match in _ROW_OR_CELL.finditer(xml):
        name, attributes, closed, child = match.groups()
        given = _ADDRESS.search(attributes or b"")
        if name == b"row":
            row, column = int(given[2]) if given else row + 1, 0
            continue
        column = column_number(given[1].decode()) if given and given[1] else column + 1
        if child and not closed:
            yield row, column, attributes or b"", child, match.end()
