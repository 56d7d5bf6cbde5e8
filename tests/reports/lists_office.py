"""The lists of people, streets and logs, and a bureau with two rows in each."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.test import Client

from renovation.accounts.enums import Role
from renovation.accounts.models import HandOver, Organisation, Pledge, PledgeText, StandIn
from renovation.jobs.models import Run
from renovation.records.models import Message, MessageState, WorkState
from renovation.records.services import audit
from supervision.weekly.review_waivers.models import ReviewWaiver
from tests.factories.accounts import make_district

from .lists_scene import Shown

#: What names a row of the first person or street, and one of the second.
FIRST, SECOND = "甲事", "乙事"
NAMES = (FIRST, SECOND)
POSTS = ("钟楼街道 街道填报", "般阳路街道 街道填报")
STREETS = ("钟楼街道", "般阳路街道")
_OPEN = ("standing", "now")
_PLACE = ("place", "zhonglou")

OFFICE_LISTS = (
    Shown(
        "console:audit",
        "console:audit_export",
        "at",
        NAMES,
        user="auditor",
        choice=_PLACE,
        names=NAMES,
        digits=("请求编号",),
    ),
    Shown(
        "console:users",
        "console:users_export",
        "place",
        POSTS[::-1],
        user="admin",
        choice=_PLACE,
        names=POSTS,
    ),
    Shown(
        "console:organisations",
        "console:organisations_export",
        "from",
        ("第一公司", "第二社区"),
        user="admin",
        choice=("kind", "company"),
        names=("第一公司", "第二社区"),
    ),
    Shown(
        "console:hand_overs",
        "console:hand_overs_export",
        "at",
        NAMES,
        user="admin",
        choice=_PLACE,
        names=NAMES,
    ),
    Shown(
        "console:stand_ins",
        "console:stand_ins_export",
        "to",
        POSTS[::-1],
        user="admin",
        choice=_OPEN,
        names=POSTS,
    ),
    Shown(
        "console:pledges",
        "console:pledges_export",
        "accepted",
        POSTS,
        user="admin",
        names=POSTS,
    ),
    Shown(
        "weekly:review_waivers",
        "weekly:review_waivers_export",
        "to",
        STREETS[::-1],
        choice=_OPEN,
        names=STREETS,
    ),
    Shown(
        "messaging:log",
        "messaging:log_export",
        "at",
        NAMES,
        choice=("state", "failed"),
        names=NAMES,
    ),
    Shown(
        "jobs:runs",
        "jobs:runs_export",
        "due",
        NAMES,
        user="admin",
        choice=("state", "failed"),
        names=NAMES,
        digits=("期",),
    ),
)


def office_signed_in(now: datetime, user: str) -> Client:
    """A person of the bureau, with two rows in every list."""
    district = make_district()
    users, day = district.users, timedelta(days=1)
    streets = (district.street("zhonglou"), district.street("banyanglu"))
    clerks = (users["zhonglou"], users["banyanglu"])
    for street, clerk, post in zip(streets, clerks, POSTS, strict=True):
        assert (street.short_name, clerk.post_name) == (post.split()[0], post)
    text = PledgeText.objects.create(
        organisation=district.bureau, version=1, text="真实。", reason="第一版", published_at=now
    )
    for place, name in enumerate(NAMES):
        street, clerk = streets[place], clerks[place]
        audit(act="t", sentence=name, by=clerk, now=now, organisation=street)
        HandOver.objects.create(
            predecessor=clerk,
            successor=users["bureau"],
            organisation=street,
            reason=name,
            counts={"follow_up": 1},
            rows=[{"kind": "follow_up", "name": name, "detail": "", "left": ""}],
            passed_count=1,
            handed_by=users["admin"],
            handed_at=now + place * day,
        )
        ends = date(2025, 5, 10) if place == 0 else date(2025, 5, 6)
        StandIn.objects.create(
            principal=clerk,
            deputy=users["bureau"],
            organisation=street,
            role=Role.CLERK,
            valid_from=date(2025, 5, 1),
            valid_to=ends,
            reason="出差",
            appointed_by=users["admin"],
            appointed_at=now,
        )
        Pledge.objects.create(
            text=text,
            user=clerk,
            organisation=street,
            post_name=clerk.post_name,
            accepted_at=now - 9 * day + place * day,
        )
        ReviewWaiver.objects.create(
            street=street,
            valid_from=date(2025, 5, 1),
            valid_to=ends,
            reason="审核岗空缺",
            approved_by=users["reviewer"],
            approved_at=now,
        )
        Message.objects.create(
            key=name,
            message_id=name,
            channel="mail",
            recipient="a@example.test",
            recipient_name=str(clerk),
            organisation=street,
            subject=name,
            text="",
            state=MessageState.SENT if place else MessageState.FAILED,
            next_attempt_at=now,
            sent_at=now + day if place else None,
            created_at=now,
        )
        Run.objects.create(
            kind="delivery.bulletin",
            organisation=district.bureau,
            period_key=name,
            due_at=now + place * day,
            not_before=now,
            work_state=WorkState.DONE if place else WorkState.FAILED,
        )
    _companies(district.bureau)
    client = Client()
    client.force_login(users[user])
    return client


def _companies(bureau: Organisation) -> None:
    for kind, name, year in (("company", "第一公司", 2001), ("community", "第二社区", 2002)):
        Organisation.objects.create(
            parent=bureau,
            kind=kind,
            code=f"in-{year}",
            name=name,
            short_name=name,
            valid_from=date(year, 1, 1),
        )
