"""Settings, lineage and calendar are read once a request, and never remembered longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from renovation.accounts.middleware import HoldingMiddleware
from renovation.core.holding import holding
from renovation.records.models import Holiday
from renovation.records.services import (
    lineage,
    set_value,
    settings_of,
    values_in_force,
    work_calendar,
)
from supervision.weekly.parameters import RED_BEHIND
from tests.factories.accounts import CommunityFactory, District, make_district
from tests.reports.figures.district import NOW

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)


@pytest.fixture
def district() -> District:
    return make_district()


def put(district: District, value: str, effective_on: date = DAY) -> None:
    set_value(
        key=RED_BEHIND.key,
        organisation=district.bureau,
        value=value,
        effective_on=effective_on,
        reason="区政府会议纪要",
        by=None,
        now=NOW,
    )


def red(district: District) -> Decimal:
    value: Decimal = values_in_force(organisation=district.bureau, on=DAY)[RED_BEHIND.key]
    return value


def test_the_lineage_leads_to_the_top_in_one_query(
    district: District, django_assert_num_queries: Callable[..., Any]
) -> None:
    street = district.street("zhonglou")
    community = CommunityFactory(parent=street)
    with django_assert_num_queries(1):
        assert lineage(organisation=community) == [
            community.pk,
            street.pk,
            district.bureau.pk,
            district.city.pk,
        ]


def test_a_tree_deeper_than_one_look_is_followed_to_the_top() -> None:
    above = CommunityFactory(parent=None)
    chain = [above]
    for _ in range(9):
        chain.append(CommunityFactory(parent=chain[-1]))
    assert lineage(organisation=chain[-1]) == [each.pk for each in reversed(chain)]


def test_the_nearest_row_in_force_decides(district: District) -> None:
    set_value(
        key=RED_BEHIND.key,
        organisation=district.city,
        value="25",
        effective_on=date(2025, 1, 1),
        reason="全市统一",
        by=None,
        now=NOW,
    )
    assert red(district) == Decimal("25.0")
    put(district, "40", date(2025, 5, 8))
    assert red(district) == Decimal("25.0")
    put(district, "35")
    put(district, "36")
    assert red(district) == Decimal("36.0")


def test_one_request_asks_once(
    district: District, django_assert_num_queries: Callable[..., Any]
) -> None:
    with holding(), django_assert_num_queries(3):
        for day in (DAY, date(2024, 5, 7), DAY):
            values_in_force(organisation=district.bureau, on=day)
            settings_of(organisation=district.bureau)
            work_calendar()


def test_the_next_request_sees_what_was_changed(district: District) -> None:
    seen: list[tuple[Decimal, bool]] = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append((red(district), work_calendar().is_workday(date(2025, 5, 9))))
        return HttpResponse()

    answer = HoldingMiddleware(view)
    answer(RequestFactory().get("/"))
    put(district, "42")
    Holiday.objects.create(day=date(2025, 5, 9), is_workday=False, name="区运动会")
    answer(RequestFactory().get("/"))
    assert seen == [(Decimal("30.0"), True), (Decimal("42.0"), False)]


def test_a_request_that_writes_reads_what_it_wrote(district: District) -> None:
    seen: list[Decimal] = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(red(district))
        put(district, "42")
        seen.append(red(district))
        return HttpResponse()

    HoldingMiddleware(view)(RequestFactory().post("/"))
    assert seen == [Decimal("30.0"), Decimal("42.0")]


def test_outside_of_requests_nothing_is_held(district: District) -> None:
    assert red(district) == Decimal("30.0")
    put(district, "42")
    assert red(district) == Decimal("42.0")
