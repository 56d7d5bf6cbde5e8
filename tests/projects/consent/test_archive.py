"""The archive: sealed at rest, found by its hash, masked, revealed with a reason, forgotten in time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from projects.consent import sealing
from projects.consent.enums import Care, Choice, Way
from projects.consent.models import CareVisit, Household
from projects.consent.services import answers, archive
from projects.consent.services.answers import AnswerValues
from projects.consent.services.archive import HouseholdValues
from projects.ledger.enums import GateKind
from renovation.core.crypto import TamperedError
from renovation.core.errors import Refusal
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.records.models import AuditEntry
from renovation.records.services import read_file
from tests.conftest import Clock
from tests.factories.accounts import scope_for
from tests.factories.consent import AnswerFactory, CareVisitFactory, HouseholdFactory
from tests.factories.ledger import EstateFactory, GateFactory

from .scene import CANARY_NAME, CANARY_PHONE, SCAN, Scene, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


@pytest.mark.parametrize(
    ("text", "masked"),
    [("13912349876", "139****9876"), ("05336661234", "053****1234"), ("66612", "****"), ("", "")],
)
def test_phones_are_masked(text: str, masked: str) -> None:
    assert sealing.mask_phone(text) == masked


@pytest.mark.parametrize(("name", "masked"), [("张三", "张**"), ("欧阳金丝雀", "欧**"), ("", "")])
def test_names_are_masked_whatever_their_length(name: str, masked: str) -> None:
    assert sealing.mask_name(name) == masked


@pytest.mark.parametrize(
    ("building", "unit", "room", "words"),
    [
        ("３号楼", "2单元", "501室", "3号楼2单元501室"),
        ("12栋", "", "1204", "12号楼1204室"),
        ("东楼", "西门", "201户", "东楼西单元201室"),
        ("a座", "", "1B", "A1B室"),
    ],
)
def test_places_have_one_form(building: str, unit: str, room: str, words: str) -> None:
    values = HouseholdValues(building, unit, room)
    assert sealing.place_words(*values.key) in (words, words.replace("西单元", "西"))


def test_no_table_holds_a_name_or_a_phone(scene: Scene) -> None:
    row = scene.first
    row._history_user = scene.user("zhonglou")
    row.care = Care.ELDERLY
    row.save()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith("consent"):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr([[bytes(c) if isinstance(c, memoryview) else c for c in r] for r in cursor])
            for secret in (CANARY_NAME, CANARY_PHONE, repr(CANARY_NAME.encode())[2:-1]):
                assert secret not in text, table
    assert (row.open_name(), row.open_phone()) == (CANARY_NAME, CANARY_PHONE)
    assert (row.masked_name, row.masked_phone) == ("欧**", "139****9876")


def test_a_sealed_name_moved_to_another_household_does_not_open(scene: Scene) -> None:
    one, other = scene.households[:2]
    other.name_sealed = one.name_sealed
    with pytest.raises(TamperedError):
        other.open_name()


@pytest.mark.parametrize(
    "typed", [CANARY_NAME, "139 1234 9876", "+86 13912349876", "１３９１２３４９８７６"]
)
def test_a_household_is_found_by_its_whole_name_or_phone(scene: Scene, typed: str) -> None:
    assert list(Household.objects.called(typed)) == [scene.first]
    assert list(Household.objects.called("欧阳")) == []


def test_only_the_street_and_its_bureau_see_households(scene: Scene) -> None:
    seen = {
        name: Household.objects.visible_to(scope_for(user)).count()
        for name, user in scene.district.users.items()
    }
    assert {name for name, count in seen.items() if count} == {
        "bureau",
        "bureau2",
        "reviewer",
        "zhonglou",
        "zhonglou-head",
    }
    assert seen["zhonglou"] == 8


def test_import_adds_changes_and_takes_nobody_off(scene: Scene, clock: Clock) -> None:
    now, by = clock.at("2025-05-07 10:00"), scene.user("zhonglou")
    done = archive.import_households(
        estate=scene.estate,
        rows=[
            HouseholdValues("1号楼", "1单元", "101室", phone="13711112222", care=Care.ELDERLY),
            HouseholdValues("9", "", "902", name="王新户", phone="13733334444"),
        ],
        by=by,
        now=now,
    )
    assert (done.added, done.changed) == (1, 1)
    first = Household.objects.get(pk=scene.first.pk)
    assert (first.open_name(), first.open_phone(), first.care) == (
        CANARY_NAME,
        "13711112222",
        "elderly",
    )
    new = Household.objects.get(building="9")
    assert (new.place, new.open_name()) == ("9号楼902室", "王新户")
    assert new.history.get().history_user == by
    assert Household.objects.count() == 9
    entry = AuditEntry.objects.get(act="household.import")
    assert entry.sentence == "导入文昌园小区住户名册：新增 1 户，更新 1 户"
    assert "王新户" not in repr((entry.sentence, entry.changes, entry.reason))


def test_two_lists_that_spell_the_buildings_otherwise_name_the_same_homes(
    scene: Scene, clock: Clock
) -> None:
    """80 households listed once as 3号楼 and once as 3# must not answer twice (同户防重)."""
    now, by = clock.at("2025-05-07 10:00"), scene.user("zhonglou")
    for building, room in (("3号楼", "101"), ("3#楼", "0101"), ("3#", "101室"), ("03号", "101")):
        archive.import_households(
            estate=scene.estate,
            rows=[HouseholdValues(building, "", room, name="王同户")],
            by=by,
            now=now,
        )
    assert list(
        Household.objects.filter(building__contains="3").values_list("building", "room")
    ) == [("3", "101")]


