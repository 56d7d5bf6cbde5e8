"""AB岗: for given days another's post, both names on every act, never on two sides of one matter."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from renovation.accounts.enums import Permission, Role
from renovation.accounts.models import StandIn, User
from renovation.accounts.scope import scope_of
from renovation.console.services import save_organisation
from renovation.console.standing_in.services import appoint, end
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from reports.papers.models import Document
from reports.papers.policies import check_other_person
from supervision.weekly import policies, services
from supervision.weekly.enums import ReturnAct
from supervision.weekly.models import ReturnEvent, WeeklyReturn
from tests.factories.accounts import make_user
from tests.supervision.weekly.office import THURSDAY, WEEK, Office, make_office, moment

pytestmark = pytest.mark.django_db
PAGE = "/weekly/2025-05-05/songlinglu/"
FIRST, LAST = date(2025, 5, 7), date(2025, 5, 9)


@pytest.fixture
def office() -> Office:
    return make_office()


@pytest.fixture
def second(office: Office) -> User:
    """Another clerk of the street."""
    return make_user(office.street, Role.CLERK, "songlinglu-b")


def appointed(office: Office, principal: User, deputy: User, **more: Any) -> StandIn:
    values: dict[str, Any] = {
        "membership": principal.memberships.get(),
        "deputy": deputy,
        "valid_from": FIRST,
        "valid_to": LAST,
        "reason": "公休",
        "by": office.district.users["admin"],
        "now": moment("2025-05-06 09:00"),
    }
    return appoint(**(values | more))


def acting(row: StandIn) -> User:
    """The deputy as a request carries it."""
    user = User.objects.get(pk=row.deputy_id)
    user.standing_in = row
    return user


def test_a_stand_in_has_the_post_and_no_other(office: Office) -> None:
    deputy = office.district.users["bureau"]
    row = appointed(office, office.clerk, deputy)
    own, other = scope_of(deputy, on=FIRST), scope_of(acting(row), on=FIRST)
    assert own.may_stand_in
    assert not own.can(Permission.RETURN_FILL)
    assert other.permissions == scope_of(office.clerk, on=FIRST).permissions
    assert other.organisation_ids == {office.street.pk}
    assert other.persons == {deputy.pk, office.clerk.pk}
    assert (other.user_id, other.post_name) == (
        deputy.pk,
        "区住建局 区局经办（代松龄路街道 街道填报）",
    )
    assert scope_of(office.head, on=FIRST).may_stand_in is False


@pytest.mark.parametrize(
    ("clock", "holds"),
    [
        ("2025-05-06 23:59:59", False),
        ("2025-05-07 00:00:00", True),
        ("2025-05-09 23:59:59", True),
        ("2025-05-10 00:00:00", False),
    ],
)
def test_it_begins_and_ends_at_midnight(
    client: Client, office: Office, second: User, clock: str, holds: bool
) -> None:
    row = appointed(office, office.head, second)
    client.force_login(second)
    session = client.session
    session["standing_in"] = row.pk
    session.save()
    with time_machine.travel(f"{clock}+08:00", tick=False):
        page = client.get("/weekly/").content.decode()
        assert ("standing_in" in client.session) is holds
    assert ("街道填报（代松龄路街道 街道审核）" in page) is holds
    assert ("代岗已经结束。" in page) is not holds


def test_whoever_is_stood_in_for_must_still_hold_the_post(office: Office, second: User) -> None:
    row = appointed(office, office.head, second)
    office.head.memberships.all().delete()
    assert scope_of(acting(row), on=FIRST).permissions == frozenset()


def test_every_act_names_both(client: Client, office: Office, second: User) -> None:
    row = appointed(office, office.clerk, second)
    both = "松龄路街道 街道填报（代松龄路街道 街道填报）"
    draft = services.open_return(street=office.street, week=WEEK, by=acting(row), now=THURSDAY)
    services.write_reports(weekly_return=draft, rows=office.rows(), by=acting(row), now=THURSDAY)
    sent = services.submit(weekly_return=draft, by=acting(row), now=THURSDAY)
    assert (sent.submitted_by, sent.submitted_for) == (second, office.clerk)
    event = ReturnEvent.objects.get(act=ReturnAct.SUBMIT)
    assert (event.by, event.stands_for) == (second, office.clerk)
    entry = AuditEntry.objects.get(act="return.submit")
    assert (entry.actor, entry.actor_label) == (second, both)
    client.force_login(office.head)
    with time_machine.travel(THURSDAY, tick=False):
        assert f"报送　{both}" in client.get(PAGE).content.decode()


def test_history_names_both(office: Office) -> None:
    users = office.district.users
    deputy = users["reviewer"]
    row = StandIn(deputy=deputy, principal=users["leader"], role=Role.LEADER)
    by = User.objects.get(pk=deputy.pk)
    by.standing_in = row
    save_organisation(organisation=office.street, by=by, now=THURSDAY)
    newest = office.street.history.first()
    assert newest is not None
    assert newest.history_user == deputy
    assert newest.history_change_reason == "区住建局 区局审核（代区住建局 局领导）"


def test_nobody_passes_what_they_sent_themselves(office: Office) -> None:
    """The clerk stands in for the reviewing post: the street needs another person."""
    sent = office.submitted()
    row = appointed(office, office.head, office.clerk)
    with pytest.raises(Forbidden, match="报送和街道审核不能是同一个人"):
        services.review(weekly_return=sent, by=acting(row), now=THURSDAY)
    assert policies.can_act(
        weekly_return=sent, act=ReturnAct.REVIEW, scope=scope_of(office.head, on=FIRST)
    )


def test_nobody_passes_what_was_sent_for_them_or_by_whom_they_stand_for(
    office: Office, second: User
) -> None:
    """``second`` sent in the head's other post; the head is back, and a third stands in for the head."""
    draft = office.draft()
    row = appointed(office, office.clerk, second)
    sent = services.submit(weekly_return=draft, by=acting(row), now=THURSDAY)
    third = make_user(office.street, Role.STREET_HEAD, "songlinglu-c")
    for_second = StandIn(
        principal=second,
        deputy=third,
        organisation=office.street,
        role=Role.STREET_HEAD,
        valid_from=FIRST,
        valid_to=LAST,
    )
    second.memberships.create(organisation=office.street, role=Role.STREET_HEAD)
    office.clerk.memberships.create(organisation=office.street, role=Role.STREET_HEAD)
    for by in (second, office.clerk, acting(for_second)):
        with pytest.raises(Forbidden, match="不能是同一个人"):
            services.review(weekly_return=sent, by=by, now=THURSDAY)
    assert services.review(weekly_return=sent, by=third, now=THURSDAY).reviewed_by == third


