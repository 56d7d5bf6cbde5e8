"""The page of a return, its acts and its exception: who sees it, what it shows, what it does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from supervision.weekly import services
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import ReturnException, WeeklyReturn
from tests.factories.enrolment import cancel
from tests.factories.weekly import make_return

from .office import THURSDAY, WEEK, Office, moment, values_of

PAGE = "/weekly/2025-05-05/songlinglu/"
ROLES_200 = {"songlinglu", "songlinglu-head", "bureau", "bureau2", "reviewer", "leader"}
ROLES_404 = {"zhonglou", "zhonglou-head", "banyanglu", "banyanglu-head"}


@pytest.fixture(autouse=True)
def _thursday(clock: Any) -> None:
    clock.at("2025-05-08 15:00")


def shown(client: Client, user: Any, address: str = PAGE, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


# -- who ---------------------------------------------------------------------------------------------
def test_the_page_by_every_role(client: Client, office: Office) -> None:
    """Another street's clerk meets nothing at all; a post without the permission meets a 403."""
    office.submitted()
    for name, user in office.district.users.items():
        client.force_login(user)
        expected = 200 if name in ROLES_200 else 404 if name in ROLES_404 else 403
        assert (name, client.get(PAGE).status_code) == (name, expected)


@pytest.mark.parametrize(
    ("path", "allowed", "state"),
    [
        ("form/", {"songlinglu"}, ReturnState.DRAFT),
        ("act/submit/", {"songlinglu"}, ReturnState.DRAFT),
        ("act/review/", {"songlinglu-head"}, ReturnState.SUBMITTED),
        ("act/send-back/", {"songlinglu-head", "bureau", "bureau2", "reviewer"}, "submitted"),
        ("act/approve/", {"reviewer"}, ReturnState.REVIEWED),
        ("act/correct/", {"songlinglu"}, ReturnState.APPROVED),
        ("exception/", {"reviewer"}, ReturnState.DRAFT),
    ],
)
def test_the_pages_of_acts_by_every_role(
    client: Client, office: Office, path: str, allowed: set[str], state: str
) -> None:
    getattr(office, state)()
    for name, user in office.district.users.items():
        client.force_login(user)
        answer = client.get(PAGE + path)
        if name in allowed:
            assert (name, answer.status_code) == (name, 200)
        else:
            assert answer.status_code in {403, 404}, name
            assert (answer.status_code == 404) <= (name in ROLES_404)


@pytest.mark.parametrize(
    "address",
    [
        "/weekly/2025-05-06/songlinglu/",
        "/weekly/2025-13-45/songlinglu/",
        "/weekly/abc/songlinglu/",
        "/weekly/0001-01-01/songlinglu/",
        "/weekly/9999-12-27/songlinglu/",
        "/weekly/2025-05-05/nowhere/",
        "/weekly/2025-05-05/zichuan-bureau/",
        "/weekly/2025-05-05/songlinglu/?version=7",
        "/weekly/2025-05-05/songlinglu/act/burn/",
        "/weekly/2025-05-05/songlinglu/act/submit/",
    ],
)
def test_what_does_not_exist_is_not_found(client: Client, office: Office, address: str) -> None:
    shown(client, office.clerk, address, 404)


# -- what it shows -----------------------------------------------------------------------------------
def test_an_empty_return_offers_three_ways(client: Client, office: Office) -> None:
    page = shown(client, office.clerk)
    assert "2 个项目待填报" in page
    for word, address in (
        ("下载模板", "workbook/"),
        ("上传工作簿", "upload/"),
        ("在网页填报", "form/"),
    ):
        assert word in page
        assert f'href="{PAGE}{address}"' in page
    assert WeeklyReturn.objects.count() == 0


def test_rows_stand_beside_last_week_and_other_streets_stay_out(
    client: Client, office: Office, clock: Any
) -> None:
    office.approved()
    now = clock.at("2025-05-15 09:00")
    opened = services.open_return(street=office.street, week=WEEK.next(), by=office.clerk, now=now)
    row = values_of(office.projects[0], progress_percent=Decimal("13.5"))
    services.write_reports(weekly_return=opened, rows=[row], by=office.clerk, now=now)
    page = shown(client, office.clerk, "/weekly/2025-05-12/songlinglu/")
    assert '<td class="n key" data-label="形象本周（%）">13.5</td>' in page
    assert '<td class="n" data-label="形象上周（%）">10.0</td>' in page
    assert '<td class="n" data-label="形象变化">+3.5</td>' in page
    assert "还有 1 个项目要填或改正" in page
    assert "建材一宿舍" in page
    assert "钟楼新村" not in page


