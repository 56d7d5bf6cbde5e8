"""What has to hold before a gate is passed, and the exceptions that stand for what does not.

A wing declares ``CHECKS: list[GateCheck]`` in a module ``gate_checks``; it is found by name, so that the ledger
asks for what only higher wings know (consent of the households, order of the works) without knowing them.
``passing.pass_gate`` calls ``refuse_what_does_not_hold`` in its transaction, under the project's lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib import import_module
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db.models import QuerySet
from django.utils.module_loading import module_has_submodule

from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.records.services import values_in_force

from .enums import ExceptionState, GateKind
from .facts import ProjectFacts, facts_in_or_out, own_facts
from .models import GateException, Project
from .querysets import ProjectQuerySet

Value = TypeVar("Value")
#: Where a project that is being judged keeps what its checks have read.
_READ = "_read_for_gates"
#: What the codes of the checks that ask for the earlier gates begin with.
ORDER_CODES = "ledger.order."
#: Under which key it is kept that a gate is being passed.
_PASSING = "passing"


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One condition of a gate.

    ``code`` is stable and unique in the portal (``consent.renovation``), ``title`` names the condition in a
    few Chinese words (“同意改造率达到 80%”). ``find(project, on)`` gives one Chinese sentence that says why it
    does not hold on the day of passing, or None. One that is not ``waivable`` knows no exception. ``source``
    is the document and clause that asks for it. ``ahead(projects, on)`` reads for many projects at once what
    ``find`` would read for each, and hands it out by ``keep``.
    """

    code: str
    gate: GateKind
    title: str
    find: Callable[[Project, date], str | None]
    waivable: bool = True
    source: str = ""
    ahead: Callable[[Sequence[Project], date], None] | None = None

    @property
    def is_order(self) -> bool:
        """Whether it asks for the earlier gates, and nothing of the project itself."""
        return self.code.startswith(ORDER_CODES)


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
        said = f"按 {chinese_date(on)} 的情况核查：{''.join(sentences)}"
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


def once(project: Project, key: Hashable, read: Callable[[], Value]) -> Value:
    """What several checks of one judgement ask for beside the project, read when the first one asks.

    It stays with the project that ``findings`` fetched for this judgement and goes with it; the next judgement
    reads anew, and so does a check that is asked on its own.
    """
    read_before: dict[Hashable, object] | None = project.__dict__.get(_READ)
    if read_before is None:
        return read()
    if key not in read_before:
        read_before[key] = read()
    return cast("Value", read_before[key])


def keep(project: Project, key: Hashable, value: object) -> None:
    """Hand a project that is being judged what ``once`` would read under a key."""
    project.__dict__[_READ][key] = value


def is_passing(project: Project, gate: GateKind) -> bool:
    """Whether the judgement is that of ``pass_gate``: what its checks say for the day is what counts, whatever day
    the gate had before."""
    return once(project, _PASSING, lambda: None) == gate


def facts_of(project: Project, on: date) -> Sequence[ProjectFacts]:
    """The ledger's facts of a project that is being judged, also before it is entered."""
    return once(project, ("facts", on), lambda: own_facts(project=project, on=on))


def values_of(project: Project, on: date) -> Mapping[str, Any]:
    """The bureau's values on a day, for a project that is being judged."""
    bureau = project.programme.bureau
    return once(project, ("values", on), lambda: values_in_force(organisation=bureau, on=on))


def findings(*, project: Project, gates: Iterable[GateKind], on: date) -> list[Finding]:
    """What the checks of some gates say of a project for a day, with the exceptions asked for or approved."""
    (fresh,) = _fresh([project.pk])
    return judged(project=fresh, gates=gates, on=on)


def open_checks(*, projects: Collection[int], gate: GateKind, on: date) -> dict[int, list[Finding]]:
    """What keeps one gate of several projects shut, by project id: of checks that read ahead a constant number of
    queries, however many projects there are; none where there is no project."""
    if not projects:
        return {}
    fresh = _fresh(projects)
    standing: defaultdict[int, dict[str, GateException]] = defaultdict(dict)
    for row in _standing(projects):
        standing[row.project_id][row.check_code] = row
    facts = {each.pk: each for each in facts_in_or_out(projects=_rows(projects), on=on)}
    values: dict[int, Mapping[str, Any]] = {}
    for project in fresh:
        keep(project, "exceptions", standing[project.pk])
        keep(project, ("facts", on), [facts[project.pk]])
        bureau = project.programme.bureau
        if bureau.pk not in values:
            values[bureau.pk] = values_of(project, on)
        keep(project, ("values", on), values[bureau.pk])
    for check in checks_of(gate=gate):
        if check.ahead is not None:
            check.ahead(fresh, on)
    return {
        project.pk: [each for each in judged(project=project, gates=[gate], on=on) if each.refuses]
        for project in fresh
    }


def judged(*, project: Project, gates: Iterable[GateKind], on: date) -> list[Finding]:
    """The same of the project that a judgement is about, for a check that looks at another gate's checks."""
    wanted = set(gates)
    standing = once(
        project, "exceptions", lambda: {row.check_code: row for row in _standing([project.pk])}
    )
    return [
        Finding(
            check,
            once(project, (check.code, on), partial(check.find, project, on)),
            standing.get(check.code),
        )
        for check in declared()
        if check.gate in wanted
    ]


def _standing(projects: Collection[int]) -> QuerySet[GateException]:
    """The exceptions that stand or are asked for."""
    rows: QuerySet[GateException] = GateException.objects.filter(
        project__in=projects, state__in=(ExceptionState.ASKED, ExceptionState.APPROVED)
    )
    return rows.select_related("requested_by", "decided_by", "file")


def _rows(projects: Collection[int]) -> ProjectQuerySet:
    rows: ProjectQuerySet = Project.objects.filter(pk__in=projects)
    return rows


def _fresh(projects: Collection[int]) -> list[Project]:
    """The projects as they stand, with what the ledger's own checks read: a constant number of queries however
    many checks there are, and nothing remembered from before the lock."""
    rows = _rows(projects).select_related("programme__bureau", "street")
    found = list(
        rows.prefetch_related(
            "gates",
            "gate_promises",
            "joint_reviews__opinions",
            "estates",
            "baselines__targets",
        )
    )
    for project in found:
        project.__dict__[_READ] = {}
    return found


def refuse_what_does_not_hold(*, project: Project, gate: GateKind, on: date) -> None:
    """Raises ``GateRefused`` with every check of the gate that does not hold and has no exception."""
    (fresh,) = _fresh([project.pk])
    keep(fresh, _PASSING, gate)
    shut = [each for each in judged(project=fresh, gates=[gate], on=on) if each.refuses]
    if shut:
        raise GateRefused(gate, shut, on=on)
