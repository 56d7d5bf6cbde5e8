"""填报负担: cells, minutes and columns that nobody uses, for the bureau."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from renovation.core.periods import Week
from renovation.records.services import set_value
from supervision.weekly import services
from supervision.weekly.burden.tally import Burden, burden_of
from supervision.weekly.burden.working import PAUSE, note_opening, note_work
from supervision.weekly.drafting.services import take_up
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
    """Two weeks of a street: the first taken up on Wednesday for 7 minutes and filled in on Thursday within 47, the
    second half unchanged, its opening unknown."""
    for at in ("05-07 09:00", "05-07 09:07", "05-08 14:13", "05-08 14:28", "05-08 14:39", "05-08 14:50"):  # fmt: skip
        note_opening(street=office.street, week=WEEK, version=1, now=moment(f"2025-{at}"))
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
    assert lines == [(WEEK.next(), 2, 1, 4, 14, 1, None), (WEEK, 2, 0, 6, 14, 4, 54)]
    assert (found(sent).cells_per_return, found(sent).median_minutes) == (19, 54)


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
        ["松龄路街道", "2025年第19周", 2, 0, 6, 14, 4, 54],
    ]
    assert "相隔不超过 15 分钟的，中间的时间算在内" in page
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


def work_at(office: Office, *moments: str, ends: bool = False) -> ReturnOpening:
    """What is kept of the return of the week after moments of work at it."""
    for at in moments:
        note_work(
            street_id=office.street.pk,
            week_start=WEEK.start,
            version=1,
            now=moment(f"2025-05-08 {at}"),
            ends=ends and at == moments[-1],
        )
    return ReturnOpening.objects.get()


def test_only_the_time_in_which_somebody_worked_is_counted(office: Office) -> None:
    """Up to 15 minutes between two savings are work, more is a pause; after the sending nothing is."""
    assert timedelta(minutes=15) == PAUSE
    note_opening(street=office.street, week=WEEK, version=1, now=moment("2025-05-08 09:00"))
    assert work_at(office, "09:10", "09:25").worked_seconds == 25 * 60
    assert work_at(office, "09:40:01").worked_seconds == 25 * 60
    # Saved every few seconds, no part of a second is lost.
    assert work_at(office, *(f"09:40:0{n}.600" for n in range(2, 9))).worked_seconds == 25 * 60 + 7
    assert work_at(office, "09:40:09.100").worked_seconds == 25 * 60 + 8
    assert work_at(office, "09:40:05").worked_seconds == 25 * 60 + 8  # a clock that lags
    sent = work_at(office, "09:45:09.100", ends=True)
    assert (sent.worked_seconds, sent.seen_at) == (25 * 60 + 8 + 300, None)
    assert work_at(office, "09:50", "09:55").worked_seconds == 25 * 60 + 8 + 300
    note_opening(street=office.street, week=WEEK, version=1, now=moment("2025-05-08 09:56"))
    assert ReturnOpening.objects.get().worked_seconds == 25 * 60 + 8 + 300


def test_the_sending_ends_the_work_though_somebody_saves_in_between(office: Office) -> None:
    """A colleague's cell is kept between the two statements of the sending, with a later moment: the return is sent all
    the same, and what is done at it once it was sent back counts no more."""
    note_opening(street=office.street, week=WEEK, version=1, now=moment("2025-05-08 09:00"))
    done: list[str] = []

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not done and sql.startswith("UPDATE"):
            done.append(sql)
            work_at(office, "09:10:02")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        sent = work_at(office, "09:10:01", ends=True)
    assert (len(done), sent.seen_at, sent.worked_seconds) == (1, None, 10 * 60 + 2)
    assert work_at(office, "09:15", "09:20").worked_seconds == 10 * 60 + 2


def test_the_sending_ends_the_work_that_a_later_moment_counts_already(office: Office) -> None:
    note_opening(street=office.street, week=WEEK, version=1, now=moment("2025-05-08 09:00"))
    work_at(office, "09:10:02")
    sent = work_at(office, "09:10:01", ends=True)
    assert (sent.seen_at, sent.worked_seconds) == (None, 10 * 60 + 2)
    # Of the next version nothing is ended.
    note_opening(street=office.street, week=WEEK, version=2, now=moment("2025-05-08 10:00"))
    note_work(
        street_id=office.street.pk,
        week_start=WEEK.start,
        version=1,
        now=moment("2025-05-08 10:05"),
        ends=True,
    )
    assert ReturnOpening.objects.get(version=2).seen_at == moment("2025-05-08 10:00")


def test_saving_writing_and_sending_are_work(office: Office, client: Client, clock: Any) -> None:
    """The form is opened at 9, a cell saved at 9:08, all written the next day at 10:05 after it was opened at 10, and
    sent at 10:15."""
    form = "/weekly/2025-05-12/songlinglu/form/"
    client.force_login(office.clerk)
    clock.at("2025-05-15 09:00")
    client.get(form)
    clock.at("2025-05-15 09:08")
    cells = {"progress_percent": ["", "10"]}
    body = {
        "version": 1, "person": office.clerk.pk,
        "rows": {str(office.projects[0].pk): {"seen": "", "cells": cells}},
    }  # fmt: skip
    answer = client.post(f"{form}cells/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    clock.at("2025-05-16 10:00")
    client.force_login(office.clerk)  # the session of the day before has ended
    assert client.get(form).status_code == 200
    assert ReturnOpening.objects.get().worked_seconds == 8 * 60
    week = WEEK.next()
    draft = services.open_return(street=office.street, week=week, by=office.clerk, now=FRIDAY)
    at = moment("2025-05-16 10:05")
    services.write_reports(weekly_return=draft, rows=office.rows(), by=office.clerk, now=at)
    services.submit(weekly_return=draft, by=office.clerk, now=moment("2025-05-16 10:15"))
    (line,) = found(office).lines
    assert (line.minutes, line.worked_seconds) == (23, 23 * 60)
    assert ReturnOpening.objects.get().seen_at is None


def test_what_was_taken_up_before_work_was_counted_has_no_minutes(sent: Office) -> None:
    ReturnOpening.objects.update(seen_at=None, worked_seconds=None)
    assert [line.minutes for line in found(sent).lines] == [None, None]
    assert found(sent).median_minutes is None
    work = {"street_id": sent.street.pk, "week_start": WEEK.start, "version": 1}
    note_work(**work, now=FRIDAY)
    assert ReturnOpening.objects.get().worked_seconds is None


def test_counting_needs_a_number(office: Office) -> None:
    note_opening(street=office.street, week=WEEK, version=1, now=THURSDAY)
    with pytest.raises(IntegrityError, match="return_opening_is_counted"), transaction.atomic():
        ReturnOpening.objects.update(worked_seconds=None)


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
    with django_assert_num_queries(12):
        client.get(PAGE)
