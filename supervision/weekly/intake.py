"""The weekly return as a pipeline of the intake: columns, rules, context, commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from renovation.accounts.enums import OrganisationKind, Permission, TokenScope
from renovation.accounts.models import User
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.core.reading import fen_from_wanyuan
from renovation.face.wording import moment
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Description,
    Finding,
    Pipeline,
    Row,
    RowFacts,
    Taken,
    Target,
    Template,
    Value,
)

from . import columns, services, workbook
from .checks import ROW_RULES, RULES, SHEET_RULES, check_values
from .comparison import ProjectContext, WeekContext, load_context
from .leaving import is_left
from .models import WeeklyReturn
from .opening.pipeline import OPENING_WEEKS
from .policies import FILLABLE, check_window
from .standing import met_due, reported_at
from .values import ReportValues
from .weeks import Phase, bureau_of, closing_moment, moments_of
from .written import written_rows


def week_of(target: Target) -> Week:
    """The week of a target; Refusal ``week.unknown`` where its key is no Monday."""
    try:
        return Week.from_key(target.period_key)
    except ValueError:
        raise Refusal("week.unknown", "没有这一周。") from None


def admit(target: Target, now: datetime) -> None:
    """Refuse a week that takes nothing in now, and a return that is not the clerk's at present."""
    week = week_of(target)
    street = target.organisation
    if street.kind != OrganisationKind.STREET:
        raise Refusal("week.street", "周报由街道报送。")
    newest = (
        WeeklyReturn.objects.filter(street=street, week_start=week.start)
        .order_by("-version")
        .first()
    )
    if newest is not None and newest.state not in FILLABLE:
        raise StateConflict(
            f"{week.label}周报{newest.get_state_display()}，退回或更正后才能再上传。",
            state=newest.state,
        )
    if newest is not None and newest.version > 1:
        return
    moments = moments_of(bureau=bureau_of(street), week=week, now=now)
    closes_at = closing_moment(street=street, moments=moments)
    is_reported = (
        newest is not None
        and closes_at is not None
        and reported_at(first=newest, events=newest.events.all(), moment=min(now, closes_at))
    )
    check_window(moments=moments, closes_at=closes_at, now=now, is_reported=is_reported)


def context(target: Target, keys: Sequence[str], now: datetime) -> WeekContext:
    """What the rows are compared with, and what they would be written over."""
    street, week = target.organisation, week_of(target)
    loaded = load_context(street=street, week=week, codes=keys, moment=now)
    return replace(loaded, written=written_rows(street=street, week=week))


def written(week: WeekContext) -> Mapping[str, Mapping[str, Value]]:
    """What the open return says already, by project code."""
    return {
        code: week.written[project.project_id].values
        for code, project in week.projects.items()
        if project.project_id in week.written
    }


def values_of(row: Row, project: ProjectContext, *, explanation: str | None = None) -> ReportValues:
    """A row of the workbook as the values of a report, with another explanation than the workbook's where
    one is given."""
    values = row.values

    def text(name: str) -> str:
        found = values.get(name)
        return "" if found is None else str(found)

    amount = values.get("completed_investment")
    workers = values.get("workers_count")
    return ReportValues(
        project_id=project.project_id,
        progress_percent=_decimal(values.get("progress_percent")),
        completed_investment_fen=fen_from_wanyuan(amount) if isinstance(amount, Decimal) else None,
        work_done=text("work_done"),
        problems=text("problems"),
        coordination=text("coordination"),
        next_plan=text("next_plan"),
        workers_count=workers if isinstance(workers, int) else None,
        claimed_start_on=values.get("claimed_start_on"),  # type: ignore[arg-type]
        claimed_completion_on=values.get("claimed_completion_on"),  # type: ignore[arg-type]
        is_unchanged=values.get("is_unchanged") is True,
        explanation=text("explanation") if explanation is None else explanation,
        source_row=row.number,
    )


