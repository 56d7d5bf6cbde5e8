"""Two connections at once: nothing saved is lost, nothing unread is issued, nobody waits in a circle.

One connection holds what the order of locks (reports/papers/locking.py) lets it hold, another acts; the
first goes on once the second waits for a lock, so that each test takes the one way it is about.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction

from renovation.core.errors import Refusal
from renovation.core.periods import Quarter
from reports.papers import names, services
from reports.papers.enums import PaperState
from reports.papers.locking import lock_bureau, locked
from reports.papers.minutes.issuing import issue_signed, paper_of_minutes
from reports.papers.models import Document
from reports.papers.snapshots import bulletin_of
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from tests.factories.accounts import make_district
from tests.factories.dispatch import make_signed
from tests.factories.papers import AFTER_QUARTER, CLOSED, QUARTER, WEEK, World, make_world
from tests.factories.weekly import make_return

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = AFTER_QUARTER


class Other(threading.Thread):
    """A call on a connection of its own; ``answer`` is what it returned or was refused with."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__()
        self.call, self.answer = call, None
        self.start()

    def run(self) -> None:
        try:
            self.answer = self.call()
        except Exception as fault:
            self.answer = fault
        finally:
            connections.close_all()

    def done(self) -> Any:
        """Its answer once it has ended."""
        self.join(timeout=30)
        assert not self.is_alive()
        if isinstance(self.answer, Exception) and not isinstance(self.answer, Refusal):
            raise self.answer
        return self.answer


def until_it_waits(other: Other) -> None:
    """Return once the other connection waits for a lock."""
    with connection.cursor() as cursor:
        for _ in range(400):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            assert other.is_alive(), other.answer
            time.sleep(0.05)
    raise AssertionError("nobody waits for a lock")


def report_of_the_third_street(world: World) -> None:
    """What changes every paper of the week and the quarter."""
    make_return(
        world.district.street("zhonglou"),
        {world.projects["90"]: ("30.0", 0)},
        week_start=WEEK.start,
    )


def recompile(world: World) -> Document:
    return services.compile_bulletin(bureau=world.district.bureau, quarter=QUARTER, now=NOW)


def test_a_text_saved_while_a_bulletin_compiles_is_in_it() -> None:
    world = make_world()
    document = world.bulletin()
    report_of_the_third_street(world)
    with transaction.atomic():
        services.edit_text(
            document=document, key="lead", text="改过的导语。", by=world.users["bureau"], now=NOW
        )
        other = Other(lambda: recompile(world))
        until_it_waits(other)
    other.done()
    stored = Document.objects.get(pk=document.pk)
    assert stored.texts == {"lead": "改过的导语。"}
    assert bulletin_of(stored).passage("lead").text == "改过的导语。"
    told = {
        project.name: project.figures[names.PHYSICAL].shown
        for project in bulletin_of(stored).projects
    }
    assert told["钟楼里小区"] == Decimal("30.0")  # and what was compiled is what had come in


def test_two_sweeps_make_one_paper_of_signed_minutes() -> None:
    district = make_district()
    minutes = make_signed(district)
    with transaction.atomic():
        lock_bureau(district.bureau.pk)
        other = Other(lambda: issue_signed(now=NOW))
        until_it_waits(other)
        assert issue_signed(now=NOW) == 1
    assert other.done() == 0
    (paper,) = Document.objects.filter(kind="minutes")
    assert paper_of_minutes(minutes=minutes) == paper
    assert paper.renditions.count() == 1


def test_a_bulletin_checked_while_it_compiles_stays_as_it_was_checked() -> None:
    world = make_world()
    document = world.bulletin()
    report_of_the_third_street(world)
    with transaction.atomic():
        services.check(document=document, by=world.users["bureau2"], now=NOW)
        other = Other(lambda: recompile(world))
        until_it_waits(other)
    assert other.done().state == PaperState.CHECKED
    stored = Document.objects.get(pk=document.pk)
    assert (stored.state, stored.digest) == (PaperState.CHECKED, document.digest)


