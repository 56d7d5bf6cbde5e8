"""Several rows of a roster that speak of one project together (a merged cell), one of which is held or has faults: what
a colleague wrote is written over by none of them unseen, and what is written is counted."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from projects.ledger.enums import BaselineState
from projects.ledger.intake import ROSTER
from projects.ledger.models import Estate, Project
from renovation.core.errors import StateConflict
from renovation.intake import preview
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.records.models import AuditEntry
from tests.factories.ledger import ProjectFactory, add_baseline
from tests.races import Colleague

from .test_meanwhile import AT, FIRST, LATER, SECOND, World, faults, told

pytestmark = pytest.mark.django_db
OURS, THEIRS = "东关街区", "东关老旧小区"
#: What makes the first row, which speaks, stay out: a person, or a fault in a cell of its own.
OUT = ("held", "faulty")


@pytest.fixture
def world(clock: Any) -> World:
    clock.at("2025-05-07 10:10")
    return World()


def hold(world: World, upload: Upload, *numbers: int) -> None:
    keys = {row["row"]: row["key"] for row in upload.rows}
    held = [keys[number] for number in numbers]
    by = world.scene.clerk
    intake.answer(upload=upload, held=held, decided=list(keys.values()), by=by, now=LATER)


def left_out(world: World, out: str, **second: Any) -> Upload:
    """A preview in which the merged name is typed and its first row is not let in."""
    cells: dict[tuple[int, str], Any] = {(FIRST, "name"): OURS}
    cells |= {(SECOND, name): value for name, value in second.items()}
    if out == "faulty":
        cells[FIRST, "area_sqm"] = "很大"
    world.typed(cells)
    upload = world.sent()
    if out == "held":
        assert faults(upload) == []
        hold(world, upload, FIRST)
    else:
        assert faults(upload) == [("R102", f"{AT['area_sqm']}{FIRST}")]
    return upload


def asked(upload: Upload) -> list[str]:
    return [cell for code, cell in faults(upload) if code == "R207"]


def refused(world: World, upload: Upload) -> None:
    with pytest.raises(StateConflict) as stale:
        world.committed(upload)
    assert stale.value.code == "upload.stale"
    upload.refresh_from_db()
    assert upload.state == UploadState.PREVIEW


def page(world: World, upload: Upload) -> preview.Preview:
    upload.refresh_from_db()
    return preview.build(upload, ROSTER, ROSTER.describe(world.scene.target, LATER))


def row_of(shown: preview.Preview, number: int) -> Any:
    (row,) = [each for each in shown.rows if each.number == number]
    return row


def unmerged(world: World, name: str, first: Any, second: Any) -> None:
    def change(sheet: Any) -> None:
        sheet.unmerge_cells(f"{AT[name]}{FIRST}:{AT[name]}{SECOND}")
        sheet[f"{AT[name]}{FIRST}"], sheet[f"{AT[name]}{SECOND}"] = first, second

    world.reworked(change)


@pytest.mark.parametrize("out", OUT)
def test_a_colleague_who_acts_after_the_preview_is_not_written_over_through_the_next_row(
    world: World, out: str
) -> None:
    upload = left_out(world, out, household_count=120)
    world.renamed(THEIRS)
    refused(world, upload)
    assert asked(upload) == [f"{AT['name']}{FIRST}"]
    assert world.stands() == (THEIRS, [("东关街 1 号", 100), ("东关街 1 号", 100)])
    assert world.committed(upload) == "写入 1 行，暂留 1 行，其余 2 行没有变化"
    assert world.stands() == (THEIRS, [("东关街 1 号", 100), ("东关街 1 号", 120)])


def test_the_hold_and_the_button_in_one_press_write_over_nothing_either(world: World) -> None:
    world.typed({(FIRST, "name"): OURS, (SECOND, "household_count"): 120})
    upload = world.sent()
    client = Client()
    client.force_login(world.scene.clerk)
    shown = client.get(reverse("intake:upload", args=[upload.pk])).content.decode()
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', shown)
    world.renamed(THEIRS)
    decided = {f"decision-{number}": "take" for number in (4, 5, SECOND)}
    said = {"act": "write", "seen": seen, f"decision-{FIRST}": "hold", **decided}
    answer = client.post(reverse("intake:confirm", args=[upload.pk]), said, follow=True)
    assert "被别人改过，已列出现在写着的内容" in answer.content.decode()
    assert asked(upload) == [f"{AT['name']}{FIRST}"]
    assert (upload.state, world.stands()[0]) == (UploadState.PREVIEW, THEIRS)


@pytest.mark.parametrize("held", [True, False])
def test_a_new_project_that_a_colleague_enters_under_the_same_code_keeps_its_name(
    world: World, held: bool
) -> None:
    """Also where its first row is let in: nobody saw the name that would be written over."""

    def add(sheet: Any) -> None:
        for number, estate in ((8, "新一区"), (9, "新二区")):
            values = {
                "code": "ZC2025-90", "name": "我的名称", "street": "松龄路街道", "estate": estate,
                "building_count": 2, "household_count": 60, "area_sqm": 5000,
            }  # fmt: skip
            for name, value in values.items():
                sheet[f"{AT[name]}{number}"] = value

    world.reworked(add)
    upload = world.sent()
    assert faults(upload) == []
    if held:
        hold(world, upload, 8)
    theirs = ProjectFactory(
        programme=world.scene.programme, street=world.project.street, code="ZC2025-90", name="同事的名称",
    )  # fmt: skip
    refused(world, upload)
    assert f"{AT['name']}8" in asked(upload)
    assert f"{AT['name']}9" not in asked(upload)
    if held:
        world.committed(upload)
        assert theirs.estates.get().name == "新二区"
    assert Project.objects.get(code="ZC2025-90").name == "同事的名称"


def test_a_plan_that_was_approved_meanwhile_is_not_planned_over_through_the_next_row(
    world: World,
) -> None:
    explained = {(row, "explanation"): "施工图调整" for row in (FIRST, SECOND)}
    day = date(2025, 12, 1)
    world.typed(
        {(FIRST, "planned_completion_on"): day, (SECOND, "household_count"): 110, **explained}
    )
    upload = world.sent()
    hold(world, upload, FIRST)
    add_baseline(
        world.project, version=2, state=BaselineState.APPROVED, approved_on=date(2025, 5, 7),
        planned_completion_on=date(2025, 11, 20),
    )  # fmt: skip
    refused(world, upload)
    assert asked(upload) == [f"{AT['planned_completion_on']}{FIRST}"]
    world.committed(upload)
    assert [each.version for each in world.project.baselines.order_by("version")] == [1, 2]
    assert world.stands()[1][1] == ("东关街 1 号", 110)


def test_what_the_held_row_asked_stays_as_the_colleague_has_it_last(world: World) -> None:
    world.typed({(FIRST, "name"): OURS, (SECOND, "household_count"): 120})
    world.renamed(THEIRS)
    upload = world.sent()
    hold(world, upload, FIRST)
    world.renamed("东关新区")
    refused(world, upload)
    world.committed(upload)
    assert world.stands()[0] == "东关新区"
    world.typed({(SECOND, "household_count"): 110})
    assert asked(world.sent()) == [f"{AT['name']}{FIRST}"]


def test_a_row_whose_estate_is_gone_speaks_no_name_over_through_the_next_one(world: World) -> None:
    world.typed({(FIRST, "name"): OURS, (SECOND, "household_count"): 120})
    world.renamed(THEIRS)
    Estate.objects.filter(name="东关一区").delete()
    upload = world.sent()
    assert faults(upload) == [
        ("R207", f"{AT['name']}{FIRST}"),
        ("R157", f"{AT['ledger_number']}{FIRST}"),
    ]
    world.committed(upload)
    assert world.stands() == (THEIRS, [("东关街 1 号", 120)])


@pytest.mark.parametrize("unread", ["东" * 300, "#REF!"])
def test_a_name_that_cannot_be_read_is_no_voice(world: World, unread: str) -> None:
    """The first row in which a name can be read is asked, before the upload as well as after it."""
    unmerged(world, "name", unread, OURS)
    world.renamed(THEIRS)
    upload = world.sent()
    assert asked(upload) == [f"{AT['name']}{SECOND}"]
    world.explained(upload, SECOND)
    world.renamed("东关新区")
    refused(world, upload)
    assert asked(upload) == [f"{AT['name']}{SECOND}"]
    hold(world, upload, SECOND)
    world.committed(upload)
    assert world.stands()[0] == "东关新区"


@pytest.mark.parametrize(
    ("field", "unread", "typed", "approved"),
    [
        ("planned_completion_on", "十月底", date(2025, 12, 1), {"planned_completion_on": date(2025, 11, 20)}),
        ("planned_investment", "很多", 900, {"planned_investment_fen": 777_0000_00}),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_read_in_the_first_row_is_asked_in_the_next(
    world: World, field: str, unread: str, typed: Any, approved: dict[str, Any]
) -> None:
    """What the workbook gives as 情况说明 does not answer for what was approved since it went out."""
    unmerged(world, field, unread, typed)
    world.typed({(SECOND, "explanation"): "施工图调整"})
    add_baseline(
        world.project, version=2, state=BaselineState.APPROVED, approved_on=date(2025, 5, 7), **approved
    )  # fmt: skip
    assert asked(world.sent()) == [f"{AT[field]}{SECOND}"]


def test_a_change_below_a_cell_that_cannot_be_read_is_told_where_one_can(world: World) -> None:
    unmerged(world, "name", "#REF!", "东关片区")
    world.renamed(THEIRS)
    upload = world.sent()
    assert asked(upload) == []
    assert [cell for cell, _ in told(upload)] == [f"{AT['name']}{SECOND}"]


@pytest.mark.parametrize("out", OUT)
def test_a_merged_cell_that_is_written_through_the_next_row_is_counted(
    world: World, out: str
) -> None:
    """On the page before and after, in the answer and in the audit log; once, however many rows say it."""
    upload = left_out(world, out)
    changes = [("项目名称", "原“东关片区”，改为“东关街区”")]
    text = "写入 1 行，暂留 1 行，其余 2 行没有变化"
    for act in (lambda: page(world, upload).result.text, lambda: world.committed(upload)):
        assert act() == text
        shown = page(world, upload)
        assert (shown.changes, shown.result.text) == (1, text)
        assert row_of(shown, SECOND).is_same is False
        assert [(each.head, each.text) for each in row_of(shown, SECOND).said] == changes
    assert world.stands()[0] == OURS
    sentence = AuditEntry.objects.get(act="upload.commit").sentence
    assert sentence == f"确认“年度计划.xlsx”：{text}"


def test_a_merged_cell_is_counted_in_the_first_of_its_rows(world: World) -> None:
    world.typed({(FIRST, "name"): OURS})
    upload = world.sent()
    shown = page(world, upload)
    assert (shown.changes, shown.result.text) == (1, "写入 1 行，其余 3 行没有变化")
    assert (row_of(shown, FIRST).is_same, row_of(shown, SECOND).is_same) == (False, True)
    assert (row_of(shown, FIRST).behind, row_of(shown, SECOND).behind) == ("", f"[[{FIRST}]]")


@pytest.mark.parametrize(
    ("first", "second", "writer"), [(None, OURS, SECOND), ("#REF!", OURS, SECOND), (OURS, None, FIRST)]
)  # fmt: skip
def test_a_name_in_one_of_the_rows_is_counted_there(
    world: World, first: Any, second: Any, writer: int
) -> None:
    unmerged(world, "name", first, second)
    upload = world.sent()
    shown = page(world, upload)
    assert shown.changes == 1
    assert [row.number for row in shown.rows if row.is_taken and not row.is_same] == [writer]
    assert world.committed(upload).startswith("写入 1 行")
    assert world.stands()[0] == OURS


def test_a_name_that_is_left_to_a_colleague_is_counted_nowhere(world: World) -> None:
    world.typed({(FIRST, "name"): OURS})
    world.renamed(THEIRS)
    upload = world.sent()
    hold(world, upload, FIRST)
    shown = page(world, upload)
    assert (row_of(shown, SECOND).is_same, row_of(shown, SECOND).behind) == (True, "")
    before = world.scene.stored()
    assert world.committed(upload) == "没有行写入，暂留 1 行，3 行没有变化"
    assert world.scene.stored() == before


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("out", OUT)
def test_what_a_colleague_writes_in_the_moment_of_the_confirmation_is_not_written_over_through_the_next_row(
    clock: Any, out: str
) -> None:
    clock.at("2025-05-07 10:10")
    world = World()
    upload = left_out(world, out, household_count=120)
    act = Colleague(lambda: world.renamed(THEIRS), before=('FROM "ledger_project"', "FOR UPDATE"))
    with connection.execute_wrapper(act):
        refused(world, upload)
    assert asked(upload) == [f"{AT['name']}{FIRST}"]
    assert world.stands() == (THEIRS, [("东关街 1 号", 100), ("东关街 1 号", 100)])
    world.committed(upload)
    assert world.stands() == (THEIRS, [("东关街 1 号", 100), ("东关街 1 号", 120)])
