"""Database triggers that refuse a change, the same on PostgreSQL and SQLite (HOUSE.md §4.7).

A wing lists them in a migration of its own::

    operations = [refuse("audit_entry", "records_auditentry", "UPDATE", "审计记录不能修改。")]

``when`` is SQL over ``OLD`` and ``NEW``, subqueries allowed, in the words that both databases know, with ``IS DISTINCT FROM``
for “differs, NULL included”. The application meets an ``IntegrityError``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_POSTGRESQL = """
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {when} THEN
        RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN {row};
END $$;
CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();
"""
_SQLITE = """
CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW WHEN {when}
BEGIN SELECT RAISE(ABORT, '{message}'); END;
"""


def refuse(name: str, table: str, event: str, message: str, *, when: str = "") -> Refusing:
    """An operation that makes the database refuse ``UPDATE``, ``DELETE`` or ``INSERT`` on a table.

    ``name`` is unique in the database, ``message`` one Chinese sentence without a quotation mark,
    ``when`` the condition (all rows where empty).
    """
    if event not in {"UPDATE", "DELETE", "INSERT"}:
        raise ValueError(f"{event!r} is no event of a trigger")
    words = {
        "trigger": f"refuse_{name}",
        "function": f"refuse_{name}_fn",
        "table": table,
        "event": event,
        "message": message.replace("'", ""),
        "when": f"({when})" if when else "TRUE",
        "row": "OLD" if event == "DELETE" else "NEW",
    }

    return Refusing(words)


class Refusing(Operation):
    """The operation that ``refuse`` gives; it knows the name of its trigger.

    Not a RunPython: that would have Django build every model of the project anew for each trigger.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words

    @property
    def trigger(self) -> str:
        """Its name in the database."""
        return self.words["trigger"]

    def make(self, editor: BaseDatabaseSchemaEditor) -> None:
        """Put the trigger in force."""
        template = _POSTGRESQL if editor.connection.vendor == "postgresql" else _SQLITE
        with editor.connection.cursor() as cursor:
            # Names and conditions come from migrations, never from a person.
            cursor.execute(template.format(**self.words))

    def take_away(self, editor: BaseDatabaseSchemaEditor) -> None:
        """Take the trigger out of the database."""
        with editor.connection.cursor() as cursor:
            if editor.connection.vendor == "postgresql":
                cursor.execute("DROP TRIGGER {trigger} ON {table}".format(**self.words))
                cursor.execute("DROP FUNCTION {function}()".format(**self.words))
            else:
                cursor.execute("DROP TRIGGER {trigger}".format(**self.words))

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            self.make(schema_editor)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            self.take_away(schema_editor)

    def describe(self) -> str:
        return f"Trigger {self.trigger} on {self.words['table']}"


def declared(applied: Iterable[Migration]) -> dict[str, Refusing]:
    """The triggers that some migrations make, by name."""
    return {
        operation.trigger: operation
        for migration in applied
        for operation in migration.operations
        if isinstance(operation, Refusing)
    }


def present(using: BaseDatabaseWrapper) -> set[str]:
    """The names of the refusing triggers that stand in a database."""
    sql = _NAMES_POSTGRESQL if using.vendor == "postgresql" else _NAMES_SQLITE
    with using.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


def seal(*names: str) -> str:
    """What stays the same for as long as some triggers (``names`` as given to ``refuse``) are in force without a pause
    and their tables are not emptied as a whole; "" where one of them is not in force. One query; PostgreSQL only.

    Whoever disables a trigger, if only in a transaction, writes its row in the catalogue anew; who truncates a table
    gives it another file. A superuser who has all triggers of a session put aside leaves no trace.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SEAL, [[f"refuse_{name}" for name in names]])
        found = sorted(cursor.fetchall())
    if len(found) < len(names) or not all(in_force for *_, in_force in found):
        return ""
    return " ".join(str(part) for row in found for part in row)


def make_anew(using: BaseDatabaseWrapper) -> list[str]:
    """Make the declared triggers of all applied migrations that a database lacks; their names.

    Django alters a field on SQLite by remaking the table, and the table's triggers go with the old one. Called
    after every ``migrate`` (``renovation.records.apps``).
    """
    loader = MigrationLoader(using)
    missing = declared(
        migration
        for key, migration in loader.disk_migrations.items()
        if key in loader.applied_migrations
    )
    for name in present(using):
        missing.pop(name, None)
    if missing:
        with using.schema_editor() as editor:
            for operation in missing.values():
                operation.make(editor)
    return sorted(missing)


_NAMES_POSTGRESQL = """
SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'refuse\\_%'
"""
_NAMES_SQLITE = """
SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'refuse\\_%' ESCAPE '\\'
"""
# It begins with its first word: a request that reads is told from one that writes by that.
_SEAL = """SELECT oid, xmin::text, pg_relation_filenode(tgrelid), tgenabled IN ('O', 'A') FROM pg_trigger WHERE tgname = ANY(%s)
"""
#: Checks of foreign keys that wait for the end of the transaction forbid ALTER TABLE: those of the rows so far are
#: made now, those of later rows wait again.
_NOTHING_PENDING = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
_LIFTED_POSTGRESQL = """
SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgname LIKE 'refuse\\_%'
"""
_LIFTED_SQLITE = """
SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'refuse\\_%' ESCAPE '\\'
"""


def room_to_remake(table: str) -> RunPython:
    """An operation before those by which Django remakes ``table`` on SQLite (constraints, altered columns): triggers
    of other tables that look into it would stop the renaming, so they are dropped; ``make_anew`` makes them again
    after migrating. PostgreSQL alters in place and keeps them. It stands at both ends of a migration that is to be
    undone as well: undoing begins at the last."""

    def forward(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "sqlite":
            return
        with editor.connection.cursor() as cursor:
            cursor.execute(_LOOKING_INTO, [table, f"%{table} %"])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")

    return RunPython(forward, forward)


_LOOKING_INTO = """
SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'refuse\\_%%' ESCAPE '\\'
AND tbl_name <> %s AND sql LIKE %s
"""


@contextmanager
def suspended(name: str, table: str, using: BaseDatabaseWrapper) -> Iterator[None]:
    """One trigger out of force, for a migration that fills a new column of rows which are otherwise final.

    ``name`` and ``table`` are those given to ``refuse``. Stands inside the migration's transaction.
    """
    trigger = f"refuse_{name}"
    with using.cursor() as cursor:
        if using.vendor == "postgresql":
            cursor.execute(_NOTHING_PENDING)
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            yield
            cursor.execute(_NOTHING_PENDING)
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        else:
            sql = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s"
            cursor.execute(sql, [trigger])
            found = cursor.fetchone()
            if (
                found is not None
            ):  # a table that was remade has lost it; it is made anew after migrating
                cursor.execute(f"DROP TRIGGER {trigger}")
            yield
            if found is not None:
                cursor.execute(found[0])


@contextmanager
def lifted() -> Iterator[None]:
    """Let everything be written, for the time of loading a backup alone.

    A backup holds what was approved already, so the order of its tables must not matter. Stands inside the
    transaction that loads: where that is rolled back, the triggers are back as well.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_LIFTED_POSTGRESQL)
            refusing = list(cursor.fetchall())
            cursor.execute(_NOTHING_PENDING)
            for table, name in refusing:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
            yield
            cursor.execute(_NOTHING_PENDING)
            for table, name in refusing:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
        else:
            cursor.execute(_LIFTED_SQLITE)
            triggers = list(cursor.fetchall())
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            yield
            for _, statement in triggers:
                cursor.execute(statement)
