"""What was made of the rows, kept while none of the tables that it was made of is written.

While a value is made, the tables in each statement are noted as its basis; PostgreSQL notes which transaction wrote a
table last (``written``). A value stands as long as every transaction that wrote one of its tables was over before it was
begun: one in flight may have changed what it did not see. Nothing is kept inside a transaction, whose own writes no
other is told; nor outside of ``reading``, which stands around requests that only read; nor on SQLite, which notes
nothing.

It is for who leafs through lists and pages: each of them is made of the same facts, and what a clerk reports of one
project leaves the plans, gates and money of all as they are (ADR 38).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache, lru_cache
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from .written import Edition, edition

Key = TypeVar("Key", bound=Hashable)
Given = TypeVar("Given")
Value = TypeVar("Value")
Tables = frozenset[str]
#: Stands for a table that nobody watches: what was made of it never stands.
_UNKNOWN: Tables = frozenset({"?"})


class Basis:
    """What a value was made of since it was begun: tables, and the bases of values that may still read on."""

    def __init__(self, begun: Edition | None) -> None:
        self._begun = begun
        self._own: Tables = frozenset()
        self._growing: frozenset[Basis] = frozenset()
        self._grows = False
        self._lock = Lock()

    @property
    def tables(self) -> Tables:
        """The names of all tables so far."""
        found, seen, unseen = self._own, {self}, set(self._growing)
        while unseen:  # two that read on may rest on each other
            other = unseen.pop()
            seen.add(other)
            found |= other._own
            unseen |= other._growing - seen
        return found

    def add(self, tables: Tables) -> None:
        """Note tables, perhaps long after the value was begun."""
        if not tables <= self._own:
            with self._lock:  # two requests may read on for the same value
                self._own |= tables

    def grow(self) -> None:
        """Say that the value will read on."""
        self._grows = True

    def rest_on(self, other: Basis) -> None:
        """Note what another value was made of."""
        self.add(other._own)
        growing = other._growing | {other} if other._grows else other._growing
        if not growing <= self._growing:
            with self._lock:
                self._growing |= growing - {self}

    def stands(self, now: Edition) -> bool:
        """Whether the value would be made the same again."""
        begun = self._begun
        return (
            begun is not None
            and begun.server == now.server
            and all(now.written.get(table, begun.settled) < begun.settled for table in self.tables)
        )


class Kept(NamedTuple, Generic[Value]):
    """A value with what it was made of."""

    value: Value
    basis: Basis


class Shelf:
    """Values of a process, the last used, at most ``room`` of them."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._kept: OrderedDict[Hashable, Kept[Any]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Any]:
        with self._lock:
            return iter([kept.value for kept in self._kept.values()])

    def find(self, key: Hashable, now: Edition) -> Kept[Any] | None:
        """What was kept for a key, None where it does not stand; it goes then."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if not kept.basis.stands(now):
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
            return kept

    def put(self, key: Hashable, kept: Kept[Any]) -> None:
        """Keep a value; what was not used for longest goes."""
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > self.room:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()


#: Settings, scopes, weeks.
SMALL = Shelf(512)
#: How much waits for somebody, part by part: many keys, small values; what stands for a day, and for a minute.
COUNTS, MOMENTS = Shelf(4096), Shelf(1024)
#: What 总览 or the page of a project is made of, whole and in parts.
PAGES = Shelf(128)
#: What the facts of a district are made of: of 5,000 projects each is heavy.
LARGE = Shelf(24)
#: Those facts, by far the heaviest.
FACTS = Shelf(2)
#: What is extended by what is new, of a few districts.
SETTLED = Shelf(16)
SHELVES = (SMALL, COUNTS, MOMENTS, PAGES, LARGE, FACTS, SETTLED)


class _Reading:
    """A request that only reads, until it writes after all."""

    def __init__(self) -> None:
        self.has_written = False
        self._edition: Edition | None = None
        #: What the answer to the request and the values being made for it rest on, the innermost last.
        self._bases = [Basis(None)]
        #: What is the request's own until it ends.
        self.own: dict[tuple[int, Hashable], tuple[Shelf, Kept[Any]]] = {}

    @property
    def may_keep(self) -> bool:
        """Whether what is read now is what others would read."""
        return (
            not self.has_written
            and connection.vendor == "postgresql"
            and not connection.in_atomic_block
        )

    @property
    def edition(self) -> Edition:
        """What stood before the request read anything: what is read for a value may be younger, never older."""
        self.ask()
        return cast("Edition", self._edition)

    def ask(self) -> None:
        """Ask what stands, once."""
        if self._edition is None:
            self._edition = Edition("", 0, {})  # the question itself is a statement, too
            self._edition = edition()

    @property
    def innermost(self) -> Basis | None:
        """The basis of the value that is being made, None where it is the answer itself."""
        return self._bases[-1] if len(self._bases) > 1 else None

    def begin(self, *, alone: bool) -> Basis:
        """The basis of a value that is to be made: all that was read so far as well, unless it stands ``alone``."""
        basis = Basis(self.edition if self.may_keep else None)
        if not alone:  # what is around the innermost was read before that was begun
            basis.rest_on(self._bases[-1])
        return basis

    def rests_on(self, basis: Basis) -> None:
        """Note that what is being made is made of another value."""
        self._bases[-1].rest_on(basis)

    def watch(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Notice which tables a statement names, and whether it may write."""
        if not sql.startswith(("SELECT", "(SELECT")):
            self.has_written = True
        elif self.may_keep:
            self.ask()
        self._bases[-1].add(tables_in(sql))
        return execute(sql, *rest)

    def put_own(self) -> None:
        """Put what was the request's own on its shelf: nothing is read for it any more."""
        if self.may_keep:
            for (_, key), (shelf, kept) in self.own.items():
                shelf.put(key, kept)

    @contextmanager
    def making(self, basis: Basis) -> Iterator[None]:
        """Until the block ends, what is read is read for the value on a basis."""
        self._bases.append(basis)
        try:
            yield
        finally:
            self._bases.pop()
            self.rests_on(basis)


