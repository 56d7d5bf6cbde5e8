"""One project, told before it is tabled: sentence, figures, gates, curve, money chain, parties, files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.urls import NoReverseMatch, reverse

from projects.consent.wishes import chosen_items
from projects.funding.enums import Stage
from projects.ledger.enums import EVIDENCE_REQUIRED, GateKind, PartyRole
from projects.ledger.facts import Plan, ProjectFacts
from projects.ledger.models import Estate, Gate, Party, Project
from projects.residents.register import points_hung
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.charts import CurveMark
from renovation.core.declarations import approval_of, measure
from renovation.core.measures import Approval, Measure, format_decimal
from renovation.core.wording import chinese_date, near_date, short_date
from renovation.face.values import Gate as GateLook
from renovation.face.values import Link
from reports.figures import services as figures
from reports.figures.catalogue import declarations
from reports.figures.services import Facts, Place
from supervision.weekly.facts import ProgressFacts, report_texts
from supervision.weekly.judgements import lagging_runs

from .choice import Choice
from .curves import Curve, curve_of, months_shown
from .described import (
    Pair,
    described,
    documents_of,
    evidence_of,
    file_address,
    papers_of,
    photos_of,
)
from .doings import Doings, care_of_project, doings_of, residents_of
from .parts import Tile, tile_of
from .sentences import Piece
from .unsettled import unsettled

P = Permission


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """A source of money with its five amounts and two rates, or their sums."""

    name: str
    amounts: tuple[Measure, ...]
    received_rate: Measure
    paid_rate: Measure
    idle: Measure

    @property
    def approval(self) -> Approval:
        """Whether any of its numbers holds money that is not approved."""
        return approval_of((*self.amounts, self.received_rate, self.paid_rate, self.idle))


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the page of a project says. ``fact`` is None where the project is not in scope on the day."""

    project: Project
    place: Place
    fact: ProgressFacts | None
    light: str
    reasons: tuple[str, ...]
    lead: tuple[tuple[Piece, ...], ...]
    tiles: tuple[Tile, ...]
    gates: tuple[GateLook, ...]
    curve: Curve | None
    chain: tuple[Link, ...]
    sources: tuple[SourceRow, ...]
    source_total: SourceRow | None
    money_pending: str
    parties: tuple[tuple[str, str], ...]
    estates: tuple[Estate, ...]
    plan_facts: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    texts_label: str
    files: tuple[tuple[str, str, str], ...]
    papers: tuple[tuple[str, str, str], ...]
    photos: str
    unsettled: tuple[Pair, ...]
    edits: tuple[tuple[str, str], ...]
    quantities: str
    described: tuple[Pair, ...]
    doings: Doings | None
    residents: tuple[Pair, ...]
    cared: tuple[Pair, ...]


