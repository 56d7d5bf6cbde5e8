"""The paper of a return on A4 and as a workbook: one table, cut for the page and whole for the workbook."""

from __future__ import annotations

from decimal import Decimal

from renovation.core.calendar import local_day
from renovation.core.documents.blocks import (
    Block,
    Cell,
    Column,
    Facts,
    Heading,
    Kind,
    Note,
    Paragraph,
    Row,
    RowStyle,
    Table,
    row,
)
from renovation.core.documents.papers import SheetPaper, sheet_html
from renovation.core.documents.pdf import PdfMetadata, render_pdf
from renovation.core.documents.xlsx import Book, Sheet, sheet_from_table, write_workbook
from renovation.core.wording import chinese_date, chinese_moment

from .values import Hand, PaperRow, ReturnPaper

_PROGRESS, _MONEY = "累计形象进度（%）", "累计完成投资（万元）"
_FIGURES = (
    Column("上周", Kind.DECIMAL, 3.4, group=_PROGRESS, places=1),
    Column("本周", Kind.DECIMAL, 3.4, group=_PROGRESS, places=1),
    Column("变化", Kind.CHANGE, 3.4, group=_PROGRESS, places=1),
    Column("上周", Kind.DECIMAL, 4.6, group=_MONEY, places=2),
    Column("本周", Kind.DECIMAL, 4.6, group=_MONEY, places=2),
    Column("变化", Kind.CHANGE, 4.4, group=_MONEY, places=2),
    Column("在场", Kind.COUNT, 3, unit="人"),
)
#: Field of the rows → its column, of what the return says in words.
_WORDS = {
    "work_done": Column("本周完成情况", width=13),
    "problems": Column("存在问题", width=9),
    "coordination": Column("需协调事项", width=8),
    "next_plan": Column("下周计划", width=11),
    "explanation": Column("情况说明", width=9),
}
_DAYS = (Column("实际开工", Kind.DATE, 6), Column("实际完工", Kind.DATE, 6))
_NOTE = "“上周”为以前最近一次报送的累计数；投资合计按有数的项目相加，形象进度不相加。"


def paper_pdf(paper: ReturnPaper) -> bytes:
    """A4, landscape. The same paper gives the same bytes."""
    return render_pdf(
        sheet_html(sheet_paper(paper)),
        metadata=PdfMetadata(
            title=paper.title, author=paper.street, created=local_day(paper.made_at).isoformat()
        ),
    )


def paper_workbook(paper: ReturnPaper) -> bytes:
    """A sheet of the rows, one of the remarks, one of hands and pledge."""
    subtitle = f"{paper.period}　{paper.edition}　{paper.state}"
    rows = sheet_from_table(
        _rows_table(paper, whole=True),
        title=paper.heading,
        subtitles=(subtitle, *paper.notes),
        name="报送表",
        fixed_columns=3,
        footer_left=paper.draft.replace("　", " "),
    )
    sheets: list[Sheet] = [rows]
    for table, name in (
        (remarks_table(paper), "校验与说明"),
        (_hands_table(paper), "办理与承诺"),
    ):
        sheets.append(
            sheet_from_table(
                table, title=f"{paper.heading}：{name}", subtitles=(subtitle,), name=name
            )
        )
    return write_workbook(Book(sheets=tuple(sheets), title=paper.title, made_at=paper.made_at))


def file_name(paper: ReturnPaper, tail: str) -> str:
    """`松龄路街道2025年第19周周报报送表（第2版）.pdf`"""
    version = f"（第{paper.version}版）" if paper.version > 1 else ""
    return f"{paper.street}{paper.week.full_number}周报报送表{version}{tail}"


def sheet_paper(paper: ReturnPaper) -> SheetPaper:
    """The words and blocks of the printed paper."""
    return SheetPaper(
        title=paper.heading,
        facts=(f"报送单位：{paper.street}", paper.period, f"{paper.edition}　{paper.state}"),
        blocks=tuple(_blocks(paper)),
        footer=f"{paper.heading}　{paper.period}　{paper.edition}",
        size="A4",
        draft=paper.draft,
    )


def _blocks(paper: ReturnPaper) -> list[Block]:
    found: list[Block] = [Note(note) for note in paper.notes]
    found.append(_rows_table(paper, whole=False))
    if paper.remarks:
        found += [Heading("校验提示与说明", level=2), remarks_table(paper)]
    if (pledge := paper.pledge) is not None:
        found += [
            Heading("真实性承诺", level=2),
            Paragraph(pledge.text),
            Note(
                f"{pledge.who}于{chinese_date(local_day(pledge.accepted_at))}确认第{pledge.version}版，本次报送适用。"
            ),
        ]
    return [*found, Facts(tuple((hand.label, _told_hand(hand)) for hand in paper.hands))]


