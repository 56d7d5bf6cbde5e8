"""How good the rows of the returns were, counted a second time as ``oracle`` counts: from what was typed in alone.

The figures are those of CAPABILITIES.md D8; what they mean is quoted from the portal's own dictionary of measures and
from the sentences of its rules, for MEASURES.md does not know them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from . import oracle
from .record import Record, Row, Shown, Version, Waiver


def quality(record: Record, streets: Sequence[str], first: date, last: date, day: date, now: datetime) -> dict[str, Shown]:  # fmt: skip
    """完整率, 一致率, 数据更正率, of the portal’s dictionary of measures: “应填为各周每个在报项目一行，还没有到关闭时刻、也没有报的不计；填全为
    关闭前已报，并且填了本周完成情况、下周计划、在场人数的行，填‘无变化’的算填全”; “无疑问为报送时没有一条校验规则要求说明（已豁免的不算）、区局也没有
    提请核实的行”; “更正为截至日以前核定的更正稿改了其中任何一项的行”."""
    count = dict.fromkeys(("填全", "应填", "无疑问", "已报行", "更正行", "核定行"), 0)
    for monday, street, told, _, closes_at in oracle.asked_returns(
        record, streets, first, last, day
    ):
        reported = oracle.stands_at(told, min(closes_at, now))
        for code in oracle.expected(record, monday, street):
            row = told.versions[0].rows.get(code) if reported else None
            count["应填"] += row is not None or now > closes_at
            if row is None:
                continue
            count["填全"] += row.unchanged or (row.plan != "" and row.workers is not None)
            count["已报行"] += 1
            count["无疑问"] += not is_asked_about(record, code, monday, street, day)
            if oracle.is_approved(told):
                said = [version.rows.get(code) for version in oracle.approved_by(told, day)]
                count["核定行"] += 1
                count["更正行"] += any(one != two for one, two in pairwise(said))
    return {
        name: oracle.rate(Fraction(count[above]), Fraction(count[below]))
        for name, above, below in (
            ("完整率", "填全", "应填"), ("一致率", "无疑问", "已报行"), ("数据更正率", "更正行", "核定行"),
        )
    }  # fmt: skip


def is_asked_about(record: Record, code: str, monday: date, street: str, day: date) -> bool:
    """Whether a rule asked why when the row was sent, or the bureau asked by the end of a day."""
    told = record.return_of(monday, street)
    wanted, spared = reasons_of(record, code, monday, told.versions[0])
    return bool(wanted - spared) or any(asked == code and on <= day for on, asked in told.questions)


def reasons_of(record: Record, code: str, monday: date, version: Version) -> tuple[set[str], set[str]]:  # fmt: skip
    """The rules that want a reason of a row as it was last sent, and those that a waiver spared it then. From the
    sentences of the page 校验规则: “累计形象进度小于上周的” W201, “累计完成投资小于上周的” W202, “一周增加超过 10 个百分点的” W211, “累计
    完成投资超过计划投资的” W212, “形象进度到 100、累计完成投资不到计划投资的 50%的” W213, “在场人数为 0、形象进度却增加的” W214. No 停工期
    was declared this year (W215)."""
    sent = [at for at, act in version.acts if act == "submit"][-1]
    spared = {
        waiver.rule
        for waiver in record.waivers
        if waiver.project == code
        and waiver.since <= sent
        and waiver.first <= sent.date() <= waiver.last
    }
    row = version.rows[code]
    if row.unchanged:
        return set(), spared
    earlier = before(record, code, monday, sent)
    rise = row.tenths - earlier.tenths if earlier else 0
    found = {
        "W201": rise < 0,
        "W202": earlier is not None and row.fen < earlier.fen,
        "W211": rise > 100,
        "W214": rise > 0 and row.workers == 0,
    }
    project = record.projects[code]
    plans = [plan for plan in project.plans if plan.known_at is None or plan.known_at <= sent]
    plan = oracle.plan_in_force(replace(project, plans=plans), monday + 6 * oracle.DAY)
    if plan is not None:
        found["W212"] = row.fen > plan.investment_fen
        arrives = row.tenths == 1000 and (earlier is None or earlier.tenths < 1000)
        found["W213"] = arrives and row.fen * 2 < plan.investment_fen
    return {rule for rule, holds in found.items() if holds}, spared


def before(record: Record, code: str, monday: date, moment: datetime) -> Row | None:
    """“‘上周’是最近一次已核定的数，没有的取已报送的数”, as it stood at a moment."""
    waits = None
    for _, version in record.told_until(monday - 7 * oracle.DAY):
        acts = [act for at, act in version.acts if at <= moment]
        if acts and acts[-1] != "send back" and code in version.rows:
            if acts[-1] == "approve":
                return version.rows[code]
            waits = waits or version.rows[code]
    return waits


def weeks_spared(record: Record, waiver: Waiver, first: date, last: date) -> int:
    """“用到为本季度已核定周报中因豁免没有要求说明的数据，一个项目一周一次”."""
    weeks = set()
    for (monday, _), told in record.returns.items():
        if not first <= monday + 6 * oracle.DAY <= last:
            continue
        for version in told.versions:
            if waiver.project in version.rows and version.standing == "approve":
                wanted, spared = reasons_of(record, waiver.project, monday, version)
                if waiver.rule in wanted & spared:
                    weeks.add(monday)
    return len(weeks)


#: The kinds of reasons for lateness, in the order of the form.
KINDS = ("资料晚报", "数据核对", "人员变动", "系统、网络或停电", "会议、检查等工作", "其他")


def late_kinds(record: Record, streets: Sequence[str], first: date, last: date, day: date, now: datetime) -> list[tuple[str, int]]:  # fmt: skip
    """“Between due and closes a return is late”: why, with how often, the commonest first, then in the order of the form."""
    counts: dict[str, int] = {}
    for _, _, told, due_at, closes_at in oracle.asked_returns(record, streets, first, last, day):
        if oracle.stands_at(told, min(closes_at, now)):
            sent = [at for at, act in told.versions[0].acts if act == "submit"]
            if sent[0] > (told.due_at_met or due_at):
                counts[told.late_kind] = counts.get(told.late_kind, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], KINDS.index(pair[0])))
