"""A district with a project in every street; the clock stands an hour into the meeting of 2025-05-12."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from projects.ledger.models import Programme, Project
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, make_project


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-12 15:30")


@pytest.fixture
def district(db: None) -> District:
    return make_district()


@pytest.fixture
def projects(district: District) -> list[Project]:
    """One in every street: far behind, due to begin since February, and green for it begins later."""
    programme: Programme = ProgrammeFactory(bureau=district.bureau)
    plans: list[dict[str, Any]] = [
        {
            "name": "柳泉小区",
            "started_on": date(2025, 1, 10),
            "baseline": {
                "planned_start_on": date(2025, 1, 1),
                "planned_completion_on": date(2025, 6, 30),
            },
        },
        {
            "name": "松龄小区",
            "baseline": {
                "planned_start_on": date(2025, 4, 20),
                "planned_completion_on": date(2025, 12, 31),
            },
        },
        {
            "name": "钟楼小区",
            "baseline": {
                "planned_start_on": date(2025, 7, 1),
                "planned_completion_on": date(2025, 12, 31),
            },
        },
    ]
    return [
        make_project(programme=programme, street=street, **plan)
        for street, plan in zip(district.streets, plans, strict=True)
    ]


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
