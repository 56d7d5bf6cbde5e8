"""Inquiries as a bureau makes them: drafted, submitted, sent out by the services themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from projects.ledger.models import Programme
from renovation.accounts.models import Organisation
from supervision.inquiries import answering, defining, services
from supervision.inquiries.defining import ColumnValues
from supervision.inquiries.enums import ColumnKind, Subject
from supervision.inquiries.models import Inquiry, StreetAnswer
from supervision.inquiries.services import InquiryValues
from supervision.inquiries.values import Stored

from .accounts import District

ARREARS = ColumnValues(label="欠缴维修资金户数", kind=ColumnKind.INTEGER, unit="户")
MANAGED = ColumnValues(label="是否有物业", kind=ColumnKind.YES_NO)


def make_draft(
    district: District,
    programme: Programme,
    *,
    now: datetime,
    columns: Sequence[ColumnValues] = (ARREARS, MANAGED),
    filled: Sequence[str] = ("ledger.household_count",),
    subject: Subject = Subject.PROJECT,
    streets: Sequence[Organisation] = (),
    title: str = "维修资金欠缴情况",
    due_in: timedelta = timedelta(days=2),
) -> Inquiry:
    """A draft of the bureau's clerk over all three streets."""
    by = district.users["bureau"]
    inquiry = services.draft(
        bureau=district.bureau,
        values=InquiryValues(
            title=title,
            purpose="区政府常务会研究维修资金补缴办法，周五上会。",
            subject=subject,
            programme=programme,
            streets=tuple(streets or district.streets),
            due_at=now + due_in,
        ),
        by=by,
        now=now,
    )
    for column in columns:
        defining.add_column(inquiry=inquiry, values=column, by=by, now=now)
    for code in filled:
        defining.fill_column(inquiry=inquiry, code=code, by=by, now=now)
    return inquiry


def make_submitted(
    district: District, programme: Programme, *, now: datetime, **more: Any
) -> Inquiry:
    """One that waits for its approval."""
    inquiry = make_draft(district, programme, now=now, **more)
    return services.submit(inquiry=inquiry, by=district.users["bureau"], now=now)


def make_open(district: District, programme: Programme, *, now: datetime, **more: Any) -> Inquiry:
    """One that collects."""
    inquiry = make_submitted(district, programme, now=now, **more)
    return services.approve(
        inquiry=inquiry, seen=inquiry.version, by=district.users["reviewer"], now=now
    )


def make_answer(
    inquiry: Inquiry,
    district: District,
    street: str,
    *,
    now: datetime,
    values: Mapping[str, Stored] | None = None,
) -> StreetAnswer:
    """The street fills in the same in all of its rows."""
    place = district.street(street)
    rows = inquiry.rows.filter(street=place)
    made = answering.answer(
        inquiry=inquiry,
        street=place,
        rows={row.pk: values or {"c1": 12, "c2": True} for row in rows},
        by=district.users[street],
        now=now,
    )
    assert made is not None
    return made
