"""Personal links: once, in time, for one household; hashed at rest; taken in by the tick."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.consent.enums import Choice, RoundState, Standing, Way
from projects.consent.models import Answer, Link
from projects.consent.public import services as public
from projects.consent.public.models import Invitation, PublicRound, Submission
from projects.consent.public.services import Door
from projects.consent.schedules import SWEEPS
from projects.consent.services import links, rounds
from projects.consent.sheet import print_links
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.records.models import AuditEntry
from renovation.records.services import set_value
from tests.conftest import Clock
from tests.factories.consent import AnswerFactory, HouseholdFactory

from .scene import CANARY_NAME, CANARY_PHONE, Scene, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


def issue(scene: Scene, clock: Clock, count: int = 2, at: str = "2025-05-07 10:00") -> list[str]:
    tickets = links.issue_links(
        found=scene.round,
        households=scene.households[:count],
        by=scene.user("zhonglou"),
        now=clock.at(at),
    )
    return [ticket.token for ticket in tickets]


def hand_in(token: str, clock: Clock, at: str = "2025-05-08 20:00", **fields: Any) -> Submission:
    now = clock.at(at)
    opened = public.open_invitation(token=token, now=now)
    assert opened is not None
    values = {"choice": "agree", "items": [], "opinion": ""} | fields
    return public.submit(invitation=opened.invitation, now=now, **values)


def door(token: str, clock: Clock, at: str = "2025-05-08 20:00") -> Door | None:
    opened = public.open_invitation(token=token, now=clock.at(at))
    return opened.door if opened else None


def test_a_token_stands_nowhere_and_its_invitation_knows_no_name(
    scene: Scene, clock: Clock
) -> None:
    token = issue(scene, clock, 1)[0]
    invitation = Invitation.objects.get()
    assert len(token) >= 24
    assert token not in repr(vars(invitation))
    assert (invitation.estate, invitation.place) == ("文昌园小区", "1号楼1单元101室")
    shown = repr(vars(invitation)) + repr(invitation.round.content)
    assert CANARY_NAME not in shown
    assert CANARY_PHONE not in shown
    entry = AuditEntry.objects.get(act="consent.links")
    assert entry.sentence == "为文昌园第1轮征询印制 1 户的二维码，先前未用的作废"


def test_it_expires_with_its_days_or_with_the_round(scene: Scene, clock: Clock) -> None:
    issue(scene, clock, 1)
    assert local_day(Invitation.objects.get().expires_at) == date(2025, 6, 7)
    set_value(
        key="consent.link_days",
        organisation=scene.district.bureau,
        value="365",
        effective_on=date(2025, 1, 1),
        reason="试用",
        by=None,
        now=clock.at("2025-05-07 10:00"),
    )
    issue(scene, clock, 1)
    latest = Invitation.objects.get(revoked_at=None)
    assert local_day(latest.expires_at) == date(2025, 7, 1)


def test_every_link_that_is_none_opens_nothing(scene: Scene, clock: Clock) -> None:
    token = issue(scene, clock, 1)[0]
    assert door(token, clock) is Door.ANSWER
    for guess in ("", "x", token[:-1], token + "A", token.swapcase(), "A" * 5000):
        assert door(guess, clock) is None
    issue(scene, clock, 1)
    assert door(token, clock) is None


def test_a_link_is_used_once(scene: Scene, clock: Clock) -> None:
    token = issue(scene, clock, 1)[0]
    opened = public.open_invitation(token=token, now=clock.at("2025-05-08 20:00"))
    assert opened is not None
    hand_in(token, clock)
    assert door(token, clock) is Door.ANSWERED
    with pytest.raises(Refusal) as refused:
        public.submit(
            invitation=opened.invitation,
            choice="disagree",
            items=[],
            opinion="",
            now=clock.at("2025-05-08 20:00"),
        )
    assert refused.value.code == "consent.answered"
    assert Submission.objects.get().choice == "agree"


def test_expired_and_closed_links_take_no_answer(scene: Scene, clock: Clock) -> None:
    first, second = issue(scene, clock)
    assert door(first, clock, "2025-06-06 23:59") is Door.ANSWER
    assert door(first, clock, "2025-06-07 00:00") is Door.EXPIRED
    opened = public.open_invitation(token=second, now=clock.at("2025-05-09 10:00"))
    assert opened is not None
    rounds.close_round(
        found=scene.round, by=scene.user("zhonglou-head"), now=clock.at("2025-05-09 11:00")
    )
    assert door(second, clock, "2025-05-09 11:01") is Door.CLOSED
    with pytest.raises(Refusal) as refused:
        public.submit(
            invitation=opened.invitation,
            choice="agree",
            items=[],
            opinion="",
            now=clock.at("2025-05-09 11:01"),
        )
    assert refused.value.code == "consent.closed"


def test_what_came_in_is_taken_in_once_by_the_tick(scene: Scene, clock: Clock) -> None:
    token = issue(scene, clock, 1)[0]
    hand_in(token, clock, opinion="请留消防通道")
    assert b"\xe6\xb6\x88" not in bytes(Submission.objects.get().opinion_sealed)
    take_in = next(sweep for sweep in SWEEPS if sweep.code == "consent.take_in")
    now = clock.at("2025-05-08 20:01")
    assert (take_in.run(now), take_in.run(now)) == (1, 0)
    made = Answer.objects.get()
    assert (made.household, made.way, made.choice, made.standing, made.answered_on) == (
        scene.first,
        Way.LINK,
        Choice.AGREE,
        Standing.CURRENT,
        date(2025, 5, 8),
    )
    assert (made.opinion, made.recorded_by) == ("请留消防通道", None)
    assert bytes(Submission.objects.get().opinion_sealed) == b""
    entry = AuditEntry.objects.get(act="consent.take")
    assert entry.actor is None
    assert "消防" not in repr((entry.sentence, entry.changes))


@pytest.mark.parametrize(
    ("choice", "standing", "before"),
    [
        ("agree", Standing.CURRENT, Standing.REPLACED),
        ("disagree", Standing.HELD, Standing.CURRENT),
    ],
)
def test_an_answer_that_contradicts_one_on_paper_is_held(
    scene: Scene, clock: Clock, choice: str, standing: Standing, before: Standing
) -> None:
    token = issue(scene, clock, 1)[0]
    paper = AnswerFactory(round=scene.round, household=scene.first)
    hand_in(token, clock, choice=choice)
    links.take_in(now=clock.at("2025-05-08 20:01"))
    made = Answer.objects.get(way=Way.LINK)
    paper.refresh_from_db()
    assert (made.standing, paper.standing) == (standing, before)


def test_closing_takes_in_what_was_handed_in_before(scene: Scene, clock: Clock) -> None:
    token = issue(scene, clock, 1)[0]
    hand_in(token, clock)
    rounds.close_round(
        found=scene.round, by=scene.user("zhonglou-head"), now=clock.at("2025-05-09 11:00")
    )
    assert Answer.objects.get().way == Way.LINK


def test_closing_first_shuts_the_public_side_and_takes_in_all_there_is(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than one round of the tick, and a link whose household is still to come is left alone."""
    monkeypatch.setattr(links, "TAKEN_AT_ONCE", 2)
    for token in issue(scene, clock, 5):
        hand_in(token, clock)
    strange = Invitation.objects.create(
        reference=uuid.uuid4(),
        round_id=scene.round.reference,
        digest="x",
        estate="",
        place="",
        expires_at=clock.at("2025-06-01 10:00"),
    )
    Submission.objects.create(
        invitation=strange, choice="agree", submitted_at=clock.at("2025-05-09 10:00")
    )
    rounds.close_round(
        found=scene.round, by=scene.user("zhonglou-head"), now=clock.at("2025-05-09 11:00")
    )
    assert (Answer.objects.count(), scene.round.state) == (5, RoundState.CLOSED)
    assert Submission.objects.get(taken_at=None).invitation == strange
    assert PublicRound.objects.get().closed_at == clock.at("2025-05-09 11:00")


