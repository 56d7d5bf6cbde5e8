"""``python -m benchmarks``: prints the table that docs/performance.md shows.

Everything runs in a temporary folder on SQLite with the demo's data, in this process; each figure is the
best of three. A ratio is held against the library's own time for the same cells, the same HTML or the same
rows in the same run, so that a slow machine slows both sides.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROUNDS = 3
ROWS = 2_000


@dataclass(frozen=True)
class Line:
    """One measurement: what, our seconds, the bare seconds and what they are of."""

    name: str
    ours: float
    bare: float | None = None
    beside: str = ""
    note: str = ""

    def text(self) -> str:
        """A row of a Markdown table."""
        bare = "" if self.bare is None else f"{self.bare * 1000:.0f} ms {self.beside}"
        ratio = "" if not self.bare else f"{self.ours / self.bare:.1f}"
        return f"| {self.name} | {self.ours * 1000:.0f} ms | {bare} | {ratio} | {self.note} |"


def best(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> int:
    """Set up a portal of its own, measure, print."""
    with tempfile.TemporaryDirectory(prefix="renovation-bench-") as folder:
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        os.environ["SQLITE_FILE"] = str(Path(folder) / "bench.sqlite3")
        os.environ["MEDIA_ROOT"] = str(Path(folder) / "files")
        os.environ["QUEUE_DIR"] = str(Path(folder) / "queue")
        os.environ["DJANGO_SETTINGS_MODULE"] = "renovation.settings"
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_demo", stdout=sys.stderr)
        from . import intake, pages, papers

        print("| measured | ours | beside it | ratio | note |")
        print("|---|---|---|---|---|")
        for measure in (
            papers.lines,
            pages.lines,
            intake.lines,
        ):  # the last one adds 2,000 projects
            for line in measure():
                print(line.text(), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
