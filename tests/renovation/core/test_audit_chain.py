"""The hash chain: canonical bytes, and that no change goes unseen."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renovation.core.audit_chain import GENESIS, canonical, digest, first_break, link, links
from renovation.core.calendar import SHANGHAI

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ENTRIES = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), max_size=6)


class Colour(StrEnum):
    RED = "red"


def test_canonical_bytes() -> None:
    moment = datetime(2025, 9, 8, 9, 30, tzinfo=SHANGHAI)
    entry = {
        "who": "般阳路街道 填报岗",
        "at": moment,
        "on": date(2025, 9, 8),
        "amount": Decimal("1.50"),
        "colour": Colour.RED,
        "id": UUID(int=7),
        "list": (1, None, True),
    }
    assert canonical(entry).decode() == (
        '{"amount":"1.50","at":"2025-09-08T01:30:00.000000+00:00","colour":"red",'
        '"id":"00000000-0000-0000-0000-000000000007","list":[1,null,true],'
        '"on":"2025-09-08","who":"般阳路街道 填报岗"}'
    )
    assert canonical(entry) == canonical(dict(reversed(entry.items())))
    assert canonical({"at": moment}) == canonical({"at": moment.astimezone(UTC)})


@pytest.mark.parametrize("wrong", [0.1, {1}, b"x", object(), {1: "x"}])
def test_what_has_no_canonical_text_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        canonical({"value": wrong})


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        canonical({"at": datetime(2025, 9, 8)})


def test_a_link_is_sha256_over_the_digest_before_and_the_entry() -> None:
    entry = {"act": "提交"}
    by_hand = hashlib.sha256(bytes(32) + '{"act":"提交"}'.encode()).hexdigest()
    assert link(GENESIS, entry) == by_hand
    assert digest(GENESIS, []) == GENESIS
    assert digest(GENESIS, [entry]) == by_hand


@given(ENTRIES, st.integers(0, 6))
def test_batches_do_not_matter(entries: list[dict[str, Any]], cut: int) -> None:
    once = digest(GENESIS, entries)
    assert digest(digest(GENESIS, entries[:cut]), entries[cut:]) == once
    sealed = list(zip(entries, links(GENESIS, entries), strict=True))
    assert first_break(GENESIS, sealed) is None


@given(ENTRIES.filter(len), st.data())
def test_the_first_change_is_named(entries: list[dict[str, Any]], data: st.DataObject) -> None:
    sealed = list(zip(entries, links(GENESIS, entries), strict=True))
    index = data.draw(st.integers(0, len(entries) - 1))
    changed = [*sealed]
    changed[index] = ({**entries[index], "added by hand": 1}, sealed[index][1])
    assert first_break(GENESIS, changed) == index
    removed = sealed[:index] + sealed[index + 1 :]
    assert first_break(GENESIS, removed) == (index if index < len(removed) else None)
