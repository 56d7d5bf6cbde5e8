"""Projects that were entered, moved, cancelled or restored in a span of days, each with its day and document: what a
page or paper says of them where its figures would else jump without a word (ADR 31)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Prefetch, Q

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day, local_moment
from renovation.core.periods import DAY
from renovation.core.wording import join, near_date

from .enums import ChangeKind, ChangeState
from .models import FormerStreet, Project, ProjectChange
from .querysets import ProjectQuerySet

#: The kinds that are told, in the order in which they are told.
_TOLD = (ChangeKind.ENTER, ChangeKind.MOVE, ChangeKind.CANCEL, ChangeKind.RESTORE)
#: What a cancellation is called that was taken back since.
UNDONE = "取消（已撤销）"
#: As many projects are named together before the rest is counted.
MOST_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One project. ``street`` is where it is by it, ``left`` the street that it moves from (None unless it moves).

    ``on`` is the day from which it holds, ``approved_on`` that of the approval, None where the ledger knows no
    change (rows from before the portal). ``counts`` says that ``on`` lies in the span, so that figures of its two
    ends differ by the project; else it was only approved in it, for another day: ``is_late`` for an earlier one.
    ``is_undone`` is a cancellation that was taken back since, in the span or later.
    """

    kind: ChangeKind
    project: Project
    street: Organisation
    left: Organisation | None
    on: date
    approved_on: date | None
    document_number: str
    change_id: int | None
    counts: bool
    is_late: bool = False
    is_correction: bool = False
    is_undone: bool = False

    @property
    def act(self) -> str:
        """列入, 补列, 移交, 取消, 撤销取消: what was done, in a word."""
        if self.is_correction:
            return "更正列入日期"
        if self.is_undone:
            return UNDONE
        if self.kind == ChangeKind.ENTER and self.is_late:
            return "补列"
        return _ACTS[self.kind]

    @property
    def street_codes(self) -> frozenset[str]:
        """The streets that it concerns."""
        return frozenset(each.code for each in (self.street, self.left) if each is not None)

    def words(self, today: date) -> str:
        """由般阳路街道移交松龄路街道，9月15日起; dates as ``today`` reads them."""
        effect = self.effect(today)
        if self.is_correction:
            return effect
        if self.kind == ChangeKind.ENTER:
            return f"{self.act}{self.project.programme.year}年度计划，{effect}"
        if self.left is not None:
            return f"由{self.left.short_name}移交{self.street.short_name}，{effect}"
        return f"{self.act}，{effect}" if effect else self.act

    def effect(self, today: date) -> str:
        """9月15日起计入; what it does to the figures, "" where that is nothing any more."""
        if self.is_undone:
            return ""
        day = near_date(self.on, today)
        match self.kind:
            case ChangeKind.ENTER if self.is_correction:
                return f"列入计划日期更正为{day}"
            case ChangeKind.ENTER:
                return f"{day}起计入"
            case ChangeKind.MOVE:
                return f"{day}起"
            case ChangeKind.CANCEL:
                return f"{day}起不再计入"
            case _:
                return "照旧计入"

    def basis(self, today: date) -> str:
        """9月16日批准，淄建发〔2025〕31号; what is known of both."""
        day = f"{near_date(self.approved_on, today)}批准" if self.approved_on else ""
        return "，".join(part for part in (day, self.document_number) if part)


_ACTS = {
    ChangeKind.ENTER: "列入",
    ChangeKind.MOVE: "移交",
    ChangeKind.CANCEL: "取消",
    ChangeKind.RESTORE: "撤销取消",
}


