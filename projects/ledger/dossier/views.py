"""Pages of a project's documents and of the bureau's kinds of documents."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import downloads, policies
from projects.ledger.models import DocumentKind, Photo, Project, ProjectDocument
from projects.ledger.pages import BOTH, RowPage, answer_status, edit_row, page_of, project_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse
from renovation.face.values import Way

from . import services
from .completeness import completeness, missing, shelves
from .forms import DocumentForm, KindForm, TakeOffForm
from .versions import chain, newest


def ways(project: Project, chosen: str) -> list[Way]:
    """Documents or photographs."""
    return [
        Way(word, reverse(f"ledger:{name}", args=[project.code]), name == chosen)
        for word, name in (("文件", "documents"), ("照片", "photos"))
    ]


@require_GET
@scoped(Permission.LEDGER_READ)
def documents(request: SignedIn, code: str) -> HttpResponse:
    """一项目一档: what is filed, by kind, and what is missing."""
    project = project_of(request, code)
    today = local_day(timezone.now())
    kinds = list(DocumentKind.objects.visible_to(request.scope))
    inside = request.scope.can(Permission.RETURN_READ)
    filed = (
        ProjectDocument.objects.visible_to(request.scope)
        .filter(project=project)
        .select_related("kind", "file__stored_by")
    )
    gates = project.gates.select_related("evidence")
    rows = shelves(
        kinds=[kind for kind in kinds if inside or not kind.is_private],
        documents=newest(filed),
        gates=list(gates),
        on=today,
    )
    there, asked = completeness(rows)
    context = page_of(
        request,
        project,
        "documents",
        ways=ways(project, "documents"),
        rows=[row for row in rows if row.documents or row.evidence or row.is_missing],
        missing=missing(rows),
        there=there,
        asked=asked,
        has_kinds=bool(kinds),
        inside=inside,
        can_file=policies.can_file(scope=request.scope),
        photo_count=Photo.objects.visible_to(request.scope).filter(project=project).shown().count(),
    )
    return render(request, "ledger/documents.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def document_new(request: SignedIn, code: str, pk: int | None = None) -> HttpResponse:
    """File a document (``?kind=``), or the next version of one."""
    project = project_of(request, code)
    kinds = DocumentKind.objects.visible_to(request.scope).filter(is_active=True)
    old = _document(request, code, pk) if pk is not None else None
    asked = request.GET.get("kind", "")
    kind = kinds.filter(pk=int(asked)).first() if asked.isdecimal() else None
    posted = request.method == "POST"
    form = DocumentForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        kinds=kinds,
        supersedes=old,
        kind=kind,
    )
    if posted and form.is_valid():
        try:
            row = services.file_document(
                project=project,
                values=form.values,
                file=form.cleaned_data["file"],
                supersedes=old,
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            version = f"第 {row.version} 版" if row.version > 1 else ""
            messages.success(request, f"已归档《{row.title}》{version}。")
            return redirect("ledger:documents", code=code)
    heading = f"存《{old.title}》的新版" if old else "归档文件"
    context = page_of(request, project, "documents", title="归档文件") | {
        "heading": heading,
        "sub": f"{project.name}　{project.code}",
        "intro": f"现为第 {old.version} 版。旧版留着，随时能查。" if old else "",
        "form": form,
        "back": reverse("ledger:documents", args=[code]),
        "file_lost": bool(request.FILES) and bool(form.errors),
    }
    return render(request, "ledger/part.html", context, status=answer_status(request))


def _document(request: SignedIn, code: str, pk: int) -> ProjectDocument:
    rows = ProjectDocument.objects.visible_to(request.scope).filter(project__code=code)
    return get_object_or_404(rows.select_related("project__street", "kind", "file"), pk=pk)


@require_GET
@scoped(Permission.LEDGER_READ)
def document(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """The versions of a document, newest first, with digest, size, who and when."""
    project = project_of(request, code)
    row = _document(request, code, pk)
    every = (
        ProjectDocument.objects.visible_to(request.scope)
        .filter(project=project, kind=row.kind_id)
        .select_related("file__stored_by", "removed_by")
    )
    versions = chain(row, every)
    current = next((each for each in versions if each.removed_at is None), None)
    context = page_of(
        request,
        project,
        "documents",
        title=row.title,
        document=current or versions[0],
        current=current,
        kind=row.kind,
        versions=versions,
        can_file=policies.can_file(scope=request.scope),
    )
    return render(request, "ledger/document.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def document_file(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """The bytes of one version; pictures without what the camera wrote for who is not of the administration."""
    row = _document(request, code, pk)
    if row.removed_at is not None and not policies.can_file(scope=request.scope):
        raise Http404("taken off")
    return downloads.for_reader(file=row.file, scope=request.scope)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def document_take_off(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Take a document off that was filed by mistake."""
    project = project_of(request, code)
    row = _document(request, code, pk)
    return take_off_page(
        request, project=project, row=row, chosen="documents", back="ledger:documents"
    )