def test_a_sheet_that_changes_before_it_is_held_is_not_issued_unread() -> None:
    world = make_world()
    document = world.sheet()
    bureau = world.district.bureau
    with transaction.atomic():
        lock_bureau(bureau.pk)
        other = Other(
            lambda: services.issue_sheet(
                document=document, digest=document.digest, by=world.users["bureau"], now=CLOSED
            )
        )
        until_it_waits(other)
        report_of_the_third_street(world)
    refused = other.done()
    assert isinstance(refused, Refusal)
    assert refused.code == "paper.changed"
    stored = Document.objects.get(pk=document.pk)
    assert stored.state == PaperState.DRAFT
    assert stored.digest != document.digest  # the new draft is there to be read
    states = WeeklyReturn.objects.values_list("state", flat=True)
    assert ReturnState.PUBLISHED not in set(states)


def test_numbering_waits_for_the_bureau_without_holding_the_paper() -> None:
    """The compiler holds the bureau and asks for a paper: a numbering that held it would close a circle."""
    world = make_world()
    signed = world.signed()
    with transaction.atomic():
        lock_bureau(world.district.bureau.pk)
        other = Other(
            lambda: services.number(
                document=signed, number="淄建发〔2025〕12号", by=world.users["office"], now=NOW
            )
        )
        until_it_waits(other)
        assert locked(signed).state == PaperState.SIGNED
    assert other.done().state == PaperState.ISSUED


def test_issuing_waits_for_the_bureau_without_holding_the_sheet() -> None:
    world = make_world()
    document = world.sheet()
    with transaction.atomic():
        lock_bureau(world.district.bureau.pk)
        other = Other(
            lambda: services.issue_sheet(document=document, by=world.users["bureau"], now=CLOSED)
        )
        until_it_waits(other)
        assert locked(document).state == PaperState.DRAFT
    assert other.done().state == PaperState.ISSUED


def test_an_act_on_one_paper_does_not_wait_for_a_compilation() -> None:
    """Its audit entry refers to the bureau, which the compiler holds: references are not kept waiting."""
    world = make_world()
    document = world.bulletin()
    with transaction.atomic():
        lock_bureau(world.district.bureau.pk)
        checked = Other(
            lambda: services.check(document=document, by=world.users["bureau2"], now=NOW)
        )
        assert checked.done().state == PaperState.CHECKED


def test_two_people_issue_one_sheet_once() -> None:
    world = make_world()
    document = world.sheet()
    people = [world.users["bureau"], world.users["bureau2"]]
    others = [
        Other(lambda by=by: services.issue_sheet(document=document, by=by, now=CLOSED))  # type: ignore[misc]
        for by in people
    ]
    answers = [other.done() for other in others]
    assert sum(isinstance(answer, Refusal) for answer in answers) == 1
    assert document.steps.filter(act="issue").count() == 1
    assert set(Document.objects.values_list("state", flat=True)) == {PaperState.ISSUED}


def test_two_people_correct_one_paper_once() -> None:
    world = make_world()
    first = world.issued()
    later = NOW + timedelta(hours=1)
    others = [
        Other(
            lambda by=by: services.correct(document=first, reason="更正户数", by=by, now=later)  # type: ignore[misc]
        )
        for by in (world.users["bureau"], world.users["bureau2"])
    ]
    answers = [other.done() for other in others]
    codes = [answer.code for answer in answers if isinstance(answer, Refusal)]
    assert codes == ["paper.correction_open"]
    assert Document.objects.filter(version=2).count() == 1


def test_two_offices_cannot_give_one_number() -> None:
    """Two bulletins of one bureau, numbered at once: one gets the number."""
    world = make_world()
    users = world.users
    second = services.compile_bulletin(
        bureau=world.district.bureau, quarter=Quarter(2025, 2), by=users["bureau"], now=NOW
    )
    second = services.check(document=second, by=users["bureau2"], now=NOW)
    second = services.approve(document=second, by=users["reviewer"], now=NOW)
    second = services.sign(document=second, by=users["leader"], now=NOW)
    others = [
        Other(
            lambda document=document: services.number(  # type: ignore[misc]
                document=document, number="淄建发〔2025〕12号", by=users["office"], now=NOW
            )
        )
        for document in (world.signed(), second)
    ]
    answers = [other.done() for other in others]
    codes = [answer.code for answer in answers if isinstance(answer, Refusal)]
    assert codes == ["paper.number_taken"]
    assert Document.objects.filter(number="淄建发〔2025〕12号").count() == 1
