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


#: A page of a large district makes up to two hundred thousand small values and lets all of them go with the request
#: (``face.rendering``); with Python's own threshold of 700 the collector would walk through everything a hundred
#: times meanwhile, with one below what a page makes still once.
YOUNG, MIDDLE, OLD = 300_000, 50, 100


def settle() -> None:
    """Put what was loaded at the start out of the collector's sight and let it run seldom.

    Called once, when everything is imported. Values without cycles, which is nearly all, are freed by their
    counts as ever; measured, half the time of the pages over 5,000 projects was the collector's.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
