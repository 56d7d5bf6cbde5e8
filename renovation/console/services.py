"""Services of administration: people, organisations, calendar; each with its audit entry."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from axes.utils import reset as unlock
from django.db import IntegrityError, transaction

from renovation.accounts.enums import (
    KINDS_OF,
    PERMISSIONS_OF,
    OrganisationKind,
    Permission,
    Role,
)
from renovation.accounts.models import ApiToken, Membership, Organisation, User
from renovation.accounts.services import set_password
from renovation.core.errors import Forbidden, Refusal
from renovation.core.wording import chinese_date
from renovation.records.models import Holiday
from renovation.records.services import audit

from .pledging.services import begin_with_first_text

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


def first_password() -> str:
    """A password that a person can read out: three classes, no look-alikes, 60 bits."""
    groups = ["".join(secrets.choice(_LETTERS + _DIGITS) for _ in range(4)) for _ in range(3)]
    return f"{secrets.choice(_LETTERS).upper()}{'-'.join(groups)}-{secrets.choice(_DIGITS)}"


def _home_of(user: User) -> Organisation | None:
    """Where a user belongs, so that only this district's auditor reads what was done to the account."""
    membership = user.memberships.select_related("organisation").order_by("pk").first()
    return membership.organisation if membership else None


@transaction.atomic
def create_user(
    *,
    username: str,
    post_name: str,
    email: str,
    organisation: Organisation,
    role: Role,
    by: User | None,
    now: datetime,
) -> tuple[User, str]:
    """Create a user with one membership; returns the user and the first password, shown only once."""
    password = first_password()
    user = User(username=username, post_name=post_name, email=email, must_change_password=True)
    user.set_password(password)
    user._history_user = by  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as clash:  # somebody else took the name since the form looked
        raise Refusal("user.taken", "这个用户名已经有人用了。", field="username") from clash
    audit(
        act="user.create",
        sentence=f"新建用户{user.username}（{user}）",
        by=by,
        now=now,
        target=user,
        organisation=organisation,
    )
    add_membership(user=user, organisation=organisation, role=role, by=by, now=now)
    return user, password


@transaction.atomic
def update_user(
    *, user: User, post_name: str, email: str, is_active: bool, by: User, now: datetime
) -> User:
    """Change post, address or whether the account is on; one cannot switch oneself off."""
    if user.pk == by.pk and not is_active:
        raise Refusal("user.self", "不能停用自己的账号。", field="is_active")
    values = {"post_name": post_name, "email": email, "is_active": is_active}
    changes = {
        name: [str(getattr(user, name)), str(value)]
        for name, value in values.items()
        if getattr(user, name) != value
    }
    if not changes:
        return user
    for name in changes:
        setattr(user, name, values[name])
    user._history_user = by  # type: ignore[attr-defined]
    user.save(update_fields=list(changes))
    if not is_active:
        ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    audit(
        act="user.update",
        sentence=f"修改用户{user.username}（{user}）",
        by=by,
        now=now,
        target=user,
        organisation=_home_of(user),
        changes={k: v for k, v in changes.items() if k != "email"} or {"email": ["…", "…"]},
    )
    return user


@transaction.atomic
def reset_password(*, user: User, by: User, now: datetime) -> str:
    """Give a new first password, which must be changed at the next sign-in, and lift a lock after failed tries;
    returns the password once."""
    password = first_password()
    set_password(user=user, password=password, now=now, must_change=True)
    unlock(username=user.username)
    audit(
        act="user.reset_password",
        sentence=f"重置{user.username}（{user}）的密码",
        by=by,
        now=now,
        target=user,
        organisation=_home_of(user),
    )
    return password


