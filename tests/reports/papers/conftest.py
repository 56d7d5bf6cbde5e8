"""The world of the paper tests."""

from __future__ import annotations

import pytest

from tests.factories.papers import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()
