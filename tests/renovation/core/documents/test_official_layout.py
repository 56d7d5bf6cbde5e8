"""The official paper measured from its PDF, against GB/T 9704-2012 (clauses beside the tests).

Places are in millimetres from the upper left corner of the sheet; a character's place is its em box
(baseline − 0.88 em to baseline + 0.12 em in all faces of static/fonts). Ink is measured from the
page drawn at 600 dots an inch.
"""

import io
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pytest
from PIL import Image

from renovation.core.documents.blocks import Heading, Paragraph
from renovation.core.documents.papers import (
    Annex,
    LetterPaper,
    letter_html,
    official_html,
    title_lines,
)
from renovation.core.documents.pdf import render_pdf
from renovation.core.errors import Refusal
from tests.renovation.core.documents.samples import FULL, TABLE, bulletin

MM = 72 / 25.4
LINE, CHARACTER = 225 / 22, 156 / 28
TOP, LEFT, RIGHT, BOTTOM = 37.0, 28.0, 184.0, 262.0


@dataclass
class Line:
    """The characters of one baseline, from left to right."""

    baseline: float
    chars: list

    @property
    def text(self) -> str:
        return "".join(char["text"] for char in self.chars)

    @property
    def x0(self) -> float:
        return self.chars[0]["x0"] / MM

    @property
    def x1(self) -> float:
        return self.chars[-1]["x1"] / MM

    @property
    def size(self) -> float:
        return round(self.chars[0]["size"], 1)

    @property
    def faces(self) -> set[str]:
        return {char["fontname"].partition("+")[2] for char in self.chars}

    @property
    def top(self) -> float:
        return self.baseline - 0.88 * self.size / MM

    @property
    def bottom(self) -> float:
        return self.baseline + 0.12 * self.size / MM


def lines_of(page) -> list[Line]:
    found = defaultdict(list)
    for char in page.chars:
        found[round((float(page.height) - char["matrix"][5]) / MM, 1)].append(char)
    return [
        Line(baseline, sorted(chars, key=lambda char: char["x0"]))
        for baseline, chars in sorted(found.items())
    ]


def line_with(page, text: str) -> Line:
    return next(line for line in lines_of(page) if text in line.text)


