"""What the workbook of a page carries besides: the rows that the page shows, as the lists have them that come back in.

Every list of the portal exports what it shows, made to be read: with names, sums and remarks. Beside that table stand
the sheets of its lists (``ListBook``) with the same rows, for who may bring them back in, so that what a page exports
is taken in again as it is, or with what was changed in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from projects.ledger.models import Programme
from renovation.accounts.scope import Scope
from renovation.core.documents.sheets import Sheet
from renovation.intake.pipelines import Target

from .declaring import Line, ListBook, Listing, listing
from .pipeline import kept_of, sheets_of
from .registry import books


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows of its lists: the codes of the projects, and of lists of which it does not show all that
    those have, by slug, the numbers of the rows."""

    codes: Collection[str]
    only: Mapping[str, Collection[int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A sheet of a workbook that is no list but comes back in too: what takes it in, and how many rows it has."""

    pipeline: str
    sheet: Sheet
    row_count: int


def _offered(scope: Scope, slugs: Sequence[str]) -> list[ListBook]:
    return [books()[slug] for slug in slugs if scope.can(books()[slug].permission)]


def _target(scope: Scope, year: int | None) -> Target | None:
    """The bureau of a scope and a year of its programmes, the newest where none is named; None where there is none."""
    rows = Programme.objects.visible_to(scope).select_related("bureau").order_by("-year")
    programme = (rows if year is None else rows.filter(year=year)).first()
    if programme is None:
        return None
    return Target(organisation=programme.bureau, period_key=str(programme.year))


def attached(
    *,
    scope: Scope,
    slugs: Sequence[str],
    year: int | None = None,
    shown: Shown,
    besides: Sequence[Beside] = (),
    now: datetime,
) -> tuple[Sheet, ...]:
    """The sheets of some lists with the rows that a page shows, and the one that says what they are for. None for who
    may bring none of them in. ``besides`` are sheets that are no lists. A constant number of queries for each."""
    offered = _offered(scope, slugs)
    target = _target(scope, year) if offered else None
    if target is None:
        return ()
    standing = [(book, listing(book, target, now, codes=shown.codes)) for book in offered]
    chosen = {book.code: _lines(book, at, shown) for book, at in standing}
    counts = {each.pipeline: each.row_count for each in besides}
    counts |= {code: len(lines) for code, lines in chosen.items()}
    made = [each.sheet for each in besides]
    values: dict[str, dict[str, str]] = {}
    for book, _ in standing:
        values |= kept_of(book, chosen[book.code])
    for book, at in standing:
        lines = chosen[book.code]
        sheet, portal = sheets_of(
            book, at, lines, target, now, sheet=book.sheet, counts=counts, values=values
        )
        made.append(sheet)
    return (*made, portal)


def _lines(book: ListBook, at: Listing, shown: Shown) -> list[Line]:
    """What a page shows of a list."""
    rows = shown.only.get(book.slug)
    return [
        line
        for line in at.lines.values()
        if rows is None or (line.row is not None and line.row.pk in rows)
    ]


def way_in(*, scope: Scope, slugs: Sequence[str], year: int | None = None) -> str:
    """Where the workbook of a page comes back in: the page of its list, or of all lists where it has several; "" for
    who may bring none of them in. A list of all years has no year. No query."""
    offered = _offered(scope, slugs)
    if not offered:
        return ""
    if year is None:
        return reverse("ledger:book_newest", args=[offered[0].slug])
    if len(offered) == 1:
        return reverse("ledger:book", args=[year, offered[0].slug])
    return reverse("ledger:books", args=[year])
