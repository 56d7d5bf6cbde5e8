"""Chinese lines set to the full measure.

WeasyPrint stretches a justified line at its blanks, of which a Chinese line has none, so a line
that gives a character to the next (no line may begin with “，” or break a number) would stay short.
Here the room that is left is shared among all characters of the line, as typesetters do.

It replaces one function of WeasyPrint's layout, in this process only; the version is fixed by the
lock file, and the test of the official paper's right edge fails when that function changes.
"""

from __future__ import annotations

from typing import Any

#: Wider gaps than this (in ems for the whole line) are left alone: the line was meant to be short.
MOST_EMS = 5


def install() -> None:
    """Let this process justify lines without blanks; harmless when called again."""
    from weasyprint.layout import inline

    inline.justify_line = justify_line


def justify_line(context: Any, line: Any, room: float) -> None:
    """Share ``room`` (px) among the characters of a line; lines with blanks stretch at these."""
    from weasyprint.layout import inline

    boxes = _text_boxes(line)
    gaps = sum(len(box.text) for box in boxes) - 1
    if gaps < 1 or not 0 < room < MOST_EMS * line.style["font_size"]:
        return
    blanks = inline.count_expandable_spaces(line)
    if blanks > gaps // 4:
        inline.add_word_spacing(context, line, room / blanks, 0)
        return
    _spread(context, line, room / gaps, 0)


def _text_boxes(box: Any) -> list[Any]:
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.TextBox):
        return [box]
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        return [text for child in box.children for text in _text_boxes(child)]
    return []


def _spread(context: Any, box: Any, gap: float, moved: float) -> float:
    """Add ``gap`` behind every character in ``box``, move what follows; say how far."""
    from weasyprint.formatting_structure import boxes
    from weasyprint.text.line_break import create_layout

    if isinstance(box, boxes.TextBox):
        box.position_x += moved
        spacing = box.style["letter_spacing"]
        style = box.style.copy()
        style["letter_spacing"] = gap + (0 if spacing == "normal" else spacing)
        box.style = style
        layout = create_layout(box.text, style, context, None, box.justification_spacing)
        layout.deactivate()
        added = gap * len(box.text)
        box.width += added
        box.pango_layout = layout
        return moved + added
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += moved
        reached = moved
        for child in box.children:
            if child.is_in_normal_flow():
                reached = _spread(context, child, gap, reached)
        box.width += reached - moved
        return reached
    box.translate(moved, 0)
    return moved
