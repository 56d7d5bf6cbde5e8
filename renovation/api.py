"""The one API: what CONTRACT.md lists, wing by wing.

Every fault is ``application/problem+json`` (RFC 9457) with a stable ``code`` and one Chinese sentence.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

from projects.ledger.api import router as ledger
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.wording import PLATFORM
from renovation.intake.api import router as intake
from reports.figures.api import router as figures
from reports.papers.api import router as papers
from supervision.weekly.api import router as weekly

log = structlog.get_logger(__name__)

api = NinjaAPI(
    title=f"{PLATFORM} 接口",
    version="1.0.0",
    description="令牌由管理员签发：`Authorization: Bearer TOKEN`。差错一律为 application/problem+json。",
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
)


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """A problem document; ``more`` are members beyond the standard ones."""
    return JsonResponse(
        {"type": "about:blank", "status": status, "code": code, "detail": detail, **more},
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


@api.exception_handler(Refusal)
def refused(request: HttpRequest, fault: Refusal) -> HttpResponse:
    """A rule says no: 403 forbidden, 409 with the present state, 422 otherwise."""
    if isinstance(fault, StateConflict):
        return problem(409, fault.code, fault.message, state=fault.state)
    if isinstance(fault, Forbidden):
        return problem(403, fault.code, fault.message)
    more = {"field": fault.field} if fault.field else {}
    if fault.href:  # where a person does what is missing
        more["href"] = request.build_absolute_uri(fault.href)
    return problem(422, fault.code, fault.message, **more)


#: Pydantic's type of fault → what is wrong, for people; the type itself is for programs.
_SENTENCES = {
    "missing": "缺少这一项。",
    "extra_forbidden": "接口没有这一项。",
    "literal_error": "不在可选的值里。",
    "enum": "不在可选的值里。",
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), "应为整数。"),
    **dict.fromkeys(("decimal_parsing", "decimal_type", "float_parsing"), "应为数。"),
    **dict.fromkeys(
        ("date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact", "date_type"),
        "应为日期，如 2025-05-09。",
    ),
    **dict.fromkeys(("datetime_parsing", "datetime_from_date_parsing"), "应为时间。"),
    **dict.fromkeys(("string_type", "string_too_short", "string_too_long"), "文字的长短不对。"),
    **dict.fromkeys(("bool_parsing", "bool_type"), "应为 true 或 false。"),
}


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """The request does not have the form that the schema asks for."""
    errors = [
        {
            "field": ".".join(str(part) for part in each["loc"][1:]),
            "type": each["type"],
            "message": _SENTENCES.get(each["type"], "不符合接口说明。"),
        }
        for each in fault.errors
    ]
    return problem(422, "request.invalid", "请求的内容不符合接口说明。", errors=errors)


@api.exception_handler(AuthenticationError)
def unauthenticated(_request: HttpRequest, _fault: AuthenticationError) -> HttpResponse:
    """No token, or one that is not valid."""
    response = problem(401, "token.invalid", "没有令牌，或者令牌无效、已过期、已吊销。")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def not_found(_request: HttpRequest, _fault: Http404) -> HttpResponse:
    """It does not exist, or not for this user."""
    return problem(404, "not_found", "没有找到，或者不在您的范围内。")


@api.exception_handler(HttpError)
def http_error(_request: HttpRequest, fault: HttpError) -> HttpResponse:
    """What the framework refuses by itself."""
    return problem(fault.status_code, "request.refused", "请求无法处理，请对照接口说明检查。")


@api.exception_handler(Exception)
def unforeseen(request: HttpRequest, fault: Exception) -> HttpResponse:
    """A fault of ours: logged under an id that the caller is told."""
    fault_id = uuid.uuid4().hex[:12]
    log.error("fault", fault_id=fault_id, path=request.path, exc_info=fault)
    return problem(500, "fault", f"系统出错，错误编号 {fault_id}。", fault_id=fault_id)


class ProblemMiddleware:
    """Unknown addresses and methods below ``/api/`` are problem documents too; the framework says them in HTML."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "").startswith("application/problem+json")
        if told or not request.path.startswith("/api/"):
            return response
        if response.status_code == 404:
            return problem(404, "not_found", "没有这个接口地址。")
        if response.status_code == 405:
            answer = problem(405, "method", "这个地址不接受这种请求方法。")
            answer.headers["Allow"] = response.headers.get("Allow", "")
            return answer
        return response


def refuse_unknown_query(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """An operation that answers 422 to a query parameter it does not know: a misspelt filter must not look
    like an answer to the question that was meant."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]  # the bound method of an operation
    known = query_names(operation)

    @wraps(run)
    def checked(request: HttpRequest, **path: Any) -> HttpResponseBase:
        unknown = sorted(set(request.GET) - known)
        if not unknown:
            return run(request, **path)
        may = "可用的参数：" + "、".join(sorted(known)) if known else "这个接口没有查询参数"
        errors = [
            {"field": name, "type": "extra_forbidden", "message": _SENTENCES["extra_forbidden"]}
            for name in unknown
        ]
        detail = f"接口没有参数 {'、'.join(unknown)}；{may}。"
        return problem(422, "request.invalid", detail, errors=errors)

    return checked


def query_names(operation: Operation) -> frozenset[str]:
    """The query parameters that an operation declares."""
    return frozenset(
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )


api.add_decorator(refuse_unknown_query, mode="view")
for router in (figures, ledger, weekly, intake, papers):
    api.add_router("", router)
