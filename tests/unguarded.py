"""Writing what the database refuses, for tests of what such rows mean."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from renovation.core.triggers import lifted


@contextmanager
def unguarded() -> Iterator[None]:
    """Without triggers until the block ends."""
    with transaction.atomic(), lifted():
        yield
