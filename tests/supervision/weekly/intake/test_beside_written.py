"""A file beside what the return says already: each row new, changed or the same; nothing is written over unseen."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.core.errors import StateConflict
from renovation.intake import services
from renovation.intake.anew import stamp
from renovation.intake.models import Upload, UploadState
from supervision.weekly import services as weekly
from supervision.weekly.models import WeeklyReport
from supervision.weekly.values import ReportValues
from tests.conftest import Clock
from tests.factories.accounts import make_user
from tests.supervision.weekly.intake.test_pages import text_of
from tests.workbooks.scene import NOW, WEEK, Scene, put, shift

LATER = shift(NOW, minutes=5)


@pytest.fixture
def colleague(scene: Scene) -> User:
    return make_user(scene.street, Role.CLERK, "songlinglu-b")


def type_in(scene: Scene, by: User, now: datetime, code: str = "ZC2025-06", **more: Any) -> None:
    """Somebody writes a row in the browser form."""
    opened = weekly.open_return(street=scene.street, week=WEEK, by=by, now=now)
    project = scene.projects[code]
    report = WeeklyReport.objects.filter(weekly_return=opened, project=project).first()
    values: dict[str, Any] = {"project_id": project.pk}
    if report is not None:
        present = ReportValues.of(report)
        values = {name: getattr(present, name) for name in ReportValues.__slots__}
    weekly.write_reports(
        weekly_return=opened, rows=[ReportValues(**(values | more))], by=by, now=now
    )


def page_of(scene: Scene, upload: Upload) -> str:
    client = Client()
    client.force_login(scene.clerk)
    return text_of(client.get(reverse("intake:upload", args=[upload.pk])))


def words_of(scene: Scene, upload: Upload) -> dict[str, str]:
    """What stands under the name of each row."""
    client = Client()
    client.force_login(scene.clerk)
    rows = client.get(reverse("intake:upload", args=[upload.pk])).context["page"].rows
    return {row.key: row.tag for row in rows}


def test_nothing_is_compared_where_nothing_is_written(scene: Scene, clock: Clock) -> None:
    clock.at("2025-09-19 10:24")
    upload = scene.upload(scene.filled())
    assert set(words_of(scene, upload).values()) == {""}
    assert "与已写入的相比" not in page_of(scene, upload)


def test_a_row_is_new_changed_or_the_same(scene: Scene, clock: Clock) -> None:
    clock.at("2025-09-19 10:24")
    first = scene.upload(scene.filled(put(I6="=G6+3", I8=33, S8="上周多报了一栋")))
    services.commit(upload=first, by=scene.clerk, now=NOW)
    second = scene.upload(
        scene.filled(
            put(I5=73.0, L5="缺一台吊篮", O7=None, I8=33, S8="上周多报了一栋", J9="98.5O")
        ),
        now=LATER,
    )
    assert words_of(scene, second) == {
        "ZC2025-06": "已有，改动",
        "ZC2025-07": "新填",
        "ZC2025-08": "已有，改动",
        "ZC2025-09": "已有，相同",
        "ZC2025-10": "",  # what a faulty row would change is not known
        "ZC2025-11": "已有，相同",
        "ZC2025-12": "已有，相同",  # 无变化, whose figures were taken from the week before
    }
    page = page_of(scene, second)
    assert "与已写入的相比 改动 2 行 新填 1 行，相同 3 行，有错 1 行" in page
    assert "本周累计形象进度（%） 已写入“72.6”，改为“73.0”" in page
    assert "存在问题 已写入空，改为“缺一台吊篮”" in page
    assert "在场人数 已写入“12”，改为空" in page
    assert "写入 3 行，暂留 1 行，其余 3 行没有变化" in page


def test_an_unchanged_row_says_the_earlier_figures_that_it_writes(
    scene: Scene, clock: Clock
) -> None:
    clock.at("2025-09-19 10:24")
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    upload = scene.upload(scene.filled(put(I5=None, J5=None, R5="是")), now=LATER)
    page = page_of(scene, upload)
    assert "本周累计形象进度（%） 已写入“72.6”，改为“69.0”" in page
    assert "累计完成投资（万元） 已写入“326.40”，改为“308.20”" in page
    services.commit(upload=upload, by=scene.clerk, now=LATER)
    written = scene.stored()["ZC2025-06"]
    assert (written["progress"], written["investment"]) == (Decimal("69.0"), 308_2000_00)


def test_what_a_colleague_wrote_meanwhile_is_shown_before_it_is_written_over(
    scene: Scene, colleague: User, clock: Clock
) -> None:
    clock.at("2025-09-19 10:30")
    upload = scene.upload(scene.filled())
    type_in(scene, colleague, LATER, work_done="脚手架已拆", progress_percent=None)
    seen = stamp(upload)
    with pytest.raises(StateConflict) as conflict:
        services.commit(upload=upload, seen=seen, by=scene.clerk, now=shift(LATER, minutes=1))
    assert conflict.value.code == "upload.stale"
    assert conflict.value.message == (
        "核对之后柳泉小区被别人改过，已列出现在写着的内容，请看过后再确认，不想改动的选“暂留”。"
    )
    upload.refresh_from_db()
    assert upload.state == UploadState.PREVIEW
    assert {code: row["work_done"] for code, row in scene.stored().items()} == {
        "ZC2025-06": "脚手架已拆"
    }
    # Whoever confirms without having looked again, confirms the earlier page.
    with pytest.raises(StateConflict) as unseen:
        services.commit(upload=upload, seen=seen, by=scene.clerk, now=shift(LATER, minutes=2))
    assert unseen.value.code == "upload.stale"
    assert scene.stored()["ZC2025-06"]["work_done"] == "脚手架已拆"
    assert "本周完成情况 已写入“脚手架已拆”，改为“" in page_of(scene, upload)
    services.commit(upload=upload, seen=stamp(upload), by=scene.clerk, now=shift(LATER, minutes=2))
    assert scene.stored()["ZC2025-06"]["work_done"] != "脚手架已拆"
    assert len(scene.stored()) == 7


def test_a_button_pressed_twice_writes_nothing_over_that_nobody_saw(
    scene: Scene, colleague: User, clock: Clock
) -> None:
    clock.at("2025-09-19 10:30")
    upload = scene.upload(scene.filled())
    client = Client()
    client.force_login(scene.clerk)
    address, confirm = (
        reverse(f"intake:{name}", args=[upload.pk]) for name in ("upload", "confirm")
    )

    def form() -> dict[str, str]:
        return {"act": "write", "seen": client.get(address).context["seen"]}

    shown = form()
    type_in(scene, colleague, LATER, work_done="脚手架已拆", progress_percent=None)
    client.post(confirm, shown)
    page = text_of(client.post(confirm, shown, follow=True))
    assert "这一页打开以后，内容又有变化，没有写入。" in page
    assert "本周完成情况 已写入“脚手架已拆”，改为“" in page
    assert {code: row["work_done"] for code, row in scene.stored().items()} == {
        "ZC2025-06": "脚手架已拆"
    }
    client.post(confirm, form())
    assert len(scene.stored()) == 7
    assert "脚手架已拆" not in {row["work_done"] for row in scene.stored().values()}


def test_a_row_that_is_held_or_says_the_same_stops_nothing(scene: Scene, colleague: User) -> None:
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    upload = scene.upload(scene.filled(put(I7=61, S7="两班同时施工")), now=LATER)
    services.answer(
        upload=upload, held=["ZC2025-06"], decided=["ZC2025-06"], by=scene.clerk, now=LATER
    )
    at = shift(LATER, minutes=1)
    type_in(scene, colleague, at, work_done="脚手架已拆")
    type_in(scene, colleague, at, "ZC2025-08", progress_percent=61, explanation="两班同时施工")
    services.commit(upload=upload, by=scene.clerk, now=shift(LATER, minutes=2))
    assert scene.stored()["ZC2025-06"]["work_done"] == "脚手架已拆"
