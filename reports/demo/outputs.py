"""What leaves the house in the demo: who is subscribed, when things run, which papers are out."""

from __future__ import annotations

from datetime import datetime, time

from simple_history.utils import bulk_create_with_history

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_moment
from renovation.jobs.services import kinds, set_schedule
from reports.delivery.models import Subscription
from reports.papers.enums import MAILED_KINDS, PaperKind

from .people import FOUNDED, District

#: Addresses of a reserved domain (RFC 2606): nobody is ever reached.
_DISTRICT_READERS = (
    ("区委区政府督查室", "ducha@zichuan.example"),
    ("区人大常委会城建环保工委", "renda@zichuan.example"),
    ("区住建局主要负责人", "leader@zichuan.example"),
    ("市住房和城乡建设局", "chengshi@zibo.example"),
)


def add_subscriptions(*, district: District) -> None:
    """The three streets receive the bulletin and their own sheets, the district's readers both papers."""
    rows = [
        _row(district.bureau, kind, district.bureau, name, email)
        for kind in MAILED_KINDS
        for name, email in _DISTRICT_READERS
    ]
    for street in district.streets:
        for kind, subject in (
            (PaperKind.BULLETIN, district.bureau),
            (PaperKind.DISPATCH_SHEET, street),
        ):
            email = f"{street.code}-office@zichuan.example"
            rows.append(_row(district.bureau, kind, subject, street.name, email))
    bulk_create_with_history(
        rows,
        Subscription,
        default_user=district.users["office"],
        default_date=local_moment(FOUNDED, time(14, 10)),
        default_change_reason="建立收件人",
    )


def _row(
    bureau: Organisation, kind: PaperKind, subject: Organisation, name: str, email: str
) -> Subscription:
    return Subscription(bureau=bureau, kind=kind, subject=subject, name=name, email=email)


def add_schedules(*, district: District, now: datetime) -> None:
    """Everything that wings declare runs for the bureau by its default rule, from now on."""
    for kind in kinds().values():
        set_schedule(
            kind=kind.code,
            organisation=district.bureau,
            rule=kind.default_rule,
            is_enabled=True,
            by=district.users["admin"],
            now=now,
        )
