"""The plan of a year's works as a pipeline of the intake: which items, how much, why, when, for every project.

The workbook comes filled with what stands; a row that says the same changes nothing, one that differs is a
change of the plan as any other (``services.items.plan_item``): after the baseline was approved it needs a reason
and another person's approval. A row that is missing changes nothing either; an item is taken out on its page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from projects.ledger.books.pipeline import pipeline_of_list
from projects.ledger.models import Baseline, Estate, Programme, Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.documents.xlsx import Book, Sheet, write_workbook
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_moment
from renovation.intake.blanks import filled_sheets
from renovation.intake.declaring import bureau_of_year, by_rules, year_label
from renovation.intake.meanwhile import filled_in
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Description,
    Pipeline,
    Row,
    RowFacts,
    Taken,
    Target,
    Template,
    Value,
    Words,
)

from .books import STRUCTURES, UTILITIES
from .columns import (
    COLUMNS,
    ESTATE,
    FROM,
    ITEM,
    NAME,
    ORIGIN,
    PROJECT,
    QUANTITY,
    REASON,
    ROUND,
    TO,
    UNIT,
)
from .menu_rounds import MenuRound, rounds_of
from .models import ItemPlan, MenuItem, WorkItem
from .plan_rules import (
    ORIGINS,
    PLANNED,
    ROW_RULES,
    RULES,
    Standing,
    differs,
    menu_item_of,
    present_of,
    takes_away,
    wanted_of,
)
from .register import lines_of
from .services.items import PlanValues, plan_item

CODE = "works_plan"
SHEET = "改造内容计划"
SPARE_ROWS = 100
_SEPARATOR = "\u3000"


def key_of(values: Mapping[str, Value]) -> str:
    """Project, estate and item name a row."""
    parts = (values.get(column.field) for column in (PROJECT, ESTATE, ITEM))
    return _SEPARATOR.join(str(part) for part in parts if part)


def context(target: Target, keys: Sequence[str], now: datetime) -> Standing:
    """The projects of the bureau's year with what they plan, and the menu. A constant number of queries."""
    projects = list(
        Project.objects.filter(
            programme__bureau=target.organisation, programme__year=int(target.period_key)
        )
        .select_related("street", "programme__bureau")
        .order_by("street__order", "code")
    )
    codes = {project.pk: project.code for project in projects}
    estates = {
        (codes[estate.project_id], estate.name): estate
        for estate in Estate.objects.filter(project_id__in=list(codes))
    }
    offered = MenuItem.objects.offered_by(target.organisation.pk)
    rows = WorkItem.objects.filter(project_id__in=list(codes)).order_by(
        "project__street__order",
        "project__code",
        "menu_item__menu_class__order",
        "menu_item__order",
        "pk",
    )
    lines = {
        _key_of_item(line.item): line
        for line in lines_of(items=rows, on=local_day(now))
        if line.plan is not None or line.pending is not None
    }
    approved = Baseline.objects.approved().filter(project_id__in=list(codes))
    rounds: dict[int, list[MenuRound]] = {pk: [] for pk in codes}
    for each in rounds_of(project_ids=list(codes), on=local_day(now)):
        rounds[each.project_id].append(each)
    return Standing(
        projects={project.code: project for project in projects},
        estates=estates,
        items={item.name: item for item in offered},
        lines=lines,
        approved=frozenset(approved.values_list("project__code", flat=True)),
        rounds=rounds,
    )


def _key_of_item(item: WorkItem) -> str:
    return key_of(
        {
            PROJECT.field: item.project.code,
            ESTATE.field: item.estate.name if item.estate else None,
            ITEM.field: item.menu_item.name,
        }
    )


# -- the pipeline ------------------------------------------------------------------------------------
def facts(key: str, standing: Standing | None) -> RowFacts | None:
    """A row by its project and item, with what stands."""
    line = standing.lines.get(key) if standing is not None else None
    if line is None:
        return RowFacts(name=key)
    return RowFacts(
        name=f"{line.item.project.name}{_SEPARATOR}{line.item}", before=present_of(line)
    )


def writers(keys: Collection[str], standing: Standing, since: datetime) -> dict[str, str]:
    """Who planned items last since a moment, and when, by key; where another person had to approve it, who did. One
    query."""
    plans = {
        line.plan.pk: key
        for key in keys
        if (line := standing.lines.get(key)) is not None and line.plan is not None
    }
    found = {}
    rows = ItemPlan.objects.filter(pk__among=list(plans))
    for plan in rows.select_related("proposed_by", "decided_by") if plans else ():
        told, at = f"由{plan.proposed_by}于{chinese_moment(plan.proposed_at)}修改", plan.proposed_at
        if plan.decided_by is not None and plan.decided_at is not None:
            told, at = (
                f"{told}、由{plan.decided_by}于{chinese_moment(plan.decided_at)}批准",
                plan.decided_at,
            )
        if at > since:
            found[plans[plan.pk]] = told
    return found


def waits(key: str, standing: Standing) -> bool:
    """Whether another person approves what changes: once the plan of the project is approved."""
    line = standing.lines.get(key)
    return line is not None and line.item.project.code in standing.approved


def settled(row: Row, standing: Standing) -> Mapping[str, Value]:
    """A row as it would be planned: an empty 来由 is 按计划必做. What could not be read stays out; a round beside
    按计划必做 stays in, to be told of (``plan_rules.round_beside``, ``plan_rules.takes_away``)."""
    wanted = {**wanted_of(row), ROUND.field: row.values.get(ROUND.field)}
    return {**row.values, **{name: wanted[name] for name in PLANNED if name not in row.faulty}}


