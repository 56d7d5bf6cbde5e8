"""What every test can ask for: a database that is flushed honestly, a clock, and real servers.

The database is SQLite in memory, or PostgreSQL where ``DATABASE_URL`` names one
(``python -m tests.run`` starts a server and sets it).
"""

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import kombu.pools
import pytest
import pytest_django
import time_machine
from django.conf import settings as portal
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper as Postgres
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from django.test import TransactionTestCase

from renovation.core import unchanged
from renovation.core.written import Edition
from renovation.runner.processes import Child
from tests import history_guard
from tests.dealing import InTurn, rank
from tests.servers import celery_worker, free_port, redis_server
from tests.tables import finish_tables, keep_rows, put_back

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright keeps an event loop in the test's thread; the ORM calls beside it are not asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """Keep test files out of ``var/``, hash passwords quickly, send no nudge into a queue that lasts."""
    folder = Path(tempfile.mkdtemp(prefix="renovation-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    # Time is printed by the benchmarks and asserted nowhere: a busy machine fails no property.
    hypothesis.settings.register_profile(
        "portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("portal")
    portal.MEDIA_ROOT = folder / "files"
    portal.EMAIL_FILE_PATH = str(folder / "mail")
    portal.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    portal.CELERY_BROKER_URL = "memory://"
    # The number beside 待办 asks forty queries, a third of what the pages of all tests cost; who tests it says so
    # with the fixture ``badge``.
    portal.FACE_TODO_COUNT = ""
    if portal.REDIS_URL:  # a database of its own for each process of `pytest -n`
        portal.CACHES["default"]["LOCATION"] = f"{portal.REDIS_URL.rsplit('/', 1)[0]}/{_number()}"
    history_guard.install()
    logging.getLogger("mail.log").setLevel("WARNING")  # aiosmtpd's account of every step
    gc.set_threshold(10_000, 10, 10)  # garbage is looked for less often than after 700 objects
    portal.WHITENOISE_AUTOREFRESH = True  # no walk over all static files for each client


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """The tables are made from the models; ``finish_tables`` adds what only migrations say."""
    return False


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        finish_tables()
        keep_rows()


def _number() -> int:
    """Which process of ``pytest -n`` this is, 0 to 7; 0 without."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8


#: Modules that load the demo's two years or set whole papers; `make test-fast` leaves them to `make test`.
SLOW = (
    "tests/reports/demo/",
    "tests/reports/papers/",
    "tests/reports/dashboards/test_pages.py",
    "tests/renovation/core/documents/test_official_layout.py",
    "tests/renovation/core/documents/test_fonts.py",
    "tests/renovation/core/documents/test_pdf.py",
)


#: What a test of two connections meets on SQLite: one database in memory, which the second would not see.
ALONE = pytest.mark.skip(reason="two connections need PostgreSQL: `python -m tests.run`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow modules are marked; what a transactional test empties is not planted anew by Django, whose way takes
    seconds (``put_back`` does it). Races are run on PostgreSQL alone; there a server that does not start ends the run
    (``tests.run``), nothing is skipped."""
    for item in items:
        if connection.vendor != "postgresql" and item.get_closest_marker("race"):
            item.add_marker(ALONE)
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        marker = item.get_closest_marker("django_db")
        fixtures = set(getattr(item, "fixturenames", ()))
        if (marker and marker.kwargs.get("transaction")) or fixtures & {
            "transactional_db",
            "live_server",
        }:
            again = pytest.mark.django_db(transaction=True)
            item.add_marker(again, append=False)
    # What starts servers and needs no database takes long; begun last, one process would wait for it.
    items.sort(
        key=lambda item: (
            not item.get_closest_marker("servers") or bool(item.get_closest_marker("django_db")),
            _kind(item),
            rank(item.nodeid),
        )
    )


def _kind(item: pytest.Item) -> int:
    """pytest-django's order: what a transaction undoes, what empties the database, what needs none."""
    marker = item.get_closest_marker("django_db")
    if marker is None:
        return 0 if "db" in getattr(item, "fixturenames", ()) else 2
    return int(bool(marker.kwargs.get("transaction")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InTurn | None:
    """Long tests are dealt one by one, unless the command line says how tests are dealt."""
    return InTurn(config, log) if config.getoption("dist") == "load" else None


def pytest_collection_finish() -> None:
    """Half a million objects that were collected live as long as the run: garbage is not looked for among them."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def badge(settings: Any) -> None:
    """Pages carry the number beside 待办, counted anew on each."""
    settings.FACE_TODO_COUNT = "reports.dashboards.todo.count_of"


# -- emptying a database whose triggers refuse to be emptied -----------------------------------------
_flush_of_sqlite = Sqlite.ops_class.sql_flush
_flush_of_postgres = Postgres.ops_class.sql_flush


def _sqlite_flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
    with self.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    return [
        *(f'DROP TRIGGER "{name}"' for name, _ in triggers),
        *_flush_of_sqlite(self, style, tables, **options),
        *(sql for _, sql in triggers),
    ]


def _postgres_flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
    """Only the tables that hold rows are emptied: to truncate all of them makes a thousand files anew each time."""
    if not tables or options.get("reset_sequences"):
        statements = _flush_of_postgres(self, style, tables, **options)
    else:
        quoted = {table: self.quote_name(table) for table in tables}
        asked = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name})"  # noqa: S608
            for table, name in quoted.items()
        )
        with self.connection.cursor() as cursor:
            cursor.execute(asked)
            statements = [f"DELETE FROM {quoted[table]}" for (table,) in cursor.fetchall()]
    return ["SET LOCAL session_replication_role = replica", *statements] if statements else []


def _empty_and_put_back(_self: TransactionTestCase) -> None:
    """What migrations plant is there for the tests after a transactional one, too.

    Django would do the rest of a migration anew, which takes seconds: its mark that this is not wanted hangs on the
    connection, and beside Playwright's event loop a test has another one.
    """
    call_command(
        "flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True
    )
    put_back()


TransactionTestCase._fixture_teardown = _empty_and_put_back  # type: ignore[method-assign]
Sqlite.ops_class.sql_flush = _sqlite_flush  # type: ignore[method-assign]
Postgres.ops_class.sql_flush = _postgres_flush  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


# -- time ------------------------------------------------------------------------------------------
@dataclass
class Clock:
    """The moment that the test lives in; stands still until it is set again."""

    traveller: time_machine.Traveller
    file: Path

    def at(self, text: str) -> datetime:
        """Go to ``2025-05-09`` or ``2025-05-09 17:00``, Asia/Shanghai; the aware moment."""
        moment = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        self.traveller.move_to(moment)
        self.file.write_text(moment.isoformat(), encoding="utf-8")
        return moment


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Clock]:
    """A clock that stands at Wednesday 2025-05-07 10:00 until ``clock.at(…)`` moves it.

    The tasks of ``celery_worker_process`` follow it.
    """
    with time_machine.travel(datetime(2025, 5, 7, 10, tzinfo=SHANGHAI), tick=False) as traveller:
        made = Clock(traveller=traveller, file=tmp_path / "clock")
        made.at("2025-05-07 10:00")
        yield made


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Mapping[str, int]]:
    """Nobody but the test writes; gives who wrote each table last. Transactions are numbered for all databases of a
    server, and one that the process beside this one has open in its own would let nothing stand that was written since
    it began: what is kept would be told by chance."""
    ask = unchanged.edition

    def edition() -> Edition:
        found = ask()
        return found._replace(settled=max(found.settled, max(found.written.values()) + 1))

    monkeypatch.setattr(unchanged, "edition", edition)
    return lambda: edition().written


# -- servers ---------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def pg_server() -> str:
    """The address of the PostgreSQL that the run stands on; an error on any other database."""
    if connection.vendor != "postgresql":
        pytest.fail("this test needs PostgreSQL: run it with `python -m tests.run`")
    return os.environ["DATABASE_URL"]


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real Redis: the run's own, else one that is started for the session."""
    if portal.REDIS_URL:
        yield portal.REDIS_URL
    else:
        with redis_server() as url:
            yield url


@dataclass
class SmtpServer:
    """A mail server on the loopback that keeps what it is given and refuses whom it is told to."""

    host: str
    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """As ``EMAIL_URL`` takes it."""
        return f"smtp://{self.host}:{self.port}"

    def refuse(self, address: str, answer: str = "550 5.1.1 no such mailbox") -> None:
        """Answer ``RCPT TO`` of ``address`` so from now on."""
        self.refusals[address] = answer

    def to(self, address: str) -> list[EmailMessage]:
        """What was delivered to ``address``, oldest first."""
        return [
            message
            for message, people in zip(self.messages, self.recipients, strict=True)
            if address in people
        ]

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """aiosmtpd's hook: take the recipient or refuse it."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd's hook: keep the message."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[SmtpServer]:
    """A real SMTP server in a thread; the portal's mail goes to it."""
    from aiosmtpd.controller import Controller

    server = SmtpServer(host="127.0.0.1", port=free_port())
    controller = Controller(server, hostname=server.host, port=server.port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = server.host
    settings.EMAIL_PORT = server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    try:
        yield server
    finally:
        controller.stop()


@pytest.fixture
def celery_worker_process(
    pg_server: str,
    redis_url: str,
    transactional_db: None,
    smtp_server: SmtpServer,
    tmp_path: Path,
) -> Iterator[Child]:
    """A real worker process on the test's own PostgreSQL database, Redis, files and mail server.

    Nudges of the test's process reach it. Its tasks live at the moment of ``clock``, where asked for.
    """
    from renovation.celery import app

    broker = f"{redis_url.rsplit('/', 1)[0]}/{8 + _number()}"
    _forget_messages(broker)
    database = connection.settings_dict["NAME"]
    clock_file = tmp_path / "clock"
    clock_file.touch()
    env = {
        "DATABASE_URL": f"{pg_server.rsplit('/', 1)[0]}/{database}",
        "REDIS_URL": broker,
        "EMAIL_URL": smtp_server.url,
        "MEDIA_ROOT": str(portal.MEDIA_ROOT),
        "TEST_CLOCK_FILE": str(clock_file),
    }
    before = app.conf.broker_url
    _point(app, broker)
    try:
        with celery_worker(env) as child:
            yield child
    finally:
        _point(app, before)


def _forget_messages(url: str) -> None:
    import redis

    client = redis.Redis.from_url(url)
    client.flushdb()
    client.close()


def _point(app: Any, url: str) -> None:
    """Send the nudges of this process to another broker."""
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    kombu.pools.reset()
    app._pool = app.amqp._producer_pool = None


# -- a browser -------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, which loads nothing on its own account."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("chromium is not installed: run `make system-test`")
    return {"executable_path": program, "args": CHROMIUM_FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """An official's desk: Chinese, the local time zone, a screen of 1440 × 900."""
    return {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """``wait_for(lambda: condition, seconds=30)``: what another process does, seen from the test."""
    import time

    def wait(condition: Callable[[], object], *, seconds: float = 30.0) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > limit:
                pytest.fail(f"did not happen within {seconds} s")
            time.sleep(0.1)

    return wait