def case_of(
    *, project: Project, choice: Choice, scope: Scope, facts: Facts, before: Facts | None
) -> Case:
    """Compile the page of a visible project from the facts of its programme; a constant number of queries."""
    place = Place(figures.PROJECT, project.code, project.name)
    fact = next((each for each in facts.progress if each.project.pk == project.pk), None)
    known = before is not None and any(p.code == project.code for p in before.projects)
    earlier = before if known else None
    gates = Gate.objects.filter(project=project).select_related("evidence")
    gate_rows = list(gates.order_by("pk"))  # by their own order the project would be joined
    documents = documents_of(project=project, scope=scope, on=facts.as_of)
    parties = list(Party.objects.filter(project=project).order_by("pk"))
    shows_contacts = scope.can(P.RETURN_READ)
    common = {
        "project": project,
        "place": place,
        "parties": _parties(parties, facts.as_of, shows_contacts=shows_contacts),
        "estates": tuple(
            Estate.objects.filter(project=project).select_related("community").order_by("pk")
        ),
        "files": evidence_of(gate_rows, on=facts.as_of),
        "papers": papers_of(documents, code=project.code),
        "photos": photos_of(project=project, scope=scope, on=facts.as_of),
        "unsettled": unsettled(project=project, scope=scope, on=facts.as_of),
        "edits": _edits(project, scope),
        "described": described(
            project=project, gates=gate_rows, documents=documents, scope=scope, on=facts.as_of
        ),
    }
    if fact is None:
        return Case(
            **common,  # type: ignore[arg-type]
            fact=None,
            quantities="",
            light="grey",
            reasons=(),
            lead=(_out_of_scope(project, facts.as_of),),
            tiles=(),
            gates=(),
            curve=None,
            chain=(),
            sources=(),
            source_total=None,
            money_pending="",
            plan_facts=(),
            texts=(),
            texts_label="",
            doings=None,
            residents=(),
            cared=(),
        )
    plan = fact.project.plan
    tiles = _tiles(facts, earlier, fact, place)
    if not scope.can(P.FIGURES_READ):  # the pages of source rows are not theirs to open
        tiles = tuple(replace(tile, href="") for tile in tiles)
    return Case(
        **common,  # type: ignore[arg-type]
        fact=fact,
        quantities=f"{fact.project.estate_count} 个小区 {fact.project.building_count} 栋 "
        f"{facts.get('户数', place).text} 户 {facts.get('建筑面积', place).text} 万㎡",
        light=facts.light_of(project.code),
        reasons=fact.judgement.reasons,
        lead=_lead(facts, fact, place, _weeks_behind(facts, fact)),
        tiles=tiles,
        gates=gates_of(fact.project, gate_rows, facts.as_of, entered_on=project.approved_on),
        curve=curve_of(
            facts=facts,
            title=project.name,
            place=place,
            marks=_marks(fact.project, facts),
            end_label=("计划完工", short_date(plan.completion_on))
            if plan and plan.completion_on <= months_shown(facts)[-1].end
            else (),
        ),
        chain=_chain(facts, place, plan),
        sources=_sources(facts, place),
        source_total=_source_row(
            "合计", facts, [row for row in facts.money if row.project_code == project.code]
        ),
        money_pending=next((tile.pending for tile in tiles if tile.measure.name == "支付率"), ""),
        plan_facts=_plan_facts(fact),
        texts=_texts(fact),
        texts_label=f"第{fact.report.week.number}周周报" if fact.report else "",
        doings=doings_of(facts, place, chosen_items(project=project, on=facts.as_of)),
        residents=residents_of(facts, place, hung=points_hung(project=project, on=choice.as_of)),
        cared=care_of_project(facts, place),
    )


def _out_of_scope(project: Project, day: date) -> tuple[Piece, ...]:
    if project.cancelled_on is not None and project.cancelled_on <= day:
        reason = project.cancellation_reason.rstrip("。")
        return (Piece(f"{chinese_date(project.cancelled_on)}已从计划中取消：{reason}。"),)
    left = project.former_streets.filter(until_on__gt=day).order_by("until_on").first()
    if left is not None and project.entered_on <= day:
        return (
            Piece(
                f"{chinese_date(day)}属{left.street.short_name}，"
                f"{chinese_date(left.until_on)}移交{project.street.short_name}。"
            ),
        )
    if project.approved_on is None:
        return (Piece("还没有批准列入计划，不计入各项指标。"),)
    return (
        Piece(f"{chinese_date(day)}还没有列入计划，列入日期{chinese_date(project.approved_on)}。"),
    )


