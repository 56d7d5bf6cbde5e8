"""Bearer tokens at the door of the API: who calls, and for what the token may be used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from renovation.core.errors import Forbidden

from .enums import TokenScope
from .models import ApiToken
from .scope import scope_of
from .services import token_digest

#: The last use is written at most this often, so that reading does not write on every call.
USE_RESOLUTION = timedelta(minutes=1)


def valid_token(text: str) -> ApiToken | None:
    """The token behind a bearer text, unless it has expired, was revoked, or its user is switched off."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(
            digest=token_digest(text), revoked_at=None, expires_at__gt=now, user__is_active=True
        )
        .first()
    )
    if token and (token.last_used_at is None or now - token.last_used_at > USE_RESOLUTION):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


class TokenAuth(HttpBearer):
    """Lets in tokens of the given scopes and puts user and scope on the request as a session would.

    A valid token of another scope is refused with 403, anything else with 401.
    """

    def __init__(self, *scopes: TokenScope) -> None:
        super().__init__()
        self.scopes = frozenset(scopes)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the token row, None for a bad token; raise ``Forbidden`` for one of another scope."""
        row = valid_token(token)
        if row is None:
            return None
        if row.scope not in self.scopes:
            raise Forbidden(f"这个令牌的范围是“{row.get_scope_display()}”，不能用于此操作。")
        request.user = row.user
        request.scope = scope_of(row.user, on=timezone.localdate())  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(user_id=row.user_id)
        return row


#: For operations that only read, by what they belong to.
read = TokenAuth(TokenScope.READ)
read_returns = TokenAuth(TokenScope.READ, TokenScope.RETURNS)
read_documents = TokenAuth(TokenScope.READ, TokenScope.DOCUMENTS)
#: For operations that write returns.
write_returns = TokenAuth(TokenScope.RETURNS)
