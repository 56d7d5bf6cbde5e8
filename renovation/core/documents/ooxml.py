"""What calamine does not tell of an .xlsx: formulas, percentages, errors, and how far cells reach.

The sheet's XML is scanned with regular expressions, which costs less than half of calamine's own reading, as long as
every cell is written as Excel, WPS and this portal write it; any other sheet is walked element by element, so that no
spelling hides a cell that calamine sees. A document type declaration is refused, so no entity is ever expanded.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from xml.parsers import expat

from renovation.core.documents.addresses import column_letter, column_number, parse_address

_PLAIN = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_PREFIXED_CELL = re.compile(rb":c[\s/>]")
_FORMULA_BEGINS = re.compile(rb"<f[\s/>]")
_PLAIN_FORMULA = re.compile(_PLAIN.pattern + rb"[^>]*>\s*<f\b")
#: What stands in an <f> that has just begun.
_FORMULA_TEXT = re.compile(rb"[^<>]*?>([^<]*)</")
_PLAIN_ERROR = re.compile(_PLAIN.pattern + rb'[^>]*?\bt="e"')
#: Above this size the places are not listed at once.
_PLAIN_BYTES = 40 * 1024 * 1024
_VALUE = re.compile(rb"\bv>([^<]*)<")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class MalformedError(Exception):
    """The XML of a part cannot be parsed or declares a document type."""


@dataclass
class SheetFacts:
    """Cells by (row, column), from 1, and the last row and column that hold something, where they had to be counted: of
    a sheet that plainly ends before the limits both are 0."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    percents: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formula_texts: dict[tuple[int, int], str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


