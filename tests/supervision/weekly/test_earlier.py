"""What an approved return is compared with stays what it was at its approval; a draft sees what counts now."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from projects.ledger.models import Project
from renovation.core.periods import Week
from supervision.weekly import services
from supervision.weekly.earlier import Last, figures_before
from supervision.weekly.enums import ReturnAct, ReturnState
from supervision.weekly.models import ReturnEvent, WeeklyReturn
from tests.conftest import Clock
from tests.factories.enrolment import move
from tests.factories.weekly import make_return
from tests.supervision.weekly.office import WEEK, Office, moment, values_of
from tests.supervision.weekly.return_paper.test_return_paper import cells, compiled, row_of

pytestmark = pytest.mark.django_db
PAGE = "/weekly/2025-05-05/songlinglu/"
BEFORE = Week(date(2025, 4, 28))


@pytest.fixture(autouse=True)
def _thursday(clock: Clock) -> None:
    clock.at("2025-05-08 15:00")


def go_on(office: Office, sent: WeeklyReturn, day: str) -> WeeklyReturn:
    """Review and approve a return that was submitted."""
    reviewed = services.review(weekly_return=sent, by=office.head, now=moment(f"{day} 16:20"))
    return services.approve(weekly_return=reviewed, by=office.reviewer, now=moment(f"{day} 16:30"))


def write(office: Office, to: WeeklyReturn, progress: str, fen: int, at: datetime) -> None:
    rows = [
        values_of(
            project,
            progress_percent=Decimal(progress),
            completed_investment_fen=fen,
            explanation="监理核减",
        )
        for project in office.projects
    ]
    services.write_reports(weekly_return=to, rows=rows, by=office.clerk, now=at)


def corrected(
    office: Office, old: WeeklyReturn, progress: str, fen: int, day: str = "2025-05-09"
) -> WeeklyReturn:
    """A correction of a return on a later day, carried to its approval."""
    at = moment(f"{day} 16:00")
    new = services.correct(weekly_return=old, reason="报错", by=office.clerk, now=at)
    write(office, new, progress, fen, at)
    return go_on(office, services.submit(weekly_return=new, by=office.clerk, now=at), day)


def told(client: Client, project: Project, version: int = 1) -> list[str]:
    """上周, 本周, 变化 of progress and of investment, as the page of the week shows them."""
    page = client.get(f"{PAGE}?version={version}").content.decode()
    tail = page.partition(f'id="row-{project.pk}"')[2].partition("</tr>")[0]
    labels = "形象上周|形象本周|形象变化|投资上周|投资本周|投资变化"
    return [text.strip() for text in re.findall(rf'data-label="(?:{labels})[^"]*">([^<]*)<', tail)]


def books(client: Client, version: int = 1) -> list[list[list[Any]]]:
    address = f"{PAGE}paper/workbook/?version={version}"
    return [cells(client, sheet, address) for sheet in ("报送表", "校验与说明", "办理与承诺")]


def test_a_correction_of_the_week_before_leaves_an_approved_return_as_it_was_approved(
    client: Client, office: Office
) -> None:
    one, two = office.projects
    april = make_return(
        office.street,
        {one: ("8.4", 28_0000_00), two: ("8.4", 28_0000_00)},
        week_start=BEFORE.start,
    )
    approved = office.approved()
    client.force_login(office.clerk)
    row = ["8.4", "10.0", "+1.6", "28.00", "30.00", "+2.00"]
    assert told(client, one) == row
    before, digest = books(client), compiled(client)
    assert row_of(before[0], one.code)[3:6] == [8.4, 10.0, 1.6]

    corrected(office, april, "14.0", 45_0000_00)  # above what the week after says

    assert told(client, one) == row
    assert (books(client), compiled(client)) == (before, digest)
    assert "小于上周" not in client.get(PAGE).content.decode()

    services.correct(
        weekly_return=approved, reason="上周更正", by=office.clerk, now=moment("2025-05-09 17:00")
    )
    assert told(client, one, version=2) == ["14.0", "10.0", "−4.0", "45.00", "30.00", "−15.00"]
    draft = client.get(f"{PAGE}?version=2").content.decode()
    assert draft.count("小于上周：10.0") == 2
    assert row_of(books(client, version=2)[0], one.code)[3:6] == [14.0, 10.0, -4.0]
    # The version that was approved still says what was approved; only that it is being corrected is added.
    assert told(client, one) == row


def test_a_return_that_waited_then_is_told_as_it_was_sent_then(
    client: Client, office: Office, django_assert_num_queries: Any
) -> None:
    """Sent back and sent anew after the week that follows it was approved: the approver saw the first figures, 待核."""
    one, _ = office.projects
    sent_at = moment("2025-05-01 15:00")
    april = services.open_return(street=office.street, week=BEFORE, by=office.clerk, now=sent_at)
    write(office, april, "8.4", 28_0000_00, sent_at)
    april = services.submit(weekly_return=april, by=office.clerk, now=sent_at)
    approved = office.approved()
    assert approved.approved_at is not None
    client.force_login(office.head)
    row = ["8.4", "10.0", "+1.6", "28.00", "30.00", "+2.00"]
    assert told(client, one) == row
    before = books(client)
    assert row_of(before[0], one.code)[3] == 8.4

    at = moment("2025-05-09 09:00")
    back = services.send_back(weekly_return=april, comment="核对", by=office.head, now=at)
    assert (told(client, one), books(client)) == (row, before)
    write(office, back, "9.0", 29_0000_00, at)
    assert (told(client, one), books(client)) == (row, before)
    again = services.submit(weekly_return=back, by=office.clerk, now=at)
    assert (told(client, one), books(client)) == (row, before)
    go_on(office, again, "2025-05-09")
    assert (told(client, one), books(client)) == (row, before)

    among = Project.objects.filter(street=office.street)
    with django_assert_num_queries(3):
        lasts, _ = figures_before(among=among, week=WEEK, at=approved.approved_at)
    assert lasts[one.pk] == Last(BEFORE, Decimal("8.4"), 28_0000_00, is_approved=False)
    with django_assert_num_queries(1):
        lasts, _ = figures_before(among=among, week=WEEK)
    assert lasts[one.pk] == Last(BEFORE, Decimal("9.0"), 29_0000_00, is_approved=True)


def test_what_stood_sent_back_or_came_later_was_not_there(office: Office) -> None:
    """Of three moments: before it was sent, while it stood sent back, after it was sent anew."""
    one, _ = office.projects
    first, again = moment("2025-05-01 15:00"), moment("2025-05-02 11:00")
    april = services.open_return(street=office.street, week=BEFORE, by=office.clerk, now=first)
    write(office, april, "8.4", 28_0000_00, first)
    sent = services.submit(weekly_return=april, by=office.clerk, now=first)
    back = services.send_back(
        weekly_return=sent, comment="核对", by=office.head, now=moment("2025-05-02 09:00")
    )
    write(office, back, "9.0", 29_0000_00, again)
    services.submit(weekly_return=back, by=office.clerk, now=again)
    among = Project.objects.filter(street=office.street)
    for text, expected in (
        ("2025-05-01 14:59", None),
        ("2025-05-01 15:00", Decimal("8.4")),
        ("2025-05-02 09:30", None),
        ("2025-05-02 11:00", Decimal("9.0")),
    ):
        lasts, _ = figures_before(among=among, week=WEEK, at=moment(text))
        last = lasts.get(one.pk)
        assert (text, last and last.progress_percent) == (text, expected)


@pytest.mark.parametrize("is_remarked", [True, False])
def test_the_remark_on_the_street_stays_as_it_was(
    client: Client, office: Office, is_remarked: bool
) -> None:
    """W308 compares with the weeks before: neither comes one nor goes one when they are corrected."""
    one, two = office.projects
    weeks = [
        make_return(
            office.street,
            {one: ("5.0", n * 1_0000_00), two: ("5.0", n * 1_0000_00)},
            week_start=BEFORE.shift(n - 19).start,
        )
        for n in range(10, 20)
    ]
    step = 40_0000_00 if is_remarked else 1_0000_00
    approved = office.approved(
        progress_percent=Decimal("6.0"), completed_investment_fen=19_0000_00 + step
    )
    client.force_login(office.clerk)
    words = "完成投资本周共增加"
    assert (words in client.get(PAGE).content.decode()) is is_remarked
    before = books(client)

    # With it the rise would be none where there was one, and one where there was none.
    wrong = 19_0000_00 + step - 1_0000_00 if is_remarked else 19_0000_00 - 8_0000_00
    corrected(office, weeks[-1], "5.0", wrong)

    assert (words in client.get(PAGE).content.decode()) is is_remarked
    assert books(client) == before
    services.correct(
        weekly_return=approved, reason="上周更正", by=office.clerk, now=moment("2025-05-09 17:00")
    )
    assert (words in client.get(f"{PAGE}?version=2").content.decode()) is not is_remarked


# -- codes that change -------------------------------------------------------------------------------
def take_over(office: Office) -> None:
    """The code of the first project is corrected, and the second one gets the code that it had."""
    one, two = office.projects
    code = one.code
    Project.objects.filter(pk=one.pk).update(code="ZC2025-99")
    Project.objects.filter(pk=two.pk).update(code=code)


def test_a_code_that_is_corrected_or_taken_over_keeps_every_project_its_own_figures(
    client: Client, office: Office
) -> None:
    one, two = office.projects
    sent_at = moment("2025-05-01 15:00")
    april = services.open_return(street=office.street, week=BEFORE, by=office.clerk, now=sent_at)
    rows = [
        values_of(one, progress_percent=Decimal("8.4"), completed_investment_fen=28_0000_00),
        values_of(two, progress_percent=Decimal("5.0"), completed_investment_fen=21_0000_00),
    ]
    services.write_reports(weekly_return=april, rows=rows, by=office.clerk, now=sent_at)
    april = services.submit(weekly_return=april, by=office.clerk, now=sent_at)
    office.approved()
    client.force_login(office.clerk)
    shown = {
        one: ["8.4", "10.0", "+1.6", "28.00", "30.00", "+2.00"],
        two: ["5.0", "10.0", "+5.0", "21.00", "30.00", "+9.00"],
    }
    at = moment("2025-05-09 09:00")
    back = services.send_back(weekly_return=april, comment="核对", by=office.head, now=at)
    assert {project: told(client, project) for project in shown} == shown
    take_over(office)
    assert {project: told(client, project) for project in shown} == shown
    # Nor is a row that stayed as it was told as changed since it was sent back.
    assert "退回以来改了什么" not in client.get("/weekly/2025-04-28/songlinglu/").content.decode()
    one.refresh_from_db()
    mended = values_of(one, progress_percent=Decimal("8.6"), completed_investment_fen=28_0000_00)
    services.write_reports(weekly_return=back, rows=[mended], by=office.clerk, now=at)
    page = client.get("/weekly/2025-04-28/songlinglu/").context["detail"]
    assert [(each.project, each.before, each.after) for each in page.changes] == [
        (one.name, "8.4", "8.6")
    ]


def test_an_event_from_before_ids_were_kept_is_read_by_code(office: Office) -> None:
    one, two = office.projects
    april = make_return(
        office.street,
        {one: ("9.0", 29_0000_00), two: ("9.0", 29_0000_00)},
        week_start=BEFORE.start,
        state=ReturnState.SUBMITTED,
    )
    sent_at, at, back_at = (moment(f"2025-05-0{day} 15:00") for day in (1, 2, 3))
    WeeklyReturn.objects.filter(pk=april.pk).update(
        state=ReturnState.SENT_BACK,
        submitted_at=sent_at,
        first_submitted_at=sent_at,
        sent_back_at=back_at,
        sent_back_by=office.head,
        comment="核对",
    )
    ReturnEvent.objects.create(
        weekly_return=april,
        act=ReturnAct.SUBMIT,
        from_state=ReturnState.DRAFT,
        to_state=ReturnState.SUBMITTED,
        at=sent_at,
        by=office.clerk,
        rows=[
            {
                "project": one.code,
                "progress_percent": "8.4",
                "completed_investment_fen": 28_0000_00,
            }
        ],
    )
    among = Project.objects.filter(street=office.street)
    lasts, _ = figures_before(among=among, week=WEEK, at=at)
    assert lasts == {one.pk: Last(BEFORE, Decimal("8.4"), 28_0000_00, is_approved=False)}


# -- what the approver saw ---------------------------------------------------------------------------
def looked_at(page: str) -> dict[str, str]:
    """What the form of 核定 posts of what stands on the page."""
    form = page.partition("act/approve/")[2] or page
    return dict(re.findall(r'type="hidden" name="(version|edition|before)" value="([^"]*)"', form))


def test_nothing_is_approved_beside_earlier_figures_that_its_approver_did_not_see(
    client: Client, office: Office
) -> None:
    one, two = office.projects
    april = make_return(
        office.street,
        {one: ("8.4", 28_0000_00), two: ("8.4", 28_0000_00)},
        week_start=BEFORE.start,
    )
    waiting = office.reviewed()
    client.force_login(office.reviewer)
    seen = looked_at(client.get(PAGE).content.decode())
    assert seen.keys() == {"version", "edition", "before"}
    corrected(office, april, "9.0", 29_0000_00)

    answer = client.post(f"{PAGE}act/approve/", seen)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "您打开以后，作比较的以前各周的数又有变化，请回到周报页重新核对。" in text
    # Pressing it once more is no look at them.
    assert looked_at(text) == seen
    assert client.post(f"{PAGE}act/approve/", looked_at(text)).status_code == 409
    waiting.refresh_from_db()
    assert (waiting.state, waiting.approved_at) == (ReturnState.REVIEWED, None)

    page = client.get(PAGE).content.decode()
    assert told(client, one) == ["9.0", "10.0", "+1.0", "29.00", "30.00", "+1.00"]
    assert client.post(f"{PAGE}act/approve/", looked_at(page)).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == ReturnState.APPROVED


def test_a_correction_that_leaves_the_earlier_figures_holds_nothing_up(
    client: Client, office: Office
) -> None:
    one, two = office.projects
    april = make_return(
        office.street,
        {one: ("8.4", 28_0000_00), two: ("8.4", 28_0000_00)},
        week_start=BEFORE.start,
    )
    office.reviewed()
    client.force_login(office.reviewer)
    seen = looked_at(client.get(PAGE).content.decode())
    corrected(office, april, "8.4", 28_0000_00)
    make_return(office.other, {office.stranger: ("50.0", 80_0000_00)}, week_start=BEFORE.start)
    assert client.post(f"{PAGE}act/approve/", seen).status_code == 302


def test_an_approval_of_the_same_earlier_figures_holds_nothing_up(
    client: Client, office: Office
) -> None:
    """The approver approves the week before in another window: 待核 becomes 已核定, and no figure is another."""
    sent_at = moment("2025-05-01 15:00")
    april = services.open_return(street=office.street, week=BEFORE, by=office.clerk, now=sent_at)
    write(office, april, "8.4", 28_0000_00, sent_at)
    april = services.submit(weekly_return=april, by=office.clerk, now=sent_at)
    office.reviewed()
    client.force_login(office.reviewer)
    seen = looked_at(client.get(PAGE).content.decode())
    go_on(office, april, "2025-05-08")
    assert looked_at(client.get(PAGE).content.decode()) == seen
    assert client.post(f"{PAGE}act/approve/", seen).status_code == 302


@pytest.mark.parametrize(("step", "status"), [(1_0000_00, 302), (40_0000_00, 409)])
def test_a_correction_of_a_week_long_past_is_told_where_the_remark_on_the_street_changes(
    client: Client, office: Office, step: int, status: int
) -> None:
    one, two = office.projects
    weeks = [
        make_return(
            office.street,
            {one: ("5.0", n * 1_0000_00), two: ("5.0", n * 1_0000_00)},
            week_start=BEFORE.shift(n - 19).start,
        )
        for n in range(9, 20)
    ]
    office.reviewed(progress_percent=Decimal("6.0"), completed_investment_fen=19_0000_00 + step)
    client.force_login(office.reviewer)
    page = client.get(PAGE).content.decode()
    assert ("完成投资本周共增加" in page) is (status == 409)
    corrected(office, weeks[1], "5.0", 10_5000_00)
    answer = client.post(f"{PAGE}act/approve/", looked_at(page))
    assert answer.status_code == status


def test_a_row_of_a_project_that_reports_no_more_holds_nothing_up(
    client: Client, office: Office
) -> None:
    one, two = office.projects
    make_return(
        office.street,
        {one: ("8.4", 28_0000_00), two: ("8.4", 28_0000_00)},
        week_start=BEFORE.start,
    )
    office.reviewed()
    move(two, office.other, date(2025, 5, 5))
    client.force_login(office.reviewer)
    page = client.get(PAGE)
    assert [row.context.project_id for row in page.context["detail"].rows] == [one.pk]
    seen = looked_at(page.content.decode())
    assert client.post(f"{PAGE}act/approve/", seen).status_code == 302


def test_nothing_is_approved_that_was_sent_anew_since_the_page_was_opened(
    client: Client, office: Office
) -> None:
    waiting = office.reviewed()
    client.force_login(office.reviewer)
    seen = looked_at(client.get(PAGE).content.decode())
    at = moment("2025-05-08 15:30")
    back = services.send_back(weekly_return=waiting, comment="核对", by=office.head, now=at)
    write(office, back, "11.0", 31_0000_00, at)
    sent = services.submit(weekly_return=back, by=office.clerk, now=at)
    services.review(weekly_return=sent, by=office.head, now=at)
    answer = client.post(f"{PAGE}act/approve/", seen)
    assert answer.status_code == 409
    assert "您打开以后这份周报又有变化，请回到周报页重新核对。" in answer.content.decode()
    again = client.post(f"{PAGE}act/approve/", looked_at(answer.content.decode()))
    assert again.status_code == 409
    waiting.refresh_from_db()
    assert waiting.state == ReturnState.REVIEWED
