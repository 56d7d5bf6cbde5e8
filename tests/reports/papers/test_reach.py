"""A bulletin that does not tell the whole quarter: it says so, and its signer accepts it by name."""

from __future__ import annotations

from datetime import date, time

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from renovation.records.models import AuditEntry
from reports.papers import services
from reports.papers.enums import PaperAct, PaperState
from reports.papers.models import Document, DocumentStep
from reports.papers.reach import Shortfall, quarter_option, shortfall
from reports.papers.rendering import approval_form
from reports.papers.snapshots import bulletin_of, content_of
from tests.factories.papers import AFTER_QUARTER, QUARTER, World

#: A week and a half before the quarter is over.
EARLY = local_moment(date(2025, 9, 29), time(15, 0))
RUNNING = Shortfall("本季度还没有结束", "季度到9月30日，数字截至9月29日")
SHORT = Shortfall("数字没有取到季末", "季度已于9月30日结束，数字只截至9月29日")


def _approved(world: World) -> Document:
    users = world.users
    document = world.bulletin(now=EARLY)
    document = services.check(document=document, by=users["bureau2"], now=EARLY)
    return services.approve(document=document, by=users["reviewer"], now=EARLY)


def _as(world: World, user: str) -> Client:
    client = Client()
    client.force_login(world.users[user])
    return client


def test_what_falls_short_of_the_quarter(world: World) -> None:
    early, whole = content_of(world.bulletin(now=EARLY)), content_of(world.bulletin())
    assert shortfall(early, on=date(2025, 9, 29)) == RUNNING
    assert shortfall(early, on=date(2025, 9, 30)) == RUNNING
    assert shortfall(early, on=date(2025, 10, 1)) == SHORT
    assert shortfall(whole, on=date(2025, 10, 9)) is None
    assert shortfall(content_of(world.sheet()), on=date(2025, 9, 29)) is None


def test_a_running_quarter_is_marked_where_it_is_chosen() -> None:
    assert quarter_option(QUARTER, on=date(2025, 9, 30)) == "2025年第三季度（未结束，到9月30日）"
    assert quarter_option(QUARTER, on=date(2025, 10, 1)) == "2025年第三季度"


def test_a_signature_of_a_running_quarter_needs_the_tick(world: World) -> None:
    document = _approved(world)
    with pytest.raises(Refusal) as refused:
        services.sign(document=document, by=world.users["leader"], now=EARLY)
    assert (refused.value.code, refused.value.field) == ("paper.quarter_short", "accepts")
    assert Document.objects.get(pk=document.pk).state == PaperState.APPROVED
    signed = services.sign(document=document, by=world.users["leader"], now=EARLY, accepts=True)
    step = signed.steps.get(act=PaperAct.SIGN)
    said = "知悉本季度还没有结束，季度到9月30日，数字截至9月29日，同意按此签发。"
    assert (step.by, step.accepted) == (world.users["leader"], said)
    assert [each.accepted for each in signed.steps.exclude(pk=step.pk)] == ["", "", ""]
    entry = AuditEntry.objects.get(act="document.sign")
    assert entry.sentence == f"签发“{signed.title}”（{said}）"
    assert approval_form(signed, bulletin_of(signed)).sign.opinion == f"同意印发。{said}"


def test_figures_that_stop_before_the_end_are_told_when_the_quarter_is_over(world: World) -> None:
    document = _approved(world)
    with pytest.raises(Refusal) as refused:
        services.sign(document=document, by=world.users["leader"], now=AFTER_QUARTER)
    assert refused.value.message == (
        "数字没有取到季末，季度已于9月30日结束，数字只截至9月29日。仍要签发的，请勾选确认。"
    )


def test_a_whole_quarter_keeps_nothing_beside_the_signature(world: World) -> None:
    signed = world.signed()
    step = signed.steps.get(act=PaperAct.SIGN)
    assert (step.opinion, step.accepted) == ("同意", "")


def test_only_a_signature_accepts(world: World) -> None:
    document = world.bulletin()
    with pytest.raises(IntegrityError, match="step_accepted_by_who_signs"), transaction.atomic():
        DocumentStep.objects.create(
            document=document,
            act=PaperAct.APPROVE,
            by=world.users["reviewer"],
            by_label="审核",
            at=AFTER_QUARTER,
            accepted="知悉",
        )


def test_the_paper_says_that_the_quarter_runs(world: World) -> None:
    early, whole = bulletin_of(world.bulletin(now=EARLY)), bulletin_of(world.bulletin())
    assert "本季度尚未结束，本通报数据截至2025年9月29日" in early.passage("lead").text
    assert "尚未结束" not in whole.passage("lead").text


def test_the_pages_say_it_and_signing_asks_for_it(world: World) -> None:
    document = _approved(world)
    said = "<b>本季度还没有结束。</b>季度到9月30日，数字截至9月29日"
    address = f"/papers/{document.pk}/acts/sign/"
    with time_machine.travel(EARLY, tick=False):
        choice = _as(world, "bureau").get("/papers/bulletins/").content.decode()
        assert "2025年第三季度（未结束，到9月30日）" not in choice  # it is beyond drafting
        leader = _as(world, "leader")
        assert said in leader.get(f"/papers/{document.pk}/").content.decode()
        assert said in leader.get(address).content.decode()
        refused = leader.post(address, {"opinion": "同意", "digest": document.digest})
        assert refused.status_code == 422
        assert "本季度还没有结束，仍要签发的，请勾选确认。" in refused.content.decode()
        signed = leader.post(
            address, {"opinion": "同意", "digest": document.digest, "accepts": "on"}
        )
        assert signed.status_code == 302
        page = leader.get(f"/papers/{document.pk}/").content.decode()
    assert said not in page
    assert "同意　知悉本季度还没有结束，季度到9月30日，数字截至9月29日，同意按此签发。" in page


@pytest.mark.parametrize(("user", "act"), [("bureau2", "check"), ("reviewer", "approve")])
def test_who_checks_or_approves_is_told(world: World, user: str, act: str) -> None:
    document = world.bulletin(now=EARLY)
    if act == "approve":
        document = services.check(document=document, by=world.users["bureau2"], now=EARLY)
    with time_machine.travel(EARLY, tick=False):
        page = _as(world, user).get(f"/papers/{document.pk}/acts/{act}/").content.decode()
        choice = _as(world, "bureau").get("/papers/bulletins/").content.decode()
    assert "本季度还没有结束" in page
    assert 'name="accepts"' not in page
    assert ("2025年第三季度（未结束，到9月30日）" in choice) == (act == "check")


def test_a_whole_quarter_is_signed_as_before(world: World) -> None:
    document = world.bulletin()
    document = services.check(document=document, by=world.users["bureau2"], now=AFTER_QUARTER)
    document = services.approve(document=document, by=world.users["reviewer"], now=AFTER_QUARTER)
    with time_machine.travel(AFTER_QUARTER, tick=False):
        page = _as(world, "leader").get(f"/papers/{document.pk}/acts/sign/").content.decode()
    assert 'name="accepts"' not in page
    assert "没有结束" not in page
