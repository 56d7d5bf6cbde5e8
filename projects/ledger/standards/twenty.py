"""The 20 standards that come with the portal, after 建办城〔2021〕50号 (11 底线要求, 9 攻坚要求).

The wording is a working summary (DOMAIN.md §2.4 marks the text as unconfirmed): a bureau takes it over and edits
it to the letter of what it works by.
"""

from __future__ import annotations

from projects.ledger.enums import StandardGroup

_B, _X = StandardGroup.BOTTOM_LINE, StandardGroup.BREAKTHROUGH

TWENTY: tuple[tuple[StandardGroup, str], ...] = (
    (_B, "建立政府统筹、条块协作的工作机制，不只当作工程推进"),
    (
        _B,
        "计划尽力而为、量力而行，不层层下指标，不符合条件的不纳入，不借改造拆老建筑、搬迁居民、砍老树",
    ),
    (_B, "不超资金筹措和组织能力，不新增隐性债务，各类资金统筹使用"),
    (_B, "水电气热信等专营设施优先纳入，统筹施工方案，避免反复施工"),
    (_B, "街道、社区职责落实，发动居民全程参与"),
    (_B, "居民参与率、同意率达到当地规定比例才纳入计划，方案经法定比例书面或线上表决同意才开工"),
    (_B, "同步形成长效管理共识才纳入计划"),
    (_B, "质量安全监管到位，参建各方责任落实"),
    (_B, "专营设施产权移交明确，改造后有人管"),
    (_B, "质量回访、保修和投诉纠纷处理机制健全，失信有惩戒"),
    (_B, "审计、督查发现的问题逐项整改、核查到位"),
    (_X, "党建引领，小区治理组织健全"),
    (_X, "相邻小区和片区联动改造，统筹补短板"),
    (_X, "完善社区生活圈，补养老、托育等服务"),
    (_X, "引入规模化实施运营主体"),
    (_X, "改造资金由政府、居民、社会力量合理共担"),
    (_X, "存量房屋、土地等资源整合利用"),
    (_X, "审批流程简化，一次联审"),
    (_X, "加装电梯等难点有推进办法"),
    (_X, "住宅专项维修资金归集和长效管理落实"),
)
