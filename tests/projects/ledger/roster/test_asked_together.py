"""What one row of a roster is asked, or has wrong, for all rows of its project: where it is held or faulty no other row
writes it, and the page says which row it was and what to do; the other rows are written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.models import Project
from renovation.core.errors import Refusal
from renovation.intake.models import Upload, UploadState

from .test_meanwhile import AT, FIRST, SECOND, World, faults
from .test_together import hold, page, row_of

pytestmark = pytest.mark.django_db
LATE = date(2025, 12, 1)


@pytest.fixture
def world(clock: Any) -> World:
    clock.at("2025-05-07 10:10")
    return World()


def plans(world: World) -> list[tuple[int, date, str]]:
    rows = world.project.baselines.order_by("version")
    return [(row.version, row.planned_completion_on, row.reason) for row in rows]


def said(world: World, upload: Upload) -> list[tuple[str, str]]:
    return [(line.message, line.href) for line in page(world, upload).unwritten]


def test_a_plan_whose_row_is_held_is_not_written_through_the_next_row(world: World) -> None:
    before = plans(world)
    cells = {(FIRST, "planned_completion_on"): LATE, (FIRST, "planned_investment"): 450}
    world.typed({**cells, (SECOND, "household_count"): 110, (4, "note"): "续建"})
    upload = world.sent()
    assert faults(upload) == [("R204", f"{AT['planned_investment']}{FIRST}")]
    assert said(world, upload) == []
    hold(world, upload, FIRST)
    assert said(world, upload) == [
        (
            (
                "第 6 行（ZC2025-08　东关一区）暂留，项目的计划投资、计划完工不写入，其他行照常写入；"
                "要写入的，把这一行改为接收并说明原因。"
            ),
            "#r6",
        )
    ]
    shown = page(world, upload)
    assert row_of(shown, SECOND).behind == ""
    assert [each.text for each in row_of(shown, SECOND).said if "计划" in each.head] == []
    assert world.committed(upload) == "写入 2 行，暂留 1 行，其余 1 行没有变化"
    assert plans(world) == before
    assert world.stands() == ("东关片区", [("东关街 1 号", 100), ("东关街 1 号", 110)])
    assert Project.objects.get(pk=world.scene.known.pk).note == "续建"
    assert [sentence for sentence, _ in said(world, upload)] == [
        (
            "第 6 行（ZC2025-08　东关一区）暂留，项目的计划投资、计划完工没有写入；"
            "要写入的，重新上传，把这一行改为接收并说明原因。"
        )
    ]


def test_the_page_says_so_after_the_hold_and_the_button_in_one_press(world: World) -> None:
    world.typed({(FIRST, "planned_completion_on"): LATE, (SECOND, "household_count"): 110})
    upload = world.sent()
    client = Client()
    client.force_login(world.scene.clerk)
    decided = {f"decision-{number}": "take" for number in (4, 5, SECOND)}
    answer = client.post(
        reverse("intake:confirm", args=[upload.pk]),
        {"act": "write", f"decision-{FIRST}": "hold", **decided},
        follow=True,
    )
    text = answer.content.decode()
    assert "已写入 1 行，暂留 1 行，其余 2 行没有变化" in text
    assert "第 6 行（ZC2025-08　东关一区）暂留，项目的计划完工没有写入" in text
    upload.refresh_from_db()
    assert (upload.state, [version for version, *_ in plans(world)]) == (UploadState.COMMITTED, [1])


def test_the_next_row_writes_the_plan_once_the_one_that_was_asked_is_taken(world: World) -> None:
    world.typed({(FIRST, "planned_completion_on"): LATE, (FIRST, "explanation"): "施工图调整"})
    upload = world.sent()
    hold(world, upload, SECOND)
    assert said(world, upload) == []
    world.committed(upload)
    assert plans(world)[1:] == [(2, LATE, "施工图调整")]


def test_what_a_held_row_was_not_asked_is_still_written_through_the_next(world: World) -> None:
    world.typed({(FIRST, "planned_completion_on"): LATE, (FIRST, "name"): "东关街区"})
    upload = world.sent()
    hold(world, upload, FIRST)
    assert world.committed(upload) == "写入 1 行，暂留 1 行，其余 2 行没有变化"
    assert (world.stands()[0], len(plans(world))) == ("东关街区", 1)


@pytest.mark.parametrize(
    ("cells", "code", "field", "label"),
    [
        ({(FIRST, "planned_completion_on"): date(2025, 1, 1)}, "R153", "planned_completion_on", "计划完工"),
        ({(4, "plan_code"): "P-1", (FIRST, "plan_code"): "P-1"}, "R152", "plan_code", "计划编码"),
    ],
)  # fmt: skip
def test_a_fault_of_a_project_in_its_first_row_is_not_written_through_the_next(
    world: World, cells: dict[tuple[int, str], Any], code: str, field: str, label: str
) -> None:
    before = plans(world)
    world.typed({**cells, (SECOND, "household_count"): 110, (FIRST, "explanation"): "核对过"})
    upload = world.sent()
    assert (code, f"{AT[field]}{FIRST}") in faults(upload)
    assert [sentence for sentence, _ in said(world, upload)] == [
        (
            f"第 6 行（ZC2025-08　东关一区）有错，项目的{label}不写入，其他行照常写入；"
            "要写入的，改正这一行后重新上传。"
        )
    ]
    world.committed(upload)
    world.project.refresh_from_db()
    assert (plans(world), world.project.plan_code) == (before, None)
    assert world.stands()[1] == [("东关街 1 号", 100), ("东关街 1 号", 110)]


def _added(world: World, **first: Any) -> Upload:
    """A roster with a new project of two estates, in rows 8 and 9; its columns are said in both."""

    def add(sheet: Any) -> None:
        for number, estate in ((8, "新一区"), (9, "新二区")):
            values = {
                "code": "ZC2025-90", "name": "新片区", "street": "松龄路街道", "estate": estate,
                "building_count": 2, "household_count": 60, "area_sqm": 5000, **first,
            }  # fmt: skip
            for name, value in values.items():
                sheet[f"{AT[name]}{number}"] = value

    world.reworked(add)
    return world.sent()


def test_the_first_plan_of_a_new_project_is_not_drafted_through_the_next_row(world: World) -> None:
    """Asked of its investment, which is far too much for its area; the project is entered without a plan."""
    upload = _added(
        world,
        planned_investment=90000,
        planned_start_on=date(2025, 6, 1),
        planned_completion_on=LATE,
    )
    assert faults(upload) == [("R203", f"{AT['planned_investment']}8")]
    hold(world, upload, 8)
    assert [sentence for sentence, _ in said(world, upload)] == [
        (
            "第 8 行（ZC2025-90　新一区）暂留，项目的计划投资、计划开工、计划完工不写入，其他行照常写入；"
            "要写入的，把这一行改为接收并说明原因。"
        )
    ]
    world.committed(upload)
    made = Project.objects.get(code="ZC2025-90")
    assert [estate.name for estate in made.estates.all()] == ["新二区"]
    assert made.baselines.count() == 0


def test_a_new_project_whose_name_was_asked_names_its_rows_where_they_cannot_be_written(
    world: World,
) -> None:
    upload = _added(world, name="东关片区")
    assert faults(upload) == [("R206", f"{AT['name']}8")]
    hold(world, upload, 8)
    with pytest.raises(Refusal) as refused:
        world.committed(upload)
    assert str(refused.value.message) == (
        "项目 ZC2025-90（第 9 行）的名称和街道在暂留的行里，请把这个项目的各行一起接收，或一起暂留。"
    )
    hold(world, upload, 8, 9)
    assert world.committed(upload) == "没有行写入，暂留 2 行，4 行没有变化"
