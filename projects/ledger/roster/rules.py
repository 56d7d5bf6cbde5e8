"""The rules of a roster, one function a rule, under stable codes; ``R001``–``R144`` are those of any workbook.

A value that the ledger holds already is never asked about again: the questions of plausibility go to rows
that are new or changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from rapidfuzz import fuzz, process

from projects.ledger.baselining import out_of_order
from projects.ledger.codes import is_code
from projects.ledger.enums import GateKind
from renovation.core.errors import Severity
from renovation.core.measures import format_decimal, round_half_up
from renovation.core.wording import chinese_date
from renovation.intake.declaring import rule
from renovation.intake.pipelines import Column, Finding, Row, RuleScope
from renovation.intake.standard import standard_rules

from . import whole
from .columns import (
    APPROVED,
    AREA,
    BUDGET_CODE,
    BUILDINGS,
    BY_FIELD,
    CODE,
    COMMUNITY,
    COMPLETION,
    ESTATE,
    HOUSEHOLDS,
    INVESTMENT,
    LEDGER_NUMBER,
    NAME,
    PLAN_CODE,
    PLAN_FIELDS,
    START,
    STREET,
    TYPE,
)  # fmt: skip
from .context import (
    TYPES,
    Group,
    Roster,
    area_of,
    changed_of_plan,
    plan_changes,
    plan_of,
    plan_values,
    present_values,
    text_of,
    whole_of,
)
from .kept import OVER

Findings = Iterator[Finding]
#: Names that are less alike than this are not suggested.
LIKENESS = 60


#: What names of a kind have in common and people leave out or swap.
_COMMON = re.compile(r"(街道办事处|办事处|街道|街办|镇|社区居委会|居委会|居委|社区|小区|型|类)$")


def _core(name: str) -> str:
    """般阳路 of 般阳路街道办事处: the part by which a name is told from its kin."""
    return _COMMON.sub("", name.strip()) or name


def suggestion(name: str, known: Sequence[str], otherwise: str) -> str:
    """是否为“般阳路街道”？ for a name that nearly is a known one."""
    found = process.extractOne(
        name, known, scorer=fuzz.ratio, processor=_core, score_cutoff=LIKENESS
    )
    return f"是否为“{found[0]}”？" if found else otherwise


# -- a row -------------------------------------------------------------------------------------------
def required_cells(row: Row, roster: Roster) -> Findings:
    """An estate has its quantities; a row without an estate only speaks of a project that is known."""
    asked = (ESTATE, BUILDINGS, HOUSEHOLDS, AREA)
    empty = [c for c in asked if row.values.get(c.field) is None and c.field not in row.faulty]
    if len(empty) == len(asked) and text_of(row, CODE) in roster.projects:
        return
    known = roster.estate_of(row)
    for column in empty:
        if known is None or column is ESTATE:
            yield Finding(
                message=f"{column.label}未填",
                field=column.field,
                found="空",
                expected=column.expected,
            )


def unknown_street(row: Row, roster: Roster) -> Findings:
    """The street is one of the bureau's."""
    name = text_of(row, STREET)
    if name and name not in roster.streets:
        yield Finding(
            message=f"没有街道“{name}”",
            field=STREET.field,
            found=name,
            expected=suggestion(name, roster.street_names, "、".join(roster.street_names)),
        )


def unknown_type(row: Row, roster: Roster) -> Findings:
    """One of the four types of renovation."""
    name = text_of(row, TYPE)
    if name and name not in TYPES:
        yield Finding(
            message=f"没有改造类型“{name}”",
            field=TYPE.field,
            found=name,
            expected=suggestion(name, list(TYPES), TYPE.expected),
        )


def unknown_community(row: Row, roster: Roster) -> Findings:
    """A community that is not registered: the estate stands without one."""
    name, street = text_of(row, COMMUNITY), roster.streets.get(text_of(row, STREET))
    if street is not None and name and (street.pk, name) not in roster.communities:
        names = [known for (owner, known) in roster.communities if owner == street.pk]
        yield Finding(
            message=f"{street.short_name}没有登记社区“{name}”，小区先不挂社区",
            field=COMMUNITY.field,
            found=name,
            expected=suggestion(name, names, "先在单位里登记社区，或空着"),
        )


