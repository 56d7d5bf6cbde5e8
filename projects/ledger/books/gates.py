"""Gates of a year's projects as a list: planned, expected and actual days, document, note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from projects.ledger.enums import GateKind, OpeningState
from projects.ledger.models import Gate, GateOpening, Project
from projects.ledger.openings import OpeningValues, record_opening
from projects.ledger.passing import pass_gate
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
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
    hint="项目登记到平台以前已经过的关口填“是”：不再核对条件，不要依据文件，由另一人核定后计入。以后过的不填。",
)
DOCUMENT = Column(field="document_number", header="文号", longest=60, expected="60 个字以内")
NOTE = Column(field="note", header="说明", longest=200, expected="200 个字以内")
WRITES = (PLANNED, FORECAST, ACTUAL, OPENING, DOCUMENT, NOTE)
KINDS = {str(kind.label): kind for kind in GateKind}
ORDER = list(KINDS)
_OF_PLAN = (GateKind.STARTED, GateKind.COMPLETED)
#: What an opening entry holds until it is approved.
_OF_OPENING = (ACTUAL.field, DOCUMENT.field, NOTE.field)


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every gate of every project, also one that nothing is known of, and what waits as 期初. Two queries."""
    rows = {
        (gate.project_id, gate.kind): gate for gate in Gate.objects.filter(project__in=projects)
    }
    waiting = {
        (row.project_id, row.kind): row
        for row in GateOpening.objects.filter(project__in=projects, state=OpeningState.PENDING)
    }
    lines = []
    for project in projects:
        for kind in GateKind:
            gate = rows.get((project.pk, kind.value))
            said = {column.field: getattr(gate, column.field) for column in WRITES} if gate else {}
            if (opening := waiting.get((project.pk, kind.value))) is not None:
                said |= {name: getattr(opening, name) or said.get(name) for name in _OF_OPENING}
                said[OPENING.field] = True
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
    return lines, waiting


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Set a gate as its page does; a passed one has to hold what its checks ask."""
    for change in changes:
        kind = KINDS[str(change.values[GATE.field])]
        if PLANNED.field in change.changed and kind in _OF_PLAN:
            raise Refusal(
                "gate.planned", f"{kind.label}的计划日期由项目计划定。", field=PLANNED.field
            )
        gate = change.row
        version = gate.version if gate is not None else 0
        opening = at.more.get((change.project.pk, kind.value))
        opens = opening is None and OPENING.field in change.changed and change.values[OPENING.field]
        if opens:
            record_opening(
                project=change.project,
                kind=kind,
                values=OpeningValues(
                    actual_on=change.values[ACTUAL.field],
                    document_number=change.values[DOCUMENT.field] or "",
                    note=change.values[NOTE.field] or "",
                ),
                seen_version=version,
                by=by,
                now=at.now,
            )
        elif opening is not None and {*_OF_OPENING, OPENING.field} & change.changed:
            raise Refusal(
                "gate.opening",
                f"这个关口的期初登记（{chinese_date(opening.actual_on)}）等另一人核定；要改的，先退回或撤回。",
                field=next(c.field for c in WRITES if c.field in change.changed),
            )
        elif OPENING.field in change.changed and gate is not None and gate.is_opening:
            raise Refusal("gate.opening", "期初登记的关口不能改为不是期初。", field=OPENING.field)
        given = [PLANNED.field, FORECAST.field]
        if not opens and opening is None:
            given += [DOCUMENT.field, NOTE.field]
        elif not set(given) & change.changed:
            continue
        pass_gate(
            project=change.project,
            kind=kind,
            actual_on=(gate.actual_on if gate else None)
            if opens or opening is not None
            else change.values[ACTUAL.field],
            seen_version=version,
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
    after="与现在不同的行写入；“期初”填“是”的由另一人核定后计入，核定以前不计。相同的行不动，空着的格不改。",
    keys=(PROJECT, GATE),
    writes=WRITES,
    known={GATE.field: lambda at: ORDER},
    load=load,
    write=write,
    order=lambda change: (ORDER.index(str(change.values[GATE.field])), change.number),
)