def _decimal(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def check_row(row: Row, week: WeekContext) -> Iterator[tuple[str, Finding]]:
    """Whose row it is, then its values; of one that is left as it is written the values are judged when the return is
    sent."""
    for rule in ROW_RULES:
        if rule.check is not None:
            for finding in rule.check(row, week):
                yield rule.code, finding
    project = week.projects.get(row.key)
    if project is not None and not is_left(row, week):
        yield from check_values(values_of(row, project), project, week.terms, unread=row.faulty)


def check_sheet(rows: Sequence[Row], week: WeekContext) -> Iterator[tuple[str, Finding]]:
    """What the sheet as a whole lacks."""
    for rule in SHEET_RULES:
        if rule.check is not None:
            for finding in rule.check(rows, week):
                yield rule.code, finding


def facts(key: str, week: WeekContext | None) -> RowFacts | None:
    """Name and earlier figures of a row's project."""
    if week is None:
        return None
    project = week.projects.get(key)
    if project is None:
        known = week.elsewhere.get(key)
        return RowFacts(name=known.name) if known and known.is_ours else None
    last = project.last
    before: dict[str, Value] = {}
    if last is not None:
        before = {
            columns.PROGRESS.field: last.progress_percent,
            columns.INVESTMENT.field: columns.wanyuan(last.completed_investment_fen),
        }
    return RowFacts(name=project.name, before=before)


def present(key: str, week: WeekContext) -> Mapping[str, Value]:
    """The locked values as the ledger says them now."""
    project = week.projects.get(key)
    return workbook.locked_values(project, week.street) if project else {}


def commit(
    target: Target,
    taken: Sequence[Taken],
    loaded: WeekContext,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Write the rows into the street's return, which is opened where there is none; over what was looked at alone."""
    week = week_of(target)
    weekly_return = services.open_return(street=target.organisation, week=week, by=by, now=now)
    services.write_reports(
        weekly_return=weekly_return,
        rows=[
            values_of(each.row, loaded.projects[each.row.key], explanation=each.explanation)
            for each in taken
            if not is_left(each.row, loaded)
        ],
        by=by,
        now=now,
        upload=upload,
        seen={pk: row.edition for pk, row in loaded.written.items()},
    )


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload of this street and week."""
    week, street = week_of(target), target.organisation
    place = {"week_start": week.key, "street": street.code}
    return Description(
        title=street.short_name,
        period=f"{week.label}周报",
        back=(("周报", reverse("weekly:returns")), (f"第{week.number}周", _return_href(place))),
        upload_href=reverse("weekly:upload", kwargs=place),
        result_href=_return_href(place),
        result_word="到周报页报送",
        template_href=reverse("weekly:workbook", kwargs=place),
        rules_href=reverse("weekly:rules"),
        held_sentence="有暂留行时周报停在草稿，不能报送；改好后重新上传，已写入的行不必再填。",
        deadline=_deadline(target, week, now),
        then="写入的数在周报草稿里，报送以后才进入审核和核定。",
    )


def _return_href(place: Mapping[str, str]) -> str:
    return reverse("weekly:street_week", kwargs=dict(place))


def _deadline(target: Target, week: Week, now: datetime) -> tuple[str, str]:
    moments = moments_of(bureau=bureau_of(target.organisation), week=week, now=now)
    closes = closing_moment(street=target.organisation, moments=moments)
    if moments.due_at is None or closes is None:
        return "", ""
    due, phase = moment(moments.due_at), moments.phase(now, closes_at=closes)
    if phase is Phase.OPEN:
        minutes = int((moments.due_at - now).total_seconds()) // 60
        hours, rest = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        left = f"{days} 天 {hours} 小时" if days else f"{hours} 小时 {rest} 分"
        return due, f"还有 {left}，{moment(closes)} 前为迟报"
    if phase is Phase.LATE:
        first = WeeklyReturn.objects.filter(
            street=target.organisation, week_start=week.start, version=1
        ).first()
        if first is not None and met_due(first=first, moments=moments):
            return due, f"已按时报过，{moment(closes)} 关闭以前改好再报不算迟报"
        return due, f"已过，{moment(closes)} 关闭，现在报送为迟报"
    return due, f"已于 {moment(closes)} 关闭"


def template(target: Target, now: datetime) -> Template:
    """The pre-filled workbook."""
    return workbook.build(street=target.organisation, week=week_of(target), now=now)


def period_label(key: str) -> str:
    """第38周（9月15日—9月21日）, the key itself where it is no week."""
    try:
        return Week.from_key(key).label
    except ValueError:
        return key


WEEKLY = Pipeline(
    code=workbook.PIPELINE,
    label="周报",
    columns=columns.COLUMNS,
    key=columns.CODE.field,
    rules=RULES,
    read_permission=Permission.RETURN_READ,
    write_permission=Permission.RETURN_FILL,
    admit=admit,
    context=context,
    check_row=check_row,
    check_sheet=check_sheet,
    facts=facts,
    present=present,
    written=written,
    keeps_blank=True,
    expected_count=lambda week: len(week.projects),
    commit=commit,
    describe=describe,
    template=template,
    period_label=period_label,
    reason_field=columns.EXPLANATION.field,
    unchanged_field=columns.UNCHANGED.field,
    token_scope=TokenScope.RETURNS,
)
PIPELINES = [WEEKLY, OPENING_WEEKS]
