"""The page of a project in an earlier week says nothing that came later, or says in words that it is today's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from projects.ledger.enums import GateKind, Verdict
from projects.ledger.models import StandardCheck
from projects.ledger.standards import services
from reports.figures.enums import AlarmState, Direction
from reports.figures.models import DivergenceAlarm
from tests.factories.ledger import (
    DocumentKindFactory,
    GateFactory,
    ProjectDocumentFactory,
    PublicationFactory,
    StandardCheckFactory,
    StandardItemFactory,
    StoredFileFactory,
    SurveyFactory,
)
from tests.factories.residents import NoticeFactory

from .conftest import Scene
from .test_doings import PAGE, _section

#: The page as it was on 4 May, a week before that of the scene (11 May).
EARLIER = f"{PAGE}?week=2025-04-28"
SINCE = datetime(2025, 5, 8, 2, tzinfo=UTC)


def _files(scene: Scene, address: str) -> str:
    return _section(scene.text("bureau", address), "files")


def _about(scene: Scene, address: str) -> str:
    return _section(scene.text("bureau", address), "about")


def test_evidence_stands_from_the_day_of_its_gate(scene: Scene) -> None:
    """A gate passed in April whose paper came in later is passed since April (MEASURES.md, as of)."""
    GateFactory(
        project=scene.on_course,
        kind=GateKind.APPROVED,
        actual_on=date(2025, 4, 20),
        evidence=StoredFileFactory(name="批复.pdf", stored_at=SINCE),
    )
    GateFactory(
        project=scene.on_course,
        kind=GateKind.COMPLETED,
        actual_on=date(2025, 5, 6),
        evidence=StoredFileFactory(name="完工验收单.pdf"),
    )
    GateFactory(
        project=scene.on_course,
        kind=GateKind.ACCEPTED,
        actual_on=None,
        evidence=StoredFileFactory(name="预验收记录.pdf", stored_at=SINCE),
    )
    now, then = _files(scene, PAGE), _files(scene, EARLIER)
    assert [name in now for name in ("批复.pdf", "完工验收单.pdf", "预验收记录.pdf")] == [True] * 3
    assert "批复.pdf" in then
    assert "完工验收单.pdf" not in then
    assert "预验收记录.pdf" not in then
    assert "4 件" in now
    assert "2 件" in then


def test_the_plan_stands_in_the_version_of_the_day(scene: Scene) -> None:
    kind = DocumentKindFactory(bureau=scene.district.bureau, is_plan=True)
    common = {"project": scene.on_course, "kind": kind, "title": "改造方案甲"}
    first = ProjectDocumentFactory(**common)
    ProjectDocumentFactory(
        **common, version=2, supersedes=first, file=StoredFileFactory(stored_at=SINCE)
    )
    ProjectDocumentFactory(
        project=scene.on_course,
        kind=kind,
        title="改造方案乙",
        file=StoredFileFactory(stored_at=SINCE),
    )
    now, then = _about(scene, PAGE), _about(scene, EARLIER)
    assert "改造方案甲</a>第 2 版" in now
    assert "改造方案乙" in now
    assert "改造方案甲</a></dd>" in then
    assert "第 2 版" not in then
    assert "改造方案乙" not in then
    assert "改造方案甲" in _files(scene, EARLIER)
    assert "第 2 版" not in _files(scene, EARLIER)


def test_verdicts_are_those_of_the_day(scene: Scene) -> None:
    """Judged in April, judged again since, judged only since, retired since, retired before."""
    bureau = scene.district.bureau
    items = [StandardItemFactory(bureau=bureau, number=number) for number in range(1, 6)]
    april = datetime(2025, 4, 20, 2, tzinfo=UTC)
    for item in (items[0], items[1]):
        StandardCheckFactory(
            project=scene.on_course, item=item, note="见会议纪要", checked_at=april
        )
    again = StandardCheck.objects.get(item=items[1])
    again.verdict, again.note = Verdict.UNMET, "会议没有开"
    services.judge(
        row=again,
        organisation=scene.on_course.street,
        of="项目",
        seen_version=1,
        by=scene.district.users["bureau"],
        now=SINCE,
    )
    StandardCheckFactory(project=scene.on_course, item=items[2], checked_at=SINCE)
    for item, day in ((items[3], date(2025, 5, 7)), (items[4], date(2025, 4, 1))):
        item.retired_on = day
        item.save()
    assert "3 条中符合 2（1 条无依据），不符合 1，未核对 0" in _about(scene, PAGE)
    assert "4 条中符合 2，不符合 0，未核对 2" in _about(scene, EARLIER)


def test_surveys_and_publications_are_those_of_the_day(scene: Scene) -> None:
    SurveyFactory(project=scene.on_course)
    SurveyFactory(project=scene.on_course, kind="needs", done_on=date(2025, 5, 7))
    PublicationFactory(project=scene.on_course)
    PublicationFactory(project=scene.on_course, kind="investment", published_on=date(2025, 5, 7))
    NoticeFactory(
        project=scene.on_course,
        point="node",
        state="published",
        posted_on=date(2025, 5, 6),
        closes_on=date(2025, 5, 16),
    )
    assert "两清两访 2/4，四公开 3/4" in _about(scene, PAGE)
    assert "两清两访 1/4，四公开 1/4" in _about(scene, EARLIER)


def _alarm(scene: Scene, **more: object) -> DivergenceAlarm:
    values = {
        "project": scene.on_course,
        "direction": Direction.AHEAD,
        "opened_on": date(2025, 4, 27),
        "value_points": Decimal("20.0"),
        "threshold_points": Decimal("15.0"),
    }
    return DivergenceAlarm.objects.create(**(values | more))


@pytest.mark.parametrize(
    ("make", "now", "then"),
    [
        (lambda scene: _alarm(scene, opened_on=date(2025, 5, 11)), True, False),
        (
            lambda scene: _alarm(scene, state=AlarmState.CLOSED, closed_on=date(2025, 5, 11)),
            False,
            True,
        ),
        (_alarm, True, True),
    ],
    ids=["opened since", "closed since", "stands"],
)
def test_an_alarm_stands_in_the_weeks_in_which_it_stood(
    scene: Scene, make: Callable[[Scene], DivergenceAlarm], now: bool, then: bool
) -> None:
    make(scene)
    assert ("付款背离。" in scene.text("bureau", PAGE)) is now
    assert ("付款背离。" in scene.text("bureau", EARLIER)) is then


def test_an_alarm_is_explained_from_the_day_on_which_it_was(scene: Scene) -> None:
    _alarm(
        scene,
        state=AlarmState.EXPLAINED,
        explanation="预付款",
        explained_by=scene.district.users["bureau"],
        explained_at=SINCE,
    )
    assert "，已说明。" in scene.text("bureau", PAGE)
    assert "，已说明。" not in scene.text("bureau", EARLIER)


def test_what_has_no_day_says_that_it_is_todays_in_an_earlier_week_alone(scene: Scene) -> None:
    about = "类型、特色、编码，以及应有的文件种类和标准条目，是现在的；其余截至5月4日。"
    estates = "小区和楼栋、户数、面积是现在登记的。"
    then = scene.text("bureau", EARLIER)
    assert about in _section(then, "about")
    assert estates in _section(then, "estates")
    now = scene.text("bureau", PAGE)
    assert "是现在的" not in now
    assert "是现在登记的" not in now
