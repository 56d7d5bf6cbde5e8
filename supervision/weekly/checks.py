"""The checks of a weekly return: one function a rule, all rules in one list with stable codes.

The same rules judge the rows of a workbook and the browser form (`check_report`). Sources: CONTRACT.md,
weekly workbook; MEASURES.md, returns. Each function answers with what it finds, with nothing where nothing is wrong;
`Finding.field` is the field of `columns.COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from renovation.core.errors import Fault, Severity
from renovation.core.measures import format_decimal
from renovation.core.reading import fen_from_wanyuan
from renovation.core.wording import chinese_date, short_date
from renovation.intake.pipelines import Column, Finding, Row, Rule, RuleScope
from renovation.intake.standard import standard_rules

from . import columns
from .columns import COMPLETED, INVESTMENT, PROGRESS, STARTED, WORK_DONE, WORKERS
from .comparison import ProjectContext, Terms, WeekContext
from .leaving import left_as_written
from .plausibility import (
    completed_with_little_spent,
    file_used_twice,
    investment_above_plan,
    investment_above_received,
    investment_unusual,
    name_in_other_street,
    progress_unusual,
    progress_while_resting,
    progress_without_start,
    progress_without_workers,
    street_unusual,
)
from .rule_waivers.holding import HoldingWaiver
from .values import ReportValues, percent_text, wanyuan_text

FULL = Decimal(100)
Findings = Iterable[Finding]
ReportCheck = Callable[[ReportValues, ProjectContext, Terms], Iterable[Finding]]
SheetCheck = Callable[[Sequence[Row], WeekContext], Iterable[Finding]]


# -- required ------------------------------------------------------------------------------------
def required_values(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """Progress, investment and what was done are there, unless nothing changed."""
    if values.is_unchanged:
        return
    given = (
        (PROGRESS, values.progress_percent is not None),
        (INVESTMENT, values.completed_investment_fen is not None),
        (WORK_DONE, bool(values.work_done.strip())),
    )
    for column, there in given:
        if not there:
            yield Finding(
                message=f"{column.label}未填",
                field=column.field,
                found="空",
                expected=f"{column.expected}；没有变化的，在“无变化”填“是”",
            )


# -- dates ---------------------------------------------------------------------------------------
def start_after_week(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A start that is claimed has happened by the week's Sunday."""
    return _after_week(values.claimed_start_on, STARTED, terms)


