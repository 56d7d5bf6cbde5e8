"""How an item stood at a moment that is past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from supervision.dispatch.enums import ItemState
from supervision.dispatch.items import services
from supervision.dispatch.items.as_of import Standing, standings
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.models import DispatchItem
from tests.factories.accounts import District, make_district
from tests.factories.dispatch import AFTER, answering_user, make_item
from tests.factories.enrolment import move
from tests.factories.ledger import ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def district() -> District:
    return make_district()


def at(hours: int, *, since: int = 0) -> list[Standing]:
    return standings(
        items=DispatchItem.objects.all(), at=AFTER + hours * HOUR, since=AFTER + since * HOUR
    )


def test_every_moment_has_its_state_deadline_and_last_word(district: District) -> None:
    item = make_item(district)
    street, bureau = answering_user(district, item), district.users["bureau2"]
    services.accept(item=item, by=street, now=AFTER + 2 * HOUR)
    services.note(item=item, text="已进场", by=street, now=AFTER + 4 * HOUR)
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 30), text="雨天", by=street, now=AFTER + 5 * HOUR
    )
    services.grant_extension(
        item=item, granted_on=date(2025, 5, 26), by=bureau, now=AFTER + 6 * HOUR
    )
    services.report(item=item, text="办完", by=street, now=AFTER + 8 * HOUR)
    services.close(item=item, by=bureau, now=AFTER + 10 * HOUR)
    found = {hours: standing for hours in range(0, 12, 2) for standing in at(hours)}
    assert {hours: (each.state, each.due_on.day, each.said) for hours, each in found.items()} == {
        0: (ItemState.TO_ACCEPT, 19, ""),
        2: (ItemState.WORKING, 19, ""),
        4: (ItemState.WORKING, 19, "进展：已进场"),
        6: (ItemState.WORKING, 26, "延期：延至2025年5月26日"),
        8: (ItemState.REPORTED, 26, "报办结：办完"),
        10: (ItemState.DONE, 26, "报办结：办完"),
    }
    assert [each.is_open for each in found.values()] == [True] * 5 + [False]


def test_before_it_was_assigned_and_long_after_it_was_settled_it_is_not_told(
    district: District,
) -> None:
    item = make_item(district)
    assert at(-1, since=-2) == []
    assert [each.item for each in at(0)] == [item]
    services.cancel(item=item, text="不再需要", by=district.users["bureau"], now=AFTER + 3 * HOUR)
    (cancelled,) = at(4)
    assert (cancelled.state, cancelled.overdue_days) == (ItemState.CANCELLED, 0)
    assert at(5, since=4) == []


def test_who_answered_then_is_told_and_not_who_answers_since(district: District) -> None:
    item, bureau = make_item(district), district.users["bureau"]
    services.accept(item=item, by=answering_user(district, item), now=AFTER + 1 * HOUR)
    services.note(item=item, text="已进场", by=answering_user(district, item), now=AFTER + 2 * HOUR)
    for hours, code in ((4, "zhonglou"), (6, "songlinglu")):
        services.transfer(
            item=item,
            answerer=Answerer.street(district.street(code)),
            text="属地划转",
            by=bureau,
            now=AFTER + hours * HOUR,
        )
    told = [standing for hours in (2, 4, 6) for standing in at(hours)]
    assert [(each.answerer.organisation, each.answerer.name) for each in told] == [
        (district.street("banyanglu"), "般阳路街道"),
        (district.street("zhonglou"), "钟楼街道"),
        (district.street("songlinglu"), "松龄路街道"),
    ]
    assert [each.said for each in told] == [
        "进展：已进场",
        "转交：由般阳路街道转交钟楼街道：属地划转",
        "转交：由钟楼街道转交松龄路街道：属地划转",
    ]


def test_days_overdue_are_those_of_the_moment(district: District) -> None:
    item = make_item(district)  # due on 19 May
    days = (item.due_on - AFTER.date()).days
    late = [
        each.overdue_days
        for each in standings(
            items=DispatchItem.objects.all(), at=AFTER + (days + 3) * DAY, since=AFTER
        )
    ]
    assert late == [item.overdue_days(item.due_on + 3 * DAY)] == [3]


def test_a_project_that_moved_later_was_in_its_street_then(
    district: District, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    programme = ProgrammeFactory(bureau=district.bureau)
    moved, stays = (
        ProjectFactory(programme=programme, street=district.street("banyanglu")) for _ in range(2)
    )
    for project in (moved, stays, None):
        make_item(district, project=project)
    day = date(2025, 5, 26)

    def streets(days: int) -> list[str]:
        found = at(24 * days)
        return [each.project_street.code if each.project_street else "" for each in found]

    with django_assert_num_queries(4):
        assert streets(14) == ["banyanglu", "banyanglu", ""]
    move(moved, district.street("zhonglou"), day)
    with django_assert_num_queries(5):
        assert streets(13) == ["banyanglu", "banyanglu", ""]
    assert streets(14) == ["zhonglou", "banyanglu", ""]
