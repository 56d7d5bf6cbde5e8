"""The money of streets as the database adds it is what its projects' sources come to, for every day and reader."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from projects.funding.chain import ORDER
from projects.funding.enums import EventState, Stage
from projects.funding.facts import money_by_street
from projects.funding.models import FundingPlan
from projects.ledger.facts import ProjectFacts
from projects.ledger.models import Programme
from renovation.accounts.scope import scope_of
from renovation.core.measures import Approval
from reports.figures.services import DISTRICT, STREET, Facts, load
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import cancel, move
from tests.factories.funding import FundingEventFactory, FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import PartyFactory, ProgrammeFactory, make_project
from tests.reports.figures.district import NOW

pytestmark = pytest.mark.django_db

MONDAY = date(2025, 4, 14)
DAYS = (MONDAY - timedelta(days=1), date(2025, 5, 11))
NAMES = ("计划", "下达", "到位", "拨付", "支付", "资金到位率", "拨付率", "支付率")


@pytest.fixture
def district() -> District:
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    """Five projects in two streets: B moves from 钟楼 to 松龄路, D is cancelled between the days, E has no money. Z is of
    the year before, and has some. A company works in A and B."""
    dice = random.Random(7)
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    old, new = district.street("zhonglou"), district.street("songlinglu")
    earlier = ProgrammeFactory(bureau=district.bureau, year=2024)
    projects = {
        code: make_project(programme=year, street=street, code=code)
        for code, year, street in (
            ("A", made, old), ("B", made, old), ("Z", earlier, old),
            ("C", made, new), ("D", made, new), ("E", made, new),
        )
    }  # fmt: skip
    for code in "AB":
        PartyFactory(project=projects[code], organisation=district.contractor)
    sources = [FundingSourceFactory(code=code) for code in ("central", "residents")]
    for code in "ABCDZ":
        for source in sources:
            FundingPlanFactory(
                project=projects[code], source=source, planned_fen=dice.randrange(10**12)
            )
            for stage in ORDER:
                FundingEventFactory(
                    project=projects[code],
                    source=source,
                    stage=stage,
                    amount_fen=dice.randrange(1, 10**12),
                    occurred_on=date(2025, 2, 1) + timedelta(days=dice.randrange(90)),
                    state=dice.choice(EventState.values),
                )
    received = {
        "project": projects["C"],
        "source": sources[0],
        "stage": Stage.RECEIVED,
        "occurred_on": date(2025, 2, 1),
    }
    first = FundingEventFactory(**received, amount_fen=10**12)
    # What waits in two projects comes to nothing together, and something waits all the same.
    more = received | {"project": projects["A"]}
    FundingEventFactory(**more, amount_fen=500, state=EventState.PENDING)
    less = {"corrects": first, "reason": "多记"}
    FundingEventFactory(**received, **less, amount_fen=-500, state=EventState.PENDING)
    move(projects["B"], new, MONDAY)
    cancel(projects["D"], date(2025, 5, 1))
    return made


def read(programme: Programme, day: date, approval: Approval, user: object, added: bool) -> Facts:
    scope = scope_of(user, on=day) if user else None  # type: ignore[arg-type]
    return load(
        programme=programme, as_of=day, approval=approval, now=NOW, scope=scope, in_sum=added
    )


@pytest.mark.parametrize("reader", ["", "reviewer", "zhonglou", "songlinglu", "contractor"])
@pytest.mark.parametrize("approval", list(Approval))
@pytest.mark.parametrize("day", DAYS)
def test_every_reader_is_told_the_same(
    district: District, programme: Programme, day: date, approval: Approval, reader: str
) -> None:
    user = district.users[reader] if reader else None
    plain = read(programme, day, approval, user, added=False)
    added = read(programme, day, approval, user, added=True)
    assert any(plain.get(name).value for name in NAMES)
    for level in (DISTRICT, STREET):
        assert added.figures(level, NAMES) == plain.figures(level, NAMES)
    assert [added.get(name) for name in NAMES] == [plain.get(name) for name in NAMES]
    # Else the long way would have been compared with itself.
    assert added.amounts_by_street is not None
    assert plain.amounts_by_street is None


@pytest.mark.parametrize("approval", list(Approval))
@pytest.mark.parametrize("day", DAYS)
def test_a_part_is_told_the_same(
    district: District, programme: Programme, day: date, approval: Approval
) -> None:
    """Of some projects, among them one that moves, and of some of these: never the money of the others."""
    plain = read(programme, day, approval, None, added=False)
    added = read(programme, day, approval, None, added=True)
    key = {fact.code: fact.pk for fact in plain.projects}
    for codes in ("ABC", "AC", "B", "E"):
        some = {key[code] for code in codes}
        part, same = plain.only(some), added.only(some)
        assert same.figures(DISTRICT, NAMES) == part.figures(DISTRICT, NAMES)
        assert same.figures(STREET, NAMES) == part.figures(STREET, NAMES)
        assert same.amounts_by_street is not None
    outer, inner = {key["A"], key["C"]}, {key["A"], key["B"]}
    for each in (plain, added):
        assert each.only(outer).only(inner).figures(DISTRICT, NAMES) == (
            each.only({key["A"]}).figures(DISTRICT, NAMES)
        )


def test_only_the_projects_that_are_named_are_added_up(
    district: District, programme: Programme
) -> None:
    """Those that are named, whatever lies between them: others of their streets, one of another year."""
    facts = read(programme, DAYS[1], Approval.ALL, None, added=True)

    def of(codes: str) -> dict[str, int]:
        chosen = [fact for fact in facts.projects if fact.code in codes]
        found = money_by_street(projects=chosen, day=DAYS[1], approval=Approval.ALL)
        return {row.street_code: row.planned_fen for row in found}

    planned = {fact.code: money_of(fact) for fact in facts.projects}
    assert all(planned[code] > 0 for code in "ABC")
    here, there = planned["A"], planned["B"] + planned["C"]
    assert of("ABCE") == {"zhonglou": here, "songlinglu": there}
    assert of("AC") == {"zhonglou": here, "songlinglu": planned["C"]}
    assert of("BE") == {"songlinglu": planned["B"]}
    assert of("E") == {"songlinglu": 0}
    assert of("") == {}
    far = make_project(programme=programme, street=district.street("zhonglou"), pk=10_000, code="F")
    FundingPlanFactory(project=far, source=FundingSourceFactory(code="far"), planned_fen=700)
    facts = read(programme, DAYS[1], Approval.ALL, None, added=True)
    assert of("AF") == {"zhonglou": here + 700}
    assert of("F") == {"zhonglou": 700}


def money_of(fact: ProjectFacts) -> int:
    """What is planned for a project in 分, row by row."""
    plans = FundingPlan.objects.filter(project=fact.pk)
    return sum(plans.values_list("planned_fen", flat=True))
