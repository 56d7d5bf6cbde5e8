"""更正 of a return marks every issued paper that it touches: on the lists, on the paper, in 待办."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from reports.dashboards.todo import todo_items
from reports.papers import services
from reports.papers.corrected import REMIND_DAYS, corrected_since
from reports.papers.models import Document
from supervision.weekly import services as weekly
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from supervision.weekly.values import ReportValues
from tests.conftest import Clock
from tests.factories.accounts import scope_for
from tests.factories.papers import AFTER_QUARTER, CLOSED, EARLIER, WEEK, World, make_world

LATER = AFTER_QUARTER + timedelta(days=2)
SAID = "般阳路街道第38周周报于 10月11日 更正"
MARK = "印发后周报有更正"


def correct(
    world: World, street: str = "banyanglu", week: Week = EARLIER, *, at: datetime = LATER
) -> WeeklyReturn:
    """The street corrects the progress of its first project, and everybody passes it."""
    users, place = world.users, world.district.street(street)
    old = WeeklyReturn.objects.get(street=place, week_start=week.start, version=1)
    new = weekly.correct(weekly_return=old, reason="进度录错", by=users[street], now=at)
    report = WeeklyReport.objects.filter(weekly_return=new).select_related("project")[0]
    values = ReportValues.of(report)
    changed = {name: getattr(values, name) for name in ReportValues.__slots__}
    changed |= {"progress_percent": (report.progress_percent or 0) - 2, "explanation": "重新丈量"}
    weekly.write_report(
        weekly_return=new, project=report.project, values=ReportValues(**changed), by=users[street], now=at
    )  # fmt: skip
    weekly.submit(weekly_return=new, by=users[street], now=at)
    weekly.review(weekly_return=new, by=users[f"{street}-head"], now=at)
    return weekly.approve(weekly_return=new, by=users["reviewer"], now=at)


def sheets(world: World, week: Week = WEEK) -> dict[str, Document]:
    """The issued sheets of a week, of the district and of two streets, by the code of their subject."""
    made = services.compile_sheets(
        bureau=world.district.bureau, week=week, by=world.users["bureau"], now=CLOSED
    )
    district = next(each for each in made if each.subject == world.district.bureau)
    services.issue_sheet(document=district, by=world.users["reviewer"], now=CLOSED)
    rows = Document.objects.filter(period_key=week.key, kind="dispatch_sheet")
    return {row.subject.code: row for row in rows.select_related("subject")}


def touched(world: World, now: datetime = LATER) -> dict[str, list[str]]:
    """Paper → what it is told to be touched by, by its title."""
    found = corrected_since(bureau=world.district.bureau, documents=Document.objects.all(), now=now)
    return {
        Document.objects.get(pk=pk).title: [each.street for each in corrections]
        for pk, corrections in found.items()
    }


def page(user: User, path: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(path).content.decode()


def todo(user: User, now: datetime) -> list[str]:
    items = todo_items(scope=scope_for(user, local_day(now)), now=now)
    return [item.title for item in items if "更正" in item.title]


def test_a_correction_marks_the_sheets_and_the_bulletin_that_it_touches(
    world: World, clock: Clock
) -> None:
    """Of week 38: the sheets of week 39 are compared with it, the bulletin is of its quarter."""
    issued, bulletin = sheets(world), world.issued()
    assert touched(world) == {}
    correct(world)
    own = {issued[code].title for code in ("banyanglu", world.district.bureau.code)}
    assert touched(world) == dict.fromkeys([*own, bulletin.title], ["般阳路街道"])
    clock.at("2025-10-11 10:00")
    bureau = world.users["bureau"]
    assert page(bureau, "/papers/sheets/").count(MARK) == 2
    assert page(bureau, "/papers/bulletins/").count(MARK) == 1
    paper = page(bureau, f"/papers/{bulletin.pk}/")
    assert f"{SAID}（进度录错）" in paper
    assert "用“更正”重新印发" in paper
    compared = page(bureau, f"/papers/{issued['banyanglu'].pk}/changes/")
    assert "般阳路街道周报" not in compared  # of week 39, which nobody corrected
    correct(world, week=WEEK)
    compared = page(bureau, f"/papers/{issued['banyanglu'].pk}/changes/")
    assert "般阳路街道周报：第1版，已核定 → 第2版，已核定" in compared
    told = page(world.users["banyanglu"], f"/papers/{issued['banyanglu'].pk}/")
    assert f"{SAID}。本件为印发时的数据。" in told
    assert SAID not in page(world.users["songlinglu"], f"/papers/{issued['songlinglu'].pk}/")


def test_what_was_corrected_before_the_paper_stands_in_it(world: World) -> None:
    correct(world, at=CLOSED - timedelta(hours=1))
    sheets(world)
    world.issued()
    assert touched(world) == {}


def test_a_correction_that_is_not_approved_yet_touches_nothing(world: World) -> None:
    world.issued()
    old = WeeklyReturn.objects.get(street=world.district.street("banyanglu"), week_start=WEEK.start)
    weekly.correct(weekly_return=old, reason="进度录错", by=world.users["banyanglu"], now=LATER)
    assert touched(world) == {}


def test_who_corrects_papers_is_told_until_it_is_reissued_or_two_weeks_have_passed(
    world: World,
) -> None:
    issued = sheets(world)[world.district.bureau.code]
    correct(world, week=WEEK)
    title = f"{issued.title}印发后周报有更正"
    for name in ("bureau", "reviewer"):
        assert todo(world.users[name], LATER) == [title]
    for name in ("banyanglu", "npc", "auditor"):
        assert todo(world.users[name], LATER) == []
    assert todo(world.users["bureau"], LATER + timedelta(days=REMIND_DAYS, minutes=1)) == []
    draft = services.correct(
        document=issued, reason="周报更正", by=world.users["reviewer"], now=LATER
    )
    services.issue_sheet(document=draft, by=world.users["reviewer"], now=LATER)
    assert todo(world.users["bureau"], LATER) == []


@pytest.mark.parametrize("count", [1, 3])
def test_marks_cost_the_same_for_one_and_three_papers(
    db: None, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world = make_world()
    papers = list(sheets(world).values())[:count]
    with django_assert_num_queries(1):
        corrected_since(bureau=world.district.bureau, documents=papers, now=LATER)
