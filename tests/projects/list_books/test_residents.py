"""New rows of the lists about residents: what they become, and whom they end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from projects.ledger.models import Project
from projects.residents.models import Committee, Matter, Notice
from renovation.intake import services as intake
from tests.factories.accounts import District
from tests.factories.residents import MeetingFactory

from .scene import book_of, errors, sent, write

pytestmark = pytest.mark.django_db


def test_a_new_row_is_a_draft_notice_whoever_may_publish(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "notices", now)
    typed: dict[str, Any] = {
        "project": project.code,
        "point": "重要节点施工前",
        "node": "屋面防水施工",
        "body": "近日开始屋面防水施工。",
        "period_days": 3,
        "channels": "单元门口，居民微信群",
        "place": "各单元门口",
        "feedback": "社区居委会",
    }
    write(book, "notices", 3, **typed)
    upload = sent(district, "notices", book, now)
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    made = Notice.objects.get(node="屋面防水施工")
    assert (made.state, made.channels, made.drafted_by) == (
        "draft",
        ["doorway", "chat"],
        district.users["bureau"],
    )


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"channels": "小区公示栏、大喇叭"}, "公示渠道“大喇叭”不认得。"),
        ({"period_days": 2}, "不能少于 7 个工作日。"),
        ({"node": "屋面"}, "重要节点施工前的公示要写施工内容，其他节点不写。"),
    ],
)
def test_a_draft_is_held_to_the_rules_of_its_page(
    district: District, project: Project, now: datetime, typed: dict[str, Any], message: str
) -> None:
    book = book_of(district, "notices", now)
    write(book, "notices", 1, **typed)
    assert [fault.message for fault in errors(sent(district, "notices", book, now))] == [message]


def test_a_new_committee_ends_the_one_before(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "committees", now)
    write(
        book,
        "committees",
        2,
        project=project.code,
        estate="南院",
        kind="业主委员会",
        since_on=date(2025, 5, 1),
    )
    # The row of the one that is ended may change in the same workbook.
    write(book, "committees", 1, member_count=7)
    upload = sent(district, "committees", book, now)
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert list(
        Committee.objects.order_by("since_on").values_list("kind", "member_count", "ended_on")
    ) == [("renewal", 7, date(2025, 5, 1)), ("owners", None, None)]


def test_an_estate_that_the_project_has_not_is_a_fault_at_its_cell(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "funds", now)
    write(
        book,
        "funds",
        2,
        project=project.code,
        estate="北院",
        move="建立",
        moved_on=date(2025, 4, 1),
        amount=100,
        household_count=2,
    )
    found = errors(sent(district, "funds", book, now))
    assert [(fault.code, fault.message) for fault in found] == [("L171", "文昌园没有小区“北院”。")]


def test_a_matter_finds_its_meeting_by_day_and_form(
    district: District, project: Project, now: datetime
) -> None:
    def new(held_on: date, row: int = 3, content: str = "增设晾衣架") -> Any:
        book = book_of(district, "matters", now)
        write(
            book,
            "matters",
            row,
            project=project.code,
            held_on=held_on,
            kind="居民议事会",
            content=content,
            owner="街道专班",
            due_on=date(2025, 5, 20),
        )
        return sent(district, "matters", book, now)

    missing = errors(new(date(2025, 4, 11)))
    assert [fault.message for fault in missing] == ["文昌园 2025年4月11日的居民议事会没有登记。"]
    upload = new(date(2025, 4, 10))
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert Matter.objects.get(content="增设晾衣架").meeting.held_on == date(2025, 4, 10)
    number = Matter.objects.get(content="增设晾衣架").pk
    again = errors(new(date(2025, 4, 10), row=4))
    assert [fault.message for fault in again] == [f"已在台账里，台账号是 {number}"]
    MeetingFactory(project=project)
    twice = errors(new(date(2025, 4, 10), row=4, content="楼道扶手松动"))
    assert [fault.message for fault in twice] == [
        "文昌园 2025年4月10日的居民议事会有几次，请在页面上登记问题。"
    ]
