"""Behind whatever was written, a page is what would be made anew; and the writes here are such as can be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from projects.funding.models import FundingPlan, FundingSource
from projects.ledger.enums import GateKind
from projects.ledger.models import Estate, Gate
from renovation.core.unchanged import SHELVES
from renovation.records.services import set_value
from reports.figures import curve
from supervision.weekly import facts, steps
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.parameters import RED_BEHIND, YELLOW_BEHIND
from tests.factories.dispatch import make_item
from tests.factories.funding import FundingEventFactory, FundingPlanFactory
from tests.factories.ledger import (
    GateFactory,
    GatePromiseFactory,
    LeadingPostFactory,
    PartyFactory,
    PhotoFactory,
    ProjectDocumentFactory,
    PublicationFactory,
    SurveyFactory,
    make_project,
)
from tests.factories.residents import MatterFactory, MeetingFactory
from tests.factories.weekly import make_return
from tests.factories.works import planned_item

from .conftest import BEFORE, WEEK, Scene
from .test_kept import ADDRESSES, PAGE, look, seen_first

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DAY = date(2025, 5, 6)
OTHER = "/projects/?light=red"


def thresholds(scene: Scene) -> None:
    for parameter, value in ((YELLOW_BEHIND, "1"), (RED_BEHIND, "2")):
        set_value(
            key=parameter.key, organisation=scene.district.bureau, value=value,
            effective_on=date(2025, 1, 1), reason="从严", by=None, now=scene.now,
        )  # fmt: skip


def rename(row: Any, **values: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**values)


def correct(scene: Scene) -> None:
    """What was approved for a week is mended by a second version."""
    street = scene.street("banyanglu")
    wrong = WeeklyReturn.objects.get(street=street, week_start=BEFORE)
    make_return(
        street,
        {scene.on_course: ("33.0", 60_0000_00)},
        week_start=BEFORE,
        version=2,
        supersedes=wrong,
        correction_reason="少报了一栋",
    )


WRITES: dict[str, Callable[[Scene], object]] = {
    "周报": lambda scene: make_return(
        scene.street("zhonglou"),
        {scene.behind: ("35.0", 80_0000_00)},
        week_start=WEEK,
        state=ReturnState.PUBLISHED,
    ),
    "更正": lambda scene: correct(scene),
    "支付": lambda scene: FundingEventFactory(
        project=scene.on_course,
        source=FundingPlan.objects.filter(project=scene.on_course)[0].source,
        stage="paid",
        amount_fen=1_0000_00,
        occurred_on=DAY,
    ),
    "资金计划": lambda scene: FundingPlanFactory(project=scene.behind, planned_fen=777_0000_00),
    "资金来源": lambda _: FundingSource.objects.filter(
        pk=FundingPlan.objects.all()[0].source_id
    ).update(name="改了名的来源"),
    "项目": lambda scene: rename(scene.on_course, name="文昌园新名"),
    "新项目": lambda scene: make_project(
        code="ZC2025-09",
        name="新来小区",
        programme=scene.programme,
        street=scene.street("songlinglu"),
    ),
    "小区": lambda scene: Estate.objects.filter(project=scene.on_course).update(
        household_count=987
    ),
    "节点": lambda scene: Gate.objects.filter(project=scene.on_course).update(
        document_number="改〔2025〕9号", actual_on=DAY
    ),
    "完工": lambda scene: GateFactory(
        project=scene.behind, kind=GateKind.COMPLETED, actual_on=DAY, is_opening=True
    ),
    "街道": lambda scene: rename(scene.street("banyanglu"), short_name="新般阳路街道"),
    "区局": lambda scene: rename(scene.district.bureau, short_name="新区局", district_name="新区"),
    "参数": thresholds,
    "参建单位": lambda scene: PartyFactory(
        project=scene.on_course, name="后来的监理单位", valid_from=date(2025, 1, 1)
    ),
    "文件": lambda scene: ProjectDocumentFactory(project=scene.on_course, title="后来的文件"),
    "照片": lambda scene: PhotoFactory(project=scene.on_course),
    "承诺": lambda scene: GatePromiseFactory(project=scene.on_course, promised_on=DAY, due_on=DAY),
    "领导": lambda scene: LeadingPostFactory(bureau=scene.district.bureau).projects.add(
        scene.on_course
    ),
    "议事": lambda scene: MatterFactory(
        meeting=MeetingFactory(project=scene.on_course, held_on=DAY), due_on=DAY
    ),
    "两清": lambda scene: SurveyFactory(project=scene.on_course),
    "公开": lambda scene: PublicationFactory(project=scene.on_course),
    "改造内容": lambda scene: planned_item(project=scene.on_course),
    "交办": lambda scene: make_item(scene.district, project=scene.on_course),
}


@pytest.fixture
def of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of large districts alone is kept of two projects."""
    for module in (curve, facts, steps):
        monkeypatch.setattr(module, "_FEW", 0)


@pytest.mark.usefixtures("of_many")
def test_behind_each_write_a_page_is_what_would_be_made_anew(scene: Scene) -> None:
    leader, bureau = scene.client("leader"), scene.client("bureau")
    seen_first(leader, bureau)
    pages = [*((leader, address) for address in ADDRESSES), (bureau, PAGE), (bureau, OTHER)]
    before = [look(client, address)[0] for client, address in pages]
    unseen = []
    for what, write in WRITES.items():
        write(scene)
        kept = [look(client, address)[0] for client, address in pages]
        anew = []
        for client, address in pages:
            for shelf in SHELVES:
                shelf.clear()
            anew.append(look(client, address)[0])
        assert kept == anew, what
        unseen += [what] if kept == before else []
        before = [look(client, address)[0] for client, address in pages]
    assert unseen == []
