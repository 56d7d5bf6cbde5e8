"""What else happens in the year: gates, money, plans, projects that come, move and go, and a calendar that changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from projects.funding.models import Application as FundingApplication
from projects.funding.models import FundingEvent, FundingSource
from renovation.accounts.models import StandIn
from renovation.core.calendar import SHANGHAI
from supervision.weekly.models import FollowUp

from .beginning import PURSE, YEAR, centi, excuse_entries, fen, month_end, tenths
from .hands import evidence
from .reading import form_of
from .record import Application, Money, Plan, Project, Waiver
from .weeks import Weeks

NUMBER = "淄建发〔2026〕31号"
STAGES = {"下达": "allocated", "到位": "received", "拨付": "released", "支付": "paid"}


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


# -- gates -------------------------------------------------------------------------------------------
GATES = {"列入计划": "programmed", "开工": "started", "完工": "completed", "竣工验收": "accepted"}
#: What was not put before the households is passed by an approved exception; that of 列入计划 came with the
#: entry.
EXCEPTED = {
    "开工": (
        "consent.scheme",
        "residents.notice.scheme",
        "residents.notice.contractor",
        "residents.notice.node",
    ),
    "竣工验收": ("residents.notice.acceptance",),
}


def pass_gate(year: Weeks, code: str, gate: str, day: date, *, proved: bool = True) -> None:
    """A gate with its day; without its evidence it is a claim."""
    hands, kind = year.hands, GATES[gate]
    for check in EXCEPTED.get(gate, ()) if proved else ():
        after = hands.post("bureau", f"/ledger/projects/{code}/exceptions/new/{check}/", {
            "passed_on": str(day), "reason": "区政府会议同意先行", "document_number": NUMBER,
        })  # fmt: skip
        hands.post("reviewer", f"{after}approve/", {"comment": ""})
    path = f"/ledger/projects/{code}/gates/{kind}/edit/"
    typed: dict[str, Any] = form_of(hands.see("bureau", path), "seen_version")
    typed |= {"actual_on": str(day), "document_number": NUMBER}
    if proved:
        typed["evidence"] = evidence(f"{code}-{kind}.pdf")
    hands.post("bureau", path, typed)
    year.record.projects[code].gates[gate] = (day, proved)


# -- money -------------------------------------------------------------------------------------------
def record_money(year: Weeks, code: str, source: str, stage: str, wanyuan: str, day: date) -> int:
    """A movement that waits for approval; its number in the record."""
    year.hands.post("bureau", f"/funding/{code}/record/", {
        "source": str(FundingSource.objects.get(code=source).pk), "stage": STAGES[stage], "amount": wanyuan,
        "occurred_on": str(day), "document_number": NUMBER,
    })  # fmt: skip
    year.record.money.append(Money(code, source, stage, fen(wanyuan), day))
    number = len(year.record.money) - 1
    year.entries[number] = FundingEvent.objects.latest("pk").pk
    return number


def approve_money(year: Weeks, number: int) -> None:
    year.hands.post("reviewer", f"/funding/events/{year.entries[number]}/approve/")
    year.record.money[number].is_approved = True


def reject_money(year: Weeks, number: int) -> None:
    path = f"/funding/events/{year.entries[number]}/reject/"
    year.hands.post("reviewer", path, {"reason": "凭证不清"})
    year.record.money[number].fen = 0


def correct_money(year: Weeks, number: int, wanyuan: str) -> None:
    """What an entry should have come to, entered and approved."""
    pk = year.entries[number]
    path = f"/funding/events/{pk}/correct/"
    year.hands.fill("bureau", path, "amount", amount=wanyuan, reason="与银行回单核对")
    told = year.record.money[number]
    stood = told.fen + sum(each.fen for each in year.record.money if each.corrects == number)
    year.record.money.append(
        Money(told.project, told.source, told.stage, fen(wanyuan) - stood, year.hands.now.date(), corrects=number)
    )  # fmt: skip
    latest = len(year.record.money) - 1
    year.entries[latest] = FundingEvent.objects.latest("pk").pk
    approve_money(year, latest)


def lay_out_money(year: Weeks) -> None:
    """One round of the chain for every purse, two for some; much of it is written down long after its day."""
    for place, ((code, source), planned) in enumerate(PURSE.items()):
        for turn, month in enumerate((1 + place % 3, 5 + place % 4)):
            if turn and place % 2:
                continue
            share = fen(planned) // 100 * (17 + 3 * place % 11)
            day = date(YEAR, month, 5 + place)
            for step, stage in enumerate(STAGES):
                paid = (share - step * share // 7) // 10_000 * 10_000
                on = day + timedelta(days=4 * step)
                late = timedelta(days=(place + turn) % 4 * 9 + step * (place % 3) * 5)
                act = partial(_step, year, code, source, stage, paid, on)
                year.then(at(on + late, 9, place), act)


def _step(year: Weeks, code: str, source: str, stage: str, amount: int, day: date) -> None:
    """A movement, entered and approved at once."""
    wanyuan = f"{amount / 1_000_000:.2f}"
    approve_money(year, record_money(year, code, source, stage, wanyuan, day))


def plan_more_money(year: Weeks) -> None:
    """What is planned of a source is raised."""
    number = FundingSource.objects.get(code="own").pk
    typed = {f"planned-{number}": "350.50"}
    year.hands.fill("bureau", "/funding/ZC2026-06/plans/", "seen", **typed)
    year.record.planned["ZC2026-06", "own"] = fen("350.50")


def apply_for_money(year: Weeks, title: str, asked: dict[str, str]) -> None:
    """上级资金 asked for projects, and sent the day before."""
    hands, reported = year.hands, year.hands.now.date() - timedelta(days=1)
    typed = {f"asked-{hands.number(code)}": wanyuan for code, wanyuan in asked.items()}
    source = str(FundingSource.objects.get(code="central").pk)
    after = hands.post("bureau", "/funding/applications/new/", typed | {"source": source, "title": title})  # fmt: skip
    hands.post("bureau", f"{after}report/", {"reported_on": str(reported), "document_number": NUMBER})  # fmt: skip
    told = {code: fen(wanyuan) for code, wanyuan in asked.items()}
    year.record.applications.append(Application(told, reported))


def grant_money(year: Weeks, title: str, granted: dict[str, str], day: date) -> None:
    """The answer, some days old when it is entered."""
    found = FundingApplication.objects.get(title=title)
    typed = {f"granted-{year.hands.number(code)}": wanyuan for code, wanyuan in granted.items()}
    path = f"/funding/applications/{found.pk}/grant/"
    year.hands.post("reviewer", path, typed | {"decided_on": str(day), "decision_number": NUMBER})
    (told,) = [each for each in year.record.applications if each.asked.keys() == granted.keys()]
    told.granted, told.decided_on = {code: fen(each) for code, each in granted.items()}, day


# -- plans -------------------------------------------------------------------------------------------
def plan(year: Weeks, code: str, plan: Plan, *, change: str = "") -> None:
    """A plan drafted by the bureau and approved by its reviewer; where one stands it is a change."""
    hands = year.hands
    path = f"/ledger/projects/{code}/{'changes' if change else 'plans'}/new/"
    typed = form_of(hands.see("bureau", path), "planned_start_on")
    kept = {key: value for key, value in typed.items() if not key.startswith(("target-", "task-", "work-"))}  # fmt: skip
    kept |= {
        "planned_start_on": str(plan.start_on), "planned_completion_on": str(plan.end_on),
        "planned_investment_fen": f"{plan.investment_fen / 1_000_000:.2f}", "area_sqm": f"{plan.area_centi / 100:.2f}",
        "act": "save",
    }  # fmt: skip
    kept |= {f"target-{day:%Y-%m}": f"{percent / 10:.1f}" for day, percent in plan.targets.items()}
    if change:
        kept |= {"kind": change, "title": "调整计划", "rationale": "雨季停工", "document_number": NUMBER}  # fmt: skip
    after = hands.post("bureau", path, kept)
    if change:
        hands.post("reviewer", f"{after}approve/", {"approved_on": str(plan.approved_on), "document_number": NUMBER})  # fmt: skip
    else:
        hands.post("reviewer", f"/ledger/projects/{code}/plans/1/approve/", {"approved_on": str(plan.approved_on)})  # fmt: skip
    plan.known_at = hands.now
    year.record.projects[code].plans.append(plan)


# -- projects that come, move and go -----------------------------------------------------------------
def enrol(year: Weeks, code: str, kind: str, **typed: str) -> str:
    """Propose; the address on which another approves."""
    words = {"rationale": "区政府会议纪要", "document_number": NUMBER} | typed
    return year.hands.post("bureau", f"/ledger/projects/{code}/changes/new/{kind}/", words)


def let(year: Weeks, address: str) -> None:
    words = {"approved_on": str(year.hands.now.date()), "document_number": NUMBER}
    year.hands.post("reviewer", f"{address}approve/", words)


def add_project(year: Weeks) -> None:
    """A project that comes in the middle of the year, counted from a day that is past."""
    hands, code = year.hands, "ZC2026-08"
    streets = {street.code: street.pk for street in hands.district.streets}
    page = hands.see("bureau", "/ledger/projects/new/")
    typed = form_of(page, "code")
    programme = re.findall(r'<option value="(\d+)"[^>]*>[^<]*2026', page)[0]
    hands.post("bureau", "/ledger/projects/new/", typed | {
        "code": code, "name": "般阳里", "programme": programme, "street": str(streets["banyanglu"]),
        "renovation_type": "basic", "approved_on": "2026-06-15",
    })  # fmt: skip
    hands.post("bureau", f"/ledger/projects/{code}/estates/new/", form_of(
        hands.see("bureau", f"/ledger/projects/{code}/estates/new/"), "building_count"
    ) | {"name": "般阳里", "address": "般阳路 8 号", "year_built": "1995", "building_count": "4",
         "household_count": "120", "area_sqm": "9876.54"})  # fmt: skip


def admit_project(year: Weeks) -> None:
    """The reviewer approves the entry; it reports from the week that its street has not sent."""
    drafts = f"/ledger/programmes/{YEAR}/drafts/"
    excuse_entries(year.hands, YEAR)
    year.hands.fill("reviewer", drafts, "entry", approved_on=str(year.hands.now.date()), document_number=NUMBER)  # fmt: skip
    entered, reports = date(2026, 6, 15), date(2026, 6, 29)
    project = Project(
        YEAR, entered, reports, [(date.min, "banyanglu")], [(4, 120, centi("9876.54"))]
    )
    year.record.projects["ZC2026-08"] = project


def move_project(year: Weeks, code: str, to: str) -> None:
    """To another street, from the Monday of the week."""
    streets = {street.code: street.pk for street in year.hands.district.streets}
    let(year, enrol(year, code, "move", to_street=str(streets[to])))
    today = year.hands.now.date()
    year.record.projects[code].stays.append((today - timedelta(days=today.weekday()), to))


def cancel_project(year: Weeks, code: str, on: date) -> None:
    let(year, enrol(year, code, "cancel", effective_on=str(on)))
    year.record.projects[code].cancelled_on = on


# -- rules and the calendar --------------------------------------------------------------------------
def waive_rule(year: Weeks, code: str, rule: str, first: date, last: date) -> None:
    """For some weeks a project need not say why; from then on its rows do not."""
    after = year.hands.post("banyanglu-head", "/weekly/rule-waivers/new/", {
        "rule": rule, "subject": f"project:{code}", "starts_on": str(first), "ends_on": str(last),
        "reason": "结算审计中，审定前累计投资可能超过计划投资",
    })  # fmt: skip
    year.hands.post("reviewer", f"{after}approve/", {"comment": ""})
    year.record.waivers.append(Waiver(code, rule, year.hands.now, first, last))
    year.silent.add(code)


def change_calendar(year: Weeks, day: date, is_workday: bool) -> None:
    """A notice that a day is worked, or is not."""
    typed = {"day": str(day), "name": "调整", "source": "市政府通知"}
    year.hands.post("admin", "/console/holidays/new/", typed | ({"is_workday": "on"} if is_workday else {}))  # fmt: skip
    year.record.changed_days.append((year.hands.now, day, is_workday))


# -- people --------------------------------------------------------------------------------------------
def ask_about(year: Weeks, monday: date, street: str, code: str) -> None:
    """The bureau wants to know something about a row."""
    day = year.hands.now.date()
    typed = {"question": "累计投资为什么没有增加", "due_on": str(day + timedelta(days=5))}
    year.hands.post("bureau", f"/weekly/{monday}/{street}/ask/{code}/", typed)
    year.record.return_of(monday, street).questions.append((day, code))


def hand_over(year: Weeks, left: str, takes: str) -> None:
    """交接: what somebody had open is another's from now on."""
    people = year.hands.district.users
    query = f"?predecessor={people[left].username}&successor={people[takes].username}"
    path = f"/console/hand-overs/new/{query}"
    year.hands.fill("admin", path, "seen", reason="调离本岗")
    assert FollowUp.objects.filter(owner=people[takes], state="open").exists()


