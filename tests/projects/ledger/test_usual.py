"""What is usual a ㎡: the bureau's own range on a day, measured by the area of the estates."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from projects.ledger.parameters import INVESTMENT_PER_SQM
from projects.ledger.usual import Usual, usual_of
from renovation.core.calendar import local_moment
from renovation.records.models import Setting
from tests.factories.accounts import make_district
from tests.factories.ledger import EstateFactory, ProgrammeFactory, ProjectFactory

WAN = 1_000_000
USUAL = Usual(Decimal(80), Decimal(600), {1: Decimal(10_000), 2: Decimal(0)})


@pytest.mark.parametrize(
    ("wanyuan", "much", "sentence"),
    [
        (600, False, ""),
        (601, True, "每平方米投资 601.0 元，不在常见的 80—600 元之间，请核对单位和小数点。"),
        (80, False, ""),
        (79, False, "每平方米投资 79.0 元，不在常见的 80—600 元之间，请核对单位和小数点。"),
    ],
)
def test_the_ends_of_the_range_are_usual(wanyuan: int, much: bool, sentence: str) -> None:
    fen = wanyuan * WAN
    assert USUAL.is_much(project_id=1, fen=fen) is much
    assert USUAL.outside(fen=fen, area=Decimal(10_000)) == sentence


def test_nothing_is_said_without_an_area() -> None:
    assert not USUAL.is_much(project_id=2, fen=9_999_999 * WAN)
    assert not USUAL.is_much(project_id=3, fen=9_999_999 * WAN)
    assert USUAL.outside(fen=9_999_999 * WAN, area=Decimal(0)) == ""


def test_the_working_is_shown() -> None:
    assert USUAL.working(project_id=1, fen=9_999_999 * WAN) == (
        "9,999,999.00 万元 ÷ 10,000.00 ㎡ = 9,999,999.0 元"
    )


@pytest.mark.django_db
def test_the_range_is_the_bureau_s_on_the_day_and_areas_are_sums_of_estates() -> None:
    district = make_district()
    project, other = (
        ProjectFactory(
            programme=ProgrammeFactory(bureau=district.bureau, year=year),
            street=district.street("zhonglou"),
        )
        for year in (2025, 2026)
    )
    EstateFactory(project=project, area_sqm=Decimal("4000.50"))
    EstateFactory(project=project, area_sqm=Decimal("2000.00"))
    EstateFactory(project=other, area_sqm=Decimal("9.00"))
    Setting.objects.create(
        organisation=district.bureau,
        key=INVESTMENT_PER_SQM.key,
        value="100—1200",
        effective_on=date(2025, 5, 1),
        reason="按本区造价",
        created_at=local_moment(date(2025, 4, 30), time(10)),
        created_by=district.users["bureau"],
    )
    before, after = (
        usual_of(bureau=district.bureau, project_ids=[project.pk], on=day)
        for day in (date(2025, 4, 30), date(2025, 5, 1))
    )
    assert (before.range, after.range) == ("80—600 元", "100—1200 元")
    assert after.areas == {project.pk: Decimal("6000.50")}
