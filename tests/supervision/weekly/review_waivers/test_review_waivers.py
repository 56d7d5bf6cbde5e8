"""街道审核停用: for given days the bureau is the second person; sender and approver stay two."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from renovation.accounts.models import Membership
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from supervision.weekly import services
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.review_waivers.models import ReviewWaiver
from supervision.weekly.review_waivers.services import restore_review, waive_review
from supervision.weekly.waiting import waiting_for
from tests.factories.accounts import scope_for
from tests.factories.weekly import make_return
from tests.supervision.weekly.office import THURSDAY, Office, moment

pytestmark = pytest.mark.django_db
PAGE = "/weekly/2025-05-05/songlinglu/"
FIRST, LAST = date(2025, 5, 7), date(2025, 5, 8)


def waived(office: Office, **more: Any) -> ReviewWaiver:
    values: dict[str, Any] = {
        "street": office.street,
        "valid_from": FIRST,
        "valid_to": LAST,
        "reason": "街道只有一名经办人",
        "by": office.reviewer,
        "now": moment("2025-05-06 09:00"),
    }
    return waive_review(**(values | more))


def test_the_bureau_is_the_second_person(office: Office) -> None:
    waiver = waived(office)
    sent = office.submitted()
    assert (sent.state, sent.review_waiver) == ("submitted", waiver)
    with pytest.raises(StateConflict, match="由区局直接核定"):
        services.review(weekly_return=sent, by=office.head, now=THURSDAY)
    approved = services.approve(weekly_return=sent, by=office.reviewer, now=THURSDAY)
    assert (approved.state, approved.reviewed_by, approved.approved_by) == (
        "approved",
        None,
        office.reviewer,
    )
    entry = AuditEntry.objects.get(act="return.waive_review")
    assert (entry.actor, entry.organisation, entry.reason) == (
        office.reviewer,
        office.street,
        "街道只有一名经办人",
    )


def test_sender_and_approver_stay_two_persons(office: Office) -> None:
    waived(office)
    sent = office.submitted()
    Membership.objects.create(
        user=office.clerk, organisation=office.district.bureau, role="reviewer"
    )
    with pytest.raises(Forbidden, match="报送和核定不能是同一个人"):
        services.approve(weekly_return=sent, by=office.clerk, now=THURSDAY)
    with (
        pytest.raises(IntegrityError, match="return_approver_did_not_submit"),
        transaction.atomic(),
    ):
        WeeklyReturn.objects.filter(pk=sent.pk).update(approved_by=office.clerk)


@pytest.mark.parametrize(
    ("sent_at", "is_waived"),
    [
        ("2025-05-06 23:59", False),
        ("2025-05-07 00:00", True),
        ("2025-05-08 23:59", True),
        ("2025-05-09 00:00", False),
    ],
)
def test_the_day_of_sending_decides(office: Office, sent_at: str, is_waived: bool) -> None:
    waived(office)
    sent = office.submitted(moment(sent_at))
    assert (sent.review_waiver is not None) is is_waived


def test_what_was_sent_keeps_its_way(office: Office) -> None:
    sent = office.submitted(moment("2025-05-06 15:00"))
    waiver = waived(office)
    with pytest.raises(StateConflict, match="只有街道审核过的周报才能核定。当前状态：已报送。"):
        services.approve(weekly_return=sent, by=office.reviewer, now=THURSDAY)
    back = services.send_back(
        weekly_return=sent, comment="请重报", by=office.reviewer, now=THURSDAY
    )
    again = services.submit(weekly_return=back, by=office.clerk, now=THURSDAY)
    restore_review(waiver=waiver, by=office.reviewer, now=THURSDAY)
    done = services.approve(weekly_return=again, by=office.reviewer, now=THURSDAY)
    assert done.state == "approved"


def test_another_street_is_reviewed_as_before(office: Office) -> None:
    waived(office, street=office.other)
    assert office.submitted().review_waiver is None


def test_what_waits_waits_for_the_bureau(office: Office) -> None:
    waived(office)
    office.submitted()

    def titles(user: Any) -> list[str]:
        return [each.title for each in waiting_for(scope=scope_for(user), now=THURSDAY)]

    assert "核定松龄路街道第19周周报" in titles(office.reviewer)
    assert "审核松龄路街道第19周周报" not in titles(office.head)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"valid_to": date(2025, 5, 6)}, "review_waiver.days"),
        ({"valid_from": date(2025, 5, 5)}, "review_waiver.days"),
        ({"reason": " "}, "review_waiver.reason"),
    ],
)
def test_what_is_refused(office: Office, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        waived(office, **more)
    assert refused.value.code == code


def test_one_at_a_time_and_by_the_bureaus_reviewer_alone(office: Office) -> None:
    waived(office)
    with pytest.raises(Refusal, match="已经停用"):
        waived(office, valid_from=LAST, valid_to=date(2025, 6, 1))
    for by in (office.head, office.district.users["bureau"]):
        with pytest.raises(Forbidden):
            waived(office, by=by, street=office.street, valid_from=date(2025, 6, 1))


def test_it_ends_once_and_is_never_rewritten(office: Office) -> None:
    waiver = waived(office)
    with pytest.raises(Forbidden):
        restore_review(waiver=waiver, by=office.head, now=THURSDAY)
    restore_review(waiver=waiver, by=office.reviewer, now=THURSDAY)
    with pytest.raises(StateConflict):
        restore_review(waiver=waiver, by=office.reviewer, now=THURSDAY)
    rows = ReviewWaiver.objects.filter(pk=waiver.pk)
    with pytest.raises(IntegrityError, match="不能修改"), transaction.atomic():
        rows.update(valid_to=date(2025, 12, 31))
    with pytest.raises(IntegrityError, match="不能删除"), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"valid_to": date(2025, 5, 1)}, "review_waiver_ends_after_start"),
        ({"reason": ""}, "review_waiver_has_a_reason"),
        ({"ended_at": THURSDAY}, "review_waiver_ended_at_and_by"),
    ],
)
def test_the_constraints(office: Office, values: dict[str, Any], name: str) -> None:
    fields: dict[str, Any] = {
        "street": office.street,
        "valid_from": FIRST,
        "valid_to": LAST,
        "reason": "街道只有一名经办人",
        "approved_by": office.reviewer,
        "approved_at": THURSDAY,
    }
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ReviewWaiver.objects.create(**(fields | values))


def test_nothing_is_approved_without_review_or_waiver(office: Office) -> None:
    row = make_return(office.street, {})
    with (
        pytest.raises(IntegrityError, match="return_was_reviewed_or_waived"),
        transaction.atomic(),
    ):
        WeeklyReturn.objects.create(
            street=office.other,
            week_start=row.week_start,
            state="approved",
            opened_at=THURSDAY,
            submitted_by=office.clerk,
            submitted_at=THURSDAY,
            approved_by=office.reviewer,
            approved_at=THURSDAY,
        )


@pytest.mark.parametrize("count", [1, 3])
@time_machine.travel(THURSDAY, tick=False)
def test_the_way_by_its_pages(
    client: Client, office: Office, count: int, django_assert_num_queries: Any
) -> None:
    client.force_login(office.reviewer)
    given = {"street": str(office.street.pk), "valid_from": "2025-05-08", "valid_to": "2025-05-09"}
    assert client.post("/weekly/review-waivers/new/", given).status_code == 422
    client.post("/weekly/review-waivers/new/", given | {"reason": "街道只有一名经办人"})
    for street in [office.other, office.district.street("banyanglu")][: count - 1]:
        waived(office, street=street, valid_to=date(2025, 5, 9))
    with django_assert_num_queries(6):
        page = client.get("/weekly/review-waivers/?standing=now").content.decode()
    assert page.count("2025年5月9日") == count
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get("/weekly/review-waivers/export/?standing=over").content)
    )["街道审核停用"]
    assert "松龄路街道" not in [cell.value for row in sheet.iter_rows() for cell in row]
    office.submitted()
    shown = client.get(PAGE).content.decode()
    assert "报送时街道审核停用。" in shown
    assert "批准：街道只有一名经办人。" in shown
    assert client.post(f"{PAGE}act/approve/", {"version": "1"}).status_code == 302
    client.force_login(office.head)
    assert client.get("/weekly/review-waivers/new/").status_code == 403
    assert "钟楼街道" not in client.get("/weekly/review-waivers/").content.decode()
