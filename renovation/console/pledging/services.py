"""The wording in force, who accepted it and until when, and the two acts: publishing a wording, accepting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation, Pledge, PledgeText, User
from renovation.accounts.parameters import PLEDGE_MONTHS
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.periods import Month
from renovation.records.services import audit, values_in_force

#: What a bureau begins with; an administrator puts the bureau's own words in its place.
FIRST_TEXT = (
    "本人承诺：所报送的项目进度、完成投资、开工完工日期等数据，均来自施工现场、监理记录和有关凭证，"
    "已经核对，真实、准确、完整；不虚报、不瞒报、不拒报、不迟报，不伪造、篡改数据；"
    "有误的及时更正，愿对报送内容的真实性负责。"
)
FIRST_REASON = "启用时的承诺书"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands with the wording in force: ``pledge_id`` and ``accepted_at`` of the last acceptance of
    this version, ``until`` the last day on which it holds; None where this version was never accepted."""

    text: PledgeText
    pledge_id: int | None = None
    accepted_at: datetime | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether nothing is to be asked on a day."""
        return self.until is not None and day <= self.until


def last_day(*, accepted_on: date, months: int) -> date:
    """The last day on which an acceptance holds: the day before the same day ``months`` later, or before the end
    of that month where it has no such day."""
    month = Month.of(accepted_on).shift(months)
    again = month.start.replace(day=min(accepted_on.day, month.end.day))
    return date.fromordinal(again.toordinal() - 1)


def _texts_of(bureau: Organisation) -> Q:
    above = [pk for pk in (bureau.pk, bureau.parent_id) if pk is not None]
    return Q(organisation_id__in=above)


def text_in_force(*, bureau: Organisation) -> PledgeText | None:
    """The newest wording of a bureau, of the city above where it has none, None where neither has one. One query."""
    rows = PledgeText.objects.filter(_texts_of(bureau))
    found = sorted(rows, key=lambda row: (row.organisation_id == bureau.pk, row.version))
    return found[-1] if found else None


def standing_of(*, user: User, bureau: Organisation, now: datetime) -> Standing | None:
    """Whether a person is to be asked before sending; None where the bureau has no wording, so nobody is asked.

    One query; where this version was accepted, the settings of the bureau beside it.
    """
    mine = Pledge.objects.filter(user=user, text=OuterRef("pk")).order_by("-accepted_at", "-pk")
    rows = PledgeText.objects.filter(_texts_of(bureau)).annotate(
        pledge_id=Subquery(mine.values("pk")[:1]),
        accepted_at=Subquery(mine.values("accepted_at")[:1]),
    )
    found = sorted(rows, key=lambda row: (row.organisation_id == bureau.pk, row.version))
    if not found:
        return None
    text, accepted_at = found[-1], getattr(found[-1], "accepted_at", None)
    if accepted_at is None:
        return Standing(text=text)
    months = values_in_force(organisation=bureau, on=local_day(now))[PLEDGE_MONTHS.key]
    return Standing(
        text=text,
        pledge_id=getattr(text, "pledge_id", None),
        accepted_at=accepted_at,
        until=last_day(accepted_on=local_day(accepted_at), months=months),
    )


@transaction.atomic
def pledge_for_sending(
    *, user: User, bureau: Organisation, accepts: int | None, now: datetime
) -> int | None:
    """The pledge that a sending stands under: the one in force, else one made now where the person says with it
    that the wording ``accepts`` (its id) is accepted. None where the bureau has no wording.

    Refuses, at the field ``pledge`` and with the page where it can be mended, without an acceptance
    (``pledge.missing``) and with one of another wording than the present (``pledge.changed``).
    """
    standing = standing_of(user=user, bureau=bureau, now=now)
    if standing is None:
        return None
    if standing.holds_on(local_day(now)):
        return standing.pledge_id
    if accepts is None:
        raise Refusal(
            "pledge.missing",
            "报送前请先确认真实性承诺；确认一次，一年内不再询问。"
            if standing.accepted_at is None
            else "上次确认的真实性承诺已经期满，报送前请再确认一次。",
            field="pledge",
            href=reverse("console:pledge"),
        )
    return accept(user=user, bureau=bureau, text_id=accepts, now=now).pk


@transaction.atomic
def accept(*, user: User, bureau: Organisation, text_id: int, now: datetime) -> Pledge:
    """A person accepts the wording in force; who has done so already keeps the acceptance that holds.

    Refuses a wording that is not the present one (``pledge.changed``), and who belongs nowhere (``pledge.home``).
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    standing = standing_of(user=user, bureau=bureau, now=now)
    if standing is None or standing.text.pk != text_id:
        raise Refusal(
            "pledge.changed",
            "承诺书刚刚换了新的文字，请重新阅读后确认。",
            field="pledge",
            href=reverse("console:pledge"),
        )
    if standing.holds_on(local_day(now)) and standing.pledge_id is not None:
        return Pledge.objects.get(pk=standing.pledge_id)
    membership = user.memberships.valid_on(local_day(now)).select_related("organisation").first()
    if membership is None:
        raise Refusal("pledge.home", "您现在没有任职单位，不能确认承诺。", field="pledge")
    made = Pledge.objects.create(
        text=standing.text,
        user=user,
        organisation=membership.organisation,
        post_name=user.post_name or user.username,
        accepted_at=now,
    )
    audit(
        act="pledge.accept",
        sentence=f"确认真实性承诺（第{standing.text.version}版）",
        by=user,
        now=now,
        target=made,
        organisation=membership.organisation,
    )
    return made


@transaction.atomic
def publish_text(
    *, bureau: Organisation, text: str, reason: str, by: User | None, now: datetime
) -> PledgeText:
    """Put a new wording in force from now on; everybody is asked again at the next sending.

    Refuses an empty wording (``pledge.text``), the same as the present one (``pledge.same``), and one without a
    reason (``pledge.reason``).
    """
    words, why = text.strip(), reason.strip()
    if not words:
        raise Refusal("pledge.text", "请写明承诺内容。", field="text")
    if not why:
        raise Refusal("pledge.reason", "请写明修改的原因。", field="reason")
    Organisation.objects.select_for_update(no_key=True).get(pk=bureau.pk)
    present = text_in_force(bureau=bureau)
    if present is not None and present.text == words:
        raise Refusal("pledge.same", "与现在的承诺书一字不差，不用再公布。", field="text")
    own = present is not None and present.organisation_id == bureau.pk
    made = PledgeText.objects.create(
        organisation=bureau,
        version=present.version + 1 if own and present is not None else 1,
        text=words[:1000],
        reason=why[:200],
        published_at=now,
        published_by=by,
    )
    audit(
        act="pledge.publish",
        sentence=f"公布{bureau}真实性承诺第{made.version}版",
        by=by,
        now=now,
        target=made,
        organisation=bureau,
        changes={"text": [present.text if present is not None else None, made.text]},
        reason=why,
    )
    return made


def begin_with_first_text(*, organisation: Organisation, by: User | None, now: datetime) -> None:
    """A bureau that neither has a wording nor finds one above itself begins with the first one."""
    if organisation.kind == OrganisationKind.BUREAU and text_in_force(bureau=organisation) is None:
        publish_text(bureau=organisation, text=FIRST_TEXT, reason=FIRST_REASON, by=by, now=now)
