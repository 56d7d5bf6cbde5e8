"""The measures that papers show, by their names in the catalogue (MEASURES.md, docs/measures.md)."""

from __future__ import annotations

PROJECTS = "项目数"
ESTATES = "小区数"
BUILDINGS = "楼栋数"
HOUSEHOLDS = "户数"
AREA = "建筑面积"
START_RATE = "开工率(项目)"
START_RATE_HOUSEHOLDS = "开工率(户数)"
COMPLETION_RATE = "完工率(项目)"
ACCEPTANCE_RATE = "竣工验收率(项目)"
PHYSICAL = "形象进度"
SCHEDULED = "序时进度"
DEVIATION = "偏差"
LIGHT = "亮灯"
INVESTMENT_RATE = "投资完成率"
PLANNED_FUNDS = "计划"
RECEIVED = "到位"
RELEASED = "拨付"
PAID = "支付"
RECEIPT_RATE = "资金到位率"
RELEASE_RATE = "拨付率"
PAYMENT_RATE = "支付率"
REPORTING_RATE = "报送率"
ON_TIME_RATE = "及时率"
AWAITED = "待报"
MISSING = "未报"
CORRECTION_RATE = "更正率"
ASSIGNED = "交办事项"
DONE = "交办已办结"
DONE_IN_TIME = "交办按期办结率"

#: Money counts approved entries only, also on a sheet that shows what waits for approval.
FUNDS = (PLANNED_FUNDS, RECEIVED, RELEASED, PAID, RECEIPT_RATE, RELEASE_RATE, PAYMENT_RATE)

#: The two parts of 投资完成率, shown as amounts of their own.
COMPLETED_INVESTMENT = "完成投资"
PLANNED_INVESTMENT = "计划投资"

STANDING = (
    PROJECTS, ESTATES, BUILDINGS, HOUSEHOLDS, AREA, START_RATE, START_RATE_HOUSEHOLDS,
    COMPLETION_RATE, ACCEPTANCE_RATE, PHYSICAL, SCHEDULED, DEVIATION, LIGHT, INVESTMENT_RATE,
    PLANNED_FUNDS, RECEIVED, RELEASED, PAID, RECEIPT_RATE, RELEASE_RATE, PAYMENT_RATE,
)  # fmt: skip
RETURNS = (REPORTING_RATE, ON_TIME_RATE, AWAITED, MISSING, CORRECTION_RATE)
DISPATCH = (ASSIGNED, DONE, DONE_IN_TIME)
