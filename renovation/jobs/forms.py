"""The filter bar of the ledger of runs."""

from __future__ import annotations

from renovation.face.filtering import SpanFilterForm, choice
from renovation.records.models import WorkState

from .services import kinds


class RunFilterForm(SpanFilterForm):
    """What ran, how it went, on which days it was due."""

    kind = choice("任务")
    state = choice("状态", WorkState.choices)

    field_order = ("since", "until", "kind", "state")

    def __init__(self, data: object) -> None:
        super().__init__(data, kind=[(kind.code, kind.label) for kind in kinds().values()])
