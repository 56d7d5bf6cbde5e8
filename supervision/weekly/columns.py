"""The columns of the weekly workbook (CONTRACT.md, weekly workbook), in the order of the template."""

from __future__ import annotations

from decimal import Decimal

from renovation.core.measures import wanyuan_from_fen
from renovation.intake.pipelines import Column, Kind, Show

HUNDRED = Decimal(100)


def wanyuan(fen: int) -> Decimal:
    """分 as 万元, exact: amounts come in with two decimals of 万元, others keep their own."""
    amount = wanyuan_from_fen(fen)
    return Decimal(amount.numerator) / Decimal(amount.denominator)


#: 10 billion yuan in 万元: above it somebody typed 元.
MOST_WANYUAN = Decimal("999999.99")

PROGRESS = Column(
    field="progress_percent",
    header="本周累计形象进度(%)",
    aliases=("本周累计形象进度", "累计形象进度(%)"),
    kind=Kind.DECIMAL,
    places=1,
    minimum=Decimal(0),
    maximum=HUNDRED,
    percent=True,
    required=True,
    expected="0—100 的数，一位小数，如 45.5",
    hint="0—100，最多一位小数。填到本周日为止的累计数，不是本周新增数。无变化的可不填。",
    short="形象进度（%）",
    show=Show.COMPARE,
)
INVESTMENT = Column(
    field="completed_investment",
    header="累计完成投资(万元)",
    aliases=("累计完成投资", "本周累计完成投资(万元)"),
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal(0),
    maximum=MOST_WANYUAN,
    suffixes=(("万元", Decimal(1)), ("万", Decimal(1)), ("元", Decimal("0.0001"))),
    required=True,
    expected="不小于 0 的数，两位小数，如 98.50",
    hint="万元，最多两位小数。填到本周日为止的累计数。无变化的可不填。",
    short="完成投资（万元）",
    show=Show.COMPARE,
)
WORK_DONE = Column(
    field="work_done",
    header="本周完成情况",
    required=True,
    expected="本周做了什么，500 个字以内",
    hint="本周做了什么，500 个字以内。无变化的可不填。",
    show=Show.TEXT,
)
UNCHANGED = Column(
    field="is_unchanged",
    header="无变化",
    kind=Kind.FLAG,
    expected="“是”，或不填",
    hint="与上周相比没有任何变化的填“是”，其余各列可以不填。",
)
EXPLANATION = Column(
    field="explanation",
    header="情况说明",
    expected="500 个字以内",
    hint="数字比上周减少、一周增加过多等情况，在这里说明原因。",
)
STARTED = Column(
    field="claimed_start_on",
    header="实际开工日期",
    kind=Kind.DATE,
    expected="存在的日期，不晚于本周日，如 2025-9-18",
    hint="本周开工的填，如 2025-9-18。核定并附上开工依据后计入开工。",
)
COMPLETED = Column(
    field="claimed_completion_on",
    header="实际完工日期",
    kind=Kind.DATE,
    expected="存在的日期，不晚于本周日，如 2025-9-18",
    hint="本周完工的填，如 2025-9-18。核定并附上完工依据后计入完工。",
)


def _locked(field: str, header: str, kind: Kind = Kind.TEXT, places: int = 0) -> Column:
    return Column(field=field, header=header, kind=kind, places=places, locked=True)


WORKERS = Column(
    field="workers_count",
    header="在场人数",
    kind=Kind.INTEGER,
    minimum=Decimal(0),
    maximum=Decimal(99_999),
    suffixes=(("人", Decimal(1)),),
    expected="不小于 0 的整数",
    hint="本周在场施工人数，整数。",
)
CODE = Column(
    field="code",
    header="项目编号",
    longest=30,
    required=True,
    locked=True,
    expected="本街道在报项目的编号，如 ZC2025-06",
)
NAME = _locked("name", "项目名称")
STREET = _locked("street", "街道")
LAST_PROGRESS = _locked("last_progress", "上周累计形象进度(%)", Kind.DECIMAL, 1)
LAST_INVESTMENT = _locked("last_investment", "上周累计完成投资(万元)", Kind.DECIMAL, 2)

COLUMNS: tuple[Column, ...] = (
    CODE,
    NAME,
    STREET,
    _locked("estates", "小区"),
    _locked("planned_start_on", "计划开工", Kind.DATE),
    _locked("planned_completion_on", "计划完工", Kind.DATE),
    LAST_PROGRESS,
    LAST_INVESTMENT,
    PROGRESS,
    INVESTMENT,
    WORK_DONE,
    Column(field="problems", header="存在问题", expected="500 个字以内", hint="没有的不填。"),
    Column(field="coordination", header="需协调事项", expected="500 个字以内", hint="没有的不填。"),
    Column(field="next_plan", header="下周计划", expected="500 个字以内", hint="下周打算做什么。"),
    WORKERS,
    STARTED,
    COMPLETED,
    UNCHANGED,
    EXPLANATION,
)
