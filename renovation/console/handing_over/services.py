"""Handing everything open of a person over to another, in one transaction, with its audit entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from renovation.accounts.enums import Permission
from renovation.accounts.models import HandOver, Organisation, User
from renovation.accounts.scope import Scope, scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.wording import PLATFORM
from renovation.face.navigation import address
from renovation.records.services import audit
from renovation.records.telling import choices_of, tell

from .matters import Preview, counts_in_words, preview

#: What the successor is told.
KIND = "hand_over.received"


@transaction.atomic
def hand_over(
    *, predecessor: User, successor: User, reason: str, seen: str, by: User, now: datetime
) -> HandOver:
    """Pass everything open of ``predecessor`` that ``successor`` may take; what the rest is, the row says.

    ``seen`` is the seal of the preview that was looked at. Refuses who does not manage the users of the place
    (``Forbidden``), the same person (``hand_over.self``), one who is switched off (``hand_over.off``) or has no post
    in sight (``hand_over.elsewhere``), no reason (``hand_over.reason``), nothing that passes (``hand_over.nothing``)
    and matters that are others than those shown (``hand_over.changed``). A wing's own refusal of a row undoes all.
    """
    scope = scope_of(by, on=local_day(now))
    if not scope.can(Permission.USERS_MANAGE):
        raise Forbidden("交接由系统管理员办理。")
    why = _check(successor=successor, predecessor=predecessor, reason=reason, scope=scope)
    people = User.objects.select_for_update(no_key=True).order_by("pk")
    locked = {row.pk: row for row in people.filter(pk__in=[predecessor.pk, successor.pk])}
    giver, taker = locked[predecessor.pk], locked[successor.pk]
    if not taker.is_active:
        raise Refusal("hand_over.off", "这个账号已停用，不能接收。", field="successor")
    found = preview(
        predecessor=giver, scope=scope, to=scope_of(taker, on=local_day(now)), is_locked=True
    )
    if not found.passing_count:
        raise Refusal(
            "hand_over.nothing", "没有可以移交给此人的事项，请换一个接收人。", field="successor"
        )
    if found.seal != seen:
        raise Refusal("hand_over.changed", "事项刚才有变化，下面是现在的情况，请看过再移交。")
    made = HandOver.objects.create(
        predecessor=giver,
        successor=taker,
        organisation=_home_of(giver, scope=scope),
        reason=why,
        counts=found.counts,
        left=found.left,
        rows=found.as_json(),
        passed_count=found.passing_count,
        handed_by=by,
        handed_at=now,
    )
    for group in found.groups:
        for line in group.passing:
            group.matter.pass_on(row=line.row, to=taker, said=f"交接，{why}", by=by, now=now)
    _keep(made, found, by=by, now=now)
    return made


def _check(*, predecessor: User, successor: User, reason: str, scope: Scope) -> str:
    """The reason, once it is clear that the two are two and the second is of the place."""
    if predecessor.pk == successor.pk:
        raise Refusal("hand_over.self", "移交人和接收人须是两个人。", field="successor")
    if not User.objects.visible_to(scope).filter(pk=successor.pk).exists():
        raise Refusal("hand_over.elsewhere", "接收人不在您管理的单位任职。", field="successor")
    why = reason.strip()
    if not why:
        raise Refusal("hand_over.reason", "请写明交接的原因。", field="reason")
    return why[:200]


def _home_of(user: User, *, scope: Scope) -> Organisation:
    """Where the person has a post; the administrator's own place where all posts were taken away before."""
    posts = user.memberships.filter(organisation__in=scope.organisation_ids)
    post = posts.select_related("organisation").order_by("pk").first()
    if post is not None:
        return post.organisation
    home: Organisation = Organisation.objects.get(pk=min(scope.home_ids))
    return home


def _keep(made: HandOver, found: Preview, *, by: User, now: datetime) -> None:
    words = counts_in_words(found.counts)
    stays = f"；{counts_in_words(found.left)}未移交" if found.left else ""
    audit(
        act="hand_over.make",
        sentence=f"把{made.predecessor}的{words}移交{made.successor}{stays}",
        by=by,
        now=now,
        target=made,
        organisation=made.organisation,
        reason=made.reason,
        changes={"counts": [None, found.counts], "left": [None, found.left]},
    )
    tell(
        kind=KIND,
        key=f"{KIND}:{made.pk}",
        person=made.successor,
        choice=choices_of([made.successor]).get(made.successor_id),
        subject=f"{made.predecessor}的{words}已移交给您",
        text=f"{made.successor}：\n\n{made.predecessor}的{words}已移交给您办理。原因：{made.reason}。"
        f"\n\n请登录平台，在待办和各自的页面里接着办。\n\n{PLATFORM}\n",
        organisation=made.organisation,
        link=address("dashboards:todo"),
        told_by=by,
        now=now,
    )
