"""填报负担: one page, and its workbook."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.downloads import workbook
from renovation.face.values import Cell
from supervision.weekly import policies
from supervision.weekly.section import section_tabs

from .exports import burden_workbook
from .tally import OPTIONAL, REQUIRED, Burden, burden_of
from .working import PAUSE_MINUTES

PAGE = 50


@require_GET
@scoped(Permission.RETURN_READ)
def burden(request: SignedIn) -> HttpResponse:
    """What the weekly return asks of people: cells, minutes, the use of each optional column."""
    policies.check_burden(scope=request.scope)
    found = burden_of(scope=request.scope, now=timezone.now())
    context = {
        "burden": found,
        "page": Paginator(found.lines, PAGE).get_page(request.GET.get("page")),
        "cells": _cells(found),
        "required": REQUIRED,
        "optional": OPTIONAL,
        "pause_minutes": PAUSE_MINUTES,
        "tabs": section_tabs(scope=request.scope, chosen="weekly:burden"),
    }
    return render(request, "weekly/burden.html", context)


def _cells(found: Burden) -> list[Cell]:
    minutes = found.median_minutes
    known = sum(line.minutes is not None for line in found.lines)
    return [
        Cell("已报送", f"{len(found.lines)} 份", f"近 {found.weeks} 周"),
        Cell(
            "每份要填",
            f"{found.cells_per_return} 格",
            f"每个项目必填 {len(REQUIRED)} 格，选填 {len(OPTIONAL)} 格",
        ),
        Cell(
            "填报用时",
            "—" if minutes is None else f"{minutes} 分钟",
            f"{known} 份的中位数" if known else "还没有记下用时的周报",
        ),
        Cell("没有人填的栏目", f"{len(found.unused)} 个", f"选填栏目共 {len(OPTIONAL)} 个"),
    ]


@require_GET
@scoped(Permission.RETURN_READ)
def export(request: SignedIn) -> HttpResponse:
    """The page as a workbook."""
    policies.check_burden(scope=request.scope)
    now = timezone.now()
    content = burden_workbook(burden=burden_of(scope=request.scope, now=now), now=now)
    return workbook(content=content, name="周报填报负担.xlsx")
