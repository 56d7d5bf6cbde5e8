"""docker-compose.yml and Dockerfile: the production shape, checked without an engine."""

import os
import re
from typing import Any

import pytest
import yaml

from renovation.runner import container
from tests.architecture.tree import PACKAGES, ROOT

FOREIGN = {"postgres", "redis", "mail"}
OURS = {"keys", "prepare", "web", "worker", "schedule"}
LONG_RUNNING = {"postgres", "redis", "mail", "web", "worker", "schedule"}


def _compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def _dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_services_are_those_of_the_production_shape() -> None:
    assert set(_compose()["services"]) == FOREIGN | OURS


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_what_runs_on_says_how_it_is(name: str) -> None:
    service = _compose()["services"][name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_containers_may_do_little(name: str) -> None:
    service = _compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_commands_are_commands_of_the_entry(name: str) -> None:
    service = _compose()["services"][name]
    known = re.findall(r"^(\w+) {2,}\w", container.__doc__ or "", re.M)
    assert service["command"][0] in known
    test = service.get("healthcheck", {}).get("test")
    if test:
        assert test[:5] == ["CMD", "python", "-m", "renovation.runner.container", "healthy"]
        assert test[5] == name


def test_every_order_of_starting_names_a_service_and_its_state() -> None:
    services = _compose()["services"]
    for service in services.values():
        for other, how in (service.get("depends_on") or {}).items():
            if how["condition"] == "service_healthy":
                assert other in LONG_RUNNING
            else:
                assert how["condition"] == "service_completed_successfully"
                assert services[other]["restart"] == "no"


def test_every_name_given_to_us_is_explained() -> None:
    explained = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    for name in OURS:
        for variable in _compose()["services"][name]["environment"]:
            assert f"| `{variable}` |" in explained, variable


def test_no_secret_is_published_and_nothing_listens_beyond_the_machine() -> None:
    for name, service in _compose()["services"].items():
        for variable, value in (service.get("environment") or {}).items():
            if re.search(r"SECRET|PASSWORD|DATABASE_URL|KEY", variable):
                assert value == f"${{{variable}:-}}" or str(value).startswith("/keys/"), variable
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
    services = _compose()["services"]
    assert "ports" not in services["postgres"]
    assert "ports" not in services["redis"]
    assert _compose()["networks"]["inner"] == {"internal": True}


def test_every_volume_is_declared() -> None:
    compose = _compose()
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])


def test_the_image_holds_the_whole_portal_and_runs_as_nobody_special() -> None:
    text = _dockerfile()
    copied = set(re.findall(r"^COPY (\S+) \S+$", text, re.M))
    assert {*PACKAGES, "manage.py", "templates", "static"} <= copied
    assert all((ROOT / name).exists() for name in copied)
    assert text.index("\nUSER portal\n") < text.index("\nCMD [")
    assert "libharfbuzz-subset0" in text
    assert "HEALTHCHECK" in text
    assert "--constraint requirements.lock" in text


def test_the_image_leaves_out_what_it_does_not_need() -> None:
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())
    assert {".git", ".venv", "var", "tests", ".env"} <= ignored


def test_make_has_the_commands_that_people_rely_on() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert {"demo", "test", "test-fast", "lint", "bench", "system", "venv"} <= targets


def test_ci_runs_the_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").rstrip().endswith("make test </dev/null")
