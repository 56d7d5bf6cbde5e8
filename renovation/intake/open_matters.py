"""Columns of uploads that name a person and stay as they are when that person leaves."""

from __future__ import annotations

from renovation.core.handing import Kept, OpenMatter

MATTERS: list[OpenMatter] = []
KEPT = [
    Kept(
        column="intake.Upload.received_by",
        label="待确认的上传",
        reason="上传属于单位，本单位有权限的人都能核对、写入，谁上传的照实留着",
    )
]
