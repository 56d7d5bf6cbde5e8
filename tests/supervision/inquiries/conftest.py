"""A district with a programme and a project in every street, and one inquiry that collects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from projects.ledger.models import Programme, Project
from supervision.inquiries.models import Inquiry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.inquiries import make_open
from tests.factories.ledger import ProgrammeFactory, make_project


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(db: None) -> District:
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    return made


@pytest.fixture
def projects(district: District, programme: Programme) -> list[Project]:
    """One in 般阳路, one in 松龄路, two in 钟楼."""
    names = ("banyanglu", "songlinglu", "zhonglou", "zhonglou")
    return [make_project(programme=programme, street=district.street(name)) for name in names]


@pytest.fixture
def inquiry(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> Inquiry:
    return make_open(district, programme, now=now)


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
