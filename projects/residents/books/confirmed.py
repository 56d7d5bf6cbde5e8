"""Hand-overs, joint evaluations and the opinions at them as lists. What a second person confirmed stays as it is; a
new row waits for that person like one of the page, and its file is added there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from projects.ledger.books.declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from projects.ledger.models import Project
from projects.residents.enums import Outcome, RecordState
from projects.residents.handover_items import parse_items, typed_items
from projects.residents.models import Evaluation, Handover, Opinion
from projects.residents.services import confirming
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.intake.pipelines import Column

from .shared import (
    ESTATE,
    NUMBER,
    STATE,
    WAITS,
    count,
    day,
    estate_of,
    estates_of,
    fresh,
    head,
    in_order,
    list_of,
    save,
)

# -- hand-overs ----------------------------------------------------------------------------------------
HANDED = day("handed_on", "移交日期", "完工日期到今天")
GIVER = Column(field="handed_by", header="移交单位", longest=80, expected="80 个字以内")
TAKER = Column(field="taken_by", header="接收单位", longest=80, expected="80 个字以内")
ITEMS = Column(
    field="items",
    header="移交清单",
    longest=15_000,
    expected="一项一行：名称，数量，单位，接管单位",
    hint="一格里一项一行（Alt+Enter 换行），每项写名称，数量，单位，接管单位，用逗号隔开。",
)
NOTE = Column(field="note", header="遗留问题和约定", longest=300, expected="300 个字以内")
_HANDOVER = (HANDED, GIVER, TAKER, ITEMS, NOTE)


def load_handovers(projects: Sequence[Project], now: datetime) -> Found:
    """Every hand-over that was not withdrawn, and the estates. Two queries."""
    rows = Handover.objects.filter(estate__project__in=projects).exclude(
        state=RecordState.WITHDRAWN
    )
    lines = [
        Line(
            name=f"{row.estate.full_name}　{chinese_date(row.handed_on)}移交",
            values={
                **head(row.estate.project),
                ESTATE.field: row.estate.name,
                **{column.field: getattr(row, column.field) for column in _HANDOVER},
                ITEMS.field: typed_items(row.items),
                STATE.field: str(row.get_state_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in in_order(
            projects,
            rows.select_related("estate__project__street"),
            lambda row: row.estate.project_id,
        )
    ]
    return lines, estates_of(projects)


def write_handovers(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Record a hand-over as its page does."""
    for change in changes:
        row: Any = fresh(change, Handover())
        if change.row is None:
            row.estate = estate_of(change, at)
        for column in _HANDOVER:
            if column.field in change.changed:
                setattr(row, column.field, change.values[column.field])
        if ITEMS.field in change.changed:
            row.items = parse_items(str(change.values[ITEMS.field] or ""))
        save(row, change, at, by, of=row.estate.full_name, service=confirming.save_handover)


HANDOVERS = ListBook(
    slug="handovers",
    label="移交管养",
    hint="一个小区一行，作废的不在表里。空着的格不改；移交文件在页面上传，由街道审核岗确认，确认了的不能再改。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=list_of("aftercare"),
    result_word="看长效管理",
    columns=(PROJECT, NAME, ESTATE, *_HANDOVER, STATE, NUMBER),
    keys=(PROJECT, ESTATE, HANDED),
    writes=_HANDOVER,
    needed=(GIVER, TAKER, ITEMS),
    number=NUMBER,
    after=WAITS,
    load=load_handovers,
    write=write_handovers,
    fields={"items_typed": ITEMS.field},
)

# -- evaluations ---------------------------------------------------------------------------------------
HELD = day("held_on", "共评日期", "完工日期到今天")
RESIDENTS = count("resident_count", "到场居民(人)", 99_999, 0)
REPRESENTATIVES = count("representative_count", "居民代表(人)", 99_999, 0)
BASE = count("base_count", "参评人数(人)", 99_999)
SATISFIED = count("satisfied_count", "满意(人)", 99_999, 0)
SUMMARY = Column(field="summary", header="评价结论", longest=500, expected="不写居民姓名电话")
_COUNTS = (
    RESIDENTS,
    REPRESENTATIVES,
    count("street_count", "街道社区(人)", 9_999, 0),
    count("bureau_count", "区局(人)", 9_999, 0),
    BASE,
    SATISFIED,
    count("basic_count", "基本满意(人)", 99_999, 0),
    count("unsatisfied_count", "不满意(人)", 99_999, 0),
)
_EVALUATION = (HELD, *_COUNTS, SUMMARY)


