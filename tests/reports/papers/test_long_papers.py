"""Papers of many pages keep to the grid: GB/T 9704-2012 measured on the PDF (DOMAIN.md §4)."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import pdfplumber
import pytest
from django.db import transaction

from reports.papers.enums import Format
from reports.papers.rendering import render
from reports.papers.sheet_tables import sheet_table
from reports.papers.sheets import DispatchSheet
from reports.papers.snapshots import sheet_of
from supervision.weekly.enums import ReturnState
from tests.factories.papers import make_world

pytestmark = (
    pytest.mark.django_db
)  # the database of `printed`, which is rolled back before the tests
MM = 72 / 25.4
LINE = 225 / 22
TOP, BOTTOM, LEFT, RIGHT = 37, 262, 28, 184
#: No line begins with these, none ends with those (禁则).
NOT_FIRST = set("，。、；：！？）〕》”’%")
NOT_LAST = set("（〔《“‘")


class Printed(NamedTuple):
    """The long papers: the bulletin's pages, the dispatch sheet's, and what the sheet was made from."""

    bulletin: list[Any]
    sheet: list[Any]
    content: DispatchSheet


@pytest.fixture(scope="module")
def printed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Printed]:
    """Thirty projects of which fifteen lag, whose returns wait for approval on the sheet; rendered once."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(projects=30)
        bulletin = render(world.issued(), Format.PDF)
        waiting = make_world("boshan-", projects=30, state=ReturnState.REVIEWED).sheet()
        sheet, content = render(waiting, Format.PDF), sheet_of(waiting)
        transaction.set_rollback(True)
    with pdfplumber.open(io.BytesIO(bulletin)) as one, pdfplumber.open(io.BytesIO(sheet)) as two:
        yield Printed(one.pages, two.pages, content)


def text_of(page: Any) -> str:
    return "".join(char["text"] for char in page.chars)


def body_lines(page: Any) -> list[tuple[float, list[Any]]]:
    """The lines of three-size type on a page of the text: middle in mm from the top, characters in order."""
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for char in page.chars:
        if abs(char["size"] - 16) < 0.3 and TOP * MM - 1 < char["top"] < BOTTOM * MM:
            rows[round((char["top"] + char["bottom"]) / 2)].append(char)
    found = []
    for middle in sorted(rows):
        chars = sorted(rows[middle], key=lambda char: char["x0"])
        if found and middle / MM - found[-1][0] < 2:  # another face on the same line
            found[-1][1].extend(chars)
            found[-1][1].sort(key=lambda char: char["x0"])
        else:
            found.append((middle / MM, chars))
    return found


def text_pages(printed: Printed) -> list[Any]:
    """The pages before the first annex."""
    first = next(n for n, page in enumerate(printed.bulletin) if text_of(page).startswith("附件1"))
    return printed.bulletin[:first]


def test_the_red_head_and_the_rule_stand_where_they_must(printed: Printed) -> None:
    """7.2: the mark 35 mm below the type area's edge, red; the rule 4 mm under the number, 156 mm long."""
    page = printed.bulletin[0]
    head = [char for char in page.chars if char["size"] > 24]
    assert "".join(char["text"] for char in head) == "淄川区住房和城乡建设局文件"
    assert min(char["top"] for char in head) / MM == pytest.approx(TOP + 35, abs=0.5)
    middle = (min(c["x0"] for c in head) + max(c["x1"] for c in head)) / 2 / MM
    assert middle == pytest.approx((LEFT + RIGHT) / 2, abs=0.5)
    red = {char["non_stroking_color"] for char in head}
    assert red == {(0.901961, 0.0, 0.0)}
    (rule,) = page.rects
    assert (rule["x0"] / MM, rule["x1"] / MM) == pytest.approx((LEFT, RIGHT), abs=0.1)
    number = [char for char in page.chars if char["text"] == "〔"][0]
    assert rule["top"] / MM - number["bottom"] / MM == pytest.approx(4, abs=0.3)


