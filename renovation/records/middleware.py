"""Domain refusals become pages, and an unforeseen fault gets an id that log and user share."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from renovation.core.errors import Forbidden, Refusal, StateConflict

from .concerns import way_back

log = structlog.get_logger(__name__)


class FaultMiddleware:
    """Turn what views let through into one clear sentence.

    A ``Forbidden`` is a 403, another ``Refusal`` goes back to the page it came from with its sentence. Where there is
    none, or where an act came too late for the very page it was sent from, it is a 409 that leads to the thing
    concerned and tells what was done to it meanwhile. Anything else is logged with an id and shown as a 500 with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(fault, Forbidden):
            context = {"message": fault.message, "back": _came_from(request)}
            return render(request, "errors/403.html", context, status=403)
        if isinstance(fault, Refusal):
            back = _came_from(request) or (
                "" if isinstance(fault, StateConflict) else _own_page(request)
            )
            if request.method == "POST" and back:
                messages.error(request, fault.message)
                return redirect(back)
            return _conflict(request, fault)
        from django.core.exceptions import PermissionDenied, SuspiciousOperation
        from django.http import Http404

        if isinstance(fault, Http404 | PermissionDenied | SuspiciousOperation):
            return None
        fault_id = uuid.uuid4().hex[:12]
        log.error("fault", fault_id=fault_id, path=request.path, exc_info=fault)
        return render(request, "errors/500.html", {"fault_id": fault_id}, status=500)


def _conflict(request: HttpRequest, fault: Refusal) -> HttpResponse:
    way = way_back(request.path)
    now = timezone.now()
    context = {
        "message": fault.message,
        "way": way,
        "happened": way.happened(now=now) if way is not None else [],
    }
    return render(request, "errors/409.html", context, status=409)


def _came_from(request: HttpRequest) -> str:
    """The page of this portal that led here, "" where there is none or it is this very one."""
    page = _referring(request)
    return "" if urlsplit(page).path == request.path else page


def _own_page(request: HttpRequest) -> str:
    """This very page, where it sent the request itself."""
    page = _referring(request)
    return page if urlsplit(page).path == request.path else ""


def _referring(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}) else ""
