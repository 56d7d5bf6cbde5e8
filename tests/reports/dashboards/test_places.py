"""位置: the list first, the drawing of what has a place, nothing hidden is shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from projects.ledger.models import Estate, Project
from tests.factories.ledger import (
    DocumentKindFactory,
    LeadingPostFactory,
    ProjectDocumentFactory,
    PublicationFactory,
    StandardCheckFactory,
    make_project,
)

from .conftest import Scene

pytestmark = pytest.mark.django_db
ADDRESS = "/places/"


def put(project: Project, latitude: str, longitude: str, **more: Any) -> Estate:
    estate = project.estates.get()
    estate.latitude, estate.longitude = Decimal(latitude), Decimal(longitude)
    for name, value in more.items():
        setattr(estate, name, value)
    estate.save()
    return estate


def body(html: str) -> str:
    return html.split("<tbody>")[1].split("</tbody>")[0]


def test_the_list_stands_before_the_drawing_and_says_what_has_no_place(scene: Scene) -> None:
    put(scene.on_course, "36.641000", "117.951000")
    put(scene.other, "36.7", "117.9")
    html = scene.text("leader", ADDRESS)
    assert html.index('id="list"') < html.index('<svg class="chart-broad"')
    assert "36.641000，117.951000" in body(html)
    assert "1 个登记了坐标" in html
    assert scene.behind.name in body(html)
    assert scene.other.name not in html
    assert "补登" not in html
    assert "补登" in scene.text("bureau", ADDRESS)
    assert scene.behind.name not in scene.text("banyanglu", ADDRESS)


def test_an_outline_alone_gives_a_place(scene: Scene) -> None:
    estate = scene.on_course.estates.get()
    estate.outline = [["36.0", "117.0"], ["36.0", "118.0"], ["37.0", "118.0"], ["37.0", "117.0"]]
    estate.save()
    assert "36.500000，117.500000" in scene.text("leader", ADDRESS)


def test_the_list_is_filtered_and_the_drawing_with_it(scene: Scene) -> None:
    put(scene.on_course, "36.641000", "117.951000", address="文昌路 12 号")
    put(scene.behind, "36.661000", "117.971000", address="昆仑巷 3 号")

    def names(**asked: str) -> set[str]:
        html = scene.text("leader", ADDRESS, **asked)
        if "<tbody>" not in html:
            return set()
        rows = {each.name for each in (scene.on_course, scene.behind) if each.name in body(html)}
        drawn = html.split('<svg class="chart-broad"')[1].split("</svg>")[0]
        assert {name for name in rows if name in drawn} == rows
        return rows

    both = {scene.on_course.name, scene.behind.name}
    assert names() == both
    assert names(light="yellow") == {scene.behind.name}
    assert names(street=scene.on_course.street.code) == {scene.on_course.name}
    assert names(q="昆仑巷") == {scene.behind.name}
    assert names(placed="yes") == both
    assert names(placed="no") == set()
    assert "没有符合条件的小区" in scene.text("leader", ADDRESS, placed="no")


def test_without_any_place_the_page_says_where_to_enter_one(scene: Scene) -> None:
    html = scene.text("leader", ADDRESS)
    assert "还画不出示意图" in html
    assert '<svg class="chart-broad"' not in html


@pytest.mark.parametrize(
    ("user", "status"),
    [("bureau", 200), ("contractor", 200), ("npc", 200), ("office", 200), ("auditor", 403)],
)
def test_who_opens_the_page(scene: Scene, user: str, status: int) -> None:
    assert scene.get(user, ADDRESS).status_code == status


# -- feature and model flag, what a project says of itself -------------------------------------------
def test_a_model_is_shown_in_the_list_its_filter_its_export_and_on_its_page(scene: Scene) -> None:
    project = scene.on_course
    project.feature, project.is_model = "口袋花园串起三个院子", True
    project.model_on, project.model_reason = scene.now.date(), "居民参与充分"
    project.save()
    html = scene.text("leader", "/projects/", year="2025")
    assert "示范样板" not in body(html)  # the list stands at the Sunday before it became one
    project.model_on = project.approved_on
    project.save()
    html = body(scene.text("leader", "/projects/", year="2025"))
    assert "示范样板" in html
    assert "口袋花园串起三个院子" in html
    narrowed = body(scene.text("leader", "/projects/", model="yes"))
    assert scene.behind.name not in narrowed
    page = scene.text("leader", f"/projects/{project.code}/")
    assert "定为样板：居民参与充分" in page
    assert "口袋花园串起三个院子" in page


def test_a_project_says_its_plan_its_lists_and_who_answers(scene: Scene) -> None:
    project = scene.on_course
    kind = DocumentKindFactory(bureau=scene.programme.bureau, is_plan=True, name="改造方案")
    document = ProjectDocumentFactory(project=project, kind=kind, title="文昌园改造方案")
    StandardCheckFactory(project=project)
    PublicationFactory(project=project)
    LeadingPostFactory(bureau=scene.programme.bureau, post="质安站站长").projects.add(project)
    html = scene.text("leader", f"/projects/{project.code}/")
    assert reverse("ledger:document", args=[project.code, document.pk]) in html
    assert "1 条中符合 1（1 条无依据），不符合 0，未核对 0" in html
    assert "两清两访 0/4，四公开 1/4" in html
    assert "质安站站长" in html
    outside = scene.text("npc", f"/projects/{project.code}/")
    assert "文昌园改造方案" in outside
    assert "四公开 1/4" not in outside


@pytest.mark.parametrize("count", [1, 3])
def test_places_cost_the_same(
    scene: Scene, count: int, django_assert_num_queries: Any, settings: Any
) -> None:
    settings.FACE_TODO_COUNT = ""
    for number in range(count):
        made = make_project(
            programme=scene.programme, street=scene.on_course.street, code=f"ZC2025-5{number}"
        )
        put(made, f"36.64{number}", "117.95")
    client = scene.client("leader")
    client.get(ADDRESS)
    with django_assert_num_queries(15):
        client.get(ADDRESS)
