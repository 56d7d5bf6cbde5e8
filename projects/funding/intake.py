"""Opening money (期初资金) as a pipeline of the intake: what the old sheets say was moved before the portal.

Every row becomes a pending event marked 期初导入, recorded by who confirms the file and approved by another
person, as any event is. A row that says what an entry already says is refused, so that a corrected file
does not count money twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse

from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.reading import fen_from_wanyuan
from renovation.intake.blanks import blank_workbook
from renovation.intake.declaring import (
    NUMBER,
    bureau_of_year,
    by_rules,
    nothing_filled,
    numbered,
    required_cells,
    rule,
    unknown_name,
    year_label,
)
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Column,
    Description,
    Finding,
    Kind,
    Pipeline,
    Row,
    RuleScope,
    Show,
    Taken,
    Target,
    Template,
    Words,
)
from renovation.intake.standard import standard_rules

from .chain import ORDER, Breach, Movement, first_breach
from .enums import EventState, Stage
from .models import FundingEvent, FundingSource
from .services import EventValues, breach_refusal, record_event

CODE = "opening_money"
SHEET = "期初资金"
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
COLUMNS = (NUMBER, PROJECT, SOURCE, STAGE, AMOUNT, DAY, DOCUMENT)
_STAGES = {str(stage.label): stage for stage in Stage}


@dataclass(frozen=True)
class Ledger:
    """What the rows are judged by: projects by code, sources by name, movements and identities of the
    entries that count, today. ``row_count`` is how many rows name themselves."""

    projects: Mapping[str, Project]
    sources: Mapping[str, FundingSource]
    movements: Mapping[tuple[int, int], list[Movement]]
    known: frozenset[tuple[int, int, str, int, date, str]]
    today: date
    row_count: int


def context(target: Target, keys: Sequence[str], now: datetime) -> Ledger:
    """The bureau's projects, the sources and every counting entry: three queries."""
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
    return Ledger(
        projects=projects,
        sources={source.name: source for source in FundingSource.objects.all()},
        movements=movements,
        known=frozenset(known),
        today=local_day(now),
        row_count=len(set(keys)),
    )


# -- the rules ---------------------------------------------------------------------------------------
def future_day(row: Row, ledger: Ledger) -> Iterator[Finding]:
    """What is an opening entry has happened."""
    day = row.values.get(DAY.field)
    if isinstance(day, date) and day > ledger.today:
        yield Finding(
            message=f"日期晚于今天：{day.isoformat()}",
            field=DAY.field,
            found=day.isoformat(),
            expected=f"不晚于 {ledger.today.isoformat()}",
        )


def already_recorded(row: Row, ledger: Ledger) -> Iterator[Finding]:
    """The same movement is not recorded twice."""
    movement = _movement_of(row, ledger)
    if movement is None:
        return
    project, source, values = movement
    identity = (
        project.pk,
        source.pk,
        values.stage.value,
        values.amount_fen,
        values.occurred_on,
        values.document_number,
    )
    if identity in ledger.known:
        yield Finding(
            message="这一笔已经登记过",
            field=AMOUNT.field,
            found=f"{values.stage.label} {row.values[AMOUNT.field]} 万元，{values.occurred_on}",
            expected="还没有登记的；已登记的行请删去，或暂留",
        )


def order_broken(rows: Sequence[Row], ledger: Ledger) -> Iterator[Finding]:
    """支付 ≤ 拨付 ≤ 到位 ≤ 下达 on every date, with what is recorded already (MEASURES.md, Money)."""
    groups: dict[tuple[int, int], list[tuple[Row, EventValues]]] = {}
    for row in rows:
        movement = _movement_of(row, ledger)
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


def _movement_of(row: Row, ledger: Ledger) -> tuple[Project, FundingSource, EventValues] | None:
    """The movement that a row means, None where a cell of it is missing or faulty."""
    project = ledger.projects.get(str(row.values.get(PROJECT.field, "")))
    source = ledger.sources.get(str(row.values.get(SOURCE.field, "")))
    stage = _STAGES.get(str(row.values.get(STAGE.field, "")))
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


