"""A district with hand-made figures: three projects that count, and every kind of row that must not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingSource
from projects.ledger.enums import GateKind
from projects.ledger.models import Programme, Project
from renovation.core.calendar import SHANGHAI
from supervision.weekly.enums import ReturnState
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingEventFactory, FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import GateFactory, ProgrammeFactory, ProjectFactory, make_project
from tests.factories.weekly import make_return

#: The Sunday of the week that is looked at, and a moment after that week has closed.
AS_OF = date(2025, 5, 11)
NOW = datetime(2025, 5, 13, 9, 0, tzinfo=SHANGHAI)
WEEKS = [date(2025, 4, 21), date(2025, 4, 28), date(2025, 5, 5)]

#: A plan whose arithmetic is done in the head: 100 days, straight through 40 % at the end of April.
PLAN = {
    "planned_start_on": date(2025, 4, 10),
    "planned_completion_on": date(2025, 7, 19),
    "planned_investment_fen": 200_0000_00,
    "targets": {date(2025, 4, 30): 40, date(2025, 5, 31): 71, date(2025, 6, 30): 86},
}


@dataclass
class Scene:
    """``even`` keeps its plan, ``red`` is far behind, ``planless`` has no baseline; ``even`` and ``red`` stand
    in 般阳路, ``other`` in 钟楼. ``cancelled``, ``later`` and ``foreign`` must not count anywhere."""

    district: District
    programme: Programme
    even: Project
    red: Project
    other: Project
    planless: Project
    cancelled: Project
    later: Project
    foreign: Project
    source: FundingSource


def make_scene() -> Scene:
    """The district; the money is all of one source."""
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    banyanglu, zhonglou = district.street("banyanglu"), district.street("zhonglou")
    even = make_project(
        programme=programme,
        street=banyanglu,
        code="ZC2025-01",
        name="文昌园小区",
        households=200,
        area="20000.00",
        buildings=5,
        started_on=date(2025, 4, 12),
        baseline=PLAN,
    )
    red = make_project(
        programme=programme,
        street=banyanglu,
        code="ZC2025-02",
        name="昆仑巷小区",
        households=100,
        area="10000.00",
        buildings=2,
        started_on=date(2025, 4, 20),
        baseline=PLAN,
    )
    other = make_project(
        programme=programme,
        street=zhonglou,
        code="ZC2025-03",
        name="钟楼新村",
        households=300,
        area="30000.00",
        buildings=6,
        baseline=PLAN,
    )
    planless = ProjectFactory(
        programme=programme, street=zhonglou, code="ZC2025-04", name="没有计划的小区"
    )
    cancelled = make_project(
        programme=programme,
        street=banyanglu,
        code="ZC2025-05",
        name="取消的小区",
        started_on=date(2025, 4, 12),
        baseline=PLAN,
        cancelled_on=AS_OF,
        cancellation_reason="征收",
    )
    later = make_project(
        programme=programme,
        street=banyanglu,
        code="ZC2025-06",
        name="后来列入的小区",
        started_on=date(2025, 4, 12),
        baseline=PLAN,
        approved_on=date(2025, 5, 12),
    )
    neighbours = make_district("boshan-")
    abroad = ProgrammeFactory(bureau=neighbours.bureau, name="博山区计划")
    foreign = make_project(
        programme=abroad,
        street=neighbours.street("banyanglu"),
        code="BS2025-01",
        name="别区的项目",
        households=999,
        started_on=date(2025, 4, 12),
        baseline=PLAN,
    )
    scene = Scene(
        district,
        programme,
        even,
        red,
        other,
        planless,
        cancelled,
        later,
        foreign,
        FundingSourceFactory(code="central"),
    )
    _returns(scene)
    _money(scene)
    return scene


def _returns(scene: Scene) -> None:
    banyanglu, zhonglou = scene.even.street, scene.other.street
    people = [scene.district.users[name] for name in ("banyanglu", "banyanglu-head", "reviewer")]
    clerk, head, reviewer = people
    named = {"clerk": clerk, "head": head, "reviewer": reviewer}
    make_return(
        banyanglu,
        {scene.even: ("30.0", 60_0000_00), scene.red: ("5.0", 10_0000_00)},
        week_start=WEEKS[0], **named,
    )  # fmt: skip
    make_return(
        banyanglu,
        {scene.even: ("51.0", 100_0000_00), scene.red: ("10.0", 25_5000_00)},
        week_start=WEEKS[1], **named,
    )  # fmt: skip
    # Of the last week 般阳路 waits for approval, and 钟楼 sent nothing.
    make_return(
        banyanglu,
        {scene.even: ("60.0", 120_0000_00), scene.red: ("20.0", 30_0000_00)},
        week_start=WEEKS[2], state=ReturnState.REVIEWED, **named,
    )  # fmt: skip
    make_return(zhonglou, {scene.other: ("15.0", 0)}, week_start=WEEKS[0])
    abroad = scene.foreign.street
    make_return(abroad, {scene.foreign: ("99.0", 199_0000_00)}, week_start=WEEKS[1])


def _money(scene: Scene) -> None:
    source = scene.source
    FundingPlanFactory(project=scene.even, source=source, planned_fen=300_0000_00)
    FundingPlanFactory(project=scene.red, source=source, planned_fen=100_0000_00)
    rows = [
        (Stage.ALLOCATED, 300, date(2025, 3, 1)),
        (Stage.RECEIVED, 100, date(2025, 4, 1)),
        (Stage.RECEIVED, 60, date(2025, 5, 1)),
        (Stage.RELEASED, 70, date(2025, 5, 2)),
        (Stage.PAID, 40, date(2025, 5, 3)),
        (Stage.PAID, 20, date(2025, 5, 12)),  # the day after
    ]
    for stage, wanyuan, day in rows:
        FundingEventFactory(
            project=scene.even, source=source, stage=stage, amount_fen=wanyuan * 1_000_000,
            occurred_on=day,
        )  # fmt: skip
    FundingEventFactory(
        project=scene.even, source=source, stage=Stage.RECEIVED, amount_fen=128_0000_00,
        occurred_on=date(2025, 5, 6), state=EventState.PENDING,
    )  # fmt: skip
    FundingEventFactory(
        project=scene.even, source=source, stage=Stage.RECEIVED, amount_fen=999_0000_00,
        occurred_on=date(2025, 5, 6), state=EventState.REJECTED,
    )  # fmt: skip
    FundingEventFactory(
        project=scene.foreign, source=source, stage=Stage.RECEIVED, amount_fen=777_0000_00,
        occurred_on=date(2025, 4, 6),
    )  # fmt: skip


def claim(project: Project, kind: GateKind, day: date) -> None:
    """A gate with a date and without evidence."""
    GateFactory(project=project, kind=kind, actual_on=day, evidence=None)
