"""The colour tokens as the stylesheet has them, and their contrast (WCAG 2.2, relative luminance)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings

_TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\s*;")


@lru_cache(maxsize=1)
def colours() -> dict[str, str]:
    """Token name → hexadecimal colour, read from ``static/css/tokens.css``."""
    sheet = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
    return dict(_TOKEN.findall(sheet.read_text(encoding="utf-8")))


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 (black) to 1 (white)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
