"""A workbook of a list as it goes out, is written into, and comes back."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl

from projects.ledger.books.registry import books
from renovation.core.errors import Fault, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload
from renovation.intake.pipelines import Target, pipelines
from tests.factories.accounts import District

HEAD = 3


def book_of(district: District, slug: str, now: datetime) -> Any:
    target = Target(organisation=district.bureau, period_key="2025")
    made = pipelines()[f"list_{slug}"].template(target, now)
    return openpyxl.load_workbook(io.BytesIO(made.content))


def write(book: Any, slug: str, row: int, **values: Any) -> None:
    places = {column.field: place for place, column in enumerate(books()[slug].columns, start=1)}
    for name, value in values.items():
        book.worksheets[0].cell(row=HEAD + row, column=places[name]).value = value


def sent(district: District, slug: str, book: Any, now: datetime, *, by: str = "bureau") -> Upload:
    """The workbook as it comes in and is read."""
    content = io.BytesIO()
    book.save(content)
    upload = intake.receive(
        pipeline=f"list_{slug}",
        organisation=district.bureau,
        period_key="2025",
        file=content.getvalue(),
        name="清单.xlsx",
        by=district.users[by],
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def errors(upload: Upload) -> list[Fault]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [fault for fault in found if fault.severity is Severity.ERROR]
