"""The changes of an audit entry as people read them."""

from __future__ import annotations

import pytest

from renovation.console.auditing.changed import Changed, changes_of
from renovation.records.models import AuditEntry


@pytest.mark.parametrize(
    ("label", "changes", "said"),
    [
        # The field's own name and the words of its choices.
        (
            "papers.document",
            {"state": ["draft", "checked"]},
            [Changed("状态", "拟稿", "已核稿")],
        ),
        # A name that is no field stands as it is; what was not there before is nothing.
        ("consent.round", {"count": [None, 12]}, [Changed("count", "", "12")]),
        # No programs' notation: the sentence of the entry says what a structure means.
        (
            "jobs.schedule",
            {"rule": [None, [{"every": "day", "workday": None}, True]]},
            [Changed("时间规则", "", "见内容")],
        ),
        ("", {"streets": [["甲街道"], ["甲街道", "乙街道"]]}, [Changed("streets", "甲街道", "甲街道、乙街道")]),
        ("gone.model", {}, []),
    ],
)  # fmt: skip
def test_changes_are_told_in_words(
    label: str, changes: dict[str, object], said: list[Changed]
) -> None:
    assert changes_of(AuditEntry(object_type=label, changes=changes)) == said
