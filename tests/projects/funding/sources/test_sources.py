"""Sources are rows that the bureau edits: seeded, versioned, never deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from projects.funding.models import FundingSource
from projects.funding.sources import services
from projects.funding.sources.services import SourceValues
from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Project
from renovation.core.errors import Refusal
from renovation.records.models import AuditEntry
from reports.demo.money import SOURCES
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingPlanFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def test_the_list_of_the_handbook_is_there_from_the_start_with_its_history() -> None:
    rows = list(FundingSource.objects.values_list("code", "name", "is_fiscal"))
    assert rows == list(SOURCES)
    assert len(rows) == 16
    central = FundingSource.objects.get(code="central")
    (first,) = central.history.all()  # type: ignore[attr-defined]
    assert (first.history_type, first.history_change_reason) == ("+", "平台自带的资金来源")


def test_a_source_is_added_and_changed_with_a_reason(district: District, clock: Clock) -> None:
    by, now = district.users["bureau"], clock.at("2025-05-07 10:00")
    values = SourceValues("provincial-bond", "省级专项债券", True, 7)
    source = services.add_source(values=values, bureau=district.bureau, by=by, now=now)
    for again, field in (
        (SourceValues("provincial-bond", "别的", True, 7), "code"),
        (SourceValues("another", "省级专项债券", True, 7), "name"),
    ):
        with pytest.raises(Refusal) as caught:
            services.add_source(values=again, bureau=district.bureau, by=by, now=now)
        assert (caught.value.code, caught.value.field) == ("funding.source.twice", field)
    new = SourceValues("", "省专项债", True, 7, is_active=False)
    rest = {"source": source, "values": new, "bureau": district.bureau, "by": by, "now": now}
    with pytest.raises(Refusal) as caught:
        services.change_source(version=1, reason=" ", **rest)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == ("funding.reason", "reason")
    services.change_source(version=1, reason="按批复文件改名", **rest)  # type: ignore[arg-type]
    with pytest.raises(EditConflict) as stale:
        services.change_source(version=1, reason="旧页面", **rest)  # type: ignore[arg-type]
    assert (stale.value.changes, stale.value.version) == (
        [f"{by}把“在用”由“是”改为“否”。", f"{by}把“名称”由“省级专项债券”改为“省专项债”。"],
        2,
    )
    source.refresh_from_db()
    assert (source.code, source.name, source.is_active, source.version) == (
        "provincial-bond",
        "省专项债",
        False,
        2,
    )
    entry = AuditEntry.objects.get(act="funding.source.change")
    assert entry.changes == {"name": ["省级专项债券", "省专项债"], "is_active": [True, False]}
    assert source.history.count() == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("shared", "fields", "name"),
    [
        (True, {"code": "x", "name": "其他"}, "funding_source_shared_name_once|name"),
        (True, {"code": "other", "name": "别的"}, "funding_source_shared_code_once|code"),
        (False, {"code": "x", "name": "镇办自筹"}, "funding_source_name_once_per_bureau|name"),
        (False, {"code": "town", "name": "别的"}, "funding_source_code_once_per_bureau|code"),
    ],
)
def test_constraints(district: District, shared: bool, fields: dict[str, str], name: str) -> None:
    FundingSource.objects.create(code="town", name="镇办自筹", bureau=district.bureau)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        FundingSource.objects.create(bureau=None if shared else district.bureau, **fields)


def test_a_bureau_adds_its_own_and_changes_what_is_shared_only_where_it_is_alone(
    district: District, project: Project, client_of: SignIn
) -> None:
    client = client_of("bureau")
    shared = FundingSource.objects.get(code="other")
    address = reverse("funding:source_change", args=[shared.pk])
    values = {"name": "其他资金", "order": "16", "version": "1", "reason": "写全"}
    assert client.post(address, values | {"is_active": "on"}).status_code == 302
    added = {"code": "town", "name": "镇办自筹", "is_fiscal": "", "order": "60"}
    assert client.post(reverse("funding:source_new"), added).status_code == 302
    own = FundingSource.objects.get(code="town")
    assert own.bureau == district.bureau
    # A second district comes to the deployment: it sees what is shared, not what is the first one's.
    far = make_district("boshan-")
    abroad = Client()
    abroad.force_login(far.users["bureau"])
    listed = abroad.get(reverse("funding:sources")).content.decode()
    assert "镇办自筹" not in listed
    assert "其他资金" in listed
    assert address not in listed
    own_address = reverse("funding:source_change", args=[own.pk])
    assert abroad.get(own_address).status_code == 404
    page = client.get(address).content.decode()
    assert "这是各区局共用的来源，不能由一个区局修改；可以另加本局的来源。" in page
    assert "<form method" not in page.split("<main")[1].split("</main>")[0]
    assert client.post(address, values | {"version": "2"}).status_code == 403
    shared.refresh_from_db()
    assert (shared.name, shared.is_active) == ("其他资金", True)
    # Its own it changes still, and the other district may give the same name to one of its own.
    assert own_address in client.get(reverse("funding:sources")).content.decode()
    kept = {"name": "镇街自筹", "order": "60", "is_active": "on", "version": "1", "reason": "改名"}
    assert client.post(own_address, kept).status_code == 302
    assert abroad.post(reverse("funding:source_new"), added).status_code == 302
    assert (
        abroad.post(
            reverse("funding:source_new"), added | {"code": "else", "name": "其他资金"}
        ).status_code
        == 422
    )
    # A project is offered what is shared and its own bureau's.
    for offered in ("funding:record", "funding:plans"):
        form = client.get(reverse(offered, args=[project.code])).content.decode()
        assert "镇街自筹" in form
        assert "镇办自筹" not in form
    assert "镇办自筹" not in client.get(reverse("funding:application_new")).content.decode()


def test_who_was_slower_is_told_and_loses_nothing(client_of: SignIn) -> None:
    source = FundingSource.objects.get(code="other")
    address = reverse("funding:source_change", args=[source.pk])
    values = {"order": "16", "is_active": "on", "version": "1", "reason": "写全"}
    assert client_of("bureau").post(address, values | {"name": "其他资金"}).status_code == 302
    second = client_of("bureau2")
    answer = second.post(address, values | {"name": "别的资金"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "把“名称”由“其他”改为“其他资金”。" in page
    assert 'value="别的资金"' in page
    assert 'name="version" value="2"' in page
    assert second.post(address, values | {"name": "别的资金", "version": "2"}).status_code == 302
    source.refresh_from_db()
    assert source.name == "别的资金"


def test_who_edits(client_of: SignIn) -> None:
    pk = FundingSource.objects.get(code="central").pk
    for user, read, write in (
        ("bureau", 200, 200),
        ("reviewer", 200, 403),
        ("zhonglou", 200, 403),
        ("npc", 403, 403),
    ):
        client = client_of(user)
        assert client.get(reverse("funding:sources")).status_code == read
        assert client.get(reverse("funding:source_new")).status_code == write
        assert client.get(reverse("funding:source_change", args=[pk])).status_code == write


def test_pages_change_a_source_and_show_what_became_of_it(client_of: SignIn) -> None:
    client = client_of("bureau")
    added = client.post(
        reverse("funding:source_new"),
        {"code": "trust", "name": "信托资金", "is_fiscal": "", "order": "60"},
    )
    assert added.status_code == 302
    source = FundingSource.objects.get(code="trust")
    address = reverse("funding:source_change", args=[source.pk])
    values = {"name": "信托", "order": "60", "is_active": "on", "version": "1"}
    assert client.post(address, values).status_code == 422
    assert client.post(address, values | {"reason": "简称"}).status_code == 302
    page = client.get(address).content.decode()
    assert "名称：信托资金 → 信托。原因：简称" in page
    wrong = client.post(reverse("funding:source_new"), {"code": "X 1", "name": "", "order": "a"})
    assert wrong.status_code == 422
    assert "只用小写字母、数字和连字符，以字母开头。" in wrong.content.decode()


def test_what_is_out_of_use_is_not_offered_but_stays_where_it_is_planned(
    client_of: SignIn, project: Project
) -> None:
    used, unused = FundingSource.objects.filter(code__in=["bank-loan", "other"])
    FundingPlanFactory(project=project, source=used)
    for source in (used, unused):
        source.is_active = False
        source.save()
    client = client_of("bureau")
    record = client.get(reverse("funding:record", args=[project.code])).content.decode()
    assert "银行贷款" not in record
    assert "居民出资" in record
    plans = client.get(reverse("funding:plans", args=[project.code])).content.decode()
    assert "银行贷款" in plans
    assert "其他（万元）" not in plans
