"""How often one address may try: guessing is slowed down, a resident never notices."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache

#: Unknown links that an address may open in a span before it is held up.
MOST_MISSES = 20
#: Answers and pages of one address in a span; a whole estate may share one.
MOST_POSTS = 200
SPAN_SECONDS = 600


def _key(kind: str, address: str) -> str:
    seed = f"{settings.SECRET_KEY}:{kind}:{address}"
    return f"consent.{kind}.{hashlib.sha256(seed.encode()).hexdigest()[:32]}"


def _count(kind: str, address: str) -> int:
    return int(cache.get(_key(kind, address), 0))


def _add(kind: str, address: str) -> None:
    key = _key(kind, address)
    if not cache.add(key, 1, SPAN_SECONDS):
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two calls
            cache.set(key, 1, SPAN_SECONDS)


def is_held_up(address: str) -> bool:
    """Whether an address has tried too often lately."""
    return _count("miss", address) >= MOST_MISSES or _count("post", address) >= MOST_POSTS


def missed(address: str) -> None:
    """Remember an unknown link."""
    _add("miss", address)


def posted(address: str) -> None:
    """Remember an answer."""
    _add("post", address)
