"""Weeks, returns and their states; the workbook in and out (CONTRACT.md)."""

from datetime import date, datetime
from typing import Self

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from renovation.accounts import tokens
from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.documents.reading import DEFAULT_LIMITS, MEGABYTE
from renovation.core.documents.xlsx import CONTENT_TYPE
from renovation.core.downloads import attachment
from renovation.core.errors import Forbidden, Refusal
from renovation.core.periods import Week
from renovation.intake import services as intake
from renovation.intake.schemas import UploadOut

from . import policies, services, workbook
from .enums import LateReason
from .intake import WEEKLY
from .models import WeeklyReturn
from .register import register_between
from .unchanged import Statement, statements_of

router = Router(tags=["周报"])


class StatementOut(Schema):
    """经核实本周无变化, of all projects of a return: who stated it, and when."""

    by: str
    at: datetime

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """The statement as the API shows it."""
        return cls(by=statement.by, at=statement.at)


class ReturnOut(Schema):
    """A return of a street for a week, in its newest version; ``id`` is null where there is none yet, ``statement``
    where not all its projects are stated unchanged (零报告)."""

    id: int | None
    street: str
    street_name: str
    week_start: date
    state: str | None
    standing: str
    version: int | None
    submitted_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    statement: StatementOut | None


class StateOut(Schema):
    """A return after an act."""

    id: int
    street: str
    week_start: date
    version: int
    state: str

    @classmethod
    def of(cls, row: WeeklyReturn) -> Self:
        """The return as the API shows it."""
        return cls(
            id=row.pk,
            street=row.street.code,
            week_start=row.week_start,
            version=row.version,
            state=row.state,
        )


class SubmitIn(Schema):
    """What a late submission needs."""

    late_reason: str = ""
    late_code: LateReason = LateReason.OTHER


class CommentIn(Schema):
    """Why a return is sent back."""

    comment: str


class ReasonIn(Schema):
    """Why an approved return is corrected."""

    reason: str


def _who(request: HttpRequest, permission: Permission | None = None) -> tuple[Scope, User]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if permission is not None and not scope.can(permission):
        raise Forbidden
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the token's user
    return scope, user


def _week(text: str) -> Week:
    try:
        return Week.from_key(text)
    except ValueError as fault:
        raise Http404 from fault


def _street(scope: Scope, code: str) -> Organisation:
    street: Organisation = get_object_or_404(
        Organisation.objects.visible_to(scope), kind=OrganisationKind.STREET, code=code
    )
    return street


@router.get(
    "/weeks/{week_start}/returns",
    response=list[ReturnOut],
    auth=tokens.read_returns,
    summary="一周的报送",
)
def returns(request: HttpRequest, week_start: str) -> list[ReturnOut]:
    """Who owes, who sent, when, in which state: a row per expected street of the scope."""
    scope, _ = _who(request, Permission.RETURN_READ)
    week = _week(week_start)
    bureau = get_object_or_404(Organisation, pk=scope.bureau_id)
    register = register_between(
        bureau=bureau, streets=scope.organisation_ids, first=week, last=week, now=timezone.now()
    )
    latest = [entry.latest for line in register.lines for entry in line.expected if entry.latest]
    stated = statements_of(latest)
    return [
        ReturnOut(
            id=entry.latest.pk if entry.latest else None,
            street=entry.street.code,
            street_name=entry.street.name,
            week_start=week.start,
            state=entry.latest.state if entry.latest else None,
            standing=entry.standing.word if entry.standing else "",
            version=entry.latest.version if entry.latest else None,
            submitted_at=entry.latest.submitted_at if entry.latest else None,
            due_at=line.moments.due_at,
            closes_at=entry.closes_at,
            statement=StatementOut.of(stated[entry.latest.pk])
            if entry.latest and entry.latest.pk in stated
            else None,
        )
        for line in register.lines
        for entry in line.expected
    ]


