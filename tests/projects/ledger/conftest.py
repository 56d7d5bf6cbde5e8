"""A district, a project in 钟楼街道 with one estate, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from projects.ledger.models import Estate, Project
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, make_project

CODE = "ZC2025-01"


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        name="文昌园",
    )


@pytest.fixture
def estate(project: Project) -> Estate:
    return project.estates.get()


@pytest.fixture
def signed(district: District) -> Callable[[str], Client]:
    """``signed("bureau")``: a client of its own for a user."""

    def make(name: str) -> Client:
        client = Client()
        client.force_login(district.users[name])
        return client

    return make
