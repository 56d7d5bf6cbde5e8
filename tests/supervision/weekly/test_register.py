"""The register: who owes, who sent, when; as a page and as a workbook."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.test import Client

from renovation.core.periods import Week
from supervision.weekly import services
from supervision.weekly.register import register_between
from supervision.weekly.return_facts import return_facts
from supervision.weekly.weeks import Phase
from tests.factories.ledger import make_project
from tests.factories.weekly import ReturnExceptionFactory, make_return
from tests.wording import said

from .office import WEEK, Office, moment

pytestmark = pytest.mark.usefixtures("clock")


def standings(office: Office, now: str, last: Week = WEEK) -> dict[str, Any]:
    """Street → standing in the week of the office, and the line itself."""
    register = register_between(
        bureau=office.district.bureau,
        streets={street.pk for street in office.district.streets},
        first=WEEK,
        last=last,
        now=moment(now),
    )
    line = next(line for line in register.lines if line.week == WEEK)
    return {entry.street.short_name: entry for entry in line.entries} | {"line": line}


@pytest.mark.parametrize(
    ("now", "word", "missing"),
    [("2025-05-12 12:00:00", "待报", 0), ("2025-05-12 12:00:01", "未报", 2)],
)
def test_who_has_sent_nothing_owes_until_it_closes(
    office: Office, now: str, word: str, missing: int
) -> None:
    found = standings(office, now)
    assert found["松龄路街道"].standing.word == word
    assert len(found["line"].missing) == missing
    # 般阳路 has no reporting project: nothing is expected of it, it does not appear.
    assert set(found) == {"松龄路街道", "钟楼街道", "line"}


def test_on_time_late_and_opening(office: Office) -> None:
    office.submitted(moment("2025-05-09 17:00:00"))
    make_return(office.other, {office.stranger: (10, 1_0000_00)}, is_opening=True)
    found = standings(office, "2025-05-20 09:00")
    ours, theirs = found["松龄路街道"].standing, found["钟楼街道"].standing
    assert (ours.is_reported, ours.is_on_time, ours.word) == (True, True, "已报送")
    assert (theirs.is_reported, theirs.is_on_time, theirs.is_late) == (True, True, False)
    assert len(found["line"].reported) == 2


def test_a_late_return_is_reported_but_not_on_time(office: Office) -> None:
    draft = office.draft()
    services.submit(
        weekly_return=draft,
        by=office.clerk,
        now=moment("2025-05-12 12:00:00"),
        late_reason="停电。",
    )
    ours = standings(office, "2025-05-20 09:00")["松龄路街道"].standing
    assert (ours.is_reported, ours.is_on_time, ours.is_late) == (True, False, True)


def test_what_stood_sent_back_at_closing_is_not_reported(office: Office) -> None:
    sent = office.submitted()
    services.send_back(
        weekly_return=sent, comment="请核对。", by=office.head, now=moment("2025-05-12 11:00")
    )
    before = standings(office, "2025-05-12 10:59")["松龄路街道"].standing
    after = standings(office, "2025-05-12 13:00")["松龄路街道"].standing
    assert (before.is_reported, after.is_reported, after.word) == (True, False, "未报")
    # First submitted in time: a sending back does not undo that, but 未报 is 未报.
    assert after.is_missing is True


def test_what_was_sent_back_after_closing_stays_reported(office: Office) -> None:
    sent = office.submitted()
    services.send_back(
        weekly_return=sent, comment="请核对。", by=office.reviewer, now=moment("2025-05-13 09:00")
    )
    ours = standings(office, "2025-05-14 09:00")["松龄路街道"].standing
    assert (ours.is_reported, ours.is_on_time, ours.word) == (True, True, "已退回")


def test_a_correction_touches_nothing(office: Office) -> None:
    old = office.approved()
    services.correct(
        weekly_return=old, reason="更正。", by=office.clerk, now=moment("2025-05-20 09:00")
    )
    ours = standings(office, "2025-05-20 09:00")["松龄路街道"]
    assert (ours.standing.is_reported, ours.standing.is_on_time) == (True, True)
    assert (ours.standing.word, ours.first, ours.latest.version) == ("更正中", old, 2)


def test_a_nil_return_is_marked(office: Office) -> None:
    office.approved()
    now = moment("2025-05-15 09:00")
    opened = services.open_return(street=office.street, week=WEEK.next(), by=office.clerk, now=now)
    rows = [
        services.ReportValues(project_id=project.pk, is_unchanged=True)
        for project in office.projects
    ]
    services.write_reports(weekly_return=opened, rows=rows, by=office.clerk, now=now)
    services.submit(weekly_return=opened, by=office.clerk, now=now)
    register = register_between(
        bureau=office.district.bureau,
        streets={office.street.pk},
        first=WEEK,
        last=WEEK.next(),
        now=now,
    )
    assert [line.entries[0].is_nil for line in register.lines] == [True, False]


def nil_by_page_and_figure(office: Office, now: str) -> tuple[bool, bool]:
    """Whether the week after the office's is a 零报告 in the register, and in the figures."""
    week = WEEK.next()
    register = register_between(
        bureau=office.district.bureau,
        streets={office.street.pk},
        first=week,
        last=week,
        now=moment(now),
    )
    facts = return_facts(
        bureau=office.district.bureau, first=week, last=week, on=week.end, now=moment(now)
    )
    (figure,) = [fact.is_nil for fact in facts if fact.street == office.street]
    return register.lines[0].entries[0].is_nil, figure


