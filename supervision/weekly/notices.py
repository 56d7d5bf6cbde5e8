"""What the sign-in page says about this week's return to everybody."""

from __future__ import annotations

from datetime import datetime

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.accounts.notices import Notice
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.core.wording import short_date
from renovation.face.wording import moment

from .weeks import Phase, WeekMoments, moments_between

WEEKDAYS = "一二三四五六日"
#: A week before a holiday closes on the first working day after it: how many weeks later at most.
LONGEST = 2


def notices(now: datetime) -> list[Notice]:
    """The weeks that take returns now, where there is one bureau; with several the page says nothing."""
    bureaus = list(Organisation.objects.filter(kind=OrganisationKind.BUREAU)[:2])
    if len(bureaus) != 1:
        return []
    week = Week.of(local_day(now))
    found = moments_between(bureau=bureaus[0], first=week.shift(-LONGEST), last=week, now=now)
    shown = [
        (each, line)
        for each in found.values()
        if (line := _notice(each, each.phase(now), is_running=each.week == week)) is not None
    ]
    warnings = {each.warning for each, _ in shown if each.warning}
    return [line for _, line in shown] + [Notice("日历", text) for text in sorted(warnings)]


def _notice(moments: WeekMoments, phase: Phase, *, is_running: bool) -> Notice | None:
    """What is said of a week that takes something in; of one without a working day only while it runs."""
    number = f"第{moments.week.number}周周报"
    if moments.due_at is None or moments.closes_at is None:
        return Notice(f"{number}不报", "本周没有工作日，不要求报送。") if is_running else None
    due = local_day(moments.due_at)
    closing = f"{moment(moments.closes_at)} 前补报记为迟报。"
    if phase is Phase.OPEN:
        weekday = WEEKDAYS[due.weekday()]
        clock = f"{moment(moments.due_at)}".rpartition(" ")[2]
        return Notice(f"{number} {short_date(due)}（周{weekday}）{clock} 截止", closing)
    if phase is Phase.LATE:
        return Notice(f"{number}已于 {moment(moments.due_at)} 截止", closing)
    return None
