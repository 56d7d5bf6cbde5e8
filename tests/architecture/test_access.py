"""Nothing is reached past the door: every address and operation is guarded, every query begins in scope."""

import ast
from collections.abc import Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.tree import PACKAGES, Module, functions, judge, modules

#: Addresses that anybody may open, each with the reason. The key is the route.
PUBLIC: dict[str, str] = {
    "accounts/sign-in/": "the door itself",
    "accounts/sign-out/": "ends a session, whoever's it is",
    "c/<str:token>/": "a resident answers by a personal link: hashed, once, expiring, rate-limited",
    "healthz": "monitoring has no account; it shows ages and no data",
    "metrics": "monitoring has no account; the proxy keeps it to the inner network",
}

#: Places in views and api that begin a query otherwise than at visible_to, each with the reason.
QUERIES: dict[str, str] = {
    "projects/ledger/api.py::project: Baseline.objects.approved.prefetch_related": (
        "the plans of a project that visible_to has found"
    ),
}

#: Pages that take a refusal otherwise than by ``face.refusals``, each with the reason.
REFUSALS: dict[str, str] = {
    "projects/consent/public/views.py::answer": "a resident has no post that could be forbidden anything",
    "supervision/weekly/upload/views.py::upload": (
        "asks only whether the week takes a file; check_fill has said who may"
    ),
    "supervision/weekly/views/filling.py::form": (
        "tells it above the rows as they were typed; check_fill has said who may"
    ),
}

#: API operations without a token, each with the reason.
PUBLIC_OPERATIONS: dict[str, str] = {}


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        else:
            yield route, entry


def _pages() -> Iterator[tuple[str, URLPattern]]:
    for route, pattern in _patterns(get_resolver()):
        if not route.startswith("api/v1/"):
            yield route.replace("^", "").replace("$", ""), pattern


def test_every_address_is_guarded_or_public_with_a_reason() -> None:
    found = {
        route for route, pattern in _pages() if not hasattr(pattern.callback, "scoped_permissions")
    }
    judge(found, PUBLIC)


def _sample(route: str) -> str:
    """The route with something of the right shape in every place."""
    parts = []
    for part in f"/{route}".split("/"):
        if part.startswith("<"):
            kind = part.strip("<>").split(":")[0] if ":" in part else "str"
            samples = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}
            part = samples.get(kind, "2025-05-05" if "week" in part or "date" in part else "x")
        parts.append(part)
    return "/".join(parts)


def test_a_visitor_is_sent_to_the_door_from_every_guarded_address(client: Client, db: None) -> None:
    open_to_visitors = []
    tried = 0
    for route, _ in _pages():
        if route in PUBLIC:
            continue
        address = _sample(route)
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            tried += 1
            leads_to_door = answer.status_code == 302 and "/sign-in/" in answer.headers["Location"]
            if not leads_to_door and answer.status_code not in {401, 403, 404, 405}:
                open_to_visitors.append(f"{method.upper()} {address}: {answer.status_code}")
    assert tried > 0
    assert open_to_visitors == []


def _operations() -> Iterator[tuple[str, object]]:
    from renovation.api import api

    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield f"{method} {prefix}{path}", operation


def test_every_operation_asks_for_a_token_or_is_public_with_a_reason() -> None:
    found = {
        name for name, operation in _operations() if not getattr(operation, "auth_callbacks", None)
    }
    judge(found, PUBLIC_OPERATIONS)


def test_no_operation_answers_without_a_token(client: Client, db: None) -> None:
    answered = []
    for name, _ in _operations():
        if name in PUBLIC_OPERATIONS:
            continue
        method, path = name.split(" ", 1)
        address = "/api/v1" + path.replace("{", "<").replace("}", ">")
        answer = getattr(client, method.lower())(_sample(address.lstrip("/")))
        if answer.status_code != 401:
            answered.append(f"{name}: {answer.status_code}")
    assert answered == []


# -- queries ---------------------------------------------------------------------------------------
def _chains(node: ast.AST) -> Iterator[list[str]]:
    """The names of each longest chain of attributes and calls in ``node``, from its root on."""
    inner: set[int] = set()
    for found in ast.walk(node):
        if id(found) in inner or not isinstance(found, ast.Attribute | ast.Call):
            continue
        names: list[str] = []
        at: ast.AST = found
        while isinstance(at, ast.Attribute | ast.Call | ast.Subscript):
            inner.add(id(at))
            if isinstance(at, ast.Attribute):
                names.append(at.attr)
                at = at.value
            elif isinstance(at, ast.Call):
                at = at.func
            else:
                at = at.value
        if isinstance(at, ast.Name):
            names.append(at.id)
        yield names[::-1]


def _starts(module: Module) -> Iterator[str]:
    for name, node in functions(module):
        for chain in _chains(node):
            for manager in ("objects", "_default_manager", "history"):
                if manager in chain[1:]:
                    after = chain[chain.index(manager) + 1 :]
                    if not after or after[0] != "visible_to":
                        yield f"{module.path}::{name}: {'.'.join(chain[:4])}"


def test_views_and_api_begin_their_queries_in_scope() -> None:
    judge(
        (
            start
            for module in modules(*PACKAGES)
            if module.is_kind("views", "api")
            for start in _starts(module)
        ),
        QUERIES,
    )


def _catches(handler: ast.ExceptHandler, name: str) -> bool:
    return handler.type is not None and name in {
        node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)
    }


def _lets_forbidden_go_on(handler: ast.ExceptHandler) -> bool:
    """``refuse`` and ``say`` of ``face.refusals`` do, and so does a handler that raises."""
    nodes = list(ast.walk(handler))
    return any(isinstance(node, ast.Raise) for node in nodes) or any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"refuse", "say"}
        for node in nodes
    )


def test_there_is_one_rule_of_answering_refusals() -> None:
    """A second ``refuse`` for forms would pass the guard below without letting Forbidden go on."""
    found = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        and node.name in {"refuse", "say"}
        and {"form", "request"} & {argument.arg for argument in node.args.args}
    }
    assert found == {"renovation/face/refusals.py"}


def _swallowing(function: ast.FunctionDef) -> bool:
    for block in (node for node in ast.walk(function) if isinstance(node, ast.Try)):
        for handler in block.handlers:
            if _catches(handler, "Forbidden"):
                break
            if _catches(handler, "Refusal") and not _lets_forbidden_go_on(handler):
                return True
    return False


def test_no_page_answers_what_is_forbidden_as_if_it_were_a_slip_of_the_pen() -> None:
    """Forbidden is a Refusal; a page that takes every refusal as a message would answer 302 or 422 for 403."""
    found = {
        f"{module.path}::{node.name}"
        for module in modules()
        if not module.is_migration
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        and any(argument.arg == "request" for argument in node.args.args)
        and _swallowing(node)
    }
    judge(found, REFUSALS)
