"""The weekly reports of one project, read once for all that its page tells of them.

The report that counts on a day and the week before, the curve, the texts of the week and what was approved when are
told from the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from renovation.accounts.models import User
from renovation.core.holding import held
from renovation.core.wholes import whole

from .enums import APPROVED_STATES, PENDING_STATES
from .models import WeeklyReport


class Said(NamedTuple):
    """What a return says of the project: the return's week, version and state, progress in tenths of a percent,
    investment in 分, who approved it when, why it corrects an earlier version, and the four texts (done, problems, to
    coordinate, next week)."""

    pk: int
    week_start: date
    version: int
    state: str
    progress_tenths: int
    investment_fen: int
    approved_at: datetime | None
    approved_by: User | None
    correction_reason: str
    texts: tuple[str, str, str, str]

    @property
    def is_approved(self) -> bool:
        """Whether its return is approved; it waits for it otherwise."""
        return self.state in APPROVED_STATES


def reports_of(*, project_id: int) -> Sequence[Said]:
    """What approved returns and those that wait say of a project, by week and version; rows without progress say
    nothing. One query, which a reading request asks once."""
    return held(("reports of a project", project_id), lambda: tuple(_read(project_id)))


def _read(project_id: int) -> Iterator[Said]:
    rows = WeeklyReport.objects.filter(
        project=project_id,
        weekly_return__state__in=[*APPROVED_STATES, *PENDING_STATES],
        progress_percent__isnull=False,
    ).order_by("weekly_return__week_start", "weekly_return__version", "progress_percent")
    persons: dict[int, User] = {}
    for (
        pk,
        start,
        version,
        state,
        tenths,
        fen,
        at,
        by,
        post,
        name,
        deputy,
        why,
        *texts,
    ) in rows.values_list(
        "pk",
        "weekly_return__week_start",
        "weekly_return__version",
        "weekly_return__state",
        whole("progress_percent", 10),
        "completed_investment_fen",
        "weekly_return__approved_at",
        "weekly_return__approved_by_id",
        "weekly_return__approved_by__post_name",
        "weekly_return__approved_by__username",
        "weekly_return__approved_by__has_stood_in",
        "weekly_return__correction_reason",
        "work_done",
        "problems",
        "coordination",
        "next_plan",
    ):
        if by is not None and by not in persons:
            persons[by] = User(pk=by, post_name=post, username=name, has_stood_in=deputy)
        done, problems, coordination, plan = texts
        yield Said(
            pk=pk,
            week_start=start,
            version=version,
            state=state,
            progress_tenths=tenths,
            investment_fen=fen or 0,
            approved_at=at,
            approved_by=None if by is None else persons[by],
            correction_reason=why,
            texts=(done, problems, coordination, plan),
        )
