"""Two people, or a person and a phone, at once: one answer counts, none is lost, nothing is taken twice."""

from __future__ import annotations

from datetime import date, time

import pytest

from projects.consent.enums import Care, Choice, Standing, Way
from projects.consent.models import Answer, CareVisit
from projects.consent.public import services as public
from projects.consent.public.models import Submission
from projects.consent.services import answers, archive, care, links
from projects.consent.services.answers import AnswerValues
from projects.consent.services.archive import HouseholdValues
from projects.consent.services.care import VisitValues
from projects.ledger.enums import GateKind
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from tests.factories.ledger import GateFactory
from tests.races import at_once, behind

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


def call(scene: Scene) -> CareVisit:
    """A need that waits behind the first door."""
    household = archive.change_household(
        household=scene.first, care=Care.ELDERLY, by=scene.user("zhonglou"), now=NOW
    )
    return care.record_visit(
        household=household,
        visited_on=date(2025, 5, 6),
        needs="加装扶手",
        by=scene.user("zhonglou"),
        now=NOW,
    )


def test_what_is_emptied_meanwhile_is_not_sealed_anew_by_a_correction() -> None:
    scene = make_scene()
    visit, late = call(scene), local_moment(date(2028, 6, 10), time(10))
    GateFactory(project=scene.project, kind=GateKind.HANDED_OVER, actual_on=date(2025, 6, 10))

    def correct() -> CareVisit:
        return care.correct_visit(
            visit=visit,
            values=VisitValues(date(2025, 5, 5), needs="加装扶手"),
            reason="日期登错",
            by=scene.user("zhonglou"),
            now=late,
        )

    purged, told = behind(lambda: archive.purge(now=late), correct)
    assert purged > 0
    assert isinstance(told, Refusal)
    assert told.code == "consent.purged"
    assert [bytes(row.needs_sealed) for row in CareVisit.objects.all()] == [b""]


def test_what_is_emptied_meanwhile_gets_no_new_visit() -> None:
    scene = make_scene()
    visit, late = call(scene), local_moment(date(2028, 6, 10), time(10))
    GateFactory(project=scene.project, kind=GateKind.HANDED_OVER, actual_on=date(2025, 6, 10))
    household = visit.household

    def record() -> CareVisit:
        return care.record_visit(
            household=household,
            visited_on=date(2028, 6, 9),
            needs="换门锁",
            by=scene.user("zhonglou"),
            now=late,
        )

    purged, told = behind(lambda: archive.purge(now=late), record)
    assert purged > 0
    assert isinstance(told, Refusal)
    assert told.code == "consent.no_care"
    assert [bytes(row.needs_sealed) for row in CareVisit.objects.all()] == [b""]