@pytest.mark.parametrize(
    ("first", "second_act"),
    [("submitted", "reviewed"), ("submitted", "approved"), ("reviewed", "approved")],
)
def test_the_database_holds_it(office: Office, first: str, second_act: str) -> None:
    sent = office.submitted()
    clerk, head, reviewer = office.clerk, office.head, office.reviewer
    rows = WeeklyReturn.objects.filter(pk=sent.pk)
    rows.update(submitted_by=None, reviewed_by=None, state="draft")
    name = f"return_{second_act}_stands_for_nobody_{first}"
    for mine, theirs in (
        ({"by": clerk, "for": None}, {"by": head, "for": clerk}),
        ({"by": head, "for": clerk}, {"by": clerk, "for": None}),
        ({"by": head, "for": clerk}, {"by": reviewer, "for": clerk}),
    ):
        values = {f"{first}_{key}": user for key, user in mine.items()}
        values |= {f"{second_act}_{key}": user for key, user in theirs.items()}
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**values)


def test_other_approvals_count_both_as_one(office: Office) -> None:
    users = office.district.users
    document = Document(bureau=office.district.bureau, drafted_by=users["bureau"])
    row = appointed(office, users["bureau"], users["bureau2"])
    with pytest.raises(Forbidden, match="拟稿人不能核稿"):
        check_other_person(document, "check", persons=acting(row).persons)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"deputy": "songlinglu"}, "stand_in.self"),
        ({"deputy": "auditor"}, "membership.separation"),
        ({"valid_to": date(2025, 5, 6)}, "stand_in.days"),
        ({"valid_from": date(2025, 5, 1), "valid_to": date(2025, 5, 5)}, "stand_in.days"),
        ({"reason": " "}, "stand_in.reason"),
    ],
)
def test_what_is_not_appointed(office: Office, more: dict[str, Any], code: str) -> None:
    users = office.district.users
    deputy = users[str(more.pop("deputy", "bureau"))]
    with pytest.raises(Refusal) as refused:
        appointed(office, office.clerk, deputy, **more)
    assert refused.value.code == code
    assert StandIn.objects.count() == 0


