"""The cyclic garbage collector, told to wait where it could only lose time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_waits() -> Iterator[None]:
    """Build many rows without the collector walking them again and again.

    A workbook of 2,000 rows makes half a million objects that are all kept to the end; the collector finds
    nothing among them, and takes a third of the time to find it. It runs as ever afterwards. Where several
    threads are inside, it comes back with the one that sent it away.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
