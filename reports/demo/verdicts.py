"""How the demo's projects stand by the twenty standards."""

from __future__ import annotations

from projects.ledger.enums import Verdict

#: Words instead of a file; of one throw neither was given, as before a basis was asked for.
_BASES = {2: "见社区会议记录本", 3: "公示栏张贴，照片在“公示”里"}
#: Standards that some project does not meet, or that do not apply to it, with the reason.
_UNMET = {
    6: "同意率公示照片缺失，正在补",
    9: "专营单位未签移交协议，已约本月再谈",
    20: "维修资金归集没有方案",
}
_NOT_APPLICABLE = {
    13: "没有相邻小区可联动",
    15: "规模小，没有运营主体愿意进入",
    17: "小区内没有存量用房",
    19: "多层住宅，居民无加装意愿",
}


def judged(number: int, throw: int) -> tuple[Verdict, str]:
    """The verdict on a standard by its number, with its words; ``throw`` is one of twelve."""
    if number in _UNMET and throw <= 3:
        return Verdict.UNMET, _UNMET[number]
    if number in _NOT_APPLICABLE and throw <= 6:
        return Verdict.NOT_APPLICABLE, _NOT_APPLICABLE[number]
    return Verdict.MET, _BASES.get(throw, "")
