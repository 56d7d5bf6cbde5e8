"""Opening an invitation and answering by it, once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction

from renovation.core.crypto import decrypt, encrypt, keyed_hash, keyed_hashes
from renovation.core.errors import Refusal
from renovation.records.keys import keyring

from .models import Invitation, Submission

PURPOSE = "consent.link"
#: 18 random bytes: 144 bits, 24 characters.
TOKEN_BYTES = 18
LONGEST_TOKEN = 64


class Door(StrEnum):
    """What an invitation leads to."""

    ANSWER = "answer"
    ANSWERED = "answered"
    CLOSED = "closed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Opened:
    """A known invitation and what it leads to."""

    invitation: Invitation
    door: Door


def new_token() -> str:
    """A token for an address; whoever holds it may answer for the household."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(*, token: str) -> str:
    """Under what a token is kept."""
    return keyed_hash(token, keyring=keyring(), purpose=PURPOSE)


def open_invitation(*, token: str, now: datetime) -> Opened | None:
    """The invitation of a token and what it leads to; None for every token that was never valid or was
    revoked, so that a guess learns nothing. One query."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    digests = keyed_hashes(token, keyring=keyring(), purpose=PURPOSE)
    invitation = (
        Invitation.objects.select_related("round", "submission")
        .filter(digest__in=digests, revoked_at=None)
        .first()
    )
    if invitation is None:
        return None
    if hasattr(invitation, "submission"):
        return Opened(invitation, Door.ANSWERED)
    if invitation.round.closed_at is not None:
        return Opened(invitation, Door.CLOSED)
    if invitation.expires_at <= now:
        return Opened(invitation, Door.EXPIRED)
    return Opened(invitation, Door.ANSWER)


def _lock_of(invitation: Invitation) -> bytes:
    return f"consent.submission:{invitation.pk}:opinion".encode()


def opinion_of(*, submission: Submission) -> str:
    """The resident's words, for who takes the submission in."""
    sealed = bytes(submission.opinion_sealed)
    if not sealed:
        return ""
    return decrypt(sealed, keyring=keyring(), aad=_lock_of(submission.invitation)).decode()


def submit(
    *, invitation: Invitation, choice: str, items: Sequence[int], opinion: str, now: datetime
) -> Submission:
    """Keep an answer, the only one of its invitation.

    Refuses (``consent.answered``) where another was quicker, where the round closed or the link expired
    meanwhile (``consent.closed``).
    """
    try:
        with transaction.atomic():
            present = (
                Invitation.objects.select_for_update(of=("self",))
                .select_related("round")
                .get(pk=invitation.pk)
            )
            if present.round.closed_at is not None or present.expires_at <= now:
                raise Refusal("consent.closed", "这一轮征询已经截止。")
            if present.revoked_at is not None:
                raise Refusal("consent.closed", "这个链接已经作废。")
            sealed = (
                encrypt(opinion.encode(), keyring=keyring(), aad=_lock_of(present))
                if opinion
                else b""
            )
            return Submission.objects.create(
                invitation=present,
                choice=choice,
                items=list(items),
                opinion_sealed=sealed,
                submitted_at=now,
            )
    except IntegrityError:
        raise Refusal("consent.answered", "这一户已经答复过了。") from None
