"""Windows in which kinds of work rest (停工期) as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from projects.ledger.enums import RestCause, WorkKind
from projects.ledger.models import Project, RestWindow
from projects.ledger.rests import save_window
from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation, User
from renovation.intake.pipelines import Column

from .declaring import Change, Found, Line, ListBook, Listing
from .shared import NUMBER, day

CAUSE = Column(field="cause", header="原因类别", longest=10, expected="平台里的原因")
WORK = Column(field="work_kind", header="停哪类作业", longest=12, expected="平台里的作业")
FROM = day("from_on", "起")
TO = day("to_on", "止", "不早于起；起止两天都在内")
REASON = Column(field="reason", header="停工要求", longest=200, expected="200 个字以内")
DOCUMENT = Column(field="document_number", header="依据文号", longest=60, expected="60 个字以内")
_WRITES = (CAUSE, WORK, FROM, TO, REASON, DOCUMENT)
CAUSES = {str(cause.label): cause for cause in RestCause}
WORKS = {str(kind.label): kind for kind in WorkKind}


def of_bureau(bureau: Organisation, projects: Sequence[Project], now: datetime) -> Found:
    """Every window. One query."""
    return [
        Line(
            name=str(row),
            values={
                CAUSE.field: str(row.get_cause_display()),
                WORK.field: str(row.get_work_kind_display()),
                **{column.field: getattr(row, column.field) for column in _WRITES[2:]},
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in RestWindow.objects.filter(bureau=bureau)
    ], None


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Save a window as its page does."""
    for change in changes:
        said = change.values
        save_window(
            bureau=at.bureau,
            values={
                "cause": CAUSES[str(said[CAUSE.field])],
                "work_kind": WORKS[str(said[WORK.field])],
                "from_on": said[FROM.field],
                "to_on": said[TO.field],
                "reason": said[REASON.field],
                "document_number": said[DOCUMENT.field] or "",
            },
            window=change.row,
            seen_version=change.row.version if change.row else 0,
            by=by,
            now=at.now,
        )


RESTS = ListBook(
    slug="rests",
    label="停工期",
    hint="一段停工期一类作业一行。空着的格不改，表里没有的不删除。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: f"{reverse('ledger:rests')}?year={year}",
    result_word="看停工期",
    columns=(*_WRITES, NUMBER),
    keys=(CAUSE, WORK, FROM),
    writes=_WRITES,
    needed=(TO, REASON),
    number=NUMBER,
    known={CAUSE.field: lambda at: list(CAUSES), WORK.field: lambda at: list(WORKS)},
    of_all_years=True,
    of_bureau=of_bureau,
    write=write,
)
