"""AB岗 in the history of every wing: who did something is told with both names, and counts as both persons."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey
from django.test import Client
from django.urls import reverse

from projects.funding import services as funding
from projects.funding.enums import Stage
from projects.funding.models import FundingEvent
from projects.funding.services import EventValues
from projects.ledger import services as ledger
from projects.ledger.models import Baseline, Project
from renovation.accounts.enums import Role
from renovation.accounts.models import StandIn, User
from renovation.core.errors import Forbidden
from renovation.records.acting import by_others, hands, stood_for, who
from renovation.records.models import AuditEntry
from renovation.records.sealing import fields_of
from renovation.records.services import audit
from supervision.inquiries import services as inquiries
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, make_user
from tests.factories.funding import FundingSourceFactory
from tests.factories.inquiries import make_draft
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.projects.ledger.test_changes import plan

pytestmark = pytest.mark.django_db
BOTH = "区住建局 区局审核（代区住建局 区局经办）"


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(db: None) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    return made


@pytest.fixture
def deputy(district: District) -> User:
    """A reviewer of the bureau who acts for its clerk, as a request carries them."""
    person = make_user(district.bureau, Role.REVIEWER, "b-gang")
    person.standing_in = StandIn.objects.create(
        principal=district.users["bureau"],
        deputy=person,
        organisation=district.bureau,
        role=Role.BUREAU,
        valid_from=date(2025, 5, 7),
        valid_to=date(2025, 5, 9),
        reason="公休",
        appointed_by=district.users["admin"],
        appointed_at=datetime.fromisoformat("2025-05-06T09:00+08:00"),
    )
    return person


def fresh(row: Any) -> Any:
    """The row as a page reads it: nobody in it acts for anybody."""
    return type(row).objects.get(pk=row.pk)


def test_a_plan_names_both_and_neither_approves_it(
    district: District, project: Project, deputy: User, now: datetime, client: Client
) -> None:
    drafted = ledger.draft_baseline(project=project, values=plan(), by=deputy, now=now)
    # A plan keeps no moment of its drafting: the log is asked by the row.
    assert who(fresh(drafted), "drafted_by") == BOTH
    assert hands(fresh(drafted), "drafted_by") == {deputy.pk, district.users["bureau"].pk}
    own = User.objects.get(pk=deputy.pk)
    principal = district.users["bureau"]
    for person in (own, principal):
        assert not by_others(Baseline.objects.all(), "drafted_by", person.persons)
        with pytest.raises(Forbidden, match="拟定计划的人不能自己批准"):
            ledger.approve_baseline(
                baseline=fresh(drafted), approved_on=now.date(), by=person, now=now
            )
    reviewer = district.users["reviewer"]
    assert list(by_others(Baseline.objects.all(), "drafted_by", reviewer.persons)) == [drafted]
    client.force_login(reviewer)
    assert BOTH in client.get(reverse("ledger:baselines", args=[project.code])).content.decode()
    approved = ledger.approve_baseline(
        baseline=fresh(drafted), approved_on=now.date(), by=district.users["reviewer"], now=now
    )
    assert who(fresh(approved), "approved_by") == "区住建局 区局审核"
    assert who(fresh(approved), "drafted_by") == BOTH


def test_money_names_both_and_neither_approves_it(
    district: District, project: Project, deputy: User, now: datetime, client: Client
) -> None:
    event = funding.record_event(
        project=project,
        values=EventValues(
            source=FundingSourceFactory(bureau=district.bureau),
            stage=Stage.ALLOCATED,
            amount_fen=1_000_000,
            occurred_on=date(2025, 4, 1),
            document_number="淄财建〔2025〕11号",
        ),
        by=deputy,
        now=now,
    )
    assert who(fresh(event), "recorded_by") == BOTH
    with pytest.raises(Forbidden):
        funding.approve_event(event=fresh(event), by=district.users["bureau"], now=now)
    waiting = FundingEvent.objects.all()
    assert not by_others(waiting, "recorded_by", district.users["bureau"].persons)
    assert not by_others(waiting, "recorded_by", deputy.persons)
    reviewer = district.users["reviewer"]
    assert list(by_others(waiting, "recorded_by", reviewer.persons)) == [event]
    client.force_login(reviewer)
    assert BOTH in client.get(reverse("funding:project", args=[project.code])).content.decode()


def test_an_inquiry_names_both_and_neither_sends_it_out(
    district: District, project: Project, deputy: User, now: datetime, client: Client
) -> None:
    inquiry = make_draft(district, project.programme, now=now)
    inquiries.submit(inquiry=inquiry, by=deputy, now=now + timedelta(minutes=5))
    assert who(fresh(inquiry), "submitted_by") == BOTH
    assert who(fresh(inquiry), "drafted_by") == "区住建局 区局经办"
    for person in (User.objects.get(pk=deputy.pk), district.users["bureau"]):
        with pytest.raises(Forbidden):
            inquiries.approve(inquiry=fresh(inquiry), seen=inquiry.version, by=person, now=now)
    client.force_login(district.users["reviewer"])
    page = client.get(f"/inquiries/{inquiry.number}/").content.decode()
    assert BOTH in page


def test_one_does_in_the_own_post_what_is_ones_own(
    district: District, project: Project, deputy: User, now: datetime
) -> None:
    """The same person in the morning for another and in the afternoon for oneself."""
    first = ledger.draft_baseline(project=project, values=plan(), by=deputy, now=now)
    ledger.discard_baseline(baseline=first, by=deputy, now=now + timedelta(minutes=1))
    own = User.objects.get(pk=deputy.pk)
    assert own.has_stood_in
    entry = audit(act="demo.decide", sentence="本人办理", by=own, now=now + timedelta(hours=5))
    assert (entry.stands_for, entry.actor_label) == (None, "区住建局 区局审核")
    second = ledger.draft_baseline(project=project, values=plan(), by=own, now=now)
    assert (who(fresh(second), "drafted_by"), stood_for(fresh(second), "drafted_by")) == (
        "区住建局 区局审核",
        None,
    )


def test_nobody_is_asked_about_who_never_stood_in(
    district: District,
    project: Project,
    deputy: User,
    now: datetime,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    plain = ledger.draft_baseline(
        project=project, values=plan(), by=district.users["bureau"], now=now
    )
    row = type(plain).objects.select_related("drafted_by").get(pk=plain.pk)
    with django_assert_num_queries(0):
        assert who(row, "drafted_by") == "区住建局 区局经办"
        assert who(row, "approved_by") == "系统"
    ledger.discard_baseline(baseline=plain, by=district.users["bureau"], now=now)
    acted = ledger.draft_baseline(project=project, values=plan(), by=deputy, now=now)
    row = type(acted).objects.select_related("drafted_by").get(pk=acted.pk)
    with django_assert_num_queries(1):
        assert who(row, "drafted_by") == BOTH


def test_the_seal_covers_both_and_leaves_earlier_entries_as_they_were(
    district: District, deputy: User, now: datetime
) -> None:
    both = audit(act="demo.decide", sentence="代岗办理", by=deputy, now=now)
    assert fields_of(both)["stands_for"] == district.users["bureau"].pk
    alone = audit(act="demo.decide", sentence="本人办理", by=district.users["bureau"], now=now)
    assert "stands_for" not in fields_of(alone)
    assert AuditEntry.objects.get(pk=both.pk).actor_label == BOTH
    # Acting for another is no change of the account.
    assert not deputy.history.filter(history_type="~").exists()


#: ``…_by`` that is a word on the page, not a person of the portal, by template.
WORDS = {
    "templates/residents/care.html": "who handed over and took over, as written on the paper",
    "templates/residents/handover.html": "who handed over and took over, as written on the paper",
    "templates/works/item.html": "who accepted the work, as written on the sheet",
    "templates/papers/official.html": "who signs as printed, compiled into the paper",
}


def test_every_template_names_both() -> None:
    people = {
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is User
    }
    bare = set()
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        for field in re.findall(r"\{\{ [a-z_.]+\.([a-z]+_by)[ |]", path.read_text()):
            if field in people:
                bare.add(str(path.relative_to(settings.BASE_DIR)))
    assert bare == set(WORDS)
