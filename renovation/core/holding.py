"""What one reading request asks for again and again, read once.

Settings, the lineage of an organisation and the calendar are looked up by every figure of a page. While a
request that only reads is answered (``HoldingMiddleware``), ``held`` keeps what was read; outside of one, in a
task, a command, a test or a request that writes, nothing is kept and every call reads. It outlives the request only
as long as no table that it was read from is written (``unchanged``), so what somebody changes is seen by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from . import unchanged
from .unchanged import Kept

Value = TypeVar("Value")

_HELD: ContextVar[dict[Hashable, Kept[Any]] | None] = ContextVar("held", default=None)


@contextmanager
def holding() -> Iterator[None]:
    """Keep what ``held`` reads until the block ends."""
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def held(key: Hashable, read: Callable[[], Value]) -> Value:
    """What ``read`` gives, asked once for a key while something holds; what is given must not be changed. The key
    names everything that it depends on beside the rows of the database."""
    kept = _HELD.get()
    if kept is None:
        return read()
    if key in kept:
        unchanged.rests_on(kept[key].basis)
    else:
        kept[key] = unchanged.kept(key, read)
    return cast("Value", kept[key].value)


def forget(key: Hashable) -> None:
    """Let go of what was read for a key: it was written since."""
    kept = _HELD.get()
    if kept is not None:
        kept.pop(key, None)
