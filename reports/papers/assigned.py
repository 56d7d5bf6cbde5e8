"""交办事项落实情况 on a dispatch sheet: the items in force at the end of its week, and what was settled in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day, local_moment
from renovation.core.documents.blocks import Column, Kind, Table, row
from renovation.core.periods import DAY, Week
from renovation.core.wording import join
from supervision.dispatch.enums import FINAL_STATES, AnswererKind, ItemState
from supervision.dispatch.items.as_of import Standing, standings
from supervision.dispatch.models import DispatchItem

NAME = "交办事项落实情况"
#: What stands behind a project's name where it is the whole name.
_ENDS_A_NAME = "：:，,；;。"


@dataclass(frozen=True)
class AssignedRow:
    """An item as it stood at the end of the week. ``street_codes`` are the streets that answered then or help, or
    whose project it is about; ``said`` is the last word on how it goes, of the day ``said_on``."""

    code: str
    street_codes: tuple[str, ...]
    project: str
    task: str
    answerer: str
    helpers: str
    standard: str
    first_due_on: date
    due_on: date
    state: str
    word: str
    overdue_days: int
    is_new: bool
    said: str = ""
    said_on: date | None = None

    @property
    def is_over(self) -> bool:
        """Settled or taken back in the week."""
        return self.state in FINAL_STATES

    def concerns(self, street_code: str) -> bool:
        return street_code in self.street_codes


def assigned_rows(*, bureau: Organisation, week: Week, now: datetime) -> tuple[AssignedRow, ...]:
    """The items of a district at the end of a week, or now where it is not over: the longest overdue first. One query
    where nothing is assigned, four otherwise."""
    end = local_moment(week.end + DAY, time()) - timedelta(microseconds=1)
    found = standings(
        items=DispatchItem.objects.filter(bureau=bureau),
        at=min(now, end),
        since=local_moment(week.start, time()),
    )
    rows = [_row(each, week) for each in found]
    return tuple(sorted(rows, key=lambda each: (each.is_over, -each.overdue_days)))


def _row(standing: Standing, week: Week) -> AssignedRow:
    item, answerer = standing.item, standing.answerer
    helpers = list(item.co_organisations.all())
    codes = [helper.code for helper in helpers]
    if answerer.kind is AnswererKind.STREET and answerer.organisation is not None:
        codes.append(answerer.organisation.code)
    if standing.project_street is not None:
        codes.append(standing.project_street.code)
    names = [helper.short_name for helper in helpers]
    new = item.in_force_at is not None and local_day(item.in_force_at) >= week.start
    return AssignedRow(
        code=item.code,
        street_codes=tuple(sorted(set(codes))),
        project=item.project.name if item.project is not None else "",
        task=item.task,
        answerer=answerer.name,
        helpers=join([*names, *([item.co_names] if item.co_names else [])]),
        standard=item.standard,
        first_due_on=item.first_due_on,
        due_on=standing.due_on,
        state=str(standing.state),
        word=str(standing.state.label),
        overdue_days=standing.overdue_days,
        is_new=new,
        said=standing.said,
        said_on=local_day(standing.said_at) if standing.said_at is not None else None,
    )


def with_project(project: str, task: str) -> str:
    """`矿建一宿舍：核对开挖计划`; what is to be done alone where there is no project, or the words begin with its name
    and a mark that ends it. A name further on may be mentioned only, and one that goes on may be another's (`文昌园小区二期`).
    """
    if not project:
        return task
    rest = task.removeprefix(project)
    is_named = rest != task and (not rest or rest[0] in _ENDS_A_NAME)
    return task if is_named else f"{project}：{task}"


def assigned_sentence(rows: Sequence[AssignedRow]) -> str:
    """`交办事项在办5件，其中逾期1件；本周新交办3件，办结2件。`, "" where there is nothing to tell."""
    if not rows:
        return ""
    open_rows = [each for each in rows if not each.is_over]
    overdue = sum(1 for each in open_rows if each.overdue_days)
    late = f"，其中逾期{overdue}件" if overdue else ""
    new = sum(1 for each in rows if each.is_new)
    done = sum(1 for each in rows if each.state == ItemState.DONE)
    taken = sum(1 for each in rows if each.state == ItemState.CANCELLED)
    back = f"，撤销{taken}件" if taken else ""
    return f"交办事项在办{len(open_rows)}件{late}；本周新交办{new}件，办结{done}件{back}。"


def assigned_table(rows: Iterable[AssignedRow]) -> Table:
    """Every item with who answers, how far it is, by when, and how long it is overdue."""
    kept = list(rows)
    return Table(
        columns=(
            Column("序号", Kind.COUNT, 2.4),
            Column("编号", Kind.LABEL, 7),
            Column("事项", width=15),
            Column("责任单位", width=7),
            Column("完成标准", width=10),
            Column("最初期限", Kind.DATE, 5.4),
            Column("现期限", Kind.DATE, 5.4),
            Column("状态", Kind.LABEL, 5),
            Column("逾期", Kind.COUNT, 3, unit="天"),
            Column("办理情况", width=15),
        ),
        rows=tuple(
            row(
                number,
                each.code,
                with_project(each.project, each.task),
                f"{each.answerer}（{each.helpers}配合）" if each.helpers else each.answerer,
                each.standard,
                each.first_due_on,
                each.due_on,
                each.word,
                each.overdue_days or "",
                each.said,
            )
            for number, each in enumerate(kept, start=1)
        ),
        caption=NAME,
        name=NAME,
        notes=(assigned_sentence(kept),),
    )
