"""Files that stand for two projects, photograph or evidence."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.ledger.dossier.reuse import reused_files
from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from tests.factories.accounts import make_district
from tests.factories.ledger import GateFactory, PhotoFactory, ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
SHARED, PROVEN, OWN = "a" * 64, "b" * 64, "c" * 64


def projects(*names: str, together: int = 1) -> list[Project]:
    """Projects of these names, so many of the first street, the others of another."""
    district = make_district("reuse-")
    programme = ProgrammeFactory(bureau=district.bureau)
    first, second = district.streets[:2]
    return [
        ProjectFactory(programme=programme, street=first if place < together else second, name=name)
        for place, name in enumerate(names)
    ]


def asked(project: Project) -> dict[int, tuple[str, ...]]:
    return reused_files(among=Project.objects.filter(street_id__in=[project.street_id]))


def test_who_holds_the_same_file_whether_as_photograph_or_as_evidence(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ours, photo, evidence, both, removed, strange = projects("一", "二", "三", "四", "五", "六")
    PhotoFactory(project=ours, original__sha256=SHARED)
    PhotoFactory(project=ours, original__sha256=SHARED, spot="再传一次")
    PhotoFactory(project=photo, original__sha256=SHARED)
    GateFactory(project=evidence, kind=GateKind.STARTED, evidence__sha256=SHARED)
    GateFactory(project=ours, kind=GateKind.STARTED, evidence__sha256=PROVEN)
    PhotoFactory(project=both, original__sha256=SHARED)
    GateFactory(project=both, kind=GateKind.STARTED, evidence__sha256=PROVEN)
    off = PhotoFactory(project=removed, original__sha256=SHARED)
    off.removed_at, off.removed_by, off.removal_reason = timezone.now(), off.added_by, "传错"
    off.save()
    PhotoFactory(project=strange, original__sha256=OWN)

    with django_assert_num_queries(2):
        found = asked(ours)
    assert found == {
        ours.pk: ("二", "三", "四"),
        photo.pk: ("一", "三", "四"),
        evidence.pk: ("一", "二", "四"),
        both.pk: ("一", "二", "三"),
    }


def test_projects_of_one_street_may_share_a_file_too(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first, second, other = projects("一", "二", "三", together=2)
    for project, sha256 in ((first, SHARED), (second, SHARED), (other, OWN)):
        PhotoFactory(project=project, original__sha256=sha256)
    with django_assert_num_queries(2):
        assert asked(first) == {first.pk: ("二",), second.pk: ("一",)}


def test_nobody_else_is_asked_for_where_no_file_is_held(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ours, first, second = projects("一", "二", "三")
    for project in (first, second):
        PhotoFactory(project=project, original__sha256=SHARED)
    GateFactory(project=ours, kind=GateKind.STARTED, evidence=None)
    with django_assert_num_queries(1):
        assert asked(ours) == {}
