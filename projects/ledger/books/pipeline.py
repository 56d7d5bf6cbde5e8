"""The pipeline of a list, and its workbook filled with what stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from projects.ledger.models import Programme
from renovation.accounts.models import User
from renovation.core.documents.xlsx import Book, Sheet, write_workbook
from renovation.intake.blanks import filled_sheets
from renovation.intake.declaring import by_rules, nothing_filled, year_label
from renovation.intake.meanwhile import filled_in
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Description,
    Kind,
    Pipeline,
    Taken,
    Target,
    Template,
    Value,
    Words,
)

from .declaring import (
    Line,
    ListBook,
    Listing,
    admit,
    change_of,
    facts,
    groups_of,
    listing,
    shown,
    takes_away,
    writers,
)
from .rules import all_rules, rules_of

SPARE_ROWS = 100


def workbook_of(book: ListBook, target: Target, now: datetime, *, street: str = "") -> Template:
    """The list as it stands, of the year or of one street in it, and empty rows below."""
    at = listing(book, target, now, street=street)
    sheets = sheets_of(book, at, at.lines.values(), target, now, sheet=book.label)
    title = title_of(book, target)
    content = write_workbook(Book(sheets=sheets, title=title, made_at=now))
    name = book.label if book.of_all_years else f"{target.period_key}年度{book.label}"
    return Template(name=f"{name}.xlsx", content=content)


def title_of(book: ListBook, target: Target) -> str:
    """淄川区2025年度违法建设."""
    year = "" if book.of_all_years else f"{target.period_key}年度"
    return f"{target.organisation.district_name}{year}{book.label}"


def sheets_of(
    book: ListBook,
    at: Listing,
    lines: Iterable[Line],
    target: Target,
    now: datetime,
    *,
    sheet: str,
    counts: Mapping[str, int] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Sheet, Sheet]:
    """The sheet of a list with some of its lines and empty rows below, and the one that says what it is for.
    ``counts`` are the rows of all lists of a workbook by their codes, where it holds several, ``values`` what the cells
    of all of them hold (``kept_of``)."""
    lines = list(lines)
    rows = [{name: _as_cell(value) for name, value in line.values.items()} for line in lines]
    labels = {
        column.field: tuple(book.known[column.field](at))
        for column in book.columns
        if column.field in book.known
    }
    flags = {column.field: ("是", "否") for column in book.columns if column.kind is Kind.FLAG}
    return filled_sheets(
        pipeline=" ".join(counts) if counts else book.code,
        columns=book.columns,
        sheet=sheet,
        title=title_of(book, target),
        hint=book.hint,
        organisation=target.organisation,
        period_key=target.period_key,
        choices={**labels, **flags},
        rows=rows,
        row_count=len(rows) + SPARE_ROWS,
        counts=counts,
        values=kept_of(book, lines) if values is None else values,
        now=now,
    )


def kept_of(book: ListBook, lines: Iterable[Line]) -> dict[str, dict[str, str]]:
    """What the cells of some lines hold as they go out, by which it is seen later who changed what meanwhile."""
    return filled_in(
        book.code, book.writes, ((book.key_of(each.values), each.values) for each in lines)
    )


def _as_cell(value: Value) -> Value:
    """A 否 is written out: an empty cell would say nothing."""
    return ("是" if value else "否") if isinstance(value, bool) else value


def pipeline_of_list(book: ListBook) -> Pipeline:
    """What the intake runs for a list."""
    of_row, of_sheet = rules_of(book)

    def context(target: Target, keys: Sequence[str], now: datetime) -> Listing:
        return listing(book, target, now)

    def commit(
        target: Target,
        taken: Sequence[Taken],
        at: Listing,
        upload: Upload,
        by: User,
        now: datetime,
    ) -> None:
        changes = [change_of(book, each.row, at) for each in taken]
        for group in groups_of(book, [change for change in changes if change is not None]):
            book.write(group, at, by)

    def describe(target: Target, now: datetime) -> Description:
        year = int(target.period_key)
        here = reverse("ledger:book", args=[year, book.slug])
        programme = Programme.objects.filter(bureau=target.organisation, year=year).first()
        return Description(
            title=book.label,
            period="各年度" if book.of_all_years else f"{year}年度",
            back=(
                (
                    str(programme) if programme else f"{year}年度计划",
                    reverse("ledger:programme", args=[year]),
                ),
                ("成批导入导出", reverse("ledger:books", args=[year])),
                (book.label, here),
            ),
            upload_href=here,
            result_href=book.result(year),
            result_word=book.result_word,
            template_href=reverse("ledger:book_workbook", args=[year, book.slug]),
            rules_href=reverse("ledger:book_rules", args=[year, book.slug]),
            held_sentence=book.after,
        )

    return Pipeline(
        code=book.code,
        label=book.label,
        sheet=book.sheet,
        columns=shown(book),
        key=book.first.field,
        key_of=book.key_of,
        rules=all_rules(book),
        read_permission=book.permission,
        write_permission=book.permission,
        admit=admit(book),
        context=context,
        check_row=by_rules(of_row),
        check_sheet=by_rules(of_sheet),
        facts=facts(book),
        present=nothing_filled,
        expected_count=lambda at: len(at.lines),
        commit=commit,
        describe=describe,
        template=lambda target, now: workbook_of(book, target, now),
        period_label=year_label,
        counts_changes=True,
        takes_away=takes_away(book) if book.either else None,
        writers=writers,
        waits=None if book.is_direct else lambda key, at: True,
        is_private=book.is_private,
        words=Words(
            before="现在",
            now="改为",
            row="行",
            key="、".join(column.label for column in book.keys),
            names="、".join(column.label for column in book.keys),
            letter="L",
            last_step=book.last_step,
            where=f"{book.label}导入页面",
            section=book.section,
        ),
    )