def appoint_deputy(year: Weeks, head: str, deputy: str, last: date) -> None:
    """AB岗: somebody acts in the post of a street's reviewer, beginning today."""
    hands, people = year.hands, year.hands.district.users
    hands.post("admin", "/console/stand-ins/new/", {
        "membership": str(people[head].memberships.get().pk), "deputy": str(people[deputy].pk),
        "valid_from": str(hands.now.date()), "valid_to": str(last), "reason": "公休",
    })  # fmt: skip
    hands.post(deputy, f"/console/stand-ins/{StandIn.objects.latest('pk').pk}/assume/")
    year.deputies[head] = deputy


def leave_post(year: Weeks, head: str) -> None:
    """The appointment is over: the reviewer is back."""
    del year.deputies[head]


def switch_review_off(year: Weeks, street: str, first: date, last: date) -> None:
    """街道审核停用: the bureau is the second person for some weeks."""
    year.hands.post("reviewer", "/weekly/review-waivers/new/", {
        "street": str(year.hands.district.street(street).pk), "valid_from": str(first), "valid_to": str(last),
        "reason": "街道只有一名经办人",
    })  # fmt: skip
    year.unreviewed[street] = (first, last)


# -- the year ----------------------------------------------------------------------------------------
def lay_out(year: Weeks) -> None:
    """Everything that has its day from the beginning."""
    for day, hour, act, *given in (
        (date(2026, 6, 30), 10, add_project),
        (date(2026, 7, 2), 10, admit_project),
        (date(2026, 7, 6), 15, move_project, "ZC2026-03", "zhonglou"),
        (date(2026, 9, 8), 9, cancel_project, "ZC2026-04", date(2026, 9, 10)),
        (date(2026, 7, 6), 9, waive_rule, "ZC2026-02", "W212", date(2026, 7, 6), date(2026, 9, 30)),
        # Before the due moment of its week, and after it.
        (date(2026, 8, 12), 10, change_calendar, date(2026, 8, 14), False),
        (date(2026, 8, 22), 9, change_calendar, date(2026, 8, 22), True),
        # A day after the rows were sent, and weeks after.
        (date(2026, 3, 24), 9, ask_about, date(2026, 3, 16), "banyanglu", "ZC2026-01"),
        (date(2026, 5, 19), 9, ask_about, date(2026, 3, 16), "banyanglu", "ZC2026-02"),
        (date(2026, 5, 21), 9, hand_over, "bureau", "bureau2"),
        (date(2026, 6, 1), 8, switch_review_off, "songlinglu", date(2026, 6, 1), date(2026, 6, 28)),
        (date(2026, 11, 2), 8, appoint_deputy, "zhonglou-head", "inspector", date(2026, 11, 29)),
        (date(2026, 11, 30), 0, leave_post, "zhonglou-head"),
    ):
        year.then(at(day, hour), partial(act, year, *given))
    _lay_out_gates(year)
    lay_out_money(year)
    _lay_out_troubles(year)
    _lay_out_plans(year)


