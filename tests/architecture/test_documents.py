"""A document that names a test names one that is there."""

from __future__ import annotations

import re

from tests.servers import ROOT

#: ``tests/projects/ledger/test_pages.py``, ``tests/supervision/inquiries/``.
_PLACE = re.compile(r"\btests/[\w/]+(?:\.py|/)")


def test_every_test_that_a_document_names_is_there() -> None:
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = {
        (page, place) for page in documents for place in _PLACE.findall(page.read_text("utf-8"))
    }
    assert len(named) > 100
    assert (
        sorted(
            f"{page.relative_to(ROOT)}: {place}"
            for page, place in named
            if not (ROOT / place).exists()
        )
        == []
    )
