"""Figures are exact, histories complete, and the clock is handed down."""

import ast
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.architecture.tree import PACKAGES, Module, dotted, functions, judge, modules
from tests.history_guard import ALLOWED

AGGREGATES = {"Sum", "Avg", "StdDev", "Variance"}
BULK_WRITES = {"update", "bulk_create", "bulk_update", "aupdate", "abulk_create", "abulk_update"}
CLOCKS = {
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "datetime.now",
    "datetime.today",
    "datetime.datetime.now",
    "date.today",
    "datetime.date.today",
    "time.time",
}
WHERE_CLOCKS_ARE_READ = ("views", "api", "tasks", "management", "middleware", "runner")

#: Functions elsewhere that read the clock, with the reason.
CLOCK_READERS: dict[str, str] = {
    "renovation/records/logs.py::stamp_local_time": "a log line says when it was written",
    "reports/dashboards/todo.py::count_of": "called by the frame of every page, as a view is",
    "reports/dashboards/warming.py::warm_up": "called by a process that starts, as a view is",
    "renovation/accounts/tokens.py::TokenAuth.authenticate": "the door of the API, as a view is",
    "renovation/accounts/tokens.py::valid_token": "the door of the API, as a view is",
    "renovation/records/idempotency.py::IdempotencyMiddleware.__call__": "a middleware",
}


def _decimal_fields() -> set[str]:
    return {
        field.name
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        for field in model._meta.get_fields()
        if isinstance(field, models.DecimalField | models.FloatField)
    }


def _strings(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def test_the_database_adds_no_decimals() -> None:
    decimals = _decimal_fields()
    bad = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and dotted(node.func).split(".")[-1] in AGGREGATES
        and any(text.split("__")[-1] in decimals for text in _strings(node))
    ]
    assert bad == []


def test_no_column_is_a_float() -> None:
    floats = [
        str(field)
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        for field in model._meta.get_fields()
        if isinstance(field, models.FloatField)
    ]
    assert floats == []


def test_money_is_an_integer_of_fen() -> None:
    wrong = [
        str(field)
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        for field in model._meta.get_fields()
        if field.name.endswith("_fen")
        and not isinstance(field, models.BigIntegerField | models.PositiveBigIntegerField)
    ]
    assert wrong == []


def _tracked() -> set[str]:
    return {
        model.__name__
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute")
    }


def _rows_of(module: Module, name: str) -> str:
    """``Project`` for ``class ProjectQuerySet(QuerySet["Project"])``, else nothing."""
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            for base in node.bases:
                if isinstance(base, ast.Subscript) and isinstance(base.slice, ast.Constant):
                    return str(base.slice.value)
    return ""


def _past_history(module: Module, tracked: set[str]) -> Iterator[str]:
    """``path::function`` of every bulk write whose receiver begins at a tracked model."""
    for name, node in functions(module):
        roots: dict[str, str] = {"self": _rows_of(module, name.split(".")[0])}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                root = dotted(inner.value).split(".")[0]
                roots[inner.targets[0].id] = roots.get(root, root)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
                if inner.func.attr not in BULK_WRITES:
                    continue
                root = dotted(inner.func.value).split(".")[0]
                root = roots.get(root, root)
                if root in tracked:
                    yield f"{module.path}::{name.split('.')[-1]}"


def test_nothing_is_written_past_the_history() -> None:
    tracked = _tracked()
    assert tracked, "no tracked model found: the guard sees nothing"
    ours = [module for module in modules() if not module.is_migration]
    found = {place for module in ours for place in _past_history(module, tracked)}
    assert sorted(found - set(ALLOWED)) == []
    there = {
        f"{module.path}::{name.split('.')[-1]}" for module in ours for name, _ in functions(module)
    }
    assert sorted(set(ALLOWED) - there) == [], "allowed, but no longer there"


def _reads_a_clock(call: ast.Call) -> bool:
    name = dotted(call.func)
    converts = name in {"timezone.localtime", "timezone.localdate"} and bool(call.args)
    return name in CLOCKS and not converts


def test_the_clock_is_read_at_the_edge_and_handed_down() -> None:
    found = set()
    for module in modules():
        if module.is_migration or module.is_kind(*WHERE_CLOCKS_ARE_READ):
            continue
        for name, node in functions(module):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and _reads_a_clock(inner):
                    found.add(f"{module.path}::{name}")
    judge(found, CLOCK_READERS)
