"""Estates and buildings: sums compared, two editors, organisations of the day, constraints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.estates.quantities import differences
from projects.ledger.models import Building, Estate, Project
from projects.ledger.places import outline_text
from renovation.records.models import AuditEntry, Setting
from renovation.records.services import set_value
from tests.conftest import Clock
from tests.factories.accounts import CommunityFactory, District
from tests.factories.ledger import BuildingFactory, EstateFactory, make_project
from tests.projects.ledger.conftest import CODE

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


def fields(estate: Estate, **changed: str) -> dict[str, str]:
    return {
        "name": estate.name,
        "address": estate.address,
        "building_count": str(estate.building_count),
        "household_count": str(estate.household_count),
        "area_sqm": str(estate.area_sqm),
        "seen_version": str(estate.version),
    } | changed


# -- sums --------------------------------------------------------------------------------------------
def test_without_buildings_nothing_is_compared(estate: Estate) -> None:
    assert differences(estate=estate, buildings=[]) == []


def test_differences_are_named_with_their_size(estate: Estate) -> None:
    """Three buildings of 100 households and 10,000 ㎡ on the estate; two entered."""
    BuildingFactory(estate=estate, household_count=60, area_sqm=Decimal("6000.50"))
    BuildingFactory(estate=estate, household_count=40, area_sqm=Decimal("4000.00"))
    assert differences(estate=estate, buildings=list(estate.buildings.all())) == [
        "楼栋数：楼幢合计 2 栋，小区登记 3 栋，少 1 栋。",
        "建筑面积：楼幢合计 10,000.50 ㎡，小区登记 10,000.00 ㎡，多 0.50 ㎡。",
    ]


def test_the_pages_say_what_does_not_agree(signed: Signed, estate: Estate) -> None:
    BuildingFactory(estate=estate, household_count=98)
    client = signed("zhonglou")
    says = "户数：楼幢合计 98 户，小区登记 100 户，少 2 户。"
    listing = client.get(reverse("ledger:estates", args=[CODE])).content.decode()
    page = client.get(reverse("ledger:buildings", args=[CODE, estate.pk])).content.decode()
    assert says in listing
    assert says in page
    assert "加一幢" not in page  # a street does not keep the ledger
    assert (
        signed("banyanglu").get(reverse("ledger:buildings", args=[CODE, estate.pk])).status_code
        == 404
    )


def test_a_building_is_entered_changed_and_removed(
    signed: Signed, district: District, estate: Estate
) -> None:
    client = signed("bureau")
    new = reverse("ledger:building_new", args=[CODE, estate.pk])
    typed = {
        "number": "3号楼",
        "household_count": "３６",
        "area_sqm": "3,400.5",
        "structure": "frame",
    }
    assert client.post(new, typed | {"household_count": "0"}).status_code == 422
    assert client.post(new, typed).status_code == 302
    row = estate.buildings.get()
    assert (row.number, row.household_count, row.area_sqm, row.structure) == (
        "3号楼",
        36,
        Decimal("3400.50"),
        "frame",
    )
    assert "这个小区里已有这个楼号。" in client.post(new, typed).content.decode()
    address = reverse("ledger:building", args=[CODE, estate.pk, row.pk])
    seen = {"seen_version": "1"}
    assert client.post(address, typed | seen | {"household_count": "38"}).status_code == 302
    answer = signed("bureau2").post(address, typed | seen | {"household_count": "40"})
    assert answer.status_code == 409
    assert "把“户数（户）”由“36”改为“38”。" in answer.content.decode()
    assert 'value="40"' in answer.content.decode()
    remove = reverse("ledger:building_remove", args=[CODE, estate.pk, row.pk])
    assert client.post(remove, {"reason": "并入2号楼"}).status_code == 302
    assert not Building.objects.exists()
    entry = AuditEntry.objects.get(act="building.delete")
    assert (entry.reason, entry.actor) == ("并入2号楼", district.users["bureau"])


# -- two editors -------------------------------------------------------------------------------------
def test_the_second_editor_of_an_estate_loses_nothing(signed: Signed, estate: Estate) -> None:
    address = reverse("ledger:estate", args=[CODE, estate.pk])
    assert signed("bureau").post(address, fields(estate, household_count="102")).status_code == 302
    second = signed("bureau2")
    answer = second.post(address, fields(estate, address="文昌路 12 号"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "把“户数（户）”由“100”改为“102”。" in page
    assert 'value="文昌路 12 号"' in page
    estate.refresh_from_db()
    assert (estate.household_count, estate.address) == (102, "般阳路 1 号")
    again = fields(estate, address="文昌路 12 号", seen_version="2", household_count="102")
    assert 'name="seen_version" value="2"' in page
    assert second.post(address, again).status_code == 302
    estate.refresh_from_db()
    assert (estate.household_count, estate.address, estate.version) == (102, "文昌路 12 号", 3)


CORNERS = [
    ["36.643000", "117.956000"],
    ["36.644000", "117.956000"],
    ["36.644000", "117.958000"],
]
NORTHER = [["36.648000", "117.956000"], *CORNERS[1:]]


@pytest.mark.parametrize("changed", [NORTHER, []])
def test_an_outline_that_somebody_changed_is_shown_as_it_is_typed(
    signed: Signed, estate: Estate, changed: list[list[str]]
) -> None:
    """Changed or emptied by the first; the second, who left it alone, reads it in the box and can save."""
    estate.outline = CORNERS
    estate.save()
    address = reverse("ledger:estate", args=[CODE, estate.pk])
    first = fields(estate, outline=outline_text(changed))
    assert signed("bureau").post(address, first).status_code == 302
    second = signed("bureau2")
    mine = fields(estate, outline=outline_text(CORNERS), address="文昌路 12 号")
    answer = second.post(address, mine)
    assert answer.status_code == 409
    assert answer.context["form"]["outline"].value() == outline_text(changed)
    assert "您没有动的格，已换成现在的值。" in answer.content.decode()
    again = mine | {
        "outline": answer.context["form"]["outline"].value(),
        "seen_version": answer.context["form"]["seen_version"].value(),
    }
    assert second.post(address, again).status_code == 302
    estate.refresh_from_db()
    assert (estate.outline, estate.address) == (changed, "文昌路 12 号")


def test_a_present_value_that_the_form_does_not_take_stays_out_of_its_box(
    signed: Signed, estate: Estate
) -> None:
    """A year beyond the form's bounds: the box stays as it was sent, and the page claims nothing."""
    address = reverse("ledger:estate", args=[CODE, estate.pk])
    mine = fields(estate, address="文昌路 12 号", year_built=str(estate.year_built or ""))
    was, estate.year_built, estate.version = estate.year_built, 2035, 2
    estate.save()
    answer = signed("bureau2").post(address, mine)
    assert answer.status_code == 409
    assert answer.context["form"]["year_built"].value() == str(was or "")
    assert "您没有动的格" not in answer.content.decode()


