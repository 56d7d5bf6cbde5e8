"""周报: weeks × streets, on a page and as a workbook."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.downloads import workbook
from renovation.core.periods import Week
from renovation.core.wording import chinese_moment
from renovation.face.values import Way
from renovation.face.wording import moment
from supervision.weekly import policies
from supervision.weekly.exports import register_workbook
from supervision.weekly.register import Line, Register, register_of_year
from supervision.weekly.reminding.owing import contacts_of, wanted
from supervision.weekly.section import section_tabs
from supervision.weekly.weeks import Phase, WeekMoments


def _register(request: SignedIn, now: datetime) -> tuple[Register, int]:
    """The register of the year that the address names, that of the running week where it names none."""
    text = request.GET.get("year", "")
    running = Week.of(local_day(now)).end.year
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else running
    return register_of_year(scope=request.scope, year=year, now=now), year


@require_GET
@scoped(Permission.RETURN_READ)
def returns(request: SignedIn) -> HttpResponse:
    """周报: weeks × streets, who owes, who sent, when."""
    now = timezone.now()
    register, year = _register(request, now)
    shown = request.GET.get("show", "")
    lines = [
        line
        for line in register.lines
        if not shown or (shown == "owing" and line.owing) or (shown == "late" and line.late)
    ]
    years = [Way(f"{each}年", f"?year={each}", each == year) for each in register.years or (year,)]
    counts = {
        "": len(register.lines),
        "owing": sum(bool(line.owing) for line in register.lines),
        "late": sum(bool(line.late) for line in register.lines),
    }
    ways = [
        Way(word, f"?year={year}" + (f"&show={key}" if key else ""), key == shown, counts[key])
        for key, word in (("", "全部"), ("owing", "有待报、未报"), ("late", "有迟报"))
    ]
    keeps_contact = {Permission.RETURN_FILL, Permission.RETURN_REVIEW} & request.scope.permissions
    home = request.scope.home_ids if keeps_contact else frozenset()
    own = next((street for street in register.streets if street.pk in home), None)
    context = {
        "register": register,
        "lines": lines,
        "current": [
            (line, _reported(line), _closing(line.moments), bool(wanted(line)))
            for line in register.current
        ],
        "owed": _owed(register),
        "year": year,
        "export_word": f"导出{year}年",
        "export_href": f"{reverse('weekly:export')}?year={year}",
        "all_href": f"{reverse('weekly:returns')}?year={year}",
        "years": years,
        "ways": ways,
        "fills": request.scope.can(Permission.RETURN_FILL),
        "reminds": policies.can_remind(scope=request.scope),
        "own": own,
        "contact": contacts_of([own]).get(own.pk) if own is not None else None,
        "tabs": section_tabs(scope=request.scope, chosen="weekly:returns"),
    }
    return render(request, "weekly/returns.html", context)


def _owed(register: Register) -> list[tuple[str, str, str, bool]]:
    """The first words of the page: who is wanted in the open weeks, who failed in the last closed one."""
    said = []
    for line in register.current:
        waiting = [entry for entry in line.owing if entry.is_open]
        names = "、".join(entry.street.short_name for entry in waiting)
        if line.phase is Phase.OPEN and names:
            tail = f"，{moment(line.moments.due_at)} 截止。"
            said.append((f"第{line.week.number}周待报：", names, tail, False))
        elif names:
            closes = min(entry.closes_at for entry in waiting if entry.closes_at is not None)
            tail = f"，{moment(closes)} 关闭，现在报送为迟报。"
            said.append((f"第{line.week.number}周待报：", names, tail, False))
        elif not line.owing:
            said.append((f"第{line.week.number}周", "都已报送", "。", False))
    closed = next((line for line in register.lines if line.phase is Phase.CLOSED), None)
    if closed is not None and closed.missing:
        names = "、".join(entry.street.short_name for entry in closed.missing)
        said.append((f"第{closed.week.number}周", f"{names}未报", "。", True))
    return said


def _reported(line: Line) -> str:
    return f"已报 {len(line.reported)} / 应报 {len(line.expected)}"


def _closing(moments: WeekMoments) -> str:
    return f"{moment(moments.due_at)} 截止，{moment(moments.closes_at)} 关闭"


@require_GET
@scoped(Permission.RETURN_READ)
def export(request: SignedIn) -> HttpResponse:
    """The register of a year as a workbook."""
    now = timezone.now()
    register, year = _register(request, now)
    content = register_workbook(
        register=register,
        title=f"{year}年周报报送情况",
        subtitle=f"截至{chinese_moment(now)}",
    )
    return workbook(content=content, name=f"{year}年周报报送情况.xlsx")
