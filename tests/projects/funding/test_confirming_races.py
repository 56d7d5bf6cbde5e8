"""A colleague plans money in the moment between the look anew of a confirmation and its own writing."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from django.db import connection

from projects.funding.models import FundingPlan
from projects.funding.planned import set_plan
from renovation.core.calendar import local_moment
from renovation.core.errors import StateConflict
from renovation.intake import services as intake
from tests.factories.accounts import make_district
from tests.factories.funding import FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.projects.list_books.scene import book_of, errors, sent, write
from tests.races import Colleague

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


@pytest.mark.parametrize("code", ["central", "district"])
def test_an_amount_that_a_colleague_plans_in_that_moment_is_shown_and_not_written_over(
    code: str,
) -> None:
    """The amount of a source that has one, and of one that has none yet."""
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
    )
    FundingPlanFactory(project=project, source=FundingSourceFactory(code="central"))
    source = FundingSourceFactory(code=code)
    book = book_of(district, "plans", NOW)
    row = 1 if code == "central" else 2
    write(book, "plans", row, project="ZC2025-01", source=source.name, planned=Decimal(310))
    upload = sent(district, "plans", book, NOW)
    assert errors(upload) == []
    by, other = district.users["bureau"], district.users["bureau2"]

    def plan() -> FundingPlan:
        return set_plan(project=project, source=source, planned_fen=250_0000_00, by=other, now=NOW)

    with connection.execute_wrapper(Colleague(plan)), pytest.raises(StateConflict) as stale:
        intake.commit(upload=upload, by=by, now=NOW)
    assert stale.value.code == "upload.stale"
    amounts = FundingPlan.objects.filter(source=source).values_list("planned_fen", flat=True)
    assert amounts.get() == 250_0000_00
    upload.refresh_from_db()
    assert upload.rows[row - 1]["before"]["planned"] in {"250", "250.00"}
    reasons = [(upload.rows[row - 1]["key"], "L182", "按区财政局文件")]
    intake.answer(upload=upload, reasons=reasons, by=by, now=NOW)
    intake.commit(upload=upload, by=by, now=NOW)
    assert amounts.get() == 310_0000_00
