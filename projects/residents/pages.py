"""What the pages of the wing have in common: the frame of a project's page, and how a form is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Project
from projects.ledger.tabs import tabs_of
from renovation.accounts.guards import SignedIn
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.face.values import Way

from . import policies

BOTH = ["GET", "POST"]
TAB = "residents:project"
#: The parts of the tab 公示议事: address, word.
PARTS = (
    ("project", "公示"),
    ("project_meetings", "议事"),
    ("project_sharing", "共建共评"),
    ("project_aftercare", "长效管理"),
)


def project_of(request: SignedIn, code: str) -> Project:
    """The project within the scope; 404 for anything else."""
    rows = Project.objects.visible_to(request.scope).select_related("street", "programme__bureau")
    return get_object_or_404(rows, code=code)


def frame(
    request: SignedIn, project: Project, part: str, *more: tuple[str, str], **context: Any
) -> dict[str, Any]:
    """Crumbs, tabs, the parts of the tab, and who may do what; ``more`` are crumbs below the part."""
    words = dict(PARTS)
    here = reverse(f"residents:{part}", args=[project.code])
    return {
        "project": project,
        "tabs": tabs_of(project=project, chosen=TAB, scope=request.scope),
        "parts": [
            Way(word, reverse(f"residents:{name}", args=[project.code]), name == part)
            for name, word in PARTS
        ],
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            (project.name, reverse("dashboards:project", args=[project.code])),
            (words[part], here if more else ""),
            *more,
        ],
        "section": "项目",
        "can_write": policies.can_write(scope=request.scope),
        "back": here,
        **context,
    }


def answer(
    request: SignedIn,
    form: forms.BaseForm,
    *,
    act: Callable[[], str],
    to: Callable[[], str],
    context: dict[str, Any],
    template: str = "residents/form.html",
) -> HttpResponse:
    """Show a form; a valid one is acted on once. ``act`` does it and returns the message, ``to`` says where to go
    after. A refusal stands at its field; a form that comes back is 422, one that came too late 409. Raises
    ``EditConflict``, which its page answers."""
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            said = act()
        except StateConflict as conflict:
            form.add_error(None, conflict.message)
            status = 409
        except (Forbidden, EditConflict):
            raise
        except Refusal as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal.message)
        else:
            messages.success(request, said)
            return redirect(to())
    context = {
        "form": form,
        "file_lost": bool(request.FILES) and bool(form.errors),
        "has_file": form.is_multipart(),
        **context,
    }
    return render(request, template, context, status=status)
