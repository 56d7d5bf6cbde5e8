"""``__among`` finds what ``__in`` finds, on whichever database the tests run."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import renovation.core.among  # noqa: F401 - registers the lookup
from projects.ledger.models import Project
from tests.factories.accounts import make_district
from tests.factories.ledger import ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db

ODD = ["A-1", "带,逗号", 'a"b', "{x}", "反\\斜", "it's", "B%s"]


def test_the_same_rows_for_texts_and_numbers() -> None:
    district = make_district()
    common = {
        "programme": ProgrammeFactory(bureau=district.bureau),
        "street": district.street("zhonglou"),
    }
    rows = [ProjectFactory(code=code, **common) for code in [*ODD, "left out"]]
    codes, keys = [*ODD, "nobody's"], [row.pk for row in rows[:3]]
    found = Project.objects.filter(code__among=codes)
    assert set(found) == set(Project.objects.filter(code__in=codes)) == set(rows[:-1])
    assert set(Project.objects.filter(pk__among=keys)) == set(rows[:3])
    assert set(Project.objects.exclude(code__among=codes)) == {rows[-1]}
    with CaptureQueriesContext(connection) as captured:
        assert not Project.objects.filter(code__among=[]).exists()
    assert captured.captured_queries == []
    assert set(Project.objects.exclude(code__among=[])) == set(rows)
    street = frozenset({district.street("zhonglou").pk})
    assert set(Project.objects.filter(street_id__among=street)) == set(rows)
    assert set(Project.objects.filter(street__parent_id__among=[district.bureau.pk])) == set(rows)
    assert not Project.objects.filter(street_id__among=[district.street("banyanglu").pk]).exists()


def test_two_thousand_values_are_one_parameter() -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert not Project.objects.filter(code__among=[f"X{n}" for n in range(2000)]).exists()
    (query,) = captured.captured_queries
    assert query["sql"].count(" OR ") == 0
    assert "JSON_EACH" in query["sql"] or "= ANY(" in query["sql"]


def test_thousands_of_numbers_find_the_same_rows() -> None:
    district = make_district()
    common = {
        "programme": ProgrammeFactory(bureau=district.bureau),
        "street": district.street("zhonglou"),
    }
    first, left_out = (ProjectFactory(code=code, **common) for code in ("A-1", "A-2"))
    many = frozenset({first.pk, *range(left_out.pk + 1, left_out.pk + 2000)})
    assert set(Project.objects.filter(pk__among=many)) == {first}
    assert set(Project.objects.exclude(pk__among=many)) == {left_out}


def test_values_are_taken_as_the_field_stores_them() -> None:
    """Numbers for a text, and texts for a number."""
    district = make_district()
    common = {
        "programme": ProgrammeFactory(bureau=district.bureau),
        "street": district.street("zhonglou"),
    }
    rows = [ProjectFactory(code=code, **common) for code in ("12", "A-12")]
    assert list(Project.objects.filter(code__among=[12, 13])) == [rows[0]]
    assert list(Project.objects.filter(pk__among=[str(rows[1].pk)])) == [rows[1]]
    assert set(Project.objects.filter(street__among=[str(district.street("zhonglou").pk)])) == set(
        rows
    )
