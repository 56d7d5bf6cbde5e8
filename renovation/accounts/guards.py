"""What stands before a view: signed in, and holding a permission.

``@scoped(Permission.X)`` marks a view as guarded (a guard test walks every address and looks for the mark);
which rows there are is then the business of ``visible_to(request.scope)``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from renovation.core.errors import Forbidden

from .enums import Permission
from .models import User
from .scope import Scope

P = ParamSpec("P")


class SignedIn(HttpRequest):
    """The request as a guarded view sees it."""

    user: User
    scope: Scope
    htmx: Any


View = Callable[Concatenate[SignedIn, P], HttpResponse]


def scoped(*permissions: Permission) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Let in who is signed in and holds one of the permissions (any signed-in user where none is named).

    Visitors are sent to the sign-in page; others meet a 403 page.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: SignedIn, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if permissions and not any(request.scope.can(p) for p in permissions):
                raise Forbidden("您的岗位没有打开这一页的权限。")
            return view(request, *args, **kwargs)

        protected: Callable[..., HttpResponse] = login_required(guarded)
        protected.scoped_permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return protected

    return decorate
