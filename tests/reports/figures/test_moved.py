"""A project that moves to another street: past figures stay with the street where it was, for every reader."""

from __future__ import annotations

from datetime import date

import pytest

from projects.funding.applications import services
from projects.ledger.models import Programme, Project
from renovation.accounts.scope import scope_of
from renovation.core.measures import Approval
from reports.figures.services import DISTRICT, STREET, Facts, figures, load, ranking
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import move
from tests.factories.funding import make_application
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return
from tests.reports.figures.district import NOW

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 4, 14)
BEFORE, AFTER = date(2025, 4, 13), date(2025, 5, 11)


@pytest.fixture
def district() -> District:
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    """A and B in 钟楼; B moves to 松龄路 on Monday 14 April and is reported by each street in its time."""
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    old, new = district.street("zhonglou"), district.street("songlinglu")
    stays = make_project(programme=made, street=old, code="A", area="10000.00")
    moves = make_project(programme=made, street=old, code="B", area="30000.00")
    make_return(old, {stays: ("10.0", 1), moves: ("30.0", 1)}, week_start=date(2025, 4, 7))
    move(moves, new, MONDAY)
    make_return(old, {stays: ("20.0", 1)}, week_start=date(2025, 4, 28))
    make_return(new, {moves: ("50.0", 1)}, week_start=date(2025, 4, 28))
    return made


def shown(
    programme: Programme, day: date, level: str, user: object = None
) -> dict[str, tuple[str, str]]:
    """(项目数, 形象进度) by place."""
    scope = scope_of(user, on=day) if user else None  # type: ignore[arg-type]
    found = figures(
        programme=programme,
        as_of=day,
        approval=Approval.APPROVED,
        level=level,
        now=NOW,
        scope=scope,
        measures=["项目数", "形象进度"],
    )
    values: dict[str, dict[str, str]] = {}
    for figure in found.figures:
        values.setdefault(figure.place.code, {})[figure.measure.name] = figure.measure.text
    return {code: (row["项目数"], row["形象进度"]) for code, row in values.items()}


def test_each_day_has_its_street(district: District, programme: Programme) -> None:
    assert shown(programme, BEFORE, STREET) == {"zhonglou": ("2", "25.0")}
    assert shown(programme, AFTER, STREET) == {
        "zhonglou": ("1", "20.0"),
        "songlinglu": ("1", "50.0"),
    }


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_a_street_reads_of_itself_what_the_bureau_reads_of_it(
    district: District, programme: Programme, day: date
) -> None:
    whole = shown(programme, day, STREET)
    for name in ("zhonglou", "songlinglu"):
        mine = shown(programme, day, STREET, district.users[name])
        assert mine == {code: row for code, row in whole.items() if code == name}


def test_the_district_does_not_change_by_it(district: District, programme: Programme) -> None:
    assert list(shown(programme, BEFORE, DISTRICT).values()) == [("2", "25.0")]
    assert list(shown(programme, AFTER, DISTRICT).values()) == [("2", "42.5")]


def test_the_ranking_of_a_past_day_is_that_of_its_streets(
    district: District, programme: Programme
) -> None:
    def ranked(day: date) -> list[str]:
        facts: Facts = load(programme=programme, as_of=day, approval=Approval.APPROVED, now=NOW)
        return [row.row.code for row in ranking(facts)]

    assert ranked(BEFORE) == ["zhonglou"]
    assert sorted(ranked(AFTER)) == ["songlinglu", "zhonglou"]


def test_what_was_asked_for_it_stays_with_the_street_of_the_day(
    district: District, programme: Programme
) -> None:
    by = district.users["bureau"]
    asked = dict.fromkeys(Project.objects.filter(code="B"), 1000000)
    services.report_application(
        application=make_application(district.bureau, by, asked=asked),
        reported_on=date(2025, 3, 1),
        document_number="一号",
        file=None,
        by=by,
        now=NOW,
    )

    def told(day: date, user: str = "") -> dict[str, str]:
        facts = load(
            programme=programme,
            as_of=day,
            approval=Approval.ALL,
            now=NOW,
            scope=scope_of(district.users[user], on=day) if user else None,
        )
        return {place.code: facts.get("申请上级资金", place).text for place in facts.places[STREET]}

    assert told(BEFORE) == {"zhonglou": "1.00"}
    assert told(AFTER) == {"songlinglu": "1.00", "zhonglou": "0.00"}
    assert told(BEFORE, "zhonglou") == {"zhonglou": "1.00"}
    assert told(AFTER, "zhonglou") == {"zhonglou": "0.00"}
    assert told(BEFORE, "songlinglu") == {}
    assert told(AFTER, "songlinglu") == {"songlinglu": "1.00"}
