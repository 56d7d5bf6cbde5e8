"""The tables of a bulletin, and the official paper made of passages and tables (GB/T 9704-2012).

Each table is one `Table` value that page, PDF and workbook draw: what the text says, the table says,
and the workbook holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from renovation.core.documents.blocks import (
    Block,
    Column,
    Heading,
    Kind,
    Paragraph,
    Row,
    RowStyle,
    Table,
    Value,
    group_row,
    row,
)
from renovation.core.documents.papers import Annex, OfficialPaper
from renovation.core.measures import Measure

from . import names
from .adjusted import adjusted_table, came_and_left
from .bulletin_text import LEAD, RANKING, SECTIONS
from .bulletins import Bulletin, ProjectFacts, StreetFacts
from .sheets import MARKS, count_lights, mark_of
from .waived import waived_table

RANKING_METHOD = (
    "按偏差（形象进度减序时进度）由高到低排名，以显示的一位小数比较，相同的并列，"
    "名次顺延（1、2、2、4）；没有基线的项目不计入。"
)
WEIGHTING = "形象进度、序时进度按基线建筑面积加权平均。"
_LEAD_IN = re.compile(r"（[一二三四五六七八九十]+）[^。\n]{2,24}。")


def _value(figures: Mapping[str, Measure], name: str) -> Value:
    measure = figures.get(name)
    return None if measure is None else measure.value


def _lights(projects: tuple[ProjectFacts, ...] | list[ProjectFacts]) -> list[Value]:
    counted = count_lights(project.figures for project in projects)
    return [counted[word] for word in MARKS]


_PROGRESS = (
    Column("形象进度", Kind.DECIMAL, 4.8, unit="%", places=1),
    Column("序时进度", Kind.DECIMAL, 4.8, unit="%", places=1),
    Column("偏差", Kind.CHANGE, 5, unit="百分点", places=1),
)


def _narrow(rate: float, points: float) -> list[Column]:
    """The same three in a table of many columns, as wide as their heads ask."""
    return [replace(c, width=points if c.kind is Kind.CHANGE else rate) for c in _PROGRESS]


def _progress(figures: Mapping[str, Measure]) -> list[Value]:
    return [_value(figures, name) for name in (names.PHYSICAL, names.SCHEDULED, names.DEVIATION)]


def ranking_table(bulletin: Bulletin) -> Table:
    """各街道排名, with its method and the treatment of ties under it."""
    ordered = sorted(bulletin.streets, key=lambda s: (s.place is None, s.place or 0))
    rows = [
        row(
            street.place,
            street.name,
            len(street.projects),
            *_progress(street.figures),
            _change(street, names.PHYSICAL),
            *_lights(street.projects),
        )
        for street in ordered
    ]
    total = row(
        "",
        "全区",
        len(bulletin.projects),
        *_progress(bulletin.figures),
        _moved(bulletin.figures, bulletin.before, names.PHYSICAL),
        *_lights(bulletin.projects),
        style=RowStyle.TOTAL,
    )
    return Table(
        columns=(
            Column("名次", Kind.COUNT, 2.6),
            Column("街道", Kind.TEXT, 6),
            Column("项目数", Kind.COUNT, 3.6, unit="个"),
            *_PROGRESS,
            Column("较上季末", Kind.CHANGE, 5, unit="百分点", places=1),
            *(Column(f"{mark.symbol}{word}", Kind.COUNT, 2.7, group="亮灯（个）")
              for word, mark in MARKS.items()),
        ),
        rows=tuple(rows),
        totals=total,
        caption="各街道进度排名表",
        notes=(f"注：{RANKING_METHOD}{WEIGHTING}较上季末指形象进度{_other_range(bulletin)}。",),
        name="街道排名",
    )  # fmt: skip


def _other_range(bulletin: Bulletin) -> str:
    """Which streets' change is of another range of projects than a quarter ago."""
    other = came_and_left(bulletin.adjusted, {street.code for street in bulletin.streets})
    return f"，含项目调整的影响（{other}）" if other else ""


def _change(street: StreetFacts, name: str) -> Value:
    return _moved(street.figures, street.before, name)


def _moved(now: Mapping[str, Measure], before: Mapping[str, Measure], name: str) -> Value:
    first, second = now.get(name), before.get(name)
    if first is None or second is None or first.value is None or second.value is None:
        return None
    return first.value - second.value


