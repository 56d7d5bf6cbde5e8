"""The ledger of runs: due once, caught up once, claimed once, healed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from renovation.core.errors import Refusal
from renovation.core.schedules import Every, Rule, RunContext, ScheduleKind
from renovation.jobs import services
from renovation.jobs.models import Heartbeat, Run, Schedule
from renovation.records.models import AuditEntry, WorkState
from tests.conftest import Clock
from tests.factories.accounts import BureauFactory, UserFactory

pytestmark = pytest.mark.django_db
DAILY = Rule(every=Every.DAY, at=time(9, 0))
MINUTE = timedelta(minutes=1)


class Work:
    """What the kinds of these tests do; remembers its calls and fails when it is told to."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fault: Exception | None = None

    def __call__(self, context: RunContext) -> dict[str, Any]:
        self.calls.append(context.period_key)
        if self.fault:
            raise self.fault
        return {"organisation": context.organisation_id}


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    made = Work()
    kinds = {
        "test.daily": ScheduleKind(
            code="test.daily", label="每日任务", default_rule=DAILY, run=made
        ),
        "test.punctual": ScheduleKind(
            code="test.punctual", label="准点任务", default_rule=DAILY, run=made, catch_up=False
        ),
    }
    monkeypatch.setattr(services, "kinds", lambda: kinds)
    return made


def plan(clock: Clock, kind: str = "test.daily", *, at: str = "2025-05-06 12:00") -> Schedule:
    return services.set_schedule(
        kind=kind,
        organisation=BureauFactory(),
        rule=DAILY,
        is_enabled=True,
        by=None,
        now=clock.at(at),
    )


def one_run(clock: Clock) -> tuple[Run, datetime]:
    plan(clock)
    now = clock.at("2025-05-07 09:00")
    services.tick(now=now)
    return Run.objects.get(), now


def test_a_due_run_is_made_once(clock: Clock, work: Work) -> None:
    plan(clock)
    before = services.tick(now=clock.at("2025-05-07 08:59"))
    assert (before.made, before.waiting) == (0, ())
    now = clock.at("2025-05-07 09:00")
    first, second = services.tick(now=now), services.tick(now=now)
    run = Run.objects.get()
    assert (first.made, first.missed, first.waiting) == (1, 0, (run.pk,))
    assert (second.made, second.waiting) == (0, (run.pk,))
    assert (run.period_key, run.due_at, run.work_state) == ("2025-05-07", now, WorkState.QUEUED)
    assert Heartbeat.objects.get().at == now


def test_two_ticks_that_do_not_see_each_other_make_one_run(clock: Clock, work: Work) -> None:
    schedule = plan(clock)
    now = clock.at("2025-05-07 09:00")
    made = [
        services._make_run(schedule, "2025-05-07", now, WorkState.QUEUED, now) for _ in range(2)
    ]
    assert made == [True, False]
    assert Run.objects.count() == 1


def test_what_was_due_before_the_schedule_stays_undone(clock: Clock, work: Work) -> None:
    plan(clock, at="2025-05-07 09:30")
    assert services.tick(now=clock.at("2025-05-07 23:00")).made == 0
    assert services.tick(now=clock.at("2025-05-08 09:00")).made == 1


def test_what_was_due_while_switched_off_stays_undone(clock: Clock, work: Work) -> None:
    schedule = plan(clock)
    values: dict[str, Any] = {
        "kind": schedule.kind,
        "organisation": schedule.organisation,
        "rule": DAILY,
        "by": None,
    }
    services.set_schedule(**values, is_enabled=False, now=clock.at("2025-05-06 13:00"))
    assert services.tick(now=clock.at("2025-05-09 10:00")).made == 0
    services.set_schedule(**values, is_enabled=True, now=clock.at("2025-05-09 12:00"))
    assert services.tick(now=clock.at("2025-05-09 12:01")).made == 0
    assert services.tick(now=clock.at("2025-05-10 09:00")).made == 1
    assert Run.objects.get().period_key == "2025-05-10"


def test_an_outage_is_caught_up_once(clock: Clock, work: Work) -> None:
    plan(clock)
    now = clock.at("2025-05-09 10:00")
    ticked = services.tick(now=now)
    assert (ticked.made, ticked.missed) == (3, 0)
    assert services.tick(now=now).made == 0
    for pk in ticked.waiting:
        assert services.execute(run_id=pk, now=now)
    assert work.calls == ["2025-05-07", "2025-05-08", "2025-05-09"]
    assert services.tick(now=now).waiting == ()


def test_what_may_not_be_late_is_marked_missed(clock: Clock, work: Work) -> None:
    plan(clock, "test.punctual")
    now = clock.at("2025-05-08 09:30")
    ticked = services.tick(now=now)
    assert (ticked.made, ticked.missed, len(ticked.waiting)) == (2, 1, 1)
    missed, queued = Run.objects.order_by("due_at")
    assert (missed.work_state, missed.finished_at) == (WorkState.MISSED, now)
    assert missed.error == "到时没有运行，已过允许补办的时间。"
    assert queued.work_state == WorkState.QUEUED
    assert not services.execute(run_id=missed.pk, now=now)
    assert work.calls == []


