"""A roster that went out, was changed on the pages by a colleague, and comes back in: nothing is written over unseen,
also where a merged cell speaks for several estates."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from projects.ledger.editing import save_row
from projects.ledger.enums import BaselineState
from projects.ledger.exports import ledger_workbook
from projects.ledger.intake import ROSTER
from projects.ledger.models import Estate, Project
from projects.ledger.services import update_project
from renovation.core.errors import Fault, Refusal, Severity, StateConflict
from renovation.intake import preview
from renovation.intake import services as intake
from renovation.intake.manifest import SHEET_NAME
from renovation.intake.models import Upload, UploadState
from tests.factories.ledger import EstateFactory, ProjectFactory, add_baseline
from tests.races import Colleague
from tests.unguarded import unguarded

from .scene import NOW, Scene, edited, make_scene

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)
CODE = "ZC2025-08"
#: Rows 4 and 5 are the projects of the scene; 6 and 7 the two estates of one project, its columns merged.
FIRST, SECOND = 6, 7
#: Field → letter of the portal's own workbook.
AT = {column.field: chr(ord("A") + place) for place, column in enumerate(ROSTER.columns)}


class World:
    """A project of two estates beside those of the scene, and a colleague who writes ten minutes after the roster went
    out."""

    def __init__(self) -> None:
        self.scene: Scene = make_scene()
        street = self.scene.district.street("songlinglu")
        self.project: Project = ProjectFactory(
            programme=self.scene.programme, street=street, code=CODE, name="东关片区"
        )
        for name in ("东关一区", "东关二区"):
            EstateFactory(
                project=self.project, name=name, building_count=3, household_count=100,
                area_sqm=Decimal("9200.50"), address="东关街 1 号",
            )  # fmt: skip
        add_baseline(self.project)
        self.colleague = self.scene.district.users["bureau2"]
        self.file = self.scene.template()

    @property
    def who(self) -> str:
        return f"（这一行最后由{self.colleague}于2025年5月7日 10:10修改）"

    def renamed(self, name: str, *, now: datetime = LATER) -> None:
        """What the colleague does on the page of the project."""
        row = Project.objects.get(pk=self.project.pk)
        update_project(
            project=row, values={"name": name}, seen_version=row.version, reason="更名",
            by=self.colleague, now=now,
        )  # fmt: skip

    def moved(self, estate: str, **changes: Any) -> None:
        """What the colleague does on the page of an estate."""
        row = Estate.objects.get(name=estate)
        for name, value in changes.items():
            setattr(row, name, value)
        street = self.project.street
        save_row(
            row=row, organisation=street, of=CODE, seen_version=row.version, reason="核实",
            by=self.colleague, now=LATER,
        )  # fmt: skip

    def typed(self, cells: dict[tuple[int, str], Any]) -> None:
        self.file = edited(self.file, {f"{AT[name]}{row}": v for (row, name), v in cells.items()})

    def reworked(self, change: Callable[[Any], None]) -> None:
        book = openpyxl.load_workbook(io.BytesIO(self.file))
        change(book["年度计划"])
        content = io.BytesIO()
        book.save(content)
        self.file = content.getvalue()

    def sent(self) -> Upload:
        return self.scene.upload(self.file, now=LATER)

    def committed(self, upload: Upload) -> str:
        return self.scene.commit(upload, now=LATER).text

    def explained(self, upload: Upload, row: int) -> None:
        client = Client()
        client.force_login(self.scene.clerk)
        said = {f"decision-{row}": "take", f"reason-{row}-R207": "今天与街道核过"}
        said[f"reason-{row}"] = said[f"reason-{row}-R207"]
        address = reverse("intake:confirm", args=[upload.pk])
        assert client.post(address, {"act": "save", **said}).status_code == 302
        upload.refresh_from_db()

    def stands(self) -> tuple[str, list[tuple[str, int]]]:
        self.project.refresh_from_db()
        rows = self.project.estates.order_by("pk").values_list("address", "household_count")
        return self.project.name, list(rows)

    def changes(self, upload: Upload) -> int:
        return preview.build(upload, ROSTER, ROSTER.describe(self.scene.target, LATER)).changes


@pytest.fixture
def world(clock: Any) -> World:
    clock.at("2025-05-07 10:10")
    return World()


def faults(upload: Upload) -> list[tuple[str, str]]:
    """(code, cell) of what keeps a row out or is asked."""
    upload.refresh_from_db()
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(f.code, f.cell) for f in found if f.severity is not Severity.NOTICE]


def told(upload: Upload) -> list[tuple[str, str]]:
    """(cell, words) of what was changed by others and stays."""
    upload.refresh_from_db()
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(f.cell, f.message) for f in found if f.code == "R036"]


def test_what_colleagues_changed_stays_where_the_roster_left_it_alone(world: World) -> None:
    """A merged cell is told once and given to each of its rows; what it does not cover is told at its own."""
    world.typed({(SECOND, "household_count"): 120})
    world.renamed("东关老旧小区")
    world.moved("东关二区", address="东关街 2 号")
    upload = world.sent()
    assert faults(upload) == []
    assert told(upload) == [
        (
            f"{AT['name']}{FIRST}",
            f"项目名称在下载以后改过：当时是“东关片区”，现在是“东关老旧小区”{world.who}；表里没有改这一格，照现在的不动",
        ),
        (
            f"{AT['address']}{SECOND}",
            f"地址在下载以后改过：当时是“东关街 1 号”，现在是“东关街 2 号”{world.who}；表里没有改这一格，照现在的不动",
        ),
    ]
    assert world.changes(upload) == 1
    world.committed(upload)
    assert world.stands() == ("东关老旧小区", [("东关街 1 号", 100), ("东关街 2 号", 120)])


def test_a_roster_in_which_nobody_typed_writes_nothing(world: World) -> None:
    world.renamed("东关老旧小区")
    before = world.scene.stored()
    upload = world.sent()
    assert (faults(upload), world.changes(upload)) == ([], 0)
    world.committed(upload)
    assert world.scene.stored() == before


@pytest.mark.parametrize("how", ["merged", "each", "first", "second"])
def test_a_name_that_would_be_written_over_is_asked_once_where_it_stands(
    world: World, how: str
) -> None:
    """In the merged cell, in every row, or in one of them; the workbook's own 情况说明 knew nothing of it."""

    def type_name(sheet: Any) -> None:
        if how != "merged":
            sheet.unmerge_cells(f"{AT['name']}{FIRST}:{AT['name']}{SECOND}")
        for row, name in ((FIRST, "first"), (SECOND, "second")):
            if how in {"each", name} or (how == "merged" and row == FIRST):
                sheet[f"{AT['name']}{row}"] = "东关街区"
            elif how != "merged":
                sheet[f"{AT['name']}{row}"] = None

    world.reworked(type_name)
    row = SECOND if how == "second" else FIRST
    world.typed({(row, "explanation"): "按新地名"})
    world.renamed("东关老旧小区")
    upload = world.sent()
    assert faults(upload) == [("R207", f"{AT['name']}{row}")]
    assert told(upload) == []
    with pytest.raises(Refusal) as refused:
        world.committed(upload)
    assert refused.value.code == "upload.reason_missing"
    assert world.stands()[0] == "东关老旧小区"
    world.explained(upload, row)
    world.committed(upload)
    assert world.stands()[0] == "东关街区"


