"""What stands above an organisation and below it, read by the keys of parents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from tests.factories.accounts import CommunityFactory, District, make_district

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    make_district("boshan-")
    return make_district()


def test_they_are_told_from_the_top(district: District) -> None:
    street = district.street("zhonglou")
    community: Organisation = CommunityFactory(parent=street)
    above = [district.city, district.bureau, street]
    assert list(community.ancestors()) == above
    assert list(community.ancestors(include_self=True)) == [*above, community]
    bureau = community.ancestors().filter(kind=OrganisationKind.BUREAU)
    assert (bureau.first(), bureau.last()) == (district.bureau, district.bureau)


def test_nothing_stands_above_the_top(district: District) -> None:
    assert list(district.city.ancestors()) == []
    assert list(district.city.ancestors(include_self=True)) == [district.city]


def test_a_place_in_the_tree_that_is_known_is_not_looked_up(
    district: District, django_assert_num_queries: Callable[..., Any]
) -> None:
    street = district.street("zhonglou")
    with django_assert_num_queries(2):
        assert list(street.ancestors()) == [district.city, district.bureau]
    placed = Organisation.objects.with_tree_fields().get(pk=street.pk)
    with django_assert_num_queries(1):
        assert list(placed.ancestors()) == [district.city, district.bureau]


def test_everything_below_in_one_query(
    district: District, django_assert_num_queries: Callable[..., Any]
) -> None:
    street = district.street("zhonglou")
    community = CommunityFactory(parent=street)
    CommunityFactory(parent=district.street("songlinglu"))
    rows = Organisation.objects.all()
    with django_assert_num_queries(1):
        assert rows.with_all_below(street.pk) == {street.pk, community.pk}
    with django_assert_num_queries(1):
        found = rows.with_all_below(district.city.pk)
    under = district.city.descendants(include_self=True).values_list("pk", flat=True)
    assert found == set(under)
    assert rows.with_all_below(community.pk) == {community.pk}


def test_a_tree_deeper_than_one_look_is_followed_to_its_end() -> None:
    chain = [CommunityFactory(parent=None)]
    for _ in range(9):
        chain.append(CommunityFactory(parent=chain[-1]))
    CommunityFactory(parent=None)
    found = Organisation.objects.all().with_all_below(chain[1].pk)
    assert found == {each.pk for each in chain[1:]}


def test_an_organisation_is_checked_against_hanging_below_itself(district: District) -> None:
    street = district.street("zhonglou")
    street.full_clean()
    bureau = district.bureau
    bureau.parent = street
    with pytest.raises(ValidationError):
        bureau.full_clean()


def test_a_circle_is_told_and_followed_once(district: District) -> None:
    """Nothing lets one come about (`console.services.save_organisation`); one that stands must not hang a request."""
    one, two = district.street("zhonglou"), district.street("songlinglu")
    Organisation.objects.filter(pk=one.pk).update(parent=two)
    Organisation.objects.filter(pk=two.pk).update(parent=one)
    rows = Organisation.objects.all()
    assert rows.with_all_below(one.pk) == {one.pk, two.pk}
    with pytest.raises(RuntimeError, match="stands above itself"):
        rows.lineage(one.pk)
