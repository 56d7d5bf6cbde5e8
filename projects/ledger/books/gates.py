"""Gates of a year's projects as a list: planned, expected and actual days, document, note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Project
from projects.ledger.passing import pass_gate
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

from .declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing

GATE = Column(field="gate", header="关口", longest=20, expected="平台里的关口名称")
PLANNED = Column(
    field="planned_on",
    header="计划日期",
    kind=Kind.DATE,
    expected="存在的日期；开工、完工的由计划定，这里空着",
)
FORECAST = Column(
    field="forecast_on", header="预计日期", kind=Kind.DATE, expected="还没有过的，估计哪一天过"
)
ACTUAL = Column(
    field="actual_on",
    header="实际日期",
    kind=Kind.DATE,
    expected="不晚于今天；要核对的条件与页面上一样",
)
OPENING = Column(
    field="is_opening",
    header="期初",
    kind=Kind.FLAG,
    expected="“是”只用于项目登记到平台以前已经过的关口",
    hint="项目登记到平台以前已经过的关口填“是”：不再核对条件，不要依据文件也计入。以后过的不填。",
)
DOCUMENT = Column(field="document_number", header="文号", longest=60, expected="60 个字以内")
NOTE = Column(field="note", header="说明", longest=200, expected="200 个字以内")
WRITES = (PLANNED, FORECAST, ACTUAL, OPENING, DOCUMENT, NOTE)
KINDS = {str(kind.label): kind for kind in GateKind}
ORDER = list(KINDS)
_OF_PLAN = (GateKind.STARTED, GateKind.COMPLETED)


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every gate of every project, also one that nothing is known of. One query."""
    rows = {
        (gate.project_id, gate.kind): gate for gate in Gate.objects.filter(project__in=projects)
    }
    lines = []
    for project in projects:
        for kind in GateKind:
            gate = rows.get((project.pk, kind.value))
            said = {column.field: getattr(gate, column.field) for column in WRITES} if gate else {}
            lines.append(
                Line(
                    name=f"{project}　{kind.label}",
                    values={
                        PROJECT.field: project.code,
                        NAME.field: project.name,
                        GATE.field: str(kind.label),
                        OPENING.field: None,
                        **said,
                    },
                    row=gate,
                )
            )
    return lines, None


def _refuse_opening(project: Project, gate: Gate | None, change: Change) -> None:
    """期初 is for what was passed before the ledger knew the project."""
    actual = change.values[ACTUAL.field]
    if actual is None:
        raise Refusal("gate.opening", "期初的关口要有实际日期。", field=ACTUAL.field)
    if gate is not None and gate.actual_on is not None:
        raise Refusal(
            "gate.opening",
            f"这个关口已登记实际日期 {gate.actual_on}，不能改为期初。",
            field=OPENING.field,
        )
    first = project.history.order_by("history_date", "pk").first()
    entered = local_day(first.history_date) if first is not None else None
    if entered is None or actual >= entered:
        since = f"（{entered}）" if entered else ""
        raise Refusal(
            "gate.opening",
            f"项目登记到平台的那一天{since}起过的关口不是期初，请按关口办理。",
            field=OPENING.field,
        )


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Set a gate as its page does; a passed one has to hold what its checks ask."""
    for change in changes:
        kind = KINDS[str(change.values[GATE.field])]
        if PLANNED.field in change.changed and kind in _OF_PLAN:
            raise Refusal(
                "gate.planned", f"{kind.label}的计划日期由项目计划定。", field=PLANNED.field
            )
        gate = change.row
        opens = bool(change.values[OPENING.field]) and OPENING.field in change.changed
        if opens:
            _refuse_opening(change.project, gate, change)
        elif OPENING.field in change.changed and gate is not None and gate.is_opening:
            raise Refusal("gate.opening", "期初登记的关口不能改为不是期初。", field=OPENING.field)
        given = (PLANNED.field, FORECAST.field, DOCUMENT.field, NOTE.field)
        pass_gate(
            project=change.project,
            kind=kind,
            actual_on=change.values[ACTUAL.field],
            is_opening=opens,
            seen_version=gate.version if gate is not None else 0,
            by=by,
            now=at.now,
            **change.of(name for name in given if name in change.changed),
        )


GATES = ListBook(
    slug="gates",
    label="关口",
    hint="一个项目一个关口一行。空着的格不改；开工、完工、竣工验收要在平台上附依据后才计入。填日期，不填公式。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: reverse("ledger:register", args=[year]),
    result_word="看关口",
    columns=(PROJECT, NAME, GATE, *WRITES),
    keys=(PROJECT, GATE),
    writes=WRITES,
    known={GATE.field: lambda at: ORDER},
    load=load,
    write=write,
    order=lambda change: (ORDER.index(str(change.values[GATE.field])), change.number),
)
