"""``python -m benchmarks [papers] [intake] [pages]``: prints the table that docs/performance.md shows.

Everything runs in this process against a PostgreSQL of its own in a temporary folder; each figure is the
shortest of several runs, since other work on the machine only ever adds. A ratio is held against the library's
own time for the same cells, the same HTML or the same rows in the same run, so that a slow machine slows both
sides. Papers and intake are measured on the demo's data, pages in a district of 5,000 projects.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from tests.servers import postgres

ROUNDS = 3
ROWS = 2_000


@dataclass(frozen=True)
class Line:
    """One measurement: what, our seconds, the bare seconds and what they are of; ``bar`` is what is wanted of it,
    in milliseconds or as so many times the bare seconds."""

    name: str
    ours: float
    bare: float | None = None
    beside: str = ""
    note: str = ""
    bar: str = ""

    def text(self) -> str:
        """A row of a Markdown table."""
        bare = "" if self.bare is None else f"{self.bare * 1000:.0f} ms {self.beside}"
        ratio = "" if not self.bare else f"{self.ours / self.bare:.1f}"
        return f"| {self.name} | {self.ours * 1000:.0f} ms | {bare} | {ratio} | {self.bar} | {self.note} |"


def best(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


#: The clock stands here, so that a programme's year is nearly over whenever the benchmark is run.
NOW = datetime(2025, 11, 26, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
PARTS = ("papers", "intake", "pages")


def main(arguments: Sequence[str]) -> int:
    """Start a PostgreSQL, set up a portal on it, measure the named parts (all of them), print."""
    parts = [part for part in PARTS if part in arguments or not arguments]
    with tempfile.TemporaryDirectory(prefix="renovation-bench-") as folder, postgres() as address:
        os.environ["DATABASE_URL"] = address
        os.environ.pop("REDIS_URL", None)
        os.environ["MEDIA_ROOT"] = str(Path(folder) / "files")
        os.environ["QUEUE_DIR"] = str(Path(folder) / "queue")
        os.environ["DJANGO_SETTINGS_MODULE"] = "renovation.settings"
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        import django

        django.setup()
        with time_machine.travel(NOW, tick=True):
            _measure(parts)
    return 0


def _measure(parts: Sequence[str]) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.urls import get_resolver

    from renovation.core.memory import settle

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0, interactive=False)
    if "papers" in parts or "intake" in parts:
        call_command("load_demo", stdout=sys.stderr)
    get_resolver().url_patterns  # noqa: B018  # as wsgi.py does
    settle()
    load = os.getloadavg()[0]
    print(f"PostgreSQL {connection.cursor().connection.info.server_version // 10000}，", end="")
    print(f"{os.cpu_count()} 个处理器，开始时负荷 {load:.1f}\n")
    print("| measured | ours | beside it | ratio | bar | note |")
    print("|---|---|---|---|---|---|")
    print(Line("Python 自己：五百万次乘加", best(_pace)).text(), flush=True)
    for part in parts:
        for line in import_module(f"benchmarks.{part}").lines():
            print(line.text(), flush=True)
    print(f"\n结束时负荷 {os.getloadavg()[0]:.1f}")
    connection.close()


def _pace() -> int:
    """Work of the bare language, by which the paces of two machines are compared."""
    total = 0
    for number in range(5_000_000):
        total += number * number
    return total


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
