"""Which figures of the portal the year compares with the second count, and which not, with the reason.

``tests/journeys/year/test_measures.py`` holds this list against the catalogue: a measure that is declared must stand
in one of the two.
"""

from __future__ import annotations

#: Compared at district, streets and projects wherever the year looks (``compare.compare_api``).
COMPARED = (
    "项目数", "小区数", "楼栋数", "户数", "建筑面积", "开工率(项目)", "开工率(小区)", "开工率(户数)",
    "完工率(项目)", "完工率(小区)", "完工率(户数)", "竣工验收率(项目)", "竣工验收率(小区)", "竣工验收率(户数)",
    "序时进度", "形象进度", "偏差", "亮灯", "投资完成率", "计划", "下达", "到位", "拨付", "支付", "资金到位率",
    "拨付率", "支付率", "资金留置天数(加权)", "资金留置天数(最长)", "支付与进度背离", "申请上级资金", "批复上级资金", "上级资金获批率", "应报", "已报", "报送率",
    "按时报", "及时率", "零报告", "待报", "未报", "更正率", "完整率", "一致率", "数据更正率",
    "同意改造率", "同意方案率", "双80%达标",
)  # fmt: skip

_WORKS = (
    "老旧管线", "加装电梯", "停车位", "充电桩", "社区服务设施", "便民市场", "断头路", "二次供水",
)  # fmt: skip
#: Not compared: nobody says in this year what the estates get, asks the households, or is assigned anything in a
#: meeting. Each with the test that counts it.
NOT_COMPARED = {
    **{
        f"{outcome}{of}": "tests/projects/works/test_measures.py"
        for outcome in _WORKS
        for of in ("(计划)", "(完成)", "完成率")
    },
    **dict.fromkeys(
        ("交办事项", "交办已办结", "交办按期办结率"), "tests/supervision/dispatch/test_measures.py"
    ),
    **dict.fromkeys(("违法建设", "违法建设拆除率"), "tests/projects/works/test_measures.py"),
    **dict.fromkeys(
        ("议事场次", "议事提出问题", "议事解决问题", "议事问题解决率"), "tests/projects/residents/test_meetings.py"
    ),
    **dict.fromkeys(
        ("长效管理落实率(小区)", "移交率(小区)"), "tests/projects/residents/test_aftercare.py"
    ),
    **dict.fromkeys(
        ("居民另行出资", "居民投劳工时", "已共评项目", "共评覆盖率", "共评满意率", "共评认可率"),
        "tests/projects/residents/test_sharing_counts.py",
    ),
}  # fmt: skip