def progress_table(bulletin: Bulletin) -> Table:
    """附件1：every project with street sums and the district's."""
    columns = (
        Column("序号", Kind.COUNT, 2.4),
        Column("项目名称", Kind.TEXT, 8),
        Column("户数", Kind.COUNT, 3.6, unit="户"),
        Column("面积", Kind.DECIMAL, 4.5, unit="万㎡", places=2),
        Column("计划开工", Kind.DATE, 5.9),
        Column("实际开工", Kind.DATE, 5.9),
        Column("计划完工", Kind.DATE, 5.9),
        Column("计划投资", Kind.DECIMAL, 5.9, unit="万元", places=2),
        Column("完成投资", Kind.DECIMAL, 5.9, unit="万元", places=2),
        Column("投资完成率", Kind.DECIMAL, 4.4, unit="%", places=1),
        Column("资金到位率", Kind.DECIMAL, 4.4, unit="%", places=1),
        Column("支付率", Kind.DECIMAL, 4.4, unit="%", places=1),
        *_narrow(4.4, 5.5),
        Column("亮灯", Kind.MARK, 6.8),
    )
    rows: list[Row] = []
    number = 0
    for street in bulletin.streets:
        rows.append(group_row(f"{street.name}（{len(street.projects)}个项目）"))
        for project in street.projects:
            number += 1
            rows.append(
                row(
                    number,
                    project.name,
                    *_amounts(project.figures, _dates(project)),
                    mark_of(project.figures),
                )
            )
        rows.append(
            row("", f"{street.name}小计", *_amounts(street.figures, ["", "", ""]),
                _lights_text(street.projects), style=RowStyle.SUBTOTAL)
        )  # fmt: skip
    return Table(
        columns=columns,
        rows=tuple(rows),
        totals=row("", "全区合计", *_amounts(bulletin.figures, ["", "", ""]),
                   _lights_text(bulletin.projects), style=RowStyle.TOTAL),
        notes=(f"注：数据截至{_day(bulletin.as_of)}。{WEIGHTING}", *bulletin.notes),
        name="附件1 进展表",
    )  # fmt: skip


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _dates(project: ProjectFacts) -> list[Value]:
    return [project.planned_start_on, project.started_on, project.planned_completion_on]


def _amounts(figures: Mapping[str, Measure], dates: list[Value]) -> list[Value]:
    return [
        _value(figures, names.HOUSEHOLDS),
        _value(figures, names.AREA),
        *dates,
        _value(figures, names.PLANNED_INVESTMENT),
        _value(figures, names.COMPLETED_INVESTMENT),
        _value(figures, names.INVESTMENT_RATE),
        _value(figures, names.RECEIPT_RATE),
        _value(figures, names.PAYMENT_RATE),
        *_progress(figures),
    ]


def _lights_text(projects: tuple[ProjectFacts, ...] | list[ProjectFacts]) -> str:
    counted = count_lights(project.figures for project in projects)
    return " ".join(f"{MARKS[word].symbol}{n}" for word, n in counted.items() if n)


def lagging_table(bulletin: Bulletin) -> Table:
    """附件2：every lagging project, how far, since when, why, and what comes next."""
    return Table(
        columns=(
            Column("序号", Kind.COUNT, 2.2),
            Column("街道", Kind.TEXT, 5.6),
            Column("项目名称", Kind.TEXT, 6.8),
            *_narrow(4.6, 5),
            Column("亮灯", Kind.MARK, 5.8),
            Column("滞后起始周", Kind.DATE, 5.6),
            Column("施工单位", Kind.TEXT, 8),
            Column("街道报送的原因", Kind.TEXT, 13),
            Column("下周计划", Kind.TEXT, 11),
        ),
        rows=tuple(
            row(
                number,
                project.street_name,
                project.name,
                *_progress(project.figures),
                mark_of(project.figures),
                project.lagging_since,
                project.contractor,
                project.reason,
                project.next_plan,
            )
            for number, project in enumerate(bulletin.lagging, start=1)
        ),
        notes=("注：红灯在前，同一亮灯按偏差由低到高排列；滞后起始周为最近一次连续黄灯或红灯开始的周一，“—”为截至日当周新转入。",),
        name="附件2 滞后项目清单",
        empty="本季度末没有滞后项目",
    )  # fmt: skip


