"""What replaces what: a correction that is withdrawn breaks no chain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from renovation.accounts.enums import TokenScope
from renovation.accounts.services import issue_token
from renovation.core.errors import Refusal
from reports.papers import services
from reports.papers.enums import PaperState
from reports.papers.models import Document
from reports.papers.rendering import overlay_of
from reports.papers.versions import later_than, replaced_by
from tests.factories.papers import AFTER_QUARTER, QUARTER, World

NOW = AFTER_QUARTER
LATER = NOW + timedelta(hours=1)


def correct(world: World, document: Document, reason: str = "更正户数") -> Document:
    return services.correct(document=document, reason=reason, by=world.users["bureau"], now=LATER)


def withdraw(world: World, document: Document) -> Document:
    return services.withdraw(document=document, by=world.users["bureau"], now=LATER, opinion="误")


def issue(world: World, draft: Document, number: str) -> Document:
    users = world.users
    document = services.check(document=draft, by=users["bureau2"], now=LATER)
    document = services.approve(document=document, by=users["reviewer"], now=LATER)
    document = services.sign(document=document, by=users["leader"], now=LATER)
    return services.number(document=document, number=number, by=users["office"], now=LATER)


@pytest.fixture
def chain(world: World) -> tuple[Document, Document, Document]:
    """v1 issued, v2 its withdrawn correction, v3 the correction that was issued."""
    first = world.issued()
    second = withdraw(world, correct(world, first))
    third = issue(world, correct(world, first, "更正面积"), "淄建发〔2025〕13号")
    return first, second, third


def test_a_correction_follows_the_newest_version_also_a_withdrawn_one(
    chain: tuple[Document, Document, Document],
) -> None:
    first, second, third = chain
    assert (third.version, third.supersedes, second.state) == (3, second, PaperState.WITHDRAWN)
    assert replaced_by(third) == first
    assert overlay_of(third).correction == (
        "本件为第3版，更正并替代原件（淄建发〔2025〕12号）。更正原因：更正面积。"
    )
    assert list(later_than(first)) == [third]
    assert replaced_by(first) is None


def test_the_api_says_that_the_first_was_replaced(
    world: World, chain: tuple[Document, Document, Document], clock: Any
) -> None:
    clock.at("2025-10-09 11:00")
    _, token = issue_token(
        user=world.users["office"], scope=TokenScope.DOCUMENTS, days=1, now=LATER
    )
    answer = Client().get("/api/v1/documents", headers={"Authorization": f"Bearer {token}"})
    found = {row["version"]: row["superseded"] for row in answer.json()["items"]}
    assert found == {1: True, 3: False}
    one = Client().get(
        f"/api/v1/documents/{chain[0].pk}", headers={"Authorization": f"Bearer {token}"}
    )
    assert one.json()["superseded"] is True


def test_the_pages_lead_past_the_withdrawn_version(
    world: World, chain: tuple[Document, Document, Document], clock: Any
) -> None:
    clock.at("2025-10-09 11:00")
    first, second, third = chain
    client = Client()
    client.force_login(world.users["bureau"])
    page = client.get(f"/papers/{first.pk}/").content.decode()
    assert "请以更正后的为准" in page
    assert f'href="/papers/{third.pk}/"' in page
    assert f'href="/papers/{second.pk}/"' not in page
    assert "/acts/correct/" not in page
    page = client.get(f"/papers/{third.pk}/").content.decode()
    assert "查看所更正的第1版" in page
    assert "/acts/correct/" in page
    assert client.get("/papers/bulletins/").content.decode().count("已被更正替代") == 1


def test_only_the_newest_issued_version_is_corrected(
    world: World, chain: tuple[Document, Document, Document]
) -> None:
    first, _, third = chain
    with pytest.raises(Refusal, match="第3版更正替代") as refused:
        correct(world, first)
    assert refused.value.code == "paper.superseded"
    assert correct(world, third).version == 4


def test_a_correction_under_way_is_opened_not_doubled(world: World) -> None:
    first = world.issued()
    withdraw(world, correct(world, first))
    open_one = correct(world, first)
    with pytest.raises(Refusal) as refused:
        correct(world, first)
    assert (refused.value.code, open_one.version) == ("paper.correction_open", 3)


def test_the_schedule_begins_no_correction_of_its_own(world: World) -> None:
    first = world.issued()
    withdraw(world, correct(world, first))
    bureau = world.district.bureau
    again = services.compile_bulletin(bureau=bureau, quarter=QUARTER, now=LATER)
    assert again == first
    assert Document.objects.count() == 2


def test_the_edited_passages_come_along_past_a_withdrawn_correction(world: World) -> None:
    draft = world.bulletin()
    services.edit_text(document=draft, key="lead", text="导语。", by=world.users["bureau"], now=NOW)
    first = world.issued()
    withdraw(world, correct(world, first))
    assert correct(world, first).texts == {"lead": "导语。"}
