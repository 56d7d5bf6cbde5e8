"""Forecasts: versions approved by another, frozen when the quarter begins; a variance is explained before the next."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from projects.funding.enums import EventState, Stage, VarianceReason
from projects.funding.forecasts import services
from projects.funding.forecasts.facts import in_force, lines_of
from projects.funding.forecasts.flow import FLOW
from projects.funding.forecasts.listing import Cut, ForecastTable, forecast_table
from projects.funding.models import (
    Forecast,
    ForecastLine,
    FundingEvent,
    FundingSource,
    VarianceExplanation,
)
from projects.ledger.models import Project
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.periods import Quarter
from renovation.records.models import AuditEntry
from renovation.records.services import set_value
from tests.conftest import Clock
from tests.factories.accounts import District, scope_for
from tests.factories.funding import FundingEventFactory, FundingSourceFactory
from tests.factories.ledger import ProjectFactory

pytestmark = pytest.mark.django_db
WAN = 1_000_000
Q2, Q3 = Quarter(2025, 2), Quarter(2025, 3)


def make(
    district: District, project: Project, source: FundingSource, clock: Clock, quarter: Quarter,
    wanyuan: int, *, on: str, approve: bool = True,
) -> Forecast:  # fmt: skip
    made = services.make_forecast(
        project=project,
        quarter=quarter,
        amounts={source: wanyuan * WAN},
        note="",
        by=district.users["bureau"],
        now=clock.at(on),
    )
    if approve:
        services.approve_forecast(forecast=made, by=district.users["reviewer"], now=clock.at(on))
    return made


def pay(project: Project, source: FundingSource, wanyuan: int, day: date, **more: Any) -> None:
    FundingEventFactory(
        project=project, source=source, stage=Stage.PAID, amount_fen=wanyuan * WAN,
        occurred_on=day, **more,
    )  # fmt: skip


def refused(call: Any, **arguments: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    return caught.value.code, caught.value.field


def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


def test_a_version_waits_is_approved_by_another_and_superseded(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    first = make(district, project, source, clock, Q2, 100, on="2025-03-10", approve=False)
    assert in_force(project=project, quarter=Q2) is None
    rest = {"project": project, "quarter": Q2, "note": "", "by": district.users["bureau"]}
    assert refused(
        services.make_forecast, amounts={source: 1}, now=clock.at("2025-03-11"), **rest
    ) == ("funding.forecast.waits", "quarter")
    with pytest.raises(Forbidden):
        services.approve_forecast(
            forecast=first, by=district.users["bureau"], now=clock.at("2025-03-11")
        )
    head = district.users["reviewer"]
    services.approve_forecast(forecast=first, by=head, now=clock.at("2025-03-11"))
    with pytest.raises(StateConflict):
        services.approve_forecast(forecast=first, by=head, now=clock.at("2025-03-11"))
    second = make(district, project, source, clock, Q2, 120, on="2025-03-31")
    assert (first.version, second.version) == (1, 2)
    assert in_force(project=project, quarter=Q2) == second
    assert in_force(project=project, quarter=Q2, at=clock.at("2025-03-20")) == first
    (line,) = lines_of(projects=[project], quarters=[Q2], on=date(2025, 5, 7))
    assert (line.variance.forecast_fen, line.version) == (120 * WAN, 2)
    assert AuditEntry.objects.filter(act="funding.forecast.approve").count() == 2


def test_a_version_sent_back_does_not_count_and_another_is_made(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    made = make(district, project, source, clock, Q2, 100, on="2025-03-10", approve=False)
    head, now = district.users["reviewer"], clock.at("2025-03-11")
    assert refused(services.reject_forecast, forecast=made, comment=" ", by=head, now=now) == (
        "comment.missing",
        "comment",
    )
    services.reject_forecast(forecast=made, comment="漏列居民出资", by=head, now=now)
    again = make(district, project, source, clock, Q2, 110, on="2025-03-12")
    made.refresh_from_db()
    assert (made.state, made.comment, again.version) == (EventState.REJECTED, "漏列居民出资", 2)


def test_a_version_is_made_of_the_one_that_a_preview_showed(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    """None stood, one waits, it was sent back."""
    rest = {"project": project, "quarter": Q2, "note": "", "by": district.users["bureau"]}
    rest |= {"amounts": {source: WAN}}
    waiting = make(district, project, source, clock, Q2, 100, on="2025-03-10", approve=False)
    head, now = district.users["reviewer"], clock.at("2025-03-11")
    changed = ("funding.forecast.changed", "quarter")
    waits = ("funding.forecast.waits", "quarter")
    assert refused(services.make_forecast, seen_version=0, now=now, **rest) == changed
    assert refused(services.make_forecast, seen_version=1, now=now, **rest) == waits
    services.reject_forecast(forecast=waiting, comment="漏列居民出资", by=head, now=now)
    assert refused(services.make_forecast, seen_version=1, now=now, **rest) == changed
    assert services.make_forecast(seen_version=0, now=now, **rest).version == 2  # type: ignore[arg-type]


def test_the_quarter_freezes_its_forecast(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    late = make(district, project, source, clock, Q2, 100, on="2025-03-31", approve=False)
    rest = {"project": project, "note": "", "by": district.users["bureau"]}
    assert refused(
        services.make_forecast, quarter=Q2, amounts={source: 1}, now=clock.at("2025-04-01"), **rest
    ) == ("funding.forecast.frozen", "quarter")
    assert refused(
        services.approve_forecast,
        forecast=late, by=district.users["reviewer"], now=clock.at("2025-04-01"),
    ) == ("funding.forecast.frozen", "quarter")  # fmt: skip
    assert services.open_quarters(project=project, today=date(2025, 4, 1))[0] == Q3
    set_value(
        key="funding.forecast.freeze_days", organisation=district.bureau, value="10",
        effective_on=date(2025, 1, 1), reason="季初汇总", by=None, now=clock.at("2025-04-01"),
    )  # fmt: skip
    services.approve_forecast(
        forecast=late, by=district.users["reviewer"], now=clock.at("2025-04-10")
    )
    assert services.open_quarters(project=project, today=date(2025, 4, 10))[0] == Q2
    assert services.open_quarters(project=project, today=date(2025, 4, 11))[0] == Q3


@pytest.mark.parametrize(
    ("quarter", "amounts", "code"),
    [
        (Quarter(2026, 3), [5], "funding.forecast.far"),
        (Q3, [], "funding.forecast.empty"),
        (Q3, [-1], "funding.amount"),
    ],
)
def test_what_is_no_forecast_is_refused(
    district: District, project: Project, source: FundingSource, clock: Clock,
    quarter: Quarter, amounts: list[int], code: str,
) -> None:  # fmt: skip
    assert (
        refused(
            services.make_forecast,
            project=project,
            quarter=quarter,
            amounts=dict.fromkeys([source], *amounts) if amounts else {},
            note="",
            by=district.users["bureau"],
            now=clock.at("2025-05-07"),
        )[0]
        == code
    )


def test_a_variance_is_explained_before_the_next_forecast(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    make(district, project, source, clock, Q2, 100, on="2025-03-10")
    pay(project, source, 60, date(2025, 4, 20))
    pay(project, source, 30, date(2025, 7, 2))  # another quarter
    pay(project, source, 40, date(2025, 5, 1), state=EventState.PENDING)
    explain = {
        "project": project, "source": source, "quarter": Q2, "text": "结算审核未完",
        "reason": VarianceReason.SETTLEMENT, "by": district.users["bureau"],
    }  # fmt: skip
    assert refused(services.explain, now=clock.at("2025-06-30"), **explain)[0] == (
        "funding.forecast.running"
    )
    now = clock.at("2025-07-03")
    rest = {"project": project, "quarter": Quarter(2025, 4), "note": "", "by": explain["by"]}
    with pytest.raises(Refusal) as caught:
        services.make_forecast(amounts={source: WAN}, now=now, **rest)  # type: ignore[arg-type]
    assert caught.value.code == "funding.forecast.unexplained"
    assert caught.value.message == ("2025年第二季度的用款偏差还没有说明，说明以后再编制新的预测。")
    assert refused(services.explain, now=now, **(explain | {"text": " "})) == (
        "funding.reason",
        "text",
    )
    other = FundingSourceFactory(code="district")
    assert refused(services.explain, now=now, **(explain | {"source": other}))[0] == (
        "funding.forecast.nothing"
    )
    row = services.explain(now=now, **explain)  # type: ignore[arg-type]
    assert (row.forecast_fen, row.actual_fen) == (100 * WAN, 60 * WAN)
    services.make_forecast(amounts={source: WAN}, now=now, **rest)  # type: ignore[arg-type]


def test_an_explanation_of_other_amounts_is_asked_for_again(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    make(district, project, source, clock, Q2, 100, on="2025-03-10")
    pay(project, source, 60, date(2025, 4, 20))
    services.explain(
        project=project, source=source, quarter=Q2, reason=VarianceReason.FUNDS, text="到位晚",
        by=district.users["bureau"], now=clock.at("2025-07-03"),
    )  # fmt: skip
    today = date(2025, 7, 10)
    assert services.unexplained(project=project, before=Quarter(2025, 4), today=today) == []
    pay(project, source, 5, date(2025, 6, 30))  # entered late, dated back
    (line,) = services.unexplained(project=project, before=Quarter(2025, 4), today=today)
    assert line.is_stale
    pay(project, source, 30, date(2025, 6, 30))  # 95 of 100: no words are needed any more
    assert services.unexplained(project=project, before=Quarter(2025, 4), today=today) == []


def test_what_was_paid_before_the_portal_or_before_entry_owes_no_words(
    district: District, project: Project, source: FundingSource
) -> None:
    today = date(2025, 7, 10)
    pay(project, source, 60, date(2024, 12, 20))  # the project was entered in 2025
    pay(project, source, 40, date(2025, 4, 20), is_opening=True)
    event = FundingEvent.objects.get(is_opening=True)
    pay(project, source, 2, date(2025, 4, 20), corrects=event, reason="少录")
    assert services.unexplained(project=project, before=Q3, today=today) == []
    assert table(district, cut=Cut.EACH).waiting == 0
    assert table(district, cut=Cut.EACH, year=2024).waiting == 0
    pay(project, source, 1, date(2025, 4, 21))
    (line,) = services.unexplained(project=project, before=Q3, today=today)
    assert (line.quarter, line.variance.actual_fen) == (Q2, 43 * WAN)


def test_an_explanation_has_a_last_day(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    """Ten working days from the end of the quarter, or as the bureau sets it by then."""
    make(district, project, source, clock, Q2, 100, on="2025-03-10")
    pay(project, source, 60, date(2025, 4, 20))

    def row(today: date) -> tuple[date | None, int, int]:
        (one,) = table(district, cut=Cut.UNEXPLAINED, today=today).rows
        return one.due_on, one.waiting, one.late

    assert row(date(2025, 7, 14)) == (date(2025, 7, 14), 1, 0)
    assert row(date(2025, 7, 15)) == (date(2025, 7, 14), 1, 1)
    (street,) = table(district, cut=Cut.STREET, today=date(2025, 7, 15)).rows
    assert (street.waiting, street.late, street.due_on) == (1, 1, date(2025, 7, 14))
    for value, on in (("5", date(2025, 1, 1)), ("20", date(2025, 7, 1))):
        set_value(
            key="funding.forecast.explain_days", organisation=district.bureau, value=value,
            effective_on=on, reason="季报早", by=None, now=clock.at("2025-04-01"),
        )  # fmt: skip
    assert row(date(2025, 7, 8)) == (date(2025, 7, 7), 1, 1)


def table(district: District, user: str = "bureau", **more: Any) -> ForecastTable:
    asked = {"year": 2025, "today": date(2025, 7, 10), "bureau": district.bureau} | more
    return forecast_table(scope=scope_for(district.users[user]), **asked)  # type: ignore[arg-type]


def test_sums_by_street_project_and_quarter(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    """文昌园 100 forecast, 60 paid; 般阳园 50 forecast, 55 paid, 8 paid of another source without forecast."""
    other = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), name="般阳园"
    )
    make(district, project, source, clock, Q2, 100, on="2025-03-10")
    make(district, other, source, clock, Q2, 50, on="2025-03-10")
    make(district, other, source, clock, Q3, 70, on="2025-03-10")
    pay(project, source, 60, date(2025, 4, 20))
    pay(other, source, 55, date(2025, 4, 20))
    pay(other, FundingSourceFactory(code="district"), 8, date(2025, 6, 20))
    by_street = table(district, quarter="2")
    assert [
        (row.name, row.variance.forecast_fen, row.variance.actual_fen, str(row.variance.shown), row.waiting)
        for row in by_street.rows
    ] == [
        ("般阳路街道", 50 * WAN, 63 * WAN, "26.0", 1),
        ("钟楼街道", 100 * WAN, 60 * WAN, "-40.0", 1),
    ]  # fmt: skip
    assert by_street.total is not None
    assert str(by_street.total.variance.shown) == "-18.0"
    quarters = {quarter.number: group for quarter, group in by_street.quarters}
    assert (quarters[2].variance.actual_fen, quarters[3].variance.forecast_fen) == (
        123 * WAN,
        70 * WAN,
    )
    assert quarters[1].variance.forecast_fen is None
    waiting = table(district, cut=Cut.UNEXPLAINED)
    assert [(row.name, row.line.source.code) for row in waiting.rows if row.line] == [
        ("般阳园", "district"),
        ("文昌园", "central"),
    ]
    mine = table(district, "zhonglou", cut=Cut.EACH)
    assert [row.name for row in mine.rows] == ["文昌园"]
    assert [
        row.name for row in table(district, cut=Cut.PROJECT, sort="variance", quarter="2").rows
    ] == [
        "文昌园",
        "般阳园",
    ]
    broad, narrow = by_street.charts
    assert "预测 150.00" in broad
    assert "−18.0%" in narrow
    assert "还没有过完" in broad


# -- what the database holds -------------------------------------------------------------------------
def test_what_is_approved_is_never_changed(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    made = make(district, project, source, clock, Q2, 100, on="2025-03-10")
    waiting = make(district, project, source, clock, Q3, 100, on="2025-03-10", approve=False)
    pay(project, source, 60, date(2025, 4, 20))
    services.explain(
        project=project, source=source, quarter=Q2, reason=VarianceReason.FUNDS, text="到位晚",
        by=district.users["bureau"], now=clock.at("2025-07-03"),
    )  # fmt: skip
    for sql in (
        f"UPDATE funding_forecast SET note = 'x' WHERE id = {made.pk}",
        f"DELETE FROM funding_forecast WHERE id = {made.pk}",
        f"UPDATE funding_forecastline SET amount_fen = 1 WHERE forecast_id = {made.pk}",
        f"DELETE FROM funding_forecastline WHERE forecast_id = {made.pk}",
        "UPDATE funding_varianceexplanation SET text = 'x'",
        "DELETE FROM funding_varianceexplanation",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(IntegrityError), transaction.atomic():
        ForecastLine.objects.create(
            forecast=made, source=FundingSourceFactory(code="district"), amount_fen=1
        )
    # What waits is still open.
    assert Forecast.objects.filter(pk=waiting.pk).update(note="改") == 1
    assert ForecastLine.objects.filter(forecast=waiting).update(amount_fen=2) == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"quarter_number": 5}, "forecast_quarter_in_range"),
        ({"version": 1, "state": EventState.REJECTED}, "forecast_decided_at_and_by"),
        ({"version": 2}, "forecast_one_version_waits|unique|UNIQUE"),
        ({"version": 1}, "unique|UNIQUE"),
        ({"version": 9, "decided_by": "maker"}, "forecast_approver_did_not_make"),
    ],
)
def test_forecast_constraints(
    district: District, project: Project, source: FundingSource, clock: Clock,
    change: dict[str, Any], name: str,
) -> None:  # fmt: skip
    by = district.users["bureau"]
    make(district, project, source, clock, Q2, 100, on="2025-03-10", approve=False)
    fields: dict[str, Any] = {
        "project": project, "year": 2025, "quarter_number": 2, "version": 3, "made_by": by,
        "made_at": clock.at("2025-03-10"),
    }  # fmt: skip
    if change.get("decided_by") == "maker":
        change = change | {
            "decided_by": by, "decided_at": clock.at("2025-03-10"), "state": EventState.APPROVED,
        }  # fmt: skip
    if change.get("state") == EventState.REJECTED:
        change = change | {"quarter_number": 3}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Forecast.objects.create(**(fields | change))


@pytest.mark.parametrize(
    ("model", "change", "name"),
    [
        (ForecastLine, {"amount_fen": -1}, "forecast_line_not_negative"),
        (ForecastLine, {"amount_fen": 1, "again": True}, "unique|UNIQUE"),
        (VarianceExplanation, {"text": ""}, "explanation_has_words"),
        (VarianceExplanation, {"quarter_number": 0}, "explanation_quarter_in_range"),
    ],
)
def test_other_constraints(
    district: District, project: Project, source: FundingSource, clock: Clock,
    model: Any, change: dict[str, Any], name: str,
) -> None:  # fmt: skip
    made = make(district, project, source, clock, Q2, 100, on="2025-03-10", approve=False)
    if model is ForecastLine:
        again = change.pop("again", False)
        other = source if again else FundingSourceFactory(code="district")
        fields: dict[str, Any] = {"forecast": made, "source": other}
    else:
        fields = {
            "project": project, "source": source, "year": 2025, "quarter_number": 2,
            "reason": "other", "text": "x", "actual_fen": 1, "explained_by": made.made_by,
            "explained_at": made.made_at,
        }  # fmt: skip
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.create(**(fields | change))
