"""Writing what the database refuses, for tests of what such rows mean."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from renovation.core.triggers import lifted


def check_what_waits() -> None:
    """Foreign keys of the rows so far: while their checks wait, PostgreSQL alters no table's triggers."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def unguarded() -> Iterator[None]:
    """Without triggers until the block ends."""
    with transaction.atomic():
        check_what_waits()
        with lifted():
            yield
            check_what_waits()
