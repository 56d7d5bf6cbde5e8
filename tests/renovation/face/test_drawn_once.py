"""Marks that many rows show alike are drawn once."""

from __future__ import annotations

from django.utils.safestring import mark_safe

from .test_components import draw


def test_what_is_drawn_once_is_escaped_each_time() -> None:
    """A word that is safe and the same word that is not are two."""
    bold = "<b>迟</b>"
    for word, shown in ((mark_safe(bold), bold), (bold, "&lt;b&gt;迟&lt;/b&gt;")) * 2:  # noqa: S308
        assert shown in draw('{% state word "waiting" %}', word=word)
    one, other = (("green", "甲<1>"), ("red", "乙")), [("green", "甲<1>"), ("red", "乙")]
    drawn = draw("{% lights items %}", items=one)
    assert "甲&lt;1&gt;：正常，</span>" in drawn
    assert "乙：严重滞后</span>" in drawn
    assert draw("{% lights items %}", items=one) == drawn == draw("{% lights items %}", items=other)
    assert draw("{% lights items %}", items=()) != drawn
