"""The archive from a workbook: faults at cells, names nowhere, the list against the estate's count."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from projects.consent.intake import HOUSEHOLDS
from projects.consent.models import Household
from renovation.accounts.enums import TokenScope
from renovation.accounts.services import issue_token
from renovation.core.errors import Fault, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import Target
from renovation.records.models import AuditEntry
from tests.conftest import Clock

from .scene import Scene, make_scene

pytestmark = pytest.mark.django_db
NOW = "2025-05-07 10:00"
Line = tuple[Any, ...]
NAME, PHONE = "司马金丝雀", "13912349876"
GOOD: list[Line] = [
    (1, "９号楼", "1单元", 101, NAME, PHONE, "高龄"),
    (2, 9, "", "102室", "", "0533-6661234", ""),
    (3, 1, 1, 101, "", "", "残疾"),
]


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


def workbook(scene: Scene, clock: Clock, lines: list[Line]) -> bytes:
    target = Target(organisation=scene.project.street, period_key=str(scene.estate.pk))
    made = HOUSEHOLDS.template(target, clock.at(NOW))
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    sheet = book["住户名册"]
    for place, line in enumerate(lines, start=4):
        for column, value in enumerate(line, start=1):
            sheet.cell(row=place, column=column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(scene: Scene, clock: Clock, lines: list[Line]) -> Upload:
    now = clock.at(NOW)
    upload = intake.receive(
        pipeline="households",
        organisation=scene.project.street,
        period_key=str(scene.estate.pk),
        file=workbook(scene, clock, lines),
        name="名册.xlsx",
        by=scene.user("zhonglou"),
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def errors(upload: Upload) -> list[tuple[str, str, str]]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(f.code, f.cell, f.message) for f in found if f.severity is Severity.ERROR]


def test_a_list_is_read_and_written_with_its_count_said(scene: Scene, clock: Clock) -> None:
    upload = read(scene, clock, GOOD)
    assert (upload.state, errors(upload)) == (UploadState.PREVIEW, [])
    notices = [Fault.from_json(f).message for f in upload.faults]
    assert notices == []  # eight are listed already, two are new: the ten of the estate
    intake.commit(upload=upload, by=scene.user("zhonglou"), now=clock.at(NOW))
    new = Household.objects.get(building="9", room="101")
    assert (new.unit, new.open_name(), new.open_phone(), new.care) == ("1", NAME, PHONE, "elderly")
    assert Household.objects.get(building="9", room="102").open_phone() == "05336661234"
    first = Household.objects.get(pk=scene.first.pk)
    assert (first.open_name(), first.care) == (scene.first.open_name(), "disabled")
    assert Household.objects.count() == 10


def test_a_longer_or_shorter_list_is_said_and_taken(scene: Scene, clock: Clock) -> None:
    upload = read(scene, clock, [*GOOD, (4, 9, "", 103, "", "", ""), (5, 9, "", 104, "", "", "")])
    (notice,) = [Fault.from_json(f) for f in upload.faults]
    assert (notice.code, notice.severity) == ("J162", Severity.NOTICE)
    assert "名册有 12 户，小区登记 10 户，多 2 户" in notice.message


def test_every_fault_stands_at_its_cell_and_shows_nobody(scene: Scene, clock: Clock) -> None:
    lines: list[Line] = [
        (1, "", "1", "101", NAME, "", ""),
        (2, 9, "", "102", "", "1391234", ""),
        (3, 9, "", "103", NAME, "1391234987", ""),
        (4, 9, "", "104", "", "", "独居老人"),
        (5, "9号楼", "", "105", "", "", ""),
        (6, "９", "", "105室", "", "", ""),
        (7, 9, "", "107", "长" * 41, "=F4", ""),
    ]
    upload = read(scene, clock, lines)
    assert errors(upload) == [
        ("J101", "B4", "楼栋未填"),
        ("J151", "F6", "联系电话：电话位数不对"),
        ("J152", "G7", "上门关注：上门关注不认得"),
        ("J161", "D8", "9号楼105室出现了 2 次：第 8 行、第 9 行"),
        ("J161", "D9", "9号楼105室出现了 2 次：第 8 行、第 9 行"),
        ("J108", "E10", "户主姓名：文字过长"),
        ("J103", "F10", "联系电话：公式"),
    ]
    (odd,) = [each for each in upload.faults if each["code"] == "J152"]
    assert odd["expected"] == "“高龄”“残疾”“高龄、残疾”之一，没有的不填"
    said = repr(upload.faults)
    for secret in (NAME, "1391234987", "独居", "长长"):
        assert secret not in said


def test_a_row_that_was_copied_is_told_by_number_and_household(scene: Scene, clock: Clock) -> None:
    """Once each: the key that joins the two is no word of the reader's."""
    upload = read(
        scene, clock, [(3, 3, "1", "501", "", "", ""), (3, "3号楼", "1", "501室", "", "", "")]
    )
    number, household = (
        f"{what}出现了 2 次：第 4 行、第 5 行" for what in ("序号 3 ", "3号楼1单元501室")
    )
    assert errors(upload) == [
        ("J160", "A4", number),
        ("J161", "D4", household),
        ("J160", "A5", number),
        ("J161", "D5", household),
    ]


