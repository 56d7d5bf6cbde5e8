"""What of inquiries waits for somebody, for 待办."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.wording import join
from renovation.face.todo import Item
from renovation.face.wording import moment

from .enums import InquiryState
from .listing import InquiryLine, inquiry_lines
from .policies import open_acts


def waiting_for(*, scope: Scope, now: datetime) -> Iterator[Item]:
    """To be filled in, approved, mended or closed, and what is past its last moment. Three queries, none for who has no part in it."""
    parts = {
        Permission.RETURN_FILL,
        Permission.RETURN_REVIEW,
        Permission.INQUIRY_WRITE,
        Permission.INQUIRY_APPROVE,
    }
    if not parts & scope.permissions:
        return
    for line in inquiry_lines(scope=scope):
        yield from _of_line(line, scope, now)


def _of_line(line: InquiryLine, scope: Scope, now: datetime) -> Iterator[Item]:
    inquiry = line.inquiry
    page = reverse("inquiries:inquiry", args=[inquiry.number])
    acts = {str(act) for act in open_acts(inquiry=inquiry, scope=scope)}
    overdue = line.is_overdue(now)
    if inquiry.state == InquiryState.OPEN and scope.can(Permission.RETURN_FILL) and line.missing:
        yield Item(
            title=f"填报临时收数“{inquiry.title}”",
            reason=f"{moment(inquiry.due_at, now)} 的期限已过，现在报为迟报"
            if overdue
            else f"{moment(inquiry.due_at, now)} 截止；{inquiry.purpose}",
            act="填报",
            href=page,
            weight=9 if overdue else 14,
            is_alarm=overdue,
        )
    elif inquiry.state == InquiryState.OPEN and overdue and not scope.can(Permission.INQUIRY_WRITE):
        yield Item(
            title=f"临时收数“{inquiry.title}”逾期未报齐",
            reason=f"{moment(inquiry.due_at, now)} 的期限已过，{join(line.missing)}没有报齐",
            act="查看",
            href=page,
            weight=20,
            is_alarm=True,
        )
    elif "approve" in acts:
        late = now > inquiry.due_at
        yield Item(
            title=f"批准临时收数“{inquiry.title}”",
            reason=f"{inquiry.submitted_at and moment(inquiry.submitted_at, now)} 提请，"
            + (
                f"{moment(inquiry.due_at, now)} 的期限已过，须退回改期"
                if late
                else f"{moment(inquiry.due_at, now)} 截止；{inquiry.purpose}"
            ),
            act="审阅批准",
            href=page,
            weight=9 if late else 13,
            is_alarm=late,
        )
    elif "close" in acts and (overdue or not line.missing):
        yield Item(
            title=f"结束临时收数“{inquiry.title}”",
            reason=f"期限已过，{join(line.missing)}没有报齐；可以催报、延期或结束"
            if line.missing
            else f"{line.asked} 个街道都已报齐",
            act="查看",
            href=page,
            weight=20 if overdue else 28,
            is_alarm=overdue,
        )
