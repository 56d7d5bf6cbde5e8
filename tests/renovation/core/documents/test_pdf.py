"""HTML to PDF: local, complete, the same bytes."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pdfplumber
import pytest

from renovation.core.documents import pdf
from renovation.core.documents.glyphs import missing_glyphs
from renovation.core.documents.pdf import (
    ForeignResourceError,
    PdfMetadata,
    RendererMissingError,
    check_renderer,
    render_pdf,
)
from renovation.core.errors import Refusal

PAGE = '<!doctype html><html lang="zh-CN"><title>题</title><body class="paper paper-official">{}</body></html>'
ROOT = Path(__file__).parents[4]


def test_the_same_html_gives_the_same_bytes():
    page = PAGE.format("<p>般阳路街道 ● 正常 24.18万㎡</p>")
    assert render_pdf(page) == render_pdf(page)


def test_the_same_html_gives_the_same_bytes_in_another_process():
    code = (
        "import hashlib;from tests.renovation.core.documents.test_pdf import PAGE, render_pdf;"
        "print(hashlib.sha256(render_pdf(PAGE.format('<p>通报①</p>'))).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_what_the_file_says_of_itself():
    data = render_pdf(
        PAGE.format("<p>正文</p>"),
        metadata=PdfMetadata(
            title="关于情况的通报",
            author="淄川区住房和城乡建设局",
            keywords=("ab12",),
            created="2025-10-15",
        ),
    )
    with pdfplumber.open(io.BytesIO(data)) as opened:
        told = opened.metadata
        catalogue = opened.doc.catalog
    assert told["Title"] == "关于情况的通报"
    assert told["Author"] == "淄川区住房和城乡建设局"
    assert told["Keywords"] == "ab12"
    assert told["CreationDate"].startswith("D:20251015")
    assert (
        catalogue["Lang"].decode("utf-16" if catalogue["Lang"][:1] == b"\xfe" else "ascii")
        == "zh-CN"
    )
    assert "StructTreeRoot" in catalogue


def test_every_face_is_embedded_and_none_of_the_system():
    page = PAGE.format(
        '<h1 class="title">题</h1><p class="level-1">一</p><p class="level-2">二</p><p>正文12㎡</p>'
    )
    with pdfplumber.open(io.BytesIO(render_pdf(page))) as opened:
        faces = {char["fontname"].partition("+")[2] for char in opened.pages[0].chars}
    assert faces == {
        "Paper-Title", "Paper-Hei", "Paper-Kai", "Paper-Fangsong", "Paper-Song",
    }  # fmt: skip


def test_a_character_that_no_face_has_is_named():
    assert missing_glyphs("正常①㎡\n\u200b") == set()
    assert missing_glyphs("𠮷野家😀") == {"𠮷", "😀"}
    with pytest.raises(Refusal) as caught:
        render_pdf(PAGE.format("<p>&#128512;野家</p>"))
    assert caught.value.code == "paper.glyph"
    assert "“😀”（U+1F600）" in caught.value.message
    assert caught.value.found == "😀"


def test_names_in_the_markup_are_not_text():
    render_pdf(PAGE.format("<!-- 😀 --><p>正文</p>"))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/logo.png",
        "https://example.com/a.png",
        "file:///etc/hostname",
        "../pyproject.toml",
        "ftp://example.com/a.png",
        "fonts/%2e%2e/%2e%2e/pyproject.toml",
        "data:image/png;base64,AAAA",
        "img/there-is-no-such-picture.png",
    ],
)
def test_nothing_is_loaded_from_outside_static(address):
    with pytest.raises(ForeignResourceError):
        render_pdf(PAGE.format(f'<img src="{address}" alt="">'))


def test_a_missing_library_is_said_aloud(monkeypatch):
    check_renderer()
    monkeypatch.setattr(pdf, "_library", lambda name: name != "harfbuzz-subset")
    with pytest.raises(RendererMissingError, match="apt-get install libharfbuzz-subset0"):
        render_pdf(PAGE.format("<p>正文</p>"))


def test_start_up_stays_light():
    code = (
        "import sys, renovation.core.documents.pdf, renovation.core.documents.xlsx,"
        "renovation.core.documents.reading, renovation.core.documents.annotate,"
        "renovation.core.documents.papers, renovation.core.documents.snapshot;"
        "print([m for m in ('weasyprint','openpyxl','python_calamine','fontTools','msoffcrypto',"
        "'puremagic','django.template') if m in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


def test_a_drawing_made_for_the_screen_prints_with_our_faces():
    drawing = (
        '<svg viewBox="0 0 200 40"><text x="4" y="20" font-family="PingFang SC, Microsoft YaHei, sans-serif">'
        '计划</text><text x="80" y="20" font-family="STZhongsong, SimSun, serif">标题</text></svg>'
    )
    with pdfplumber.open(io.BytesIO(render_pdf(PAGE.format(drawing)))) as opened:
        faces = {c["text"]: c["fontname"].partition("+")[2] for c in opened.pages[0].chars}
    assert (faces["计"], faces["标"]) == ("Paper-Hei", "Paper-Title")


def test_no_files_are_left_behind(tmp_path):
    code = (
        "from tests.renovation.core.documents.test_pdf import PAGE, render_pdf;"
        "render_pdf(PAGE.format('<p>正文</p>'))"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
    )
    assert list(tmp_path.iterdir()) == []
