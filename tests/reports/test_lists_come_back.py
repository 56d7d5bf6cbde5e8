"""Every list of the portal comes back in as its page exports it: with the rows that it shows, and nothing changed."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.core.errors import Fault, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import pipelines
from renovation.intake.preview import build
from renovation.intake.rows import rows_from_json
from tests.conftest import Clock
from tests.factories.ledger import (
    LeadingPostFactory,
    RestWindowFactory,
)

from .lists_office import OFFICE_LISTS
from .lists_scene import LISTS, Shown, signed_in

pytestmark = pytest.mark.django_db
#: The pipelines that take in the workbook of a list, with the rows that it shows.
COMES_BACK: dict[str, tuple[str, ...]] = {
    "works:items": ("works_plan",),
    "works:structures_all": ("list_structures",),
    "works:utilities_all": ("list_utilities",),
    "ledger:register": ("list_gates",),
    "ledger:standards_table": ("list_standards",),
    "residents:notices": ("list_notices",),
    "residents:meetings": ("list_meetings", "list_matters"),
    "residents:sharing": ("list_contributions", "list_evaluations", "list_opinions"),
    "residents:aftercare": (
        *("list_committees", "list_managements", "list_collections"),
        *("list_funds", "list_handovers"),
    ),
    "funding:overview": ("list_plans",),
    "funding:accounts": ("list_accounts",),
    "funding:forecasts": ("list_forecasts",),
    "funding:applications": ("list_applications",),
    "funding:findings": ("list_findings",),
}
#: The lists that nothing can be brought in to, and why.
GOES_OUT_ALONE = {
    "consent:estates": "rates of what households answered, each on paper or by its own link",
    "ledger:changes_all": "drafted with a reason and approved by another person, one by one",
    "inquiries:list": "drafted column by column, approved by another person, one by one",
    "weekly:follow_ups": "questions to a row of a return, answered by its street",
    "weekly:rule_waivers": "asked for with a reason and decided by another person, one by one",
    "dispatch:items": "assigned by a meeting, signed for, reported and closed by one after another",
    "figures:alarms": "found by the portal itself",
    "weekly:review_waivers": "approved with a reason, street by street, and never rewritten",
    "jobs:runs": "the ledger of what ran: written by running alone",
    "messaging:log": "the log of what was sent: written by sending alone",
    "console:audit": "append-only and sealed in a chain: a row brought in would be one that nobody did",
    "console:users": "an account begins with a first password that is shown once, and each role is given and taken "
    "by an act of its own in the audit log",
    "console:organisations": "the tree on which rules, numbers and sight hang: changed one by one, each checked for "
    "what stands above it",
    "console:hand_overs": "acts that passed matters on, with what each was then; never rewritten",
    "console:stand_ins": "appointments with a reason, made one by one and never rewritten",
    "console:pledges": "accepted by each person alone",
}
EVERY = pytest.mark.parametrize("shown", LISTS, ids=lambda shown: shown.name)


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def client(now: datetime) -> Client:
    return signed_in(now)


def taken_in(pipeline: str, content: bytes, now: datetime) -> Upload:
    """A workbook as the bureau's clerk brings it in, read and judged."""
    person = User.objects.get(username="bureau")
    upload = intake.receive(
        pipeline=pipeline,
        organisation=Organisation.objects.get(kind="bureau"),
        period_key="2025",
        file=content,
        name="清单.xlsx",
        by=person,
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def nothing_new(upload: Upload, now: datetime) -> set[str]:
    """The projects of the rows of a workbook that says what stands, and nothing else."""
    pipeline = pipelines()[upload.pipeline]
    found = [Fault.from_json(fault) for fault in upload.faults]
    assert [fault for fault in found if fault.severity is not Severity.NOTICE] == []
    assert upload.state == UploadState.PREVIEW
    page = build(upload, pipeline, pipeline.describe(intake.target_of(upload=upload), now))
    assert (page.changes, page.additions) == (0, 0)
    assert page.is_all_same
    rows = rows_from_json(upload.rows, pipeline)
    assert page.same_words == f"文件里的 {len(rows)} 行都与台账一致，不用写入。"
    read = next(cell for cell in page.strip if cell.name == "读到")
    assert (read.note, read.alarm) in {
        ("行数相符，没有重复行", False),
        ("没有重复行", False),  # of plans of work, of which a workbook may hold any
    }
    assert upload.expected_count in {0, len(rows)}
    return {str(row.row.values.get("project") or row.row.values.get("code")) for row in rows}


@pytest.mark.parametrize(
    ("shown", "pipeline"),
    [(shown, code) for shown in LISTS for code in COMES_BACK.get(shown.name, ())],
    ids=lambda value: getattr(value, "name", value),
)
def test_what_it_exports_comes_back_in_unchanged(
    client: Client, now: datetime, shown: Shown, pipeline: str
) -> None:
    address = reverse(shown.export, args=shown.args if shown.export == shown.name else ())
    content = client.get(f"{address}?street=zhonglou&{shown.more}").content
    assert nothing_new(taken_in(pipeline, content, now), now) == {"ZC2025-01"}


def test_every_list_comes_back_in_or_says_why_not() -> None:
    every = {shown.name for shown in (*LISTS, *OFFICE_LISTS)}
    assert set(COMES_BACK) | set(GOES_OUT_ALONE) == every
    assert not set(COMES_BACK) & set(GOES_OUT_ALONE)


@pytest.mark.parametrize(
    ("export", "pipeline", "rows"),
    [
        ("dashboards:places_workbook", "list_places", {"ZC2025-01"}),
        ("ledger:leading_export", "list_leading", {"None"}),
        ("ledger:rests_export", "list_rests", {"None"}),
    ],
)
def test_what_is_no_list_over_projects_comes_back_in_too(
    client: Client, now: datetime, export: str, pipeline: str, rows: set[str]
) -> None:
    bureau = Organisation.objects.get(kind="bureau")
    LeadingPostFactory(bureau=bureau).projects.set(Project.objects.all())
    RestWindowFactory(bureau=bureau)
    content = client.get(reverse(export), {"street": "zhonglou"}).content
    assert nothing_new(taken_in(pipeline, content, now), now) == rows


def test_a_filtered_list_says_that_it_is_whole_and_how_many_stand_besides(
    client: Client, now: datetime
) -> None:
    content = client.get(reverse("dashboards:projects_workbook"), {"street": "zhonglou"}).content
    upload = taken_in("list_features", content, now)
    assert upload.expected_count == 1
    assert [fault["message"] for fault in upload.faults] == [
        "文件导出时有 1 行，台账现在有 2 行；不在文件里的不动。"
    ]


def test_a_row_left_out_of_a_list_is_told_and_no_fault(client: Client, now: datetime) -> None:
    content = client.get(reverse("dashboards:projects_workbook")).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["特色和样板（可导入）"]
    codes = [sheet.cell(row, 1).value for row in range(1, 8)]
    sheet.delete_rows(codes.index("ZC2025-01") + 1)
    left = io.BytesIO()
    book.save(left)
    upload = taken_in("list_features", left.getvalue(), now)
    pipeline = pipelines()[upload.pipeline]
    page = build(upload, pipeline, pipeline.describe(intake.target_of(upload=upload), now))
    read = next(cell for cell in page.strip if cell.name == "读到")
    assert (read.value, read.note, read.alarm) == (
        "1 行 / 应有 2 行",
        "少 1 行，台账里的照旧",
        False,
    )


@pytest.mark.parametrize("pipeline", ["roster", "list_features"])
def test_the_projects_come_back_in_unchanged(client: Client, now: datetime, pipeline: str) -> None:
    content = client.get(reverse("dashboards:projects_workbook"), {"street": "zhonglou"}).content
    assert nothing_new(taken_in(pipeline, content, now), now) == {"ZC2025-01"}


@EVERY
def test_who_may_not_bring_it_in_gets_only_what_is_there_to_be_read(
    client: Client, shown: Shown
) -> None:
    client.force_login(User.objects.get(username="zhonglou"))
    address = reverse(shown.export, args=shown.args if shown.export == shown.name else ())
    answer = client.get(f"{address}?{shown.more}")
    if answer.status_code == 403:
        return
    names = openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
    assert not [name for name in names if name == "_portal" or "可导入" in name]
