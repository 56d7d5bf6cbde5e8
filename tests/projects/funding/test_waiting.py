"""What waits beside the entries: on the page 待核 and in 待办, for the second person alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.funding.applications import services as applications
from projects.funding.enums import FindingOrigin, FindingSeverity, Stage, VarianceReason
from projects.funding.findings import services as findings
from projects.funding.findings.services import FindingValues
from projects.funding.forecasts import services as forecasts
from projects.funding.forecasts.facts import Key
from projects.funding.forecasts.listing import Judged, judged
from projects.funding.forecasts.owed import explanations_owed
from projects.funding.models import FundingEvent, FundingSource
from projects.funding.waiting import own_findings, waiting_for
from projects.ledger.models import Project
from renovation.core.periods import Quarter
from reports.dashboards.todo import todo_items
from tests.conftest import Clock
from tests.factories.accounts import District, scope_for
from tests.factories.funding import FundingEventFactory, FundingSourceFactory, make_application
from tests.factories.ledger import ProjectFactory

pytestmark = pytest.mark.django_db
WAN = 1_000_000


def test_what_waits_is_shown_to_who_decides(
    district: District, project: Project, source: FundingSource, clock: Clock,
    client_of: Callable[[str], Client],
) -> None:  # fmt: skip
    now, by = clock.at("2025-05-07 10:00"), district.users["bureau"]
    head, clerk = district.users["reviewer"], district.users["zhonglou"]
    forecasts.make_forecast(
        project=project, quarter=Quarter(2025, 3), amounts={source: WAN}, note="", by=by, now=now
    )
    values = FindingValues(
        FindingOrigin.FOLLOWING, "外墙多计量", "", date(2025, 4, 1), 0, FindingSeverity.MINOR, "",
        "某公司", clerk, date(2025, 4, 30),
    )  # fmt: skip
    finding = findings.record_finding(project=project, values=values, report=None, by=by, now=now)
    applications.report_application(
        application=make_application(district.bureau, by, asked={project: WAN}, source=source),
        reported_on=date(2025, 2, 10),
        document_number="一号",
        file=None,
        by=by,
        now=now,
    )

    def titles(user: str) -> list[str]:
        scope = scope_for(district.users[user])
        return [
            item.title
            for item in todo_items(scope=scope, now=now)
            if "预测" in item.title or "审计" in item.title
        ]

    assert own_findings(scope=scope_for(clerk), today=date(2025, 5, 7)) == (1, 1)
    assert titles("zhonglou") == ["审计问题待整改 1 个"]
    assert titles("reviewer") == ["核定用款预测 1 份"]
    assert titles("bureau") == []
    findings.answer(finding=finding, text="已扣减", file=None, by=clerk, now=now)
    assert titles("zhonglou") == []
    assert sorted(titles("reviewer")) == ["核定用款预测 1 份", "核实审计问题整改 1 个"]
    waiting = waiting_for(scope=scope_for(head))
    assert (len(waiting.forecasts), len(waiting.findings), len(waiting.applications)) == (1, 1, 1)
    assert waiting_for(scope=scope_for(by)).forecasts == ()
    page = client_of("reviewer").get(reverse("funding:pending")).content.decode()
    assert reverse("funding:finding", args=[finding.pk]) in page
    assert reverse("funding:project_forecasts", args=[project.code]) in page
    assert "没有待核的资金登记" not in page
    mine = client_of("bureau").get(reverse("funding:pending")).content.decode()
    assert "没有待核的资金登记" in mine


def test_a_variance_is_told_to_who_explains_it_until_it_is_explained(
    district: District, project: Project, source: FundingSource, clock: Clock,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    by = district.users["bureau"]
    other = ProjectFactory(programme=project.programme, street=project.street, name="般阳园")

    def items(user: str, on: str) -> list[tuple[str, str, bool, str]]:
        return [
            (item.title, item.reason, item.is_alarm, item.href)
            for item in todo_items(scope=scope_for(district.users[user]), now=clock.at(on))
            if "偏差" in item.title
        ]

    scope = scope_for(by)
    with django_assert_num_queries(2):  # the bureau of the scope, whether anything came to an end
        assert explanations_owed(scope=scope, today=date(2025, 7, 1)) == []
    reviewer = scope_for(district.users["reviewer"])
    with django_assert_num_queries(0):
        assert explanations_owed(scope=reviewer, today=date(2025, 7, 1)) == []
    paid = {"stage": Stage.PAID, "source": source, "occurred_on": date(2025, 4, 20)}
    FundingEventFactory(project=project, **paid)
    explain = reverse("funding:forecast_explain", args=[project.code, "2025-Q2", source.code])
    assert items("bureau", "2025-06-30 23:00") == []
    one = ("说明2025年第二季度用款偏差 1 项", "文昌园；7月14日 前说明", False, explain)
    assert items("bureau", "2025-07-01 09:00") == [one]
    for user in ("reviewer", "zhonglou", "leader", "npc"):
        assert items(user, "2025-07-01 09:00") == []
    second = FundingSourceFactory(code="district")
    FundingEventFactory(project=other, **(paid | {"source": second}))
    listed = f"{reverse('funding:forecasts')}?year=2025&cut=unexplained"
    assert items("bureau", "2025-07-15 09:00") == [
        (
            "说明2025年第二季度用款偏差 2 项",
            "文昌园、般阳园；2 项已逾期，最早应在 7月14日 前说明",
            True,
            listed,
        )
    ]
    for each, origin in ((project, source), (other, second)):
        forecasts.explain(
            project=each, source=origin, quarter=Quarter(2025, 2), text="结算提前", by=by,
            reason=VarianceReason.SETTLEMENT, now=clock.at("2025-07-15 10:00"),
        )  # fmt: skip
    assert items("bureau", "2025-07-15 11:00") == []


def _key(one: Judged) -> tuple[Key, date | None]:
    return (one.line.project.pk, one.line.source.pk, one.line.quarter), one.due_on


def test_what_is_owed_is_what_the_pages_of_forecasts_say_and_is_read_by_itself(
    district: District, project: Project, source: FundingSource, clock: Clock,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    """Every way in which a quarter comes out, each in a project of its own."""
    by, head = district.users["bureau"], district.users["reviewer"]
    second = FundingSourceFactory(code="district")
    made: dict[str, Project] = {}

    def one(word: str) -> Project:
        made[word] = ProjectFactory(
            programme=project.programme, street=project.street, name=word, code=f"ZC2025-{word}"
        )
        return made[word]

    def forecast(of: Project, *amounts: int) -> None:
        for amount in amounts:
            row = forecasts.make_forecast(
                project=of, quarter=Quarter(2025, 2), amounts={source: amount}, note="",
                by=by, now=clock.at("2025-03-20 10:00"),
            )  # fmt: skip
            forecasts.approve_forecast(forecast=row, by=head, now=clock.at("2025-03-21 10:00"))

    def pay(of: Project, amount: int, **more: Any) -> FundingEvent:
        given = {"source": source, "occurred_on": date(2025, 4, 20)} | more
        row: FundingEvent = FundingEventFactory(
            project=of, stage=Stage.PAID, amount_fen=amount, **given
        )
        return row

    def explain(of: Project, now: str) -> None:
        forecasts.explain(
            project=of, source=source, quarter=Quarter(2025, 2), text="结算提前", by=by,
            reason=VarianceReason.SETTLEMENT, now=clock.at(now),
        )  # fmt: skip

    pay(one("无预测"), WAN)
    forecast(one("无支付"), WAN)
    forecast(one("刚好"), WAN)
    pay(made["刚好"], WAN)
    forecast(one("界内"), WAN)
    pay(made["界内"], WAN * 12 // 10)
    forecast(one("界外"), WAN)
    pay(made["界外"], WAN * 13 // 10)
    forecast(one("改过预测"), WAN * 13 // 10, WAN)
    pay(made["改过预测"], WAN)
    wrong = pay(one("冲减为零"), WAN)
    pay(made["冲减为零"], -WAN, corrects=wrong, reason="重复登记")
    pay(one("期初"), WAN, is_opening=True)
    pay(one("期初以后"), WAN, is_opening=True)
    pay(made["期初以后"], WAN, source=second)
    pay(one("说明过"), WAN)
    explain(made["说明过"], "2025-07-02 10:00")
    pay(one("说明后又付"), WAN)
    explain(made["说明后又付"], "2025-07-02 10:00")
    pay(made["说明后又付"], WAN, approved_at=clock.at("2025-07-03 10:00"))
    pay(one("又说明"), WAN)
    explain(made["又说明"], "2025-07-02 10:00")
    pay(made["又说明"], WAN, approved_at=clock.at("2025-07-03 10:00"))
    explain(made["又说明"], "2025-07-04 10:00")
    pay(one("本季"), WAN, occurred_on=date(2025, 7, 1))
    pay(one("列入以前"), WAN, occurred_on=date(2024, 11, 1))
    pay(one("列入当季"), WAN, occurred_on=date(2025, 1, 5))
    pay(one("待核"), WAN, state="pending")
    today = date(2025, 7, 20)
    owed = explanations_owed(scope=scope_for(by), today=today)
    assert sorted(each.line.project.name for each in owed) == sorted(
        ["无预测", "无支付", "界外", "期初以后", "说明后又付", "列入当季"]
    )
    every = judged(
        projects=list(Project.objects.order_by("pk")),
        bureau=district.bureau,
        quarters=[Quarter(2024, 4), Quarter(2025, 1), Quarter(2025, 2)],
        today=today,
    )
    assert sorted(map(_key, owed)) == sorted(_key(each) for each in every if each.waits)
    for each in ("无预测", "无支付", "界外", "说明后又付"):
        explain(made[each], "2025-07-20 10:00")
    forecasts.explain(
        project=made["期初以后"], source=second, quarter=Quarter(2025, 2), text="结算提前", by=by,
        reason=VarianceReason.SETTLEMENT, now=clock.at("2025-07-20 10:00"),
    )  # fmt: skip
    forecasts.explain(
        project=made["列入当季"], source=source, quarter=Quarter(2025, 1), text="结算提前", by=by,
        reason=VarianceReason.SETTLEMENT, now=clock.at("2025-07-20 10:00"),
    )  # fmt: skip
    scope = scope_for(by)
    with django_assert_num_queries(
        5
    ):  # the bureau, the sums, three for the limit of the quarter: no line
        assert explanations_owed(scope=scope, today=today) == []
