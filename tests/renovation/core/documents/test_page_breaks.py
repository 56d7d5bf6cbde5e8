"""Where pages end: tables with what belongs to them, the signature with the text it closes (GB/T 9704-2012,
7.3.5.5), tried at every height of the page."""

from __future__ import annotations

import io
import re
from datetime import date

import pdfplumber
import pytest

from renovation.core.documents.blocks import (
    Block,
    Column,
    Kind,
    Paragraph,
    RowStyle,
    ShownCell,
    Table,
    group_row,
    row,
)
from renovation.core.documents.papers import Annex, OfficialPaper, official_html
from renovation.core.documents.pdf import render_pdf

NAME = "二〇二五年第三季度老旧小区改造项目进展表"


def _table(count: int) -> Table:
    return Table(
        columns=(Column("街道", Kind.TEXT, 8), Column("项目数", Kind.COUNT, 4, unit="个")),
        rows=(
            group_row("甲组"),
            *(row(f"街道{number:02}", number) for number in range(1, count + 1)),
            row("小计", count, style=RowStyle.SUBTOTAL),
        ),
        totals=row("合计", count, style=RowStyle.TOTAL),
        caption="各街道表",
        notes=("注：按街道顺序排列。", "注：第二条。"),
    )


def _pages(body: tuple[Block, ...]) -> list[str]:
    """The text of each page, a line of the paper a line."""
    paper = OfficialPaper(
        issuer="某区住房和城乡建设局文件",
        title="关于某项工作的通报",
        body=body,
        number="某建发〔2025〕1号",
        addressees="各街道办事处",
        signers=("某区住房和城乡建设局",),
        issued_on=date(2025, 10, 9),
        annexes=(Annex(NAME, ()), Annex("滞后项目清单", ()), Annex("周报报送情况", ())),
        copies="",
        printed_by="",
    )
    with pdfplumber.open(io.BytesIO(render_pdf(official_html(paper)))) as pdf:
        return [page.extract_text() or "" for page in pdf.pages]


@pytest.mark.parametrize("count", range(1, 24, 2))
def test_the_signature_stands_on_one_page_with_all_annexes_and_two_lines_of_text(
    count: int,
) -> None:
    pages = _pages(tuple(Paragraph(f"第{n}条。" + "文" * 45) for n in range(1, count + 1)))
    closing = next(page for page in pages if "附件：" in page)
    for text in (NAME, "2.滞后项目清单", "3.周报报送情况", "2025年10月9日"):
        assert text in closing
    above = closing.partition("附件：")[0].splitlines()
    assert sum("文" in line for line in above) >= 2


@pytest.mark.parametrize("lines", range(10))
@pytest.mark.parametrize("count", [2, 9])
def test_a_table_is_cut_between_rows_that_have_company(lines: int, count: int) -> None:
    body = (*(Paragraph("文" * 20) for _ in range(lines)), _table(count), Paragraph("后文。"))
    pages = [page for page in _pages(body) if "街道" in page and "附件1" not in page]
    told = [re.findall(r"甲组|街道\d\d|小计|合计|注：|各街道表", page) for page in pages]
    told = [words for words in told if words]
    assert [word for words in told for word in words if word != "各街道表"] == [
        "甲组", *(f"街道{number:02}" for number in range(1, count + 1)), "小计", "合计", "注：", "注：",
    ]  # fmt: skip
    assert told[0][:4] == ["各街道表", "甲组", "街道01", "街道02"]
    assert told[-1][-4:] == ["小计", "合计", "注：", "注："]
    assert told[-1][-5].startswith("街道")
    assert len(told) == 1 or count == 9


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        ("序号", ("序", "号")),
        ("支付率", ("支付率",)),
        ("形象进度", ("形象", "进度")),
        ("投资完成率", ("投资", "完成率")),
        ("街道原因说", ("街道", "原因说")),
        ("亮灯（个）", tuple("亮灯（个）")),
    ],
)
def test_a_head_is_broken_between_words(head: str, parts: tuple[str, ...]) -> None:
    assert ShownCell(head, "head-text").parts == parts
