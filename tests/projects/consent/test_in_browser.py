"""The residents' pages of a project in a real Chromium, on a phone and on a desk, with something on each."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from projects.consent.enums import Care, Purpose
from tests.axe import faults_by_axe
from tests.conftest import Clock
from tests.factories.consent import CareVisitFactory, make_answers
from tests.factories.ledger import (
    DocumentKindFactory,
    ProjectChangeFactory,
    ProjectDocumentFactory,
)
from tests.projects.ledger.test_in_browser import sign_in

from .scene import CODE, Scene, make_scene

pytestmark = pytest.mark.browser
PAGES = (
    f"/consent/{CODE}/",
    f"/consent/{CODE}/rounds/1/",
    f"/consent/{CODE}/rounds/new/",
    f"/consent/{CODE}/care/",
    f"/consent/{CODE}/households/?care=yes",
    "/consent/?standing=overtaken",
)


@pytest.fixture
def scene(transactional_db: None, clock: Clock) -> Scene:
    """Residents were asked about a scheme that has changed since; one door was called at, another was not."""
    made = make_scene(purpose=Purpose.SCHEME)
    make_answers(made.round, made.households[:6], agreed=5)
    for row, care in zip(made.households, (Care.ELDERLY, Care.DISABLED, Care.BOTH), strict=False):
        row.care = care
        row.save()
    CareVisitFactory(household=made.households[0])
    kind = DocumentKindFactory(bureau=made.district.bureau, is_plan=True)
    ProjectDocumentFactory(
        project=made.project, kind=kind, title="文昌园改造方案", dated_on=date(2025, 1, 15)
    )
    ProjectChangeFactory(
        project=made.project,
        state="approved",
        approved_on=date(2025, 5, 6),
        document_number="川建〔2025〕8号",
        decided_by=made.user("reviewer"),
        decided_at=datetime(2025, 5, 6, 2, tzinfo=UTC),
    )
    return made


def test_the_pages_fit_and_are_accessible(
    page: Page, live_server: LiveServer, scene: Scene
) -> None:
    sign_in(page, live_server, scene.user("zhonglou"))
    wide, faults, told = [], [], []
    for address in PAGES:
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(live_server.url + address)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((address, width))
        faults += [(address, fault) for fault in faults_by_axe(page)]
        if page.get_by_text("方案已更新").count() > 0:
            told.append(address)
    assert (wide, faults) == ([], [])
    assert told == [PAGES[0], PAGES[1], PAGES[5]]