def test_one_worker_takes_a_run(clock: Clock, work: Work) -> None:
    run, now = one_run(clock)
    assert services.execute(run_id=run.pk, now=now)
    assert not services.execute(run_id=run.pk, now=now)
    assert work.calls == ["2025-05-07"]
    run.refresh_from_db()
    assert (run.work_state, run.finished_at, run.attempts) == (WorkState.DONE, now, 1)
    assert run.result == {"organisation": run.organisation_id}


def test_a_refusal_is_kept_and_not_tried_again(clock: Clock, work: Work) -> None:
    run, now = one_run(clock)
    work.fault = Refusal("test.no", "这一周没有工作日。")
    assert services.execute(run_id=run.pk, now=now)
    run.refresh_from_db()
    assert (run.work_state, run.error) == (WorkState.FAILED, "这一周没有工作日。")
    assert services.tick(now=now + timedelta(hours=1)).waiting == ()


def test_a_fault_is_tried_later_each_time_five_times(clock: Clock, work: Work) -> None:
    run, now = one_run(clock)
    work.fault = ZeroDivisionError("secret detail")
    for wait in (1, 4, 9, 16):
        assert services.execute(run_id=run.pk, now=now)
        run.refresh_from_db()
        assert (run.work_state, run.not_before) == (WorkState.QUEUED, now + wait * MINUTE)
        assert run.error == "系统出错（ZeroDivisionError），详见日志。"
        assert not services.execute(run_id=run.pk, now=now)
        now = run.not_before
    assert services.execute(run_id=run.pk, now=now)
    run.refresh_from_db()
    assert (run.work_state, run.attempts, len(work.calls)) == (WorkState.FAILED, 5, 5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lost_at", [2, 3])
def test_a_database_lost_beside_a_fault_leaves_a_run_that_is_tried_again(
    clock: Clock, work: Work, lost_at: int
) -> None:
    """The first statement on the row claims it. Whichever is the last that arrives, the run is done again."""
    run, now = one_run(clock)
    work.fault = ZeroDivisionError()
    written = 0

    def lose(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal written
        written += sql.startswith('UPDATE "jobs_run"')
        if written >= lost_at:
            raise OperationalError("the connection is lost")
        return execute(sql, *rest)

    with connection.execute_wrapper(lose), suppress(OperationalError):
        services.execute(run_id=run.pk, now=now)
    assert written == 2
    assert services.tick(now=now + services.LEASE + MINUTE).waiting == (run.pk,)
    work.fault = None
    assert services.execute(run_id=run.pk, now=now + services.LEASE + MINUTE)
    run.refresh_from_db()
    assert (run.work_state, run.attempts, run.error) == (WorkState.DONE, 2, "")


def test_an_abandoned_run_is_taken_back(clock: Clock, work: Work) -> None:
    run, now = one_run(clock)
    assert Run.objects.claim(run.pk, now=now)
    assert services.tick(now=now + services.LEASE).healed == 0
    later = now + services.LEASE + MINUTE
    ticked = services.tick(now=later)
    assert (ticked.healed, ticked.waiting) == (1, (run.pk,))
    assert services.execute(run_id=run.pk, now=later)
    run.refresh_from_db()
    assert (run.work_state, run.attempts) == (WorkState.DONE, 2)


def test_a_run_that_always_dies_has_failed(clock: Clock, work: Work) -> None:
    run, now = one_run(clock)
    Run.objects.filter(pk=run.pk).update(
        work_state=WorkState.RUNNING, claimed_at=now, attempts=services.MOST_ATTEMPTS
    )
    ticked = services.tick(now=now + services.LEASE + MINUTE)
    run.refresh_from_db()
    assert (ticked.healed, run.work_state) == (0, WorkState.FAILED)
    assert run.error == "运行 5 次都中断了。"


def test_only_a_failed_or_missed_run_is_done_again(clock: Clock, work: Work) -> None:
    run, now = one_run(clock)
    person = UserFactory()
    with pytest.raises(Refusal) as refused:
        services.run_again(run=run, by=person, now=now)
    assert refused.value.code == "run.not_failed"
    assert not AuditEntry.objects.filter(act="run.again").exists()
    Run.objects.filter(pk=run.pk).update(work_state=WorkState.MISSED, attempts=3, error="…")
    services.run_again(run=run, by=person, now=now)
    run.refresh_from_db()
    assert (run.work_state, run.attempts, run.error) == (WorkState.QUEUED, 0, "")
    sentence = AuditEntry.objects.get(act="run.again").sentence
    assert sentence == "重新运行“每日任务”（2025-05-07）"


def test_a_schedule_keeps_the_period_of_its_kind(clock: Clock, work: Work) -> None:
    values: dict[str, Any] = {"organisation": BureauFactory(), "is_enabled": True, "by": None}
    now = clock.at("2025-05-07 10:00")
    for kind, rule, code in (
        ("test.daily", Rule(every=Every.WEEK, day=1), "schedule.period"),
        ("test.unknown", DAILY, "schedule.unknown"),
    ):
        with pytest.raises(Refusal) as refused:
            services.set_schedule(kind=kind, rule=rule, now=now, **values)
        assert refused.value.code == code
    assert not Schedule.objects.exists()