def test_a_pending_last_week_is_marked(client: Client, office: Office, clock: Any) -> None:
    office.submitted()
    clock.at("2025-05-15 09:00")
    page = shown(client, office.clerk, "/weekly/2025-05-12/songlinglu/")
    assert '10.0<span class="second">待核</span>' in page


@pytest.mark.parametrize(
    ("state", "name", "there", "absent"),
    [
        ("draft", "songlinglu", "2 个项目都已填好，可以报送", "审核通过"),
        ("draft", "songlinglu-head", "街道正在填报", "在网页填报"),
        ("submitted", "songlinglu-head", "请审核通过", "核定</button>"),
        ("submitted", "reviewer", "等待街道审核", "请核定"),
        ("submitted", "songlinglu", "等待街道审核", "在网页填报"),
        ("reviewed", "reviewer", "请核定", "审核通过</button>"),
        ("reviewed", "leader", "等待区局核定", "退回</a>"),
        ("approved", "songlinglu", "更正", "在网页填报"),
        ("approved", "bureau", "已核定", "更正</a>"),
    ],
)
def test_the_next_step_is_said_to_whom_it_concerns(
    client: Client, office: Office, state: str, name: str, there: str, absent: str
) -> None:
    getattr(office, state)()
    page = shown(client, office.district.users[name])
    assert there in page
    assert absent not in page


def test_history_and_what_changed_since_it_was_sent_back(client: Client, office: Office) -> None:
    sent = office.submitted()
    back = services.send_back(
        weekly_return=sent, comment="投资数与月报不符。", by=office.head, now=THURSDAY
    )
    row = values_of(office.projects[0], completed_investment_fen=33_1200_00)
    services.write_reports(weekly_return=back, rows=[row], by=office.clerk, now=THURSDAY)
    page = shown(client, office.clerk)
    assert "已被退回。" in page
    assert page.count("投资数与月报不符。") == 2
    changes = page.split("退回以来改了什么", 1)[1].split("</table>", 1)[0]
    assert "累计完成投资（万元）" in changes
    assert "30.00" in changes
    assert "33.12" in changes
    assert "建材一宿舍" not in changes


def test_an_old_version_can_be_read_and_is_not_acted_on(client: Client, office: Office) -> None:
    old = office.approved()
    services.correct(weekly_return=old, reason="监理复核。", by=office.clerk, now=THURSDAY)
    page = shown(client, office.clerk, f"{PAGE}?version=1")
    assert "已有更正稿。" in page
    assert 'id="next"' not in page
    newest = shown(client, office.clerk)
    assert "更正原因：监理复核。" in newest
    assert "更正原因：监理复核。" not in page


def test_a_correction_is_its_streets_own_until_it_is_sent(client: Client, office: Office) -> None:
    old = office.approved()
    draft = services.correct(weekly_return=old, reason="监理复核。", by=office.clerk, now=THURSDAY)
    bureau = office.district.users["bureau"]
    assert "更正原因：监理复核。" in shown(client, office.head)
    assert "更正原因：监理复核。" not in shown(client, bureau)
    shown(client, bureau, f"{PAGE}?version=2", 404)
    services.submit(weekly_return=draft, by=office.clerk, now=THURSDAY)
    assert "更正原因：监理复核。" in shown(client, bureau)


def test_an_approved_return_keeps_its_rows_when_a_project_reports_no_more(
    client: Client, office: Office
) -> None:
    office.approved()
    cancel(office.projects[1], WEEK.start, "并入片区改造。")
    page = shown(client, office.clerk)
    assert "建材一宿舍" in page
    assert "2 个 / 应填 2 个" in page


def test_a_week_without_working_days_says_so(client: Client, office: Office, clock: Any) -> None:
    from renovation.core.holidays import HOLIDAYS
    from renovation.records.models import Holiday

    Holiday.objects.all().delete()
    for seed in HOLIDAYS:
        Holiday.objects.create(day=seed.day, is_workday=seed.is_workday, name=seed.name)
    clock.at("2026-02-20 10:00")
    page = shown(client, office.clerk, "/weekly/2026-02-16/songlinglu/")
    assert "本周不要求报送。" in page
    assert "在网页填报" not in page


def test_a_street_without_projects_has_an_empty_state(client: Client, office: Office) -> None:
    user = office.district.users["banyanglu"]
    page = shown(client, user, "/weekly/2025-05-05/banyanglu/")
    assert "没有在报的项目" in page
    assert "在网页填报" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three_projects(
    client: Client, office: Office, count: int, django_assert_num_queries: Any, settings: Any
) -> None:
    from tests.factories.ledger import make_project

    settings.FACE_TODO_COUNT = ""  # the number in the head is measured where it is made

    programme = office.projects[0].programme
    for n in range(count - 1):
        make_project(programme=programme, street=office.other, code=f"ZC2025-2{n}")
    client.force_login(office.district.users["zhonglou"])
    client.get("/weekly/2025-05-05/zhonglou/")
    with django_assert_num_queries(33):
        client.get("/weekly/2025-05-05/zhonglou/")


