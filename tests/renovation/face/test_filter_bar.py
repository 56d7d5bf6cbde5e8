"""The filter bar of a list: folded on a phone, open where it must be, the same on every list."""

import pytest

from renovation.face.filtering import FilterForm, choice, day_choice, year_choice
from tests.architecture.tree import ROOT

from .test_components import draw, words

BAR = "{% filters form found=found %}{% field form.light compact=True %}{% endfilters %}"


class TwoFields(FilterForm):
    model = choice("样板", [("one", "示范小区")])
    light = choice("亮灯", [("red", "严重滞后")])


class ThreeFields(TwoFields):
    on = day_choice("哪天")


class OfAYear(FilterForm):
    year = year_choice("年度")


class OpenOnes(ThreeFields):
    state = choice("状态", [("all", "全部"), ("closed", "已办结")], nothing=("", "没有办结的"))


@pytest.mark.parametrize(
    ("form", "found", "is_open", "told"),
    [
        (ThreeFields({}), ["行"], False, ""),
        (
            ThreeFields({"model": "one", "light": "red"}),
            ["行"],
            False,
            "样板：示范小区，亮灯：严重滞后",
        ),
        (ThreeFields({"light": "red"}), [], True, "亮灯：严重滞后"),
        (ThreeFields({"on": "2026年2月30日"}), ["行"], True, ""),
        (OpenOnes({}), ["行"], False, "状态：没有办结的"),
        (OpenOnes({"state": "all"}), ["行"], False, "状态：全部"),
        (
            OpenOnes({"state": "nothing", "light": "red"}),
            ["行"],
            True,
            "亮灯：严重滞后，状态：没有办结的",
        ),
    ],
)
def test_more_than_two_filters_fold_on_a_phone_and_say_what_is_set(
    form: FilterForm, found: list[str], is_open: bool, told: str
) -> None:
    """Open where nothing else is to be seen and where what was typed is at fault."""
    html = draw(BAR, form=form, found=found)
    fold, _, bar = html.partition('<form class="filters" method="get" role="search">')
    assert fold.startswith(f'<details class="filters-fold"{" open" if is_open else ""}><summary>')
    assert words(fold) == f"筛选{'、排序' if found else ''} {told}".strip()
    assert '<label for="id_light">亮灯</label>' in bar


def test_a_list_that_sorts_by_nothing_offers_filters_alone() -> None:
    bar = BAR.replace("found=found", "found=found sorts=False")
    assert words(draw(bar, form=ThreeFields({}), found=["行"]).partition("<form")[0]) == "筛选"


def test_what_cannot_be_chosen_says_what_is_shown_instead() -> None:
    form = OpenOnes({"state": "nothing", "light": "blue"})
    assert form.errors == {
        "light": ["没有这个选项，已按全部显示。"],
        "state": ["没有这个选项，已按没有办结的显示。"],
    }


@pytest.mark.parametrize(
    ("asked", "said"),
    [("2026", None), ("", None), ("abc", "abc"), ("2031", "2031"), ("%s%100", "%s%100")],
)
def test_a_year_without_a_programme_says_which_year_is_shown(asked: str, said: str | None) -> None:
    form = OfAYear({"year": asked}, years=[2026, 2025])
    words = {"year": [f"没有“{said}”年度的计划，现在看的是2026年度。"]} if said else {}
    assert form.errors == words
    assert form.chosen("year") == ("" if said else asked)


def test_where_there_is_no_year_nothing_is_said_of_one() -> None:
    assert OfAYear({"year": "2031"}).errors == {}


def test_a_log_names_only_what_was_asked_for() -> None:
    assert OpenOnes({}).words == ""
    assert OpenOnes({"light": "red"}).words == "亮灯：严重滞后"
    assert OpenOnes({"light": "red", "state": "closed"}).words == "亮灯：严重滞后，状态：已办结"


def test_what_stands_in_one_line_of_a_phone_does_not_fold() -> None:
    html = draw(BAR, form=TwoFields({"light": "red"}), found=["行"])
    assert html.startswith('<form class="filters" method="get" role="search">')


#: Forms of the address that are no filter bar of a list, each with the reason.
NO_LISTS = {
    "components/filters.html": "the component itself",
    "console/hand_overs/form.html": "who hands over to whom, before anything is shown",
    "figures/source.html": "of which programme and day a figure speaks",
    "ledger/leading.html": "one day",
    "ledger/parties.html": "one day",
}


def test_every_list_has_the_one_filter_bar() -> None:
    found = {
        path.relative_to(ROOT / "templates").as_posix()
        for path in (ROOT / "templates").rglob("*.html")
        if '<form class="filters" method="get"' in path.read_text(encoding="utf-8")
    }
    assert found == set(NO_LISTS)
