"""The gallery of a project: before, during, after; pairs; one photograph; its bytes."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import downloads, policies
from projects.ledger.dossier import photos as services
from projects.ledger.dossier.forms import PhotosForm
from projects.ledger.dossier.views import take_off_page, ways
from projects.ledger.enums import PhotoStage
from projects.ledger.models import Photo, Project
from projects.ledger.pages import BOTH, answer_status, page_of, project_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.face.values import Way
from renovation.records.models import WorkState

#: So many photographs stand on a page of the gallery; a filter narrows them.
MOST_SHOWN = 120


@require_GET
@scoped(Permission.LEDGER_READ)
def photos(request: SignedIn, code: str) -> HttpResponse:
    """The photographs of a project by stage (``?stage=``) and estate (``?estate=``), and the pairs."""
    project = project_of(request, code)
    every = list(
        Photo.objects.visible_to(request.scope)
        .filter(project=project)
        .shown()
        .select_related("estate")
        .order_by("estate_id", "spot", "added_at", "pk")
    )
    stage = request.GET.get("stage", "")
    if stage not in PhotoStage.values:
        stage = ""
    estate = request.GET.get("estate", "")
    here = [row for row in every if not estate or str(row.estate_id) == estate]
    shown = [row for row in here if not stage or row.stage == stage]
    names = {row.estate_id: row.estate.name for row in every if row.estate is not None}
    tail = f"&estate={estate}" if estate else ""
    context = page_of(
        request,
        project,
        "documents",
        title="照片",
        ways=ways(project, "photos"),
        photos=shown[:MOST_SHOWN],
        more=max(0, len(shown) - MOST_SHOWN),
        count=len(every),
        pairs=services.pairs(here) if not stage else [],
        stages=[
            Way(
                word,
                f"?stage={key}{tail}",
                key == stage,
                sum(not key or row.stage == key for row in here),
            )
            for key, word in (("", "全部"), *PhotoStage.choices)
        ],
        estates=[
            Way(name, f"?stage={stage}&estate={pk}", str(pk) == estate)
            for pk, name in (("", "全部小区"), *names.items())
        ]
        if len(names) > 1
        else [],
        waiting=sum(row.work_state in {WorkState.QUEUED, WorkState.RUNNING} for row in every),
        can_file=policies.can_file(scope=request.scope),
    )
    return render(request, "ledger/photos.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def photos_new(request: SignedIn, code: str) -> HttpResponse:
    """Add photographs of one spot."""
    project = project_of(request, code)
    posted = request.method == "POST"
    form = PhotosForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        project=project,
        initial={"stage": request.GET.get("stage", ""), "spot": request.GET.get("spot", "")},
    )
    if posted and form.is_valid():
        added = _add(request, project, form)
        if added.photos:
            messages.success(
                request, f"已收下 {len(added.photos)} 张照片。正在生成小图，稍后可见。"
            )
        for sentence in added.said:
            messages.warning(request, sentence)
        return redirect("ledger:photos", code=code)
    context = page_of(request, project, "documents", title="上传照片") | {
        "heading": "上传照片",
        "sub": f"{project.name}　{project.code}",
        "intro": "同一位置同一时期的一起传。原件加密保存；给别人看的都是去掉拍摄时间和地点的副本。",
        "form": form,
        "back": reverse("ledger:photos", args=[code]),
        "file_lost": bool(request.FILES) and bool(form.errors),
    }
    return render(request, "ledger/photos_new.html", context, status=answer_status(request))


@require_POST
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def photos_one(request: SignedIn, code: str) -> HttpResponse:
    """Take a photograph of the queue on the page, as JSON: ``stored`` (0 where the project has it already, so that a
    retry doubles nothing) and sentences; 422 with the sentence where it is not taken."""
    project = project_of(request, code)
    form = PhotosForm(request.POST, request.FILES, project=project)
    if not form.is_valid():
        sentences = [str(text) for faults in form.errors.values() for text in faults]
        return JsonResponse({"refused": "".join(sentences)}, status=422)
    added = _add(request, project, form)
    return JsonResponse({"stored": len(added.photos), "said": added.said})


def _add(request: SignedIn, project: Project, form: PhotosForm) -> services.Added:
    return services.add_photos(
        project=project,
        estate=form.cleaned_data["estate"],
        stage=PhotoStage(form.cleaned_data["stage"]),
        spot=form.cleaned_data["spot"],
        note=form.cleaned_data["note"],
        files=form.cleaned_data["photos"],
        by=request.user,
        now=timezone.now(),
    )


def _photo(request: SignedIn, code: str, pk: int) -> Photo:
    rows = Photo.objects.visible_to(request.scope).filter(project__code=code)
    row = get_object_or_404(
        rows.select_related(
            "project__street", "estate", "original", "picture", "thumbnail", "added_by",
            "removed_by", "alike__project",
        ),
        pk=pk,
    )  # fmt: skip
    if row.removed_at is not None and not policies.can_file(scope=request.scope):
        raise Http404("taken off")
    return row


@require_GET
@scoped(Permission.LEDGER_READ)
def photo(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """One photograph; when and where it was taken only for who works with the streets."""
    project: Project = project_of(request, code)
    row = _photo(request, code, pk)
    alike = row.alike
    if alike is not None:
        visible = Photo.objects.visible_to(request.scope).shown().filter(pk=alike.pk)
        alike = alike if visible.aggregate(count=Count("pk"))["count"] else None
    context = page_of(
        request,
        project,
        "documents",
        title=str(row),
        photo=row,
        alike=alike,
        inside=request.scope.can(Permission.RETURN_READ),
        can_file=policies.can_file(scope=request.scope),
    )
    return render(request, "ledger/photo.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def photo_thumbnail(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """The small copy."""
    file = _photo(request, code, pk).thumbnail
    if file is None:
        raise Http404("not developed")
    return downloads.picture(file=file)


@require_GET
@scoped(Permission.LEDGER_READ)
def photo_picture(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """The copy that may leave; as an attachment with ``?save=1``."""
    file = _photo(request, code, pk).picture
    if file is None:
        raise Http404("not developed")
    return downloads.stored(file=file) if request.GET.get("save") else downloads.picture(file=file)


@require_GET
@scoped(Permission.RETURN_READ)
def photo_original(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """The original with all that the camera wrote, for the administration."""
    return downloads.stored(file=_photo(request, code, pk).original)


@require_POST
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def photo_again(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Try a photograph again that failed."""
    services.try_again(photo=_photo(request, code, pk), now=timezone.now())
    messages.success(request, "已重新排队处理。")
    return redirect("ledger:photo", code=code, pk=pk)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def photo_take_off(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Take a photograph off."""
    row = _photo(request, code, pk)
    return take_off_page(
        request, project=row.project, row=row, chosen="documents", back="ledger:photos"
    )
