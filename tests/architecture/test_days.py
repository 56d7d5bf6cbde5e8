"""A day in a sentence is said in the house's words: 9月14日, or 2025年9月14日. ISO days stand in what machines read."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Module, dotted, judge, modules, templates

#: Names of columns and values that hold a day, beside all that end in ``_on``.
DAYS = {"day", "today", "week_start", "deadline"}

ISO_FILTER = re.compile(r'date:"Y-m-d')
#: An attribute that is still open.
FOR_MACHINES = re.compile(r'(?:value|datetime|href|data-[a-z-]+)="(?:[^"]|\{\{[^}]*\}\})*$')

#: Functions that write a day as ISO, each with what reads it.
ISO: dict[str, str] = {
    "projects/consent/models/archive.py::CareVisit._lock": "what a ciphertext is bound to",
    "projects/consent/services/rounds.py::snapshot_of": "a JSON snapshot",
    "projects/consent/sheet.py::sheet_pdf": "the metadata of a PDF",
    "projects/funding/services.py::_as_changes": "the changes of an audit entry",
    "projects/ledger/facts.py::Plan._around": "what is compared with stored texts",
    "projects/ledger/changing/forms.py::_shown": "the value of a day's input",
    "projects/ledger/known.py::KnownColumn.text": "a cell of a workbook",
    "projects/ledger/leading/views.py::leading_export": "the name of a file",
    "projects/residents/sheet.py::notice_pdf": "the metadata of a PDF",
    "projects/residents/told.py::Told.as_json": "a JSON snapshot",
    "renovation/core/audit_chain.py::_plain": "what is hashed",
    "supervision/dispatch/items/settling.py::_extended": "the key of a message",
    "supervision/dispatch/items/settling.py::matter_key": "the key of a message",
    "supervision/weekly/looked_at.py::edition_of": "what tells two versions apart",
    "renovation/core/calendar.py::WorkCalendar._search": "an error of the programmer",
    "renovation/core/documents/blocks.py::Column.text": "a cell of a table",
    "renovation/core/documents/reading.py::ReadCell.text": "a cell of a workbook",
    "renovation/core/documents/snapshot.py::_plain": "a JSON snapshot",
    "renovation/core/documents/xlsx.py::fixed_bytes": "the metadata of a workbook",
    "renovation/core/periods.py::Week.__post_init__": "an error of the programmer",
    "renovation/core/periods.py::Week.key": "the key of a week, in addresses",
    "renovation/core/schedules.py::Rule.text": "no day but a number: 第3天",
    "renovation/core/schedules.py::_Day.key": "the key of a day, in addresses",
    "renovation/intake/pipelines.py::Column.text": "a cell of a workbook",
    "renovation/intake/rows.py::_plain": "a JSON snapshot",
    "renovation/records/archive.py::_plain": "a backup",
    "renovation/records/archive.py::write_archive": "a backup",
    "reports/delivery/troubles.py::tell": "the key that a mail is sent once by",
    "reports/demo/inquiries.py::InquiryWriter._drainage": "a stored value",
    "reports/demo/openings.py::_taken_up": "what a throw of the dice is called by",
    "reports/demo/openings.py::_worked": "what a throw of the dice is called by",
    "reports/figures/alarms.py::_rule": "a JSON snapshot",
    "reports/figures/api.py::_shown": "the API",
    "reports/figures/facts.py::Figure.source_url": "an address",
    "reports/figures/forms.py::SourceForm.show": "an address",
    "reports/papers/rendering.py::_pdf": "the metadata of a PDF",
    "reports/papers/rendering.py::printed_digest": "what is hashed",
    "reports/papers/sheet_facts.py::_filled_at": "a cell of a table",
    "reports/papers/sheet_tables.py::_completion": "a cell of a table",
    "supervision/inquiries/services.py::revise": "the changes of an audit entry",
    "supervision/inquiries/values.py::as_stored": "a stored value",
    "supervision/inquiries/values.py::as_typed": "the value of a day's input",
    "supervision/weekly/models.py::WeeklyReport.edition": "what tells two versions apart",
    "supervision/weekly/models.py::FormDraft.edition": "what tells two versions apart",
    "supervision/weekly/drafting/services.py::write_form": "what tells two versions apart",
    "supervision/weekly/models.py::WeeklyReturn.edition": "what tells two versions apart",
    "supervision/weekly/reminding/rounds.py::extended_round": "the key that a mail is sent once by",
    "supervision/weekly/reminding/services.py::_remind": "the key that a mail is sent once by",
    "supervision/weekly/reminding/timetable.py::late_moments": "the key of a run",
    "supervision/weekly/return_paper/rendering.py::paper_pdf": "the metadata of a PDF",
    "supervision/weekly/values.py::_plain": "a stored value",
}

#: Where the house's words for days are made.
WORDS: dict[str, str] = {
    "renovation/core/wording.py": "chinese_date, short_date",
    "renovation/face/wording.py": "the filters of templates",
    "renovation/core/periods.py": "the span of a week, without the year",
    "reports/papers/bulletin_tables.py": "_day, beside the other cells of its tables",
}


def _is_day(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr.endswith("_on") or node.attr in DAYS
    return isinstance(node, ast.Name) and node.id.endswith("_on")


def _format(part: ast.FormattedValue) -> str:
    return ast.unparse(part.format_spec) if part.format_spec else ""


def _in_iso(node: ast.AST) -> bool:
    """Whether a node writes a day as 2025-09-14: ``isoformat``, ``str``, a format, or a bare place in a sentence."""
    if isinstance(node, ast.Call):
        called = dotted(node.func).rpartition(".")[2]
        if called == "strftime":
            return any("%Y-%m-%d" in ast.unparse(each) for each in node.args)
        if called == "isoformat":  # one with a precision is a moment of a log or of a file
            return not node.args and not node.keywords
        return called == "str" and any(_is_day(each) for each in node.args)
    if isinstance(node, ast.JoinedStr) and not _by_hand(node):
        places = [part for part in node.values if isinstance(part, ast.FormattedValue)]
        return any(
            "%Y-%m-%d" in _format(part) or (_is_day(part.value) and not part.format_spec)
            for part in places
        )
    return False


def _places(node: ast.AST, at: str = "") -> Iterator[tuple[str, ast.AST]]:
    """(qualified name of the function, node) of every node, without the changes of audit entries: those are data."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.keyword) and child.arg == "changes":
            continue
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        inside = f"{at}.{child.name}".lstrip(".") if named else at
        yield inside, child
        yield from _places(child, inside)


