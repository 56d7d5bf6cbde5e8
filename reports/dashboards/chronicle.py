"""沿革: everything that happened to a project, from the ledger, its money, its returns and its lights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction

from projects.funding.models import FundingEvent
from projects.ledger.history import Change, changes_and_entries
from projects.ledger.models import Project
from projects.ledger.policies import can_read_history
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day, local_moment
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.periods import Week
from renovation.face.values import LIGHTS
from renovation.records.acting import who_at
from renovation.records.models import AuditEntry
from supervision.weekly.judgements import judged_weeks
from supervision.weekly.of_project import reports_of

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
    if {"ledger", "money"} & open_kinds:
        events = FundingEvent.objects.filter(project=project) if "money" in open_kinds else None
        changes, entries = changes_and_entries(
            project=project, approved_only=scope.approved_only, of=events
        )
        found += _ledger(changes) if "ledger" in open_kinds else ()
        found += _money(project, entries)
    if "weekly" in open_kinds:
        found += _weekly(project)
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _ledger(changes: Iterable[Change]) -> Iterator[Entry]:
    for change in changes:
        yield Entry(
            at=change.at,
            kind="ledger",
            who=change.who,
            what=change.what,
            detail=f"原因：{change.reason}" if change.reason else "",
            fields=tuple((each.name, each.before, each.after) for each in change.fields),
        )


def _money(project: Project, entries: Iterable[AuditEntry]) -> Iterator[Entry]:
    """The audit entries of the project's funding events."""
    for row in entries:
        yield Entry(
            at=row.at,
            kind="money",
            who=row.actor_label,
            what=row.sentence.replace(project.name, "", 1),
            detail=f"原因：{row.reason}" if row.reason else "",
        )


def _weekly(project: Project) -> Iterator[Entry]:
    """Approved reports with what they say, each beside the one before."""
    before: int | None = None
    for said in reports_of(project_id=project.pk):
        if not said.is_approved or said.approved_at is None:
            continue
        week, tenths = Week(said.week_start), said.progress_tenths
        moved = ""
        if before is not None:
            delta = Fraction(tenths - before, 10)
            moved = f"（{format_decimal(delta, 1, signed=True)}）" if delta else "（无变化）"
        before = tenths
        invested = wanyuan_from_fen(said.investment_fen)
        again = (
            f"，第 {said.version} 版，更正原因：{said.correction_reason}"
            if said.version > 1
            else ""
        )
        yield Entry(
            at=said.approved_at,
            kind="weekly",
            who=who_at(said.approved_by, said.approved_at),
            what=f"第{week.number}周周报核定{'更正' if said.version > 1 else ''}",
            detail=f"累计形象进度 {format_decimal(Fraction(tenths, 10), 1)}%{moved}，"
            f"累计完成投资 {format_decimal(invested, 2)} 万元{again}",
        )


def _lights(project: Project) -> Iterator[Entry]:
    """Weeks in which the light was another than the week before, with the reasons of the judgement."""
    was = ""
    for start, light, reasons in judged_weeks(project_id=project.pk):
        before, was = was, light
        if before == light:
            continue
        word = LIGHTS[light].word
        yield Entry(
            at=local_moment(Week(start).end, time(23, 59)),
            kind="light",
            who="系统判定",
            what=f"亮灯由{LIGHTS[before].word}转为{word}" if before else f"首次亮灯：{word}",
            detail="".join(str(reason) for reason in reasons),
            before=before,
            after=light,
        )
