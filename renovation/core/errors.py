"""What may go wrong on purpose: refusals of acts and faults of imported workbooks.

A refusal is one clear Chinese sentence for the person who asked. It never carries residents' data and
never the text of an exception. The web layer turns a `Refusal` into a message beside its field, the API
into `application/problem+json` (`StateConflict` 409, `Forbidden` 403, other refusals 422).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An act or a value that the rules do not allow.

    `code` is a stable dotted word for programs (`number.too_many_decimals`), `message` the Chinese
    sentence for people, `field` the form field or column it belongs to, `found` and `expected` what was
    there and what should have been there (both for people, both optional). `href` is the page where the
    person can do what is missing, "" where there is none.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        found: str | None = None,
        expected: str | None = None,
        href: str = "",
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.found = found
        self.expected = expected
        self.href = href

    def __str__(self) -> str:
        return self.message

    def at(self, field: str) -> Refusal:
        """The same refusal, said at a form field or column."""
        self.field = field
        return self


class ChangedMeanwhile(Refusal):
    """Somebody else changed the row since the caller read it; who has shown nothing of it yet may read it again."""


class StateConflict(Refusal):
    """The act does not fit the present state; `state` is the code of that state (API: 409)."""

    def __init__(
        self,
        message: str,
        *,
        state: str,
        code: str = "state.conflict",
        field: str | None = None,
        found: str | None = None,
        expected: str | None = None,
    ) -> None:
        super().__init__(code, message, field=field, found=found, expected=expected)
        self.state = state


class Forbidden(Refusal):
    """The object may be seen but the act is not this person's (API and pages: 403)."""

    def __init__(
        self,
        message: str = "您没有办理此事项的权限。",
        *,
        code: str = "forbidden",
        field: str | None = None,
    ) -> None:
        super().__init__(code, message, field=field)


class Severity(StrEnum):
    """How heavy a fault of an imported workbook is."""

    ERROR = "error"
    """The row cannot be taken in."""
    REASON = "reason"
    """The row is taken in once a reason has been given."""
    NOTICE = "notice"
    """Worth knowing; nothing has to be done."""

    @property
    def label(self) -> str:
        return {"error": "错误", "reason": "需说明", "notice": "提示"}[self.value]


class Fault(NamedTuple):
    """One finding of an import, at its cell.

    `sheet` is the sheet's name, `cell` its address ("F7"), `row` the 1-based row, `column` the header
    text of the column, `code` the stable rule code, `message` the Chinese sentence, `found` and `expected`
    the texts shown beside it. What has no cell (a missing column, a missing row) leaves the place empty.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    sheet: str = ""
    cell: str = ""
    row: int | None = None
    column: str = ""
    found: str = ""
    expected: str = ""

    @classmethod
    def from_refusal(
        cls,
        refusal: Refusal,
        *,
        severity: Severity = Severity.ERROR,
        sheet: str = "",
        cell: str = "",
        row: int | None = None,
        column: str = "",
    ) -> Fault:
        """A refused value, put at its cell."""
        return cls(
            code=refusal.code,
            message=refusal.message,
            severity=severity,
            sheet=sheet,
            cell=cell,
            row=row,
            column=column,
            found=refusal.found or "",
            expected=refusal.expected or "",
        )

    def as_json(self) -> dict[str, Any]:
        """For storing with the upload; `from_json` reads it back. The API shows a part of it."""
        return {
            "sheet": self.sheet,
            "cell": self.cell,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "message": self.message,
            "found": self.found,
            "expected": self.expected,
            "severity": self.severity.value,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Fault:
        return cls(**{**value, "severity": Severity(value["severity"])})
