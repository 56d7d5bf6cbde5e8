"""Children that end together, politely or not."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from renovation.runner.processes import Group, end, start, wait_until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def _is_gone(pid: int) -> bool:
    limit = time.monotonic() + 10
    while _alive(pid) and time.monotonic() < limit:
        time.sleep(0.05)
    return not _alive(pid)


def test_a_group_notices_who_has_ended_and_shows_what_it_wrote(tmp_path: Path) -> None:
    group = Group()
    try:
        group.add("sleeps", _python("import time; time.sleep(60)"), log=tmp_path / "a.log")
        child = group.add(
            "fails", _python("print('原因'); raise SystemExit(3)"), log=tmp_path / "b.log"
        )
        child.process.wait(timeout=20)
        assert group.ended() is child
        assert child.process.returncode == 3
        assert child.tail() == "原因"
    finally:
        group.end()
    assert [not _alive(child.process.pid) for child in group.children] == [True, True]


def test_a_stubborn_child_is_ended_by_force(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start(_python(STUBBORN), log=log)
    assert wait_until(lambda: "up" in log.read_text(), process=process, seconds=20)
    began = time.monotonic()
    end(process, patience=0.5)
    assert time.monotonic() - began < 10
    assert process.returncode == -signal.SIGKILL


def test_grandchildren_end_with_their_session(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = f"""
        import subprocess, sys, time
        inner = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])
        print(inner.pid, flush=True)
        time.sleep(60)
    """
    process = start(_python(textwrap.dedent(code)), log=log)
    assert wait_until(lambda: "up" in log.read_text(), process=process, seconds=20)
    grandchild = int(log.read_text().split()[0])
    end(process, patience=5)
    assert _is_gone(grandchild)


def test_waiting_ends_when_the_process_does(tmp_path: Path) -> None:
    process = start(_python("pass"), log=tmp_path / "log")
    assert wait_until(lambda: False, process=process, seconds=20) is False
    end(process)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_end_when_the_runner_is_killed_outright(tmp_path: Path) -> None:
    code = f"""
        import sys, time
        from pathlib import Path
        from renovation.runner.processes import start
        child = start([sys.executable, '-c', 'import time; time.sleep(60)'], log=Path({str(tmp_path / "log")!r}))
        print(child.pid, flush=True)
        time.sleep(60)
    """
    runner = subprocess.Popen(_python(textwrap.dedent(code)), stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    child = int(runner.stdout.readline())
    assert _alive(child)
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait(timeout=10)
    assert _is_gone(child)
