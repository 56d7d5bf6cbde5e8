"""Two people, or a person and a phone, at once: one answer counts, none is lost, nothing is taken twice."""

from __future__ import annotations

from datetime import date, time

import pytest

from projects.consent.enums import Choice, Standing, Way
from projects.consent.models import Answer
from projects.consent.public import services as public
from projects.consent.public.models import Submission
from projects.consent.services import answers, archive, links
from projects.consent.services.answers import AnswerValues
from projects.consent.services.archive import HouseholdValues
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from tests.races import at_once

from .scene import SCAN, Scene, make_scene

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


def record(scene: Scene, choice: Choice, by: str) -> Answer:
    return answers.record_answer(
        found=scene.round,
        household=scene.first,
        values=AnswerValues(choice, Way.PAPER, date(2025, 4, 2)),
        scan=SCAN,
        by=scene.user(by),
        now=NOW,
    )


def test_two_clerks_do_not_record_one_household_twice_unnoticed() -> None:
    scene = make_scene()
    results = at_once(
        lambda: record(scene, Choice.AGREE, "zhonglou"),
        lambda: record(scene, Choice.DISAGREE, "zhonglou-head"),
    )
    refused = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in refused] == ["consent.already_answered"]
    assert Answer.objects.count() == 1


def test_one_link_is_used_once_and_taken_in_once() -> None:
    scene = make_scene()
    token = links.issue_links(
        found=scene.round, households=[scene.first], by=scene.user("zhonglou"), now=NOW
    )[0].token
    opened = public.open_invitation(token=token, now=NOW)
    assert opened is not None
    invitation = opened.invitation
    results = at_once(
        *(
            lambda choice=choice: public.submit(
                invitation=invitation, choice=choice, items=[], opinion="", now=NOW
            )
            for choice in ("agree", "disagree")
        )
    )
    refused = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in refused] == ["consent.answered"]
    assert Submission.objects.count() == 1
    taken = at_once(lambda: links.take_in(now=NOW), lambda: links.take_in(now=NOW))
    assert sorted(taken) == [0, 1]
    assert Answer.objects.count() == 1


def test_a_phone_and_a_clerk_at_once_are_both_kept() -> None:
    scene = make_scene()
    token = links.issue_links(
        found=scene.round, households=[scene.first], by=scene.user("zhonglou"), now=NOW
    )[0].token
    opened = public.open_invitation(token=token, now=NOW)
    assert opened is not None
    public.submit(invitation=opened.invitation, choice="disagree", items=[], opinion="", now=NOW)
    results = at_once(
        lambda: record(scene, Choice.AGREE, "zhonglou"), lambda: links.take_in(now=NOW)
    )
    refused = [result for result in results if isinstance(result, Refusal)]
    standings = sorted(Answer.objects.values_list("standing", flat=True))
    # Whoever came second met the first: the clerk is told, or the phone's answer waits for a decision.
    assert (standings, [r.code for r in refused]) in (
        ([Standing.CURRENT.value, Standing.HELD.value], []),
        ([Standing.CURRENT.value], ["consent.already_answered"]),
    )


def test_a_list_that_comes_in_does_not_undo_a_phone_that_is_corrected_meanwhile() -> None:
    scene = make_scene()
    by = scene.user("zhonglou")
    place = ("1", "1", "101")
    for turn in range(3):
        phone = f"1390000000{turn}"
        results = at_once(
            lambda turn=turn: archive.import_households(
                estate=scene.estate,
                rows=[HouseholdValues(*place, name=f"王改{turn}")],
                by=by,
                now=NOW,
            ),
            lambda phone=phone: archive.change_household(
                household=scene.first, phone=phone, by=by, now=NOW
            ),
        )
        assert not [result for result in results if isinstance(result, Exception)]
        scene.first.refresh_from_db()
        assert (scene.first.open_name(), scene.first.open_phone()) == (f"王改{turn}", phone)
