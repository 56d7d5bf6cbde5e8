"""Who sends returns, and where each stands with the wording in force; the list's workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from renovation.accounts.enums import PERMISSIONS_OF, Permission, Role
from renovation.accounts.models import Membership, Organisation, Pledge, PledgeText, User
from renovation.accounts.parameters import PLEDGE_MONTHS
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.wording import chinese_moment
from renovation.face.ordering import in_order
from renovation.records.services import values_in_force

from .forms import PledgeFilterForm
from .services import last_day

#: Posts that send.
SENDERS = [role for role in Role if Permission.RETURN_FILL in PERMISSIONS_OF[role]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeLine:
    """A person who sends: the last acceptance of any version, and whether it holds."""

    user: User
    organisation: Organisation
    last: Pledge | None
    until: date | None
    is_valid: bool

    @property
    def word(self) -> str:
        """Where it stands, in words."""
        if self.is_valid:
            return "有效"
        return "待确认" if self.last is not None else "还没有确认"

    @property
    def kind(self) -> str:
        """How it is drawn."""
        return "approved" if self.is_valid else "waiting"


KEYS: dict[str, Any] = {
    "organisation": lambda line: (line.organisation.order, line.organisation.code),
    "accepted": lambda line: line.last.accepted_at if line.last else None,
    "until": lambda line: line.until,
}


def senders_of(*, scope: Scope, now: datetime) -> list[Membership]:
    """Who sends returns of the organisations in sight today, in the order of the organisations. One query."""
    today = local_day(now)
    rows = Membership.objects.visible_to(scope).valid_on(today).filter(role__in=SENDERS)
    rows = rows.filter(user__is_active=True).select_related("user", "organisation")
    return list(rows.order_by("organisation__order", "organisation__code", "user__post_name"))


def places_of(*, senders: Sequence[Membership]) -> list[tuple[str, str]]:
    """Their organisations, for the filter."""
    found = {each.organisation.code: each.organisation for each in senders}
    return [(code, organisation.short_name) for code, organisation in found.items()]


def pledge_lines(
    *,
    scope: Scope,
    bureau: Organisation,
    senders: Sequence[Membership],
    text: PledgeText | None,
    form: PledgeFilterForm,
    sort: str,
    now: datetime,
) -> list[PledgeLine]:
    """The senders that fit, each with where it stands with the wording in force. One query and the settings of the
    bureau."""
    today = local_day(now)
    months = values_in_force(organisation=bureau, on=today)[PLEDGE_MONTHS.key]
    mine = Pledge.objects.visible_to(scope).filter(user__in=[each.user_id for each in senders])
    last = {row.user_id: row for row in mine.select_related("text").order_by("accepted_at", "pk")}
    lines = [_line(each, last.get(each.user_id), text, months, today) for each in senders]
    street, standing = form.chosen("street"), form.chosen("standing")
    lines = [
        line
        for line in lines
        if (not street or line.organisation.code == street)
        and (not standing or line.is_valid == (standing == "valid"))
    ]
    return in_order(lines, sort, KEYS)


def _line(
    member: Membership, last: Pledge | None, text: PledgeText | None, months: int, today: date
) -> PledgeLine:
    until = last_day(accepted_on=local_day(last.accepted_at), months=months) if last else None
    return PledgeLine(
        user=member.user,
        organisation=member.organisation,
        last=last,
        until=until,
        is_valid=bool(last and until and text and last.text_id == text.pk and today <= until),
    )


COLUMNS: Described = (
    (Column("单位", Kind.TEXT, 8), ""),
    (Column("岗位", Kind.TEXT, 10), ""),
    (Column("承诺情况", Kind.LABEL, 6), "“待确认”的，下次报送时先请本人确认"),
    (Column("承诺书版次", Kind.COUNT, 5), "最近一次确认的是第几版"),
    (Column("承诺时间", Kind.MOMENT, 9), "最近一次确认的时间"),
    (Column("有效至", Kind.DATE, 6), "这一天（含）以前报送不再询问，承诺书改文字的除外"),
)


def pledges_workbook(
    *, lines: Sequence[PledgeLine], text: PledgeText | None, now: datetime
) -> bytes:
    """A row a sender; the wording in force stands under the title."""
    rows = [
        row(
            line.organisation.short_name,
            str(line.user),
            line.word,
            line.last.text.version if line.last else None,
            line.last.accepted_at if line.last else None,
            line.until,
        )
        for line in lines
    ]
    said = [f"第{text.version}版：{text.text}"] if text else []
    return list_workbook(
        title="真实性承诺情况",
        name="真实性承诺",
        columns=COLUMNS,
        rows=rows,
        subtitles=(f"{chinese_moment(now)}导出", *said),
        made_at=now,
    )