def test_who_holds_the_row_that_speaks_writes_the_project_over_by_no_other_row(
    world: World,
) -> None:
    """The merged cell lies over both rows; the other one brings what is its own."""
    world.typed({(FIRST, "name"): "东关街区", (SECOND, "household_count"): 120})
    world.renamed("东关老旧小区")
    upload = world.sent()
    assert faults(upload) == [("R207", f"{AT['name']}{FIRST}")]
    keys = [row["key"] for row in upload.rows]
    by = world.scene.clerk
    intake.answer(upload=upload, held=[keys[FIRST - 4]], decided=keys, by=by, now=LATER)
    world.committed(upload)
    assert world.stands() == ("东关老旧小区", [("东关街 1 号", 100), ("东关街 1 号", 120)])


def test_an_estate_that_is_added_below_a_merged_cell_speaks_for_the_project_too(
    world: World,
) -> None:
    """A row of no number, above the others; its merged cells hold what went out."""

    def add(sheet: Any) -> None:
        for area in list(sheet.merged_cells.ranges):
            if area.min_row == FIRST:
                sheet.unmerge_cells(area.coord)
        added = {
            "code": CODE, "name": "东关片区", "estate": "东关三区", "building_count": 2, "household_count": 60,
            "area_sqm": 5000,
        }  # fmt: skip
        for name, value in added.items():
            sheet[f"{AT[name]}{SECOND + 1}"] = value
        sheet[f"{AT['code']}{SECOND}"] = CODE

    world.reworked(add)
    world.renamed("东关老旧小区")
    upload = world.sent()
    assert faults(upload) == []
    assert [cell for cell, _ in told(upload)] == [f"{AT['name']}{FIRST}"]
    world.committed(upload)
    assert world.stands()[0] == "东关老旧小区"
    assert world.project.estates.count() == 3


