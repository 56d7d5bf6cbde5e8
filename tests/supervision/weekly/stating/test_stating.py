"""无变化 is stated by a person at a moment, for one project or all; it is not the same as leaving empty."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.records.models import AuditEntry
from supervision.weekly import services
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from supervision.weekly.stating.services import state_unchanged
from tests.supervision.weekly.office import Office, moment, values_of

PAGE = "/weekly/2025-05-12/songlinglu/unchanged/"
RETURN = "/weekly/2025-05-12/songlinglu/"
NEXT = Week.from_key("2025-05-12")
NOON = moment("2025-05-15 12:00")


@pytest.fixture(autouse=True)
def _next_thursday(office: Office, clock: Any) -> None:
    """Last week is approved: 10.0 %, 30.00 万元 for both projects."""
    office.approved()
    clock.at("2025-05-15 12:00")


def test_all_projects_at_once_make_a_nil_return(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    page = client.get(PAGE).content.decode()
    assert page.count("上周形象进度 10.0%，完成投资 30.00 万元") == 2
    assert "钟楼新村" not in page
    assert page.count(" checked") == 0
    data = {"projects": [p.pk for p in office.projects], "verified": "on"}
    answer = client.post(PAGE, data)
    assert answer.headers["Location"] == RETURN
    rows = WeeklyReport.objects.filter(weekly_return__week_start=NEXT.start)
    assert [
        (row.is_unchanged, row.progress_percent, row.unchanged_by, row.unchanged_at) for row in rows
    ] == [(True, Decimal("10.0"), office.clerk, NOON)] * 2
    shown = client.get(RETURN).content.decode()
    assert "全部 2 个项目经核实本周无变化，松龄路街道 街道填报 5月15日 12:00。" in shown
    entry = AuditEntry.objects.get(act="return.unchanged")
    assert (
        entry.sentence
        == "声明松龄路街道第20周（5月12日—5月18日）柳泉小区、建材一宿舍经核实本周无变化"
    )


def test_one_tick_states_all_that_were_shown_and_none_that_came_since(
    client: Client, office: Office
) -> None:
    """全选 needs no script: it is read by the server, and said of the names that stood on the page."""
    client.force_login(office.clerk)
    first, second = office.projects
    page = client.get(PAGE)
    assert "全选：下面 2 个项目都没有变化" in page.content.decode()
    shown = page.context["form"]["shown"].value()
    assert shown == f"{first.pk},{second.pk}"
    data = {"every": "on", "verified": "on"}
    assert client.post(PAGE, {**data, "shown": ""}).status_code == 422
    assert client.post(PAGE, {**data, "shown": str(first.pk)}).status_code == 302
    rows = WeeklyReport.objects.filter(weekly_return__week_start=NEXT.start)
    assert [(row.project, row.unchanged_by) for row in rows] == [(first, office.clerk)]
    assert "全选" not in client.get(PAGE).content.decode()  # one is left
    # What can be stated no more since the page was opened is left out, and said of the others all the same.
    client.post(PAGE, {**data, "shown": shown})
    assert [(row.project, row.unchanged_at) for row in rows.all()] == [
        (first, NOON),
        (second, NOON),
    ]


def test_one_project_is_stated_and_the_other_is_still_asked_for(
    client: Client, office: Office
) -> None:
    client.force_login(office.clerk)
    first, second = office.projects
    page = client.get(f"{PAGE}?project={second.pk}").content.decode()
    assert page.count(" checked") == 1
    client.post(PAGE, {"projects": [second.pk], "verified": "on"})
    row = WeeklyReport.objects.get(weekly_return__week_start=NEXT.start)
    assert (row.project, row.unchanged_by) == (second, office.clerk)
    shown = client.get(RETURN).content.decode()
    assert "还有 1 个项目要填或改正" in shown
    assert "零报告。" not in shown
    # Who stated it is not asked again.
    assert "建材一宿舍：已经声明" in client.get(PAGE).content.decode()


def test_a_statement_is_signed_or_not_made(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    answer = client.post(PAGE, {"projects": [office.projects[0].pk]})
    assert answer.status_code == 422
    assert "声明须署名" in answer.content.decode()
    answer = client.post(PAGE, {"verified": "on"})
    assert answer.status_code == 422
    page = answer.content.decode()
    # In the summary on top, and at the boxes.
    assert page.count("请勾选本周没有变化的项目；都没有变化的，勾选“全选”。") == 2
    assert page.count(" checked") == 1  # the signature, which is not asked for again
    assert not WeeklyReturn.objects.filter(week_start=NEXT.start).exists()


def test_what_changed_cannot_be_stated(client: Client, office: Office) -> None:
    draft = services.open_return(street=office.street, week=NEXT, by=office.clerk, now=NOON)
    other = values_of(office.projects[0], progress_percent=Decimal("11.0"))
    services.write_reports(weekly_return=draft, rows=[other], by=office.clerk, now=NOON)
    client.force_login(office.clerk)
    assert "柳泉小区：已填的数与上周不同" in client.get(PAGE).content.decode()
    answer = client.post(PAGE, {"projects": [office.projects[0].pk], "verified": "on"})
    assert "有的项目不能声明无变化" in answer.content.decode()
    with pytest.raises(Refusal) as caught:
        state_unchanged(
            street=office.street,
            week=NEXT,
            project_ids=[office.projects[0].pk],
            by=office.clerk,
            now=NOON,
        )
    assert caught.value.code == "report.unchanged"
    with pytest.raises(Refusal) as caught:
        state_unchanged(street=office.street, week=NEXT, project_ids=[], by=office.clerk, now=NOON)
    assert caught.value.code == "unchanged.none"


def test_a_change_takes_the_statement_back_and_a_correction_keeps_it(office: Office) -> None:
    ids = [project.pk for project in office.projects]
    state_unchanged(street=office.street, week=NEXT, project_ids=ids, by=office.clerk, now=NOON)
    draft = WeeklyReturn.objects.get(week_start=NEXT.start)
    later = moment("2025-05-15 13:00")
    rows = [values_of(office.projects[0], progress_percent=Decimal("11.0"))]
    services.write_reports(weekly_return=draft, rows=rows, by=office.clerk, now=later)
    signed = {row.project: row.unchanged_at for row in draft.reports.all()}
    assert signed == {office.projects[0]: None, office.projects[1]: NOON}
    sent = services.submit(weekly_return=draft, by=office.clerk, now=later)
    checked = services.review(weekly_return=sent, by=office.head, now=later)
    approved = services.approve(weekly_return=checked, by=office.reviewer, now=later)
    new = services.correct(weekly_return=approved, reason="更正", by=office.clerk, now=later)
    assert {row.project: row.unchanged_at for row in new.reports.all()} == signed


def test_only_the_streets_clerk_states(client: Client, office: Office) -> None:
    for user, status in ((office.head, 403), (office.reviewer, 403)):
        client.force_login(user)
        assert client.get(PAGE).status_code == status
    client.force_login(office.clerk)
    assert client.get(PAGE.replace("songlinglu", "zhonglou")).status_code == 404


def test_a_statement_stands_only_with_an_unchanged_row(office: Office) -> None:
    draft = services.open_return(street=office.street, week=NEXT, by=office.clerk, now=NOON)
    row = {
        "weekly_return": draft,
        "project": office.projects[0],
        "updated_at": NOON,
        "updated_by": office.clerk,
    }
    for fields in (
        {"is_unchanged": False, "unchanged_at": NOON, "unchanged_by": office.clerk},
        {"is_unchanged": True, "unchanged_at": NOON},
    ):
        with (
            pytest.raises(IntegrityError, match="report_unchanged_at_and_by"),
            transaction.atomic(),
        ):
            WeeklyReport.objects.create(**row, **fields)
