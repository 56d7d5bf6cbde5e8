"""What becomes of each row of a preview: with its faults and the answers given, in or out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from renovation.core.errors import Fault, Severity

from .answers import Answers
from .meanwhile import OVERWRITTEN
from .models import Upload
from .pipelines import Pipeline, Row
from .rows import StoredRow, rows_from_json


class Standing(StrEnum):
    """How a row stands; in the order of gravity."""

    FAULTY = "faulty"
    UNEXPLAINED = "unexplained"
    EXPLAINED = "explained"
    SOUND = "sound"

    @property
    def label(self) -> str:
        """The word on the page."""
        return {
            "faulty": "有错",
            "unexplained": "待说明",
            "explained": "已说明",
            "sound": "可接收",
        }[self.value]


@dataclass(frozen=True)
class Asked:
    """Questions of a row that one text answers, "" where none does yet."""

    questions: tuple[Fault, ...]
    text: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules that ask, each once."""
        return tuple(dict.fromkeys(fault.code for fault in self.questions))


@dataclass(frozen=True)
class Verdict:
    """A row with what is wrong in it, which reasons were given, and whether it is let in.

    ``explanation`` is the sentence that answers its checks: typed in the preview, else written in the workbook
    (``written``), which does not speak of what others changed since it went out (``unforeseen``).
    """

    number: int
    key: str
    errors: tuple[Fault, ...]
    questions: tuple[Fault, ...]
    reasons: Mapping[str, str]
    written: str
    held: bool
    #: The code of the rule that asks about what others changed, "" where none does.
    unforeseen: str = ""

    def answer(self, code: str) -> str:
        """What answers the questions of a rule, "" for nothing."""
        return self.reasons.get(code) or ("" if code == self.unforeseen else self.written)

    @property
    def unexplained(self) -> tuple[Fault, ...]:
        """Questions without a reason."""
        return tuple(fault for fault in self.questions if not self.answer(fault.code))

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The questions by what answers them: one field each, so that a reason stays with what it was given for."""
        by_text: dict[str, list[Fault]] = {}
        for fault in self.questions:
            by_text.setdefault(self.answer(fault.code), []).append(fault)
        return tuple(Asked(tuple(faults), text) for text, faults in by_text.items())

    @property
    def standing(self) -> Standing:
        if self.errors:
            return Standing.FAULTY
        if self.unexplained:
            return Standing.UNEXPLAINED
        return Standing.EXPLAINED if self.questions else Standing.SOUND

    @property
    def is_taken(self) -> bool:
        """Whether the row is to be written: a faulty one never."""
        return not self.errors and not self.held

    @property
    def explanation(self) -> str:
        """The reasons in one sentence, each once; what was typed here goes before the workbook's."""
        given = [each.text for each in self.asked if each.text]
        return "；".join(given) or self.written


def row_key(row: Row) -> str:
    """What answers are kept under: the row's key, or its number where it has none."""
    return row.key or f"#{row.number}"


def verdicts_of(
    upload: Upload,
    pipeline: Pipeline,
    rows: Sequence[StoredRow] | None = None,
    faults: Iterable[Fault] | None = None,
) -> list[Verdict]:
    """One verdict a row, in the order of the workbook; ``rows`` and ``faults`` are the upload's where they are
    at hand."""
    if rows is None:
        rows = rows_from_json(upload.rows, pipeline)
    answers = Answers.of(upload.answers, pipeline)
    by_row: dict[int, list[Fault]] = {}
    for fault in map(Fault.from_json, upload.faults) if faults is None else faults:
        if fault.row is not None:
            by_row.setdefault(fault.row, []).append(fault)
    return [_verdict(each.row, by_row.get(each.row.number, ()), answers, pipeline) for each in rows]


def _verdict(row: Row, faults: Sequence[Fault], answers: Answers, pipeline: Pipeline) -> Verdict:
    key = row_key(row)
    questions = tuple(fault for fault in faults if fault.severity is Severity.REASON)
    written = row.values.get(pipeline.reason_field) if pipeline.reason_field else None
    return Verdict(
        number=row.number,
        key=key,
        errors=tuple(fault for fault in faults if fault.severity is Severity.ERROR),
        questions=questions,
        reasons={fault.code: answers.reason(key, fault.code) for fault in questions},
        written=str(written or ""),
        held=key in answers.held,
        unforeseen=pipeline.code_for(OVERWRITTEN) if questions else "",
    )