def test_a_community_that_is_gone_is_no_fault_of_the_second_editor(
    signed: Signed, estate: Estate
) -> None:
    """The first put another in its place and it was removed; what was typed stays, nothing is said to be taken over."""
    gone, present = (CommunityFactory(parent=estate.project.street) for _ in range(2))
    estate.community, estate.version = gone, 2
    estate.save()
    address = reverse("ledger:estate", args=[CODE, estate.pk])
    mine = fields(estate, address="文昌路 12 号", community="")
    first = fields(estate, household_count="102", community=str(present.pk))
    assert signed("bureau").post(address, first).status_code == 302
    gone.delete()
    answer = signed("bureau2").post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"把“社区”由“已删除的社区”改为“{present}”。" in page
    form = answer.context["form"]
    assert [form[name].value() for name in ("address", "community", "household_count")] == [
        "文昌路 12 号",
        "",
        "102",
    ]
    assert "您没有动的格" not in page


def test_an_estate_that_was_removed_meanwhile_is_told(signed: Signed, estate: Estate) -> None:
    from projects.ledger.conflicts import EditConflict
    from projects.ledger.editing import save_row
    from renovation.accounts.models import User

    gone = Estate.objects.get(pk=estate.pk)
    estate.delete()
    gone.name = "别名"
    with pytest.raises(EditConflict) as caught:
        save_row(
            row=gone,
            organisation=gone.project.street,
            of="文昌园",
            by=User.objects.get(username="bureau"),
            now=gone.project.history.first().history_date,
            seen_version=1,
        )
    assert caught.value.changes == ["这一条小区已被删除。"]


