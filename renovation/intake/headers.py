"""Header texts: compared without regard to widths, blanks and brackets, shown with full-width brackets."""

from __future__ import annotations

import re

from renovation.core.reading import to_halfwidth

_BLANKS = re.compile(r"\s+")
_BRACKETS = str.maketrans({"【": "(", "】": ")", "[": "(", "]": ")", "〔": "(", "〕": ")"})


def normalise(text: str) -> str:
    """The text by which headers are compared: half-width, without blanks, without a trailing star or colon.

    “本周累计形象进度（％）*” and “本周累计 形象进度(%)” are the same.
    """
    plain = _BLANKS.sub("", to_halfwidth(text)).translate(_BRACKETS).lower()
    return plain.strip("*").rstrip(":")


def label_of(header: str) -> str:
    """A header as pages write it: 累计完成投资（万元）."""
    return header.replace("(", "（").replace(")", "）")
