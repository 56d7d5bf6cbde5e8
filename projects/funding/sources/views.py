"""The list of sources, a new one, a change with the history of the source."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.funding.models import FundingSource
from projects.funding.pages import BOTH, bureau_of, bureau_page, status_of
from projects.ledger.conflicts import EditConflict, take_over
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse

from . import policies, services
from .forms import SourceChangeForm, SourceForm
from .history import changes_of

P = Permission


@require_GET
@scoped(P.RETURN_READ)
def sources(request: SignedIn) -> HttpResponse:
    """All sources, those out of use too."""
    counts = services.usage(scope=request.scope)
    can_write = request.scope.can(P.FUNDING_WRITE)
    alone = can_write and policies.is_alone(scope=request.scope)
    rows = [
        (
            row,
            counts.get(row.pk, 0),
            not policies.why_not_edit(source=row, scope=request.scope, alone=alone),
        )
        for row in FundingSource.objects.visible_to(request.scope)
    ]
    context = bureau_page(
        request,
        "funding:sources",
        ("资金来源", ""),
        rows=rows,
        can_write=can_write,
        is_shared=can_write and not alone,
    )
    return render(request, "funding/sources/list.html", context)


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def new(request: SignedIn) -> HttpResponse:
    """Add a source."""
    data = request.POST if request.method == "POST" else None
    form = SourceForm(data, use_required_attribute=False)
    if data is not None and form.is_valid():
        try:
            source = services.add_source(
                values=form.values,
                bureau=bureau_of(request.scope),
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已新增资金来源“{source}”。")
            return redirect("funding:sources")
    context = bureau_page(
        request,
        "funding:sources",
        ("资金来源", reverse("funding:sources")),
        ("新增", ""),
        form=form,
        title="新增资金来源",
    )
    return render(request, "funding/sources/edit.html", context, status=status_of(request))


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Change a source."""
    source: FundingSource = get_object_or_404(
        FundingSource.objects.visible_to(request.scope), pk=pk
    )
    alone = policies.is_alone(scope=request.scope)
    why_not = policies.why_not_edit(source=source, scope=request.scope, alone=alone)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        policies.check_edit(source=source, scope=request.scope)
    form = SourceChangeForm(data, source=source)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            services.change_source(
                source=source,
                values=form.values,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                bureau=bureau_of(request.scope),
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as found:
            conflict = found
            take_over(form, found)
            data["version"] = str(found.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("funding:sources")
    context = bureau_page(
        request,
        "funding:sources",
        ("资金来源", reverse("funding:sources")),
        (source.name, ""),
        form=form,
        title=source.name,
        source=source,
        changes=changes_of(source=source),
        why_not=why_not,
        conflict=conflict,
    )
    status = 409 if conflict else status_of(request)
    return render(request, "funding/sources/edit.html", context, status=status)
