"""Editing a project: the second editor is told who changed what; every act is audited and kept in history."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from projects.ledger import services
from projects.ledger.conflicts import EditConflict
from projects.ledger.editing import remove_row
from projects.ledger.enums import GateKind, RenovationType
from projects.ledger.history import FieldChange, changes_of
from projects.ledger.models import Estate, Project
from renovation.core.errors import Refusal
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import EstateFactory, ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    return make_district()


@pytest.fixture
def project(clock: Clock, district: District) -> Project:
    programme = ProgrammeFactory(bureau=district.bureau)
    made: Project = ProjectFactory(
        programme=programme, street=district.street("zhonglou"), code="ZC2025-01", name="文昌园"
    )
    return made


def test_an_edit_raises_the_version_and_says_old_and_new(
    district: District, project: Project, clock: Clock
) -> None:
    by = district.users["bureau"]
    services.update_project(
        project=project,
        values={"name": "文昌园小区", "note": "临街"},
        seen_version=1,
        by=by,
        now=clock.at("2025-05-07 10:00"),
        reason="更名",
    )
    project.refresh_from_db()
    assert (project.name, project.note, project.version) == ("文昌园小区", "临街", 2)
    entry = AuditEntry.objects.get(act="project.update")
    assert entry.actor == by
    assert entry.changes == {"name": ["文昌园", "文昌园小区"], "note": ["", "临街"]}
    assert entry.reason == "更名"
    record = project.history.first()
    assert (record.history_user, record.history_change_reason) == (by, "更名")


def test_saving_the_same_again_changes_nothing(
    district: District, project: Project, clock: Clock
) -> None:
    services.update_project(
        project=project,
        values={"name": "文昌园"},
        seen_version=1,
        by=district.users["bureau"],
        now=clock.at("2025-05-07 10:00"),
    )
    project.refresh_from_db()
    assert project.version == 1
    assert AuditEntry.objects.filter(act="project.update").count() == 0


def test_the_second_editor_is_told_who_changed_what(
    district: District, project: Project, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    first, second = district.users["bureau"], district.users["bureau2"]
    for version, name in ((1, "甲"), (2, "乙")):
        services.update_project(
            project=project, values={"name": name}, seen_version=version, by=first, now=now
        )
    with pytest.raises(EditConflict) as caught:
        services.update_project(
            project=project, values={"name": "丙"}, seen_version=1, by=second, now=now
        )
    assert caught.value.changes == [
        f"{first}把“项目名称”由“甲”改为“乙”。",
        f"{first}把“项目名称”由“文昌园”改为“甲”。",
    ]
    project.refresh_from_db()
    assert (project.name, project.version) == ("乙", 3)


def test_a_new_project_has_its_first_gate_planned_and_not_passed(
    district: District, clock: Clock
) -> None:
    programme = ProgrammeFactory(bureau=district.bureau)
    by = district.users["bureau"]
    made = services.create_project(
        values={
            "code": "ZC2025-02",
            "name": "般阳里",
            "programme": programme,
            "street": district.street("banyanglu"),
            "renovation_type": RenovationType.BASIC,
            "approved_on": date(2025, 1, 20),
        },
        by=by,
        now=clock.at("2025-05-07 10:00"),
    )
    gate = made.gates.get()
    assert (gate.kind, gate.planned_on, gate.actual_on) == (
        GateKind.PROGRAMMED,
        date(2025, 1, 20),
        None,
    )
    assert gate.history.get().history_user == by
    assert AuditEntry.objects.filter(act="project.create", object_id=str(made.pk)).count() == 1


@pytest.mark.parametrize("code", ["ZC/2025 1", "new", "", "ZC2025-01😀", "?2025"])
def test_a_code_fits_into_an_address(
    district: District, project: Project, clock: Clock, code: str
) -> None:
    """A code with a slash would bring down every page that links to the project."""
    by, now = district.users["bureau"], clock.at("2025-05-07 10:00")
    with pytest.raises(Refusal) as created:
        services.create_project(values={"code": code}, by=by, now=now)
    with pytest.raises(Refusal) as updated:
        services.update_project(
            project=project,
            values={"code": code},
            seen_version=project.version,
            by=by,
            now=now,
        )
    for refused in (created, updated):
        assert (refused.value.code, refused.value.field) == ("project.code", "code")


def test_a_part_is_removed_with_a_reason_only_and_stays_in_history(
    district: District, project: Project, clock: Clock
) -> None:
    now, by = clock.at("2025-05-07 10:00"), district.users["bureau"]
    estate = EstateFactory(project=project, name="南院")
    with pytest.raises(Refusal) as caught:
        remove_row(
            row=estate, organisation=project.street, of="文昌园", reason="  ", by=by, now=now
        )
    assert (caught.value.code, caught.value.field) == ("ledger.reason", "reason")
    remove_row(
        row=estate, organisation=project.street, of="文昌园", reason="重复登记", by=by, now=now
    )
    assert Estate.objects.count() == 0
    newest = changes_of(project=project)[0]
    assert (newest.who, newest.what) == (str(by), "删除小区“南院”")


def test_history_names_fields_and_values_in_words(
    district: District, project: Project, clock: Clock
) -> None:
    by = district.users["bureau"]
    project = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-02", approved_on=None
    )
    services.update_project(
        project=project,
        values={
            "renovation_type": RenovationType.FUNCTION,
            "street": district.street("banyanglu"),
            "reporting_from": date(2025, 3, 3),
        },
        seen_version=1,
        by=by,
        now=clock.at("2025-05-07 10:00"),
        reason="调整区划",
    )
    newest = changes_of(project=project)[0]
    assert (newest.who, newest.what, newest.reason) == (str(by), "修改项目", "调整区划")
    assert set(newest.fields) == {
        FieldChange("改造类型", "基础完善型", "功能提升型"),
        FieldChange("街道", "钟楼街道", "般阳路街道"),
        FieldChange("开始报送", "空", "2025年3月3日"),
    }


def test_history_costs_the_same_for_one_and_three_estates(
    district: District,
    project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    EstateFactory(project=project)
    with django_assert_num_queries(6):
        changes_of(project=project)
    EstateFactory.create_batch(2, project=project)
    with django_assert_num_queries(6):
        assert len([c for c in changes_of(project=project) if c.what.startswith("新增小区")]) == 3
