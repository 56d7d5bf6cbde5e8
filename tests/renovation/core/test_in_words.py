"""A value in a sentence."""

from __future__ import annotations

from datetime import date

import pytest

from renovation.core.wording import in_words


@pytest.mark.parametrize(
    ("value", "said"),
    [(date(2025, 5, 9), "2025年5月9日"), (None, ""), ("3号", "3号"), (12, "12")],
)
def test_a_value_in_a_sentence(value: object, said: str) -> None:
    assert in_words(value) == said