def test_a_project_without_an_estate_keeps_its_new_name_when_it_gets_one(world: World) -> None:
    """The row that went out names no estate, the one that comes back does: also after the preview."""
    world.project.estates.all().delete()
    world.file = world.scene.template()
    estate = {"estate": "东关一区", "building_count": 2, "household_count": 60, "area_sqm": 5000}
    world.typed({(FIRST, name): value for name, value in estate.items()})
    world.renamed("东关老旧小区")
    upload = world.sent()
    assert faults(upload) == []
    assert [cell for cell, _ in told(upload)] == [f"{AT['name']}{FIRST}"]
    world.renamed("东关街区")
    world.committed(upload)
    assert world.stands() == ("东关街区", [("", 60)])


def test_a_plan_that_a_colleague_drafted_meanwhile_is_no_fault_of_who_left_it_alone(
    world: World,
) -> None:
    add_baseline(
        world.project, version=2, state=BaselineState.DRAFT, approved_on=None,
        planned_completion_on=date(2025, 11, 20), drafted_by=world.colleague,
    )  # fmt: skip
    upload = world.sent()
    assert faults(upload) == []
    ((cell, words),) = told(upload)
    assert cell == f"{AT['planned_completion_on']}{FIRST}"
    assert words.startswith(
        "计划完工在下载以后改过：当时是“2025年10月31日”，现在是“2025年11月20日”"
    )
    world.committed(upload)
    assert world.project.baselines.count() == 2


def test_a_project_that_moved_to_another_street_is_no_fault_of_who_left_it_alone(
    world: World,
) -> None:
    with unguarded():
        Project.objects.filter(code=CODE).update(street=world.scene.district.street("zhonglou"))
    upload = world.sent()
    assert faults(upload) == []
    ((cell, words),) = told(upload)
    assert cell == f"{AT['street']}{FIRST}"
    assert "现在是“钟楼街道”" in words


def test_an_estate_that_was_taken_out_says_so(world: World) -> None:
    Estate.objects.filter(name="东关二区").delete()
    upload = world.sent()
    assert faults(upload) == [("R157", f"{AT['ledger_number']}{SECOND}")]
    (words,) = [words for _, words in told(upload)]
    assert words == "这一行在下载以后已不在台账的这张表里（删去、作废或改了名）"


