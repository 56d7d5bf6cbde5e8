"""用周报里的: one's own draft of one row is given up, seen and by choice; nothing else is touched or lost."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from supervision.weekly import services
from supervision.weekly.burden.working import note_opening
from supervision.weekly.comparison import load_context
from supervision.weekly.drafting.dropping import LookedAt, drop_draft
from supervision.weekly.models import FormDraft, WeeklyReport
from tests.factories.accounts import make_user
from tests.supervision.weekly.office import THURSDAY, WEEK, Office, moment, values_of

FORM = "/weekly/2025-05-05/songlinglu/form/"
BUTTON = r'<p data-drop="{pk}"( hidden)?><button[^>]* name="drop" value="([^"]*)"'


@pytest.fixture(autouse=True)
def _thursday(clock: Any) -> None:
    clock.at("2025-05-08 15:30")


def typed(office: Office, person: User, number: int = 0, **cells: str) -> FormDraft:
    """A draft that was begun before anything was written."""
    return FormDraft.objects.create(
        street=office.street,
        week_start=WEEK.start,
        version=1,
        project=office.projects[number],
        person=person,
        cells=cells,
        saved_at=THURSDAY,
    )


def shown(page: str) -> dict[str, str]:
    """What a browser without scripts would send of the page as it came."""
    sent = dict(re.findall(r'<input type="hidden" name="(p\d+-\w+)" value="([^"]*)"', page))
    for tag in re.findall(r"<input[^>]*data-cell[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            sent[name[1]] = value[1] if value else ""
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        sent[name] = text.removeprefix("\n")
    return sent


def offered(page: str, pk: int) -> str:
    """The value of the row's button, "" where it is not to be seen."""
    found = re.search(BUTTON.format(pk=pk), page)
    assert found is not None
    return "" if found[1] else found[2]


def opened(client: Client, user: User) -> str:
    client.force_login(user)
    answer = client.get(FORM)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, page: str, pk: int, status: int = 200, **more: str) -> str:
    """The button of a row, on the page as it came with ``more`` typed into it."""
    assert offered(page, pk)
    answer = client.post(FORM, shown(page) | {"drop": offered(page, pk)} | more)
    assert answer.status_code == status
    return answer.content.decode()


def mark(page: str, pk: int) -> str:
    """草稿, 已写入 or 未填."""
    found = page.split(f'data-row-state="{pk}">')[1].split("<input")[0]
    return re.sub(r"<[^>]+>", "", found).strip()


def test_a_row_that_was_written_meanwhile_is_shown_as_the_return_holds_it(
    client: Client, office: Office
) -> None:
    first, second = office.projects
    typed(office, office.clerk, progress_percent="45.5")
    other = typed(office, office.clerk, 1, problems="缺水泥")
    colleague = typed(office, make_user(office.street, Role.CLERK), progress_percent="46.0")
    office.draft()
    before = list(WeeklyReport.objects.order_by("pk").values())
    page = opened(client, office.clerk)
    assert "您开始填以后，柳泉小区被" in page
    assert shown(page)[f"p{first.pk}-progress_percent"] == "45.5"
    page = press(client, page, first.pk)
    assert "柳泉小区已改用周报里的，您的草稿不留了。" in page
    assert "您开始填以后，柳泉小区被" not in page
    assert shown(page)[f"p{first.pk}-progress_percent"] == "10.0"
    assert (mark(page, first.pk), mark(page, second.pk)) == ("已写入", "草稿")
    assert (offered(page, first.pk), offered(page, second.pk) != "") == ("", True)
    # Only that row's and only one's own; the return itself is as it was.
    assert list(FormDraft.objects.order_by("pk")) == [other, colleague]
    assert list(WeeklyReport.objects.order_by("pk").values()) == before
    # Pressed again by going back, it does nothing more.
    again = client.post(FORM, shown(page) | {"drop": f"{first.pk} {_edition(first.pk)}"})
    assert again.status_code == 200
    assert FormDraft.objects.count() == 2
    assert mark(opened(client, office.clerk), first.pk) == "已写入"


def _edition(pk: int) -> str:
    return WeeklyReport.objects.get(project=pk).edition


def test_it_is_offered_where_the_return_holds_something_else(
    client: Client, office: Office
) -> None:
    first, second = office.projects
    typed(office, office.clerk, progress_percent="45.5")
    page = opened(client, office.clerk)
    # Nothing is written: there is nothing to take.
    assert (offered(page, first.pk), offered(page, second.pk)) == ("", "")
    office.draft()
    FormDraft.objects.update(base=_edition(first.pk))
    page = opened(client, office.clerk)
    assert (offered(page, first.pk), offered(page, second.pk)) == (
        f"{first.pk} {_edition(first.pk)}",
        "",
    )
    assert "现在周报里的与您填的不同：本周累计形象进度（%） 10.0。" in page
    FormDraft.objects.update(cells={"work_done": "进场围挡。"})
    page = opened(client, office.clerk)
    assert "现在周报里的与您填的不同：本周完成情况 1、2 号楼外墙保温完成。</p>" in page
    # The same written otherwise is the same.
    FormDraft.objects.update(cells={"progress_percent": "10"})
    assert offered(opened(client, office.clerk), first.pk) == ""


