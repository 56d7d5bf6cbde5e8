"""Following items to their end: who answers signs for, reports and asks for time; the bureau closes, sends back,
grants, transfers, cancels."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.records.acting import hands
from supervision.dispatch.enums import AnswererKind, ExtensionState, ItemAct
from supervision.dispatch.flow import ITEM
from supervision.dispatch.models import DispatchItem, ItemExtension
from supervision.dispatch.policies import ANOTHER_CLOSES, ANOTHER_GRANTS

from .assigning import Answerer, answerer_columns, check_answerer
from .moving import lock, move


# -- who answers -------------------------------------------------------------------------------------
@transaction.atomic
def accept(
    *, item: DispatchItem, text: str = "", seen: int | None = None, by: User, now: datetime
) -> DispatchItem:
    """Sign for it. This and the other acts raise ``EditConflict`` where somebody moved the item on since what was
    ``seen``, StateConflict where its state does not have the act."""
    return move(
        item, ItemAct.ACCEPT, text, seen=seen, by=by, now=now, accepted_by=by, accepted_at=now
    )


@transaction.atomic
def note(
    *,
    item: DispatchItem,
    text: str,
    file: NewFile | None = None,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> DispatchItem:
    """Say how it goes, with a file where there is one. Refuses no words (``comment.missing``)."""
    return move(item, ItemAct.NOTE, text, file=file, seen=seen, by=by, now=now)


@transaction.atomic
def report(
    *,
    item: DispatchItem,
    text: str,
    file: NewFile | None = None,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> DispatchItem:
    """Report it done; it waits for another person to close it. An extension that waits is not needed any more."""
    _drop_extension(item, by, now)
    return move(
        item,
        ItemAct.REPORT,
        text,
        file=file,
        seen=seen,
        by=by,
        now=now,
        reported_by=by,
        reported_at=now,
    )


@transaction.atomic
def ask_extension(
    *,
    item: DispatchItem,
    wanted_on: date,
    text: str,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> ItemExtension:
    """Ask for more time, until a day later than the deadline and not before today (``dispatch.wanted_day``). One
    waits at a time (StateConflict)."""
    locked = lock(item, None)
    if wanted_on <= locked.due_on or wanted_on < local_day(now):
        raise Refusal(
            "dispatch.wanted_day",
            f"要晚于现在的期限（{chinese_date(locked.due_on)}），也不能早于今天。",
            field="wanted_on",
        )
    if locked.extensions.waiting().exists():
        raise StateConflict("已有一份延期申请待批。", state=locked.state)
    words = f"申请延至{chinese_date(wanted_on)}：{text.strip()}" if text.strip() else ""
    move(item, ItemAct.ASK_EXTENSION, words, seen=seen, by=by, now=now)
    return ItemExtension.objects.create(
        item=locked,
        due_on_then=locked.due_on,
        wanted_on=wanted_on,
        reason=text.strip(),
        asked_by=by,
        asked_at=now,
    )


# -- the bureau --------------------------------------------------------------------------------------
@transaction.atomic
def grant_extension(
    *,
    item: DispatchItem,
    granted_on: date,
    text: str = "",
    seen: int | None = None,
    by: User,
    now: datetime,
) -> DispatchItem:
    """Give more time: the deadline moves and is counted, the first one stays. It moves the day that the item is
    measured by only where it is granted before that is over. Refuses who asked (Forbidden), and a day that is not
    later than the deadline (``dispatch.granted_day``)."""
    locked = lock(item, None)
    extension = _waiting(locked, by)
    today = local_day(now)
    if granted_on <= locked.due_on or granted_on < today:
        raise Refusal(
            "dispatch.granted_day",
            f"要晚于现在的期限（{chinese_date(locked.due_on)}），也不能早于今天。",
            field="granted_on",
        )
    in_time = today <= locked.limit_on
    words = f"延至{chinese_date(granted_on)}" + (f"：{text.strip()}" if text.strip() else "")
    moved = move(
        item,
        ItemAct.GRANT_EXTENSION,
        words,
        seen=seen,
        by=by,
        now=now,
        due_on=granted_on,
        limit_on=granted_on if in_time else locked.limit_on,
        extension_count=locked.extension_count + 1,
    )
    _decide(extension, ExtensionState.GRANTED, text, by, now, granted_on=granted_on)
    return moved


@transaction.atomic
def refuse_extension(
    *, item: DispatchItem, text: str, seen: int | None = None, by: User, now: datetime
) -> DispatchItem:
    """No more time, with the reason. Refuses who asked (Forbidden)."""
    extension = _waiting(lock(item, None), by)
    moved = move(item, ItemAct.REFUSE_EXTENSION, text, seen=seen, by=by, now=now)
    _decide(extension, ExtensionState.REFUSED, text, by, now)
    return moved


@transaction.atomic
def close(
    *, item: DispatchItem, text: str = "", seen: int | None = None, by: User, now: datetime
) -> DispatchItem:
    """It is done. Refuses who reported it (Forbidden)."""
    locked = lock(item, None)
    ITEM.transition(locked.state, ItemAct.CLOSE)
    if by.persons & hands(locked, "reported_by"):
        raise Forbidden(ANOTHER_CLOSES)
    return move(item, ItemAct.CLOSE, text, seen=seen, by=by, now=now, done_by=by, done_at=now)


@transaction.atomic
def send_back(
    *, item: DispatchItem, text: str, seen: int | None = None, by: User, now: datetime
) -> DispatchItem:
    """Not done yet: what lacks is said, the deadline stays, it is counted."""
    locked = lock(item, None)
    return move(
        item,
        ItemAct.SEND_BACK,
        text,
        seen=seen,
        by=by,
        now=now,
        reported_by=None,
        reported_at=None,
        send_back_count=locked.send_back_count + 1,
    )


@transaction.atomic
def transfer(
    *,
    item: DispatchItem,
    answerer: Answerer,
    text: str,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> DispatchItem:
    """Give it to another who answers, with the reason; it waits to be signed for, on its old clock, and the step keeps
    from whom it went. Refuses who has it already (``dispatch.same_answerer``) and what ``assign`` refuses of an
    answerer (``check_answerer``)."""
    locked = lock(item, None)
    if answerer.has(locked):
        at = "section" if answerer.kind == AnswererKind.SECTION else "answerer"
        raise Refusal("dispatch.same_answerer", f"现在就由{answerer.name}办理。", field=at)
    check_answerer(bureau=locked.bureau, answerer=answerer, project_id=locked.project_id)
    _drop_extension(item, by, now)
    words = f"由{locked.answerer_name}转交{answerer.name}：{text.strip()}" if text.strip() else ""
    return move(
        item,
        ItemAct.TRANSFER,
        words,
        seen=seen,
        by=by,
        now=now,
        accepted_by=None,
        accepted_at=None,
        **answerer_columns(answerer),
    )


@transaction.atomic
def cancel(
    *, item: DispatchItem, text: str, seen: int | None = None, by: User, now: datetime
) -> DispatchItem:
    """Take it back, with the reason; what was done stays readable."""
    _drop_extension(item, by, now)
    return move(
        item, ItemAct.CANCEL, text, seen=seen, by=by, now=now, cancelled_by=by, cancelled_at=now
    )


@transaction.atomic
def hand_over(
    *,
    item: DispatchItem,
    owner: User,
    text: str = "",
    seen: int | None = None,
    by: User,
    now: datetime,
) -> DispatchItem:
    """Let another person of the bureau follow it; refuses who follows it already (``dispatch.same_owner``)."""
    locked = lock(item, None)
    if locked.owner_id == owner.pk:
        raise Refusal("dispatch.same_owner", f"现在就由{owner}跟办。", field="owner")
    said = f"跟办人由{locked.owner}换为{owner}" + (f"：{text.strip()}" if text.strip() else "")
    return move(item, ItemAct.HAND_OVER, said, seen=seen, by=by, now=now, owner=owner)


# -- extensions ---------------------------------------------------------------------------------------
def _waiting(item: DispatchItem, by: User) -> ItemExtension:
    """The extension that waits, to be decided by another person than who asked."""
    found: ItemExtension | None = item.extensions.waiting().select_for_update().first()
    if found is None:
        raise StateConflict("没有待批的延期申请。", state=item.state)
    if by.persons & hands(found, "asked_by"):
        raise Forbidden(ANOTHER_GRANTS)
    return found


def _decide(
    extension: ItemExtension,
    state: ExtensionState,
    text: str,
    by: User,
    now: datetime,
    granted_on: date | None = None,
) -> None:
    ItemExtension.objects.filter(pk=extension.pk, state=ExtensionState.ASKED).update(
        state=state,
        granted_on=granted_on,
        decided_by=by,
        decided_at=now,
        words=text.strip()[:300],
    )


def _drop_extension(item: DispatchItem, by: User, now: datetime) -> None:
    for waiting in lock(item, None).extensions.waiting():
        _decide(waiting, ExtensionState.DROPPED, "", by, now)
