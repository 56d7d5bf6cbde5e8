"""The menu: what all bureaus share and the bureau's own, with the history of each item."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.works import policies
from projects.works.forms.menu import MenuClassForm, MenuItemForm
from projects.works.menu_history import changes_of
from projects.works.models import MenuClass, MenuItem
from projects.works.pages import answer
from projects.works.services import menu as services
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation

BOTH = ["GET", "POST"]


def _bureau(request: SignedIn) -> Organisation:
    rows = Organisation.objects.visible_to(request.scope)
    bureau: Organisation = get_object_or_404(rows, pk=request.scope.bureau_id)
    return bureau


def _context(request: SignedIn, *more: tuple[str, str], **context: Any) -> dict[str, Any]:
    menu = reverse("works:menu")
    crumbs = [
        ("项目", reverse("dashboards:projects")),
        ("改造内容", reverse("works:items")),
        ("改造菜单", menu if more else ""),
        *more,
    ]
    return {"crumbs": crumbs, "section": "项目", "back": menu, **context}


@require_GET
@scoped(Permission.LEDGER_READ)
def menu(request: SignedIn) -> HttpResponse:
    """The classes and their items."""
    items = MenuItem.objects.visible_to(request.scope).select_related("menu_class")
    groups = [
        (row, [item for item in items if item.menu_class_id == row.pk])
        for row in MenuClass.objects.visible_to(request.scope)
    ]
    context = _context(
        request,
        groups=groups,
        count=sum(len(members) for _, members in groups),
        can_edit=policies.can_plan(scope=request.scope),
    )
    return render(request, "works/menu.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def menu_item_new(request: SignedIn) -> HttpResponse:
    """Add an item of the bureau's own."""
    bureau = _bureau(request)
    form = MenuItemForm(request.POST if request.method == "POST" else None, scope=request.scope)

    def act() -> str:
        row = services.save_item(
            bureau=bureau, values=form.values, reason="", by=request.user, now=timezone.now()
        )
        return f"已在菜单里加“{row}”。"

    context = _context(request, ("加一条", ""), heading="改造菜单加一条", button="保存")
    return answer(request, form, act=act, to=lambda: reverse("works:menu"), context=context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def menu_class_new(request: SignedIn) -> HttpResponse:
    """Add a class of the bureau's own."""
    bureau = _bureau(request)
    form = MenuClassForm(
        request.POST if request.method == "POST" else None, use_required_attribute=False
    )

    def act() -> str:
        row = services.add_class(
            bureau=bureau,
            name=form.cleaned_data["name"],
            meaning=form.cleaned_data["meaning"],
            by=request.user,
            now=timezone.now(),
        )
        return f"已加类别“{row}”。"

    context = _context(request, ("加一类", ""), heading="改造菜单加一类", button="保存")
    return answer(request, form, act=act, to=lambda: reverse("works:menu"), context=context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def menu_item(request: SignedIn, pk: int) -> HttpResponse:
    """Change an item, with everything that was changed on it below."""
    rows = MenuItem.objects.visible_to(request.scope).select_related("menu_class")
    found = get_object_or_404(rows, pk=pk)
    why_not = policies.why_not_edit(menu_item=found, scope=request.scope)
    form = MenuItemForm(
        request.POST.copy() if request.method == "POST" else None,
        scope=request.scope,
        menu_item=found,
    )

    if request.method == "POST":
        policies.check_edit(menu_item=found, scope=request.scope)

    def act() -> str:
        services.save_item(
            bureau=_bureau(request),
            menu_item=found,
            seen_version=form.cleaned_data["seen_version"] or 0,
            values=form.values,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        return "已保存。"

    context = _context(
        request,
        (str(found), ""),
        heading=f"修改“{found}”",
        button="保存",
        why_not=why_not,
        item=found,
        changes=changes_of(menu_item=found),
    )
    return answer(
        request,
        form,
        act=act,
        to=lambda: reverse("works:menu_item", args=[pk]),
        context=context,
        template="works/menu_item.html",
    )
