"""Addresses of inquiries."""

from __future__ import annotations

from typing import Any

app_name = "inquiries"
urlpatterns: list[Any] = []
