"""A round asks about one version of the scheme: it points to the filed plan, and what changed since shuts 开工."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.consent.enums import Purpose, RoundState
from projects.consent.models import Round
from projects.consent.overtaken import CHECK, overtaken
from projects.consent.services import rounds
from projects.consent.waiting import waiting_for
from projects.ledger.enums import ChangeKind, ChangeState, ExceptionAct, GateKind
from projects.ledger.exceptions import ExceptionValues, ask_exception, decide_exception
from projects.ledger.gate_lines import lines_of
from projects.ledger.gatekeeping import GateRefused, check_named, open_checks
from projects.ledger.models import ProjectDocument
from projects.ledger.passing import pass_gate
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from tests.conftest import Clock
from tests.factories.accounts import scope_for
from tests.factories.consent import RoundFactory
from tests.factories.ledger import (
    DocumentKindFactory,
    GateFactory,
    ProjectChangeFactory,
    ProjectDocumentFactory,
    ProjectFactory,
    StoredFileFactory,
)

from .scene import CODE, Scene, make_scene

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)
NOW = "2025-05-07 10:00"


@pytest.fixture
def scene(clock: Clock) -> Scene:
    """A project whose residents were asked about the scheme from 5 March on."""
    return make_scene(purpose=Purpose.SCHEME)


def plan(scene: Scene, day: date, *, is_plan: bool = True, **fields: Any) -> ProjectDocument:
    """A plan document of the project, filed on a day."""
    if "kind" not in fields:
        fields["kind"] = DocumentKindFactory(
            bureau=scene.district.bureau, is_plan=is_plan, name=f"方案{day}{is_plan}"
        )
    stored = StoredFileFactory(stored_at=local_moment(day, datetime.min.time().replace(hour=15)))
    return ProjectDocumentFactory(
        project=scene.project, title="文昌园改造方案", file=stored, **fields
    )


def change(scene: Scene, on: date, kind: str = ChangeKind.DESIGN, **fields: Any) -> None:
    given = {
        "state": ChangeState.APPROVED,
        "title": "取消3号楼电梯",
        "new_text": "不装电梯",
        "approved_on": on,
        "document_number": "川建〔2025〕8号",
        "decided_by": scene.user("reviewer"),
        "decided_at": local_moment(on, datetime.min.time()),
    }
    ProjectChangeFactory(project=scene.project, kind=kind, **given | fields)


def said(scene: Scene, on: date = DAY) -> str | None:
    check = check_named(code=CHECK)
    assert check is not None
    return check.find(scene.project, on)


def waits(scene: Scene, user: str) -> list[tuple[str, str]]:
    found = waiting_for(scope=scope_for(scene.user(user), DAY), today=DAY)
    return [(item.title, item.reason) for item in found]


# -- what counts as newer ----------------------------------------------------------------------------
def test_nothing_that_was_there_before_or_is_no_scheme_overtakes_a_round(scene: Scene) -> None:
    plan(scene, date(2025, 3, 4))
    plan(scene, date(2025, 4, 20), is_plan=False)
    plan(scene, date(2025, 4, 21), dated_on=date(2025, 3, 5))  # filed late, asked about
    other = ProjectFactory(programme=scene.project.programme, street=scene.project.street)
    plan_kind = DocumentKindFactory(bureau=scene.district.bureau, is_plan=True)
    ProjectDocumentFactory(project=other, kind=plan_kind)
    change(scene, date(2025, 3, 5))
    change(scene, date(2025, 4, 2), ChangeKind.TIME)
    change(scene, date(2025, 4, 3), state=ChangeState.REFUSED, approved_on=None)
    taken_off = plan(scene, date(2025, 4, 22))
    ProjectDocument.objects.filter(pk=taken_off.pk).update(
        removed_at=taken_off.file.stored_at,
        removed_by=scene.user("bureau"),
        removal_reason="传错了",
    )
    assert said(scene) is None


def test_a_newer_plan_and_a_change_of_the_scheme_shut_the_start(scene: Scene) -> None:
    first = plan(scene, date(2025, 3, 4))
    plan(
        scene,
        date(2025, 4, 20),
        kind=first.kind,
        supersedes=first,
        version=2,
        dated_on=date(2025, 3, 1),
    )
    change(scene, date(2025, 5, 2))
    change(scene, date(2025, 5, 6), ChangeKind.SCOPE, title="增加一栋")
    assert said(scene) == (
        "第1轮方案意见征询（2025年3月5日开始）问的是先前的方案："
        "此后2025年4月20日归档《文昌园改造方案》第 2 版、2025年5月2日批准设计变更“取消3号楼电梯”、"
        "2025年5月6日批准范围变更“增加一栋”。须就新方案再征询一轮，或申请例外。"
    )
    assert said(scene, date(2025, 4, 19)) is None
    assert said(scene, date(2025, 4, 20)) == (
        "第1轮方案意见征询（2025年3月5日开始）问的是先前的方案："
        "此后2025年4月20日归档《文昌园改造方案》第 2 版。须就新方案再征询一轮，或申请例外。"
    )


def test_a_new_round_about_the_new_scheme_opens_the_gate_again(scene: Scene) -> None:
    change(scene, date(2025, 5, 2))
    assert said(scene) is not None
    Round.objects.filter(pk=scene.round.pk).update(
        state="closed", closed_at=scene.round.opened_at, closed_by=scene.round.opened_by
    )
    RoundFactory(
        project=scene.project,
        number=2,
        purpose=Purpose.SCHEME,
        opened_on=date(2025, 5, 5),
        opened_at=local_moment(date(2025, 5, 5), datetime.min.time().replace(hour=9)),
    )
    assert said(scene) is None
    assert said(scene, date(2025, 5, 4)) is not None


def test_what_changes_after_the_start_reproaches_no_start(scene: Scene) -> None:
    gate = GateFactory(project=scene.project, kind=GateKind.STARTED, actual_on=date(2025, 5, 1))
    change(scene, date(2025, 5, 2))
    assert said(scene) is None
    lines = lines_of(project=scene.project, on=DAY)
    (line,) = [each for each in lines if each.kind is GateKind.STARTED]
    assert CHECK not in [each.check.code for each in line.shut_by]
    gate.actual_on = date(2025, 5, 2)
    gate.save()
    shut = said(scene)
    assert shut is not None
    assert "2025年5月2日批准设计变更" in shut
    gate.evidence = None
    gate.actual_on = date(2025, 5, 1)
    gate.save()
    assert said(scene) == shut  # a claim is no start: what came since is asked about


def test_a_start_that_gets_another_day_is_judged_by_that_day(scene: Scene, clock: Clock) -> None:
    gate = GateFactory(project=scene.project, kind=GateKind.STARTED, actual_on=date(2025, 5, 1))
    change(scene, date(2025, 5, 2))
    with pytest.raises(GateRefused) as refused:
        pass_gate(
            project=scene.project,
            kind=GateKind.STARTED,
            actual_on=date(2025, 5, 6),
            by=scene.user("bureau"),
            now=clock.at(NOW),
        )
    assert CHECK in [each.check.code for each in refused.value.findings]
    gate.refresh_from_db()
    assert gate.actual_on == date(2025, 5, 1)


def test_what_replaced_the_version_asked_about_is_newer_whatever_its_moment(scene: Scene) -> None:
    """A filing that waited for the opening carries the earlier moment."""
    first = plan(scene, date(2025, 3, 1))
    Round.objects.filter(pk=scene.round.pk).update(
        state="closed", closed_at=scene.round.opened_at, closed_by=scene.round.opened_by
    )
    RoundFactory(
        project=scene.project,
        number=2,
        purpose=Purpose.SCHEME,
        scheme=first,
        opened_on=date(2025, 4, 20),
        opened_at=local_moment(date(2025, 4, 20), datetime.min.time().replace(hour=16)),
    )
    plan(scene, date(2025, 4, 20))  # another plan, filed an hour before
    assert said(scene) is None
    plan(scene, date(2025, 4, 20), kind=first.kind, supersedes=first, version=2)
    assert said(scene) == (
        "第2轮方案意见征询（2025年4月20日开始）问的是先前的方案："
        "此后2025年4月20日归档《文昌园改造方案》第 2 版。须就新方案再征询一轮，或申请例外。"
    )
    assert said(scene, date(2025, 4, 19)) is None


def test_a_round_about_whether_to_renovate_is_not_about_a_scheme(clock: Clock) -> None:
    scene = make_scene(purpose=Purpose.RENOVATION)
    change(scene, date(2025, 5, 2))
    assert said(scene) is None


@pytest.mark.parametrize("count", [1, 3])
def test_many_projects_are_judged_in_as_many_queries(
    scene: Scene, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    change(scene, date(2025, 5, 2))
    ids = [scene.project.pk]
    for _ in range(count):
        other = RoundFactory(purpose=Purpose.SCHEME).project
        ProjectChangeFactory(
            project=other,
            kind=ChangeKind.SCOPE,
            state=ChangeState.APPROVED,
            new_text="增加一栋",
            approved_on=DAY,
            document_number="川建〔2025〕9号",
            decided_by=scene.user("reviewer"),
            decided_at=local_moment(DAY, datetime.min.time()),
        )
        ids.append(other.pk)
    with django_assert_num_queries(3):
        found = overtaken(project_ids=ids, on=DAY)
    assert set(found) == set(ids)
    with django_assert_num_queries(1):
        assert overtaken(project_ids=ids, on=date(2025, 5, 1)) == {}
    shut = open_checks(projects=ids, gate=GateKind.STARTED, on=DAY)
    assert {pk for pk, rows in shut.items() if CHECK in [row.check.code for row in rows]} == set(
        ids
    )


# -- drafting ----------------------------------------------------------------------------------------
VALUES = rounds.RoundValues(
    purpose=Purpose.SCHEME,
    plan_version="第二稿",
    question="您是否同意这一稿改造方案？",
    summary="增设电动自行车充电棚。",
    closes_on=date(2025, 5, 31),
)


def draft(scene: Scene, clock: Clock, **changed: Any) -> Round:
    return rounds.draft_round(
        project=scene.project,
        values=replace(VALUES, **changed),
        document=None,
        by=scene.user("zhonglou"),
        now=clock.at(NOW),
    )


def test_a_round_about_the_scheme_names_the_plan_in_force(scene: Scene, clock: Clock) -> None:
    assert draft(scene, clock).scheme is None  # none is filed
    first = plan(scene, date(2025, 4, 1))
    with pytest.raises(Refusal, match="请选这一轮征询的是哪一份一区一案方案"):
        draft(scene, clock)
    assert draft(scene, clock, purpose=Purpose.RENOVATION).scheme is None
    second = plan(scene, date(2025, 4, 2), kind=first.kind, supersedes=first, version=2)
    with pytest.raises(Refusal, match="《文昌园改造方案》第 1 版已有新版，或已撤下"):
        draft(scene, clock, scheme=first)
    strange = plan(scene, date(2025, 4, 2), is_plan=False)
    with pytest.raises(Refusal) as refused:
        draft(scene, clock, scheme=strange)
    assert refused.value.field == "scheme"
    assert draft(scene, clock, scheme=second).scheme == second


def test_a_draft_whose_plan_was_replaced_is_not_opened(scene: Scene, clock: Clock) -> None:
    Round.objects.filter(pk=scene.round.pk).update(
        state="closed", closed_at=scene.round.opened_at, closed_by=scene.round.opened_by
    )
    first = plan(scene, date(2025, 4, 1))
    made = draft(scene, clock, scheme=first)
    second = plan(scene, date(2025, 5, 6), kind=first.kind, supersedes=first, version=2)
    head = scene.user("zhonglou-head")
    with pytest.raises(Refusal, match="请改选现行的一份"):
        rounds.open_round(found=made, by=head, now=clock.at(NOW))
    rounds.change_round(
        found=made,
        values=replace(VALUES, scheme=second),
        document=None,
        by=scene.user("zhonglou"),
        now=clock.at(NOW),
    )
    opened = rounds.open_round(found=made, by=head, now=clock.at(NOW))
    assert (opened.scheme, opened.state) == (second, RoundState.OPEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=opened.pk).update(scheme=first)
    assert said(scene) is None


# -- pages -------------------------------------------------------------------------------------------
def client_of(scene: Scene, name: str) -> Client:
    client = Client()
    client.force_login(scene.user(name))
    return client


def test_the_form_offers_the_plans_in_force_and_writes_the_version(scene: Scene) -> None:
    first = plan(scene, date(2025, 4, 1))
    second = plan(
        scene,
        date(2025, 4, 2),
        kind=first.kind,
        supersedes=first,
        version=2,
        dated_on=date(2025, 4, 3),
    )
    clerk, address = client_of(scene, "zhonglou"), reverse("consent:round_new", args=[CODE])
    page = clerk.get(address).content.decode()
    assert "《文昌园改造方案》第 2 版　2025年4月3日" in page
    assert "《文昌园改造方案》第 1 版" not in page
    given = {
        "purpose": "scheme",
        "question": "您是否同意这一版？",
        "summary": "更换管网。",
        "closes_on": "2025-05-31",
    }
    lacking = clerk.post(address, given)
    assert (lacking.status_code, "方案版本未填。" in lacking.content.decode()) == (422, True)
    unnamed = clerk.post(address, given | {"plan_version": "第二稿"})
    assert (unnamed.status_code, "哪一份一区一案方案" in unnamed.content.decode()) == (422, True)
    old = clerk.post(address, given | {"scheme": first.pk})
    assert old.status_code == 422
    assert clerk.post(address, given | {"scheme": second.pk}).status_code == 302
    made = Round.objects.get(number=2)
    assert (made.scheme, made.plan_version) == (second, "文昌园改造方案 第 2 版")
    told = clerk.get(reverse("consent:round", args=[CODE, 2])).content.decode()
    assert reverse("ledger:document", args=[CODE, second.pk]) in told
    assert "《文昌园改造方案》第 2 版" in told


def test_without_a_filed_plan_the_version_is_told_in_words(scene: Scene) -> None:
    clerk, address = client_of(scene, "zhonglou"), reverse("consent:round_new", args=[CODE])
    opened = clerk.get(address)
    assert "一区一案方案" not in opened.content.decode()
    assert opened.context["form"].fields["plan_version"].required  # never called 可不填
    given = {
        "purpose": "scheme",
        "question": "同意吗？",
        "summary": "略",
        "closes_on": "2025-05-31",
    }
    lacking = clerk.post(address, given)
    assert (lacking.status_code, "方案版本未填。" in lacking.content.decode()) == (422, True)
    assert clerk.post(address, given | {"plan_version": "第二稿"}).status_code == 302


def test_page_register_and_workbook_say_it_until_the_works_begin(scene: Scene) -> None:
    bureau = client_of(scene, "bureau")
    pages = [
        reverse("consent:project", args=[CODE]),
        reverse("consent:round", args=[CODE, 1]),
        reverse("consent:estates"),
        reverse("consent:estates") + "?standing=overtaken",
    ]

    def told(address: str) -> str:
        """The page without what its filter says of itself."""
        page = bureau.get(address).content.decode()
        return re.sub(r"<summary>.*?</summary>", "", page, flags=re.DOTALL)

    def telling() -> list[bool]:
        return [
            "方案已更新</span>" in text or "方案已更新，须重新征询。" in text
            for text in map(told, pages)
        ]

    assert telling() == [False, False, False, False]
    assert "没有符合条件的小区" in bureau.get(pages[3]).content.decode()
    change(scene, date(2025, 5, 2))
    assert telling() == [True, True, True, True]
    assert "2025年5月2日批准设计变更“取消3号楼电梯”" in bureau.get(pages[0]).content.decode()
    gate = GateFactory(
        project=scene.project, kind=GateKind.STARTED, actual_on=date(2025, 5, 5), evidence=None
    )
    assert telling() == [True, True, True, True]  # the claimed start is shut by just this
    assert len(waits(scene, "zhonglou")) == 1
    gate.evidence = StoredFileFactory()
    gate.save()
    assert telling() == [False, False, False, False]
    assert waits(scene, "zhonglou") == []


def test_an_approved_exception_is_told_and_asks_for_no_new_round(
    scene: Scene, clock: Clock
) -> None:
    change(scene, date(2025, 5, 2))
    asked = ask_exception(
        project=scene.project,
        check_code=CHECK,
        values=ExceptionValues(reason="只改了外墙颜色", document_number="川建〔2025〕10号"),
        by=scene.user("bureau"),
        now=clock.at(NOW),
    )
    bureau = client_of(scene, "bureau")
    project = reverse("consent:project", args=[CODE])
    addresses = [project, reverse("consent:round", args=[CODE, 1])]

    def shut() -> list[bool]:
        return ["不能登记开工" in bureau.get(address).content.decode() for address in addresses]

    def listed() -> bool:
        text = bureau.get(reverse("consent:estates") + "?standing=overtaken").content.decode()
        return "没有符合条件的小区" not in text

    assert (shut(), listed()) == ([True, True], True)  # asked for is not approved
    decide_exception(
        exception=asked,
        act=ExceptionAct.APPROVE,
        comment="",
        scope=scope_for(scene.user("reviewer"), DAY),
        by=scene.user("reviewer"),
        now=clock.at(NOW),
    )
    assert (shut(), listed()) == ([False, False], False)
    for address in addresses:
        told = bureau.get(address).content.decode()
        assert "方案已更新，已批准例外。" in told
        assert "已批准例外（川建〔2025〕10号），登记开工不再要求重新征询。" in told
    assert "方案已更新，已批准例外" in bureau.get(reverse("consent:estates")).content.decode()
    book = bureau.get(reverse("consent:estates_export")).content
    sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
    assert any("2025年5月2日批准设计变更“取消3号楼电梯”（已批准例外）" in cell for cell in cells)


def test_the_street_is_told_until_it_asks_anew_or_an_exception_is_asked_for(
    scene: Scene, clock: Clock
) -> None:
    assert waits(scene, "zhonglou") == []
    change(scene, date(2025, 5, 2))
    told = (
        "文昌园方案已更新，重新征询方案意见",
        "第1轮 3月5日 开始，问的是先前的方案；重新征询或批准例外前不能开工",
    )
    assert waits(scene, "zhonglou") == [told]
    for user in ("banyanglu", "bureau", "leader", "contractor"):
        assert waits(scene, user) == []
    made = draft(scene, clock)
    assert waits(scene, "zhonglou") == []
    rounds.discard_round(found=made, by=scene.user("zhonglou"), now=clock.at(NOW))
    assert waits(scene, "zhonglou") == [told]
    ask_exception(
        project=scene.project,
        check_code=CHECK,
        values=ExceptionValues(reason="只改了外墙颜色", document_number="川建〔2025〕10号"),
        by=scene.user("bureau"),
        now=clock.at(NOW),
    )
    assert waits(scene, "zhonglou") == []
