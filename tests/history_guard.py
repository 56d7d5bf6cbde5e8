"""No write passes the history: held while the whole suite runs.

``QuerySet.update`` and its kin leave no trace in django-simple-history. Where the portal's own code
calls one of them on a tracked model, the call raises, unless it stands in ``ALLOWED`` with its reason.
simple-history's own ``bulk_create_with_history`` and ``bulk_update_with_history`` are the way to write
many rows.
"""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from tests.architecture.tree import PACKAGES, ROOT

GUARDED = ("update", "bulk_create", "bulk_update")
#: ``path::function`` → why nothing is lost by it.
ALLOWED: dict[str, str] = {
    "projects/works/seeds.py::_write": "it writes the history rows itself",
    "renovation/records/archive.py::_load": "the archive holds the history rows themselves",
    "renovation/runner/demo.py::_set_passwords": "the password is not part of the history",
}


class PastHistoryError(AssertionError):
    """A tracked model was written where its history does not see it."""


def _place(depth: int) -> tuple[str, str] | None:
    """(path from the root, function) of the caller, where it is the portal's own code."""
    frame = sys._getframe(depth)
    try:
        path = Path(frame.f_code.co_filename).relative_to(ROOT)
    except ValueError:
        return None
    is_ours = path.parts[0] in PACKAGES and "migrations" not in path.parts
    return (str(path), frame.f_code.co_name) if is_ours else None


def _guard(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def guarded(self: QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        if hasattr(self.model._meta, "simple_history_manager_attribute"):
            place = _place(2) or _place(3)  # a manager's method stands between for Model.objects
            if place and "::".join(place) not in ALLOWED:
                raise PastHistoryError(
                    f"{place[0]}::{place[1]} calls {original.__name__} on {self.model.__name__}, "
                    "which keeps a history: save() its rows, or use simple_history.utils"
                )
        return original(self, *args, **kwargs)

    guarded.is_guard = True  # type: ignore[attr-defined]
    return guarded


def install() -> None:
    """Put the guard before the writes, once."""
    for name in GUARDED:
        original = getattr(QuerySet, name)
        if not hasattr(original, "is_guard"):
            setattr(QuerySet, name, _guard(original))