def _lay_out_gates(year: Weeks) -> None:
    for code, begun in (
        ("ZC2026-03", date(2026, 1, 14)), ("ZC2026-04", date(2026, 3, 30)), ("ZC2026-06", date(2026, 2, 26)),
        ("ZC2026-07", date(2026, 4, 13)), ("ZC2026-08", date(2026, 7, 15)),
    ):  # fmt: skip
        after = begun + timedelta(days=1)
        year.then(at(after, 8), partial(pass_gate, year, code, "列入计划", begun))
        year.then(at(after, 9), partial(pass_gate, year, code, "开工", begun))
    # One that should have begun in April begins in autumn, and its proof comes three weeks after.
    late, proved = date(2026, 9, 21), date(2026, 10, 14)
    claim = partial(pass_gate, year, "ZC2026-05", "开工", late, proved=False)
    year.then(at(date(2026, 9, 23)), claim)
    year.then(at(proved, 8), partial(pass_gate, year, "ZC2026-05", "列入计划", late))
    year.then(at(proved), partial(pass_gate, year, "ZC2026-05", "开工", late))
    # One that was carried over is done in spring, and reports no more.
    year.then(
        at(date(2026, 5, 14)), partial(pass_gate, year, "ZC2025-01", "完工", date(2026, 5, 13))
    )
    done, accepted = date(2026, 8, 20), date(2026, 9, 24)
    year.then(at(date(2026, 8, 27)), partial(pass_gate, year, "ZC2026-02", "完工", done))
    year.then(at(date(2026, 10, 9)), partial(pass_gate, year, "ZC2026-02", "竣工验收", accepted))


