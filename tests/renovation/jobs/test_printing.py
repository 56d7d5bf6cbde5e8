"""Papers of lower wings: one row for what a paper says, made by a worker, healed where it was interrupted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.jobs.models import Printing
from renovation.jobs.printing import services
from renovation.jobs.printing.declaring import PrintKind, print_kinds
from renovation.jobs.services import sweeps
from renovation.records.models import StoredFile, WorkState
from renovation.records.services import read_file
from tests.conftest import Clock
from tests.factories.accounts import BureauFactory

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Slip:
    """What the paper of these tests says."""

    words: str


class Press:
    """Makes slips; remembers them and fails as it is told to."""

    def __init__(self) -> None:
        self.made: list[Slip] = []
        self.fault: Exception | None = None

    def __call__(self, slip: Slip) -> bytes:
        self.made.append(slip)
        if self.fault:
            raise self.fault
        return f"%PDF {slip.words}".encode()


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def kind(press: Press, monkeypatch: pytest.MonkeyPatch) -> PrintKind:
    found = PrintKind(
        code="test.slip", types=(Slip,), render=press, name=lambda slip: f"{slip.words}.pdf"
    )
    monkeypatch.setattr(services, "print_kinds", lambda: {found.code: found})
    return found


@pytest.fixture
def bureau() -> Organisation:
    return BureauFactory()


def test_what_says_the_same_is_made_once_and_what_moved_on_anew(
    kind: PrintKind, press: Press, bureau: Organisation, clock: Clock
) -> None:
    now = clock.at("2025-05-08 15:00")
    row = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    assert services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now) == row
    assert services.make(printing_id=row.pk, now=now)
    assert not services.make(printing_id=row.pk, now=now)
    done = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    assert (done.pk, done.work_state) == (row.pk, WorkState.DONE)
    assert done.file is not None
    assert (done.file.name, done.file.organisation) == ("甲.pdf", bureau)
    assert read_file(file=done.file) == "%PDF 甲".encode()
    assert press.made == [Slip("甲")]  # thawed from the row alone
    other = services.ask(kind=kind, content=Slip("乙"), organisation=bureau, now=now)
    assert (other.work_state, Printing.objects.count()) == (WorkState.QUEUED, 2)
    raised = replace(kind, layout=2)
    assert services.ask(kind=raised, content=Slip("甲"), organisation=bureau, now=now) != row


def test_a_refusal_is_kept_in_its_words_and_tried_again_when_asked(
    kind: PrintKind, press: Press, bureau: Organisation, clock: Clock
) -> None:
    now = clock.at("2025-05-08 15:00")
    press.fault = Refusal("paper.glyph", "“𪚥”没有字形。")
    row = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    assert services.make(printing_id=row.pk, now=now)
    failed = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    assert (failed.work_state, failed.error) == (WorkState.FAILED, "“𪚥”没有字形。")
    press.fault = None
    again = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now, again=True)
    assert (again.pk, again.work_state, again.error) == (row.pk, WorkState.QUEUED, "")
    assert services.make(printing_id=row.pk, now=now)
    row.refresh_from_db()
    assert row.work_state == WorkState.DONE


def test_a_fault_is_tried_again_later_four_times_at_the_most(
    kind: PrintKind, press: Press, bureau: Organisation, clock: Clock
) -> None:
    now = clock.at("2025-05-08 15:00")
    press.fault = RuntimeError("broken")
    row = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    waits = []
    while services.make(printing_id=row.pk, now=now):
        row.refresh_from_db()
        waits.append((row.not_before - now) // timedelta(minutes=1))
        now = max(now, row.not_before)
    assert waits == [1, 4, 9, 0]
    assert row.work_state == WorkState.FAILED
    assert row.error == "生成时系统出错（RuntimeError），详见日志。"
    assert len(press.made) == services.MOST_ATTEMPTS


def test_the_sweep_heals_a_lost_nudge_and_a_dead_worker(
    kind: PrintKind, bureau: Organisation, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudged: list[int] = []
    monkeypatch.setattr(services, "nudge", nudged.append)
    now = clock.at("2025-05-08 15:00")
    row = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    assert services.sweep(now=now) == 0
    assert sweeps()["jobs.printings"].run(now + timedelta(minutes=1)) == 1
    assert nudged == [row.pk]
    Printing.objects.claim(row.pk, now=now)
    assert services.sweep(now=now + services.LEASE) == 0
    later = now + services.LEASE + timedelta(minutes=1)
    assert services.sweep(now=later) == 1
    row.refresh_from_db()
    assert row.work_state == WorkState.QUEUED
    Printing.objects.filter(pk=row.pk).update(
        work_state=WorkState.RUNNING, claimed_at=now, attempts=services.MOST_ATTEMPTS
    )
    services.sweep(now=later)
    row.refresh_from_db()
    assert (row.work_state, row.error) == (WorkState.FAILED, "多次生成都中断了，请重新生成。")


def test_between_two_tries_it_waits_and_has_not_failed(
    kind: PrintKind, press: Press, bureau: Organisation, clock: Clock
) -> None:  # fmt: skip
    """A page that looks must never see it failed while it is tried again."""
    now = clock.at("2025-05-08 15:00")
    press.fault = RuntimeError("broken")
    row = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    with CaptureQueriesContext(connection) as asked:
        services.make(printing_id=row.pk, now=now)
    written = [sql["sql"].partition("WHERE")[0] for sql in asked if "UPDATE" in sql["sql"]]
    assert ["queued" in sql or "running" in sql for sql in written] == [True, True]
    row.refresh_from_db()
    # What it met stands with it for who looks after the machine; the page that waits says nothing of it.
    assert (row.work_state, row.error) == (
        WorkState.QUEUED,
        "生成时系统出错（RuntimeError），详见日志。",
    )


def test_what_was_settled_long_ago_is_cleared_away_and_made_anew(
    kind: PrintKind, press: Press, bureau: Organisation, clock: Clock,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    now = clock.at("2025-05-08 15:00")

    def made(words: str, at: datetime) -> Printing:
        row = services.ask(kind=kind, content=Slip(words), organisation=bureau, now=at)
        services.make(printing_id=row.pk, now=at)
        return Printing.objects.select_related("file").get(pk=row.pk)

    old, later = made("甲", now), now + timedelta(days=1)
    new = made("乙", later)
    press.fault = Refusal("paper.glyph", "没有字形。")
    failed = made("丙", now)
    assert (old.file is not None, failed.work_state) == (True, WorkState.FAILED)
    assert services.sweep(now=now + services.KEPT) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep(now=later + services.KEPT) == 2
    assert list(Printing.objects.values_list("pk", flat=True)) == [new.pk]
    assert list(StoredFile.objects.values_list("pk", flat=True)) == [new.file_id]
    with pytest.raises(FileNotFoundError):
        read_file(file=old.file)
    assert read_file(file=new.file) == "%PDF 乙".encode()
    press.fault = None
    again = made("甲", later + services.KEPT)
    assert read_file(file=again.file) == "%PDF 甲".encode()


def test_bytes_that_another_row_needs_stay_when_one_is_cleared_away(
    kind: PrintKind, bureau: Organisation, clock: Clock, django_capture_on_commit_callbacks: Any
) -> None:  # fmt: skip
    now = clock.at("2025-05-08 15:00")
    later = now + timedelta(days=1)
    for layout, at in ((1, now), (2, later)):
        row = services.ask(
            kind=replace(kind, layout=layout), content=Slip("甲"), organisation=bureau, now=at
        )
        services.make(printing_id=row.pk, now=at)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep(now=later + services.KEPT) == 1
    left = Printing.objects.select_related("file").get()
    assert (left.pk, read_file(file=left.file)) == (row.pk, "%PDF 甲".encode())


def test_a_kind_and_digest_stand_once_and_done_means_a_file(
    kind: PrintKind, bureau: Organisation, clock: Clock
) -> None:
    now = clock.at("2025-05-08 15:00")
    row = services.ask(kind=kind, content=Slip("甲"), organisation=bureau, now=now)
    twice = Printing(
        kind=row.kind, digest=row.digest, snapshot="{}", organisation=bureau, not_before=now
    )
    once = pytest.raises(IntegrityError, match=r"printing_once_per_digest|kind.*digest")
    with once, transaction.atomic():
        twice.save()
    with pytest.raises(IntegrityError, match="printing_done_with_file"), transaction.atomic():
        Printing.objects.filter(pk=row.pk).update(work_state=WorkState.DONE)
    assert StoredFile.objects.count() == 0


def test_every_kind_has_a_code_of_its_own_and_keeps_what_it_is_made_of() -> None:
    assert "weekly.return" in print_kinds()
    for code, kind in print_kinds().items():
        assert code == kind.code
