"""A colleague writes in the moment between the look anew of a confirmation and its own writing."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from projects.ledger.models import Project
from projects.works.models import IllegalStructure, ItemPlan, UtilityPlan
from projects.works.services.items import PlanValues, plan_item
from projects.works.services.structures import StructureValues, amend_structure
from projects.works.services.utilities import save_plan
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal, StateConflict
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.records.models import AuditEntry
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.factories.works import (
    MenuItemFactory,
    StructureFactory,
    UtilityPlanFactory,
    planned_item,
)
from tests.projects.list_books import scene as lists
from tests.projects.works import test_intake as works
from tests.races import Colleague

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))
#: What every service begins with that writes of a project's works.
_LOCK = ("ledger_project", "FOR UPDATE")


def scene() -> tuple[District, Project]:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
    )
    return district, project


def confirmed(district: District, upload: Upload, colleague: Colleague) -> str:
    with connection.execute_wrapper(colleague):
        text = intake.commit(upload=upload, by=district.users["bureau"], now=NOW).text
    assert colleague.times == 0
    return text


def explained(district: District, upload: Upload, code: str) -> None:
    """Writing over what the colleague said asks for a reason by then; it is given, and confirmed."""
    by = district.users["bureau"]
    with pytest.raises(Refusal) as refused:
        intake.commit(upload=upload, by=by, now=NOW)
    assert refused.value.code == "upload.reason_missing"
    (key,) = {row["key"] for row in upload.rows}
    intake.answer(upload=upload, reasons=[(key, code, "今天现场看过")], by=by, now=NOW)
    intake.commit(upload=upload, by=by, now=NOW)


def amended(district: District, now: datetime = NOW, **changes: Any) -> None:
    row = IllegalStructure.objects.get()
    names = ("location", "kind", "building", "estate", "area_sqm", "needs_waterproofing",
             "built_on", "stood_before", "note")  # fmt: skip
    values = StructureValues(**{name: getattr(row, name) for name in names} | changes)
    amend_structure(
        structure=row, values=values, reason="现场核实", by=district.users["bureau2"], now=now
    )


def structures_sent(district: District, **cells: Any) -> Upload:
    book = lists.book_of(district, "structures", NOW)
    lists.write(book, "structures", 1, **cells)
    upload = lists.sent(district, "structures", book, NOW)
    assert lists.errors(upload) == []
    return upload


def test_what_a_colleague_says_of_a_structure_in_that_moment_is_shown_and_not_written_over() -> (
    None
):
    district, project = scene()
    StructureFactory(project=project, note="沿街")
    upload = structures_sent(district, note="沿街，业主已搬离")
    colleague = Colleague(lambda: amended(district, note="沿街，有出租户"))
    with pytest.raises(StateConflict) as stale:
        confirmed(district, upload, colleague)
    assert stale.value.code == "upload.stale"
    assert "被别人改过，已列出现在写着的内容" in str(stale.value)
    assert IllegalStructure.objects.values_list("note", "version").get() == ("沿街，有出租户", 2)
    upload.refresh_from_db()
    assert upload.state == UploadState.PREVIEW
    assert upload.rows[0]["before"]["note"] == "沿街，有出租户"
    explained(district, upload, "L182")
    assert IllegalStructure.objects.values_list("note", "version").get() == ("沿街，业主已搬离", 3)


def test_what_a_colleague_says_while_the_file_is_read_asks_for_another_reading() -> None:
    district, project = scene()
    StructureFactory(project=project, note="沿街")
    book = lists.book_of(district, "structures", NOW)
    lists.write(book, "structures", 1, note="沿街，业主已搬离")
    act = Colleague(lambda: amended(district, built_on=date(2024, 12, 1)), before=_LOCK)
    with connection.execute_wrapper(act):
        upload = lists.sent(district, "structures", book, NOW)
    assert [(fault.code, fault.message) for fault in lists.errors(upload)] == [
        ("L171", "核对的时候别人正在改这一行，请重新读取这份文件")
    ]
    by = district.users["bureau"]
    intake.read_again(upload=upload, by=by, now=NOW)
    intake.read(upload_id=upload.pk, now=NOW)
    upload.refresh_from_db()
    assert lists.errors(upload) == []
    intake.commit(upload=upload, by=by, now=NOW)
    row = IllegalStructure.objects.get()
    assert (row.note, row.built_on) == ("沿街，业主已搬离", date(2024, 12, 1))


def test_what_a_colleague_says_in_another_cell_in_that_moment_stays() -> None:
    district, project = scene()
    StructureFactory(project=project, note="沿街")
    upload = structures_sent(district, note="沿街，业主已搬离")
    colleague = Colleague(lambda: amended(district, built_on=date(2024, 12, 1)))
    assert confirmed(district, upload, colleague) == "写入 1 行"
    row = IllegalStructure.objects.get()
    assert (row.note, row.built_on, row.version) == ("沿街，业主已搬离", date(2024, 12, 1), 3)
    assert AuditEntry.objects.filter(act="upload.commit").count() == 1


def test_where_colleagues_write_without_end_nothing_is_written() -> None:
    district, project = scene()
    StructureFactory(project=project, note="沿街")
    upload = structures_sent(district, note="沿街，业主已搬离")
    days = iter([date(2024, 12, 1), date(2024, 12, 2), date(2024, 12, 3)])
    colleague = Colleague(lambda: amended(district, built_on=next(days)), times=intake.MOST_LOOKS)
    with pytest.raises(StateConflict) as stale:
        confirmed(district, upload, colleague)
    assert (stale.value.code, str(stale.value)) == (
        "upload.stale",
        "别人正在改这些内容，没有写入。请稍后再确认。",
    )
    row = IllegalStructure.objects.get()
    assert (row.note, row.built_on, row.version) == ("沿街", date(2024, 12, 3), 4)
    upload.refresh_from_db()
    assert upload.state == UploadState.PREVIEW


def test_a_plan_of_a_utility_that_a_colleague_changes_in_that_moment_is_not_written_over() -> None:
    district, project = scene()
    plan = UtilityPlanFactory(project=project, note="先会签")
    book = lists.book_of(district, "utilities", NOW)
    lists.write(book, "utilities", 1, note="夜间施工")
    upload = lists.sent(district, "utilities", book, NOW)
    assert lists.errors(upload) == []
    names = ("kind", "operator", "estate", "stretch", "planned_from", "planned_to",
             "opens_surface", "depth_cm", "cost_bearer", "contact", "phone",
             "document_number")  # fmt: skip

    def change() -> None:
        row = UtilityPlan.objects.get(pk=plan.pk)
        values = {name: getattr(row, name) for name in names} | {"note": "分段施工"}
        save_plan(project=project, plan=row, values=values, by=district.users["bureau2"], now=NOW)

    with pytest.raises(StateConflict) as stale:
        confirmed(district, upload, Colleague(change))
    assert stale.value.code == "upload.stale"
    assert UtilityPlan.objects.values_list("note", "version").get() == ("分段施工", 2)


def planned(district: District, quantity: str, **more: Any) -> None:
    plan = ItemPlan.objects.latest("version")
    plan_item(
        project=plan.item.project,
        menu_item=plan.item.menu_item,
        values=PlanValues(quantity=Decimal(quantity), reason="设计调整", **more),
        by=district.users["bureau2"],
        now=NOW,
    )


def works_sent(district: District, project: Project) -> Upload:
    item = planned_item("100", project=project, menu_item=MenuItemFactory(code="water-pipes"))
    book = works.book_of(district, NOW)
    works.write(book, works.row_of(book, str(item)), quantity=130, reason="加一段支管")
    upload = works.sent(district, book, NOW)
    assert works.faults(upload) == set()
    return upload


def test_what_a_colleague_plans_in_that_moment_is_shown_and_not_written_over() -> None:
    district, project = scene()
    upload = works_sent(district, project)
    with pytest.raises(StateConflict) as stale:
        confirmed(district, upload, Colleague(lambda: planned(district, "90")))
    assert stale.value.code == "upload.stale"
    assert ItemPlan.objects.latest("version").quantity == Decimal(90)
    upload.refresh_from_db()
    assert upload.rows[0]["before"]["quantity"] == "90.00"
    explained(district, upload, "G165")
    newest = ItemPlan.objects.latest("version")
    assert (newest.quantity, newest.version) == (Decimal(130), 3)


def test_a_day_that_a_colleague_plans_in_that_moment_stays() -> None:
    district, project = scene()
    upload = works_sent(district, project)
    colleague = Colleague(lambda: planned(district, "100", planned_to=date(2025, 8, 31)))
    confirmed(district, upload, colleague)
    newest = ItemPlan.objects.latest("version")
    assert (newest.quantity, newest.planned_to, newest.version) == (
        Decimal(130),
        date(2025, 8, 31),
        3,
    )
