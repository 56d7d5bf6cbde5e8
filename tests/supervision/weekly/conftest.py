"""Fixtures of the weekly wing."""

import pytest

from .office import Office, make_office


@pytest.fixture
def office(db: None) -> Office:
    """A street with two projects and its people."""
    return make_office()
