"""The browser form: what was typed stays, a fault at its field, one faulty row costs no other."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from renovation.accounts.enums import Role
from supervision.weekly import services
from supervision.weekly.models import FormDraft, WeeklyReport, WeeklyReturn
from tests.factories.accounts import make_user

from .office import THURSDAY, WEEK, Office, moment, values_of

FORM = "/weekly/2025-05-05/songlinglu/form/"


@pytest.fixture(autouse=True)
def _thursday(clock: Any) -> None:
    clock.at("2025-05-08 15:00")


def typed(office: Office, *rows: dict[str, str], then: str = "stay") -> dict[str, str]:
    """What the browser sends for the projects in order."""
    data = {"then": then}
    stored = WeeklyReport.objects.order_by("weekly_return__week_start")
    for report in stored:
        data[f"p{report.project_id}-seen"] = report.updated_at.isoformat()
    for project, row in zip(office.projects, rows, strict=False):
        data |= {f"p{project.pk}-{name}": text for name, text in row.items()}
    return data


GOOD = {
    "progress_percent": "45.5",
    "completed_investment": "98.50",
    "work_done": "1、2 号楼外墙保温完成。",
    "workers_count": "36",
}


def send(client: Client, office: Office, data: dict[str, str], status: int) -> str:
    client.force_login(office.clerk)
    answer = client.post(FORM, data)
    assert answer.status_code == status
    return answer.content.decode()


def states(page: str, office: Office) -> list[str]:
    """草稿, 已写入 or 未填, project by project."""
    found = []
    for project in office.projects:
        mark = page.split(f'data-row-state="{project.pk}">')[1].split("<input")[0]
        found.append(re.sub(r"<[^>]+>", "", mark).strip())
    return found


def test_a_draft_is_saved_and_shown_again(client: Client, office: Office) -> None:
    send(client, office, typed(office, GOOD, {"work_done": "进场围挡。"}), 302)
    reports = {report.project_id: report for report in WeeklyReport.objects.all()}
    first, second = (reports[project.pk] for project in office.projects)
    assert (first.progress_percent, first.completed_investment_fen) == (
        Decimal("45.5"),
        98_5000_00,
    )
    assert (first.workers_count, first.updated_by) == (36, office.clerk)
    # Half a row is a draft too.
    assert (second.progress_percent, second.work_done) == (None, "进场围挡。")
    page = client.get(FORM).content.decode()
    for text in ("45.5", "98.50", "36", "进场围挡。"):
        assert text in page


def test_a_fault_stays_at_its_field_and_costs_no_other_row(client: Client, office: Office) -> None:
    page = send(client, office, typed(office, {**GOOD, "completed_investment": "98.5O"}, GOOD), 422)
    assert [report.project for report in WeeklyReport.objects.all()] == [office.projects[1]]
    assert 'value="98.5O"' in page
    assert page.count("累计完成投资（万元）不是数：98.5O") == 2
    assert "柳泉小区有填错的地方，没有写入，填的内容都留在下面。" in page
    assert "已写入 1 个项目的改动。" in page
    assert states(page, office) == ["草稿", "已写入"]
    assert states(client.get(FORM).content.decode(), office) == ["草稿", "已写入"]


def test_a_draft_that_was_written_is_called_written(client: Client, office: Office) -> None:
    """Also on the page that comes back because another row is at fault."""
    FormDraft.objects.create(
        street=office.street,
        week_start=WEEK.start,
        version=1,
        project=office.projects[1],
        person=office.clerk,
        cells=GOOD,
        saved_at=THURSDAY,
    )
    page = send(client, office, typed(office, {**GOOD, "completed_investment": "98.5O"}, GOOD), 422)
    assert states(page, office) == ["草稿", "已写入"]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("progress_percent", "101", "大于 100"),
        ("progress_percent", "-1", "小于 0"),
        ("progress_percent", "45.55", "小数位数过多"),
        ("progress_percent", "=G6+3", "不是数"),
        ("completed_investment", "-0.01", "小于 0"),
        ("completed_investment", "一百万", "不是数"),
        ("workers_count", "3.5", "应为整数"),
        ("claimed_start_on", "2025年9月31日", "不存在"),
        ("claimed_start_on", "1900-01-01", "不在 2000—2100 年之间"),
        ("claimed_start_on", "2025-05-12", "晚于本周"),
        ("claimed_completion_on", "2025-03-01", "早于开工"),
        ("work_done", "长" * 501, "超过 500 个字"),
        ("is_unchanged", "on", "以前没有报过数"),
    ],
)
def test_each_wrong_value_has_its_sentence(
    client: Client, office: Office, field: str, text: str, words: str
) -> None:
    page = send(client, office, typed(office, {**GOOD, field: text}, GOOD), 422)
    assert words in page
    assert WeeklyReport.objects.filter(project=office.projects[1]).exists()


@pytest.mark.parametrize(
    ("text", "value"),
    [("４５．５", "45.5"), ("45.5%", "45.5"), ("1,045.5", None), (" 45.5 ", "45.5")],
)
def test_numbers_are_understood_as_in_the_workbook(
    client: Client, office: Office, text: str, value: str | None
) -> None:
    status = 302 if value else 422
    send(client, office, typed(office, {**GOOD, "progress_percent": text}), status)
    found = WeeklyReport.objects.filter(project=office.projects[0])
    assert [row.progress_percent for row in found] == ([Decimal(value)] if value else [])


def test_dates_are_understood_as_in_the_workbook(client: Client, office: Office) -> None:
    send(client, office, typed(office, {**GOOD, "claimed_start_on": "2025年5月6日"}), 302)
    found = WeeklyReport.objects.get()
    assert str(found.claimed_start_on) == "2025-05-06"


def test_saving_for_good_asks_for_what_is_missing(client: Client, office: Office) -> None:
    page = send(client, office, typed(office, {**GOOD, "work_done": ""}, {}, then="submit"), 422)
    assert page.count("本周完成情况未填。") == 2
    assert page.count("这个项目还没有填；没有变化的，勾选“本周无变化”。") == 2
    # What was typed is kept as a draft all the same.
    assert WeeklyReport.objects.get().progress_percent == Decimal("45.5")


def test_saving_for_good_leads_to_the_return(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    answer = client.post(FORM, typed(office, GOOD, GOOD, then="submit"))
    assert answer.headers["Location"] == "/weekly/2025-05-05/songlinglu/"


def test_nothing_typed_opens_a_draft_without_rows(client: Client, office: Office) -> None:
    send(client, office, typed(office, {}, {}), 302)
    assert WeeklyReturn.objects.count() == 1
    assert WeeklyReport.objects.count() == 0


def test_no_change_takes_the_earlier_figures(client: Client, office: Office, clock: Any) -> None:
    office.approved()
    clock.at("2025-05-15 09:00")
    client.force_login(office.clerk)
    later = FORM.replace("05-05", "05-12")
    page = client.get(later).content.decode()
    assert "“上周”取第19周的累计数。" in page
    assert (page.count(">10.0</td>"), page.count(">30.00</td>")) == (2, 2)
    data = typed(office, {"is_unchanged": "on"}, {"is_unchanged": "on", "progress_percent": "12.0"})
    answer = client.post(later, data)
    assert answer.status_code == 422
    assert "填了“无变化”，本周累计形象进度（%）却与上周不同：12.0" in answer.content.decode()
    row = WeeklyReport.objects.get(weekly_return__week_start="2025-05-12")
    assert (row.project, row.progress_percent) == (office.projects[0], Decimal("10.0"))
    # What comes back knows what it has just stored itself: mended, it saves at once.
    hidden = dict(re.findall(r'name="(p\d+-seen)" value="([^"]*)"', answer.content.decode()))
    first, second = (f"p{project.pk}-" for project in office.projects)
    assert hidden == {f"{first}seen": row.updated_at.isoformat(), f"{second}seen": ""}
    mended = {**data, **hidden, f"{second}is_unchanged": "", f"{second}work_done": "挖沟。"}
    assert client.post(later, mended).status_code == 302


def test_a_lower_figure_asks_for_a_reason_at_its_field(
    client: Client, office: Office, clock: Any
) -> None:
    office.approved()
    clock.at("2025-05-15 09:00")
    client.force_login(office.clerk)
    later = FORM.replace("05-05", "05-12")
    lower = {**GOOD, "progress_percent": "9.0"}
    page = client.post(later, typed(office, lower, GOOD | {"progress_percent": "10.0"}))
    assert page.status_code == 422
    words = "本周累计形象进度（%）小于上周：9.0，请在这里说明原因。"
    assert page.content.decode().count(words) == 2
    answer = client.post(
        later,
        typed(
            office,
            lower | {"explanation": "上周多计 1 栋楼。"},
            GOOD | {"progress_percent": "10.0"},
        ),
    )
    assert answer.status_code == 302


def test_a_written_row_that_owes_an_explanation_says_so_when_the_form_is_opened(
    client: Client, office: Office, clock: Any
) -> None:
    office.approved()
    clock.at("2025-05-15 09:00")
    opened = services.open_return(
        street=office.street, week=WEEK.next(), by=office.clerk, now=moment("2025-05-15 09:00")
    )
    lower, level = (
        values_of(project, progress_percent=Decimal(percent))
        for project, percent in zip(office.projects, ("9.0", "10.0"), strict=True)
    )
    services.write_reports(
        weekly_return=opened, rows=[lower, level], by=office.clerk, now=moment("2025-05-15 09:00")
    )
    before = list(WeeklyReport.objects.order_by("pk").values())
    client.force_login(office.clerk)
    answer = client.get(FORM.replace("05-05", "05-12"))
    assert answer.status_code == 200
    page = answer.content.decode()
    first, second = (f"p{project.pk}" for project in office.projects)
    words = "本周累计形象进度（%）小于上周：9.0，请在这里说明原因。"
    assert page.count(words) == 1
    assert words in page.split(f'id="id_{first}-explanation_error"')[1].split("</p>")[0]
    assert f'<a href="#id_{first}-explanation">柳泉小区　情况说明</a>' in page
    assert f'id="id_{second}-explanation_error"' not in page
    assert f'href="#id_{second}-explanation"' not in page
    assert states(page, office) == ["已写入", "已写入"]
    assert list(WeeklyReport.objects.order_by("pk").values()) == before
    assert FormDraft.objects.count() == 0
    # Once it is explained, nothing is owed.
    services.write_reports(
        weekly_return=opened,
        rows=[values_of(office.projects[0], progress_percent=Decimal("9.0"), explanation="多计。")],
        by=office.clerk,
        now=moment("2025-05-15 09:01"),
    )
    answer = client.get(FORM.replace("05-05", "05-12"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert words not in page
    assert "填过的有要改正或说明的。" not in page


def test_a_half_written_row_is_not_asked_for_the_rest_when_the_form_is_opened(
    client: Client, office: Office
) -> None:
    send(client, office, typed(office, {"work_done": "进场围挡。"}), 302)
    answer = client.get(FORM)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert states(page, office) == ["已写入", "未填"]
    assert "cell-fault" not in page
    assert "填过的有要改正或说明的。" not in page


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(
    client: Client, office: Office
) -> None:
    draft = office.draft()
    seen = WeeklyReport.objects.get(project=office.projects[0]).updated_at.isoformat()
    other = values_of(office.projects[0], progress_percent=Decimal("20.0"))
    services.write_reports(
        weekly_return=draft, rows=[other], by=office.clerk, now=moment("2025-05-08 15:01")
    )
    data = typed(office, {**GOOD, "seen": seen}, GOOD)
    page = send(client, office, data, 422)
    words = (
        "您开始填以后，柳泉小区被松龄路街道 街道填报改过（2025年5月8日 15:01），现在周报里的与您填的不同："
        "本周累计形象进度（%） 20.0；累计完成投资（万元） 30.00；在场人数 空。"
    )
    assert words in page
    assert 'value="45.5"' in page
    assert WeeklyReport.objects.get(project=office.projects[0]).progress_percent == Decimal("20.0")
    now_seen = WeeklyReport.objects.get(project=office.projects[0]).updated_at.isoformat()
    assert f'value="{now_seen}"' in page
    send(client, office, typed(office, {**GOOD, "seen": now_seen}, GOOD), 302)
    assert WeeklyReport.objects.get(project=office.projects[0]).progress_percent == Decimal("45.5")


def test_what_is_written_in_the_moment_of_writing_is_told_by_whom_and_listed_next(
    client: Client, office: Office
) -> None:
    """The page says once that nothing was written, and what to press; pressed, it lists what stands there now."""
    office.draft()
    other = make_user(office.street, Role.CLERK)
    row = WeeklyReport.objects.filter(project=office.projects[0])
    data = typed(office, GOOD | {"seen": row.get().edition})
    done: list[str] = []

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Between looking at the rows and writing them."""
        if not done and sql.startswith("SAVEPOINT"):
            done.append(sql)
            row.update(progress_percent=20, updated_at=moment("2025-05-08 14:59"), updated_by=other)
        return execute(sql, params, many, context)

    client.force_login(office.clerk)
    with connection.execute_wrapper(meanwhile):
        answer = client.post(FORM, data)
    assert answer.status_code == 409
    (said,) = re.findall(r"<b>没有写入。</b>(.*?)</p>", answer.content.decode())
    assert said == (
        f"柳泉小区刚被{other}改过；再写入一次，会先列出现在周报里的数。填的内容都留在下面。"
    )
    assert str(row.get().progress_percent) == "20.0"
    again = send(client, office, data, 422)
    assert f"柳泉小区被{other}改过（2025年5月8日 14:59），现在周报里的与您填的不同：" in again
    assert "核对后再写入，以您填的为准。" in again


