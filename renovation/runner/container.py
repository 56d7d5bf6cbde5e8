"""What a container of the image does: ``python -m renovation.runner.container COMMAND``.

keys       make the two secrets of a trial in KEYS, where nobody has given any
prepare    migrate the database
web        serve pages and API on port 8000
worker     do the jobs
schedule   give the tick
manage     run a command of manage.py
healthy    exit 0 when the named process (web, worker, schedule) is well

``SECRET_KEY`` and the database's password come from the environment; where they are missing, from the
files that ``keys`` has made.
"""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import MutableMapping
from pathlib import Path

from . import commands

KEYS = Path("/keys")
BEAT = Path("/data/beat")
_FILES = {"SECRET_KEY": "secret_key", "POSTGRES_PASSWORD": "postgres_password"}


def make_keys(folder: Path) -> None:
    """Make each secret that is not there yet; one that is there is never changed."""
    for name in _FILES.values():
        path = folder / name
        if not path.exists():
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
            path.chmod(0o444)  # the database reads its own under another account


def fill(env: MutableMapping[str, str], folder: Path) -> None:
    """Put what is missing into ``env``: SECRET_KEY and DATABASE_URL from the files in ``folder``."""
    for name, file in _FILES.items():
        if not env.get(name) and (folder / file).exists():
            env[name] = (folder / file).read_text(encoding="ascii").strip()
    if not env.get("DATABASE_URL") and env.get("POSTGRES_PASSWORD"):
        user, host = env.get("POSTGRES_USER", "portal"), env.get("POSTGRES_HOST", "postgres")
        name = env.get("POSTGRES_DB", "portal")
        env["DATABASE_URL"] = f"postgres://{user}:{env['POSTGRES_PASSWORD']}@{host}:5432/{name}"


def _web_is_well() -> bool:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".*") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _worker_is_well() -> bool:
    command = [
        *(sys.executable, "-m", "celery", "-A", "renovation", "inspect", "ping"),
        *("--timeout", "5", "--destination", f"celery@{socket.gethostname()}"),
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _schedule_is_well() -> bool:
    """Beat writes its file every three minutes."""
    found = [path.stat().st_mtime for path in BEAT.parent.glob(f"{BEAT.name}*")]
    return bool(found) and time.time() - max(found) < 600


def _command(arguments: list[str]) -> list[str] | None:
    """The command line that this process becomes; None where ``arguments`` name none."""
    match arguments:
        case ["web"]:
            return commands.web(address="0.0.0.0:8000", workers=2, threads=4)
        case ["worker"]:
            return commands.worker(concurrency=2)
        case ["schedule"]:
            return commands.schedule(beat=BEAT)
        case ["prepare"]:
            return [sys.executable, "manage.py", "migrate", "--noinput"]
        case ["manage", *rest]:
            return [sys.executable, "manage.py", *rest]
    return None


def main(arguments: list[str]) -> int:
    """Do what ``arguments`` say or become the process that they name; the exit code otherwise."""
    if arguments == ["keys"]:
        make_keys(KEYS)
        return 0
    fill(os.environ, KEYS)
    checks = {"web": _web_is_well, "worker": _worker_is_well, "schedule": _schedule_is_well}
    if len(arguments) == 2 and arguments[0] == "healthy" and arguments[1] in checks:
        return 0 if checks[arguments[1]]() else 1
    command = _command(arguments)
    if command is not None:
        os.execv(command[0], command)  # noqa: S606 - the container's one process
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
