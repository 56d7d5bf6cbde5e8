"""A street that is closed on a day stays in the roll-ups, on earlier days and after: its projects are still its."""

from __future__ import annotations

from datetime import date

import pytest

from renovation.core.measures import Approval
from reports.figures import services as figures
from tests.conftest import Clock
from tests.factories.accounts import make_district
from tests.factories.ledger import ProgrammeFactory, make_project

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("as_of", [date(2025, 4, 27), date(2025, 5, 4)])
def test_a_closed_street_keeps_its_sums(clock: Clock, as_of: date) -> None:
    now = clock.at("2025-05-07 10:00")
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    closed, other = district.street("zhonglou"), district.street("banyanglu")
    make_project(programme=programme, street=closed, code="ZC2025-01", households=60)
    make_project(programme=programme, street=other, code="ZC2025-02", households=40)
    closed.valid_to = date(2025, 4, 30)
    closed.save()
    facts = figures.load(programme=programme, as_of=as_of, approval=Approval.ALL, now=now)
    sums = {place.code: facts.get("户数", place).value for place in facts.places[figures.STREET]}
    assert sums == {closed.code: 60, other.code: 40}
    assert facts.get("户数").value == 100
