"""What becomes of each row of a preview: with its faults and the answers given, in or out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from renovation.core.errors import Fault, Severity

from .answers import Answers
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
class Verdict:
    """A row with what is wrong in it, which reasons were given, and whether it is let in.

    ``reason`` is the sentence that answers its checks: typed in the preview, else written in the workbook.
    """

    number: int
    key: str
    errors: tuple[Fault, ...]
    questions: tuple[Fault, ...]
    reasons: Mapping[str, str]
    written: str
    held: bool

    @property
    def unexplained(self) -> tuple[Fault, ...]:
        """Questions without a reason."""
        return tuple(f for f in self.questions if not self.reasons.get(f.code) and not self.written)

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
        given = [self.reasons[f.code] for f in self.questions if self.reasons.get(f.code)]
        return "；".join(dict.fromkeys(given)) or self.written


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
    answers = Answers.from_json(upload.answers)
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
    )