def _ours() -> Iterator[Module]:
    return (module for module in modules() if not module.is_migration)


def test_days_in_sentences_are_said_in_words() -> None:
    found = {
        f"{module.path}::{name}"
        for module in _ours()
        for name, node in _places(module.tree)
        if _in_iso(node)
    }
    judge(found, ISO)


def _by_hand(node: ast.AST) -> bool:
    """``f"{day.month}月{day.day}日"``."""
    if not isinstance(node, ast.JoinedStr):
        return False
    names = {
        part.value.attr
        for part in node.values
        if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Attribute)
    }
    return {"month", "day"} <= names


def test_the_words_for_days_are_made_in_one_place() -> None:
    found = {module.path for module in _ours() for node in ast.walk(module.tree) if _by_hand(node)}
    judge(found, WORDS)


def test_templates_write_iso_days_for_machines_alone() -> None:
    """In addresses, the values of inputs and ``<time datetime>``."""
    bad = [
        path
        for path, text in templates()
        for found in ISO_FILTER.finditer(text)
        if not FOR_MACHINES.search(text[: found.start()])
    ]
    assert bad == []


#: A year with the number or the label of a week behind it, in a sentence or a template.
NAMED_BY_HAND = re.compile(
    r"(?:年|〕|year\.label ?\}+)\s*"
    r"(?:第\{+ ?[\w.]*number ?\}+周|\{+ ?[\w.]*week\.label)"
)
#: Where the year of a week's number is put beside it.
WEEKS: dict[str, str] = {
    "renovation/core/periods.py": "Week.full_number, which all others print",
    "supervision/dispatch/models/item.py": "the code of an item, by Week.iso_year",
}


def test_a_week_with_its_year_is_named_in_one_place() -> None:
    """The year of the Sunday beside the ISO number names two weeks alike at the turn of some years."""
    for said in (
        'f"{week.year.year}年第{week.number}周"',
        'f"{week.year.label}{week.label}"',
        'f"〔{week.year.year}〕第{week.number}周"',
        "{{ week.year }}年第{{ week.number }}周",
    ):
        assert NAMED_BY_HAND.search(said)
    for said in ('f"第{week.number}周"', 'f"{self.year}年第{self.number}次"', "week.full_label"):
        assert not NAMED_BY_HAND.search(said)
    texts = {module.path: module.text for module in _ours()} | dict(templates())
    judge({path for path, text in texts.items() if NAMED_BY_HAND.search(text)}, WEEKS)
