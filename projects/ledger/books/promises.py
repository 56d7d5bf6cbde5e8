"""Papers that gates were passed without (容缺承诺) of a year's projects as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from projects.ledger.enums import GateKind, PromiseForm
from projects.ledger.formalities import save_promise
from projects.ledger.models import GatePromise, Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.intake.pipelines import Column

from .declaring import NAME, PROJECT, REASON_OF_HISTORY, Change, Found, Line, ListBook, Listing
from .shared import NUMBER, day, head

GATE = Column(field="gate", header="关口", longest=20, expected="平台里的关口名称")
FORM = Column(field="form", header="办理方式", longest=10, expected="容缺办理、告知承诺")
LACKS = Column(field="lacks", header="缺少的材料", longest=120, expected="120 个字以内")
MISSING = Column(
    field="missing_gate",
    header="缺少的手续",
    longest=20,
    expected="缺的是前面哪个关口的填，关口名称；意愿征询、列入计划、开工、完工、竣工验收不能容缺",
)
WHO = Column(field="promised_by", header="承诺单位", longest=80, expected="80 个字以内")
PROMISED = day("promised_on", "承诺日期")
DUE = day("due_on", "补齐期限", "不早于承诺日期")
DOCUMENT = Column(field="document_number", header="承诺书编号", longest=60, expected="60 个字以内")
RECEIVED = day("received_on", "补齐日期", "只供查看；补齐了在页面上登记")
NOTE = Column(field="note", header="说明", longest=200, expected="200 个字以内")
_PLAIN = (LACKS, WHO, PROMISED, DUE, DOCUMENT, NOTE)
_WRITES = (GATE, FORM, LACKS, MISSING, WHO, PROMISED, DUE, DOCUMENT, NOTE)
GATES = {str(kind.label): kind for kind in GateKind}
FORMS = {str(form.label): form for form in PromiseForm}


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every promise. One query."""
    order = {project.pk: place for place, project in enumerate(projects)}
    rows = GatePromise.objects.filter(project__in=projects).select_related("project")
    return [
        Line(
            name=f"{row.project}　{row}",
            values={
                **head(row),
                GATE.field: str(row.get_gate_display()),
                FORM.field: str(row.get_form_display()),
                MISSING.field: str(row.get_missing_gate_display()) if row.missing_gate else None,
                **{column.field: getattr(row, column.field) for column in (*_PLAIN, RECEIVED)},
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in sorted(rows, key=lambda row: (order[row.project_id], row.due_on, row.pk))
    ], None


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Record a promise as its page does."""
    for change in changes:
        row, said = change.row, change.values
        save_promise(
            project=change.project,
            gate=GATES[str(said[GATE.field])],
            values={
                **{
                    column.field: said[column.field] or ""
                    for column in (LACKS, WHO, DOCUMENT, NOTE)
                },
                "gate": GATES[str(said[GATE.field])],
                "form": FORMS[str(said[FORM.field])] if said[FORM.field] else PromiseForm.TOLERATED,
                "missing_gate": GATES[str(said[MISSING.field])] if said[MISSING.field] else "",
                "promised_on": said[PROMISED.field],
                "due_on": said[DUE.field],
            },
            promise=row,
            seen_version=row.version if row else 0,
            reason=REASON_OF_HISTORY if row else "",
            by=by,
            now=at.now,
        )


PROMISES = ListBook(
    slug="promises",
    label="容缺承诺",
    hint="一份承诺补齐的材料一行。空着的格不改，表里没有的不删除；补齐的在页面上登记，补齐以后不能再改。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: f"{reverse('ledger:register', args=[year])}?only=promises",
    result_word="看关口",
    columns=(PROJECT, NAME, *_WRITES, RECEIVED, NUMBER),
    keys=(PROJECT, GATE, LACKS),
    writes=_WRITES,
    needed=(WHO, PROMISED, DUE),
    number=NUMBER,
    known={
        GATE.field: lambda at: list(GATES),
        MISSING.field: lambda at: list(GATES),
        FORM.field: lambda at: list(FORMS),
    },
    load=load,
    write=write,
)
