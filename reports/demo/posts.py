"""Posts that change hands in the demo: a stand-in (AB岗) that is over, one that runs when the demo is opened, and a
hand-over (交接) of a finding of the audit."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from projects.funding.models import AuditFinding
from renovation.accounts.enums import Role
from renovation.accounts.models import HandOver, StandIn, User
from renovation.core.calendar import local_day, local_moment
from renovation.core.wording import chinese_date

from .acts import Acts
from .people import District

#: Days from today to the first and the last day, and why.
_TIMES = ((-16, -12, "公休"), (-4, 3, "参加全市老旧小区改造业务培训"))


def add_stand_ins(*, district: District, acts: Acts, now: datetime) -> None:
    """The second clerk of the bureau in the place of the first."""
    principal, deputy = district.users["bureau"], district.users["bureau2"]
    admin, today = district.users["admin"], local_day(now)
    for first, last, reason in _TIMES:
        valid_from = today + timedelta(days=first)
        valid_to = today + timedelta(days=last)
        at = min(local_moment(valid_from - timedelta(days=1), time(16, 20)), now)
        row = StandIn.objects.create(
            principal=principal,
            deputy=deputy,
            organisation=district.bureau,
            role=Role.BUREAU,
            valid_from=valid_from,
            valid_to=valid_to,
            reason=reason,
            appointed_by=admin,
            appointed_at=at,
        )
        acts.add(
            "stand_in.appoint",
            f"指定{deputy}在{chinese_date(valid_from)}至{chinese_date(valid_to)}代{principal}"
            f"（{Role.BUREAU.label}）",
            by=admin,
            at=at,
            target=row,
            organisation=district.bureau,
            reason=reason,
        )


def clerk_on(*, district: District, day: date) -> User:
    """Who does the first clerk's work on a day: the clerk, or the second one in their place."""
    clerk = district.users["bureau"]
    row = StandIn.objects.in_force_on(day).filter(principal=clerk).first()
    if row is None:
        return clerk
    deputy = User.objects.get(pk=row.deputy_id)
    deputy.standing_in = row
    return deputy


_WHY = "分工调整，由项目所在街道整改"


def add_hand_over(*, district: District, finding: AuditFinding, acts: Acts, at: datetime) -> str:
    """The second clerk of the bureau gave a finding to its present owner; what its step says of it."""
    giver, taker, admin = district.users["bureau2"], finding.owner, district.users["admin"]
    told = {
        "kind": "funding.finding",
        "name": str(finding),
        "detail": f"{finding.project.name}，待整改，整改期限 {chinese_date(finding.deadline_on)}",
        "left": "",
    }
    row = HandOver.objects.create(
        predecessor=giver,
        successor=taker,
        organisation=district.bureau,
        reason=_WHY,
        counts={"funding.finding": 1},
        rows=[told],
        passed_count=1,
        handed_by=admin,
        handed_at=at,
    )
    acts.add(
        "hand_over.make",
        f"把{giver}的1 个审计问题移交{taker}",
        by=admin,
        at=at,
        target=row,
        organisation=district.bureau,
        reason=_WHY,
        changes={"counts": [None, row.counts], "left": [None, {}]},
    )
    return f"{giver}转交{taker}：交接，{_WHY}"