# -- sentence ----------------------------------------------------------------------------------------
def _lead(
    facts: Facts, fact: ProgressFacts, place: Place, weeks: int
) -> tuple[tuple[Piece, ...], ...]:
    physical, deviation = facts.get("形象进度", place), facts.get("偏差", place)
    first = [Piece("形象进度 "), Piece(physical.full_text, "strong")]
    light = facts.light_of(fact.project.code)
    if fact.is_completed:
        first = [Piece("已完工，形象进度 "), Piece("100.0%", "strong")]
    elif deviation.shown is None:
        first.append(Piece("，没有批准的计划，不能比较"))
    elif deviation.shown < 0:
        amount = f"{format_decimal(abs(deviation.shown), 1)} 百分点"
        first += [Piece("，落后序时 "), Piece(amount, "alarm" if light == "red" else "strong")]
    elif deviation.shown > 0:
        first += [
            Piece("，领先序时 "),
            Piece(f"{format_decimal(deviation.shown, 1)} 百分点", "strong"),
        ]
    else:
        first.append(Piece("，与序时持平"))
    if weeks > 1:
        first.append(Piece(f"，已连续 {weeks} 周滞后"))
    late = _start_words(fact.project, facts.as_of)
    first.append(Piece(f"；{late}。" if late else "。"))
    received, released = facts.get("到位", place), facts.get("拨付率", place)
    second: list[Piece] = []
    if received.value and released.value is not None:
        rest = format_decimal(100 - released.value, 1)
        second = [
            Piece(f"资金到位 {received.text} 万元，"),
            Piece("已全部拨付。" if released.value == 100 else f"其中 {rest}% 尚未拨付。"),
        ]
    elif facts.get("计划", place).value:
        second = [Piece(f"计划资金 {facts.get('计划', place).text} 万元，还没有到位。")]
    return (tuple(first), tuple(second)) if second else (tuple(first),)


def _start_words(project: ProjectFacts, day: date) -> str:
    """开工比计划晚 17 天, 应开工未开工，已过 25 天; "" where there is nothing to say."""
    gate, plan = project.gates.get(GateKind.STARTED), project.plan
    if plan is None:
        return ""
    if project.passed(GateKind.STARTED) and gate is not None and gate.actual_on is not None:
        days = (gate.actual_on - plan.start_on).days
        return f"开工比计划晚 {days} 天" if days > 0 else ""
    if plan.start_on < day and not project.passed(GateKind.COMPLETED):
        return f"应开工未开工，已过 {(day - plan.start_on).days} 天"
    return ""


def _weeks_behind(facts: Facts, fact: ProgressFacts) -> int:
    """For how many weeks in a row the project has been judged yellow or red; 0 where its light is neither."""
    if facts.light_of(fact.project.code) not in {"yellow", "red"}:
        return 0
    pk = fact.project.pk
    run = lagging_runs(project_ids=[pk], on=facts.as_of).get(pk)
    return run.weeks if run else 0


# -- figures -----------------------------------------------------------------------------------------
def _tiles(
    facts: Facts, before: Facts | None, fact: ProgressFacts, place: Place
) -> tuple[Tile, ...]:
    deviation, scheduled = facts.get("偏差", place), facts.get("序时进度", place)
    gap = ""
    if deviation.shown is not None:
        word = "落后" if deviation.shown < 0 else "领先"
        gap = (
            f"，{word} {format_decimal(abs(deviation.shown), 1)} 百分点"
            if deviation.shown
            else "，持平"
        )
    older = ""
    if fact.report is not None and fact.report.week.end < facts.as_of and not fact.is_completed:
        older = f"，取第{fact.report.week.number}周"
    bases = {
        "形象进度": f"序时 {scheduled.full_text}{gap}",
        "投资完成率": f"{facts.get('投资完成率', place).parts_text} 万元",
        "支付率": f"{facts.get('支付率', place).parts_text} 万元",
        "同意方案率": f"{facts.get('同意方案率', place).parts_text} 户",
        "资金留置天数(最长)": "最早一笔未拨付资金",
    }
    return tuple(
        tile_of(
            facts,
            before,
            name,
            basis=basis,
            place=place,
            as_of_note=older if name in {"形象进度", "投资完成率"} else "",
        )
        for name, basis in bases.items()
    )


