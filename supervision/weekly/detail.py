"""What the page of one return shows: rows beside the earlier week, acts, history, what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.errors import Fault, Severity
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from renovation.intake.models import Upload

from .checks import check_report
from .columns import COLUMNS
from .comparison import ProjectContext, WeekContext, contexts_of, load_context
from .enums import APPROVED_STATES, PENDING_STATES, ReturnAct
from .kept import as_sent, kept_of, key_of, noticed_in
from .looked_at import edition_before, edition_of
from .models import ReturnEvent, WeeklyReport, WeeklyReturn
from .plausibility import street_unusual
from .policies import FILLABLE
from .unchanged import Statement, statement_of
from .values import FIELDS, ReportValues

#: Field of the values → what people call it.
LABELS: dict[str, str] = {
    {"completed_investment": "completed_investment_fen"}.get(
        column.field, column.field
    ): column.label
    for column in COLUMNS
}

_DAYS = frozenset({"claimed_start_on", "claimed_completion_on"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """A reporting project with what the return says of it, None where it says nothing yet."""

    context: ProjectContext
    report: WeeklyReport | None
    faults: tuple[Fault, ...]

    @property
    def progress_change(self) -> Decimal | None:
        """百分点 since the earlier figure."""
        last, report = self.context.last, self.report
        if last is None or report is None or report.progress_percent is None:
            return None
        return report.progress_percent - last.progress_percent

    @property
    def investment(self) -> str:
        """万元, two decimals; "" where there is none."""
        report = self.report
        return "" if report is None else wanyuan(report.completed_investment_fen)

    @property
    def last_investment(self) -> str:
        return wanyuan(self.context.last.completed_investment_fen) if self.context.last else ""

    @property
    def investment_change_fen(self) -> int | None:
        """分 since the earlier figure."""
        last, report = self.context.last, self.report
        if last is None or report is None or report.completed_investment_fen is None:
            return None
        return report.completed_investment_fen - last.completed_investment_fen

    @property
    def investment_change(self) -> Decimal | None:
        """万元 since the earlier figure."""
        fen = self.investment_change_fen
        return None if fen is None else Decimal(fen) / 1000000

    @property
    def heavy(self) -> list[Fault]:
        """What holds the row: faults, and questions without a reason."""
        return [fault for fault in self.faults if fault.severity is not Severity.NOTICE]

    @property
    def notices(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.severity is Severity.NOTICE]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A value that a resubmission or an edit changed."""

    project: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the rows of a return come to: money in 分, persons; None where nothing is known. ``invested_change_fen``
    is of the rows that have an earlier figure, ``first_count`` are those that tell one for the first time."""

    last_invested_fen: int | None
    invested_fen: int | None
    invested_change_fen: int | None
    workers_count: int | None
    first_count: int


@dataclass(frozen=True, kw_only=True)
class Detail:
    """``rows`` of the reporting projects, of an approved version those that were approved; ``remarks`` about all of
    it, ``changes`` since it was sent back; ``events`` of the version; ``before`` the edition of the earlier figures
    beside a return that waits, as an approval is given to it ("" beside any other)."""

    rows: tuple[Row, ...]
    events: tuple[ReturnEvent, ...]
    changes: tuple[Change, ...]
    since: datetime | None
    remarks: tuple[str, ...] = ()
    before: str = ""

    @property
    def filled(self) -> list[Row]:
        return [row for row in self.rows if row.report is not None]

    @property
    def statement(self) -> Statement | None:
        """That the whole return is unchanged (零报告), where it is and somebody stated it."""
        if self.missing:
            return None
        return statement_of([row.report for row in self.rows if row.report is not None])

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.rows if row.report is None]

    @property
    def sums(self) -> Sums:
        lasts = [row.context.last for row in self.rows]
        spent = [row.report.completed_investment_fen if row.report else None for row in self.rows]
        return Sums(
            last_invested_fen=_sum(
                last.completed_investment_fen if last else None for last in lasts
            ),
            invested_fen=_sum(spent),
            invested_change_fen=_sum(row.investment_change_fen for row in self.rows),
            workers_count=_sum(
                row.report.workers_count if row.report else None for row in self.rows
            ),
            first_count=sum(
                last is None and fen is not None for last, fen in zip(lasts, spent, strict=True)
            ),
        )

    @property
    def held(self) -> list[Row]:
        """Rows that keep the return from being submitted."""
        return [row for row in self.rows if row.report is None or row.heavy]


def _sum(values: Iterable[int | None]) -> int | None:
    """The sum of what is known, None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def wanyuan(fen: int | None) -> str:
    """`98.50` in 万元, "" for none."""
    return "" if fen is None else format_decimal(wanyuan_from_fen(fen), 2)


