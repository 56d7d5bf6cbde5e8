"""The health address, and the page of runs."""

from __future__ import annotations

import html
import io
import re
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from renovation.accounts.models import Organisation
from renovation.jobs.models import Heartbeat, Run
from renovation.records.models import WorkState
from renovation.records.telling import queue_mail
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.reports.typed_cells import NAMES, texts_for_numbers

pytestmark = pytest.mark.django_db
RUNS_QUERIES = 7


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


def add_run(
    organisation: Organisation, key: str, state: WorkState, at: datetime, **more: Any
) -> Run:
    return Run.objects.create(
        kind="delivery.bulletin",
        organisation=organisation,
        period_key=key,
        due_at=at,
        not_before=at,
        work_state=state,
        **more,
    )


def signed_in(district: District, user: str) -> Client:
    client = Client()
    client.force_login(district.users[user])
    return client


def test_health_is_late_before_the_first_beat(client: Client, clock: Clock) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "late",
        "tick_age_seconds": None,
        "queue_age_seconds": None,
        "mail_age_seconds": None,
    }


@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (301, 503)])
def test_health_follows_the_age_of_the_tick(
    client: Client, clock: Clock, seconds: int, status: int
) -> None:
    now = clock.at("2025-05-07 10:00")
    Heartbeat.objects.create(name="tick", at=now - timedelta(seconds=seconds))
    answer = client.get("/healthz")
    assert answer.status_code == status
    assert answer.json() == {
        "status": "ok" if status == 200 else "late",
        "tick_age_seconds": seconds,
        "queue_age_seconds": None,
        "mail_age_seconds": None,
    }


def test_health_shows_the_ages_of_the_oldest_waiting_work(
    client: Client, clock: Clock, district: District
) -> None:
    now = clock.at("2025-05-07 10:00")
    Heartbeat.objects.create(name="tick", at=now)
    for key, minutes in (("2025Q1", 10), ("2025Q2", 5), ("2025Q3", -60)):
        add_run(district.bureau, key, WorkState.QUEUED, now - timedelta(minutes=minutes))
    queue_mail(
        key="k",
        kind="paper.delivery",
        recipient="post@street.example",
        recipient_name="",
        subject="通报",
        text="",
        now=now - timedelta(minutes=61),
    )
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (
        503,
        {
            "status": "late",
            "tick_age_seconds": 0,
            "queue_age_seconds": 600,
            "mail_age_seconds": 3660,
        },
    )


def test_a_district_sees_its_own_runs(district: District, clock: Clock) -> None:
    other = make_district("boshan-", short_name="博山住建局")
    now = clock.at("2025-05-07 10:00")
    add_run(district.bureau, "2025Q1", WorkState.FAILED, now, error="本区的原因")
    add_run(other.bureau, "2025Q1", WorkState.FAILED, now, error="别区的原因")
    add_run(district.bureau, "2024Q4", WorkState.DONE, now)
    client = signed_in(district, "admin")
    page = client.get(reverse("jobs:runs"))
    assert [row.organisation for row in page.context["page"]] == [district.bureau] * 2
    assert "别区的原因" not in page.content.decode()
    failed = client.get(reverse("jobs:runs"), {"state": "failed"})
    assert [row.period_key for row in failed.context["page"]] == ["2025Q1"]
    odd = client.get(reverse("jobs:runs"), {"state": "bad", "page": "x"})
    assert len(odd.context["page"]) == 2


