"""Names that say something, modules that can be read, functions that are called by name."""

import ast

import pytest

from tests.architecture.tree import ROOT, Module, dotted, functions, judge, modules

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff"}
LONGEST = 500  # lines

#: Where a handed-in file is kept by its parts otherwise than by ``keep_file``, with the reason.
UNFOLDED: dict[str, str] = {
    "renovation/records/services.py": "keep_file itself",
}


def test_no_module_has_a_name_that_says_nothing() -> None:
    everywhere = modules("renovation", "projects", "complaints", "supervision", "reports", "tests")
    bad = [module.path for module in everywhere if set(module.name.split(".")) & EMPTY_NAMES]
    assert bad == []


@pytest.mark.parametrize("package", ["portal", "tests"])
def test_no_module_is_longer_than_can_be_read(package: str) -> None:
    found = modules("tests") if package == "tests" else modules()
    long = {
        module.path: module.text.count("\n")
        for module in found
        if not module.is_migration and module.text.count("\n") > LONGEST
    }
    assert long == {}


def test_no_script_or_style_sheet_is_longer_than_a_thousand_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for kind in ("css", "js")
        for path in (ROOT / "static" / kind).rglob(f"*.{kind}")
        if (count := path.read_text(encoding="utf-8").count("\n")) > 1000
    }
    assert long == {}


def _is_act_by_position(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether an act (it takes ``by`` or ``now``) takes anything by position."""
    positional = [*node.args.posonlyargs, *node.args.args]
    named = {arg.arg for arg in [*positional, *node.args.kwonlyargs]}
    return bool(named & {"by", "now"}) and bool(positional or node.args.vararg)


def _services() -> list[Module]:
    return [module for module in modules() if module.is_kind("services")]


def test_acts_are_called_by_keyword() -> None:
    bad = [
        f"{module.path}::{name}"
        for module in _services()
        for name, node in functions(module)
        if not name.startswith("_") and "." not in name and _is_act_by_position(node)
    ]
    assert bad == []


def test_services_say_their_types() -> None:
    bare = [
        f"{module.path}::{name}"
        for module in _services()
        for name, node in functions(module)
        if node.returns is None or any(arg.annotation is None for arg in node.args.kwonlyargs)
    ]
    assert bare == []


def test_tests_do_not_patch_the_portals_own_functions() -> None:
    patched = []
    for module in modules("tests"):
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func)
            first = node.args[0]
            if (
                (name.endswith((".setattr", "patch")) or ".patch." in name)
                and isinstance(first, ast.Constant)
                and str(first.value).split(".")[0]
                in {"renovation", "projects", "complaints", "supervision", "reports"}
            ):
                patched.append(f"{module.path}:{node.lineno}")
    assert patched == []


def _unfolds_a_file(call: ast.Call) -> bool:
    """``store_file(content=x.content, …, content_type=x.content_type)``: what ``keep_file`` is for."""
    given = {word.arg: dotted(word.value).rpartition(".") for word in call.keywords}
    content, kind = given.get("content", ("", "", "")), given.get("content_type", ("", "", ""))
    return content[1:] == (".", "content") and kind == (content[0], ".", "content_type")


def test_a_file_that_was_handed_in_is_kept_in_one_place() -> None:
    found = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and dotted(node.func).rpartition(".")[2] == "store_file"
        and _unfolds_a_file(node)
    }
    judge(found, UNFOLDED)