def test_a_nil_return_is_judged_by_its_first_version_as_it_was_reported(office: Office) -> None:
    office.approved()
    week, now = WEEK.next(), moment("2025-05-15 09:00")
    opened = services.open_return(street=office.street, week=week, by=office.clerk, now=now)
    rows = [
        services.ReportValues(project_id=project.pk, is_unchanged=True)
        for project in office.projects
    ]
    services.write_reports(weekly_return=opened, rows=rows, by=office.clerk, now=now)
    assert nil_by_page_and_figure(office, "2025-05-15 09:01") == (False, False)
    sent = services.submit(weekly_return=opened, by=office.clerk, now=now)
    assert nil_by_page_and_figure(office, "2025-05-20 09:00") == (True, True)
    services.send_back(
        weekly_return=sent, comment="请核对。", by=office.head, now=moment("2025-05-19 11:00")
    )
    assert nil_by_page_and_figure(office, "2025-05-20 09:00") == (False, False)
    sent = services.submit(weekly_return=sent, by=office.clerk, now=moment("2025-05-19 11:30"))
    sent = services.review(weekly_return=sent, by=office.head, now=moment("2025-05-19 11:40"))
    sent = services.approve(weekly_return=sent, by=office.reviewer, now=moment("2025-05-19 11:50"))
    services.correct(
        weekly_return=sent, reason="更正。", by=office.clerk, now=moment("2025-05-20 08:00")
    )
    assert nil_by_page_and_figure(office, "2025-05-20 09:00") == (True, True)


def test_a_week_stays_open_for_the_street_with_an_exception(
    client: Client, office: Office, clock: Any
) -> None:
    clock.at("2025-05-13 09:00")
    closes_at = moment("2025-05-14 12:00")
    ReturnExceptionFactory(street=office.street, week_start=WEEK.start, closes_at=closes_at)
    found = standings(office, "2025-05-13 09:00")
    assert (found["松龄路街道"].phase, found["松龄路街道"].is_open) == (Phase.LATE, True)
    assert (found["钟楼街道"].phase, found["钟楼街道"].is_open) == (Phase.CLOSED, False)
    client.force_login(office.reviewer)
    page = client.get("/weekly/")
    assert [line.week for line, _, _, _ in page.context["current"]] == [WEEK, WEEK.next()]
    assert page.context["owed"][0] == (
        "第19周待报：",
        "松龄路街道",
        "，5月14日 12:00 关闭，现在报送为迟报。",
        False,
    )
    assert page.context["owed"][-1] == ("第19周", "钟楼街道未报", "。", True)
    client.force_login(office.clerk)
    todo = client.get("/todo/").content.decode()
    assert "填报第19周周报" in todo
    assert "5月14日 12:00 关闭，现在报送按迟报计" in said(todo)
    client.force_login(office.district.users["zhonglou"])
    assert "填报第19周周报" not in client.get("/todo/").content.decode()


@pytest.mark.parametrize("now", ["2026-12-30 10:00", "2027-01-01 07:00"])
def test_the_running_week_is_shown_at_the_turn_of_the_year(
    client: Client, office: Office, clock: Any, now: str
) -> None:
    clock.at(now)
    client.force_login(office.reviewer)
    page = client.get("/weekly/")
    assert page.context["year"] == 2027
    assert [line.week.key for line, _, _, _ in page.context["current"]] == ["2026-12-28"]
    assert "第53周" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_costs_the_same_for_one_and_three_streets(
    office: Office, count: int, django_assert_num_queries: Any
) -> None:
    extra = office.district.street("banyanglu")
    programme = office.stranger.programme
    project = make_project(programme=programme, street=extra, code="ZC2025-01")
    rows = {
        office.street: dict.fromkeys(office.projects, (10, 1000000)),
        office.other: {office.stranger: (10, 1_0000_00)},
        extra: {project: (10, 1_0000_00)},
    }
    for street, reports in list(rows.items())[:count]:
        make_return(street, reports, sent_back_at=moment("2025-05-08 12:00"))
    # spans 2, calendar, weeks, lineage, settings and their tree 5, exceptions, returns, events, rows
    with django_assert_num_queries(11):
        register_between(
            bureau=office.district.bureau,
            streets={street.pk for street in list(rows)[:count]},
            first=WEEK,
            last=WEEK.shift(10),
            now=moment("2025-05-08 13:00"),
        )


