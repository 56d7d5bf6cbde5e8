"""The demo of Monday 30 March 2026, loaded by the command and once more: alive, the same each time, never renewed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from renovation.accounts.models import User
from renovation.records.models import Holiday
from reports.demo.services import load, moment_of
from supervision.weekly.models import WeeklyReport

from .alive import check, counts
from .conftest import Demo, load_on, undone

pytestmark = pytest.mark.django_db

DAY = "2026-03-30"


@dataclass(frozen=True)
class Spring:
    """The demo that stands, and what the command left when it loaded the same day into an empty database."""

    demo: Demo
    said: str
    leader: User
    reports: list[tuple[object, ...]]


def _reports() -> list[tuple[object, ...]]:
    # A corrected week has a project twice: without the version the database chooses the order.
    names = ("weekly_return__week_start", "weekly_return__version", "project__code")
    values = ("progress_percent", "completed_investment_fen", "work_done")
    return list(WeeklyReport.objects.order_by(*names).values_list(*names, *values))


@pytest.fixture(scope="module")
def spring(django_db_setup: None, django_db_blocker: Any) -> Iterator[Spring]:
    said = StringIO()
    with undone(django_db_blocker), pytest.MonkeyPatch.context() as environment:
        environment.delenv("DEMO_PASSWORD", raising=False)
        call_command("load_demo", "--without-papers", "--today", DAY, stdout=said)
        leader = User.objects.get(username="leader")
        reports = _reports()
    with undone(django_db_blocker):
        yield Spring(load_on(DAY), said.getvalue(), leader, reports)


def test_the_demo_is_alive(spring: Spring) -> None:
    check(spring.demo)


def test_early_in_a_year_the_next_one_is_not_entered(spring: Spring) -> None:
    assert not Holiday.objects.filter(day__year=2027).exists()


def test_the_same_day_gives_the_same_rows(spring: Spring) -> None:
    assert len(spring.reports) > 500
    assert _reports() == spring.reports


def test_loading_again_changes_nothing(spring: Spring) -> None:
    before = counts()
    hashes = dict(User.objects.values_list("username", "password"))
    for day in (DAY, "2026-05-06"):
        again = load(password="Another-20251", now=moment_of(today=date.fromisoformat(day)))
        assert not again.is_new
        assert again.years == spring.demo.loaded.years
    assert counts() == before
    assert dict(User.objects.values_list("username", "password")) == hashes


def test_the_command_says_what_it_loaded_and_the_password(spring: Spring) -> None:
    assert "已装入 2025、2026 年演示数据。" in spring.said
    assert spring.leader.check_password(spring.said.split("口令：")[1].strip())


def test_the_command_loads_once_and_renews_passwords(spring: Spring) -> None:
    user = User.objects.get(username="leader")
    assert not user.check_password("Xinkouling-1")
    said = StringIO()
    call_command("load_demo", "--password", "Xinkouling-1", stdout=said)
    assert said.getvalue() == "已有 2025、2026 年演示数据，未改动。\n"
    user.refresh_from_db()
    assert user.check_password("Xinkouling-1")