def rules(page) -> list[tuple[float, float, float, float]]:
    """Long horizontal rules: left, right, top, bottom."""
    return sorted(
        (
            (shape["x0"] / MM, shape["x1"] / MM, shape["top"] / MM, shape["bottom"] / MM)
            for shape in page.rects
            if shape["width"] > 150 * MM and shape["height"] < 2 * MM
        ),
        key=lambda rule: rule[2],
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("paper") / "bulletin.pdf"
    path.write_bytes(render_pdf(official_html(bulletin())))
    return path


@pytest.fixture(scope="module")
def paper(file):
    with pdfplumber.open(file) as opened:
        yield opened.pages


def ink(file: Path, page: int, box: tuple[float, float, float, float]) -> tuple[float, ...]:
    """The bounds of what is dark inside ``box`` (left, top, right, bottom)."""
    target = file.with_suffix("")
    dots = 600 / 25.4
    subprocess.run(
        [
            "pdftoppm",
            "-r",
            "600",
            "-f",
            str(page),
            "-l",
            str(page),
            "-gray",
            "-singlefile",
            file,
            target,
        ],
        check=True,
    )
    left, top, right, bottom = box
    part = (
        Image.open(target.with_suffix(".pgm"))
        .crop((int(left * dots), int(top * dots), int(right * dots), int(bottom * dots)))
        .point(lambda value: 255 if value < 170 else 0)
    )
    x0, y0, x1, y1 = part.getbbox()
    return (left + x0 / dots, top + y0 / dots, left + x1 / dots, top + y1 / dots)


def near(value: float, tolerance: float = 0.25):
    return pytest.approx(value, abs=tolerance)


def test_sheets_are_a4(paper):
    sizes = [(round(float(p.width) / MM), round(float(p.height) / MM)) for p in paper]
    assert set(sizes) == {(210, 297), (297, 210)}
    assert sizes[0] == (210, 297)


def test_22_lines_of_28_characters_fill_the_type_area(paper):
    """5.1, 5.2.3: 156 × 225 mm, 22 lines a page, 28 characters a line."""
    text = [line for line in lines_of(paper[1]) if line.size == 16.0]
    assert len(text) == 22
    for above, below in pairwise(text):
        assert below.baseline - above.baseline == near(LINE, 0.11)
    assert (text[-1].baseline - text[0].baseline) / 21 * MM == pytest.approx(28.99, abs=0.02)
    centre = text[0].top + 16 / MM / 2
    assert centre - LINE / 2 == near(TOP)
    assert text[-1].top + 16 / MM / 2 + LINE / 2 == near(BOTTOM)
    full = [line for line in text if len(line.text) == 28]
    assert full
    for line in full:
        assert line.x0 == near(LEFT, 0.05)
        assert line.x1 == near(RIGHT)
        for one, other in pairwise(line.chars):
            assert (other["x0"] - one["x0"]) / MM == near(CHARACTER, 0.02)


def test_every_full_line_reaches_both_edges(paper):
    """Lines that hold figures or give a character to the next are stretched, not left short."""
    text = [line for line in lines_of(paper[0]) if line.size == 16.0 and line.baseline > 180]
    starts = [index for index, line in enumerate(text) if line.x0 > LEFT + 1]
    full = [
        line
        for index, line in enumerate(text[:-1])
        if index + 1 not in starts and "一、" not in line.text
    ]
    assert any("2025" in line.text for line in full)
    assert len(full) >= 4
    for line in full:
        assert line.x1 == near(RIGHT)


def test_no_line_begins_with_the_unit_of_a_figure():
    for shift in (0, 3, 5, 8, 10):
        text = FULL[:shift] + "完成投资3268.50万元，形象进度76.4%，" * 4
        data = render_pdf(official_html(bulletin(body=(Paragraph(text),), annexes=())))
        with pdfplumber.open(io.BytesIO(data)) as opened:
            lines = [line.text for page in opened.pages for line in lines_of(page)]
        assert not [line for line in lines if line.startswith(("万元", "元", "%", "，"))]


def test_the_issuing_body(file, paper):
    """7.2.4: red 小标宋, centred, its upper edge 35 mm below that of the type area."""
    line = line_with(paper[0], "住房和城乡建设局文件")
    assert line.faces == {"Paper-Title"}
    for char in line.chars:
        assert char["non_stroking_color"] == pytest.approx((0.902, 0, 0), abs=0.01)
    left, top, right, bottom = ink(file, 1, (10, 60, 200, 100))
    assert top == near(72.0)
    assert (left + right) / 2 == near((LEFT + RIGHT) / 2, 0.5)
    assert right - left <= 156
    assert 12 < bottom - top < 16


@pytest.mark.parametrize("count", [4, 8, 13, 20, 30])
def test_every_issuing_body_fits_its_line(tmp_path, count):
    path = tmp_path / "paper.pdf"
    body = ("淄川区住房和城乡建设局" * 3)[: count - 2] + "文件"
    path.write_bytes(render_pdf(official_html(bulletin(issuer=body, annexes=(), body=()))))
    left, top, right, _ = ink(path, 1, (10, 60, 200, 105))
    assert top == near(72.0, 0.4)
    assert (left + right) / 2 == near((LEFT + RIGHT) / 2, 0.6)
    assert right - left <= 151


def test_number_and_red_rule(file, paper):
    """7.2.5, 7.2.7: the number two lines below the body, the rule 4 mm below the number, 156 mm."""
    number = line_with(paper[0], "〔2025〕12号")
    assert number.size == 16.0
    assert (number.x0 + number.x1) / 2 == near((LEFT + RIGHT) / 2)
    _, _, _, body_bottom = ink(file, 1, (10, 60, 200, 100))
    line_top = number.top + 16 / MM / 2 - LINE / 2
    assert line_top - body_bottom == near(2 * LINE, 1.0)
    left, right, top, bottom = rules(paper[0])[0]
    assert (left, right) == (near(LEFT, 0.05), near(RIGHT, 0.05))
    assert top - number.bottom == near(4.0, 0.1)
    assert bottom - top == near(0.4, 0.06)


def test_title_addressees_and_text(paper):
    """7.3.1–7.3.3: title two lines below the rule, 22 pt; addressees one line below, flush."""
    lines = lines_of(paper[0])
    title = [line for line in lines if line.size == 22.0]
    assert [line.text for line in title] == [
        "关于2025年第三季度",
        "全区老旧小区改造工作进展情况的通报",
    ]
    for line in title:
        assert line.faces == {"Paper-Title"}
        assert (line.x0 + line.x1) / 2 == near((LEFT + RIGHT) / 2)
    rule_bottom = rules(paper[0])[0][3]
    assert title[0].top + 22 / MM / 2 - LINE / 2 - rule_bottom == near(2 * LINE, 0.7)
    addressees = line_with(paper[0], "各街道办事处")
    assert addressees.text.endswith("：")
    assert addressees.x0 == near(LEFT, 0.05)
    assert addressees.baseline - title[-1].baseline == near(2 * LINE, 1.0)
    first = next(line for line in lines if line.text.startswith(FULL[:6]))
    assert first.x0 == near(LEFT + 2 * CHARACTER, 0.05)
    assert first.baseline - addressees.baseline == near(LINE, 0.11)


def test_levels_have_their_faces(paper):
    """7.3.3: 一、 in 黑体, （一） in 楷体, text in 仿宋; figures in 宋体."""
    first = line_with(paper[0], "一、总体进展")
    assert (first.faces, first.size) == ({"Paper-Hei"}, 16.0)
    chars = [char for page in paper for char in page.chars]
    kai = "".join(c["text"] for c in chars if c["fontname"].endswith("Kai"))
    assert kai == "（一）报送情况。"
    text = "".join(c["text"] for c in chars if c["fontname"].endswith("Fangsong"))
    assert "各街道共报送周报" in text
    assert not set("0123456789") & set(text)


def test_page_numbers(file, paper):
    """7.4: 14 pt, the rules 7 mm below the type area, odd right and even left, one character in."""
    for index, page in enumerate(paper[:3]):
        number = lines_of(page)[-1]
        assert number.text.replace(" ", "") == f"—{index + 1}—"
        assert number.size == 14.0
        assert number.faces == {"Paper-Song"}
        if index % 2 == 0:
            assert number.x1 == near(RIGHT - 14 / MM, 0.1)
        else:
            assert number.x0 == near(LEFT + 14 / MM, 0.1)
    _, dash_top, _, _ = ink(file, 1, (164, 263, 169, 280))
    assert dash_top == near(BOTTOM + 7, 0.1)
    _, dash_top, _, _ = ink(file, 2, (32, 263, 36.5, 280))
    assert dash_top == near(BOTTOM + 7, 0.1)


def test_annexes_are_named_after_the_text(paper):
    """7.3.4: one line below the text, two characters in, names flush with each other, no full stop."""
    page = next(page for page in paper if any("附件：" in line.text for line in lines_of(page)))
    first, second = line_with(page, "附件：1."), line_with(page, "2.滞后项目清单")
    assert first.x0 == near(LEFT + 2 * CHARACTER, 0.05)
    assert first.text == "附件：1.2025年老旧小区改造项目进展情况表"
    assert second.x0 == near(LEFT + 5 * CHARACTER, 0.15)
    before = max(
        (line for line in lines_of(page) if line.baseline < first.baseline - 1),
        key=lambda line: line.baseline,
    )
    assert first.baseline - before.baseline == near(2 * LINE, 0.11)


def test_signature_and_date(paper):
    """7.3.5.1: date four characters from the right, the body centred upon it; remark below."""
    page = next(
        page for page in paper if any(line.text == "2025年10月15日" for line in lines_of(page))
    )
    date_line = line_with(page, "2025年10月15日")
    signer = next(line for line in lines_of(page) if line.text == "淄川区住房和城乡建设局")
    assert date_line.x1 == near(RIGHT - 4 * CHARACTER)
    assert (signer.x0 + signer.x1) / 2 == near((date_line.x0 + date_line.x1) / 2, 0.2)
    assert date_line.baseline - signer.baseline == near(LINE, 0.11)
    remark = line_with(page, "（此件公开发布）")
    assert remark.x0 == near(LEFT + 2 * CHARACTER, 0.05)
    assert remark.baseline - date_line.baseline == near(LINE, 0.11)


def test_a_paper_without_a_seal():
    """7.3.5.2: signature two characters from the right, the date begins two characters after it."""
    data = render_pdf(official_html(bulletin(sealed=False, body=(), annexes=())))
    with pdfplumber.open(_stream(data)) as opened:
        page = opened.pages[0]
        signer = next(line for line in lines_of(page) if line.text == "淄川区住房和城乡建设局")
        date_line = next(line for line in lines_of(page) if line.text == "2025年10月15日")
    assert signer.x1 == near(RIGHT - 2 * CHARACTER)
    assert date_line.x0 - signer.x0 == near(2 * CHARACTER, 0.1)


def test_annex_pages(paper):
    """7.3.8: own page, 附件2 in 黑体 on the first line, its title on the third, centred."""
    page = paper[-1]
    mark, title = lines_of(page)[:2]
    assert (mark.text, mark.faces, mark.x0) == ("附件2", {"Paper-Hei"}, near(LEFT, 0.05))
    assert mark.top + 16 / MM / 2 - LINE / 2 == near(TOP)
    assert (title.text, title.size) == ("滞后项目清单", 22.0)
    assert title.top + 22 / MM / 2 - LINE / 2 == near(TOP + 2 * LINE, 0.4)
    assert (title.x0 + title.x1) / 2 == near((LEFT + RIGHT) / 2)


def test_a_sideways_annex(file, paper):
    """7.4: the number of a sideways table stands where it stands on other pages of the volume."""
    index, page = next((i, p) for i, p in enumerate(paper) if p.width > p.height)
    assert min(char["x0"] for char in page.chars if char["upright"]) / MM == near(35, 0.6)
    assert min(line.top for line in lines_of(page) if line.text == "附件1") >= 28
    dashes = [char for char in page.chars if char["text"] == "—" and not char["upright"]]
    assert len(dashes) == 2
    # Turned back, the sheet's left edge is its foot: 35 mm margin, 7 mm below the type area.
    edge = ink(file, index + 1, (10, 28, 34, 184))[2] if index % 2 == 0 else None
    if edge is not None:
        assert edge >= 28.0 - 0.3
    place = (min(c["top"] for c in dashes) / MM, max(c["bottom"] for c in dashes) / MM)
    if index % 2 == 0:
        assert place[1] == near(184 - 14 / MM, 0.3)
    else:
        assert place[0] == near(28 + 14 / MM, 0.3)
    assert max(shape["x1"] for shape in page.rects + page.lines) / MM <= 260.3


def test_imprint(file, paper):
    """7.4.1–7.4.3: at the foot of the last page, thick, thin and thick rules, 14 pt."""
    page = paper[-1]
    left, top, right, bottom = ink(file, len(paper), (20, 200, 200, 264))
    assert (left, right) == (near(LEFT, 0.1), near(RIGHT, 0.1))
    assert bottom == near(BOTTOM, 0.1)
    copies = line_with(page, "抄送：")
    rest = line_with(page, "城乡建设局。")
    printed = line_with(page, "印发")
    assert {copies.size, printed.size} == {14.0}
    assert copies.x0 == near(LEFT + 14 / MM, 0.1)
    assert rest.x0 == near(LEFT + 4 * 14 / MM, 0.1)
    assert printed.text == "淄川区住房和城乡建设局办公室2025年10月15日印发"
    assert printed.x0 == near(LEFT + 14 / MM, 0.1)
    assert printed.x1 == near(RIGHT - 14 / MM, 0.1)
    assert top < copies.top < rest.top < printed.top < bottom
    widths = [(0.35, top), (0.35, bottom - 0.35)]
    for width, place in widths:
        _, y0, _, y1 = ink(file, len(paper), (60, place - 0.4, 61, place + 0.8))
        assert y1 - y0 == near(width, 0.07)


def test_nothing_of_the_text_is_said_twice(paper):
    last = "".join(line.text for line in lines_of(paper[-1]))
    assert last.count("抄送：") == 1


def test_lights_are_black_in_an_official_paper(paper):
    marks = [c for page in paper for c in page.chars if c["text"] in "●▲■"]
    assert len(marks) == 6
    assert {tuple(c["non_stroking_color"]) for c in marks} <= {(0,), (0, 0, 0)}


def test_a_paper_that_is_not_issued_says_so_on_every_page():
    data = render_pdf(
        official_html(bulletin(draft="未签发", number="", number_blank="川住建发〔2025〕　号"))
    )
    with pdfplumber.open(_stream(data)) as opened:
        words = ["".join(c["text"] for c in page.chars) for page in opened.pages]
    assert "川住建发〔2025〕　号" in words[0]
    assert len(words) == 5
    assert all("未签发" in each for each in words)


def test_a_long_name_of_the_issuing_body_is_refused():
    with pytest.raises(Refusal) as caught:
        official_html(bulletin(issuer="局" * 31))
    assert caught.value.code == "paper.issuer"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("关于迎检的通知", ("关于迎检的通知",)),
        (
            "关于2025年第三季度全区老旧小区改造工作进展情况的通报",
            ("关于2025年第三季度", "全区老旧小区改造工作进展情况的通报"),
        ),
        ("甲\n乙", ("甲", "乙")),
    ],
)
def test_titles_break_where_a_phrase_ends(text, lines):
    assert title_lines(text) == lines


