"""The checks that need no test: ``python -m tests.checks [--fast]``, the longest first.

Each prints one line with its time when it ends; what a failing one wrote follows, and the run ends with 1
after the last of them. Two run at a time: mypy takes longer than all others together, which run beside it.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
PACKAGES = ["renovation", "projects", "complaints", "supervision", "reports"]


@dataclass(frozen=True)
class Check:
    """A command that must end with 0."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    fast: bool = True


def production_env() -> dict[str, str]:
    """An environment as docs/operations.md tells production to set it."""
    return {
        "PRODUCTION": "true",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "portal.example.test",
        "DATABASE_URL": "postgres://portal:secret@127.0.0.1:5432/portal",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "EMAIL_URL": "smtp+tls://portal:secret@mail.example.test:587",
        "MAIL_FROM": "portal@example.test",
        "BEHIND_PROXY": "true",
    }


def checks() -> list[Check]:
    """All of them, in the order in which they run."""
    return [
        Check("mypy --strict", [str(BIN / "mypy")], fast=False),
        Check("ruff", [str(BIN / "ruff"), "check", "."]),
        Check("ruff format", [str(BIN / "ruff"), "format", "--check", "."]),
        Check("import-linter", [str(BIN / "lint-imports"), "--no-cache"]),
        Check("djlint", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]),
        Check("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Check(
            "check --deploy",
            [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            env=production_env(),
        ),
        Check(
            "bandit",
            [
                str(BIN / "bandit"),
                "-q",
                "-r",
                "-ll",
                "-c",
                "pyproject.toml",
                "manage.py",
                *PACKAGES,
            ],
            fast=False,
        ),
    ]


def run(check: Check) -> bool:
    """Run one and print its line; true when it held."""
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    held = done.returncode == 0
    took = time.monotonic() - started
    line = f"{'ok  ' if held else 'FAIL'} {check.name:<16}{took:6.1f} s"
    print(line if held else f"{line}\n{done.stdout}", flush=True)
    return held


def main() -> int:
    """Run them all; 1 when one did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="leave out those that take a minute")
    options = parser.parse_args()
    chosen = [check for check in checks() if check.fast or not options.fast]
    with ThreadPoolExecutor(max_workers=2) as pool:  # CI has two cores
        return 0 if all(list(pool.map(run, chosen))) else 1


if __name__ == "__main__":
    sys.exit(main())
