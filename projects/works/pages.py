"""What the pages of the wing have in common: the frame of a project's page, and how a form is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from projects.ledger.conflicts import EditConflict, take_over
from projects.ledger.models import Project
from projects.ledger.tabs import tabs_of
from renovation.accounts.guards import SignedIn
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse
from renovation.face.values import Way

from . import policies

TAB = "works:project"
#: The parts of the tab 改造内容: address, word.
PARTS = (("project", "改造内容"), ("structures", "拆违"), ("utilities", "管线"))


def project_of(request: SignedIn, code: str) -> Project:
    """The project within the scope; 404 for anything else."""
    rows = Project.objects.visible_to(request.scope).select_related("street", "programme__bureau")
    return get_object_or_404(rows, code=code)


def frame(
    request: SignedIn, project: Project, part: str, *more: tuple[str, str], **context: Any
) -> dict[str, Any]:
    """Crumbs, tabs, the parts of the tab, and who may do what; ``more`` are crumbs below the part."""
    words = dict(PARTS)
    here = reverse(f"works:{part}", args=[project.code])
    crumbs = [
        ("项目", reverse("dashboards:projects")),
        (project.name, reverse("dashboards:project", args=[project.code])),
        (words[part], here if more else ""),
        *more,
    ]
    return {
        "project": project,
        "tabs": tabs_of(project=project, chosen=TAB, scope=request.scope),
        "parts": [
            Way(word, reverse(f"works:{name}", args=[project.code]), name == part)
            for name, word in PARTS
        ],
        "crumbs": crumbs,
        "section": "项目",
        "can_enter": policies.can_enter(scope=request.scope),
        "can_plan": policies.can_plan(scope=request.scope),
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
    template: str = "works/form.html",
) -> HttpResponse:
    """Show a form; a valid one is acted on once. ``act`` does it and returns the message, ``to`` says where to go
    after. A refusal stands at its field; a form that comes back is 422, one whose row somebody else changed
    meanwhile 409 with what they changed, and with the present values in the fields that were left alone."""
    conflict: EditConflict | None = None
    if request.method == "POST" and form.is_valid():
        try:
            said = act()
        except EditConflict as found:
            conflict = found
            take_over(form, found)
            form.data["seen_version"] = str(found.version)  # type: ignore[index]
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, said)
            return redirect(to())
    status = 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "conflict": conflict,
        "file_lost": bool(request.FILES) and (bool(form.errors) or conflict is not None),
        "has_file": form.is_multipart(),
        **context,
    }
    return render(request, template, context, status=409 if conflict else status)
