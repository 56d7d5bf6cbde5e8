"""Two people act at once: a notice is not concluded over an objection that arrives, and is answered once."""

from __future__ import annotations

from datetime import date, time

import pytest

from projects.residents.enums import NoticeState, Outcome, Way
from projects.residents.models import Notice, Objection
from projects.residents.sealing import Person
from projects.residents.services import notices, objections
from projects.residents.services.objections import AnswerValues, ObjectionValues
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal, StateConflict
from tests.factories.accounts import scope_for
from tests.factories.residents import NoticeFactory, ObjectionFactory
from tests.projects.funding.test_races import at_once

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
