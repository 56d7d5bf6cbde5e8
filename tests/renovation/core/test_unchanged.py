"""What is kept while nothing changes is what would be read now, whatever was written in between and by whom."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from psycopg import sql

from renovation.accounts.models import Organisation
from renovation.core import unchanged as module
from renovation.core.holding import held, holding
from renovation.core.unchanged import SMALL, Again, Shelf, later, of_query, reading, unchanged
from renovation.core.written import tend_notes
from renovation.jobs.models import Heartbeat
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


@pytest.mark.usefixtures("alone")
def test_what_nobody_changed_is_made_once() -> None:
    BureauFactory(name="区局")
    reader = Reader()
    with reading():
        assert [reader(), reader()] == [["区局"], ["区局"]]
    with reading():  # the next request
        assert reader() == ["区局"]
    assert reader.read == 1


@pytest.mark.usefixtures("alone")
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


@pytest.mark.usefixtures("alone")
def test_a_write_to_a_table_that_was_not_read_leaves_a_value(other: Any) -> None:
    """Nor does a transaction that wrote nothing, or was rolled back."""
    BureauFactory(name="区局")
    reader = Reader()
    with reading():
        reader()
    Heartbeat.objects.create(name="tick", at=timezone.now())
    other.execute("SELECT pg_current_xact_id()")
    other.commit()
    rename(other, "住建局")
    other.rollback()
    with reading():
        assert reader() == ["区局"]
    assert reader.read == 1


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("order", [("甲", "乙"), ("乙", "甲")])
def test_a_value_falls_with_what_it_was_made_of(other: Any, order: tuple[str, str]) -> None:
    """Made anew or found, of its own request or of one before; what was not made of it stays."""
    BureauFactory(name="区局")
    reader, made = Reader(), []

    def titles() -> str:
        made.append("title")
        return "、".join(reader("names"))

    def ask() -> tuple[str, int]:
        with reading():
            if order[0] == "甲":
                reader("names")
            return unchanged("titles", titles), unchanged(
                "beats", Heartbeat.objects.count, alone=True
            )

    assert [ask(), ask()] == [("区局", 0)] * 2
    assert (reader.read, len(made)) == (1, 1)
    rename(other, "住建局")
    other.commit()
    assert [ask(), ask()] == [("住建局", 0)] * 2
    assert (reader.read, len(made)) == (2, 2)


@pytest.mark.usefixtures("alone")
def test_a_value_falls_with_what_its_request_read_before(other: Any) -> None:
    """Rows may have been handed to who makes it; not to who stands alone."""
    bureau = BureauFactory(name="区局")

    def ask() -> tuple[str, str]:
        with reading():
            row = Organisation.objects.get(pk=bureau.pk)
            return (
                unchanged("given", lambda: row.name),
                unchanged("alone", lambda: row.name, alone=True),
            )

    assert ask() == ("区局", "区局")
    rename(other, "住建局")
    other.commit()
    assert ask() == ("住建局", "区局")


@pytest.mark.usefixtures("alone")
def test_what_a_value_reads_later_counts_for_it_and_for_what_is_made_of_it(other: Any) -> None:
    bureau = BureauFactory(name="区局")

    class Lazy:
        """Knows its name when it is asked."""

        def __init__(self) -> None:
            self.reading_on = later()
            self.count = Heartbeat.objects.count()

        @cached_property
        def name(self) -> str:
            with self.reading_on():
                return Organisation.objects.get(pk=bureau.pk).name

    def ask() -> tuple[str, str]:
        with reading():
            lazy = unchanged("lazy", Lazy)
            return lazy.name, unchanged("words", lambda: f"名称：{lazy.name}")

    for _ in range(2):
        assert ask() == ("区局", "名称：区局")
    rename(other, "住建局")
    other.commit()
    for _ in range(2):
        assert ask() == ("住建局", "名称：住建局")


def test_what_is_read_later_by_who_keeps_nothing_ends_the_value() -> None:
    """It may be rolled back, and nobody notes what was read."""
    bureau = BureauFactory(name="区局")
    made: list[Any] = []

    def make() -> Any:
        made.append(later())
        return made[-1]

    with reading():
        reading_on = unchanged("lazy", make)
    with suppress(RuntimeError), transaction.atomic():
        Organisation.objects.filter(pk=bureau.pk).update(name="未定")
        with reading_on():
            Organisation.objects.get(pk=bureau.pk)
        raise RuntimeError
    with reading():
        unchanged("lazy", make)
    assert len(made) == 2


@pytest.mark.usefixtures("alone")
def test_values_that_read_on_for_each_other_end(other: Any) -> None:
    BureauFactory(name="区局")
    handed: dict[str, Any] = {}

    def make(name: str) -> str:
        handed[name] = later()
        return name

    with reading():
        unchanged("甲", lambda: make("甲"))
        unchanged("乙", lambda: make("乙"))
        for one, another in (("甲", "乙"), ("乙", "甲")):
            with handed[one]():
                unchanged(another, lambda: make("again"))
                Organisation.objects.count()
    with reading():
        assert [unchanged(key, lambda: "anew") for key in ("甲", "乙")] == ["甲", "乙"]
    rename(other, "住建局")
    other.commit()
    with reading():
        assert [unchanged(key, lambda: "anew") for key in ("甲", "乙")] == ["anew", "anew"]


def test_one_in_flight_when_a_value_was_begun_may_have_changed_it(other: Any) -> None:
    """Its number is lower than that of who wrote the table last, and it ends after the value was made."""
    BureauFactory(name="区局")
    add(other, "街道")
    Organisation.objects.filter(name="区局").update(name="住建局")
    reader = Reader()
    with reading():
        assert reader() == ["住建局"]
    other.commit()
    with reading():
        assert reader() == ["住建局", "街道"]


@pytest.mark.usefixtures("alone")
def test_a_table_that_nobody_watches_is_read_each_time() -> None:
    BureauFactory(name="区局")
    reader = Reader()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM records_written WHERE relation = 'accounts_organisation'::regclass"
        )
    for _ in range(2):
        with reading():
            reader()
    assert reader.read == 2
    tend_notes()
    for _ in range(2):
        with reading():
            reader()
    assert reader.read == 3


@pytest.mark.usefixtures("alone")
def test_what_is_made_of_the_rows_of_a_query_is_that_of_another_for_others() -> None:
    for name in ("一局", "二局"):
        BureauFactory(name=name)
    shelf = Shelf(5)
    read: list[str] = []

    def names(rows: Any) -> list[str]:
        def make() -> list[str]:
            read.append("read")
            return list(rows.values_list("name", flat=True))

        return of_query("names", rows, make, shelf=shelf)

    every = Organisation.objects.all()
    for _ in range(2):
        with reading():
            assert names(every.filter(name="一局")) == ["一局"]
            assert names(every.filter(name="二局")) == ["二局"]
            assert names(every.none()) == []
    assert len(read) == 4  # of no rows no statement tells


def test_equal_values_are_not_made_again() -> None:
    again: Again[str, list[int], list[int]] = Again(1)
    first = again("一天", {"甲": [1], "乙": [2]}, list)
    second = again("一天", {"甲": [1], "乙": [3], "丙": [4]}, list)
    assert second == [[1], [3], [4]]
    assert second[0] is first[0]
    again("另一天", {"甲": [1]}, list)  # one day is remembered
    assert again("一天", {"甲": [1]}, list)[0] is not first[0]


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
    edition = module.edition()
    monkeypatch.setattr(module, "edition", lambda: edition._replace(server="later"))
    with reading():
        reader()
    assert reader.read == 2
