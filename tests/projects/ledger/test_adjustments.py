"""Projects that were entered, moved, cancelled or restored in a span of days, as pages and papers tell them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from projects.ledger.adjustments import Adjustment, adjustments_between, span_sentence, together
from projects.ledger.enums import ChangeKind
from projects.ledger.models import Programme, Project
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import (
    DOCUMENT,
    cancel,
    correct_entry,
    enrol,
    enter,
    move,
    propose,
    restore,
)
from tests.factories.ledger import ProgrammeFactory, ProjectFactory, make_project

pytestmark = pytest.mark.django_db
#: The span is the week of 5 May 2025, a Monday.
SINCE, MONDAY, UNTIL = date(2025, 5, 4), date(2025, 5, 5), date(2025, 5, 11)


@pytest.fixture
def district() -> District:
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    return made


def add(programme: Programme, district: District, code: str, name: str) -> Project:
    return make_project(
        programme=programme, street=district.street("zhonglou"), code=code, name=name
    )


def told(programme: Programme, **asked: Any) -> list[Adjustment]:
    values: dict[str, Any] = {"since": SINCE, "until": UNTIL} | asked
    return adjustments_between(projects=Project.objects.filter(programme=programme), **values)


def test_each_kind_is_told_with_its_day_and_document(
    programme: Programme, district: District
) -> None:
    new = add(programme, district, "A", "文昌园小区")
    moved = add(programme, district, "B", "柳泉小区")
    gone = add(programme, district, "C", "昆仑巷小区")
    back = add(programme, district, "D", "青云小区")
    add(programme, district, "E", "照旧小区")
    enter(new, date(2025, 5, 6))
    move(moved, district.street("songlinglu"), MONDAY)
    cancel(gone, date(2025, 5, 8))
    cancel(back, date(2025, 5, 19), approved_on=date(2025, 5, 6))
    restore(back, date(2025, 5, 7))
    found = told(programme)
    assert [(each.project.name, each.act, each.on, each.counts) for each in found] == [
        ("文昌园小区", "列入", date(2025, 5, 6), True),
        ("柳泉小区", "移交", MONDAY, True),
        ("昆仑巷小区", "取消", date(2025, 5, 8), True),
        ("青云小区", "取消（已撤销）", date(2025, 5, 19), False),
        ("青云小区", "撤销取消", date(2025, 5, 7), False),
    ]
    assert [each.words(UNTIL) for each in found] == [
        "列入2025年度计划，5月6日起计入",
        "由钟楼街道移交松龄路街道，5月5日起",
        "取消，5月8日起不再计入",
        "取消（已撤销）",  # it does nothing to the figures: the next line takes it back
        "撤销取消，照旧计入",
    ]
    assert {each.document_number for each in found} == {DOCUMENT}
    assert found[1].basis(UNTIL) == f"5月5日批准，{DOCUMENT}"
    assert found[1].basis(date(2026, 1, 4)) == f"2025年5月5日批准，{DOCUMENT}"
    assert found[1].street_codes == {"zhonglou", "songlinglu"}


def test_the_days_before_and_after_are_another_span(
    programme: Programme, district: District
) -> None:
    early = add(programme, district, "A", "上周小区")
    late = add(programme, district, "B", "下周小区")
    enter(early, SINCE)
    cancel(late, date(2025, 5, 12))
    found = told(programme)
    assert [(each.project.name, each.act) for each in found] == []
    assert [each.project.name for each in told(programme, until=date(2025, 5, 12))] == ["下周小区"]
    assert [each.project.name for each in told(programme, since=date(2025, 5, 3))] == ["上周小区"]


def test_what_only_waits_is_not_told(
    programme: Programme, district: District, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    waits = add(programme, district, "A", "等待小区")
    propose(district, waits, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 12))
    assert told(programme) == []
    ProjectFactory(
        programme=programme, street=district.street("zhonglou"), code="B", approved_on=None
    )
    assert told(programme) == []


def test_a_late_entry_is_told_when_it_is_approved(programme: Programme, district: District) -> None:
    """It changes figures of the past: they are computed anew, and differ from what was printed."""
    late = add(programme, district, "A", "漏列小区")
    enter(late, date(2025, 3, 3), approved_on=date(2025, 5, 7))
    (found,) = told(programme)
    assert (found.act, found.counts, found.words(UNTIL)) == (
        "补列",
        False,
        "补列2025年度计划，3月3日起计入",
    )
    assert span_sentence([found], span="本周", today=UNTIL) == (
        "1 个项目本周批准补列（漏列小区3月3日起计入），此前各期的数已按此重算。"
    )
    (then,) = told(programme, since=date(2025, 3, 2), until=date(2025, 3, 9))
    assert (then.act, then.counts) == ("列入", True)


def test_a_corrected_day_is_told_as_that(programme: Programme, district: District) -> None:
    row = add(programme, district, "A", "更正小区")
    enter(row, date(2025, 2, 3))
    correct_entry(row, date(2025, 2, 24), approved_on=date(2025, 5, 7))
    (found,) = told(programme)
    assert (found.act, found.words(UNTIL)) == ("更正列入日期", "列入计划日期更正为2月24日")
    assert span_sentence([found], span="本周", today=UNTIL) == ""


def test_a_corrected_day_of_a_project_that_no_change_entered_is_told_as_that(
    programme: Programme, district: District, clock: Clock
) -> None:
    """It was in the programme before entries were changes: the change itself says that it only corrects."""
    now = clock.at("2025-05-07 10:00")
    old = add(programme, district, "A", "老项目")
    assert old.approved_on == date(2025, 1, 20)
    change = enrol(district, old, ChangeKind.ENTER, now=now, effective_on=date(2025, 1, 15))
    assert (change.title, change.corrects_entry) == ("更正列入计划日期", True)
    (found,) = told(programme)
    assert (found.act, found.words(UNTIL)) == ("更正列入日期", "列入计划日期更正为1月15日")
    assert span_sentence([found], span="本周", today=UNTIL) == ""


def test_a_new_entry_corrects_none(programme: Programme, district: District, clock: Clock) -> None:
    now = clock.at("2025-05-07 10:00")
    new = ProjectFactory(
        programme=programme, street=district.street("zhonglou"), code="A", approved_on=None
    )
    change = enrol(district, new, ChangeKind.ENTER, now=now, effective_on=date(2025, 3, 3))
    assert not change.corrects_entry
    (found,) = told(programme)
    assert found.act == "补列"


def test_a_corrected_day_makes_no_founding_project_a_new_one(
    programme: Programme, district: District
) -> None:
    """The quarter in which the programme began tells the correction that was approved in it and no entry."""
    correct_entry(add(programme, district, "A", "老项目"), date(2025, 1, 15), date(2025, 2, 3))
    correct_entry(add(programme, district, "B", "后改小区"), date(2025, 1, 15), date(2025, 5, 7))
    quarter = told(programme, since=date(2024, 12, 31), until=date(2025, 3, 31))
    assert [(each.project.name, each.act, each.counts) for each in quarter] == [
        ("老项目", "更正列入日期", False)
    ]


def test_a_cancellation_that_was_taken_back_later_is_told_as_undone(
    programme: Programme, district: District
) -> None:
    row = add(programme, district, "A", "青云小区")
    cancel(row, date(2025, 5, 19), approved_on=date(2025, 5, 6))
    (found,) = told(programme)
    assert (found.act, found.words(UNTIL)) == ("取消", "取消，5月19日起不再计入")
    restore(row, date(2025, 5, 13))
    (found,) = told(programme)
    assert (found.act, found.effect(UNTIL), found.words(UNTIL)) == (
        "取消（已撤销）",
        "",
        "取消（已撤销）",
    )
    assert span_sentence([found], span="本周", today=UNTIL) == ""
    cancel(row, date(2025, 5, 26), approved_on=date(2025, 5, 14))
    (found,) = told(programme)
    assert found.words(UNTIL) == "取消（已撤销）"


def test_the_projects_that_a_programme_began_with_are_no_adjustment(
    programme: Programme, district: District
) -> None:
    own = add(programme, district, "A", "首批小区")
    other = add(programme, district, "B", "另文小区")
    add(programme, district, "C", "无变更小区")
    enter(own, date(2025, 1, 20), document_number=programme.document_number)
    enter(other, date(2025, 1, 20))
    quarter = told(programme, since=date(2024, 12, 31), until=date(2025, 3, 31))
    assert [each.project.name for each in quarter] == ["另文小区"]


def test_streets_are_told_what_concerns_them(programme: Programme, district: District) -> None:
    moved = add(programme, district, "A", "柳泉小区")
    old, new, third = (district.street(code) for code in ("zhonglou", "songlinglu", "banyanglu"))
    move(moved, new, MONDAY)
    for street in (old, new):
        assert [each.project.code for each in told(programme, streets=[street.pk])] == ["A"]
    assert told(programme, streets=[third.pk]) == []
    cancel(moved, date(2025, 5, 20))
    later = {"since": UNTIL, "until": date(2025, 5, 25)}
    assert [each.act for each in told(programme, streets=[new.pk], **later)] == ["取消"]
    assert told(programme, streets=[old.pk], **later) == []


def test_an_entry_before_a_move_is_the_old_streets(
    programme: Programme, district: District
) -> None:
    row = add(programme, district, "A", "柳泉小区")
    enter(row, date(2025, 4, 1))
    move(row, district.street("songlinglu"), MONDAY)
    (found,) = told(programme, since=date(2025, 3, 31), until=date(2025, 4, 6))
    assert found.street.code == "zhonglou"


def test_many_of_one_kind_are_one_line(programme: Programme, district: District) -> None:
    for number in range(10):
        enter(add(programme, district, f"A{number}", f"第{number}小区"), MONDAY)
    cancel(add(programme, district, "B", "取消小区"), MONDAY)
    found = told(programme)
    assert [len(group) for group in together(found)] == [10, 1]
    assert span_sentence(found, span="本周", today=UNTIL) == (
        "其中 10 个项目本周列入（第0小区、第1小区、第2小区、第3小区、第4小区、第5小区、第6小区、第7小区等 10 个），"
        "1 个项目本周取消（取消小区）。"
    )


@pytest.mark.parametrize("count", [1, 3])
def test_queries(
    programme: Programme, district: District, count: int, django_assert_num_queries: Any
) -> None:
    add(programme, district, "Z", "照旧小区")
    with django_assert_num_queries(1):
        assert told(programme) == []
    for number in range(count):
        move(add(programme, district, f"A{number}", "小区"), district.street("songlinglu"), MONDAY)
    with django_assert_num_queries(3):
        assert len(told(programme)) == count
