"""Pages of applications: the bureau's list, a project's, one application with its acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.funding.enums import ApplicationAct, ApplicationFileKind, ApplicationState
from projects.funding.models import Application, ApplicationFile, ApplicationItem, GrantedAllocation
from projects.funding.pages import (
    BOTH,
    bureau_of,
    bureau_page,
    export_address,
    import_address,
    project_of,
    project_page,
    sheets_to_change,
    status_of,
    streets_in_sight,
)
from projects.ledger import downloads
from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Project
from projects.ledger.trail import take_over
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse
from renovation.records.acting import hands

from . import services
from .exports import applications_workbook
from .flow import FLOW
from .forms import (
    ApplicationFilterForm,
    ApplicationForm,
    CommentForm,
    FileForm,
    GrantForm,
    LinkForm,
    RefuseForm,
    ReportForm,
    UnlinkForm,
    present_of,
)
from .listing import ApplicationTable, application_table, lines_of, sources_in_sight

P = Permission


def _application(request: SignedIn, pk: int) -> Application:
    rows = Application.objects.visible_to(request.scope).select_related(
        "bureau", "source", "drafted_by", "reported_by", "decided_by"
    )
    found: Application = get_object_or_404(rows, pk=pk)
    return found


def _table(request: SignedIn, form: ApplicationFilterForm) -> ApplicationTable:
    return application_table(
        scope=request.scope,
        form=form,
        sort=request.GET.get("sort", ""),
        today=local_day(timezone.now()),
    )


def _form(request: SignedIn) -> ApplicationFilterForm:
    return ApplicationFilterForm(
        request.GET,
        source=sources_in_sight(scope=request.scope),
        streets=streets_in_sight(request.scope),
    )


@require_GET
@scoped(P.FIGURES_READ)
def applications(request: SignedIn) -> HttpResponse:
    """The applications in sight and their rates."""
    form = _form(request)
    context = bureau_page(
        request,
        "funding:applications",
        ("上级资金", ""),
        form=form,
        table=_table(request, form),
        export_href=export_address(request, "funding:applications_export"),
        import_href=import_address(request, "funding:applications"),
        can_write=request.scope.can(P.FUNDING_WRITE),
    )
    return render(request, "funding/applications/list.html", context)


@require_GET
@scoped(P.FIGURES_READ)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook."""
    now, table = timezone.now(), _table(request, _form(request))
    items = ApplicationItem.objects.visible_to(request.scope).filter(
        application__in=[line.row.pk for line in table.lines]
    )
    more = sheets_to_change(
        request,
        "funding:applications",
        codes=set(items.values_list("project__code", flat=True)),
        only=set(items.values_list("pk", flat=True)),
        now=now,
    )
    content = applications_workbook(table=table, more=more, now=now)
    return downloads.workbook(content=content, name="争取上级资金.xlsx")


