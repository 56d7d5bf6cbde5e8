"""``make demo`` as its user meets it: one process, from the first start to Ctrl-C."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.servers import ROOT, free_port


def _run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "renovation.runner", *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _run("--port", str(port), "--folder", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (
        f"端口 {port} 已被其他程序占用，请换一个端口，例如 make demo PORT={port + 1}。\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["0", "65536", "web", "８０００", "-1"])
def test_what_is_no_port_is_refused_in_words(text: str, tmp_path: Path) -> None:
    done = _run(f"--port={text}", "--folder", str(tmp_path))
    assert done.returncode == 2
    assert f"“{text}”不是端口号" in done.stderr


@dataclass
class Running:
    """A demo that runs, and what it has printed so far."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)

    def until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("ready"):
                return
        pytest.fail("the demo ended before it was ready:\n" + "\n".join(self.lines))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def password(self) -> str:
        found = re.search(r"密码均为 (\S+)）", self.text)
        assert found, self.text
        return found[1]

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.lines += rest.splitlines()
        return self.process.returncode


def _start(folder: Path, **env: str) -> Running:
    """Start it as a script's ``&`` does: with SIGINT ignored."""
    port = free_port()
    environment = {**os.environ, **env}
    process = subprocess.Popen(
        [sys.executable, "-m", "renovation.runner", "--port", str(port), "--folder", str(folder)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    running = Running(process=process, port=port)
    running.until_ready()
    return running


def _sign_in(port: int, username: str, password: str) -> int:
    """The status of a sign-in over HTTP: 302 when it was let in."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/accounts/sign-in/")
    page = connection.getresponse()
    cookie = page.headers["Set-Cookie"].split(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    body = f"username={username}&password={password}&csrfmiddlewaretoken={token[1]}"
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/accounts/sign-in/", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def _children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


def _gone(pids: list[int]) -> bool:
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One demo's folder for the module: its data are loaded once."""
    return tmp_path_factory.mktemp("demo")


def _count(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / "renovation.sqlite3") as connection:
        count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return count


@pytest.mark.servers
def test_the_demo_from_the_first_start_to_ctrl_c_and_again(folder: Path) -> None:
    # The production database that the environment names is not touched.
    elsewhere = "postgres://nobody@127.0.0.1:1/nothing"
    first = _start(folder, DATABASE_URL=elsewhere, REDIS_URL="redis://127.0.0.1:1/0")
    try:
        assert first.lines[-1].startswith(f"ready http://127.0.0.1:{first.port}/")
        for name in ("admin", "bureau", "leader", "songlinglu", "songlinglu-head", "auditor"):
            assert re.search(rf"^  {name} ", first.text, re.M), name
        assert _sign_in(first.port, "bureau", first.password) == 302
        assert _sign_in(first.port, "bureau", "wrong-Password-1") != 302
        children = _children(first.process.pid)
        assert len(children) == 2
        second = subprocess.run(
            [sys.executable, "-m", "renovation.runner", "--port", str(free_port())]
            + ["--folder", str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert "已有一个演示在运行" in second.stderr
    finally:
        code = first.stop()
    assert code == 0, first.text
    assert _gone(children)

    users = _count(folder, "accounts_user")
    changes = _count(folder, "ledger_historicalproject")
    again = _start(folder, DEMO_PASSWORD="Another-Pass-2")
    try:
        assert again.password == "Another-Pass-2"
        assert _sign_in(again.port, "leader", "Another-Pass-2") == 302
        assert _sign_in(again.port, "leader", first.password) != 302
    finally:
        code = again.stop(signal.SIGTERM)
    assert code == 0, again.text
    assert _count(folder, "accounts_user") == users
    assert _count(folder, "ledger_historicalproject") == changes


@pytest.mark.servers
def test_the_death_of_a_child_ends_the_demo_with_a_message(folder: Path) -> None:
    running = _start(folder)
    web, worker = _children(running.process.pid)
    os.kill(worker, signal.SIGKILL)
    rest, _ = running.process.communicate(timeout=60)
    assert running.process.returncode == 1
    assert "后台任务意外退出（代码 -9），演示已全部停止。" in rest
    assert _gone([web, worker])


@pytest.mark.servers
def test_being_told_to_end_while_preparing_ends_it(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "renovation.runner", "--port", str(free_port())]
        + ["--folder", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    assert any("正在准备" in line for line in process.stdout)
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert "已停止" in rest
