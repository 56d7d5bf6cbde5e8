"""Which transaction wrote a table last, noted by PostgreSQL itself (ADR 38).

Every table has a trigger that adds a row (table, transaction) to ``records_written`` with each statement that may
change it, of whatever process that does not disable it. Rows are only added, each in its own transaction, so a reader sees exactly those of the
transactions whose changes he sees. SQLite has no transactions that could be named and notes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

#: So many notes are read in less than a millisecond; more are thinned out.
PILE = 2000


class Edition(NamedTuple):
    """What stood when it was asked for.

    ``server`` is the database and the run of its server: another may count its transactions from the beginning.
    Transactions with numbers below ``settled`` were over, and what they wrote was seen. ``written`` is the highest
    number seen that wrote a table; a table that is not in it is not watched.
    """

    server: str
    settled: int
    written: Mapping[str, int]


def edition() -> Edition:
    """What stands now. One query; PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(_EDITION)
        rows = cursor.fetchall()
    server, settled, _, _ = rows[0]
    return Edition(server, settled, {table: newest for _, _, table, newest in rows if table})


# Notes that were restored with a database of another server may bear numbers that are still to come. A table that was
# made anew is another one, with another oid; so is a database that was made from a copy or renamed into this one's place.
_EDITION = """SELECT
    concat_ws(' ', current_database(), (SELECT oid FROM pg_database WHERE datname = current_database()),
        'records_written'::regclass::oid, pg_postmaster_start_time()),
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint, relname, newest
FROM (SELECT 1) AS always LEFT JOIN (
    SELECT relation, max(transaction) AS newest FROM records_written
    WHERE transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint GROUP BY relation
) AS noted ON true LEFT JOIN pg_class ON pg_class.oid = relation
"""


def make_log(using: BaseDatabaseWrapper) -> None:
    """The table of notes and what writes them."""
    _run(using, _LOG)


def drop_log(using: BaseDatabaseWrapper) -> None:
    """Take both away, and the triggers with them."""
    _run(using, "DROP FUNCTION note_written() CASCADE; DROP TABLE records_written")


def watch_tables(using: BaseDatabaseWrapper) -> None:
    """A trigger on every table that has none. Called after every ``migrate`` (``renovation.records.apps``) and with each
    tick: nobody has to think of it who adds a table."""
    _run(using, _WATCH)


def tend_notes() -> int:
    """Where notes have piled up, delete those of each table but that of the highest transaction: whoever asks looks at
    that alone. Watch tables that are not watched, and note those that lack a note, as after a restore, as written now.
    How many were deleted."""
    if connection.vendor != "postgresql":
        return 0
    watch_tables(connection)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [PILE])
        deleted = int(cursor.rowcount)
        cursor.execute(_MISSING)
    return deleted


def _run(using: BaseDatabaseWrapper, statements: str) -> None:
    if using.vendor == "postgresql":
        with using.cursor() as cursor:
            cursor.execute(statements)


# Statements, not rows, are noted: one that changes five thousand rows costs one note.
_LOG = """
CREATE TABLE records_written (relation oid, transaction bigint, PRIMARY KEY (relation, transaction));
CREATE FUNCTION note_written() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO records_written VALUES (TG_RELID, pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
# Also where a session has put aside triggers as a replica does.
_WATCH = """
DO $$
DECLARE unwatched record;
BEGIN
    IF to_regclass('records_written') IS NULL THEN
        RETURN;
    END IF;
    FOR unwatched IN
        SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
        AND relname <> 'records_written'
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'note_written')
    LOOP
        EXECUTE format(
            'CREATE TRIGGER note_written AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %1$I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION note_written();'
            'ALTER TABLE %1$I ENABLE ALWAYS TRIGGER note_written', unwatched.relname
        );
        INSERT INTO records_written VALUES (unwatched.oid, pg_current_xact_id()::text::bigint)
        ON CONFLICT DO NOTHING;
    END LOOP;
END $$
"""
_FORGET = """
DELETE FROM records_written AS older
USING (
    SELECT relation, max(transaction) AS newest FROM records_written
    WHERE transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint GROUP BY relation
) AS noted
WHERE older.relation = noted.relation AND older.transaction < noted.newest
AND (SELECT count(*) FROM records_written) > %s
"""
_MISSING = """
INSERT INTO records_written
SELECT tgrelid, pg_current_xact_id()::text::bigint FROM pg_trigger
WHERE tgname = 'note_written' AND NOT EXISTS (
    SELECT FROM records_written
    WHERE relation = tgrelid AND transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
)
ON CONFLICT DO NOTHING
"""
