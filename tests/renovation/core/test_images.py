"""Photographs: told by content, read for time and place, copied without either, recognised again."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pillow_heif
import pytest
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from renovation.core import images
from renovation.core.errors import Refusal
from renovation.core.files import read_document

pillow_heif.register_heif_opener()


def picture(seed: int = 0, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A drawing that differs by its seed."""
    image = Image.new("RGB", size, (200, 190, 180))
    draw = ImageDraw.Draw(image)
    for place in range(7):
        left = (seed * 97 + place * 131) % size[0]
        top = (seed * 53 + place * 71) % size[1]
        draw.rectangle((left, top, left + 90, top + 70), fill=(place * 30, 40, 220 - place * 25))
    return image


def shot(
    kind: str = "JPEG",
    *,
    seed: int = 0,
    size: tuple[int, int] = (640, 480),
    orientation: int = 1,
    offset: str = "",
) -> bytes:
    """A photograph with time, place and maker as a phone writes them."""
    exif = Image.Exif()
    exif[0x010F] = "DemoPhone"
    exif[0x0112] = orientation
    inner = exif.get_ifd(0x8769)
    inner[36867] = "2025:03:18 09:41:07"
    if offset:
        inner[36881] = offset
    gps = exif.get_ifd(0x8825)
    gps[1], gps[3] = "N", "E"
    gps[2] = (IFDRational(36), IFDRational(38), IFDRational(3661, 100))
    gps[4] = (IFDRational(117), IFDRational(57), IFDRational(36))
    target = io.BytesIO()
    picture(seed, size).save(target, kind, exif=exif.tobytes())
    return target.getvalue()


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("HEIF", "image/heic")],
)
def test_a_photograph_is_what_its_content_says(kind: str, content_type: str) -> None:
    file = images.read_photo(name="合同.pdf", content=shot(kind))
    assert (file.name, file.content_type) == ("合同.pdf", content_type)
    developed = images.develop(file.content)
    assert (developed.width, developed.height) == (640, 480)
    assert developed.taken_at == datetime(2025, 3, 18, 1, 41, 7, tzinfo=UTC)
    assert (developed.latitude, developed.longitude) == (
        Decimal("36.643503"),
        Decimal("117.960000"),
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"%PDF-1.4 " + bytes(100), "file.type"),
        (b"\x00\x00\x00\x1cftypisom" + bytes(100), "file.type"),
        (b"MZ\x90\x00" + bytes(100), "file.type"),
        (b"\xff\xd8\xff" + bytes(images.LARGEST_PHOTO), "file.too_large"),
    ],
)
def test_what_is_no_photograph_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        images.read_photo(name="照片.jpg", content=content)
    assert (caught.value.code, caught.value.field) == (code, "photos")


def test_no_copy_says_where_and_when_and_by_which_camera() -> None:
    content = shot()
    assert b"DemoPhone" in content
    developed = images.develop(content)
    for copy in (developed.picture, developed.thumbnail, images.bare_copy(content)):
        with Image.open(io.BytesIO(copy)) as image:
            assert image.format == "JPEG"
            assert dict(image.getexif()) == {}
            assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"DemoPhone" not in copy
        assert b"Exif" not in copy


def test_copies_stand_upright_and_within_their_edges() -> None:
    developed = images.develop(shot(size=(4000, 3000), orientation=6))
    assert (developed.width, developed.height) == (3000, 4000)
    sizes = [Image.open(io.BytesIO(copy)).size for copy in (developed.picture, developed.thumbnail)]
    assert sizes == [(1500, 2000), (360, 480)]
    assert Image.open(io.BytesIO(images.bare_copy(shot(size=(2400, 900))))).size == (2400, 900)


def test_the_cameras_zone_counts_where_it_wrote_one() -> None:
    developed = images.develop(shot(offset="+09:00"))
    assert developed.taken_at == datetime(2025, 3, 18, 0, 41, 7, tzinfo=UTC)


def test_a_photograph_without_time_and_place_has_none() -> None:
    target = io.BytesIO()
    picture().save(target, "JPEG")
    developed = images.develop(target.getvalue())
    assert (developed.taken_at, developed.latitude, developed.longitude) == (None, None, None)


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0" + bytes(400), shot()[:900]])
def test_what_cannot_be_opened_is_said(content: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        images.develop(content)
    assert caught.value.code == "photo.unreadable"


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    target = io.BytesIO()
    Image.new("1", (12_000, 11_000)).save(target, "PNG")
    with pytest.raises(Refusal) as caught:
        images.develop(target.getvalue())
    assert caught.value.code == "photo.too_many_pixels"


def test_the_same_scene_looks_alike_and_another_does_not() -> None:
    first = images.develop(shot(seed=1)).look
    target = io.BytesIO()
    picture(1).resize((500, 375)).save(target, "JPEG", quality=55)
    again = images.develop(target.getvalue()).look
    other = images.develop(shot(seed=4)).look
    assert len(first) == 16
    assert images.difference(first, again) <= images.ALIKE_BITS
    assert images.difference(first, other) > images.ALIKE_BITS


# -- documents ---------------------------------------------------------------------------------------
def package(part: str) -> bytes:
    import zipfile

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(part, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"%PDF-1.4\n%%EOF", "pdf"),
        (shot(), "jpeg"),
        (package("word/document.xml"), "wordprocessingml.document"),
        (package("xl/workbook.xml"), "spreadsheetml.sheet"),
        (package("OFD.xml"), "ofd"),
    ],
)
def test_a_document_is_what_its_content_says(content: bytes, ending: str) -> None:
    assert read_document(name="文件", content=content).content_type.endswith(ending)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (package("classes.dex"), "file.type"),
        (b"PK\x03\x04" + bytes(40), "file.type"),
        (b"<script>" + bytes(40), "file.type"),
        (bytes(20 * 1024 * 1024 + 1), "file.too_large"),
    ],
)
def test_what_is_no_document_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_document(name="图纸.pdf", content=content)
    assert (caught.value.code, caught.value.field) == (code, "file")
