"""Who has not sent a week's return, whom to call, and the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.core.wording import join
from renovation.face.wording import moment
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import ReportingContact
from supervision.weekly.register import Entry, Line, register_between
from supervision.weekly.weeks import Phase


def line_of(
    *, bureau: Organisation, streets: Iterable[int], week: Week, now: datetime
) -> Line | None:
    """The register's line of a week for some streets; None where nothing is asked of anybody."""
    return lines_of(bureau=bureau, streets=streets, first=week, last=week, now=now).get(week)


def lines_of(
    *, bureau: Organisation, streets: Iterable[int], first: Week, last: Week, now: datetime
) -> dict[Week, Line]:
    """The register's lines of the weeks from ``first`` to ``last`` for some streets; without those in which nothing is
    asked of anybody. A constant number of queries."""
    register = register_between(
        bureau=bureau, streets=set(streets), first=first, last=last, now=now, tells_nil=False
    )
    return {line.week: line for line in register.lines}


def wanted(line: Line) -> list[Entry]:
    """The streets that still owe the week's return and can still send it."""
    return [entry for entry in line.owing if entry.is_open]


def contacts_of(streets: Iterable[Organisation]) -> dict[int, ReportingContact]:
    """street → its contact, where one is kept. One query."""
    rows = ReportingContact.objects.filter(street__in=[street.pk for street in streets])
    return {row.street_id: row for row in rows}


def is_back(entry: Entry) -> bool:
    """Whether what is owed is a return that was sent back."""
    return entry.latest is not None and entry.latest.state == ReturnState.SENT_BACK


def name_of(entry: Entry) -> str:
    """A street that owes, as a sentence names it: 松龄路街道, 钟楼街道（已退回，未重报）."""
    return entry.street.short_name + ("（已退回，未重报）" if is_back(entry) else "")


def names_of(entries: Sequence[Entry]) -> str:
    """松龄路街道、钟楼街道（已退回，未重报）"""
    return join(name_of(entry) for entry in entries)


def until(entries: Sequence[Entry], line: Line) -> str:
    """Until when something is still taken in, and what comes after. Only a first report after the due moment
    asks for a reason (``services.submit``)."""
    if line.phase is Phase.OPEN:
        return f"{moment(line.moments.due_at)} 截止，请按时报送。"
    closes = {entry.closes_at for entry in entries if entry.closes_at is not None}
    end = moment(min(closes)) if closes else moment(line.moments.closes_at)
    late = [entry for entry in entries if entry.sent_at is None]
    if not late:
        act = "请尽快改正后重新报送"
    elif len(late) == len(entries):
        act = "请尽快报送并写明迟报原因"
    else:
        act = f"请尽快报送，{join(entry.street.short_name for entry in late)}写明迟报原因"
    return f"已过 {moment(line.moments.due_at)} 的截止时间，{end} 关闭，{act}；关闭后记为未报。"


def copy_text(line: Line, now: datetime) -> str:
    """What the bureau pastes into the group of the streets."""
    entries = wanted(line)
    head = (
        f"截至{moment(now)}，{line.week.label}周报应报 {len(line.expected)} 个街道，"
        f"已报 {len(line.reported)} 个"
    )
    if not entries:
        return f"{head}。"
    return f"{head}，尚未报送：{names_of(entries)}。{until(entries, line)}"


def whom_to_call(
    entries: Sequence[Entry], contacts: Mapping[int, ReportingContact]
) -> list[tuple[str, str, str]]:
    """(street, person, phone) of those that owe; person and phone are "" where no contact is kept."""
    found = []
    for entry in entries:
        contact = contacts.get(entry.street.pk)
        found.append(
            (
                name_of(entry),
                contact.person if contact else "",
                contact.phone if contact else "",
            )
        )
    return found
