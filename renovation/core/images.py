"""Photographs: told by their content, read for time and place, and copied without either.

The original keeps everything that the camera wrote into it. Every copy that leaves the portal is made anew from
the pixels alone: no time, no place, no maker's notes. Pillow is imported where it works, not at start-up.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from threading import Lock
from typing import TYPE_CHECKING, Any

from renovation.core.calendar import SHANGHAI
from renovation.core.errors import Refusal
from renovation.core.files import NewFile

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_PHOTO = 20 * 1024 * 1024
#: Phones make up to 108 megapixels; more is no photograph but a bomb.
MOST_PIXELS = 120_000_000
PICTURE_EDGE = 2000
THUMBNAIL_EDGE = 480
#: Two looks that differ in at most so many of 64 bits are called alike.
ALIKE_BITS = 6
COPY_TYPE = "image/jpeg"

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
#: Brands of the box “ftyp” that hold a HEIF still. puremagic takes these files for MP4 films.
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"hevc"})
_TRUNCATION = Lock()
_TAKEN, _TAKEN_OFFSET, _EXIF_IFD, _GPS_IFD = 36867, 36881, 0x8769, 0x8825


@dataclass(frozen=True, slots=True)
class Developed:
    """What was read out of a photograph, and its two copies (JPEG, upright, without anything but pixels).

    ``taken_at`` is aware (Asia/Shanghai where the camera wrote no zone), ``latitude`` and ``longitude`` are in
    degrees with six decimals; each is None where the camera wrote none. ``look`` are 64 bits of how the
    photograph looks, 16 hexadecimal digits.
    """

    picture: bytes
    thumbnail: bytes
    width: int
    height: int
    taken_at: datetime | None
    latitude: Decimal | None
    longitude: Decimal | None
    look: str


def photo_type(content: bytes) -> str:
    """``image/jpeg``, ``image/png`` or ``image/heic`` by the first bytes, "" for anything else."""
    import puremagic

    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "image/heic"
    try:
        told = str(puremagic.from_string(content[:65_536], mime=True))
    except (puremagic.PureError, ValueError):
        return ""
    signatures = {"image/jpeg": _JPEG, "image/png": _PNG}
    return told if told in signatures and content.startswith(signatures[told]) else ""


def read_photo(*, name: str, content: bytes) -> NewFile:
    """Accept a JPEG, PNG or HEIC of at most 20 MB.

    Refusals, at the field ``photos``: ``file.empty``, ``file.too_large``, ``file.type``. What it is is told by
    its content, never by its name.
    """
    shown = name.strip()[:200] or "未命名"
    if not content:
        raise Refusal("file.empty", f"“{shown}”是空的，请重新选择。", field="photos")
    if len(content) > LARGEST_PHOTO:
        megabytes = len(content) / 1024 / 1024
        raise Refusal(
            "file.too_large",
            f"“{shown}”有 {megabytes:.1f} MB，一张照片不超过 20 MB。",
            field="photos",
        )
    content_type = photo_type(content)
    if not content_type:
        raise Refusal(
            "file.type",
            f"“{shown}”不是照片。只收 JPG、PNG 和 HEIC，看内容，不看文件名。",
            field="photos",
            found=shown,
            expected="JPG、PNG 或 HEIC",
        )
    return NewFile(name=shown, content=content, content_type=content_type)


def develop(content: bytes) -> Developed:
    """Read a photograph and make its copies. Refuses what cannot be opened (``photo.unreadable``) and what
    has more than 120 million pixels (``photo.too_many_pixels``)."""
    image = _opened(content)
    with image:
        width, height = image.size
        if image.format == "JPEG":
            image.draft("RGB", (PICTURE_EDGE, PICTURE_EDGE))  # decodes a large JPEG at a fraction
        exif = image.getexif()
        taken_at, place = _taken_at(exif), _place(exif)
        colours = image.info.get("icc_profile")
        upright = _upright(image)
    return Developed(
        picture=_copy(upright, PICTURE_EDGE, 82, colours),
        thumbnail=_copy(upright, THUMBNAIL_EDGE, 78, colours),
        width=max(width, height) if upright.width > upright.height else min(width, height),
        height=min(width, height) if upright.width > upright.height else max(width, height),
        taken_at=taken_at,
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        look=look_of(upright),
    )


def bare_copy(content: bytes) -> bytes:
    """The same picture as a JPEG of full size that says nothing about where, when and by which camera."""
    image = _opened(content)
    with image:
        colours = image.info.get("icc_profile")
        upright = _upright(image)
    return _copy(upright, max(upright.size), 90, colours)


def look_of(image: Image) -> str:
    """Difference hash: 8 × 8 comparisons of neighbours on a grey 9 × 8 picture. A copy that was scaled,
    compressed again or brightened has nearly the same."""
    from PIL.Image import Resampling

    grey = image.convert("L").resize((9, 8), Resampling.BOX)
    values = grey.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (values[at] > values[at + 1])
    return f"{bits:016x}"


def difference(one: str, other: str) -> int:
    """In how many of 64 bits two looks differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _opened(content: bytes) -> Image:
    import warnings

    import pillow_heif
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():  # the bomb is judged below, in words
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            image = Pillow.open(io.BytesIO(content), formats=("JPEG", "PNG", "HEIF"))
    except Pillow.DecompressionBombError as fault:
        raise _too_large() from fault
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as fault:
        raise _unreadable() from fault
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise _too_large()
    return image


