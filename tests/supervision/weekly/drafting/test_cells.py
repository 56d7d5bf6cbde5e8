"""Cells are kept as they are typed: nothing is lost, nothing of another is touched, everybody is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from supervision.weekly import services
from supervision.weekly.burden.working import note_opening
from supervision.weekly.models import FormDraft, ReturnOpening, WeeklyReport, WeeklyReturn
from tests.factories.accounts import make_user
from tests.supervision.weekly.office import THURSDAY, WEEK, Office

FORM = "/weekly/2025-05-05/songlinglu/form/"
CELLS = f"{FORM}cells/"


@pytest.fixture(autouse=True)
def _thursday(clock: Any) -> None:
    clock.at("2025-05-08 10:41")


def save(
    client: Client,
    user: User,
    rows: dict[int, dict[str, list[str]]],
    status: int = 200,
    body: Any = None,
) -> Any:
    """What the page sends for some cells, and the answer."""
    client.force_login(user)
    sent = {
        "person": user.pk,
        "version": 1,
        "rows": {str(pk): {"seen": "", "cells": cells} for pk, cells in rows.items()},
    } | (body or {})
    answer = client.post(CELLS, json.dumps(sent), content_type="application/json")
    assert answer.status_code == status
    return answer.json()


def test_a_cell_is_kept_and_shown_again_on_any_device(client: Client, office: Office) -> None:
    first, second = office.projects
    answer = save(client, office.clerk, {first.pk: {"work_done": ["", "进场围挡。"]}})
    assert answer == {
        "saved": "10:41",
        "rows": {str(first.pk): {"sentences": [], "faulty": [], "written": "", "clashes": {}}},
    }
    page = client.get(FORM).content.decode()
    assert page.count("进场围挡。") == 1
    assert page.count('mark-waiting">草稿') == 1
    # A draft is no row of the return, and opens none.
    assert (WeeklyReturn.objects.count(), WeeklyReport.objects.count()) == (0, 0)
    assert not FormDraft.objects.filter(project=second).exists()


def test_what_a_rule_refuses_is_kept_with_its_sentence(client: Client, office: Office) -> None:
    pk = office.projects[0].pk
    answer = save(client, office.clerk, {pk: {"completed_investment": ["", "98.5O"]}})
    row = answer["rows"][str(pk)]
    assert row["faulty"] == ["completed_investment"]
    assert [words for _, words, _ in row["sentences"]] == [
        "累计完成投资（万元）不是数：98.5O。应为：不小于 0 的数，两位小数，如 98.50。"
    ]
    page = client.get(FORM).content.decode()
    assert 'value="98.5O"' in page
    assert "不是数：98.5O" in page


def test_the_same_person_in_two_windows_is_told_and_loses_nothing(
    client: Client, office: Office, clock: Any
) -> None:
    pk = office.projects[0].pk
    save(client, office.clerk, {pk: {"progress_percent": ["", "45.0"]}})
    clock.at("2025-05-08 10:50")
    other = {"progress_percent": ["", "46.0"], "problems": ["", "缺水泥"]}
    answer = save(client, office.clerk, {pk: other})
    assert answer["rows"][str(pk)]["clashes"] == {
        "progress_percent": {"now": "45.0", "at": "10:41"}
    }
    assert FormDraft.objects.get().cells == {"progress_percent": "45.0", "problems": "缺水泥"}
    # Sent once more from what it was told of, it counts.
    save(client, office.clerk, {pk: {"progress_percent": ["45.0", "46.0"]}})
    assert FormDraft.objects.get().cells["progress_percent"] == "46.0"


def test_two_clerks_are_told_of_each_other(client: Client, office: Office) -> None:
    pk = office.projects[0].pk
    second = make_user(office.street, Role.CLERK)
    save(client, office.clerk, {pk: {"progress_percent": ["", "45.0"]}})
    answer = save(client, second, {pk: {"progress_percent": ["", "46.0"]}})
    assert [words for _, words, _ in answer["rows"][str(pk)]["sentences"]] == [
        (
            "松龄路街道 街道填报也在填这个项目（2025年5月8日 10:41），还没有写入，"
            "与您填的不同：本周累计形象进度（%） 45.0。"
        )
    ]
    kept = {draft.person: draft.cells for draft in FormDraft.objects.all()}
    assert kept == {
        office.clerk: {"progress_percent": "45.0"},
        second: {"progress_percent": "46.0"},
    }


def test_what_another_wrote_meanwhile_is_told_with_who_and_what(
    client: Client, office: Office
) -> None:
    pk = office.projects[0].pk
    second = make_user(office.street, Role.CLERK)
    save(client, second, {pk: {"progress_percent": ["", "45.0"]}})
    office.draft()
    client.force_login(second)
    page = client.get(FORM).content.decode()
    words = (
        "您开始填以后，柳泉小区被松龄路街道 街道填报改过（2025年5月8日 15:00），现在周报里的与您填的不同："
        "本周累计形象进度（%） 10.0。"
    )
    assert words in page
    assert 'value="45.0"' in page


def test_a_written_row_is_no_draft_any_more_and_a_refused_one_stays(
    client: Client, office: Office
) -> None:
    first, second = office.projects
    for project in office.projects:
        save(client, office.clerk, {project.pk: {"work_done": ["", "围挡。"]}})
    data = {
        "then": "stay",
        f"p{first.pk}-work_done": "围挡。",
        f"p{second.pk}-work_done": "围挡。",
        f"p{second.pk}-progress_percent": "四十五",
    }
    assert client.post(FORM, data).status_code == 422
    assert [report.project for report in WeeklyReport.objects.all()] == [first]
    kept = FormDraft.objects.get()
    assert (kept.project, kept.cells["progress_percent"]) == (second, "四十五")
    # Left and opened again, it stands there as it was typed.
    assert 'value="四十五"' in client.get(FORM).content.decode()


def test_drafts_of_an_approved_version_are_cleared(client: Client, office: Office) -> None:
    save(client, office.clerk, {office.projects[0].pk: {"problems": ["", "缺水泥"]}})
    approved = office.approved()
    services.correct(weekly_return=approved, reason="更正投资", by=office.clerk, now=THURSDAY)
    assert FormDraft.objects.get().version == 1
    client.post(FORM, {"then": "stay"})
    assert not FormDraft.objects.filter(version=1).exists()


def test_a_sent_return_takes_no_cell_and_says_why(client: Client, office: Office) -> None:
    office.submitted()
    cells = {office.projects[0].pk: {"problems": ["", "缺水泥"]}}
    answer = save(client, office.clerk, cells, 409)
    assert answer["refused"].startswith("周报现在是“已报送”，不能修改")
    assert FormDraft.objects.count() == 0


def test_a_closed_week_takes_no_cell(client: Client, office: Office, clock: Any) -> None:
    clock.at("2025-05-12 12:00:01")
    answer = save(client, office.clerk, {office.projects[0].pk: {"problems": ["", "缺"]}}, 409)
    assert "已于2025年5月12日 12:00关闭" in answer["refused"]


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"person": 0}, 409, "现在登录的是另一个人"),
        ({"version": 2}, 409, "已有新的一版"),
        ({"version": "1"}, 409, "已有新的一版"),
        ({"rows": {"x": {}}}, 409, "没有看懂"),
        ({"rows": {"1": {"cells": {"is_admin": ["", "1"]}}}}, 409, "没有看懂"),
    ],
)
def test_what_the_page_never_sends_is_refused(
    client: Client, office: Office, more: dict[str, Any], status: int, words: str
) -> None:
    cells = {office.projects[0].pk: {"problems": ["", "缺水泥"]}}
    assert words in save(client, office.clerk, cells, status, more)["refused"]
    assert FormDraft.objects.count() == 0


def test_cells_of_another_street_are_not_taken(client: Client, office: Office) -> None:
    cells = {office.stranger.pk: {"problems": ["", "缺水泥"]}}
    assert "不由本街道报送" in save(client, office.clerk, cells, 409)["refused"]
    client.force_login(office.head)
    assert client.post(CELLS, "{}", content_type="application/json").status_code == 403
    client.force_login(office.clerk)
    assert (
        client.post(
            CELLS.replace("songlinglu", "zhonglou"), "{}", content_type="application/json"
        ).status_code
        == 404
    )
    assert FormDraft.objects.count() == 0


def test_the_session_that_ended_is_told_by_a_redirect(client: Client, office: Office) -> None:
    answer = client.post(CELLS, "{}", content_type="application/json")
    assert answer.status_code == 302


@pytest.mark.parametrize("count", [1, 2])
def test_a_save_costs_the_same_for_one_and_several_rows(
    client: Client, office: Office, clock: Any, count: int, django_assert_num_queries: Any
) -> None:
    note_opening(street=office.street, week=WEEK, version=1, now=timezone.now())
    rows = {p.pk: {"problems": ["", "缺水泥"]} for p in office.projects}
    save(client, office.clerk, rows)
    body = {
        "person": office.clerk.pk,
        "version": 1,
        "rows": {
            str(p.pk): {"seen": "", "cells": {"problems": ["缺水泥", "缺砂石"]}}
            for p in office.projects[:count]
        },
    }
    clock.at("2025-05-08 10:42")
    # Who, which week, what the rules ask, the drafts locked and written at once, the work counted.
    with django_assert_num_queries(39):
        client.post(CELLS, json.dumps(body), content_type="application/json")


def test_the_first_opening_is_kept_once(client: Client, office: Office, clock: Any) -> None:
    client.force_login(office.clerk)
    client.head(FORM)
    assert ReturnOpening.objects.count() == 0
    client.get(FORM)
    clock.at("2025-05-08 12:00")
    client.get(FORM)
    found = ReturnOpening.objects.get()
    assert (found.street, found.version, timezone.localtime(found.opened_at).strftime("%H:%M")) == (
        office.street,
        1,
        "10:41",
    )


def test_constraints(office: Office) -> None:
    draft = {"street": office.street, "week_start": "2025-05-05", "version": 1}
    whose = {"project": office.projects[0], "person": office.clerk, "saved_at": THURSDAY}
    FormDraft.objects.create(**draft, **whose)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormDraft.objects.create(**draft, **whose)
    ReturnOpening.objects.create(**draft, opened_at=THURSDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnOpening.objects.create(**draft, opened_at=THURSDAY)
