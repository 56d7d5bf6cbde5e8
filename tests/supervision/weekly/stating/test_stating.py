"""无变化 is stated by a person at a moment, for one project or all; it is not the same as leaving empty."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from projects.ledger.models import Project
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.records.models import AuditEntry
from supervision.weekly import services
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from supervision.weekly.stating.services import state_unchanged
from tests.factories.ledger import make_project
from tests.factories.weekly import make_return
from tests.supervision.weekly.office import WEEK, Office, moment, values_of

PAGE = "/weekly/2025-05-12/songlinglu/unchanged/"
RETURN = "/weekly/2025-05-12/songlinglu/"
NEXT = Week.from_key("2025-05-12")
NOON = moment("2025-05-15 12:00")
FIGURES = (Decimal("10.0"), 30_0000_00)


@pytest.fixture(autouse=True)
def _next_thursday(office: Office, clock: Any) -> None:
    """Last week is approved: 10.0 %, 30.00 万元 for both projects."""
    office.approved()
    clock.at("2025-05-15 12:00")


def listed(client: Client) -> str:
    """What a page that is opened now posts of the rows that it lists."""
    value = client.get(PAGE).context["form"]["shown"].value()
    assert isinstance(value, str)
    return value


def ticked(page: str) -> list[str]:
    """The names of the boxes that are ticked, with their values."""
    boxes = re.findall(r"<input type=\"checkbox\"[^>]*>", page)
    return [
        " ".join(re.findall(r'(?:name|value)="([^"]*)"', box)) for box in boxes if " checked" in box
    ]


def signed(office: Office) -> dict[str, Any]:
    """Project → its figures, of those that are stated unchanged."""
    rows = WeeklyReport.objects.filter(weekly_return__week_start=NEXT.start, is_unchanged=True)
    return {
        row.project.name: (row.progress_percent, row.completed_investment_fen)
        for row in rows.select_related("project")
    }


def correct_last_week(office: Office, changed: Project, progress: str) -> None:
    """The figures of one project in the week that was approved are corrected."""
    old = WeeklyReturn.objects.get(week_start=WEEK.start)
    new = services.correct(weekly_return=old, reason="报错", by=office.clerk, now=NOON)
    row = values_of(changed, progress_percent=Decimal(progress), explanation="监理核定")
    services.write_reports(weekly_return=new, rows=[row], by=office.clerk, now=NOON)
    sent = services.submit(weekly_return=new, by=office.clerk, now=NOON)
    checked = services.review(weekly_return=sent, by=office.head, now=NOON)
    services.approve(weekly_return=checked, by=office.reviewer, now=NOON)


def test_all_projects_at_once_make_a_nil_return(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    page = client.get(PAGE).content.decode()
    assert page.count("上周形象进度 10.0%，完成投资 30.00 万元") == 2
    assert "钟楼新村" not in page
    assert page.count(" checked") == 0
    data = {
        "projects": [p.pk for p in office.projects],
        "verified": "on",
        "shown": listed(client),
    }
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
    assert shown == f"{first.pk}:10.0:30000000,{second.pk}:10.0:30000000"
    data = {"every": "on", "verified": "on"}
    assert client.post(PAGE, {**data, "shown": ""}).status_code == 422
    assert client.post(PAGE, {**data, "shown": shown.partition(",")[0]}).status_code == 302
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
    client.post(PAGE, {"projects": [second.pk], "verified": "on", "shown": listed(client)})
    row = WeeklyReport.objects.get(weekly_return__week_start=NEXT.start)
    assert (row.project, row.unchanged_by) == (second, office.clerk)
    shown = client.get(RETURN).content.decode()
    assert "还有 1 个项目要填或改正" in shown
    assert "零报告。" not in shown
    # Who stated it is not asked again.
    assert "建材一宿舍：已经声明" in client.get(PAGE).content.decode()


def test_a_statement_is_signed_or_not_made(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    answer = client.post(PAGE, {"projects": [office.projects[0].pk], "shown": listed(client)})
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
            seen={office.projects[0].pk: FIGURES},
            by=office.clerk,
            now=NOON,
        )
    assert caught.value.code == "report.unchanged"
    with pytest.raises(Refusal) as caught:
        state_unchanged(street=office.street, week=NEXT, seen={}, by=office.clerk, now=NOON)
    assert caught.value.code == "unchanged.none"


def test_a_change_takes_the_statement_back_and_a_correction_keeps_it(office: Office) -> None:
    seen = {project.pk: FIGURES for project in office.projects}
    state_unchanged(street=office.street, week=NEXT, seen=seen, by=office.clerk, now=NOON)
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


def test_a_page_that_came_back_says_what_its_boxes_say(client: Client, office: Office) -> None:
    """全选 without the signature: every box is ticked and 全选 is not, so that a box may be unticked without scripts."""
    client.force_login(office.clerk)
    first, second = office.projects
    answer = client.post(PAGE, {"every": "on", "shown": listed(client)})
    assert answer.status_code == 422
    assert ticked(answer.content.decode()) == [f"projects {first.pk}", f"projects {second.pk}"]
    again = answer.context["form"]["shown"].value()
    data = {"projects": [first.pk], "verified": "on", "shown": again}
    assert client.post(PAGE, data).status_code == 302
    assert signed(office) == {first.name: FIGURES}


def test_a_box_that_says_no_ticks_nothing(client: Client, office: Office) -> None:
    """全选 is read as its widget reads it."""
    client.force_login(office.clerk)
    data = {"every": "false", "verified": "on", "shown": listed(client)}
    assert client.post(PAGE, data).status_code == 422
    assert signed(office) == {}


def test_a_project_that_came_since_is_listed_anew_and_not_ticked(
    client: Client, office: Office
) -> None:
    """Of the page that came back everything may be stated that it lists."""
    client.force_login(office.clerk)
    first, second = office.projects
    shown = listed(client)
    third = make_project(
        programme=first.programme,
        street=office.street,
        code="ZC2025-08",
        name="文昌园小区",
        started_on=date(2025, 3, 3),
    )
    make_return(
        office.street, {third: ("20.0", 40_0000_00)}, week_start=date(2025, 4, 28), is_opening=True
    )
    answer = client.post(PAGE, {"every": "on", "shown": shown})
    page = answer.content.decode()
    assert "文昌园小区　上周形象进度 20.0%" in page
    assert ticked(page) == [f"projects {first.pk}", f"projects {second.pk}"]
    data = {"every": "on", "verified": "on", "shown": answer.context["form"]["shown"].value()}
    assert client.post(PAGE, data).status_code == 302
    assert signed(office).keys() == {first.name, second.name, third.name}


@pytest.mark.parametrize("every", [True, False])
def test_nothing_is_signed_that_was_not_shown(client: Client, office: Office, every: bool) -> None:
    client.force_login(office.clerk)
    first, second = office.projects
    both = [first.pk, second.pk]
    data = {"verified": "on"} | ({"every": "on"} if every else {"projects": both})
    shown = listed(client)
    correct_last_week(office, first, "12.0")
    answer = client.post(PAGE, {**data, "shown": shown})
    page = answer.content.decode()
    assert answer.status_code == 409
    sentence = (
        "您打开以后，有的项目上周的数又有变化：柳泉小区现为形象进度 12.0%，完成投资 30.00 万元。"
        "请核对后重新勾选。"
    )
    assert page.count(sentence) == 2  # on top and at the boxes
    # The other tick and the signature stay; the row that changed is looked at and ticked anew.
    assert ticked(page) == [f"projects {second.pk}", "verified"]
    assert signed(office) == {}
    again = {"projects": both, "verified": "on", "shown": answer.context["form"]["shown"].value()}
    assert client.post(PAGE, again).status_code == 302
    assert signed(office) == {
        first.name: (Decimal("12.0"), 30_0000_00),
        second.name: FIGURES,
    }


def test_a_box_that_the_page_did_not_list_states_nothing(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    data = {"projects": [office.projects[0].pk], "verified": "on", "shown": ""}
    assert client.post(PAGE, data).status_code == 409
    assert signed(office) == {}


def test_figures_that_change_while_they_are_signed_are_not_signed(office: Office) -> None:
    """The service compares them in its transaction, whatever the page had found."""
    first = office.projects[0]
    correct_last_week(office, first, "12.0")
    with pytest.raises(Refusal) as caught:
        state_unchanged(
            street=office.street, week=NEXT, seen={first.pk: FIGURES}, by=office.clerk, now=NOON
        )
    assert caught.value.code == "report.unchanged"
    assert signed(office) == {}
