"""A card as a picture: its size and type, its words beside it, and the marks that carry meaning."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image

from renovation.core.cards import (
    VERMILION,
    Card,
    CardFigure,
    CardMark,
    CardTable,
    Run,
    card_png,
)

CARD = Card(
    title="淄川区2025年老旧小区改造进展",
    subtitle="第37周（9月8日—9月14日）　截至2025年9月14日　含待核",
    lead=((Run("昆仑巷小区转为"), Run("严重滞后", "alarm"), Run("。")),),
    figures=(
        CardFigure(
            "形象进度", "48.8", "%", "折合 11.81 / 24.18 万㎡", "较上周 +2.0 百分点", "待核"
        ),
        CardFigure("满意率", "—", "%"),
    ),
    table=CardTable(
        "各街道",
        (("街道", False), ("形象（%）", True), ("亮灯", False)),
        (("钟楼街道", "41.3", (CardMark("green", "1"), CardMark("red", "1"))),),
    ),
    notes=("钟楼街道第37周未报，按第36周计。",),
    foot="淄川区住房和城乡建设局",
)


def _picture(card: Card) -> Image.Image:
    return Image.open(io.BytesIO(card_png(card)))


def test_the_words_beside_it_say_all_that_stands_in_it() -> None:
    assert CARD.alt.splitlines() == [
        "淄川区2025年老旧小区改造进展",
        "第37周（9月8日—9月14日）　截至2025年9月14日　含待核",
        "昆仑巷小区转为严重滞后。",
        "形象进度 48.8%（折合 11.81 / 24.18 万㎡，较上周 +2.0 百分点，待核）",
        "满意率 —",
        "各街道",
        "钟楼街道 41.3 正常 1、严重滞后 1",
        "钟楼街道第37周未报，按第36周计。",
        "淄川区住房和城乡建设局",
    ]


def test_it_is_a_png_of_a_phones_width_with_its_words_inside() -> None:
    picture = _picture(CARD)
    assert (picture.format, picture.width) == ("PNG", 1440)
    assert picture.text["Description"] == CARD.alt  # type: ignore[attr-defined]
    assert len(card_png(CARD)) < 300_000
    assert card_png(CARD) == card_png(CARD)


def test_it_grows_with_what_it_says_and_breaks_long_words() -> None:
    longer = replace(CARD, lead=(*CARD.lead, (Run("很长的一句话，" * 12),)))
    more, less = _picture(longer), _picture(CARD)
    lines = (more.height - less.height) / (2 * 32)
    assert lines == 3  # 84 characters of 19 px in a column of 648
    shorter = replace(CARD, table=None, notes=())
    assert _picture(shorter).height < less.height


def test_alarms_are_red_and_a_character_that_the_face_lacks_is_drawn_all_the_same() -> None:
    red = tuple(int(VERMILION[i : i + 2], 16) for i in (1, 3, 5))

    def reds(card: Card) -> int:
        picture = _picture(card).convert("RGB").crop((0, 20, 1440, 600))
        return sum(count for count, colour in picture.getcolors(1 << 20) or [] if colour == red)

    calm = replace(CARD, lead=((Run("昆仑巷小区转为滞后。"),),), table=None)
    assert reds(calm) == 0
    assert reds(CARD) > 500
    # 䶮 is no character of GB2312: it comes from the face behind all others, not as an empty box.
    one, two = (replace(calm, title=title) for title in ("䶮", "㛃"))
    assert card_png(one) != card_png(two)
