"""The shape of what the intake's pages send."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from .verdicts import Verdict


class OpenForm(forms.Form):
    """Why a file with residents' data is opened."""

    reason = forms.CharField(
        label="下载原因",
        max_length=200,
        help_text="如“核对上传的名册”。写进审计日志，不写姓名电话。",
        error_messages={"required": "请写明下载的原因。", "max_length": "不超过 200 个字。"},
    )


@dataclass(frozen=True)
class Said:
    """What a preview's form says: reasons as (row key, rule code, text), the rows that it showed, and
    those of them that are to be held."""

    reasons: tuple[tuple[str, str, str], ...]
    decided: tuple[str, ...]
    held: tuple[str, ...]


def read_answers(data: QueryDict, verdicts: list[Verdict]) -> Said:
    """The answers in a posted preview: one reason a row answers each of its questions."""
    reasons: list[tuple[str, str, str]] = []
    decided: list[str] = []
    held: list[str] = []
    for verdict in verdicts:
        if verdict.errors:
            continue
        decision = data.get(f"decision-{verdict.number}")
        if decision in {"take", "hold"}:
            decided.append(verdict.key)
            if decision == "hold":
                held.append(verdict.key)
        text = data.get(f"reason-{verdict.number}")
        if text is not None:
            given = "" if text.strip() == verdict.written.strip() else text
            reasons += [(verdict.key, fault.code, given) for fault in verdict.questions]
    return Said(tuple(reasons), tuple(decided), tuple(held))