def test_between_preview_and_confirmation_nothing_is_written_over_either(world: World) -> None:
    world.typed({(FIRST, "name"): "东关街区", (SECOND, "household_count"): 120})
    upload = world.sent()
    assert faults(upload) == []
    world.renamed("东关老旧小区")
    world.moved("东关二区", address="东关街 2 号")
    with pytest.raises(StateConflict) as stale:
        world.committed(upload)
    assert stale.value.code == "upload.stale"
    assert faults(upload) == [("R207", f"{AT['name']}{FIRST}")]
    ((cell, words),) = told(upload)
    assert cell == f"{AT['address']}{SECOND}"
    assert words.startswith("地址在核对以后改过")
    assert world.stands()[0] == "东关老旧小区"
    world.explained(upload, FIRST)
    world.committed(upload)
    assert world.stands() == ("东关街区", [("东关街 1 号", 100), ("东关街 2 号", 120)])


def test_between_preview_and_confirmation_a_merged_cell_left_alone_takes_nothing_back(
    world: World,
) -> None:
    world.typed({(SECOND, "household_count"): 120})
    upload = world.sent()
    world.renamed("东关老旧小区")
    world.committed(upload)
    assert world.stands() == ("东关老旧小区", [("东关街 1 号", 100), ("东关街 1 号", 120)])


def test_who_corrects_in_the_same_roster_what_it_wrote_is_taken_at_their_word(
    world: World,
) -> None:
    for name in ("写错了", "东关街区"):
        world.typed({(FIRST, "name"): name})
        upload = world.sent()
        assert (faults(upload), told(upload)) == ([], [])
        world.committed(upload)
        assert world.stands()[0] == name
    world.renamed("东关老旧小区")
    world.typed({(SECOND, "household_count"): 120})
    upload = world.sent()
    assert faults(upload) == [("R207", f"{AT['name']}{FIRST}")]


def test_a_plan_that_the_export_did_not_show_is_not_called_changed(world: World) -> None:
    """Who may not see drafts gets the roster without them; the hidden sheet does not know them either."""
    add_baseline(
        world.project, version=2, state=BaselineState.DRAFT, approved_on=None,
        planned_investment_fen=777_0000_00, drafted_by=world.colleague,
    )  # fmt: skip
    world.file = ledger_workbook(
        programme=world.scene.programme,
        projects=Project.objects.filter(programme=world.scene.programme),
        with_drafts=False,
        on=date(2025, 5, 7),
        now=NOW,
    )
    hidden = openpyxl.load_workbook(io.BytesIO(world.file))[SHEET_NAME]
    digests = {"checksum"}  # of which any digits may be a part
    kept = [row for row in hidden.iter_rows(values_only=True) if row[0] not in digests]
    assert len(kept) == hidden.max_row - len(digests)
    assert "777" not in repr(kept)
    upload = world.sent()
    assert (faults(upload), told(upload)) == ([], [])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("typed", ["name", "household_count"])
def test_what_a_colleague_writes_in_the_moment_of_the_confirmation_is_not_written_over(
    clock: Any, typed: str
) -> None:
    clock.at("2025-05-07 10:10")
    world = World()
    world.typed({(FIRST, typed): "东关街区" if typed == "name" else 120})
    upload = world.sent()
    act = Colleague(
        lambda: world.renamed("东关老旧小区"), before=('FROM "ledger_project"', "FOR UPDATE")
    )
    with connection.execute_wrapper(act):
        if typed == "household_count":
            world.committed(upload)
            assert world.stands()[0] == "东关老旧小区"
            assert world.stands()[1][0] == ("东关街 1 号", 120)
            return
        with pytest.raises(StateConflict) as stale:
            world.committed(upload)
    assert stale.value.code == "upload.stale"
    assert faults(upload) == [("R207", f"{AT['name']}{FIRST}")]
    assert (upload.state, world.stands()[0]) == (UploadState.PREVIEW, "东关老旧小区")