def _told_hand(hand: Hand) -> str:
    """`松龄路街道 审核岗　2025年5月8日 15:00`; a line to sign on where nobody did it yet."""
    at = chinese_moment(hand.at) if hand.at is not None else ""
    return "　".join(part for part in (hand.who or hand.note, at) if part) or "＿＿＿＿＿＿"


# -- the rows -----------------------------------------------------------------------------------------
def _rows_table(paper: ReturnPaper, *, whole: bool) -> Table:
    words = tuple(_WORDS.values()) if whole else (Column("本周情况", width=30),)
    columns = (
        Column("序号", Kind.COUNT, 2.4),
        *((Column("项目编号", Kind.LABEL, 7),) if whole else ()),
        Column("项目", width=8),
        *_FIGURES,
        *words,
        *(_DAYS if whole else ()),
    )
    return Table(
        columns=columns,
        rows=tuple(_cells(number, each, whole) for number, each in enumerate(paper.rows, start=1)),
        totals=_totals(paper, columns, whole) if paper.rows else None,
        name="报送表",
        notes=(_NOTE,),
        empty="本周没有需要报送的项目",
    )


def _wan(fen: int | None) -> Decimal | None:
    """万元, exact."""
    return None if fen is None else Decimal(fen) / 1_000_000


def _cells(number: int, each: PaperRow, whole: bool) -> Row:
    figures = (
        Cell(each.last_progress, pending=each.last_is_pending),
        each.progress,
        each.progress_change,
        Cell(_wan(each.last_invested_fen), pending=each.last_is_pending),
        _wan(each.invested_fen),
        _wan(each.invested_change_fen),
        each.workers_count,
    )
    if whole:
        said = {field: getattr(each, field) for field in _WORDS}
        said["work_done"] = "　".join(part for part in (each.unchanged, each.work_done) if part)
        return row(
            number,
            each.code,
            each.name,
            *figures,
            *said.values(),
            each.started_on,
            each.completed_on,
        )
    return row(number, f"{each.name}　{each.code}", *figures, _told(each))


def _told(each: PaperRow) -> str:
    """What the return says of a project in words, in the order of its page."""
    if each.progress is None and each.invested_fen is None and not each.work_done:
        return "还没有填"
    parts = (
        ("", each.unchanged),
        ("", each.work_done),
        ("问题", each.problems),
        ("需协调", each.coordination),
        ("下周", each.next_plan),
        ("实际开工", chinese_date(each.started_on) if each.started_on else ""),
        ("实际完工", chinese_date(each.completed_on) if each.completed_on else ""),
        ("说明", each.explanation),
    )
    return "　".join(f"{label}：{words}" if label else words for label, words in parts if words)


def _totals(paper: ReturnPaper, columns: tuple[Column, ...], whole: bool) -> Row:
    head = ("", "", f"合计 {len(paper.rows)} 个") if whole else ("", f"合计 {len(paper.rows)} 个")
    sums = (
        "",
        "",
        "",
        _wan(paper.sums.last_invested_fen),
        _wan(paper.sums.invested_fen),
        _wan(paper.sums.invested_change_fen),
        paper.sums.workers_count,
    )
    rest = ("",) * (len(columns) - len(head) - len(sums))
    return row(*head, *sums, *rest, style=RowStyle.TOTAL)


# -- remarks and hands ---------------------------------------------------------------------------------
def remarks_table(paper: ReturnPaper) -> Table:
    """What the rules remarked, and the reasons given."""
    return Table(
        columns=(
            Column("项目", width=8),
            Column("规则", Kind.LABEL, 4),
            Column("级别", Kind.LABEL, 4),
            Column("校验结果", width=22),
            Column("说明", width=16),
        ),
        rows=tuple(
            row(each.project or paper.street, each.rule, each.grade, each.finding, each.reason)
            for each in paper.remarks
        ),
        name="校验与说明",
        empty="校验没有提示",
    )


def _hands_table(paper: ReturnPaper) -> Table:
    """Who did which step when, and the words under which it was sent."""
    rows = [row(hand.label, hand.who or hand.note or "—", hand.at) for hand in paper.hands]
    notes: tuple[str, ...] = ()
    if (pledge := paper.pledge) is not None:
        rows.append(row(f"真实性承诺（第{pledge.version}版）", pledge.who, pledge.accepted_at))
        notes = (f"真实性承诺第{pledge.version}版：{pledge.text}",)
    return Table(
        columns=(
            Column("环节", width=10),
            Column("办理人", width=30),
            Column("时间", Kind.MOMENT, 10),
        ),
        rows=tuple(rows),
        name="办理与承诺",
        notes=notes,
    )
