"""HTML to PDF: local, complete and the same bytes every time.

Only files under ``static/`` are read; nothing is fetched. A character that no face of
``static/fonts`` has is refused by name, since a box in an official paper is worse than none. The
faces are found through ``static/fonts/fonts.conf``, so that no font of the machine can slip in, and
are registered once in a process, which then renders a page in about a tenth of a second.
"""

from __future__ import annotations

import ctypes.util
import html as html_text
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from renovation.core.documents import justification
from renovation.core.documents.glyphs import FONTS, check_glyphs

CONTENT_TYPE = "application/pdf"
STATIC = Path(__file__).resolve().parents[3] / "static"
STYLES = STATIC / "css" / "papers"
STYLESHEETS = ("widths", "blocks", "official", "heads", "letter", "sheet", "approval")

_rendering = threading.Lock()
_NOT_TEXT = re.compile(r"<(style|script|title)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)


class RendererMissingError(RuntimeError):
    """A system library that PDFs need is not installed; the message names its package."""


class ForeignResourceError(RuntimeError):
    """A paper asked for something that does not lie under ``static/``."""


@dataclass(frozen=True)
class PdfMetadata:
    """What the PDF says of itself; ``created`` is an ISO 8601 date or moment, "" for none."""

    title: str
    author: str = ""
    subject: str = ""
    keywords: tuple[str, ...] = ()
    created: str = ""


def check_renderer() -> None:
    """Raise RendererMissingError when WeasyPrint would fail or crawl on this machine.

    Without libharfbuzz-subset a page takes ten seconds instead of a third of one, and WeasyPrint
    only whispers: fail loudly instead.
    """
    wanted = {
        "pango-1.0": "libpango-1.0-0",
        "pangoft2-1.0": "libpangoft2-1.0-0",
        "harfbuzz-subset": "libharfbuzz-subset0",
    }
    missing = [package for name, package in wanted.items() if not _library(name)]
    if missing:
        raise RendererMissingError(f"PDFs need: apt-get install {' '.join(missing)}")


@cache
def _library(name: str) -> bool:
    """Whether the dynamic linker finds a library; asked of it directly, as WeasyPrint will."""
    for candidate in (f"lib{name}.so.0", f"lib{name}.dylib", ctypes.util.find_library(name)):
        if candidate is None:
            continue
        try:
            ctypes.CDLL(candidate)
        except OSError:
            continue
        return True
    return False


def render_pdf(
    html: str, *, metadata: PdfMetadata | None = None, stylesheets: Sequence[str] = STYLESHEETS
) -> bytes:
    """The PDF of a paper's HTML; the same HTML gives the same bytes.

    ``stylesheets`` are names under ``static/css/papers``. Raises Refusal (``paper.glyph``) for a
    character without a glyph, RendererMissingError and ForeignResourceError for what only an
    administrator or a programmer can mend.
    """
    check_renderer()
    check_glyphs(html_text.unescape(_NOT_TEXT.sub("", html)))
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    with _rendering:
        fonts, sheets = _prepared(tuple(stylesheets))
        document = weasyprint.HTML(
            string=html, base_url=STATIC.as_uri() + "/", url_fetcher=fetch_local
        )
        try:
            rendered = document.render(font_config=fonts, stylesheets=list(sheets))
        except FatalURLFetchingError as error:
            raise ForeignResourceError(str(error)) from error
        if metadata is not None:
            _describe(rendered.metadata, metadata)
        data: bytes = rendered.write_pdf(pdf_tags=True)
    return data


def _describe(target: Any, metadata: PdfMetadata) -> None:
    target.title = metadata.title
    target.authors = [metadata.author] if metadata.author else []
    target.description = metadata.subject
    target.keywords = list(metadata.keywords)
    target.created = target.modified = metadata.created or None
    target.generator = "renovation"


@cache
def _prepared(names: tuple[str, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Faces and parsed stylesheets, once in a process."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    justification.install()
    # Fontconfig reads the variable when the configuration is made, and never again.
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    try:
        fonts = FontConfiguration()
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before
    sheets = tuple(
        weasyprint.CSS(filename=STYLES / f"{name}.css", font_config=fonts, url_fetcher=fetch_local)
        for name in names
    )
    return fonts, sheets


def fetch_local(url: str) -> Any:
    """Read a file under ``static/``; stop the rendering for every other address."""
    from urllib.parse import unquote, urlsplit

    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    if parts.scheme != "file" or parts.netloc or not path.is_relative_to(STATIC):
        raise FatalURLFetchingError(f"a paper may not load {parts.scheme}:… from outside static/")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FatalURLFetchingError(f"{path.name} is not in static/") from error
    return URLFetcherResponse(url, content, {"Content-Type": _TYPES.get(path.suffix, "")})


_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".svg": "image/svg+xml",
}