def completion_after_week(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A completion that is claimed has happened by the week's Sunday."""
    return _after_week(values.claimed_completion_on, COMPLETED, terms)


def _after_week(day: date | None, column: Column, terms: Terms) -> Findings:
    if day is not None and day > terms.week.end:
        return [
            Finding(
                message=f"{column.label}晚于本周：{chinese_date(day)}",
                field=column.field,
                found=chinese_date(day),
                expected=f"已经发生的日期，不晚于 {short_date(terms.week.end)}",
            )
        ]
    return ()


def completion_before_start(
    values: ReportValues, project: ProjectContext, terms: Terms
) -> Findings:
    """Nothing is completed before it was started."""
    start = values.claimed_start_on or project.started_on
    end = values.claimed_completion_on
    if start is not None and end is not None and end < start:
        return [
            Finding(
                message=f"{COMPLETED.label}早于开工：{chinese_date(end)}",
                field=COMPLETED.field,
                found=chinese_date(end),
                expected=f"不早于开工日期 {chinese_date(start)}",
            )
        ]
    return ()


# -- no change -----------------------------------------------------------------------------------
def unchanged_but_different(
    values: ReportValues, project: ProjectContext, terms: Terms
) -> Findings:
    """无变化 stands beside last week's figures, or beside none."""
    last = project.last
    if not values.is_unchanged or last is None:
        return
    progress, investment = values.progress_percent, values.completed_investment_fen
    if progress is not None and progress != last.progress_percent:
        yield _different(PROGRESS, percent_text(progress), percent_text(last.progress_percent))
    if investment is not None and investment != last.completed_investment_fen:
        before = wanyuan_text(last.completed_investment_fen)
        yield _different(INVESTMENT, wanyuan_text(investment), before)


def _different(column: Column, now: str, before: str) -> Finding:
    return Finding(
        message=f"填了“无变化”，{column.label}却与上周不同：{now}",
        field=column.field,
        found=f"{now}，上周 {before}",
        expected=f"与上周相同的 {before}，或不填；有变化的，不填“无变化”",
    )


def unchanged_without_earlier(
    values: ReportValues, project: ProjectContext, terms: Terms
) -> Findings:
    """无变化 needs an earlier figure to be unchanged from."""
    if values.is_unchanged and project.last is None:
        return [
            Finding(
                message="填了“无变化”，但这个项目以前没有报过数",
                field="is_unchanged",
                found="以前没有数",
                expected="第一次填报，填本周的累计数",
            )
        ]
    return ()


# -- completion ----------------------------------------------------------------------------------
def completed_below_full(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """What is completed stands at 100 %."""
    progress = values.progress_percent
    if values.claimed_completion_on is not None and progress is not None and progress < FULL:
        return [
            Finding(
                message=f"填了完工日期，{PROGRESS.label}却是 {percent_text(progress)}",
                field=PROGRESS.field,
                found=percent_text(progress),
                expected="完工的填 100.0；没有完工的，不填实际完工日期",
            )
        ]
    return ()


# -- reasons -------------------------------------------------------------------------------------
def progress_lower(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A cumulative figure does not fall without a reason."""
    last, now = project.last, values.progress_percent
    if values.is_unchanged or last is None or now is None or now >= last.progress_percent:
        return ()
    before = percent_text(last.progress_percent)
    return [
        Finding(
            message=f"{PROGRESS.label}小于上周：{percent_text(now)}",
            field=PROGRESS.field,
            found=f"{percent_text(now)}，第{last.week.number}周 {before}",
            expected=f"不小于上周{last.mark}的 {before}；确需调低的，说明原因",
        )
    ]


def investment_lower(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A cumulative amount does not fall without a reason."""
    last, now = project.last, values.completed_investment_fen
    if values.is_unchanged or last is None or now is None or now >= last.completed_investment_fen:
        return ()
    before = wanyuan_text(last.completed_investment_fen)
    return [
        Finding(
            message=f"{INVESTMENT.label}小于上周：{wanyuan_text(now)}",
            field=INVESTMENT.field,
            found=f"{wanyuan_text(now)}，第{last.week.number}周 {before}",
            expected=f"不小于上周{last.mark}的 {before}；确需调低的，说明原因",
        )
    ]


def progress_jump(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A great step in a week is explained (weekly.check.jump_points)."""
    last, now = project.last, values.progress_percent
    if values.is_unchanged or last is None or now is None:
        return ()
    step = now - last.progress_percent
    if step > terms.jump_points:
        since = terms.since(last)
        return [
            Finding(
                message=f"{PROGRESS.label}{since}增加 {percent_text(step)} 个百分点",
                field=PROGRESS.field,
                found=f"{percent_text(now)}，{since}增加 {percent_text(step)} 百分点",
                expected=f"一周增加超过 {format_decimal(terms.jump_points, 1).removesuffix('.0')} 百分点的，说明原因",
            )
        ]
    return ()


# -- notices -------------------------------------------------------------------------------------
def start_differs_from_gate(
    values: ReportValues, project: ProjectContext, terms: Terms
) -> Findings:
    """A start that counts already stays what it is until the ledger is corrected."""
    claimed, known = values.claimed_start_on, project.started_on
    if claimed is not None and known is not None and claimed != known:
        return [
            Finding(
                message=f"{STARTED.label}与台账不同，仍按台账的 {chinese_date(known)}",
                field=STARTED.field,
                found=chinese_date(claimed),
                expected=chinese_date(known),
            )
        ]
    return ()


def dates_without_evidence(values: ReportValues, project: ProjectContext, terms: Terms) -> Findings:
    """A day that is claimed counts for nothing until the ledger has its evidence (MEASURES.md, 开工率)."""
    for column, claimed, known, word in (
        (STARTED, values.claimed_start_on, project.started_on, "开工"),
        (COMPLETED, values.claimed_completion_on, project.completed_on, "完工"),
    ):
        if claimed is not None and claimed <= terms.week.end and known is None:
            yield Finding(
                message=f"填了{column.label}，但台账里没有{word}依据，暂不计入{word}率",
                field=column.field,
                found=chinese_date(claimed),
                expected=f"核定以后，在台账的关口里附上{word}依据，即计入",
            )


# -- whose row it is -----------------------------------------------------------------------------
def unknown_project(row: Row, week: WeekContext) -> Findings:
    """The code stands in the ledger."""
    if row.key not in week.projects and row.key not in week.elsewhere:
        yield Finding(
            message=f"台账里没有项目编号 {row.key}",
            field="code",
            found=row.key,
            expected=columns.CODE.expected,
        )


def project_of_other_street(row: Row, week: WeekContext) -> Findings:
    """Every row belongs to the street of the return; the sentence names both."""
    ours = week.street.short_name
    known = week.elsewhere.get(row.key)
    if known is not None and not known.is_ours:
        yield Finding(
            message=f"{known.name}（{row.key}）{known.why}"
            if known.why
            else f"{row.key} 是{known.street}的项目，不是{ours}的",
            field="code",
            found=known.street,
            expected=ours,
        )
        return
    said = row.values.get("street")
    if said is None or said == ours or row.key not in week.projects:
        return
    name = week.street.name
    if str(said) not in {name, name.removesuffix("办事处"), ours.removesuffix("街道")}:
        yield Finding(
            message=f"这一行写的是{said}，项目却是{ours}的",
            field="street",
            found=str(said),
            expected=ours,
        )


def project_not_reporting(row: Row, week: WeekContext) -> Findings:
    """A project of the street that does not report in this week has no row."""
    known = week.elsewhere.get(row.key)
    if known is not None and known.is_ours:
        yield Finding(
            message=f"{known.name}（{row.key}）{known.why or '本周不需要报送'}，请删去这一行",
            field="code",
            found=row.key,
            expected="本周在报的项目",
        )


def missing_project(rows: Sequence[Row], week: WeekContext) -> Findings:
    """Every reporting project has a row."""
    there = {row.key for row in rows}
    for code, project in week.projects.items():
        if code not in there:
            yield Finding(
                message=f"缺少项目 {project.name}（{code}）",
                found="没有这一行",
                expected="本街道每个在报项目一行",
            )


def earlier_figures(rows: Sequence[Row], week: WeekContext) -> Findings:
    """Says which week “上周” is, and what of it is not yet approved."""
    found = week.last_weeks
    if found is None:
        return
    pending = found.pending_count
    message = f"“上周”取第{found.week.number}周{'数' if pending else '已核定数'}"
    if found.others:
        message += f"，{found.others_text}"
    if pending:
        message += f"；其中 {pending} 个项目的数待核"
    yield Finding(message=f"{message}。")


def unusual_street(rows: Sequence[Row], week: WeekContext) -> Findings:
    """The rows of a workbook as `street_unusual` takes them; an unchanged row says the earlier figure again."""
    spent: dict[str, int | None] = {}
    for row in rows:
        amount, last = row.values.get(INVESTMENT.field), None
        if row.key in week.projects:
            last = week.projects[row.key].last
        if row.values.get(columns.UNCHANGED.field) is True and last is not None:
            spent[row.key] = last.completed_investment_fen
        elif isinstance(amount, Decimal):
            spent[row.key] = fen_from_wanyuan(amount)
    yield from street_unusual(spent, week)


def _rule(
    code: str,
    check: ReportCheck | SheetCheck | Callable[[Row, WeekContext], Iterable[Finding]],
    title: str,
    sentence: str,
    example: str,
    severity: Severity = Severity.ERROR,
    scope: RuleScope = RuleScope.CELL,
) -> Rule:
    return Rule(
        code=code,
        title=title,
        sentence=sentence,
        example=example,
        scope=scope,
        severity=severity,
        check=check,
    )


_ROW, _SHEET = RuleScope.ROW, RuleScope.SHEET
_REASON, _NOTICE = Severity.REASON, Severity.NOTICE

#: Rules about the values of a project, for workbook and form alike.
REPORT_RULES: tuple[Rule, ...] = (
    _rule("W101", required_values, "必填未填", "本周累计形象进度、累计完成投资、本周完成情况都要填；无变化的可不填。", "只填了进度"),
    _rule("W134", start_after_week, "开工在以后", "实际开工日期不晚于本周日。", "第38周填 2025-9-25"),
    _rule("W135", completion_after_week, "完工在以后", "实际完工日期不晚于本周日。", "第38周填 2025-9-25"),
    _rule("W136", completion_before_start, "完工早于开工", "实际完工日期不早于开工日期。", "5月9日开工，5月1日完工"),
    _rule("W151", unchanged_but_different, "无变化却有变化", "填“无变化”的，数与上周相同或不填。", "无变化，进度却由 45.0 改为 46.0"),
    _rule("W152", unchanged_without_earlier, "无变化却没有上周", "第一次填报的项目不能填“无变化”。", "新开工项目填“无变化”"),
    _rule("W161", completed_below_full, "完工却不到 100", "填实际完工日期的，形象进度为 100。", "完工，进度 98.0"),
    _rule("W201", progress_lower, "进度减少", "累计形象进度小于上周的，说明原因。", "上周 33.5，本周 33.0", _REASON),
    _rule("W202", investment_lower, "投资减少", "累计完成投资小于上周的，说明原因。", "上周 120.00，本周 110.00", _REASON),
    _rule("W211", progress_jump, "进度增加过多", "一周增加超过 10 个百分点（可设）的，说明原因。", "上周 48.2，本周 61.0", _REASON),
    _rule("W212", investment_above_plan, "投资超计划", "累计完成投资超过计划投资的，说明原因。", "计划 300.00，累计 310.00", _REASON),
    _rule("W213", completed_with_little_spent, "完工投资不足", "形象进度到 100、累计完成投资不到计划投资的 50%（可设）的，说明原因。", "计划 500.00，完工时累计 120.00", _REASON),
    _rule("W214", progress_without_workers, "没有人却有进度", "在场人数为 0、形象进度却增加的，说明原因。", "在场 0 人，进度增加 2.0", _REASON),
    _rule("W215", progress_while_resting, "停工期有进度", "整周都在全部室外作业的停工期里、形象进度却增加的，说明原因。", "冬季停工期进度增加 3.0", _REASON),
    _rule("W301", progress_without_start, "有进度没开工", "有形象进度的项目应有开工日期和依据。", "进度 5.0，没有开工日期", _NOTICE),
    _rule("W303", start_differs_from_gate, "开工日期不同", "台账里已有开工依据的，开工日期以台账为准。", "台账 3月3日，填 3月5日", _NOTICE),
    _rule("W304", dates_without_evidence, "日期没有依据", "填了实际开工、完工日期，台账里还没有依据的，暂不计入开工率、完工率。", "填 9月18日开工，没有开工令", _NOTICE),
    _rule("W305", investment_above_received, "投资超到位", "累计完成投资超过到位资金的，核对是否垫资或到位资金没有登记。", "到位 200.00，累计 310.00", _NOTICE),
    _rule("W306", progress_unusual, "进度增加异常", "一周增加明显高于这个项目以往各周的（有进度的周满 8 周才比，可设），核对一下。", "以往一周 0.5—2.0，本周 6.0", _NOTICE),
    _rule("W307", investment_unusual, "投资增加异常", "一周增加的投资明显高于这个项目以往各周的（有投资的周满 8 周才比，可设），核对一下。", "以往一周 3.00—12.00，本周 60.00", _NOTICE),
    _rule("W309", file_used_twice, "照片用了两次", "项目的照片或关口依据与别的项目的是同一个文件的，核对是否传错。", "两个项目传了同一张改造后照片", _NOTICE),
    _rule("W310", name_in_other_street, "别街道有同名项目", "与别的街道在册的项目同名的，核对是否重复列项、街道写错。", "两个街道都有“文昌园小区”", _NOTICE),
)  # fmt: skip
#: Those with a check, by themselves: they are asked of every row.
_CHECKED = [(rule, rule.check) for rule in REPORT_RULES if rule.check is not None]
#: How heavy each of them is.
SEVERITY = {rule.code: rule.severity for rule in REPORT_RULES}
#: Those that may be waived, by code: what asks for a reason. What refuses a row guards whether it means anything.
WAIVABLE = {rule.code: rule for rule in REPORT_RULES if rule.severity is _REASON}
#: Rules about whose row it is.
ROW_RULES: tuple[Rule, ...] = (
    _rule("W142", unknown_project, "编号不在台账", "项目编号要在台账里。", "ZC2025-99", scope=_ROW),
    _rule("W143", project_of_other_street, "别街道的项目", "每行都是本街道的项目。", "松龄路街道的表里有般阳路街道的项目", scope=_ROW),
    _rule("W145", project_not_reporting, "本周不报的项目", "已完工、已取消或还没开始报送的项目不填。", "上月已完工的项目", scope=_ROW),
    _rule("W311", left_as_written, "整行没填的保留", "周报里已写入的项目，整行没填的，保留已写入的。", "先传一个项目，再传下一个", _NOTICE, _ROW),
)  # fmt: skip
#: Rules about the sheet as a whole.
SHEET_RULES: tuple[Rule, ...] = (
    _rule("W041", missing_project, "缺项目", "本街道每个在报项目一行。", "删去了一行", scope=_SHEET),
    _rule("W302", earlier_figures, "上周取哪一周", "“上周”是最近一次已核定的数，没有的取已报送的数，标为待核。", "第37周尚未核定", _NOTICE, _SHEET),
    _rule("W308", unusual_street, "街道投资增加异常", "本街道各项目一周增加的投资合计明显高于以往各周的（满 8 周才比，可设），核对一下。", "以往一周 30.00—80.00，本周 400.00", _NOTICE, _SHEET),
)  # fmt: skip

#: Every rule of the weekly workbook, by code; the page 校验规则 shows this list.
RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*standard_rules("W"), *REPORT_RULES, *ROW_RULES, *SHEET_RULES), key=lambda rule: rule.code
    )
)

#: What each rule needs to have been read: a field that could not be read is not judged further.
_NEEDS: dict[str, frozenset[str]] = {
    "W101": frozenset({columns.UNCHANGED.field}),
    "W134": frozenset({STARTED.field}),
    "W135": frozenset({COMPLETED.field}),
    "W136": frozenset({STARTED.field, COMPLETED.field}),
    "W161": frozenset({COMPLETED.field}),
    "W214": frozenset({WORKERS.field}),
    "W301": frozenset({STARTED.field}),
    "W152": frozenset({columns.UNCHANGED.field}),
}


def check_values(
    values: ReportValues,
    project: ProjectContext,
    terms: Terms,
    *,
    unread: frozenset[str] = frozenset(),
) -> Iterator[tuple[str, Finding]]:
    """(code, finding) of every rule that the values break, each as heavy as its rule (`SEVERITY`) where the finding
    has no weight of its own; a rule that is waived remarks, and names its waiver.

    ``unread`` names fields that hold something unreadable, so that what follows from them is not said.
    """
    for rule, finding in _found(values, project, terms, unread):
        yield rule.code, _weighed(rule, finding, project, terms)


def questions_of(
    values: ReportValues, project: ProjectContext, terms: Terms
) -> Iterator[tuple[str, str, HoldingWaiver | None]]:
    """(code, sentence, the waiver that spares it) of every rule that asks for a reason, answered or not."""
    for rule, finding in _found(values, project, terms, frozenset()):
        if rule.code in WAIVABLE:
            yield rule.code, finding.message, terms.rule_waiver_of(rule.code, project.project_id)


def _found(
    values: ReportValues, project: ProjectContext, terms: Terms, unread: frozenset[str]
) -> Iterator[tuple[Rule, Finding]]:
    for rule, check in _CHECKED:
        if unread and not unread.isdisjoint(_NEEDS.get(rule.code, ())):
            continue
        for finding in check(values, project, terms):
            if finding.field not in unread:
                yield rule, finding


def _weighed(rule: Rule, finding: Finding, project: ProjectContext, terms: Terms) -> Finding:
    waiver = terms.rule_waiver_of(rule.code, project.project_id)
    if waiver is None or rule.code not in WAIVABLE:
        return finding
    message = f"{finding.message}，已豁免，不用说明（{waiver.words}）"
    return finding._replace(message=message, expected="", severity=_NOTICE)


def check_report(values: ReportValues, project: ProjectContext, terms: Terms) -> list[Fault]:
    """The faults of one project's values, as the browser form shows them; `Fault.column` is the label.

    A question that the explanation answers is left out.
    """
    labels = {column.field: column.label for column in columns.COLUMNS}
    return [
        Fault(
            code=code,
            message=finding.message,
            severity=finding.severity or SEVERITY[code],
            column=labels.get(finding.field, ""),
            found=finding.found,
            expected=finding.expected,
        )
        for code, finding in check_values(values, project, terms)
        if (finding.severity or SEVERITY[code]) is not Severity.REASON
        or not values.explanation.strip()
    ]
