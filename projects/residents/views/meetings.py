"""Pages of a project's meetings and their matters."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from projects.ledger.pages import RowPage, edit_row
from projects.residents.forms.meetings import MatterForm, MeetingForm, SolveForm
from projects.residents.meeting_lines import meeting_lines, sums_of
from projects.residents.models import Matter, Meeting
from projects.residents.pages import BOTH, answer, frame, project_of
from projects.residents.services import meetings as services
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day


def meeting_of(request: SignedIn, pk: int) -> Meeting:
    """The meeting within the scope; 404 for anything else."""
    rows = Meeting.objects.visible_to(request.scope).select_related("project__street", "file")
    return get_object_or_404(rows, pk=pk)


def matter_of(request: SignedIn, pk: int) -> Matter:
    """The matter within the scope; 404 for anything else."""
    rows = Matter.objects.visible_to(request.scope).select_related(
        "meeting__project__street", "evidence"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@scoped(Permission.LEDGER_READ)
def project_meetings(request: SignedIn, code: str) -> HttpResponse:
    """The meetings of a project, newest first, with what was raised and solved."""
    found = project_of(request, code)
    lines = meeting_lines(
        meetings=Meeting.objects.visible_to(request.scope).filter(project=found),
        on=local_day(timezone.now()),
    )
    context = frame(
        request,
        found,
        "project_meetings",
        lines=lines,
        sums=sums_of(lines),
        can_read_file=request.scope.can(Permission.RESIDENT_READ),
    )
    return render(request, "residents/project_meetings.html", context)


def _edit_meeting(request: SignedIn, row: Meeting, title: str) -> HttpResponse:
    now = timezone.now()
    found = row.project
    context = frame(request, found, "project_meetings", (title, ""))
    page = RowPage(
        organisation=found.street,
        of=str(found),
        back=context["back"],
        context=context,
        sub=f"{found.name}　{found.code}",
        heading=title,
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, files: MeetingForm(data, files, instance=row, today=local_day(now)),
        now=now,
    )


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def meeting_new(request: SignedIn, code: str) -> HttpResponse:
    """Record a meeting that was held."""
    return _edit_meeting(request, Meeting(project=project_of(request, code)), "登记议事")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def meeting_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change what is known of a meeting."""
    return _edit_meeting(request, meeting_of(request, pk), "修改议事")


def _edit_matter(request: SignedIn, row: Matter, title: str) -> HttpResponse:
    found = row.meeting.project
    context = frame(request, found, "project_meetings", (title, ""))
    if row.solved_on is not None:
        context["sentence"] = "这个问题已经解决，不能再修改。"
        return render(request, "residents/conflict.html", context, status=409)
    page = RowPage(
        organisation=found.street,
        of=f"{found}{row.meeting}",
        back=context["back"],
        context=context,
        sub=f"{row.meeting}　{found.name}",
        heading=title,
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, files: MatterForm(data, files, instance=row),
        now=timezone.now(),
        save=services.save_matter,
    )


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def matter_new(request: SignedIn, pk: int) -> HttpResponse:
    """Record a matter that was raised at a meeting."""
    return _edit_matter(request, Matter(meeting=meeting_of(request, pk)), "登记问题")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def matter_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change a matter that is open; one that is solved is not changed (409)."""
    return _edit_matter(request, matter_of(request, pk), "修改问题")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def matter_solve(request: SignedIn, pk: int) -> HttpResponse:
    """Record that a matter is solved, with its evidence."""
    found = matter_of(request, pk)
    posted = request.method == "POST"
    form = SolveForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        use_required_attribute=False,
    )

    def run() -> str:
        services.solve(matter=found, solution=form.solution, by=request.user, now=timezone.now())
        return f"“{found}”已登记解决。"

    context = frame(
        request,
        found.meeting.project,
        "project_meetings",
        ("登记解决", ""),
        heading="登记解决",
        button="登记解决",
        quoted=f"问题：{found.content}",
    )
    return answer(request, form, act=run, to=lambda: str(context["back"]), context=context)


@require_GET
@scoped(Permission.LEDGER_READ)
def meeting_file(request: SignedIn, pk: int) -> HttpResponse:
    """The list of who came or the minutes; they name residents, so not for a company."""
    found = meeting_of(request, pk)
    if found.file is None or not request.scope.can(Permission.RESIDENT_READ):
        raise Http404("no file")
    return downloads.stored(file=found.file)


@require_GET
@scoped(Permission.LEDGER_READ)
def matter_file(request: SignedIn, pk: int) -> HttpResponse:
    """The evidence of a solution; a photograph loses place and camera on the way to a company."""
    found = matter_of(request, pk)
    if found.evidence is None:
        raise Http404("no file")
    return downloads.for_reader(file=found.evidence, scope=request.scope)
