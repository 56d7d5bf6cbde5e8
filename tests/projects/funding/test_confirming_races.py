"""A colleague plans money in the moment between the look anew of a confirmation and its own writing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection

from projects.funding.enums import Stage
from projects.funding.forecasts.services import approve_forecast, make_forecast
from projects.funding.models import Forecast, FundingEvent, FundingPlan, FundingSource
from projects.funding.planned import set_plan
from projects.funding.services import EventValues, record_event
from renovation.core.calendar import local_moment
from renovation.core.errors import StateConflict
from renovation.core.periods import Quarter
from renovation.intake import services as intake
from renovation.intake.models import Upload
from renovation.intake.pipelines import Target, pipelines
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.projects.list_books.scene import book_of, errors, sent, write
from tests.races import Colleague

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


@pytest.mark.parametrize("code", ["central", "district"])
def test_an_amount_that_a_colleague_plans_in_that_moment_is_shown_and_not_written_over(
    code: str,
) -> None:
    """The amount of a source that has one, and of one that has none yet."""
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
    )
    FundingPlanFactory(project=project, source=FundingSourceFactory(code="central"))
    source = FundingSourceFactory(code=code)
    book = book_of(district, "plans", NOW)
    row = 1 if code == "central" else 2
    write(book, "plans", row, project="ZC2025-01", source=source.name, planned=Decimal(310))
    upload = sent(district, "plans", book, NOW)
    assert errors(upload) == []
    by, other = district.users["bureau"], district.users["bureau2"]

    def plan() -> FundingPlan:
        return set_plan(project=project, source=source, planned_fen=250_0000_00, by=other, now=NOW)

    with connection.execute_wrapper(Colleague(plan)), pytest.raises(StateConflict) as stale:
        intake.commit(upload=upload, by=by, now=NOW)
    assert stale.value.code == "upload.stale"
    amounts = FundingPlan.objects.filter(source=source).values_list("planned_fen", flat=True)
    assert amounts.get() == 250_0000_00
    upload.refresh_from_db()
    assert upload.rows[row - 1]["before"]["planned"] in {"250", "250.00"}
    reasons = [(upload.rows[row - 1]["key"], "L182", "按区财政局文件")]
    intake.answer(upload=upload, reasons=reasons, by=by, now=NOW)
    intake.commit(upload=upload, by=by, now=NOW)
    assert amounts.get() == 310_0000_00


def forecasting() -> tuple[District, FundingSource, Callable[[int, int], Forecast]]:
    """A project that forecasts 60.00 and 40.00 万元 of two sources; who makes and approves another version."""
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
    )
    central, own = FundingSourceFactory(code="central"), FundingSourceFactory(code="district")

    def approved(of_central: int, of_own: int) -> Forecast:
        made = make_forecast(
            project=project,
            quarter=Quarter(2025, 4),
            amounts={central: of_central * 1_0000_00, own: of_own * 1_0000_00},
            note="",
            by=district.users["bureau2"],
            now=NOW,
        )
        return approve_forecast(forecast=made, by=district.users["reviewer"], now=NOW)

    approved(60, 40)
    return district, own, approved


def _forecast_sent(district: District, source: FundingSource, amount: int) -> Upload:
    book = book_of(district, "forecasts", NOW)
    row = 1 if source.code == "central" else 2
    assert book.worksheets[0].cell(row=3 + row, column=4).value == source.name
    write(book, "forecasts", row, amount=Decimal(amount))
    upload = sent(district, "forecasts", book, NOW)
    assert errors(upload) == []
    return upload


def _newest() -> tuple[int, dict[str, int]]:
    found = Forecast.objects.latest("version")
    amounts = found.lines.values_list("source__code", "amount_fen")
    return found.version, {code: fen // 1_0000_00 for code, fen in amounts}


def test_a_forecast_of_another_source_that_is_approved_in_that_moment_stays() -> None:
    """A version says all sources of a quarter: it is made of what stands then."""
    district, own, approved = forecasting()
    upload = _forecast_sent(district, own, 45)
    with connection.execute_wrapper(Colleague(lambda: approved(80, 40))):
        outcome = intake.commit(upload=upload, by=district.users["bureau"], now=NOW)
    assert outcome.taken == 2
    assert _newest() == (3, {"central": 80, "district": 45})


def test_a_forecast_that_is_approved_in_that_moment_is_shown_and_not_written_over() -> None:
    district, own, approved = forecasting()
    upload = _forecast_sent(district, own, 45)
    with (
        connection.execute_wrapper(Colleague(lambda: approved(60, 50))),
        pytest.raises(StateConflict) as stale,
    ):
        intake.commit(upload=upload, by=district.users["bureau"], now=NOW)
    assert stale.value.code == "upload.stale"
    assert _newest() == (2, {"central": 60, "district": 50})


@pytest.mark.parametrize("pipeline", ["funding_journal", "opening_money"])
def test_a_movement_that_a_colleague_records_in_that_moment_is_not_recorded_twice(
    pipeline: str,
) -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
    )
    source = FundingSourceFactory()
    target = Target(organisation=district.bureau, period_key="2025")
    kind = pipelines()[pipeline]
    book = openpyxl.load_workbook(io.BytesIO(kind.template(target, NOW).content))
    said = {
        "序号": 1, "项目编号": "ZC2025-01", "资金来源": source.name, "环节": "下达", "金额": 100,
        "日期": date(2025, 3, 3), "文号": "淄财〔2025〕3号",
    }  # fmt: skip
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(c.value == "项目编号" for c in row))
    for cell in head:
        name = str(cell.value or "").split("（")[0].split("(")[0]
        if name in said:
            sheet.cell(cell.row + 1, cell.column).value = said[name]
    content = io.BytesIO()
    book.save(content)
    bureau, other = district.users["bureau"], district.users["bureau2"]
    upload = intake.receive(
        pipeline=pipeline, organisation=district.bureau, period_key="2025", by=bureau, now=NOW,
        file=content.getvalue(), name="资金.xlsx",
    )  # fmt: skip
    intake.read(upload_id=upload.pk, now=NOW)
    upload.refresh_from_db()
    assert errors(upload) == []
    values = EventValues(
        source=source,
        stage=Stage.ALLOCATED,
        amount_fen=100_0000_00,
        occurred_on=date(2025, 3, 3),
        document_number="淄财〔2025〕3号",
    )
    act = Colleague(
        lambda: record_event(project=project, values=values, by=other, now=NOW),
        before=('FROM "ledger_project"', "FOR UPDATE"),
    )
    with connection.execute_wrapper(act), pytest.raises(StateConflict) as stale:
        intake.commit(upload=upload, by=bureau, now=NOW)
    assert stale.value.code == "upload.stale"
    assert FundingEvent.objects.count() == 1
    upload.refresh_from_db()
    assert [fault.code[1:] for fault in errors(upload)] == ["153"]
