"""``Idempotency-Key`` on every POST of the API (CONTRACT.md): the same call answers what it answered.

The key is per user, method and path and is kept seven days. The same key with another body is 409, with a
twin that still runs too; an answer of 500 and above is not kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from renovation.accounts.tokens import valid_token

from .models import IdempotencyKey

KEPT = timedelta(days=7)
#: A twin that has run for longer than this is taken for dead.
TWIN_LIFE = timedelta(minutes=15)


def body_digest(request: HttpRequest) -> str:
    """SHA-256 of the body; of a multipart body its fields and each file's name and SHA-256."""
    if request.content_type != "multipart/form-data":
        return hashlib.sha256(request.body).hexdigest()
    parts: list[list[str]] = [
        [name, value] for name in sorted(request.POST) for value in request.POST.getlist(name)
    ]
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            parts.append([name, digest.hexdigest()])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _conflict(detail: str) -> HttpResponse:
    return JsonResponse(
        {
            "type": "about:blank",
            "status": 409,
            "code": "idempotency",
            "detail": detail,
        },
        status=409,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


class IdempotencyMiddleware:
    """Answers a repeated POST from the ledger of keys; stands next to the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        text = request.headers.get("Idempotency-Key", "")
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not text or request.method != "POST" or not request.path.startswith("/api/"):
            return self.get_response(request)
        token = valid_token(bearer)
        if token is None:
            return self.get_response(request)  # the view says 401
        return self._once(request, token.user_id, text[:200], timezone.now())

    # A process that dies between its service's commit and the storing of the answer leaves a row without status:
    # its key is answered 409 until TWIN_LIFE has passed, then it acts again. Services behind POST are therefore
    # safe to repeat by themselves: the same bytes of an upload change nothing, a confirmed upload is refused.
    def _once(self, request: HttpRequest, user_id: int, text: str, now: datetime) -> HttpResponse:
        digest = body_digest(request)
        fields = {"user_id": user_id, "method": "POST", "path": request.path[:300], "key": text}
        IdempotencyKey.objects.filter(**fields, created_at__lt=now - KEPT).delete()
        IdempotencyKey.objects.filter(
            **fields, status=None, created_at__lt=now - TWIN_LIFE
        ).delete()
        try:
            with transaction.atomic():
                row = IdempotencyKey.objects.create(**fields, body_digest=digest, created_at=now)
        except IntegrityError:
            return self._repeat(fields, digest)
        try:
            response = self.get_response(request)
        except BaseException:
            row.delete()
            raise
        if response.status_code >= 500 or response.streaming:
            row.delete()
            return response
        row.status = response.status_code
        row.content_type = response.headers.get("Content-Type", "")
        row.body = response.content
        row.save(update_fields=["status", "content_type", "body"])
        return response

    def _repeat(self, fields: dict[str, object], digest: str) -> HttpResponse:
        row = IdempotencyKey.objects.filter(**fields).first()
        if row is None or row.status is None:
            return _conflict("同一个 Idempotency-Key 的请求正在处理，请稍后再试。")
        if row.body_digest != digest:
            return _conflict("这个 Idempotency-Key 已用于另一份内容。")
        answer = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type)
        answer.headers["Idempotent-Replayed"] = "true"
        return answer