@pytest.mark.parametrize("length", range(20, 70, 7))
def test_long_titles_stay_within_their_lines(length):
    text = ("老旧小区改造工作进展情况" * 6)[:length]
    lines = title_lines(text)
    assert "".join(lines) == text
    assert max(len(line) for line in lines) <= 19


def test_letter(tmp_path):
    """10.1: body 30 mm from the edge, double rules of 170 mm, no number on the first page."""
    letter = LetterPaper(
        issuer="淄川区住房和城乡建设局",
        title="关于加快推进老旧小区改造进度的提醒函",
        body=(Heading("一、存在问题"), *[Paragraph(FULL + "。")] * 12),
        number="川住建函〔2025〕8号",
        addressees="松龄路街道办事处",
        signers=("淄川区住房和城乡建设局",),
        issued_on=date(2025, 10, 15),
        annexes=(Annex("清单", (TABLE,)),),
        copies="区政府办公室",
    )
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_pdf(letter_html(letter)))
    assert ink(path, 1, (10, 20, 200, 46))[1] == near(30.0)
    _, issuer_bottom = ink(path, 1, (25, 20, 185, 46.5))[1::2]
    left, top, right, bottom = ink(path, 1, (5, issuer_bottom + 1, 205, 51))
    assert (left, right) == (near(20, 0.1), near(190, 0.1))
    assert top - issuer_bottom == near(4, 0.6)
    left, top, right, bottom = ink(path, 1, (5, 270, 205, 290))
    assert (left, right, bottom) == (near(20, 0.1), near(190, 0.1), near(277, 0.2))
    with pdfplumber.open(path) as opened:
        first, second = opened.pages[:2]
        number = line_with(first, "〔2025〕8号")
        assert number.x1 == near(RIGHT)
        assert "—" not in "".join(c["text"] for c in first.chars)
        assert "".join(lines_of(second)[-1].text.split()) == "—2—"
        assert not any("170" in str(rule) for rule in rules(second))


def _stream(data: bytes):
    return io.BytesIO(data)
