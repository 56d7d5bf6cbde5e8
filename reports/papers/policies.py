"""Who may do what to a paper: permission by the flow, the own district, and different people.

Drafting, approving and signing are three people (DOMAIN.md §4, 发文办理；MEASURES.md ground rules say
nothing of it, the house does: HOUSE.md §4.9).
"""

from __future__ import annotations

from datetime import datetime

from renovation.accounts.models import User
from renovation.accounts.scope import Scope, scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.periods import Week
from renovation.core.wording import chinese_moment
from renovation.records.acting import hands
from supervision.weekly.weeks import moments_of

from .enums import PaperAct, PaperKind, PaperState
from .flows import flow_of
from .models import Document

A = PaperAct


def check_act(
    document: Document, act: str, *, by: User, now: datetime, comment: str = ""
) -> PaperState:
    """The state that an act leads to, or a refusal with its reason.

    Raises StateConflict, Forbidden (no permission, another district, the same person twice) or
    Refusal at ``comment``.
    """
    scope = scope_of(by, on=local_day(now))
    if document.bureau_id not in scope.organisation_ids:
        raise Forbidden("这份文件属于其他单位。")
    step = flow_of(document.kind).check(document.state, act, scope.permissions, comment)
    check_other_person(document, act, persons=by.persons)
    return PaperState(step.to)


def check_other_person(document: Document, act: str, *, persons: frozenset[int]) -> None:
    """Refuse an act of a person who had an earlier hand in the paper that excludes it, or who stands in for such a
    person (``persons``: both)."""
    drafted = hands(document, "drafted_by")
    if act in {A.CHECK, A.APPROVE, A.SIGN} and not drafted:
        raise Refusal(
            "paper.without_drafter",
            "这份文件由系统编制，还没有人拟稿确认，请先由拟稿人点“重新编制”并核对文字。",
        )
    words = {A.CHECK: "核稿", A.COUNTERSIGN: "会签", A.APPROVE: "审核", A.SIGN: "签发"}
    if act in words and drafted & persons:
        raise Forbidden(f"拟稿人不能{words[PaperAct(act)]}自己的文稿，请由其他人办理。")
    edits = document.steps.filter(act=A.EDIT).select_related("by") if act in words else ()
    if any(hands(step, "by") & persons for step in edits):
        raise Forbidden(f"修改过文字的人不能{words[PaperAct(act)]}同一份文稿，请由其他人办理。")
    if act == A.SIGN and hands(document, "approved_by") & persons:
        raise Forbidden("审核人不能签发同一份文件，请由局领导签发。")


def not_before(document: Document, *, now: datetime) -> str:
    """Why a dispatch sheet is not issued yet: its week is open until a moment; empty once it has closed."""
    if document.kind != PaperKind.DISPATCH_SHEET:
        return ""
    week = Week.from_key(document.period_key)
    closes_at = moments_of(bureau=document.bureau, week=week, now=now).closes_at
    if closes_at is None or now >= closes_at:
        return ""
    return f"第{week.number}周要到{chinese_moment(closes_at)}才关闭，关闭以后才能印发。"


def available_acts(document: Document, scope: Scope) -> list[str]:
    """The acts that the page offers this person: those of the flow that no rule about people refuses."""
    if document.bureau_id not in scope.organisation_ids or scope.user_id is None:
        return []
    found = []
    for act in flow_of(document.kind).available(document.state, scope.permissions):
        try:
            check_other_person(document, act, persons=scope.persons)
        except Refusal:
            continue
        found.append(act)
    return found


def hindrance(document: Document, act: str, scope: Scope) -> str:
    """Why an act of the flow is not this person's, in one sentence; empty where it is."""
    if scope.user_id is None:
        return ""
    try:
        check_other_person(document, act, persons=scope.persons)
    except Refusal as refusal:
        return refusal.message
    return ""
