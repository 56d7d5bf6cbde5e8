"""规则豁免 where two act at once: one rule is waived once for one project and days, and decided once."""

from __future__ import annotations

from functools import partial

import pytest

from projects.ledger.models import Project
from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.core.errors import Refusal, StateConflict
from renovation.records.models import AuditEntry
from supervision.weekly.models import RuleWaiver
from supervision.weekly.rule_waivers import services
from tests.factories.accounts import make_user
from tests.races import at_once
from tests.supervision.weekly.office import THURSDAY, Office, make_office

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def asking(office: Office, project: Project | None, by: User) -> partial[RuleWaiver]:
    """An application for a waiver of 投资超计划 on one Thursday."""
    return partial(
        services.ask,
        street=office.street,
        project=project,
        rule="W212",
        starts_on=THURSDAY.date(),
        ends_on=THURSDAY.date(),
        reason="结算审计中",
        by=by,
        now=THURSDAY,
    )


def test_it_is_asked_for_once_and_decided_once() -> None:
    office = make_office()
    second = make_user(office.district.bureau, Role.REVIEWER)
    # Of the same project: one for the whole street may well follow one for a project.
    answers = at_once(
        asking(office, office.projects[0], office.clerk),
        asking(office, office.projects[0], office.head),
    )
    (refused,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (refused.code, refused.field) == ("rule_waiver.twice", "rule")
    waiver = RuleWaiver.objects.get()
    decided = at_once(
        partial(services.approve, waiver=waiver, comment="", by=office.reviewer, now=THURSDAY),
        partial(
            services.decline,
            waiver=RuleWaiver.objects.get(),
            comment="请先报变更",
            by=second,
            now=THURSDAY,
        ),
        partial(
            services.withdraw,
            waiver=RuleWaiver.objects.get(),
            comment="",
            by=waiver.asked_by,
            now=THURSDAY,
        ),
    )
    (winner,) = [answer for answer in decided if isinstance(answer, RuleWaiver)]
    assert [type(answer) for answer in decided if answer is not winner] == [StateConflict] * 2
    waiver.refresh_from_db()
    entries = list(AuditEntry.objects.order_by("pk").values_list("act", "changes__state__1"))
    asked, decision = entries
    assert asked == ("rule_waiver.ask", "asked")
    assert decision[1] == waiver.state == winner.state


def test_it_is_ended_once() -> None:
    office = make_office()
    second = make_user(office.district.bureau, Role.REVIEWER)
    waiver = services.approve(
        waiver=asking(office, None, office.clerk)(), comment="", by=office.reviewer, now=THURSDAY
    )
    answers = at_once(
        *(
            partial(
                services.revoke,
                waiver=RuleWaiver.objects.get(pk=waiver.pk),
                comment="已经审定",
                by=by,
                now=THURSDAY,
            )
            for by in (office.reviewer, second)
        )
    )
    (conflict,) = [answer for answer in answers if isinstance(answer, StateConflict)]
    assert conflict.state == "revoked"
    assert AuditEntry.objects.filter(act="rule_waiver.revoke").count() == 1
