"""Organisations are added and moved; none hangs below itself, also where two are moved at once."""

from __future__ import annotations

from functools import partial

import pytest

from renovation.accounts.models import Organisation
from renovation.console.services import save_organisation
from renovation.core.errors import Refusal
from tests.factories.accounts import CommunityFactory, District, make_district
from tests.races import at_once
from tests.supervision.weekly.office import THURSDAY


def moved(district: District, row: Organisation, above: Organisation) -> Organisation:
    """Somebody who read the organisation before hangs it below another."""
    fresh = Organisation.objects.get(pk=row.pk)
    fresh.parent = above
    return save_organisation(organisation=fresh, by=district.users["admin"], now=THURSDAY)


@pytest.mark.django_db
def test_none_hangs_below_itself_or_what_is_below_it() -> None:
    district = make_district()
    street = district.street("zhonglou")
    community: Organisation = CommunityFactory(parent=street)
    for above in (street, community):
        with pytest.raises(Refusal) as caught:
            moved(district, street, above)
        assert (caught.value.code, caught.value.field) == ("organisation.below_itself", "parent")
    other = district.street("songlinglu")
    assert moved(district, community, other).parent == other


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("are_tops", [False, True])
def test_two_are_not_hung_one_below_the_other_at_once(are_tops: bool) -> None:
    district = make_district()
    top = None if are_tops else district.street("zhonglou")
    one, two = CommunityFactory(parent=top), CommunityFactory(parent=top)
    answers = at_once(partial(moved, district, one, two), partial(moved, district, two, one))
    (refused,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert refused.code == "organisation.below_itself"
    assert len(Organisation.objects.all().lineage(one.pk)) >= 1
