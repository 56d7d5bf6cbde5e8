"""交办事项, 交办已办结, 交办按期办结率: each item judged once, by the limit that was in force when it was over."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from projects.ledger.models import Project
from renovation.core.calendar import local_moment
from renovation.core.declarations import contributions
from renovation.core.declarations import measure as compute
from renovation.core.measures import Approval
from renovation.core.periods import Month, Period, Year
from supervision.dispatch.facts import ItemFacts, item_facts
from supervision.dispatch.items import services
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.measures import MEASURES
from supervision.dispatch.models import DispatchItem
from tests.factories.accounts import District, scope_for
from tests.factories.dispatch import AFTER, make_held, make_item, make_reported, make_working
from tests.factories.enrolment import move
from tests.factories.ledger import PartyFactory

DECLARED = {each.name: each for each in MEASURES}
LATER = date(2025, 6, 30)


def _at(day: date) -> datetime:
    return local_moment(day, time(15))


def _facts(district: District, on: date = LATER, period: Period | None = None) -> list[ItemFacts]:
    return item_facts(bureau=district.bureau, period=period or Year(2025), on=on, scope=None)


def _figure(district: District, name: str, on: date = LATER, period: Period | None = None) -> str:
    facts = _facts(district, on, period)
    found = compute(
        DECLARED[name], facts, as_of=on, approval=Approval.APPROVED, period=period or Year(2025)
    )
    return f"{found.text} {found.parts_text}".strip()


def _finish(district: District, item: DispatchItem, reported: date, closed: date) -> None:
    street = district.users["banyanglu"]
    if item.state == "to_accept":
        services.accept(item=item, by=street, now=AFTER)
    services.report(item=item, text="办完", by=street, now=_at(reported))
    services.close(item=item, by=district.users["bureau"], now=_at(closed))


def test_what_counts(district: District) -> None:
    _finish(district, make_working(district), date(2025, 5, 19), date(2025, 5, 22))
    make_working(district)
    make_item(district, meeting=make_held(district).meeting)  # waits for its minutes
    taken_back = make_item(district)
    services.cancel(item=taken_back, text="x", by=district.users["bureau"], now=AFTER)
    assert _figure(district, "交办事项") == "2"
    assert _figure(district, "交办已办结") == "1"


def test_the_day_of_the_accepted_report_decides_not_that_of_the_bureau(
    district: District,
) -> None:
    _finish(district, make_working(district), date(2025, 5, 19), date(2025, 5, 28))
    _finish(district, make_working(district), date(2025, 5, 20), date(2025, 5, 20))
    assert _figure(district, "交办按期办结率").startswith("50.0 1 / 2")


def test_what_is_not_over_is_not_judged(district: District) -> None:
    make_working(district)
    assert _figure(district, "交办按期办结率", on=date(2025, 5, 19)).startswith("—")
    assert _figure(district, "交办按期办结率", on=date(2025, 5, 20)).startswith("0.0 0 / 1")


def test_a_report_in_time_waits_for_the_bureau(district: District) -> None:
    item = make_reported(district)
    assert _figure(district, "交办按期办结率").startswith("—")
    services.send_back(item=item, text="缺照片", by=district.users["bureau"], now=AFTER)
    assert _figure(district, "交办按期办结率").startswith("0.0 0 / 1")


@pytest.mark.parametrize(
    ("granted", "figure"), [(date(2025, 5, 19), "100.0 1 / 1"), (date(2025, 5, 20), "0.0 0 / 1")]
)
def test_time_granted_before_the_limit_counts(
    district: District, granted: date, figure: str
) -> None:
    item = make_working(district)
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 26), text="x", by=district.users["banyanglu"], now=AFTER
    )
    services.grant_extension(
        item=item, granted_on=date(2025, 5, 26), by=district.users["bureau"], now=_at(granted)
    )
    _finish(district, item, date(2025, 5, 26), date(2025, 5, 26))
    assert _figure(district, "交办按期办结率").startswith(figure)


def test_what_a_month_said_at_its_end_stays_and_the_months_make_the_year(
    district: District,
) -> None:
    """An item is judged in the period in which the answer is known."""
    _finish(district, make_working(district), date(2025, 5, 16), date(2025, 5, 19))
    make_working(district, due_on=date(2025, 5, 30))  # over on the last day of May
    may, june, rate = Month(2025, 5), Month(2025, 6), "交办按期办结率"
    # Reported by the end of May, closed in June; over on 1 June; reported in time and sent back in June.
    _finish(district, make_working(district, due_on=date(2025, 6, 3)), date(2025, 5, 30), date(2025, 6, 2))  # fmt: skip
    make_working(district, due_on=date(2025, 5, 31))
    back = make_working(district, due_on=date(2025, 5, 30))
    street, bureau = district.users["banyanglu"], district.users["bureau"]
    services.report(item=back, text="办完", by=street, now=_at(date(2025, 5, 29)))
    at_the_end = _figure(district, rate, on=may.end, period=may)
    assert at_the_end.startswith("50.0 1 / 2")
    services.send_back(item=back, text="缺照片", by=bureau, now=_at(date(2025, 6, 4)))
    _finish(district, back, date(2025, 6, 5), date(2025, 6, 6))
    for on in (may.end, june.end):
        assert _figure(district, rate, on=on, period=may).startswith("50.0 1 / 2")
    assert _figure(district, rate, on=june.end, period=june).startswith("33.3 1 / 3")
    assert _figure(district, rate, on=june.end, period=Year(2025)).startswith("40.0 2 / 5")
    assert _figure(district, "交办事项", period=june) == "0"


def test_what_is_sent_back_later_was_not_judged_before(district: District) -> None:
    item = make_reported(district)
    services.send_back(item=item, text="缺照片", by=district.users["bureau"], now=_at(date(2025, 5, 22)))  # fmt: skip
    (before,) = _facts(district, on=date(2025, 5, 21))
    assert (before.reported_on, before.sent_back_on, before.judged_on) == (AFTER.date(), None, None)
    (after,) = _facts(district, on=date(2025, 5, 22))
    assert (after.reported_on, after.judged_on, after.in_time) == (None, date(2025, 5, 22), False)


def test_what_is_passed_on_after_its_limit_stays_with_who_let_it_run_over(
    district: District,
) -> None:
    zhonglou = district.street("zhonglou")
    late, early = make_working(district), make_working(district)
    for item, day in ((early, date(2025, 5, 15)), (late, date(2025, 6, 18))):
        services.transfer(
            item=item,
            answerer=Answerer.street(zhonglou),
            text="属地划转",
            by=district.users["bureau"],
            now=_at(day),
        )

    def who(on: date) -> list[tuple[str, str]]:
        return [(fact.street_code, fact.label.split()[1]) for fact in _facts(district, on=on)]

    mine, theirs = ("banyanglu", "般阳路街道"), ("zhonglou", "钟楼街道")
    assert who(date(2025, 5, 14)) == [mine, mine]
    assert who(date(2025, 5, 20)) == who(LATER) == [mine, theirs]
    for name, items in (("banyanglu", [late.code]), ("zhonglou", [early.code])):
        scope = scope_for(district.users[name], LATER)
        seen = item_facts(bureau=district.bureau, period=Year(2025), on=LATER, scope=scope)
        assert [fact.label.split()[0] for fact in seen] == items


def test_a_project_that_moves_after_the_limit_leaves_its_items_with_the_street_that_had_it(
    district: District, projects: list[Project], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    project, stays = projects[0], projects[1]
    party = PartyFactory(project=project, organisation=district.contractor)
    other = PartyFactory(project=stays, organisation=district.contractor)
    make_item(district, project=project, answerer=Answerer.of_party(party))
    # Its limit is the last day before the move, and the day of the move.
    section = Answerer.section(district.bureau, "质量安全科")
    make_item(district, project=project, answerer=section, due_on=date(2025, 8, 31))
    make_item(district, project=project, answerer=section, due_on=date(2025, 9, 1))
    make_item(district, project=stays, answerer=Answerer.of_party(other))
    # A street that answers has it wherever the project is.
    make_item(district, project=project, street="songlinglu")

    def counted(on: date) -> list[str]:
        return [fact.street_code for fact in _facts(district, on=on)]

    def seen_by(name: str, on: date) -> list[str]:
        scope = scope_for(district.users[name], on)
        facts = item_facts(bureau=district.bureau, period=Year(2025), on=on, scope=scope)
        return [fact.label.split()[0].rpartition("-")[2] for fact in facts]

    first = ["banyanglu", "banyanglu", "banyanglu", "songlinglu", "songlinglu"]
    with django_assert_num_queries(2):
        assert counted(LATER) == first
    assert seen_by("banyanglu", LATER) == ["1", "2", "3", "5"]
    move(project, district.street("zhonglou"), date(2025, 9, 1))
    with django_assert_num_queries(3):
        assert counted(LATER) == first
    assert seen_by("banyanglu", LATER) == ["1", "2", "3", "5"]
    end = date(2025, 12, 31)
    assert counted(end) == ["banyanglu", "banyanglu", "zhonglou", "songlinglu", "songlinglu"]
    assert seen_by("banyanglu", end) == ["1", "2", "5"]
    assert seen_by("zhonglou", end) == ["3"]


def test_what_was_known_then(district: District) -> None:
    item = make_working(district)
    _finish(district, item, date(2025, 5, 16), date(2025, 5, 22))
    (before,) = _facts(district, on=date(2025, 5, 21))
    assert (before.done_on, before.reported_on, before.judged_on) == (None, date(2025, 5, 16), None)
    (after,) = _facts(district, on=date(2025, 5, 22))
    assert (after.reported_on, after.judged_on) == (date(2025, 5, 16), date(2025, 5, 22))
    assert _facts(district, on=AFTER.date() - timedelta(days=1)) == []


def test_rows_say_whose_they_are(district: District, projects: list[Project]) -> None:
    make_item(district, project=projects[1], street="banyanglu")
    (row,) = contributions(DECLARED["交办事项"], _facts(district))
    assert (row.fact.street_code, row.fact.project_code) == (
        district.street("banyanglu").code,
        projects[1].code,
    )
    assert row.fact.label == "〔2025〕第20周-1 般阳路街道"
    scope = scope_for(district.users["zhonglou"], AFTER.date())
    assert item_facts(bureau=district.bureau, period=Year(2025), on=LATER, scope=scope) == []