# -- acts --------------------------------------------------------------------------------------------
def test_the_way_of_a_return_by_its_buttons(client: Client, office: Office) -> None:
    office.draft()
    steps = [
        (office.clerk, "submit", {}, ReturnState.SUBMITTED),
        (office.head, "send-back", {"comment": "请核对投资。"}, ReturnState.SENT_BACK),
        (office.clerk, "submit", {}, ReturnState.SUBMITTED),
        (office.head, "review", {}, ReturnState.REVIEWED),
        (office.reviewer, "approve", {}, ReturnState.APPROVED),
    ]
    for user, slug, data, state in steps:
        client.force_login(user)
        answer = client.post(f"{PAGE}act/{slug}/", {"version": "1", **data})
        assert (slug, answer.status_code, answer.headers["Location"]) == (slug, 302, PAGE)
        assert WeeklyReturn.objects.get().state == state
    client.force_login(office.clerk)
    client.post(f"{PAGE}act/correct/", {"version": "1", "reason": "监理复核。"})
    assert WeeklyReturn.objects.get(version=2).state == ReturnState.DRAFT


def test_a_comment_left_out_is_asked_for_at_its_place(client: Client, office: Office) -> None:
    office.submitted()
    client.force_login(office.head)
    answer = client.post(f"{PAGE}act/send-back/", {"version": "1", "comment": ""})
    assert answer.status_code == 422
    assert answer.content.decode().count("请写明退回意见。") == 2
    assert WeeklyReturn.objects.get().state == ReturnState.SUBMITTED


def test_a_late_submission_asks_for_its_reason_and_keeps_it(
    client: Client, office: Office, clock: Any
) -> None:
    office.draft()
    clock.at("2025-05-09 17:00:01")
    client.force_login(office.clerk)
    page = client.get(f"{PAGE}act/submit/").content.decode()
    assert "迟报原因" in page
    assert client.post(f"{PAGE}act/submit/", {"version": "1"}).status_code == 422
    client.post(
        f"{PAGE}act/submit/",
        {"version": "1", "late_code": "data", "late_reason": "监理周五下午才报数。"},
    )
    sent = WeeklyReturn.objects.get()
    assert (sent.state, sent.late_reason, sent.late_code) == (
        ReturnState.SUBMITTED, "监理周五下午才报数。", "data",
    )  # fmt: skip
    assert "监理周五下午才报数。" in shown(client, office.head)


def test_a_missing_project_is_said_on_the_page(client: Client, office: Office) -> None:
    opened = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=THURSDAY)
    services.write_reports(
        weekly_return=opened, rows=[values_of(office.projects[0])], by=office.clerk, now=THURSDAY
    )
    client.force_login(office.clerk)
    answer = client.post(f"{PAGE}act/submit/", {"version": "1"})
    assert answer.status_code == 422
    assert "还有 1 个项目没有填：建材一宿舍。" in answer.content.decode()


def test_what_is_pledged_for_stands_on_the_page_that_sends_it(
    client: Client, office: Office, clock: Any
) -> None:
    opened = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=THURSDAY)
    services.write_reports(
        weekly_return=opened, rows=[values_of(office.projects[0])], by=office.clerk, now=THURSDAY
    )
    client.force_login(office.clerk)
    page = client.get(f"{PAGE}act/submit/")
    assert page.context["held"] == "建材一宿舍"
    words = page.content.decode()
    assert "建材一宿舍没有填好；全部填好才能报送，已写入的不必重填。" in words
    assert "建材一宿舍。全部填好才能报送，已写入的不必重填。" in client.get(PAGE).content.decode()
    assert "回到周报去填" in words
    services.write_reports(
        weekly_return=opened, rows=[values_of(office.projects[1])], by=office.clerk, now=THURSDAY
    )
    page = client.get(f"{PAGE}act/submit/")
    assert page.context["held"] == ""
    cells = {cell.name: (cell.value, cell.note, cell.alarm) for cell in page.context["cells"]}
    assert cells["报送项目"] == ("2 个", "都已填好", False)
    assert cells["累计完成投资"] == ("60.00 万元", "2 个首次报送", False)
    assert cells["截止"] == ("5月9日 17:00", "按时", False)
    clock.at("2025-05-09 17:00:01")
    client.force_login(office.clerk)
    page = client.get(f"{PAGE}act/submit/")
    assert page.context["cells"][-1].note == "已过，本次记为迟报"


