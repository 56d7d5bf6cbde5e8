"""报送质量: four rates of each street, the reasons of lateness beside them, a league with its method and ties."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError
from django.test import Client

from renovation.core.measures import Approval
from renovation.core.periods import Month
from reports.figures.services import STREET, Facts, load
from supervision.weekly import services
from supervision.weekly.following import services as following
from supervision.weekly.models import ReportQuestion, WeeklyReport, WeeklyReturn
from tests.conftest import Clock
from tests.factories.weekly import make_return
from tests.supervision.weekly.office import WEEK, Office, make_office, moment
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db
PAGE = "/quality/"
NOW = moment("2025-05-12 15:00")
EARLIER = WEEK.previous()
WORDS = {"work_done": "1 号楼外墙", "next_plan": "2 号楼外墙", "workers_count": 12}


@pytest.fixture
def office(clock: Clock) -> Office:
    """松龄路 (two projects) and 钟楼 (one) in May: 松龄路 sent both weeks, one late; 钟楼 the first on time only."""
    clock.at("2025-05-12 15:00")
    made = make_office()
    rows = dict.fromkeys(made.projects, ("10.0", 30000000))
    people = {"clerk": made.clerk, "head": made.head, "reviewer": made.reviewer}
    make_return(made.street, rows, week_start=EARLIER.start, words=WORDS, **people)
    make_return(
        made.street, rows, words=WORDS, late_reason="监理周五下午才报数", late_code="data", **people,
        first_submitted_at=moment("2025-05-12 09:00"), submitted_at=moment("2025-05-12 09:00"),
    )  # fmt: skip
    stranger = {made.stranger: ("10.0", 30_0000_00)}
    make_return(made.other, stranger, week_start=EARLIER.start, words=WORDS)
    return made


def _fill(**values: Any) -> None:
    """Change rows of approved returns, which nobody can: the triggers are of another test."""
    with unguarded():
        WeeklyReport.objects.update(**values)


def may(office: Office, **fields: Any) -> Facts:
    values: dict[str, Any] = {
        "programme": office.projects[0].programme,
        "as_of": date(2025, 5, 11),
        "approval": Approval.APPROVED,
        "now": NOW,
        "period": Month(2025, 5),
    }
    return load(**(values | fields))


def parts(facts: Facts, name: str) -> dict[str, str]:
    found = {place.code: facts.get(name, place).parts_text for place in facts.places[STREET]}
    return found | {"": facts.get(name).parts_text}


# -- the measures ------------------------------------------------------------------------------------
def test_whole_rows_of_those_that_were_asked_for(office: Office) -> None:
    assert parts(may(office), "完整率") == {"songlinglu": "4 / 4", "zhonglou": "1 / 2", "": "5 / 6"}
    facts = may(office)
    notes = [
        (part.fact.label, part.note)
        for part in facts.contributions(facts.declared["完整率"])
        if part.note
    ]
    assert notes == [("钟楼新村 第19周（5月5日—5月11日）", "没有报")]
    _fill(next_plan="", workers_count=None)
    assert parts(may(office), "完整率")["songlinglu"] == "0 / 4"
    note = may(office).contributions(facts.declared["完整率"])[0].note
    assert note == "没有填下周计划、在场人数"
    _fill(is_unchanged=True)
    assert parts(may(office), "完整率")["songlinglu"] == "4 / 4"


def test_a_row_that_can_still_come_is_not_yet_lacking(office: Office) -> None:
    early = may(office, now=moment("2025-05-12 11:00"))
    assert parts(early, "完整率") == {"songlinglu": "4 / 4", "zhonglou": "1 / 1", "": "5 / 5"}


def test_rows_without_a_question(office: Office) -> None:
    assert parts(may(office), "一致率") == {"songlinglu": "4 / 4", "zhonglou": "1 / 1", "": "5 / 5"}
    sent = WeeklyReturn.objects.get(street=office.street, week_start=WEEK.start)
    one, two = office.projects
    ReportQuestion.objects.create(weekly_return=sent, project=one, rule="W211", message="增加过多")
    bureau = office.district.users["bureau"]
    following.ask(
        weekly_return=sent, project=two, question="是否含甲供", due_on=date(2025, 5, 14), by=bureau,
        now=moment("2025-05-12 10:00"),
    )  # fmt: skip
    facts = may(office)
    # On Sunday the bureau had not yet asked.
    assert parts(facts, "一致率")["songlinglu"] == "3 / 4"
    later = may(office, as_of=date(2025, 5, 12))
    assert parts(later, "一致率")["songlinglu"] == "2 / 4"
    notes = [part.note for part in later.contributions(later.declared["一致率"]) if part.note]
    assert notes == ["增加过多", "区局核实：是否含甲供"]


def test_rows_that_were_corrected_after_approval(office: Office) -> None:
    assert parts(may(office), "数据更正率")["songlinglu"] == "0 / 4"
    old = WeeklyReturn.objects.get(street=office.street, week_start=WEEK.start)
    draft = services.correct(
        weekly_return=old, reason="计量单有误", by=office.clerk, now=moment("2025-05-12 13:00")
    )
    row = draft.reports.get(project=office.projects[0])
    row.completed_investment_fen = 31_0000_00
    row.save(update_fields=["completed_investment_fen"])
    assert parts(may(office, as_of=date(2025, 5, 12)), "数据更正率")["songlinglu"] == "0 / 4"
    WeeklyReturn.objects.filter(pk=draft.pk).update(
        state="approved",
        submitted_by=office.clerk,
        submitted_at=NOW,
        reviewed_by=office.head,
        reviewed_at=NOW,
        approved_by=office.reviewer,
        approved_at=moment("2025-05-12 14:00"),
    )
    assert parts(may(office), "数据更正率")["songlinglu"] == "0 / 4"  # on Sunday it was not
    facts = may(office, as_of=date(2025, 5, 12))
    assert parts(facts, "数据更正率")["songlinglu"] == "1 / 4"
    notes = [
        part.fact.label for part in facts.contributions(facts.declared["数据更正率"]) if part.note
    ]
    assert notes == ["柳泉小区 第19周（5月5日—5月11日）"]


def test_a_late_return_tells_its_reason_where_the_rate_is_drilled(office: Office) -> None:
    facts = may(office)
    notes = [part.note for part in facts.contributions(facts.declared["及时率"])]
    assert notes == ["按时", "按时", "迟报（资料晚报：监理周五下午才报数）", "未报"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_rows_take_a_constant_number_of_queries(
    office: Office, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for project in [*office.projects, office.stranger][:count]:
        for sent in WeeklyReturn.objects.filter(street=project.street):
            ReportQuestion.objects.create(
                weekly_return=sent, project=project, rule="W211", message="增加过多"
            )
    facts = may(office)
    assert len(facts.returns) == 4
    with django_assert_num_queries(5):
        facts.rows("rows")


# -- the page ----------------------------------------------------------------------------------------
def cells(client: Client, query: str = "period=month") -> list[list[str]]:
    page = html.unescape(client.get(f"{PAGE}?{query}").content.decode())
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    found = [re.findall(r"<t[dh].*?</t[dh]>", row, re.S) for row in rows]
    return [[re.sub(r"<[^>]+>|\s", "", cell) for cell in row] for row in found]


def test_the_league_and_its_method(client: Client, office: Office) -> None:
    client.force_login(office.reviewer)
    assert cells(client) == [
        ["1", "松龄路街道", "50.01/2", "100.04/4", "100.04/4", "0.00/4", "1", "资料晚报1次"],
        ["1", "钟楼街道", "50.01/2", "50.01/2", "100.01/1", "0.00/1", "0", "—"],
    ]
    by_whole = cells(client, "period=month&by=whole")
    assert [row[:2] for row in by_whole] == [["1", "松龄路街道"], ["2", "钟楼街道"]]
    page = html.unescape(client.get(f"{PAGE}?period=month&by=corrected").content.decode())
    assert (
        "按数据更正率由低到高排名，以显示的一位小数比较，相同的并列，名次顺延（1、2、2、4）" in page
    )
    assert "2025年5月报送质量" in page
    # Each figure leads to its rows.
    link = re.search(r'href="(/figures/[^"]*rows-whole-rate[^"]*scope=zhonglou[^"]*)"', page)
    assert link is not None
    rows = html.unescape(client.get(link[1]).content.decode())
    assert rows.index(">钟楼新村<") < rows.index(">第19周（5月5日—5月11日）<")
    assert "没有报" in rows
    assert "柳泉小区" not in rows


def test_a_street_sees_its_own_and_no_league(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    assert [row[0] for row in cells(client)] == ["松龄路街道"]
    page = client.get(f"{PAGE}?period=month").content.decode()
    assert ("钟楼" in page, "排名依据" in page) == (False, False)


def test_a_correction_that_waits_is_not_counted_whatever_the_address_asks(
    client: Client, office: Office
) -> None:
    client.force_login(office.reviewer)
    old = WeeklyReturn.objects.get(street=office.street, week_start=WEEK.start)
    changed, same = office.projects
    make_return(
        office.street, {changed: ("11.0", 31_0000_00), same: ("10.0", 30000000)}, week_start=WEEK.start, version=2,
        words=WORDS, state="submitted", supersedes=old, correction_reason="计量单有误",
        submitted_at=moment("2025-05-11 20:00"),
    )  # fmt: skip
    assert parts(may(office, approval=Approval.ALL), "数据更正率")["songlinglu"] == "1 / 4"
    assert parts(may(office), "数据更正率")["songlinglu"] == "0 / 4"
    for asked in ("", "&approval=all"):
        assert cells(client, f"period=month{asked}")[0][5] == "0.00/4"


def test_nonsense_in_the_address_is_the_default(client: Client, office: Office) -> None:
    client.force_login(office.reviewer)
    page = client.get(f"{PAGE}?by=luck&period=decade").content.decode()
    assert "2025年第二季度报送质量" in page
    assert "按及时率由高到低排名" in page


def test_the_workbook_says_the_same(client: Client, office: Office) -> None:
    client.force_login(office.reviewer)
    content = client.get("/quality/export/?period=month").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = [
        list(row)
        for row in book["报送质量"].iter_rows(values_only=True)
        if row[1] in {"松龄路街道", "钟楼街道", "淄川区"}
    ]
    assert rows == [
        [1, "松龄路街道", 50, 1, 2, 100, 4, 4, 100, 4, 4, 0, 0, 4, 1, "资料晚报 1 次"],
        [1, "钟楼街道", 50, 1, 2, 50, 1, 2, 100, 1, 1, 0, 0, 1, 0, None],
        [None, "淄川区", 50, 2, 4, 83.3, 5, 6, 100, 5, 5, 0, 0, 5, 1, "资料晚报 1 次"],
    ]  # fmt: skip


# -- the reason of lateness --------------------------------------------------------------------------
def test_a_kind_without_words_is_refused_by_the_database(office: Office) -> None:
    with pytest.raises(IntegrityError, match="return_late_code_has_words"), unguarded():
        WeeklyReturn.objects.filter(street=office.other).update(late_code="data")
