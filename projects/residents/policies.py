"""Who may do what with notices, objections, and with what one records and another confirms: ``check_…`` raises,
``can_…`` answers."""

from __future__ import annotations

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden
from renovation.core.flow import Flow
from renovation.records.acting import hands

from .enums import NoticeAct, NoticeState, RecordAct, RecordState
from .flows import CONTRIBUTION, EVALUATION, HANDOVER, NOTICE
from .models import Contribution, Evaluation, Handover, Notice

Record = Handover | Evaluation | Contribution


def can_write(*, scope: Scope) -> bool:
    """The street and the bureau draft notices, record objections and answers, meetings, after-care."""
    return scope.can(Permission.RESIDENTS_WRITE)


def can_read_objections(*, scope: Scope) -> bool:
    """Whether objections are shown at all; everybody else sees how many there are."""
    return scope.can(Permission.RESIDENT_READ)


def can_reveal(*, scope: Scope) -> bool:
    """Whether somebody may ask, against a reason, who raised an objection."""
    return scope.can(Permission.RESIDENT_REVEAL)


def check_publish(*, notice: Notice, scope: Scope) -> None:
    """Another person than the one who drafted it publishes a notice; raises Forbidden."""
    if not scope.can(Permission.NOTICE_DECIDE):
        raise Forbidden("公示由街道审核岗发布。")
    if hands(notice, "drafted_by") & scope.persons:
        raise Forbidden("拟定的人不能自己发布，请另一位审核岗发布。")


def why_not_publish(*, notice: Notice, scope: Scope) -> str:
    """Why 发布 is not offered for a draft, "" where it is."""
    try:
        check_publish(notice=notice, scope=scope)
    except Forbidden as forbidden:
        return forbidden.message
    return ""


def acts_for(*, notice: Notice, scope: Scope) -> list[NoticeAct]:
    """The acts that a page offers, in order."""
    found = [NoticeAct(act) for act in NOTICE.available(notice.state, scope.permissions)]
    if notice.state == NoticeState.DRAFT and why_not_publish(notice=notice, scope=scope):
        found = [act for act in found if act != NoticeAct.PUBLISH]
    return found


def flow_of(*, row: Record) -> Flow:
    """The table of a record."""
    if isinstance(row, Contribution):
        return CONTRIBUTION
    return HANDOVER if isinstance(row, Handover) else EVALUATION


def check_confirm(*, row: Record, scope: Scope) -> None:
    """Another person than the one who recorded it confirms a record; raises Forbidden."""
    if not scope.can(Permission.NOTICE_DECIDE):
        raise Forbidden("由街道审核岗确认。")
    if hands(row, "recorded_by") & scope.persons:
        raise Forbidden("登记的人不能自己确认，请另一位审核岗确认。")


def record_acts(*, row: Record, scope: Scope) -> list[RecordAct]:
    """The acts that a page offers on a record, in order."""
    found = [RecordAct(act) for act in flow_of(row=row).available(row.state, scope.permissions)]
    if row.state == RecordState.DRAFT and hands(row, "recorded_by") & scope.persons:
        found = [act for act in found if act != RecordAct.CONFIRM]
    return found