def detail_of(
    *, street: Organisation, week: Week, weekly_return: WeeklyReturn | None, now: datetime
) -> Detail:
    """The return of a street and week beside what it is compared with, that of now or of its approval; None where
    there is none yet. The notices of one that was sent are those of its submission."""
    at = _compared_at(weekly_return)
    context = load_context(street=street, week=week, moment=_judged_at(weekly_return, now), at=at)
    reports: dict[str, WeeklyReport] = {}
    events: tuple[ReturnEvent, ...] = ()
    if weekly_return is not None:
        stored = weekly_return.reports.select_related("project", "unchanged_by", "updated_by")
        reports = {report.project.code: report for report in stored}
        events = tuple(weekly_return.events.select_related("by", "stands_for"))
    if (
        at is not None and reports.keys() != context.projects.keys()
    ):  # who reports has changed since
        told = [report.project for report in reports.values()]
        context = replace(context, projects=contexts_of(projects=told, week=week, at=at))
    is_sent = weekly_return is not None and weekly_return.state not in FILLABLE
    kept = noticed_in(events) if is_sent else None
    rows = []
    for code, project in context.projects.items():
        report = reports.get(code)
        found = check_report(ReportValues.of(report), project, context.terms) if report else []
        faults = (
            as_sent(found, project_id=project.project_id, code=code, kept=kept)
            if is_sent
            else tuple(found)
        )
        rows.append(Row(context=project, report=report, faults=faults))
    before, since = _before(events)
    changes = _changes(before, list(reports.values())) if before is not None else ()
    spent = {code: report.completed_investment_fen for code, report in reports.items()}
    return Detail(
        rows=tuple(rows),
        events=events,
        changes=changes,
        since=since,
        remarks=tuple(finding.message for finding in street_unusual(spent, context)),
        before=_edition_before(weekly_return, context, reports),
    )


def _edition_before(
    shown: WeeklyReturn | None, context: WeekContext, reports: Mapping[str, WeeklyReport]
) -> str:
    """As ``Detail.before``. No query but where a project in the return reports no more."""
    if shown is None or shown.state not in PENDING_STATES:
        return ""
    told = {code: each for code, each in context.projects.items() if code in reports}
    if len(told) < len(reports):
        return edition_before(weekly_return=shown)
    spent = {code: report.completed_investment_fen for code, report in reports.items()}
    return edition_of(told=told, spent=spent, context=context)


def _judged_at(shown: WeeklyReturn | None, now: datetime) -> datetime:
    """When the rows of a return were judged: at its submission, or now where they may still change."""
    sent = shown is not None and shown.state not in FILLABLE and shown.submitted_at
    return sent or now


def _compared_at(shown: WeeklyReturn | None) -> datetime | None:
    """When the earlier figures counted that a return is compared with: at its approval, so that what stands beside it
    is what its approver saw; None for those of now."""
    return shown.approved_at if shown is not None and shown.state in APPROVED_STATES else None


def _before(
    events: Sequence[ReturnEvent],
) -> tuple[list[dict[str, object]] | None, datetime | None]:
    """What stood in the return when it was last sent back, and when that was."""
    rows, found, since = None, None, None
    for event in events:
        if event.act == ReturnAct.SUBMIT:
            rows = event.rows
        elif event.act == ReturnAct.SEND_BACK:
            found, since = rows, event.at
    return found, since


def _changes(
    before: Sequence[dict[str, object]], reports: Sequence[WeeklyReport]
) -> tuple[Change, ...]:
    old = {key_of(row): row for row in before}
    found = []
    for report in sorted(reports, key=lambda report: report.project.code):
        earlier = kept_of(old, project_id=report.project_id, code=report.project.code) or {}
        now = ReportValues.of(report).as_json()
        found += [
            Change(
                project=report.project.name,
                label=LABELS[name],
                before=_shown(name, earlier.get(name)),
                after=_shown(name, now[name]),
            )
            for name in FIELDS
            if (earlier.get(name) or None) != (now[name] or None)
        ]
    return tuple(found)


def quoted(row: Mapping[str, object]) -> list[tuple[str, str]]:
    """A stored row (``ReportValues.as_json``) in people's words: (label, value) of the two figures and of all
    that was filled in."""
    always = {"progress_percent", "completed_investment_fen"}
    return [
        (LABELS[name], _shown(name, row.get(name)))
        for name in FIELDS
        if name in always or row.get(name)
    ]


def _shown(name: str, value: object) -> str:
    if value is None or value == "":
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "completed_investment_fen":
        return wanyuan(int(str(value)))
    if name in _DAYS:
        return chinese_date(date.fromisoformat(str(value)))
    return str(value)


def files_of(*, detail: Detail, scope: Scope) -> list[Upload]:
    """The workbooks that the rows of a return came in with, the newest first; no query where all were typed."""
    ids = {row.report.upload_id for row in detail.rows if row.report and row.report.upload_id}
    if not ids:
        return []
    rows = Upload.objects.visible_to(scope).filter(pk__in=ids)
    return list(rows.select_related("file", "received_by").order_by("-pk"))
