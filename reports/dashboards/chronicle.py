"""沿革: everything that happened to a project, from the ledger, its money, its returns and its lights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast

from projects.funding.models import FundingEvent
from projects.ledger.history import changes_of
from projects.ledger.models import Project
from projects.ledger.policies import can_read_history
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day, local_moment
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.periods import Week
from renovation.face.values import LIGHTS
from renovation.records.acting import who
from renovation.records.models import AuditEntry
from supervision.weekly.enums import APPROVED_STATES
from supervision.weekly.models import StatusJudgement, WeeklyReport

KINDS = (("ledger", "台账"), ("money", "资金"), ("weekly", "周报"), ("light", "亮灯"))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened: when, of which kind, who, what, from what to what, and why.

    ``before`` and ``after`` are the keys of lights where a light changed; ``fields`` are (name, old, new).
    """

    at: datetime
    kind: str
    who: str
    what: str
    detail: str = ""
    fields: tuple[tuple[str, str, str], ...] = ()
    before: str = ""
    after: str = ""

    @property
    def word(self) -> str:
        """The kind in Chinese."""
        return dict(KINDS)[self.kind]

    @property
    def day(self) -> date:
        """The local day."""
        return local_day(self.at)


def kinds_for(scope: Scope) -> tuple[tuple[str, str], ...]:
    """The kinds of entries that somebody may read: who did what is the administration's business."""
    inside = scope.can(Permission.RETURN_READ)
    return tuple(
        (key, word)
        for key, word in KINDS
        if key == "light"
        or (key == "ledger" and can_read_history(scope=scope))
        or (key in {"money", "weekly"} and inside)
    )


def chronicle_of(*, project: Project, scope: Scope) -> list[Entry]:
    """The entries of a visible project that somebody may read, the newest first. A constant number of queries."""
    open_kinds = {key for key, _ in kinds_for(scope)}
    found: list[Entry] = list(_lights(project))
    if "ledger" in open_kinds:
        found += _ledger(project, scope)
    if "money" in open_kinds:
        found += _money(project)
    if "weekly" in open_kinds:
        found += _weekly(project)
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _ledger(project: Project, scope: Scope) -> Iterator[Entry]:
    for change in changes_of(project=project, approved_only=scope.approved_only):
        yield Entry(
            at=change.at,
            kind="ledger",
            who=change.who,
            what=change.what,
            detail=f"原因：{change.reason}" if change.reason else "",
            fields=tuple((each.name, each.before, each.after) for each in change.fields),
        )


def _money(project: Project) -> Iterator[Entry]:
    """The audit entries of the project's funding events."""
    ids = (
        FundingEvent.objects.filter(project=project).order_by().values(word=Cast("pk", CharField()))
    )
    rows = AuditEntry.objects.filter(
        object_type=FundingEvent._meta.label_lower, object_id__in=ids
    ).order_by("-pk")
    for row in rows:
        yield Entry(
            at=row.at,
            kind="money",
            who=row.actor_label,
            what=row.sentence.replace(project.name, "", 1),
            detail=f"原因：{row.reason}" if row.reason else "",
        )


def _weekly(project: Project) -> Iterator[Entry]:
    """Approved reports with what they say, each beside the one before."""
    rows = (
        WeeklyReport.objects.filter(
            project=project,
            weekly_return__state__in=APPROVED_STATES,
            progress_percent__isnull=False,
        )
        .select_related("weekly_return__approved_by")
        .order_by("weekly_return__week_start", "weekly_return__version")
    )
    before: Any = None
    for row in rows:
        home = row.weekly_return
        if row.progress_percent is None or home.approved_at is None:
            continue
        week = Week(home.week_start)
        moved = ""
        if before is not None:
            delta = row.progress_percent - before
            moved = f"（{format_decimal(delta, 1, signed=True)}）" if delta else "（无变化）"
        before = row.progress_percent
        invested = wanyuan_from_fen(row.completed_investment_fen or 0)
        again = (
            f"，第 {home.version} 版，更正原因：{home.correction_reason}"
            if home.version > 1
            else ""
        )
        yield Entry(
            at=home.approved_at,
            kind="weekly",
            who=who(home, "approved_by"),
            what=f"第{week.number}周周报核定{'更正' if home.version > 1 else ''}",
            detail=f"累计形象进度 {row.progress_percent:.1f}%{moved}，"
            f"累计完成投资 {format_decimal(invested, 2)} 万元{again}",
        )


def _lights(project: Project) -> Iterator[Entry]:
    """Weeks in which the light was another than the week before, with the reasons of the judgement."""
    latest: dict[date, StatusJudgement] = {}
    for row in StatusJudgement.objects.filter(project=project).order_by("week_start", "pk"):
        latest[row.week_start] = row
    before: StatusJudgement | None = None
    for start, row in latest.items():
        was, before = before, row
        if was is not None and was.light == row.light:
            continue
        word = LIGHTS[row.light].word
        yield Entry(
            at=local_moment(Week(start).end, time(23, 59)),
            kind="light",
            who="系统判定",
            what=f"亮灯由{LIGHTS[was.light].word}转为{word}" if was else f"首次亮灯：{word}",
            detail="".join(str(reason) for reason in row.reasons),
            before=was.light if was else "",
            after=row.light,
        )
