"""Child processes that end together.

A child lives in a session of its own, so that Ctrl-C in a terminal reaches the runner alone and the
runner decides the order of ending. A child also ends when the runner is killed outright.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent() -> None:
    """Ask the kernel to send SIGTERM to this process when its parent dies (Linux; nothing elsewhere)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, its output appended to ``log``.

    ``env`` is the whole environment of the child (default: this process's); ``user`` is the account
    it runs as, which only root can choose.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            user=user,
            extra_groups=[] if user else None,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )


def end(
    process: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, patience: float = 15.0
) -> None:
    """End ``process`` and all of its session: politely first, after ``patience`` seconds by force."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(by)
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # what the leader left behind
    process.wait()


def wait_until(
    ready: Callable[[], bool],
    *,
    process: subprocess.Popen[bytes],
    seconds: float,
    pause: float = 0.1,
) -> bool:
    """Wait until ``ready()`` holds; false when ``process`` ended or ``seconds`` went by before."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if process.poll() is not None:
            return False
        if ready():
            return True
        time.sleep(pause)
    return False


@dataclass
class Child:
    """One process of a group: a name for people, its log and the process."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def tail(self, lines: int = 20) -> str:
        """The last ``lines`` lines that it wrote."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


class Group:
    """Processes that live and end together."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def add(
        self, name: str, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
    ) -> Child:
        """Start one more; ``log`` begins anew."""
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
        child = Child(name=name, log=log, process=start(command, log=log, env=env))
        self.children.append(child)
        return child

    def ended(self) -> Child | None:
        """The first child that has ended, if one has."""
        return next((child for child in self.children if child.process.poll() is not None), None)

    def end(self, *, patience: float = 15.0) -> None:
        """End all: every one is asked at once, then each is waited for."""
        for child in self.children:
            if child.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    child.process.terminate()
        limit = time.monotonic() + patience
        for child in self.children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.0, limit - time.monotonic()))
            end(child.process, patience=0.5)
