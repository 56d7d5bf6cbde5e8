"""纪要 measured from its PDF, against GB/T 9704-2012, 10.3."""

import io
from datetime import date
from itertools import pairwise

import pdfplumber
import pytest

from renovation.core.documents.blocks import Column, Heading, Kind, Paragraph, Table, row
from renovation.core.documents.papers import MinutesPaper, minutes_html
from renovation.core.documents.pdf import render_pdf
from renovation.core.errors import Refusal
from tests.renovation.core.documents.samples import FULL
from tests.renovation.core.documents.test_official_layout import (
    BOTTOM,
    CHARACTER,
    LEFT,
    LINE,
    MM,
    RIGHT,
    ink,
    line_with,
    lines_of,
    near,
    rules,
)

STREETS = "、".join(
    f"{name}街道分管负责人" for name in ("般阳路", "松龄路", "钟楼", "昆仑", "洪山")
)
ITEMS = Table(
    (
        Column("序号", Kind.COUNT, 2.2),
        Column("事项", width=11),
        Column("责任单位", width=6),
        Column("完成标准", width=9),
        Column("期限", Kind.LABEL, 4.4),
    ),
    tuple(row(n, "完成3号楼外墙保温", "般阳路街道", "监理签认", "12月7日") for n in range(1, 4)),
    notes=("编号为“〔2026〕第48周-序号”。",),
)


