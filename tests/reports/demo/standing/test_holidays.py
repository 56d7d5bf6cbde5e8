"""Late in a year the demo has holidays for the next one, which nobody has published yet."""

from __future__ import annotations

from datetime import date

import pytest

from renovation.records.models import Holiday
from tests.reports.demo.conftest import Demo

pytestmark = pytest.mark.django_db


def test_a_year_without_published_holidays_has_provisional_ones(demo: Demo) -> None:
    rows = Holiday.objects.filter(day__year=2027)
    assert rows.count() == 13
    assert {row.is_provisional for row in rows} == {True}
    assert Holiday.objects.get(day=date(2027, 2, 6)).name == "春节"
    assert not Holiday.objects.filter(day__year=2026, is_provisional=True).exists()