# -- organisations of the day ------------------------------------------------------------------------
def test_a_community_that_was_closed_is_not_offered_but_stays_where_it_is(
    signed: Signed, clock: Clock, estate: Estate
) -> None:
    street = estate.project.street
    open_one = CommunityFactory(parent=street, name="文昌社区")
    closed = CommunityFactory(parent=street, name="旧街社区", valid_to=date(2025, 5, 6))
    later = CommunityFactory(parent=street, name="新城社区", valid_from=date(2025, 6, 1))
    client = signed("bureau")
    address = reverse("ledger:estate", args=[CODE, estate.pk])
    page = client.get(address).content.decode()
    assert "文昌社区" in page
    assert "旧街社区" not in page
    assert "新城社区" not in page
    assert client.post(address, fields(estate, community=str(closed.pk))).status_code == 422
    Estate.objects.get(pk=estate.pk)
    estate.community = closed
    estate.save()
    assert "旧街社区" in client.get(address).content.decode()
    assert client.post(address, fields(estate, community=str(closed.pk))).status_code == 302
    clock.at("2025-06-01 10:00")
    assert "新城社区" in signed("bureau").get(address).content.decode()
    assert open_one.pk != later.pk


# -- place -------------------------------------------------------------------------------------------
def test_a_place_lies_in_the_district_or_is_refused(
    signed: Signed, district: District, clock: Clock, estate: Estate
) -> None:
    set_value(
        key="ledger.district_box",
        organisation=district.bureau,
        value="36.3,117.6,36.9,118.3",
        effective_on=date(2025, 1, 1),
        reason="本区范围",
        by=district.users["admin"],
        now=clock.at("2025-05-07 10:00"),
    )
    assert Setting.objects.get().value == "36.3,117.6,36.9,118.3"
    client = signed("bureau")
    address = reverse("ledger:estate", args=[CODE, estate.pk])
    alone = client.post(address, fields(estate, latitude="36.64"))
    assert "纬度和经度要一起填。" in alone.content.decode()
    turned = client.post(address, fields(estate, latitude="36.64", longitude="11.95"))
    assert "不在本区范围内" in turned.content.decode()
    outline = "36.64,117.95\n36.65,117.95\n36.65,117.96"
    typed = fields(estate, latitude="36.643512", longitude="117.951", outline=outline)
    assert client.post(address, typed).status_code == 302
    estate.refresh_from_db()
    assert (estate.latitude, estate.longitude) == (Decimal("36.643512"), Decimal("117.951000"))
    assert estate.outline[1] == ["36.650000", "117.950000"]
    page = client.get(address).content.decode()
    assert "36.650000，117.950000" in page


# -- constraints, budgets ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda e: EstateFactory(project=e.project, latitude=Decimal(36)), "estate_place_is_whole"),
        (lambda e: BuildingFactory(estate=e, area_sqm=Decimal(0)), "building_has_area"),
        (
            lambda e: BuildingFactory.create_batch(2, estate=e, number="1号楼"),
            "building_once_per_estate",
        ),
        (lambda e: EstateFactory(project=e.project, area_sqm=Decimal(0)), "estate_has_area"),
        (lambda e: EstateFactory(project=e.project, name=e.name), "estate_once_per_project"),
    ],
)
def test_the_database_refuses(
    estate: Estate, make: Callable[[Estate], object], constraint: str
) -> None:
    names = {c.name for model in (Estate, Building) for c in model._meta.constraints}
    assert constraint in names
    with pytest.raises(IntegrityError), transaction.atomic():
        make(estate)


@pytest.mark.parametrize("rows", [1, 3])
def test_buildings_cost_the_same(
    signed: Signed,
    estate: Estate,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    settings: object,
) -> None:
    settings.FACE_TODO_COUNT = ""  # type: ignore[attr-defined]
    BuildingFactory.create_batch(rows, estate=estate)
    client = signed("bureau")
    address = reverse("ledger:buildings", args=[CODE, estate.pk])
    client.get(address)
    with django_assert_num_queries(9):
        client.get(address)


def test_codes_are_unique_and_found(signed: Signed, project: Project) -> None:
    project.plan_code, project.budget_code = "3703-2025-001", "YS-88-1"
    project.save()
    other = make_project(programme=project.programme, street=project.street, code="ZC2025-02")
    client = signed("bureau")
    for word in (CODE, "2025-001", "YS-88-1", "般阳路 1 号"):
        page = client.get(reverse("dashboards:search"), {"q": word}).content.decode()
        assert "文昌园" in page, word
    assert (
        other.name not in client.get(reverse("dashboards:search"), {"q": "YS-88"}).content.decode()
    )
    for name in ("code", "plan_code", "budget_code"):
        setattr(other, name, getattr(project, name))
        with pytest.raises(IntegrityError), transaction.atomic():
            other.save(update_fields=[name])
        other.refresh_from_db()
