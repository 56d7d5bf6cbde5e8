"""What has to hold before a gate is passed, and the exceptions that stand for what does not.

A wing declares ``CHECKS: list[GateCheck]`` in a module ``gate_checks``; it is found by name, so that the ledger
asks for what only higher wings know (consent of the households, order of the works) without knowing them.
``passing.pass_gate`` calls ``refuse_what_does_not_hold`` in its transaction, under the project's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from renovation.core.errors import Refusal

from .enums import ExceptionState, GateKind
from .models import GateException, Project


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One condition of a gate.

    ``code`` is stable and unique in the portal (``consent.renovation``), ``title`` names the condition in a
    few Chinese words (“同意改造率达到 80%”). ``find(project, on)`` gives one Chinese sentence that says why it
    does not hold on the day of passing, or None. One that is not ``waivable`` knows no exception. ``source``
    is the document and clause that asks for it.
    """

    code: str
    gate: GateKind
    title: str
    find: Callable[[Project, date], str | None]
    waivable: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check and what it says of a project: ``sentence`` None where it holds; ``exception`` is the one that
    stands (or is asked for) for it."""

    check: GateCheck
    sentence: str | None
    exception: GateException | None = None

    @property
    def is_excepted(self) -> bool:
        """Whether it does not hold and an approved exception stands for it."""
        return (
            self.sentence is not None
            and self.check.waivable
            and self.exception is not None
            and self.exception.state == ExceptionState.APPROVED
        )

    @property
    def refuses(self) -> bool:
        """Whether it keeps the gate shut."""
        return self.sentence is not None and not self.is_excepted


class GateRefused(Refusal):
    """A gate that may not be passed: every check that does not hold on the day of passing, at once
    (``gate.checks``). The message names the day ``on`` that was judged by."""

    def __init__(self, gate: GateKind, findings: list[Finding], *, on: date) -> None:
        sentences = [str(each.sentence) for each in findings]
        said = f"按 {on:%Y-%m-%d} 的情况核查：{''.join(sentences)}"
        super().__init__("gate.checks", said, field="actual_on")
        self.gate = gate
        self.on = on
        self.findings = findings
        self.sentences = sentences


@cache
def declared() -> tuple[GateCheck, ...]:
    """The checks of all wings, in the order of the gates, then of the wings."""
    found: list[GateCheck] = []
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "gate_checks"):
            found += import_module(f"{config.name}.gate_checks").CHECKS
    order = list(GateKind)
    return tuple(sorted(found, key=lambda check: order.index(check.gate)))


def checks_of(*, gate: GateKind) -> tuple[GateCheck, ...]:
    """The checks of one gate."""
    return tuple(check for check in declared() if check.gate == gate)


def check_named(*, code: str) -> GateCheck | None:
    """The check of a code."""
    return next((check for check in declared() if check.code == code), None)


def findings(*, project: Project, gates: Iterable[GateKind], on: date) -> list[Finding]:
    """What the checks of some gates say of a project for a day, with the exceptions asked for or approved."""
    wanted = set(gates)
    checks = [check for check in declared() if check.gate in wanted]
    if not checks:
        return []
    project = _fresh(project)
    open_states = (ExceptionState.ASKED, ExceptionState.APPROVED)
    standing = {
        row.check_code: row
        for row in GateException.objects.filter(
            project=project, state__in=open_states
        ).select_related("requested_by", "decided_by", "file")
    }
    return [Finding(check, check.find(project, on), standing.get(check.code)) for check in checks]


def _fresh(project: Project) -> Project:
    """The project as it stands, with what the ledger's own checks read: a constant number of queries however
    many checks there are, and nothing remembered from before the lock."""
    rows = Project.objects.select_related("programme__bureau", "street")
    return rows.prefetch_related(
        "gates",
        "gate_promises",
        "joint_reviews__opinions",
        "estates",
        "baselines__targets",
    ).get(pk=project.pk)


def refuse_what_does_not_hold(*, project: Project, gate: GateKind, on: date) -> None:
    """Raises ``GateRefused`` with every check of the gate that does not hold and has no exception."""
    shut = [each for each in findings(project=project, gates=[gate], on=on) if each.refuses]
    if shut:
        raise GateRefused(gate, shut, on=on)
