"""领导小组: posts of a day, what they answer for, nobody's name."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.models import LeadingPost, Project
from renovation.records.models import AuditEntry
from tests.factories.accounts import District, make_district
from tests.factories.ledger import LeadingPostFactory, make_project

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


def fields(**changed: object) -> dict[str, object]:
    return {
        "rank": "deputy",
        "post": "分管副局长",
        "answers_for": "统筹调度",
        "valid_from": "2025-01-20",
        "order": "10",
        "seen_version": "0",
    } | changed


def test_a_post_with_its_projects_is_entered_and_changed(
    signed: Signed, district: District, project: Project
) -> None:
    other = make_project(programme=project.programme, street=project.street, code="ZC2025-02")
    client = signed("bureau")
    new = reverse("ledger:leading_post_new")
    assert client.post(new, fields(valid_to="2025-01-19")).status_code == 422
    assert client.post(new, fields(projects=[project.pk])).status_code == 302
    row = LeadingPost.objects.get()
    assert list(row.projects.all()) == [project]
    assert row.bureau == district.bureau
    address = reverse("ledger:leading_post", args=[row.pk])
    typed = fields(projects=[project.pk, other.pk], seen_version="1")
    assert client.post(address, typed).status_code == 302
    row.refresh_from_db()
    assert (set(row.projects.all()), row.version) == ({project, other}, 2)
    entry = AuditEntry.objects.get(act="leadingpost.update")
    assert entry.changes["projects"] == [
        project.name,
        "、".join(sorted([project.name, other.name])),
    ]
    stale = signed("bureau2").post(address, fields(post="副局长", seen_version="1"))
    assert stale.status_code == 409
    assert "负责项目" in stale.content.decode()
    assert 'value="副局长"' in stale.content.decode()
    for user in ("zhonglou", "reviewer", "npc"):
        assert signed(user).get(new).status_code == 403


def test_a_day_shows_who_answered_on_it(signed: Signed, district: District) -> None:
    LeadingPostFactory(
        bureau=district.bureau, post="前任组长", rank="head", valid_to=date(2025, 4, 30)
    )
    LeadingPostFactory(
        bureau=district.bureau, post="现任组长", rank="head", valid_from=date(2025, 5, 1)
    )
    other = make_district("boshan-")
    LeadingPostFactory(bureau=other.bureau, post="别区组长")
    address = reverse("ledger:leading")

    def posts(user: str = "zhonglou", **asked: str) -> set[str]:
        page = signed(user).get(address, asked).content.decode()
        return {post for post in ("前任组长", "现任组长", "别区组长") if post in page}

    assert posts() == {"现任组长"}
    assert posts("npc") == {"现任组长"}
    assert posts(on="2025-04-30") == {"前任组长"}
    assert posts(on="2025-01-01") == set()
    answer = signed("zhonglou").get(reverse("ledger:leading_export"), {"on": "2025-04-30"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    texts = {str(cell.value) for row in book.active.iter_rows() for cell in row}
    assert "前任组长" in texts
    assert "现任组长" not in texts
    assert any("淄川区老旧小区改造工作领导小组责任分工" in text for text in texts)


def test_the_roster_names_no_project_of_another_street(
    signed: Signed, district: District, project: Project
) -> None:
    other = make_project(
        programme=project.programme,
        street=district.street("banyanglu"),
        code="ZC2025-02",
        name="般阳东苑",
    )
    LeadingPostFactory(bureau=district.bureau, post="分管副局长").projects.set([project, other])

    def named(user: str) -> tuple[set[str], set[str]]:
        page = signed(user).get(reverse("ledger:leading")).content.decode()
        book = signed(user).get(reverse("ledger:leading_export")).content
        rows = openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)
        cells = "\n".join(str(cell) for row in rows for cell in row)
        names = (project.name, other.name)
        return {name for name in names if name in page}, {name for name in names if name in cells}

    assert named("bureau") == ({project.name, other.name}, {project.name, other.name})
    assert named("banyanglu") == ({other.name}, {other.name})


def test_a_post_entered_by_mistake_is_removed_with_a_reason(
    signed: Signed, district: District
) -> None:
    row = LeadingPostFactory(bureau=district.bureau)
    address = reverse("ledger:leading_post_remove", args=[row.pk])
    assert signed("bureau").post(address, {"reason": " "}).status_code == 422
    assert signed("bureau").post(address, {"reason": "重复"}).status_code == 302
    assert not LeadingPost.objects.exists()


def test_the_database_refuses_an_end_before_the_start(district: District) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LeadingPostFactory(bureau=district.bureau, valid_to=date(2025, 1, 19))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_roster_costs_the_same(
    signed: Signed,
    project: Project,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for post in LeadingPostFactory.create_batch(rows, bureau=project.programme.bureau):
        post.projects.add(project)
    client = signed("bureau")
    client.get(reverse("ledger:leading"))
    with django_assert_num_queries(7):
        client.get(reverse("ledger:leading"))
