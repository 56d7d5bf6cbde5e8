"""Rows about money, as workbooks bring them in: columns, what they are judged by, and the checks they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from projects.ledger.models import Project
from projects.ledger.usual import Usual, usual_of
from renovation.core.calendar import local_day
from renovation.core.errors import ChangedMeanwhile
from renovation.core.reading import fen_from_wanyuan
from renovation.core.wording import chinese_date
from renovation.intake.declaring import unknown_name
from renovation.intake.pipelines import Column, Finding, Kind, Row, Show, Target

from .chain import Breach, Movement, first_breach
from .enums import EventState, Stage
from .models import FundingEvent, FundingSource
from .services import COUNTING, EventValues, breach_refusal, number_word

PROJECT = Column(
    field="project",
    header="项目编号",
    longest=30,
    required=True,
    expected="台账里的项目编号，如 ZC2025-01",
    show=Show.TEXT,
)
SOURCE = Column(
    field="source",
    header="资金来源",
    longest=40,
    required=True,
    expected="平台里的资金来源名称",
    show=Show.TEXT,
)
STAGE = Column(
    field="stage",
    header="环节",
    longest=10,
    required=True,
    expected="下达、到位、拨付、支付之一",
    show=Show.TEXT,
)
AMOUNT = Column(
    field="amount",
    header="金额(万元)",
    aliases=("金额",),
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal("0.01"),
    maximum=Decimal("9999999.99"),
    required=True,
    expected="大于 0 的数，最多两位小数，如 268.50",
    short="金额（万元）",
    show=Show.COMPARE,
)
DAY = Column(
    field="occurred_on",
    header="日期",
    kind=Kind.DATE,
    required=True,
    expected="文件或凭证上的日期，不晚于今天",
    show=Show.TEXT,
)
DOCUMENT = Column(
    field="document_number", header="文号", longest=60, expected="60 个字以内，没有的不填"
)
STAGES = {str(stage.label): stage for stage in Stage}


#: What tells a movement from another: project, source, stage, amount (分), day, document.
Identity = tuple[int, int, str, int, date, str]


@dataclass(frozen=True)
class Ledger:
    """What the rows are judged by: projects by code, the sources in use and those out of use by name, movements and identities of the
    entries that count, today. ``row_count`` is how many rows name themselves."""

    projects: Mapping[str, Project]
    sources: Mapping[str, FundingSource]
    retired: frozenset[str]
    movements: Mapping[tuple[int, int], list[Movement]]
    known: frozenset[Identity]
    usual: Usual
    today: date
    row_count: int


def context(target: Target, keys: Sequence[str], now: datetime) -> Ledger:
    """The bureau's projects, the sources, every counting entry, and what is usual: six queries."""
    rows = Project.objects.filter(programme__bureau=target.organisation).select_related("street")
    projects = {project.code: project for project in rows}
    movements: dict[tuple[int, int], list[Movement]] = {}
    known = set()
    events = FundingEvent.objects.filter(
        project__programme__bureau=target.organisation,
        state__in=[EventState.PENDING, EventState.APPROVED],
    )
    for event in events:
        place = (event.project_id, event.source_id)
        stage = Stage(event.stage)
        movements.setdefault(place, []).append(
            Movement(stage, event.amount_fen, event.effective_on)
        )
        if event.corrects_id is None:
            known.add(
                (*place, event.stage, event.amount_fen, event.occurred_on, event.document_number)
            )
    sources = list(FundingSource.objects.of_bureau(target.organisation.pk))
    return Ledger(
        projects=projects,
        sources={source.name: source for source in sources if source.is_active},
        retired=frozenset(source.name for source in sources if not source.is_active),
        movements=movements,
        known=frozenset(known),
        usual=usual_of(
            bureau=target.organisation,
            project_ids=[project.pk for project in projects.values()],
            on=local_day(now),
        ),
        today=local_day(now),
        row_count=len(set(keys)),
    )


