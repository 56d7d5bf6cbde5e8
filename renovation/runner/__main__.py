"""``python -m renovation.runner``: the demo as one foreground process."""

import argparse
import sys
from pathlib import Path

from .demo import Demo, RunnerError

ROOT = Path(__file__).resolve().parent.parent.parent


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}”不是端口号，请用 1—65535 之间的整数。")


def main() -> int:
    """Run the demo until it is told to end; 0 then, 1 when it could not run on."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="where its data lie")
    options = parser.parse_args()
    demo = Demo(folder=options.folder.resolve(), port=options.port, reset=options.reset)
    try:
        demo.run()
    except RunnerError as fault:
        print(fault, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
