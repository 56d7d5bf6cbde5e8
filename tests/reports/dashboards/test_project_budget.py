"""The page of a project and the list of projects cost the same queries for one row of each part and for three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from projects.funding.enums import FindingOrigin, FindingSeverity, Stage
from projects.funding.findings.services import FindingValues, record_finding
from projects.ledger.enums import GateKind, PartyRole
from projects.ledger.models import Project
from tests.factories.aftercare import CommitteeFactory, ManagementFactory
from tests.factories.consent import HouseholdFactory, make_answers, wished
from tests.factories.dispatch import make_working
from tests.factories.funding import FundingEventFactory, FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import (
    BaselineFactory,
    DocumentKindFactory,
    EstateFactory,
    GateFactory,
    GatePromiseFactory,
    LeadingPostFactory,
    PartyFactory,
    PhotoFactory,
    ProjectChangeFactory,
    ProjectDocumentFactory,
    PublicationFactory,
    StandardCheckFactory,
    StandardItemFactory,
    StoredFileFactory,
    SurveyFactory,
    make_project,
)
from tests.factories.residents import (
    MatterFactory,
    MeetingFactory,
    NoticeFactory,
    ObjectionFactory,
)
from tests.factories.works import (
    CompletionFactory,
    MenuItemFactory,
    StructureFactory,
    planned_item,
)

from .conftest import Scene

PAGE = "/projects/ZC2025-01/"
EARLIER = f"{PAGE}?week=2025-04-28"
Grow = Callable[[Scene, Project, int], None]


def estates(scene: Scene, project: Project, number: int) -> None:
    estate = EstateFactory(project=project, name=f"第{number}区")
    CommitteeFactory(estate=estate)
    ManagementFactory(estate=estate)
    HouseholdFactory(estate=estate)


def parties(scene: Scene, project: Project, number: int) -> None:
    role = [PartyRole.SUPERVISOR, PartyRole.DESIGNER, PartyRole.AGENT][number]
    PartyFactory(project=project, role=role, name=f"单位{number}")


def sources(scene: Scene, project: Project, number: int) -> None:
    source = FundingSourceFactory(code=f"more-{number}", name=f"来源{number}")
    FundingPlanFactory(project=project, source=source)
    FundingEventFactory(
        project=project, source=source, stage=Stage.ALLOCATED, occurred_on=date(2025, 3, 3)
    )


def works(scene: Scene, project: Project, number: int) -> None:
    item = planned_item(project=project, menu_item=MenuItemFactory(code=f"more-{number}"))
    CompletionFactory(item=item, evidence=StoredFileFactory())
    StructureFactory(project=project)


def gates(scene: Scene, project: Project, number: int) -> None:
    kind = [GateKind.APPROVED, GateKind.COMPLETED, GateKind.ACCEPTED][number]
    GateFactory(project=project, kind=kind, actual_on=date(2025, 4, 10 + number))
    GatePromiseFactory(project=project, lacks=f"材料{number}")


def documents(scene: Scene, project: Project, number: int) -> None:
    kind = DocumentKindFactory(
        bureau=scene.district.bureau, is_plan=True, required_at=GateKind.STARTED
    )
    first = ProjectDocumentFactory(project=project, kind=kind, title=f"方案{number}")
    ProjectDocumentFactory(
        project=project, kind=kind, title=first.title, version=2, supersedes=first
    )
    PhotoFactory(project=project, added_at=datetime(2025, 4, 1, 2, tzinfo=UTC))


def changes(scene: Scene, project: Project, number: int) -> None:
    ProjectChangeFactory(project=project, title=f"变更{number}")
    BaselineFactory(project=project, version=number + 2, approved_on=date(2025, 4, 1 + number))


def rounds(scene: Scene, project: Project, number: int) -> None:
    found = wished(project, MenuItemFactory(code=f"wish-{number}"), number=number + 1)
    type(found).objects.filter(pk=found.pk).update(
        state="closed", closed_by=scene.district.users["bureau"], closed_at=scene.now
    )
    make_answers(found, [HouseholdFactory(estate=project.estates.first())], agreed=1)


def problems(scene: Scene, project: Project, number: int) -> None:
    record_finding(
        project=project,
        values=FindingValues(
            origin=FindingOrigin.FOLLOWING,
            title=f"问题{number}",
            detail="",
            found_on=date(2025, 4, 1),
            amount_fen=1,
            severity=FindingSeverity.MINOR,
            document_number="",
            responsible="建设单位",
            owner=scene.district.users["banyanglu"],
            deadline_on=date(2025, 4, 30),
        ),
        report=None,
        by=scene.district.users["bureau"],
        now=scene.now,
    )
    notice = NoticeFactory(
        project=project,
        point="node",
        node=f"节点{number}",
        state="published",
        posted_on=date(2025, 4, 1),
    )
    ObjectionFactory(notice=notice)


def meetings(scene: Scene, project: Project, number: int) -> None:
    MatterFactory(meeting=MeetingFactory(project=project))
    make_working(scene.district, project=project, now=datetime(2025, 5, 2, 2, tzinfo=UTC))


def lists(scene: Scene, project: Project, number: int) -> None:
    bureau = scene.district.bureau
    since = datetime(2025, 5, 8, 2, tzinfo=UTC)
    for place, at in enumerate((datetime(2025, 4, 1, 2, tzinfo=UTC), since)):
        item = StandardItemFactory(bureau=bureau, number=2 * number + place + 1)
        StandardCheckFactory(
            project=project, item=item, checked_at=at, evidence=StoredFileFactory()
        )
    SurveyFactory(project=project)
    PublicationFactory(project=project)
    LeadingPostFactory(bureau=bureau).projects.add(project)


PARTS: tuple[Grow, ...] = (
    estates, parties, sources, works, gates, documents, changes, rounds, problems, meetings, lists,
)  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("user", "address", "queries"),
    [("bureau", PAGE, 64), ("bureau", EARLIER, 65), ("npc", PAGE, 59)],
)
def test_the_page_costs_the_same_for_one_row_of_each_part_and_for_three(
    scene: Scene,
    user: str,
    address: str,
    queries: int,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        for grow in PARTS:
            grow(scene, scene.on_course, number)
    client = scene.client(user)
    html = client.get(address).content.decode()
    for number in range(3):
        words = (f"第{number}区", f"单位{number}", f"来源{number}", f"方案{number}（第 2 版）")
        assert [word in html for word in words] == [number < count] * len(words)
    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("/projects/", 19), ("/projects/export/", 19)])
def test_the_list_costs_the_same_for_one_project_and_for_three(
    scene: Scene, address: str, queries: int, count: int, django_assert_num_queries: Any
) -> None:
    street = scene.on_course.street
    for number in range(3, 2 + count):
        make_project(
            code=f"ZC2025-{number:02}",
            name=f"加{number}小区",
            programme=scene.programme,
            street=street,
            started_on=date(2025, 3, 3),
        )
    assert street.projects.count() == count
    client = scene.client("banyanglu")
    assert client.get(address).status_code == 200
    with django_assert_num_queries(queries):
        client.get(address)
