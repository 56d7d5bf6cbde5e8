"""填报负担: cells, minutes and columns that nobody uses, for the bureau."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from renovation.core.periods import Week
from renovation.records.services import set_value
from supervision.weekly import services
from supervision.weekly.burden.tally import Burden, burden_of
from supervision.weekly.drafting.services import note_opening, take_up
from supervision.weekly.models import ReturnOpening
from supervision.weekly.parameters import BURDEN_WEEKS
from supervision.weekly.values import ReportValues
from tests.factories.accounts import scope_for
from tests.supervision.weekly.office import THURSDAY, WEEK, Office, moment, values_of

PAGE = "/weekly/burden/"
FRIDAY = moment("2025-05-16 16:00")


@pytest.fixture(autouse=True)
def _friday(clock: Any) -> None:
    clock.at("2025-05-16 16:00")


@pytest.fixture
def sent(office: Office) -> Office:
    """Two weeks of a street: the first filled in within 47 minutes, the second half unchanged, its opening unknown."""
    note_opening(street=office.street, week=WEEK, version=1, now=moment("2025-05-08 14:13"))
    office.approved(problems="缺水泥", workers_count=0)
    week = WEEK.next()
    draft = services.open_return(street=office.street, week=week, by=office.clerk, now=FRIDAY)
    rows = [
        ReportValues(project_id=office.projects[0].pk, is_unchanged=True),
        values_of(office.projects[1], progress_percent=Decimal("12.0"), next_plan="做防水"),
    ]
    services.write_reports(weekly_return=draft, rows=rows, by=office.clerk, now=FRIDAY)
    services.submit(weekly_return=draft, by=office.clerk, now=FRIDAY)
    return office


def found(office: Office) -> Burden:
    return burden_of(scope=scope_for(office.reviewer), now=FRIDAY)


def test_cells_and_minutes_of_each_return(sent: Office) -> None:
    lines = [
        (line.week, line.project_count, line.unchanged_count, line.required_count,
         line.optional_count, line.used_count, line.minutes)
        for line in found(sent).lines
    ]  # fmt: skip
    assert lines == [(WEEK.next(), 2, 1, 4, 14, 1, None), (WEEK, 2, 0, 6, 14, 4, 47)]
    assert (found(sent).cells_per_return, found(sent).median_minutes) == (19, 47)


def test_columns_that_nobody_used_are_proposed_for_removal(sent: Office) -> None:
    uses = {
        use.column.field: (use.used_count, use.row_count, use.is_unused) for use in found(sent).uses
    }
    assert uses == {
        "problems": (2, 4, False),
        "coordination": (0, 4, True),
        "next_plan": (1, 4, False),
        "workers_count": (2, 4, False),
        "claimed_start_on": (0, 4, True),
        "claimed_completion_on": (0, 4, True),
        # Rules ask for it: that nobody broke one is no reason to take it away.
        "explanation": (0, 4, False),
    }
    assert {u.column.field: u.last_week for u in found(sent).uses if u.used_count} == {
        "problems": WEEK,
        "next_plan": WEEK.next(),
        "workers_count": WEEK,
    }


def test_only_the_last_weeks_count(sent: Office) -> None:
    set_value(
        key=BURDEN_WEEKS.key,
        organisation=sent.district.bureau,
        value="1",
        effective_on=FRIDAY.date(),
        reason="只看本周",
        by=sent.district.users["admin"],
        now=FRIDAY,
    )
    assert [line.week for line in found(sent).lines] == [WEEK.next()]


def test_the_page_and_its_workbook_say_the_same(client: Client, sent: Office) -> None:
    client.force_login(sent.reviewer)
    page = client.get(PAGE).content.decode()
    assert (
        "近 12 周 2 份周报，<b>需协调事项、实际开工日期、实际完工日期</b>没有人填过，建议停用。"
        in page
    )
    assert 'href="/weekly/burden/"' in client.get("/weekly/").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}export/").content))
    rows = [[cell.value for cell in row] for row in book["填报负担"].iter_rows()]
    assert [row[:7] + row[9:] for row in rows if row[0] == "松龄路街道"] == [
        ["松龄路街道", "2025年第20周", 2, 1, 4, 14, 1, None],
        ["松龄路街道", "2025年第19周", 2, 0, 6, 14, 4, 47],
    ]
    uses = [[cell.value for cell in row] for row in book["选填栏目"].iter_rows()]
    assert ["需协调事项", 4, 0, None, "建议停用"] in uses


def test_nothing_sent_says_what_will_stand_here(client: Client, office: Office) -> None:
    office.draft()
    client.force_login(office.reviewer)
    assert "还没有可以统计的周报" in client.get(PAGE).content.decode()


def test_it_is_the_bureaus(client: Client, sent: Office) -> None:
    for user in (sent.clerk, sent.head):
        client.force_login(user)
        assert client.get(PAGE).status_code == 403
        assert client.get(f"{PAGE}export/").status_code == 403
        assert PAGE not in client.get("/weekly/").content.decode()


def test_who_takes_the_workbook_begins_the_return(client: Client, office: Office) -> None:
    for user in (office.reviewer, office.head):
        take_up(street=office.street, week=WEEK, scope=scope_for(user), now=THURSDAY)
    assert ReturnOpening.objects.count() == 0
    client.force_login(office.clerk)
    client.get("/weekly/2025-05-12/songlinglu/workbook/")
    opening = ReturnOpening.objects.get()
    assert (Week(opening.week_start), opening.opened_at) == (WEEK.next(), FRIDAY)


@pytest.mark.parametrize("count", [1, 2])
def test_the_page_costs_the_same_for_one_and_two_returns(
    client: Client, office: Office, count: int, django_assert_num_queries: Any, settings: Any
) -> None:
    settings.FACE_TODO_COUNT = ""
    office.approved()
    if count == 2:
        draft = services.open_return(
            street=office.street, week=WEEK.next(), by=office.clerk, now=FRIDAY
        )
        services.write_reports(weekly_return=draft, rows=office.rows(), by=office.clerk, now=FRIDAY)
        services.submit(weekly_return=draft, by=office.clerk, now=FRIDAY)
    client.force_login(office.reviewer)
    client.get(PAGE)
    with django_assert_num_queries(15):
        client.get(PAGE)
