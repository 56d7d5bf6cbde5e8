"""Sign-in, sign-out, change of one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import lockout, services
from .forms import ChangePasswordForm, SignInForm
from .guards import SignedIn, scoped
from .notices import notices_on


class SignInView(LoginView):
    """The letterhead, the form, and the notices that concern today."""

    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add today's notices; nothing that an outsider should not know."""
        return super().get_context_data(**kwargs) | {"notices": notices_on(timezone.localtime())}


sign_in = SignInView.as_view()
sign_out = LogoutView.as_view(next_page="accounts:sign_in")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@scoped()
def change_password(request: SignedIn) -> HttpResponse:
    """One's own password; who was given one by somebody else must come here first."""
    user = request.user
    form = ChangePasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.set_password(
            user=user, password=form.cleaned_data["new_password1"], now=timezone.now()
        )
        update_session_auth_hash(request, user)
        messages.success(request, "密码已修改。下次登录用新密码。")
        return redirect("home")
    return render(
        request,
        "registration/password_change.html",
        {"form": form, "is_forced": user.must_change_password},
        status=200 if request.method == "GET" else 422,
    )


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """What somebody sees after too many failed tries."""
    context = {"minutes": lockout.LOCK_MINUTES}
    return render(request, "registration/locked.html", context, status=429)
