"""Who has the lists, and what their pages and workbooks hold."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.books.registry import books
from projects.ledger.models import (
    Project,
)
from renovation.records.models import AuditEntry
from tests.factories.accounts import District
from tests.factories.ledger import (
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
)
from tests.factories.works import StructureFactory, UtilityPlanFactory

from .scene import HEAD, book_of, sent, write

pytestmark = pytest.mark.django_db


def client_of(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


@pytest.mark.parametrize(
    ("user", "status"), [("bureau", 200), ("reviewer", 403), ("zhonglou", 403), ("contractor", 403)]
)
def test_only_the_bureau_has_the_lists(
    district: District, project: Project, user: str, status: int
) -> None:
    client = client_of(district, user)
    for address in (
        reverse("ledger:books", args=[2025]),
        reverse("ledger:book", args=[2025, "gates"]),
        reverse("ledger:book_workbook", args=[2025, "gates"]),
        reverse("ledger:book_rules", args=[2025, "gates"]),
    ):
        assert client.get(address).status_code == status, address


def test_a_list_that_there_is_not_is_404(district: District, project: Project) -> None:
    client = client_of(district, "bureau")
    assert client.get(reverse("ledger:book", args=[2025, "nothing"])).status_code == 404
    assert client.get(reverse("ledger:book", args=[2019, "gates"])).status_code == 404


def test_a_list_of_all_years_stands_with_the_newest(district: District, project: Project) -> None:
    client = client_of(district, "bureau")
    address = reverse("ledger:book_newest", args=["leading"])
    ProgrammeFactory(bureau=district.bureau, year=2026)
    assert client.get(address).headers["Location"] == reverse("ledger:book", args=[2026, "leading"])
    assert client_of(district, "zhonglou").get(address).status_code == 403


def test_without_a_programme_the_way_leads_to_a_new_one(district: District) -> None:
    answer = client_of(district, "bureau").get(reverse("ledger:book_newest", args=["rests"]))
    assert answer.headers["Location"] == reverse("ledger:programme_new")


def test_the_index_names_every_list(district: District, project: Project) -> None:
    page = client_of(district, "bureau").get(reverse("ledger:books", args=[2025])).content.decode()
    for book in books().values():
        assert reverse("ledger:book_workbook", args=[2025, book.slug]) in page
        assert book.label in page


def test_the_workbook_of_a_street_holds_only_its_projects(
    district: District, project: Project
) -> None:
    other = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), code="ZC2025-02"
    )
    PartyFactory(project=other)
    answer = client_of(district, "bureau").get(
        reverse("ledger:book_workbook", args=[2025, "parties"]) + "?street=banyanglu"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    found = [row[0] for row in sheet.iter_rows(min_row=HEAD + 1, values_only=True) if row[0]]
    assert found == ["ZC2025-02"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("slug", books())
def test_the_workbook_costs_the_same_for_one_project_and_for_three(
    district: District,
    project: Project,
    now: datetime,
    slug: str,
    count: int,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(1, count):
        more = ProjectFactory(
            programme=project.programme, street=project.street, code=f"ZC2025-1{number}"
        )
        PartyFactory(project=more)
        UtilityPlanFactory(project=more)
        StructureFactory(project=more)
    with django_assert_max_num_queries(5):
        book_of(district, slug, now)


def test_the_preview_shows_what_is_new_apart_from_what_stands(
    district: District, project: Project, now: datetime
) -> None:
    PartyFactory(project=project)
    book = book_of(district, "gates", now)
    write(book, "gates", 1, document_number="淄建发〔2025〕9号")
    write(book, "gates", 2, planned_on="五月底")
    upload = sent(district, "gates", book, now)
    client = client_of(district, "bureau")
    address = reverse("intake:upload", args=[upload.pk])
    whole, news = client.get(address), client.get(f"{address}?show=news")
    assert len(news.context["page"].rows) == 2
    assert len(whole.context["page"].rows) > 2
    text = news.content.decode()
    assert "有改动 2" in text
    assert "原为空，改为“淄建发〔2025〕9号”" in text
    assert [crumb[0] for crumb in news.context["crumbs"]][-2:] == ["关口", "核对上传内容"]


def test_what_is_written_is_counted_apart_from_what_stands(
    district: District, project: Project, now: datetime
) -> None:
    party = PartyFactory(project=project)
    book = book_of(district, "gates", now)
    write(book, "gates", 1, document_number="淄建发〔2025〕9号")
    upload = sent(district, "gates", book, now)
    client = client_of(district, "bureau")
    address = reverse("intake:upload", args=[upload.pk])
    page = client.get(address).context["page"]
    rest = len(page.rows) - 1
    assert party.project_id == project.pk
    assert rest > 0
    assert page.result.button == f"写入 1 行，其余 {rest} 行没有变化"
    news = client.get(f"{address}?show=news")
    assert news.context["page"].same_elsewhere == rest
    assert "<b>核对</b>" in news.content.decode()
    confirm = reverse("intake:confirm", args=[upload.pk])
    done = client.post(confirm, {"act": "write"}, follow=True).content.decode()
    assert f"已写入 1 行，其余 {rest} 行没有变化。" in done
    told = AuditEntry.objects.get(act="upload.commit").sentence
    assert told == f"确认“{upload.file.name}”：写入 1 行，其余 {rest} 行没有变化"
    written = client.get(address).content.decode()
    assert f"已写入 1 行，其余 {rest} 行没有变化。" in written
    assert "第 4 步，共 4 步：下载模板、上传、核对、<b>写入</b>" in written


def test_the_index_says_what_comes_of_rows_only_where_they_are_not_just_written(
    district: District, project: Project
) -> None:
    page = client_of(district, "bureau").get(reverse("ledger:books", args=[2025])).content.decode()
    direct = sum(book.is_direct for book in books().values())
    assert page.count("核对确认后直接写入。") == direct == 22
    for book in books().values():
        assert (book.after in page) is not book.is_direct
