"""豁免: a rule that asks for a reason spares a street or a project for a time, by name; it ends by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from renovation.accounts.enums import Role
from renovation.core.errors import Forbidden, Refusal, Severity, StateConflict
from renovation.records.models import AuditEntry
from supervision.weekly import services as returns
from supervision.weekly.checks import WAIVABLE, check_report
from supervision.weekly.comparison import load_context
from supervision.weekly.models import ReportQuestion, RuleWaiver
from supervision.weekly.rule_waivers import services
from supervision.weekly.rule_waivers.enums import RuleWaiverAct, RuleWaiverState
from supervision.weekly.rule_waivers.flow import FLOW
from supervision.weekly.rule_waivers.listing import RuleWaiverLine
from supervision.weekly.rule_waivers.policies import check_act, check_ask
from supervision.weekly.waiting import rule_waivers_waiting
from tests.conftest import Clock
from tests.factories.accounts import make_user, scope_for
from tests.supervision.weekly.office import THURSDAY, WEEK, Office, moment, values_of

pytestmark = pytest.mark.django_db
LIST = "/weekly/rule-waivers/"
ABOVE = 600_0000_00
"""More than the planned investment of 500.00 万元."""
LAST = date(2025, 5, 8)


@pytest.fixture(autouse=True)
def _thursday(clock: Clock) -> None:
    clock.at("2025-05-08 15:00")


def ask(office: Office, **fields: Any) -> RuleWaiver:
    values: dict[str, Any] = {
        "street": office.street,
        "project": office.projects[0],
        "rule": "W212",
        "starts_on": LAST,
        "ends_on": LAST,
        "reason": "结算审计中",
        "by": office.clerk,
        "now": moment("2025-05-08 09:00"),
    }
    return services.ask(**(values | fields))


def approved(office: Office, **fields: Any) -> RuleWaiver:
    return services.approve(
        waiver=ask(office, **fields), comment="", by=office.reviewer, now=moment("2025-05-08 10:00")
    )


def told(office: Office, at: str, place: int = 0, **fields: Any) -> list[tuple[str, Severity, str]]:
    """What is said of a row above the plan without a reason, at a moment."""
    week = load_context(street=office.street, week=WEEK, moment=moment(at))
    project = office.projects[place]
    values = replace(values_of(project), **({"completed_investment_fen": ABOVE} | fields))
    found = check_report(values, week.projects[project.code], week.terms)
    return [(fault.code, fault.severity, fault.message) for fault in found]


ASKS = [("W212", Severity.REASON, "累计完成投资（万元）超过计划投资：600.00")]


def test_a_deputy_decides_nothing_that_the_deputised_asked_for(office: Office) -> None:
    """The reviewer asked; who stands in for the reviewer is to the waiver the same person."""
    waiver = ask(office, by=office.reviewer)
    deputy = make_user(office.district.bureau, Role.REVIEWER)
    scope = scope_for(deputy)
    check_act(waiver=waiver, act=RuleWaiverAct.APPROVE, scope=scope, today=LAST)
    acting = replace(scope, for_user_id=office.reviewer.pk)
    assert list(rule_waivers_waiting(scope=acting)) == []
    with pytest.raises(Forbidden, match="申请和批准不能是同一个人"):
        check_act(waiver=waiver, act=RuleWaiverAct.APPROVE, scope=acting, today=LAST)


# -- what it does ----------------------------------------------------------------------------------
def test_it_holds_to_the_last_second_of_its_last_day(office: Office) -> None:
    waiver = approved(office)
    remark = (
        f"累计完成投资（万元）超过计划投资：600.00，已豁免，不用说明（{office.reviewer}批准，"
        "至2025年5月8日，原因：结算审计中）"
    )
    assert told(office, "2025-05-08 09:59:59") == ASKS  # not yet approved
    assert told(office, "2025-05-08 10:00:00") == [("W212", Severity.NOTICE, remark)]
    assert told(office, "2025-05-08 23:59:59") == [("W212", Severity.NOTICE, remark)]
    assert told(office, "2025-05-09 00:00:00") == ASKS
    words = [
        RuleWaiverLine(waiver, moment(at)).word for at in ("2025-05-08 23:59", "2025-05-09 00:00")
    ]
    assert words == ["生效中", "已到期"]


def test_it_begins_on_its_first_day(office: Office) -> None:
    approved(office, starts_on=date(2025, 5, 9), ends_on=date(2025, 5, 9))
    assert told(office, "2025-05-08 23:59:59") == ASKS
    assert [code for code, weight, _ in told(office, "2025-05-09 00:00:00") if weight == "notice"] == ["W212"]  # fmt: skip


def test_a_project_a_street_and_another_rule(office: Office) -> None:
    approved(office)
    assert told(office, "2025-05-08 11:00", place=1) == ASKS  # another project
    approved(office, project=None, rule="W211")
    assert told(office, "2025-05-08 11:00", place=1) == ASKS  # another rule
    approved(office, project=None, reason="全街道结算")
    mine, theirs = (told(office, "2025-05-08 11:00", place=place)[0] for place in (0, 1))
    assert (mine[1], "结算审计中" in mine[2]) == (Severity.NOTICE, True)  # its own comes first
    assert (theirs[1], "全街道结算" in theirs[2]) == (Severity.NOTICE, True)


def test_of_another_street_it_says_nothing(office: Office) -> None:
    approved(office, street=office.other, project=None, by=office.district.users["zhonglou"])
    assert told(office, "2025-05-08 11:00") == ASKS


def test_nothing_waives_a_refusal(office: Office) -> None:
    assert set(WAIVABLE) >= {"W201", "W202", "W211", "W212"}
    with pytest.raises(Refusal) as refused:
        ask(office, rule="W161")
    assert (refused.value.code, refused.value.field) == ("rule_waiver.rule", "rule")


def test_the_return_is_submitted_and_keeps_what_spared_it(office: Office) -> None:
    draft = office.draft(completed_investment_fen=ABOVE)
    with pytest.raises(Refusal, match="2 个项目要改正或说明"):
        returns.submit(weekly_return=draft, by=office.clerk, now=THURSDAY)
    assert not ReportQuestion.objects.exists()
    waiver = approved(office)
    with pytest.raises(Refusal, match="1 个项目要改正或说明"):
        returns.submit(weekly_return=draft, by=office.clerk, now=THURSDAY)
    rows = [values_of(project, completed_investment_fen=ABOVE) for project in office.projects]
    rows[1] = replace(rows[1], explanation="追加了管网")
    returns.write_reports(weekly_return=draft, rows=rows, by=office.clerk, now=THURSDAY)
    returns.submit(weekly_return=draft, by=office.clerk, now=THURSDAY)
    sentence = "累计完成投资（万元）超过计划投资：600.00"
    assert list(
        ReportQuestion.objects.values_list("project__code", "rule", "message", "waiver")
    ) == [("ZC2025-06", "W212", sentence, waiver.pk), ("ZC2025-07", "W212", sentence, None)]
    # What was submitted under it stays so when it is over; what is submitted again is asked anew.
    returns.send_back(weekly_return=draft, comment="请核对", by=office.head, now=THURSDAY)
    with pytest.raises(Refusal, match="1 个项目要改正或说明"):
        returns.submit(weekly_return=draft, by=office.clerk, now=moment("2025-05-09 00:00"))


def test_a_return_that_was_sent_is_shown_as_it_was_judged(
    client: Client, office: Office, clock: Clock
) -> None:
    approved(office, project=None)
    office.submitted(completed_investment_fen=ABOVE)
    clock.at("2025-05-09 08:00")
    client.force_login(office.head)
    page = client.get("/weekly/2025-05-05/songlinglu/").content.decode()
    assert page.count("已豁免，不用说明") == 2


def test_ended_early_it_spares_no_more(office: Office) -> None:
    waiver = approved(office, ends_on=date(2025, 6, 8))
    with pytest.raises(Refusal, match="请写明原因"):
        services.revoke(waiver=waiver, comment=" ", by=office.reviewer, now=THURSDAY)
    services.revoke(waiver=waiver, comment="审计已结束", by=office.reviewer, now=THURSDAY)
    assert told(office, "2025-05-08 14:59:59")[0][1] is Severity.NOTICE
    assert told(office, "2025-05-08 15:00:00") == ASKS
    assert RuleWaiverLine(waiver, THURSDAY).word == "已终止"


# -- who, and what is refused ------------------------------------------------------------------------
def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"starts_on": date(2025, 5, 7)}, "rule_waiver.days", "starts_on"),
        ({"starts_on": date(2025, 5, 9)}, "rule_waiver.days", "ends_on"),
        ({"ends_on": date(2025, 8, 8)}, "rule_waiver.long", "ends_on"),
        ({"reason": " "}, "rule_waiver.reason", "reason"),
        ({"rule": "W999"}, "rule_waiver.rule", "rule"),
    ],
)
def test_what_is_not_a_waiver(
    office: Office, fields: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        ask(office, **fields)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not RuleWaiver.objects.exists()


def test_the_longest_is_a_quarter(office: Office) -> None:
    assert ask(office, ends_on=date(2025, 8, 7)).ends_on == date(2025, 8, 7)  # 92 days


def test_a_project_of_another_street(office: Office) -> None:
    with pytest.raises(Refusal) as refused:
        ask(office, project=office.stranger)
    assert refused.value.code == "rule_waiver.project"


def test_one_at_a_time(office: Office) -> None:
    first = ask(office)
    for fields in ({}, {"ends_on": date(2025, 5, 9)}):
        with pytest.raises(Refusal, match="已有一项待批准的豁免") as refused:
            ask(office, **fields)
        assert refused.value.code == "rule_waiver.twice"
    ask(office, project=office.projects[1])
    ask(office, rule="W211")
    ask(office, starts_on=date(2025, 5, 9), ends_on=date(2025, 5, 9))
    services.withdraw(waiver=first, comment="", by=office.clerk, now=THURSDAY)
    assert ask(office).pk != first.pk


def test_who_asks_does_not_approve(office: Office) -> None:
    waiver = ask(office, by=office.reviewer)
    with pytest.raises(Forbidden, match="不能是同一个人"):
        services.approve(waiver=waiver, comment="", by=office.reviewer, now=THURSDAY)
    bureau = office.district.users["bureau"]
    for user in (bureau, office.clerk, office.head, office.district.users["leader"]):
        with pytest.raises(Forbidden):
            services.approve(waiver=waiver, comment="", by=user, now=THURSDAY)
    with pytest.raises(Forbidden, match="由申请人自己撤回"):
        services.withdraw(waiver=waiver, comment="", by=office.clerk, now=THURSDAY)
    assert RuleWaiver.objects.get().state == RuleWaiverState.ASKED
    for name in ("zhonglou", "leader", "auditor"):
        with pytest.raises(Forbidden):
            check_ask(scope=scope_for(office.district.users[name]), street=office.street)


def test_each_act_fits_its_state_and_its_days(office: Office) -> None:
    waiver = ask(office)
    with pytest.raises(Refusal, match="请写明原因"):
        services.decline(waiver=waiver, comment="", by=office.reviewer, now=THURSDAY)
    with pytest.raises(StateConflict):
        services.revoke(waiver=waiver, comment="不", by=office.reviewer, now=THURSDAY)
    with pytest.raises(Refusal, match="期限已过"):
        services.approve(
            waiver=waiver, comment="", by=office.reviewer, now=moment("2025-05-09 00:00")
        )
    services.decline(waiver=waiver, comment="请先报变更", by=office.reviewer, now=THURSDAY)
    with pytest.raises(StateConflict):
        services.approve(waiver=waiver, comment="", by=office.reviewer, now=THURSDAY)
    with pytest.raises(StateConflict):
        check_act(
            waiver=waiver, act=RuleWaiverAct.WITHDRAW, scope=scope_for(office.clerk), today=LAST
        )
    entries = AuditEntry.objects.filter(act__startswith="rule_waiver").order_by("pk")
    assert [(entry.act, entry.reason) for entry in entries] == [
        ("rule_waiver.ask", "结算审计中"),
        ("rule_waiver.decline", "请先报变更"),
    ]
    assert entries[0].sentence == (
        "申请豁免：柳泉小区，规则 W212（投资超计划），2025年5月8日至2025年5月8日"
    )


def test_what_waits_for_whom(office: Office) -> None:
    waiver = ask(office)
    scope = scope_for(office.reviewer)
    assert [(each.title, each.reason, each.href) for each in rule_waivers_waiting(scope=scope)] == [
        ("批准柳泉小区的规则豁免", "投资超计划，2025年5月8日至2025年5月8日：结算审计中", f"{LIST}{waiver.pk}/")
    ]  # fmt: skip
    for user in (office.clerk, office.district.users["bureau"]):
        assert list(rule_waivers_waiting(scope=scope_for(user))) == []
    services.withdraw(waiver=waiver, comment="", by=office.clerk, now=THURSDAY)
    ask(office, by=office.reviewer)
    assert list(rule_waivers_waiting(scope=scope)) == []  # another reviewer's


# -- rules of the database ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("rule_waiver_has_reason", {"reason": ""}),
        ("rule_waiver_days_in_order", {"ends_on": date(2025, 5, 7)}),
        ("rule_waiver_decided_at_and_by", {"state": "approved"}),
        ("rule_waiver_ended_at_and_by", {"ended_at": THURSDAY}),
    ],
)
def test_what_the_database_does_not_take(office: Office, name: str, values: dict[str, Any]) -> None:
    plain: dict[str, Any] = {
        "street": office.street, "rule": "W212", "starts_on": LAST, "ends_on": LAST,
        "reason": "结算审计中", "asked_by": office.clerk, "asked_at": THURSDAY,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        RuleWaiver.objects.create(**(plain | values))


def test_the_database_lets_nobody_approve_their_own(office: Office) -> None:
    waiver = ask(office)
    with (
        pytest.raises(IntegrityError, match="rule_waiver_approver_did_not_ask"),
        transaction.atomic(),
    ):
        RuleWaiver.objects.filter(pk=waiver.pk).update(
            state="approved", decided_by=office.clerk, decided_at=THURSDAY
        )


def test_a_question_is_kept_once(office: Office) -> None:
    approved(office)
    sent = office.submitted(completed_investment_fen=ABOVE, explanation="追加")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportQuestion.objects.create(
            weekly_return=sent, project=office.projects[0], rule="W212", message="x"
        )


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        ("申请以后不能修改", "UPDATE weekly_rulewaiver SET ends_on = '2030-01-01'"),
        ("豁免不能删除", "DELETE FROM weekly_rulewaiver"),
        ("校验提问不能修改", "UPDATE weekly_reportquestion SET waiver_id = NULL"),
    ],
)
def test_what_was_asked_for_stays(office: Office, sentence: str, sql: str) -> None:
    approved(office)
    office.submitted(completed_investment_fen=ABOVE, explanation="追加")
    with (
        pytest.raises(Exception, match=sentence),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_what_is_over_is_not_changed(office: Office) -> None:
    waiver = ask(office)
    services.withdraw(waiver=waiver, comment="", by=office.clerk, now=THURSDAY)
    with pytest.raises(Exception, match="已结束的豁免不能修改"), transaction.atomic():
        RuleWaiver.objects.filter(pk=waiver.pk).update(state="asked")


# -- pages -------------------------------------------------------------------------------------------
def test_from_asking_to_approval_by_the_pages(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    form = client.get(f"{LIST}new/").content.decode()
    assert 'value="project:ZC2025-06"' in form
    assert "ZC2025-13" not in form  # another street's
    assert "W161" not in form
    values = {
        "rule": "W212", "subject": "project:ZC2025-06", "starts_on": "2025-05-08",
        "ends_on": "2025-05-31", "reason": "结算审计中",
    }  # fmt: skip
    refused = client.post(f"{LIST}new/", values | {"ends_on": "2025-05-01"})
    assert (refused.status_code, "到期日不能早于起始日" in refused.content.decode()) == (422, True)
    wrong = client.post(f"{LIST}new/", values | {"subject": "project:ZC2025-13"})
    assert (wrong.status_code, "请选择街道或项目" in wrong.content.decode()) == (422, True)
    answer = client.post(f"{LIST}new/", values)
    made = RuleWaiver.objects.get()
    assert answer.headers["Location"] == f"{LIST}{made.pk}/"
    page = client.get(f"{LIST}{made.pk}/").content.decode()
    assert (f"{made.pk}/withdraw/" in page, f"{made.pk}/approve/" in page) == (True, False)
    assert client.post(f"{LIST}{made.pk}/approve/", {}).status_code == 403
    made.refresh_from_db()
    assert made.state == RuleWaiverState.ASKED
    client.force_login(office.reviewer)
    assert "随季通报印发" in client.get(f"{LIST}{made.pk}/approve/").content.decode()
    client.post(f"{LIST}{made.pk}/approve/", {"comment": ""})
    made.refresh_from_db()
    assert (made.state, made.decided_by) == (RuleWaiverState.APPROVED, office.reviewer)
    assert client.get(f"{LIST}{made.pk}/settle/").status_code == 404
    client.force_login(office.district.users["zhonglou"])
    assert client.get(f"{LIST}{made.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", ["待批准", "生效中"]),
        ("state=asked", ["待批准"]),
        ("state=holding", ["生效中"]),
        ("state=over", ["已到期"]),
        ("state=refused", ["未批准"]),
        ("state=all", ["待批准", "生效中", "已到期", "未批准"]),
        ("rule=W211&state=all", ["生效中"]),
        ("street=songlinglu&q=柳泉&state=all", ["待批准", "已到期", "未批准"]),
    ],
)
def test_the_list_filters_page_and_workbook_alike(
    client: Client, office: Office, clock: Clock, query: str, there: list[str]
) -> None:
    approved(office, ends_on=LAST)
    month = {"ends_on": date(2025, 6, 1)}
    declined = ask(office, starts_on=date(2025, 5, 20), ends_on=date(2025, 5, 30))
    services.decline(waiver=declined, comment="不", by=office.reviewer, now=THURSDAY)
    approved(office, project=None, rule="W211", **month)
    ask(office, rule="W201", **month)
    clock.at("2025-05-09 09:00")
    client.force_login(office.head)
    page = client.get(f"{LIST}?{query}").content.decode()
    words = ["待批准", "生效中", "已到期", "未批准"]
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert [word for word in words if f"{word}<" in body] == there
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"{LIST}export/?{query}").content)
    ).worksheets[0]
    states = {cell for row in book.iter_rows(values_only=True) for cell in row} & set(words)
    assert states == set(there)


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_three(
    client: Client,
    office: Office,
    django_assert_num_queries: Callable[..., Any],
    count: int,
    settings: Any,
) -> None:
    settings.FACE_TODO_COUNT = ""
    for rule in ("W212", "W211", "W201")[:count]:
        approved(office, project=None, rule=rule)
    fields = {"completed_investment_fen": ABOVE, "progress_percent": Decimal("10.0")}
    office.submitted(**fields)
    client.force_login(office.head)
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)
    waiver = RuleWaiver.objects.get(rule="W212")
    with django_assert_num_queries(9):
        client.get(f"{LIST}{waiver.pk}/")
