"""The projects add up to the official totals, exactly, and are plausible."""

from decimal import Decimal

import pytest

from reports.demo.outlines import COMMUNITIES, official, outlines

YEARS = [2025, 2026, 2027, 2028, 2031]


def test_official_totals_of_2025_are_those_of_the_document() -> None:
    rows = official(2025).values()
    assert sum(count for count, _, _ in rows) == 14
    assert sum(households for _, households, _ in rows) == 2404
    assert sum((area for _, _, area in rows), Decimal(0)) == Decimal("241800.00")
    assert official(2025) == {
        "banyanglu": (5, 841, Decimal("92200.00")),
        "songlinglu": (7, 927, Decimal("86600.00")),
        "zhonglou": (2, 636, Decimal("63000.00")),
    }


@pytest.mark.parametrize("year", YEARS)
def test_projects_add_up_to_the_official_totals(year: int) -> None:
    found = {}
    for street in official(year):
        rows = [row for row in outlines(year) if row.street == street]
        found[street] = (
            len(rows),
            sum(row.households for row in rows),
            sum((row.area_sqm for row in rows), Decimal(0)),
        )
    assert found == official(year)


@pytest.mark.parametrize("year", YEARS)
def test_quantities_are_plausible(year: int) -> None:
    """DOMAIN.md §10: 74–124 ㎡ a household, 22–46 households a building, 80–600 元 a ㎡, 0.8–6 万元 a household."""
    for row in outlines(year):
        assert 74 <= row.area_sqm / row.households <= 124, row.name
        assert 22 <= Decimal(row.households) / row.buildings <= 46, row.name
        assert 80 <= row.investment * 10_000 / row.area_sqm <= 600, row.name
        assert Decimal("0.8") <= Decimal(row.investment) / row.households <= 6, row.name


def test_names_of_a_year_are_unlike_those_of_any_other() -> None:
    names = [row.name for year in range(2025, 2034) for row in outlines(year)]
    assert len(names) == 9 * 14
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("year", YEARS)
def test_estates_stand_in_communities_of_their_street(year: int) -> None:
    for row in outlines(year):
        assert row.estates
        assert len({estate.name for estate in row.estates}) == len(row.estates)
        for estate in row.estates:
            assert estate.community in COMMUNITIES[row.street]
            assert estate.area_sqm == estate.area_sqm.quantize(Decimal("0.01"))
