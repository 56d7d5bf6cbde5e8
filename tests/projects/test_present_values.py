"""Two people at a joint review, a draft of a round or of an application for money: who was slower is told who changed
what, loses nothing typed, and finds in the fields left alone what stands by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from projects.consent.enums import RoundState
from projects.funding.models import Application
from projects.ledger.enums import GateKind, Opinion
from projects.ledger.formalities import OpinionValues, save_review
from projects.ledger.models import JointReview, Project
from renovation.core.calendar import local_moment
from tests.conftest import Clock
from tests.editing import sent
from tests.factories.accounts import District, make_district
from tests.factories.consent import RoundFactory
from tests.factories.funding import FundingSourceFactory, make_application
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.projects.ledger.test_gates import PDF

pytestmark = pytest.mark.django_db
SAID = "您没有动的格，已换成现在的值。"
BUREAU, STREET = ("bureau", "bureau2"), ("zhonglou", "zhonglou-head")
WAN = 1_000_000


class World:
    """A project, and two people who open one form."""

    def __init__(self) -> None:
        self.district: District = make_district()
        programme = ProgrammeFactory(bureau=self.district.bureau)
        street = self.district.street("zhonglou")
        self.project: Project = ProjectFactory(
            programme=programme, street=street, code="ZC2025-01", name="文昌园"
        )
        self.people = BUREAU

    def client(self, which: int) -> Client:
        client = Client()
        client.force_login(self.district.users[self.people[which]])
        return client

    @property
    def first(self) -> str:
        return str(self.district.users[self.people[0]])

    def meets(self, url: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Any:
        """Both open the form, the first saves, then the second: the answer to the second."""
        one, other = self.client(0), self.client(1)
        typed = sent(other.get(url).context["form"]) | second
        quicker = one.post(url, sent(one.get(url).context["form"]) | first)
        assert quicker.status_code == 302, quicker.context["form"].errors
        back = other.post(url, typed)
        assert back.status_code == 409
        return back

    def saved(self, url: str, back: Any) -> dict[str, Any]:
        """The second presses the button again; what the form says then."""
        other = self.client(1)
        answer = other.post(url, sent(back.context["form"]))
        assert answer.status_code == 302, answer.context["form"].errors
        return sent(other.get(url).context["form"])


@pytest.fixture
def world(clock: Clock) -> World:
    clock.at("2025-05-07 10:00")
    return World()


def said(back: Any) -> list[str]:
    changes: list[str] = back.context["conflict"].changes
    assert all(each in back.content.decode() for each in changes)
    return changes


# -- 部门联审 --------------------------------------------------------------------------------------
FINANCE = OpinionValues("区财政局", Opinion.AGREED, date(2025, 1, 10))
FIRE = OpinionValues("区消防救援大队", Opinion.PENDING)


def reviewed(world: World, *opinions: OpinionValues) -> tuple[str, JointReview]:
    values = {
        "gate": GateKind.PROGRAMMED, "title": "计划申报联审", "held_on": date(2025, 1, 10),
        "document_number": "", "note": "",
    }  # fmt: skip
    row = save_review(
        project=world.project, values=values, opinions=opinions, file=None,
        by=world.district.users["reviewer"], now=local_moment(date(2025, 5, 6), time(10)),
    )  # fmt: skip
    return reverse("ledger:review", args=[world.project.code, "programmed", row.pk]), row


def line(place: int, name: str, opinion: str = "pending", day: str = "", words: str = "") -> Any:
    return {
        f"department-{place}": name, f"opinion-{place}": opinion, f"given_on-{place}": day,
        f"words-{place}": words,
    }  # fmt: skip


def lines(form: Mapping[str, Any]) -> list[tuple[str, ...]]:
    parts = ("department", "opinion", "given_on", "words")
    count = sum(name.startswith("department-") for name in form)
    rows = [tuple(form.get(f"{part}-{at}", "") for part in parts) for at in range(count)]
    return [row for row in rows if row[0]]


def test_a_joint_review_takes_what_its_departments_said_meanwhile(world: World) -> None:
    url, _ = reviewed(world, FINANCE, FIRE)
    first = line(1, "区消防救援大队", "agreed", "2025-05-06", "符合消防要求")
    first |= line(2, "区综合行政执法局", "conditional", "2025-05-06", "先拆违") | {
        "note": "第二次会商"
    }
    back = world.meets(url, first, {"document_number": "淄建纪 9 号", "words-0": "资金已落实"})
    assert said(back) == [
        f"{world.first}添了部门“区综合行政执法局”：有条件同意，2025年5月6日，先拆违。",
        f"{world.first}把“区消防救援大队的意见”由“未出具”改为“同意，2025年5月6日，符合消防要求”。",
        f"{world.first}把“说明”由“空”改为“第二次会商”。",
    ]
    assert SAID in back.content.decode()
    stands = world.saved(url, back)
    assert (stands["note"], stands["document_number"]) == ("第二次会商", "淄建纪 9 号")
    assert lines(stands) == [
        ("区财政局", "agreed", "2025-01-10", "资金已落实"),
        ("区消防救援大队", "agreed", "2025-05-06", "符合消防要求"),
        ("区综合行政执法局", "conditional", "2025-05-06", "先拆违"),
    ]


def test_a_department_that_was_taken_away_goes_where_nothing_was_typed_of_it(world: World) -> None:
    url, row = reviewed(world, FINANCE, FIRE)
    back = world.meets(url, line(1, ""), {"note": "等回复"})
    assert said(back) == [f"{world.first}去掉了部门“区消防救援大队”。"]
    assert SAID in back.content.decode()
    assert lines(world.saved(url, back)) == [("区财政局", "agreed", "2025-01-10", "")]
    assert row.opinions.count() == 1


def test_what_was_typed_of_a_department_stays_where_it_was_taken_away_or_said_otherwise(
    world: World,
) -> None:
    url, _ = reviewed(world, FINANCE, FIRE)
    first = line(0, "区财政局", "objected", "2025-05-05")
    typed = line(0, "区财政局", "conditional", "2025-05-06", "分两年安排") | {"words-1": "已送审"}
    back = world.meets(url, first | line(1, ""), typed)
    assert SAID not in back.content.decode()
    assert lines(sent(back.context["form"])) == [
        ("区财政局", "conditional", "2025-05-06", "分两年安排"),
        ("区消防救援大队", "pending", "", "已送审"),
    ]
    assert lines(world.saved(url, back)) == lines(sent(back.context["form"]))


def test_departments_that_both_added_stand_beside_each_other(world: World) -> None:
    """Also where the lines of the second are full: the form gets more of them."""
    url, _ = reviewed(world, FINANCE)
    first = line(1, "区审计局") | line(2, "街道办事处", "agreed", "2025-05-05")
    second = (
        line(1, "街道办事处", "conditional", "2025-05-06") | line(2, "区民政局") | line(3, "区残联")
    )
    back = world.meets(url, first, second)
    assert lines(world.saved(url, back)) == [
        ("区财政局", "agreed", "2025-01-10", ""),
        ("区审计局", "pending", "", ""),
        ("街道办事处", "conditional", "2025-05-06", ""),
        ("区民政局", "pending", "", ""),
        ("区残联", "pending", "", ""),
    ]


def test_a_paper_that_was_added_meanwhile_stays(world: World) -> None:
    url, row = reviewed(world, FINANCE)
    scan = SimpleUploadedFile("会议纪要.pdf", PDF, content_type="application/pdf")
    back = world.meets(
        url, {"evidence": scan, "note": "附纪要"}, {"document_number": "淄建纪 9 号"}
    )
    assert SAID in back.content.decode()
    world.saved(url, back)
    row.refresh_from_db()
    assert (str(row.file), row.note, row.document_number) == (
        "会议纪要.pdf",
        "附纪要",
        "淄建纪 9 号",
    )


# -- 征询轮次 --------------------------------------------------------------------------------------
def test_a_draft_of_a_round_takes_what_was_written_meanwhile(world: World) -> None:
    world.people = STREET
    row = RoundFactory(
        project=world.project, number=1, state=RoundState.DRAFT, summary="第一段\n第二段"
    )
    url = reverse("consent:round_edit", args=[world.project.code, 1])
    offered = world.client(0).get(url).context["form"].fields["items"].queryset
    bench, light = offered.order_by("name")[:2]
    chosen = {"items": [str(bench.pk), str(light.pk)], "most_items": "2"}
    first = {
        "question": "您同意甲方案吗？",
        "summary": "第三段",
        "closes_on": "2025-06-30",
        **chosen,
    }
    second = {"summary": "第一段\r\n第二段", "plan_version": "第二稿", "closes_on": "2025-06-20"}
    back = world.meets(url, first, second)
    assert f"{world.first}把“群众点单条目”由“空”改为“{bench.name}、{light.name}”。" in said(back)
    assert SAID in back.content.decode()
    stands = world.saved(url, back)
    assert {
        name: stands[name] for name in ("question", "summary", "closes_on", "plan_version")
    } == {
        "question": "您同意甲方案吗？",
        "summary": "第三段",
        "closes_on": "2025-06-20",
        "plan_version": "第二稿",
    }
    assert set(stands["items"]) == set(chosen["items"])
    row.refresh_from_db()
    assert row.most_items == 2


def test_a_round_that_was_written_twice_meanwhile_is_compared_with_what_was_seen(
    world: World,
) -> None:
    world.people = STREET
    RoundFactory(project=world.project, number=1, state=RoundState.DRAFT)
    url = reverse("consent:round_edit", args=[world.project.code, 1])
    other = world.client(1)
    typed = sent(other.get(url).context["form"]) | {"plan_version": "第二稿"}
    for question in ("您同意甲方案吗？", "您同意丙方案吗？"):
        one = world.client(0)
        form = sent(one.get(url).context["form"])
        assert one.post(url, form | {"question": question}).status_code == 302
    back = other.post(url, typed)
    assert len(said(back)) == 2
    stands = world.saved(url, back)
    assert (stands["question"], stands["plan_version"]) == ("您同意丙方案吗？", "第二稿")


# -- 上级资金 --------------------------------------------------------------------------------------
@pytest.fixture
def asked(world: World) -> tuple[str, Application, Project]:
    other: Project = ProjectFactory(
        programme=world.project.programme,
        street=world.project.street,
        code="ZC2025-02",
        name="柳泉",
    )
    made = make_application(
        world.district.bureau, world.district.users["reviewer"], asked={world.project: 100 * WAN},
        source=FundingSourceFactory(code="own", name="中央补助"),
    )  # fmt: skip
    return reverse("funding:application_change", args=[made.pk]), made, other


def test_a_draft_of_an_application_takes_what_was_written_meanwhile(
    world: World, asked: tuple[str, Application, Project]
) -> None:
    url, made, other = asked
    here, there = f"asked-{world.project.pk}", f"asked-{other.pk}"
    source = FundingSourceFactory(code="own-7", name="省级补助")
    first = {here: "80", there: "50", "note": "按户数", "source": str(source.pk)}
    back = world.meets(url, first, {"title": "2025年补助"})
    assert said(back) == [
        f"{world.first}把“申请的资金”由“中央补助”改为“省级补助”。",
        f"{world.first}把“说明”由“空”改为“按户数”。",
        f"{world.first}把 ZC2025-01 的申请由 100.00 万元改为 80.00 万元。",
        f"{world.first}把 ZC2025-02 的申请由不申请改为 50.00 万元。",
    ]
    assert SAID in back.content.decode()
    world.saved(url, back)
    made.refresh_from_db()
    assert (made.title, made.note, made.source) == ("2025年补助", "按户数", source)
    amounts = {item.project_id: item.asked_fen for item in made.items.all()}
    assert amounts == {world.project.pk: 80 * WAN, other.pk: 50 * WAN}


def test_an_amount_that_was_typed_stays_and_one_that_was_taken_away_is_not_asked_again(
    world: World, asked: tuple[str, Application, Project]
) -> None:
    url, made, other = asked
    here, there = f"asked-{world.project.pk}", f"asked-{other.pk}"
    back = world.meets(url, {here: "", there: "50"}, {there: "60"})
    kept = sent(back.context["form"])
    assert (kept[here], kept[there]) == ("", "60")
    world.saved(url, back)
    assert [(item.project, item.asked_fen) for item in made.items.all()] == [(other, 60 * WAN)]


@pytest.mark.parametrize("which", ["review", "round", "application"])
def test_who_opens_the_form_again_is_told_nothing(
    world: World, asked: tuple[str, Application, Project], which: str
) -> None:
    """Only what was written since the form was opened is told."""
    if which == "round":
        world.people = STREET
        RoundFactory(project=world.project, number=1, state=RoundState.DRAFT)
    urls: dict[str, Callable[[], str]] = {
        "review": lambda: reviewed(world, FINANCE, FIRE)[0],
        "round": lambda: reverse("consent:round_edit", args=[world.project.code, 1]),
        "application": lambda: asked[0],
    }
    url, one, other = urls[which](), world.client(0), world.client(1)
    for client in (one, other, one):
        assert client.post(url, sent(client.get(url).context["form"])).status_code == 302
