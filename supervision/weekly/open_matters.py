"""What passes to another when a person leaves the post: follow-ups to see to their end, cells not yet written."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef

from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.handing import MatterWords, OpenMatter
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from supervision.weekly.enums import APPROVED_STATES

from .drafting.services import pass_draft
from .following.policies import can_ask
from .following.services import hand_over
from .models import FollowUp, FormDraft, WeeklyReturn
from .querysets import FollowUpQuerySet, FormDraftQuerySet


def _follow_ups(organisations: Collection[int]) -> FollowUpQuerySet:
    rows = FollowUp.objects.unsettled().filter(weekly_return__street_id__in=organisations)
    return rows.select_related("weekly_return__street", "project")


def _follow_up_words(row: FollowUp) -> MatterWords:
    returned = row.weekly_return
    return MatterWords(
        name=f"{row.project.name}：{row.asking}",
        detail=f"{returned.street.short_name}{Week(returned.week_start).label}周报，{row.get_state_display()}，"
        f"答复期限 {chinese_date(row.due_on)}",
    )


def _follow_up_refusal(row: FollowUp, scope: Scope) -> str:
    if row.weekly_return.street_id not in scope.organisation_ids:
        return "不在接收人的辖区"
    return "" if can_ask(scope=scope) else "接收人不是区局经办、审核岗"


def _pass_follow_up(*, row: FollowUp, to: User, said: str, by: User, now: datetime) -> None:
    hand_over(follow_up=row, owner=to, text=said, by=by, now=now)


def _drafts(organisations: Collection[int]) -> FormDraftQuerySet:
    """Not those of a version that was approved meanwhile: nobody writes them any more."""
    approved = WeeklyReturn.objects.filter(
        street=OuterRef("street"),
        week_start=OuterRef("week_start"),
        version=OuterRef("version"),
        state__in=APPROVED_STATES,
    )
    rows = FormDraft.objects.filter(~Exists(approved), street_id__in=organisations)
    return rows.select_related("street", "project")


def _draft_words(row: FormDraft) -> MatterWords:
    """What was typed is not told: it is nobody's word yet."""
    return MatterWords(
        name=row.project.name,
        detail=f"{row.street.short_name}{Week(row.week_start).label}周报，已填 {len(row.cells)} 格，还没有写入",
    )


def _draft_refusal(row: FormDraft, scope: Scope) -> str:
    if row.street_id not in scope.home_ids or not scope.can(Permission.RETURN_FILL):
        return "接收人不是这个街道的填报岗"
    return ""


def _pass_draft(*, row: FormDraft, to: User, said: str, by: User, now: datetime) -> None:
    pass_draft(draft=row, to=to, said=said, by=by, now=now)


MATTERS = [
    OpenMatter(
        code="return.follow_up",
        label="核实事项",
        unit="件",
        column="weekly.FollowUp.owner",
        open_rows=_follow_ups,
        words=_follow_up_words,
        refusal=_follow_up_refusal,
        pass_on=_pass_follow_up,
    ),
    OpenMatter(
        code="return.draft",
        label="填报草稿",
        unit="份",
        column="weekly.FormDraft.person",
        open_rows=_drafts,
        words=_draft_words,
        refusal=_draft_refusal,
        pass_on=_pass_draft,
    ),
]
