"""Calls that begin together, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

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
