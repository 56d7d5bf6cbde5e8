"""Sign-in, sign-out, change of password."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """What somebody sees after too many failed tries."""
    return render(request, "registration/locked.html", status=429)
