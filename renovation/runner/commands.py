"""The command lines of the portal's processes: one place for demo, containers and systemd units."""

import sys
from pathlib import Path


def web(*, address: str, workers: int, threads: int) -> list[str]:
    """Gunicorn on ``address`` (host:port)."""
    return [
        *(sys.executable, "-m", "gunicorn", "renovation.wsgi", "--bind", address),
        *("--workers", str(workers), "--threads", str(threads)),
        *("--timeout", "120", "--graceful-timeout", "10", "--log-level", "warning"),
        *("--max-requests", "5000", "--max-requests-jitter", "500"),
    ]


def worker(*, concurrency: int, beat: Path | None = None) -> list[str]:
    """A Celery worker; with ``beat`` it also gives the tick and keeps its schedule in that file.

    A child that has grown beyond 600 MB (a long PDF) is replaced after its task.
    """
    command = [
        *(sys.executable, "-m", "celery", "-A", "renovation", "worker"),
        *("--concurrency", str(concurrency), "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle", "--max-memory-per-child", "600000"),
    ]
    return [*command, "--beat", "--schedule", str(beat)] if beat else command


def schedule(*, beat: Path) -> list[str]:
    """Celery beat alone: it knows one thing, the tick a minute."""
    return [
        *(sys.executable, "-m", "celery", "-A", "renovation", "beat"),
        *("--schedule", str(beat), "--pidfile", "", "--loglevel", "INFO"),
    ]
