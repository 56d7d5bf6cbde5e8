"""What the demo shows of 临时收数, and that it obeys the rules."""

from __future__ import annotations

import pytest

from projects.ledger.known import Level, known_by_code, look_up
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.intake.pipelines import Row
from renovation.records.acting import stood_for, who
from supervision.inquiries import services
from supervision.inquiries.checks import missing_cells, wrong_day, wrong_option
from supervision.inquiries.enums import InquiryState
from supervision.inquiries.models import AskedColumn, Inquiry, InquiryEvent, StreetAnswer
from supervision.inquiries.table import table_of
from supervision.inquiries.values import as_value
from supervision.inquiries.waiting import waiting_for
from tests.factories.accounts import scope_for
from tests.reports.demo.conftest import Demo

pytestmark = pytest.mark.django_db


def test_one_is_over_one_collects_one_waits(demo: Demo) -> None:
    states = list(Inquiry.objects.order_by("drafted_at").values_list("number", "state"))
    assert states == [
        ("LS2026-001", InquiryState.CLOSED),
        ("LS2026-002", InquiryState.OPEN),
        ("LS2026-003", InquiryState.SUBMITTED),
    ]
    for inquiry in Inquiry.objects.all():
        streets = [each.street_id for each in inquiry.streets.all()]
        table = table_of(inquiry=inquiry, streets=streets, now=demo.now)
        words = {each.street.code: each.word for each in table.standings}
        if inquiry.number == "LS2026-001":
            assert words == {"banyanglu": "已报齐", "songlinglu": "已报齐", "zhonglou": "迟报"}
            assert all(line.filled for line in table.lines)
        if inquiry.number == "LS2026-002":
            assert words == {"banyanglu": "已报齐", "songlinglu": "未报", "zhonglou": "填了一部分"}
    assert StreetAnswer.objects.filter(version=2).count() == 1


def test_nothing_is_asked_that_the_portal_knows(demo: Demo) -> None:
    for column in AskedColumn.objects.select_related("inquiry"):
        found = look_up(name=column.label, level=Level(column.inquiry.subject))
        assert (column.label, found.same, found.near) == (column.label, None, ())
    for inquiry in Inquiry.objects.all():
        for each in inquiry.filled_columns.all():
            known = known_by_code(each.code)
            assert known is not None
            assert known.level == inquiry.subject


def test_answers_obey_the_rules_of_the_columns(demo: Demo) -> None:
    for inquiry in Inquiry.objects.exclude(state=InquiryState.SUBMITTED):
        streets = [each.street_id for each in inquiry.streets.all()]
        table = table_of(inquiry=inquiry, streets=streets, now=demo.now)
        for line in table.lines:
            if line.values is None:
                continue
            values = {
                column.name: as_value(column, line.values.get(column.name))
                for column in table.columns
            }
            row = Row(
                1, line.key, {name: value for name, value in values.items() if value is not None}
            )
            for check in (missing_cells, wrong_option, wrong_day):
                assert list(check(row, table)) == []


def test_it_waits_for_the_right_people_and_nothing_lies_ahead(demo: Demo) -> None:
    def titles(name: str) -> list[str]:
        scope = scope_for(User.objects.get(username=name), local_day(demo.now))
        return [each.title for each in waiting_for(scope=scope, now=demo.now)]

    assert titles("songlinglu") == titles("zhonglou") == ["填报临时收数“地下空间排水设施排查”"]
    assert titles("banyanglu") == []
    assert titles("reviewer") == ["批准临时收数“居民代表座谈会安排”"]
    assert not InquiryEvent.objects.filter(at__gt=demo.now).exists()
    assert not StreetAnswer.objects.filter(answered_at__gt=demo.now).exists()
    bureau = User.objects.get(username="bureau")
    assert not Inquiry.objects.filter(approved_by=bureau).exists()
    assert services.open_count(bureau=Inquiry.objects.first().bureau) == 1  # type: ignore[union-attr]


def test_the_second_clerk_asks_in_the_place_of_the_first(demo: Demo) -> None:
    """Who drafted the one that collects stood in that day; history says so, the seal and the account know it."""
    inquiry = Inquiry.objects.get(number="LS2026-002")
    assert inquiry.drafted_by.username == "bureau2"
    assert who(inquiry, "drafted_by") == "区局 经办二岗（代区局 经办岗）"
    earlier = Inquiry.objects.get(number="LS2026-001")
    assert (earlier.drafted_by.username, stood_for(earlier, "drafted_by")) == ("bureau", None)