def code_shape(row: Row, roster: Roster) -> Findings:
    """A code stands in addresses and in the names of files."""
    code = text_of(row, CODE)
    if code and not is_code(code):
        yield Finding(
            message="项目编号里有不能用的字符",
            field=CODE.field,
            found=code,
            expected="字母、数字、汉字和“-”“_”“.”，至少一个数字",
        )


def code_elsewhere(row: Row, roster: Roster) -> Findings:
    """A code belongs to one programme."""
    code = text_of(row, CODE)
    if code in roster.elsewhere:
        yield Finding(
            message=f"项目编号 {code} 已用在{roster.elsewhere[code]}里",
            field=CODE.field,
            found=f"{code}，{roster.elsewhere[code]}",
            expected="本年度的编号；续建项目不必再导入",
        )


def wrong_ledger_number(row: Row, roster: Roster) -> Findings:
    """The ledger's number of an estate is that of an estate of this project."""
    number = whole_of(row, LEDGER_NUMBER)
    if number is None:
        return
    owner = roster.estates[number][0] if number in roster.estates else ""
    if owner != text_of(row, CODE):
        whose = f"项目 {owner} 的小区" if owner else "不在本年度台账里"
        yield Finding(
            message=f"台账号 {number} {whose}，不能改到别的项目",
            field=LEDGER_NUMBER.field,
            found=str(number),
            expected="下载时的台账号；新小区空着",
        )


def area_per_household(row: Row, roster: Roster) -> Findings:
    """户均面积 lies where it usually lies."""
    area, households = area_of(row), whole_of(row, HOUSEHOLDS)
    if area is not None and households and _is_news(row, roster, (AREA, HOUSEHOLDS)):
        yield from _outside(
            area / households, roster.ranges.area, "户均面积", "㎡", HOUSEHOLDS,
            lambda: f"{format_decimal(area, 2)} ㎡ ÷ {households} 户",
        )  # fmt: skip


def households_per_building(row: Row, roster: Roster) -> Findings:
    """Households a building lie where they usually lie."""
    households, buildings = whole_of(row, HOUSEHOLDS), whole_of(row, BUILDINGS)
    if households and buildings and _is_news(row, roster, (BUILDINGS, HOUSEHOLDS)):
        yield from _outside(
            Decimal(households) / buildings, roster.ranges.households, "每栋户数", "户", BUILDINGS,
            lambda: f"{households} 户 ÷ {buildings} 栋",
        )  # fmt: skip


def _is_news(row: Row, roster: Roster, of: Sequence[Column]) -> bool:
    """Whether a row says something of these columns that the ledger does not say."""
    estate = roster.estate_of(row)
    return estate is None or any(
        row.values.get(column.field) not in (None, getattr(estate, column.field)) for column in of
    )


#: Rounding to one decimal moves a number by less.
_TENTH = Decimal("0.1")


def _outside(
    value: Decimal,
    limits: tuple[Decimal, Decimal],
    name: str,
    unit: str,
    column: Column,
    how: Callable[[], str],
) -> Findings:
    """The finding of a quotient that, as shown, lies outside of its limits; ``how`` words what it is made of."""
    low, high = limits
    if low + _TENTH <= value <= high - _TENTH:  # however it is rounded
        return
    if not low <= round_half_up(value, 1) <= high:
        usual = f"{low.normalize():f}—{high.normalize():f} {unit}"
        shown = format_decimal(value, 1)
        yield Finding(
            message=f"{name} {shown} {unit}，不在常见的 {usual}之间",
            field=column.field,
            found=f"{how()} = {shown} {unit}",
            expected=f"{usual}；单位、小数点没有错的，说明原因",
        )


# -- a project ---------------------------------------------------------------------------------------
def new_project_unnamed(groups: Sequence[Group], roster: Roster) -> Findings:
    """A new project has a name and a street."""
    for group in groups:
        if group.code in roster.projects or group.code in roster.elsewhere:
            continue
        for column in (NAME, STREET):
            if group.value(column.field) is None and not group.is_unread(column.field):
                yield Finding(
                    message=f"新项目 {group.code} 没有{column.label}",
                    field=column.field,
                    found="空",
                    expected=column.expected,
                    row=group.rows[0].number,
                )


