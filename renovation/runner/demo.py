"""The demo: an embedded database with demo data, web, worker and schedule, until Ctrl-C.

The data lie in one folder (``var/``): database, files, queue, mails, logs. What the environment
says about a real database or queue is not looked at, so that demo accounts never get into one.
"""

import fcntl
import http.client
import os
import secrets
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from . import commands
from .processes import Child, Group, wait_until

ADDRESS = "127.0.0.1"
_NOT_FOR_THE_DEMO = ("DATABASE_URL", "REDIS_URL", "PRODUCTION", "SECURE_SSL", "STATIC_ROOT")
_DATA = ("renovation.sqlite3", "renovation.sqlite3-wal", "renovation.sqlite3-shm", "beat")
_DATA_FOLDERS = ("files", "queue", "mail")
_PATIENCE = 120.0  # seconds that web and worker have to come up on a slow machine


class RunnerError(Exception):
    """Why the demo can't run, in one sentence for whoever started it."""


class Ended(BaseException):
    """Somebody asked the demo to end."""


@dataclass(frozen=True)
class Account:
    """A demo account as it is printed."""

    username: str
    post_name: str


@dataclass
class Demo:
    """One demo in ``folder``, listening on ``port`` of the loopback."""

    folder: Path
    port: int
    reset: bool = False

    def run(self) -> None:
        """Prepare, start, print, and wait; returns when the demo was asked to end.

        Raises RunnerError when the port is taken, another demo uses the folder, or a process ends
        on its own.
        """
        _listen_to_signals()
        group = Group()
        try:
            self._require_free_port()
            with self._lock():
                password = self._prepare()
                accounts = self._load(password)
                self._start(group)
                self._announce(accounts, password)
                self._watch(group)
        except Ended:
            print("\n正在停止……", flush=True)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            group.end()
        print(f"已停止。数据保留在 {self.folder}，再次运行 make demo 可继续使用。", flush=True)

    @property
    def url(self) -> str:
        """Where the portal answers."""
        return f"http://{ADDRESS}:{self.port}/"

    # -- preparing ---------------------------------------------------------------------------------
    def _require_free_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, self.port))
            except PermissionError:
                raise RunnerError(
                    f"没有权限使用端口 {self.port}，请换一个 1024 以上的端口，例如 make demo PORT=8001。"
                ) from None
            except OSError:
                raise RunnerError(
                    f"端口 {self.port} 已被其他程序占用，请换一个端口，例如 make demo PORT={self.port + 1}。"
                ) from None

    def _lock(self) -> "_Lock":
        self.folder.mkdir(parents=True, exist_ok=True)
        return _Lock(self.folder / "demo.lock")

    def _prepare(self) -> str:
        """Set the environment of this process and its children; the password of the accounts."""
        ignored = [name for name in _NOT_FOR_THE_DEMO if os.environ.pop(name, "")]
        if ignored:
            print(
                f"演示环境使用自带的数据库和队列，不使用环境变量 {'、'.join(ignored)}。", flush=True
            )
        if self.reset:
            self._throw_away()
        password = os.environ.get("DEMO_PASSWORD") or _new_password()
        os.environ.update(
            {
                "DJANGO_SETTINGS_MODULE": "renovation.settings",
                "SQLITE_FILE": str(self.folder / "renovation.sqlite3"),
                "MEDIA_ROOT": str(self.folder / "files"),
                "QUEUE_DIR": str(self.folder / "queue"),
                "DEMO_PASSWORD": password,
                "LOG_LEVEL": "INFO",  # the worker's word that it is ready is a line of that level
            }
        )
        if not os.environ.get("EMAIL_URL"):
            os.environ["EMAIL_URL"] = f"filemail:///{self.folder / 'mail'}"
        return password

    def _throw_away(self) -> None:
        for name in _DATA:
            for path in self.folder.glob(f"{name}*"):
                path.unlink()
        for name in _DATA_FOLDERS:
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def _load(self, password: str) -> list[Account]:
        import django
        from django.core.management import call_command

        started = time.monotonic()
        print("正在准备数据库和演示数据（首次约需一分钟）……", flush=True)
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        _load_data(password)
        accounts = _set_passwords(password)
        _nudge_a_tick()
        took = time.monotonic() - started
        print(f"{_local_clock()} 数据已就绪，用时 {took:.0f} 秒。", flush=True)
        return accounts

    # -- running -----------------------------------------------------------------------------------
    def _start(self, group: Group) -> None:
        logs = self.folder / "log"
        web = group.add(
            "网站",
            commands.web(address=f"{ADDRESS}:{self.port}", workers=1, threads=8),
            log=logs / "web.log",
        )
        worker = group.add(
            "后台任务",
            commands.worker(concurrency=2, beat=self.folder / "beat"),
            log=logs / "worker.log",
        )
        up = wait_until(lambda: self._status("/") < 500, process=web.process, seconds=_PATIENCE)
        self._require(web, up)
        up = wait_until(
            lambda: " ready." in worker.tail(200), process=worker.process, seconds=_PATIENCE
        )
        self._require(worker, up)
        # The first tick takes a moment; the demo is open even where it takes longer.
        wait_until(lambda: self._status("/healthz") == 200, process=worker.process, seconds=30)

    def _require(self, child: Child, up: bool) -> None:
        if not up:
            raise RunnerError(f"{child.name}没有启动，日志 {child.log} 的末尾是：\n{child.tail()}")

    def _status(self, path: str) -> int:
        """What a GET of ``path`` is answered with, 599 where nobody answers."""
        connection = http.client.HTTPConnection(ADDRESS, self.port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 599
        finally:
            connection.close()

    def _announce(self, accounts: list[Account], password: str) -> None:
        lines = ["", f"网址      {self.url}", f"接口      {self.url}api/v1/docs"]
        mail = os.environ["EMAIL_URL"]
        if mail.startswith("filemail:"):
            lines.append(f"邮件      存入 {self.folder / 'mail'}")
        lines += [f"日志      {self.folder / 'log'}", "", f"演示账号（密码均为 {password}）"]
        lines += [f"  {account.username:<18}{account.post_name}" for account in accounts]
        lines += ["", "按 Ctrl-C 结束。", f"ready {self.url}"]
        print("\n".join(lines), flush=True)

    def _watch(self, group: Group) -> NoReturn:
        while True:
            child = group.ended()
            if child is not None:
                raise RunnerError(
                    f"{child.name}意外退出（代码 {child.process.returncode}），演示已全部停止。"
                    f"日志 {child.log} 的末尾是：\n{child.tail()}"
                )
            time.sleep(0.5)


class _Lock:
    """Held while a demo runs: one folder serves one demo."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")

    def __enter__(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunnerError(
                "这个目录里已有一个演示在运行，请先在它的窗口按 Ctrl-C 结束。"
            ) from None

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _listen_to_signals() -> None:
    """Ctrl-C and SIGTERM end the demo, also where a script's ``&`` has made SIGINT be ignored."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        raise Ended

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)