def test_a_row_that_says_nothing_new_is_not_written(scene: Scene, clock: Clock) -> None:
    now, by = clock.at("2025-05-07 10:00"), scene.user("zhonglou")
    row = HouseholdValues("1号楼", "1单元", "101室", name=CANARY_NAME)
    done = archive.import_households(estate=scene.estate, rows=[row], by=by, now=now)
    scene.first.refresh_from_db()
    assert (done.changed, scene.first.version, scene.first.history.count()) == (0, 1, 1)


def test_changing_says_what_was_changed_and_never_to_what(scene: Scene, clock: Clock) -> None:
    now, by = clock.at("2025-05-07 10:00"), scene.user("zhonglou")
    row = archive.change_household(household=scene.first, name="赵改名", by=by, now=now)
    assert (row.open_name(), row.open_phone()) == ("赵改名", CANARY_PHONE)
    entry = AuditEntry.objects.get(act="household.update")
    assert (entry.sentence, entry.changes) == ("修改文昌园小区1号楼1单元101室住户的姓名", {})
    same = archive.change_household(household=row, name="赵改名", by=by, now=now)
    assert same.history.count() == row.history.count()
    assert AuditEntry.objects.filter(act="household.update").count() == 1


def test_a_name_is_revealed_with_a_reason_and_logged(scene: Scene, clock: Clock) -> None:
    now, by = clock.at("2025-05-07 10:00"), scene.user("zhonglou")
    with pytest.raises(Refusal) as refused:
        archive.reveal(household=scene.first, reason=" 看 ", by=by, now=now)
    assert (refused.value.code, refused.value.field) == ("audit.reason", "reason")
    assert not AuditEntry.objects.filter(act="household.reveal").exists()
    found = archive.reveal(household=scene.first, reason="电话约定上门时间", by=by, now=now)
    assert (found.name, found.phone) == (CANARY_NAME, CANARY_PHONE)
    entry = AuditEntry.objects.get(act="household.reveal")
    assert (entry.actor, entry.reason) == (by, "电话约定上门时间")
    assert entry.sentence == "查看文昌园小区1号楼1单元101室住户的姓名和电话"


def test_only_a_household_that_never_spoke_is_taken_off(scene: Scene, clock: Clock) -> None:
    now, by = clock.at("2025-05-07 10:00"), scene.user("zhonglou")
    AnswerFactory(round=scene.round, household=scene.households[1])
    with pytest.raises(Refusal) as refused:
        archive.remove_household(household=scene.households[1], reason="重复", by=by, now=now)
    assert refused.value.code == "consent.spoken"
    with pytest.raises(Refusal) as refused:
        archive.remove_household(household=scene.households[2], reason=" ", by=by, now=now)
    assert refused.value.code == "consent.reason"
    archive.remove_household(household=scene.households[2], reason="房号登错", by=by, now=now)
    assert Household.objects.count() == 7


