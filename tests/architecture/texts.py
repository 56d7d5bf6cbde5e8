"""The texts that people read: templates, handbook, glossary, and the strings of modules that are no docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

from tests.architecture.tree import ROOT, Module, modules, templates

_REMARKS = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->", re.S)


@cache
def texts() -> Mapping[str, str]:
    """By path. Migrations hold what was once written and are left out."""
    found = {path: _REMARKS.sub("", text) for path, text in templates()}
    for name in ("handbook", "glossary"):
        found[f"docs/{name}.md"] = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for module in modules():
        if not module.is_migration:
            found[module.path] = "\n".join(_strings(module))
    return found


def _strings(module: Module) -> Iterator[str]:
    docstrings = set()
    for node in ast.walk(module.tree):  # what holds a docstring comes before it
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.body and isinstance(node.body[0], ast.Expr):
                docstrings.add(id(node.body[0].value))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node.value
