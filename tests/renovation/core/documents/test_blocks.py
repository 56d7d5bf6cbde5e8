"""Blocks: numbers rounded once, heads that span, rows that fit."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from renovation.core.documents.blocks import (
    BEHIND,
    Cell,
    Column,
    Drawing,
    Facts,
    Heading,
    Kind,
    Note,
    PageBreak,
    Paragraph,
    RowStyle,
    Table,
    group_row,
    row,
    texts,
)

PERCENT = Column("形象进度", Kind.DECIMAL, 5, "%", group="进度", places=1)
CHANGE = Column("偏差", Kind.CHANGE, 5, "百分点", group="进度", places=1)
NAME = Column("街道", Kind.LABEL, 8)
LIGHT = Column("亮灯", Kind.MARK, 6)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("56.449999"), "56.4"),
        (Decimal("56.45"), "56.5"),
        (Fraction(2, 3), "0.7"),
        (Decimal("-0.04"), "0.0"),
        (Decimal("-12.35"), "−12.4"),
        (100, "100.0"),
        (None, "—"),
        ("", ""),
    ],
)
def test_a_number_is_rounded_once_when_shown(value, text):
    assert PERCENT.text(value) == text


def test_the_workbook_holds_what_is_shown():
    assert PERCENT.rounded(Decimal("56.449999")) == Decimal("56.4")
    assert PERCENT.rounded(Fraction(200, 3)) == Decimal("66.7")
    assert Column("户数", Kind.COUNT).rounded(Decimal("12")) == 12
    assert PERCENT.rounded(None) is None


def test_a_change_shows_its_sign():
    assert CHANGE.text(Decimal("3.21")) == "+3.2"
    assert CHANGE.text(Decimal("-3.21")) == "−3.2"
    assert CHANGE.text(Decimal("0")) == "0.0"


def test_other_kinds():
    assert Column("户数", Kind.COUNT).text(2404) == "2,404"
    assert Column("开工", Kind.DATE).text(date(2025, 5, 9)) == "2025-05-09"
    assert Column("开工", Kind.DATE).text(None) == "—"
    assert LIGHT.text(BEHIND) == "▲ 滞后"
    assert NAME.text(None) == ""


def test_a_float_is_no_figure():
    with pytest.raises(TypeError):
        PERCENT.text(0.1)


def table(**changes) -> Table:
    given = {
        "columns": (NAME, PERCENT, CHANGE, LIGHT),
        "rows": (group_row("城区"), row("般阳路街道", Decimal("76.4"), Decimal("-3.6"), BEHIND)),
        "totals": row("合计", Decimal("76.4"), None, "", style=RowStyle.TOTAL),
        "caption": "表1　进展情况",
        "notes": ("注：按形象进度排列。",),
    }
    return Table(**{**given, **changes})


def test_the_head_spans_groups():
    upper, lower = table().head
    assert [(c.text, c.colspan, c.rowspan) for c in upper.cells] == [
        ("街道", 1, 2),
        ("进度", 2, 1),
        ("亮灯", 1, 2),
    ]
    assert [(c.text, c.unit) for c in lower.cells] == [("形象进度", "%"), ("偏差", "百分点")]


def test_a_head_without_groups_is_one_row():
    plain = Table((NAME, LIGHT), ())
    assert [(c.text, c.rowspan) for c in plain.head[0].cells] == [("街道", 1), ("亮灯", 1)]
    assert len(plain.head) == 1


def test_the_body_in_words():
    group, first, total = table().body
    assert (group.css, group.cells[0].text, group.cells[0].colspan) == ("row-group", "城区", 4)
    assert [c.text for c in first.cells] == ["般阳路街道", "76.4", "−3.6", "▲ 滞后"]
    assert first.cells[3].mark == BEHIND
    assert (total.css, [c.text for c in total.cells]) == ("row-total", ["合计", "76.4", "—", ""])


def test_a_table_without_rows_has_no_body():
    assert Table((Column("项目名称"),), ()).body == []


def test_the_name_of_a_sum_takes_the_room_of_the_number_that_it_has_not():
    columns = (Column("序号"), Column("项目名称"), Column("户数"))
    rows = (row(1, "甲小区", 2), row("", "般阳路街道小计", 2, style=RowStyle.SUBTOTAL))
    first, subtotal = Table(columns, rows).body
    assert [(c.text, c.colspan) for c in first.cells] == [("1", 1), ("甲小区", 1), ("2", 1)]
    assert [(c.text, c.colspan) for c in subtotal.cells] == [("般阳路街道小计", 2), ("2", 1)]


def test_what_is_not_yet_approved_is_marked():
    shown = table(rows=(row(NAME.text("甲"), Cell(Decimal("1"), pending=True), None, ""),)).body[0]
    assert [c.pending for c in shown.cells] == [False, True, False, False]
    assert "is-pending" in shown.cells[1].css


def test_a_row_that_does_not_fit_is_refused():
    with pytest.raises(ValueError):
        table(rows=(row("一", 2),))


@pytest.mark.parametrize("widths", [(1, 1, 1), (3, 10, 9, 4, 5, 5.5, 5.5), (7,)])
def test_the_columns_fill_the_measure_exactly(widths):
    columns = tuple(Column(str(w), width=w) for w in widths)
    classes = Table(columns, ()).column_classes
    assert sum(int(name.removeprefix("w-")) for name in classes) == 200


def test_every_word_is_found_for_the_glyph_check():
    words = texts(
        (
            Heading("一、甲"),
            Paragraph("乙", lead="（一）丙"),
            Note("丁"),
            Facts((("戊", "己"),)),
            Drawing("<svg/>", "庚"),
            PageBreak(),
            table(unit="辛"),
        )
    )
    assert set("甲乙丙丁戊己庚辛▲滞") <= set(words)
    assert "城区" in words
    assert "svg" not in words


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("截至2025年9月30日", ["2025年", "9月", "30日"]),
        ("为76.4%，低3.6个百分点", ["76.4%", "3.6个"]),
        ("3268.50万元、24.18万㎡、2404户", ["3268.50万元", "24.18万㎡", "2404户"]),
        ("第三季度", []),
    ],
)
def test_figures_hold_on_to_their_units(text, joined):
    pieces = Paragraph(text).pieces
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.joined] == joined
