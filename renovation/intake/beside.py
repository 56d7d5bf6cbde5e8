"""The page 核对上传内容 beside what is written of the target already: which rows are new, changed, the same, and in what."""

from __future__ import annotations

from collections.abc import Sequence

from renovation.face.values import Cell

from .pipelines import Pipeline
from .preview_rows import Said
from .rows import StoredRow
from .verdicts import Verdict
from .written import changes_of, is_kept

#: How much of a text that is written over is told.
_LONGEST = 60


def beside_written(
    pairs: Sequence[tuple[StoredRow, Verdict]], pipeline: Pipeline
) -> tuple[Cell, ...]:
    """How many rows are new, changed and the same; () where nothing is written yet."""
    if all(each.written is None for each, _ in pairs):
        return ()
    sound = [(each, verdict) for each, verdict in pairs if not verdict.errors]
    known = [(each, verdict) for each, verdict in sound if each.written is not None]
    changed = sum(bool(changes_of(each, verdict, pipeline)) for each, verdict in known)
    kept = sum(is_kept(each, pipeline) for each, _ in known)
    parts = [f"新填 {len(sound) - len(known)} 行", f"相同 {len(known) - changed - kept} 行"]
    if kept:
        parts.append(f"未填保留 {kept} 行")
    if faulty := len(pairs) - len(sound):
        parts.append(f"有错 {faulty} 行")
    return (Cell("与已写入的相比", f"改动 {changed} 行", "，".join(parts)),)


def words_of_same(pairs: Sequence[tuple[StoredRow, Verdict]], pipeline: Pipeline) -> str:
    """Of a file whose rows all say what stands already, or nothing: with what they agree, and how many were left
    empty."""
    count = len(pairs)
    if pipeline.written is None:
        return f"文件里的 {count} 行都与台账一致，不用写入。"
    kept = sum(is_kept(each, pipeline) for each, _ in pairs)
    if kept == count:
        return f"文件里的 {count} 行都没有填，保留已写入的，不用写入。"
    if kept:
        return (
            f"文件里的 {count - kept} 行与已写入的相同，{kept} 行没有填、保留已写入的，不用写入。"
        )
    return f"文件里的 {count} 行都与已写入的相同，不用写入。"


def word_beside(stored: StoredRow, verdict: Verdict, pipeline: Pipeline) -> str:
    """新填, or 已有 with whether it changes; 未填，保留已写入的."""
    if stored.written is None:
        return "新填"
    if is_kept(stored, pipeline):
        return "未填，保留已写入的"
    changed = changes_of(stored, verdict, pipeline)
    return "已有，改动" if changed else "已有，相同"


def written_over(stored: StoredRow, verdict: Verdict, pipeline: Pipeline) -> list[Said]:
    """What of a row is written otherwise: 本周完成情况：已写入“…”，改为“…”; nothing of one with faults."""
    if verdict.errors or stored.written is None:
        return []
    said = []
    for column, value in changes_of(stored, verdict, pipeline):
        was, now = column.shown(stored.written.get(column.field)), column.shown(value)
        said.append(Said(column.label, f"已写入{_quoted(was)}，改为{_quoted(now)}", ""))
    return said


def _quoted(text: str) -> str:
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……"
    return f"“{short}”" if short else "空"
