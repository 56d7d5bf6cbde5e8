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
from projects.ledger.models import Project
from renovation.core.errors import Refusal, StateConflict
from renovation.records.models import AuditEntry
from reports.demo.money import SOURCES
from tests.conftest import Clock
from tests.factories.accounts import District
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
    with pytest.raises(StateConflict):
        services.change_source(version=1, reason="旧页面", **rest)  # type: ignore[arg-type]
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


def test_a_name_stands_once() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FundingSource.objects.create(code="x", name="其他")


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
