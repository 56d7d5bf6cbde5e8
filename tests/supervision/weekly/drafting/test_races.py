"""The autosaving grid where two write at once: nothing that was typed is lost, nobody waits for ever."""

from __future__ import annotations

from functools import partial

import pytest

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import StateConflict
from supervision.weekly import services
from supervision.weekly.comparison import WeekContext, load_context
from supervision.weekly.drafting.cells import RowTyped
from supervision.weekly.drafting.services import RowSaved, save_cells, write_form
from supervision.weekly.forms import ReportForm
from supervision.weekly.models import FormDraft, WeeklyReport, WeeklyReturn
from tests.factories.accounts import make_user
from tests.races import Rivals, at_once
from tests.supervision.weekly.office import THURSDAY, WEEK, Office, make_office, moment

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
#: So often two windows of one person meet half-way.
MEETINGS = 8


def shown(office: Office) -> WeekContext:
    return load_context(street=office.street, week=WEEK, moment=THURSDAY)


def typing(
    office: Office,
    context: WeekContext,
    by: User,
    *texts: tuple[int, str, str],
    seen: str = "",
) -> partial[dict[int, RowSaved]]:
    """The saving of 本周完成 of some projects: (place, what the page showed, what was typed)."""
    rows = {
        office.projects[place].pk: RowTyped({"work_done": (before, after)}, seen)
        for place, before, after in texts
    }
    return partial(
        save_cells,
        context=context,
        rows=rows,
        version=1,
        scope=scope_of(by, on=local_day(THURSDAY)),
        by=by,
        now=THURSDAY,
    )


def test_two_clerks_type_in_one_cell_and_both_texts_are_kept() -> None:
    office = make_office()
    second = make_user(office.street, Role.CLERK)
    office.draft()
    context = shown(office)
    report = WeeklyReport.objects.get(project=office.projects[0])
    mine, theirs = "外墙保温完成。", "屋面防水完成。"
    at_once(
        typing(office, context, office.clerk, (0, report.work_done, mine), seen=report.edition),
        typing(office, context, second, (0, report.work_done, theirs), seen=report.edition),
    )
    kept = {draft.person: draft.cells["work_done"] for draft in FormDraft.objects.all()}
    assert kept == {office.clerk: mine, second: theirs}
    again = typing(office, context, second, (0, theirs, theirs), seen=report.edition)()
    (said,) = again[office.projects[0].pk].form.said
    assert mine in said

    def writing(by: User, text: str) -> partial[list[WeeklyReport]]:
        form = ReportForm(
            {
                f"p{office.projects[0].pk}-{name}": value
                for name, value in {
                    "progress_percent": "10.0",
                    "completed_investment_fen": "30.00",
                    "work_done": text,
                    "seen": report.edition,
                }.items()
            },
            week=context,
            project=context.projects[office.projects[0].code],
            report=WeeklyReport.objects.get(pk=report.pk),
        )
        form.full_clean()
        assert form.values is not None, form.errors
        later = moment("2025-05-08 15:10")
        return partial(write_form, street=office.street, week=WEEK, forms=[form], by=by, now=later)

    answers = at_once(writing(office.clerk, mine), writing(second, theirs))
    (overtaken,) = [answer for answer in answers if isinstance(answer, StateConflict)]
    assert overtaken.code == "report.overtaken"
    stored = WeeklyReport.objects.get(pk=report.pk)
    left = FormDraft.objects.get()
    # Who came first is stored, what the other typed is still there.
    assert {stored.work_done, left.cells["work_done"]} == {mine, theirs}
    assert left.person != stored.updated_by


def test_cells_saved_while_another_sends_change_nothing_of_what_is_sent() -> None:
    office = make_office()
    second = make_user(office.street, Role.CLERK)
    draft = office.draft()
    was = WeeklyReport.objects.get(project=office.projects[0])
    sent, saved = at_once(
        partial(services.submit, weekly_return=draft, by=office.clerk, now=THURSDAY),
        typing(
            office, shown(office), second, (0, was.work_done, "屋面防水完成。"), seen=was.edition
        ),
    )
    assert sent.state == "submitted"
    (said,) = [row for row in sent.events.get(act="submit").rows if row["project"] == "ZC2025-06"]
    assert said["work_done"] == was.work_done
    kept = [each.cells["work_done"] for each in FormDraft.objects.filter(person=second)]
    # Refused and told so, or kept for when the return comes back; never answered as saved and lost.
    assert kept == ([] if isinstance(saved, StateConflict) else ["屋面防水完成。"])
    back = services.send_back(
        weekly_return=WeeklyReturn.objects.get(), comment="请核对。", by=office.head, now=THURSDAY
    )
    assert back.state == "sent_back"
    assert [each.cells["work_done"] for each in FormDraft.objects.filter(person=second)] == kept


def test_two_windows_of_one_person_save_their_rows_in_any_order() -> None:
    office = make_office()
    office.draft()
    context = shown(office)
    with Rivals() as rivals:
        for place in range(MEETINGS):
            texts = [f"第{place}次，一窗。", f"第{place}次，二窗。"]
            one, two = rivals.act(
                typing(office, context, office.clerk, (0, "", texts[0]), (1, "", texts[0])),
                typing(office, context, office.clerk, (1, "", texts[1]), (0, "", texts[1])),
            )
            # One window was first with both cells; the other is told of both and has taken neither.
            told = [sum(len(row.clashes) for row in saved.values()) for saved in (one, two)]
            assert sorted(told) == [0, 2]
            winner = texts[told.index(0)]
            assert [each.cells["work_done"] for each in FormDraft.objects.all()] == [winner] * 2
            FormDraft.objects.all().delete()
