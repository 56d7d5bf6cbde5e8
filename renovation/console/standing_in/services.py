"""Appointing a stand-in, ending an appointment early; each with its audit entry."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from renovation.accounts.enums import Permission, Role
from renovation.accounts.models import Membership, StandIn, User
from renovation.accounts.scope import scope_of
from renovation.console.services import check_separation
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.wording import chinese_date
from renovation.records.services import audit


@transaction.atomic
def appoint(
    *,
    membership: Membership,
    deputy: User,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: User,
    now: datetime,
) -> StandIn:
    """Let ``deputy`` act in the post ``membership`` from one day to another, both included.

    Refuses the person itself (``stand_in.self``), who is switched off (``stand_in.off``), an end before the start
    or before today (``stand_in.days``), no reason (``stand_in.reason``), a second stand-in of the same post on the
    same days (``stand_in.twice``), and a person who would keep business and administration or audit in one hand
    (``membership.separation``, 三员分立).
    """
    principal = membership.user
    User.objects.select_for_update(no_key=True).get(pk=principal.pk)
    if deputy.pk == principal.pk:
        raise Refusal("stand_in.self", "代班的须是另一个人。", field="deputy")
    if not deputy.is_active:
        raise Refusal("stand_in.off", "这个账号已停用，不能代班。", field="deputy")
    if valid_to < valid_from:
        raise Refusal("stand_in.days", "截止日期不能早于开始日期。", field="valid_to")
    if valid_to < local_day(now):
        raise Refusal("stand_in.days", "截止日期不能早于今天。", field="valid_to")
    why = reason.strip()
    if not why:
        raise Refusal("stand_in.reason", "请写明代班的原因。", field="reason")
    role = Role(membership.role)
    held = {Role(each) for each in deputy.memberships.values_list("role", flat=True)}
    check_separation(held | {role}, field="deputy")
    same = StandIn.objects.filter(
        principal=principal,
        organisation=membership.organisation_id,
        role=role,
        ended_at=None,
        valid_from__lte=valid_to,
        valid_to__gte=valid_from,
    ).select_related("deputy")
    if other := same.first():
        raise Refusal(
            "stand_in.twice",
            f"{chinese_date(other.valid_from)}至{chinese_date(other.valid_to)}已由{other.deputy}代班，"
            "请换日期，或者先结束那一次。",
            field="valid_from",
        )
    made = StandIn.objects.create(
        principal=principal,
        deputy=deputy,
        organisation=membership.organisation,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=why[:200],
        appointed_by=by,
        appointed_at=now,
    )
    audit(
        act="stand_in.appoint",
        sentence=f"指定{deputy}在{chinese_date(valid_from)}至{chinese_date(valid_to)}代{principal}"
        f"（{role.label}）",
        by=by,
        now=now,
        target=made,
        organisation=membership.organisation,
        reason=why,
    )
    return made


@transaction.atomic
def end(*, stand_in: StandIn, by: User, now: datetime) -> StandIn:
    """End an appointment before its last day; from this moment the deputy acts for oneself only.

    Refuses what is over or ended already (``StateConflict``), and anybody but the administrator of the place and
    the person stood in for (``Forbidden``): a deputy is given a post and does not give it back unseen.
    """
    row = StandIn.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    if by.persons != {by.pk}:
        raise Forbidden("代岗期间不能结束代岗，请回到本岗再办。")
    scope = scope_of(by, on=local_day(now))
    if by.pk != row.principal_id and not (
        scope.can(Permission.USERS_MANAGE) and row.organisation_id in scope.organisation_ids
    ):
        raise Forbidden("代岗由被代的本人或系统管理员结束。")
    if row.ended_at is not None or row.valid_to < local_day(now):
        raise StateConflict("这次代岗已经结束。", state="ended")
    row.ended_by, row.ended_at = by, now
    row.save(update_fields=["ended_by", "ended_at"])
    audit(
        act="stand_in.end",
        sentence=f"提前结束{row.deputy}代{row.principal}（{row.get_role_display()}）",
        by=by,
        now=now,
        target=row,
        organisation=row.organisation,
    )
    return row


@transaction.atomic
def assume(*, stand_in: StandIn, by: User, now: datetime) -> StandIn:
    """Begin to act in the post; refuses another person (``Forbidden``) and days on which it does not run
    (``stand_in.not_now``)."""
    if stand_in.deputy_id != by.pk:
        raise Forbidden("这次代岗不是指定给您的。")
    if not stand_in.is_in_force(local_day(now)):
        raise Refusal(
            "stand_in.not_now",
            f"代岗的日期是{chinese_date(stand_in.valid_from)}至{chinese_date(stand_in.valid_to)}，今天不能代。",
        )
    audit(
        act="stand_in.assume",
        sentence=f"{stand_in.deputy}开始代{stand_in.principal}（{stand_in.get_role_display()}）办理",
        by=by,
        now=now,
        target=stand_in,
        organisation=stand_in.organisation,
    )
    return stand_in
