"""Failed tries at signing in: how many there are, how long the lock holds, what may be said of it.

Tries are counted for a user name as it was typed and the address it came from, whether such a user exists or
not; so what is said of them tells an outsider nothing about who has an account.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

MOST_TRIES: int = settings.AXES_FAILURE_LIMIT
LOCK_MINUTES = round(settings.AXES_COOLOFF_TIME * 60)


def rule_in_words() -> str:
    """连续输错 5 次，锁定 15 分钟。"""
    return f"连续输错 {MOST_TRIES} 次，锁定 {LOCK_MINUTES} 分钟。"


def warning_after(request: HttpRequest | None) -> str:
    """再输错 2 次，锁定 15 分钟, after a try that failed; "" where nothing was counted."""
    failed: int | None = getattr(request, "axes_failures_since_start", None)
    if not failed or failed >= MOST_TRIES:
        return ""
    return f"再输错 {MOST_TRIES - failed} 次，锁定 {LOCK_MINUTES} 分钟。"