def taken(client: Client, query: str) -> list[dict[str, Any]]:
    """The rows of the workbook by their heads."""
    content = client.get(f"{reverse('jobs:runs_export')}?{query}").content
    assert texts_for_numbers(content, names=(*NAMES, "期")) == []
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    first = int(re.sub(r"\D", "", sheet.freeze_panes))
    heads = [cell.value for cell in sheet[first - 1]]
    rows = sheet.iter_rows(min_row=first, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows if row[0] is not None]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["2025Q2", "2025Q1", "2024Q4"]),
        ("sort=due", ["2024Q4", "2025Q1", "2025Q2"]),
        ("sort=done", ["2025Q1", "2024Q4", "2025Q2"]),
        ("sort=-done", ["2024Q4", "2025Q1", "2025Q2"]),
        ("sort=-tries", ["2024Q4", "2025Q2", "2025Q1"]),
        ("state=failed", ["2025Q2"]),
        ("since=2025-05-06&until=2025-05-06", ["2025Q1"]),
        ("kind=delivery.bulletin", ["2025Q2", "2025Q1", "2024Q4"]),
        ("kind=delivery.sheet", []),
    ],
)
def test_runs_are_filtered_sorted_and_taken_away_by_their_address(
    district: District, clock: Clock, query: str, found: list[str]
) -> None:
    """What has not finished comes last either way; of those tried as often the newest comes first."""
    other = make_district("boshan-", short_name="博山住建局")
    now, day = clock.at("2025-05-07 10:00"), timedelta(days=1)
    add_run(other.bureau, "2023Q1", WorkState.DONE, now)
    add_run(district.bureau, "2024Q4", WorkState.DONE, now - 2 * day, finished_at=now, attempts=3)
    add_run(district.bureau, "2025Q1", WorkState.DONE, now - day, finished_at=now - day)
    add_run(district.bureau, "2025Q2", WorkState.FAILED, now, error="本区的原因")
    client = signed_in(district, "admin")
    page = client.get(f"{reverse('jobs:runs')}?{query}")
    assert [row.period_key for row in page.context["page"]] == found
    rows = taken(client, query)
    assert [row["期"] for row in rows] == found
    if found:
        link = f'href="{reverse("jobs:runs_export")}?{query}"'
        assert link in html.unescape(page.content.decode())
    else:
        assert "没有符合条件的运行记录" in page.content.decode()
    for row in rows:
        if row["期"] == "2025Q2":
            assert (row["状态"], row["失败原因"], row["完成"]) == ("失败", "本区的原因", None)
            assert row["应运行"] == datetime(2025, 5, 7, 10)  # noqa: DTZ001 - no time zones there


@pytest.mark.parametrize(
    ("user", "status"), [("admin", 200), ("office", 200), ("bureau", 403), ("clerk", 403)]
)
def test_who_sees_the_runs(district: District, user: str, status: int) -> None:
    name = "banyanglu" if user == "clerk" else user
    for page in ("runs", "runs_export"):
        assert signed_in(district, name).get(reverse(f"jobs:{page}")).status_code == status


def test_a_failed_run_is_queued_again_and_a_foreign_one_is_not_there(
    district: District, clock: Clock
) -> None:
    other = make_district("boshan-")
    now = clock.at("2025-05-07 10:00")
    own = add_run(district.bureau, "2025Q1", WorkState.FAILED, now)
    foreign = add_run(other.bureau, "2025Q1", WorkState.FAILED, now)
    client = signed_in(district, "admin")
    answer = client.post(reverse("jobs:run_again", args=[own.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("jobs:runs"))
    assert client.post(reverse("jobs:run_again", args=[foreign.pk])).status_code == 404
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.work_state, foreign.work_state) == (WorkState.QUEUED, WorkState.FAILED)
    assert client.get(reverse("jobs:run_again", args=[own.pk])).status_code == 405


def test_a_waiting_run_is_not_queued_again(district: District, clock: Clock) -> None:
    run = add_run(district.bureau, "2025Q1", WorkState.QUEUED, clock.at("2025-05-07 10:00"))
    answer = signed_in(district, "admin").post(reverse("jobs:run_again", args=[run.pk]))
    assert answer.status_code < 500
    page = signed_in(district, "admin").get(reverse("jobs:runs"))
    assert page.status_code == 200
    run.refresh_from_db()
    assert run.attempts == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_runs_costs_the_same_for_more_rows(
    district: District,
    clock: Clock,
    django_assert_num_queries: Any,
    count: int,
) -> None:
    now = clock.at("2025-05-07 10:00")
    for number in range(count):
        add_run(district.bureau, f"2025Q{number + 1}", WorkState.DONE, now)
    client = signed_in(district, "admin")
    client.get(reverse("jobs:runs"))
    with django_assert_num_queries(RUNS_QUERIES):
        client.get(reverse("jobs:runs"))
    with django_assert_num_queries(RUNS_QUERIES - 1):
        client.get(reverse("jobs:runs_export"))