def present(key: str, standing: Standing) -> Mapping[str, Value]:
    """No column is locked."""
    return {}


def commit(
    target: Target,
    taken: Sequence[Taken],
    standing: Standing,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Plan what differs from what stands; the rest is left as it is."""
    for each in taken:
        row = each.row
        if not differs(row, standing):
            continue
        code = str(row.values[PROJECT.field])
        project = standing.projects.get(code)
        item = menu_item_of(row, standing)
        wanted: dict[str, Any] = dict(wanted_of(row))
        if project is None or item is None or not isinstance(wanted[QUANTITY.field], Decimal):
            raise Refusal("works.row", f"第 {row.number} 行现在读不出来，请重新上传。")
        estate = row.values.get(ESTATE.field)
        line = standing.line(row)
        plan_item(
            project=project,
            menu_item=item,
            estate=standing.estates[code, str(estate)] if estate else None,
            values=PlanValues(
                quantity=wanted[QUANTITY.field],
                origin=ORIGINS[wanted[ORIGIN.field]],
                choice_round=wanted[ROUND.field],
                planned_from=wanted[FROM.field],
                planned_to=wanted[TO.field],
                reason=str(row.values.get(REASON.field) or ""),
            ),
            seen_version=line.plan.version if line is not None and line.plan is not None else 0,
            by=by,
            now=now,
        )


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload."""
    year = int(target.period_key)
    return Description(
        title="改造内容计划",
        period=f"{year}年度",
        back=(
            ("改造内容", reverse("works:items")),
            ("改造内容计划", reverse("works:import", args=[year])),
        ),
        upload_href=reverse("works:import", args=[year]),
        result_href=f"{reverse('works:items')}?year={year}",
        result_word="看改造内容",
        template_href=reverse("works:import_template", args=[year]),
        rules_href=reverse("works:import_rules"),
        held_sentence="与现在的计划不同的行写入；项目计划已批准的，由另一人批准后生效。相同的行不动，暂留的行不写入。",
    )


def template(target: Target, now: datetime) -> Template:
    """The workbook with what stands now, and empty rows below."""
    content = write_workbook(
        Book(sheets=plan_sheets(target, now), title=_title(target), made_at=now)
    )
    return Template(name=f"{target.period_key}年度改造内容计划.xlsx", content=content)


def _title(target: Target) -> str:
    return f"{target.organisation.district_name}{target.period_key}年度改造内容计划"


def plan_sheets(
    target: Target, now: datetime, *, only: Collection[int] | None = None
) -> tuple[Sheet, Sheet]:
    """The sheet of what is planned, of all or of some items (``WorkItem``), and the one that says what it is for."""
    standing = context(target, (), now)
    filled = [
        {
            PROJECT.field: line.item.project.code,
            NAME.field: line.item.project.name,
            ESTATE.field: line.item.estate.name if line.item.estate else None,
            ITEM.field: line.item.menu_item.name,
            UNIT.field: line.item.menu_item.unit,
            **present_of(line),
        }
        for line in standing.lines.values()
        if line.plan is not None and not line.is_removed
        if only is None or line.item.pk in only
    ]
    cells = [column for column in COLUMNS if column.field in PLANNED]
    return filled_sheets(
        pipeline=CODE,
        columns=COLUMNS,
        sheet=SHEET,
        title=_title(target),
        hint="已有的计划填在前面，改哪一行就写哪一行的调整原因；要增加的写在后面的空行。取消在平台上办理。填数值，不填公式。",
        organisation=target.organisation,
        period_key=target.period_key,
        choices={ORIGIN.field: list(ORIGINS)},
        rows=filled,
        row_count=len(filled) + SPARE_ROWS,
        values=filled_in(CODE, cells, ((key_of(values), values) for values in filled)),
        now=now,
    )


def admit(target: Target, now: datetime) -> None:
    """A bureau's, for a year of which it has a programme."""
    bureau_of_year("改造内容计划")(target, now)
    programmes = Programme.objects.filter(bureau=target.organisation)
    if not programmes.filter(year=int(target.period_key)).exists():
        raise Refusal("works.year", "没有这个年度计划。")


WORKS_PLAN = Pipeline(
    code=CODE,
    label="改造内容计划",
    sheet=SHEET,
    columns=COLUMNS,
    key=PROJECT.field,
    key_of=key_of,
    rules=RULES,
    read_permission=Permission.LEDGER_WRITE,
    write_permission=Permission.LEDGER_WRITE,
    admit=admit,
    context=context,
    check_row=by_rules(ROW_RULES),
    check_sheet=by_rules(()),
    facts=facts,
    present=present,
    expected_count=lambda standing: 0,
    commit=commit,
    describe=describe,
    template=template,
    period_label=year_label,
    counts_changes=True,
    settled=settled,
    takes_away=takes_away,
    writers=writers,
    waits=waits,
    cells_empty=True,
    words=Words(
        before="现在",
        now="改为",
        row="条",
        key="项目编号、小区、改造条目",
        letter="G",
        last_step="批准",
        where="改造内容页面",
        section="项目",
    ),
)
#: Lists that go out and come back in.
LISTS = (STRUCTURES, UTILITIES)
PIPELINES = [WORKS_PLAN, *(pipeline_of_list(each) for each in LISTS)]
