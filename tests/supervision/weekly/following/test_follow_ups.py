"""核实事项: a row is asked about, the street answers by a day, the bureau settles it; nothing of it moves a figure."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from supervision.weekly import services as returns
from supervision.weekly.enums import FollowUpAct, FollowUpState
from supervision.weekly.following import services
from supervision.weekly.following.flow import FLOW
from supervision.weekly.following.listing import owners_of
from supervision.weekly.following.policies import check_act, check_ask
from supervision.weekly.models import FollowUp, FollowUpStep, WeeklyReport, WeeklyReturn
from supervision.weekly.waiting import follow_ups_waiting
from tests.conftest import Clock
from tests.factories.accounts import scope_for
from tests.supervision.weekly.office import THURSDAY, Office, moment

pytestmark = pytest.mark.django_db
LIST = "/weekly/follow-ups/"
RETURN = "/weekly/2025-05-05/songlinglu/"
ASK = f"{RETURN}ask/ZC2025-06/"
DUE = date(2025, 5, 12)
QUESTION = "外墙已完成，累计投资为什么没有增加"


@pytest.fixture(autouse=True)
def _thursday(clock: Clock) -> None:
    clock.at("2025-05-08 15:00")


@pytest.fixture
def sent(office: Office) -> WeeklyReturn:
    return office.submitted()


@pytest.fixture
def asked(office: Office, sent: WeeklyReturn) -> FollowUp:
    return ask(office, sent)


def ask(office: Office, sent: WeeklyReturn, place: int = 0, **fields: Any) -> FollowUp:
    values: dict[str, Any] = {"question": QUESTION, "due_on": DUE, "now": THURSDAY}
    by = office.district.users["bureau"]
    return services.ask(
        weekly_return=sent, project=office.projects[place], by=by, **(values | fields)
    )


def answered(office: Office, asked: FollowUp) -> FollowUp:
    return services.answer(
        follow_up=asked, text="结算单本周没有签，下周计入。", by=office.clerk, now=THURSDAY
    )


def todo(office: Office, name: str, at: str = "2025-05-08 15:00") -> list[tuple[str, str, bool]]:
    scope = scope_for(office.district.users[name])
    found = follow_ups_waiting(scope=scope, now=moment(at))
    return [(each.title, str(each.reason), each.is_alarm) for each in found]


# -- the flow ------------------------------------------------------------------------------------
def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


def test_from_question_to_end(office: Office, asked: FollowUp) -> None:
    bureau, reviewer = office.district.users["bureau"], office.reviewer
    assert asked.row["progress_percent"] == "10.0"
    assert (asked.owner, asked.state, asked.rounds) == (bureau, FollowUpState.OPEN, 1)
    answered(office, asked)
    services.ask_again(
        follow_up=asked, text="请附结算单日期", due_on=date(2025, 5, 14), by=bureau, now=THURSDAY
    )
    assert (asked.state, asked.rounds, asked.due_on) == ("open", 2, date(2025, 5, 14))
    assert (asked.question, asked.asking) == (QUESTION, "请附结算单日期")
    assert todo(office, "songlinglu")[0][1] == "请附结算单日期（答复期限 2025年5月14日）"
    assert (asked.answered_by, asked.answered_on) == (None, None)
    services.hand_over(follow_up=asked, owner=reviewer, text="", by=bureau, now=THURSDAY)
    services.answer(follow_up=asked, text="5月12日签。", by=office.clerk, now=THURSDAY)
    services.close(follow_up=asked, text="", by=reviewer, now=moment("2025-05-13 09:00"))
    assert (asked.state, asked.closed_by, asked.closed_on) == (
        FollowUpState.CLOSED, reviewer, date(2025, 5, 13),
    )  # fmt: skip
    assert list(asked.steps.values_list("act", "text")) == [
        ("ask", f"{QUESTION}（答复期限 2025年5月12日）"),
        ("answer", "结算单本周没有签，下周计入。"),
        ("ask_again", "请附结算单日期（答复期限 2025年5月14日）"),
        ("hand_over", f"{bureau}转交{reviewer}"),
        ("answer", "5月12日签。"),
        ("close", ""),
    ]
    acts = AuditEntry.objects.filter(act__startswith="return.follow_up").order_by("pk")
    assert [each.act.rsplit(".", 1)[1] for each in acts] == [
        "ask", "answer", "ask_again", "hand_over", "answer", "close",
    ]  # fmt: skip
    # Nothing of it touched the return.
    row = WeeklyReport.objects.get(project=asked.project)
    assert (str(row.progress_percent), row.weekly_return.state) == ("10.0", "submitted")


def test_a_question_may_be_taken_back_with_a_reason(office: Office, asked: FollowUp) -> None:
    bureau = office.district.users["bureau"]
    with pytest.raises(Refusal, match="请写明撤回的原因"):
        services.withdraw(follow_up=asked, text=" ", by=bureau, now=THURSDAY)
    services.withdraw(follow_up=asked, text="已电话核实", by=bureau, now=THURSDAY)
    assert (asked.state, asked.answered_by) == (FollowUpState.CLOSED, None)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"question": "  "}, "comment.missing"),
        ({"due_on": date(2025, 5, 7)}, "follow_up.due"),
    ],
)
def test_what_is_not_a_question(
    office: Office, sent: WeeklyReturn, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        ask(office, sent, **fields)
    assert refused.value.code == code
    assert not FollowUp.objects.exists()


def test_only_a_row_that_was_sent_is_asked_about(office: Office) -> None:
    draft = office.draft()
    with pytest.raises(Refusal) as refused:
        ask(office, draft)
    assert refused.value.code == "follow_up.not_sent"
    sent = returns.submit(weekly_return=draft, by=office.clerk, now=THURSDAY)
    with pytest.raises(Refusal) as refused:
        services.ask(
            weekly_return=sent, project=office.stranger, question=QUESTION, due_on=DUE,
            by=office.district.users["bureau"], now=THURSDAY,
        )  # fmt: skip
    assert refused.value.code == "follow_up.no_row"


def test_one_unsettled_question_a_row(office: Office, sent: WeeklyReturn, asked: FollowUp) -> None:
    with pytest.raises(Refusal) as refused:
        ask(office, sent)
    assert refused.value.code == "follow_up.unsettled"
    assert ask(office, sent, place=1).project == office.projects[1]
    services.withdraw(
        follow_up=asked, text="已核", by=office.district.users["bureau"], now=THURSDAY
    )
    assert ask(office, sent).pk != asked.pk


def test_each_act_fits_its_state_only(office: Office, asked: FollowUp) -> None:
    bureau = office.district.users["bureau"]
    with pytest.raises(StateConflict):
        services.close(follow_up=asked, text="", by=bureau, now=THURSDAY)
    answered(office, asked)
    with pytest.raises(StateConflict):
        answered(office, asked)
    with pytest.raises(StateConflict):
        services.withdraw(follow_up=asked, text="不用了", by=bureau, now=THURSDAY)
    with pytest.raises(Refusal, match="现在就由"):
        services.hand_over(follow_up=asked, owner=bureau, text="", by=bureau, now=THURSDAY)
    services.close(follow_up=asked, text="", by=bureau, now=THURSDAY)
    with pytest.raises(StateConflict):
        services.hand_over(follow_up=asked, owner=office.reviewer, text="", by=bureau, now=THURSDAY)


def test_who_may_do_what(office: Office, sent: WeeklyReturn, asked: FollowUp) -> None:
    users = office.district.users
    check_ask(weekly_return=sent, scope=scope_for(users["reviewer"]))
    for name in ("songlinglu", "songlinglu-head", "leader", "zhonglou"):
        with pytest.raises(Forbidden):
            check_ask(weekly_return=sent, scope=scope_for(users[name]))
    check_act(follow_up=asked, act=FollowUpAct.ANSWER, scope=scope_for(office.clerk))
    for name in ("bureau", "songlinglu-head", "zhonglou"):
        with pytest.raises(Forbidden):
            check_act(follow_up=asked, act=FollowUpAct.ANSWER, scope=scope_for(users[name]))
    answered(office, asked)
    check_act(follow_up=asked, act=FollowUpAct.CLOSE, scope=scope_for(users["reviewer"]))
    # A street's head sends returns back, and settles nothing that the bureau asked.
    with pytest.raises(Forbidden):
        check_act(follow_up=asked, act=FollowUpAct.CLOSE, scope=scope_for(users["songlinglu-head"]))
    with pytest.raises(Forbidden, match="不能自己了结"):
        services.close(follow_up=asked, text="", by=office.clerk, now=THURSDAY)


def test_owners_are_people_of_the_bureau_who_send_back(office: Office) -> None:
    found = owners_of(bureau=office.district.bureau, today=DUE)
    users = office.district.users
    assert set(found) == {users["bureau"], users["bureau2"], users["reviewer"]}


# -- lateness and what waits -----------------------------------------------------------------------
def test_lateness_runs_to_the_answer(office: Office, asked: FollowUp) -> None:
    assert [asked.late_days(date(2025, 5, day)) for day in (12, 13, 20)] == [0, 1, 8]
    services.answer(follow_up=asked, text="已核。", by=office.clerk, now=moment("2025-05-15 09:00"))
    assert asked.late_days(date(2025, 5, 30)) == 3


def test_what_waits_for_whom(office: Office, asked: FollowUp) -> None:
    head = ("答复柳泉小区的核实事项", f"{QUESTION}（答复期限 2025年5月12日）", False)
    assert todo(office, "songlinglu") == [head]
    assert [todo(office, name) for name in ("zhonglou", "bureau", "reviewer", "leader")] == [[]] * 4
    late = f"{QUESTION}（答复期限 2025年5月12日，已过 2 天）"
    assert todo(office, "songlinglu", "2025-05-14 09:00") == [(head[0], late, True)]
    assert todo(office, "bureau", "2025-05-14 09:00") == [
        ("柳泉小区的核实事项还没有答复", late, True)
    ]
    answered(office, asked)
    assert todo(office, "songlinglu") == []
    assert todo(office, "reviewer") == []  # not the owner
    assert todo(office, "bureau") == [
        ("了结柳泉小区的核实事项", f"松龄路街道 2025年5月8日已答复：{QUESTION}", False)
    ]


# -- rules of the database ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("follow_up_asks_something", {"question": ""}),
        ("follow_up_counted_from_one", {"rounds": 0}),
        ("follow_up_closed_on_and_by", {"state": "closed"}),
        ("follow_up_answered_on_and_by", {"answered_on": DUE}),
        ("follow_up_state_and_answer_agree", {"state": "answered"}),
    ],
)
def test_what_the_database_does_not_take(
    office: Office, sent: WeeklyReturn, name: str, values: dict[str, Any]
) -> None:
    bureau = office.district.users["bureau"]
    plain: dict[str, Any] = {
        "weekly_return": sent, "project": office.projects[0], "question": QUESTION, "asking": QUESTION,
        "row": {},
        "due_on": DUE, "owner": bureau, "asked_by": bureau, "asked_at": THURSDAY,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        FollowUp.objects.create(**(plain | values))


def test_the_database_closes_nothing_by_who_answered(office: Office, asked: FollowUp) -> None:
    answered(office, asked)
    name = "follow_up_closed_by_another_than_answered"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        FollowUp.objects.filter(pk=asked.pk).update(
            state="closed", closed_by=office.clerk, closed_on=DUE
        )


def test_the_database_keeps_one_unsettled_question_a_row(office: Office, asked: FollowUp) -> None:
    asked.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        ("提出以后不能修改", "UPDATE weekly_followup SET question = '另一个问题'"),
        ("不能删除", "DELETE FROM weekly_followup"),
        ("只能追加", "UPDATE weekly_followupstep SET text = ''"),
        ("只能追加", "DELETE FROM weekly_followupstep"),
    ],
)
def test_what_was_asked_and_done_stays(asked: FollowUp, sentence: str, sql: str) -> None:
    with (
        pytest.raises(Exception, match=sentence),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert FollowUpStep.objects.get().follow_up == asked


def test_what_is_settled_is_not_changed(office: Office, asked: FollowUp) -> None:
    bureau = office.district.users["bureau"]
    services.withdraw(follow_up=asked, text="已核", by=bureau, now=THURSDAY)
    with pytest.raises(Exception, match="已了结的核实事项不能修改"), transaction.atomic():
        FollowUp.objects.filter(pk=asked.pk).update(due_on=date(2025, 6, 1))


# -- pages ---------------------------------------------------------------------------------------
def test_from_the_row_to_the_end_by_the_pages(
    client: Client, office: Office, sent: WeeklyReturn
) -> None:
    bureau = office.district.users["bureau"]
    client.force_login(bureau)
    page = client.get(RETURN).content.decode()
    assert page.count("提请核实") == 2  # a row each
    form = client.get(ASK).content.decode()
    assert 'value="2025-05-12"' in form  # two working days from a Thursday
    assert "30.00" in form
    answer = client.post(ASK, {"question": QUESTION, "due_on": "2025-05-12"})
    assert (answer.status_code, answer.headers["Location"]) == (302, RETURN)
    made = FollowUp.objects.get()
    page = client.get(RETURN).content.decode()
    assert f'<a href="{LIST}{made.pk}/">核实：待答复</a>' in page
    assert page.count("提请核实") == 1
    client.force_login(office.clerk)
    assert ASK not in client.get(RETURN).content.decode()
    one = client.get(f"{LIST}{made.pk}/").content.decode()
    assert f'href="{LIST}{made.pk}/answer/"' in one
    assert f'href="{LIST}{made.pk}/close/"' not in one
    refused = client.post(f"{LIST}{made.pk}/answer/", {"text": ""})
    assert (refused.status_code, "请写明核实的结果。" in refused.content.decode()) == (422, True)
    client.post(f"{LIST}{made.pk}/answer/", {"text": "结算单没有签。"})
    client.force_login(bureau)
    client.post(f"{LIST}{made.pk}/close/", {"text": ""})
    made.refresh_from_db()
    assert (made.state, made.closed_by) == (FollowUpState.CLOSED, bureau)


def test_the_row_then_and_what_was_sent_since(
    client: Client, office: Office, sent: WeeklyReturn
) -> None:
    asked = ask(office, sent)
    sent_back = returns.send_back(
        weekly_return=sent, comment="请核对。", by=office.head, now=THURSDAY
    )
    rows = office.rows(completed_investment_fen=36_0000_00)
    returns.write_reports(weekly_return=sent_back, rows=rows, by=office.clerk, now=THURSDAY)
    returns.submit(weekly_return=sent_back, by=office.clerk, now=THURSDAY)
    client.force_login(office.clerk)
    page = client.get(f"{LIST}{asked.pk}/").content.decode()
    assert '>30.00</td><td data-label="现在"><b>36.00</b></td>' in page
    assert '>10.0</td><td data-label="现在"><span' in page


def test_a_draft_is_nobodys_word(client: Client, office: Office) -> None:
    first = office.approved()
    asked = ask(office, first)
    second = returns.correct(weekly_return=first, reason="复核。", by=office.clerk, now=THURSDAY)
    rows = office.rows(completed_investment_fen=36_0000_00)
    returns.write_reports(weekly_return=second, rows=rows, by=office.clerk, now=THURSDAY)
    client.force_login(office.district.users["bureau"])
    page = client.get(f"{LIST}{asked.pk}/").content.decode()
    assert "36.00" not in page
    assert "没有变" in page


def test_a_stale_act_keeps_what_was_typed(client: Client, office: Office, asked: FollowUp) -> None:
    answered(office, asked)
    client.force_login(office.clerk)
    address = f"{LIST}{asked.pk}/answer/"
    answer = client.post(address, {"text": "再答一次"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "只有待答复的核实事项才能答复" in page
    assert "再答一次" in page
    assert asked.steps.count() == 2
    # Who only opens the page is led back to the follow-up.
    assert client.get(address).headers["Location"] == f"{LIST}{asked.pk}/"


def test_a_question_keeps_what_was_typed_when_the_return_went_back(
    client: Client, office: Office, sent: WeeklyReturn
) -> None:
    returns.send_back(weekly_return=sent, comment="请核对。", by=office.head, now=THURSDAY)
    client.force_login(office.district.users["bureau"])
    answer = client.post(ASK, {"question": QUESTION, "due_on": "2025-05-12"})
    page = answer.content.decode()
    assert (answer.status_code, "街道报送以后才能提请核实" in page, QUESTION in page) == (
        422,
        True,
        True,
    )


def test_a_correction_opens_no_second_question(office: Office) -> None:
    first = office.approved()
    ask(office, first)
    second = returns.correct(
        weekly_return=first, reason="监理复核。", by=office.clerk, now=THURSDAY
    )
    returns.submit(weekly_return=second, by=office.clerk, now=THURSDAY)
    with pytest.raises(Refusal) as refused:
        ask(office, second)
    assert refused.value.code == "follow_up.unsettled"


def test_the_pages_by_every_role(client: Client, office: Office, asked: FollowUp) -> None:
    readers = {
        "songlinglu", "songlinglu-head", "bureau", "bureau2", "reviewer", "leader",
    }  # fmt: skip
    others = {"zhonglou", "zhonglou-head", "banyanglu", "banyanglu-head"}
    for name, user in office.district.users.items():
        client.force_login(user)
        one, many = client.get(f"{LIST}{asked.pk}/"), client.get(LIST)
        expected = 200 if name in readers else 404 if name in others else 403
        assert (name, one.status_code) == (name, expected)
        assert (name, many.status_code) == (name, 403 if expected == 403 else 200)
        assert (name, QUESTION in many.content.decode()) == (name, name in readers)


def test_the_list_is_narrowed_by_its_address(
    client: Client, office: Office, sent: WeeklyReturn, clock: Clock
) -> None:
    bureau = office.district.users["bureau"]
    first, second = ask(office, sent), ask(office, sent, place=1, due_on=date(2025, 5, 20))
    services.withdraw(follow_up=second, text="已核", by=bureau, now=THURSDAY)
    clock.at("2025-05-14 09:00")
    client.force_login(bureau)
    one, two = f'href="{LIST}{first.pk}/"', f'href="{LIST}{second.pk}/"'
    for query, expected in (
        ("", (True, False)),
        ("?state=closed", (False, True)),
        ("?state=all", (True, True)),
        ("?state=overdue", (True, False)),
        ("?state=answered", (False, False)),
        ("?state=all&q=建材", (False, True)),
        ("?state=all&street=zhonglou", (True, True)),  # cannot be chosen: nothing was asked there
    ):
        page = client.get(LIST + query).content.decode()
        assert (query, one in page, two in page) == (query, *expected)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{LIST}export/?state=all").content))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    rows = [row for row in cells if row[0] in {"ZC2025-06", "ZC2025-07"}]
    assert [(row[0], row[3], row[9], row[10]) for row in rows] == [
        ("ZC2025-06", "2025年第19周", "待答复", 2),
        ("ZC2025-07", "2025年第19周", "已了结", 0),
    ]
    assert rows[1][14] == (
        f"5月8日 15:00 提请核实 {bureau}：{QUESTION}（答复期限 2025年5月20日）\n"
        f"5月8日 15:00 撤回 {bureau}：已核"
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    client: Client,
    office: Office,
    sent: WeeklyReturn,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
    settings: Any,
) -> None:
    settings.FACE_TODO_COUNT = ""
    bureau = office.district.users["bureau"]
    for _ in range(count):
        made = ask(office, sent)
        services.withdraw(follow_up=made, text="已核", by=bureau, now=THURSDAY)
    client.force_login(bureau)
    client.get(f"{LIST}?state=all")
    with django_assert_num_queries(7):
        client.get(f"{LIST}?state=all")
