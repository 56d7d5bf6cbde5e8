"""Real servers for tests: PostgreSQL, Redis and a Celery worker of our own, in a temporary folder.

Each is a context manager. A server that can't be started is an error with the way out in its
message, never a skip.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from renovation.runner.processes import Child, end, start, wait_until

ROOT = Path(__file__).resolve().parent.parent
WAY_OUT = "run `make system-test`, which installs what the tests need"


class ServerError(RuntimeError):
    """A server that the tests need could not be started."""


def free_port() -> int:
    """A TCP port on the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _postgres_program(name: str) -> str:
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)
    )
    for folder in reversed(folders):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise ServerError(f"PostgreSQL's {name} is not installed: {WAY_OUT}")
    return found


def _account() -> str | None:
    """Who runs PostgreSQL: it refuses root, so root lends it another account."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise ServerError("PostgreSQL refuses to run as root, and there is no account to lend it")


@contextmanager
def _folder(prefix: str, owner: str | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if owner:
            shutil.chown(folder, user=owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server on a free port, without fsync; yields the address of its database."""
    owner = _account()
    with _folder("renovation-pg-", owner) as folder:
        made = subprocess.run(
            [
                _postgres_program("initdb"),
                *("--pgdata", str(folder / "data"), "--username", "postgres", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            user=owner,
            extra_groups=[] if owner else None,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServerError(f"initdb failed:\n{made.stdout}{made.stderr}")
        port = free_port()
        log = folder / "log"
        process = start(
            [
                _postgres_program("postgres"),
                *("-D", str(folder / "data"), "-k", str(folder), "-p", str(port)),
                *("-h", "127.0.0.1", "-F", "-c", "synchronous_commit=off"),
                *("-c", "full_page_writes=off", "-c", "max_connections=200"),
                *("-c", "timezone=UTC", "-c", "log_min_messages=warning"),
            ],
            log=log,
            cwd=folder,
            user=owner,
        )
        try:
            base = f"postgres://postgres@127.0.0.1:{port}"
            if not wait_until(lambda: _answers(base), process=process, seconds=60):
                raise ServerError(f"PostgreSQL did not start:\n{log.read_text()}")
            with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE renovation")
            yield f"{base}/renovation"
        finally:
            end(process, by=2)  # SIGINT: its fast shutdown, clients or not


def _answers(base: str) -> bool:
    try:
        psycopg.connect(f"{base}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis server on a free port that keeps nothing; yields its address."""
    program = shutil.which("redis-server")
    if program is None:
        raise ServerError(f"redis-server is not installed: {WAY_OUT}")
    with _folder("renovation-redis-") as folder:
        port = free_port()
        log = folder / "log"
        process = start(
            [
                *(program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
                *("--save", "", "--appendonly", "no", "--databases", "16"),
            ],
            log=log,
        )
        try:
            if not wait_until(lambda: _pings(port), process=process, seconds=30):
                raise ServerError(f"Redis did not start:\n{log.read_text()}")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            end(process)


def _pings(port: int) -> bool:
    client = redis.Redis(port=port)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


@contextmanager
def celery_worker(
    env: Mapping[str, str], *, concurrency: int = 2, beat: bool = False
) -> Iterator[Child]:
    """A Celery worker over ``env``, which is laid over this process's environment.

    It is production's but for its tasks' clock, see ``tests.worker``.
    """
    with _folder("renovation-worker-") as folder:
        log = folder / "log"
        command = [
            *(sys.executable, "-m", "tests.worker", "worker"),
            *("--concurrency", str(concurrency), "--loglevel", "INFO"),
            *("--hostname", f"test-{folder.name}@%h", "--without-gossip", "--without-mingle"),
        ]
        if beat:
            command += ["--beat", "--schedule", str(folder / "beat")]
        process = start(command, log=log, env={**os.environ, "LOG_LEVEL": "INFO", **env}, cwd=ROOT)
        child = Child(name="worker", log=log, process=process)
        try:
            if not wait_until(lambda: " ready." in child.tail(200), process=process, seconds=90):
                raise ServerError(f"the Celery worker did not start:\n{child.tail(60)}")
            yield child
        finally:
            end(process)