def _marks(project: ProjectFacts, facts: Facts) -> tuple[CurveMark, ...]:
    gate = project.gates.get(GateKind.STARTED)
    if not project.passed(GateKind.STARTED) or gate is None or gate.actual_on is None:
        return ()
    if gate.actual_on < months_shown(facts)[0].start:
        return ()
    return (CurveMark(gate.actual_on, f"实际开工 {short_date(gate.actual_on)}"),)


# -- gates -------------------------------------------------------------------------------------------
def gates_of(
    project: ProjectFacts, rows: Sequence[Gate], day: date, *, entered_on: date | None
) -> tuple[GateLook, ...]:
    """All gates in order with plan and actual date and the lateness in days; the first that is not passed after
    the last passed one is where things stand. A project that was entered on a day is not late to be in, also
    where the gate 列入计划 is not passed yet."""
    stored = {GateKind(row.kind): row for row in rows}
    passed = [kind for kind in GateKind if project.passed_on(kind, day)]
    last = max((list(GateKind).index(kind) for kind in passed), default=-1)
    found = []
    has_now = False
    for number, kind in enumerate(GateKind):
        gate = project.gates.get(kind)
        planned = _planned(project, kind)
        is_passed = kind in passed
        is_now = not is_passed and number > last and not has_now
        has_now = has_now or is_now
        lines = [f"计划 {_shown(planned, day)}"] if planned else []
        alarm = note = ""
        actual = gate.actual_on if gate and gate.actual_on and gate.actual_on <= day else None
        if actual is not None and gate is not None:
            lines.append(f"实际 {_shown(actual, day)}")
            alarm = _late(planned, actual, "逾期")
            note = gate.document_number
            if not gate.counts and kind in EVIDENCE_REQUIRED:
                note = "待补依据文件，暂不计入"
        elif gate is not None and gate.forecast_on is not None:
            lines.append(f"预计 {_shown(gate.forecast_on, day)}")
            alarm = _late(planned, gate.forecast_on, "预计逾期")
        elif kind is GateKind.PROGRAMMED:
            lines = [f"列入 {_shown(entered_on, day)}"] if entered_on else lines
        elif planned is not None and planned < day and number > last:
            alarm = f"已逾期 {(day - planned).days} 天"
        row = stored.get(kind)
        found.append(
            GateLook(
                kind.label,
                "done" if is_passed else "now" if is_now else "todo",
                tuple(lines),
                alarm,
                note,
                file_address(row.evidence_id) if row and row.evidence_id and is_passed else "",
            )
        )
    return tuple(found)


def _planned(project: ProjectFacts, kind: GateKind) -> date | None:
    """Start and completion are planned in the baseline, the others at the gate."""
    if project.plan is not None and kind is GateKind.STARTED:
        return project.plan.start_on
    if project.plan is not None and kind is GateKind.COMPLETED:
        return project.plan.completion_on
    gate = project.gates.get(kind)
    return gate.planned_on if gate else None


def _late(planned: date | None, day: date, word: str) -> str:
    if planned is None or day <= planned:
        return ""
    return f"{word} {(day - planned).days} 天"


def _shown(day: date, today: date) -> str:
    return near_date(day, today)


# -- money -------------------------------------------------------------------------------------------
def _chain(facts: Facts, place: Place, plan: Plan | None) -> tuple[Link, ...]:
    """Five amounts on one scale, each rate with its two amounts."""
    amounts = {name: facts.get(name, place) for name in ("计划", "下达", "到位", "拨付", "支付")}
    widest = max((each.value or 0 for each in amounts.values()), default=0)
    if not widest:
        return ()
    planned, allocated = amounts["计划"], amounts["下达"]
    share = (
        format_decimal(allocated.value / planned.value * 100, 1)
        if allocated.value is not None and planned.value
        else ""
    )
    rates = {
        "到位": ("资金到位率", facts.get("资金到位率", place)),
        "拨付": ("拨付率", facts.get("拨付率", place)),
        "支付": ("支付率", facts.get("支付率", place)),
    }
    sources = sum(1 for row in facts.money if row.project_code == place.code)
    found = []
    for name, amount in amounts.items():
        strong = ""
        lines: tuple[str, ...] = ()
        if name == "计划":
            strong = f"{sources} 个来源"
            lines = (f"基线第 {plan.version} 版",) if plan else ()
        elif name == "下达" and share:
            strong, lines = f"下达 ÷ 计划 {share}%", (f"{allocated.text} / {planned.text}",)
        elif name in rates:
            word, rate = rates[name]
            strong = f"{word} {rate.full_text}" if rate.value is not None else f"{word} —"
            lines = (rate.parts_text,)
        bar = float((amount.value or 0) / widest * 100)
        found.append(Link(name, amount.text, "万元", round(bar, 1), lines, strong))
    return tuple(found)


