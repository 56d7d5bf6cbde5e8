"""Snapshots: the same value, the same text, and back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from renovation.core.documents.blocks import FAR_BEHIND, Column, Kind, Paragraph, Table, row
from renovation.core.documents.papers import Annex, OfficialPaper
from renovation.core.documents.snapshot import digest_of, freeze, thaw


@dataclass(frozen=True)
class Bulletin:
    year: int
    share: Fraction
    amount: Decimal
    at: datetime
    paper: OfficialPaper
    by_street: dict[str, Decimal]


def bulletin() -> Bulletin:
    table = Table(
        (Column("街道"), Column("亮灯", Kind.MARK)), (row("钟楼街道", FAR_BEHIND), row("x", None))
    )
    return Bulletin(
        year=2025,
        share=Fraction(1, 3),
        amount=Decimal("3268.50"),
        at=datetime(2025, 10, 15, 9, tzinfo=UTC),
        paper=OfficialPaper(
            issuer="淄川区住房和城乡建设局文件",
            title="关于情况的通报",
            body=(Paragraph("正文"), table),
            issued_on=date(2025, 10, 15),
            annexes=(Annex("清单", (table,)),),
        ),
        by_street={"banyanglu": Decimal("9.22")},
    )


def test_a_paper_survives_the_way_there_and_back():
    text = freeze(bulletin())
    assert thaw(text, [Bulletin]) == bulletin()
    assert freeze(thaw(text, [Bulletin])) == text


def test_equal_values_have_one_digest_and_others_another():
    assert digest_of(freeze(bulletin())) == digest_of(freeze(bulletin()))
    assert freeze({"b": 1, "a": 2}) == freeze({"a": 2, "b": 1}) == '{"a":2,"b":1}'
    assert digest_of(freeze(Decimal("1.0"))) != digest_of(freeze(Decimal("1.00")))


@pytest.mark.parametrize("value", [1.5, {1, 2}, object(), {1: "a"}, {"$": "a"}, b"x"])
def test_what_would_not_come_back_is_refused(value):
    with pytest.raises(TypeError):
        freeze(value)


def test_an_unknown_type_is_refused():
    with pytest.raises(ValueError):
        thaw(freeze(bulletin()))