def _upright(image: Image) -> Image:
    """The pixels as one looks at them; refuses what is not whole."""
    from PIL import ImageFile, ImageOps

    # WeasyPrint lets Pillow read files that are cut off, for the whole process; a photograph has to be whole.
    with _TRUNCATION:
        lenient = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            return ImageOps.exif_transpose(image).convert("RGB")
        except (OSError, ValueError, SyntaxError) as fault:
            raise _unreadable() from fault
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _unreadable() -> Refusal:
    return Refusal("photo.unreadable", "这张照片打不开，可能没有传完或已损坏，请重新上传。")


def _too_large() -> Refusal:
    return Refusal("photo.too_many_pixels", "这张图超过 1.2 亿像素，请缩小后再上传。")


def _copy(image: Image, edge: int, quality: int, colours: bytes | None) -> bytes:
    from PIL.Image import Resampling

    copy = image.copy()
    copy.thumbnail((edge, edge), Resampling.LANCZOS)
    copy.info.clear()
    target = io.BytesIO()
    copy.save(target, "JPEG", quality=quality, optimize=True, icc_profile=colours, exif=b"")
    return target.getvalue()


def _taken_at(exif: Any) -> datetime | None:
    inner: Mapping[int, Any] = exif.get_ifd(_EXIF_IFD)
    text = str(inner.get(_TAKEN, "")).strip("\x00 ")
    offset = str(inner.get(_TAKEN_OFFSET, "")).strip("\x00 ")
    try:
        if offset:
            return datetime.strptime(f"{text}{offset}", "%Y:%m:%d %H:%M:%S%z")
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def _place(exif: Any) -> tuple[Decimal, Decimal] | None:
    gps: Mapping[int, Any] = exif.get_ifd(_GPS_IFD)
    latitude = _degrees(gps.get(2), str(gps.get(1, "")), "S", 90)
    longitude = _degrees(gps.get(4), str(gps.get(3, "")), "W", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    return latitude, longitude


def _degrees(parts: Any, side: str, negative: str, most: int) -> Decimal | None:
    """Degrees, minutes and seconds as one number; None for what is none."""
    try:
        degrees, minutes, seconds = (
            Decimal(int(part.numerator)) / int(part.denominator)
            if hasattr(part, "denominator")
            else Decimal(str(part))
            for part in parts
        )
        value = (degrees + minutes / 60 + seconds / 3600).quantize(Decimal("0.000001"))
    except (TypeError, ValueError, InvalidOperation, ZeroDivisionError):
        return None
    if value > most:
        return None
    return -value if side.strip("\x00 ").upper() == negative else value
