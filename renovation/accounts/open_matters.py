"""Columns of accounts that name a person and stay as they are when that person leaves."""

from __future__ import annotations

from renovation.core.handing import Kept, OpenMatter

MATTERS: list[OpenMatter] = []
KEPT = [
    Kept(
        column="accounts.Membership.user",
        label="角色",
        reason="角色随岗位由管理员加上和取消，不随事项移交",
    ),
    Kept(
        column="accounts.StandIn.principal",
        label="代班（被代）",
        reason="代班写明代谁的岗，岗位换人的请先结束再另行指定",
    ),
    Kept(
        column="accounts.StandIn.deputy",
        label="代班（代班人）",
        reason="代班指定到人，换人的请先结束再另行指定",
    ),
    Kept(
        column="accounts.Pledge.user",
        label="真实性承诺",
        reason="承诺是本人作出的，接收人首次报送时自己确认",
    ),
    Kept(
        column="accounts.ApiToken.user", label="接口令牌", reason="令牌只代表本人，停用账号时吊销"
    ),
    Kept(column="accounts.PasswordRecord.user", reason="本人用过的密码"),
    Kept(column="accounts.HandOver.predecessor", reason="交接的记录"),
    Kept(column="accounts.HandOver.successor", reason="交接的记录"),
]