# -- the rules ---------------------------------------------------------------------------------------
def future_day(row: Row, ledger: Ledger) -> Iterator[Finding]:
    """What is an opening entry has happened."""
    day = row.values.get(DAY.field)
    if isinstance(day, date) and day > ledger.today:
        yield Finding(
            message=f"日期晚于今天：{chinese_date(day)}",
            field=DAY.field,
            found=chinese_date(day),
            expected=f"不晚于{chinese_date(ledger.today)}",
        )


def without_document(row: Row, ledger: Ledger) -> Iterator[Finding]:
    """Money moves by a document or voucher; a sheet brings no file."""
    stage = STAGES.get(str(row.values.get(STAGE.field)))
    if stage is not None and not str(row.values.get(DOCUMENT.field) or "").strip():
        word = number_word(stage=stage)
        yield Finding(
            message=f"{stage.label}没有写{word}",
            field=DOCUMENT.field,
            found="空",
            expected=f"{stage.label}的{word}",
        )


def already_recorded(row: Row, ledger: Ledger) -> Iterator[Finding]:
    """The same movement is not recorded twice."""
    movement = movement_of(row, ledger)
    if movement is None:
        return
    _, _, values = movement
    if _identity(movement) in ledger.known:
        yield Finding(
            message="这一笔已经登记过",
            field=AMOUNT.field,
            found=f"{values.stage.label} {row.values[AMOUNT.field]} 万元，{chinese_date(values.occurred_on)}",
            expected="还没有登记的；已登记的行请删去，或暂留",
        )


def said_twice(rows: Sequence[Row], ledger: Ledger) -> Iterator[Finding]:
    """Two rows of a sheet that say the same movement: a row copied twice, or money that moved in two equal parts."""
    first: dict[Identity, Row] = {}
    for row in rows:
        movement = movement_of(row, ledger)
        if movement is None:
            continue
        earlier = first.setdefault(_identity(movement), row)
        if earlier is not row:
            _, _, values = movement
            yield Finding(
                message=f"与第 {earlier.number} 行是同一笔：{values.stage.label} {row.values[AMOUNT.field]} 万元，"
                f"{chinese_date(values.occurred_on)}",
                field=AMOUNT.field,
                found=f"第 {earlier.number} 行、第 {row.number} 行相同",
                expected="重复的删去；确是两笔的，说明为什么",
                row=row.number,
            )


def much_allocated(rows: Sequence[Row], ledger: Ledger) -> Iterator[Finding]:
    """All that was allocated (下达) to a project, by its area; asked at the largest row that adds to it. The other
    stages never come to more."""
    groups: defaultdict[int, list[tuple[Row, int]]] = defaultdict(list)
    for row in rows:
        movement = movement_of(row, ledger)
        if movement is not None and movement[2].stage == Stage.ALLOCATED:
            groups[movement[0].pk].append((row, movement[2].amount_fen))
    for project_id, added in groups.items():
        total = sum(amount for _, amount in added) + sum(
            movement.amount_fen
            for (owner, _), movements in ledger.movements.items()
            for movement in movements
            if owner == project_id and movement.stage == Stage.ALLOCATED
        )
        if ledger.usual.is_much(project_id=project_id, fen=total):
            largest, _ = max(added, key=lambda pair: pair[1])
            yield Finding(
                message=f"下达合计每平方米高于常见的 {ledger.usual.range}",
                field=AMOUNT.field,
                found=f"合计 {ledger.usual.working(project_id=project_id, fen=total)}",
                expected="单位、小数点没有错的，说明原因",
                row=largest.number,
            )