def test_what_the_page_says_to_press_stands_on_it(client: Client, office: Office) -> None:
    """The sentences of the script name the page's own buttons."""
    client.force_login(office.clerk)
    page = client.get(FORM).content.decode()
    buttons = {words.strip() for words in re.findall(r"<button[^>]*>([^<]+)</button>", page)}
    script = Path("static/js/grid.js").read_text(encoding="utf-8")
    named = re.findall(r"点“?([^”，。`]+)", script)
    assert (named, set(named) - buttons) == (["写入周报"], set())


def test_what_was_typed_while_the_week_closed_is_not_lost(
    client: Client, office: Office, clock: Any
) -> None:
    clock.at("2025-05-12 12:00:01")
    page = send(client, office, typed(office, GOOD), 409)
    assert "没有写入。" in page
    assert "已于2025年5月12日 12:00关闭" in page
    assert "填的内容都留在下面，请先复制留存。" in page
    assert 'value="45.5"' in page
    assert WeeklyReturn.objects.count() == 0


def test_what_was_typed_while_it_was_submitted_is_not_lost(client: Client, office: Office) -> None:
    office.submitted()
    page = send(client, office, typed(office, GOOD), 409)
    assert "周报现在是“已报送”，不能修改" in page
    assert 'value="45.5"' in page


