"""交接: everything open of a person passes in one act, shown before, kept after; what can't pass says why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from projects.funding.findings import services as findings
from projects.funding.models import AuditFinding, FindingStep
from renovation.accounts.enums import Role
from renovation.accounts.models import HandOver
from renovation.console.handing_over.matters import open_counts
from renovation.console.services import end_membership
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry, Message
from supervision.weekly.following import services as following
from supervision.weekly.models import FollowUpStep, FormDraft
from tests.conftest import Clock
from tests.factories.accounts import make_district, make_user, scope_for
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.supervision.weekly.office import THURSDAY, Office, make_office

from .leaving import asked, found, handed, typed

pytestmark = pytest.mark.django_db
LIST, NEW = "/console/hand-overs/", "/console/hand-overs/new/"


@pytest.fixture(autouse=True)
def _thursday(clock: Clock) -> None:
    clock.at("2025-05-08 15:00")


@pytest.fixture
def office() -> Office:
    return make_office()


# -- what passes ---------------------------------------------------------------------------------
def test_everything_open_passes_in_one_act(office: Office) -> None:
    users = office.district.users
    giver, taker = users["bureau"], users["bureau2"]
    question, finding = asked(office), found(office.projects[0], giver)
    row = handed(office, giver, taker)
    question.refresh_from_db()
    finding.refresh_from_db()
    assert (question.owner, question.asked_by, question.state) == (taker, giver, "open")
    assert (finding.owner, finding.recorded_by, finding.state) == (taker, giver, "open")
    assert (finding.found_on, finding.deadline_on) == (date(2025, 4, 1), date(2025, 6, 30))
    assert row.counts == {"funding.finding": 1, "return.follow_up": 1}
    assert (row.left, row.passed_count, row.organisation) == ({}, 2, office.district.bureau)
    assert [(told["kind"], told["name"], told["left"]) for told in row.rows] == [
        ("funding.finding", "SJ2025-001 外墙保温多计量", ""),
        ("return.follow_up", "柳泉小区：累计投资为什么没有增加", ""),
    ]


def test_the_history_of_every_row_names_the_act(office: Office) -> None:
    users = office.district.users
    giver, taker, admin = users["bureau"], users["bureau2"], users["admin"]
    question, finding = asked(office), found(office.projects[0], giver)
    row = handed(office, giver, taker)
    said = f"{giver}转交{taker}：交接，调离本岗"
    last = FindingStep.objects.filter(finding=finding).last()
    assert last is not None
    assert (last.act, last.text, last.by) == ("hand_over", said, admin)
    step = FollowUpStep.objects.filter(follow_up=question).last()
    assert step is not None
    assert (step.act, step.text, step.by) == ("hand_over", said, admin)
    entries = {entry.act: entry for entry in AuditEntry.objects.filter(actor=admin)}
    assert set(entries) == {
        "hand_over.make",
        "funding.finding.hand_over",
        "return.follow_up.hand_over",
    }
    assert entries["hand_over.make"].sentence == (
        f"把{giver}的1 个审计问题、1 件核实事项移交{taker}"
    )
    assert entries["hand_over.make"].reason == "调离本岗"
    assert row.pk == int(entries["hand_over.make"].object_id)


def test_the_successor_is_told_once(office: Office) -> None:
    users = office.district.users
    found(office.projects[0], users["bureau"])
    handed(office, users["bureau"], users["bureau2"])
    message = Message.objects.get(kind="hand_over.received", channel="desk")
    assert (message.person, message.link) == (users["bureau2"], "/todo/")
    assert message.subject == f"{users['bureau']}的1 个审计问题已移交给您"


def test_what_was_typed_passes_where_the_successor_has_nothing(office: Office) -> None:
    second = make_user(office.street, Role.CLERK, "songlinglu-b")
    typed(office, office.clerk, progress_percent="45.0", problems="缺水泥")
    typed(office, office.clerk, 1, progress_percent="20.0")
    own = typed(office, second, progress_percent="46.0", work_done="进场围挡。")
    FormDraft.objects.filter(pk=own.pk).update(base="2025-05-08T01:00:00+00:00")
    row = handed(office, office.clerk, second)
    kept = {draft.project_id: draft for draft in FormDraft.objects.all()}
    first, other = office.projects
    assert {draft.person for draft in kept.values()} == {second}
    assert kept[first.pk].cells == {
        "progress_percent": "46.0", "work_done": "进场围挡。", "problems": "缺水泥",
    }  # fmt: skip
    assert kept[first.pk].base == ""  # the older edition: what was written since is told
    assert kept[other.pk].cells == {"progress_percent": "20.0"}
    assert row.counts == {"return.draft": 2}
    assert "45.0" not in str(row.rows)
    assert AuditEntry.objects.filter(act="return.draft.hand_over").count() == 2


# -- what must not pass --------------------------------------------------------------------------
def test_what_is_settled_stays(office: Office) -> None:
    users = office.district.users
    giver, taker = users["bureau"], users["bureau2"]
    closed, question = found(office.projects[0], giver, "已改"), asked(office)
    findings.answer(finding=closed, text="已扣减", file=None, by=giver, now=THURSDAY)
    findings.close(finding=closed, text="", by=office.reviewer, now=THURSDAY)
    following.withdraw(follow_up=question, text="问错了", by=giver, now=THURSDAY)
    open_one = found(office.projects[1], giver)
    answered = found(office.projects[1], giver, "已报")
    findings.answer(finding=answered, text="已扣减", file=None, by=giver, now=THURSDAY)
    row = handed(office, giver, taker)
    owners = dict(AuditFinding.objects.values_list("pk", "owner"))
    assert owners == {closed.pk: giver.pk, open_one.pk: taker.pk, answered.pk: taker.pk}
    question.refresh_from_db()
    assert question.owner == giver
    assert row.counts == {"funding.finding": 2}
    with pytest.raises(StateConflict):
        findings.hand_over(finding=closed, owner=taker, text="", by=users["admin"], now=THURSDAY)


def test_the_database_lets_no_closed_finding_change_its_owner(office: Office) -> None:
    users = office.district.users
    closed = found(office.projects[0], users["bureau"])
    findings.answer(finding=closed, text="已扣减", file=None, by=users["bureau"], now=THURSDAY)
    findings.close(finding=closed, text="", by=office.reviewer, now=THURSDAY)
    with pytest.raises(IntegrityError, match="已销号"), transaction.atomic():
        AuditFinding.objects.filter(pk=closed.pk).update(owner=users["bureau2"])


def test_who_mended_does_not_close_after_handing_over(office: Office) -> None:
    users = office.district.users
    finding = found(office.projects[0], users["bureau"])
    findings.answer(finding=finding, text="已扣减", file=None, by=users["bureau"], now=THURSDAY)
    handed(office, users["bureau"], users["bureau2"])
    for person in (users["bureau"], users["bureau2"]):
        with pytest.raises(Forbidden):
            findings.close(finding=finding, text="", by=person, now=THURSDAY)


def test_another_district_keeps_its_own(office: Office) -> None:
    """A finding over there that names our clerk is no business of our administrator."""
    users = office.district.users
    far = make_district("boshan-")
    abroad = ProjectFactory(
        programme=ProgrammeFactory(bureau=far.bureau), street=far.street("zhonglou")
    )
    theirs, ours = found(abroad, users["bureau"]), found(office.projects[0], users["bureau"])
    assert open_counts(scope=scope_for(users["admin"])) == {users["bureau"].pk: 1}
    handed(office, users["bureau"], users["bureau2"])
    owners = dict(AuditFinding.objects.values_list("pk", "owner"))
    assert owners == {theirs.pk: users["bureau"].pk, ours.pk: users["bureau2"].pk}
    with pytest.raises(Refusal) as refused:
        handed(office, users["bureau2"], far.users["bureau"])
    assert refused.value.code == "hand_over.elsewhere"


def test_what_the_successor_may_not_take_stays_and_says_why(office: Office) -> None:
    users = office.district.users
    question, finding = asked(office), found(office.projects[0], users["bureau"])
    row = handed(office, users["bureau"], office.reviewer)
    question.refresh_from_db()
    finding.refresh_from_db()
    assert (question.owner, finding.owner) == (office.reviewer, users["bureau"])
    assert (row.counts, row.left, row.left_count) == (
        {"return.follow_up": 1}, {"funding.finding": 1}, 1,
    )  # fmt: skip
    assert [told["left"] for told in row.rows] == ["接收人不能报审计问题整改", ""]
    assert AuditEntry.objects.get(act="hand_over.make").sentence.endswith("；1 个审计问题未移交")


def test_the_person_of_another_street_takes_nothing(office: Office) -> None:
    typed(office, office.clerk, progress_percent="45.0")
    found(office.projects[0], office.clerk)
    other = office.district.users["zhonglou"]
    with pytest.raises(Refusal) as refused:
        handed(office, office.clerk, other)
    assert refused.value.code == "hand_over.nothing"
    assert FormDraft.objects.get().person == office.clerk


# -- refusals ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("taker", "more", "code", "field"),
    [
        ("bureau", {}, "hand_over.self", "successor"),
        ("bureau2", {"reason": "  "}, "hand_over.reason", "reason"),
        ("bureau2", {"seen": "another"}, "hand_over.changed", None),
        ("office", {}, "hand_over.nothing", "successor"),
    ],
)
def test_what_is_refused(
    office: Office, taker: str, more: dict[str, str], code: str, field: str | None
) -> None:
    users = office.district.users
    finding = found(office.projects[0], users["bureau"])
    with pytest.raises(Refusal) as refused:
        handed(office, users["bureau"], users[taker], **more)
    assert (refused.value.code, refused.value.field) == (code, field)
    finding.refresh_from_db()
    assert (finding.owner, HandOver.objects.count()) == (users["bureau"], 0)


def test_who_is_off_receives_nothing_but_gives(office: Office) -> None:
    users = office.district.users
    giver, taker = users["bureau"], users["bureau2"]
    finding = found(office.projects[0], giver)
    giver.is_active = taker.is_active = False
    giver.save()
    taker.save()
    with pytest.raises(Refusal) as refused:
        handed(office, giver, taker)
    assert refused.value.code == "hand_over.off"
    taker.is_active = True
    taker.save()
    handed(office, giver, taker)
    finding.refresh_from_db()
    assert finding.owner == taker


def test_who_lost_every_post_still_hands_over(office: Office) -> None:
    users = office.district.users
    found(office.projects[0], users["bureau"])
    for post in users["bureau"].memberships.all():
        end_membership(membership=post, by=users["admin"], now=THURSDAY)
    row = handed(office, users["bureau"], users["bureau2"])
    assert row.organisation == office.district.bureau


def test_the_administrator_alone(office: Office, client: Client) -> None:
    users = office.district.users
    finding = found(office.projects[0], users["bureau"])
    with pytest.raises(Forbidden):
        handed(office, users["bureau"], users["bureau2"], by=users["reviewer"])
    row = handed(office, users["bureau"], users["bureau2"])
    for name in ("bureau", "reviewer", "auditor"):
        client.force_login(users[name])
        for address in (LIST, NEW, f"{LIST}{row.pk}/", f"{LIST}export/"):
            assert client.get(address).status_code == 403, (name, address)
    far = make_district("boshan-")
    client.force_login(far.users["admin"])
    assert client.get(f"{LIST}{row.pk}/").status_code == 404
    assert "还没有交接" in client.get(LIST).content.decode()
    finding.refresh_from_db()
    assert finding.owner == users["bureau2"]


# -- the table -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"successor": "bureau"}, "hand_over_to_another_person"),
        ({"reason": ""}, "hand_over_has_a_reason"),
        ({"passed_count": 0}, "hand_over_passes_something"),
    ],
)
def test_the_constraints(office: Office, values: dict[str, Any], name: str) -> None:
    users = office.district.users
    fields: dict[str, Any] = {
        "organisation": office.district.bureau,
        "reason": "退休",
        "counts": {"funding.finding": 1},
        "rows": [],
        "passed_count": 1,
        "handed_by": users["admin"],
        "handed_at": THURSDAY,
    }
    taker = users[str(values.pop("successor", "bureau2"))]
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        HandOver.objects.create(**(fields | values), predecessor=users["bureau"], successor=taker)


def test_it_is_never_rewritten(office: Office) -> None:
    users = office.district.users
    found(office.projects[0], users["bureau"])
    rows = HandOver.objects.filter(pk=handed(office, users["bureau"], users["bureau2"]).pk)
    with pytest.raises(IntegrityError, match="不能修改"), transaction.atomic():
        rows.update(reason="改口")
    with pytest.raises(IntegrityError, match="不能删除"), transaction.atomic():
        rows.delete()
