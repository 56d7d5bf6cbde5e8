"""The verdicts on the 20 standards (20条衡量标准) of a year's projects as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from projects.ledger.enums import Verdict
from projects.ledger.models import Project, StandardCheck, StandardItem
from projects.ledger.standards.services import judge
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

from .declaring import NAME, PROJECT, REASON_OF_HISTORY, Change, Found, Line, ListBook, Listing

ITEM = Column(
    field="item",
    header="条次",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    maximum=Decimal(99),
    expected="衡量标准的条次",
)
TEXT = Column(field="text", header="内容", longest=200, expected="只供查看，不读取")
VERDICT = Column(field="verdict", header="结论", longest=10, expected="平台里的结论")
NOTE = Column(
    field="note",
    header="说明",
    longest=200,
    expected="“不符合”“不适用”写明原因，“符合”没有附文件的写明依据",
)
WRITES = (VERDICT, NOTE)
VERDICTS = {str(each.label): each for each in Verdict}


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every standard in use for every project, also those not judged yet, and those judged that are no
    longer in use. Two queries."""
    today = local_day(now)
    bureaus = {project.programme.bureau_id for project in projects}
    items = list(StandardItem.objects.filter(bureau_id__in=bureaus).order_by("number"))
    checks = {
        (row.project_id, row.item_id): row
        for row in StandardCheck.objects.filter(project__in=projects)
    }
    lines = []
    for project in projects:
        for item in items:
            row = checks.get((project.pk, item.pk))
            if row is None and item.retired_on is not None and item.retired_on <= today:
                continue
            lines.append(
                Line(
                    name=f"{project}　{item}",
                    values={
                        PROJECT.field: project.code,
                        NAME.field: project.name,
                        ITEM.field: item.number,
                        TEXT.field: item.text,
                        VERDICT.field: str(row.get_verdict_display()) if row else None,
                        NOTE.field: row.note if row else None,
                    },
                    row=row,
                )
            )
    return lines, {item.number: item for item in items}


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Judge as the page does; evidence that was given stays."""
    for change in changes:
        item = at.more.get(change.values[ITEM.field])
        if item is None:
            raise Refusal("list.item", "没有这一条衡量标准。", field=ITEM.field)
        word = change.values[VERDICT.field]
        if word is None:
            raise Refusal("list.verdict", "结论未填。", field=VERDICT.field)
        verdict, note = VERDICTS[str(word)], str(change.values[NOTE.field] or "")
        if verdict != Verdict.MET and not note:
            raise Refusal(
                "standard.note", "“不符合”“不适用”要写明原因。", field=NOTE.field, found="空"
            )
        row = change.row or StandardCheck(project=change.project, item=item)
        seen = row.version
        row.verdict, row.note = verdict, note
        judge(
            row=row,
            organisation=change.project.street,
            of=str(change.project),
            seen_version=seen,
            reason=REASON_OF_HISTORY,
            by=by,
            now=at.now,
        )


STANDARDS = ListBook(
    slug="standards",
    label="衡量标准核对",
    hint="一个项目一条标准一行，还没有核对的空着。空着的格不改；依据文件在页面上附，没有附的在说明里写明依据。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: f"{reverse('ledger:standards_table')}?year={year}",
    result_word="看核对总表",
    columns=(PROJECT, NAME, ITEM, TEXT, *WRITES),
    keys=(PROJECT, ITEM),
    writes=WRITES,
    known={VERDICT.field: lambda at: list(VERDICTS)},
    load=load,
    write=write,
)
