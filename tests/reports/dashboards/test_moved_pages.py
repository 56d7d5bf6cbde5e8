"""A project that moved, on pages of weeks before and after: whose it is, who may open it, where links lead."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import ChangeKind, PartyRole
from projects.ledger.models import Programme, Project
from renovation.accounts.scope import scope_of
from reports.dashboards.todo import todo_items
from reports.dashboards.waiting.ledger import arriving
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import decide, move, propose
from tests.factories.ledger import EstateFactory, PartyFactory, ProgrammeFactory, make_project
from tests.factories.weekly import make_return

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 4, 14)
BEFORE, AFTER = "2025-04-07", "2025-04-28"
NOTE = "已调至松龄路街道，自2025年4月14日起"


@pytest.fixture
def district(clock: Clock) -> District:
    clock.at("2025-05-07 10:00")
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    """A and B in 钟楼; B moves to 松龄路 on Monday 14 April and is reported by each street in its time."""
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    old, new = district.street("zhonglou"), district.street("songlinglu")
    stays = make_project(programme=made, street=old, code="A", name="柳泉小区", area="10000.00")
    moves = make_project(programme=made, street=old, code="B", name="文昌园", area="30000.00")
    make_return(old, {stays: ("10.0", 1), moves: ("30.0", 1)}, week_start=date(2025, 4, 7))
    move(moves, new, MONDAY)
    make_return(old, {stays: ("20.0", 1)}, week_start=date(2025, 4, 28))
    make_return(new, {moves: ("50.0", 1)}, week_start=date(2025, 4, 28))
    return made


def page(district: District, user: str, address: str) -> str:
    client = Client()
    client.force_login(district.users[user])
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def query(week: str) -> str:
    return f"?year=2025&week={week}"


def own(code: str, week: str = "") -> str:
    return reverse("dashboards:project", args=[code]) + (query(week) if week else "")


def links(text: str) -> set[str]:
    """The addresses of a page, as a browser reads them."""
    return {found.replace("&amp;", "&") for found in re.findall(r'href="([^"]*)"', text)}


HOME = reverse("home") + query(BEFORE)
PAST = [
    reverse("dashboards:projects") + query(BEFORE),
    reverse("dashboards:places") + query(BEFORE),
    HOME,
    reverse("dashboards:wall_chart") + query(BEFORE),
]


@pytest.mark.parametrize("address", PAST)
def test_a_street_that_gave_a_project_away_is_led_to_no_closed_page(
    district: District, programme: Programme, address: str
) -> None:
    for project in Project.objects.all():
        EstateFactory(project=project, name=f"{project.name}一期")
    text = page(district, "zhonglou", address)
    assert "文昌园" in text
    assert own("A", BEFORE) in links(text)
    assert not [link for link in links(text) if link.startswith(own("B"))]
    if "wall" not in address:
        assert NOTE in text
    for other in ("songlinglu", "bureau"):
        shown = page(district, other, address)
        assert NOTE not in shown
        leads = other == "bureau" and address != HOME  # which names its streets, and what turned
        assert (own("B", BEFORE) in links(shown)) == leads


@pytest.mark.parametrize("slug", ["projects", "physical", "deviation"])
def test_the_rows_of_a_figure_of_a_past_day_lead_to_that_week(
    district: District, programme: Programme, slug: str
) -> None:
    address = reverse("figures:source", args=[slug])
    bureau = page(district, "bureau", f"{address}?programme=2025&as_of=2025-04-13")
    assert {own("A", BEFORE), own("B", BEFORE)} <= links(bureau)
    assert "已调至" not in bureau
    street = page(district, "zhonglou", f"{address}?programme=2025&as_of=2025-04-13")
    assert own("A", BEFORE) in links(street)
    assert not [link for link in links(street) if link.startswith(own("B"))]
    assert NOTE in street
    today = page(district, "bureau", f"{address}?programme=2025")
    assert {own("A"), own("B")} <= links(today)


def test_what_a_street_never_had_is_not_named_to_it(
    district: District, programme: Programme
) -> None:
    text = page(district, "banyanglu", reverse("dashboards:projects") + query(BEFORE))
    assert "文昌园" not in text


def test_the_page_of_a_past_week_names_the_street_of_that_week(
    district: District, programme: Programme
) -> None:
    then = page(district, "bureau", own("B", BEFORE))
    assert "B　钟楼街道" in then
    assert "第15周属钟楼街道；自2025年4月14日（第16周）起属松龄路街道。" in then
    listed = reverse("dashboards:projects") + query(BEFORE)
    assert {listed, f"{listed}&street=zhonglou"} <= links(then)
    now = page(district, "bureau", own("B", AFTER))
    assert "B　松龄路街道" in now
    assert "项目移交过街道" not in now
    assert "项目移交过街道" not in page(district, "bureau", own("A", BEFORE))
    received = page(district, "songlinglu", own("B", BEFORE))
    assert "B　钟楼街道" in received
    assert reverse("weekly:street_week", args=[BEFORE, "zhonglou"]) not in links(received)
    client = Client()
    client.force_login(district.users["zhonglou"])
    assert client.get(own("B", BEFORE)).status_code == 404


def test_who_answered_before_the_move_stands_on_the_page(
    district: District, programme: Programme, clock: Clock
) -> None:
    moved = Project.objects.get(code="B")
    clock.at("2025-04-01 10:00")
    unit = PartyFactory(project=moved, role=PartyRole.RESPONSIBLE, name="钟楼街道城建办")
    stays = PartyFactory(
        project=Project.objects.get(code="A"), role=PartyRole.RESPONSIBLE, name="钟楼街道办"
    )
    clock.at("2025-05-07 10:00")
    edit = reverse("ledger:party", args=["B", unit.pk])
    text = page(district, "bureau", own("B"))
    assert "移交后还没有更新责任人。" in text
    assert edit in links(text)
    street = page(district, "songlinglu", own("B"))
    assert "移交后还没有更新责任人。" in street
    assert edit not in links(street)
    assert "移交后还没有更新责任人。" not in page(district, "npc", own("B"))
    other = page(district, "bureau", own("A"))
    assert "移交后还没有更新责任人。" not in other
    assert stays.name in other


def test_what_came_stands_in_the_list_of_who_fills_in(
    district: District, programme: Programme, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    moved = Project.objects.get(code="A")
    make_project(programme=programme, street=district.street("zhonglou"), code="C", name="矿建宿舍")
    change = propose(
        district, moved, ChangeKind.MOVE, now=now, to_street=district.street("banyanglu")
    )

    def told() -> dict[str, list[str]]:
        return {
            name: [
                item.title
                for item in todo_items(scope=scope_of(district.users[name], on=now.date()), now=now)
                if "接收" in item.title or "已调至" in item.title
            ]
            for name in ("zhonglou", "banyanglu", "banyanglu-head", "songlinglu", "bureau")
        }

    assert not any(told().values())
    decide(district, change, now=now)
    assert told() == {
        "zhonglou": ["柳泉小区已调至般阳路街道，自第19周起不再报送"],
        "banyanglu": ["接收柳泉小区，自第19周起由般阳路街道报送"],
        "banyanglu-head": [],
        "songlinglu": [],
        "bureau": [],
    }


def test_a_street_whose_only_project_moved_away_is_told_too(
    district: District, programme: Programme, clock: Clock
) -> None:
    """A was all that 钟楼 still had; nothing of the ledger is the street's to see any more."""
    now = clock.at("2025-05-07 10:00")
    only = Project.objects.get(code="A")
    change = propose(
        district, only, ChangeKind.MOVE, now=now, to_street=district.street("banyanglu")
    )
    title = "柳泉小区已调至般阳路街道，自第19周起不再报送"
    assert title not in page(district, "zhonglou", reverse("dashboards:todo"))
    decide(district, change, now=now)
    scope = scope_of(district.users["zhonglou"], on=now.date())
    assert not Project.objects.visible_to(scope).exists()
    assert [item.title for item in arriving(scope, now)] == [title]
    assert title in page(district, "zhonglou", reverse("dashboards:todo"))
    assert title not in page(district, "songlinglu", reverse("dashboards:todo"))


@pytest.mark.parametrize(("user", "queries"), [("zhonglou", 1), ("bureau", 0), ("npc", 0)])
def test_who_fills_in_is_asked_one_query_for_what_came_and_left(
    district: District,
    programme: Programme,
    clock: Clock,
    django_assert_num_queries: DjangoAssertNumQueries,
    user: str,
    queries: int,
) -> None:
    now = clock.at("2025-05-07 10:00")
    scope = scope_of(district.users[user], on=now.date())
    with django_assert_num_queries(queries):
        assert list(arriving(scope, now)) == []


@pytest.mark.parametrize(("code", "queries"), [("A", 46), ("B", 49)])
def test_a_move_costs_its_page_three_queries(
    district: District,
    programme: Programme,
    django_assert_num_queries: DjangoAssertNumQueries,
    code: str,
    queries: int,
) -> None:
    client = Client()
    client.force_login(district.users["bureau"])
    client.get(own(code, AFTER))
    with django_assert_num_queries(queries):
        client.get(own(code, AFTER))
