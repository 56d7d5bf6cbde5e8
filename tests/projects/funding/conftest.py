"""A district, a project of 钟楼 and a source of money, as most tests of the wing begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from projects.funding.models import FundingSource
from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingSourceFactory
from tests.factories.ledger import ProgrammeFactory, ProjectFactory


@pytest.fixture
def district(clock: Clock, db: None) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="文昌园",
    )
    return made


@pytest.fixture
def source(db: None) -> FundingSource:
    made: FundingSource = FundingSourceFactory()
    return made


@pytest.fixture
def client_of(district: District) -> Callable[[str], Client]:
    """``client_of("bureau")``: somebody of the district, signed in."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(district.users[name])
        return client

    return sign_in


@pytest.fixture
def quiet_head(settings: Any) -> None:
    """The head counts no 待办, so that a budget of queries is the page's own."""
    settings.FACE_TODO_COUNT = ""
