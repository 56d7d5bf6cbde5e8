"""The first day of a bureau: its organisation, its first administrator, the calendar, the schedules.

Everything after that an administrator does on pages (streets, users, settings, calendar, schedules).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.core.holidays import HOLIDAYS
from renovation.jobs.services import kinds, set_schedule
from renovation.records.models import Holiday

from .services import create_user, save_holiday, save_organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What is known of a bureau on its first day; ``city`` may be empty."""

    code: str
    name: str
    short_name: str
    district_name: str
    document_prefix: str
    admin: str
    city: str = ""


@transaction.atomic
def found_bureau(*, founding: Founding, by: User | None, now: datetime) -> tuple[Organisation, str]:
    """Make a bureau with its administrator, what is known of the calendar, and every declared schedule by its
    default rule; returns the bureau and the administrator's first password, shown only once.

    Refuses a code or user name that is taken (``bureau.code``, ``bureau.admin``) or malformed.
    """
    _check(founding)
    parent = _city(founding.city, by=by, now=now) if founding.city else None
    bureau = save_organisation(
        organisation=Organisation(
            kind=OrganisationKind.BUREAU,
            code=founding.code,
            name=founding.name,
            short_name=founding.short_name,
            district_name=founding.district_name,
            document_prefix=founding.document_prefix,
            parent=parent,
        ),
        by=by,
        now=now,
    )
    _, password = create_user(
        username=founding.admin,
        post_name=f"{founding.short_name} 系统管理岗",
        email="",
        organisation=bureau,
        role=Role.ADMIN,
        by=by,
        now=now,
    )
    load_holidays(now=now)
    for kind in kinds().values():
        set_schedule(
            kind=kind.code,
            organisation=bureau,
            rule=kind.default_rule,
            is_enabled=True,
            by=by,
            now=now,
        )
    return bureau, password


@transaction.atomic
def load_holidays(*, now: datetime) -> int:
    """Add the days of the State Council's arrangements that the calendar does not have; what an administrator
    entered stays. Returns how many were added."""
    present = set(Holiday.objects.values_list("day", flat=True))
    fresh = [row for row in HOLIDAYS if row.day not in present]
    for row in fresh:
        day = Holiday(day=row.day, is_workday=row.is_workday, name=row.name, source=row.source)
        save_holiday(holiday=day, by=None, now=now)
    return len(fresh)


def _check(founding: Founding) -> None:
    if not founding.code or slugify(founding.code) != founding.code:
        raise Refusal("bureau.code", "代码只用小写字母、数字和连字符，如 zichuan-bureau。")
    if Organisation.objects.filter(code=founding.code).exists():
        raise Refusal("bureau.code", f"已有代码为“{founding.code}”的单位。")
    if User.objects.filter(username=founding.admin).exists():
        raise Refusal("bureau.admin", f"已有用户“{founding.admin}”，请用别的用户名。")
    missing = [
        word
        for word, value in (
            ("全称", founding.name),
            ("简称", founding.short_name),
            ("区划名称", founding.district_name),
            ("发文代字", founding.document_prefix),
            ("管理员用户名", founding.admin),
        )
        if not value.strip()
    ]
    if missing:
        raise Refusal("bureau.missing", f"缺少{'、'.join(missing)}。")


def _city(name: str, *, by: User | None, now: datetime) -> Organisation:
    """The city above, made where it is not there yet: several districts of a city share one."""
    found: Organisation | None = Organisation.objects.filter(
        kind=OrganisationKind.CITY, name=name
    ).first()
    if found is not None:
        return found
    number = Organisation.objects.filter(kind=OrganisationKind.CITY).count() + 1
    city = Organisation(
        kind=OrganisationKind.CITY, code=f"city-{number}", name=name, short_name=name
    )
    return save_organisation(organisation=city, by=by, now=now)