def enrolment_differs(groups: Sequence[Group], roster: Roster) -> Findings:
    """Where a project counts and from when is changed by an approved change, not by a file."""
    for group in groups:
        known = roster.projects.get(group.code)
        if known is None or not known.is_settled:
            continue
        street = roster.streets.get(str(group.value(STREET.field) or ""))
        entered = group.value(APPROVED.field)
        present = known.project.approved_on or known.proposed_on
        for column, differs, now in (
            (
                STREET,
                street is not None and street.pk != known.project.street_id,
                known.project.street.short_name,
            ),
            (APPROVED, entered is not None and entered != present, APPROVED.text(present)),
        ):
            if differs:
                yield Finding(
                    message=f"{column.label}与台账不同：{group.code} 现在是 {now}",
                    field=column.field,
                    found=column.text(group.value(column.field)),
                    expected=f"{now}；要改的，在项目的“变更”里登记，由另一人批准",
                    row=group.row_of(column.field).number,
                )


def project_said_twice(groups: Sequence[Group], roster: Roster) -> Findings:
    """Rows of a project do not contradict each other."""
    for group in groups:
        for name, row in group.conflicts:
            column, first = BY_FIELD[name], group.said[name]
            yield Finding(
                message=f"{column.label}与第 {first.row.number} 行不同：同一项目 {group.code}",
                field=name,
                found=column.text(row.values.get(name)),
                expected=f"第 {first.row.number} 行的 {column.text(first.value)}，或空着",
                row=row.number,
            )


def estate_twice(groups: Sequence[Group], roster: Roster) -> Findings:
    """An estate has one row in its project, also where one of them goes by the ledger's number."""
    for group in groups:
        seen: dict[str, Row] = {}
        for row in group.rows:
            name = text_of(row, ESTATE)
            first = seen.setdefault(name, row)
            if name and first is not row and first.key != row.key:
                yield Finding(
                    message=f"小区“{name}”在项目 {group.code} 里第 {first.number} 行已有一行",
                    field=ESTATE.field,
                    found=f"第 {first.number} 行、第 {row.number} 行",
                    expected="每个小区一行",
                    row=row.number,
                )


def code_taken(groups: Sequence[Group], roster: Roster) -> Findings:
    """计划编码 and 预算编码 belong to one project."""
    for column, owners in ((PLAN_CODE, roster.plan_codes), (BUDGET_CODE, roster.budget_codes)):
        taken = dict(owners)
        for group in groups:
            value = group.value(column.field)
            if value is None:
                continue
            owner = taken.setdefault(str(value), group.code)
            if owner != group.code:
                yield Finding(
                    message=f"{column.label} {value} 已是项目 {owner} 的",
                    field=column.field,
                    found=str(value),
                    expected="每个项目自己的编码，没有的空着",
                    row=group.row_of(column.field).number,
                )


def plan_order(groups: Sequence[Group], roster: Roster) -> Findings:
    """A plan ends after it begins."""
    for group in groups:
        _, start, end = plan_values(group, roster.projects.get(group.code))
        is_said = group.value("planned_start_on") or group.value("planned_completion_on")
        if is_said and start is not None and end is not None and end <= start:
            yield Finding(
                message=f"计划完工不晚于计划开工：{chinese_date(end)}",
                field=COMPLETION.field,
                found=chinese_date(end),
                expected=f"晚于{chinese_date(start)}",
                row=group.row_of(COMPLETION.field).number,
            )


def plan_incomplete(groups: Sequence[Group], roster: Roster) -> Findings:
    """A plan has its investment and both dates, or nothing of it is said."""
    for group in groups:
        values = plan_values(group, roster.projects.get(group.code))
        missing = [
            name
            for name, value in zip(PLAN_FIELDS, values, strict=True)
            if value is None and not group.is_unread(name)
        ]
        if missing and any(value is not None for value in values):
            for name in missing:
                column = BY_FIELD[name]
                yield Finding(
                    message=f"{column.label}未填，计划不全",
                    field=name,
                    found="空",
                    expected=f"{column.expected}；三项都空着的，只登记项目，不拟计划",
                    row=group.rows[0].number,
                )


