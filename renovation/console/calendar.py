"""The calendar as the administrator sees it. It belongs to no organisation, so nothing is scoped."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from renovation.records.models import Holiday


def days_of(year: int) -> QuerySet[Holiday]:
    """The days of a year that differ from their weekday."""
    return Holiday.objects.filter(day__year=year)


def is_published(year: int) -> bool:
    """Whether the year's official arrangement is in the table."""
    return days_of(year).filter(is_provisional=False).exists()


def day_or_404(pk: int) -> Holiday:
    """One day of the table."""
    return get_object_or_404(Holiday, pk=pk)


def year_from(text: str) -> int | None:
    """A year from the address that a calendar can show (four digits, not before 1900); else None."""
    is_year = len(text) == 4 and text.isascii() and text.isdigit() and text >= "1900"
    return int(text) if is_year else None
