"""What of other people's posts waits: a stand-in (AB岗) that somebody was appointed for."""

from __future__ import annotations

from collections.abc import Iterator

from renovation.accounts.scope import Scope
from renovation.face.todo import Item

from .items import address


def standing_in(scope: Scope) -> Iterator[Item]:
    """Told to who may act in another's post today and acts in the own one. No query."""
    if scope.may_stand_in and scope.for_user_id is None:
        yield Item(
            title="您今天可以代班（AB岗）",
            reason="被代岗位的待办在开始代班以后才看得到",
            act="去代班",
            href=address("console:stand_ins"),
            weight=14,
        )
