"""The pages of a workbook that a bureau brings in for a programme's year: the form, the template, the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from renovation.accounts.guards import SignedIn
from renovation.core.errors import Forbidden
from renovation.intake.models import Upload
from renovation.intake.picking import WorkbookForm, take_in
from renovation.intake.pipelines import Pipeline, RuleScope, Target

from . import downloads
from .models import Programme

SHOWN_UPLOADS = 5


def programme_target(request: SignedIn, year: int) -> Target:
    """The bureau of the scope and a year of which there is a programme; 404 for anything else."""
    rows = Programme.objects.visible_to(request.scope).select_related("bureau")
    programme = get_object_or_404(rows, year=year)
    return Target(organisation=programme.bureau, period_key=str(year))


def upload_page(
    request: SignedIn, year: int, pipeline: Pipeline, *, now: datetime, **more: Any
) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page.

    ``more`` goes to the template: what waits for approval, an introduction.
    """
    target = programme_target(request, year)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    can_upload = request.scope.can(pipeline.write_permission)
    if request.method == "POST" and not can_upload:
        raise Forbidden(f"{pipeline.label}由区局经办岗导入。")
    if request.method == "POST" and form.is_valid():
        found = take_in(form=form, pipeline=pipeline, target=target, by=request.user, now=now)
        if found is not None:
            return redirect("intake:upload", pk=found.pk)
    about = pipeline.describe(target, now)
    uploads = Upload.objects.visible_to(request.scope).for_target(
        pipeline=pipeline.code,
        organisation_id=target.organisation.pk,
        period_key=target.period_key,
    )
    context = {
        "form": form,
        "about": about,
        "can_upload": can_upload,
        "columns": pipeline.columns,
        "uploads": uploads.select_related("file")[:SHOWN_UPLOADS],
        "crumbs": [*about.back[:-1], (about.back[-1][0], "")],
        "section": pipeline.words.section,
        **more,
    }
    return render(request, "ledger/opening.html", context, status=422 if form.errors else 200)


def template_of(request: SignedIn, year: int, pipeline: Pipeline, *, now: datetime) -> HttpResponse:
    """The workbook to be filled in."""
    made = pipeline.template(programme_target(request, year), now)
    return downloads.workbook(content=made.content, name=made.name)


def rules_page(request: SignedIn, pipeline: Pipeline) -> HttpResponse:
    """Every rule of the workbook, by what it looks at."""
    groups: Sequence[tuple[str, list[Any]]] = [
        (scope.label, [rule for rule in pipeline.rules if rule.scope is scope])
        for scope in RuleScope
    ]
    context = {"groups": groups, "title": pipeline.label, "section": pipeline.words.section}
    return render(request, "ledger/opening_rules.html", context)
