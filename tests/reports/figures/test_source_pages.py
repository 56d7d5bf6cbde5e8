"""The page of a figure's source rows, its workbook, and 指标解释."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from reports.figures.catalogue import by_code
from tests.reports.figures.district import AS_OF, Scene, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def _client(scene: Scene, user: str) -> Client:
    client = Client()
    client.force_login(scene.district.users[user])
    return client


@pytest.mark.parametrize("slug", list(by_code()))
def test_every_figure_has_its_rows(scene: Scene, slug: str) -> None:
    client = _client(scene, "bureau")
    query = {"programme": 2025, "as_of": AS_OF.isoformat()}
    if slug == "light":
        query |= {"level": "project", "scope": scene.red.code}
    answer = client.get(reverse("figures:source", args=[slug]), query)
    assert answer.status_code == 200
    assert by_code()[slug].name in answer.text
    assert "别区的项目" not in answer.text
    workbook = client.get(reverse("figures:export", args=[slug]), query)
    assert workbook.status_code == 200
    assert workbook.content.startswith(b"PK")