# -- the page ----------------------------------------------------------------------------------------
def page(client: Client, user: Any, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(f"/weekly/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_clerk_sees_the_own_street_only(client: Client, office: Office, clock: Any) -> None:
    clock.at("2025-05-08 10:00")
    mine = page(client, office.clerk)
    assert "松龄路街道" in mine
    assert "钟楼街道" not in mine
    everybody = page(client, office.reviewer)
    assert "松龄路街道" in everybody
    assert "钟楼街道" in everybody


def test_another_district_does_not_appear(client: Client, office: Office, clock: Any) -> None:
    from tests.factories.accounts import make_district
    from tests.factories.ledger import ProgrammeFactory

    other = make_district(prefix="boshan-")
    theirs = other.street("songlinglu")
    theirs.short_name = "山头街道"
    theirs.save()
    make_project(programme=ProgrammeFactory(bureau=other.bureau), street=theirs, code="BS2025-01")
    clock.at("2025-05-08 10:00")
    assert "山头街道" not in page(client, office.reviewer)
    assert "山头街道" in page(client, other.users["reviewer"])


def test_the_year_and_the_missing_are_filters_in_the_address(
    client: Client, office: Office, clock: Any
) -> None:
    clock.at("2025-05-20 10:00")
    office.approved(moment("2025-05-09 10:00"))
    everything = page(client, office.clerk, "?year=2025")
    assert "第19周" in everything
    owing = page(client, office.clerk, "?year=2025&show=owing")
    assert "第18周" in owing
    assert "第19周" not in owing.split("各周报送情况", 1)[1]
    late = page(client, office.clerk, "?year=2025&show=late")
    assert "没有符合条件的周" in late
    nothing = page(client, office.clerk, "?year=2019")
    assert "还没有周报" in nothing


@pytest.mark.parametrize("year", ["abcd", "20250", "-1", "二〇二五", "9999"])
def test_a_strange_year_is_no_fault(client: Client, office: Office, year: str) -> None:
    assert "周报" in page(client, office.reviewer, f"?year={year}")


def test_a_year_without_holidays_warns(client: Client, office: Office, clock: Any) -> None:
    clock.at("2031-05-08 10:00")
    assert "2031年的截止时间暂按周末休息推算" in page(client, office.reviewer)


def test_the_lead_names_who_owes(client: Client, office: Office, clock: Any) -> None:
    clock.at("2025-05-15 10:00")
    office.approved(moment("2025-05-09 10:00"))
    shown = page(client, office.reviewer)
    assert "第20周待报：<b>松龄路街道、钟楼街道</b>，5月16日 17:00 截止。" in said(shown)
    assert '第19周<strong class="alarm">钟楼街道未报</strong>' in shown


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("songlinglu", 200),
        ("songlinglu-head", 200),
        ("bureau", 200),
        ("reviewer", 200),
        ("leader", 200),
        ("admin", 403),
        ("office", 403),
        ("contractor", 403),
        ("supervisor", 403),
        ("inspector", 403),
        ("npc", 403),
        ("auditor", 403),
        ("hotline", 403),
    ],
)
def test_who_may_open_the_register(client: Client, office: Office, name: str, status: int) -> None:
    client.force_login(office.district.users[name])
    assert client.get("/weekly/").status_code == status
    assert client.get("/weekly/export/").status_code == status


# -- the workbook ------------------------------------------------------------------------------------
def sheet_of(client: Client, year: int = 2025) -> list[tuple[Any, ...]]:
    answer = client.get(f"/weekly/export/?year={year}")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = list(book.active.iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if row[0] == "周")
    return [row for row in rows[head + 1 :] if row[1] is not None]


@pytest.mark.parametrize("count", [1, 3])
def test_the_workbook_has_one_row_a_street_and_week(
    client: Client, office: Office, clock: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    clock.at("2025-05-20 10:00")
    if count == 3:
        make_project(
            programme=office.stranger.programme,
            street=office.district.street("banyanglu"),
            code="ZC2025-01",
        )
    office.approved(moment("2025-05-09 10:00"))
    client.force_login(office.reviewer if count == 3 else office.clerk)
    client.get("/weekly/export/")  # freezes the weeks that are due
    with django_assert_max_num_queries(20):
        rows = sheet_of(client)
    of_week = [row for row in rows if row[1].date() == date(2025, 5, 5)]
    assert len(of_week) == count
    ours = next(row for row in of_week if row[2] == "松龄路街道")
    assert ours[3:8] == (
        2,
        "区局已核定",
        datetime(2025, 5, 9, 17),  # noqa: DTZ001
        datetime(2025, 5, 9, 10),  # noqa: DTZ001
        "按时",
    )
    assert len({row[1] for row in rows}) == len(rows) / count