@transaction.atomic
def add_membership(
    *,
    user: User,
    organisation: Organisation,
    role: Role,
    by: User | None,
    now: datetime,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Give a role in an organisation for a time.

    Refuses (``membership.separation``) to join administration or the audit log with business writes in
    one person (三员分立, DOMAIN.md §8), a role that such an organisation does not have (``membership.kind``), a second organisation (``membership.elsewhere``: what one may do
    would reach into both), and the same role twice (``membership.twice``).
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = {Role(each) for each in user.memberships.values_list("role", flat=True)}
    check_separation(held | {role}, field="role")
    kind = OrganisationKind(organisation.kind)
    if kind not in KINDS_OF[role]:
        raise Refusal(
            "membership.kind", f"“{role.label}”不能设在{kind.label}，请换一个单位。", field="role"
        )
    if user.memberships.exclude(organisation=organisation).exists():
        raise Refusal(
            "membership.elsewhere",
            "一个账号只能在一个单位任职；在别的单位任职请另设账号。",
            field="organisation",
        )
    membership, created = Membership.objects.get_or_create(
        user=user,
        organisation=organisation,
        role=role,
        defaults={"valid_from": valid_from, "valid_to": valid_to},
    )
    if not created:
        raise Refusal("membership.twice", "这个用户在该单位已有这个角色。", field="role")
    audit(
        act="membership.add",
        sentence=f"给{user.username}加上{organisation}“{role.label}”",
        by=by,
        now=now,
        target=membership,
        organisation=organisation,
    )
    return membership


_KEEPERS = (Role.ADMIN, Role.AUDITOR)


def check_separation(roles: set[Role], *, field: str) -> None:
    """Refuse (``membership.separation`` at ``field``) administration or audit beside anything else in one hand."""
    permissions = frozenset[Permission]().union(*(PERMISSIONS_OF[role] for role in roles))
    keepers = [role for role in _KEEPERS if role in roles]
    if keepers and permissions != PERMISSIONS_OF[keepers[0]]:
        raise Refusal(
            "membership.separation",
            f"“{keepers[0].label}”不能兼任别的岗位（三员分立）。",
            field=field,
        )


@transaction.atomic
def end_membership(*, membership: Membership, by: User, now: datetime) -> None:
    """Take a role away; one cannot take one's own last administration."""
    if membership.user_id == by.pk and membership.role == Role.ADMIN:
        raise Forbidden("不能取消自己的管理员角色。")
    audit(
        act="membership.end",
        sentence=f"取消{membership.user.username}的{membership.organisation}“{membership.get_role_display()}”",
        by=by,
        now=now,
        target=membership,
        organisation=membership.organisation,
    )
    membership._history_user = by  # type: ignore[attr-defined]
    membership.delete()


@transaction.atomic
def save_organisation(
    *, organisation: Organisation, by: User | None, now: datetime
) -> Organisation:
    """Add or change an organisation; refuses to hang it below itself (``organisation.below_itself``)."""
    creating = organisation.pk is None
    if not creating and organisation.parent_id is not None:
        _check_above(organisation)
    organisation._history_user = by
    organisation.save()
    audit(
        act="organisation.save",
        sentence=f"{'新增' if creating else '修改'}单位{organisation}",
        by=by,
        now=now,
        target=organisation,
        organisation=organisation,
    )
    if creating:
        begin_with_first_text(organisation=organisation, by=by, now=now)
    return organisation


def _check_above(organisation: Organisation) -> None:
    """Who moves a part of a tree stands in line at its top, so that two do not hang one below the other at once."""
    tops = Organisation.objects.without_tree_fields().filter(parent=None).order_by("pk")
    list(tops.select_for_update(no_key=True).values_list("pk", flat=True))
    if organisation.pk in Organisation.objects.all().lineage(organisation.parent_id):
        raise Refusal(
            "organisation.below_itself",
            f"上级单位不能是{organisation}自己或它下面的单位。",
            field="parent",
        )


@transaction.atomic
def save_holiday(*, holiday: Holiday, by: User | None, now: datetime) -> Holiday:
    """Add or change a day of the calendar; weeks that are neither due nor over follow it."""
    creating = holiday.pk is None
    holiday._history_user = by  # type: ignore[attr-defined]
    holiday.save()
    audit(
        act="holiday.save",
        sentence=f"{'新增' if creating else '修改'}日历 {chinese_date(holiday.day)} {holiday.name}"
        f"（{'上班' if holiday.is_workday else '休息'}）",
        by=by,
        now=now,
        target=holiday,
    )
    return holiday


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: User, now: datetime) -> None:
    """Remove a day: it follows its weekday again."""
    audit(
        act="holiday.delete",
        sentence=f"删除日历 {chinese_date(holiday.day)} {holiday.name}",
        by=by,
        now=now,
        target=holiday,
    )
    holiday._history_user = by  # type: ignore[attr-defined]
    holiday.delete()
