"""Who may do what to a return in which state; corrections; what is approved cannot be changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from renovation.accounts.enums import Role
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from supervision.weekly import services
from supervision.weekly.enums import ReturnAct, ReturnState
from supervision.weekly.flow import FLOW
from supervision.weekly.models import ReturnEvent, WeeklyReport, WeeklyReturn
from tests.factories.accounts import make_user

from .office import THURSDAY, Office, moment, values_of

ACTS: dict[str, Any] = {
    ReturnAct.SUBMIT: services.submit,
    ReturnAct.REVIEW: services.review,
    ReturnAct.APPROVE: services.approve,
    ReturnAct.SEND_BACK: services.send_back,
    ReturnAct.CORRECT: services.correct,
}
EXTRA: dict[str, dict[str, str]] = {
    ReturnAct.SEND_BACK: {"comment": "请核对投资数。"},
    ReturnAct.CORRECT: {"reason": "监理复核后更正。"},
}


def test_the_table_is_total() -> None:
    assert FLOW.problems() == []


def at_state(office: Office, state: str) -> WeeklyReturn:
    if state == ReturnState.SENT_BACK:
        return services.send_back(
            weekly_return=office.submitted(), comment="请核对。", by=office.head, now=THURSDAY
        )
    if state == ReturnState.PUBLISHED:
        return services.publish(weekly_return=office.approved(), by=None, now=THURSDAY)
    makers = {
        ReturnState.DRAFT: office.draft,
        ReturnState.SUBMITTED: office.submitted,
        ReturnState.REVIEWED: office.reviewed,
        ReturnState.APPROVED: office.approved,
    }
    return makers[ReturnState(state)]()


@pytest.mark.parametrize("state", ReturnState.values)
def test_every_act_in_every_state_by_every_role(office: Office, state: str) -> None:
    """The whole matrix: the table decides, and a refusal changes nothing."""
    weekly_return = at_state(office, state)
    names = ["songlinglu", "songlinglu-head", "bureau", "reviewer", "leader", "admin", "auditor"]
    names += ["zhonglou", "zhonglou-head", "npc", "contractor"]
    allowed = {
        (ReturnState.DRAFT, ReturnAct.SUBMIT): {"songlinglu"},
        (ReturnState.SENT_BACK, ReturnAct.SUBMIT): {"songlinglu"},
        (ReturnState.SUBMITTED, ReturnAct.REVIEW): {"songlinglu-head"},
        (ReturnState.SUBMITTED, ReturnAct.SEND_BACK): {"songlinglu-head", "bureau", "reviewer"},
        (ReturnState.REVIEWED, ReturnAct.SEND_BACK): {"songlinglu-head", "bureau", "reviewer"},
        (ReturnState.REVIEWED, ReturnAct.APPROVE): {"reviewer"},
        (ReturnState.APPROVED, ReturnAct.CORRECT): {"songlinglu"},
        (ReturnState.PUBLISHED, ReturnAct.CORRECT): {"songlinglu"},
    }
    done: dict[str, set[str]] = {}
    for act, call in ACTS.items():
        for name in names:
            outside = transaction.savepoint()
            try:
                call(
                    weekly_return=weekly_return,
                    by=office.district.users[name],
                    now=THURSDAY,
                    **EXTRA.get(act, {}),
                )
            except Refusal:
                weekly_return.refresh_from_db()
                assert weekly_return.state == state
            else:
                done.setdefault(act, set()).add(name)
            transaction.savepoint_rollback(outside)
            weekly_return.refresh_from_db()
    assert done == {act: who for (of, act), who in allowed.items() if of == state}


def test_a_person_of_two_posts_does_not_pass_their_own_return(office: Office) -> None:
    for organisation, role in (
        (office.street, "street_head"),
        (office.district.bureau, "reviewer"),
    ):
        office.clerk.memberships.create(organisation=organisation, role=role)
    office.head.memberships.create(organisation=office.district.bureau, role="reviewer")
    sent = office.submitted()
    with pytest.raises(Forbidden, match="报送和街道审核不能是同一个人"):
        services.review(weekly_return=sent, by=office.clerk, now=THURSDAY)
    reviewed = services.review(weekly_return=sent, by=office.head, now=THURSDAY)
    with pytest.raises(Forbidden, match="报送和核定不能是同一个人"):
        services.approve(weekly_return=reviewed, by=office.clerk, now=THURSDAY)
    with pytest.raises(Forbidden, match="街道审核和区局核定不能是同一个人"):
        services.approve(weekly_return=reviewed, by=office.head, now=THURSDAY)


def test_each_act_leaves_an_event_and_an_audit_entry(office: Office) -> None:
    approved = office.approved()
    events = [(e.act, e.from_state, e.to_state, e.by) for e in approved.events.all()]
    assert events == [
        ("open", "", "draft", office.clerk),
        ("submit", "draft", "submitted", office.clerk),
        ("review", "submitted", "reviewed", office.head),
        ("approve", "reviewed", "approved", office.reviewer),
    ]
    entries = AuditEntry.objects.filter(act="return.approve")
    assert [entry.sentence for entry in entries] == [
        "区局核定松龄路街道2025年第19周（5月5日—5月11日）周报"
    ]
    snapshot = approved.events.get(act="submit").rows
    assert [(row["project"], row["progress_percent"]) for row in snapshot] == [
        ("ZC2025-06", "10.0"),
        ("ZC2025-07", "10.0"),
    ]


def test_a_new_submission_is_reviewed_anew(office: Office) -> None:
    back = services.send_back(
        weekly_return=office.reviewed(), comment="请核对。", by=office.reviewer, now=THURSDAY
    )
    assert (back.state, back.comment) == (ReturnState.SENT_BACK, "请核对。")
    again = services.submit(weekly_return=back, by=office.clerk, now=THURSDAY)
    assert (again.reviewed_by, again.reviewed_at) == (None, None)


@pytest.mark.parametrize("comment", ["", "   "])
def test_sending_back_needs_words(office: Office, comment: str) -> None:
    with pytest.raises(Refusal) as caught:
        services.send_back(
            weekly_return=office.submitted(), comment=comment, by=office.head, now=THURSDAY
        )
    assert (caught.value.code, caught.value.field) == ("comment.missing", "comment")


# -- corrections -------------------------------------------------------------------------------------
def test_a_correction_is_a_new_version_that_goes_the_same_way(office: Office) -> None:
    old = office.approved()
    after = moment("2025-05-20 09:00")
    new = services.correct(weekly_return=old, reason="监理复核后更正。", by=office.clerk, now=after)
    assert (new.version, new.state, new.supersedes) == (2, ReturnState.DRAFT, old)
    assert new.correction_reason == "监理复核后更正。"
    row = values_of(office.projects[0], progress_percent=Decimal("9.5"))
    services.write_reports(weekly_return=new, rows=[row], by=office.clerk, now=after)
    # The week is long closed; a correction comes when it comes and is not late.
    services.submit(weekly_return=new, by=office.clerk, now=after)
    services.review(weekly_return=new, by=office.head, now=after)
    services.approve(weekly_return=new, by=office.reviewer, now=after)
    figures = WeeklyReport.objects.filter(project=office.projects[0]).order_by(
        "weekly_return__version"
    )
    assert list(figures.values_list("progress_percent", flat=True)) == [
        Decimal("10.0"),
        Decimal("9.5"),
    ]
    old.refresh_from_db()
    assert (old.state, old.events.last().act) == (ReturnState.APPROVED, ReturnAct.CORRECT)


def test_one_correction_at_a_time(office: Office) -> None:
    old = office.approved()
    services.correct(weekly_return=old, reason="更正。", by=office.clerk, now=THURSDAY)
    with pytest.raises(StateConflict, match="已经有更正稿"):
        services.correct(weekly_return=old, reason="更正。", by=office.clerk, now=THURSDAY)
    assert WeeklyReturn.objects.count() == 2


def test_a_correction_needs_a_reason(office: Office) -> None:
    with pytest.raises(Refusal) as caught:
        services.correct(weekly_return=office.approved(), reason=" ", by=office.clerk, now=THURSDAY)
    assert caught.value.code == "comment.missing"


# -- the database says so too ------------------------------------------------------------------------
@pytest.mark.parametrize("state", [ReturnState.APPROVED, ReturnState.PUBLISHED])
def test_what_is_approved_cannot_be_changed(office: Office, state: str) -> None:
    at_state(office, state)
    for sql in (
        "UPDATE weekly_weeklyreport SET progress_percent = 99",
        "DELETE FROM weekly_weeklyreport",
        "UPDATE weekly_weeklyreturn SET state = 'draft'",
        "UPDATE weekly_weeklyreturn SET late_reason = 'x'",
        "UPDATE weekly_weeklyreturn SET approved_by_id = NULL",
        "UPDATE weekly_weeklyreturn SET state = 'published', week_start = '2025-05-12'",
        "DELETE FROM weekly_weeklyreturn",
        "UPDATE weekly_returnevent SET comment = 'x'",
        "DELETE FROM weekly_returnevent",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert set(WeeklyReport.objects.values_list("progress_percent", flat=True)) == {Decimal("10.0")}


def test_drafts_can_still_be_changed_and_removed(office: Office) -> None:
    draft = office.draft()
    assert WeeklyReport.objects.filter(weekly_return=draft).update(work_done="改") == 2
    assert WeeklyReport.objects.filter(weekly_return=draft).delete()[0] == 2


def test_publishing_sets_its_moment(office: Office) -> None:
    approved = office.approved()
    services.publish(weekly_return=approved, by=office.reviewer, now=moment("2025-05-12 16:00"))
    approved.refresh_from_db()
    assert (approved.state, approved.published_at) == (
        ReturnState.PUBLISHED,
        moment("2025-05-12 16:00"),
    )
    with pytest.raises(StateConflict):
        services.publish(weekly_return=approved, by=office.reviewer, now=THURSDAY)
    assert ReturnEvent.objects.filter(act="publish").count() == 1


def test_a_second_reviewer_of_the_street_meets_the_present_state(office: Office) -> None:
    second = make_user(office.street, Role.STREET_HEAD)
    sent = office.submitted()
    seen_before = WeeklyReturn.objects.get(pk=sent.pk)
    services.review(weekly_return=sent, by=office.head, now=THURSDAY)
    with pytest.raises(StateConflict) as caught:
        services.review(weekly_return=seen_before, by=second, now=THURSDAY)
    assert caught.value.state == ReturnState.REVIEWED
