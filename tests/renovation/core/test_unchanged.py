"""What is kept while nothing changes is what would be read now, whatever was written in between and by whom."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import sql

from renovation.accounts.models import Organisation
from renovation.core import unchanged as module
from renovation.core.holding import held, holding
from renovation.core.unchanged import SMALL, Shelf, reading, unchanged
from tests.factories.accounts import BureauFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    SMALL.clear()
    yield
    SMALL.clear()


class Reader:
    """Asks for the names of all organisations and counts how often they were read."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self, key: str = "names") -> list[str]:
        return unchanged(key, self.make)

    def make(self) -> list[str]:
        self.read += 1
        return sorted(Organisation.objects.values_list("name", flat=True))


@pytest.fixture
def other() -> Iterator[Any]:
    """Another connection to the database, in no transaction."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as second:
        second.rollback()
        yield second


def rename(other: Any, name: str) -> None:
    other.execute("UPDATE accounts_organisation SET name = %s", [name])


def add(other: Any, name: str) -> None:
    """An organisation like one that there is, not committed yet."""
    columns = [
        field.column for field in Organisation._meta.concrete_fields
        if field.column not in {"id", "code", "name"}
    ]  # fmt: skip
    same = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL(
        "INSERT INTO accounts_organisation (code, name, {same})"
        " SELECT %s, %s, {same} FROM accounts_organisation LIMIT 1"
    )
    other.execute(statement.format(same=same), [name.replace(" ", "-").replace(".", ""), name])


def test_the_server_tells_one_edition_as_long_as_nobody_writes() -> None:
    """Of many that are asked for one right after the other; a test beside this one writes now and then."""
    assert any(module._edition() == module._edition() for _ in range(1000))


@pytest.mark.usefixtures("alone")
def test_what_nobody_changed_is_made_once() -> None:
    BureauFactory(name="区局")
    reader = Reader()
    with reading():
        assert [reader(), reader()] == [["区局"], ["区局"]]
    with reading():  # the next request
        assert reader() == ["区局"]
    assert reader.read == 1


def test_one_key_is_not_another() -> None:
    BureauFactory(name="区局")
    reader = Reader()
    with reading():
        reader("甲")
        reader("乙")
        reader("甲")
    assert reader.read == 2


def test_a_write_of_ones_own_or_of_another_is_seen_by_the_next(other: Any) -> None:
    bureau = BureauFactory(name="区局")
    reader = Reader()
    with reading():
        assert reader() == ["区局"]
    Organisation.objects.filter(pk=bureau.pk).update(name="住建局")
    with reading():
        assert reader() == ["住建局"]
    rename(other, "住建委")
    with reading():
        assert reader() == ["住建局"]  # not yet committed
    other.commit()
    for _ in range(2):
        with reading():
            assert reader() == ["住建委"]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_two_writers_do_the_reader_is_told_what_stands(seed: int, other: Any) -> None:
    """A third connection holds a transaction open over the others' commits."""
    throw = random.Random(seed)  # noqa: S311
    BureauFactory(name="0")
    reader = Reader()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as third:
        steps: list[Callable[[], object]] = [
            lambda: BureauFactory(name=f"own {throw.random()}"),
            lambda: add(other, f"other {throw.random()}"),
            lambda: add(third, f"third {throw.random()}"),
            other.commit,
            other.rollback,
            third.commit,
            third.rollback,
        ]
        for _ in range(60):
            throw.choice(steps)()
            with reading():
                told = reader()
                assert told == sorted(Organisation.objects.values_list("name", flat=True))
                assert reader() == told
        third.rollback()
    assert reader.read > 1


def test_nothing_is_kept_in_a_transaction() -> None:
    bureau = BureauFactory(name="区局")
    reader = Reader()
    with reading(), suppress(RuntimeError), transaction.atomic():
        assert reader() == ["区局"]
        Organisation.objects.filter(pk=bureau.pk).update(name="未定")
        assert reader() == ["未定"]
        raise RuntimeError
    with reading():
        assert reader() == ["区局"]
    assert reader.read == 3


