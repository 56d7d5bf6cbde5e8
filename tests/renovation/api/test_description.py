"""The description of the API and the faults of its addresses: from our own files, as problem documents."""

from __future__ import annotations

import re

import pytest
from django.test import Client


@pytest.mark.django_db
def test_the_description_loads_nothing_from_outside(client: Client) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert [each for each in sources if not each.startswith("/static/ninja/")] == []
    assert any(each.endswith("swagger-ui-bundle.js") for each in sources)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [("get", "/api/v1/nowhere", 404, "not_found"), ("delete", "/api/v1/figures", 405, "method")],
)
def test_unknown_addresses_and_methods_are_problem_documents(
    client: Client, method: str, address: str, status: int, code: str
) -> None:
    answer = getattr(client, method)(address)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert re.fullmatch(r"[^A-Za-z]+", answer.json()["detail"])
