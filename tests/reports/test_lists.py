"""Every list of the portal filters and sorts by its address and exports what it shows.

``TABLE`` is the table: ``LISTS`` of what belongs to projects, ``OFFICE_LISTS`` of people, streets and logs; ``OTHERWISE`` names every other page of that kind with the reason why it is not in it, and
``THINGS`` what an address names that has an argument. A new address stands in one of them, or the last tests fail.
"""

from __future__ import annotations

import html
import io
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.conftest import Clock

from .lists_office import OFFICE_LISTS, office_signed_in
from .lists_scene import LISTS, Shown, signed_in
from .typed_cells import NAMES, texts_for_numbers

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
TABLE = (*LISTS, *OFFICE_LISTS)
EVERY = pytest.mark.parametrize("shown", TABLE, ids=lambda shown: shown.name)
#: Pages that need no argument and are no list of the table, and why.
OTHERWISE = {
    ":home": "the front page: it sends everybody to their own",
    ":handbook": "a book",
    ":healthz": "for machines",
    ":prometheus-django-metrics": "for machines",
    "accounts:sign_in": "a form",
    "accounts:sign_out": "an act, no page",
    "accounts:change_password": "a form",
    "face:gallery": "one of each component",
    "dashboards:overview": "a dashboard: every figure leads to its rows, which are exported there",
    "dashboards:projects": "tested in tests/reports/dashboards/test_pages.py with all its columns",
    "dashboards:places": "a drawing; its rows are those of the project list",
    "dashboards:wall_chart": "a chart, filtered by street, exported as picture and workbook",
    "dashboards:todo": "what waits for the person who reads it, most pressing first",
    "dashboards:todo_number": "the number of 待办, for a page that did not wait for it",
    "dashboards:search": "hits in the order of their nearness",
    "dashboards:quality": "a ranking by one of four measures; tests/reports/dashboards/test_quality.py",
    "ledger:programme": "one programme on a page",
    "ledger:deadlines": "a form of thirteen lines in the order of the gates",
    "ledger:books": "the lists that are exported and imported from here",
    "ledger:drafts": "what is approved at once, exactly as shown; the plans are exported as 月度目标",
    "ledger:entry_exceptions": "a form, with what it asks for",
    "ledger:openings": "what is approved at once, exactly as shown",
    "ledger:roster": "a form for a file",
    "ledger:rests": "the windows of one year in the order of their days, a handful",
    "ledger:leading": "in the order of rank; chosen by the day; tests/projects/ledger/leading/",
    "ledger:kinds": "a setting: the bureau's kinds of files in their order",
    "ledger:standard_items": "a setting: the bureau's standards in their order",
    "funding:sources": "a setting: the sources in their order",
    "funding:pending": "what waits for approval; once approved it is in the exported register",
    "funding:close_settled": "an act, no page",
    "funding:opening": "a form for a file",
    "funding:journal": "a form for a file",
    "works:menu": "a setting: the menu in its order",
    "works:import": "a form for a file",
    "weekly:returns": "a street and week each, chosen by week; tests/supervision/weekly/test_pages.py",
    "weekly:burden": "a street and week each and a column each; tests/supervision/weekly/burden/test_burden.py",
    "weekly:rule_waiver_ask": "a form",
    "weekly:opening": "a form for a file",
    "papers:sheets": "issued papers, newest first; each is a workbook itself",
    "papers:bulletins": "issued papers, newest first; each is a workbook itself",
    "messaging:desk": "one's own messages, newest first; everybody's are the list messaging:log",
    "messaging:choices": "a form",
    "messaging:read": "an act, no page",
    "dispatch:front": "the meetings by their weeks; tests/supervision/dispatch/test_pages.py",
    "delivery:schedules": "a line a paper with its next run, and what needs somebody; the mails are the list "
    "messaging:log, the runs jobs:runs",
    "console:pledge": "one's own acceptance, a form",
    "console:pledge_text": "a form",
    "console:stand_in_leave": "an act, no page",
    "console:new_user": "a form",
    "console:new_organisation": "a form",
    "console:settings": "what may be set, wing by wing with the value in force; each opens its history",
    "console:holidays": "some thirty days of one year in their order, chosen by year",
    "console:new_holiday": "a form",
    "console:schedules": "a line a task, each a form; what ran is the list jobs:runs",
    "console:verify_audit": "an act, no page",
    "figures:measures": "the dictionary of figures in the order of MEASURES.md",
}
#: Lists of one project, tried in the same way where their wing is tested; wings whose every page with an argument is
#: told apart here.
OF_ONE = {
    "consent:households": "tests/projects/consent/test_lists.py",
    "consent:care": "tests/projects/consent/test_lists.py",
}
OF_ONE_OTHERWISE = {
    "consent:project": "the handful of estates and rounds of one project; the estates are listed at consent:estates",
    "consent:wishes": "what was wished for, in the order of how many wished",
    "consent:round": "one round, its rooms as one walks",
    "consent:sheet": "a paper of codes",
    "consent:document": "a file",
    "consent:answer": "one household in one round",
    "consent:household": "one household",
    "consent:household_remove": "a form",
    "consent:visit": "a form",
    "consent:visit_correct": "a form",
    "consent:visit_withdraw": "a form",
    "consent:serve": "a form",
    "consent:decide": "an act, no page",
    "consent:void": "an act, no page",
    "consent:scan": "a form",
    "consent:upload": "a form for a file",
    "consent:export_open": "a form for the reason of a workbook",
    "consent:round_open": "an act, no page",
    "consent:round_close": "an act, no page",
    "consent:round_discard": "an act, no page",
}
#: What an address with an argument names, by its path up to the first one (a year is none), and why what it shows is
#: no list of the table. ``<int:pk>`` names one row, which is opened from a list.
THINGS = {
    "console/settings/<str:key>/": "one setting with its history",
    "console/schedules/<str:code>/": "one task of one bureau",
    "ledger/projects/<str:code>/": "one project: of each part a handful of rows in the order of the works; over all "
    "projects its gates, changes and standards are lists of the table, the other parts lists that go out and come back",
    "ledger/lists/<slug:slug>/": "a form for a file",
    "ledger/programmes/<int:year>/lists/<slug:slug>/": "a form for a file",
    "funding/<str:code>/": "one project's money by source and day, as it adds up; over all projects in the table",
    "works/projects/<str:code>/": "what one project plans, by class; over all projects in the table",
    "residents/projects/<str:code>/": "one project's notices, meetings and after-care; over all projects in the table",
    "residents/aftercare/<str:kind>/": "a form",
    "consent/<str:code>/": "one project: every page of it is in one of the two tables above",
    "c/<str:token>/": "a household's own answer",
    "weekly/reminders/<str:week_start>/": "who owes a return of one week, for the work group",
    "weekly/contacts/<slug:street>/": "a form",
    "weekly/<str:week_start>/": "the return of one street for one week: a row a project, as it is filled in",
    "inquiries/<slug:number>/": "one inquiry: its table stands in the order in which it is filled in, and is exported",
    "dispatch/projects/<str:code>/": "one project's items; over all projects in the table",
    "figures/alarms/projects/<str:code>/": "one project's alarms in the order of time; over all projects in the table",
    "figures/<slug:slug>/": "the rows that make up a figure, exported; tests/reports/figures/test_source_pages.py",
    "projects/<str:code>/": "one project on a page, its plans compared, its history in the order of time",
}
#: Addresses that are not the portal's own pages.
_NOT_OURS = frozenset({"admin", "api"})
#: Names that end so are workbooks, forms, rules or acts.
_NO_PAGE = re.compile(
    r"(export|workbook|template|rules|new|adopt|edit|compile_\w+|approve\w*|picture|dictionary)$"
)


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def client(now: datetime, shown: Shown) -> Client:
    return office_signed_in(now, shown.user) if shown in OFFICE_LISTS else signed_in(now)


