"""Mailing issued papers to who is subscribed: a row and a mail per recipient, never an unsigned paper.

A paper leaves at its time if it is issued by then, else when it is issued. Nothing here is told when a
paper is issued: the minute's sweep finds issued papers whose time has come and that have no deliveries
yet, so no message can get lost between.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from renovation.accounts.enums import Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.calendar import WorkCalendar, local_day
from renovation.core.errors import Refusal
from renovation.core.periods import Quarter, Week, period_from_key
from renovation.core.schedules import Rule
from renovation.core.wording import chinese_moment
from renovation.jobs.models import Schedule
from renovation.jobs.services import kinds
from renovation.records.models import Message, MessageState
from renovation.records.sending import resend
from renovation.records.services import audit, work_calendar
from renovation.records.telling import queue_mail
from reports.papers.enums import PaperKind, PaperState
from reports.papers.models import Document
from reports.papers.services import bytes_to_mail, is_ready_to_mail
from reports.papers.versions import replaced_by, speaking

from . import message_kinds
from .models import Delivery, Subscription
from .wording import unissued

#: Kind of paper → code of the schedule kind that says when it leaves.
MAILED_BY: Final[dict[str, str]] = {
    PaperKind.BULLETIN: "delivery.bulletin",
    PaperKind.DISPATCH_SHEET: "delivery.sheet",
}
#: Papers that were issued longer ago than this are history and are not mailed by themselves.
FRESH: Final = timedelta(days=120)


def mailing_moment(
    *, kind: str, bureau: Organisation, period_key: str, calendar: WorkCalendar
) -> datetime | None:
    """When papers of a kind for a period leave, by the bureau's schedule; None where that is switched off
    or the period has no such moment."""
    schedule = schedules_of(bureau=bureau).get(kind)
    return None if schedule is None else moment_by(schedule, period_key, calendar)


def schedules_of(*, bureau: Organisation) -> dict[str, Schedule]:
    """By kind of paper the schedule by which it leaves; without those that are switched off. One query."""
    rows = Schedule.objects.filter(
        organisation=bureau, kind__in=MAILED_BY.values(), is_enabled=True
    )
    by_code = {row.kind: row for row in rows}
    return {kind: by_code[code] for kind, code in MAILED_BY.items() if code in by_code}


def moment_by(schedule: Schedule, period_key: str, calendar: WorkCalendar) -> datetime | None:
    """When papers for a period leave by a schedule; None where the period has no such moment, or it fell
    before the schedule began."""
    rule = Rule.from_json(schedule.rule) if schedule.rule else kinds()[schedule.kind].default_rule
    period = period_from_key(period_key)
    if not isinstance(period, Week | Quarter):
        raise Refusal("delivery.period", f"“{period_key}”不是一周或一个季度。")
    moment = rule.due_at(period, calendar)
    return moment if moment is not None and moment >= schedule.starts_at else None


def deliver_due(*, now: datetime) -> int:
    """Queue the mails of issued papers whose time has come; returns how many mails were queued."""
    calendar = work_calendar()
    waiting = (
        Document.objects.filter(state=PaperState.ISSUED, issued_at__gte=now - FRESH)
        .exclude(Exists(Delivery.objects.filter(document=OuterRef("pk"))))
        .in_force()
        .filter(
            Exists(
                Subscription.objects.filter(
                    bureau=OuterRef("bureau"),
                    kind=OuterRef("kind"),
                    subject=OuterRef("subject"),
                    is_active=True,
                )
            )
        )
        .select_related("bureau", "subject")
    )
    queued = 0
    for document in waiting:
        moment = mailing_moment(
            kind=document.kind,
            bureau=document.bureau,
            period_key=document.period_key,
            calendar=calendar,
        )
        if moment is not None and moment <= now and is_ready_to_mail(document):
            queued += len(deliver(document=document, by=None, now=now))
    return queued


def send_now(*, document: Document, by: User, now: datetime) -> list[Delivery]:
    """Queue by hand what the schedule does not mail: its time fell before the schedule began, or the schedule is
    off. Refuses (``delivery.not_yet``) what leaves by itself at a time to come, and what `deliver` refuses."""
    if leaves_later(document=document, now=now):
        raise Refusal("delivery.not_yet", outlook(document=document, now=now) + "不用手工发送。")
    made = deliver(document=document, by=by, now=now)
    if not made:
        raise Refusal("delivery.nobody", "没有订阅这种文件的收件人，请先登记收件人。")
    return made


def leaves_later(*, document: Document, now: datetime) -> bool:
    """Whether the schedule mails a paper at a time that is still to come."""
    moment = _moment(document)
    return moment is not None and moment > now


def _moment(document: Document) -> datetime | None:
    return mailing_moment(
        kind=document.kind,
        bureau=document.bureau,
        period_key=document.period_key,
        calendar=work_calendar(),
    )


def outlook(*, document: Document, now: datetime) -> str:
    """When an issued paper that nobody got yet will leave, in a sentence."""
    if document.kind not in MAILED_BY:
        return f"{document.get_kind_display()}不发邮件，收件单位在平台上看。"
    moment = _moment(document)
    if moment is None:
        return "这一期的发送时间早于启用定时发送的时间，或定时发送已停用，系统不会自动发送。"
    if moment > now:
        return f"到{chinese_moment(moment)}由系统发给收件人。"
    return "已过发送时间，文件生成以后一分钟内发出。"


@transaction.atomic
def deliver(*, document: Document, by: User | None, now: datetime) -> list[Delivery]:
    """Queue one mail per subscribed address; an address that this version went to is passed over.

    Refuses a paper that is not issued (``delivery.not_issued``): there is never an unsigned mail.
    """
    present = Document.objects.select_for_update().get(pk=document.pk)
    if present.state != PaperState.ISSUED:
        raise Refusal("delivery.not_issued", "文件还没有印发，不能发送。")
    replaced = replaced_by(present)
    had = set(present.deliveries.values_list("recipient", flat=True))
    files = bytes_to_mail(present)
    made = []
    subscriptions = Subscription.objects.filter(
        bureau=present.bureau, kind=present.kind, subject=present.subject, is_active=True
    ).order_by("pk")
    for subscription in subscriptions:
        if subscription.email in had:
            continue
        context = {
            "document": present,
            "subscription": subscription,
            "files": files,
            "replaced": replaced,
        }
        mail = queue_mail(
            kind=message_kinds.PAPER,
            key=f"document:{present.pk}:{subscription.email}",
            recipient=subscription.email,
            recipient_name=subscription.name,
            subject=f"【更正】{present.title}" if replaced else present.title,
            text=render_to_string("mail/document.txt", context),
            html=render_to_string("mail/document.html", context),
            attachments=files,
            organisation=present.bureau,
            now=now,
        )
        made.append(
            Delivery.objects.create(
                document=present,
                subscription=subscription,
                recipient=subscription.email,
                mail=mail,
                created_at=now,
            )
        )
        had.add(subscription.email)
    if made:
        audit(
            act="document.deliver",
            sentence=f"“{present.title}”交付发送，{len(made)} 个收件人",
            by=by,
            now=now,
            target=present,
            organisation=present.bureau,
        )
    return made


@transaction.atomic
def resend_failed(*, document: Document, by: User, now: datetime) -> int:
    """Queue the failed mails of a paper once more, and only these; returns how many.

    Mails whose outcome is unknown are not among them: they are resent one by one by ``resend_one``.
    """
    failed = Message.objects.select_for_update(no_key=True).filter(
        pk__in=Delivery.objects.filter(document=document).values("mail"),
        state=MessageState.FAILED,
    )
    mails = list(failed.order_by("pk"))
    for mail in mails:
        resend(message=mail, by=by, now=now)
    return len(mails)


def resend_one(*, delivery: Delivery, by: User, now: datetime) -> None:
    """Queue one failed or unknown mail once more."""
    resend(message=delivery.mail, by=by, now=now)


def remind_unsigned(
    *, kind: str, bureau: Organisation, period_key: str, now: datetime
) -> dict[str, object]:
    """What happens at the mailing moment: say whether the paper is issued, and remind who must act when not.

    Returns what the ledger of runs keeps: ``issued``, and the number of reminders.
    """
    document = speaking(kind=kind, bureau=bureau, period_keys=[period_key]).get(period_key)
    if document is not None and document.state == PaperState.ISSUED:
        return {"issued": True, "reminders": 0}
    words = unissued(kind=kind, document=document)
    title = document.title if document else f"{period_from_key(period_key).label}{words.noun}"
    schedule = schedules_of(bureau=bureau).get(kind)
    due_at = moment_by(schedule, period_key, work_calendar()) if schedule else None
    when = chinese_moment(due_at) if due_at else "今天"
    people = (
        User.objects.filter(
            memberships__in=Membership.objects.filter(
                organisation=bureau, role__in=[Role.LEADER, Role.REVIEWER, Role.OFFICE]
            ).valid_on(local_day(now)),
            is_active=True,
        )
        .exclude(email="")
        .distinct()
    )
    for person in people:
        queue_mail(
            kind=message_kinds.UNSIGNED,
            key=f"unsigned:{kind}:{bureau.pk}:{period_key}:{person.pk}",
            recipient=person.email,
            recipient_name=str(person),
            subject=f"到时未{words.lacks}：{title}",
            text=f"“{title}”应于{when}发送，现在是“{words.state}”。"
            f"{words.acts}后，系统立即发送；不{words.lacks}不会发送。\n",
            organisation=bureau,
            now=now,
        )
    return {"issued": False, "reminders": len(people)}


@transaction.atomic
def save_subscription(*, subscription: Subscription, by: User, now: datetime) -> Subscription:
    """Add or change a recipient; refuses (``subscription.twice``) one that is there already."""
    creating = subscription.pk is None
    subscription._history_user = by  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            subscription.save()
    except IntegrityError as clash:  # somebody else entered it since the form looked
        raise Refusal(
            "subscription.twice", "这个邮箱已经在收件人里了，请刷新后再看。", field="email"
        ) from clash
    audit(
        act="subscription.save",
        sentence=f"{'新增' if creating else '修改'}收件人{subscription.name}（{subscription.get_kind_display()}）"
        + ("" if subscription.is_active else "，停用"),
        by=by,
        now=now,
        target=subscription,
        organisation=subscription.bureau,
    )
    return subscription
