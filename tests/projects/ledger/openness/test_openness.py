"""两清两访四公开 and 组织保障: dated records by kind, what is lacking is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import CommitmentKind, PublicationKind, SurveyKind
from projects.ledger.models import Commitment, Project, Publication, Survey
from projects.ledger.openness.completeness import count_there, points, points_sum, serving
from tests.factories.accounts import District
from tests.factories.ledger import (
    CommitmentFactory,
    LeadingPostFactory,
    PublicationFactory,
    SurveyFactory,
)
from tests.projects.ledger.conftest import CODE
from tests.projects.ledger.test_gates import PDF

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


def new(what: str, kind: str) -> str:
    return reverse("ledger:record_new", args=[CODE, what, kind])


def test_eight_points_and_what_is_lacking(signed: Signed, project: Project) -> None:
    address = reverse("ledger:openness", args=[CODE])
    client = signed("zhonglou")
    assert "八项中已有 <b>0 项</b>" in client.get(address).content.decode()
    SurveyFactory(project=project)
    SurveyFactory(project=project, kind=SurveyKind.VISIT, household_count=60)
    SurveyFactory(project=project, kind=SurveyKind.VISIT, household_count=36)
    for kind in PublicationKind:
        PublicationFactory(project=project, kind=kind)
    page = client.get(address).content.decode()
    assert "八项中已有 <b>6 项</b>，还差需求清、改造后入户回访。" in page
    assert "共走访 96 户次，全项目 100 户" in page
    clear, public = points(
        surveys=list(project.surveys.all()), publications=list(project.publications.all())
    )
    assert (count_there(clear), count_there(public)) == (2, 4)
    assert [point.households for point in clear] == [None, None, 96, 0]


def test_a_visit_counts_households_and_nothing_lies_ahead(
    signed: Signed, district: District, project: Project
) -> None:
    client = signed("zhonglou")
    typed = {"done_on": "2025-05-07", "finding": "走访一轮"}
    assert client.post(new("surveys", "visit"), typed).status_code == 422
    ahead = client.post(
        new("surveys", "visit"), typed | {"household_count": "9", "done_on": "2025-05-08"}
    )
    assert "日期不能晚于今天。" in ahead.content.decode()
    file = SimpleUploadedFile("走访表.pdf", PDF)
    assert (
        client.post(
            new("surveys", "visit"), typed | {"household_count": "96", "evidence": file}
        ).status_code
        == 302
    )
    row = Survey.objects.get()
    assert (row.household_count, row.file and row.file.name) == (96, "走访表.pdf")
    assert row.history.get().history_user == district.users["zhonglou"]
    assert client.get(reverse("ledger:file", args=[row.file_id])).content == PDF
    assert client.post(new("surveys", "condition"), typed).status_code == 302
    assert client.get(new("surveys", "plan")).status_code == 404
    assert client.get(new("parties", "visit")).status_code == 404
    assert signed("banyanglu").get(new("surveys", "visit")).status_code == 404
    assert signed("leader").get(new("surveys", "visit")).status_code == 403


def test_a_publication_is_changed_by_two_and_removed_with_a_reason(
    signed: Signed, project: Project
) -> None:
    client = signed("bureau")
    typed = {"published_on": "2025-03-26", "channel": "小区公示栏"}
    assert client.post(new("publications", "plan"), typed | {"channel": ""}).status_code == 422
    assert client.post(new("publications", "plan"), typed).status_code == 302
    row = Publication.objects.get()
    address = reverse("ledger:record", args=[CODE, "publications", row.pk])
    seen = {"seen_version": "1"}
    assert client.post(address, typed | seen | {"channel": "街道公众号"}).status_code == 302
    stale = signed("bureau2").post(address, typed | seen | {"note": "公示七日"})
    assert stale.status_code == 409
    assert "把“公开渠道”由“小区公示栏”改为“街道公众号”。" in stale.content.decode()
    assert "公示七日" in stale.content.decode()
    remove = reverse("ledger:record_remove", args=[CODE, "publications", row.pk])
    assert client.post(remove, {"reason": ""}).status_code == 422
    assert client.post(remove, {"reason": "重复登记"}).status_code == 302
    assert Publication.objects.count() == 0
    assert Publication.history.filter(id=row.pk, history_type="-").count() == 1


def test_who_is_on_site_when_and_what_was_contributed(signed: Signed, project: Project) -> None:
    client = signed("zhonglou")
    typed = {"who": "街道城建办", "detail": "现场办公", "starts_on": "2025-03-01"}
    assert client.post(new("commitments", "on_site"), typed).status_code == 422
    schedule = {"schedule": "每周二、四 9:00—11:00"}
    early = client.post(new("commitments", "on_site"), typed | schedule | {"ends_on": "2025-02-01"})
    assert "止不能早于起。" in early.content.decode()
    assert client.post(new("commitments", "on_site"), typed | schedule).status_code == 302
    points_typed = typed | {"points": "15", "who": "居民志愿者"}
    assert client.post(new("commitments", "points"), points_typed).status_code == 302
    CommitmentFactory(project=project, ends_on=date(2025, 5, 6), who="原街道书记")
    CommitmentFactory(project=project, kind=CommitmentKind.POINTS, points=5)
    LeadingPostFactory(bureau=project.programme.bureau, post="质安站站长").projects.add(project)
    LeadingPostFactory(
        bureau=project.programme.bureau, post="前任科长", valid_to=date(2025, 5, 6)
    ).projects.add(project)
    page = client.get(reverse("ledger:commitments", args=[CODE])).content.decode()
    assert "在场：每周二、四 9:00—11:00" in page
    assert "共 <b>20</b> 分。" in page
    assert "质安站站长" in page
    assert "前任科长" not in page
    rows = list(Commitment.objects.all())
    assert points_sum(rows) == 20
    assert "原街道书记" not in {row.who for row in serving(rows, date(2025, 5, 7))}
    assert "原街道书记" in {row.who for row in serving(rows, date(2025, 5, 6))}


@pytest.mark.parametrize(
    "make",
    [
        lambda project: SurveyFactory(project=project, kind=SurveyKind.VISIT),
        lambda project: PublicationFactory(project=project, channel=""),
        lambda project: CommitmentFactory(project=project, ends_on=date(2025, 2, 28)),
        lambda project: CommitmentFactory(project=project, points=3),
        lambda project: CommitmentFactory(project=project, kind=CommitmentKind.POINTS),
        lambda project: CommitmentFactory(project=project, kind=CommitmentKind.ON_SITE),
    ],
)
def test_the_database_refuses(project: Project, make: Callable[[Project], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(project)


@pytest.mark.parametrize(("name", "budget"), [("openness", 11), ("commitments", 9)])
@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same(
    signed: Signed,
    project: Project,
    name: str,
    budget: int,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    SurveyFactory.create_batch(rows, project=project)
    PublicationFactory.create_batch(rows, project=project)
    CommitmentFactory.create_batch(rows, project=project)
    client = signed("bureau")
    address = reverse(f"ledger:{name}", args=[CODE])
    client.get(address)
    with django_assert_num_queries(budget):
        client.get(address)