def page_of(client: Client, shown: Shown, query: str) -> str:
    answer = client.get(f"{shown.href}?{shown.cut}&{query}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def rows_of(client: Client, shown: Shown, query: str) -> str:
    """The cells of the first sheet of the workbook, in reading order."""
    address = reverse(shown.export, args=shown.args if shown.export == shown.name else ())
    answer = client.get(f"{address}?{query}{'&' if shown.more else ''}{shown.more}")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return "\n".join(
        str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    )


def rows_shown(page: str) -> str:
    """What stands under the head of the table that is sorted."""
    _, _, below = page.partition("aria-sort=")
    return below


def order_of(text: str, names: tuple[str, str]) -> tuple[str, ...]:
    places = {name: text.find(name) for name in names}
    assert -1 not in places.values()
    return tuple(sorted(places, key=lambda name: places[name]))


@EVERY
def test_it_is_filtered_by_its_address(client: Client, shown: Shown) -> None:
    ours, theirs = shown.names
    page = page_of(client, shown, f"{shown.narrowed}&sort={shown.sort}")
    assert ours in rows_shown(page)
    assert theirs not in rows_shown(page)
    form = re.search(r'<form class="filters".*?</form>', page, re.S)
    assert form is not None
    assert 'method="get"' in form[0]
    assert re.search(rf'value="{shown.choice[1]}"\s+selected', form[0])


@EVERY
def test_it_is_sorted_both_ways(client: Client, shown: Shown) -> None:
    upwards = page_of(client, shown, f"sort={shown.sort}")
    downwards = page_of(client, shown, f"sort=-{shown.sort}")
    assert 'aria-sort="ascending"' in upwards
    assert 'aria-sort="descending"' in downwards
    assert order_of(rows_shown(upwards), shown.names) == shown.rising
    assert order_of(rows_shown(downwards), shown.names) == shown.rising[::-1]


@EVERY
def test_its_export_holds_what_it_shows_in_the_same_order(client: Client, shown: Shown) -> None:
    ours, theirs = shown.names
    filtered = rows_of(client, shown, shown.narrowed)
    assert ours in filtered
    assert theirs not in filtered
    assert order_of(rows_of(client, shown, f"sort={shown.sort}"), shown.names) == shown.rising
    downwards = rows_of(client, shown, f"sort=-{shown.sort}")
    assert order_of(downwards, shown.names) == shown.rising[::-1]


@EVERY
def test_its_export_holds_numbers_and_days_as_such(client: Client, shown: Shown) -> None:
    address = reverse(shown.export, args=shown.args if shown.export == shown.name else ())
    content = client.get(f"{address}?{shown.more}").content
    assert texts_for_numbers(content, names=(*NAMES, *shown.digits)) == []


@EVERY
def test_the_link_to_the_export_keeps_filter_and_order(client: Client, shown: Shown) -> None:
    page = page_of(client, shown, f"{shown.narrowed}&sort=-{shown.sort}")
    address = reverse(shown.export, args=shown.args if shown.export == shown.name else ())
    links = [
        parse_qs(urlsplit(href).query)
        for href in re.findall(r'href="([^"]+)"', page)
        if urlsplit(href).path == address and (not shown.more or shown.more in href)
    ]
    name, value = shown.choice
    assert {name: [value], "sort": [f"-{shown.sort}"]}.items() <= links[0].items()


@EVERY
def test_an_order_that_there_is_not_changes_nothing(client: Client, shown: Shown) -> None:
    assert shown.names[0] in page_of(client, shown, "sort=nothing")


def _addresses(resolver: URLResolver, prefix: str = "", space: str = "") -> list[tuple[str, str]]:
    """(name, path) of every address of the portal's own."""
    found = []
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            if (each.namespace or space) not in _NOT_OURS:
                found += _addresses(each, path, each.namespace or space)
        elif isinstance(each, URLPattern):
            found.append((f"{space}:{each.name}", path))
    return found


def _thing(path: str) -> str:
    """The path up to its first argument that is no year, "" where there is none."""
    named = re.match(r"((?:[^<]|<int:year>)*<(?!int:year)[^>]+>/)", path)
    return named[1] if named else ""


def test_every_page_is_in_the_table_or_says_why_not() -> None:
    pages = {
        name
        for name, path in _addresses(get_resolver())
        if not _thing(path) and not _NO_PAGE.search(name)
    }
    told = {*OTHERWISE, *(each.name for each in TABLE)}
    assert pages - told == set()
    assert told - pages == set()
    assert all(OTHERWISE.values())


def test_every_page_of_one_thing_is_a_tried_list_or_says_why_not() -> None:
    told = {*OF_ONE, *OF_ONE_OTHERWISE}
    wings = {name.partition(":")[0] for name in told}
    pages = {
        name
        for name, path in _addresses(get_resolver())
        if "<" in path.replace("<int:year>", "")
        and name.partition(":")[0] in wings
        and not _NO_PAGE.search(name)
    }
    assert pages - told == set()
    assert told - pages == set()
    for name, path in OF_ONE.items():
        assert f'"{name}"' in (ROOT / path).read_text(encoding="utf-8")


def test_every_address_with_an_argument_names_one_thing() -> None:
    things = {_thing(path) for _, path in _addresses(get_resolver())} - {""}
    named = {thing for thing in things if not thing.endswith("/<int:pk>/")}
    assert named == set(THINGS)
    assert all(THINGS.values())
