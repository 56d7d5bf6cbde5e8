"""Calls that begin together, each on a connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections, transaction

from renovation.core.errors import Refusal


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned or was refused with. Anything else that a call raises, a deadlock say, fails the
    test."""
    barrier = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)
    faults: list[BaseException] = []

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            answers[place] = call()
        except Refusal as refusal:
            answers[place] = refusal
        except BaseException as fault:  # noqa: BLE001 - raised again below, in the test's own thread
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    if faults:
        raise faults[0]
    return answers


#: In what a confirmation of a list asks last before it writes: whether the bureau has a programme of the year.
BEFORE_WRITING = (' AS "a" FROM "ledger_programme"',)


class Colleague:
    """Acts on another connection before a statement, ``times`` times: the last before a confirmation writes."""

    def __init__(
        self, act: Callable[[], Any], *, before: tuple[str, ...] = BEFORE_WRITING, times: int = 1
    ) -> None:
        self.act, self.before, self.times = act, before, times

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.times and all(part in sql for part in self.before):
            self.times -= 1
            (done,) = at_once(self.act)
            assert not isinstance(done, Refusal), done
        return execute(sql, params, many, context)


class Rivals:
    """Two people with a connection each, who act at the same moment again and again: ``at_once`` for a thousand
    tries, without two new threads and connections for each."""

    def __enter__(self) -> Rivals:
        self._pool = ThreadPoolExecutor(max_workers=2)
        self._barrier = threading.Barrier(2)
        return self

    def __exit__(self, *fault: object) -> None:
        list(self._pool.map(self._leave, range(2)))
        self._pool.shutdown()

    def act(self, one: Callable[[], Any], two: Callable[[], Any]) -> tuple[Any, Any]:
        """What each returned or was refused with; anything else that it raises fails the test."""
        first, second = (self._pool.submit(self._meet, call) for call in (one, two))
        return first.result(timeout=30), second.result(timeout=30)

    def _meet(self, call: Callable[[], Any]) -> Any:
        self._barrier.wait(timeout=10)
        try:
            return call()
        except Refusal as refusal:
            return refusal

    def _leave(self, _: int) -> None:
        self._barrier.wait(timeout=10)  # each of the two threads takes one of these
        connections.close_all()


#: Seconds in which a call that has to wait for a lock reaches it.
LONGEST_WAIT = 10


def behind(
    first: Callable[[], Any], second: Callable[[], Any], *, then: Callable[[], Any] | None = None
) -> tuple[Any, Any]:
    """What two calls returned or were refused with, where the first one's transaction is committed only when
    the second waits for it. A second one that waits for nothing is through before; then the first commits.
    ``then`` is what the first one still does in its transaction while the second waits."""
    acted, through = threading.Event(), threading.Event()

    def hold() -> Any:
        with transaction.atomic():
            answer = first()
            acted.set()
            until = time.monotonic() + LONGEST_WAIT
            while not through.is_set() and time.monotonic() < until:
                if _somebody_waits():
                    break
                time.sleep(0.01)
            if then is not None:
                answer = then()
        return answer

    def follow() -> Any:
        acted.wait(timeout=LONGEST_WAIT)
        try:
            return second()
        finally:
            through.set()

    one, two = at_once(hold, follow)
    return one, two


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
