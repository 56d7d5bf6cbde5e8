"""Meetings, and the matters raised at them, as lists. A solution needs its proof and is recorded on its page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from projects.ledger.books.declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from projects.ledger.editing import save_row
from projects.ledger.models import Project
from projects.residents.enums import MeetingKind
from projects.residents.models import Matter, Meeting
from projects.residents.services.meetings import save_matter
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.intake.pipelines import Column

from .shared import NUMBER, count, day, fresh, head, in_order, list_of, save

HELD = day("held_on", "日期", "议事日期，不晚于今天")
KIND = Column(field="kind", header="形式", longest=10, expected="平台里的形式")
PLACE = Column(field="place", header="地点", longest=60, expected="60 个字以内")
CAME = count("attended", "到会(人)", 99_999)
SUMMARY = Column(field="summary", header="议题和结论", longest=1000, expected="不写居民姓名电话")
KINDS = {str(kind.label): kind for kind in MeetingKind}
_MEETING = (HELD, KIND, PLACE, CAME, SUMMARY)


def load_meetings(projects: Sequence[Project], now: datetime) -> Found:
    """Every meeting. One query."""
    rows = Meeting.objects.filter(project__in=projects).select_related("project")
    return [
        Line(
            name=f"{row.project}　{row}",
            values={
                **head(row.project),
                **{column.field: getattr(row, column.field) for column in _MEETING},
                KIND.field: str(row.get_kind_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in in_order(projects, rows, lambda row: row.project_id)
    ], None


def write_meetings(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Save a meeting as its page does."""
    for change in changes:
        row = fresh(change, Meeting(project=change.project))
        for column in _MEETING:
            if column.field in change.changed:
                setattr(row, column.field, change.values[column.field])
        row.kind = KINDS[str(change.values[KIND.field])]
        if row.held_on > local_day(at.now):
            raise Refusal("meeting.future", "日期不能晚于今天。", field=HELD.field)
        save(row, change, at, by, of=str(change.project), service=save_row)


MEETINGS = ListBook(
    slug="meetings",
    label="议事",
    hint="一次议事一行。空着的格不改；签到和纪要在页面上传；提出的问题在“议事问题”里。不写居民姓名电话。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=list_of("meetings"),
    result_word="看议事",
    columns=(PROJECT, NAME, *_MEETING, NUMBER),
    keys=(PROJECT, HELD, KIND, PLACE),
    writes=_MEETING,
    needed=(CAME, SUMMARY),
    number=NUMBER,
    known={KIND.field: lambda at: list(KINDS)},
    load=load_meetings,
    write=write_meetings,
)

# -- matters -------------------------------------------------------------------------------------------
OF_DAY = day("held_on", "议事日期", "已登记的议事的日期")
OF_KIND = Column(field="kind", header="议事形式", longest=10, expected="已登记的议事的形式")
CONTENT = Column(field="content", header="问题", longest=200, expected="200 个字以内")
OWNER = Column(field="owner", header="解决单位或岗位", longest=60, expected="不写个人姓名")
DUE = day("due_on", "期限", "不早于议事日期")
SOLVED = day("solved_on", "解决日期", "只供查看；解决在页面上登记")
RESULT = Column(field="result", header="解决情况", longest=300, expected="只供查看")
_MATTER = (CONTENT, OWNER, DUE)


def load_matters(projects: Sequence[Project], now: datetime) -> Found:
    """Every matter, and the meetings by project, day and form. Two queries."""
    meetings: dict[tuple[int, date, str], list[Meeting]] = {}
    for meeting in Meeting.objects.filter(project__in=projects).select_related("project__street"):
        key = (meeting.project_id, meeting.held_on, str(meeting.get_kind_display()))
        meetings.setdefault(key, []).append(meeting)
    rows = Matter.objects.filter(meeting__project__in=projects).select_related(
        "meeting__project__street"
    )
    lines = [
        Line(
            name=f"{row.meeting.project}　{row}",
            values={
                **head(row.meeting.project),
                OF_DAY.field: row.meeting.held_on,
                OF_KIND.field: str(row.meeting.get_kind_display()),
                **{
                    column.field: getattr(row, column.field)
                    for column in (*_MATTER, SOLVED, RESULT)
                },
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in in_order(projects, rows, lambda row: row.meeting.project_id)
    ]
    return lines, meetings


def _meeting_of(change: Change, at: Listing) -> Meeting:
    held, kind = change.values[OF_DAY.field], str(change.values[OF_KIND.field])
    found: list[Meeting] = at.more.get((change.project.pk, held, kind), [])
    if len(found) != 1:
        said = "有几次，请在页面上登记问题" if found else "没有登记"
        raise Refusal(
            "list.meeting",
            f"{change.project} {chinese_date(held)}的{kind}{said}。",
            field=OF_DAY.field,
        )
    return found[0]


def write_matters(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Add a matter to a meeting that is recorded, or change one that is open."""
    for change in changes:
        row: Any = fresh(change, Matter())
        if change.row is None:
            row.meeting = _meeting_of(change, at)
        for column in _MATTER:
            if column.field in change.changed:
                setattr(row, column.field, change.values[column.field])
        save(row, change, at, by, of=f"{change.project}{row.meeting}", service=save_matter)


MATTERS = ListBook(
    slug="matters",
    label="议事问题",
    hint="一个问题一行，议事先登记。空着的格不改；解决情况和佐证在页面上登记，解决了的不能再改。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=list_of("meetings"),
    result_word="看议事",
    columns=(PROJECT, NAME, OF_DAY, OF_KIND, *_MATTER, SOLVED, RESULT, NUMBER),
    keys=(PROJECT, OF_DAY, OF_KIND, CONTENT),
    writes=_MATTER,
    needed=(OWNER, DUE),
    number=NUMBER,
    known={OF_KIND.field: lambda at: list(KINDS)},
    load=load_matters,
    write=write_matters,
)
