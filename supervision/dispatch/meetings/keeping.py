"""What every act on a meeting or its minutes has in common: the lock of the meeting, and the step that is kept.

Rows are locked in one order: the meeting, the bureau (FOR NO KEY UPDATE, as ``papers.locking`` says why), the minutes,
the items. So nobody assigns to a meeting while its minutes are signed, and no two acts wait for each other in a circle.
"""

from __future__ import annotations

from datetime import datetime

from renovation.accounts.models import User
from supervision.dispatch.models import DispatchMeeting, MeetingStep


def lock(meeting: DispatchMeeting) -> DispatchMeeting:
    """The row of a meeting, locked for the running transaction."""
    rows = DispatchMeeting.objects.select_for_update(of=("self",)).select_related("bureau")
    return rows.get(pk=meeting.pk)


def keep_step(
    meeting: DispatchMeeting,
    act: str,
    before: str,
    text: str,
    by: User,
    now: datetime,
    *,
    after: str = "",
) -> None:
    """Append an act to the history of a meeting."""
    MeetingStep.objects.create(
        meeting=meeting,
        act=act,
        from_state=before,
        to_state=after or meeting.state,
        text=text.strip()[:500],
        by=by,
        stands_for=by.stands_for,
        at=now,
    )
