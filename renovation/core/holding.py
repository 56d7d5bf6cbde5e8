"""What one reading request asks for again and again, read once.

Settings, the lineage of an organisation and the calendar are looked up by every figure of a page. While a
request that only reads is answered (``HoldingMiddleware``), ``held`` keeps what was read; outside of one, in a
task, a command, a test or a request that writes, nothing is kept and every call reads. It outlives the request only
as long as no row of the database changes (``unchanged.reading``), so what somebody changes is seen by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from .unchanged import unchanged

Value = TypeVar("Value")

_HELD: ContextVar[dict[Hashable, Any] | None] = ContextVar("held", default=None)


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
    if key not in kept:
        kept[key] = unchanged(key, read)
    return cast("Value", kept[key])


def forget(key: Hashable) -> None:
    """Let go of what was read for a key: it was written since."""
    kept = _HELD.get()
    if kept is not None:
        kept.pop(key, None)
