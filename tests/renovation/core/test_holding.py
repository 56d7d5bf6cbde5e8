"""What a reading request holds ends with it."""

from __future__ import annotations

from contextlib import suppress

import pytest

from renovation.core.holding import forget, held, holding

pytestmark = pytest.mark.django_db


def test_outside_of_a_request_every_call_reads() -> None:
    reads = iter((1, 2))
    assert held("key", lambda: next(reads)) == 1
    assert held("key", lambda: next(reads)) == 2


def test_what_was_read_once_is_kept_until_the_end_or_until_it_was_written() -> None:
    reads = iter((1, 2, 3))
    with holding():
        assert [held("key", lambda: next(reads)) for _ in range(2)] == [1, 1]
        forget("key")
        assert held("key", lambda: next(reads)) == 2
    assert held("key", lambda: next(reads)) == 3


def test_none_is_kept_too() -> None:
    reads = iter((None, 1))
    with holding():
        assert [held("key", lambda: next(reads)) for _ in range(2)] == [None, None]


def test_a_fault_ends_the_holding() -> None:
    with suppress(KeyError), holding():
        held("key", lambda: 1)
        raise KeyError
    with pytest.raises(StopIteration):
        held("key", lambda: next(iter(())))
