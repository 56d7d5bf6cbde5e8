"""A query parameter that an operation does not know is refused by its name, by every operation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from renovation.api import api

pytestmark = pytest.mark.django_db
VALUES = {
    "week_start": "2025-09-15",
    "street": "songlinglu",
    "code": "ZC2025-06",
    "number": "1",
    "pk": "1",
    "id": "1",
}


def operations() -> list[tuple[str, str, list[str]]]:
    """(method, address, names of query parameters) of everything that the description lists."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        address = re.sub(r"{(\w+)}", lambda each: VALUES.get(each[1], "1"), path)
        for method, told in methods.items():
            names = [each["name"] for each in told.get("parameters", ()) if each["in"] == "query"]
            found.append((method, address, names))
    return found


def call(method: str, address: str, query: str) -> Any:
    return getattr(Client(), method)(f"{address}?{query}")


@pytest.mark.parametrize(("method", "address", "names"), operations())
def test_every_operation_refuses_what_it_does_not_know(
    method: str, address: str, names: list[str]
) -> None:
    known = "&".join(f"{name}=1" for name in names)
    answer = call(method, address, f"{known}&surplus=1&{known}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    told = answer.json()
    assert (told["code"], told["errors"]) == (
        "request.invalid",
        [{"field": "surplus", "type": "extra_forbidden", "message": "接口没有这一项。"}],
    )
    may = "可用的参数：" + "、".join(sorted(names)) if names else "这个接口没有查询参数"
    assert told["detail"] == f"接口没有参数 surplus；{may}。"
    assert call(method, address, known).status_code == 401


def test_there_is_something_to_refuse() -> None:
    """The walk meets operations with and without parameters of their own."""
    found = {address: names for _, address, names in operations()}
    assert found["/api/v1/figures"] == [
        "year",
        "as_of",
        "period",
        "level",
        "approval",
        "measure",
        "limit",
        "offset",
    ]
    assert found["/api/v1/projects"][-2:] == ["page", "page_size"]
    assert found["/api/v1/uploads/1"] == []
