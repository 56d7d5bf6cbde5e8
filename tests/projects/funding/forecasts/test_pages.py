"""Pages of forecasts: who makes, approves, explains; list, chart, workbook, queries."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.funding.enums import EventState, Stage
from projects.funding.models import Forecast, FundingSource, VarianceExplanation
from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.funding import FundingEventFactory, FundingPlanFactory
from tests.factories.ledger import ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
WAN = 1_000_000


def test_who_sees_makes_and_explains(client_of: SignIn, project: Project) -> None:
    for user, read, write in (
        ("bureau", 200, 200),
        ("reviewer", 200, 403),
        ("zhonglou", 200, 403),
        ("banyanglu", 404, 403),
        ("npc", 200, 403),
        ("contractor", 403, 403),
    ):
        client = client_of(user)
        page = client.get(reverse("funding:project_forecasts", args=[project.code]))
        assert page.status_code == read
        assert client.get(reverse("funding:forecast_new", args=[project.code])).status_code == write
        assert client.get(reverse("funding:forecasts")).status_code == (403 if read == 403 else 200)


def test_a_forecast_is_made_approved_and_its_variance_explained(
    client_of: SignIn, project: Project, source: FundingSource, clock: Clock
) -> None:
    clock.at("2025-03-10 10:00")
    FundingPlanFactory(project=project, source=source)
    bureau, head = client_of("bureau"), client_of("reviewer")
    new = reverse("funding:forecast_new", args=[project.code])
    page = bureau.get(new).content.decode()
    assert "2025年第二季度" in page
    assert "2025年第一季度" not in page
    empty = bureau.post(new, {"quarter": "2025-Q2"})
    assert empty.status_code == 422
    assert "至少填一个来源" in empty.content.decode()
    values = {"quarter": "2025-Q2", f"amount-{source.pk}": "100"}
    assert bureau.post(new, values).status_code == 302
    made = Forecast.objects.get()
    approve = reverse("funding:forecast_approve", args=[made.pk])
    assert bureau.post(approve).status_code == 403
    reject = reverse("funding:forecast_reject", args=[made.pk])
    assert head.post(reject, {"comment": ""}).status_code == 422
    listed = reverse("funding:project_forecasts", args=[project.code])
    assert approve in head.get(listed).content.decode()
    assert approve not in bureau.get(listed).content.decode()
    assert head.post(approve).status_code == 302
    made.refresh_from_db()
    assert made.state == EventState.APPROVED
    FundingEventFactory(
        project=project, source=source, stage=Stage.PAID, amount_fen=60 * WAN,
        occurred_on=date(2025, 4, 20),
    )  # fmt: skip
    clock.at("2025-07-03 10:00")
    bureau = client_of("bureau")  # the session has ended meanwhile
    address = reverse("funding:forecast_explain", args=[project.code, "2025-Q2", source.code])
    assert address in bureau.get(listed).content.decode()
    refused = bureau.post(new, {"quarter": "2025-Q4", f"amount-{source.pk}": "1"})
    assert "用款偏差还没有说明" in refused.content.decode()
    assert bureau.post(address, {"reason": "", "text": ""}).status_code == 422
    assert bureau.post(address, {"reason": "funds", "text": "省级资金到位晚"}).status_code == 302
    assert VarianceExplanation.objects.get().text == "省级资金到位晚"
    assert "省级资金到位晚" in bureau.get(listed).content.decode()
    for odd in ("2025-Q9", "2026-Q1"):
        gone = reverse("funding:forecast_explain", args=[project.code, odd, source.code])
        assert bureau.get(gone).status_code == 404


def test_list_and_workbook(
    client_of: SignIn, district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    clock.at("2025-07-03 10:00")
    FundingEventFactory(
        project=project, source=source, stage=Stage.PAID, amount_fen=60 * WAN,
        occurred_on=date(2025, 4, 20),
    )  # fmt: skip
    client = client_of("bureau")
    page = client.get(reverse("funding:forecasts"), {"cut": "unexplained"}).content.decode()
    assert "文昌园" in page
    assert "待说明" in page
    assert "2025年7月14日 前说明" in page
    assert "逾期" not in page
    assert "<svg" in page
    odd = client.get(
        reverse("funding:forecasts"), {"cut": "x", "quarter": "7", "year": "1", "sort": "-waiting"}
    )
    assert odd.status_code == 200
    said = odd.content.decode()
    assert "没有“1”年度的计划，现在看的是2025年度。" in said
    assert said.count("已按") == 1  # of the quarter: 没有这个选项，已按全年显示。
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("funding:forecasts_export")).content)
    )
    assert book.sheetnames == ["逐项", "按季度", "按街道", "用款预测（可导入）", "_portal"]
    cells = [[cell.value for cell in row] for row in book["逐项"].iter_rows()]
    (line,) = [row for row in cells if row[1] == "文昌园"]
    assert line[3:8] == ["2025年第二季度", "中央财政补助", None, 60, 60]
    assert line[10:12] == ["是", datetime(2025, 7, 14)]
    clock.at("2025-07-15 10:00")
    client = client_of("bureau")  # the session has ended meanwhile
    late = client.get(reverse("funding:forecasts"), {"cut": "unexplained"}).content.decode()
    assert "逾期未说明" in late
    one = client.get(reverse("funding:project_forecasts", args=[project.code])).content.decode()
    assert "2025年7月14日 前说明，已过 1 天" in one
    address = reverse("funding:forecast_explain", args=[project.code, "2025-Q2", source.code])
    assert "2025年7月14日 前说明，已过 1 天。" in client.get(address).content.decode()
    theirs = client_of("banyanglu").get(reverse("funding:forecasts"), {"cut": "each"})
    assert "文昌园" not in theirs.content.decode()


def test_without_programme(client_of: SignIn, district: District) -> None:
    client = client_of("bureau")
    assert "还没有年度计划" in client.get(reverse("funding:forecasts")).content.decode()
    assert client.get(reverse("funding:forecasts_export")).status_code == 404
    ProgrammeFactory(bureau=district.bureau)
    empty = client.get(reverse("funding:forecasts"))
    assert "这一年还没有预测和支付" in empty.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_queries(
    quiet_head: None,
    client_of: SignIn,
    project: Project,
    source: FundingSource,
    count: int,
    clock: Clock,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    clock.at("2025-07-03 10:00")
    for _ in range(count):
        each = ProjectFactory(programme=project.programme, street=project.street)
        FundingEventFactory(
            project=each, source=source, stage=Stage.PAID, occurred_on=date(2025, 4, 20)
        )
    client = client_of("bureau")
    client.get(reverse("funding:forecasts"))
    with django_assert_num_queries(LIST):
        client.get(reverse("funding:forecasts"), {"cut": "each"})


#: Session, scope and head 6, filters 2, bureau 1, projects 1, settings, calendar 1, lines 4.
LIST = 16
