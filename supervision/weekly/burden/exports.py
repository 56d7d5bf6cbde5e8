"""填报负担 as a workbook: the returns, and behind them the optional columns."""

from __future__ import annotations

from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, Table, row
from renovation.core.documents.listing import list_workbook
from renovation.core.documents.xlsx import Paper, sheet_from_table
from renovation.core.wording import chinese_moment

from .tally import Burden
from .working import PAUSE_MINUTES

#: How the minutes are counted.
METHOD = (
    f"首次打开到首次报送之间，相邻两次打开、保存、写入、报送相隔不超过{PAUSE_MINUTES}分钟的时间之和，"
    "放着没有填的不算；在表格软件里填的时间不在内"
)
_COLUMNS = (
    (Column("街道", Kind.TEXT, 8), "报送的街道"),
    (Column("周次", Kind.LABEL, 10), "周报所属的周"),
    (Column("项目", Kind.COUNT, 5, unit="个"), "这份周报填了几个项目"),
    (Column("其中无变化", Kind.COUNT, 6, unit="个"), "声明无变化的项目，只填一格"),
    (Column("必填", Kind.COUNT, 5, unit="格"), "有变化的项目每个三格，无变化的一格"),
    (Column("选填", Kind.COUNT, 5, unit="格"), "可以不填的格"),
    (Column("实填选填", Kind.COUNT, 6, unit="格"), "选填的格里实际填了的"),
    (Column("首次打开", Kind.LABEL, 10), "街道首次打开填报页、上传页或下载模板的时间"),
    (Column("首次报送", Kind.LABEL, 10), "首次报送的时间"),
    (Column("填报用时", Kind.COUNT, 6, unit="分钟"), METHOD),
)
_USES = (
    Column("选填栏目", Kind.TEXT, 12),
    Column("项目周", Kind.COUNT, 6, unit="行"),
    Column("填过", Kind.COUNT, 6, unit="行"),
    Column("最近一次", Kind.LABEL, 10),
    Column("建议", Kind.TEXT, 24),
)


def burden_workbook(*, burden: Burden, now: datetime) -> bytes:
    """A row a return; the second list says how each optional column was used."""
    rows = [
        row(
            line.street.short_name,
            line.week.full_number,
            line.project_count,
            line.unchanged_count,
            line.required_count,
            line.optional_count,
            line.used_count,
            chinese_moment(line.opened_at) if line.opened_at is not None else "",
            chinese_moment(line.sent_at),
            line.minutes,
        )
        for line in burden.lines
    ]
    uses = [
        row(
            use.column.label,
            use.row_count,
            use.used_count,
            use.last_week.full_number if use.last_week else "",
            "建议停用" if use.is_unused else "",
        )
        for use in burden.uses
    ]
    behind = sheet_from_table(
        Table(columns=_USES, rows=tuple(uses), name="选填栏目"),
        title="选填栏目使用情况",
        subtitles=(f"近{burden.weeks}周",),
        paper=Paper.A4,
        fixed_columns=1,
    )
    return list_workbook(
        title="周报填报负担",
        name="填报负担",
        columns=_COLUMNS,
        rows=rows,
        subtitles=(f"近{burden.weeks}周，{chinese_moment(now)}导出",),
        made_at=now,
        more=(behind,),
    )
