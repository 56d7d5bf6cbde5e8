"""How long a session lives, what a request holds, its scope, and the door of a first password change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from renovation.core.holding import held, holding
from renovation.core.unchanged import reading

from .models import StandIn
from .scope import NOBODY, Scope, scope_of

#: Where a session keeps by which appointment somebody acts.
STANDING_IN = "standing_in"
#: Where a session keeps when it was last written, in seconds since 1970, and after how long it is written again.
KEPT_AT = "kept_at"
KEPT_FOR = timedelta(minutes=1)
GetResponse = Callable[[HttpRequest], HttpResponse]
#: What a user who must change the password can still reach.
OPEN_WHILE_CHANGING = {
    "accounts:sign_out",
    "accounts:change_password",
    "accounts:sign_in",
    "healthz",
}


class ProlongingMiddleware:
    """Let a session that is used live on: it is written, and its cookie set anew, at most once a minute.

    To write it with every request (``SESSION_SAVE_EVERY_REQUEST``) costs each page a commit. A session so ends up to a
    minute, and never more than a tenth, before ``SESSION_IDLE_MINUTES`` without a request. What a page asks for by itself
    (a response that ``is_aside``) prolongs nothing: it would write back what stood in the session when it began.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if session.accessed and not session.is_empty() and not hasattr(response, "is_aside"):
            now = timezone.now().timestamp()
            kept_for = min(KEPT_FOR.total_seconds(), settings.SESSION_COOKIE_AGE / 10)
            if not 0 <= now - session.get(KEPT_AT, 0) < kept_for:
                session[KEPT_AT] = now
        return response


class HoldingMiddleware:
    """Read settings, lineage and calendar once while a request that only reads is answered, and nothing that was
    made of the rows for one before as long as they stand."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with reading(), holding():
            return self.get_response(request)


class ScopeMiddleware:
    """Put ``request.scope`` on the request; it costs queries only where it is looked at."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def build() -> Scope:
            user, today = request.user, timezone.localdate()
            if not user.is_authenticated:
                return NOBODY
            # What is known of the person before the rows are asked whether they stand.
            person = user.pk, str(user), user.is_active, getattr(user.standing_in, "pk", None)
            key = "scope", person, today
            return held(key, lambda: scope_of(user, on=today))

        request.scope = SimpleLazyObject(build)  # type: ignore[attr-defined]
        return self.get_response(request)


class StandInMiddleware:
    """Who chose to act in another's post (AB岗) does so from request to request, until the appointment ends: then
    one's own post again, and a message that says so. No query for anybody else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and (pk := request.session.get(STANDING_IN)) is not None:
            rows = StandIn.objects.select_related("principal", "organisation")
            user.standing_in = (
                rows.in_force_on(timezone.localdate()).filter(pk=pk, deputy=user.pk).first()
            )
            if user.standing_in is None:
                del request.session[STANDING_IN]
                messages.info(request, "代岗已经结束。现在按您本人的岗位办理。")
        return self.get_response(request)


class PasswordChangeMiddleware:
    """Who has a password that somebody else set is led to change it before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password and not self._is_open(request):
            return redirect("accounts:change_password")
        return self.get_response(request)

    def _is_open(self, request: HttpRequest) -> bool:
        if request.path.startswith(("/static/", "/api/")):
            return True
        try:
            return resolve(request.path).view_name in OPEN_WHILE_CHANGING
        except Resolver404:
            return True