def test_what_is_personal_is_forgotten_when_its_time_is_over(scene: Scene, clock: Clock) -> None:
    answer = AnswerFactory(round=scene.round, household=scene.first, opinion_sealed=b"sealed words")
    visit = CareVisitFactory(household=HouseholdFactory(estate=scene.estate, care="disabled"))
    GateFactory(project=scene.project, kind=GateKind.HANDED_OVER, actual_on=date(2025, 6, 10))
    assert archive.purge(now=clock.at("2028-06-09 10:00")) == 0
    assert archive.purge(now=clock.at("2028-06-10 10:00")) == 9
    assert archive.purge(now=clock.at("2028-06-11 10:00")) == 0
    row = Household.objects.get(pk=scene.first.pk)
    assert (row.open_name(), row.open_phone(), row.name_hash, row.phone_hash) == ("", "", "", "")
    assert row.purged_at is not None
    assert row.place == "1号楼1单元101室"
    assert (Household.objects.exclude(care="").count(), row.answers.count()) == (0, 1)
    answer.refresh_from_db()
    assert bytes(answer.opinion_sealed) == b""
    assert CareVisit.objects.get(pk=visit.pk).needs == ""
    assert AuditEntry.objects.get(act="household.purge").actor is None


def test_scans_and_uploaded_lists_are_forgotten_too_and_leave_a_stone(
    scene: Scene, clock: Clock, django_capture_on_commit_callbacks: Any
) -> None:
    by, then = scene.user("zhonglou"), clock.at("2025-05-07 10:00")
    answer = answers.record_answer(
        found=scene.round,
        household=scene.first,
        values=AnswerValues(Choice.AGREE, Way.PAPER, date(2025, 4, 2)),
        scan=SCAN,
        by=by,
        now=then,
    )
    target = {"pipeline": "households", "organisation": scene.project.street}
    kept = intake.receive(
        **target, period_key=str(scene.estate.pk), file=b"names", name="名册.xlsx", by=by, now=then
    )
    Upload.objects.filter(pk=kept.pk).update(rows=[{"sealed": "x"}], faults=[{"found": "y"}])
    elsewhere = EstateFactory(project__street=scene.project.street)
    other = intake.receive(
        **target, period_key=str(elsewhere.pk), file=b"others", name="名册.xlsx", by=by, now=then
    )
    GateFactory(project=scene.project, kind=GateKind.HANDED_OVER, actual_on=date(2025, 6, 10))
    assert answer.file is not None
    places = [Path(settings.MEDIA_ROOT) / file.path for file in (answer.file, kept.file)]
    assert [place.exists() for place in places] == [True, True]
    with django_capture_on_commit_callbacks(execute=True):
        assert archive.purge(now=clock.at("2028-06-10 10:00")) == 9
    assert [place.exists() for place in places] == [False, False]
    for file in (answer.file, kept.file):
        file.refresh_from_db()
        assert (len(file.sha256), file.erased_at) == (64, clock.at("2028-06-10 10:00"))
        with pytest.raises(Refusal) as refused:
            read_file(file=file)
        assert refused.value.code == "file.erased"
    kept.refresh_from_db()
    assert (kept.rows, kept.faults, kept.state) == ([], [], UploadState.SUPERSEDED)
    assert read_file(file=other.file) == b"others"
    assert archive.purge(now=clock.at("2028-06-11 10:00")) == 0
    late = intake.receive(
        **target, period_key=str(scene.estate.pk), file=b"again", name="名册.xlsx", by=by, now=then
    )
    assert archive.purge(now=clock.at("2028-06-11 10:00")) == 1
    late.file.refresh_from_db()
    assert late.file.erased_at is not None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("household_once_per_estate", {"building": "1", "unit": "1", "room": "101"}),
        ("household_has_building_and_room", {"room": ""}),
        ("household_purged_is_empty", {"purged_at": "2025-05-07T10:00+08:00"}),
    ],
)
def test_the_database_refuses_a_household(scene: Scene, name: str, values: dict[str, str]) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        HouseholdFactory(estate=scene.estate, **values)
    assert name in str(refused.value) or "UNIQUE" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("care_visit_served_after_visit", {"served_on": date(2025, 4, 9)}),
        ("care_visit_served_on_and_by", {"served_on": date(2025, 4, 12), "served_by": None}),
        ("care_visit_served_was_needed", {"served_on": date(2025, 4, 12), "has_needs": False}),
    ],
)
def test_the_database_refuses_a_visit(scene: Scene, name: str, values: dict[str, object]) -> None:
    given = {"household": scene.first, "served_by": scene.user("zhonglou")} | values
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CareVisitFactory(**given)
