"""Planned periods against the windows in which work rests (高温, 汛期, 重大活动; [崇川2022]): warnings, no refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from projects.ledger.enums import WorkKind
from projects.ledger.models import RestWindow
from renovation.core.wording import chinese_date

from .enums import Layer
from .sequence import REST, Warned

#: What kind of work an item is, by its code in the shared menu.
KIND_OF_ITEM: Mapping[str, WorkKind] = {
    "demolition": WorkKind.DEMOLITION,
    "heat-pipes": WorkKind.HEATING,
    "power-lines": WorkKind.POWER,
    "telecom-lines": WorkKind.POWER,
    "overhead-lines": WorkKind.POWER,
    "roof": WorkKind.ROOF,
    "facade": WorkKind.WALL,
    "energy": WorkKind.WALL,
    "stairs": WorkKind.STAIRS,
    "greening": WorkKind.GREEN,
}
#: And by its layer where the code says nothing; what is neither ground nor envelope may be indoors.
KIND_OF_LAYER: Mapping[Layer, WorkKind] = {
    Layer.UNDERGROUND: WorkKind.UNDERGROUND,
    Layer.SURFACE: WorkKind.ROAD,
    Layer.ENVELOPE: WorkKind.WALL,
}


def kinds_of(*, code: str, layer: Layer) -> frozenset[WorkKind]:
    """The kinds of work whose rest an item meets; pipes in the ground rest with all trenches."""
    kind = KIND_OF_ITEM.get(code) or KIND_OF_LAYER.get(layer)
    if kind is None:
        return frozenset()
    more = {WorkKind.UNDERGROUND} if layer is Layer.UNDERGROUND else set()
    return frozenset({WorkKind.ALL, kind, *more})


def resting(
    *,
    name: str,
    kinds: Iterable[WorkKind],
    start: date | None,
    end: date | None,
    windows: Sequence[RestWindow],
) -> list[Warned]:
    """The windows in which a planned period meets rest, each with how many days; none where the period is not
    said."""
    if start is None or end is None:
        return []
    wanted = set(kinds)
    found = []
    for window in windows:
        days = (min(end, window.to_on) - max(start, window.from_on)).days + 1
        if days > 0 and WorkKind(window.work_kind) in wanted:
            found.append(
                Warned(
                    REST,
                    f"{name}计划 {chinese_date(start)} 至 {chinese_date(end)}，其中 {days} 天在{window.get_cause_display()}停工期"
                    f"（{chinese_date(window.from_on)} 至 {chinese_date(window.to_on)}，{window.get_work_kind_display()}）："
                    f"{window.reason}。",
                    max(start, window.from_on),
                    False,
                )
            )
    return found
