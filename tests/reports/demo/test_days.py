"""The demo is alive on whatever day it is started, and it is emptied only where it is a demo."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from projects.ledger.models import Programme
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from reports.demo.reset import empty_database
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from tests.factories.accounts import UserFactory

from .alive import check, counts
from .conftest import load_on

pytestmark = pytest.mark.django_db

#: 2026-03-30 stands in ``test_spring``.
DAYS = ["2026-01-02", "2026-02-18", "2026-11-23", "2027-01-04"]
MORE_DAYS = [
    "2026-01-31",
    "2026-02-02",
    "2026-03-02",
    "2026-07-01",
    "2026-10-05",
    "2026-12-31",
    "2027-02-10",
    "2028-02-29",
    "2031-06-16",
]  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
def test_the_demo_is_alive_on(day: str) -> None:
    check(load_on(day))


@pytest.mark.year
@pytest.mark.parametrize("day", MORE_DAYS)
def test_the_demo_is_alive_on_further_days(day: str) -> None:
    check(load_on(day))


@pytest.mark.parametrize(
    ("day", "clock"),
    [("2026-11-23", "00:05"), ("2026-11-23", "12:00"), ("2026-11-23", "12:01"), ("2026-11-27", "17:30"),
     ("2026-11-29", "23:59"), ("2026-12-21", "09:00"), ("2026-02-14", "18:00")],
)  # fmt: skip
def test_the_demo_is_alive_at(day: str, clock: str) -> None:
    check(load_on(day, clock))


# -- the command and the reset -----------------------------------------------------------------------
def test_the_command_is_refused_in_production(settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="正式环境不能装入演示数据"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_a_database_in_use_is_left_alone() -> None:
    UserFactory()
    before = counts()
    with pytest.raises(Refusal, match="已有正式用户"):
        load_on("2026-03-30")
    with pytest.raises(Refusal, match="正式数据"):
        empty_database()
    assert counts() == before


@pytest.mark.django_db(transaction=True)
def test_reset_empties_guarded_tables_and_guards_them_again() -> None:
    load_on("2026-03-30")
    again = ["--reset", "--without-papers", "--today", "2026-05-06"]
    call_command("load_demo", *again, stdout=StringIO())
    assert Programme.objects.count() == 2
    assert WeeklyReturn.objects.filter(week_start=date(2026, 5, 4)).exists()
    row = WeeklyReturn.objects.filter(state=ReturnState.PUBLISHED).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyReturn.objects.filter(pk=row.pk).update(comment="改")