_CELL, _ROW = RuleScope.CELL, RuleScope.ROW
ROW_RULES = (
    rule("F101", required_cells((PROJECT, SOURCE, STAGE, AMOUNT, DAY)), "必填未填", "除文号外各列都要填。", "没填环节", _CELL),
    rule("F134", future_day, "日期在以后", "期初资金的日期不晚于今天。", "明年 1 月 1 日", _CELL),
    rule("F142", unknown_name(PROJECT, lambda ledger: ledger.projects, "项目编号 {} 不在台账里", PROJECT.expected), "编号不在台账", "先登记项目，再导入它的资金。", "ZC2025-99", _CELL),
    rule("F151", unknown_name(SOURCE, lambda ledger: ledger.sources, "没有资金来源“{}”"), "来源不认得", "资金来源写平台里的名称。", "上级资金", _CELL),
    rule("F152", unknown_name(STAGE, lambda ledger: _STAGES, "没有环节“{}”", STAGE.expected), "环节不认得", "下达、到位、拨付、支付之一。", "已付", _CELL),
    rule("F153", already_recorded, "已经登记", "同一笔只登记一次。", "上次已导入的行", _ROW),
)  # fmt: skip
SHEET_RULES = (
    rule(
        "F161",
        order_broken,
        "次序不对",
        "支付不超过拨付，拨付不超过到位，到位不超过下达，每一天都是。",
        "到位 100，拨付 120",
        _ROW,
    ),
)
RULES = tuple(sorted((*standard_rules("F"), *ROW_RULES, *SHEET_RULES), key=lambda rule: rule.code))


# -- the pipeline ------------------------------------------------------------------------------------
def commit(
    target: Target,
    taken: Sequence[Taken],
    ledger: Ledger,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Record the rows as pending opening entries, earlier stages first, so that each fits when it comes."""
    found = []
    for each in taken:
        movement = _movement_of(each.row, ledger)
        if movement is None:
            raise Refusal("opening.row", f"第 {each.row.number} 行现在读不出来，请重新上传。")
        found.append(movement)
    found.sort(key=lambda movement: ORDER.index(movement[2].stage))
    for project, _, values in found:
        record_event(project=project, values=values, by=by, now=now, is_opening=True)


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload."""
    year = target.period_key
    return Description(
        title="期初资金",
        period=f"{year}年度",
        back=(
            ("资金待核", reverse("funding:pending")),
            ("期初资金", reverse("funding:opening", args=[int(year)])),
        ),
        upload_href=reverse("funding:opening", args=[int(year)]),
        result_href=reverse("funding:pending"),
        result_word="看资金待核",
        template_href=reverse("funding:opening_template", args=[int(year)]),
        rules_href=reverse("funding:opening_rules"),
        held_sentence="写入的行成为待核的期初登记，由另一人核定；暂留的行不写入，改好后重新上传，已写入的行要删去。",
    )


def template(target: Target, now: datetime) -> Template:
    """The empty workbook."""
    sources = list(FundingSource.objects.values_list("name", flat=True))
    content = blank_workbook(
        pipeline=CODE,
        columns=COLUMNS,
        sheet=SHEET,
        title=f"{target.organisation.district_name}{target.period_key}年度期初资金",
        hint="每笔资金一行：什么时候、从哪个来源、到哪个环节、多少万元。序号每行一个，不重复。填数值，不填公式。",
        organisation=target.organisation,
        period_key=target.period_key,
        choices={SOURCE.field: sources, STAGE.field: list(_STAGES)},
        now=now,
    )
    return Template(name=f"{target.period_key}年度期初资金.xlsx", content=content)


OPENING_MONEY = Pipeline(
    code=CODE,
    label="期初资金",
    columns=COLUMNS,
    key=NUMBER.field,
    rules=RULES,
    read_permission=Permission.FUNDING_WRITE,
    write_permission=Permission.FUNDING_WRITE,
    admit=bureau_of_year("期初资金"),
    context=context,
    check_row=by_rules(ROW_RULES),
    check_sheet=by_rules(SHEET_RULES),
    facts=numbered,
    present=nothing_filled,
    expected_count=lambda ledger: ledger.row_count,
    commit=commit,
    describe=describe,
    template=template,
    period_label=year_label,
    words=Words(row="行", letter="F", last_step="核定", where="期初资金页面", section="项目"),
)
PIPELINES = [OPENING_MONEY]
