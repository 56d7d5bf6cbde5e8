"""A session lives as long as it is used, and is written once a minute for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import Clock
from tests.factories.accounts import District, make_district

pytestmark = pytest.mark.django_db
PAGE = "/todo/"


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def signed_in(client: Client, district: District, settings: Any) -> Client:
    settings.SESSION_COOKIE_AGE = 30 * 60
    client.force_login(district.users["banyanglu"])
    return client


def opened(client: Client, at: str, clock: Clock) -> tuple[int, bool, bool]:
    """Status of a page opened at a time, and whether it wrote the session and set the cookie anew."""
    clock.at(f"2025-05-07 {at}")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(PAGE)
    wrote = any(
        query["sql"].startswith(("UPDATE", "INSERT")) and "django_session" in query["sql"]
        for query in queries
    )
    return answer.status_code, wrote, "sessionid" in answer.cookies


def test_it_is_written_once_a_minute(signed_in: Client, clock: Clock) -> None:
    assert opened(signed_in, "10:00:00", clock) == (200, True, True)
    assert opened(signed_in, "10:00:00", clock) == (200, False, False)
    assert opened(signed_in, "10:00:59", clock) == (200, False, False)
    assert opened(signed_in, "10:01:00", clock) == (200, True, True)
    assert opened(signed_in, "10:01:59", clock) == (200, False, False)
    assert Session.objects.get().expire_date == clock.at("2025-05-07 10:31:00")


def test_who_works_on_stays_signed_in_and_who_rests_does_not(
    signed_in: Client, clock: Clock
) -> None:
    for at in ("10:00", "10:29", "10:58", "11:27"):
        assert opened(signed_in, at, clock)[0] == 200
    assert opened(signed_in, "11:56:59", clock)[0] == 200
    clock.at("2025-05-07 12:27")
    answer = signed_in.get(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/sign-in/?next={PAGE}")


def test_who_may_rest_a_minute_alone_stays_signed_in_by_working(
    signed_in: Client, clock: Clock, settings: Any
) -> None:
    settings.SESSION_COOKIE_AGE = 60
    for at in ("10:00:00", "10:00:30", "10:00:59", "10:01:30", "10:02:24"):
        assert opened(signed_in, at, clock) == (200, True, True)
    assert opened(signed_in, "10:02:29", clock) == (200, False, False)
    assert opened(signed_in, "10:03:24", clock)[0] == 302


def test_a_clock_that_was_set_back_does_not_end_it(signed_in: Client, clock: Clock) -> None:
    opened(signed_in, "10:20", clock)
    assert opened(signed_in, "10:10", clock) == (200, True, True)


def test_a_stranger_gets_none(client: Client, district: District, clock: Clock) -> None:
    answer = client.get("/accounts/sign-in/")
    assert (answer.status_code, "sessionid" in answer.cookies) == (200, False)
    assert not Session.objects.exists()
