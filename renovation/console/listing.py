"""The lists of accounts and of organisations: what fits the address, in its order, and the same as workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.documents.blocks import Column, Kind, Row, Value, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.wording import chinese_moment
from renovation.face.filtering import FilterForm
from renovation.face.ordering import in_order

# -- accounts ------------------------------------------------------------------------------------


def _first_place(user: User) -> str | None:
    posts = user.memberships.all()
    return min((each.organisation.short_name for each in posts), default=None)


USER_KEYS: dict[str, Callable[[User], Any]] = {
    "name": lambda user: user.username,
    "post": lambda user: user.post_name,
    "place": _first_place,
    "seen": lambda user: user.last_login,
    "made": lambda user: user.created_at,
}


def places_of(*, scope: Scope) -> list[tuple[str, str]]:
    """The organisations in sight, for a filter. One query."""
    rows = Organisation.objects.visible_to(scope).order_by("order", "code")
    return [(each.code, each.short_name) for each in rows]


def users_of(*, scope: Scope, form: FilterForm, sort: str) -> list[User]:
    """The accounts in sight that fit, by their names unless the address says otherwise, with their posts. Three
    queries."""
    rows = User.objects.visible_to(scope).prefetch_related("memberships__organisation")
    if words := form.chosen("q").strip():
        rows = rows.filter(Q(username__icontains=words) | Q(post_name__icontains=words))
    post: dict[str, str] = {}
    if place := form.chosen("place"):
        post["memberships__organisation__code"] = place
    if role := form.chosen("role"):
        post["memberships__role"] = role
    if post:  # one post that is both
        rows = rows.filter(**post)
    match form.chosen("standing"):
        case "none":
            rows = rows.without_roles()
        case "on":
            rows = rows.filter(is_active=True)
        case "off":
            rows = rows.filter(is_active=False)
        case "first":
            rows = rows.filter(is_active=True, must_change_password=True)
    return in_order(rows.order_by("username"), sort, USER_KEYS)


USER_COLUMNS: Described = (
    (Column("用户名", Kind.TEXT, 9), ""),
    (Column("岗位", Kind.TEXT, 13), ""),
    (Column("单位", Kind.TEXT, 9), "空：没有角色，登录后什么也看不到"),
    (Column("角色", Kind.LABEL, 8), "一个账号有几个角色的，一个角色一行"),
    (Column("角色从哪天起", Kind.DATE, 7), "空：没有限定"),
    (Column("角色到哪天止", Kind.DATE, 7), "空：没有限定"),
    (Column("账号", Kind.LABEL, 5), "停用的不能登录"),
    (Column("初始密码", Kind.LABEL, 5), "未改：还没有用初始密码登录并改过"),
    (Column("最近登录", Kind.MOMENT, 9), "空：没有登录过"),
    (Column("密码修改时间", Kind.MOMENT, 9), ""),
    (Column("建立时间", Kind.MOMENT, 9), ""),
)


def users_workbook(*, users: Sequence[User], now: datetime) -> bytes:
    """A row a role, one of who has none; nothing of passwords, tokens or addresses."""
    return list_workbook(
        title="用户",
        name="用户",
        columns=USER_COLUMNS,
        rows=(line for user in users for line in _lines(user)),
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )


def _lines(user: User) -> Iterator[Row]:
    posts: list[tuple[Value, ...]] = [
        (post.organisation.short_name, post.get_role_display(), post.valid_from, post.valid_to)
        for post in user.memberships.all()
    ]
    for post in posts or [(None,) * 4]:
        yield row(
            user.username,
            user.post_name,
            *post,
            "启用" if user.is_active else "停用",
            "未改" if user.must_change_password else "",
            user.last_login,
            user.password_changed_at,
            user.created_at,
        )


# -- organisations -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation with what it hangs below, "" at the top of what is in sight."""

    row: Organisation
    above: str


ORGANISATION_KEYS: dict[str, Callable[[OrganisationLine], Any]] = {
    "name": lambda line: line.row.name,
    "kind": lambda line: line.row.kind,
    "code": lambda line: line.row.code,
    "from": lambda line: line.row.valid_from,
}


def organisations_of(
    *, scope: Scope, form: FilterForm, sort: str, today: date
) -> list[OrganisationLine]:
    """The organisations in sight that fit, as the tree stands unless the address says otherwise. One query."""
    rows = list(Organisation.objects.visible_to(scope).with_tree_fields())
    names = {each.pk: each.short_name for each in rows}
    words, kind = form.chosen("q").strip().lower(), form.chosen("kind")
    standing = form.chosen("standing")
    lines = [
        OrganisationLine(each, names.get(each.parent_id, ""))
        for each in rows
        if kind in {"", each.kind}
        and (not words or any(words in text.lower() for text in _texts(each)))
        and standing in {"", "over" if each.valid_to and each.valid_to < today else "now"}
    ]
    return in_order(lines, sort, ORGANISATION_KEYS)


def _texts(row: Organisation) -> tuple[str, ...]:
    return row.name, row.short_name, row.code


ORGANISATION_COLUMNS: Described = (
    (Column("代码", Kind.TEXT, 10), "平台里认单位用的，全平台唯一"),
    (Column("全称", Kind.TEXT, 16), ""),
    (Column("简称", Kind.TEXT, 10), ""),
    (Column("类别", Kind.LABEL, 10), ""),
    (Column("上级单位", Kind.TEXT, 10), "空：您能看到的最上一级"),
    (Column("区划名称", Kind.LABEL, 6), "用于文件标题"),
    (Column("发文代字", Kind.LABEL, 6), "用于文号"),
    (Column("设立日期", Kind.DATE, 7), "空：没有登记"),
    (Column("撤销日期", Kind.DATE, 7), "空：没有撤销"),
)


def organisations_workbook(*, lines: Sequence[OrganisationLine], now: datetime) -> bytes:
    """A row an organisation."""
    return list_workbook(
        title="单位",
        name="单位",
        columns=ORGANISATION_COLUMNS,
        rows=(
            row(
                line.row.code,
                line.row.name,
                line.row.short_name,
                line.row.get_kind_display(),
                line.above,
                line.row.district_name,
                line.row.document_prefix,
                line.row.valid_from,
                line.row.valid_to,
            )
            for line in lines
        ),
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )
