"""A card as the answer of a view: the picture that 下载图片 saves and that the page shows."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpResponse

from renovation.core.cards import CONTENT_TYPE, Card, card_png


def card_answer(card: Card) -> HttpResponse:
    """The picture as a download; its name is the card's title with its day."""
    name = re.sub(r'[\\/:*?"<>|\s]+', " ", f"{card.title} {card.subtitle}").strip()[:80]
    answer = HttpResponse(card_png(card), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name + '.png')}"
    answer["Cache-Control"] = "private, no-store"
    return answer
