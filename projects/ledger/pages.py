"""What the pages of a project have in common: the project in scope, its head, and the one way a row is edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.core.reading import parse_date
from renovation.face.refusals import refuse
from renovation.face.values import Way

from . import policies
from .conflicts import EditConflict, take_over
from .editing import Seen, remove_row, save_row
from .forms import RemoveForm
from .models import Project
from .tabs import tabs_of

BOTH = ["GET", "POST"]


def project_of(request: SignedIn, code: str) -> Project:
    """The project within the scope; 404 for anything else."""
    rows = Project.objects.visible_to(request.scope).select_related("street", "programme")
    return get_object_or_404(rows, code=code)


def answer_status(request: SignedIn) -> int:
    """A form that comes back is 422, one that is opened 200."""
    return 422 if request.method == "POST" else 200


def page_of(request: SignedIn, project: Project, chosen: str, **more: Any) -> dict[str, Any]:
    """What every page of a project's ledger shows: crumbs, the project's tabs, who may write."""
    crumbs = [
        ("项目", reverse("dashboards:projects")),
        (project.name, reverse("dashboards:project", args=[project.code])),
    ]
    tabs = tabs_of(project=project, chosen=f"ledger:{chosen}", scope=request.scope)
    title = more.pop("title", "") or next((tab.text for tab in tabs if tab.chosen), "")
    return {
        "project": project,
        "tabs": tabs,
        "crumbs": [*crumbs, (title, "")],
        "can_write": policies.can_write(scope=request.scope),
        "section": "项目",
        **more,
    }


def checklist_ways(project: Project, chosen: str) -> list[Way]:
    """The three lists behind the tab 清单."""
    return [
        Way(word, reverse(f"ledger:{name}", args=[project.code]), name == chosen)
        for word, name in (
            ("衡量标准", "standards"),
            ("两清两访四公开", "openness"),
            ("组织保障", "commitments"),
        )
    ]


def day_asked(typed: str, today: date) -> tuple[date, str]:
    """The day that the address names, today where it names none or nonsense, and a sentence about that."""
    if not typed.strip():
        return today, ""
    try:
        return parse_date(typed), ""
    except Refusal:
        return today, f"没有“{typed[:12]}”这一天，现在看的是今天。"


class RowForm(forms.ModelForm[Any]):
    """A form of one row: it carries the version that its reader saw."""

    seen_version = Seen()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.initial["seen_version"] = self.instance.version if self.instance.pk else 0


@dataclass(frozen=True, kw_only=True)
class RowPage:
    """Where a row is edited: ``of`` names what it belongs to, ``back`` is the page it stands on, ``context``
    what the frame of the page needs; ``remove`` the address where it is removed, "" where it cannot be."""

    organisation: Organisation
    of: str
    back: str
    context: dict[str, Any]
    sub: str
    remove: str = ""
    heading: str = ""
    intro: str = ""
    done: str = ""
    template: str = "ledger/part.html"


MakeForm = Callable[[QueryDict | None, Any], RowForm]


def edit_row(
    request: SignedIn,
    *,
    page: RowPage,
    row: Any,
    make_form: MakeForm,
    now: datetime,
    save: Callable[..., models.Model] = save_row,
) -> HttpResponse:
    """Add a row or change it by ``save``, which takes what ``save_row`` takes. Where somebody else was quicker,
    both are shown and nothing is lost (409)."""
    creating = row.pk is None
    noun = str(row._meta.verbose_name)
    posted = request.method == "POST"
    data = request.POST.copy() if posted else None
    form = make_form(data, request.FILES if posted else None)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            saved = save(
                row=form.save(commit=False),
                organisation=page.organisation,
                of=page.of,
                file=form.cleaned_data.get("evidence"),
                related=form.related() if hasattr(form, "related") else None,
                seen_version=form.cleaned_data.get("seen_version") or 0,
                by=request.user,
                now=now,
            )
        except EditConflict as found:
            conflict = found
            take_over(form, found)
            data["seen_version"] = str(found.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            done = page.done or f"已{'新增' if creating else '保存'}{noun}“{saved}”"
            messages.success(request, f"{done}。")
            return redirect(page.back)
    heading = page.heading or (f"新增{noun}" if creating else f"修改{noun}")
    context = {
        **page.context,
        "heading": heading,
        "sub": page.sub,
        "intro": page.intro,
        "form": form,
        "conflict": conflict,
        "noun": noun,
        "back": page.back,
        "remove_href": "" if creating else page.remove,
        "file_lost": bool(request.FILES) and (bool(form.errors) or conflict is not None),
    }
    status = 409 if conflict else answer_status(request)
    return render(request, page.template, context, status=status)


def remove_row_page(request: SignedIn, *, page: RowPage, row: Any, now: datetime) -> HttpResponse:
    """Ask why, then remove."""
    form = RemoveForm(request.POST or None, use_required_attribute=False)
    name = str(row)
    if request.method == "POST" and form.is_valid():
        try:
            remove_row(
                row=row,
                organisation=page.organisation,
                of=page.of,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=now,
            )
        except models.ProtectedError:
            form.add_error(None, f"“{name}”还有别的记录用着，不能删除。")
        else:
            messages.success(request, f"已删除“{name}”。它的沿革还在。")
            return redirect(page.back)
    context = {
        **page.context,
        "form": form,
        "part": name,
        "of": page.of,
        "sub": page.sub,
        "noun": row._meta.verbose_name,
        "back": page.back,
    }
    return render(request, "ledger/remove.html", context, status=answer_status(request))
