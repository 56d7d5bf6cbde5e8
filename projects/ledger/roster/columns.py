"""The columns of a programme's roster (年度计划表): one row an estate, its project beside it.

Districts keep such a table in Excel (DOMAIN.md, table of the provincial plan): headers vary, the area comes
in ㎡ or in 万㎡, projects of several estates are merged or repeated. Every column is found by its header.
"""

from __future__ import annotations

from decimal import Decimal

from renovation.intake.pipelines import Column, Kind, Show, Unit

#: Fields that say something of the project; several rows of a project say it once, or the same.
PROJECT_FIELDS = (
    "street",
    "name",
    "renovation_type",
    "approved_on",
    "planned_investment",
    "planned_start_on",
    "planned_completion_on",
    "plan_code",
    "budget_code",
    "note",
)
#: Fields of the plan, which go into a baseline.
PLAN_FIELDS = ("planned_investment", "planned_start_on", "planned_completion_on")
ESTATE_FIELDS = (
    "community",
    "estate",
    "address",
    "year_built",
    "building_count",
    "household_count",
    "area_sqm",
)
_TEN_THOUSAND = Decimal(10_000)

SERIAL = Column(field="serial", header="序号", longest=10, expected="不读取，怎么编都行")
STREET = Column(
    field="street",
    header="街道",
    aliases=("街道(镇)", "镇(街道)", "所属街道", "镇街"),
    longest=40,
    required=True,
    expected="平台里的街道名称，如般阳路街道",
    show=Show.CHANGED,
)
COMMUNITY = Column(
    field="community",
    header="社区",
    aliases=("所属社区", "社区(村)"),
    longest=40,
    expected="平台里的社区名称，没有登记的可以空着",
    show=Show.CHANGED,
)
CODE = Column(
    field="code",
    header="项目编号",
    aliases=("项目编码",),
    longest=30,
    required=True,
    expected="全区唯一，如 ZC2025-01；一个项目几个小区的，每行都写，或合并单元格",
)
NAME = Column(
    field="name",
    header="项目名称",
    longest=80,
    required=True,
    expected="80 个字以内",
    show=Show.TEXT,
)
ESTATE = Column(
    field="estate",
    header="小区",
    aliases=("小区名称", "改造小区"),
    longest=80,
    required=True,
    expected="小区名称，80 个字以内",
    show=Show.CHANGED,
)
ADDRESS = Column(
    field="address",
    header="地址",
    aliases=("小区地址", "坐落"),
    longest=120,
    expected="120 个字以内",
    show=Show.CHANGED,
)
YEAR_BUILT = Column(
    field="year_built",
    header="建成年份",
    aliases=("建成时间", "建成年代", "建设年代"),
    kind=Kind.INTEGER,
    minimum=Decimal(1900),
    maximum=Decimal(2030),
    expected="四位数的年份，如 1996",
    show=Show.CHANGED,
)
BUILDINGS = Column(
    field="building_count",
    header="楼栋数",
    aliases=("楼栋数(栋)", "楼栋", "楼栋(栋)", "栋数", "栋数(栋)"),
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    maximum=Decimal(9_999),
    required=True,
    expected="不小于 1 的整数",
    short="楼栋（栋）",
    show=Show.COMPARE,
)
HOUSEHOLDS = Column(
    field="household_count",
    header="户数",
    aliases=("户数(户)", "居民户数", "居民户数(户)", "总户数", "总户数(户)"),
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    maximum=Decimal(999_999),
    required=True,
    expected="不小于 1 的整数",
    short="户数（户）",
    show=Show.COMPARE,
)
AREA = Column(
    field="area_sqm",
    header="建筑面积(㎡)",
    aliases=("面积(㎡)", "建筑面积(平方米)", "面积(平方米)", "建筑面积(m²)", "面积(m²)", "建筑面积(m2)", "面积(m2)"),
    units=(
        Unit(
            headers=(
                "建筑面积(万㎡)", "面积(万㎡)", "建筑面积(万平方米)", "面积(万平方米)", "建筑面积(万m²)",
                "面积(万m²)", "建筑面积(万m2)", "面积(万m2)",
            ),
            factor=_TEN_THOUSAND,
            places=6,
        ),
    ),
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal("0.01"),
    maximum=Decimal("99999999.99"),
    required=True,
    expected="大于 0 的数；单位看表头，㎡ 最多两位小数，万㎡ 最多六位",
    hint="单位看表头：建筑面积(㎡) 或 建筑面积(万㎡)。",
    short="面积（㎡）",
    show=Show.COMPARE,
)  # fmt: skip
TYPE = Column(
    field="renovation_type",
    header="改造类型",
    aliases=("改造类别", "类型"),
    longest=20,
    expected="四类之一：基础完善型、环境美化型、功能提升型、整合提升型",
    show=Show.CHANGED,
)
INVESTMENT = Column(
    field="planned_investment",
    header="计划投资(万元)",
    aliases=("计划总投资(万元)", "总投资(万元)", "投资(万元)"),
    units=(
        Unit(
            headers=("计划投资(亿元)", "计划总投资(亿元)", "总投资(亿元)"),
            factor=_TEN_THOUSAND,
            places=6,
        ),
    ),
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal("0.01"),
    maximum=Decimal("9999999.99"),
    expected="大于 0 的数，最多两位小数，如 268.50；整个项目的投资，每个项目只填一次",
    hint="整个项目的投资；几个小区的项目填一次，或合并单元格。",
    short="计划投资（万元）",
    show=Show.COMPARE,
)
START = Column(
    field="planned_start_on",
    header="计划开工",
    aliases=("计划开工日期", "计划开工时间"),
    kind=Kind.DATE,
    expected="存在的日期，如 2025-3-10",
    show=Show.CHANGED,
)
COMPLETION = Column(
    field="planned_completion_on",
    header="计划完工",
    aliases=("计划完工日期", "计划完工时间", "计划竣工"),
    kind=Kind.DATE,
    expected="存在的日期，晚于计划开工",
    show=Show.CHANGED,
)
APPROVED = Column(
    field="approved_on",
    header="列入计划",
    aliases=("列入计划日期",),
    kind=Kind.DATE,
    expected="列入年度计划的日期；空着的用计划的批准日期",
    show=Show.CHANGED,
)
PLAN_CODE = Column(
    field="plan_code",
    header="计划编码",
    longest=40,
    expected="省、市系统里的编码，没有的不填",
    show=Show.CHANGED,
)
BUDGET_CODE = Column(
    field="budget_code",
    header="预算编码",
    longest=40,
    expected="财政预算项目编码，没有的不填",
    show=Show.CHANGED,
)
NOTE = Column(
    field="note",
    header="备注",
    longest=500,
    expected="500 个字以内",
    show=Show.CHANGED,
)
EXPLANATION = Column(
    field="explanation",
    header="情况说明",
    expected="核对时要说明的，在这里写明原因，500 个字以内",
)
LEDGER_NUMBER = Column(
    field="ledger_number",
    header="台账号",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    expected="平台下载的表里有，不改；自己的表没有这一列也行",
    hint="平台填的，小区改名时靠它认出是哪一个；不要改。",
)
COLUMNS = (
    SERIAL, STREET, COMMUNITY, CODE, NAME, ESTATE, ADDRESS, YEAR_BUILT, BUILDINGS, HOUSEHOLDS, AREA, TYPE,
    INVESTMENT, START, COMPLETION, APPROVED, PLAN_CODE, BUDGET_CODE, NOTE, EXPLANATION, LEDGER_NUMBER,
)  # fmt: skip
BY_FIELD = {column.field: column for column in COLUMNS}
