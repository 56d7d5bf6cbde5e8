"""The audit log: append-only, sealed into a chain, and the command that proves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from renovation.records.models import AuditEntry, AuditSeal
from renovation.records.sealing import seal, verify
from renovation.records.services import audit

NOW = datetime(2025, 9, 15, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def write(count: int) -> list[AuditEntry]:
    return [
        audit(
            act="test.act",
            sentence=f"第 {number} 次",
            by=None,
            now=NOW + timedelta(seconds=number),
            changes={"进度": [1.5, None]},
        )
        for number in range(count)
    ]


def tamper(statement: str) -> None:
    """What somebody with the database's password could do: switch the triggers off first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET session_replication_role = DEFAULT")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(statement)
            for _, sql in triggers:
                cursor.execute(sql)


def test_sealing_goes_on_from_the_last_batch() -> None:
    write(3)
    assert seal(now=NOW) == 3
    assert seal(now=NOW) == 0
    write(2)
    assert seal(now=NOW) == 2
    first, second = AuditSeal.objects.order_by("pk")
    assert second.previous_digest == first.digest
    write(1)
    found = verify()
    assert (found.holds, found.sealed_count, found.unsealed_count) == (True, 5, 1)


def test_the_command_prints_what_is_sealed_and_what_is_not() -> None:
    write(2)
    seal(now=NOW)
    write(1)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == "审计链完好：已封存 2 条，未封存 1 条。\n"


def test_a_changed_entry_is_named() -> None:
    entries = write(3)
    seal(now=NOW)
    tamper(f"UPDATE records_auditentry SET sentence = '别的' WHERE id = {entries[1].pk}")
    found = verify()
    assert (found.holds, found.sealed_count, found.broken_entry) == (False, 1, entries[1].pk)
    with pytest.raises(CommandError, match=f"第 {entries[1].pk} 条记录与封存时不一致") as refused:
        call_command("verify_audit")
    assert refused.value.returncode == 1


def test_a_removed_entry_breaks_the_chain() -> None:
    entries = write(3)
    seal(now=NOW)
    tamper(f"DELETE FROM records_sealedentry WHERE entry_id = {entries[2].pk}")
    assert verify().reason.endswith("封存了 3 条，现有 2 条。")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE records_auditentry SET sentence = '改'", "DELETE FROM records_auditentry"],
)
def test_the_database_refuses_changes(statement: str) -> None:
    write(1)
    with pytest.raises(IntegrityError, match="审计记录只能追加"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditEntry.objects.get().sentence == "第 0 次"
