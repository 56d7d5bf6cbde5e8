"""Domain refusals become pages, and an unforeseen fault gets an id that log and user share."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from renovation.core.errors import Forbidden, Refusal

log = structlog.get_logger(__name__)


class FaultMiddleware:
    """Turn what views let through into one clear sentence.

    A ``Forbidden`` is a 403, another ``Refusal`` goes back to the page it came from with its sentence
    (409 where there is none); anything else is logged with an id and shown as a 500 with that id.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(fault, Forbidden):
            return render(request, "errors/403.html", {"message": fault.message}, status=403)
        if isinstance(fault, Refusal):
            back = request.headers.get("Referer", "")
            if request.method == "POST" and url_has_allowed_host_and_scheme(
                back, allowed_hosts={request.get_host()}
            ):
                messages.error(request, fault.message)
                return redirect(back)
            return render(request, "errors/409.html", {"message": fault.message}, status=409)
        from django.core.exceptions import PermissionDenied, SuspiciousOperation
        from django.http import Http404

        if isinstance(fault, Http404 | PermissionDenied | SuspiciousOperation):
            return None
        fault_id = uuid.uuid4().hex[:12]
        log.error("fault", fault_id=fault_id, path=request.path, exc_info=fault)
        return render(request, "errors/500.html", {"fault_id": fault_id}, status=500)