def _new_password() -> str:
    """Ten signs or more with all the kinds that the password rules ask for, easy to type."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    word = "".join(secrets.choice(letters) for _ in range(8))
    return f"{word.capitalize()}-{secrets.randbelow(9000) + 1000}"


def _local_clock() -> str:
    """This minute as every page says it, whatever clock the machine keeps."""
    from django.utils import timezone

    from renovation.face.wording import moment

    return moment(timezone.now())


def _load_data(password: str) -> None:
    """Load the demo data, once; the accounts' password is ``password`` then."""
    from django.utils import timezone

    from renovation.core.errors import Refusal
    from reports.demo.services import load

    try:
        load(password=password, now=timezone.now())
    except Refusal as refusal:
        raise RunnerError(f"演示数据没有装入：{refusal}") from refusal


def _nudge_a_tick() -> None:
    """Have the worker tick as soon as it is up, instead of a minute later."""
    from renovation.celery import app
    from renovation.jobs.tasks import tick

    tick.delay()
    app.close()


def _set_passwords(password: str) -> list[Account]:
    """Give every demo account ``password`` and take lockouts back; the accounts by name."""
    from axes.utils import reset
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from renovation.accounts.models import User

    users = User.objects.filter(is_demo=True)
    # One hash for all: hashing twenty times would take longer than all the rest. The column is not
    # part of the history.
    users.update(
        password=make_password(password),
        must_change_password=False,
        password_changed_at=timezone.now(),
    )
    reset()
    return [Account(user.username, user.post_name) for user in users.order_by("pk")]
