"""Visits at the door that were recorded wrongly: corrected or withdrawn, nothing overwritten, counted by what stands."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from projects.consent.enums import Care
from projects.consent.models import CareVisit, Household
from projects.consent.register import CareCounts, care_by_estate, care_lines
from projects.consent.services import archive, care
from projects.consent.services.care import VisitValues
from projects.consent.waiting import waiting_for
from projects.ledger.enums import GateKind
from renovation.core.errors import Refusal, StateConflict
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import scope_for
from tests.factories.consent import CareVisitFactory
from tests.factories.ledger import GateFactory

from .scene import CODE, Scene, make_scene

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)


@pytest.fixture
def scene(clock: Clock) -> Scene:
    """Two doors to call at."""
    made = make_scene(listed=3)
    for row in made.households[:2]:
        row.care = Care.ELDERLY
        row.save()
    return made


@pytest.fixture
def visit(scene: Scene, clock: Clock) -> CareVisit:
    """At the first door on 6 April, which should have been 6 May; a need that was met on 7 May."""
    made = care.record_visit(
        household=scene.first,
        visited_on=date(2025, 4, 6),
        needs="加装扶手",
        by=scene.user("zhonglou"),
        now=clock.at("2025-05-07 09:00"),
    )
    return care.serve(
        visit=made,
        served_on=DAY,
        what="已装好",
        by=scene.user("zhonglou"),
        now=clock.at("2025-05-07 09:30"),
    )


def client_of(scene: Scene, name: str) -> Client:
    client = Client()
    client.force_login(scene.user(name))
    return client


def url(name: str, pk: int) -> str:
    return reverse(f"consent:{name}", args=[pk])


def counts(scene: Scene) -> CareCounts:
    return care_by_estate(estate_ids=[scene.estate.pk])[scene.estate.pk]


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def typed(**changed: Any) -> dict[str, str]:
    return {
        "visited_on": "2025-5-6",
        "needs": "加装扶手",
        "served_on": "2025-5-7",
        "what": "已装好",
        "reason": "月份登错",
    } | changed


def test_a_correction_is_a_new_entry_and_the_page_shows_both(
    scene: Scene, visit: CareVisit, clock: Clock
) -> None:
    clock.at("2025-05-07 10:00")
    clerk = client_of(scene, "zhonglou-head")
    form = text_of(clerk, url("visit_correct", visit.pk))
    assert 'value="2025-04-06"' in form
    assert ("加装扶手" in form, "已装好" in form) == (True, True)
    answer = clerk.post(url("visit_correct", visit.pk), typed())
    assert (answer.status_code, answer["Location"]) == (302, url("household", scene.first.pk))
    old, new = CareVisit.objects.order_by("pk")
    assert (old.visited_on, old.needs, old.served) == (date(2025, 4, 6), "加装扶手", "已装好")
    assert (old.stands, old.withdrawn_by, old.withdrawal_reason) == (
        False,
        scene.user("zhonglou-head"),
        "月份登错",
    )
    assert (new.visited_on, new.needs, new.served_on, new.served) == (
        date(2025, 5, 6),
        "加装扶手",
        DAY,
        "已装好",
    )
    assert (new.corrects, new.recorded_by, new.served_by, new.stands) == (
        old,
        scene.user("zhonglou-head"),
        scene.user("zhonglou"),
        True,
    )
    page = text_of(clerk, url("household", scene.first.pk))
    assert "2025年4月6日" in page
    told = page[page.index("不计入。") :].partition("</p>")[0]
    assert re.sub("<[^>]+>", "", told) == (
        f"不计入。5月7日 10:00 由 {scene.user('zhonglou-head')} 更正为 2025年5月6日的记录，原因：月份登错"
    )
    links = [url(name, each.pk) in page for each in (old, new) for name in ("visit_correct",)]
    assert links == [False, True]
    assert counts(scene) == CareCounts(2, 1, 1, 0)
    (line,) = [each for each in care_lines(Household.objects.all()) if each.visits]
    assert (line.visit_count, line.last_on) == (1, date(2025, 5, 6))
    entry = AuditEntry.objects.get(act="care.correct")
    assert (entry.reason, entry.changes["visited_on"]) == ("月份登错", ["2025-04-06", "2025-05-06"])
    assert "扶手" not in repr((entry.sentence, entry.changes, entry.reason))


def test_a_visit_that_never_was_is_withdrawn_and_the_door_waits_again(
    scene: Scene, visit: CareVisit
) -> None:
    CareVisitFactory(household=scene.households[1], visited_on=date(2025, 4, 10))
    clerk = client_of(scene, "zhonglou")
    assert clerk.post(url("visit_withdraw", visit.pk), {"reason": " "}).status_code == 422
    answer = clerk.post(url("visit_withdraw", visit.pk), {"reason": "登到别户名下"})
    assert (answer.status_code, answer["Location"]) == (302, url("household", scene.first.pk))
    assert counts(scene) == CareCounts(2, 1, 1, 1)
    items = waiting_for(scope=scope_for(scene.user("zhonglou"), DAY), today=DAY)
    assert [item.title for item in items] == [
        "文昌园敲门行动 1 户需求待办妥",
        "文昌园敲门行动 1 户还没有上门",
    ]
    page = text_of(clerk, url("household", scene.first.pk))
    assert "作废，原因：登到别户名下" in page
    assert "加装扶手" in page
    for name, data in (("visit_withdraw", {"reason": "再来一次"}), ("visit_correct", typed())):
        again = clerk.post(url(name, visit.pk), data)
        assert again.context["form"].non_field_errors() == ["这条上门记录已经更正或作废。"]
    assert AuditEntry.objects.filter(act="care.withdraw").count() == 1


def test_a_need_of_a_visit_that_was_set_aside_waits_nowhere(scene: Scene, clock: Clock) -> None:
    by, now = scene.user("zhonglou"), clock.at("2025-05-07 10:00")
    day = date(2025, 4, 10)
    visit = care.record_visit(household=scene.first, visited_on=day, needs="扶手", by=by, now=now)
    made = care.correct_visit(
        visit=visit, values=VisitValues(day), reason="没有需求", by=by, now=now
    )
    assert (made.has_needs, made.is_open) == (False, False)
    assert counts(scene) == CareCounts(2, 1, 0, 0)
    assert not CareVisit.objects.waiting().exists()
    with pytest.raises(StateConflict):
        care.serve(visit=visit, served_on=DAY, what="已办", by=by, now=now)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"reason": ""}, "reason", "请写明原因。"),
        ({"visited_on": "2025-5-8"}, "visited_on", "上门日期不能晚于今天。"),
        ({"served_on": "2025-5-5"}, "served_on", "办妥日期应在 2025年5月6日 至今天之间。"),
        ({"served_on": ""}, "served_on", "写了办理情况的，请填办妥日期。"),
        ({"what": ""}, "what", "填了办妥日期的，请写明办理情况。"),
        ({"needs": ""}, "served_on", "没有需求的，不填办妥日期和办理情况。"),
        ({"visited_on": "2025-4-6"}, "visited_on", "与原来的记录相同，没有要更正的。"),
    ],
)
def test_what_a_correction_refuses_loses_nothing(
    scene: Scene, visit: CareVisit, changed: dict[str, str], field: str, sentence: str
) -> None:
    answer = client_of(scene, "zhonglou").post(url("visit_correct", visit.pk), typed(**changed))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert (
        f'value="{typed(**changed)["served_on"]}"' in answer.content.decode()
        or not (typed(**changed)["served_on"])
    )
    assert CareVisit.objects.filter(withdrawn_at=None).count() == CareVisit.objects.count() == 1


def test_only_the_street_itself_corrects(scene: Scene, visit: CareVisit) -> None:
    for name, status in (("banyanglu", 404), ("bureau", 403), ("leader", 403), ("contractor", 403)):
        for page in ("visit_correct", "visit_withdraw"):
            assert client_of(scene, name).post(url(page, visit.pk), typed()).status_code == status
    assert CareVisit.objects.count() == 1


def test_what_was_emptied_in_time_is_not_written_again(
    scene: Scene, visit: CareVisit, clock: Clock
) -> None:
    waits = care.record_visit(
        household=visit.household,
        visited_on=date(2025, 5, 6),
        needs="要装扶手",
        by=scene.user("zhonglou"),
        now=clock.at("2025-05-07 11:00"),
    )
    GateFactory(project=scene.project, kind=GateKind.HANDED_OVER, actual_on=date(2025, 6, 10))
    assert archive.purge(now=clock.at("2028-06-10 10:00")) == 3
    by, now = scene.user("zhonglou"), clock.at("2028-06-11 10:00")
    with pytest.raises(Refusal) as refused:
        care.correct_visit(
            visit=visit, values=VisitValues(date(2025, 5, 6)), reason="月份登错", by=by, now=now
        )
    assert refused.value.code == "consent.purged"
    served = care.serve(visit=waits, served_on=date(2028, 6, 10), what="装了扶手", by=by, now=now)
    assert (served.served_on, served.served, served.is_open) == (date(2028, 6, 10), "", False)
    assert care.withdraw_visit(visit=visit, reason="登错", by=by, now=now).stands is False


@pytest.mark.parametrize(
    "values",
    [
        {"visited_on": date(2025, 5, 6)},
        {"needs_sealed": b"other"},
        {"served_on": date(2025, 5, 6)},
        {"served_sealed": b"other"},
        {"withdrawal_reason": "没有人"},
    ],
)
def test_the_database_lets_no_entry_be_rewritten(
    scene: Scene, visit: CareVisit, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CareVisit.objects.filter(pk=visit.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        CareVisit.objects.filter(pk=visit.pk).delete()


def test_what_was_set_aside_stays_set_aside(scene: Scene, visit: CareVisit, clock: Clock) -> None:
    now = clock.at("2025-05-07 10:00")
    care.withdraw_visit(visit=visit, reason="登错", by=scene.user("zhonglou"), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CareVisit.objects.filter(pk=visit.pk).update(
            withdrawn_at=None, withdrawn_by=None, withdrawal_reason=""
        )


def test_the_list_of_doors_leaves_out_what_was_set_aside(
    scene: Scene, visit: CareVisit, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    care.withdraw_visit(visit=visit, reason="登错", by=scene.user("zhonglou"), now=now)
    clerk = client_of(scene, "zhonglou")
    page = text_of(clerk, reverse("consent:care", args=[CODE]) + "?visited=never")
    assert [f">{row.place}<" in page for row in scene.households] == [True, True, False]
    assert "加装扶手" not in page