@dataclass(frozen=True, slots=True)
class _Span:
    since: date
    until: date

    def holds(self, day: date | None) -> bool:
        return day is not None and self.since < day <= self.until

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first moment on, up to but without the second."""
        return local_moment(self.since + DAY, time()), local_moment(self.until + DAY, time())


def adjustments_between(
    *,
    projects: ProjectQuerySet,
    since: date,
    until: date,
    streets: Collection[int] | None = None,
) -> list[Adjustment]:
    """What was adjusted after the day ``since`` and by the end of ``until``: what holds from a day of the span, and
    what was approved in it for another day. One query, three where there is anything.

    The projects with which a programme began are the programme, no adjustment of it. ``streets`` narrows to what
    concerns some streets, by id: a project that has moved is no business of the one it left any more.
    """
    span = _Span(since, until)
    first, end = span.moments
    approved = ProjectChange.objects.filter(state=ChangeState.APPROVED, kind__in=_TOLD)
    decided = approved.filter(project=OuterRef("pk"), decided_at__gte=first, decided_at__lt=end)
    left = FormerStreet.objects.filter(
        project=OuterRef("pk"), until_on__gt=since, until_on__lte=until
    )
    rows = (
        projects.filter(approved_on__isnull=False)
        .filter(
            Q(approved_on__gt=since, approved_on__lte=until)
            | Q(cancelled_on__gt=since, cancelled_on__lte=until)
            | Q(Exists(decided))
            | Q(Exists(left))
        )
        .select_related("street", "programme")
        .prefetch_related(
            Prefetch(
                "changes", approved.order_by("decided_at", "pk"), to_attr="approved_enrolments"
            ),
            Prefetch(
                "former_streets",
                FormerStreet.objects.select_related("street").order_by("until_on"),
                to_attr="streets_left",
            ),
        )
    )
    found = [each for project in rows for each in _of(project, span)]
    if streets is not None:
        chosen = set(streets)
        found = [
            each
            for each in found
            if each.street.pk in chosen or (each.left is not None and each.left.pk in chosen)
        ]
    return sorted(
        found,
        key=lambda each: (_TOLD.index(each.kind), each.on, each.street.order, each.project.code),
    )


def _of(project: Project, span: _Span) -> Iterator[Adjustment]:
    changes: Sequence[ProjectChange] = project.approved_enrolments  # type: ignore[attr-defined]
    for kind in (ChangeKind.ENTER, ChangeKind.CANCEL, ChangeKind.RESTORE):
        yield from _of_kind(project, kind, [each for each in changes if each.kind == kind], span)
    lefts: Sequence[FormerStreet] = project.streets_left  # type: ignore[attr-defined]
    by_id = {each.pk: each for each in changes}
    for number, stay in enumerate(lefts, start=1):
        if span.holds(stay.until_on):
            to = lefts[number].street if number < len(lefts) else project.street
            change, at = by_id.get(stay.change_id), (to, stay.street)
            yield _made(project, ChangeKind.MOVE, change, stay.until_on, counts=True, at=at)


def _of_kind(
    project: Project, kind: ChangeKind, changes: Sequence[ProjectChange], span: _Span
) -> Iterator[Adjustment]:
    """Once for each kind: as it holds, where that is from a day of the span; else as it was last approved in it."""
    day = {ChangeKind.ENTER: project.approved_on, ChangeKind.CANCEL: project.cancelled_on}.get(kind)
    newest = changes[-1] if changes else None
    if day is not None and span.holds(day):
        entry = next((each for each in reversed(changes) if not each.corrects_entry), None)
        if kind != ChangeKind.ENTER or not _is_founding(project, entry, day, span):
            yield _made(project, kind, newest, day, counts=True)
            return
        changes = [each for each in changes if each.corrects_entry]
    for change in reversed(changes):
        if change.decided_at is None:
            continue
        decided_on = local_day(change.decided_at)
        if not span.holds(decided_on):
            continue
        on = change.effective_on or decided_on
        is_entry = kind == ChangeKind.ENTER and not change.corrects_entry
        if is_entry and _is_founding(project, change, on, span):
            return
        yield _made(
            project,
            kind,
            change,
            on,
            counts=False,
            is_late=on <= span.since,
            is_correction=change.corrects_entry,
            is_undone=kind == ChangeKind.CANCEL and project.cancelled_on != change.effective_on,
        )
        return


def _is_founding(project: Project, change: ProjectChange | None, on: date, span: _Span) -> bool:
    """Whether it is one of the projects with which the programme itself began in the span."""
    programme = project.programme
    own = change is None or change.document_number == programme.document_number
    return own and on <= programme.approved_on and span.holds(programme.approved_on)


def _made(
    project: Project,
    kind: ChangeKind,
    change: ProjectChange | None,
    on: date,
    *,
    counts: bool,
    is_late: bool = False,
    is_correction: bool = False,
    is_undone: bool = False,
    at: tuple[Organisation, Organisation | None] | None = None,
) -> Adjustment:
    approved_on = None
    if change is not None and change.decided_at is not None:
        approved_on = change.approved_on or local_day(change.decided_at)
    street, left = at or (_street_on(project, on), None)
    number = "" if change is None else change.document_number
    if change is None and kind == ChangeKind.ENTER and on <= project.programme.approved_on:
        number = project.programme.document_number
    return Adjustment(
        kind=kind,
        project=project,
        street=street,
        left=left,
        on=on,
        approved_on=approved_on,
        document_number=number,
        change_id=None if change is None else change.pk,
        counts=counts,
        is_late=is_late,
        is_correction=is_correction,
        is_undone=is_undone,
    )


def _street_on(project: Project, day: date) -> Organisation:
    """The street that a project was in on a day."""
    lefts: Sequence[FormerStreet] = project.streets_left  # type: ignore[attr-defined]
    return next((each.street for each in lefts if each.until_on > day), project.street)


# -- words -------------------------------------------------------------------------------------------
def together(
    adjustments: Iterable[Adjustment],
) -> list[tuple[Adjustment, ...]]:
    """Those that say the same of several projects, as one: same act, streets, days and document."""
    groups: dict[tuple[object, ...], list[Adjustment]] = {}
    for each in adjustments:
        streets = (each.left.pk, each.street.pk) if each.left is not None else ()
        key = (each.act, each.on, each.approved_on, each.document_number, streets)
        groups.setdefault(key, []).append(each)
    return [tuple(group) for group in groups.values()]


def named_projects(names: Sequence[str]) -> str:
    """文昌园小区、松龄小区, or the first of many and how many there are."""
    if len(names) <= MOST_NAMED:
        return join(names)
    return f"{join(names[:MOST_NAMED])}等 {len(names)} 个"


def span_sentence(adjustments: Sequence[Adjustment], *, span: str, today: date) -> str:
    """What is to be known where figures of two days are compared: 其中 1 个项目本周列入（文昌园小区），1 个项目由
    般阳路街道移交松龄路街道（柳泉小区）。 ``span`` is 本周; "" where nothing was adjusted."""
    clauses: dict[str, list[str]] = {}
    backdated: list[str] = []
    for each in adjustments:
        name = each.project.name
        if each.counts:
            what = f"{span}{each.act}"
            if each.left is not None:
                what = f"由{each.left.short_name}移交{each.street.short_name}"
            clauses.setdefault(what, []).append(name)
        elif each.is_late and not each.is_correction and each.kind == ChangeKind.ENTER:
            backdated.append(f"{name}{near_date(each.on, today)}起计入")
    said = ""
    if clauses:
        parts = [
            f"{len(names)} 个项目{what}（{named_projects(names)}）"
            for what, names in clauses.items()
        ]
        said = f"其中 {'，'.join(parts)}。"
    if backdated:
        said += (
            f"{'另有' if said else ''} {len(backdated)} 个项目{span}批准补列（{named_projects(backdated)}），"
            "此前各期的数已按此重算。"
        ).lstrip()
    return said