def test_who_is_off_stands_in_for_nobody_and_one_at_a_time(office: Office, second: User) -> None:
    appointed(office, office.clerk, second)
    with pytest.raises(Refusal, match="已由松龄路街道 街道填报代班"):
        appointed(office, office.clerk, office.head, valid_from=LAST)
    second.is_active = False
    second.save()
    with pytest.raises(Refusal, match="已停用"):
        appointed(office, office.head, second)


def test_it_is_ended_early_and_never_rewritten(office: Office, second: User) -> None:
    row = appointed(office, office.clerk, second)
    with pytest.raises(Forbidden):
        end(stand_in=row, by=second, now=THURSDAY)
    done = end(stand_in=row, by=office.clerk, now=THURSDAY)
    assert (done.ended_by, done.ended_at) == (office.clerk, THURSDAY)
    assert scope_of(acting(done), on=LAST).permissions == frozenset()
    with pytest.raises(StateConflict):
        end(stand_in=row, by=office.clerk, now=THURSDAY)
    rows = StandIn.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError, match="不能修改"), transaction.atomic():
        rows.update(valid_to=date(2025, 12, 31))
    with pytest.raises(IntegrityError, match="不能删除"), transaction.atomic():
        rows.delete()
    said = list(AuditEntry.objects.filter(act__startswith="stand_in").values_list("act", flat=True))
    assert said == ["stand_in.end", "stand_in.appoint"]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"deputy": "songlinglu"}, "stand_in_is_another_person"),
        ({"valid_to": date(2025, 5, 1)}, "stand_in_ends_after_start"),
        ({"reason": ""}, "stand_in_has_a_reason"),
        ({"ended_at": THURSDAY}, "stand_in_ended_at_and_by"),
    ],
)
def test_the_constraints(office: Office, values: dict[str, Any], name: str) -> None:
    users = office.district.users
    fields: dict[str, Any] = {
        "principal": office.clerk,
        "organisation": office.street,
        "role": Role.CLERK,
        "valid_from": FIRST,
        "valid_to": LAST,
        "reason": "公休",
        "appointed_by": users["admin"],
        "appointed_at": THURSDAY,
    }
    deputy = users[str(values.pop("deputy", "bureau"))]
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        StandIn.objects.create(**(fields | values), deputy=deputy)


@time_machine.travel(THURSDAY, tick=False)
def test_the_way_by_its_pages(client: Client, office: Office) -> None:
    users = office.district.users
    client.force_login(users["admin"])
    given = {
        "membership": str(office.head.memberships.get().pk),
        "deputy": str(users["bureau2"].pk),
        "valid_from": "2025-05-08",
        "valid_to": "2025-05-09",
    }
    assert client.post("/console/stand-ins/new/", given).status_code == 422
    made = client.post("/console/stand-ins/new/", given | {"reason": "公休"}, follow=True)
    assert "可在岗位菜单的“AB岗代班”里开始代班。" in made.content.decode()
    row = StandIn.objects.get()
    client.force_login(users["bureau"])
    assert client.post(f"/console/stand-ins/{row.pk}/assume/").status_code == 404
    sent = office.submitted()
    client.force_login(users["bureau2"])
    assert "您今天可以代班（AB岗）" in client.get("/todo/").content.decode()
    client.post(f"/console/stand-ins/{row.pk}/assume/")
    page = client.get(PAGE).content.decode()
    assert "区住建局 区局经办（代松龄路街道 街道审核）" in page
    done = client.post(f"{PAGE}act/review/", {"version": "1"})
    assert done.status_code == 302
    sent.refresh_from_db()
    assert (sent.reviewed_by, sent.reviewed_for) == (users["bureau2"], office.head)
    assert "回到本岗" in client.get("/console/stand-ins/").content.decode()
    client.post("/console/stand-ins/leave/")
    assert "（代" not in client.get("/weekly/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
@time_machine.travel(THURSDAY, tick=False)
def test_the_list_and_its_workbook(
    client: Client, office: Office, count: int, django_assert_num_queries: Any
) -> None:
    users = office.district.users
    for name in ("songlinglu", "zhonglou", "banyanglu")[:count]:
        appointed(office, users[name], users["bureau2"])
    client.force_login(users["admin"])
    with django_assert_num_queries(9):
        page = client.get("/console/stand-ins/?standing=now").content.decode()
    assert page.count("2025年5月9日") == count
    assert "钟楼街道 街道填报" not in page or count == 3
    workbook = client.get("/console/stand-ins/export/?standing=over")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.content))["AB岗"]
    assert "公休" not in [cell.value for row in sheet.iter_rows() for cell in row]
    client.force_login(users["zhonglou-head"])
    assert "还没有代班" in client.get("/console/stand-ins/").content.decode()