def test_what_is_sent_is_summed_beside_last_week_and_the_first_ones_are_named(
    client: Client, office: Office
) -> None:
    make_return(
        office.street, {office.projects[0]: ("8.4", 28_1234_56)}, week_start=date(2025, 4, 28)
    )
    office.draft()
    client.force_login(office.clerk)
    page = client.get(f"{PAGE}act/submit/")
    cells = {cell.name: (cell.value, cell.note) for cell in page.context["cells"]}
    assert cells["累计完成投资"] == ("60.00 万元", "较上周 +1.88 万元，另有 1 个首次报送")


def test_a_closed_week_says_what_holds_it(client: Client, office: Office, clock: Any) -> None:
    office.draft()
    clock.at("2025-05-12 12:00:01")
    page = shown(client, office.clerk)
    assert "本周已关闭" in page
    assert "已于2025年5月12日 12:00关闭（截止后的下一个工作日关闭）" in page
    assert "重新报送" not in page
    client.force_login(office.clerk)
    answer = client.post(f"{PAGE}act/submit/", {"version": "1"})
    assert answer.status_code == 422
    assert "已于2025年5月12日 12:00关闭" in answer.content.decode()


def test_an_act_on_a_state_that_is_gone_is_a_conflict(client: Client, office: Office) -> None:
    office.reviewed()
    client.force_login(office.head)
    answer = client.post(f"{PAGE}act/review/", {"version": "1"})
    assert answer.status_code == 409
    assert "当前状态：街道已审。" in answer.content.decode()


def test_an_act_on_an_old_version_is_a_conflict(client: Client, office: Office) -> None:
    old = office.approved()
    new = services.correct(weekly_return=old, reason="更正。", by=office.clerk, now=THURSDAY)
    client.force_login(office.clerk)
    answer = client.post(f"{PAGE}act/submit/", {"version": "1"})
    assert answer.status_code == 409
    new.refresh_from_db()
    assert new.state == ReturnState.DRAFT


def test_the_wrong_post_is_forbidden(client: Client, office: Office) -> None:
    office.submitted()
    client.force_login(office.clerk)
    assert client.post(f"{PAGE}act/review/", {"version": "1"}).status_code == 403
    client.force_login(office.district.users["zhonglou-head"])
    assert client.post(f"{PAGE}act/review/", {"version": "1"}).status_code == 404
    assert WeeklyReturn.objects.get().state == ReturnState.SUBMITTED


# -- exceptions --------------------------------------------------------------------------------------
def test_no_exception_is_offered_to_what_is_approved(client: Client, office: Office) -> None:
    """Its correction needs none: it comes when it comes."""
    client.force_login(office.reviewer)
    word = "准许延后关闭"
    reviewed = office.reviewed()
    assert word in client.get(PAGE).content.decode()
    approved = services.approve(weekly_return=reviewed, by=office.reviewer, now=THURSDAY)
    assert word not in client.get(PAGE).content.decode()
    services.correct(weekly_return=approved, reason="更正。", by=office.clerk, now=THURSDAY)
    assert word not in client.get(PAGE).content.decode()


def test_an_exception_is_granted_and_shown(client: Client, office: Office, clock: Any) -> None:
    clock.at("2025-05-12 14:00")
    client.force_login(office.reviewer)
    data = {"closes_at": "2025-05-13T17:00", "reason": "街道停电"}
    assert client.post(f"{PAGE}exception/", data).status_code == 302
    granted = ReturnException.objects.get()
    assert (granted.closes_at, granted.granted_by) == (
        moment("2025-05-13 17:00"),
        office.reviewer,
    )
    page = shown(client, office.clerk)
    assert "已准许延后。" in page
    assert "5月13日 17:00 关闭（已准许延后）" in page
    assert "在网页填报" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"closes_at": "2025-05-08T16:00", "reason": "停电"}, "延至的时间须晚于现在的关闭时间"),
        ({"closes_at": "明天", "reason": "停电"}, "时间看不懂"),
        ({"closes_at": "", "reason": ""}, "请写明准许延后的原因。"),
    ],
)
def test_a_faulty_exception_is_answered_at_its_field(
    client: Client, office: Office, data: dict[str, str], words: str
) -> None:
    client.force_login(office.reviewer)
    answer = client.post(f"{PAGE}exception/", data)
    assert answer.status_code == 422
    assert answer.content.decode().count(words) == 2
    assert ReturnException.objects.count() == 0
