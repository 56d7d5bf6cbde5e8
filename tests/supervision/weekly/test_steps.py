"""What approved returns say is kept, and is what would be read now, whatever was sent, approved or mended since."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_moment
from renovation.core.measures import Approval
from renovation.core.periods import Week
from renovation.core.unchanged import SETTLED, reading
from supervision.weekly import facts, steps
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from supervision.weekly.return_facts import return_facts
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import WeeklyReturnFactory, make_return
from tests.unguarded import unguarded

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FIRST = date(2025, 4, 7)


@pytest.fixture(autouse=True)
def of_many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As many projects as there are here are kept."""
    for module in (facts, steps):
        monkeypatch.setattr(module, "_FEW", 0)
    SETTLED.clear()
    yield
    SETTLED.clear()


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def projects(district: District) -> list[Project]:
    programme = ProgrammeFactory(bureau=district.bureau)
    here, there = district.street("zhonglou"), district.street("songlinglu")
    return [
        make_project(programme=programme, street=street, code=f"ZC2025-{number}")
        for number, street in enumerate((here, here, there))
    ]


def told(projects: list[Project], approval: Approval = Approval.APPROVED) -> dict[int, list[int]]:
    """Tenths of a percent by project as a request is told them: what would be read now, and shown as such."""
    ids = [project.pk for project in projects]
    with reading():
        found = steps.report_steps(project_ids=ids, approval=approval)
    assert found == steps.report_steps(project_ids=ids, approval=approval)
    return {pk: [tenths for _, _, tenths in each] for pk, each in found.items()}


def returned(
    street: Organisation, week: int, rows: dict[Project, str], state: ReturnState, **more: object
) -> WeeklyReturn:
    return make_return(
        street,
        {project: (percent, 1) for project, percent in rows.items()},
        week_start=FIRST + timedelta(weeks=week),
        state=state,
        **more,
    )


def advance(one: WeeklyReturn, state: ReturnState) -> None:
    """To a later state, with all that the database asks for."""
    there = WeeklyReturnFactory.build(
        street=one.street, week_start=one.week_start, **{f"is_{state}": True}
    )
    values = {"published_at": there.published_at}
    for act in ("submitted", "reviewed", "approved"):
        person = getattr(there, f"{act}_by")
        if person is not None:
            person.save()
        values |= {f"{act}_at": getattr(there, f"{act}_at"), f"{act}_by": person}
    for name, value in values.items():
        if getattr(one, name) is None:  # what is approved is only published
            setattr(one, name, value)
    one.state = state
    one.save()


def test_a_correction_of_what_is_approved_shows_at_once(
    district: District, projects: list[Project]
) -> None:
    one, other, _ = projects
    street = district.street("zhonglou")
    wrong = returned(street, 0, {one: "25.0", other: "5.0"}, ReturnState.PUBLISHED)
    assert told(projects) == {one.pk: [250], other.pk: [50]}
    mended = returned(
        street, 0, {one: "20.0", other: "5.0"}, ReturnState.REVIEWED,
        version=2, supersedes=wrong, correction_reason="多报了一栋",
    )  # fmt: skip
    assert told(projects) == {one.pk: [250], other.pk: [50]}
    assert told(projects, Approval.ALL) == {one.pk: [200], other.pk: [50]}
    advance(mended, ReturnState.APPROVED)
    assert told(projects) == {one.pk: [200], other.pk: [50]}
    assert told(projects, Approval.ALL) == {one.pk: [200], other.pk: [50]}


def figures_stand(district: District, projects: list[Project], approval: Approval) -> None:
    """The newest reports and the returns of a year as a request is told them are what would be read now."""
    ids = [project.pk for project in projects]
    now = local_moment(FIRST + timedelta(weeks=9), time(9))

    def told() -> tuple[object, ...]:
        latest = [
            facts.latest_reports(project_ids=ids, on=day, approval=approval)
            for day in (FIRST + timedelta(days=30), FIRST + timedelta(days=60))
        ]
        returns = return_facts(
            bureau=district.bureau, first=Week(FIRST), last=Week(FIRST).shift(6),
            on=now.date(), now=now, approval=approval,
        )  # fmt: skip
        return latest, [row._replace(nil=None) for row in returns]

    with reading():
        kept = told()
    assert kept == told()
    assert len(kept[1]) == 14


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_sent_and_approved_the_steps_are_those_that_stand(
    seed: int, district: District, projects: list[Project]
) -> None:
    throw = random.Random(seed)  # noqa: S311
    streets = [district.street(code) for code in ("zhonglou", "songlinglu")]
    path = [
        ReturnState.DRAFT, ReturnState.SUBMITTED, ReturnState.REVIEWED,
        ReturnState.APPROVED, ReturnState.PUBLISHED,
    ]  # fmt: skip
    newest: dict[tuple[int, int], WeeklyReturn] = {}
    for _ in range(40):
        which = throw.randrange(2), throw.randrange(6)
        last = newest.get(which)
        if last is None or last.state in path[3:]:
            here = [one for one in projects if (one.pk + which[1]) % 2 == which[0]]  # they move
            rows = {
                project: str(Decimal(throw.randrange(1001)) / 10)
                for project in throw.sample(here, throw.randrange(len(here) + 1))
            }
            version = last.version + 1 if last else 1
            more = {"supersedes": last, "correction_reason": "更正"} if last else {}
            newest[which] = returned(
                streets[which[0]], which[1], rows, throw.choice(path), version=version, **more
            )
        else:
            advance(last, throw.choice(path[path.index(last.state) + 1 :]))
            last.refresh_from_db()
        among, approval = (
            throw.choice([projects, projects, projects[:2]]),
            throw.choice([*Approval]),
        )
        told(among, approval)
        figures_stand(district, projects, approval)


