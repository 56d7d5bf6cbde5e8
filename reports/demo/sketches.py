"""Simple drawings that stand for photographs of the demo, each saying that it is one.

They carry time and place as a phone writes them, so that the pages have something to show and to keep back.
"""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from renovation.core.calendar import SHANGHAI

from .dice import Dice

if TYPE_CHECKING:
    from PIL.Image import Image

SIZE = (800, 600)
_SKY = {"before": (201, 206, 210), "during": (214, 221, 226), "after": (198, 222, 240)}
_WALL = {"before": (168, 160, 148), "during": (178, 170, 156), "after": (224, 203, 168)}
_GROUND = {"before": (142, 134, 122), "during": (160, 146, 124), "after": (150, 176, 140)}


def sketch(
    *, stage: str, label: str, seed: str, at: datetime, place: tuple[Decimal, Decimal] | None
) -> bytes:
    """A JPEG of a façade before, during or after the works, with its label and the word 演示."""
    image = _drawn(stage, label, seed)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=80, exif=_exif(at, place))
    return target.getvalue()


def _drawn(stage: str, label: str, seed: str) -> Image:
    from PIL import Image as Pillow
    from PIL import ImageDraw

    dice = Dice(f"sketch {seed}")
    image = Pillow.new("RGB", SIZE, _SKY[stage])
    draw = ImageDraw.Draw(image)
    left, right = dice.number(60, 130), SIZE[0] - dice.number(60, 130)
    top, floor = dice.number(70, 110), 470
    draw.rectangle((0, floor, *SIZE), fill=_GROUND[stage])
    draw.rectangle((left, top, right, floor), fill=_WALL[stage])
    floors, columns = dice.number(4, 6), dice.number(6, 8)
    step_y, step_x = (floor - top) / floors, (right - left) / columns
    for row in range(floors):
        for column in range(columns):
            x, y = left + step_x * (column + 0.25), top + step_y * (row + 0.25)
            box = (x, y, x + step_x * 0.5, y + step_y * 0.5)
            draw.rectangle(box, fill=(96, 110, 122), outline=(236, 236, 230), width=3)
    details: dict[str, Any] = {"before": _worn, "during": _scaffold, "after": _fresh}
    details[stage](draw, dice, left, top, right, floor)
    words = {"before": "改造前", "during": "改造中", "after": "改造后"}[stage]
    draw.rectangle((0, SIZE[1] - 54, *SIZE), fill=(26, 34, 43))
    draw.text((20, SIZE[1] - 44), f"{words}　{label}", font=_face(28), fill=(255, 255, 255))
    mark = "演示　非实景"
    draw.text((SIZE[0] - 190, SIZE[1] - 44), mark, font=_face(28), fill=(255, 214, 140))
    return image


def _worn(draw: Any, dice: Dice, left: int, top: int, right: int, floor: int) -> None:
    for _ in range(9):  # stains under the windows
        x, y = dice.number(left, right - 40), dice.number(top, floor - 90)
        draw.rectangle(
            (x, y, x + dice.number(8, 30), y + dice.number(40, 90)), fill=(138, 128, 116)
        )
    for wire in range(5):  # wires across the façade
        y = top + 30 + wire * 26
        draw.line((0, y, 320, y + dice.number(20, 60), SIZE[0], y - 10), fill=(40, 40, 40), width=3)
    for _ in range(6):
        x = dice.number(30, SIZE[0] - 80)
        draw.ellipse((x, floor + 20, x + 70, floor + 38), fill=(112, 106, 98))


def _scaffold(draw: Any, dice: Dice, left: int, top: int, right: int, floor: int) -> None:
    for x in range(left - 20, right + 30, 46):
        draw.line((x, top - 20, x, floor), fill=(186, 120, 40), width=5)
    for y in range(top - 20, floor, 52):
        draw.line((left - 24, y, right + 24, y), fill=(186, 120, 40), width=5)
    net = dice.number(left, (left + right) // 2)
    draw.rectangle((net, top, net + 190, floor - 60), fill=(70, 128, 92))
    draw.rectangle((40, floor + 10, SIZE[0] - 40, floor + 46), fill=(36, 92, 150))


def _fresh(draw: Any, dice: Dice, left: int, top: int, right: int, floor: int) -> None:
    draw.rectangle((left, floor - 70, right, floor), fill=(150, 92, 70))
    draw.rectangle((left - 14, top - 16, right + 14, top), fill=(120, 74, 58))
    for x in range(30, SIZE[0], dice.number(120, 150)):
        draw.rectangle((x + 16, floor - 6, x + 24, floor + 40), fill=(104, 78, 52))
        draw.ellipse((x - 18, floor - 66, x + 58, floor + 6), fill=(78, 132, 74))
    draw.rectangle((0, floor + 40, SIZE[0], floor + 50), fill=(232, 232, 226))


@cache
def _face(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(settings.BASE_DIR) / "static" / "fonts" / "hei.otf"), size)


def _exif(at: datetime, place: tuple[Decimal, Decimal] | None) -> bytes:
    from PIL import Image as Pillow
    from PIL.TiffImagePlugin import IFDRational

    exif = Pillow.Exif()
    exif.get_ifd(0x8769)[36867] = f"{at.astimezone(SHANGHAI):%Y:%m:%d %H:%M:%S}"
    if place is not None:
        gps = exif.get_ifd(0x8825)
        for key, side, value in ((1, "N", place[0]), (3, "E", place[1])):
            exact = Fraction(value)
            degrees = int(exact)
            minutes = int((exact - degrees) * 60)
            seconds = (exact - degrees - Fraction(minutes, 60)) * 3600
            gps[key] = side
            gps[key + 1] = (
                IFDRational(degrees),
                IFDRational(minutes),
                IFDRational(round(seconds * 1000), 1000),
            )
    return exif.tobytes()
