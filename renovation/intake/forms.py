"""The shape of what the intake's pages send."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from .verdicts import Asked, Verdict


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


def field_of(verdict: Verdict, asked: Asked) -> str:
    """The name of the field for a reason: the row's, with the rules that it answers where others of the row are
    answered by another one."""
    row = f"reason-{verdict.number}"
    return row if len(verdict.asked) == 1 else "-".join((row, *asked.codes))


def _texts(data: QueryDict) -> dict[tuple[str, str], str]:
    """What stands in the fields for reasons, by row and rule; the rule is "" where a field answers all of a row."""
    found: dict[tuple[str, str], str] = {}
    for name, text in data.items():
        word, *parts = name.split("-")
        if word == "reason" and parts and isinstance(text, str):
            number, *codes = parts
            found |= {(number, code): text for code in codes or ("",)}
    return found


def read_answers(data: QueryDict, verdicts: list[Verdict]) -> Said:
    """The answers in a posted preview: one reason a row answers each of its questions, but for those that have a field
    of their own."""
    reasons: list[tuple[str, str, str]] = []
    decided: list[str] = []
    held: list[str] = []
    texts = _texts(data)
    for verdict in verdicts:
        if verdict.errors:
            continue
        decision = data.get(f"decision-{verdict.number}")
        if decision in {"take", "hold"}:
            decided.append(verdict.key)
            if decision == "hold":
                held.append(verdict.key)
        number = str(verdict.number)
        for fault in verdict.questions:
            text = texts.get((number, fault.code), texts.get((number, "")))
            if text is not None:
                is_written = text.strip() == verdict.written.strip()
                given = "" if is_written and fault.code != verdict.unforeseen else text
                reasons.append((verdict.key, fault.code, given))
    return Said(tuple(reasons), tuple(decided), tuple(held))
