"""Who may do what with households, rounds and answers: ``check_…`` raises, ``can_…`` answers."""

from __future__ import annotations

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden
from renovation.records.acting import hands

from .models import Answer, Round


def can_write(*, scope: Scope) -> bool:
    """The street keeps the archive and records answers."""
    return scope.can(Permission.CONSENT_WRITE)


def can_read_residents(*, scope: Scope) -> bool:
    """Whether households are shown at all; everybody else sees counts and rates."""
    return scope.can(Permission.RESIDENT_READ)


def check_open(*, found: Round, scope: Scope) -> None:
    """Another post than the one that drafted it opens a round; raises Forbidden."""
    if not scope.can(Permission.CONSENT_DECIDE):
        raise Forbidden("由街道审核岗开始征询。")
    if hands(found, "drafted_by") & scope.persons:
        raise Forbidden("拟定的人不能自己开始征询。")


def why_not_open(*, found: Round, scope: Scope) -> str:
    """Why 开始征询 is not offered, "" where it is."""
    try:
        check_open(found=found, scope=scope)
    except Forbidden as forbidden:
        return forbidden.message
    return ""


def check_decide(*, answers: list[Answer], scope: Scope) -> None:
    """Who decides between answers has recorded none of them; raises Forbidden."""
    if not scope.can(Permission.CONSENT_DECIDE):
        raise Forbidden("由街道审核岗认定。")
    if any(scope.persons & (hands(row, "recorded_by") | {row.witness_id}) for row in answers):
        raise Forbidden("登记或见证过其中一份的人不能认定。")


def why_not_decide(*, answers: list[Answer], scope: Scope) -> str:
    """Why 认定 is not offered, "" where it is."""
    try:
        check_decide(answers=answers, scope=scope)
    except Forbidden as forbidden:
        return forbidden.message
    return ""
