"""A project's own description: feature, model flag with day and reason, streets of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from projects.ledger.models import Project
from tests.factories.accounts import District, StreetFactory
from tests.factories.ledger import ProjectFactory
from tests.projects.ledger.test_pages import own_fields

from .conftest import CODE

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


def test_a_model_has_a_day_and_a_reason(signed: Signed, project: Project) -> None:
    client = signed("bureau")
    address = reverse("ledger:edit", args=[CODE])
    answer = client.post(address, own_fields(project, is_model="on"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "示范样板要填定为样板的日期。" in page
    assert "示范样板要写明理由。" in page
    typed = own_fields(
        project,
        is_model="on",
        model_on="2025-05-06",
        model_reason="居民参与充分",
        feature="口袋花园",
    )
    assert client.post(address, typed).status_code == 302
    project.refresh_from_db()
    assert (project.is_model, project.model_on, project.feature) == (
        True,
        date(2025, 5, 6),
        "口袋花园",
    )
    del typed["is_model"]
    assert client.post(address, typed | {"seen_version": "2"}).status_code == 302
    project.refresh_from_db()
    assert (project.is_model, project.model_on, project.model_reason) == (False, None, "")


@pytest.mark.parametrize("fields", [{"model_on": date(2025, 5, 6)}, {"model_reason": "参与充分"}])
def test_the_database_refuses_half_a_model(project: Project, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        setattr(project, name, value)
    project.is_model = True
    with pytest.raises(IntegrityError), transaction.atomic():
        project.save()


def test_a_street_that_was_closed_is_not_offered_but_keeps_its_projects(
    signed: Signed, district: District, project: Project
) -> None:
    StreetFactory(parent=district.bureau, short_name="撤并街道", valid_to=date(2025, 5, 6))
    client = signed("bureau")
    assert "撤并街道" not in client.get(reverse("ledger:new")).content.decode()
    street = project.street
    street.valid_to = date(2025, 5, 6)
    street.save()
    # Where an entered project counts is no matter of its form.
    assert 'name="street"' not in client.get(reverse("ledger:edit", args=[CODE])).content.decode()
    fresh = ProjectFactory(
        programme=project.programme, street=street, code="ZC2025-77", approved_on=None
    )
    page = client.get(reverse("ledger:edit", args=[fresh.code])).content.decode()
    assert street.short_name in page.split('name="street"')[1].split("</select>")[0]
    page = client.get(reverse("ledger:new")).content.decode()
    assert street.short_name not in page.split('name="street"')[1].split("</select>")[0]
    assert (
        client.post(reverse("ledger:edit", args=[CODE]), own_fields(project, note="x")).status_code
        == 302
    )
