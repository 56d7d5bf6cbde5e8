"""The page of a project says what became of residents' wishes, what stands open, and what is filed, of that day alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from projects.consent.models import Answer, Round
from projects.works.models import MenuItem
from tests.factories.consent import AnswerFactory, HouseholdFactory, RoundFactory
from tests.factories.ledger import (
    GatePromiseFactory,
    PhotoFactory,
    ProjectDocumentFactory,
    StoredFileFactory,
)
from tests.factories.residents import MatterFactory, MeetingFactory, NoticeFactory, ObjectionFactory
from tests.factories.works import CompletionFactory, MenuItemFactory, planned_item

from .conftest import Scene
from .test_doings import PAGE, _section

#: The page as it was on 4 May, a week before that of the scene.
EARLIER = f"{PAGE}?week=2025-04-28"


def wishes(scene: Scene, *items: MenuItem) -> None:
    """One household wishes for the items in a round that was opened in April."""
    asked = RoundFactory(project=scene.on_course, number=1, state="draft")
    asked.items.set(items)
    opened = {"opened_by": scene.district.users["reviewer"], "opened_at": scene.now}
    Round.objects.filter(pk=asked.pk).update(state="open", opened_on=date(2025, 4, 1), **opened)
    household = HouseholdFactory(estate=scene.on_course.estates.get())
    answer: Answer = AnswerFactory(round=asked, household=household, answered_on=date(2025, 4, 10))
    answer.items.set(items)


def test_wish_plan_and_result_stand_together(scene: Scene) -> None:
    lights, lifts, roads = (
        MenuItemFactory(code=code, name=name)
        for code, name in (("lighting", "照明"), ("lifts", "加装电梯"), ("roads", "小区道路"))
    )
    done = planned_item("30", project=scene.on_course, menu_item=lights)
    CompletionFactory(item=done, quantity=Decimal(30), delivered_on=date(2025, 4, 20))
    planned_item("500", project=scene.on_course, menu_item=roads)
    assert "点单" not in _section(scene.text("leader", PAGE), "works")
    wishes(scene, lights, lifts)
    part = _section(scene.text("leader", PAGE), "works")
    assert (
        "居民点单（第 1 轮，1 户）选了 2 项，列入方案 1 项，完成 1 项；没有列入：加装电梯（1 户）。"
        in part
    )
    assert part.count("1 户点单") == 1
    assert "/consent/ZC2025-01/wishes/" in part


def test_what_stands_open_is_told_as_of_the_day(scene: Scene) -> None:
    assert 'id="unsettled"' not in scene.text("bureau", PAGE)
    meeting = MeetingFactory(project=scene.on_course, held_on=date(2025, 4, 10))
    MatterFactory(meeting=meeting, due_on=date(2025, 5, 1))
    MatterFactory(meeting=meeting, content="楼道灯不亮", solved_on=date(2025, 5, 8))
    MatterFactory(meeting=MeetingFactory(project=scene.behind, held_on=date(2025, 4, 10)))
    GatePromiseFactory(
        project=scene.on_course, promised_on=date(2025, 5, 9), due_on=date(2025, 5, 31)
    )
    notice = NoticeFactory(project=scene.on_course, state="published", posted_on=date(2025, 4, 1))
    ObjectionFactory(notice=notice, raised_on=date(2025, 4, 3))
    now = _section(scene.text("bureau", PAGE), "unsettled")
    assert "1 个没有解决，1 个逾期" in now
    assert "1 个没有答复" in now
    assert "1 个没有补齐" in now
    then = _section(scene.text("bureau", EARLIER), "unsettled")
    assert "2 个没有解决，2 个逾期" in then
    assert "没有补齐" not in then


def test_a_company_is_not_told_what_stands_open(scene: Scene) -> None:
    GatePromiseFactory(project=scene.on_course, promised_on=date(2025, 4, 1))
    assert 'id="unsettled"' in scene.text("bureau", PAGE)
    assert 'id="unsettled"' not in scene.text("npc", PAGE)


def test_papers_and_photographs_stand_beside_the_evidence(scene: Scene) -> None:
    early, late = (
        StoredFileFactory(stored_at=datetime(2025, month, day, 2, tzinfo=UTC))
        for month, day in ((4, 20), (5, 8))
    )
    ProjectDocumentFactory(project=scene.on_course, title="施工图纸", file=early)
    ProjectDocumentFactory(project=scene.on_course, title="监理合同", file=late)
    ProjectDocumentFactory(project=scene.behind, title="别处的图纸", file=early)
    for stage in ("before", "before", "during"):
        PhotoFactory(project=scene.on_course, stage=stage)
    part = _section(scene.text("bureau", PAGE), "files")
    assert "施工图纸" in part
    assert "监理合同" in part
    assert "别处的图纸" not in part
    assert "改造前 2 张，改造中 1 张" in part
    then = _section(scene.text("bureau", EARLIER), "files")
    assert "施工图纸" in then
    assert "监理合同" not in then
    assert "改造前" not in then