def test_nothing_of_the_file_is_kept_in_clear(scene: Scene, clock: Clock) -> None:
    upload = read(scene, clock, GOOD)
    intake.commit(upload=upload, by=scene.user("zhonglou"), now=clock.at(NOW))
    assert upload.file.is_private
    data = (Path(settings.MEDIA_ROOT) / upload.file.path).read_bytes()
    assert not data.startswith(b"PK")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr([[bytes(c) if isinstance(c, memoryview) else c for c in r] for r in cursor])
            for secret in (NAME, PHONE, NAME.encode("unicode_escape").decode()):
                assert secret not in text, table


def test_the_preview_shows_places_and_no_names(scene: Scene, clock: Clock) -> None:
    upload = read(scene, clock, [(1, 9, "", "", NAME, "139", "独居")])
    pages = {}
    for name in ("zhonglou", "bureau", "banyanglu"):
        client = Client()
        client.force_login(scene.user(name))
        pages[name] = client.get(reverse("intake:upload", args=[upload.pk]))
    assert {name: page.status_code for name, page in pages.items()} == {
        "zhonglou": 200,
        "bureau": 403,
        "banyanglu": 404,
    }
    page = pages["zhonglou"].content.decode()
    assert "（个人信息，不显示）" in page
    assert NAME not in page
    # A list of households has no weeks to compare.
    assert "逐行核对：内容和差错</caption>" in page
    assert "上周" not in page


def test_the_street_of_an_estate_alone_brings_its_list(scene: Scene, clock: Clock) -> None:
    upload = reverse("consent:upload", args=[scene.estate.pk])
    for name, status in (("zhonglou", 200), ("banyanglu", 404), ("bureau", 403)):
        client = Client()
        client.force_login(scene.user(name))
        assert client.get(upload).status_code == status
    client = Client()
    client.force_login(scene.user("zhonglou"))
    template = client.get(reverse("consent:template", args=[scene.estate.pk]))
    assert template.status_code == 200
    assert "J161" in client.get(reverse("consent:rules")).content.decode()


@pytest.mark.parametrize("name", ["original", "annotated"])
def test_the_file_is_handed_out_against_a_reason_alone_and_logged(
    scene: Scene, clock: Clock, name: str
) -> None:
    upload = read(scene, clock, GOOD)
    address = reverse(f"intake:{name}", args=[upload.pk])
    client = Client()
    client.force_login(scene.user("zhonglou"))
    asked = client.get(address)
    assert (asked.status_code, asked["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert client.post(address, {"reason": "看"}).status_code == 422
    assert not AuditEntry.objects.filter(act="upload.open").exists()
    given = client.post(address, {"reason": "核对上传的名册"})
    assert given.status_code == 200
    assert given["Content-Disposition"].startswith("attachment")
    assert given["Cache-Control"] == "private, no-store"
    assert openpyxl.load_workbook(io.BytesIO(given.content))["住户名册"]["E4"].value == NAME
    entry = AuditEntry.objects.get(act="upload.open")
    assert (entry.actor, entry.sentence, entry.reason) == (
        scene.user("zhonglou"),
        "下载文昌园小区住户名册上传的文件",
        "核对上传的名册",
    )


def test_a_token_for_returns_neither_reads_nor_confirms_a_list(scene: Scene, clock: Clock) -> None:
    upload = read(scene, clock, GOOD)
    _, token = issue_token(
        user=scene.user("zhonglou"), scope=TokenScope.RETURNS, days=30, now=clock.at(NOW)
    )
    client = Client(headers={"Authorization": f"Bearer {token}"})
    address = f"/api/v1/uploads/{upload.pk}"
    assert client.get(address).status_code == 404
    sent = client.post(f"{address}/confirm", "{}", content_type="application/json")
    assert sent.status_code == 404
    upload.refresh_from_db()
    assert upload.state == UploadState.PREVIEW
