"""Answers: whole versions, late ones marked, the same again is nothing, a closed table is frozen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from projects.ledger.models import Programme, Project
from renovation.core.errors import Forbidden, Refusal, StateConflict
from supervision.inquiries import answering, policies, services
from supervision.inquiries.enums import ColumnKind, InquiryState
from supervision.inquiries.models import (
    AskedColumn,
    AskedRow,
    FilledColumn,
    Inquiry,
    InquiryEvent,
    InquiryStreet,
    StreetAnswer,
    StreetAnswerRow,
)
from supervision.inquiries.table import table_of
from tests.conftest import Clock
from tests.factories.accounts import District, scope_for
from tests.factories.inquiries import make_answer, make_draft, make_open, make_submitted

pytestmark = pytest.mark.django_db


def _street_table(inquiry: Inquiry, district: District, name: str, now: datetime) -> Any:
    return table_of(inquiry=inquiry, streets=[district.street(name).pk], now=now)


def test_an_answer_grows_by_versions(inquiry: Inquiry, district: District, now: datetime) -> None:
    street, by = district.street("zhonglou"), district.users["zhonglou"]
    first, second = inquiry.rows.filter(street=street)
    call: dict[str, Any] = {"inquiry": inquiry, "street": street, "by": by, "now": now}
    one = answering.answer(rows={first.pk: {"c1": 3, "c2": False}}, **call)
    assert one is not None
    assert (one.version, one.is_complete, one.is_late) == (1, False, False)
    again = answering.answer(rows={first.pk: {"c1": 3, "c2": False}}, **call)
    assert again == one
    two = answering.answer(rows={second.pk: {"c1": 4, "c2": True}}, **call)
    assert two is not None
    assert (two.version, two.is_complete) == (2, True)
    assert {row.row_id: row.values for row in two.rows.all()} == {
        first.pk: {"c1": 3, "c2": False},
        second.pk: {"c1": 4, "c2": True},
    }
    standing = _street_table(inquiry, district, "zhonglou", now).standings[0]
    assert (standing.word, standing.answered_count, standing.row_count) == ("已报齐", 2, 2)
    assert StreetAnswer.objects.count() == 2


def test_late_is_what_was_complete_after_the_last_moment(
    inquiry: Inquiry, district: District, now: datetime, clock: Clock
) -> None:
    make_answer(inquiry, district, "banyanglu", now=inquiry.due_at)
    late = clock.at("2025-05-09 10:01")
    made = make_answer(inquiry, district, "zhonglou", now=late)
    assert made.is_late
    table = table_of(inquiry=inquiry, streets=[street.pk for street in district.streets], now=late)
    assert [(each.street.code, each.word) for each in table.standings] == [
        ("banyanglu", "已报齐"),
        ("songlinglu", "未报"),
        ("zhonglou", "迟报"),
    ]
    assert [each.street.code for each in table.missing] == ["songlinglu"]
    # Once in time is in time: a later correction does not make it late.
    make_answer(inquiry, district, "banyanglu", now=late, values={"c1": 1, "c2": False})
    table = _street_table(inquiry, district, "banyanglu", late)
    assert (table.standings[0].word, table.standings[0].version_count) == ("已报齐", 2)


def test_an_extension_saves_from_being_late(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    first = inquiry.due_at
    services.extend(
        inquiry=inquiry, due_at=first + timedelta(days=1), comment="停电",
        by=district.users["bureau"], now=now,
    )  # fmt: skip
    made = make_answer(inquiry, district, "zhonglou", now=first + timedelta(hours=2))
    assert (made.is_late, made.due_at_met) == (False, first + timedelta(days=1))


def test_who_answers(inquiry: Inquiry, district: District, now: datetime) -> None:
    street = district.street("zhonglou")
    can = {
        name: policies.can_answer(
            inquiry=inquiry, street=street, scope=scope_for(district.users[name])
        )
        for name in ("zhonglou", "zhonglou-head", "banyanglu", "bureau")
    }
    assert can == {"zhonglou": True, "zhonglou-head": False, "banyanglu": False, "bureau": False}
    with pytest.raises(Forbidden):
        policies.check_answer(
            inquiry=inquiry, street=street, scope=scope_for(district.users["banyanglu"])
        )
    theirs = inquiry.rows.exclude(street=street).first()
    assert theirs is not None
    with pytest.raises(Refusal) as caught:
        answering.answer(
            inquiry=inquiry, street=street, rows={theirs.pk: {"c1": 1, "c2": True}},
            by=district.users["zhonglou"], now=now,
        )  # fmt: skip
    assert caught.value.code == "answer.other_row"
    assert StreetAnswer.objects.count() == 0
    make_answer(inquiry, district, "banyanglu", now=now)
    mine = StreetAnswer.objects.visible_to(scope_for(district.users["zhonglou"]))
    assert list(mine) == []
    assert StreetAnswer.objects.visible_to(scope_for(district.users["bureau"])).count() == 1


def test_an_answer_over_a_newer_one_is_shown_first(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    make_answer(inquiry, district, "banyanglu", now=now)
    street, by = district.street("banyanglu"), district.users["banyanglu"]
    row = inquiry.rows.get(street=street)
    call: dict[str, Any] = {"inquiry": inquiry, "street": street, "by": by, "now": now}
    with pytest.raises(Refusal) as caught:
        answering.answer(rows={row.pk: {"c1": 7, "c2": True}}, seen=0, **call)
    assert caught.value.code == "answer.overtaken"
    made = answering.answer(rows={row.pk: {"c1": 7, "c2": True}}, seen=1, **call)
    assert made is not None
    assert made.version == 2


# -- closing -----------------------------------------------------------------------------------------
def test_closing_keeps_the_table_with_what_the_portal_knew(
    inquiry: Inquiry, district: District, projects: list[Project], now: datetime
) -> None:
    make_answer(inquiry, district, "zhonglou", now=now)
    streets = [street.pk for street in district.streets]
    before = table_of(inquiry=inquiry, streets=streets, now=now)
    code = before.known[0].code
    assert [line.filled.get(code) for line in before.lines] == [100, 100, 100, 100]
    services.close(inquiry=inquiry, by=district.users["bureau"], now=now)
    estate = projects[0].estates.get()
    estate.household_count = 999
    estate.save()
    after = table_of(inquiry=inquiry, streets=streets, now=now)
    assert [after.filled_text(line, after.known[0]) for line in after.lines] == ["100"] * 4
    assert [(total.shown, total.answered, total.asked) for total in after.totals()] == [
        ("24", 2, 4),
        ("—", 2, 4),
    ]
    assert [total.shown for total in after.totals(district.street("banyanglu"))] == ["—", "—"]


def test_nothing_is_answered_outside_of_the_collecting(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    services.close(inquiry=inquiry, by=district.users["bureau"], now=now)
    with pytest.raises(StateConflict):
        make_answer(inquiry, district, "zhonglou", now=now)
    with pytest.raises(StateConflict):
        services.cancel(inquiry=inquiry, comment="错", by=district.users["bureau"], now=now)


# -- what the database refuses -----------------------------------------------------------------------
def _refused(write: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def _rows(model: type[models.Model], **fields: Any) -> Any:
    return model._default_manager.filter(**fields)


def test_the_database_keeps_what_was_sent_out(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    pk = inquiry.pk
    answer = make_answer(inquiry, district, "zhonglou", now=now)
    row = AskedRow.objects.filter(inquiry=inquiry).first()
    assert row is not None
    attempts: list[Callable[[], Any]] = [
        lambda: _rows(AskedColumn, inquiry=inquiry).update(label="别的"),
        lambda: _rows(AskedColumn, inquiry=inquiry)._raw_delete("default"),
        lambda: AskedColumn.objects.create(inquiry=inquiry, place=3, label="加", kind="integer"),
        lambda: _rows(FilledColumn, inquiry=inquiry).update(code="ledger.name"),
        lambda: FilledColumn.objects.create(inquiry=inquiry, place=3, code="ledger.name"),
        lambda: _rows(InquiryStreet, inquiry=inquiry)._raw_delete("default"),
        lambda: InquiryStreet.objects.create(inquiry=inquiry, street=district.bureau),
        lambda: AskedRow.objects.create(inquiry=inquiry, street=district.bureau),
        lambda: _rows(AskedRow, pk=row.pk).update(street=district.bureau),
        lambda: _rows(AskedRow, inquiry=inquiry)._raw_delete("default"),
        lambda: _rows(Inquiry, pk=pk).update(purpose="别的用途"),
        lambda: _rows(Inquiry, pk=pk).update(approved_by=district.users["leader"]),
        lambda: _rows(Inquiry, pk=pk).update(first_due_at=now),
        lambda: _rows(Inquiry, pk=pk)._raw_delete("default"),
        lambda: _rows(StreetAnswer, pk=answer.pk).update(answered_at=now),
        lambda: _rows(StreetAnswer, pk=answer.pk)._raw_delete("default"),
        lambda: _rows(StreetAnswerRow, answer=answer).update(values={}),
        lambda: _rows(StreetAnswerRow, answer=answer)._raw_delete("default"),
        lambda: _rows(InquiryEvent, inquiry=inquiry).update(comment="改"),
        lambda: _rows(InquiryEvent, inquiry=inquiry)._raw_delete("default"),
    ]
    assert [place for place, write in enumerate(attempts) if not _refused(write)] == []
    assert not _refused(lambda: _rows(AskedRow, pk=row.pk).update(filled={"a": "b"}))


@pytest.mark.parametrize("ending", ["close", "cancel"])
def test_the_database_keeps_what_is_over(
    inquiry: Inquiry, district: District, now: datetime, ending: str
) -> None:
    by = district.users["bureau"]
    if ending == "close":
        services.close(inquiry=inquiry, by=by, now=now)
    else:
        services.cancel(inquiry=inquiry, comment="不再需要", by=by, now=now)
    row = AskedRow.objects.filter(inquiry=inquiry).first()
    assert row is not None
    attempts: list[Callable[[], Any]] = [
        lambda: _rows(Inquiry, pk=inquiry.pk).update(state=InquiryState.OPEN),
        lambda: _rows(Inquiry, pk=inquiry.pk).update(due_at=now + timedelta(days=9)),
        lambda: _rows(AskedRow, pk=row.pk).update(filled={"a": "b"}),
        lambda: StreetAnswer.objects.create(
            inquiry=inquiry, street=row.street, version=1, answered_by=by, answered_at=now,
            due_at_met=now, is_complete=True,
        ),
    ]  # fmt: skip
    assert [place for place, write in enumerate(attempts) if not _refused(write)] == []


def test_no_row_goes_into_an_answer_once_it_is_over(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    answer = make_answer(inquiry, district, "zhonglou", now=now)
    services.close(inquiry=inquiry, by=district.users["bureau"], now=now)
    other = AskedRow.objects.filter(inquiry=inquiry).exclude(street=answer.street).first()
    assert _refused(lambda: StreetAnswerRow.objects.create(answer=answer, row=other, values={}))


def test_a_submitted_one_is_not_changed_under_the_approver(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    inquiry = make_submitted(district, programme, now=now)
    assert _refused(lambda: _rows(Inquiry, pk=inquiry.pk).update(purpose="别的"))
    assert _refused(lambda: _rows(AskedColumn, inquiry=inquiry).update(label="别的"))


def test_every_constraint_holds(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    inquiry = make_draft(district, programme, now=now)
    by, other = district.users["bureau"], district.users["reviewer"]
    draft = _rows(Inquiry, pk=inquiry.pk)
    column = AskedColumn.objects.filter(inquiry=inquiry, place=1)
    street = district.street("zhonglou")

    def add(**fields: Any) -> Any:
        values = {"inquiry": inquiry, "place": 5, "label": "新列", "kind": ColumnKind.INTEGER}
        return AskedColumn.objects.create(**(values | fields))

    attempts: dict[str, Callable[[], Any]] = {
        "inquiry_has_purpose": lambda: draft.update(purpose=""),
        "inquiry_approver_did_not_draft": lambda: draft.update(approved_by=by),
        "inquiry_approver_did_not_submit": lambda: draft.update(
            submitted_by=other, approved_by=other
        ),
        "inquiry_open_is_approved": lambda: draft.update(state="open"),
        "inquiry_closed_at_and_by": lambda: draft.update(closed_by=by, closed_at=now),
        "inquiry_due_moves_later_only": lambda: draft.update(
            first_due_at=inquiry.due_at + timedelta(days=1)
        ),
        "inquiry_street_once": lambda: InquiryStreet.objects.create(inquiry=inquiry, street=street),
        "asked_column_place_once": lambda: add(place=1),
        "asked_column_label_once": lambda: add(label="是否有物业"),
        "asked_column_at_most_ten": lambda: add(place=11),
        "asked_column_bounds_in_order": lambda: column.update(minimum=5, maximum=4),
        "asked_column_days_in_order": lambda: add(
            kind="date", earliest=date(2025, 5, 2), latest=date(2025, 5, 1)
        ),
        "asked_column_choice_has_options": lambda: add(kind="choice"),
        "filled_column_once": lambda: FilledColumn.objects.create(
            inquiry=inquiry, place=2, code="ledger.household_count"
        ),
        "filled_column_place_once": lambda: FilledColumn.objects.create(
            inquiry=inquiry, place=1, code="ledger.name"
        ),
        "filled_column_at_most_ten": lambda: FilledColumn.objects.create(
            inquiry=inquiry, place=11, code="ledger.name"
        ),
    }
    assert [name for name, write in attempts.items() if not _refused(write)] == []
    assert not _refused(add)
    assert not _refused(lambda: add(place=6, label="选", kind="choice", options=["甲", "乙"]))


def test_rows_and_versions_stand_once(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    waiting = make_submitted(district, programme, now=now)
    street = district.street("zhonglou")
    project = projects[2]
    AskedRow.objects.create(inquiry=waiting, street=street, project=project)
    AskedRow.objects.create(inquiry=waiting, street=street)
    assert _refused(
        lambda: AskedRow.objects.create(inquiry=waiting, street=street, project=project)
    )
    assert _refused(lambda: AskedRow.objects.create(inquiry=waiting, street=street))
    running = make_open(district, programme, now=now, title="另一项")
    answer = make_answer(running, district, "zhonglou", now=now)
    assert _refused(
        lambda: StreetAnswer.objects.create(
            inquiry=running, street=street, version=1, answered_by=answer.answered_by,
            answered_at=now, due_at_met=now, is_complete=True,
        )
    )  # fmt: skip
    row = answer.rows.first()
    assert row is not None
    assert _refused(lambda: StreetAnswerRow.objects.create(answer=answer, row=row.row, values={}))
