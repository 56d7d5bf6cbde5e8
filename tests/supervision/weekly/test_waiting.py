"""待办 of those who watch over the returns: who did not report, and by which week its figures count since."""

from __future__ import annotations

from typing import Any

import pytest

from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from supervision.weekly.enums import ReturnState
from supervision.weekly.waiting import waiting_for
from tests.factories.weekly import make_return

from .office import WEEK, Office, make_office, moment

pytestmark = pytest.mark.django_db
#: Wednesday of the week after, which is open; WEEK is closed.
NOW = moment("2025-05-14 10:00")


@pytest.fixture
def office(clock: Any) -> Office:
    clock.at("2025-05-14 10:00")
    return make_office()


def missing(office: Office, now: Any = NOW) -> dict[str, str]:
    """Why, by title, of what the leader is told of streets that did not report."""
    scope = scope_of(office.district.users["leader"], on=local_day(now))
    found = waiting_for(scope=scope, now=now)
    return {each.title: str(each.reason) for each in found if each.title.endswith("未报")}


def test_the_figures_are_of_an_earlier_week(office: Office) -> None:
    make_return(office.other, {office.stranger: ("10.0", 1)}, week_start=WEEK.start)
    assert missing(office) == {
        "松龄路街道第19周周报未报": "5月12日 12:00 已截止；2 个项目的进度按更早一周计"
    }


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (ReturnState.SUBMITTED, "2 个项目的进度按更早一周计"),
        (ReturnState.APPROVED, "其后第20周已核定，进度按第20周计"),
    ],
)
def test_until_a_later_week_is_approved(office: Office, state: ReturnState, counted: str) -> None:
    make_return(office.other, {office.stranger: ("10.0", 1)}, week_start=WEEK.start)
    rows = dict.fromkeys(office.projects, ("30.0", 1))
    make_return(office.street, rows, week_start=WEEK.next().start, state=state)
    assert missing(office) == {"松龄路街道第19周周报未报": f"5月12日 12:00 已截止；{counted}"}