def returns_table(bulletin: Bulletin) -> Table:
    """附件3：how the streets reported over the quarter."""

    def figures(returns: Mapping[str, Measure], late: str) -> list[Value]:
        sent, on_time = returns.get(names.REPORTING_RATE), returns.get(names.ON_TIME_RATE)
        return [
            sent.denominator if sent else None,
            sent.numerator if sent else None,
            _value(returns, names.REPORTING_RATE),
            on_time.numerator if on_time else None,
            _value(returns, names.ON_TIME_RATE),
            late,
            _value(returns, names.AWAITED),
            _value(returns, names.MISSING),
            _value(returns, names.CORRECTION_RATE),
        ]

    return Table(
        columns=(
            Column("序号", Kind.COUNT, 2.2),
            Column("街道", Kind.TEXT, 6.8),
            Column("应报", Kind.COUNT, 3.4, unit="次"),
            Column("已报", Kind.COUNT, 3.4, unit="次"),
            Column("报送率", Kind.DECIMAL, 5, unit="%", places=1),
            Column("按时报", Kind.COUNT, 5, unit="次"),
            Column("及时率", Kind.DECIMAL, 5, unit="%", places=1),
            Column("迟报原因（次）", Kind.TEXT, 8),
            Column("待报", Kind.COUNT, 3.4, unit="次"),
            Column("未报", Kind.COUNT, 3.4, unit="次"),
            Column("更正率", Kind.DECIMAL, 5, unit="%", places=1),
            Column("未报的周", Kind.TEXT, 10),
        ),
        rows=tuple(
            row(
                number,
                street.name,
                *figures(street.returns, street.late_reasons),
                "、".join(street.missing_weeks),
            )
            for number, street in enumerate(bulletin.streets, start=1)
        ),
        totals=row("", "全区", *figures(bulletin.returns, ""), "", style=RowStyle.TOTAL),
        notes=("注：已报为关闭前报送且未被退回；按时报为截止前首次报送；迟报原因为街道迟报时选的类别和次数；待报为还没有到关闭时间；更正率为核定后又更正的份数除以核定份数。",),
        name="附件3 报送情况",
    )  # fmt: skip


ANNEXES = ("老旧小区改造项目进展表", "滞后项目清单", "周报报送情况")
ADJUSTED = "老旧小区改造项目调整情况"
WAIVED = "周报校验规则豁免情况"


def annexes(bulletin: Bulletin) -> tuple[Annex, ...]:
    """The three annexes, and one each where projects were adjusted and where rules were waived."""
    label = bulletin.quarter.label
    tables = (progress_table(bulletin), lagging_table(bulletin), returns_table(bulletin))
    found = [
        Annex(f"{label}{title}", (table,), landscape=table is not tables[2])
        for title, table in zip(ANNEXES, tables, strict=True)
    ]
    if bulletin.adjusted:
        table = adjusted_table(
            bulletin.adjusted,
            name="附件4 项目调整",
            notes=(
                "注：起算日期为调整后的范围开始计入或不再计入的日子；移交的项目此前各期数据留在原街道。",
            ),
        )
        found.append(Annex(f"{label}{ADJUSTED}", (table,)))
    if bulletin.waived:
        table = waived_table(bulletin.waived, name=f"附件{len(found) + 1} 规则豁免")
        found.append(Annex(f"{label}{WAIVED}", (table,), landscape=True))
    return tuple(found)


def body(bulletin: Bulletin) -> tuple[Block, ...]:
    """The text: passages under their headings, the ranking table behind its paragraph."""
    found: list[Block] = []
    for section in SECTIONS:
        passages = [p for p in bulletin.passages if p.section == section and p.text.strip()]
        if not passages:
            continue
        if section != LEAD:
            found.append(Heading(section))
        for passage in passages:
            found.extend(paragraph(line) for line in passage.text.splitlines() if line.strip())
        if section == RANKING:
            found.append(ranking_table(bulletin))
    if bulletin.correction:
        found.append(Paragraph(bulletin.correction))
    return tuple(found)


def paragraph(text: str) -> Paragraph:
    """A paragraph; a heading that runs into it (（一）……。) is set in 楷体."""
    line = text.strip()
    lead = _LEAD_IN.match(line)
    return Paragraph(line[lead.end() :], lead=lead.group()) if lead else Paragraph(line)


def _broken_title(bulletin: Bulletin) -> str:
    """The title with the breaks of a rhombus where it has the drafted form (词意完整, 7.3.1): issuing
    body, matter, kind of paper. A person's own title is broken by the layout."""
    found = re.fullmatch(
        rf"({re.escape(bulletin.bureau_name)})(关于.{{4,16}}老旧小区改造)(工作.{{2,16}})",
        bulletin.title,
    )
    return "\n".join(found.groups()) if found else bulletin.title


def official_paper(
    bulletin: Bulletin,
    *,
    number: str = "",
    issued_on: date | None = None,
    printed_on: date | None = None,
    draft: str = "",
) -> OfficialPaper:
    """The bulletin in 文件格式, with what is laid over the snapshot when it is printed."""
    year = (issued_on or bulletin.as_of).year
    return OfficialPaper(
        issuer=f"{bulletin.bureau_name}文件",
        title=_broken_title(bulletin),
        body=body(bulletin),
        number=number,
        number_blank=f"{bulletin.document_prefix}〔{year}〕　　号",
        addressees=bulletin.addressees,
        signers=(bulletin.bureau_name,),
        issued_on=issued_on,
        annexes=annexes(bulletin),
        copies=bulletin.copies,
        printed_by=bulletin.printed_by,
        printed_on=printed_on,
        draft=draft,
    )
