"""Acts on the weeks that an approval compares with are kept in the order in which they got their turn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from projects.ledger.models import Project
from renovation.core.errors import Refusal
from supervision.weekly import services
from supervision.weekly.earlier import Last, figures_before
from supervision.weekly.enums import ReturnAct
from supervision.weekly.models import ReturnEvent, WeeklyReturn
from supervision.weekly.return_facts import return_facts
from tests.conftest import Clock
from tests.factories.enrolment import move
from tests.factories.weekly import make_return
from tests.supervision.weekly.office import WEEK, Office, moment, values_of
from tests.supervision.weekly.test_earlier import BEFORE, books, told, write

pytestmark = pytest.mark.django_db
TURN = moment("2025-05-08 15:10:00")
LATER = TURN + timedelta(milliseconds=200)


@pytest.fixture(autouse=True)
def _thursday(clock: Clock) -> None:
    clock.at("2025-05-08 15:00")


def act_on(office: Office, april: WeeklyReturn, act: ReturnAct, now: datetime) -> WeeklyReturn:
    if act == ReturnAct.SUBMIT:
        return services.submit(weekly_return=april, by=office.clerk, now=now)
    if act == ReturnAct.SEND_BACK:
        return services.send_back(weekly_return=april, comment="核对", by=office.head, now=now)
    return services.approve(weekly_return=april, by=office.reviewer, now=now)


def april_for(office: Office, act: ReturnAct) -> WeeklyReturn:
    """The return of the week before as it stands when an act on it begins: sent back after its week was closed, sent,
    or a correction that the street has reviewed."""
    today = moment("2025-05-08 09:00")
    if act == ReturnAct.APPROVE:
        counts = make_return(
            office.street,
            dict.fromkeys(office.projects, ("8.4", 28_0000_00)),
            week_start=BEFORE.start,
        )
        april = services.correct(weekly_return=counts, reason="报错", by=office.clerk, now=today)
        write(office, april, "9.0", 29_0000_00, today)
        april = services.submit(weekly_return=april, by=office.clerk, now=today)
        return services.review(weekly_return=april, by=office.head, now=today)
    at = moment("2025-05-01 15:00")
    april = services.open_return(street=office.street, week=BEFORE, by=office.clerk, now=at)
    write(office, april, "8.4", 28_0000_00, at)
    april = services.submit(weekly_return=april, by=office.clerk, now=at)
    if act == ReturnAct.SEND_BACK:
        return april
    return services.send_back(weekly_return=april, comment="核对", by=office.head, now=today)


@pytest.mark.parametrize("act", [ReturnAct.SUBMIT, ReturnAct.SEND_BACK, ReturnAct.APPROVE])
def test_what_gets_its_turn_after_an_approval_is_kept_behind_it(
    client: Client, office: Office, act: ReturnAct
) -> None:
    """A request that began before another got its turn after it: the approver saw nothing of it."""
    one, _ = office.projects
    april = april_for(office, act)
    reviewed = office.reviewed()
    approved = services.approve(weekly_return=reviewed, by=office.reviewer, now=LATER)
    client.force_login(office.head)
    row, before = told(client, one), books(client)
    late = act_on(office, april, act, TURN)
    kept = {
        ReturnAct.SUBMIT: late.submitted_at,
        ReturnAct.SEND_BACK: late.sent_back_at,
        ReturnAct.APPROVE: late.approved_at,
    }[act]
    behind = LATER + timedelta(microseconds=1)
    assert (approved.approved_at, kept) == (LATER, behind)
    assert late.events.order_by("-pk").values_list("act", "at")[0] == (act, behind)
    assert (told(client, one), books(client)) == (row, before)


def test_of_a_project_that_moved_the_street_before_waits_as_well(office: Office) -> None:
    """Its earlier week belongs to another street than the one in which it is approved now."""
    april = april_for(office, ReturnAct.APPROVE)
    two = office.projects[1]
    move(two, office.other, date(2025, 5, 5))
    after = services.open_return(
        street=office.other, week=WEEK, by=office.district.users["zhonglou"], now=TURN
    )
    clerk, head = office.district.users["zhonglou"], office.district.users["zhonglou-head"]
    rows = [values_of(each) for each in (two, office.stranger)]
    services.write_reports(weekly_return=after, rows=rows, by=clerk, now=TURN)
    after = services.submit(weekly_return=after, by=clerk, now=TURN)
    after = services.review(weekly_return=after, by=head, now=TURN)
    approved = services.approve(weekly_return=after, by=office.reviewer, now=LATER)
    late = act_on(office, april, ReturnAct.APPROVE, TURN)
    assert late.approved_at == LATER + timedelta(microseconds=1)
    among = Project.objects.filter(pk=two.pk)
    lasts, _ = figures_before(among=among, week=WEEK, at=approved.approved_at)
    assert lasts == {two.pk: Last(BEFORE, Decimal("8.4"), 28_0000_00, is_approved=True)}


def test_who_waited_for_the_turn_is_judged_by_when_it_was_asked(office: Office) -> None:
    """Sent at the last moment, kept behind an approval: in time all the same."""
    due = moment("2025-05-09 17:00")
    act_on(
        office, april_for(office, ReturnAct.APPROVE), ReturnAct.APPROVE, due + timedelta(seconds=1)
    )
    draft = office.draft()
    sent = services.submit(weekly_return=draft, by=office.clerk, now=due)
    assert (sent.first_submitted_at, sent.due_at_met) == (due, due)
    assert sent.submitted_at == due + timedelta(seconds=1, microseconds=1)


def test_a_clock_that_was_set_moves_nobodys_moment(office: Office) -> None:
    """What is kept a day ahead is no request that overtook this one."""
    act_on(
        office, april_for(office, ReturnAct.APPROVE), ReturnAct.APPROVE, TURN + timedelta(days=1)
    )
    assert office.submitted(TURN).submitted_at == TURN


CLOSES = moment("2025-05-12 12:00")
IN_TIME, BEHIND = CLOSES - timedelta(milliseconds=100), CLOSES + timedelta(milliseconds=300)


@pytest.mark.parametrize("is_overtaken", [False, True])
def test_what_was_sent_again_in_time_counts_as_reported_whoever_had_the_turn_before(
    office: Office, is_overtaken: bool
) -> None:
    sent = office.submitted()
    services.send_back(
        weekly_return=sent, comment="核对", by=office.head, now=moment("2025-05-12 10:00")
    )
    if is_overtaken:
        april = april_for(office, ReturnAct.APPROVE)
        act_on(office, april, ReturnAct.APPROVE, BEHIND)
    sent = services.submit(weekly_return=sent, by=office.clerk, now=IN_TIME)
    kept = BEHIND + timedelta(microseconds=1) if is_overtaken else IN_TIME
    event = sent.events.get(pk=sent.events.latest("pk").pk)
    assert (sent.submitted_at, event.at, event.judged_at) == (kept, kept, IN_TIME)
    assert event.asked_at == (IN_TIME if is_overtaken else None)
    assert words(office) == ["按时"]
    # So it is mended after it was closed, as what stood reported is.
    services.send_back(
        weekly_return=sent, comment="核对", by=office.head, now=moment("2025-05-12 14:00")
    )
    services.submit(weekly_return=sent, by=office.clerk, now=moment("2025-05-12 15:00"))
    assert words(office) == ["按时"]


def test_what_was_sent_back_in_time_stood_sent_back_whoever_had_the_turn_before(
    office: Office,
) -> None:
    sent = office.submitted()
    april = april_for(office, ReturnAct.APPROVE)
    act_on(office, april, ReturnAct.APPROVE, BEHIND)
    sent = services.send_back(weekly_return=sent, comment="核对", by=office.head, now=IN_TIME)
    assert sent.sent_back_at == BEHIND + timedelta(microseconds=1)
    assert words(office) == ["按时报后退回"]


def test_what_was_sent_again_after_closing_does_not_count(office: Office) -> None:
    sent = office.submitted()
    services.send_back(weekly_return=sent, comment="核对", by=office.head, now=IN_TIME)
    april = april_for(office, ReturnAct.APPROVE)
    act_on(office, april, ReturnAct.APPROVE, BEHIND)
    with pytest.raises(Refusal) as refused:
        services.submit(weekly_return=sent, by=office.clerk, now=CLOSES + timedelta(microseconds=1))
    assert refused.value.code == "week.closed"
    assert words(office) == ["按时报后退回"]


def words(office: Office) -> list[str]:
    """How 松龄路 stands with the week once it is closed."""
    facts = return_facts(
        bureau=office.district.bureau,
        first=WEEK,
        last=WEEK,
        on=WEEK.end,
        now=moment("2025-05-12 16:00"),
    )
    return [each.word for each in facts if each.street == office.street]


def test_no_act_is_asked_for_after_it_was_kept(office: Office) -> None:
    sent = office.submitted()
    with (
        pytest.raises(IntegrityError, match="return_event_asked_before_its_turn"),
        transaction.atomic(),
    ):
        ReturnEvent.objects.create(
            weekly_return=sent, act=ReturnAct.SUBMIT, at=TURN, asked_at=TURN, by=office.clerk
        )