def test_nothing_is_kept_outside_of_a_reading_request() -> None:
    BureauFactory(name="区局")
    reader = Reader()
    assert [reader(), reader()] == [["区局"], ["区局"]]
    assert reader.read == 2


def test_the_latest_used_are_kept() -> None:
    BureauFactory(name="区局")
    reads: list[str] = []
    shelf = Shelf(2)

    def read(key: str) -> None:
        unchanged(key, lambda: reads.append(key), shelf=shelf)

    with reading():
        for key in ("甲", "乙", "甲", "丙", "甲"):
            read(key)
        assert reads == ["甲", "乙", "丙"]
        read("乙")  # had to go
    assert reads == ["甲", "乙", "丙", "乙"]
    assert len(shelf) == 2


def test_a_request_that_writes_after_all_keeps_and_finds_nothing_from_then_on(other: Any) -> None:
    bureau = BureauFactory(name="区局")
    reader = Reader()
    with reading():
        assert reader() == ["区局"]
        Organisation.objects.filter(pk=bureau.pk).update(name="住建局")
        assert reader() == ["住建局"]
        rename(other, "住建委")
        other.commit()
        assert [reader(), reader()] == [["住建委"], ["住建委"]]
    assert reader.read == 4


def test_what_a_request_wrote_while_it_made_a_value_is_not_kept() -> None:
    def write() -> str:
        BureauFactory(name="区局")
        return "made"

    with reading():
        assert unchanged("key", write) == "made"
    assert len(SMALL) == 0


@pytest.mark.usefixtures("alone")
def test_one_query_tells_a_request_whether_its_values_stand(
    django_assert_num_queries: Any,
) -> None:
    BureauFactory(name="区局")
    reader = Reader()
    with reading(), django_assert_num_queries(3):
        reader("甲")
        reader("乙")
    with reading(), django_assert_num_queries(1):
        reader("甲")
        reader("乙")


@pytest.mark.usefixtures("alone")
def test_what_one_request_held_the_next_holds_too() -> None:
    BureauFactory(name="区局")
    reader = Reader()
    for _ in range(2):
        with reading(), holding():
            assert [held("names", reader.make), held("names", reader.make)] == [["区局"], ["区局"]]
    assert reader.read == 1


def test_what_one_request_held_is_read_anew_after_a_write() -> None:
    bureau = BureauFactory(name="区局")
    reader = Reader()
    with reading(), holding():
        assert held("names", reader.make) == ["区局"]
    Organisation.objects.filter(pk=bureau.pk).update(name="住建局")
    with reading(), holding():
        assert held("names", reader.make) == ["住建局"]


def test_a_request_within_another_has_its_own_edition(other: Any) -> None:
    BureauFactory(name="区局")
    reader = Reader()
    with reading():
        assert reader() == ["区局"]
        rename(other, "住建局")
        other.commit()
        with reading():
            assert reader() == ["住建局"]


def test_a_value_of_an_earlier_edition_makes_room_for_one_of_the_next(other: Any) -> None:
    BureauFactory(name="区局")
    shelf = Shelf(5)
    for name in ("住建局", "住建委"):
        with reading():
            for key in ("甲", "乙"):
                unchanged(key, lambda name=name: name, shelf=shelf)
        assert list(shelf) == [name, name]
        rename(other, name)
        other.commit()


def test_holding_alone_keeps_nothing_behind_its_end() -> None:
    """A task, or a request that writes, asks for settings once and leaves nothing to others."""
    BureauFactory(name="区局")
    reader = Reader()
    for _ in range(2):
        with holding():
            held("names", reader.make)
    assert reader.read == 2
    assert len(SMALL) == 0


def test_what_failed_is_not_kept() -> None:
    def fail() -> list[str]:
        raise ValueError("读不出")

    with reading():
        with pytest.raises(ValueError, match="读不出"):
            unchanged("names", fail)
        assert unchanged("names", lambda: ["区局"]) == ["区局"]


def test_another_run_of_the_server_is_another_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    BureauFactory(name="区局")
    reader = Reader()
    with reading():
        reader()
    edition = module._edition()
    monkeypatch.setattr(module, "_edition", lambda: f"later {edition}")
    with reading():
        reader()
    assert reader.read == 2
