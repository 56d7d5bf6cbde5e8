"""PostgreSQL notes with every statement which transaction wrote which table; the notes are few and never wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from renovation.core import written
from renovation.core.triggers import lifted
from renovation.core.written import edition, tend_notes, watch_tables
from renovation.jobs.models import Heartbeat
from renovation.records.schedules import SWEEPS

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TABLE = Heartbeat._meta.db_table


def run(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


@pytest.fixture
def other() -> Iterator[Any]:
    """Another connection to the database, in no transaction."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as second:
        second.rollback()
        yield second


def beat(name: str = "tick") -> None:
    Heartbeat.objects.create(name=name, at=timezone.now())


def test_every_table_is_watched() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert len(tables) > 150
    assert tables <= edition().written.keys()
    assert "records_written" not in edition().written


@pytest.mark.parametrize(
    "write",
    [
        lambda: Heartbeat.objects.create(name="new", at=timezone.now()),
        lambda: Heartbeat.objects.filter(name="tick").update(at=timezone.now()),
        lambda: Heartbeat.objects.all().delete(),
        lambda: Heartbeat.objects.bulk_create([Heartbeat(name="new", at=timezone.now())]),
        lambda: run(f"TRUNCATE {TABLE}"),
        lambda: run(f"INSERT INTO {TABLE} (name, at) SELECT 'copy', at FROM {TABLE}"),
    ],
)
def test_whatever_writes_is_noted(write: Callable[[], object]) -> None:
    beat()
    before = edition()
    write()
    after = edition()
    changed = {name for name in after.written if after.written[name] != before.written[name]}
    assert changed == {TABLE}
    assert after.written[TABLE] >= before.settled


def test_who_reads_and_who_is_rolled_back_leave_no_note() -> None:
    beat()
    before = edition().written
    with transaction.atomic():
        assert Heartbeat.objects.select_for_update().count() == 1
    with suppress(RuntimeError), transaction.atomic():
        beat("other")
        raise RuntimeError
    assert edition().written == before


def test_a_savepoint_that_is_rolled_back_takes_its_notes_with_it() -> None:
    before = edition().written
    with transaction.atomic():
        with suppress(RuntimeError), transaction.atomic():
            beat()
            raise RuntimeError
        run("UPDATE accounts_organisation SET name = name WHERE false")
    after = edition().written
    assert {name for name in after if after[name] != before[name]} == {"accounts_organisation"}


def test_a_transaction_in_flight_is_not_seen_and_nothing_is_settled_behind_it(other: Any) -> None:
    before = edition()
    other.execute(f"INSERT INTO {TABLE} (name, at) VALUES ('other', now())")
    beat()
    during = edition()
    other.commit()
    after = edition()
    assert during.settled <= after.written[TABLE]  # the later of the two ended first
    mine = run(
        f"SELECT max(transaction) FROM records_written WHERE relation = '{TABLE}'::regclass"
    )[0][0]
    assert mine == after.written[TABLE] > before.written[TABLE]
    assert len(run(f"SELECT 1 FROM records_written WHERE relation = '{TABLE}'::regclass")) >= 2


def test_where_guards_are_lifted_for_a_restore_writes_are_noted() -> None:
    """The audit's rows are guarded by triggers of their own."""
    before = edition().written["records_auditentry"]
    with transaction.atomic(), lifted():
        run("DELETE FROM records_auditentry")
    assert edition().written["records_auditentry"] > before


def test_notes_that_have_piled_up_are_thinned_out(monkeypatch: pytest.MonkeyPatch) -> None:
    tend_notes()  # every table has its note
    for name in "甲乙丙":
        beat(name)
    before = edition().written
    monkeypatch.setattr(written, "PILE", 1_000_000)
    assert tend_notes() == 0  # few
    assert len(run(f"SELECT 1 FROM records_written WHERE relation = '{TABLE}'::regclass")) >= 3
    monkeypatch.setattr(written, "PILE", 10)
    (sweep,) = [sweep for sweep in SWEEPS if sweep.code == "records.written"]
    assert sweep.run(timezone.now()) >= 2
    assert edition().written == before
    assert run("SELECT count(*), count(DISTINCT relation) FROM records_written") == [
        (len(before), len(before))
    ]
    assert sweep.run(timezone.now()) == 0


def test_notes_of_another_server_are_passed_over() -> None:
    """Restored with its database: its transactions may bear numbers that are still to come here."""
    beat()
    run(
        f"UPDATE records_written SET transaction = transaction + 1000000 WHERE relation = '{TABLE}'::regclass"
    )
    assert TABLE not in edition().written
    tend_notes()
    now = edition()
    assert now.written[TABLE] >= now.settled - 1
    run(f"DELETE FROM records_written WHERE transaction > {now.settled + 1000}")


def test_a_table_that_is_new_is_watched_behind_the_next_migration() -> None:
    run("CREATE TABLE brand_new (id integer)")
    try:
        run("INSERT INTO brand_new VALUES (1)")
        assert "brand_new" not in edition().written
        watch_tables(connection)
        first = edition().written["brand_new"]
        watch_tables(connection)
        run("INSERT INTO brand_new VALUES (2)")
        assert edition().written["brand_new"] > first
    finally:
        run("DROP TABLE brand_new")
        run("DELETE FROM records_written WHERE relation NOT IN (SELECT oid FROM pg_class)")


def test_a_table_that_is_made_anew_is_another_one() -> None:
    """Without a trigger until the next tick; what was noted of the one before tells nothing of it."""
    run("CREATE TABLE brand_new (id integer)")
    try:
        watch_tables(connection)
        assert "brand_new" in edition().written
        run("DROP TABLE brand_new")
        run("CREATE TABLE brand_new (id integer)")
        assert "brand_new" not in edition().written
        tend_notes()
        first = edition().written["brand_new"]
        run("INSERT INTO brand_new VALUES (1)")
        assert edition().written["brand_new"] > first
    finally:
        run("DROP TABLE brand_new")
        run("DELETE FROM records_written WHERE relation NOT IN (SELECT oid FROM pg_class)")


@pytest.mark.parametrize(
    "session", ["SET LOCAL session_replication_role = replica", "SET LOCAL search_path = ''"]
)
def test_a_session_of_a_restore_is_noted_as_well(session: str) -> None:
    before = edition().written[TABLE]
    with transaction.atomic():
        run(session)
        run(f"INSERT INTO public.{TABLE} (name, at) VALUES ('restored', now())")
    assert edition().written[TABLE] > before


def test_another_table_of_notes_is_another_server() -> None:
    """As after a restore into the same database."""
    before = edition().server
    with suppress(RuntimeError), transaction.atomic():
        written.drop_log(connection)
        written.make_log(connection)
        watch_tables(connection)
        after = edition()
        raise RuntimeError
    assert after.server != before
    assert edition().server == before