def test_every_page_of_text_keeps_to_the_grid(printed: Printed) -> None:
    """22 lines of 10.23 mm and 28 characters of 5.57 mm; the text fills its pages."""
    pages = text_pages(printed)
    assert len(pages) >= 5
    full = 0
    for page in pages:
        lines = body_lines(page)
        assert len(lines) <= 22
        for _, chars in lines:
            hanging = 1 if chars[-1]["text"] in NOT_FIRST else 0
            assert chars[0]["x0"] / MM > LEFT - 0.3
            assert chars[-1]["x1"] / MM < RIGHT + 0.5 + hanging * 156 / 28
        sizes = [char["size"] for char in page.chars]
        if (
            min(sizes) > 12 and max(sizes) < 24
        ):  # neither a table nor the red head, which leave the grid
            for middle, _ in lines:
                place = (middle - TOP) / LINE - 0.5
                assert place == pytest.approx(round(place), abs=0.08)
            full += len(lines) == 22
    assert full >= 2


def test_no_line_begins_or_ends_with_the_wrong_mark(printed: Printed) -> None:
    for page in text_pages(printed):
        for _, chars in body_lines(page):
            text = "".join(char["text"] for char in chars).strip()
            assert text[0] not in NOT_FIRST, text
            assert text[-1] not in NOT_LAST, text


def test_lines_reach_the_edge(printed: Printed) -> None:
    """A line that another of its paragraph follows is set to the full measure."""
    for page in text_pages(printed)[1:]:
        lines = body_lines(page)
        for (_, chars), (_, after) in zip(lines, lines[1:], strict=False):
            follows = after[0]["x0"] / MM < LEFT + 0.3  # no indent: the same paragraph goes on
            if follows:
                text = "".join(char["text"] for char in chars)
                assert chars[-1]["x1"] / MM > RIGHT - 0.8, text


def test_no_heading_stands_last_on_its_page(printed: Printed) -> None:
    headings = 0
    for page in text_pages(printed):
        lines = body_lines(page)
        fonts = [{char["fontname"].split("-")[-1] for char in chars} for _, chars in lines]
        headings += sum(font == {"Hei"} for font in fonts)
        assert fonts[-1] != {"Hei"}, "".join(char["text"] for char in lines[-1][1])
    assert headings == 6


def test_pages_are_numbered_outside_and_without_a_gap(printed: Printed) -> None:
    """7.5: 14 pt between two rules, 7 mm below the type area; odd at the right, even at the left."""
    for number, page in enumerate(printed.bulletin, start=1):
        if page.width > page.height:
            continue
        foot = [
            char
            for char in page.chars
            if char["top"] / MM > BOTTOM and abs(char["size"] - 14) < 0.2
        ]
        assert "".join(char["text"] for char in foot) == f"— {number} —"
        rule_at = (foot[0]["top"] + foot[0]["bottom"]) / 2 / MM
        assert rule_at - BOTTOM == pytest.approx(7, abs=1)
        one = 14 / MM  # one character in
        if number % 2:
            assert foot[-1]["x1"] / MM == pytest.approx(RIGHT - one, abs=0.5)
        else:
            assert foot[0]["x0"] / MM == pytest.approx(LEFT + one, abs=0.5)
    sideways = [n for n, page in enumerate(printed.bulletin, 1) if page.width > page.height]
    assert len(sideways) >= 3
    for number in sideways:
        page = printed.bulletin[number - 1]
        upright = "".join(char["text"] for char in page.chars if not char["upright"])
        assert upright.replace(" ", "") == f"—{number}—"
        turned = [char for char in page.chars if not char["upright"]]
        assert (
            max(char["x1"] for char in turned) / MM < 35
        )  # at the edge that is the foot of the sheet
        half = page.height / 2
        assert all((char["top"] < half) == (number % 2 == 0) for char in turned)


