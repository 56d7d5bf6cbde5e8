"""The day on which a page is read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .wording import read_on


class ReadersDayMiddleware:
    """Days of another year than the one in which the page is read are told with their year."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with read_on(timezone.localdate()):
            return self.get_response(request)