def load_evaluations(projects: Sequence[Project], now: datetime) -> Found:
    """Every evaluation that was not withdrawn. One query."""
    rows = Evaluation.objects.filter(project__in=projects).exclude(state=RecordState.WITHDRAWN)
    return [
        Line(
            name=f"{row.project}　{row}",
            values={
                **head(row.project),
                **{column.field: getattr(row, column.field) for column in _EVALUATION},
                STATE.field: str(row.get_state_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in in_order(projects, rows.select_related("project"), lambda row: row.project_id)
    ], None


def write_evaluations(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Record an evaluation as its page does."""
    for change in changes:
        row = fresh(change, Evaluation(project=change.project))
        for column in _EVALUATION:
            if column.field in change.changed:
                setattr(row, column.field, change.values[column.field])
        save(row, change, at, by, of=str(change.project), service=confirming.save_evaluation)


EVALUATIONS = ListBook(
    slug="evaluations",
    label="共同评价",
    hint="一次共评一行，作废的不在表里。空着的格不改；共评记录在页面上传，由街道审核岗确认，确认了的不能再改；"
    "意见在“共评意见”里。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=list_of("sharing"),
    result_word="看共建共评",
    columns=(PROJECT, NAME, *_EVALUATION, STATE, NUMBER),
    keys=(PROJECT, HELD),
    writes=_EVALUATION,
    needed=(*_COUNTS, SUMMARY),
    number=NUMBER,
    after=WAITS,
    load=load_evaluations,
    write=write_evaluations,
)

# -- opinions ------------------------------------------------------------------------------------------
OF_DAY = day("held_on", "共评日期", "已登记的共评的日期")
CONTENT = Column(field="content", header="意见", longest=300, expected="不写居民姓名电话")
ANSWERED = day("answered_on", "办理日期", "共评日期到今天")
OUTCOME = Column(field="outcome", header="处理结果", longest=10, expected="平台里的处理结果")
ANSWER = Column(field="answer", header="办理情况", longest=300, expected="处理结果填了的要填")
OUTCOMES = {str(each.label): each for each in Outcome}
_ANSWER = (ANSWERED, OUTCOME, ANSWER)
_OPINION = (CONTENT, *_ANSWER)


def load_opinions(projects: Sequence[Project], now: datetime) -> Found:
    """Every opinion, and the evaluations that stand by project and day. Two queries."""
    found = Evaluation.objects.filter(project__in=projects).exclude(state=RecordState.WITHDRAWN)
    evaluations: dict[tuple[int, date], Evaluation] = {
        (row.project_id, row.held_on): row for row in found.select_related("project__street")
    }
    rows = Opinion.objects.filter(evaluation__in=list(evaluations.values()))
    lines = [
        Line(
            name=f"{row.evaluation.project}　{row}",
            values={
                **head(row.evaluation.project),
                OF_DAY.field: row.evaluation.held_on,
                **{column.field: getattr(row, column.field) for column in _OPINION},
                OUTCOME.field: str(row.get_outcome_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in in_order(
            projects,
            rows.select_related("evaluation__project__street"),
            lambda row: row.evaluation.project_id,
        )
    ]
    return lines, evaluations


def _evaluation_of(change: Change, at: Listing) -> Evaluation:
    held = change.values[OF_DAY.field]
    found: Evaluation | None = at.more.get((change.project.pk, held))
    if found is None:
        raise Refusal(
            "list.evaluation",
            f"{change.project} {chinese_date(held)}没有登记共同评价。",
            field=OF_DAY.field,
        )
    return found


def write_opinions(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Add an opinion to an evaluation that is recorded, change one that waits, record what became of it."""
    for change in changes:
        row: Any = fresh(change, Opinion())
        if change.row is None:
            row.evaluation = _evaluation_of(change, at)
        answers = bool(change.changed & {column.field for column in _ANSWER})
        if CONTENT.field in change.changed or not answers:
            row.content = change.values[CONTENT.field]
            of = f"{change.project}{row.evaluation}"
            save(row, change, at, by, of=of, service=confirming.save_opinion)
        if answers:
            _answer(row, change, at, by)


def _answer(row: Opinion, change: Change, at: Listing, by: User) -> None:
    for column in _ANSWER:
        if change.values[column.field] in (None, ""):
            raise Refusal("list.answer", f"办理了的意见要填{column.header}。", field=column.field)
    if row.outcome:
        raise Refusal("opinion.answered", "这条意见已经办理，不能再修改。")
    confirming.answer_opinion(
        opinion=row,
        outcome=OUTCOMES[str(change.values[OUTCOME.field])],
        answer=str(change.values[ANSWER.field]),
        answered_on=change.values[ANSWERED.field],
        by=by,
        now=at.now,
    )


OPINIONS = ListBook(
    slug="opinions",
    label="共评意见",
    hint="一条意见一行，共评先登记。空着的格不改；办理的三格一起填，办理了的不能再改。不写居民姓名电话。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=list_of("sharing"),
    result_word="看共建共评",
    columns=(PROJECT, NAME, OF_DAY, *_OPINION, NUMBER),
    keys=(PROJECT, OF_DAY, CONTENT),
    writes=_OPINION,
    number=NUMBER,
    known={OUTCOME.field: lambda at: list(OUTCOMES)},
    load=load_opinions,
    write=write_opinions,
)