def test_codes_that_were_handed_out_stay_valid_where_the_sheet_cannot_be_made(
    scene: Scene, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issue(scene, clock, 1)[0]

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no font")

    monkeypatch.setattr("segno.make", broken)
    with pytest.raises(RuntimeError):
        print_links(
            found=scene.round,
            households=scene.households[:2],
            base="https://example.gov.cn",
            by=scene.user("zhonglou"),
            now=clock.at("2025-05-08 10:00"),
        )
    assert door(token, clock) is Door.ANSWER
    assert Link.objects.filter(revoked_at=None).count() == 1


def test_who_has_answered_or_lives_elsewhere_gets_no_link(scene: Scene, clock: Clock) -> None:
    first, second, third = issue(scene, clock, 3)
    assert len({first, second, third}) == 3
    hand_in(first, clock)  # not taken in yet
    AnswerFactory(round=scene.round, household=scene.households[1])
    stranger = HouseholdFactory()
    tickets = links.issue_links(
        found=scene.round,
        households=[*scene.households[:3], stranger],
        by=scene.user("zhonglou"),
        now=clock.at("2025-05-08 21:00"),
    )
    assert [ticket.household for ticket in tickets] == [scene.households[2]]
    with pytest.raises(Refusal) as refused:
        links.issue_links(
            found=scene.round,
            households=scene.households[:2],
            by=scene.user("zhonglou"),
            now=clock.at("2025-05-08 21:00"),
        )
    assert refused.value.code == "consent.all_answered"
    rounds.close_round(
        found=scene.round, by=scene.user("zhonglou-head"), now=clock.at("2025-05-09 11:00")
    )
    with pytest.raises(StateConflict):
        issue(scene, clock)


def test_the_database_keeps_one_valid_link_a_household(scene: Scene, clock: Clock) -> None:
    issue(scene, clock, 1)
    link = Link.objects.get()
    link.pk = None
    link.reference = scene.round.reference
    with pytest.raises(IntegrityError), transaction.atomic():
        link.save(force_insert=True)
    invitation = Invitation.objects.get()
    with pytest.raises(IntegrityError, match="submission_choice_is_known"), transaction.atomic():
        Submission.objects.create(
            invitation=invitation, choice="perhaps", submitted_at=clock.at("2025-05-08 10:00")
        )
