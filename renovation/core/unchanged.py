"""What was made of the rows, kept while no row of the database changes.

PostgreSQL tells with its snapshot which transactions a reader sees (``pg_current_snapshot``, documentation 9.28,
“Transaction ID and Snapshot Information Functions”). Two statements that are told the same snapshot see the same
rows, for each transaction that ends after having written changes it, and none comes back: the numbers only grow. So
what was made under a snapshot may be shown again under the same one, and after any write, of whatever process, it is
made anew. Nothing is kept inside a transaction, whose own writes no snapshot tells; nor outside of ``reading``, which
stands around requests that only read; nor on SQLite, which has no such number.

It is for who leafs through lists and pages while nobody writes: each of them is made of the same facts (ADR 37).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar, cast

from django.db import connection

Value = TypeVar("Value")


class Shelf:
    """Values of a process that were made under one edition, the last used, at most ``room`` of them. Those of another
    edition go as soon as one of a new is put: they are never shown again."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._edition = ""
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Any]:
        with self._lock:
            return iter(list(self._kept.values()))

    def find(self, key: Hashable, edition: str) -> tuple[Any] | None:
        """The value of a key in a tuple, None where there is none of the edition."""
        with self._lock:
            if edition != self._edition or key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return (self._kept[key],)

    def put(self, key: Hashable, edition: str, value: object) -> None:
        """Keep a value; what was not used for longest goes."""
        with self._lock:
            if edition != self._edition:
                self._kept.clear()
                self._edition = edition
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self.room:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()


#: Settings, scopes, weeks.
SMALL = Shelf(512)
#: What 总览 or the page of a project is made of.
PAGES = Shelf(64)
#: The facts of a district, of 5,000 projects by far the heaviest.
LARGE = Shelf(2)


class _Reading:
    """A request that only reads, until it writes after all."""

    def __init__(self) -> None:
        self.edition = ""
        self.has_written = False

    def watch(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Notice a statement that may write."""
        if not sql.startswith(("SELECT", "(SELECT")):
            self.has_written = True
        return execute(sql, *rest)


_READING: ContextVar[_Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Let ``unchanged`` keep what is made until the block ends, or writes."""
    now = _Reading()
    token = _READING.set(now)
    try:
        with connection.execute_wrapper(now.watch):
            yield
    finally:
        _READING.reset(token)


def unchanged(key: Hashable, make: Callable[[], Value], *, shelf: Shelf = SMALL) -> Value:
    """What ``make`` gives, or gave for the key under the snapshot that holds now.

    ``key`` names everything beside the rows that the value depends on: who sees it, of which day, and of which minute
    where moments are compared with the clock. The value is shared by threads and requests: nobody may change it, and it
    must not hold a request. One query for all that a request asks for: what is kept may be younger than its snapshot,
    as what it reads itself may be, and never older.
    """
    now = _READING.get()
    if (
        now is None
        or now.has_written
        or connection.vendor != "postgresql"
        or connection.in_atomic_block
    ):
        return make()
    now.edition = now.edition or _edition()
    if found := shelf.find(key, now.edition):
        return cast("Value", found[0])
    value = make()
    if not now.has_written:
        shelf.put(key, now.edition, value)
    return value


def _edition() -> str:
    """The snapshot, of this database and of this run of its server: another may count from the beginning."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(), pg_postmaster_start_time()::text, pg_current_snapshot()::text"
        )
        return " ".join(cursor.fetchone())
