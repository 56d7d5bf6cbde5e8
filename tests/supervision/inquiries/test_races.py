"""Two people at once: approved once and within the limit; an answer comes before the closing or not at all."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from projects.ledger.models import Programme
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from renovation.records.services import set_value
from supervision.inquiries import answering, services
from supervision.inquiries.enums import InquiryState
from supervision.inquiries.models import AskedRow, Inquiry, InquiryEvent, StreetAnswer
from supervision.inquiries.parameters import MOST_OPEN
from tests.factories.accounts import District, make_district
from tests.factories.inquiries import make_open, make_submitted
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


@pytest.fixture
def district(transactional_db: None) -> District:
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    make_project(programme=made, street=district.street("zhonglou"))
    return made


def _refusals(answers: list[Any]) -> list[str]:
    wrong = [one for one in answers if isinstance(one, BaseException)]
    assert not [one for one in wrong if not isinstance(one, Refusal)]
    return [one.code for one in wrong if isinstance(one, Refusal)]


def test_two_approve_once(district: District, programme: Programme) -> None:
    inquiry = make_submitted(district, programme, now=NOW)

    def approve(user: str) -> Inquiry:
        return services.approve(
            inquiry=Inquiry.objects.get(pk=inquiry.pk),
            seen=inquiry.version,
            by=district.users[user],
            now=NOW,
        )

    answers = at_once(lambda: approve("reviewer"), lambda: approve("leader"))
    assert _refusals(answers) == ["state.conflict"]
    assert AskedRow.objects.filter(inquiry=inquiry).count() == 1
    assert InquiryEvent.objects.filter(inquiry=inquiry, act="approve").count() == 1


def test_two_approvals_keep_the_limit(district: District, programme: Programme) -> None:
    set_value(
        key=MOST_OPEN.key, organisation=district.bureau, value="1", effective_on=NOW.date(),
        reason="减负", by=district.users["admin"], now=NOW,
    )  # fmt: skip
    both = [make_submitted(district, programme, now=NOW, title=title) for title in ("甲", "乙")]

    def approve(inquiry: Inquiry, user: str) -> Inquiry:
        return services.approve(
            inquiry=Inquiry.objects.get(pk=inquiry.pk),
            seen=inquiry.version,
            by=district.users[user],
            now=NOW,
        )

    answers = at_once(lambda: approve(both[0], "reviewer"), lambda: approve(both[1], "leader"))
    assert _refusals(answers) == ["inquiry.too_many_open"]
    assert Inquiry.objects.filter(state=InquiryState.OPEN).count() == 1


def test_an_answer_meets_the_closing(district: District, programme: Programme) -> None:
    inquiry = make_open(district, programme, now=NOW)
    street = district.street("zhonglou")
    row = AskedRow.objects.get(inquiry=inquiry)

    def answer() -> Any:
        return answering.answer(
            inquiry=Inquiry.objects.get(pk=inquiry.pk),
            street=street,
            rows={row.pk: {"c1": 1, "c2": True}},
            by=district.users["zhonglou"],
            now=NOW,
        )

    def close() -> Any:
        return services.close(
            inquiry=Inquiry.objects.get(pk=inquiry.pk), by=district.users["bureau"], now=NOW
        )

    refused = _refusals(at_once(answer, close))
    inquiry.refresh_from_db()
    assert inquiry.state == InquiryState.CLOSED
    # Either the answer came first and stands, or it was refused and nothing stands.
    assert (len(refused), StreetAnswer.objects.count()) in {(0, 1), (1, 0)}
    assert set(refused) <= {"state.conflict"}


def test_two_clerks_make_two_versions(district: District, programme: Programme) -> None:
    inquiry = make_open(district, programme, now=NOW)
    street = district.street("zhonglou")
    row = AskedRow.objects.get(inquiry=inquiry)

    def answer(count: int) -> Any:
        return answering.answer(
            inquiry=Inquiry.objects.get(pk=inquiry.pk),
            street=street,
            rows={row.pk: {"c1": count, "c2": True}},
            by=district.users["zhonglou"],
            now=NOW,
            seen=0,
        )

    assert _refusals(at_once(lambda: answer(1), lambda: answer(2))) == ["answer.overtaken"]
    assert list(StreetAnswer.objects.values_list("version", flat=True)) == [1]
