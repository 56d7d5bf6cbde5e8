"""Two people at once: a party gets one successor, a document one next version, a standard one verdict, a
photograph is developed by one worker."""

from __future__ import annotations

from datetime import date, time
from functools import partial

import pytest

from projects.ledger.conflicts import EditConflict
from projects.ledger.dossier import photos
from projects.ledger.dossier.services import file_document
from projects.ledger.editing import save_row
from projects.ledger.estates.services import replace_party
from projects.ledger.models import Estate, Party, Photo, Project, ProjectDocument, StandardCheck
from projects.ledger.standards.services import judge
from renovation.core.calendar import local_moment
from renovation.core.errors import StateConflict
from renovation.core.files import NewFile
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    DocumentKindFactory,
    PartyFactory,
    PhotoFactory,
    ProgrammeFactory,
    StandardItemFactory,
    make_project,
)
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


def world() -> tuple[District, Project]:
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    return district, make_project(programme=programme, street=district.street("zhonglou"))


def test_the_second_of_two_edits_is_told() -> None:
    district, project = world()
    pk = project.estates.get().pk

    def edit(user: str, households: int) -> object:
        row = Estate.objects.get(pk=pk)
        row.household_count = households
        return save_row(
            row=row,
            organisation=project.street,
            of="项目",
            by=district.users[user],
            now=NOW,
            seen_version=1,
        )

    answers = at_once(partial(edit, "bureau", 101), partial(edit, "bureau2", 102))
    told = [answer for answer in answers if isinstance(answer, EditConflict)]
    assert len(told) == 1
    estate = Estate.objects.get(pk=pk)
    assert estate.version == 2
    assert estate.household_count in {101, 102}
    assert f"改为“{estate.household_count}”" in told[0].changes[0]


def test_a_party_gets_one_successor() -> None:
    district, project = world()
    party = PartyFactory(project=project, valid_from=date(2025, 1, 20))

    def replace(name: str) -> object:
        return replace_party(
            party=Party.objects.get(pk=party.pk),
            successor=Party(name=name),
            from_on=date(2025, 5, 1),
            seen_version=1,
            reason="合同解除",
            by=district.users["bureau"],
            now=NOW,
        )

    answers = at_once(partial(replace, "甲"), partial(replace, "乙"))
    assert sum(isinstance(answer, EditConflict) for answer in answers) == 1
    assert Party.objects.filter(succeeds=party).count() == 1


def test_a_document_gets_one_next_version() -> None:
    district, project = world()
    kind = DocumentKindFactory(bureau=district.bureau)

    def file(content: bytes, old: ProjectDocument | None) -> ProjectDocument:
        return file_document(
            project=project,
            values={"kind": kind, "title": "图纸"},
            file=NewFile("图纸.pdf", content, "application/pdf"),
            supersedes=old,
            by=district.users["bureau"],
            now=NOW,
        )

    first = file(b"%PDF-1", None)
    answers = at_once(partial(file, b"%PDF-2", first), partial(file, b"%PDF-3", first))
    assert sum(isinstance(answer, StateConflict) for answer in answers) == 1
    assert list(ProjectDocument.objects.order_by("version").values_list("version", flat=True)) == [
        1,
        2,
    ]


def test_a_standard_gets_one_first_verdict() -> None:
    district, project = world()
    item = StandardItemFactory(bureau=district.bureau)

    def check(user: str, verdict: str) -> object:
        return judge(
            row=StandardCheck(project=project, item=item, verdict=verdict, note="原因"),
            organisation=project.street,
            of="项目",
            by=district.users[user],
            now=NOW,
        )

    answers = at_once(partial(check, "bureau", "met"), partial(check, "bureau2", "unmet"))
    assert sum(isinstance(answer, EditConflict) for answer in answers) == 1
    assert StandardCheck.objects.count() == 1


def test_a_photograph_is_claimed_by_one_worker() -> None:
    _, project = world()
    photo = PhotoFactory(project=project, not_before=NOW)
    claim = partial(Photo.objects.claim, photo.pk, now=NOW)
    assert sorted(at_once(claim, claim)) == [False, True]
    assert photos.develop_photo(photo_id=photo.pk, now=NOW) is False
