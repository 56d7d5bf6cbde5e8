"""The pages of estates, files and lists in a real Chromium: widths, accessibility, photographs end to end."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from projects.ledger.dossier.services import adopt_kinds
from projects.ledger.models import Photo, Project
from projects.ledger.standards.services import adopt_standards
from projects.ledger.tasks import develop_photo
from tests.axe import faults_by_axe
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    BaselineFactory,
    BuildingFactory,
    CommitmentFactory,
    LeadingPostFactory,
    PartyFactory,
    PhotoFactory,
    ProgrammeFactory,
    ProjectDocumentFactory,
    PublicationFactory,
    StandardCheckFactory,
    SurveyFactory,
    make_project,
)
from tests.renovation.core.test_images import shot

from .conftest import CODE

pytestmark = pytest.mark.browser
PROJECT = f"/ledger/projects/{CODE}"


@pytest.fixture
def district(transactional_db: None, clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District, clock: Clock) -> Project:
    """A project with something on every page."""
    now, by = clock.at("2025-05-07 10:00"), district.users["bureau"]
    programme = ProgrammeFactory(bureau=district.bureau)
    made = make_project(programme=programme, street=district.street("zhonglou"), code=CODE)
    estate = made.estates.get()
    estate.latitude, estate.longitude = Decimal("36.643"), Decimal("117.951")
    estate.save()
    BuildingFactory(estate=estate)
    PartyFactory(project=made, phone="0533-0000 0001")
    adopt_kinds(bureau=district.bureau, by=by, now=now)
    (item, *_) = adopt_standards(bureau=district.bureau, by=by, now=now)
    StandardCheckFactory(project=made, item=item)
    ProjectDocumentFactory(project=made)
    PhotoFactory(project=made)
    SurveyFactory(project=made)
    PublicationFactory(project=made)
    CommitmentFactory(project=made)
    LeadingPostFactory(bureau=district.bureau).projects.add(made)
    return made


def sign_in(page: Page, live_server: LiveServer, user: Any) -> None:
    """Give the browser a session (its cookie would have expired by the browser's own clock)."""
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": live_server.url}
            for name, morsel in client.cookies.items()
        ]
    )


def test_the_pages_fit_and_are_accessible(
    page: Page, live_server: LiveServer, district: District, project: Project
) -> None:
    estate = project.estates.get()
    addresses = [
        f"{PROJECT}/estates/",
        f"{PROJECT}/estates/{estate.pk}/",
        f"{PROJECT}/estates/{estate.pk}/buildings/",
        f"{PROJECT}/parties/",
        f"{PROJECT}/files/",
        f"{PROJECT}/files/new/",
        f"{PROJECT}/photos/",
        f"{PROJECT}/photos/new/",
        f"{PROJECT}/standards/",
        f"{PROJECT}/standards/1/",
        f"{PROJECT}/openness/",
        f"{PROJECT}/commitments/",
        "/ledger/standards/",
        "/ledger/standards/items/",
        "/ledger/leading/",
        "/ledger/leading/new/",
        "/ledger/kinds/",
        "/places/",
    ]
    sign_in(page, live_server, district.users["bureau"])
    wide, faults = [], []
    for address in addresses:
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(live_server.url + address)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((address, width))
        faults += [(address, fault) for fault in faults_by_axe(page)]
    assert (wide, faults) == ([], [])


def test_on_a_phone_nothing_of_the_plans_and_the_standards_lies_aside(
    page: Page, live_server: LiveServer, district: District, project: Project
) -> None:
    """The versions of a plan and the verdicts of all projects are cards whose values name their column."""
    first = project.baselines.get()
    for version in (2, 3):
        BaselineFactory(
            project=project,
            version=version,
            reason="基础验槽发现暗浜，换填和复测占了三周，计划完工顺延",
            approved_on=first.approved_on,
        )
    sign_in(page, live_server, district.users["bureau"])
    page.set_viewport_size({"width": 360, "height": 800})
    aside = "[...document.querySelectorAll('.table-frame')].map((one) => one.scrollWidth > one.clientWidth)"
    page.goto(f"{live_server.url}{PROJECT}/plans/")
    assert page.evaluate(aside) == [False]
    reasons = page.locator("tr", has_text="调整原因").locator("td")
    assert [each.get_attribute("data-label") for each in reasons.all()] == [
        "第 1 版",
        "第 2 版",
        "第 3 版",
    ]
    page.goto(f"{live_server.url}/ledger/standards/")
    assert page.evaluate(aside) == [False]
    verdicts = page.locator("tbody tr td.verdict").all()
    assert [each.get_attribute("data-number") for each in verdicts] == [
        str(n) for n in range(1, 21)
    ]
    tops = {each.bounding_box()["y"] for each in verdicts}  # type: ignore[index]
    assert len(tops) == 2


def test_photographs_are_uploaded_and_seen(
    page: Page, live_server: LiveServer, district: District, project: Project, tmp_path: Path
) -> None:
    Photo.objects.all().delete()
    files = []
    for seed, kind in ((1, "JPEG"), (4, "HEIF")):
        file = tmp_path / f"{seed}.{kind.lower()}"
        file.write_bytes(shot(kind, seed=seed))
        files.append(file)
    sign_in(page, live_server, district.users["zhonglou"])
    page.goto(f"{live_server.url}{PROJECT}/photos/new/")
    page.get_by_text("改造前", exact=True).click()
    page.get_by_role("textbox", name="位置").fill("3号楼北侧")
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("都传完了，收下 2 张。")).to_be_visible()
    for pk in Photo.objects.values_list("pk", flat=True):
        develop_photo(pk)
    page.goto(f"{live_server.url}{PROJECT}/photos/")
    pictures = page.locator(".photos img")
    expect(pictures).to_have_count(2)
    for number in range(2):
        pictures.nth(number).scroll_into_view_if_needed()
        expect(pictures.nth(number)).to_have_js_property("naturalWidth", 480)