def order_broken(rows: Sequence[Row], ledger: Ledger) -> Iterator[Finding]:
    """支付 ≤ 拨付 ≤ 到位 ≤ 下达 on every date, with what is recorded already (MEASURES.md, Money)."""
    groups: dict[tuple[int, int], list[tuple[Row, EventValues]]] = {}
    for row in rows:
        movement = movement_of(row, ledger)
        if movement is not None:
            project, source, values = movement
            groups.setdefault((project.pk, source.pk), []).append((row, values))
    for place, members in groups.items():
        new = [Movement(v.stage, v.amount_fen, v.occurred_on) for _, v in members]
        breach = first_breach([*ledger.movements.get(place, ()), *new])
        if breach is not None:
            row, values = _culprit(members, breach)
            refusal = breach_refusal(breach=breach, source=values.source)
            yield Finding(
                message=refusal.message,
                field=AMOUNT.field,
                found=refusal.found or "",
                expected=refusal.expected or "",
                row=row.number,
            )


def _culprit(members: Sequence[tuple[Row, EventValues]], breach: Breach) -> tuple[Row, EventValues]:
    """The row to which the breach is put: the latest of the stage that runs over, else any of the group."""
    of_stage = [m for m in members if m[1].stage == breach.stage and m[1].occurred_on <= breach.on]
    return max(of_stage or members, key=lambda member: (member[1].occurred_on, member[0].number))


def _identity(movement: tuple[Project, FundingSource, EventValues]) -> Identity:
    project, source, values = movement
    return (
        project.pk,
        source.pk,
        values.stage.value,
        values.amount_fen,
        values.occurred_on,
        values.document_number,
    )


def movement_of(row: Row, ledger: Ledger) -> tuple[Project, FundingSource, EventValues] | None:
    """The movement that a row means, None where a cell of it is missing or faulty."""
    project = ledger.projects.get(str(row.values.get(PROJECT.field, "")))
    source = ledger.sources.get(str(row.values.get(SOURCE.field, "")))
    stage = STAGES.get(str(row.values.get(STAGE.field, "")))
    amount, day = row.values.get(AMOUNT.field), row.values.get(DAY.field)
    if project is None or source is None or stage is None:
        return None
    if not isinstance(amount, Decimal) or not isinstance(day, date):
        return None
    return (
        project,
        source,
        EventValues(
            source=source,
            stage=stage,
            amount_fen=fen_from_wanyuan(amount),
            occurred_on=day,
            document_number=str(row.values.get(DOCUMENT.field) or ""),
        ),
    )


def refuse_recorded_meanwhile(
    *, movements: Sequence[tuple[Project, FundingSource, EventValues]]
) -> None:
    """Raise ``ChangedMeanwhile`` where one of them stands by now, which ``already_recorded`` did not see: the writers of
    the projects stand in line from here on. Two queries."""
    pks = sorted({project.pk for project, _, _ in movements})
    list(Project.objects.select_for_update().filter(pk__among=pks).order_by("pk"))
    events = FundingEvent.objects.filter(
        project_id__among=pks, state__in=COUNTING, corrects_id=None
    ).values_list(
        "project_id", "source_id", "stage", "amount_fen", "occurred_on", "document_number"
    )
    if {_identity(movement) for movement in movements} & set(events):
        raise ChangedMeanwhile("funding.recorded", "别人刚登记过同一笔资金。")


UNKNOWN_PROJECT = unknown_name(
    PROJECT, lambda ledger: ledger.projects, "项目编号 {} 不在台账里", PROJECT.expected
)
_unknown_source = unknown_name(SOURCE, lambda ledger: ledger.sources, "没有资金来源“{}”")


def unknown_source(row: Row, ledger: Ledger) -> Iterator[Finding]:
    """The source is one in use; one out of use keeps what it gave and takes no more."""
    name = str(row.values.get(SOURCE.field) or "")
    if name in ledger.retired:
        yield Finding(
            message=f"资金来源“{name}”已停用，不再登记新的",
            field=SOURCE.field,
            found=name,
            expected="、".join(ledger.sources),
        )
        return
    yield from _unknown_source(row, ledger)


UNKNOWN_STAGE = unknown_name(STAGE, lambda ledger: STAGES, "没有环节“{}”", STAGE.expected)
