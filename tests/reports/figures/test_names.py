"""A figure has one name, that of its declaration (MEASURES.md), wherever people read it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from renovation.core.declarations import Kind
from reports.figures.catalogue import catalogue
from reports.figures.known_columns import _ALIASES
from tests.architecture.texts import texts

#: The names without what they are counted by: 开工率(项目) → 开工率.
STEMS = {name.partition("(")[0] for name in catalogue()}
#: A word that ends like a rate.
RATE = re.compile(r"[\u4e00-\u9fff]+率")
#: Other names for rates, under which people ask for them; none of them is written anywhere.
OTHER_NAMES = {
    alias for names in _ALIASES.values() for alias in names if alias.endswith("率")
} - STEMS
#: Rates that are no figure of the portal, and why.
OTHERWISE = {
    "比率": "the word itself",
    "两个率": "both consents, named beside it",
    "各率": "all rates of a table",
    "的率": "the rates of a sum",
    "满意率": "an example of the gallery, of the hotline that is still to come",
    "居民参与率": "the wording of the standards",
    "同意率": "the wording of the standards; a photograph's caption in the demo",
    "含水率": "of a wall, in the demo",
    "资金使用率": "what 支付率 is also called, said once in its definition (MEASURES.md)",
    "收缴率": "of one estate's fee in one period, beside its two amounts; no figure of the portal",
    "完成率": "of the outcome named in the first column of its table",
}
NAMES = STEMS | set(OTHERWISE)


@cache
def _texts() -> dict[str, str]:
    """What people read but for the module that lists the other names by which they may ask for a figure.

    Read when a test asks for it: every process of a run collects all tests, and one runs these.
    """
    return {
        path: text
        for path, text in texts().items()
        if not path.endswith("figures/known_columns.py")
    }


def wrong_names(text: str) -> set[str]:
    """The rates of a text that no declaration calls so: the longest name that a word ends with is none of theirs."""
    return {
        word
        for word in RATE.findall(text)
        if not max(1, _end(word, OTHER_NAMES)) <= _end(word, NAMES)
    }


def _end(word: str, names: set[str]) -> int:
    return max((len(name) for name in names if word.endswith(name)), default=0)


def test_every_rate_is_called_as_it_is_declared() -> None:
    assert {path: wrong for path, text in _texts().items() if (wrong := wrong_names(text))} == {}


@pytest.mark.parametrize(
    "word", ["资金支付率", "周报报送率", "到位率", "投资率", "项目开工率", "验收率"]
)
def test_another_name_is_found(word: str) -> None:
    assert wrong_names(f"<td>{word}</td>") == {word}


@pytest.mark.parametrize("word", ["支付率", "全区开工率", "资金到位率", "竣工验收率", "两个率"])
def test_the_name_itself_is_not(word: str) -> None:
    assert wrong_names(f"<td>{word}</td>") == set()


def test_every_exception_is_written_somewhere() -> None:
    everything = "\n".join(_texts().values())
    assert {word for word in OTHERWISE if word not in everything} == set()


def test_nobody_reads_the_words_of_school() -> None:
    """分子 and 分母: a bureau says 其中 and 共, or the names of the two amounts."""
    assert {path for path, text in _texts().items() if re.search("分子|分母", text)} == set()


def test_every_rate_names_its_two_amounts() -> None:
    for declaration in catalogue().values():
        if declaration.kind in {Kind.RATE, Kind.MEAN}:
            assert declaration.parts[0] not in {"其中", ""}, declaration.name
            assert declaration.parts[1], declaration.name