def test_a_saved_cell_is_answered_with_what_the_button_needs(
    client: Client, office: Office
) -> None:
    first = office.projects[0]
    office.draft()
    client.force_login(office.clerk)
    answers = []
    for before, after in (("10.0", "12.0"), ("12.0", "10.0")):
        cells = {"progress_percent": [before, after]}
        body = {
            "person": office.clerk.pk,
            "version": 1,
            "rows": {first.pk: {"seen": _edition(first.pk), "cells": cells}},
        }
        answer = client.post(f"{FORM}cells/", json.dumps(body), content_type="application/json")
        row = answer.json()["rows"][str(first.pk)]
        answers.append((row["written"], [words for _, words, _ in row["sentences"]]))
    assert answers == [
        (_edition(first.pk), ["现在周报里的与您填的不同：本周累计形象进度（%） 10.0。"]),
        ("", []),
    ]


def test_what_was_typed_in_other_rows_comes_back(client: Client, office: Office) -> None:
    """Without scripts it is kept nowhere else."""
    first, second = office.projects
    typed(office, office.clerk, progress_percent="45.5")
    office.draft()
    page = opened(client, office.clerk)
    more = {f"p{second.pk}-problems": "缺砂石", f"p{first.pk}-problems": "缺水泥"}
    page = press(client, page, first.pk, **more)
    after = shown(page)
    assert (after[f"p{second.pk}-problems"], after[f"p{first.pk}-problems"]) == ("缺砂石", "")
    assert WeeklyReport.objects.filter(problems="").count() == 2


def test_what_a_colleague_wrote_since_the_page_was_opened_is_told_first(
    client: Client, office: Office
) -> None:
    first = office.projects[0]
    second = make_user(office.street, Role.CLERK, "songlinglu-b")
    draft = typed(office, office.clerk, progress_percent="45.5")
    weekly_return = office.draft()
    page = opened(client, office.clerk)
    services.write_reports(
        weekly_return=weekly_return,
        rows=[values_of(first, progress_percent=Decimal("20.0"))],
        by=second,
        now=moment("2025-05-08 15:10"),
    )
    page = press(client, page, first.pk, 409)
    assert (
        f"<b>草稿还留着。</b>柳泉小区刚被{second}改过（2025年5月8日 15:10），现在周报里的与您填的不同："
        "本周累计形象进度（%） 20.0。核对后再点一次“用周报里的”。"
    ) in page
    assert FormDraft.objects.get() == draft
    assert shown(page)[f"p{first.pk}-progress_percent"] == "45.5"
    page = press(client, page, first.pk)
    assert shown(page)[f"p{first.pk}-progress_percent"] == "20.0"
    assert FormDraft.objects.count() == 0


def test_what_came_to_the_draft_since_the_page_was_opened_is_told_first(
    client: Client, office: Office
) -> None:
    """Typed in another window, or handed over by a colleague who left."""
    first = office.projects[0]
    typed(office, office.clerk, progress_percent="45.5")
    office.draft()
    page = opened(client, office.clerk)
    cells = {"progress_percent": "45.5", "problems": "缺水泥"}
    FormDraft.objects.update(cells=cells, saved_at=moment("2025-05-08 15:20"))
    page = press(client, page, first.pk, 409)
    assert (
        "<b>草稿还留着。</b>柳泉小区的草稿又填过（2025年5月8日 15:20），草稿里与本页不同：存在问题 缺水泥。"
        "核对后再点一次“用周报里的”，草稿就不留了。"
    ) in page
    assert FormDraft.objects.get().cells == cells
    press(client, page, first.pk)
    assert FormDraft.objects.count() == 0


def test_what_the_page_itself_has_saved_since_is_no_news(client: Client, office: Office) -> None:
    first = office.projects[0]
    typed(office, office.clerk, progress_percent="45.5")
    office.draft()
    page = opened(client, office.clerk)
    FormDraft.objects.update(
        cells={"progress_percent": "45.5", "problems": "缺水泥\n缺砂石"},
        saved_at=moment("2025-05-08 15:20"),
    )
    press(client, page, first.pk, **{f"p{first.pk}-problems": "缺水泥\r\n缺砂石"})
    assert FormDraft.objects.count() == 0


def test_a_return_that_is_not_open_keeps_the_draft_and_says_why(
    client: Client, office: Office
) -> None:
    first = office.projects[0]
    draft = typed(office, office.clerk, progress_percent="45.5")
    weekly_return = office.draft()
    page = opened(client, office.clerk)
    services.submit(weekly_return=weekly_return, by=office.clerk, now=THURSDAY)
    refused = press(client, page, first.pk, 409)
    assert "<b>草稿还留着。</b>周报现在是“已报送”，不能修改；" in refused
    assert offered(refused, first.pk) == ""
    assert FormDraft.objects.get() == draft


