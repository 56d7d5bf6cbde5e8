"""No secret, no machine and nothing left over from a merge stands in the tree."""

import re

from tests.architecture.tree import ROOT

SKIPPED = {".git", ".venv", "var", "node_modules", "vendored", "fonts", "__pycache__"}
TEXTS = {
    ".py",
    ".toml",
    ".md",
    ".html",
    ".txt",
    ".js",
    ".css",
    ".yml",
    ".yaml",
    ".json",
    ".cfg",
    ".sh",
    "",
}
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{30}|xox[bap]-[0-9]"
    r"|(?<![\w.])/(?:root|home/[a-z]+|Users/[a-z]+)/"
)
PASSWORDS = re.compile(
    r"""(?:password|secret|token)["']?\s*[:=]\s*["'](?=[^"']*[0-9])[^"'\s{}$<>]{8,}["']""", re.I
)


def _files() -> list[tuple[str, str]]:
    found = []
    for path in sorted(ROOT.rglob("*")):
        if not path.is_file() or set(path.relative_to(ROOT).parts) & SKIPPED:
            continue
        if any(part.endswith("_cache") for part in path.parts) or path.suffix not in TEXTS:
            continue
        relative = str(path.relative_to(ROOT))
        if relative == "tests/architecture/test_secrets.py":
            continue
        try:
            found.append((relative, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_key_and_no_machines_path_is_in_the_tree() -> None:
    bad = [f"{path}: {found.group()}" for path, text in _files() if (found := SECRETS.search(text))]
    assert bad == []


def test_no_password_is_written_into_the_portal() -> None:
    bad = [
        f"{path}: {found.group()}"
        for path, text in _files()
        if not path.startswith("tests/") and (found := PASSWORDS.search(text))
    ]
    assert bad == []


def test_no_two_versions_of_a_line_stand_side_by_side() -> None:
    marks = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)|^={7}$", re.M)
    assert [path for path, text in _files() if marks.search(text)] == []
    assert marks.search("a\n" + "<" * 7 + " HEAD\nb")
    assert marks.search("=" * 7)