def draft_open(groups: Sequence[Group], roster: Roster) -> Findings:
    """One plan waits for approval at a time."""
    for group in groups:
        known = roster.projects.get(group.code)
        if known is not None and known.has_draft and plan_changes(group, known):
            name = _changed_plan_field(group, roster)
            yield Finding(
                message=f"项目 {group.code} 已有一版待批准的计划，与本表不同",
                field=name,
                found=BY_FIELD[name].text(group.value(name)),
                expected="与待批准的一版相同；要改的，先批准或删除那一版",
                row=group.row_of(name).number,
            )


def plan_changed(groups: Sequence[Group], roster: Roster) -> Findings:
    """Another plan than the approved one is a new version, and a new version has a reason."""
    for group in groups:
        known = roster.projects.get(group.code)
        if known is None or known.plan is None or known.has_draft:
            continue
        if plan_changes(group, known):
            name = _changed_plan_field(group, roster)
            column = BY_FIELD[name]
            before = column.text(present_values(known, None)[name])
            yield Finding(
                message=f"{column.label}与已批准的第 {known.plan.version} 版计划不同，写入后是第 {known.plan.version + 1} 版草案",
                field=name,
                found=f"{column.text(group.value(name))}，已批准 {before}",
                expected=f"{before}；确要调整计划的，说明原因，暂留的不调整",
                row=group.row_of(name).number,
            )


def _changed_plan_field(group: Group, roster: Roster) -> str:
    return changed_of_plan(group, roster.projects[group.code])[0]


def nodes_passed(groups: Sequence[Group], roster: Roster) -> Findings:
    """The days that the approved plan froze for other gates still lie on the right side of its dates."""
    for group in groups:
        known = roster.projects.get(group.code)
        if known is None or known.plan is None or known.has_draft:
            continue
        values = plan_of(group, known)
        wrong = out_of_order(values=values) if values is not None else None
        if wrong is None or not plan_changes(group, known):
            continue
        ends = GateKind.COMPLETED in (wrong.gate, wrong.before)
        column = COMPLETION if ends else START
        yield Finding(
            message=f"与已批准的节点计划不合：{wrong}",
            field=column.field,
            found=column.text(
                group.value(column.field) or present_values(known, None)[column.field]
            ),
            expected="与节点计划相合的日期；节点也要改的，在项目里登记变更",
            row=group.row_of(column.field).number,
        )


def investment_per_sqm(groups: Sequence[Group], roster: Roster) -> Findings:
    """元 a ㎡ lies where it usually lies; asked where the investment is new or changed."""
    for group in groups:
        known = roster.projects.get(group.code)
        amount = group.value(INVESTMENT.field)
        if not isinstance(amount, Decimal):
            continue
        if known is not None and present_values(known, None)[INVESTMENT.field] == amount:
            continue
        area = _area_after(group, roster)
        if area:
            for finding in _outside(
                amount * 10_000 / area, roster.ranges.investment, "每平方米投资", "元", INVESTMENT,
                partial(_investment_over_area, amount, area),
            ):  # fmt: skip
                yield Finding(
                    message=finding.message,
                    field=finding.field,
                    found=finding.found,
                    expected=finding.expected,
                    row=group.row_of(INVESTMENT.field).number,
                )


def _investment_over_area(amount: Decimal, area: Decimal) -> str:
    return f"{format_decimal(amount, 2)} 万元 ÷ {format_decimal(area, 2)} ㎡"


def _area_after(group: Group, roster: Roster) -> Decimal:
    """The project's area after the import: what the file says of its estates, and those it does not name."""
    known = roster.projects.get(group.code)
    areas = {estate.pk: estate.area_sqm for estate in known.estates.values()} if known else {}
    total = Decimal(0)
    for row in group.rows:
        estate = roster.estate_of(row)
        before = areas.pop(estate.pk, Decimal(0)) if estate is not None else Decimal(0)
        total += area_of(row) or before
    return total + sum(areas.values())


