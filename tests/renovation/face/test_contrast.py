"""The tokens are those of FACE.md, and their contrast is what FACE.md measured."""

import pytest

from renovation.core import svg
from renovation.face.tokens import colours, contrast

#: FACE.md, Tokens: name → value.
TOKENS = {
    "ink": "#1a222b", "ink-2": "#46515d", "ink-3": "#626d79", "control": "#7b8794",
    "hairline": "#d6dce2", "band": "#f5f7f9", "white": "#ffffff", "action": "#1d4e89",
    "action-deep": "#163c6b", "action-tint": "#eaf0f7", "vermilion": "#b8281a",
    "vermilion-tint": "#fbefed", "green": "#1f7a4a", "ochre": "#b06a00", "link-line": "#9fb4cd",
}  # fmt: skip

#: FACE.md, Tokens: measured contrast.
MEASURED = [
    ("ink", "white", 16.1), ("ink", "band", 15.0), ("ink", "vermilion-tint", 14.3),
    ("ink-2", "white", 8.1), ("ink-2", "band", 7.5), ("ink-3", "white", 5.3), ("ink-3", "band", 4.9),
    ("control", "white", 3.7), ("hairline", "white", 1.4), ("action", "white", 8.4),
    ("action-deep", "action-tint", 9.7), ("vermilion", "white", 6.3), ("vermilion", "vermilion-tint", 5.6),
    ("green", "white", 5.3), ("ochre", "white", 4.3),
]  # fmt: skip


def test_tokens_are_those_of_the_face() -> None:
    assert colours() == TOKENS


@pytest.mark.parametrize(("one", "other", "measured"), MEASURED)
def test_contrast_is_what_was_measured(one: str, other: str, measured: float) -> None:
    assert round(contrast(TOKENS[one], TOKENS[other]), 1) == measured


@pytest.mark.parametrize("text", ["ink", "ink-2", "ink-3", "action", "vermilion"])
@pytest.mark.parametrize("ground", ["white", "band", "vermilion-tint", "action-tint"])
def test_text_can_be_read_on_every_ground(text: str, ground: str) -> None:
    # ink-3 is never set on a tint (notes stand on white and on the band).
    least = 3 if text == "ink-3" and ground.endswith("tint") else 4.5
    assert contrast(TOKENS[text], TOKENS[ground]) >= least


def test_symbols_and_borders_stand_out_by_three_to_one() -> None:
    for token in ("green", "ochre", "vermilion", "ink-2", "control"):
        assert contrast(TOKENS[token], "#ffffff") >= 3


def test_charts_use_the_same_colours() -> None:
    drawn = {
        "ink": svg.INK, "ink-2": svg.INK_2, "ink-3": svg.INK_3, "control": svg.CONTROL,
        "hairline": svg.HAIRLINE, "band": svg.BAND, "action-tint": svg.TINT, "action": svg.ACTION,
        "vermilion": svg.ALARM, "green": svg.GREEN, "ochre": svg.OCHRE, "white": svg.WHITE,
    }  # fmt: skip
    assert drawn == {token: TOKENS[token] for token in drawn}


def test_black_on_white_is_the_widest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#ffffff", "#000000") == 21
