"""Columns of the records that name a person and stay as they are when that person leaves."""

from __future__ import annotations

from renovation.core.handing import Kept, OpenMatter

MATTERS: list[OpenMatter] = []
KEPT = [
    Kept(
        column="records.Message.person",
        label="消息和消息设置",
        reason="发给本人的消息、本人选的接收方式留在本人名下",
    ),
    Kept(column="records.MessageChoice.person", reason="本人选的接收方式"),
    Kept(column="records.AuditEntry.actor", reason="谁办的事，永不改写"),
    Kept(column="records.IdempotencyKey.user", reason="接口请求的编号，到期作废"),
]