_READING: ContextVar[_Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Let ``unchanged`` keep what is made until the block ends, or writes."""
    now = _Reading()
    token = _READING.set(now)
    try:
        with connection.execute_wrapper(now.watch):
            yield
        now.put_own()
    finally:
        _READING.reset(token)


def unchanged(
    key: Hashable, make: Callable[[], Value], *, shelf: Shelf = SMALL, alone: bool = False
) -> Value:
    """What ``make`` gives, or gave for the key where none of its tables was written since.

    ``key`` names everything beside the rows that the value depends on: who sees it, of which day, and of which minute
    where moments are compared with the clock. Its tables are those that ``make`` reads and those that the request read
    before, whose rows it may have been given; none of the latter where it stands ``alone``, made of the key and of what
    it reads itself. Whose session it is and who that is were read before all and go into values by their keys. The value
    is shared by threads and requests: nobody may change it, and it must not hold a request; what it reads after it was
    made it reads in ``later``. One query for all that a request asks for.
    """
    return kept(key, make, shelf=shelf, alone=alone).value


def of_query(
    name: str, rows: QuerySet[Any, Any], make: Callable[[], Value], *, shelf: Shelf
) -> Value:
    """As ``unchanged`` for what is made of the rows of a query, or of what hangs on them, and of nothing else."""
    if (now := _READING.get()) is None or not now.may_keep:
        return make()
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:  # there is no statement that finds nothing
        return make()
    return unchanged((name, sql, repr(params)), make, shelf=shelf, alone=True)


def kept(
    key: Hashable, make: Callable[[], Value], *, shelf: Shelf = SMALL, alone: bool = False
) -> Kept[Value]:
    """As ``unchanged``, with what the value rests on."""
    now = _READING.get()
    if now is None:
        return Kept(make(), Basis(None))
    if now.may_keep and (found := shelf.find(key, now.edition)):
        now.rests_on(found.basis)
        return found
    basis = now.begin(alone=alone)
    with now.making(basis):
        made = Kept(make(), basis)
    if now.may_keep:
        shelf.put(key, made)
    return made


def standing(key: Hashable, *, shelf: Shelf = SMALL) -> Kept[Any] | None:
    """What is kept for a key and stands; None where it would have to be made."""
    now = _READING.get()
    if now is None or not now.may_keep:
        return None
    found = shelf.find(key, now.edition)
    if found is not None:
        now.rests_on(found.basis)
    return found


def own(
    key: Hashable,
    make: Callable[[], Value],
    copy: Callable[[Value], Value],
    *,
    shelf: Shelf,
) -> Value:
    """As ``unchanged`` for a value that goes on asking for what is kept after it was made, in ``later``: each request
    has one of its own, a ``copy`` of what is on the shelf, and puts it there when it ends. Else one request would put
    what stood when it began into the hands of another that began behind a write."""
    now = _READING.get()
    if now is None or not now.may_keep:
        return make()
    name = id(shelf), key
    if name in now.own:
        kept = now.own[name][1]
        now.rests_on(kept.basis)
        return cast("Value", kept.value)
    found = shelf.find(key, now.edition)
    basis = now.begin(alone=False)
    if found is not None:
        basis.rest_on(found.basis)
    with now.making(basis):
        value = make() if found is None else copy(found.value)
    now.own[name] = shelf, Kept(value, basis)
    return value


def settled(key: Hashable, extend: Callable[[Value | None], Value]) -> Value:
    """What ``extend`` makes of what it made for the key before, whatever was written since; of None at first, and where
    nothing is kept.

    For what is made of rows that nobody can change (``core.triggers``): ``extend`` reads whether that holds and which
    rows came since, and what it reads counts for the value that is being made, as always. Another request may have
    extended it meanwhile, by rows that this one sees as well: they were committed before it reads on.
    """
    now = _READING.get()
    if now is None or not now.may_keep:
        return extend(None)
    found = SETTLED.find(key, now.edition)
    value = extend(None if found is None else found.value)
    if now.may_keep:
        SETTLED.put(key, Kept(value, Basis(now.edition)))  # no table: of the same server it stands
    return value


def keeps() -> bool:
    """Whether what is read now may be kept for others."""
    now = _READING.get()
    return now is not None and now.may_keep


def rests_on(basis: Basis) -> None:
    """Say that what is being made is made of a value that is at hand."""
    if now := _READING.get():
        now.rests_on(basis)


def later() -> Callable[[], AbstractContextManager[None]]:
    """What a value that is being made stands in whenever it reads on. For another request, which shares what is kept,
    it may read rows only, and ask for nothing that is kept itself (``own`` may)::

    self._reading_on = later()
    ...
    with self._reading_on():
        read()
    """
    now = _READING.get()
    basis = now.innermost if now else None
    if basis is None:
        return nullcontext
    basis.grow()
    return lambda: _reading_on(basis)


@contextmanager
def _reading_on(basis: Basis) -> Iterator[None]:
    now = _READING.get()
    if now is None or not now.may_keep:  # nobody notes what it reads, or it may be rolled back
        basis.add(_UNKNOWN)
    if now is None:
        yield
        return
    with now.making(basis):
        yield
    if not now.may_keep:
        basis.add(_UNKNOWN)


class Again(Generic[Key, Given, Value]):
    """Values that were made before, not made again of what is equal: with what they have worked out since.

    What they are made of is compared whole, whatever was written meanwhile, so nothing is ever given that would not be
    made the same.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._before: OrderedDict[Hashable, Mapping[Key, tuple[Given, Value]]] = OrderedDict()
        self._lock = Lock()

    def __call__(
        self, which: Hashable, given: Mapping[Key, Given], make: Callable[[Given], Value]
    ) -> list[Value]:
        """A value for each of what is given, in its order. ``which`` tells in what set an equal one is looked for."""
        with self._lock:
            before = self._before.pop(which, {})
        found = {
            key: earlier
            if (earlier := before.get(key)) is not None and earlier[0] == of
            else (of, make(of))
            for key, of in given.items()
        }
        with self._lock:
            self._before[which] = found
            while len(self._before) > self.room:
                self._before.popitem(last=False)
        return [value for _, value in found.values()]


class OneAgain(Generic[Given, Value]):
    """As ``Again``, asked for one value at a time; of all keys those that were asked for last are there."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._before: OrderedDict[Hashable, tuple[Given, Value]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, key: Hashable, given: Given, make: Callable[[Given], Value]) -> Value:
        """What is made of ``given``, or was for the key of what is equal."""
        with self._lock:
            earlier = self._before.pop(key, None)
        if earlier is None or earlier[0] != given:
            earlier = given, make(given)
        with self._lock:
            self._before[key] = earlier
            while len(self._before) > self.room:
                self._before.popitem(last=False)
        return earlier[1]


@cache
def _names() -> Tables:
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models)


@lru_cache(maxsize=2000)
def tables_in(sql: str) -> Tables:
    """The tables of the portal that a statement names, in whatever place."""
    return _names() & frozenset(_WORD.findall(sql))


_WORD = re.compile(r"\w+")
