"""Services of accounts: passwords and tokens. Auditing happens above, where the records are."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from renovation.core.errors import Refusal

from .enums import TokenScope
from .models import ApiToken, PasswordRecord, User

LONGEST_TOKEN_DAYS = 366


@transaction.atomic
def set_password(*, user: User, password: str, now: datetime, must_change: bool = False) -> None:
    """Set a password, remember the old hash (ReuseValidator), and say whether it must be changed."""
    if user.has_usable_password():
        PasswordRecord.objects.create(user=user, password=user.password, created_at=now)
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = now
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def token_digest(token: str) -> str:
    """SHA-256 of a token as stored. A token carries 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(*, user: User, scope: TokenScope, days: int, now: datetime) -> tuple[ApiToken, str]:
    """Make a token for a user; returns its row and the token itself, which is shown only this once.

    Refuses (``token.days``) a life that is not 1 to 366 days, and (``token.user``) a user who is switched off.
    """
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise Refusal(
            "token.days", f"令牌有效期须在 1 到 {LONGEST_TOKEN_DAYS} 天之间。", field="days"
        )
    if not user.is_active:
        raise Refusal("token.user", "这个用户已停用，不能签发令牌。", field="user")
    token = f"rdp_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(
        user=user,
        digest=token_digest(token),
        hint=token[-4:],
        scope=scope,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return row, token
