"""Runs pytest on a PostgreSQL and a Redis of its own: ``python -m tests.run [pytest arguments]``.

``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` name servers that are already there; what is not named is
started in a temporary folder and ended with the run. The last line is pytest's own.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

from tests.servers import ROOT, ServerError, postgres, redis_server


def main(arguments: list[str]) -> int:
    """Run pytest with ``arguments``; its exit code."""
    env = dict(os.environ)
    with ExitStack() as stack:
        try:
            env["DATABASE_URL"] = env.get("TEST_DATABASE_URL") or stack.enter_context(postgres())
            env["REDIS_URL"] = env.get("TEST_REDIS_URL") or stack.enter_context(redis_server())
        except ServerError as fault:
            print(fault, file=sys.stderr)
            return 2
        run = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=env)
        while True:
            try:
                return run.wait()
            except KeyboardInterrupt:
                continue  # pytest had the same Ctrl-C and closes its run itself


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
