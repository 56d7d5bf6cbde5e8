"""Who has not sent a week's return, whom to call, and the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    register = register_between(
        bureau=bureau, streets=set(streets), first=week, last=week, now=now, tells_nil=False
    )
    return next(iter(register.lines), None)


def wanted(line: Line) -> list[Entry]:
    """The streets that still owe the week's return and can still send it."""
    return [entry for entry in line.owing if entry.is_open]


def contacts_of(streets: Iterable[Organisation]) -> dict[int, ReportingContact]:
    """street → its contact, where one is kept. One query."""
    rows = ReportingContact.objects.filter(street__in=[street.pk for street in streets])
    return {row.street_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Said:
    """A street that owes, as the sentence names it: 松龄路街道, 钟楼街道（已退回，未重报）."""

    entry: Entry

    @property
    def name(self) -> str:
        latest = self.entry.latest
        back = latest is not None and latest.state == ReturnState.SENT_BACK
        return self.entry.street.short_name + ("（已退回，未重报）" if back else "")


def names_of(entries: Sequence[Entry]) -> str:
    """松龄路街道、钟楼街道（已退回，未重报）"""
    return join(Said(entry).name for entry in entries)


def until(entries: Sequence[Entry], line: Line) -> str:
    """Until when something is still taken in, and what comes after."""
    if line.phase is Phase.OPEN:
        return f"{moment(line.moments.due_at)} 截止，请按时报送。"
    closes = {entry.closes_at for entry in entries if entry.closes_at is not None}
    end = moment(min(closes)) if closes else moment(line.moments.closes_at)
    return (
        f"已过 {moment(line.moments.due_at)} 的截止时间，{end} 关闭，请尽快报送并写明迟报原因；"
        "关闭后记为未报。"
    )


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


def reason_with_phones(
    entries: Sequence[Entry], contacts: Mapping[int, ReportingContact]
) -> list[tuple[str, str, str]]:
    """(street, person, phone) of those that owe; person and phone are "" where no contact is kept."""
    found = []
    for entry in entries:
        contact = contacts.get(entry.street.pk)
        found.append(
            (
                Said(entry).name,
                contact.person if contact else "",
                contact.phone if contact else "",
            )
        )
    return found
