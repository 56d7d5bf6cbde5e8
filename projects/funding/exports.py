"""The money ledger of a year as a workbook: every entry, and what the columns mean."""

from __future__ import annotations

from datetime import datetime

from renovation.accounts.models import Organisation
from renovation.core.calendar import SHANGHAI
from renovation.core.documents.blocks import Cell, Column, Kind, row
from renovation.core.documents.listing import list_workbook
from renovation.core.measures import wanyuan_from_fen
from renovation.core.wording import chinese_moment
from renovation.intake.manifest import Manifest, sheet_of
from renovation.intake.meanwhile import filled_in
from renovation.records.acting import who

from .enums import EventState
from .journal.columns import FIXED, present_values
from .models import FundingEvent
from .querysets import FundingEventQuerySet

COLUMNS = (
    (Column("编号", Kind.COUNT, 4), "登记的编号；更正用它指向原来那笔。"),
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("资金来源", Kind.TEXT, 8), ""),
    (Column("环节", Kind.LABEL, 4), "下达、到位、拨付、支付。"),
    (Column("金额", Kind.DECIMAL, 7, unit="万元", places=2), "更正为增减数，可为负。"),
    (Column("日期", Kind.DATE, 6), "文件或凭证上的日期；更正为登记当天。"),
    (Column("计入日期", Kind.DATE, 6), "更正从原来那笔的日期起计入。"),
    (Column("文号", Kind.TEXT, 10), "下达为文号，到位、拨付、支付为文号或凭证号。"),
    (Column("依据文件", Kind.TEXT, 10), "附件的名称，在页面上打开。"),
    (Column("状态", Kind.LABEL, 5), "只有“已核定”的计入指标。"),
    (Column("更正编号", Kind.COUNT, 4), "更正的是哪一笔。"),
    (Column("更正原因", Kind.TEXT, 10), ""),
    (Column("期初导入", Kind.LABEL, 4), "从以前的台账带进来的。"),
    (Column("登记", Kind.TEXT, 9), "登记的岗位。"),
    (Column("登记时间", Kind.MOMENT, 10), ""),
    (Column("核定", Kind.TEXT, 9), "核定的岗位。"),
    (Column("核定时间", Kind.MOMENT, 10), ""),
)


#: Under this name the workbook comes back in (``journal.pipeline``).
JOURNAL = "funding_journal"


def funding_workbook(
    *, year: int, events: FundingEventQuerySet, bureau: Organisation, now: datetime
) -> bytes:
    """Every event of a queryset in order of project and counting date; one query. It comes back in unchanged,
    and with new rows (``journal.pipeline``)."""
    rows = events.select_related(
        "project__street", "source", "file", "recorded_by", "approved_by"
    ).order_by("project__street__order", "project__code", "source__order", "effective_on", "pk")
    held = ((f"#{event.pk}", present_values(event)) for event in rows)
    manifest = Manifest(
        pipeline=JOURNAL,
        street=bureau.code,
        street_name=bureau.short_name,
        week_start=str(year),
        generated_at=now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        values=filled_in(JOURNAL, FIXED, held),
    )
    return list_workbook(
        title=f"{year}年度资金台账",
        name="资金台账",
        columns=COLUMNS,
        rows=(row(*_cells(event)) for event in rows),
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
        fixed_columns=3,
        more=(sheet_of(manifest),),
    )


def _cells(event: FundingEvent) -> list[Cell]:
    is_pending = event.state == EventState.PENDING
    return [
        Cell(event.pk),
        Cell(event.project.code),
        Cell(event.project.name),
        Cell(event.project.street.short_name),
        Cell(str(event.source)),
        Cell(str(event.get_stage_display())),
        Cell(wanyuan_from_fen(event.amount_fen), pending=is_pending),
        Cell(event.occurred_on),
        Cell(event.effective_on),
        Cell(event.document_number),
        Cell(str(event.file) if event.file else ""),
        Cell(str(event.get_state_display())),
        Cell(event.corrects_id),
        Cell(event.reason),
        Cell("是" if event.is_opening else ""),
        Cell(who(event, "recorded_by")),
        Cell(event.recorded_at),
        Cell(who(event, "approved_by") if event.approved_by else ""),
        Cell(event.approved_at),
    ]