def test_the_imprint_closes_the_last_page(printed: Printed) -> None:
    """7.4: thick rules above and below, a thin one between, the last on the type area's lower edge."""
    last = printed.bulletin[-1]
    assert "抄送：" in text_of(last)
    assert not any("抄送：" in text_of(page) for page in printed.bulletin[:-1])
    edges = {
        (round(rect["top"] / MM, 2), round(rect["bottom"] / MM, 2))
        for rect in last.rects
        if rect["top"] / MM > 230
    }
    lowest = max(bottom for _, bottom in edges)
    assert lowest == pytest.approx(BOTTOM, abs=0.05)
    outer = max(bottom - top for top, bottom in edges)
    inner = min(bottom - top for top, bottom in edges if (top, bottom) != min(edges))
    assert outer > inner > 0


@pytest.mark.parametrize(("mark", "title"), [("附件1", "项目进展表"), ("附件2", "滞后项目清单")])
def test_a_long_annex_repeats_its_head_on_every_page(
    printed: Printed, mark: str, title: str
) -> None:
    pages = printed.bulletin
    first = next(n for n, page in enumerate(pages) if text_of(page).startswith(mark))
    after = next(n for n in range(first + 1, len(pages)) if text_of(pages[n]).startswith("附件"))
    own = pages[first:after]
    assert title in text_of(own[0])
    assert len(own) > 1
    assert all("项目名称" in text_of(page) for page in own)
    assert sum(title in text_of(page) for page in own) == 1


def test_the_sheet_is_a3_and_repeats_its_head(printed: Printed) -> None:
    assert len(printed.sheet) > 1
    for number, page in enumerate(printed.sheet, start=1):
        assert (round(page.width / MM), round(page.height / MM)) == (420, 297)
        text = text_of(page).replace(" ", "")
        assert "项目名称" in text
        assert f"第{number}页，共{len(printed.sheet)}页" in text
        assert "草稿" in text


def test_the_sheet_marks_what_waits_for_approval(printed: Printed) -> None:
    table = sheet_table(printed.content, extent="printed")
    marked = sum(cell.pending for row in table.all_rows for cell in row.cells)
    shown = "".join(text_of(page) for page in printed.sheet)
    in_notes = sum(note.count("待核") for note in table.notes)
    assert marked > 100
    assert shown.count("待核") - in_notes == marked


def test_a_light_keeps_inside_its_cell(printed: Printed) -> None:
    """The longest word of a light stands between two rules of the table."""
    found = 0
    for page in printed.sheet:
        rules = {round(edge["x0"], 1) for edge in page.edges if edge["orientation"] == "v"}
        for word in page.search("■严重滞后|○未到开工"):
            found += 1
            inside = [x for x in rules if word["x0"] - 1 < x < word["x1"] + 0.5]
            assert [x for x in inside if word["x0"] < x] == []
    assert found > 0


def test_an_amount_keeps_inside_its_cell(printed: Printed) -> None:
    """Between two rules of the table, and with room for another digit and a comma."""
    found = 0
    for page in (*printed.sheet, *printed.bulletin):
        rules = {
            edge["x0"]
            for edge in page.edges
            if edge["orientation"] == "v" and edge["bottom"] - edge["top"] > 12  # not 待核
        }
        for word in page.search(r"\d,\d{3}\.\d{2}"):
            found += 1
            digit = (word["x1"] - word["x0"]) / 7
            left = max((x for x in rules if x < word["x1"]), default=0)
            assert left < word["x0"] - digit, word["text"]
    assert found > 0


def test_no_rule_runs_through_a_character(printed: Printed) -> None:
    """Names of columns keep inside their cells as well as what stands under them."""
    found, crossing = 0, []
    for page in (*printed.sheet, *printed.bulletin):
        upright = [
            edge
            for edge in page.edges
            if edge["orientation"] == "v" and edge["bottom"] - edge["top"] > 12  # not 待核
        ]
        for char in page.chars if upright else ():
            if char["text"] in " （）":  # a bracket fills half of its width
                continue
            found += 1
            crossing += [
                f"{char['text']} on page {page.page_number}, {edge['x0']:.0f} from the left"
                for edge in upright
                if char["x0"] < edge["x0"] < char["x1"]
                and edge["top"] < char["bottom"] - 1
                and edge["bottom"] > char["top"] + 1
            ]
    assert found > 1000
    assert sorted(set(crossing)) == []
