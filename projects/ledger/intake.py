"""The roster of a programme (年度计划) as a pipeline of the intake; its parts stand in ``ledger.roster``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.intake.declaring import bureau_of_year, by_rules, nothing_filled, year_label
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Description,
    Finding,
    Pipeline,
    Row,
    RowFacts,
    Taken,
    Target,
    Template,
    Value,
    Words,
)

from .books.buildings import BUILDINGS
from .books.features import FEATURES
from .books.gates import GATES
from .books.leading import LEADING
from .books.openness import COMMITMENTS, PUBLICATIONS, SURVEYS
from .books.parties import PARTIES
from .books.pipeline import pipeline_of_list
from .books.places import PLACES
from .books.promises import PROMISES
from .books.rests import RESTS
from .books.standards import STANDARDS
from .books.targets import TARGETS
from .roster import workbook
from .roster.columns import CODE, COLUMNS, ESTATE_FIELDS, EXPLANATION, PROJECT_FIELDS
from .roster.context import Roster, groups_of, key_of, load, present_values
from .roster.kept import SHARED, estate_of, writers
from .roster.rules import ROW_RULES, RULES, SHEET_RULES
from .roster.writing import write_roster


def facts(key: str, roster: Roster | None) -> RowFacts | None:
    """Name of the estate, and what the ledger says of it; the first row of a project speaks for the project."""
    code, _, name = key.partition("　")
    if roster is None:
        return None
    known = roster.projects.get(code)
    if known is None:
        return RowFacts(name=name or code)
    estate = estate_of(key, known, roster)
    if estate is None and name:
        return RowFacts(name=name)
    present = present_values(known, estate)
    names = PROJECT_FIELDS if key in roster.leads else ()
    before: dict[str, Value] = {each: present.get(each) for each in (*names, *ESTATE_FIELDS)}
    return RowFacts(name=estate.name if estate else str(known.project), before=before)


_check_project = by_rules(SHEET_RULES)


def check_sheet(rows: Sequence[Row], roster: Roster) -> Iterator[tuple[str, Finding]]:
    """What concerns projects and the whole: the rules see the rows brought together by project."""
    yield from _check_project(groups_of(rows), roster)


def commit(
    target: Target,
    taken: Sequence[Taken],
    roster: Roster,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Write projects, estates and draft plans."""
    write_roster(taken=taken, roster=roster, by=by, now=now)


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload."""
    year = int(target.period_key)
    here = reverse("ledger:roster", args=[year])
    return Description(
        title="年度计划",
        period=f"{year}年度",
        back=(
            ("项目", reverse("dashboards:projects")),
            (f"{year}年度计划", reverse("ledger:programme", args=[year])),
            ("导入年度计划", here),
        ),
        upload_href=here,
        result_href=reverse("ledger:drafts", args=[year]),
        result_word="看待批准的计划",
        template_href=reverse("ledger:roster_template", args=[year]),
        rules_href=reverse("ledger:roster_rules"),
        held_sentence="写入的计划是草案，由另一人批准后生效；暂留的行不写入，改好后重新上传即可。",
    )


def template(target: Target, now: datetime) -> Template:
    """The workbook with the programme's present projects."""
    roster = load(target, (), now)
    year = int(target.period_key)
    content = workbook.roster_workbook(
        bureau=target.organisation,
        year=year,
        programme=roster.programme,
        known=roster.projects.values(),
        with_drafts=True,
        now=now,
    )
    return Template(name=f"{year}年度计划.xlsx", content=content)


def present(key: str, roster: Roster) -> Mapping[str, Value]:
    """No column is locked: the ledger is what the file is compared with."""
    return nothing_filled(key, roster)


ROSTER = Pipeline(
    code=workbook.CODE,
    label="年度计划",
    sheet=workbook.SHEET,
    columns=COLUMNS,
    key=CODE.field,
    rules=RULES,
    read_permission=Permission.LEDGER_WRITE,
    write_permission=Permission.LEDGER_WRITE,
    admit=bureau_of_year("年度计划"),
    context=load,
    check_row=by_rules(ROW_RULES),
    check_sheet=check_sheet,
    facts=facts,
    present=present,
    expected_count=lambda roster: roster.row_count,
    commit=commit,
    describe=describe,
    template=template,
    period_label=year_label,
    reason_field=EXPLANATION.field,
    key_of=key_of,
    writers=writers,
    waits=lambda key, roster: True,
    shared=SHARED,
    fills_merged=frozenset({"code", "serial", "community", *PROJECT_FIELDS}),
    has_subtotals=True,
    counts_changes=True,
    words=Words(
        before="台账", now="本表", row="小区", key="项目和小区", letter="R", last_step="批准",
        where="导入年度计划页面", section="项目",
    ),
)  # fmt: skip
#: Lists that go out and come back in.
LISTS = (
    *(FEATURES, TARGETS, GATES, PROMISES, PARTIES, BUILDINGS, PLACES, STANDARDS),
    *(SURVEYS, PUBLICATIONS, COMMITMENTS, LEADING, RESTS),
)
PIPELINES = [ROSTER, *(pipeline_of_list(each) for each in LISTS)]
