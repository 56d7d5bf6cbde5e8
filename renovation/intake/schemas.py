"""What the API says of uploads (CONTRACT.md)."""

from datetime import datetime
from typing import Any, Self

from ninja import Schema

from . import services
from .anew import stamp
from .models import Upload
from .pipelines import pipeline_of
from .verdicts import verdicts_of


class IssueOut(Schema):
    """One finding at its cell."""

    sheet: str
    cell: str
    code: str
    message: str
    found: str
    expected: str
    severity: str


class RowOut(Schema):
    """A row of the preview: the project code, how it stands, what was read."""

    row: int
    project: str
    standing: str
    values: dict[str, Any]


class UploadOut(Schema):
    """An upload on its way; preview and issues are empty until it was read. ``seen`` stands for what they say: sent
    along when confirming, nothing else than this is written."""

    id: int
    state: str
    name: str
    received_at: datetime
    error: str
    seen: str
    preview: list[RowOut]
    issues: list[IssueOut]

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The upload as the API shows it."""
        pipeline = pipeline_of(upload.pipeline)
        # What holds residents' data is not handed out here: the file itself has it.
        values = {each["row"]: each["values"] for each in upload.rows if "sealed" not in each}
        return cls(
            id=upload.pk,
            state=upload.state,
            name=upload.file.name,
            received_at=upload.received_at,
            error=upload.error,
            seen=stamp(upload),
            preview=[
                RowOut(
                    row=verdict.number,
                    project=verdict.key,
                    standing=verdict.standing.value,
                    values=values.get(verdict.number, {}),
                )
                for verdict in verdicts_of(upload, pipeline)
            ],
            issues=[
                IssueOut(
                    sheet=fault.sheet,
                    cell=fault.cell,
                    code=fault.code,
                    message=fault.message,
                    found=fault.found,
                    expected=fault.expected,
                    severity=fault.severity.value,
                )
                for fault in services.issues(upload=upload)
            ],
        )


class AnswerIn(Schema):
    """A reason for a finding of a project."""

    code: str
    project: str
    reason: str


class ConfirmIn(Schema):
    """Reasons, and the codes of projects whose rows are held back; ``seen`` as the upload said it, refused
    (``upload.stale``) where the upload says something else by now."""

    answers: list[AnswerIn] = []
    hold: list[str] = []
    seen: str | None = None


class ConfirmedOut(Schema):
    """What came of confirming: rows let in, those that say what stands already among them, and rows left out."""

    id: int
    state: str
    taken: int
    held: int
