"""The committed faces: what the README says of them is so."""

import hashlib
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from renovation.core.documents.pdf import FONTS, STYLES

LISTED = re.compile(
    r"^\| `(\S+\.otf)` \| \S+ \| Version [\d.]+ \| (\d+) \| ([\d,]+) \| `([0-9a-f]{64})`",
    re.MULTILINE,
)
ROWS = LISTED.findall((FONTS / "README.md").read_text())
SYMBOLS = "㎡〔〕●▲■○−—“”《》①…·％℃×≤≥"
RARE_NAMES = "镕喆堃玥堽榅淼犇祎䶮"


def test_every_face_is_listed_and_used():
    files = {path.name for path in FONTS.glob("*.otf")}
    assert files == {name for name, *_ in ROWS}
    named = (FONTS / "fonts.conf").read_text()
    assert files == set(re.findall(r"<string>/([\w-]+\.otf)</string>", named))
    families = set(re.findall(r"<string>(Paper [\w ]+)</string>", named))
    used = "".join(path.read_text() for path in STYLES.glob("*.css"))
    assert set(re.findall(r'"(Paper [\w ]+)"', used)) == families


@pytest.mark.parametrize(("name", "count", "size", "digest"), ROWS)
def test_the_bytes_are_those_of_the_readme(name, count, size, digest):
    data = (FONTS / name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == digest
    assert len(data) == int(size.replace(",", ""))
    with TTFont(FONTS / name) as font:
        assert len(font.getBestCmap()) == int(count)


def test_together_they_stay_small():
    assert sum(path.stat().st_size for path in FONTS.glob("*.otf")) <= 25 * 1024 * 1024


@pytest.mark.parametrize("name", [row[0] for row in ROWS])
def test_all_faces_share_one_line(name):
    with TTFont(FONTS / name) as font:
        assert (font["head"].unitsPerEm, font["hhea"].ascent, font["hhea"].descent) == (
            1000, 880, -120,
        )  # fmt: skip
        assert font["hhea"].lineGap == 0


def test_the_last_face_has_every_symbol_and_rare_name():
    with TTFont(FONTS / "song.otf") as font:
        glyphs = font.getBestCmap()
    assert [c for c in SYMBOLS + RARE_NAMES if ord(c) not in glyphs] == []


@pytest.mark.parametrize("name", ["fangsong.otf", "kai.otf"])
def test_figures_come_from_the_last_face(name):
    with TTFont(FONTS / name) as font:
        glyphs = font.getBestCmap()
    assert not any(ord(c) in glyphs for c in "0123456789Az%")
    assert ord("淄") in glyphs


def test_licences_lie_beside_them():
    licences = {path.name for path in Path(FONTS / "licences").iterdir()}
    assert licences == {"OFL-1.1.txt", "GPL-3.0-with-font-exception.txt"}
    assert (
        "create a document which uses this font"
        in (FONTS / "licences" / "GPL-3.0-with-font-exception.txt").read_text()
    )
