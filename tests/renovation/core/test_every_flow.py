"""Every workflow that any wing declares is total: nothing is left open, no state is out of reach."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

from renovation.core.flow import Flow

PACKAGES = ("renovation", "projects", "complaints", "supervision", "reports")
ROOMS = ("enums", "models", "policies", "services", "flows")


def declared_flows() -> list[Flow]:
    """Every Flow that stands at the top of a module in one of the rooms where one may stand."""
    found: list[Flow] = []
    for package in PACKAGES:
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            rooms = module.name.split(".")
            if any(room in ROOMS for room in rooms) and "migrations" not in rooms:
                values = vars(import_module(module.name)).values()
                flows = (value for value in values if isinstance(value, Flow))
                found += [flow for flow in flows if not any(flow is known for known in found)]
    return found


def test_every_table_is_total_and_draws_itself() -> None:
    flows = declared_flows()
    names = [flow.name for flow in flows]
    assert sorted(names) == sorted(set(names))
    assert {flow.name: flow.problems() for flow in flows if flow.problems()} == {}
    for flow in flows:
        drawn = flow.mermaid().splitlines()
        assert sum(": " in line for line in drawn) == len(flow.transitions)