_CELL, _ROW, _SHEET = RuleScope.CELL, RuleScope.ROW, RuleScope.SHEET
_REASON, _NOTICE = Severity.REASON, Severity.NOTICE
ROW_RULES = (
    rule("R101", required_cells, "必填未填", "每个小区的名称、楼栋数、户数、面积都要填。", "没填户数", _CELL),
    rule("R142", unknown_street, "街道不认得", "街道写平台里的名称。", "般阳路街办", _CELL),
    rule("R143", unknown_type, "类型不认得", "改造类型是四类之一。", "基础类", _CELL),
    rule("R122", code_shape, "编号有不能用的字符", "编号只用字母、数字、汉字和“-”“_”“.”，至少一个数字。", "ZC/2025 1", _CELL),
    rule("R145", code_elsewhere, "编号已用", "编号只属于一个年度的计划。", "去年的编号", _CELL),
    rule("R157", wrong_ledger_number, "台账号不对", "台账号由平台填写，不改。", "抄了别的小区的台账号", _CELL),
    rule("R201", area_per_household, "户均面积离谱", "户均面积不在常见范围的，说明原因。", "每户 800 ㎡", _CELL, _REASON),
    rule("R202", households_per_building, "每栋户数离谱", "每栋户数不在常见范围的，说明原因。", "每栋 4 户", _CELL, _REASON),
    rule("R304", unknown_community, "社区没有登记", "没有登记的社区不写入，小区先不挂社区。", "柳泉社区", _CELL, _NOTICE),
)  # fmt: skip
SHEET_RULES = (
    rule("R121", new_project_unnamed, "新项目没有名称", "新项目要有名称和街道。", "只写了编号", _CELL),
    rule("R146", estate_twice, "小区重复", "一个小区在项目里只有一行。", "抄了两遍", _ROW),
    rule("R151", project_said_twice, "前后不一", "同一项目各行说的要一样，或只说一次。", "一行 300 万元，一行 200 万元", _CELL),
    rule("R152", code_taken, "编码已用", "计划编码、预算编码各项目不同。", "两个项目同一编码", _CELL),
    rule("R159", enrolment_differs, "街道、列入日期与台账不同", "移交街道、更正列入日期在项目的“变更”里登记，由另一人批准。", "把项目改到别的街道", _CELL),
    rule("R153", plan_order, "完工早于开工", "计划完工晚于计划开工。", "9 月开工，5 月完工", _CELL),
    rule("R154", plan_incomplete, "计划不全", "投资、开工、完工三项都填，或都不填。", "有投资，没有日期", _CELL),
    rule("R156", draft_open, "已有草案", "有一版待批准时，不能再拟一版。", "上次导入的还没有批准", _CELL),
    rule("R158", nodes_passed, "越过节点", "开工、完工与已批准的节点计划先后相合。", "完工晚于竣工验收的节点", _CELL),
    rule("R203", investment_per_sqm, "每平方米投资离谱", "每平方米投资不在常见范围的，说明原因。", "把元当成万元", _CELL, _REASON),
    rule("R204", plan_changed, "调整计划", "与已批准的计划不同，是新的一版，说明原因。", "完工推迟一个月", _CELL, _REASON),
    rule("R205", whole.estate_elsewhere, "小区在别的项目", "小区已在别的项目里的，说明原因。", "分两年改造", _CELL, _REASON),
    rule("R206", whole.project_name_twice, "项目同名", "同一街道项目同名的，说明原因。", "一期、二期同名", _CELL, _REASON),
    rule("R305", whole.project_name_elsewhere, "别街道有同名项目", "新项目与别的街道的项目同名的，核对是否重复列项、街道写错。", "两个街道都有“文昌园小区”", _CELL, _NOTICE),
    rule("R301", whole.totals_differ, "与下达数不同", "写入后各街道合计与计划下达数对照。", "户数多 20 户", _SHEET, _NOTICE),
    rule("R302", whole.left_out, "本表没有", "台账里有、本表没有的保持不变。", "只导入一个街道", _SHEET, _NOTICE),
    rule("R303", whole.without_plan, "没有计划", "没有填计划的新项目只登记。", "先立项，后定计划", _SHEET, _NOTICE),
)  # fmt: skip
RULES = tuple(
    sorted((*standard_rules("R"), *ROW_RULES, *SHEET_RULES, OVER), key=lambda each: each.code)
)