def take_off_page(
    request: SignedIn, *, project: Project, row: ProjectDocument | Photo, chosen: str, back: str
) -> HttpResponse:
    """Ask why, then take off."""
    form = TakeOffForm(request.POST or None, use_required_attribute=False)
    if request.method == "POST" and form.is_valid():
        try:
            services.take_off(
                row=row,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已撤下“{row}”。原件还留着，由谁、何时、为何撤下都查得到。")
            return redirect(back, code=project.code)
    context = page_of(request, project, chosen, title="撤下") | {
        "form": form,
        "row": row,
        "noun": row._meta.verbose_name,
        "back": reverse(back, args=[project.code]),
        "sub": f"{project.name}　{project.code}",
    }
    return render(request, "ledger/take_off.html", context, status=answer_status(request))


# -- kinds -------------------------------------------------------------------------------------------
def _bureau(request: SignedIn) -> Organisation:
    rows = Organisation.objects.visible_to(request.scope)
    found: Organisation = get_object_or_404(rows, pk=request.scope.bureau_id)
    return found


@require_GET
@scoped(Permission.LEDGER_WRITE)
def kinds(request: SignedIn) -> HttpResponse:
    """The bureau's kinds of documents."""
    rows = DocumentKind.objects.visible_to(request.scope)
    crumbs = [("项目", reverse("dashboards:projects")), ("文件种类", "")]
    context = {"rows": rows, "crumbs": crumbs, "section": "项目"}
    return render(request, "ledger/kinds.html", context)


@require_POST
@scoped(Permission.LEDGER_WRITE)
def kinds_adopt(request: SignedIn) -> HttpResponse:
    """Take over the portal's kinds."""
    made = services.adopt_kinds(bureau=_bureau(request), by=request.user, now=timezone.now())
    messages.success(request, f"已启用 {len(made)} 个文件种类。可以按本区的做法修改。")
    return redirect("ledger:kinds")


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def kind(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """A new kind, or one that is changed."""
    bureau = _bureau(request)
    rows = DocumentKind.objects.visible_to(request.scope)
    row = DocumentKind() if pk is None else get_object_or_404(rows, pk=pk)
    title = "新增文件种类" if pk is None else "修改文件种类"
    crumbs = [
        ("项目", reverse("dashboards:projects")),
        ("文件种类", reverse("ledger:kinds")),
        (title, ""),
    ]
    page = RowPage(
        organisation=bureau,
        of=bureau.short_name,
        back=reverse("ledger:kinds"),
        context={"crumbs": crumbs, "section": "项目"},
        sub=bureau.short_name,
        intro="不再用的种类取消“使用中”，已归档的文件不受影响。",
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, _files: KindForm(data, instance=row, bureau_id=bureau.pk),
        now=timezone.now(),
    )
