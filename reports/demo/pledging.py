"""真实性承诺 of the demo: the wording of the first day, and each sender's acceptance, once a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from renovation.accounts.models import Pledge, PledgeText, User
from renovation.accounts.parameters import PLEDGE_MONTHS
from renovation.console.pledging.services import FIRST_REASON, FIRST_TEXT, last_day
from renovation.core.calendar import local_day, local_moment

from .acts import Acts
from .people import FOUNDED, District

#: When a clerk comes to it in the morning; before that, on the day itself, at midnight.
_CLOCKS = (time(8, 34), time(8, 41), time(8, 52))


@dataclass(frozen=True)
class Pledges:
    """The acceptances by sender, the earliest first."""

    by_user: dict[int, list[Pledge]]

    def at(self, user: User, moment: datetime) -> Pledge | None:
        """The acceptance that a sending at a moment stands under."""
        found = [row for row in self.by_user.get(user.pk, ()) if row.accepted_at <= moment]
        return found[-1] if found else None


def add_pledges(*, district: District, acts: Acts, now: datetime) -> Pledges:
    """The wording, and what every clerk accepted up to ``now``: nobody is asked when the demo is opened."""
    since = min(local_moment(FOUNDED, time(8, 30)), now)
    admin = district.users["admin"]
    text = PledgeText.objects.create(
        organisation=district.bureau,
        version=1,
        text=FIRST_TEXT,
        reason=FIRST_REASON,
        published_at=since,
        published_by=admin,
    )
    acts.add(
        "pledge.publish",
        f"公布{district.bureau}真实性承诺第1版",
        by=admin,
        at=since,
        target=text,
        organisation=district.bureau,
        reason=FIRST_REASON,
        changes={"text": [None, text.text]},
    )
    rows = []
    for street, clock in zip(district.streets, _CLOCKS, strict=True):
        day = FOUNDED
        while day <= local_day(now):
            moment = local_moment(day, clock)
            if moment > now:
                moment = local_moment(day, time(0))
            rows.append(
                Pledge(
                    text=text,
                    user=district.users[street.code],
                    organisation=street,
                    post_name=district.users[street.code].post_name,
                    accepted_at=moment,
                )
            )
            day = last_day(accepted_on=day, months=PLEDGE_MONTHS.default) + timedelta(days=1)
    Pledge.objects.bulk_create(rows)
    by_user: dict[int, list[Pledge]] = {}
    for row in rows:
        by_user.setdefault(row.user_id, []).append(row)
        acts.add(
            "pledge.accept",
            "确认真实性承诺（第1版）",
            by=row.user,
            at=row.accepted_at,
            target=row,
            organisation=row.organisation,
        )
    return Pledges(by_user)
