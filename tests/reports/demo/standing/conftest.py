"""The demo of one day, loaded once for all modules beside this one and undone after the last.

Its rows stand while they run, so nothing here loads a demo of its own or empties the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.reports.demo.conftest import Demo, load_on, undone


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Demo]:
    """The demo of Tuesday 24 November 2026, 10:00."""
    with undone(django_db_blocker):
        yield load_on("2026-11-24")
