"""The ledger's own checks of gates: what it can say from its own rows.

``gatekeeping.findings`` hands in a project with gates, promises, joint reviews, estates and plans fetched;
everything here reads from those.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from renovation.core.periods import Month
from renovation.core.wording import chinese_date, short_date

from . import rests
from .enums import GateKind, Opinion, WorkKind
from .gatekeeping import GateCheck, judged, once, values_of
from .models import Project, RestWindow
from .parameters import BUILT_BEFORE, GATE_ORDER, REVIEW_REQUIRED
from .passing import counts, judged_day
from .plans import in_force
from .rest_reasons import is_said

Find = Callable[[Project, date], str | None]
ORDER = tuple(GateKind)
#: Their order is held by the service itself and knows no exception.
WORKS = frozenset({GateKind.STARTED, GateKind.COMPLETED, GateKind.ACCEPTED})


def _earlier_gates(gate: GateKind) -> Find:
    """关口顺序: what stands before a gate is passed before it (DOMAIN.md §2.2, 工程阶段), or promised."""
    before = ORDER[: ORDER.index(gate)]

    def find(project: Project, on: date) -> str | None:
        rows = {GateKind(row.kind): row for row in project.gates.all()}
        promised = {row.opens for row in project.gate_promises.all() if row.gate == gate}
        asked_for_all = values_of(project, on)[GATE_ORDER.key] == "all"
        open_, later = [], []
        for kind in before:
            row = rows.get(kind)
            in_works = {kind, gate} <= WORKS
            if kind in promised or (row is None and not asked_for_all and not in_works):
                continue
            if row is None or row.actual_on is None:
                open_.append(str(kind.label))
            elif not counts(row):
                open_.append(f"{kind.label}（缺依据文件）")
            elif row.actual_on > on and not in_works:
                later.append(f"“{kind.label}”（{chinese_date(row.actual_on)}）")
        said = []
        if open_:
            said.append(f"前面的关口还没有过：{'、'.join(open_)}")
        if later:
            said.append(f"日期早于前面的关口{'、'.join(later)}")
        return f"{'；'.join(said)}。" if said else None

    return find


def _built_before(project: Project, on: date) -> str | None:
    """建成年份: every estate was built before the year that the bureau set (崇川2022, 黄石答复: 2000年前)."""
    limit = values_of(project, on)[BUILT_BEFORE.key]
    estates = list(project.estates.all())
    if not estates:
        return "还没有登记小区，无法核对建成年份。"
    unknown = [row.name for row in estates if row.year_built is None]
    young = [
        f"{row.name}（{row.year_built}年）"
        for row in estates
        if row.year_built is not None and row.year_built >= limit
    ]
    said = []
    if young:
        said.append(f"不是 {limit} 年前建成：{'、'.join(young)}")
    if unknown:
        said.append(f"没有登记建成年份：{'、'.join(unknown)}")
    return f"{'；'.join(said)}。" if said else None


def _reviewed(project: Project, on: date) -> str | None:
    """计划申报联审: departments reviewed the entry, none is missing, none objects."""
    if not values_of(project, on)[REVIEW_REQUIRED.key]:
        return None
    reviews = [row for row in project.joint_reviews.all() if row.gate == GateKind.PROGRAMMED]
    if not reviews:
        return "没有登记计划申报的部门联审。"
    opinions = [opinion for row in reviews for opinion in row.opinions.all()]
    waiting = [row.department for row in opinions if row.opinion == Opinion.PENDING]
    against = [row.department for row in opinions if row.opinion == Opinion.OBJECTED]
    said = []
    if against:
        said.append(f"不同意列入：{'、'.join(against)}")
    if waiting:
        said.append(f"还没有出具意见：{'、'.join(waiting)}")
    return f"部门联审{'；'.join(said)}。" if said else None


def _entered(project: Project, on: date) -> str | None:
    """What entry into the programme asks for still has to hold, also where the gate 列入计划 itself was left out
    or has no day: a start never escapes 同意改造率. What was entered before the portal is not asked again."""
    entry = next((row for row in project.gates.all() if row.kind == GateKind.PROGRAMMED), None)
    if entry is not None and entry.actual_on is not None and entry.is_opening:
        return None
    shut = [
        each.check.title
        for each in judged(project=project, gates=[GateKind.PROGRAMMED], on=on)
        if each.refuses and not each.check.is_order
    ]
    return f"列入计划的条件还没有核清：{'、'.join(shut)}。" if shut else None


def _order_of_works(project: Project, on: date) -> str | None:
    """先拆违后治理, 先地下后地上 in the plan in force, where it says what its months are made of."""
    plan = in_force(baselines=list(project.baselines.all()), on=on)
    if plan is None:
        return None
    said = rests.order_of_works(of=rests.outline_of(baseline=plan))
    return "".join(each.sentence for each in said) or None


def _works_rest(project: Project, on: date) -> str | None:
    """停工期: nothing begins on a day on which its work rests (高温、汛期、重大活动), unless who approved the plan in force
    said why it goes on, or its street did for a window that was added since. A project that has begun is judged by its
    own first day, and by the windows that stood on it."""
    on = judged_day(project=project, kind=GateKind.STARTED, on=on, with_claim=True)
    windows = once(
        project,
        ("windows", on),
        lambda: rests.windows_of(bureau_id=project.programme.bureau_id, start=on, completion=on),
    )
    if not windows:
        return None
    plan = in_force(baselines=list(project.baselines.all()), on=on)
    outline = rests.outline_of(baseline=plan) if plan is not None else None

    def touches(window: RestWindow) -> bool:
        if outline is None:
            return window.work_kind == WorkKind.ALL
        return rests.falls_into(window=window, month=Month.of(on), of=outline)

    windows = [each for each in windows if touches(each)]
    if plan is not None and windows:
        reasons = list(plan.rest_reasons.all())
        windows = [
            each
            for each in windows
            if not is_said(plan=plan, window=each, reasons=reasons, on=on)
            or not rests.rested_in(baseline=plan, windows=[each])
        ]
    for window in windows:
        then = rests.as_set_on(window=window, on=on)
        if then is not None and touches(then):
            return (
                f"{chinese_date(on)}在{window.get_cause_display()}停工期（{short_date(window.from_on)}—"
                f"{short_date(window.to_on)}，{window.get_work_kind_display()}）：{window.reason}。"
            )
    return None


def _pilot_first(project: Project, on: date) -> str | None:
    """先试点后示范: the pilots (示范样板) among a programme's projects of one type begin before the others. A
    project that has begun is judged by its own first day, so that a pilot named later does not reproach it."""
    if project.is_model and project.model_on is not None and project.model_on <= on:
        return None
    on = judged_day(project=project, kind=GateKind.STARTED, on=on, with_claim=True)
    pilots = (
        Project.objects.filter(
            programme_id=project.programme_id,
            renovation_type=project.renovation_type,
            is_model=True,
            model_on__lte=on,
        )
        .in_scope_on(on)
        .exclude(pk=project.pk)
        .order_by("street__order", "code")
        .prefetch_related("gates")
    )
    waiting = [str(row) for row in pilots if not _has_started(row, on)]
    if not waiting:
        return None
    named = "、".join(waiting[:3]) + ("等" if len(waiting) > 3 else "")
    kind = project.get_renovation_type_display()
    return f"{kind}的示范样板还没有开工：{named}，先试点后示范。"


def _has_started(project: Project, on: date) -> bool:
    """Whether 开工 was passed by a day, evidence included."""
    row = next((gate for gate in project.gates.all() if gate.kind == GateKind.STARTED), None)
    if row is None or row.actual_on is None or row.actual_on > on:
        return False
    return row.evidence_id is not None or row.is_opening


def _papers_are_in(project: Project, _on: date) -> str | None:
    """容缺承诺: what was promised for the earlier gates came in."""
    open_ = [row.lacks for row in project.gate_promises.all() if row.received_on is None]
    return f"承诺补齐的材料还没有补齐：{'、'.join(open_)}。" if open_ else None


CHECKS: list[GateCheck] = [
    *(
        GateCheck(
            code=f"ledger.order.{gate.value}",
            gate=gate,
            title="前面的关口已过",
            find=_earlier_gates(gate),
            source="工程阶段顺序",
        )
        for gate in ORDER[1:]
    ),
    GateCheck(
        code="ledger.entry.built",
        gate=GateKind.PROGRAMMED,
        title="建成年份符合",
        find=_built_before,
        source="平台默认；国办发〔2020〕23号：重点改造2000年底前建成的",
    ),
    GateCheck(
        code="ledger.entry.review",
        gate=GateKind.PROGRAMMED,
        title="部门联审通过",
        find=_reviewed,
        source="平台默认：计划申报联审",
    ),
    *(
        GateCheck(
            code=f"ledger.entered.{gate.value}",
            gate=gate,
            title="列入计划的条件已核清",
            find=_entered,
            source="平台默认：计划申报联审",
        )
        for gate in (GateKind.APPROVED, GateKind.STARTED)
    ),
    GateCheck(
        code="ledger.works_order",
        gate=GateKind.STARTED,
        title="计划先拆违后治理、先地下后地上",
        find=_order_of_works,
        source="平台默认：“先四后四”",
    ),
    GateCheck(
        code="ledger.rests",
        gate=GateKind.STARTED,
        title="开工不在停工期",
        find=_works_rest,
        source="平台默认：高温、汛期、重大活动停工",
    ),
    GateCheck(
        code="ledger.pilot",
        gate=GateKind.STARTED,
        title="先试点后示范",
        find=_pilot_first,
        source="平台默认：“先四后四”",
    ),
    GateCheck(
        code="ledger.promises",
        gate=GateKind.ACCEPTED,
        title="容缺材料已补齐",
        find=_papers_are_in,
        source="平台默认",
    ),
]
