"""Files of the works: encrypted where they tell of a person, without a place on the way to companies."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from projects.works.models import (
    WorkItem,
)
from renovation.records.services import store_file
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    GateFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.factories.works import (
    CompletionFactory,
    MenuItemFactory,
    StructureFactory,
    planned_item,
)
from tests.projects.ledger.test_gates import PDF
from tests.renovation.core.test_images import shot

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"


@pytest.fixture
def district(clock: Clock) -> District:
    clock.at("2025-05-07 10:00")
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        name="文昌园",
    )
    PartyFactory(project=made, organisation=district.contractor)
    GateFactory(
        project=made,
        kind=GateKind.STARTED,
        actual_on=date(2025, 3, 3),
        evidence=StoredFileFactory(),
    )
    return made


def client_of(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


def pipe_of(project: Project, quantity: str = "100") -> WorkItem:
    return planned_item(quantity, project=project, menu_item=MenuItemFactory(code="water-pipes"))


def test_what_proves_a_step_is_kept_encrypted_and_opened_by_who_handles_the_case_alone(
    district: District, project: Project
) -> None:
    found = StructureFactory(project=project)
    take = reverse("works:structure_act", args=[found.pk, "notify"])
    sent = {
        "occurred_on": "2025-05-06",
        "evidence": SimpleUploadedFile("告知书 张三丰.pdf", PDF, "application/pdf"),
    }
    assert client_of(district, "zhonglou").post(take, sent).status_code == 302
    file = found.steps.get(act="notify").evidence
    assert file is not None
    assert (file.is_private, file.name) == (True, f"{found}告知.pdf")
    page = reverse("works:structure", args=[found.pk])
    address = reverse("works:file", args=[file.pk])
    for user in ("zhonglou", "bureau"):
        client = client_of(district, user)
        assert address in client.get(page).content.decode()
        assert client.get(address).content == PDF
    for user in ("contractor", "npc", "leader"):
        client = client_of(district, user)
        assert address not in client.get(page).content.decode()
        assert client.get(address).status_code == 404


def test_pictures_lose_their_place_on_the_way_to_a_company(
    district: District, project: Project
) -> None:
    entry = CompletionFactory(
        item=pipe_of(project),
        evidence=store_file(
            content=shot(),
            name="管沟.jpg",
            content_type="image/jpeg",
            by=None,
            now=datetime(2025, 4, 18, tzinfo=UTC),
        ),
    )
    address = reverse("works:file", args=[entry.evidence_id])
    inside = client_of(district, "zhonglou").get(address).content
    outside = client_of(district, "contractor").get(address).content
    assert [bool(Image.open(io.BytesIO(data)).getexif()) for data in (inside, outside)] == [
        True,
        False,
    ]
