"""The district: organisations, accounts, the working calendar. Companies and phone numbers are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.contrib.auth.hashers import make_password
from simple_history.utils import bulk_create_with_history

from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.calendar import local_moment
from renovation.core.holidays import HOLIDAYS, PUBLISHED_YEARS, statutory_days
from renovation.records.models import Holiday

from .outlines import COMMUNITIES

FOUNDED = date(2025, 1, 6)

_STREETS = (("banyanglu", "般阳路街道"), ("songlinglu", "松龄路街道"), ("zhonglou", "钟楼街道"))
_COMPANIES = (
    ("demo-builder-1", "鲁中某建设工程有限公司", "鲁中某建设"),
    ("demo-builder-2", "般阳某建筑安装有限公司", "般阳某建安"),
    ("demo-builder-3", "孝妇河某市政工程有限公司", "孝妇河某市政"),
    ("demo-supervisor-1", "淄川某工程监理有限公司", "淄川某监理"),
    ("demo-supervisor-2", "齐鲁某项目管理有限公司", "齐鲁某管理"),
    ("demo-designer-1", "淄博某规划设计院", "淄博某设计院"),
)
#: user name, organisation code, role, post
_POSTS = (
    ("admin", "zichuan-bureau", Role.ADMIN, "区局 系统管理岗"),
    ("bureau", "zichuan-bureau", Role.BUREAU, "区局 经办岗"),
    ("bureau2", "zichuan-bureau", Role.BUREAU, "区局 经办二岗"),
    ("reviewer", "zichuan-bureau", Role.REVIEWER, "区局 审核岗"),
    ("leader", "zichuan-bureau", Role.LEADER, "局领导"),
    ("office", "zichuan-bureau", Role.OFFICE, "区局 办公室岗"),
    ("banyanglu", "banyanglu", Role.CLERK, "般阳路街道 填报岗"),
    ("banyanglu-head", "banyanglu", Role.STREET_HEAD, "般阳路街道 审核岗"),
    ("songlinglu", "songlinglu", Role.CLERK, "松龄路街道 填报岗"),
    ("songlinglu-head", "songlinglu", Role.STREET_HEAD, "松龄路街道 审核岗"),
    ("zhonglou", "zhonglou", Role.CLERK, "钟楼街道 填报岗"),
    ("zhonglou-head", "zhonglou", Role.STREET_HEAD, "钟楼街道 审核岗"),
    ("contractor", "demo-builder-1", Role.CONTRACTOR, "鲁中某建设 项目经理岗"),
    ("supervisor", "demo-supervisor-1", Role.SUPERVISOR, "淄川某监理 总监岗"),
    ("inspector", "zichuan-bureau", Role.INSPECTOR, "行风监督员"),
    ("npc", "zichuan-npc", Role.COUNCIL, "区人大 督导组"),
    ("auditor", "zichuan-bureau", Role.AUDITOR, "区局 安全审计岗"),
    ("hotline", "zichuan-bureau", Role.HOTLINE, "12345 热线平台"),
)


@dataclass(frozen=True)
class District:
    """The organisations by code and the users by user name."""

    organisations: dict[str, Organisation]
    users: dict[str, User]

    @property
    def bureau(self) -> Organisation:
        return self.organisations["zichuan-bureau"]

    def posts(self, street: Organisation) -> tuple[User, User]:
        """Who fills in and who reviews in a street."""
        return self.users[street.code], self.users[f"{street.code}-head"]

    @property
    def streets(self) -> list[Organisation]:
        return [self.organisations[code] for code, _ in _STREETS]


def add_holidays(*, today: date, by: User | None) -> None:
    """The published calendars, and provisional days for years without one.

    From November on the year after is there too, as an administrator would have entered it.
    """
    known = set(Holiday.objects.values_list("day", flat=True))
    seeds = [(seed, False) for seed in HOLIDAYS]
    last = today.year + (today.month >= 11)
    for year in range(max(PUBLISHED_YEARS) + 1, last + 1):
        seeds += [(seed, True) for seed in statutory_days(year)]
    rows = [
        Holiday(
            day=seed.day,
            is_workday=seed.is_workday,
            name=seed.name,
            source=seed.source,
            is_provisional=provisional,
        )
        for seed, provisional in seeds
        if seed.day not in known
    ]
    bulk_create_with_history(
        rows,
        Holiday,
        default_user=by,
        default_date=local_moment(FOUNDED, time(9, 10)),
        default_change_reason="按国务院办公厅通知录入",
    )


def add_district(*, password: str) -> District:
    """The organisations and every account of CONTRACT.md, all with the same password."""
    organisations = _add_organisations()
    at = local_moment(FOUNDED, time(9))
    hashed = make_password(password)
    users = [
        User(
            username=name,
            post_name=post,
            email=f"{name}@zichuan.example",
            password=hashed,
            must_change_password=False,
            password_changed_at=at,
            is_demo=True,
        )
        for name, _, _, post in _POSTS
    ]
    bulk_create_with_history(users, User, default_date=at, default_change_reason="演示账号")
    by_name = {user.username: user for user in users}
    bulk_create_with_history(
        [
            Membership(
                user=by_name[name], organisation=organisations[code], role=role, valid_from=FOUNDED
            )
            for name, code, role, _ in _POSTS
        ],
        Membership,
        default_user=by_name["admin"],
        default_date=at,
    )
    return District(organisations, by_name)


def find_district() -> District:
    """The district that is there already."""
    return District(
        {organisation.code: organisation for organisation in Organisation.objects.all()},
        {user.username: user for user in User.objects.filter(is_demo=True)},
    )


def set_passwords(*, password: str, now: datetime) -> None:
    """Give every demo account the same password."""
    from renovation.accounts.services import set_password

    for user in User.objects.filter(is_demo=True):
        set_password(user=user, password=password, now=now)


def _add_organisations() -> dict[str, Organisation]:
    made: dict[str, Organisation] = {}
    at = local_moment(FOUNDED, time(8, 40))

    def add(code: str, kind: OrganisationKind, name: str, short: str, **fields: Any) -> None:
        organisation = Organisation(
            code=code, kind=kind, name=name, short_name=short, valid_from=FOUNDED, **fields
        )
        organisation._history_date = at
        organisation.save()
        made[code] = organisation

    kinds = OrganisationKind
    add("zibo", kinds.CITY, "淄博市住房和城乡建设局", "市住建局", order=1)
    add(
        "zichuan-bureau",
        kinds.BUREAU,
        "淄川区住房和城乡建设局",
        "区住建局",
        parent=made["zibo"],
        district_name="淄川区",
        document_prefix="淄建发",
        order=1,
    )
    bureau = made["zichuan-bureau"]
    for order, (code, name) in enumerate(_STREETS, start=1):
        add(code, kinds.STREET, f"{name}办事处", name, parent=bureau, order=order)
        for place, community in enumerate(COMMUNITIES[code], start=1):
            add(
                f"{code}-{place:02}",
                kinds.COMMUNITY,
                f"{name}{community}",
                community,
                parent=made[code],
                order=place,
            )
    add("zichuan-npc", kinds.COUNCIL, "淄川区人大常委会", "区人大", parent=bureau, order=8)
    for order, (code, name, short) in enumerate(_COMPANIES, start=11):
        add(code, kinds.COMPANY, name, short, parent=bureau, order=order)
    return made
