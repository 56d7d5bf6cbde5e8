"""Two people act at once: a notice is not concluded over an objection that arrives, and is answered once; a
hand-over is confirmed once, an estate has one committee, its fund is not used twice."""

from __future__ import annotations

from datetime import date, time

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.models import Estate
from projects.residents.enums import CommitteeKind, FundMove, NoticeState, Outcome, Way
from projects.residents.models import Committee, FundEntry, Handover, Notice, Objection
from projects.residents.sealing import Person
from projects.residents.services import aftercare, confirming, notices, objections
from projects.residents.services.objections import AnswerValues, ObjectionValues
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal, StateConflict
from tests.factories.accounts import scope_for
from tests.factories.aftercare import FundEntryFactory, HandoverFactory
from tests.factories.ledger import GateFactory
from tests.factories.residents import NoticeFactory, ObjectionFactory
from tests.races import at_once

from .scene import scene

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


def test_either_the_objection_or_the_end_comes_first_never_both() -> None:
    district, project = scene()
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    clerk, head = district.users["zhonglou"], district.users["zhonglou-head"]
    values = ObjectionValues(raised_on=date(2025, 4, 24), way=Way.VISIT, content="不同意")
    answers = at_once(
        lambda: objections.raise_objection(
            notice=Notice.objects.get(pk=notice.pk),
            values=values,
            person=Person(),
            by=clerk,
            now=NOW,
        ),
        lambda: notices.conclude(
            notice=Notice.objects.get(pk=notice.pk),
            concluded_on=date(2025, 5, 7),
            conclusion="没有异议",
            scope=scope_for(head),
            by=head,
            now=NOW,
        ),
    )
    refused = [each for each in answers if isinstance(each, Refusal)]
    assert len(refused) == 1
    notice.refresh_from_db()
    came = Objection.objects.filter(notice=notice).count()
    assert (notice.state, came, refused[0].code) in {
        (NoticeState.CONCLUDED.value, 0, "state.conflict"),
        (NoticeState.PUBLISHED.value, 1, "notice.objections"),
    }


def test_an_objection_is_answered_once() -> None:
    district, project = scene()
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    objection = ObjectionFactory(notice=notice)
    answers = at_once(
        *(
            lambda by=by: objections.answer_objection(
                objection=Objection.objects.get(pk=objection.pk),
                values=AnswerValues(
                    outcome=Outcome.TAKEN,
                    answer=by.username,
                    answered_on=date(2025, 4, 22),
                    way=Way.VISIT,
                ),
                by=by,
                now=NOW,
            )
            for by in (district.users["zhonglou"], district.users["bureau"])
        )
    )
    assert sum(isinstance(each, StateConflict) for each in answers) == 1
    assert sum(isinstance(each, Objection) for each in answers) == 1


def test_a_handover_is_confirmed_once() -> None:
    district, project = scene()
    GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28))
    row = HandoverFactory(estate=project.estates.get())
    head = district.users["zhonglou-head"]
    answers = at_once(
        *(
            lambda: confirming.confirm(
                row=Handover.objects.get(pk=row.pk),
                scope=scope_for(head),
                by=head,
                now=NOW,
                seen_version=1,
            )
            for _ in range(2)
        )
    )
    assert sum(isinstance(each, StateConflict) for each in answers) == 1
    row.refresh_from_db()
    assert (row.state, row.version) == ("confirmed", 2)


def test_two_committees_at_once_follow_one_another_or_one_is_refused() -> None:
    district, project = scene()
    estate = project.estates.get()

    def found(kind: CommitteeKind, day: int) -> object:
        return aftercare.save_tenure(
            row=Committee(
                estate=Estate.objects.get(pk=estate.pk), kind=kind, since_on=date(2025, 4, day)
            ),
            organisation=project.street,
            of="文昌园",
            by=district.users["zhonglou"],
            now=NOW,
        )

    at_once(lambda: found(CommitteeKind.RENEWAL, 1), lambda: found(CommitteeKind.OWNERS, 20))
    rows = Committee.objects.order_by("since_on").values_list("kind", "ended_on")
    assert list(rows) == [("renewal", date(2025, 4, 20)), ("owners", None)]


def test_the_fund_is_not_used_twice() -> None:
    district, project = scene()
    estate = project.estates.get()
    FundEntryFactory(estate=estate, amount_fen=100_00)

    def use(note: str) -> object:
        return aftercare.save_fund_entry(
            row=FundEntry(
                estate=Estate.objects.get(pk=estate.pk),
                move=FundMove.USED,
                moved_on=date(2025, 4, 1),
                amount_fen=60_00,
                note=note,
            ),
            organisation=project.street,
            of="文昌园",
            by=district.users["zhonglou"],
            now=NOW,
        )

    answers = at_once(lambda: use("换水泵"), lambda: use("修门禁"))
    refused = [each for each in answers if isinstance(each, Refusal)]
    assert [each.code for each in refused] == ["fund.balance"]
    assert FundEntry.objects.filter(move=FundMove.USED).count() == 1
