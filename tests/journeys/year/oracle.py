"""The figures of MEASURES.md counted a second time, from what was typed in (``record``), clause by clause.

Written from the definitions alone: no import from the portal, days walked one by one, money moved lot by lot, all of
it in fractions until it is shown. It is meant to be read beside MEASURES.md; a quotation stands at each figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from .record import Money, Plan, Project, Record, Return, Row, Shown, Version

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
WANYUAN = 1_000_000  # 分 in 万元
WAN_SQM = 1_000_000  # 0.01 ㎡ in 万㎡
STAGES = ("下达", "到位", "拨付", "支付")


# -- ground rules ------------------------------------------------------------------------------------
def shown(value: Fraction | None, places: int) -> str | None:
    """“A figure is rounded once, when shown … ROUND_HALF_UP”; no number is null in the API."""
    if value is None:
        return None
    scaled = abs(value) * 10**places
    whole = int(scaled) + (scaled - int(scaled) >= Fraction(1, 2))
    digits = str(whole).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 and whole else text


def rate(above: Fraction, below: Fraction) -> Shown:
    """“A rate with denominator 0 is no number.”"""
    return shown(above / below * 100 if below else None, 1), above, below


def amount(value: Fraction, places: int) -> Shown:
    return shown(value, places), None, None


def wanyuan(fen: int) -> Fraction:
    return Fraction(fen, WANYUAN)


# -- what is in scope --------------------------------------------------------------------------------
def is_in_scope(project: Project, day: date) -> bool:
    """“approved into the programme on or before D and not cancelled on or before D; completed projects stay”"""
    gone = project.cancelled_on is not None and project.cancelled_on <= day
    return project.entered_on <= day and not gone


def street_of(project: Project, day: date) -> str:
    """Where it was at the end of a day."""
    return [street for since, street in project.stays if since <= day or since == date.min][-1]


def is_passed(project: Project, gate: str, day: date) -> bool:
    """“the gate ≤ D and its evidence”"""
    on, has_evidence = project.gates.get(gate, (date.max, False))
    return has_evidence and on <= day


def is_reporting(project: Project, monday: date) -> bool:
    """“in scope, and the week lies between the week of reporting_from and the week of the gate 完工, both
    included”"""
    sunday = monday + 6 * DAY
    if not is_in_scope(project, sunday) or project.reports_from > sunday:
        return False
    done, has_evidence = project.gates.get("完工", (date.max, False))
    return not has_evidence or monday <= done


# -- programme ---------------------------------------------------------------------------------------
def plan_in_force(project: Project, day: date) -> Plan | None:
    """“the baseline in force on D (latest approved ≤ D; before the first, the first)”"""
    if not project.plans:
        return None
    approved = [plan for plan in project.plans if plan.approved_on <= day]
    return approved[-1] if approved else project.plans[0]


def scheduled(plan: Plan, day: date) -> Fraction:
    """“straight lines by calendar day through (planned start, 0), (month end, cumulative target) for month ends
    strictly between, (planned completion, 100); before 0, after 100”"""
    if day < plan.start_on:
        return Fraction(0)
    if day >= plan.end_on:
        return Fraction(100)
    corners = {plan.start_on: Fraction(0), plan.end_on: Fraction(100)}
    for month_end, tenths in plan.targets.items():
        if plan.start_on < month_end < plan.end_on:
            corners[month_end] = Fraction(tenths, 10)
    left = max(each for each in corners if each <= day)
    right = min(each for each in corners if each > day)
    slope = (corners[right] - corners[left]) / (right - left).days
    return corners[left] + slope * (day - left).days


def latest(record: Record, code: str, day: date, *, pending: bool) -> tuple[date, Row, bool] | None:
    """“its latest approved weekly report as of D”: a report “speaks from the Sunday of its week”; a correction
    that is approved stands for what it corrects. ``pending`` counts what waits as well. Monday, row, whether it is
    approved."""
    counted = {"approve", "submit", "review"} if pending else {"approve"}
    last = day - (day.weekday() if day.weekday() == 6 else day.weekday() + 7) * DAY
    for monday, version in record.told_until(last):
        if version.standing in counted and code in version.rows:
            return monday, version.rows[code], version.standing == "approve"
    return None


def latest_row(record: Record, code: str, day: date, *, pending: bool) -> Row | None:
    """The row of ``latest``."""
    found = latest(record, code, day, pending=pending)
    return found[1] if found else None


def physical(record: Record, code: str, day: date, *, pending: bool = False) -> Fraction:
    """“the cumulative percent of its latest approved weekly report as of D; none: 0; after 完工 with evidence:
    100”"""
    if is_passed(record.projects[code], "完工", day):
        return Fraction(100)
    row = latest_row(record, code, day, pending=pending)
    return Fraction(row.tenths, 10) if row else Fraction(0)


def month_ends_due(plan: Plan, day: date) -> int:
    """“month ends m with planned start ≤ m ≤ D”"""
    count, today = 0, plan.start_on
    while today <= day:
        count += (today + DAY).day == 1
        today += DAY
    return count


def light(record: Record, code: str, day: date, *, pending: bool = False) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    """亮灯 and why, in the order of its clause: “完工 → 绿; no baseline, or start not yet due and no approved report
    → 灰; behind > 30, or not started at 3 or more month ends → 红; behind ≥ 10, or not started at 1 or 2 → 黄; else
    绿”. “Thresholds … compare values as shown.”"""
    project = record.projects[code]
    plan = plan_in_force(project, day)
    if is_passed(project, "完工", day):
        return "绿", ("已完工",)
    if plan is None:
        return "灰", ("没有批准的基线",)
    if plan.start_on > day and latest_row(record, code, day, pending=pending) is None:
        return "灰", ("未到计划开工",)
    gap = scheduled(plan, day) - physical(record, code, day, pending=pending)
    behind = Fraction(shown(gap, 1) or 0)
    unstarted = 0 if is_passed(project, "开工", day) else month_ends_due(plan, day)
    why: list[str] = []
    if behind >= 10:
        why.append(f"落后{shown(behind, 1)}个百分点")
    if unstarted:
        why.append(f"已过{unstarted}个月末仍没有开工依据")
    if behind > 30 or unstarted >= 3:
        return "红", tuple(why)
    if behind >= 10 or unstarted:
        return "黄", tuple(why)
    return "绿", ("个百分点",) if behind > 0 else ("不低于序时进度",)


def programme(record: Record, codes: Sequence[str], day: date) -> dict[str, Shown]:
    """“sums over what is in scope; quantities stand on the estate”; the rates of the gates “weighted by estates and
    by households”."""

    def estates(code: str) -> int:
        return len(record.projects[code].estates)

    def total(code: str, place: int) -> int:
        return sum(estate[place] for estate in record.projects[code].estates)

    found = {
        "项目数": amount(Fraction(len(codes)), 0),
        "小区数": amount(Fraction(sum(map(estates, codes))), 0),
        "楼栋数": amount(Fraction(sum(total(code, 0) for code in codes)), 0),
        "户数": amount(Fraction(sum(total(code, 1) for code in codes)), 0),
        "建筑面积": amount(Fraction(sum(total(code, 2) for code in codes), WAN_SQM), 2),
    }
    for gate, name in (("开工", "开工率"), ("完工", "完工率"), ("竣工验收", "竣工验收率")):
        passed = [code for code in codes if is_passed(record.projects[code], gate, day)]
        for way, weight in (
            ("项目", lambda _: 1), ("小区", estates), ("户数", lambda code: total(code, 1)),
        ):  # fmt: skip
            above, below = (Fraction(sum(map(weight, each))) for each in (passed, codes))
            found[f"{name}({way})"] = rate(above, below)
    # “households that agreed ÷ all households of the estate (not of those asked)”: this year nobody was asked.
    households, places = (
        Fraction(sum(map(each, codes))) for each in (lambda code: total(code, 1), estates)
    )
    found["同意改造率"] = found["同意方案率"] = rate(Fraction(0), households)
    found["双80%达标"] = rate(Fraction(0), places)
    return found


def progress(record: Record, codes: Sequence[str], day: date, *, pending: bool = False) -> dict[str, Shown]:  # fmt: skip
    """“mean of its projects weighted by the area in the baseline in force, over the same set for both”; “No
    baseline: no number, left out of group means on both sides”."""
    done = due = area = spent = planned = Fraction(0)
    for code in codes:
        plan = plan_in_force(record.projects[code], day)
        if plan is None:
            continue
        weight = Fraction(plan.area_centi, WAN_SQM)
        area += weight
        done += physical(record, code, day, pending=pending) / 100 * weight
        due += scheduled(plan, day) / 100 * weight
        # “Σ cumulative completed investment ÷ Σ planned investment of the baselines in force”
        row = latest_row(record, code, day, pending=pending)
        spent += wanyuan(row.fen if row else 0)
        planned += wanyuan(plan.investment_fen)
    gap = (done - due) / area * 100 if area else None
    return {
        "形象进度": rate(done, area),
        "序时进度": rate(due, area),
        "偏差": (shown(gap, 1), None, None),  # “形象进度 − 序时进度, percentage points”
        "投资完成率": rate(spent, planned),
    }


# -- money -------------------------------------------------------------------------------------------
def counting(record: Record, codes: Iterable[str], day: date, *, pending: bool) -> list[tuple[date, int, Money]]:  # fmt: skip
    """The entries that count on a day, by the day from which each counts, then by entry: “adjusting entries count
    from the date of the entry they correct”."""
    found = []
    for number, each in enumerate(record.money):
        since = each.day if each.corrects is None else record.money[each.corrects].day
        if each.project in codes and since <= day and (each.is_approved or pending):
            found.append((since, number, each))
    return sorted(found, key=lambda row: row[:2])


def lots_left(moves: Iterable[tuple[date, int, Money]]) -> list[tuple[date, int]]:
    """“拨付 consumes 到位 by date, then id”: what remains of each receipt; a correction changes the receipt that it
    corrects."""
    receipts: dict[int, tuple[date, int]] = {}
    released = 0
    for since, number, each in moves:
        if each.stage == "拨付":
            released += each.fen
        elif each.stage == "到位":
            entry = number if each.corrects is None else each.corrects
            day, so_far = receipts.get(entry, (since, 0))
            receipts[entry] = (day, so_far + each.fen)
    left = []
    for since, fen in receipts.values():
        taken = min(fen, released)
        released -= taken
        if fen > taken:
            left.append((since, fen - taken))
    return left


def money(record: Record, codes: Sequence[str], day: date, *, source: str | None = None, pending: bool = False) -> dict[str, Shown]:  # fmt: skip
    """“计划 / 下达 / 到位 / 拨付 / 支付”, “到位 ÷ 计划”, “拨付 ÷ 到位”, “支付 ÷ 到位”, in sum or of one source."""
    chosen = {
        key: fen for key, fen in record.planned.items() if key[0] in codes and source in {None, key[1]}
    }  # fmt: skip
    moves = [
        row
        for row in counting(record, codes, day, pending=pending)
        if source in {None, row[2].source}
    ]
    sums = {"计划": wanyuan(sum(chosen.values()))}
    for stage in STAGES:
        sums[stage] = wanyuan(sum(each.fen for _, _, each in moves if each.stage == stage))
    found = {name: amount(value, 2) for name, value in sums.items()}
    found["资金到位率"] = rate(sums["到位"], sums["计划"])
    found["拨付率"] = rate(sums["拨付"], sums["到位"])
    found["支付率"] = rate(sums["支付"], sums["到位"])
    # “of the lots that remain, days = D − receipt: amount-weighted mean, and the oldest; nothing left: “—”; a group
    # pools the lots”. Money of one source does not pay out that of another: lots are those of project and source.
    lots: list[tuple[date, int]] = []
    for key in dict.fromkeys((each.project, each.source) for _, _, each in moves):
        lots += lots_left(row for row in moves if (row[2].project, row[2].source) == key)
    weighted = sum((wanyuan(fen) * (day - since).days for since, fen in lots), Fraction(0))
    idle = sum((wanyuan(fen) for _, fen in lots), Fraction(0))
    found["资金留置天数(加权)"] = (shown(weighted / idle if idle else None, 1), weighted, idle)
    oldest = max(((day - since).days for since, _ in lots), default=None)
    found["资金留置天数(最长)"] = (None if oldest is None else str(oldest), None, None)
    return found


def applications(record: Record, codes: Sequence[str], day: date) -> dict[str, Shown]:
    """申请上级资金, 批复上级资金, 上级资金获批率, of the dictionary of measures: “已有结果和还没有结果的都算”; “批复不是下达”; “已有结果的申请，
    批复金额除以申请金额；还没有结果的两边都不计”."""
    asked = granted = decided = 0
    for each in record.applications:
        for code in each.asked.keys() & set(codes) if each.reported_on <= day else ():
            asked += each.asked[code]
            if each.decided_on <= day:
                decided += each.asked[code]
                granted += each.granted[code]
    return {
        "申请上级资金": amount(wanyuan(asked), 2),
        "批复上级资金": amount(wanyuan(granted), 2),
        "上级资金获批率": rate(wanyuan(granted), wanyuan(decided)),
    }


def divergence(record: Record, codes: Sequence[str], day: date) -> Shown:
    """“支付 ÷ planned investment × 100 − 形象进度, points”, over the projects that have a baseline."""
    planned = [code for code in codes if plan_in_force(record.projects[code], day)]
    below = sum((wanyuan(_plan(record, code, day).investment_fen) for code in planned), Fraction(0))
    moves = counting(record, planned, day, pending=False)
    paid = sum((wanyuan(each.fen) for _, _, each in moves if each.stage == "支付"), Fraction(0))
    area = sum((Fraction(_plan(record, code, day).area_centi) for code in planned), Fraction(0))
    done = sum(
        (physical(record, code, day) * _plan(record, code, day).area_centi for code in planned),
        Fraction(0),
    )
    gap = paid / below * 100 - done / area if planned else None
    return shown(gap, 1), None, None


def _plan(record: Record, code: str, day: date) -> Plan:
    plan = plan_in_force(record.projects[code], day)
    assert plan is not None
    return plan


# -- returns -----------------------------------------------------------------------------------------
def moments(record: Record, monday: date) -> tuple[datetime, datetime] | None:
    """“due on its last working day 17:00; closes on the next working day after it 12:00 … A week without a working
    day asks for nothing.” “A calendar row changed before the due moment moves it, one changed after does not.”"""
    known = dict(record.calendar)
    found = _moments(known, monday)
    for at, day, is_workday in sorted(record.changed_days):
        if found is not None and at > found[0]:
            break
        known[day] = is_workday
        found = _moments(known, monday)
    return found


def _moments(known: dict[date, bool], monday: date) -> tuple[datetime, datetime] | None:
    def works(day: date) -> bool:
        return known.get(day, day.weekday() < 5)

    days = [monday + n * DAY for n in range(7) if works(monday + n * DAY)]
    if not days:
        return None
    following = days[-1] + DAY
    while not works(following):
        following += DAY
    return (
        datetime.combine(days[-1], time(17), SHANGHAI),
        datetime.combine(following, time(12), SHANGHAI),
    )


def expected(record: Record, monday: date, street: str) -> list[str]:
    """The projects that report for a street in a week: one at least makes it 应报."""
    return [
        code
        for code, project in record.projects.items()
        if is_reporting(project, monday) and street_of(project, monday + 6 * DAY) == street
    ]


def carried(record: Record, monday: date, street: str | None = None) -> list[str]:
    """“Carry-over projects of earlier programmes report too.”"""
    streets = (
        {street}
        if street
        else {each for project in record.projects.values() for _, each in project.stays}
    )
    return [
        code
        for each in sorted(streets)
        for code in expected(record, monday, each)
        if record.projects[code].year < 2026
    ]  # fmt: skip


def stands_at(told: Return, moment: datetime) -> bool:
    """“submitted by the closing moment and not standing sent back at it”"""
    acts = [act for at, act in told.versions[0].acts if at <= moment] if told.versions else []
    return bool(acts) and acts[-1] != "send back"


def asked_returns(record: Record, streets: Sequence[str], first: date, last: date, day: date) -> Iterator[tuple[date, str, Return, datetime, datetime]]:  # fmt: skip
    """The returns of the weeks whose Sunday lies in a period and not after D: Monday, street, what was told, due, and
    closing: “An exception (who, why, until when) moves the closing moment only.”"""
    monday = first - first.weekday() * DAY
    while monday + 6 * DAY <= min(last, day):
        asked = moments(record, monday)
        if asked is not None and monday + 6 * DAY >= first:
            for street in streets:
                if expected(record, monday, street):
                    told = record.return_of(monday, street)
                    yield (
                        monday,
                        street,
                        told,
                        asked[0],
                        max(asked[1], told.extended_to or asked[1]),
                    )
        monday += 7 * DAY


def returns(record: Record, streets: Sequence[str], first: date, last: date, day: date, now: datetime) -> dict[str, Shown]:  # fmt: skip
    """“Rates over a period are Σ numerators ÷ Σ denominators of its weeks.”"""
    names = ("应报", "已报", "零报告", "按时报", "待报", "未报")
    count = dict.fromkeys((*names, "核定", "更正"), 0)
    for _, _, told, due_at, closes_at in asked_returns(record, streets, first, last, day):
        _judge(count, told, due_at, closes_at, day, now)
    found = {name: amount(Fraction(count[name]), 0) for name in names}
    for name, above, below in (
        ("报送率", "已报", "应报"), ("及时率", "按时报", "应报"), ("更正率", "更正", "核定"),
    ):  # fmt: skip
        found[name] = rate(Fraction(count[above]), Fraction(count[below]))
    return found


def _judge(count: dict[str, int], told: Return, due_at: datetime, closes_at: datetime, day: date, now: datetime) -> None:  # fmt: skip
    reported = stands_at(told, min(closes_at, now))
    first = told.versions[0] if told.versions else None
    sent = [at for at, act in first.acts if act == "submit"] if first else []
    count["应报"] += 1
    count["已报"] += reported
    count["零报告"] += reported and told.is_nil  # “every row 无变化”
    # “first submission at or before the due moment; a later sending back does not undo it”; “a submission stores
    # the due moment that it met”
    count["按时报"] += bool(sent) and sent[0] <= (told.due_at_met or due_at)
    # “no return before / after the closing moment”
    count["待报"] += not reported and now <= closes_at
    count["未报"] += not reported and now > closes_at
    # “returns corrected after approval by D ÷ returns approved; a correction touches none of the above”
    count["核定"] += is_approved(told)
    count["更正"] += is_approved(told) and len(approved_by(told, day)) > 1


def is_approved(told: Return) -> bool:
    return bool(told.versions) and told.versions[0].standing == "approve"


def approved_by(told: Return, day: date) -> list[Version]:
    """The first version, then the corrections that were approved by the end of a day."""
    return told.versions[:1] + [
        version
        for version in told.versions[1:]
        if version.standing == "approve" and version.acts[-1][0].astimezone(SHANGHAI).date() <= day
    ]


# -- places ------------------------------------------------------------------------------------------
def codes_at(record: Record, street: str | None, day: date, year: int = 2026) -> list[str]:
    """The projects of a year's programme in scope on a day, of a street or of the district."""
    return [
        code
        for code, project in record.projects.items()
        if project.year == year
        and is_in_scope(project, day)
        and street in {None, street_of(project, day)}
    ]


def standing(record: Record, codes: Sequence[str], day: date) -> dict[str, Shown]:
    """Every stock of some projects at the end of a day."""
    return {
        **programme(record, codes, day),
        **progress(record, codes, day),
        **money(record, codes, day),
        **applications(record, codes, day),
        "支付与进度背离": divergence(record, codes, day),
    }


def ranked_by(record: Record, street: str, day: date, *, pending: bool = True) -> str | None:
    """What streets are ranked by: 偏差 as shown."""
    return progress(record, codes_at(record, street, day), day, pending=pending)["偏差"][0]


def ranks(record: Record, streets: Sequence[str], day: date) -> dict[str, str]:
    """By 偏差, the highest first."""
    return places({street: ranked_by(record, street, day, pending=False) for street in streets})


def places(values: Mapping[str, str | None], *, lowest_first: bool = False) -> dict[str, str]:
    """“competition ranks (1, 2, 2, 4)” by a figure as shown, the highest first; no number takes no rank."""
    known = {
        name: Fraction(value) * (-1 if lowest_first else 1)
        for name, value in values.items()
        if value is not None
    }
    return {
        name: str(1 + sum(other > value for other in known.values()))
        for name, value in known.items()
    }
