"""Two people at the page of a project: nothing typed is lost, and nothing that the other wrote."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, make_project

from .test_pages import CODE, as_user, own_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        name="文昌园",
    )


def test_two_editors_and_nothing_typed_is_lost(
    client: Client, district: District, project: Project
) -> None:
    address = reverse("ledger:edit", args=[CODE])
    first = as_user(Client(), district, "bureau")
    second = as_user(client, district, "bureau2")
    assert first.post(address, own_fields(project, name="文昌园小区")).status_code == 302
    answer = second.post(address, own_fields(project, name="文昌苑", note="我写的备注"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "把“项目名称”由“文昌园”改为“文昌园小区”。" in page
    assert 'value="文昌苑"' in page
    assert "我写的备注" in page
    project.refresh_from_db()
    assert (project.name, project.version) == ("文昌园小区", 2)
    seen = own_fields(project, name="文昌苑", note="我写的备注", seen_version="2")
    assert 'name="seen_version" value="2"' in page
    assert second.post(address, seen).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.note) == ("文昌苑", "我写的备注")


def test_what_the_second_editor_left_alone_stays_as_the_first_wrote_it(
    client: Client, district: District, project: Project
) -> None:
    address = reverse("ledger:edit", args=[CODE])
    first = as_user(Client(), district, "bureau")
    second = as_user(client, district, "bureau2")
    model = {"is_model": "on", "model_on": "2025-03-01", "model_reason": "先行先试"}
    assert first.post(address, own_fields(project, note="甲写的", **model)).status_code == 302
    answer = second.post(address, own_fields(project, feature="共享书屋", plan_code="3703-1"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "您没有动的格，已换成现在的值。" in page
    shown = answer.context["form"]
    assert {name: shown[name].value() for name in ("feature", "plan_code", "note", "model_on")} == {
        "feature": "共享书屋",
        "plan_code": "3703-1",
        "note": "甲写的",
        "model_on": "2025-03-01",
    }
    assert shown["is_model"].value() is True
    sent = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
    sent["is_model"] = "on"
    assert second.post(address, sent).status_code == 302
    project.refresh_from_db()
    assert (project.note, project.feature, project.plan_code, project.is_model) == (
        "甲写的",
        "共享书屋",
        "3703-1",
        True,
    )
