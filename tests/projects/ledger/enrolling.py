"""What tests of enrolment do again and again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from projects.ledger import services
from projects.ledger.enums import RenovationType
from projects.ledger.models import Project
from renovation.core.errors import Refusal
from tests.factories.accounts import District


def created(district: District, project: Project, now: datetime, **values: Any) -> Project:
    """A new project in 般阳路 beside another, proposed for 1 April."""
    return services.create_project(
        values={
            "code": "ZC2025-02",
            "name": "般阳里",
            "programme": project.programme,
            "street": district.street("banyanglu"),
            "renovation_type": RenovationType.BASIC,
            "approved_on": date(2025, 4, 1),
        }
        | values,
        by=district.users["bureau"],
        now=now,
    )


def refused(code: str, call: Any, *given: Any, **named: Any) -> Refusal:
    """The refusal of a call, which has the code."""
    with pytest.raises(Refusal) as caught, transaction.atomic():
        call(*given, **named)
    assert caught.value.code == code
    return caught.value
