"""A workbook that is filled one project after the other: empty rows leave what the return says already."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from renovation.core.errors import StateConflict
from renovation.intake import services
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.supervision.weekly.intake.test_beside_written import (
    LATER,
    page_of,
    type_in,
    words_of,
)
from tests.workbooks.scene import NOW, Scene, faults, put, shift

CODES = [f"ZC2025-{number:02}" for number in range(6, 13)]


def only(*rows: int, **more: Any) -> Any:
    """The sound workbook with all rows but these emptied."""
    empty = {
        f"{column}{row}": None for row in range(5, 12) if row not in rows for column in "IJKOPR"
    }
    return put(**(empty | more))


def test_one_project_after_the_other(scene: Scene, clock: Clock) -> None:
    clock.at("2025-09-19 10:24")
    first = scene.upload(scene.filled(only(5)))
    assert [f["code"] for f in faults(first, "error")] == ["W101"] * 18
    services.commit(upload=first, by=scene.clerk, now=NOW)
    before = scene.stored()
    assert list(before) == ["ZC2025-06"]
    second = scene.upload(scene.filled(only(6)), now=LATER)
    assert [(f["code"], f["row"]) for f in faults(second, "error")] == [
        ("W101", row) for row in range(7, 12) for _ in range(3)
    ]
    assert [(f["code"], f["cell"], f["message"]) for f in faults(second, "notice") if f["row"]] == [
        ("W311", "I5", "未填，保留已写入的")
    ]
    assert words_of(scene, second) == {
        "ZC2025-06": "未填，保留已写入的",
        "ZC2025-07": "新填",
        **dict.fromkeys(CODES[2:], ""),
    }
    page = page_of(scene, second)
    assert "与已写入的相比 改动 0 行 新填 1 行，相同 0 行，未填保留 1 行，有错 5 行" in page
    assert "写入 1 行，暂留 5 行，其余 1 行没有变化" in page
    done = services.commit(upload=second, by=scene.clerk, now=LATER)
    assert done.text == "写入 1 行，暂留 5 行，其余 1 行没有变化"
    after = scene.stored()
    assert after["ZC2025-06"] == before["ZC2025-06"]
    assert (sorted(after), after["ZC2025-07"]["progress"]) == (CODES[:2], Decimal("45.0"))


def test_a_row_in_which_one_cell_is_filled_is_no_empty_row(scene: Scene, clock: Clock) -> None:
    clock.at("2025-09-19 10:24")
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    upload = scene.upload(scene.filled(only(5, I6=46.0, S7="补报", O8=0)), now=LATER)
    told = [(f["code"], f["row"]) for f in faults(upload, "error")]
    assert told == [
        ("W101", 6), ("W101", 6),
        ("W101", 7), ("W101", 7), ("W101", 7),
        ("W101", 8), ("W101", 8), ("W101", 8),
    ]  # fmt: skip
    assert [f["row"] for f in faults(upload, "notice") if f["code"] == "W311"] == [9, 10, 11]


def test_an_empty_row_leaves_what_a_colleague_writes_while_the_preview_is_open(
    scene: Scene, clock: Clock
) -> None:
    clock.at("2025-09-19 10:24")
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    upload = scene.upload(scene.filled(only(5, K5="又做了一段")), now=LATER)
    type_in(scene, scene.clerk, LATER, "ZC2025-07", work_done="3 号楼屋面防水完成，正在闭水")
    services.commit(upload=upload, by=scene.clerk, now=shift(LATER, minutes=1))
    done = {code: row["work_done"] for code, row in scene.stored().items()}
    assert done["ZC2025-06"] == "又做了一段"
    assert done["ZC2025-07"] == "3 号楼屋面防水完成，正在闭水"
    assert done["ZC2025-08"] == "1—4 号楼外墙粉刷，道路基层铺筑"


def test_a_workbook_of_empty_rows_alone_changes_nothing(scene: Scene, clock: Clock) -> None:
    clock.at("2025-09-19 10:24")
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    before = scene.stored()
    upload = scene.upload(scene.filled(only()), now=LATER)
    assert faults(upload, "error", "reason") == []
    page = page_of(scene, upload)
    assert "没有变化。 文件里的 7 行都没有填，保留已写入的，不用写入。" in page
    assert "没有行要写入，7 行没有变化。" in page
    assert "按以上处理确认" in page
    done = services.commit(upload=upload, by=scene.clerk, now=LATER)
    assert (done.written, done.text) == (0, "没有行写入，7 行没有变化")
    assert services.commit(upload=upload, by=scene.clerk, now=LATER) == done
    told = AuditEntry.objects.filter(act="upload.commit").order_by("pk")
    assert [entry.sentence for entry in told] == [
        f"确认“{upload.file.name}”：写入 7 行",
        f"确认“{upload.file.name}”：没有行写入，7 行没有变化",
    ]
    upload.refresh_from_db()
    page = page_of(scene, upload)
    assert ("没有行写入，7 行没有变化。" in page, "已写入 7 行" in page) == (True, False)
    assert scene.stored() == before


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ((5, 6, 7), "文件里的 3 行与已写入的相同，4 行没有填、保留已写入的，不用写入。"),
        (range(5, 12), "文件里的 7 行都与已写入的相同，不用写入。"),
    ],
)
def test_a_workbook_that_says_nothing_new_tells_what_it_agrees_with(
    scene: Scene, clock: Clock, rows: Sequence[int], sentence: str
) -> None:
    clock.at("2025-09-19 10:24")
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    page = page_of(scene, scene.upload(scene.filled(only(*rows)), now=LATER))
    assert f"没有变化。 {sentence}" in page
    assert "台账一致" not in page


def test_an_empty_row_that_a_colleague_fills_in_while_the_preview_is_open_is_not_counted_as_written(
    scene: Scene, clock: Clock
) -> None:
    clock.at("2025-09-19 10:24")
    services.commit(upload=scene.upload(scene.filled(only(5))), by=scene.clerk, now=NOW)
    upload = scene.upload(scene.filled(only(5, K5="又做了一段")), now=LATER)
    type_in(
        scene,
        scene.clerk,
        LATER,
        "ZC2025-07",
        progress_percent=Decimal("45.0"),
        completed_investment_fen=900_000_00,
        work_done="同事填的",
    )
    before = scene.stored()
    with pytest.raises(StateConflict) as stale:
        services.commit(upload=upload, by=scene.clerk, now=shift(LATER, minutes=1))
    assert stale.value.code == "upload.stale"
    upload.refresh_from_db()
    assert words_of(scene, upload) == {
        "ZC2025-06": "已有，改动",
        "ZC2025-07": "未填，保留已写入的",
        **dict.fromkeys(CODES[2:], ""),
    }
    page = page_of(scene, upload)
    assert "与已写入的相比 改动 1 行 新填 0 行，相同 0 行，未填保留 1 行，有错 5 行" in page
    assert "1 行写入第38周" in page
    done = services.commit(upload=upload, by=scene.clerk, now=shift(LATER, minutes=2))
    assert done.text == "写入 1 行，暂留 5 行，其余 1 行没有变化"
    told = AuditEntry.objects.filter(act="upload.commit").latest("pk")
    assert told.sentence == f"确认“{upload.file.name}”：{done.text}"
    after = scene.stored()
    assert [code for code in after if after[code] != before[code]] == ["ZC2025-06"]


def test_a_row_that_a_colleague_wrote_the_same_meanwhile_is_not_counted_as_written(
    scene: Scene, clock: Clock
) -> None:
    clock.at("2025-09-19 10:24")
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    upload = scene.upload(scene.filled(put(K5="又做了一段", K6="又做了两段")), now=LATER)
    type_in(scene, scene.clerk, LATER, work_done="又做了一段")
    before = scene.stored()
    done = services.commit(upload=upload, by=scene.clerk, now=shift(LATER, minutes=1))
    assert done.text == "写入 1 行，其余 6 行没有变化"
    after = scene.stored()
    assert [code for code in after if after[code] != before[code]] == ["ZC2025-07"]
    upload.refresh_from_db()
    assert services.commit(upload=upload, by=scene.clerk, now=LATER) == done
    assert words_of(scene, upload)["ZC2025-06"] == "已有，相同"
