"""What import-linter does not see: foreign keys written as strings, and a wing's inner rooms."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.architecture.tree import PACKAGES, contracts, imports, judge, modules

#: A higher wing takes these from a lower one, nothing else of its rooms.
INNER_ROOMS = {"forms", "views", "api", "tasks", "urls", "admin", "management"}
COMPOSITION = ("renovation.urls", "renovation.api", "renovation.celery", "renovation.runner")

#: Imports of another wing's inner room, with the reason.
INNER_IMPORTS: dict[str, str] = {}

#: Modules that know no Django at all, so that they can be read and tested alone.
PLAIN = (
    "renovation.core.calendar",
    "renovation.core.periods",
    "renovation.core.flow",
    "renovation.core.measures",
    "supervision.weekly.rules",
)


def _layers(name: str) -> list[list[str]]:
    """The layers of the contract that begins with ``name``, highest first, without brackets."""
    contract = next(c for c in contracts() if str(c["name"]).startswith(name))
    layers = contract["layers"]
    assert isinstance(layers, list)
    prefix = f"{contract['containers'][0]}." if contract.get("containers") else ""  # type: ignore[index]
    return [
        [prefix + part.strip(" ()") for part in layer.replace("|", ":").split(":")]
        for layer in layers
    ]


def _rank(module: str) -> tuple[int, int]:
    """(floor, wing) of a dotted name, the higher the greater; (-1, -1) for what is not ours."""
    for height, floor in enumerate(reversed(_layers("Floors"))):
        for name in floor:
            if module == name or module.startswith(f"{name}."):
                return height, _wing(module)
    return -1, -1


def _wing(module: str) -> int:
    package = module.split(".")[0]
    if package == "renovation":
        return 0
    for height, layer in enumerate(reversed(_layers(f"Wings of {package}"))):
        if any(module == name or module.startswith(f"{name}.") for name in layer):
            return height
    raise AssertionError(f"{module} stands in no wing of the contract “Wings of {package}”")


def _ours(module: str) -> bool:
    return module.split(".")[0] in PACKAGES


def _arrows() -> Iterator[tuple[type[models.Model], str, type[models.Model]]]:
    for model in apps.get_models(include_auto_created=True):
        if not _ours(model.__module__):
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.concrete or field.many_to_many:
                if field.auto_created and not field.concrete:
                    continue
                if isinstance(target, type) and _ours(target.__module__):
                    yield model, field.name, target


def test_the_ranks_follow_the_contract() -> None:
    assert _rank("renovation.core.errors") < _rank("renovation.accounts.models")
    assert _rank("projects.ledger.models") < _rank("projects.funding.models")
    assert _rank("projects.funding.models") < _rank("supervision.weekly.models")
    assert _rank("reports.papers.models") < _rank("reports.delivery.models")
    assert _rank("django.db.models") == (-1, -1)


def test_no_foreign_key_points_up_or_at_a_sibling() -> None:
    arrows = list(_arrows())
    assert arrows, "no relation found: the guard sees nothing"
    bad = []
    for model, field, target in arrows:
        here, there = _rank(model.__module__), _rank(target.__module__)
        same_app = model._meta.app_label == target._meta.app_label
        if not same_app and there >= here:
            bad.append(f"{model._meta.label}.{field} -> {target._meta.label}")
    assert bad == []


def _wing_of(name: str) -> str:
    return ".".join(name.split(".")[:2])


def test_no_wing_uses_another_wings_inner_rooms() -> None:
    found = set()
    for module in modules():
        if module.name.startswith(COMPOSITION):
            continue
        for target, line in imports(module):
            parts = target.split(".")
            if (
                parts[0] in PACKAGES
                and len(parts) > 2
                and parts[2] in INNER_ROOMS
                and _wing_of(target) != _wing_of(module.name)
                and _wing_of(target) != "renovation.core"
            ):
                found.add(f"{module.path} -> {'.'.join(parts[:3])}")
                assert line
    judge(found, INNER_IMPORTS)


def test_plain_modules_know_no_django() -> None:
    found = [
        f"{module.path}:{line} imports {target}"
        for module in modules()
        if module.name in PLAIN or any(module.name.startswith(f"{name}.") for name in PLAIN)
        for target, line in imports(module)
        if target.split(".")[0] in {"django", "celery", "ninja"}
    ]
    assert found == []


#: Signals that are taken, each with the reason.
SIGNALS: dict[str, str] = {
    "renovation/records/apps.py: django.db.models.signals.post_migrate": (
        "the framework's own: SQLite drops triggers when it remakes a table"
    ),
}


def test_there_are_no_signals_between_wings() -> None:
    judge(
        (
            f"{module.path}: {target}"
            for module in modules()
            for target, _ in imports(module)
            if target.startswith("django.db.models.signals") or target == "django.dispatch.receiver"
        ),
        SIGNALS,
    )
