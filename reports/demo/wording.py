"""What clerks write into a return: work done, problems, what needs coordination, what comes next.

Sentences are chosen by how far the work is; ``{b}`` and ``{c}`` are building numbers, ``{m}`` metres, ``{n}`` a
small count, ``{u}`` a count of staircases, ``{h}`` households, ``{p}`` a share in percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from projects.ledger.enums import WorkKind

from .dice import Dice
from .outlines import Outline


@dataclass(frozen=True)
class Words:
    work_done: str
    problems: str = ""
    coordination: str = ""
    next_plan: str = ""


#: Upper end of progress → what is being done then. Order on site: 先地下后地上, 先拆违后治理.
_WORK: tuple[tuple[int, tuple[str, ...]], ...] = (
    (
        6,
        (
            "施工围挡搭设 {m} 米，材料堆场和公示牌已设置，{b} 号楼周边临时道路平整完成。",
            "施工单位进场，测量放线完成；拆除 {b} 号楼东侧违建 {n} 处，入户通知 {h} 户。",
            "完成现场交底和安全教育，{b}、{c} 号楼前杂物清理外运 {n} 车。",
            "拆除 {b}、{c} 号楼间私搭棚 {n} 处，居民代表全程见证。",
        ),
    ),
    (
        22,
        (
            "雨污分流管沟开挖 {m} 米，{b} 号楼东侧污水支管接入主管 {n} 处。",
            "{b}—{c} 号楼污水主管铺设 {m} 米，检查井砌筑 {n} 座，闭水试验合格。",
            "雨水管铺设 {m} 米并回填，{b} 号楼前路面临时恢复通行。",
            "化粪池清淤 {n} 座，{b} 号楼排水支管更换 {u} 个单元。",
            "给水主管焊接 {m} 米，{b}、{c} 号楼间管沟回填完成。",
        ),
    ),
    (
        40,
        (
            "{b} 号楼屋面旧防水层铲除，找平完成，新做防水 {m} 平方米。",
            "{b}、{c} 号楼屋面防水施工完成，蓄水试验无渗漏。",
            "给水支管更换 {u} 个单元、{h} 户，分户水表箱安装 {n} 处。",
            "{b} 号楼外墙脚手架搭设完成并通过验收，基层清理 {p}%。",
            "弱电入地管道敷设 {m} 米，手孔井 {n} 座，架空线迁移前与三家运营商会签。",
        ),
    ),
    (
        62,
        (
            "{b} 号楼外墙保温板粘贴完成 {p}%，{c} 号楼外墙基层处理。",
            "{b}、{c} 号楼外墙保温完成，抹面胶浆施工 {p}%，窗口收边 {u} 个单元。",
            "弱电入地 {m} 米，{b} 号楼架空线入槽 {u} 个单元，旧线拆除 {n} 捆。",
            "{b} 号楼屋面避雷带安装，{c} 号楼外墙保温拉拔试验合格。",
            "燃气立管外移 {u} 个单元，随外墙保温同步恢复。",
        ),
    ),
    (
        80,
        (
            "楼道粉刷 {u} 个单元，踏步修补 {n} 处，扶手更换 {b} 号楼全部完成。",
            "{b}、{c} 号楼外墙真石漆喷涂完成 {p}%，楼道声控灯更换 {u} 个单元。",
            "单元门更换 {u} 樘，楼道线路入槽 {b} 号楼完成，消防栓检修 {n} 处。",
            "{b} 号楼空调机位整理和冷凝水管归集 {u} 个单元，{c} 号楼脚手架拆除。",
        ),
    ),
    (
        94,
        (
            "小区主路基层铺设 {m} 米，{b} 号楼前停车位划线 {n} 个。",
            "道路沥青摊铺 {m} 米，路缘石安装 {m} 米，井盖提升 {n} 座。",
            "绿化补植 {n} 处，健身场地硬化，庭院灯安装 {n} 盏并送电。",
            "监控立杆 {n} 处、道闸 1 套安装调试，非机动车棚 {n} 座完成基础。",
        ),
    ),
    (
        99,
        (
            "收尾整改 {n} 项，{b}、{c} 号楼楼道保洁，初验问题已整改 {p}%。",
            "街道、社区和居民代表联合查看，提出问题 {n} 项，已整改 {b} 项。",
            "飞线整治收尾，标识牌和信报箱安装 {u} 个单元，资料整理 {p}%。",
        ),
    ),
)
_NEXT: tuple[tuple[int, tuple[str, ...]], ...] = (
    (6, ("管沟开挖放线，先做 {b} 号楼东侧雨污分流。", "完成围挡和交底，开始拆违清障。")),
    (22, ("继续雨污分流，完成 {b}、{c} 号楼间支管接入。", "完成给水主管试压，管沟回填后恢复路面。")),
    (40, ("{b} 号楼屋面防水收口，搭设 {c} 号楼脚手架。", "给水支管再换 {u} 个单元，弱电管道继续敷设。")),
    (62, ("{b} 号楼外墙保温全部完成，转入 {c} 号楼。", "配合运营商割接，拆除 {b} 号楼旧线。")),
    (80, ("楼道粉刷再完成 {u} 个单元，{b} 号楼外墙涂料收尾。", "拆除 {c} 号楼脚手架，开始楼前场地清理。")),
    (94, ("沥青摊铺主路剩余部分，停车位划线。", "绿化补植和庭院灯送电，准备初验。")),
    (99, ("初验问题全部整改，组织竣工预验收。", "整理竣工资料，与社区商定移交管养。")),
)  # fmt: skip
#: What is done before the start, early to late.
_BEFORE = (
    (
        "入户征求意见 {h} 户，同意改造率已达到要求，正在汇总方案意见。",
        "{b}—{c} 号楼入户摸底 {h} 户，登记管线、屋面和违建情况 {n} 项。",
        "召开居民议事会，{n} 名楼长参加，就改造内容逐项征求意见。",
    ),
    (
        "改造方案公示，收到居民建议 {n} 条，均已答复。",
        "施工图初稿完成，{b}、{c} 号楼管线现状补测。",
        "水、气、热、通信单位现场会商 {n} 次，{b} 号楼前管位确定。",
    ),
    (
        "施工图审查，按意见修改 {n} 处，预算送财政评审。",
        "财政评审答疑，补充工程量计算书 {n} 份。",
        "招标文件备案，招标公告已发布，报名单位 {n} 家。",
    ),
    (
        "中标公示结束，正在签订施工合同，办理质量安全监督手续。",
        "施工合同已签订，施工许可资料上报，补正 {n} 项。",
        "施工组织设计审批，{b} 号楼东侧料场选定，公示牌制作。",
    ),
)
_BEFORE_NEXT = (
    "汇总意见，完善改造方案。",
    "完成预算评审，备案招标文件。",
    "签订合同，办理施工许可，准备进场。",
    "与水、气、热、通信单位会商管线施工次序。",
)
_PROBLEMS = (
    "{b} 号楼 {n} 户空调外机未移位，影响外墙保温封闭。",
    "{b} 号楼前占道停车，材料车辆进出不便。",
    "近期降雨，管沟积水，开挖进度受影响。",
    "{c} 号楼顶层 {n} 户不同意拆除屋面自建阳光房。",
    "水泥、沥青供应紧张，本周到货不足。",
    "弱电单位割接人员不足，入地线缆未能同步完成。",
)
_COORDINATION = (
    "请区局协调通信运营商确定割接日期。",
    "请区局协调燃气公司安排立管外移。",
    "请街道综合执法中队配合清理 {b} 号楼前占道车辆。",
    "请自来水公司确认停水时段，提前通知居民。",
)
_LAG_PROBLEMS = (
    "施工班组不足，{b}、{c} 号楼两个作业面未能同时展开，进度落后计划。",
    "给水支管材料更换品牌，重新报审耽误工期，目前仍落后计划。",
    "{b} 号楼居民对管道走向意见不一，支管施工停停做做。",
)
_STUCK_PROBLEMS = (
    "化粪池移位方案未定，{b} 号楼东侧管沟停工，外墙与管网两个作业面停滞。",
    "施工单位资金周转困难，现场仅留守 {n} 人，外墙脚手架未验收。",
    "燃气管线迁改未排期，影响道路与雨污分流施工。",
)
_STUCK_COORDINATION = (
    "请区局召集燃气、供水单位现场会商，确定迁改时间。",
    "请区局约谈施工单位，督促增加作业面和人员。",
)
_OVERDUE_PROBLEMS = (
    "施工许可证尚未取得，图纸审查意见还有 {n} 条未回复，未能按计划进场。",
    "燃气管线迁改未完成，不具备进场条件。",
)
_OVERDUE_COORDINATION = (
    "请区局协调审批服务局加快施工许可办理。",
    "请区局协调燃气公司确定迁改完成时间。",
)


_TASKS = (
    (8, "围挡进场、拆违清障", WorkKind.DEMOLITION),
    (25, "雨污分流、给水管网", WorkKind.UNDERGROUND),
    (45, "屋面防水、弱电入地", WorkKind.ROOF),
    (65, "外墙保温、燃气立管外移", WorkKind.WALL),
    (82, "楼道粉刷、单元门更换", WorkKind.STAIRS),
    (94, "道路铺装、绿化照明", WorkKind.ROAD),
    (100, "收尾整改、组织初验", None),
)


def task_for(percent: Decimal) -> str:
    """The task of a month whose end asks for this cumulative percent."""
    return next(task for limit, task, _ in _TASKS if percent <= limit)


def work_for(percent: Decimal) -> WorkKind | None:
    """What such a month is mainly made of; None for finishing."""
    return next(work for limit, _, work in _TASKS if percent <= limit)


def words_for(
    *,
    outline: Outline,
    progress: Decimal,
    behind: Decimal,
    started: bool,
    ahead: Fraction,
    dice: Dice,
) -> Words:
    """The texts of a week in which something was done.

    ``behind`` is how far the project lies under its plan, in points; ``ahead`` how much of the time between
    approval and planned start has passed (1 and more: it should have begun).
    """

    def said(sentence: str) -> str:
        return _filled(sentence, outline, dice)

    if not started:
        overdue = ahead > 1
        stage = _BEFORE[min(int(ahead * len(_BEFORE)), len(_BEFORE) - 1)]
        return Words(
            work_done=said(dice.pick(stage)),
            problems=said(dice.pick(_OVERDUE_PROBLEMS)) if overdue else "",
            coordination=said(dice.pick(_OVERDUE_COORDINATION)) if overdue else "",
            next_plan=said(dice.pick(_BEFORE_NEXT)),
        )
    count = 2 if progress > 22 and dice.number(1, 3) == 1 else 1
    work = "".join(said(sentence) for sentence in dice.sample(_at(_WORK, progress), count))
    problems, coordination = "", ""
    if behind >= 25:
        problems, coordination = dice.pick(_STUCK_PROBLEMS), dice.pick(_STUCK_COORDINATION)
    elif behind >= 7:
        problems = dice.pick(_LAG_PROBLEMS)
        coordination = dice.pick(_COORDINATION) if dice.number(1, 2) == 1 else ""
    elif dice.number(1, 5) == 1:
        problems = dice.pick(_PROBLEMS)
        coordination = dice.pick(_COORDINATION) if dice.number(1, 2) == 1 else ""
    return Words(
        work_done=work,
        problems=said(problems),
        coordination=said(coordination),
        next_plan=said(dice.pick(_at(_NEXT, progress))),
    )


def completion_words(*, outline: Outline, dice: Dice) -> Words:
    """The texts of the week of completion."""
    sentence = (
        "合同内改造内容全部完成，{h} 户楼道和公共部位保洁，脚手架和围挡拆除退场，完工报告已签章。"
    )
    return Words(
        work_done=_filled(sentence, outline, dice), next_plan="组织竣工验收，与社区办理移交管养。"
    )


def workers(*, progress: Decimal, behind: Decimal, started: bool, dice: Dice) -> int:
    """How many people were on site."""
    if not started:
        return 0
    most = 14 if progress < 6 or progress > 94 else 34
    count = dice.number(most // 2, most)
    return max(2, count // 4) if behind >= 25 else count


def _at(table: tuple[tuple[int, tuple[str, ...]], ...], progress: Decimal) -> tuple[str, ...]:
    return next((sentences for limit, sentences in table if progress <= limit), table[-1][1])


def _filled(sentence: str, outline: Outline, dice: Dice) -> str:
    last = outline.buildings
    first = dice.number(1, last - 1)
    return sentence.format(
        b=first,
        c=first + 1,
        m=dice.number(6, 24) * 5,
        n=dice.number(2, 9),
        u=dice.number(2, 6),
        h=dice.number(outline.households // 4, outline.households // 2),
        p=dice.number(7, 18) * 5,
    )