@pytest.mark.usefixtures("alone")
def test_what_is_approved_is_read_once(district: District, projects: list[Project]) -> None:
    one, other, third = projects
    here, there = district.street("zhonglou"), district.street("songlinglu")
    ids = [project.pk for project in projects]
    returned(here, 0, {one: "10.0", other: "5.0"}, ReturnState.APPROVED)

    def read() -> list[str]:
        """What was asked of reports: the first word behind SELECT of each statement."""
        with reading(), CaptureQueriesContext(connection) as captured:
            steps.report_steps(project_ids=ids, approval=Approval.ALL)
        asked = (query["sql"] for query in captured)
        return [sql.split()[1] for sql in asked if "weekly_weekly" in sql]

    one_return, a_project = '"weekly_weeklyreturn"."id"', '"weekly_weeklyreport"."project_id"'
    assert read() == [one_return, a_project, one_return]
    returned(there, 0, {third: "1.0"}, ReturnState.SUBMITTED)
    returned(here, 1, {one: "20.0", other: "7.0"}, ReturnState.PUBLISHED)
    assert read() == [one_return]
    assert told(projects, Approval.ALL) == {one.pk: [100, 200], other.pk: [50, 70], third.pk: [10]}


@pytest.mark.parametrize("kept", [True, False])
def test_what_waits_is_read_anew_and_what_left_the_draft_counts(
    kept: bool, district: District, projects: list[Project]
) -> None:
    one = projects[0]
    sent = returned(district.street("zhonglou"), 0, {one: "10.0"}, ReturnState.SUBMITTED)
    if kept:
        assert told(projects, Approval.ALL) == {one.pk: [100]}
    WeeklyReturn.objects.filter(pk=sent.pk).update(state=ReturnState.SENT_BACK)
    WeeklyReport.objects.update(progress_percent=Decimal("12.5"))
    assert told(projects, Approval.ALL) == {}
    WeeklyReturn.objects.filter(pk=sent.pk).update(state=ReturnState.SUBMITTED)
    assert told(projects, Approval.ALL) == {one.pk: [125]}
    advance(sent, ReturnState.APPROVED)
    assert told(projects) == {one.pk: [125]}


@contextmanager
def by_hand() -> Iterator[None]:
    """As a person who mends the database disables triggers, and puts them back."""
    table = "ALTER TABLE weekly_weeklyreport"
    names = [f"refuse_weekly_report_{event}" for event in ("update", "move")]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"{table} DISABLE TRIGGER {name}")
        try:
            yield
        finally:
            for name in names:
                cursor.execute(f"{table} ENABLE TRIGGER {name}")


@pytest.mark.parametrize("past", [by_hand, unguarded])
def test_what_is_written_past_the_triggers_is_seen(
    past: Callable[[], AbstractContextManager[None]], district: District, projects: list[Project]
) -> None:
    """By hand, or as a backup is loaded under the same ids."""
    one = projects[0]
    returned(district.street("zhonglou"), 0, {one: "10.0"}, ReturnState.APPROVED)
    assert told(projects) == {one.pk: [100]}
    figures_stand(district, projects, Approval.APPROVED)
    with past():
        WeeklyReport.objects.update(progress_percent=Decimal("12.5"))
    assert told(projects) == {one.pk: [125]}
    figures_stand(district, projects, Approval.APPROVED)


def test_nothing_is_kept_while_a_trigger_is_out_of_force(
    district: District, projects: list[Project]
) -> None:
    one = projects[0]
    returned(district.street("zhonglou"), 0, {one: "10.0"}, ReturnState.APPROVED)
    with by_hand():
        for percent in ("11.0", "12.0"):
            WeeklyReport.objects.update(progress_percent=Decimal(percent))
            assert told(projects) == {one.pk: [int(Decimal(percent) * 10)]}
            figures_stand(district, projects, Approval.APPROVED)


def test_nothing_is_kept_in_a_transaction(district: District, projects: list[Project]) -> None:
    one = projects[0]
    assert told(projects) == {}
    with reading(), transaction.atomic():
        returned(district.street("zhonglou"), 0, {one: "10.0"}, ReturnState.APPROVED)
        found = steps.report_steps(project_ids=[one.pk], approval=Approval.APPROVED)
        assert [tenths for _, _, tenths in found[one.pk]] == [100]
        transaction.set_rollback(True)
    assert told(projects) == {}


def test_another_set_of_projects_is_read_for_itself(
    district: District, projects: list[Project]
) -> None:
    one, other, third = projects
    returned(district.street("zhonglou"), 0, {one: "10.0", other: "5.0"}, ReturnState.APPROVED)
    returned(district.street("songlinglu"), 0, {third: "3.0"}, ReturnState.APPROVED)
    assert told([one, third]) == {one.pk: [100], third.pk: [30]}
    assert told([other, third]) == {other.pk: [50], third.pk: [30]}
    assert told(projects) == {one.pk: [100], other.pk: [50], third.pk: [30]}
