"""Columns of consent that name a person and stay as they are when that person leaves."""

from __future__ import annotations

from renovation.core.handing import Kept, OpenMatter

MATTERS: list[OpenMatter] = []
KEPT = [Kept(column="consent.Answer.witness", reason="谁在场见证，永不改写")]
