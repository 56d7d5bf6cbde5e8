"""Pages of consent: who sees what, from drafting to deciding, nobody's name where it may not stand."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.consent.enums import Care, Choice, Purpose, RoundState, Standing, Way
from projects.consent.models import Answer, CareVisit, Household, Round
from projects.consent.public.models import Invitation
from projects.works.models import MenuItem
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.consent import (
    AnswerFactory,
    CareVisitFactory,
    HouseholdFactory,
    RoundFactory,
    make_answers,
)
from tests.factories.ledger import EstateFactory, ProjectFactory

from .scene import CANARY_NAME, CANARY_PHONE, CODE, Scene, make_scene

pytestmark = pytest.mark.django_db
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
SECRETS = (CANARY_NAME, CANARY_PHONE, "李住户1", "13800000001")


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


def client_of(scene: Scene, name: str) -> Client:
    client = Client()
    client.force_login(scene.user(name))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"consent:{name}", args=args)


@pytest.mark.parametrize(
    ("user", "rates", "names", "care", "reveal", "write"),
    [
        ("bureau", 200, 200, 403, 403, 403),
        ("reviewer", 200, 200, 403, 403, 403),
        ("leader", 200, 403, 403, 403, 403),
        ("office", 200, 403, 403, 403, 403),
        ("zhonglou", 200, 200, 200, 200, 200),
        ("zhonglou-head", 200, 200, 200, 200, 200),
        ("banyanglu", 404, 404, 404, 404, 404),
        ("npc", 200, 403, 403, 403, 403),
        ("contractor", 200, 403, 403, 403, 403),
        ("inspector", 200, 403, 403, 403, 403),
        ("admin", 403, 403, 403, 403, 403),
        ("auditor", 403, 403, 403, 403, 403),
    ],
)
def test_who_sees_rates_households_and_names(
    scene: Scene, user: str, rates: int, names: int, care: int, reveal: int, write: int
) -> None:
    client = client_of(scene, user)
    pk = scene.first.pk
    assert client.get(url("project", CODE)).status_code == rates
    assert client.get(url("round", CODE, 1)).status_code == rates
    assert client.get(url("wishes", CODE)).status_code == rates
    assert client.get(url("households", CODE)).status_code == names
    assert client.get(url("household", pk)).status_code == names
    assert client.get(url("answer", CODE, 1, pk)).status_code == names
    assert client.get(url("export", scene.estate.pk)).status_code == names
    assert client.get(url("care", CODE)).status_code == care
    assert client.get(url("export_open", scene.estate.pk)).status_code == reveal
    assert client.get(url("round_new", CODE)).status_code == write
    assert client.get(url("household_edit", pk)).status_code == write
    assert client.get(url("upload", scene.estate.pk)).status_code == write


def test_who_waits_for_its_entry_is_asked_already_and_says_so(scene: Scene) -> None:
    """A project that nobody approved into the programme has its estate; its rates begin with the entry."""
    client = client_of(scene, "zhonglou")
    waiting = ProjectFactory(
        programme=scene.project.programme,
        street=scene.project.street,
        code="ZC2025-90",
        approved_on=None,
    )
    estate = EstateFactory(project=waiting, household_count=10)
    page = client.get(url("project", waiting.code)).content.decode()
    assert "小区已经登记，待列入的现在就可以征询。" in page
    assert "还没有登记小区" not in page
    estate.delete()
    page = client.get(url("project", waiting.code)).content.decode()
    assert "还没有登记小区" in page
    assert "小区已经登记" not in page


def test_no_page_and_no_export_holds_a_name_or_a_phone(scene: Scene) -> None:
    scene.first.care = Care.ELDERLY
    scene.first.save()
    make_answers(scene.round, scene.households[:3], agreed=2)
    addresses = [
        url("estates"),
        url("estates_export"),
        url("project", CODE),
        url("round", CODE, 1),
        url("wishes", CODE),
        url("households", CODE),
        url("households", CODE) + "?building=1",
        url("household", scene.first.pk),
        url("household_edit", scene.first.pk),
        url("answer", CODE, 1, scene.first.pk),
        url("care", CODE),
        url("export", scene.estate.pk),
        reverse("dashboards:project", args=[CODE]),
    ]
    opened = 0
    for name in scene.district.users:
        client = client_of(scene, name)
        for address in addresses:
            answer = client.get(address)
            opened += answer.status_code == 200
            text = _text_of(answer)
            assert [secret for secret in SECRETS if secret in text] == [], (name, address)
    assert opened > 60


def _text_of(answer: Any) -> str:
    if answer["Content-Type"].startswith("application/vnd"):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return repr([list(sheet.values) for sheet in book])
    return answer.content.decode()


def test_who_may_not_see_households_is_shown_none(scene: Scene) -> None:
    make_answers(scene.round, scene.households, agreed=8)
    for name in ("leader", "npc", "contractor", "inspector"):
        page = client_of(scene, name).get(url("round", CODE, 1)).content.decode()
        assert "您是否同意本小区列入改造？" in page
        for hidden in ("1号楼", "1-101", "/households/"):
            assert hidden not in page
        rates = client_of(scene, name).get(url("project", CODE)).content.decode()
        assert "80.0" in rates
        assert "8 / 10 户" in rates


def test_a_draft_is_shown_to_who_drafts_only(scene: Scene) -> None:
    RoundFactory(
        project=scene.project,
        number=2,
        purpose=Purpose.SCHEME,
        state=RoundState.DRAFT,
        drafted_by=scene.user("zhonglou"),
    )
    seen = {
        name: client_of(scene, name).get(url("round", CODE, 2)).status_code
        for name in ("zhonglou", "bureau", "leader", "npc", "contractor")
    }
    assert seen == {"zhonglou": 200, "bureau": 200, "leader": 404, "npc": 404, "contractor": 404}


def test_from_drafting_to_closing(scene: Scene, clock: Clock) -> None:
    clerk, head = client_of(scene, "zhonglou"), client_of(scene, "zhonglou-head")
    items = list(MenuItem.objects.filter(code__in=["lifts", "parking"]).order_by("code"))
    values = {
        "purpose": "scheme",
        "question": "您是否同意改造方案？",
        "plan_version": "第二稿",
        "summary": "增设充电棚。",
        "closes_on": "2025年5月31日",
        "items": [str(item.pk) for item in items],
        "most_items": "1",
    }
    faulty = clerk.post(url("round_new", CODE), values | {"closes_on": "2025-5-1"})
    assert faulty.status_code == 422
    assert "截止日期不能早于今天。" in faulty.content.decode()
    assert clerk.post(url("round_new", CODE), values).status_code == 302
    found = Round.objects.get(number=2)
    assert (found.state, found.most_items, set(found.items.all())) == ("draft", 1, set(items))
    assert clerk.post(url("round_open", CODE, 2)).status_code == 403
    assert head.post(url("round_open", CODE, 2)).status_code == 302
    found.refresh_from_db()
    assert found.state == RoundState.OPEN
    assert clerk.get(url("round_edit", CODE, 2)).status_code == 200
    late = clerk.post(url("round_edit", CODE, 2), values)
    assert (late.status_code, "征询已经开始" in late.content.decode()) == (422, True)
    assert clerk.post(url("round_close", CODE, 2)).status_code == 403
    head.post(url("round_close", CODE, 2))
    found.refresh_from_db()
    assert found.state == RoundState.CLOSED


def typed(**changed: Any) -> dict[str, Any]:
    return {
        "way": "paper",
        "choice": "agree",
        "answered_on": "2025-4-2",
        "scan": SimpleUploadedFile("张三.jpg", JPG),
    } | changed


def test_an_answer_is_recorded_and_a_second_one_asks_why(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    address = url("answer", CODE, 1, scene.first.pk)
    missing = clerk.post(address, typed(scan="", way="visit"))
    assert missing.status_code == 422
    assert "请选择文件。" in missing.content.decode()
    assert clerk.post(address, typed()).status_code == 302
    again = clerk.post(address, typed(choice="disagree", answered_on="2025-4-9"))
    page = again.content.decode()
    assert again.status_code == 422
    assert "这一户已经答复过" in page
    assert (
        clerk.post(
            address, typed(choice="disagree", answered_on="2025-4-9", reason="住户改了主意")
        ).status_code
        == 302
    )
    assert list(Answer.objects.order_by("pk").values_list("choice", "standing")) == [
        ("agree", "replaced"),
        ("disagree", "current"),
    ]


def test_a_witness_is_a_post_of_the_street(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    address = url("answer", CODE, 1, scene.first.pk)
    page = clerk.get(address).content.decode()
    assert "钟楼街道 街道审核" in page
    assert "般阳路街道 街道审核" not in page
    stranger = typed(way="visit", witness=str(scene.user("banyanglu-head").pk))
    assert clerk.post(address, stranger).status_code == 422
    mine = typed(way="visit", witness=str(scene.user("zhonglou-head").pk))
    assert clerk.post(address, mine).status_code == 302
    assert Answer.objects.get().witness == scene.user("zhonglou-head")


def test_the_rates_and_the_round_count_the_same_answers(scene: Scene) -> None:
    """A household that contradicts itself counts in neither, and is named beside the number."""
    for household, choice in zip(
        scene.households[:4], [*[Choice.AGREE] * 3, Choice.DISAGREE], strict=True
    ):
        AnswerFactory(round=scene.round, household=household, choice=choice)
    AnswerFactory(
        round=scene.round,
        household=scene.first,
        choice=Choice.DISAGREE,
        way=Way.LINK,
        recorded_by=None,
        file=None,
        standing=Standing.HELD,
    )
    client = client_of(scene, "zhonglou")
    rates = client.get(url("project", CODE))
    (line,) = rates.context["lines"]
    assert (line.rates[0].answered, line.rates[0].measure.numerator) == (3, 2)
    asked = client.get(url("round", CODE, 1))
    page = asked.content.decode()
    assert "已答复 <b>3 户</b>，同意 <b>2 户</b>。" in page
    assert '<strong class="alarm">1 户</strong>答复相互矛盾，等待认定，不计入答复。' in page
    assert "名册 8 户（小区登记 10 户，同意率按小区户数计算）" in page
    assert [(each.answered, each.agreed, each.held) for each in asked.context["buildings"]] == [
        (3, 2, 1),
        (0, 0, 0),
    ]
    assert "答复 3 / 4，同意 2，待认定 1" in page


def test_a_contradiction_is_shown_and_decided_by_another(scene: Scene) -> None:
    paper = AnswerFactory(
        round=scene.round, household=scene.first, recorded_by=scene.user("zhonglou")
    )
    held = AnswerFactory(
        round=scene.round,
        household=scene.first,
        choice=Choice.DISAGREE,
        way=Way.LINK,
        recorded_by=None,
        file=None,
        standing=Standing.HELD,
    )
    clerk, head = client_of(scene, "zhonglou"), client_of(scene, "zhonglou-head")
    assert (
        '<strong class="alarm">1 户</strong>答复相互矛盾'
        in head.get(url("round", CODE, 1)).content.decode()
    )
    assert (
        "由街道审核岗认定。" in clerk.get(url("answer", CODE, 1, scene.first.pk)).content.decode()
    )
    assert clerk.post(url("decide", held.pk), {"reason": "核实"}).status_code == 403
    head.post(url("decide", held.pk), {"reason": " "})
    held.refresh_from_db()
    assert held.standing == Standing.HELD
    head.post(url("decide", held.pk), {"reason": "上门核实"})
    held.refresh_from_db()
    paper.refresh_from_db()
    assert (held.standing, paper.standing) == (Standing.CURRENT, Standing.REJECTED)
    head.post(url("void", held.pk), {"reason": "登错户"})
    held.refresh_from_db()
    assert held.standing == Standing.VOID


def test_a_name_is_shown_once_with_a_reason_and_logged(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    address = url("household", scene.first.pk)
    short = clerk.post(address, {"reason": "看"})
    assert (short.status_code, CANARY_NAME in short.content.decode()) == (422, False)
    shown = clerk.post(address, {"reason": "电话约定上门时间"})
    page = shown.content.decode()
    assert CANARY_NAME in page
    assert CANARY_PHONE in page
    assert "no-store" in shown["Cache-Control"]
    assert CANARY_NAME not in clerk.get(address).content.decode()
    assert client_of(scene, "bureau").post(address, {"reason": "电话约定时间"}).status_code == 403
    entries = list(AuditEntry.objects.filter(act="household.reveal"))
    assert [entry.actor for entry in entries] == [scene.user("zhonglou")]
    every = repr(list(AuditEntry.objects.values_list("sentence", "changes", "reason")))
    assert [secret for secret in SECRETS if secret in every] == []


def test_a_scan_is_opened_with_a_reason_and_logged(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    clerk.post(url("answer", CODE, 1, scene.first.pk), typed())
    pk = Answer.objects.get().pk
    assert client_of(scene, "bureau").get(url("scan", pk)).status_code == 403
    assert client_of(scene, "banyanglu").get(url("scan", pk)).status_code == 404
    assert clerk.post(url("scan", pk), {"reason": ""}).status_code == 422
    file = clerk.post(url("scan", pk), {"reason": "核对签字"})
    assert (file.status_code, file.content) == (200, JPG)
    assert AuditEntry.objects.get(act="consent.scan").reason == "核对签字"


def test_the_archive_leaves_unmasked_with_a_reason_only(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    address = url("export_open", scene.estate.pk)
    assert clerk.post(address, {"reason": "  "}).status_code == 422
    file = clerk.post(address, {"reason": "社区核对名册"})
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    rows = [row for row in book["住户名册"].values if row[4] == CANARY_NAME]
    assert rows == [(1, "1", "1", "101", CANARY_NAME, CANARY_PHONE, None, "未答复", None)]
    entry = AuditEntry.objects.get(act="household.export")
    assert (entry.sentence, entry.reason) == (
        "导出文昌园小区住户名册（含姓名电话），8 户",
        "社区核对名册",
    )


def test_households_are_found_by_room_or_whole_name_or_phone(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    for typed_text in (CANARY_NAME, CANARY_PHONE):
        page = clerk.get(url("households", CODE), {"q": typed_text}).content.decode()
        assert page.count("/consent/households/") == 1
        assert f"/consent/households/{scene.first.pk}/" in page
    page = clerk.get(url("households", CODE), {"q": "103"}).content.decode()
    assert page.count("/consent/households/") == 2
    assert "没有符合条件的住户" in clerk.get(url("households", CODE), {"q": "9"}).content.decode()
    assert "名册 8 户，小区登记 10 户" in clerk.get(url("households", CODE)).content.decode()


def test_editing_keeps_what_is_left_empty(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    address = url("household_edit", scene.first.pk)
    assert clerk.post(address, {"phone": "123"}).status_code == 422
    assert clerk.post(address, {"care": "elderly", "seen_version": "1"}).status_code == 302
    row = Household.objects.get(pk=scene.first.pk)
    assert (row.open_name(), row.open_phone(), row.care) == (CANARY_NAME, CANARY_PHONE, "elderly")
    clerk.post(address, {"forget": "on", "phone": "13700001111", "care": "", "seen_version": "2"})
    row = Household.objects.get(pk=scene.first.pk)
    assert (row.open_name(), row.open_phone(), row.care) == ("", "13700001111", "")
    assert clerk.post(url("household_remove", row.pk), {"reason": "房号登错"}).status_code == 302
    assert not Household.objects.filter(pk=row.pk).exists()


def test_the_codes_of_a_building_are_printed_cut_and_hold_no_name(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    AnswerFactory(round=scene.round, household=scene.households[1])
    file = clerk.post(url("sheet", CODE, 1), {"building": f"{scene.estate.pk}:1"})
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    with pdfplumber.open(io.BytesIO(file.content)) as pdf:
        assert [(round(page.width), round(page.height)) for page in pdf.pages] == [(595, 842)]
        text = pdf.pages[0].extract_text()
    for words in ("1号楼1单元101室", "1号楼1单元103室", "改造意愿征询", "有效期至2025年6月6日"):
        assert words in text
    for absent in ("1号楼1单元102室", "2号楼", *SECRETS):
        assert absent not in text
    assert Invitation.objects.filter(revoked_at=None).count() == 3
    assert clerk.post(url("sheet", CODE, 1), {"building": "x"}).status_code == 404
    other = HouseholdFactory()
    elsewhere = {"building": f"{other.estate_id}:{other.building}"}
    assert clerk.post(url("sheet", CODE, 1), elsewhere).status_code == 404
    assert client_of(scene, "bureau").post(url("sheet", CODE, 1), elsewhere).status_code == 403


def test_a_large_building_is_printed_whole(scene: Scene) -> None:
    for place in range(10):
        HouseholdFactory(estate=scene.estate, building="8", unit="3", room=str(1001 + place))
    clerk = client_of(scene, "zhonglou")
    file = clerk.post(url("sheet", CODE, 1), {"building": f"{scene.estate.pk}:8"})
    with pdfplumber.open(io.BytesIO(file.content)) as pdf:
        pages = [page.extract_text() for page in pdf.pages]
        lowest = max(word["bottom"] for page in pdf.pages for word in page.extract_words())
    assert [page.count("号楼3单元") for page in pages] == [8, 2]
    assert all(f"8号楼3单元{1001 + place}室" in "".join(pages) for place in range(10))
    assert lowest < 842 - 28


def test_a_household_of_another_estate_is_not_reached_through_a_round(scene: Scene) -> None:
    stranger = HouseholdFactory(estate=EstateFactory(project__street=scene.project.street))
    clerk = client_of(scene, "zhonglou")
    assert clerk.get(url("answer", CODE, 1, stranger.pk)).status_code == 404


def test_visits_are_recorded_and_their_needs_served(scene: Scene) -> None:
    clerk = client_of(scene, "zhonglou")
    new = url("visit", scene.first.pk)
    refused = clerk.post(new, {"visited_on": "2025-5-6", "needs": "扶手"})
    assert (refused.status_code, "上门关注" in refused.content.decode()) == (422, True)
    scene.first.care = Care.DISABLED
    scene.first.save()
    assert clerk.post(new, {"visited_on": "2025-5-8", "needs": ""}).status_code == 422
    assert clerk.post(new, {"visited_on": "2025-5-6", "needs": "加装扶手"}).status_code == 302
    visit = CareVisit.objects.get()
    assert (visit.needs, visit.is_open) == ("加装扶手", True)
    page = clerk.get(url("care", CODE)).content.decode()
    assert "加装扶手" in page
    serve = url("serve", visit.pk)
    assert clerk.post(serve, {"served_on": "2025-5-5", "what": "已装"}).status_code == 422
    assert clerk.post(serve, {"served_on": "2025-5-7", "what": "已装好"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.served_on, visit.served, visit.served_by) == (
        date(2025, 5, 7),
        "已装好",
        scene.user("zhonglou"),
    )
    for name in ("bureau", "npc", "contractor"):
        outside = client_of(scene, name).get(url("project", CODE)).content.decode()
        assert "1 件，没有待办" in outside
        assert "扶手" not in outside
    entries = repr(list(AuditEntry.objects.values_list("sentence", "changes", "reason")))
    assert "扶手" not in entries
    assert "残疾" not in entries


def test_the_estates_of_a_bureau_without_a_programme_are_an_empty_page(scene: Scene) -> None:
    Round.objects.none()
    scene.project.gates.all().delete()
    page = client_of(scene, "banyanglu").get(url("estates")).content.decode()
    assert "这个计划还没有小区" in page


@pytest.mark.parametrize("count", [1, 3])
def test_budgets(
    settings: Any,
    scene: Scene,
    clock: Clock,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.FACE_TODO_COUNT = ""  # the number beside 待办 is another page's business
    for place in range(count):
        row = HouseholdFactory(estate=scene.estate, building="9", room=str(901 + place))
        AnswerFactory(round=scene.round, household=row)
        CareVisitFactory(household=HouseholdFactory(estate=scene.estate, care="elderly"))
    clerk = client_of(scene, "zhonglou")
    for address, budget in _budgets(scene).items():
        with django_assert_num_queries(budget):
            assert clerk.get(address).status_code == 200


def _budgets(scene: Scene) -> dict[str, int]:
    return {
        url("project", CODE): 25,
        url("round", CODE, 1): 14,
        url("households", CODE): 12,
        url("care", CODE): 14,
        url("estates"): 20,
        url("household", scene.first.pk): 10,
    }
