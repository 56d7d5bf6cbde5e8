"""The fields that the forms of the wing are made of: a line, some lines, each with what is said of it."""

from __future__ import annotations

from typing import Any

from django import forms

from renovation.face.widgets import LongText

CHOOSE = {"required": "请选择。", "invalid_choice": "没有这个选项，请重新选择。"}


def line_field(
    label: str, longest: int, required: str, hint: str = "", **options: Any
) -> forms.CharField:
    """A line of at most ``longest`` characters; ``required`` is said where it is empty, "" where it may be."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(required),
        help_text=hint,
        error_messages={"required": required, "max_length": f"不超过 {longest} 个字。"},
        **options,
    )


def text_field(
    label: str, longest: int, *, required: str = "", hint: str = "", rows: int = 3
) -> forms.CharField:
    """Some lines of text, likewise."""
    return line_field(label, longest, required, hint, widget=LongText({"rows": rows}))
