"""New rows of what a second person confirms: they wait like those of the page, and what is confirmed stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from projects.ledger.models import Project
from projects.residents.models import Contribution, Evaluation, Handover, Opinion
from renovation.intake import services as intake
from tests.factories.accounts import District
from tests.factories.ledger import EstateFactory

from .scene import book_of, errors, sent, write

pytestmark = pytest.mark.django_db

GIFT = {
    "given_on": date(2025, 4, 20),
    "kind": "投劳",
    "purpose": "清理楼道杂物",
    "people_count": 16,
    "hours": 40,
}
HANDOVER = {
    "estate": "北院",
    "handed_on": date(2025, 4, 29),
    "handed_by": "钟楼街道办事处",
    "taken_by": "社区居委会",
    "items": "庭院路灯，12，盏，社区居委会",
}
EVALUATION = {
    "held_on": date(2025, 5, 2),
    "resident_count": 30,
    "representative_count": 6,
    "street_count": 2,
    "bureau_count": 0,
    "base_count": 36,
    "satisfied_count": 30,
    "basic_count": 4,
    "unsatisfied_count": 1,
    "summary": "多数居民满意。",
}


@pytest.mark.parametrize(
    ("slug", "model", "typed"),
    [
        ("contributions", Contribution, GIFT),
        ("handovers", Handover, HANDOVER),
        ("evaluations", Evaluation, EVALUATION),
    ],
)
def test_a_new_row_waits_for_a_second_person(
    district: District,
    project: Project,
    now: datetime,
    slug: str,
    model: Any,
    typed: dict[str, Any],
) -> None:
    EstateFactory(project=project, name="北院")
    known = set(model.objects.values_list("pk", flat=True))
    book = book_of(district, slug, now)
    write(book, slug, len(known) + 1, project=project.code, **typed)
    upload = sent(district, slug, book, now)
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    [made] = model.objects.exclude(pk__in=known)
    assert (made.state, made.recorded_by, made.recorded_at, made.file) == (
        "draft",
        district.users["bureau"],
        now,
        None,
    )


@pytest.mark.parametrize(
    ("slug", "row", "typed", "message"),
    [
        (
            "evaluations",
            1,
            {"satisfied_count": 31},
            "已经确认或作废，不能再修改；记错的先作废，再重新登记。",
        ),
        (
            "handovers",
            1,
            {"handed_on": date(2025, 4, 27)},
            "移交日期不能早于完工日期 2025年4月28日。",
        ),
        (
            "opinions",
            1,
            {"outcome": "采纳", "answered_on": date(2025, 5, 6)},
            "办理了的意见要填办理情况。",
        ),
        (
            "opinions",
            2,
            {"held_on": date(2025, 5, 3), "content": "路灯不亮"},
            "文昌园 2025年5月3日没有登记共同评价。",
        ),
    ],
)
def test_what_the_page_refuses_the_list_refuses(
    district: District,
    project: Project,
    now: datetime,
    slug: str,
    row: int,
    typed: dict[str, Any],
    message: str,
) -> None:
    book = book_of(district, slug, now)
    write(book, slug, row, project=project.code, **typed)
    assert [fault.message for fault in errors(sent(district, slug, book, now))] == [message]


def test_a_contribution_that_is_confirmed_stays(
    district: District, project: Project, now: datetime
) -> None:
    row = Contribution.objects.get()
    row.state, row.confirmed_by, row.confirmed_at = (
        "confirmed",
        district.users["zhonglou-head"],
        now,
    )
    row.save()
    book = book_of(district, "contributions", now)
    write(book, "contributions", 1, amount=4000)
    assert [fault.message for fault in errors(sent(district, "contributions", book, now))] == [
        "已经确认或作废，不能再修改；记错的先作废，再重新登记。"
    ]


def test_an_answered_opinion_goes_out_and_comes_back(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "opinions", now)
    answer = {"answered_on": date(2025, 5, 6), "outcome": "解释说明", "answer": "不在本次改造内"}
    write(book, "opinions", 1, **answer)
    intake.commit(
        upload=sent(district, "opinions", book, now), by=district.users["bureau"], now=now
    )
    assert errors(sent(district, "opinions", book_of(district, "opinions", now), now)) == []
    again = book_of(district, "opinions", now)
    write(again, "opinions", 1, content="改了")
    assert [fault.message for fault in errors(sent(district, "opinions", again, now))] == [
        "这条意见已经办理，不能再修改。"
    ]
    assert Opinion.objects.get().outcome == "explained"
