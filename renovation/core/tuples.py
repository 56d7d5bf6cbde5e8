"""Named tuples, made by the thousand."""

from __future__ import annotations

from typing import Any, TypeVar

Named = TypeVar("Named", bound=tuple[Any, ...])


def made(kind: type[Named], values: tuple[Any, ...]) -> Named:
    """``kind(*values)`` with a value for every field, in the order of the fields, which nothing checks.

    A named tuple's own constructor takes twice as long; a page of a district makes forty thousand of them.
    """
    return tuple.__new__(kind, values)
