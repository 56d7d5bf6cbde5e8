"""A roster: its template, the page of drafts (who approves what, exactly what was seen), and what it costs."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import BaselineState, ChangeState
from projects.ledger.models import Baseline, Project, ProjectChange
from projects.ledger.programmes import street_totals
from projects.ledger.roster.context import load
from projects.ledger.roster.whole import totals_after
from tests.conftest import Clock
from tests.factories.enrolment import cancel
from tests.projects.ledger.test_gates import PDF

from .scene import AT, NOW, Scene, edited, make_scene, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(clock: Clock) -> Scene:
    clock.at("2025-05-07 10:00")
    return make_scene()


def client_of(scene: Scene, user: str) -> Client:
    client = Client()
    client.force_login(scene.district.users[user])
    return client


def test_a_reviewer_approves_what_the_page_showed(
    scene: Scene, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("ledger:drafts", args=[2025])
    client = client_of(scene, "reviewer")
    client.get(address)
    with django_assert_max_num_queries(36):
        assert "建材一宿舍" in client.get(address).content.decode()
    scene.commit(scene.upload(table()))
    with django_assert_max_num_queries(54):  # with the open checks of those that are to be entered
        page = client.get(address).content.decode()
    assert 'name="entry"' not in page  # none has its exceptions yet
    scene.excuse(ProjectChange.objects.select_related("project__programme"))
    page = client.get(address).content.decode()
    assert "文昌里小区" in page
    assert "柳泉小区" not in page  # its plan is approved already
    seen = [str(row.pk) for row in Baseline.objects.filter(state=BaselineState.DRAFT)]
    entries = [str(row.pk) for row in ProjectChange.objects.all()]
    assert len(entries) == 3
    body = {
        "approved_on": "2025-05-07",
        "baseline": seen[:-1],
        "entry": entries,
        "document_number": "淄建发〔2025〕3号",
    }
    assert client.post(address, body).status_code == 302
    assert Baseline.objects.filter(state=BaselineState.DRAFT).count() == 4
    assert client.post(address, body | {"baseline": seen, "entry": []}).status_code == 302
    assert Baseline.objects.filter(state=BaselineState.DRAFT).count() == 4
    assert client.post(address, body | {"baseline": seen, "approved_on": ""}).status_code == 422
    assert client.post(address, body | {"baseline": seen}).status_code == 302
    assert set(Project.objects.filter(changes__pk__in=entries).values_list("approved_on")) == {
        (scene.programme.approved_on,)
    }
    assert set(
        Baseline.objects.filter(pk__in=seen).values_list("state", "approved_on", "approved_by")
    ) == {(BaselineState.APPROVED, date(2025, 5, 7), scene.reviewer.pk)}
    assert "没有待批准的项目和计划" in client.get(address).content.decode()


def test_a_change_is_approved_on_the_page_with_its_plan(scene: Scene) -> None:
    address = reverse("ledger:drafts", args=[2025])
    client = client_of(scene, "reviewer")
    assert "批准文号" not in client.get(address).content.decode()  # a first plan asks for none
    cells = {"O4": date(2025, 10, 15), "T4": "汛期前完成外墙"}
    scene.commit(scene.upload(edited(scene.template(), cells)))
    page = client.get(address).content.decode()
    change = ProjectChange.objects.get()
    assert reverse("ledger:change", args=[scene.known.code, change.pk]) in page
    assert "完工早 16 天" in page
    seen = list(Baseline.objects.filter(state=BaselineState.DRAFT).values_list("pk", flat=True))
    body = {"approved_on": "2025-05-07", "baseline": seen}
    answer = client.post(address, body)
    assert answer.status_code == 422
    assert "柳泉小区：批准文号和变更文件至少填一样。一项也没有批准。" in answer.content.decode()
    assert Baseline.objects.filter(state=BaselineState.DRAFT).count() == 2
    file = SimpleUploadedFile("批复.pdf", PDF)
    assert client.post(address, body | {"evidence": file}).status_code == 302
    change.refresh_from_db()
    assert (change.state, change.file is not None) == (ChangeState.APPROVED, True)
    assert not Baseline.objects.filter(state=BaselineState.DRAFT).exists()


@pytest.mark.parametrize(
    ("user", "roster", "drafts", "approve"),
    [
        ("bureau", 200, 200, 403),
        ("reviewer", 403, 200, 302),
        ("leader", 403, 403, 403),
        ("banyanglu", 403, 403, 403),
    ],
)
def test_who_sees_the_pages(
    scene: Scene, user: str, roster: int, drafts: int, approve: int
) -> None:
    client = client_of(scene, user)
    assert client.get(reverse("ledger:roster", args=[2025])).status_code == roster
    assert client.get(reverse("ledger:roster_template", args=[2025])).status_code == roster
    assert client.get(reverse("ledger:roster_rules")).status_code == roster
    assert client.get(reverse("ledger:drafts", args=[2025])).status_code == drafts
    assert client.post(reverse("ledger:drafts", args=[2025])).status_code == approve
    assert Baseline.objects.filter(state=BaselineState.DRAFT).count() == 1


@pytest.mark.parametrize(("days", "left"), [(1, 2), (0, 1)])
def test_who_is_cancelled_later_counts_until_then(scene: Scene, days: int, left: int) -> None:
    """Beside the official totals stand the sums that the page of the programme shows on that day."""
    cancel(scene.known, NOW.date() + timedelta(days=days))
    sums = totals_after((), load(scene.target, [], NOW))
    assert sums == {
        each.street_name: each.ledger
        for each in street_totals(programme=scene.programme, on=NOW.date())
        if each.ledger.project_count
    }
    assert sums[scene.known.street.short_name].project_count == left


def test_the_template_is_a_workbook_that_people_can_fill_in(scene: Scene) -> None:
    scene.commit(scene.upload(table()))
    book = openpyxl.load_workbook(io.BytesIO(scene.template()))
    sheet = book["年度计划"]
    assert [cell.value for cell in sheet[3]][:6] == [
        "序号",
        "街道",
        "社区",
        "项目编号",
        "项目名称",
        "小区",
    ]
    assert "E5:E6" in {str(area) for area in sheet.merged_cells.ranges}
    assert book["_portal"].sheet_state == "veryHidden"
    assert AT["东关一区"] == 5
