"""Opening returns as a pipeline of the intake: one row a project and week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse

from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, Severity
from renovation.core.measures import format_decimal
from renovation.core.periods import Week
from renovation.core.reading import fen_from_wanyuan
from renovation.core.wording import chinese_date
from renovation.intake.blanks import blank_workbook
from renovation.intake.declaring import (
    NUMBER,
    bureau_of_year,
    by_rules,
    nothing_filled,
    numbered,
    required_cells,
    rule,
    unknown_name,
    year_label,
)
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Column,
    Description,
    Finding,
    Kind,
    Pipeline,
    Row,
    RuleScope,
    Show,
    Taken,
    Target,
    Template,
    Words,
)
from renovation.intake.standard import standard_rules
from supervision.weekly.columns import HUNDRED, MOST_WANYUAN
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReport, WeeklyReturn

from .services import SENT, OpeningReport, write_openings

CODE = "opening_weeks"
SHEET = "期初周报"
PROJECT = Column(
    field="project",
    header="项目编号",
    longest=30,
    required=True,
    expected="台账里的项目编号，如 ZC2025-01",
    show=Show.TEXT,
)
MONDAY = Column(
    field="week_start",
    header="周一日期",
    kind=Kind.DATE,
    required=True,
    expected="那一周的星期一，如 2025-3-3",
    show=Show.TEXT,
)
PROGRESS = Column(
    field="progress_percent",
    header="累计形象进度(%)",
    kind=Kind.DECIMAL,
    places=1,
    minimum=Decimal(0),
    maximum=HUNDRED,
    percent=True,
    required=True,
    expected="0—100 的数，最多一位小数，到那个周日为止的累计数",
    short="形象进度（%）",
    show=Show.COMPARE,
)
INVESTMENT = Column(
    field="completed_investment",
    header="累计完成投资(万元)",
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal(0),
    maximum=MOST_WANYUAN,
    required=True,
    expected="不小于 0 的数，最多两位小数，累计数",
    short="完成投资（万元）",
    show=Show.COMPARE,
)
EXPLANATION = Column(
    field="explanation",
    header="说明",
    expected="500 个字以内；累计数比前一周减少的，写明原因",
)
COLUMNS = (NUMBER, PROJECT, MONDAY, PROGRESS, INVESTMENT, EXPLANATION)


@dataclass(frozen=True)
class Stored:
    """What a return already says of a project and week; ``is_open`` where it may still be replaced."""

    progress_percent: Decimal | None
    investment_fen: int | None
    is_open: bool


@dataclass(frozen=True)
class Past:
    """What the rows are judged by: the bureau's projects by code, the newest version of what is stored by
    (project, Monday), the streets' weeks that have an ordinary return, the names of the streets whose sent
    return tells of a (project, Monday) that is not theirs, and this week."""

    projects: Mapping[str, Project]
    stored: Mapping[tuple[int, date], Stored]
    taken_weeks: frozenset[tuple[int, date]]
    told_elsewhere: Mapping[tuple[int, date], str]
    this_week: Week
    row_count: int


def context(target: Target, keys: Sequence[str], now: datetime) -> Past:
    """Projects with the streets that they were in, returns and their rows of the bureau: five queries at most."""
    rows = Project.objects.filter(programme__bureau=target.organisation).select_related("street")
    projects = {
        project.code: project for project in rows.prefetch_related("former_streets__street")
    }
    by_id = {project.pk: project for project in projects.values()}
    streets = {project.street_id: project.street for project in projects.values()}
    for project in projects.values():
        streets.update((left.street_id, left.street) for left in project.former_streets.all())
    returns = WeeklyReturn.objects.filter(street_id__in=streets).order_by("version")
    newest = {(each.street_id, each.week_start): each for each in returns}
    sent = {(each.street_id, each.week_start): each for each in returns if each.state in SENT}
    owners = {each.pk: each for each in (*newest.values(), *sent.values())}
    stored: dict[tuple[int, date], Stored] = {}
    told_elsewhere: dict[tuple[int, date], str] = {}
    for report in WeeklyReport.objects.filter(
        weekly_return__in=list(owners), project__in=list(by_id)
    ):
        owner = owners[report.weekly_return_id]
        key, place = (report.project_id, owner.week_start), (owner.street_id, owner.week_start)
        if by_id[report.project_id].street_on(owner.week_start).pk != owner.street_id:
            if sent.get(place) == owner:
                told_elsewhere[key] = streets[owner.street_id].short_name
        elif newest[place] == owner:
            stored[key] = Stored(
                report.progress_percent, report.completed_investment_fen, _is_open(owner)
            )
    return Past(
        projects=projects,
        stored=stored,
        taken_weeks=frozenset(key for key, row in newest.items() if not _is_open(row)),
        told_elsewhere=told_elsewhere,
        this_week=Week.of(local_day(now)),
        row_count=len(set(keys)),
    )


def _is_open(weekly_return: WeeklyReturn) -> bool:
    """An opening return that waits for approval takes in more rows, and other figures."""
    return weekly_return.is_opening and weekly_return.state == ReturnState.REVIEWED


# -- the rules ---------------------------------------------------------------------------------------
def no_monday(row: Row, past: Past) -> Iterator[Finding]:
    """A week is named by its Monday."""
    day = row.values.get(MONDAY.field)
    if isinstance(day, date) and day.weekday() != 0:
        monday = Week.of(day).start
        yield Finding(
            message=f"{chinese_date(day)} 不是星期一",
            field=MONDAY.field,
            found=chinese_date(day),
            expected=f"那一周的星期一是 {chinese_date(monday)}",
        )


def not_past(row: Row, past: Past) -> Iterator[Finding]:
    """Only weeks that are over come in as opening entries."""
    day = row.values.get(MONDAY.field)
    if isinstance(day, date) and day >= past.this_week.start:
        yield Finding(
            message=f"{chinese_date(day)} 那一周还没有过去",
            field=MONDAY.field,
            found=chinese_date(day),
            expected=f"早于 {chinese_date(past.this_week.start)}；本周的用周报报送",
        )


def before_programme(row: Row, past: Past) -> Iterator[Finding]:
    """The project had been programmed by that Sunday."""
    named = _named(row, past)
    entered_on = None if named is None else named[0].approved_on
    if named is not None and (entered_on is None or entered_on > Week.of(named[1]).end):
        project, day = named
        yield Finding(
            message=f"{project}那一周还没有列入计划",
            field=MONDAY.field,
            found=chinese_date(day),
            expected=f"{chinese_date(entered_on)} 列入计划，那一周起才有进度"
            if entered_on
            else "先批准列入计划，再导入以前的进度",
        )


def already_reported(row: Row, past: Past) -> Iterator[Finding]:
    """A week of which the project's street of that week has an ordinary or an approved return, or of which
    another street has told, is corrected there."""
    named = _named(row, past)
    if named is None:
        return
    project, day = named
    street = project.street_on(day)
    told = past.told_elsewhere.get((project.pk, day))
    if told is not None or (street.pk, day) in past.taken_weeks:
        yield Finding(
            message=f"{street.short_name}这一周已有周报"
            if told is None
            else f"{told}这一周的周报里已有{project}",
            field=MONDAY.field,
            found=chinese_date(day),
            expected="没有周报的一周；已核定的用“更正”",
        )


def doubled(rows: Sequence[Row], past: Past) -> Iterator[Finding]:
    """A project has one row a week."""
    seen: dict[tuple[int, date], int] = {}
    for row in rows:
        named = _named(row, past)
        if named is None:
            continue
        key = (named[0].pk, named[1])
        if key in seen:
            yield Finding(
                message=f"{named[0]}这一周在第 {seen[key]} 行已有一行",
                field=PROJECT.field,
                found=f"第 {seen[key]} 行、第 {row.number} 行",
                expected="每个项目每周一行",
                row=row.number,
            )
        seen.setdefault(key, row.number)


def falls(rows: Sequence[Row], past: Past) -> Iterator[Finding]:
    """A cumulative figure does not fall from one week to the next without a reason."""
    series: dict[int, dict[date, tuple[Decimal, Row | None]]] = {}
    for (project_id, day), stored in past.stored.items():
        if stored.progress_percent is not None:
            series.setdefault(project_id, {})[day] = (stored.progress_percent, None)
    for row in rows:
        named = _named(row, past)
        percent = row.values.get(PROGRESS.field)
        if named is not None and isinstance(percent, Decimal):
            series.setdefault(named[0].pk, {})[named[1]] = (percent, row)
    for days in series.values():
        before: tuple[date, Decimal] | None = None
        for day, (percent, maybe) in sorted(days.items()):
            if maybe is not None and before is not None and percent < before[1]:
                yield Finding(
                    message=f"累计形象进度小于前一次：{format_decimal(percent, 1)}",
                    field=PROGRESS.field,
                    found=f"{format_decimal(percent, 1)}，{chinese_date(before[0])} 那周 {format_decimal(before[1], 1)}",
                    expected=f"不小于 {format_decimal(before[1], 1)}；确实减少的，说明原因",
                    row=maybe.number,
                )
            before = (day, percent)


def _named(row: Row, past: Past) -> tuple[Project, date] | None:
    """The project and Monday that a row means, None where one of them is missing or wrong."""
    project = past.projects.get(str(row.values.get(PROJECT.field, "")))
    day = row.values.get(MONDAY.field)
    if project is None or not isinstance(day, date) or day.weekday() != 0:
        return None
    return project, day


_CELL, _ROW = RuleScope.CELL, RuleScope.ROW
ROW_RULES = (
    rule("O101", required_cells((PROJECT, MONDAY, PROGRESS, INVESTMENT)), "必填未填", "除说明外各列都要填。", "没填累计完成投资", _CELL),
    rule("O134", no_monday, "不是星期一", "周一日期填那一周的星期一。", "2025-3-5（星期三）", _CELL),
    rule("O135", not_past, "还没有过去", "只收已经过去的周。", "本周一", _CELL),
    rule("O142", unknown_name(PROJECT, lambda past: past.projects, "项目编号 {} 不在台账里", PROJECT.expected), "编号不在台账", "先登记项目，再导入它的进度。", "ZC2025-99", _CELL),
    rule("O145", before_programme, "还没有列入计划", "列入计划以前的周没有进度。", "去年的周", _CELL),
    rule("O151", already_reported, "已有周报", "已有周报的周不导入，用更正。", "已核定的周", _ROW),
)  # fmt: skip
DOUBLED = rule("O146", doubled, "一周两行", "每个项目每周一行。", "同一周抄了两遍", _ROW)
FALLS = rule(
    "O201",
    falls,
    "进度减少",
    "累计形象进度小于前一周的，说明原因。",
    "33.5 之后 33.0",
    _CELL,
    Severity.REASON,
)
RULES = tuple(
    sorted((*standard_rules("O"), *ROW_RULES, DOUBLED, FALLS), key=lambda rule: rule.code)
)


# -- the pipeline ------------------------------------------------------------------------------------
def commit(
    target: Target,
    taken: Sequence[Taken],
    past: Past,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Write the rows into opening returns, which then wait for the bureau's reviewer."""
    reports = []
    for each in taken:
        named = _named(each.row, past)
        progress = each.row.values.get(PROGRESS.field)
        amount = each.row.values.get(INVESTMENT.field)
        if named is None or not isinstance(progress, Decimal) or not isinstance(amount, Decimal):
            raise Refusal("opening.row", f"第 {each.row.number} 行现在读不出来，请重新上传。")
        reports.append(
            OpeningReport(
                project=named[0],
                week=Week(named[1]),
                progress_percent=progress,
                completed_investment_fen=fen_from_wanyuan(amount),
                explanation=each.explanation,
                source_row=each.row.number,
            )
        )
    write_openings(reports=reports, upload=upload, by=by, now=now)


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload."""
    year = int(target.period_key)
    here = reverse("weekly:opening", args=[year])
    return Description(
        title="期初周报",
        period=f"{year}年度",
        back=(("周报", reverse("weekly:returns")), ("期初周报", here)),
        upload_href=here,
        result_href=here,
        result_word="看待核定的期初周报",
        template_href=reverse("weekly:opening_template", args=[year]),
        rules_href=reverse("weekly:opening_rules"),
        held_sentence="写入的行成为期初周报，由区局审核岗核定后计入；暂留的行不写入，改好后重新上传即可。",
    )


def template(target: Target, now: datetime) -> Template:
    """The empty workbook."""
    content = blank_workbook(
        pipeline=CODE,
        columns=COLUMNS,
        sheet=SHEET,
        title=f"{target.organisation.district_name}{target.period_key}年度期初周报",
        hint="每个项目每周一行，填到那个周日为止的累计数。不必每周都有。序号每行一个，不重复。填数值，不填公式。",
        organisation=target.organisation,
        period_key=target.period_key,
        choices={},
        now=now,
    )
    return Template(name=f"{target.period_key}年度期初周报.xlsx", content=content)


OPENING_WEEKS = Pipeline(
    code=CODE,
    label="期初周报",
    columns=COLUMNS,
    key=NUMBER.field,
    rules=RULES,
    read_permission=Permission.LEDGER_WRITE,
    write_permission=Permission.LEDGER_WRITE,
    admit=bureau_of_year("期初周报"),
    context=context,
    check_row=by_rules(ROW_RULES),
    check_sheet=by_rules((DOUBLED, FALLS)),
    facts=numbered,
    present=nothing_filled,
    expected_count=lambda past: past.row_count,
    commit=commit,
    describe=describe,
    template=template,
    period_label=year_label,
    words=Words(row="行", names="项目", letter="O", last_step="核定", where="期初周报页面"),
    reason_field=EXPLANATION.field,
)
