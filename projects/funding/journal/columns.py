"""The columns by which an entry of the register of money is known again, and what an entry says in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from projects.funding.intake_rows import AMOUNT, DAY, DOCUMENT, PROJECT, SOURCE, STAGE
from projects.funding.models import FundingEvent
from renovation.core.measures import wanyuan_from_fen
from renovation.intake.pipelines import Column, Kind, Value

NUMBER = Column(
    field="number",
    header="编号",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    expected="平台给的编号，不改；新登记的空着",
    hint="平台给的编号，认出已登记的靠它；新登记的一行空着。",
)
MONEY = replace(AMOUNT, minimum=None, expected="新登记的大于 0，最多两位小数；已登记的不改")
#: Fields of an entry that stands; none of them changes, but the project may get another code, the source another name.
FIXED = (PROJECT, SOURCE, STAGE, MONEY, DAY, DOCUMENT)


def key_of(values: Mapping[str, Value]) -> str:
    """The number of an entry that stands; a new one is named by all that it says."""
    number = values.get(NUMBER.field)
    if isinstance(number, int):
        return f"#{number}"
    return " ".join(column.text(values.get(column.field)) for column in FIXED).strip()


def present_values(event: FundingEvent) -> dict[str, Value]:
    """What an entry says, in the words of the columns."""
    amount = wanyuan_from_fen(event.amount_fen)
    return {
        PROJECT.field: event.project.code,
        SOURCE.field: str(event.source),
        STAGE.field: str(event.get_stage_display()),
        MONEY.field: Decimal(amount.numerator) / Decimal(amount.denominator),
        DAY.field: event.occurred_on,
        DOCUMENT.field: event.document_number or None,
    }
