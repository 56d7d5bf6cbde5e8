"""What confirming writes or wrote, counted and in words; why there was nothing to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from renovation.core.errors import Refusal

from .pipelines import Pipeline
from .rows import StoredRow
from .together import as_written
from .verdicts import Verdict
from .written import is_same


@dataclass(frozen=True)
class Outcome:
    """What confirming wrote or would write: rows ``taken``, of which ``same`` say what stands already and are not
    written, and rows held."""

    taken: int
    held: int
    same: int = 0

    @property
    def written(self) -> int:
        """Rows that are written."""
        return self.taken - self.same

    @property
    def text(self) -> str:
        """写入 3 行，暂留 4 行; 没有行写入，7 行没有变化."""
        return self._with_rest(f"写入 {self.written} 行" if self.written else "没有行写入")

    @property
    def told(self) -> str:
        """To who confirmed: 已写入 3 行，暂留 4 行。"""
        return f"{'已' if self.written else ''}{self.text}。"

    @property
    def button(self) -> str:
        """写入 3 行，暂留 4 行. Where nothing would be written it claims nothing: it takes what is decided."""
        return self.text if self.written else "按以上处理确认"

    def outlook(self, period: str) -> str:
        """3 行写入第38周，暂留 4 行。 to who has not confirmed yet."""
        return (
            self._with_rest(f"{self.written} 行写入{period}" if self.written else "没有行要写入")
            + "。"
        )

    def _with_rest(self, first: str) -> str:
        """The same is composed in ``preview.js`` while rows are being decided."""
        parts = [first]
        if self.held:
            parts.append(f"暂留 {self.held} 行")
        if self.same:
            parts.append(f"{'其余 ' if self.written else ''}{self.same} 行没有变化")
        return "，".join(parts)


def counted(
    stored: Sequence[StoredRow], verdicts: Sequence[Verdict], pipeline: Pipeline
) -> Outcome:
    """What confirming the rows writes, as they are answered."""
    taken = [
        is_same(each, verdict, pipeline)
        for each, verdict in zip(as_written(pipeline, stored, verdicts), verdicts, strict=True)
        if verdict.is_taken
    ]
    return Outcome(len(taken), len(stored) - len(taken), sum(taken))


def nothing_to_write(verdicts: Sequence[Verdict]) -> Refusal:
    """Which rows a person held, and which nobody can let in."""
    faulty = sum(bool(verdict.errors) for verdict in verdicts)
    held = len(verdicts) - faulty
    found = [f"{held} 行选了暂留"] if held else []
    found += [f"{faulty} 行有错"] if faulty else []
    then = ["要写入的改为接收"] if held else []
    then += ["有错的改正后重新上传" if held else "改正后重新上传"] if faulty or not held else []
    why = f"：{'，'.join(found)}" if found else ""
    return Refusal("upload.nothing", f"没有行要写入{why}。{'，'.join(then)}。")