@require_GET
@scoped(P.FIGURES_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """The applications that a project is part of."""
    found = project_of(request, code)
    rows = Application.objects.visible_to(request.scope).filter(items__project=found)
    items = {
        item.application_id: item
        for item in ApplicationItem.objects.visible_to(request.scope).filter(project=found)
    }
    lines = lines_of(rows=rows.distinct(), scope=request.scope)
    context = project_page(
        request,
        found,
        "funding:project_applications",
        ("上级资金", ""),
        lines=[(line, items[line.row.pk]) for line in lines if line.row.pk in items],
        can_write=request.scope.can(P.FUNDING_WRITE),
    )
    return render(request, "funding/applications/project.html", context)


def _projects(request: SignedIn, application: Application | None = None) -> list[Project]:
    """The projects that may stand in a package: not cancelled, newest programme first."""
    rows = Project.objects.visible_to(request.scope).select_related("programme", "street")
    rows = rows.filter(programme__bureau=request.scope.bureau_id, cancelled_on=None)
    return list(rows.order_by("-programme__year", "street__order", "code"))


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def new(request: SignedIn) -> HttpResponse:
    """Draft an application."""
    data = request.POST if request.method == "POST" else None
    bureau = bureau_of(request.scope)
    form = ApplicationForm(data, bureau_id=bureau.pk, projects=_projects(request))
    if data is not None and form.is_valid():
        try:
            made = services.draft_application(
                bureau=bureau,
                values=form.values,
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已拟报“{made}”。报出以后登记申报文号。")
            return redirect("funding:application", pk=made.pk)
    return _form_page(request, form, "新增申请", "保存")


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Change a draft."""
    found = _application(request, pk)
    data = request.POST.copy() if request.method == "POST" else None
    form = ApplicationForm(
        data, bureau_id=found.bureau_id, projects=_projects(request), application=found
    )
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            services.change_application(
                application=found,
                values=form.values,
                version=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as stale:
            conflict = stale
            found.refresh_from_db()
            take_over(form, stale, typed=form.words, present=present_of(found, form.projects))
            data["version"] = str(stale.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("funding:application", pk=pk)
    return _form_page(request, form, "修改申请", "保存", found, conflict=conflict)


def _form_page(
    request: SignedIn,
    form: Any,
    title: str,
    act: str,
    application: Application | None = None,
    **more: Any,
) -> HttpResponse:
    crumbs = [("上级资金", reverse("funding:applications"))]
    if application is not None:
        crumbs.append((application.title, reverse("funding:application", args=[application.pk])))
    context = bureau_page(
        request,
        "funding:applications",
        *crumbs,
        (title, ""),
        form=form,
        title=title,
        act=act,
        application=application,
        look=more.pop("look", "main"),
        file_lost=bool(request.FILES) and bool(form.errors),
        **more,
    )
    status = 409 if more.get("conflict") else status_of(request)
    return render(request, "funding/applications/form.html", context, status=status)


def _sees_package(request: SignedIn, found: Application) -> bool:
    """Whether every project of the application is in sight."""
    hidden = found.items.exclude(
        pk__in=ApplicationItem.objects.visible_to(request.scope).values("pk")
    )
    return not hidden.exists()


@require_GET
@scoped(P.FIGURES_READ)
def application(request: SignedIn, pk: int) -> HttpResponse:
    """One application: its package, papers, what came of it, and the acts that are open."""
    found = _application(request, pk)
    items = list(
        ApplicationItem.objects.visible_to(request.scope)
        .filter(application=found)
        .select_related("project__street")
        .order_by("project__street__order", "project__code")
    )
    lines = lines_of(
        rows=Application.objects.visible_to(request.scope).filter(pk=pk), scope=request.scope
    )
    shows_all = _sees_package(request, found)
    acts = FLOW.available(found.state, request.scope.permissions)
    own = bool(hands(found, "reported_by") & request.scope.persons)
    deciding = {ApplicationAct.GRANT, ApplicationAct.REFUSE}
    context = bureau_page(
        request,
        "funding:applications",
        ("上级资金", reverse("funding:applications")),
        (found.title, ""),
        application=found,
        line=lines[0] if lines else None,
        items=items,
        shows_all=shows_all,
        files=found.files.select_related("file") if shows_all else [],
        links=[
            link
            for link in found.allocations.select_related("event__project", "event__source")
            if link.event.project_id in {item.project_id for item in items}
        ],
        acts=[
            (
                FLOW.act_label(found.state, act),
                reverse(f"funding:application_{act}", args=[pk]),
                "main" if act in {ApplicationAct.REPORT, ApplicationAct.GRANT} else "danger",
            )
            for act in acts
            if not (own and act in deciding)
        ],
        why_not="登记申报的人不能自己登记结果，由另一位审核岗登记。"
        if own and deciding & set(acts)
        else "",
        can_write=request.scope.can(P.FUNDING_WRITE),
        can_change=found.state == ApplicationState.DRAFT and request.scope.can(P.FUNDING_WRITE),
        can_link=found.state == ApplicationState.GRANTED and request.scope.can(P.FUNDING_WRITE),
    )
    return render(request, "funding/applications/application.html", context)


def _act(
    request: SignedIn,
    found: Application,
    form: Any,
    act: Callable[[], object],
    label: str,
    done: str,
    **more: Any,
) -> HttpResponse:
    """A form with one act behind it; back to the application once it is done."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, done)
            return redirect("funding:application", pk=found.pk)
    return _form_page(request, form, label, label, found, **more)


def _posted(request: SignedIn) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def report(request: SignedIn, pk: int) -> HttpResponse:
    """Enter that it was sent."""
    found = _application(request, pk)
    form = ReportForm(*_posted(request), use_required_attribute=False)
    return _act(
        request,
        found,
        form,
        lambda: services.report_application(
            application=found,
            reported_on=form.cleaned_data["reported_on"],
            document_number=form.cleaned_data["document_number"],
            file=form.cleaned_data["file"],
            by=request.user,
            now=timezone.now(),
        ),
        "登记申报",
        "已登记申报，等上级批复。",
        multipart=True,
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    """Take it back to draft."""
    found = _application(request, pk)
    form = CommentForm(_posted(request)[0], use_required_attribute=False)
    return _act(
        request,
        found,
        form,
        lambda: services.take_back(
            application=found,
            comment=form.cleaned_data["comment"],
            by=request.user,
            now=timezone.now(),
        ),
        "撤回",
        "已撤回，可以修改后重新申报。",
        look="danger",
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_APPROVE)
def grant(request: SignedIn, pk: int) -> HttpResponse:
    """Enter what was granted."""
    found = _application(request, pk)
    items = list(found.items.select_related("project").order_by("project__code"))
    form = GrantForm(*_posted(request), items=items)
    return _act(
        request,
        found,
        form,
        lambda: services.grant_application(
            application=found,
            granted=form.granted,
            decided_on=form.cleaned_data["decided_on"],
            decision_number=form.cleaned_data["decision_number"],
            file=form.cleaned_data["file"],
            by=request.user,
            now=timezone.now(),
        ),
        "登记批复",
        "批复已登记。下达文件到了以后登记下达，再与这份申请关联。",
        multipart=True,
        consequence="登记以后不能修改。批复不是下达，下达另凭文件登记。",
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_APPROVE)
def refuse_it(request: SignedIn, pk: int) -> HttpResponse:
    """Enter that nothing was granted."""
    found = _application(request, pk)
    form = RefuseForm(*_posted(request), use_required_attribute=False)
    return _act(
        request,
        found,
        form,
        lambda: services.refuse_application(
            application=found,
            decided_on=form.cleaned_data["decided_on"],
            decision_number=form.cleaned_data["decision_number"],
            comment=form.cleaned_data["comment"],
            file=form.cleaned_data["file"],
            by=request.user,
            now=timezone.now(),
        ),
        "登记未获批",
        "已登记未获批。",
        multipart=True,
        look="danger",
        consequence="登记以后不能修改，计入上级资金获批率。",
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def add_file(request: SignedIn, pk: int) -> HttpResponse:
    """Keep one more paper."""
    found = _application(request, pk)
    form = FileForm(*_posted(request), use_required_attribute=False)
    return _act(
        request,
        found,
        form,
        lambda: services.add_file(
            application=found,
            kind=ApplicationFileKind(form.cleaned_data["kind"]),
            file=form.cleaned_data["file"],
            by=request.user,
            now=timezone.now(),
        ),
        "补充文件",
        "文件已保存。",
        multipart=True,
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def link(request: SignedIn, pk: int) -> HttpResponse:
    """Say which 下达 came from it."""
    found = _application(request, pk)
    form = LinkForm(_posted(request)[0], events=services.linkable(application=found))
    return _act(
        request,
        found,
        form,
        lambda: services.link_allocation(
            application=found,
            event=form.cleaned_data["event"],
            by=request.user,
            now=timezone.now(),
        ),
        "关联下达",
        "已关联。",
        consequence="只列这项资金、这些项目在批复日期以后的下达；没有的先在项目的资金里登记。",
    )


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def unlink(request: SignedIn, pk: int, link_pk: int) -> HttpResponse:
    """Take a mistaken link away."""
    found = _application(request, pk)
    row: GrantedAllocation = get_object_or_404(found.allocations.all(), pk=link_pk)
    form = UnlinkForm(_posted(request)[0], use_required_attribute=False)
    return _act(
        request,
        found,
        form,
        lambda: services.unlink_allocation(
            link=row, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        ),
        "取消关联",
        "已取消关联，下达本身不变。",
        look="danger",
    )


@require_GET
@scoped(P.FIGURES_READ)
def file(request: SignedIn, pk: int, file_pk: int) -> HttpResponse:
    """A paper of an application whose whole package is in sight: it tells the money of every project in it."""
    found = _application(request, pk)
    row: ApplicationFile | None = found.files.select_related("file").filter(pk=file_pk).first()
    if row is None or not _sees_package(request, found):
        raise Http404("no such file")
    return downloads.for_reader(file=row.file, scope=request.scope)