def _parse(data: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Call ``start`` with the local name and the attributes (local names) of every element."""

    def begin(name: str, attributes: dict[str, str]) -> None:
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if len(local) < len(attributes):
            raise MalformedError("two attributes of one name")
        start(name.rpartition(" ")[2], local)

    parser = _parser()
    parser.StartElementHandler = begin
    _run(parser, data)


def _parser() -> expat.XMLParserType:
    """A parser that tells names as "address name" and knows no entities."""

    def refuse(*_: object) -> None:
        raise MalformedError("a document type declaration")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _run(parser: expat.XMLParserType, data: bytes) -> None:
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise MalformedError(str(error)) from error


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → path of its part, in workbook order; chart sheets are among them.

    Paths are made as calamine makes them, letter by letter: what is weighed must be what it reads.
    """
    relations: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            inside = target.startswith(("/xl/", "xl/"))
            relations[attributes.get("Id", "")] = target.lstrip("/") if inside else f"xl/{target}"

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            if attributes.get("name", "") in sheets:
                raise MalformedError("two sheets of one name")
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

    Raises MalformedError for a document type declaration and for a text that is not UTF-8's kin, ValueError for a cell
    whose address is none.
    """
    if xml[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"<!DOCTYPE" in xml[:4096]:
        raise MalformedError("an unusual encoding or a document type declaration")
    facts = SheetFacts()
    if len(xml) <= _PLAIN_BYTES and not _not_near(rows, columns).search(xml):
        if _read_plain(xml, percents, facts):
            return facts
        facts = SheetFacts()
    walk, parser = _Walk(facts, percents, rows, columns), _parser()
    parser.StartElementHandler, parser.EndElementHandler = walk.begin, walk.end
    parser.CharacterDataHandler = walk.said.append
    with suppress(_EnoughError):
        _run(parser, xml)
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
def _not_near(rows: int, columns: int) -> re.Pattern[bytes]:
    """What finds every cell that does not begin with its address, or stands beyond so many rows and columns; and some
    before, an empty formatted one among them, so that what is filled is to be counted."""
    letters, digits = _below(column_letter(columns), "A", "A-Z"), _below(str(rows), "1", "0-9")
    return re.compile(f'<c(?=[\\s/>])(?! r="(?:{letters})(?:{digits})")'.encode())


def _below(last: str, least: str, all_of_them: str) -> str:
    """A pattern of what is shorter than ``last`` or begins before it; nothing begins before ``least``."""
    rest, greatest = len(last) - 1, all_of_them[-1]
    shorter = [f"[{least}-{greatest}][{all_of_them}]{{0,{rest - 1}}}"] if rest else []
    before = (
        [f"[{least}-{chr(ord(last[0]) - 1)}][{all_of_them}]{{{rest}}}"] if last[0] > least else []
    )
    return "|".join(shorter + before) or "(?!)"


@cache
def _column(letters: bytes) -> int:
    return column_number(letters.decode())


def _read_plain(xml: bytes, percents: frozenset[int], facts: SheetFacts) -> bool:
    """The quick way for what Excel, WPS and this portal write: every cell begins with its address, and none stands
    beyond the limits, which the caller has looked at.

    False where a name has a prefix, or a formula stands elsewhere than first in its cell; the caller then reads slowly.
    """
    if b":c" in xml and _PREFIXED_CELL.search(xml):
        return False
    if formulas := len(_FORMULA_BEGINS.findall(xml)):
        for match in _PLAIN_FORMULA.finditer(xml):
            place = int(match[2]), _column(match[1])
            facts.formulas.add(place)
            _keep_formula(facts, *place, xml, match.end())
        if len(facts.formulas) != formulas:
            return False
    if percents:
        styles = b"|".join(str(index).encode() for index in sorted(percents))
        for match in re.finditer(_PLAIN.pattern + rb'[^>]*?\bs="(?:' + styles + rb')"', xml):
            facts.percents.add((int(match[2]), _column(match[1])))
    if b't="e"' in xml:
        for match in _PLAIN_ERROR.finditer(xml):
            facts.errors[int(match[2]), _column(match[1])] = _error_text(xml, match.end())
    return True


class _EnoughError(Exception):
    """A cell stands beyond the limits: the caller refuses the sheet."""


class _Walk:
    """The slow way: rows and cells as calamine takes them. An address may be in small letters or left out, in which case
    rows and cells are counted; an attribute with a prefix is another one."""

    def __init__(
        self, facts: SheetFacts, percents: frozenset[int], rows: int, columns: int
    ) -> None:
        self.facts, self.rows, self.columns = facts, rows, columns
        self.percents = frozenset(map(str, percents))
        self.row = self.column = 1
        self.cell: Mapping[str, str] | None = None
        self.place = 1, 1
        self.is_empty = True
        self.said: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.said.clear()
        if name == "row":
            self.row = int(attributes.get("r", self.row))
        elif name == "c":
            self.cell, self.is_empty = attributes, True
            self.place = self.row, self.column
            if "r" in attributes:
                self.place = parse_address(attributes["r"])
                self.column = self.place[1]
        elif self.cell is not None:
            if self.is_empty:
                self._fill(self.cell)
            if name == "f":
                self.facts.formulas.add(self.place)

    def _fill(self, attributes: Mapping[str, str]) -> None:
        """The cell holds something."""
        self.is_empty = False
        row, column = self.place
        self.facts.last_row = max(self.facts.last_row, row)
        self.facts.last_column = max(self.facts.last_column, column)
        if row > self.rows or column > self.columns:
            raise _EnoughError
        if attributes.get("s") in self.percents:
            self.facts.percents.add(self.place)
        if attributes.get("t") == "e":
            self.facts.errors[self.place] = "#N/A"

    def end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        if name == "row":
            self.row, self.column = self.row + 1, 1
        elif name == "c":
            self.cell, self.column = None, self.column + 1
        elif name == "f" and self.place in self.facts.formulas:
            if text := "".join(self.said):
                self.facts.formula_texts[self.place] = f"={text}"
        elif name == "v" and self.place in self.facts.errors:
            self.facts.errors[self.place] = "".join(self.said) or "#N/A"
