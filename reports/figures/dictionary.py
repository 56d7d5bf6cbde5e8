"""The dictionary of measures: what every export carries, what docs/measures.md and 指标解释 show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from renovation.core.declarations import Declaration, Kind
from renovation.core.documents.blocks import Column, Table, row
from renovation.core.documents.blocks import Kind as ColumnKind

from .catalogue import LEVEL_WORDS, catalogue, groups

#: How a measure is made, in words.
KIND_WORDS = {
    Kind.SUM: "合计",
    Kind.MEAN: "加权平均",
    Kind.GREATEST: "最大值",
    Kind.DIFFERENCE: "相减",
    Kind.WORD: "判定",
}


def way_text(declaration: Declaration) -> str:
    """How a measure is made: 支付 ÷ 到位 for a rate."""
    if declaration.kind is Kind.RATE:
        above, below = declaration.parts
        return f"{above} ÷ {below}"
    return KIND_WORDS[declaration.kind]


def levels_text(declaration: Declaration) -> str:
    """全区、街道、项目: where the measure may be asked for."""
    return "、".join(word for level, word in LEVEL_WORDS.items() if level in declaration.levels)


def limits_text(declaration: Declaration, values: Mapping[str, Any]) -> str:
    """The thresholds that a measure depends on with their values in force; defaults where none is given."""
    return "；".join(
        f"{each.label}：{each.show(values.get(each.key, each.default))}"
        for each in declaration.parameters
    )


def dictionary_table(names: Iterable[str] | None = None) -> Table:
    """The definitions of measures as a table, all of them where none are named."""
    chosen = list(catalogue()) if names is None else list(names)
    return Table(
        columns=(
            Column("指标", ColumnKind.TEXT, 12),
            Column("单位", ColumnKind.LABEL, 5),
            Column("算法", ColumnKind.TEXT, 10),
            Column("口径", ColumnKind.TEXT, 50),
            Column("层级", ColumnKind.TEXT, 9),
            Column("类别", ColumnKind.LABEL, 6),
        ),
        rows=tuple(
            row(
                each.label,
                each.unit.text,
                way_text(each),
                each.definition,
                levels_text(each),
                each.group,
            )
            for each in (catalogue()[name] for name in chosen)
        ),
        caption="指标解释",
        name="指标解释",
        notes=("比率没有可除的数（如应报为 0）时显示“—”，不参加排名；数只在显示时四舍五入一次。",),
    )


def markdown() -> str:
    """The page docs/measures.md, generated from the declarations."""
    lines = [
        "# 指标",
        "",
        "Generated from the declarations by `manage.py write_measures`; do not edit. The name is the",
        "`measure` of the API (people read its brackets full-width), the code stands in the address of its",
        "source rows.",
    ]
    for group, members in groups().items():
        lines += [
            "",
            f"## {group}",
            "",
            "| measure | code | unit | kind | levels | flow | definition |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {each.name} | `{each.code}` | {each.unit.text} | {each.kind.value} | "
            f"{', '.join(level for level in LEVEL_WORDS if level in each.levels)} | "
            f"{'yes' if each.is_flow else ''} | {each.definition}{_defaults(each)} |"
            for each in members
        ]
    return "\n".join(lines) + "\n"


def _defaults(declaration: Declaration) -> str:
    limits = limits_text(declaration, {})
    return f"（默认：{limits}）" if limits else ""