def _sources(facts: Facts, place: Place) -> tuple[SourceRow, ...]:
    rows = [row for row in facts.money if row.project_code == place.code]
    return tuple(_source_row(row.source_name, facts, [row]) for row in rows)


def _source_row(name: str, facts: Facts, rows: Sequence[object]) -> SourceRow:
    def of(measure_name: str) -> Measure:
        return measure(
            declarations()[measure_name], rows, as_of=facts.as_of, approval=facts.approval
        )

    return SourceRow(
        name=name,
        amounts=tuple(of(each) for each in ("计划", *(stage.label for stage in Stage))),
        received_rate=of("资金到位率"),
        paid_rate=of("支付率"),
        idle=of("资金留置天数(最长)"),
    )


# -- who, what, where --------------------------------------------------------------------------------
def _parties(
    rows: Sequence[Party], day: date, *, shows_contacts: bool
) -> tuple[tuple[str, str], ...]:
    """Role and name; contact posts and telephone numbers only for who works with the streets."""
    order = {role: number for number, role in enumerate(PartyRole.values)}
    found = []
    for row in sorted(rows, key=lambda each: (order.get(each.role, 99), each.pk)):
        if (row.valid_to and row.valid_to < day) or (row.valid_from and row.valid_from > day):
            continue
        manager = f"项目经理 {row.manager_phone}" if row.manager_phone else ""
        contact = "，".join(part for part in (row.contact, row.phone, manager) if part)
        value = f"{row.name}（{contact}）" if shows_contacts and contact else row.name
        found.append((PartyRole(row.role).label, value))
    return tuple(found)


def _plan_facts(fact: ProgressFacts) -> tuple[tuple[str, str], ...]:
    plan = fact.project.plan
    if plan is None:
        return (("基线", "还没有批准的基线"),)
    return (
        ("基线", f"第 {plan.version} 版"),
        ("计划工期", f"{chinese_date(plan.start_on)}—{chinese_date(plan.completion_on)}"),
    )


def _texts(fact: ProgressFacts) -> tuple[tuple[str, str], ...]:
    if fact.report is None:
        return ()
    names = ("本周完成", "存在问题", "需协调", "下周计划")
    texts = report_texts(project_id=fact.project.pk, report=fact.report)
    return tuple((name, text) for name, text in zip(names, texts, strict=True) if text.strip())


def _edits(project: Project, scope: Scope) -> tuple[tuple[str, str], ...]:
    """(word, address) of the pages on which this person may change the project."""
    ways = (
        (P.LEDGER_WRITE, "修改项目", "ledger:edit"),
        (P.LEDGER_WRITE, "登记关口", "ledger:gates"),
        (P.LEDGER_WRITE, "计划和基线", "ledger:baselines"),
        (P.LEDGER_APPROVE, "批准计划", "ledger:baselines"),
        (P.FUNDING_WRITE, "登记资金", "funding:project"),
        (P.FUNDING_APPROVE, "核定资金", "funding:project"),
    )
    found = []
    for permission, word, name in ways:
        if not scope.can(permission):
            continue
        try:
            found.append((word, reverse(name, args=[project.code])))
        except NoReverseMatch:
            continue
    return tuple(found)
