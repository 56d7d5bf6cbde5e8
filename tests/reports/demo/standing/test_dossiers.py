"""What the demo knows of estates beside their quantities: true to life, and never ahead of its day."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projects.ledger.dossier.photos import pairs
from projects.ledger.enums import PublicationKind, SurveyKind, Verdict
from projects.ledger.estates.quantities import differences
from projects.ledger.models import (
    Commitment,
    DocumentKind,
    Estate,
    LeadingPost,
    Photo,
    Project,
    ProjectDocument,
    Publication,
    StandardCheck,
    StandardItem,
    Survey,
)
from projects.ledger.places import check_inside
from renovation.core.calendar import local_day
from renovation.core.images import look_of
from renovation.records.models import AuditEntry, WorkState
from renovation.records.services import read_file, values_in_force
from reports.demo.siting import ground
from tests.reports.demo.conftest import Demo

pytestmark = pytest.mark.django_db


def test_buildings_add_up_but_for_one_household(demo: Demo) -> None:
    entered = [
        estate for estate in Estate.objects.prefetch_related("buildings") if estate.buildings.all()
    ]
    said = [
        (estate.project.code, sentence)
        for estate in entered
        for sentence in differences(estate=estate, buildings=list(estate.buildings.all()))
    ]
    assert len(entered) >= 10
    assert {code[-2:] for code, _ in said} == {"13"}
    assert all("少 1 户" in sentence for _, sentence in said)


def test_every_place_lies_in_the_district_and_some_estates_have_none(demo: Demo) -> None:
    project = Project.objects.select_related("programme__bureau")[0]
    box = values_in_force(organisation=project.programme.bureau, on=local_day(demo.now))[
        "ledger.district_box"
    ]
    placed = [estate for estate in Estate.objects.all() if estate.latitude is not None]
    for estate in placed:
        assert estate.latitude is not None
        assert estate.longitude is not None
        check_inside((estate.latitude, estate.longitude), box, field="latitude")
    assert 0 < len(placed) < Estate.objects.count()
    assert ground("文昌园小区", "banyanglu") == ground("文昌园小区", "banyanglu")


def test_documents_of_the_newest_year_lack_some(demo: Demo) -> None:
    assert DocumentKind.objects.count() == 17
    assert not ProjectDocument.objects.filter(dated_on__gt=local_day(demo.now)).exists()
    newest = Project.objects.filter(programme__year=demo.year).order_by("code")
    with_contract = {
        row.project_id for row in ProjectDocument.objects.filter(kind__name="施工合同")
    }
    assert newest[3].pk not in with_contract
    assert newest[0].pk in with_contract
    private = ProjectDocument.objects.filter(kind__is_private=True).select_related("file")
    assert {row.file.is_private for row in private} == {True}


def test_photographs_are_pairs_of_drawings_that_say_so(demo: Demo) -> None:
    import io

    from PIL import Image

    rows = list(Photo.objects.select_related("estate", "original", "picture").order_by("pk"))
    assert {row.work_state for row in rows} == {WorkState.DONE}
    assert {row.note for row in rows} == {"演示图，非实景"}
    assert len(pairs(rows)) >= 2
    assert not [row for row in rows if row.added_at > demo.now or row.taken_at > demo.now]
    first = rows[0]
    assert first.original.is_private
    assert first.picture is not None
    copy = Image.open(io.BytesIO(read_file(file=first.picture)))
    assert dict(copy.getexif()) == {}
    assert len(look_of(copy)) == 16
    acts = AuditEntry.objects.filter(act="photo.add").count()
    assert acts == len(rows)


def test_lists_are_gone_through_in_part(demo: Demo) -> None:
    assert StandardItem.objects.count() == 20
    verdicts = set(StandardCheck.objects.values_list("verdict", flat=True))
    assert verdicts == set(Verdict)
    assert not StandardCheck.objects.filter(checked_at__gt=demo.now).exists()
    today = local_day(demo.now)
    assert set(Survey.objects.values_list("kind", flat=True)) == set(SurveyKind)
    assert set(Publication.objects.values_list("kind", flat=True)) == set(PublicationKind)
    assert not Survey.objects.filter(done_on__gt=today).exists()
    assert not Publication.objects.filter(published_on__gt=today).exists()
    assert not Commitment.objects.filter(starts_on__gt=today).exists()


def test_the_leading_group_answers_for_every_project_of_the_newest_year(demo: Demo) -> None:
    newest = Project.objects.filter(programme__year=demo.year)
    assert LeadingPost.objects.count() == 9
    assert not newest.filter(leading_posts=None).exists()
    models = Project.objects.filter(is_model=True)
    assert models.exists()
    assert all(project.model_on <= local_day(demo.now) for project in models)
    assert Decimal(newest.exclude(feature="").count()) > 0
