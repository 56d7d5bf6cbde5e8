"""Triggers: made, obeyed, taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from renovation.core.triggers import (
    Refusing,
    declared,
    lifted,
    make_anew,
    present,
    refuse,
    seal,
    suspended,
)

pytestmark = pytest.mark.django_db
TABLE = "trigger_test"
PARENT, CHILD = f"{TABLE}_parent", f"{TABLE}_child"


def apply(operation: Refusing, *, backward: bool = False) -> None:
    with connection.schema_editor(atomic=False) as editor:
        (operation.take_away if backward else operation.make)(editor)


@pytest.fixture
def table(transactional_db: None) -> Iterator[None]:
    run(f"CREATE TABLE {TABLE} (id integer, state varchar(10))")
    run(f"INSERT INTO {TABLE} VALUES (1, 'open'), (2, 'closed'), (3, NULL)")
    yield
    run(f"DROP TABLE {TABLE}")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def rows() -> list[tuple[int, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, state FROM {TABLE} ORDER BY id")
        return list(cursor.fetchall())


def refused(statement: str, message: str) -> None:
    with pytest.raises(IntegrityError, match=message):
        run(statement)


def test_a_condition_decides_which_rows_are_refused(table: None) -> None:
    operation = refuse(
        "trigger_test_closed",
        TABLE,
        "UPDATE",
        "已关闭，不能修改。",
        when="OLD.state = 'closed' AND NEW.state IS DISTINCT FROM OLD.state",
    )
    apply(operation)
    run(f"UPDATE {TABLE} SET state = 'done' WHERE id = 1")
    refused(f"UPDATE {TABLE} SET state = 'open' WHERE id = 2", "已关闭，不能修改。")
    refused(f"UPDATE {TABLE} SET state = NULL WHERE id = 2", "已关闭，不能修改。")
    run(f"UPDATE {TABLE} SET id = 4 WHERE id = 2")
    assert rows() == [(1, "done"), (3, None), (4, "closed")]
    apply(operation, backward=True)
    run(f"UPDATE {TABLE} SET state = 'open' WHERE id = 4")


@pytest.mark.parametrize(
    ("event", "statement"),
    [
        ("UPDATE", f"UPDATE {TABLE} SET id = 9"),
        ("DELETE", f"DELETE FROM {TABLE}"),
        ("INSERT", f"INSERT INTO {TABLE} VALUES (9, 'open')"),
    ],
)
def test_without_a_condition_all_rows_are_refused(table: None, event: str, statement: str) -> None:
    operation = refuse("trigger_test_all", TABLE, event, "只能'看'。")
    before = rows()
    apply(operation)
    refused(statement, "只能看。")
    assert rows() == before
    apply(operation, backward=True)
    run(statement)
    assert rows() != before


def test_only_three_events_are_known() -> None:
    with pytest.raises(ValueError, match="TRUNCATE"):
        refuse("x", TABLE, "TRUNCATE", "不行。")


def test_a_trigger_is_suspended_for_a_migration_alone(table: None) -> None:
    operation = refuse("trigger_test_all", TABLE, "UPDATE", "不能改。")
    apply(operation)
    with transaction.atomic(), suspended("trigger_test_all", TABLE, connection):
        run(f"UPDATE {TABLE} SET state = 'filled'")
    refused(f"UPDATE {TABLE} SET state = 'again'", "不能改。")
    assert {state for _, state in rows()} == {"filled"}
    apply(operation, backward=True)


@pytest.mark.race
def test_a_seal_is_broken_by_every_pause(table: None) -> None:
    """What was read of guarded rows may be kept under one seal: nobody can have changed them since."""
    names = ["trigger_test_one", "trigger_test_two"]
    operations = [
        refuse(name, TABLE, event, "不能改。")
        for name, event in zip(names, ("UPDATE", "DELETE"), strict=True)
    ]
    assert seal(*names) == ""
    apply(operations[0])
    assert seal(*names) == ""
    apply(operations[1])
    whole = seal(*names)
    assert whole != ""
    run(f"INSERT INTO {TABLE} VALUES (4, 'open')")
    refused(f"UPDATE {TABLE} SET state = 'again'", "不能改。")
    assert seal(*names) == whole

    def pause(*statements: str) -> str:
        for statement in statements:
            run(f"ALTER TABLE {TABLE} {statement}")
        return seal(*names)

    seen = [whole]
    assert pause("DISABLE TRIGGER refuse_trigger_test_one") == ""
    seen.append(pause("ENABLE TRIGGER refuse_trigger_test_one"))
    assert pause("ENABLE REPLICA TRIGGER refuse_trigger_test_two") == ""
    seen.append(pause("ENABLE ALWAYS TRIGGER refuse_trigger_test_two"))
    with transaction.atomic(), lifted():
        run(f"UPDATE {TABLE} SET state = 'restored'")
    seen.append(seal(*names))
    run(f"TRUNCATE {TABLE}")
    seen.append(seal(*names))
    apply(operations[0], backward=True)
    apply(operations[0])
    seen.append(seal(*names))
    assert "" not in seen
    assert len(set(seen)) == len(seen)
    for operation in operations:
        apply(operation, backward=True)


@pytest.mark.parametrize(
    "lift", [lambda: suspended("trigger_test_child", CHILD, connection), lifted]
)
def test_rows_whose_foreign_keys_wait_hinder_no_suspension(
    table: None, lift: Callable[[], AbstractContextManager[None]]
) -> None:
    """Written before in the same transaction, as a migration of data does: PostgreSQL refuses ALTER TABLE while
    their checks wait. What is written meanwhile may come in any order."""
    run(f"CREATE TABLE {PARENT} (id integer PRIMARY KEY)")
    run(
        f"CREATE TABLE {CHILD} (id integer, parent integer"
        f" REFERENCES {PARENT} (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    operation = refuse("trigger_test_child", CHILD, "UPDATE", "不能改。")
    apply(operation)
    with transaction.atomic():
        run(f"INSERT INTO {CHILD} VALUES (1, 1)")
        run(f"INSERT INTO {PARENT} VALUES (1)")
        with lift():
            run(f"INSERT INTO {CHILD} VALUES (2, 2)")
            run(f"INSERT INTO {PARENT} VALUES (2)")
            run(f"UPDATE {CHILD} SET id = id + 10")
    refused(f"UPDATE {CHILD} SET id = 9", "不能改。")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {CHILD} ORDER BY id")
        assert cursor.fetchall() == [(11,), (12,)]
    apply(operation, backward=True)
    run(f"DROP TABLE {CHILD}")
    run(f"DROP TABLE {PARENT}")


# -- all of them stand ---------------------------------------------------------------------------------
def test_every_trigger_that_a_migration_declares_stands(db: None) -> None:
    loader = MigrationLoader(connection)
    names = set(declared(loader.disk_migrations.values()))
    assert len(names) > 30
    assert present(connection) == names


def test_a_trigger_that_went_with_its_table_is_made_anew(transactional_db: None) -> None:
    loader = MigrationLoader(connection)
    operation = declared(loader.disk_migrations.values())["refuse_audit_entry_update"]
    apply(operation, backward=True)
    assert "refuse_audit_entry_update" not in present(connection)
    assert make_anew(connection) == ["refuse_audit_entry_update"]
    assert make_anew(connection) == []
    assert "refuse_audit_entry_update" in present(connection)