def minutes(**changes: object) -> MinutesPaper:
    given: dict[str, object] = {
        "mark": "淄川区老旧小区改造周调度会纪要",
        "title": "2026年第48周老旧小区改造周调度会纪要",
        "number": "第48次",
        "dated": "2026年12月1日",
        "body": (
            Paragraph(FULL + "。"),
            Heading("一、议定事项"),
            *[Paragraph(FULL + FULL + "。")] * 3,
            Heading("二、交办事项"),
            ITEMS,
        ),
        "attendance": (("出席", STREETS), ("请假", "昆仑街道"), ("列席", "区审计局")),
        "copies": "般阳路街道，松龄路街道",
        "printed_by": "淄川区住房和城乡建设局办公室",
        "printed_on": date(2026, 12, 1),
    }
    return MinutesPaper(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("minutes") / "minutes.pdf"
    path.write_bytes(render_pdf(minutes_html(minutes())))
    return path


@pytest.fixture(scope="module")
def paper(file):
    with pdfplumber.open(file) as opened:
        yield opened.pages


def test_the_mark_stands_35_mm_below_the_type_area_red_and_centred(file, paper):
    line = line_with(paper[0], "周调度会纪要")
    assert line.text == "淄川区老旧小区改造周调度会纪要"
    assert line.faces == {"Paper-Title"}
    for char in line.chars:
        assert char["non_stroking_color"] == pytest.approx((0.902, 0, 0), abs=0.01)
    left, top, right, _ = ink(file, 1, (10, 60, 200, 100))
    assert top == near(72.0)
    assert (left + right) / 2 == near((LEFT + RIGHT) / 2, 0.5)
    assert right - left <= 151


def test_number_rule_title_and_day(paper):
    number = line_with(paper[0], "第48次")
    assert (number.x0 + number.x1) / 2 == near((LEFT + RIGHT) / 2)
    left, right, top, bottom = rules(paper[0])[0]
    assert (left, right) == (near(LEFT, 0.05), near(RIGHT, 0.05))
    assert top - number.bottom == near(4.0, 0.1)
    title = [line for line in lines_of(paper[0]) if line.size == 22.0]
    assert "".join(line.text for line in title) == "2026年第48周老旧小区改造周调度会纪要"
    assert title[0].top + 22 / MM / 2 - LINE / 2 - bottom == near(2 * LINE, 0.7)
    dated = line_with(paper[0], "（2026年12月1日）")
    assert "Paper-Kai" in dated.faces
    assert (dated.x0 + dated.x1) / 2 == near((LEFT + RIGHT) / 2, 0.4)
    assert dated.baseline - title[-1].baseline == near(LINE, 1.0)
    first = line_with(paper[0], FULL[:6])
    assert first.x0 == near(LEFT + 2 * CHARACTER, 0.05)
    assert first.baseline - dated.baseline == near(2 * LINE, 0.11)


def test_who_came_stands_after_the_text_two_characters_in(paper):
    """Labels in 黑体, two characters in; names in 仿宋, turned lines flush with the first character after the colon;
    请假 and 列席 on lines of their own."""
    page = next(p for p in paper if any("出席：" in line.text for line in lines_of(p)))
    lines = lines_of(page)
    start = next(i for i, line in enumerate(lines) if line.text.startswith("出席："))
    names = lines[start : start + 5]
    assert [line.text[:3] for line in names if line.text[2] == "："] == [
        "出席：",
        "请假：",
        "列席：",
    ]
    for line in names:
        labelled = line.text[2] == "："
        assert line.x0 == near(LEFT + (2 if labelled else 5) * CHARACTER, 0.15)
        label = line.chars[:2] if labelled else []
        assert {c["fontname"].partition("+")[2] for c in label} <= {"Paper-Hei"}
        assert line.chars[4]["fontname"].endswith("Fangsong")
        assert line.size == 16.0
    for above, below in pairwise(names):
        assert below.baseline - above.baseline == near(LINE, 0.11)


def test_number_of_the_page_and_imprint(file, paper):
    number = lines_of(paper[0])[-1]
    assert number.text.replace(" ", "") == "—1—"
    assert number.x1 == near(RIGHT - 14 / MM, 0.1)
    last = paper[-1]
    left, _, right, bottom = ink(file, len(paper), (20, 230, 200, 264))
    assert (left, right, bottom) == (near(LEFT, 0.1), near(RIGHT, 0.1), near(BOTTOM, 0.1))
    assert line_with(last, "抄送：").text == "抄送：般阳路街道，松龄路街道。"
    assert line_with(last, "印发").text == "淄川区住房和城乡建设局办公室2026年12月1日印发"


def test_the_table_of_items_keeps_to_the_type_area(paper):
    (table,) = [table for page in paper for table in page.find_tables() if len(table.columns) == 5]
    x0, _, x1, _ = (edge / MM for edge in table.bbox)
    assert (x0, x1) == (near(LEFT, 0.2), near(RIGHT, 0.2))
    assert [len(cells) for cells in table.extract()] == [5] * 4


def test_the_same_minutes_have_the_same_bytes_and_a_long_mark_is_refused(file):
    assert render_pdf(minutes_html(minutes())) == file.read_bytes()
    with pytest.raises(Refusal, match="31 个字"):
        minutes_html(minutes(mark="要" * 31))


def test_who_came_stays_together_and_a_long_list_turns_the_page():
    """Nobody's name stands alone on the last page; what is longer than a page is cut."""
    for lines in (3, 4, 5, 6):
        body = (Paragraph(FULL + "。"), *[Paragraph(FULL)] * lines)
        data = render_pdf(minutes_html(minutes(body=body)))
        with pdfplumber.open(io.BytesIO(data)) as opened:
            pages = ["".join(line.text for line in lines_of(page)) for page in opened.pages]
        assert [
            page.count("出席：") + page.count("列席：") for page in pages if "席：" in page
        ] == [2]
    data = render_pdf(minutes_html(minutes(attendance=(("出席", STREETS * 12),))))
    with pdfplumber.open(io.BytesIO(data)) as opened:
        assert len(opened.pages) == 4


def test_a_table_begins_under_its_heading_and_ends_with_two_rows():
    """However long the text before it is. Of a table of two rows the last may stand on the next page."""
    words = "完成外墙保温样板段，样板验收后各标段照样施工，每周报告进度并附照片"
    cut = set()
    for rows, least in ((2, 1), (4, 2)):
        table = Table(
            ITEMS.columns,
            tuple(row(n, words, "般阳路街道", words, "12月7日") for n in range(1, rows + 1)),
        )
        for lines in range(1, 17):
            body = (*[Paragraph(FULL)] * lines, Heading("二、交办事项"), table)
            data = render_pdf(minutes_html(minutes(body=body, attendance=())))
            with pdfplumber.open(io.BytesIO(data)) as opened:
                counts = {
                    number: len(cells) - 1
                    for number, page in enumerate(opened.pages)
                    for cells in (found.extract() for found in page.find_tables())
                    if len(cells[0]) == len(ITEMS.columns)
                }
                headed = [
                    number
                    for number, page in enumerate(opened.pages)
                    if "二、交办事项" in "".join(line.text for line in lines_of(page))
                ]
            assert headed == [min(counts)], (rows, lines, counts)
            assert sum(counts.values()) == rows
            assert min(counts.values()) >= 1
            assert counts[max(counts)] >= least, (rows, lines, counts)
            cut.add(len(counts))
    assert cut == {1, 2}


def test_a_label_without_names_and_an_imprint_without_words_are_left_out():
    data = render_pdf(
        minutes_html(minutes(attendance=(), copies="", printed_by="", body=(Paragraph(FULL),)))
    )
    with pdfplumber.open(io.BytesIO(data)) as opened:
        text = "".join(page.extract_text() for page in opened.pages)
        assert len(opened.pages) == 1
    assert "出席" not in text
    assert "印发" not in text
