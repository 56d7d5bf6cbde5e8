"""The page of drafts: who approves what, exactly what was seen, and what it costs (most of it the to-do count)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import BaselineState
from projects.ledger.models import Baseline
from tests.conftest import Clock

from .scene import Scene, make_scene, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(clock: Clock) -> Scene:
    clock.at("2025-05-07 10:00")
    return make_scene()


def client_of(scene: Scene, user: str) -> Client:
    client = Client()
    client.force_login(scene.district.users[user])
    return client


def test_a_reviewer_approves_what_the_page_showed(
    scene: Scene, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("ledger:drafts", args=[2025])
    client = client_of(scene, "reviewer")
    client.get(address)
    with django_assert_max_num_queries(29):
        assert "建材一宿舍" in client.get(address).content.decode()
    scene.commit(scene.upload(table()))
    with django_assert_max_num_queries(29):
        page = client.get(address).content.decode()
    assert "文昌里小区" in page
    assert "柳泉小区" not in page  # its plan is approved already
    seen = [str(row.pk) for row in Baseline.objects.filter(state=BaselineState.DRAFT)]
    body = {"approved_on": "2025-05-07", "baseline": seen[:-1]}
    assert client.post(address, body).status_code == 302
    assert Baseline.objects.filter(state=BaselineState.DRAFT).count() == 4
    assert client.post(address, body | {"baseline": seen, "approved_on": ""}).status_code == 422
    assert client.post(address, body | {"baseline": seen}).status_code == 302
    assert set(
        Baseline.objects.filter(pk__in=seen).values_list("state", "approved_on", "approved_by")
    ) == {(BaselineState.APPROVED, date(2025, 5, 7), scene.reviewer.pk)}
    assert "没有待批准的计划" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("user", "roster", "drafts", "approve"),
    [
        ("bureau", 200, 200, 403),
        ("reviewer", 403, 200, 302),
        ("leader", 403, 403, 403),
        ("banyanglu", 403, 403, 403),
    ],
)
def test_who_sees_the_pages(
    scene: Scene, user: str, roster: int, drafts: int, approve: int
) -> None:
    client = client_of(scene, user)
    assert client.get(reverse("ledger:roster", args=[2025])).status_code == roster
    assert client.get(reverse("ledger:roster_template", args=[2025])).status_code == roster
    assert client.get(reverse("ledger:roster_rules")).status_code == roster
    assert client.get(reverse("ledger:drafts", args=[2025])).status_code == drafts
    assert client.post(reverse("ledger:drafts", args=[2025])).status_code == approve
    assert Baseline.objects.filter(state=BaselineState.DRAFT).count() == 1
