"""From bytes to rows and faults: read, columns, cells, checks. Writes nothing.

What is wrong with the file or the sheet as a whole refuses it (``refused``); everything else is a fault at
its cell, and all of them are reported at once (HOUSE.md §4.14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from renovation.core.documents.addresses import address
from renovation.core.documents.reading import ReadCell, ReadWorkbook, read_workbook
from renovation.core.errors import Fault, Refusal, Severity
from renovation.core.memory import collector_waits
from renovation.core.reading import clean

from .cells import Readings, finding_of
from .headers import normalise
from .manifest import Manifest, read_manifest
from .meanwhile import settled
from .pipelines import Column, Finding, Pipeline, Row, Target, Unit, Value
from .sheets import (
    Layout,
    cell_of,
    covered_fields,
    data_rows,
    filled_cells,
    find_layout,
    locked_columns,
    merged_rows,
    unread_columns,
)
from .used_again import wrote_with

#: What a rule catches that speaks of a workbook with some of the rows that stand.
SELECTION = "portal.selection"
#: Stands for what was found in a cell that holds residents' data.
NOT_SHOWN = "（个人信息，不显示）"
#: Of a workbook whose marks do not count.
UNSIGNED = "文件里的下载记录核对不上（早先下载的，或被改动过），下载以后别人改过什么看不出来，只按现在的核对；要比对的重新下载，把改动填进去再上传。"
_TOTALS = frozenset({"合计", "总计", "小计"})
#: How rows end or begin that sum up others, explain them or sign the table.
_SUMS = ("合计", "总计", "小计")
_ASIDES = ("其中", "注：", "备注：", "说明：", "填表", "填报", "制表", "审核", "单位负责")


@dataclass
class Digest:
    """What reading a file gave. ``workbook`` is the checksum of its manifest, ``expected_count`` how many rows there
    should have been."""

    sheet: str = ""
    workbook: str = ""
    header_row: int | None = None
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: bool = False
    expected_count: int = 0
    context: Any = None


@dataclass(frozen=True)
class Placer:
    """Knows where each field stands, and turns findings into faults."""

    sheet: str
    places: Mapping[str, int]
    pipeline: Pipeline

    def fault(self, code: str, finding: Finding, number: int | None = None) -> Fault:
        """The finding under a rule's code, with sheet, cell, row and header; ``number`` is the row where the
        finding names none."""
        column = self.pipeline.column(finding.field) if finding.field else None
        row = number if finding.row is None else finding.row
        place = self.places.get(finding.field) if row else None
        rule = self.pipeline.rule(code)
        if column is not None and column.is_private:
            words = finding.message if finding.is_discreet else f"{column.label}：{rule.title}"
            finding = finding._replace(message=words, found=NOT_SHOWN)
        return Fault(
            code=code,
            message=finding.message,
            severity=finding.severity or rule.severity,
            sheet=self.sheet,
            cell=address(row, place) if row and place else "",
            row=row,
            column=column.label if column else "",
            found=finding.found,
            expected=finding.expected,
        )


@collector_waits()
def digest(data: bytes, name: str, pipeline: Pipeline, target: Target, now: datetime) -> Digest:
    """Read a file for a target and check it; the only queries are those of the pipeline's context, and one for what
    was written with the same workbook."""
    result = Digest()
    try:
        workbook = read_workbook(data, name)
        layout = find_layout(workbook, pipeline)
        result.sheet, result.header_row = layout.sheet.name, layout.header_row
        result.columns = dict(layout.places)
        told = _admitted(workbook, pipeline, target)
    except Refusal as refusal:
        return _refuse(result, pipeline, refusal)
    # Who brings marks back learns by them what stood: they count in what the portal signed.
    counts = told is not None and (pipeline.marks is None or told.is_signed)
    manifest = told if counts else None
    result.workbook = manifest.checksum if manifest is not None else ""
    _notices(result, pipeline, workbook, layout, told, manifest)
    cells = _read_rows(result, pipeline, layout, manifest)
    if not result.rows:
        return _refuse(result, pipeline, _no_rows(layout, pipeline))
    context = pipeline.context(target, [row.key for row in result.rows if row.key], now)
    result.context = context
    read = result.rows
    if pipeline.settled is not None:
        result.rows = [replace(row, values=pipeline.settled(row, context)) for row in result.rows]
    result.expected_count = _expected(result, pipeline, manifest, layout)
    place = Placer(result.sheet, result.columns, pipeline)
    wrote = wrote_with(pipeline, target, manifest, context)
    result.rows, late = settled(pipeline, result.rows, manifest, context, wrote, read)
    result.faults += [place.fault(code, finding) for code, finding in late]
    result.faults += checked(pipeline, result.rows, context, place)
    _changed_since(result, pipeline, layout, manifest, cells, context)
    result.faults.sort(key=in_reading_order)
    return result


def checked(pipeline: Pipeline, rows: Sequence[Row], context: Any, place: Placer) -> list[Fault]:
    """The faults of the rows against the ledger: doubled and nameless rows, row rules, sheet rules."""
    faults = [place.fault(code, finding) for code, finding in _names(pipeline, rows)]
    for row in rows:
        if row.key:
            faults += [
                place.fault(code, finding, row.number)
                for code, finding in pipeline.check_row(row, context)
            ]
    faults += [place.fault(code, finding) for code, finding in pipeline.check_sheet(rows, context)]
    return faults


def _names(pipeline: Pipeline, rows: Sequence[Row]) -> Iterable[tuple[str, Finding]]:
    """Rows without a key, and keys that stand in several rows where the pipeline does not tell of those itself."""
    column = pipeline.column(pipeline.key)
    numbers: dict[str, list[int]] = {}
    for row in rows:
        if row.key:
            numbers.setdefault(row.key, []).append(row.number)
        elif pipeline.key not in row.faulty:
            refusal = Refusal("key.missing", f"{column.label}未填")
            yield (
                pipeline.rule_for(refusal).code,
                Finding(
                    message=refusal.message,
                    field=column.field,
                    found="空",
                    expected=column.expected,
                    row=row.number,
                ),
            )
    for key, found in () if pipeline.tells_doubled else numbers.items():
        if len(found) > 1:
            where = "、".join(f"第 {number} 行" for number in found)
            refusal = Refusal(
                "key.doubled",
                f"{pipeline.words.key or column.label} {key} 出现了 {len(found)} 次：{where}",
            )
            for number in found:
                yield (
                    pipeline.rule_for(refusal).code,
                    Finding(
                        message=refusal.message,
                        field=column.field,
                        found=where,
                        expected=f"每个{pipeline.words.row}一行",
                        row=number,
                    ),
                )


def _admitted(workbook: ReadWorkbook, pipeline: Pipeline, target: Target) -> Manifest | None:
    """The workbook's manifest, None where it has none.

    Raises Refusal where it was made for another kind, organisation or period; the sentence names both.
    """
    manifest = read_manifest(workbook)
    if manifest is None:
        return None
    if pipeline.code not in manifest.pipelines:
        raise Refusal(
            "portal.other_kind", f"这份工作簿不是“{pipeline.label}”的模板，请下载对应的模板。"
        )
    if manifest.street != target.organisation.code:
        ours = target.organisation.short_name
        raise Refusal(
            "portal.other_organisation",
            f"这份工作簿是{manifest.street_name}的，不是{ours}的，请上传{ours}的工作簿。",
            found=manifest.street_name,
            expected=ours,
        )
    if manifest.week_start != target.period_key:
        theirs = pipeline.period_label(manifest.week_start)
        ours = pipeline.period_label(target.period_key)
        raise Refusal(
            "portal.other_period",
            f"这份工作簿是{theirs}的，不是{ours}的，请上传{ours}的工作簿。",
            found=theirs,
            expected=ours,
        )
    return manifest


def _refuse(result: Digest, pipeline: Pipeline, refusal: Refusal) -> Digest:
    rule = pipeline.rule_for(refusal)
    result.refused = True
    result.rows = []
    result.faults = [
        Fault(
            code=rule.code,
            message=refusal.message,
            severity=Severity.ERROR,
            sheet=result.sheet,
            found=refusal.found or "",
            expected=refusal.expected or "",
        )
    ]
    return result


def _no_rows(layout: Layout, pipeline: Pipeline) -> Refusal:
    return Refusal(
        "sheet.no_rows",
        f"工作表“{layout.sheet.name}”的表头（第 {layout.header_row} 行）下面没有数据，请填写后再上传。",
        found="0 行",
        expected=f"每个{pipeline.words.row}一行",
    )


def _notices(
    result: Digest,
    pipeline: Pipeline,
    workbook: ReadWorkbook,
    layout: Layout,
    told: Manifest | None,
    manifest: Manifest | None,
) -> None:
    """``told`` is what the workbook says of itself, ``manifest`` that where it counts."""

    def say(code: str, message: str, found: str = "") -> None:
        rule = pipeline.rule_for(Refusal(code, message))
        result.faults.append(
            Fault(
                code=rule.code,
                message=message,
                severity=rule.severity,
                sheet=layout.sheet.name,
                found=found,
            )
        )

    if workbook.has_macros:
        say("file.macros", "文件里有宏，没有运行，只读取了数据。")
    if layout.unknown:
        names = "、".join(unread_columns(layout))
        say("header.unknown", f"{names}不在模板内，未读取。", names)
    if told is None:
        say("portal.missing", "文件不是本平台下载的模板，已按所选的单位和期次读取。")
    elif manifest is None:
        say("portal.missing", UNSIGNED)


def _expected(result: Digest, pipeline: Pipeline, manifest: Manifest | None, layout: Layout) -> int:
    """How many rows there should be: what the workbook took along, where it says so; else what the pipeline knows.
    0 where a workbook may hold as many as it likes. A list may grow: of its rows none is too many."""
    whole = pipeline.expected_count(result.context)
    if not whole:
        return 0
    held = len({row.key or row.number for row in result.rows}) if pipeline.counts_changes else 0
    counted = None if manifest is None else manifest.counts.get(pipeline.code)
    if counted is None:
        return max(whole, held)
    rule = next((each for each in pipeline.rules if SELECTION in each.catches), None)
    if rule is not None and counted < whole:
        message = f"文件导出时有 {counted} 行，台账现在有 {whole} 行；不在文件里的不动。"
        result.faults.append(
            Fault(code=rule.code, message=message, severity=rule.severity, sheet=layout.sheet.name)
        )
    return max(counted, held)


def _read_rows(
    result: Digest, pipeline: Pipeline, layout: Layout, manifest: Manifest | None
) -> dict[int, Sequence[ReadCell | None]]:
    """Type every cell of the known columns; faulty cells become faults."""
    place = Placer(result.sheet, result.columns, pipeline)
    known = [
        (column.field, layout.places[column.field] - 1, Readings(column))
        for column in (_as_read(each, layout.units.get(each.field)) for each in pipeline.columns)
        if column.field in layout.places
    ]
    key_column = pipeline.column(pipeline.key)
    merged, covered = merged_rows(layout, pipeline), covered_fields(layout, pipeline)
    filled = filled_cells(layout, pipeline)
    columns = locked_columns(pipeline, layout)
    locked = frozenset(column.field for column in columns)
    kept: dict[int, Sequence[ReadCell | None]] = {}
    for number, cells in data_rows(layout):
        if number in filled:
            cells = _with_filled(cells, filled[number])
        if _is_total(cells, layout, pipeline):
            continue
        values: dict[str, Value] = {}
        texts: dict[str, str] = {}
        width = len(cells)
        for name, at, readings in known:
            cell = cells[at] if at < width else None
            if cell is None:
                continue
            try:
                value = readings[type(cell.value), cell[2:]]
            except Refusal as refusal:
                texts[name] = cell.formula or cell.text or (refusal.found or "")
                if name in locked and not cell.is_formula and not cell.error:
                    continue  # said below, where it is compared with what the portal had filled in
                finding = finding_of(refusal, readings.column, cell, number)
                result.faults.append(place.fault(pipeline.rule_for(refusal).code, finding))
                continue
            if value is not None:
                values[name] = value
        for name in covered.get(number, ()):
            if name not in values:
                texts.setdefault(name, "")
        for name, unit in layout.units.items():
            _convert(values, pipeline.column(name), unit)
        name = clean(str(values.get(key_column.field, "")))
        key = pipeline.key_of(values) if pipeline.key_of is not None and name else name
        row = Row(number, key, values, texts)
        if number in merged:
            result.faults.append(_merged(place, pipeline, number, merged[number]))
        if manifest is not None and key in manifest.values:
            result.faults += _altered(place, pipeline, row, manifest.values[key], columns)
        result.rows.append(row)
        kept[number] = cells
    return kept


def _as_read(column: Column, unit: Unit | None) -> Column:
    """The column in the unit that its header tells."""
    if unit is None:
        return column
    return replace(
        column,
        suffixes=(),
        places=unit.places,
        minimum=None if column.minimum is None else column.minimum / unit.factor,
        maximum=None if column.maximum is None else column.maximum / unit.factor,
    )


def _convert(values: dict[str, Value], column: Column, unit: Unit) -> None:
    value = values.get(column.field)
    if isinstance(value, Decimal):
        values[column.field] = (value * unit.factor).quantize(column.last_place)


def _with_filled(
    cells: Sequence[ReadCell | None], filled: Mapping[int, ReadCell]
) -> Sequence[ReadCell | None]:
    """The cells of a row with those that lie in a merged area filled in, by column number."""
    wide = [*cells, *[None] * (max(filled) - len(cells))]
    for column, cell in filled.items():
        wide[column - 1] = cell
    return wide


def _merged(place: Placer, pipeline: Pipeline, number: int, area: str) -> Fault:
    refusal = Refusal("cell.merged", f"第 {number} 行有合并的单元格 {area}，请取消合并")
    return place.fault(
        pipeline.rule_for(refusal).code,
        Finding(
            message=refusal.message,
            field=pipeline.key,
            found=area,
            expected="每行每列一格",
            row=number,
        ),
    )


def _is_total(cells: Sequence[ReadCell | None], layout: Layout, pipeline: Pipeline) -> bool:
    """A row that names no key and says 合计 is no data; where subtotals are usual, neither are rows that
    break a sum down, sign the table, or repeat its header."""
    key = cell_of(cells, layout.places[pipeline.key])
    plain = "" if key is None else clean(key.text)
    if pipeline.has_subtotals and normalise(plain) in pipeline.column(pipeline.key).names:
        return True
    if plain and plain not in _TOTALS:
        return False
    texts = [
        clean(cell.value).replace(chr(58), "：")
        for cell in cells
        if cell is not None and isinstance(cell.value, str)
    ]
    if any(text in _TOTALS for text in texts):
        return True
    return pipeline.has_subtotals and any(
        text.endswith(_SUMS) or text.startswith(_ASIDES) for text in texts[:3]
    )


def _altered(
    place: Placer,
    pipeline: Pipeline,
    row: Row,
    filled: Mapping[str, str],
    locked: Sequence[Column],
) -> Iterator[Fault]:
    """Locked cells that say something else than what the portal had filled in; an emptied one is no harm, nor is one
    that lies under a merged area."""
    for column in locked:
        name = column.field
        text, value = filled.get(name), row.values.get(name)
        if text is None or value == text:  # as nearly every text does
            continue
        now = row.texts.get(name, column.text(value))
        if now and now != text:
            refusal = Refusal("cell.locked", f"{column.label}是锁定列，不能改：{column.said(now)}")
            yield place.fault(
                pipeline.rule_for(refusal).code,
                Finding(
                    message=refusal.message,
                    field=name,
                    found=column.said(now),
                    expected=column.said(text) or "不填",
                    row=row.number,
                ),
            )


def _changed_since(
    result: Digest,
    pipeline: Pipeline,
    layout: Layout,
    manifest: Manifest | None,
    cells: Mapping[int, Sequence[ReadCell | None]],
    context: Any,
) -> None:
    """Notices about what the ledger says otherwise since the template was made."""
    if manifest is None:
        return
    place = Placer(result.sheet, result.columns, pipeline)
    locked = locked_columns(pipeline, layout)
    for row in result.rows:
        filled = manifest.values.get(row.key)
        if not filled:
            continue
        present = pipeline.present(row.key, context)
        for column in locked:
            if column.field not in present or column.field not in filled:
                continue
            value, then = present[column.field], filled[column.field]
            if value != then and (now := column.text(value)) != then:
                message = (
                    f"{column.label}在下载模板后变了：当时是{_shown(column.said(then))}，"
                    f"现在是{_shown(column.said(now))}，按现在的核对"
                )
                rule = pipeline.rule_for(Refusal("portal.changed", message))
                result.faults.append(
                    place.fault(
                        rule.code,
                        Finding(
                            message=message,
                            field=column.field,
                            found=column.said(then),
                            expected=column.said(now),
                            row=row.number,
                        ),
                    )
                )


def _shown(text: str) -> str:
    return f" {text}" if text else "空"


_GRAVITY = {severity: place for place, severity in enumerate(Severity)}


def in_reading_order(fault: Fault) -> tuple[int, int, str, int, str]:
    """By row, then by column: B before AA."""
    letters = fault.cell.rstrip("0123456789")
    return (fault.row or 0, len(letters), letters, _GRAVITY[fault.severity], fault.code)
