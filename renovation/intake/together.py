"""What several rows speak of together (``Pipeline.shared``: a merged cell), once it is decided which of them are let in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from renovation.core.wording import join

from .held import group_of, said, shared_of, speakers
from .pipelines import Column, Pipeline, Row, Value
from .rows import StoredRow
from .verdicts import Verdict
from .written import changed_fields


def as_decided(
    pipeline: Pipeline, stored: Sequence[StoredRow], verdicts: Sequence[Verdict]
) -> list[StoredRow]:
    """The rows as they may be written: what one of them was asked about, or is wrong in, for all of them (a merged cell
    over what a colleague changed, a plan that needs a reason) is as it stands in all that are let in where that one is
    left out."""
    if pipeline.shared is None:
        return list(stored)
    shared, left = shared_of(pipeline, stored), left_out(pipeline, stored, verdicts)
    found = []
    for each, verdict in zip(stored, verdicts, strict=True):
        group = group_of(pipeline, each.row.key)
        names = left.get(group, ()) if verdict.is_taken else ()
        mine = {name: shared.get(group, {}).get(name) for name in names}
        values = {**each.row.values, **mine}
        found.append(replace(each, row=replace(each.row, values=values)) if mine else each)
    return found


def left_out(
    pipeline: Pipeline, stored: Sequence[StoredRow], verdicts: Sequence[Verdict]
) -> dict[str, dict[str, int]]:
    """Group → the fields that stay as they stand → the number of the row that is not let in and says why: the one that
    speaks of them and was asked, or has a fault there. Fields that are ``bound`` go together."""
    left: dict[str, dict[str, int]] = {}
    if pipeline.shared is None:
        return left
    fields = {pipeline.column(name).label: name for name in pipeline.shared.fields}
    voices, bound = said(pipeline, [each.row for each in stored]), pipeline.shared.bound
    for each, verdict in zip(stored, verdicts, strict=True):
        number, group = each.row.number, group_of(pipeline, each.row.key)
        for fault in () if verdict.is_taken else (*verdict.errors, *verdict.questions):
            name = fields.get(fault.column, "")
            speaks = fault.code == verdict.unforeseen or voices.get((group, name)) == number
            if name and group and speaks:
                mine = left.setdefault(group, {})
                for other in sorted(bound) if name in bound else (name,):
                    mine.setdefault(other, number)
    return left


@dataclass(frozen=True)
class Unwritten:
    """What several rows say of one thing and is not written, because the row that speaks of it is left out: its number,
    name and ``group``, the columns, and whether it is ``faulty``, else held."""

    number: int
    name: str
    group: str
    columns: tuple[Column, ...]
    faulty: bool

    def sentence(self, word: str, *, is_over: bool) -> str:
        """What does not happen, and what to do about it; ``is_over`` once the file was written."""
        what = join(column.label.partition("（")[0] for column in self.columns)
        row = self.group if self.name in ("", self.group) else f"{self.group}　{self.name}"
        why = f"第 {self.number} 行（{row}）{'有错' if self.faulty else '暂留'}"
        done = "没有写入" if is_over else "不写入，其他行照常写入"
        act = "改正这一行后重新上传" if self.faulty else "把这一行改为接收并说明原因"
        again = "重新上传，" if is_over and not self.faulty else ""
        return f"{why}，{word}的{what}{done}；要写入的，{again}{act}。"


def unwritten(
    pipeline: Pipeline, stored: Sequence[StoredRow], verdicts: Sequence[Verdict]
) -> list[Unwritten]:
    """What rows that are let in say of their group and do not write (``left_out``), by the row that keeps it out."""
    left = left_out(pipeline, stored, verdicts)
    stands = shared_of(pipeline, stored) if left else {}
    found: dict[int, set[str]] = {}
    for each, verdict in zip(stored, verdicts, strict=True):
        group = group_of(pipeline, each.row.key)
        for name, number in left.get(group, {}).items() if verdict.is_taken else ():
            value = each.row.values.get(name)
            if value not in (None, "") and value != stands.get(group, {}).get(name):
                found.setdefault(number, set()).add(name)
    return [
        Unwritten(
            number=each.row.number,
            name=each.name,
            group=group_of(pipeline, each.row.key),
            columns=tuple(c for c in pipeline.columns if c.field in found[each.row.number]),
            faulty=bool(verdict.errors),
        )
        for each, verdict in zip(stored, verdicts, strict=True)
        if each.row.number in found
    ]


def as_read(pipeline: Pipeline, stored: Sequence[StoredRow]) -> list[StoredRow]:
    """The rows beside what stood, for comparing: what they speak of together stands beside the one that speaks of it."""
    return _beside(pipeline, stored, speakers(pipeline, _known(stored)))


def as_written(
    pipeline: Pipeline, stored: Sequence[StoredRow], verdicts: Sequence[Verdict]
) -> list[StoredRow]:
    """The same as they may be written: it stands beside the first that is let in and says something of it."""
    decided = as_decided(pipeline, stored, verdicts)
    pairs = zip(decided, verdicts, strict=True)
    taken = [each for each, verdict in pairs if verdict.is_taken]
    voices = speakers(pipeline, _known(stored)) | said(pipeline, _known(taken))
    return _beside(pipeline, decided, voices)


def behind(
    pipeline: Pipeline,
    stored: Sequence[StoredRow],
    verdicts: Sequence[Verdict],
    shown: Collection[int],
) -> dict[int, list[list[int]]]:
    """What makes a row that says nothing new of its own write what several speak of: row → the numbers of the rows that
    say it before, one list a field; it writes as soon as all of one list are held. Of rows that are not ``shown`` counts
    what is decided."""
    found: dict[int, list[list[int]]] = {}
    if pipeline.shared is None:
        return found
    shared, fields = shared_of(pipeline, stored), pipeline.shared.fields
    asked = left_out(pipeline, stored, [replace(each, held=True) for each in verdicts])
    earlier: dict[tuple[str, str], list[int]] = {}
    settled: set[tuple[str, str]] = set()
    passed: set[tuple[str, str]] = set()
    for each, verdict in zip(stored, verdicts, strict=True):
        row, group = each.row, group_of(pipeline, each.row.key)
        if verdict.errors or not each.before or not group:
            continue
        alone = set(changed_fields(each, pipeline)) <= fields
        stands = shared.get(group, {})
        for name in sorted(stands.keys() - row.faulty - asked.get(group, {}).keys()):
            place = group, name
            if row.values.get(name) in (None, ""):
                continue
            before = earlier.setdefault(place, [])
            if alone and place in passed - settled and row.values[name] != stands[name]:
                found.setdefault(row.number, []).append(list(before))
            passed.add(place)
            if row.number in shown:
                before.append(row.number)
            elif verdict.is_taken:
                settled.add(place)
    return found


def _known(stored: Sequence[StoredRow]) -> list[Row]:
    """A new row is counted as it is; what it says of its group is told at one of which something stands."""
    return [each.row for each in stored if each.before]


def _beside(
    pipeline: Pipeline, stored: Sequence[StoredRow], voices: Mapping[tuple[str, str], int]
) -> list[StoredRow]:
    if pipeline.shared is None:
        return list(stored)
    shared, fields = shared_of(pipeline, stored), pipeline.shared.fields
    found = []
    for each in stored:
        group = group_of(pipeline, each.row.key)
        stands: Mapping[str, Value] = shared.get(group, {}) if each.before else {}
        if stands:
            own = {name: value for name, value in each.before.items() if name not in fields}
            mine = {
                name: value
                for name, value in stands.items()
                if voices.get((group, name)) == each.row.number
            }
            each = replace(each, before={**mine, **own})
        found.append(each)
    return found
