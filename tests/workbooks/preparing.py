"""What stands in the ledger beside a workbook, for the rules that compare it with plan, money, calendar and past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories.weekly import make_return
from tests.workbooks.scene import LAST_WEEK, Scene, put


def resting(scene: Scene) -> None:
    from projects.ledger.enums import RestCause, WorkKind
    from projects.ledger.models import RestWindow

    RestWindow.objects.create(
        bureau=scene.district.bureau,
        cause=RestCause.EVENT,
        work_kind=WorkKind.ALL,
        from_on=date(2025, 9, 1),
        to_on=date(2025, 9, 30),
        reason="全部停工",
    )


def received(scene: Scene) -> None:
    """200 万元 by the week, more after it, of 柳泉小区 alone; the others have no money in the ledger."""
    from projects.funding.enums import Stage
    from tests.factories.funding import FundingEventFactory

    project = scene.projects["ZC2025-06"]
    for day, amount in ((date(2025, 9, 21), 200_0000_00), (date(2025, 9, 22), 900_0000_00)):
        FundingEventFactory(
            project=project, stage=Stage.RECEIVED, amount_fen=amount, occurred_on=day
        )


def reused(scene: Scene) -> None:
    """柳泉小区 and 文昌园小区 of another street hold one photograph, 建材一宿舍 one that was taken off."""
    from tests.factories.ledger import PhotoFactory

    first = PhotoFactory(project=scene.projects["ZC2025-06"])
    PhotoFactory(project=scene.elsewhere, original__sha256=first.original.sha256)
    PhotoFactory(
        project=scene.projects["ZC2025-07"],
        original__sha256=first.original.sha256,
        removed_at=first.added_at,
        removed_by=first.added_by,
        removal_reason="传错",
    )


def namesake(scene: Scene) -> None:
    """文昌园小区 of another street is called 柳泉小区 too; so are a cancelled one, one that comes later and one of another
    district, which are not told."""
    from tests.factories.accounts import make_district
    from tests.factories.ledger import ProgrammeFactory, ProjectFactory

    programme, street = scene.elsewhere.programme, scene.elsewhere.street
    scene.elsewhere.name = "柳泉小区"
    scene.elsewhere.save()
    for days in (
        {"cancelled_on": date(2025, 9, 1), "cancellation_reason": "整体征收"},
        {"approved_on": date(2025, 9, 22)},
    ):
        ProjectFactory(programme=programme, street=street, name="柳泉小区", **days)
    other = make_district("other-")
    ProjectFactory(
        programme=ProgrammeFactory(bureau=other.bureau), street=other.streets[0], name="柳泉小区"
    )


def steady(scene: Scene) -> None:
    """柳泉小区 rose by 0.5 points and 1 万元 in each of nine weeks."""
    week = LAST_WEEK
    for before in range(1, 10):
        week = week.previous()
        percent = Decimal("69.0") - Decimal("0.5") * before
        rows = {scene.projects["ZC2025-06"]: (percent, 308_2000_00 - 1_0000_00 * before)}
        make_return(scene.street, rows, week_start=week.start)


def unchanged_from(first: int) -> Callable[[Any], None]:
    """Every row from this one on says that nothing changed."""
    cells: dict[str, Any] = {}
    for number in range(first, 11):
        cells |= {f"R{number}": "是", f"I{number}": None, f"J{number}": None}
    return put(**cells)


def written(scene: Scene) -> None:
    """柳泉小区 stands in the open return of the week; the others do not."""
    from supervision.weekly import services
    from supervision.weekly.values import ReportValues
    from tests.workbooks.scene import NOW, WEEK

    opened = services.open_return(street=scene.street, week=WEEK, by=scene.clerk, now=NOW)
    row = ReportValues(project_id=scene.projects["ZC2025-06"].pk, work_done="脚手架已搭")
    services.write_reports(weekly_return=opened, rows=[row], by=scene.clerk, now=NOW)
