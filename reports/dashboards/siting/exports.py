"""The list of places as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.documents.sheets import Sheet
from renovation.core.wording import chinese_moment
from reports.dashboards.listing import MARKS
from reports.dashboards.places import PlaceRow

COLUMNS: Described = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("社区", Kind.TEXT, 8), ""),
    (Column("小区", Kind.TEXT, 10), ""),
    (Column("地址", Kind.TEXT, 12), ""),
    (Column("户数", Kind.COUNT, 5, unit="户"), ""),
    (
        Column("纬度", Kind.DECIMAL, 7, unit="度", places=6),
        "小区中心；没有填的，取轮廓各点的中间。",
    ),
    (Column("经度", Kind.DECIMAL, 7, unit="度", places=6), ""),
    (Column("轮廓", Kind.COUNT, 4, unit="点"), "登记的角点个数。"),
    (Column("亮灯", Kind.MARK, 7), "小区所在项目的。"),
)


def places_workbook(
    *, title: str, rows: Sequence[PlaceRow], more: Sequence[Sheet], now: datetime
) -> bytes:
    """The rows of the list, and the sheets in which the places come back in."""
    return list_workbook(
        title=title,
        name="位置",
        columns=COLUMNS,
        rows=(
            row(
                each.project_code,
                each.project_name,
                each.street_name,
                each.estate.community.short_name if each.estate.community else "",
                each.estate.name,
                each.estate.address,
                each.estate.household_count,
                each.at[0] if each.at else None,
                each.at[1] if each.at else None,
                len(each.estate.outline) or None,
                MARKS[each.light],
            )
            for each in rows
        ),
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
        more=more,
    )
