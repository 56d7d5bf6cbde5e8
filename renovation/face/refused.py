"""What the framework refuses by itself, as pages: a request that cannot be read, one that is too large."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_MEGABYTE = 1024 * 1024


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 with the limit where too much was sent at once (``handler400``)."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        context = {"limit": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // _MEGABYTE}
        return render(request, "errors/413.html", context, status=413)
    return render(request, "errors/400.html", status=400)
