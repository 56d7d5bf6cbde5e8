"""From the draft to the approval: what may be asked, by whom it is approved, how many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from projects.ledger.models import Programme, Project
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from renovation.records.services import set_value
from supervision.inquiries import defining, policies, services
from supervision.inquiries.defining import ColumnValues, KnownAlready, NearKnown
from supervision.inquiries.enums import ColumnKind, InquiryAct, InquiryState, Subject
from supervision.inquiries.flow import FLOW
from supervision.inquiries.models import AskedRow, Inquiry, InquiryEvent
from supervision.inquiries.parameters import MOST_OPEN
from supervision.inquiries.services import InquiryValues
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.enrolment import cancel
from tests.factories.inquiries import make_draft, make_open, make_submitted

pytestmark = pytest.mark.django_db
K = ColumnKind


def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


def test_from_the_draft_to_the_streets(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    inquiry = make_draft(district, programme, now=now)
    assert (inquiry.number, inquiry.state) == ("LS2025-001", InquiryState.DRAFT)
    load = services.burden(inquiry=inquiry, now=now)
    assert [(street.code, count) for street, count in load.rows] == [
        ("banyanglu", 1),
        ("songlinglu", 1),
        ("zhonglou", 2),
    ]
    assert (load.row_count, load.column_count, load.cell_count) == (4, 2, 8)
    services.submit(inquiry=inquiry, by=district.users["bureau"], now=now)
    services.approve(inquiry=inquiry, seen=inquiry.version, by=district.users["reviewer"], now=now)
    assert (inquiry.state, inquiry.approved_by, inquiry.first_due_at) == (
        InquiryState.OPEN,
        district.users["reviewer"],
        inquiry.due_at,
    )
    assert [row.project for row in inquiry.rows.all()] == projects
    assert list(InquiryEvent.objects.values_list("act", flat=True)) == [
        "draft",
        "submit",
        "approve",
    ]
    assert AuditEntry.objects.filter(act__startswith="inquiry.").count() == 6


def test_rows_are_the_streets_or_the_projects_in_scope(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    cancel(projects[3], date(2025, 5, 1), "并入明年")
    inquiry = make_open(district, programme, now=now, streets=[district.street("zhonglou")])
    assert [row.project for row in inquiry.rows.all()] == [projects[2]]
    streets = make_open(
        district, programme, now=now, subject=Subject.STREET, filled=(), title="防汛物资"
    )
    assert [(row.key, row.project) for row in streets.rows.all()] == [
        ("般阳路街道", None),
        ("松龄路街道", None),
        ("钟楼街道", None),
    ]


# -- columns -----------------------------------------------------------------------------------------
def test_what_the_portal_knows_is_refused_and_filled_in(
    district: District, programme: Programme, now: datetime
) -> None:
    by = district.users["bureau"]
    inquiry = make_draft(district, programme, now=now, columns=(), filled=())
    with pytest.raises(KnownAlready) as caught:
        defining.add_column(
            inquiry=inquiry, values=ColumnValues(label="总户数", kind=K.INTEGER), by=by, now=now
        )
    assert (caught.value.code, caught.value.field, caught.value.column.code) == (
        "inquiry.known",
        "label",
        "ledger.household_count",
    )
    assert caught.value.message == (
        "“总户数”就是“户数”，平台已有，在项目台账的“小区”，不再向街道要；可以由平台填好带出。"
    )
    for _ in range(2):  # twice is once
        defining.fill_column(inquiry=inquiry, code="ledger.household_count", by=by, now=now)
    assert inquiry.filled_columns.count() == 1
    assert services.burden(inquiry=inquiry, now=now).column_count == 0
    with pytest.raises(Refusal) as refused:
        services.submit(inquiry=inquiry, by=by, now=now)
    assert refused.value.code == "inquiry.no_column"
    with pytest.raises(Refusal) as refused:
        defining.fill_column(inquiry=inquiry, code="figures.street.households", by=by, now=now)
    assert refused.value.code == "inquiry.not_known"
    defining.unfill_column(inquiry=inquiry, code="ledger.household_count", by=by, now=now)
    assert inquiry.filled_columns.count() == 0


def test_a_similar_name_is_a_question(
    district: District, programme: Programme, now: datetime
) -> None:
    by = district.users["bureau"]
    inquiry = make_draft(district, programme, now=now, columns=(), filled=())
    values = ColumnValues(label="竣工日期", kind=K.DATE)
    with pytest.raises(NearKnown) as caught:
        defining.add_column(inquiry=inquiry, values=values, by=by, now=now)
    assert caught.value.code == "inquiry.near"
    assert caught.value.columns[0].label == "竣工验收日期"
    column = defining.add_column(
        inquiry=inquiry, values=replace(values, is_other=True), by=by, now=now
    )
    assert column.near_code == "ledger.gate.accepted"


def test_ten_columns_at_most(district: District, programme: Programme, now: datetime) -> None:
    by = district.users["bureau"]
    marks = "甲乙丙丁戊己庚辛壬癸"
    columns = [ColumnValues(label=f"隐患{mark}类", kind=K.INTEGER) for mark in marks]
    inquiry = make_draft(district, programme, now=now, columns=columns, filled=())
    assert [column.name for column in inquiry.columns.all()] == [f"c{n}" for n in range(1, 11)]
    more = ColumnValues(label="防汛沙袋", kind=K.INTEGER)
    with pytest.raises(Refusal) as caught:
        defining.add_column(inquiry=inquiry, values=more, by=by, now=now)
    assert caught.value.code == "inquiry.too_many_columns"
    defining.remove_column(inquiry=inquiry, place=3, by=by, now=now)
    assert defining.add_column(inquiry=inquiry, values=more, by=by, now=now).name == "c3"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        (ColumnValues(label=" 欠缴维修资金户数（户）", kind=K.INTEGER), "inquiry.doubled", "label"),
        (ColumnValues(label="（）", kind=K.INTEGER), "inquiry.label", "label"),
        (
            ColumnValues(label="沙袋", kind=K.INTEGER, minimum=Decimal(5), maximum=Decimal(4)),
            "inquiry.bounds",
            "maximum",
        ),
        (
            ColumnValues(
                label="交底日", kind=K.DATE, earliest=date(2025, 5, 2), latest=date(2025, 5, 1)
            ),
            "inquiry.bounds",
            "latest",
        ),
        (ColumnValues(label="物业类别", kind=K.CHOICE, options=("甲", "甲")), "inquiry.options", "options"),
        (ColumnValues(label="物业类别", kind=K.CHOICE, options=("甲,", "乙")), "inquiry.options", "options"),
        (
            ColumnValues(label="物业类别", kind=K.CHOICE, options=tuple("甲乙丙丁戊己庚辛壬癸子丑寅")),
            "inquiry.options",
            "options",
        ),
    ],
)  # fmt: skip
def test_what_is_no_column_is_refused(
    district: District,
    programme: Programme,
    now: datetime,
    values: ColumnValues,
    code: str,
    field: str,
) -> None:
    inquiry = make_draft(district, programme, now=now)
    with pytest.raises(Refusal) as caught:
        defining.add_column(inquiry=inquiry, values=values, by=district.users["bureau"], now=now)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert inquiry.columns.count() == 2


def test_a_column_keeps_only_what_its_kind_uses(
    district: District, programme: Programme, now: datetime
) -> None:
    inquiry = make_draft(district, programme, now=now)
    changed = defining.change_column(
        inquiry=inquiry,
        place=1,
        values=ColumnValues(
            label="交底日期",
            kind=K.DATE,
            unit="户",
            places=2,
            minimum=Decimal(1),
            options=("甲", "乙"),
            latest=date(2025, 5, 1),
            is_required=False,
        ),
        by=district.users["bureau"],
        now=now,
    )
    assert (changed.title, changed.minimum, changed.options, changed.latest, changed.places) == (
        "交底日期",
        None,
        [],
        date(2025, 5, 1),
        0,
    )


# -- people ------------------------------------------------------------------------------------------
def test_who_asked_does_not_approve(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    inquiry = make_submitted(district, programme, now=now)
    for name in ("bureau", "banyanglu"):
        with pytest.raises(Forbidden):
            policies.check_act(
                inquiry=inquiry, act=InquiryAct.APPROVE, scope=scope_for(district.users[name])
            )
    with pytest.raises(Forbidden):
        services.approve(
            inquiry=inquiry, seen=inquiry.version, by=district.users["bureau"], now=now
        )

    def acts(name: str) -> list[str]:
        scope = scope_for(district.users[name])
        return [str(act) for act in policies.open_acts(inquiry=inquiry, scope=scope)]

    assert acts("bureau") == ["cancel"]
    assert acts("reviewer") == acts("leader") == ["approve", "send_back"]
    assert acts("zhonglou") == acts("npc") == acts("auditor") == []


def test_another_bureau_has_no_part(inquiry: Inquiry, district: District, now: datetime) -> None:
    other = make_district("boshan-")
    scope = scope_for(other.users["reviewer"])
    assert policies.open_acts(inquiry=inquiry, scope=scope) == []
    assert list(Inquiry.objects.visible_to(scope)) == []
    theirs = scope_for(other.users["zhonglou"])
    assert list(Inquiry.objects.visible_to(theirs)) == []
    mine = scope_for(district.users["zhonglou"])
    assert list(Inquiry.objects.visible_to(mine)) == [inquiry]
    for name in ("npc", "contractor", "inspector"):
        assert list(Inquiry.objects.visible_to(scope_for(district.users[name]))) == []


def test_streets_see_what_was_sent_to_them_only(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    make_draft(district, programme, now=now, title="草稿")
    make_submitted(district, programme, now=now, title="待批")
    sent = make_open(
        district, programme, now=now, title="已发", streets=[district.street("zhonglou")]
    )
    seen = {
        name: list(Inquiry.objects.visible_to(scope_for(district.users[name])))
        for name in ("zhonglou", "banyanglu")
    }
    assert seen == {"zhonglou": [sent], "banyanglu": []}
    assert Inquiry.objects.visible_to(scope_for(district.users["bureau"])).count() == 3


def test_what_was_changed_meanwhile_is_not_approved(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    inquiry = make_submitted(district, programme, now=now)
    seen = inquiry.version
    services.send_back(inquiry=inquiry, comment="列太多", by=district.users["reviewer"], now=now)
    assert (inquiry.state, inquiry.submitted_by) == (InquiryState.DRAFT, None)
    defining.remove_column(inquiry=inquiry, place=2, by=district.users["bureau"], now=now)
    services.submit(inquiry=inquiry, by=district.users["bureau"], now=now)
    with pytest.raises(Refusal) as caught:
        services.approve(inquiry=inquiry, seen=seen, by=district.users["reviewer"], now=now)
    assert caught.value.code == "inquiry.overtaken"


def test_only_so_many_collect_at_once(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    set_value(
        key=MOST_OPEN.key, organisation=district.bureau, value="1", effective_on=now.date(),
        reason="减负", by=district.users["admin"], now=now,
    )  # fmt: skip
    first = make_open(district, programme, now=now)
    second = make_submitted(district, programme, now=now, title="第二项")
    call: dict[str, Any] = {"seen": second.version, "by": district.users["leader"], "now": now}
    with pytest.raises(Refusal) as caught:
        services.approve(inquiry=second, **call)
    assert caught.value.code == "inquiry.too_many_open"
    assert caught.value.message == (
        "已有 1 项正在收数（维修资金欠缴情况），按设置最多 1 项，先结束或撤销一项。"
    )
    assert AskedRow.objects.filter(inquiry=second).count() == 0
    services.cancel(inquiry=first, comment="不再需要", by=district.users["bureau"], now=now)
    assert services.approve(inquiry=second, **call).state == InquiryState.OPEN


# -- time --------------------------------------------------------------------------------------------
def test_the_last_moment_moves_later_with_a_reason(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    by = district.users["bureau"]
    first = inquiry.due_at
    for due_at, comment, code in [
        (first + timedelta(days=1), " ", "comment.missing"),
        (first, "街道停电", "inquiry.due_earlier"),
    ]:
        with pytest.raises(Refusal) as caught:
            services.extend(inquiry=inquiry, due_at=due_at, comment=comment, by=by, now=now)
        assert caught.value.code == code
    with pytest.raises(Refusal) as caught:
        services.extend(
            inquiry=inquiry, due_at=first + timedelta(hours=1), comment="停电", by=by,
            now=first + timedelta(days=1),
        )  # fmt: skip
    assert caught.value.code == "inquiry.due_past"
    services.extend(
        inquiry=inquiry, due_at=first + timedelta(days=1), comment="停电", by=by, now=now
    )
    assert (inquiry.first_due_at, inquiry.due_at, inquiry.is_extended) == (
        first,
        first + timedelta(days=1),
        True,
    )
    last = inquiry.events.last()
    assert last is not None
    assert last.comment == "延至2025年5月10日 10:00：停电"


def test_drafts_with_no_time_or_no_street_are_refused(
    district: District, programme: Programme, projects: list[Project], clock: Clock, now: datetime
) -> None:
    values = InquiryValues("名", "用途", Subject.PROJECT, programme, (), now + timedelta(days=1))
    for wrong, code in [
        (values, "inquiry.no_street"),
        (replace(values, streets=tuple(district.streets), due_at=now), "inquiry.due_past"),
    ]:
        with pytest.raises(Refusal) as caught:
            services.draft(
                bureau=district.bureau, values=wrong, by=district.users["bureau"], now=now
            )
        assert caught.value.code == code
    late = make_submitted(district, programme, now=now)
    with pytest.raises(Refusal) as caught:
        services.approve(
            inquiry=late, seen=late.version, by=district.users["reviewer"],
            now=clock.at("2025-05-12 09:00"),
        )  # fmt: skip
    assert caught.value.code == "inquiry.due_past"


def test_a_draft_is_revised_until_it_is_submitted(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    by = district.users["bureau"]
    inquiry = make_draft(district, programme, now=now)
    values = InquiryValues(
        "新名", "新用途", Subject.PROJECT, programme, (district.street("zhonglou"),), inquiry.due_at
    )
    call: dict[str, Any] = {"inquiry": inquiry, "by": by, "now": now}
    with pytest.raises(Refusal) as caught:
        services.revise(values=values, seen=inquiry.version - 1, **call)
    assert caught.value.code == "inquiry.overtaken"
    with pytest.raises(Refusal) as caught:
        services.revise(
            values=replace(values, subject=Subject.STREET), seen=inquiry.version, **call
        )
    assert (caught.value.code, caught.value.field) == ("inquiry.subject", "subject")
    services.revise(values=values, seen=inquiry.version, **call)
    assert (inquiry.title, [each.street.code for each in inquiry.streets.all()]) == (
        "新名",
        ["zhonglou"],
    )
    services.submit(inquiry=inquiry, by=by, now=now)
    with pytest.raises(StateConflict):
        services.revise(values=values, seen=inquiry.version, **call)
    with pytest.raises(StateConflict):
        defining.remove_column(inquiry=inquiry, place=1, by=by, now=now)


def test_numbers_run_by_year(
    district: District, programme: Programme, projects: list[Project], clock: Clock
) -> None:
    numbers = [
        make_draft(district, programme, now=clock.at(day)).number
        for day in ("2025-12-31 23:59", "2026-01-01 00:00", "2026-01-02")
    ]
    assert numbers == ["LS2025-001", "LS2026-001", "LS2026-002"]