@router.get(
    "/weeks/{week_start}/returns/{street}/workbook",
    auth=tokens.read_returns,
    summary="预填的工作簿",
    openapi_extra={"responses": {200: {"description": "xlsx", "content": {CONTENT_TYPE: {}}}}},
)
def prefilled(request: HttpRequest, week_start: str, street: str) -> HttpResponse:
    """The pre-filled workbook of a street for a week."""
    scope, _ = _who(request, Permission.RETURN_READ)
    made = workbook.build(street=_street(scope, street), week=_week(week_start), now=timezone.now())
    return attachment(content=made.content, name=made.name, content_type=CONTENT_TYPE)


@router.post(
    "/weeks/{week_start}/returns/{street}/uploads",
    response={202: UploadOut},
    auth=tokens.write_returns,
    summary="上传填好的工作簿",
)
def upload(
    request: HttpRequest, week_start: str, street: str, file: File[UploadedFile]
) -> Status[UploadOut]:
    """Take a workbook in; it is read in the background, see ``GET /uploads/{id}``."""
    scope, user = _who(request, Permission.RETURN_FILL)
    organisation = _street(scope, street)
    policies.check_fill(scope=scope, street=organisation)
    if (file.size or 0) > DEFAULT_LIMITS.bytes:  # before it is read into memory
        most = DEFAULT_LIMITS.bytes // MEGABYTE
        raise Refusal("file.too_large", f"文件不超过 {most} MB 才能上传。", field="file")
    found = intake.receive(
        pipeline=WEEKLY.code,
        organisation=organisation,
        period_key=_week(week_start).key,
        file=file.read(),
        name=file.name or "",
        by=user,
        now=timezone.now(),
    )
    return Status(202, UploadOut.of(found))


def _return(request: HttpRequest, pk: int) -> tuple[WeeklyReturn, User]:
    scope, user = _who(request)
    rows = WeeklyReturn.objects.visible_to(scope).select_related("street")
    return get_object_or_404(rows, pk=pk), user


@router.post(
    "/returns/{int:pk}/submit", response=StateOut, auth=tokens.write_returns, summary="报送"
)
def submit(request: HttpRequest, pk: int, body: SubmitIn | None = None) -> StateOut:
    """draft or sent_back → submitted. Under the 真实性承诺 of the token's user: where none is in force the answer is
    422 ``pledge.missing`` with ``href``, the page where that person accepts it."""
    row, user = _return(request, pk)
    said = body or SubmitIn()
    done = services.submit(
        weekly_return=row,
        by=user,
        now=timezone.now(),
        late_reason=said.late_reason,
        late_code=said.late_code,
    )
    return StateOut.of(done)


@router.post(
    "/returns/{int:pk}/review", response=StateOut, auth=tokens.write_returns, summary="街道审核"
)
def review(request: HttpRequest, pk: int) -> StateOut:
    """submitted → reviewed, by another person of the street."""
    row, user = _return(request, pk)
    return StateOut.of(services.review(weekly_return=row, by=user, now=timezone.now()))


@router.post(
    "/returns/{int:pk}/approve", response=StateOut, auth=tokens.write_returns, summary="区局核定"
)
def approve(request: HttpRequest, pk: int) -> StateOut:
    """reviewed → approved; immutable from now on."""
    row, user = _return(request, pk)
    return StateOut.of(services.approve(weekly_return=row, by=user, now=timezone.now()))


@router.post(
    "/returns/{int:pk}/send-back", response=StateOut, auth=tokens.write_returns, summary="退回"
)
def send_back(request: HttpRequest, pk: int, body: CommentIn) -> StateOut:
    """submitted or reviewed → sent_back, with a comment."""
    row, user = _return(request, pk)
    done = services.send_back(weekly_return=row, comment=body.comment, by=user, now=timezone.now())
    return StateOut.of(done)


@router.post(
    "/returns/{int:pk}/correct",
    response={201: StateOut},
    auth=tokens.write_returns,
    summary="更正",
)
def correct(request: HttpRequest, pk: int, body: ReasonIn) -> Status[StateOut]:
    """Open a new version of an approved return; answers the new draft."""
    row, user = _return(request, pk)
    done = services.correct(weekly_return=row, reason=body.reason, by=user, now=timezone.now())
    return Status(201, StateOut.of(done))
