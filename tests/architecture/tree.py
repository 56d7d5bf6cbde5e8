"""The source tree as the guards see it: modules with their syntax trees, templates, allow-lists."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("renovation", "projects", "complaints", "supervision", "reports")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Module:
    """A Python file: ``name`` is dotted, ``path`` relative to the root."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @property
    def is_migration(self) -> bool:
        """Whether it stands in a migrations package."""
        return ".migrations" in self.name

    def is_kind(self, *kinds: str) -> bool:
        """Whether it is ``…/views.py`` or stands in ``…/views/``, for a kind such as ``views``."""
        return bool(set(self.name.split(".")[1:]) & set(kinds))


@cache
def _read(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    parts = list(relative.with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    text = path.read_text(encoding="utf-8")
    return Module(
        name=".".join(parts), path=str(relative), text=text, tree=ast.parse(text, str(relative))
    )


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """All modules of the packages (default: the portal's), migrations included."""
    folders = packages or PACKAGES
    paths = sorted(path for name in folders for path in (ROOT / name).rglob("*.py"))
    return tuple(_read(path) for path in paths)


@cache
def templates() -> tuple[tuple[str, str], ...]:
    """(path relative to the root, text) of every file under ``templates/``."""
    paths = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
    return tuple((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in paths)


@cache
def contracts() -> tuple[dict[str, object], ...]:
    """The contracts of import-linter, as pyproject.toml writes them down."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tuple(tomllib.load(file)["tool"]["importlinter"]["contracts"])


def dotted(node: ast.AST) -> str:
    """``a.b.c`` of a chain of names and attributes; what stands before a call is left out."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Name):
            parts.append(node.id)
            break
        else:
            break
    return ".".join(reversed(parts))


def imports(module: Module) -> Iterator[tuple[str, int]]:
    """(absolute dotted name, line) of everything that the module imports outside TYPE_CHECKING."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING"):
            skipped |= {inner for child in node.body for inner in ast.walk(child)}
    is_package = module.path.endswith("__init__.py")
    for node in ast.walk(module.tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.name.split(".")
                above = above[: len(above) - node.level + (1 if is_package else 0)]
                base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((f"{base}.{name.name}", node.lineno) for name in node.names)


def functions(module: Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """(qualified name, node) of every function and method."""

    def walk(
        body: Iterable[ast.stmt], prefix: str
    ) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{node.name}", node
                yield from walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.ClassDef):
                yield from walk(node.body, f"{prefix}{node.name}.")

    yield from walk(module.tree.body, "")


def judge(found: Iterable[str], allowed: dict[str, str]) -> None:
    """Fail on what is found and not allowed, and on what is allowed and no longer found."""
    seen = set(found)
    new = sorted(seen - set(allowed))
    stale = sorted(set(allowed) - seen)
    assert not new, "not allowed:\n  " + "\n  ".join(new)
    assert not stale, "allowed, but no longer there; take it from the list:\n  " + "\n  ".join(
        stale
    )
