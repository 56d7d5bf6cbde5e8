"""Uploads: their state, preview and faults; confirming them (CONTRACT.md)."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router

from renovation.accounts import tokens
from renovation.accounts.enums import TokenScope
from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden

from . import policies, services
from .models import Upload, UploadState
from .pipelines import pipeline_of
from .schemas import ConfirmedOut, ConfirmIn, UploadOut
from .verdicts import verdicts_of

router = Router(tags=["上传"])


def _upload(request: HttpRequest, pk: int) -> tuple[Upload, Scope, User]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = Upload.objects.visible_to(scope).select_related("file", "organisation")
    found = get_object_or_404(rows, pk=pk)
    if pipeline_of(found.pipeline).token_scope is not TokenScope.RETURNS:
        raise Http404("not an upload of a return")
    policies.check_may_see(upload=found, scope=scope)
    user = request.user
    if not isinstance(user, User):
        raise Forbidden
    return found, scope, user


@router.get("/uploads/{int:pk}", response=UploadOut, auth=tokens.read_returns, summary="一次上传")
def upload(request: HttpRequest, pk: int) -> UploadOut:
    """State, preview and issues of an upload for a return; 404 for any other."""
    return UploadOut.of(_upload(request, pk)[0])


@router.post(
    "/uploads/{int:pk}/confirm",
    response=ConfirmedOut,
    auth=tokens.write_returns,
    summary="确认写入",
)
def confirm(request: HttpRequest, pk: int, body: ConfirmIn) -> ConfirmedOut:
    """Write the rows that are let in; held and faulty rows stay out and the return stays a draft."""
    found, scope, user = _upload(request, pk)
    policies.check_may_write(upload=found, scope=scope)
    outcome = services.confirm(
        upload=found,
        reasons=[(each.project, each.code, each.reason) for each in body.answers],
        held=body.hold,
        decided=[verdict.key for verdict in verdicts_of(found, pipeline_of(found.pipeline))],
        write=True,
        seen=body.seen,
        by=user,
        now=timezone.now(),
    )
    return ConfirmedOut(
        id=found.pk,
        state=UploadState.COMMITTED,
        taken=outcome.taken if outcome else 0,
        held=outcome.held if outcome else 0,
    )