def test_a_closed_week_keeps_the_draft_and_says_why(
    client: Client, office: Office, clock: Any
) -> None:
    typed(office, office.clerk, progress_percent="45.5")
    office.draft()
    page = opened(client, office.clerk)
    clock.at("2025-05-12 12:00:01")
    client.force_login(office.clerk)  # the session of Thursday has ended
    refused = press(client, page, office.projects[0].pk, 409)
    assert "已于2025年5月12日 12:00关闭" in refused
    assert FormDraft.objects.count() == 1


@pytest.mark.parametrize(
    ("drop", "words"),
    [
        ("", "没有看懂是哪个项目"),
        ("x 1", "没有看懂是哪个项目"),
        ("²", "没有看懂是哪个项目"),
        ("9" * 30, "没有看懂是哪个项目"),
        ("{stranger} 1", "这个项目本周不由本街道报送"),
        ("{first} 1", "周报里还没有写入柳泉小区，草稿留着。"),
    ],
)
def test_what_the_page_never_sends_is_refused(
    client: Client, office: Office, drop: str, words: str
) -> None:
    typed(office, office.clerk, progress_percent="45.5")
    client.force_login(office.clerk)
    sent = drop.format(stranger=office.stranger.pk, first=office.projects[0].pk)
    answer = client.post(FORM, {"drop": sent})
    assert answer.status_code == 409
    assert f"<b>草稿还留着。</b>{words}" in answer.content.decode()
    assert FormDraft.objects.count() == 1


def test_only_who_fills_in_for_the_street_gives_up_a_draft(client: Client, office: Office) -> None:
    first = office.projects[0]
    typed(office, office.clerk, progress_percent="45.5")
    office.draft()
    sent = {"drop": f"{first.pk} {_edition(first.pk)}"}
    answers = []
    for name in ("songlinglu-head", "reviewer", "zhonglou"):
        client.force_login(office.district.users[name])
        answers.append((name, client.post(FORM, sent).status_code))
    assert answers == [("songlinglu-head", 403), ("reviewer", 403), ("zhonglou", 404)]
    looked_at = LookedAt(_edition(first.pk), "", {})
    for person in (office.head, office.district.users["zhonglou"]):
        with pytest.raises(Forbidden):
            drop_draft(
                context=load_context(street=office.street, week=WEEK, moment=THURSDAY),
                project_id=first.pk,
                looked_at=looked_at,
                scope=scope_of(person, on=local_day(THURSDAY)),
                by=person,
                now=THURSDAY,
            )
    assert FormDraft.objects.count() == 1


def test_the_service_deletes_the_persons_own_draft_of_the_row_alone(office: Office) -> None:
    first, second = office.projects
    typed(office, office.clerk, progress_percent="45.5")
    other = typed(office, office.clerk, 1, problems="缺水泥")
    office.draft()

    def drop(written: str, kept: str) -> WeeklyReport:
        return drop_draft(
            context=load_context(street=office.street, week=WEEK, moment=THURSDAY),
            project_id=first.pk,
            looked_at=LookedAt(written, kept, {"progress_percent": "11"}),
            scope=scope_of(office.clerk, on=local_day(THURSDAY)),
            by=office.clerk,
            now=THURSDAY,
        )

    codes = []
    for written, kept in (("", ""), (_edition(first.pk), "")):
        with pytest.raises(Refusal) as refused:
            drop(written, kept)
        codes.append(refused.value.code)
    assert codes == ["report.overtaken", "draft.overtaken"]
    kept = FormDraft.objects.get(project=first).edition
    assert drop(_edition(first.pk), kept) == WeeklyReport.objects.get(project=first)
    assert list(FormDraft.objects.all()) == [other]
    assert other.project == second


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_three_projects(
    client: Client,
    office: Office,
    clock: Any,
    count: int,
    django_assert_num_queries: Any,
    settings: Any,
) -> None:
    from tests.factories.ledger import make_project

    settings.FACE_TODO_COUNT = ""  # the number in the head is measured where it is made
    for n in range(count - 1):
        project = make_project(
            programme=office.projects[0].programme,
            street=office.street,
            code=f"ZC2025-2{n}",
            name=f"第{n}小区",
        )
        office.projects.append(project)
    note_opening(street=office.street, week=WEEK, version=1, now=timezone.now())
    for number in range(len(office.projects)):
        typed(office, office.clerk, number, progress_percent="45.5")
    office.draft()
    page = opened(client, office.clerk)
    clock.at("2025-05-08 15:31")
    # The form itself, and before it who, which week, the draft locked and deleted, the work counted.
    with django_assert_num_queries(54):
        press(client, page, office.projects[0].pk)