def _lay_out_troubles(year: Weeks) -> None:
    """Money that is corrected, sent back, entered a quarter late, and that waits over a quarter's end."""
    numbers: dict[str, int] = {}

    def enter(name: str, stage: str, wanyuan: str, day: date) -> None:
        numbers[name] = record_money(year, "ZC2026-01", "central", stage, wanyuan, day)

    def decide(name: str, how: Callable[..., None], *words: str) -> None:
        how(year, numbers[name], *words)

    for day, act, *given in (
        (date(2026, 2, 3), enter, "grant", "下达", "80.00", date(2026, 2, 2)),
        (date(2026, 2, 4), decide, "grant", approve_money),
        (date(2026, 2, 5), enter, "receipt", "到位", "66.60", date(2026, 2, 4)),
        (date(2026, 2, 6), decide, "receipt", approve_money),
        (date(2026, 4, 8), decide, "receipt", correct_money, "60.06"),
        (date(2026, 6, 3), decide, "receipt", correct_money, "70.07"),
        (date(2026, 3, 20), enter, "wrong", "拨付", "9.99", date(2026, 3, 19)),
        (date(2026, 3, 23), decide, "wrong", reject_money),
        (date(2026, 7, 20), enter, "late", "拨付", "12.34", date(2026, 3, 27)),
        (date(2026, 7, 21), decide, "late", approve_money),
        (date(2026, 6, 24), enter, "waits", "支付", "7.77", date(2026, 6, 23)),
        (date(2026, 7, 9), decide, "waits", approve_money),
    ):
        year.then(at(day, 16), partial(act, *given))
    year.then(at(date(2026, 5, 27)), partial(plan_more_money, year))
    first, second = {"ZC2026-01": "100.00", "ZC2026-03": "88.88"}, {"ZC2026-06": "60.06"}
    granted = {"ZC2026-01": "70.07", "ZC2026-03": "0"}
    year.then(at(date(2026, 2, 12)), partial(apply_for_money, year, "中央补助第一批", first))
    year.then(
        at(date(2026, 4, 1)),
        partial(grant_money, year, "中央补助第一批", granted, date(2026, 3, 26)),
    )
    year.then(at(date(2026, 5, 20)), partial(apply_for_money, year, "中央补助第二批", second))


def _lay_out_plans(year: Weeks) -> None:
    def months(**targets: str) -> dict[date, int]:
        return {month_end(f"2026-{key[1:]}"): tenths(value) for key, value in targets.items()}

    first = Plan(date(2026, 5, 12), date(2026, 5, 20), date(2026, 12, 31), fen("166.60"), centi("7200.20"),
                 months(m07="30.0", m10="80.0"))  # fmt: skip
    # Approved with effect from a day three weeks before, over a larger area.
    second = Plan(date(2026, 6, 1), date(2026, 2, 23), date(2026, 12, 15), fen("1020.00"), centi("35300.95"),
                  months(m02="0.5", m04="25.0", m06="49.9", m08="70.1", m10="88.8"))  # fmt: skip
    third = Plan(date(2026, 7, 10), date(2026, 7, 1), date(2027, 1, 20), fen("270.00"), centi("9876.54"),
                 months(m09="40.0", m12="95.0"))  # fmt: skip
    year.then(at(date(2026, 5, 13)), partial(plan, year, "ZC2026-07", first))
    year.then(at(date(2026, 6, 23)), partial(plan, year, "ZC2026-06", second, change="time"))
    year.then(at(date(2026, 7, 10)), partial(plan, year, "ZC2026-08", third))