def test_a_closed_or_sent_return_has_no_form(client: Client, office: Office, clock: Any) -> None:
    sent = office.submitted()
    client.force_login(office.clerk)
    assert client.get(FORM).status_code == 409
    services.send_back(weekly_return=sent, comment="请核对。", by=office.head, now=THURSDAY)
    assert client.get(FORM).status_code == 200
    assert "请核对。" in client.get(FORM).content.decode()


def test_rows_of_another_street_cannot_be_slipped_in(client: Client, office: Office) -> None:
    data = typed(office, GOOD) | {f"p{office.stranger.pk}-progress_percent": "99"}
    send(client, office, data, 302)
    assert [report.project for report in WeeklyReport.objects.all()] == [office.projects[0]]
    page = client.get(FORM).content.decode()
    assert "钟楼新村" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_costs_the_same_for_one_and_three_projects(
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
        make_project(
            programme=office.projects[0].programme, street=office.other, code=f"ZC2025-2{n}"
        )
    client.force_login(office.district.users["zhonglou"])
    address = FORM.replace("songlinglu", "zhonglou")
    client.get(address)
    clock.at("2025-05-08 15:01")
    with django_assert_num_queries(37):  # the work since it was opened is counted with two
        client.get(address)


def test_the_week_of_the_form_is_checked(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    assert client.get(FORM.replace("05-05", "05-06")).status_code == 404
    assert client.get(FORM.replace("songlinglu", "zhonglou")).status_code == 404
    before = FORM.replace("2025-05-05", WEEK.next().key)
    assert client.get(before).status_code == 409
