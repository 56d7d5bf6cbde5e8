"""Uploads: their state, preview and faults; confirming them (CONTRACT.md)."""

from datetime import datetime
from typing import Any, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema

from renovation.accounts import tokens
from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden

from . import policies, services
from .models import Upload, UploadState
from .pipelines import pipeline_of
from .verdicts import verdicts_of

router = Router(tags=["上传"])


class IssueOut(Schema):
    """One finding at its cell."""

    sheet: str
    cell: str
    code: str
    message: str
    found: str
    expected: str
    severity: str


class RowOut(Schema):
    """A row of the preview: the project code, how it stands, what was read."""

    row: int
    project: str
    standing: str
    values: dict[str, Any]


class UploadOut(Schema):
    """An upload on its way; preview and issues are empty until it was read."""

    id: int
    state: str
    name: str
    received_at: datetime
    error: str
    preview: list[RowOut]
    issues: list[IssueOut]

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The upload as the API shows it."""
        pipeline = pipeline_of(upload.pipeline)
        values = {each["row"]: each["values"] for each in upload.rows}
        return cls(
            id=upload.pk,
            state=upload.state,
            name=upload.file.name,
            received_at=upload.received_at,
            error=upload.error,
            preview=[
                RowOut(
                    row=verdict.number,
                    project=verdict.key,
                    standing=verdict.standing.value,
                    values=values.get(verdict.number, {}),
                )
                for verdict in verdicts_of(upload, pipeline)
            ],
            issues=[
                IssueOut(
                    sheet=fault.sheet,
                    cell=fault.cell,
                    code=fault.code,
                    message=fault.message,
                    found=fault.found,
                    expected=fault.expected,
                    severity=fault.severity.value,
                )
                for fault in services.issues(upload=upload)
            ],
        )


class AnswerIn(Schema):
    """A reason for a finding of a project."""

    code: str
    project: str
    reason: str


class ConfirmIn(Schema):
    """Reasons, and the codes of projects whose rows are held back."""

    answers: list[AnswerIn] = []
    hold: list[str] = []


class ConfirmedOut(Schema):
    """What confirming wrote."""

    id: int
    state: str
    taken: int
    held: int


def _upload(request: HttpRequest, pk: int) -> tuple[Upload, Scope, User]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = Upload.objects.visible_to(scope).select_related("file", "organisation")
    found = get_object_or_404(rows, pk=pk)
    policies.check_may_see(upload=found, scope=scope)
    user = request.user
    if not isinstance(user, User):
        raise Forbidden
    return found, scope, user


@router.get("/uploads/{int:pk}", response=UploadOut, auth=tokens.read_returns, summary="一次上传")
def upload(request: HttpRequest, pk: int) -> UploadOut:
    """State, preview and issues of an upload."""
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
        by=user,
        now=timezone.now(),
    )
    return ConfirmedOut(
        id=found.pk,
        state=UploadState.COMMITTED,
        taken=outcome.taken if outcome else 0,
        held=outcome.held if outcome else 0,
    )
