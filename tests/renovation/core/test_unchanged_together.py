"""Two requests at once: what one of them reads on never stands in the page of another that began behind a write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from copy import copy
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils.functional import cached_property

from renovation.accounts.models import Organisation
from renovation.core.unchanged import SMALL, Shelf, later, own, reading, unchanged
from renovation.jobs.models import Heartbeat
from tests.factories.accounts import BureauFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    SMALL.clear()
    yield
    SMALL.clear()


@pytest.fixture
def other() -> Iterator[Any]:
    """Another connection to the database, in no transaction."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as second:
        second.rollback()
        yield second


def rename(other: Any, name: str) -> None:
    other.execute("UPDATE accounts_organisation SET name = %s", [name])
    other.commit()


class Lazy:
    """Knows its name, which is kept on its own as well, when it is asked."""

    def __init__(self) -> None:
        self.reading_on = later()
        self.count = Heartbeat.objects.count()

    def copied(self) -> Lazy:
        new = copy(self)
        new.reading_on = later()
        return new

    @cached_property
    def name(self) -> str:
        with self.reading_on():
            return part()


def part() -> str:
    return unchanged("part", lambda: Organisation.objects.get().name, alone=True)


SHELF = Shelf(2)


def lazy() -> Lazy:
    return own("lazy", Lazy, Lazy.copied, shelf=SHELF)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("knows_the_part", [False, True])
def test_what_a_request_finds_that_began_before_a_write_is_its_own(
    other: Any, knows_the_part: bool
) -> None:
    SHELF.clear()
    BureauFactory(name="区局")
    asked, go_on = threading.Event(), threading.Event()
    with reading():
        lazy()
        if knows_the_part:
            part()
    told: list[str] = []

    def before() -> None:
        try:
            with reading():
                mine = lazy()
                asked.set()
                assert go_on.wait(20)
                told.append(mine.name)
        finally:
            connection.close()

    thread = threading.Thread(target=before)
    thread.start()
    assert asked.wait(20)
    rename(other, "住建局")

    def page() -> str:
        mine = lazy()
        if not go_on.is_set():
            go_on.set()
            thread.join()
        return f"名称：{mine.name}"

    for _ in range(3):
        with reading():
            assert unchanged("page", page) == "名称：住建局"
    assert told == ["区局" if knows_the_part else "住建局"]  # it began before


@pytest.mark.usefixtures("alone")
def test_what_a_request_has_read_on_stands_for_the_next(other: Any) -> None:
    SHELF.clear()
    BureauFactory(name="区局")
    with reading():
        first = lazy()
        assert lazy() is first
        assert first.name == "区局"
        assert len(SHELF) == 0  # its own until it ends
    with reading():
        second = lazy()
        assert second is not first
        assert "name" in vars(second)
    rename(other, "住建局")
    with reading():
        assert "name" not in vars(lazy())


def test_who_writes_after_all_leaves_nothing() -> None:
    SHELF.clear()
    BureauFactory(name="区局")
    with reading():
        lazy()
        Heartbeat.objects.create(name="tick", at="2025-05-07T10:00+08:00")
    assert len(SHELF) == 0


@pytest.mark.usefixtures("alone")
def test_rows_that_were_read_before_anything_was_kept_are_not_older_than_it(other: Any) -> None:
    bureau = BureauFactory(name="区局")

    def ask(*, is_between: bool) -> str:
        with reading():
            row = Organisation.objects.get(pk=bureau.pk)
            if is_between:
                rename(other, "住建局")
            return unchanged("given", lambda: str(row.name))

    assert ask(is_between=True) == "区局"
    assert ask(is_between=False) == "住建局"


def test_a_value_that_is_read_on_around_a_write_ends() -> None:
    BureauFactory(name="区局")
    handed: list[Any] = []

    def make() -> int:
        handed.append(later())
        return len(handed)

    with reading():
        assert unchanged("lazy", make) == 1
        with handed[0]():
            Organisation.objects.update(name="未定")
    with reading():
        assert unchanged("lazy", make) == 2
