"""Figures against the words they stand beside: 到位资金 is followed by what was received, not by what was released.

That a number is one of the bulletin's figures does not make it the right one. The machine's own wording says which
words each of its figures stands behind (“；已拨付【全区拨付资金】”); where an edited passage puts another figure, or a
plain number, behind the same words, it is told. Only what the template printed (and the figures' own names) is known:
words that a person finds anew are left to the person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .wordings import Figure, figure_spots, figures_in

PLACEHOLDER = re.compile(r"【([^【】\n]{1,60})】")
#: What may stand between the words and their figure.
_LINK = re.compile(r"(?:分别|已经|合计|共计|达到|约为|为|是|达|共|约|仅|只|有|的|：|:|\s)+$")
_CLAUSE = re.compile(r"[，。；：、！？“”\n]")
#: A clause about another day: what stands there is no figure of the paper's day.
_ANOTHER_DAY = re.compile(r"上季|上年|去年|同期|上月|上周|年初|此前|原计划|预计|力争|确保")
#: Turns the words before a figure into their opposite: 尚未拨付.
_OPPOSITE = re.compile(r"(?:未|不|没有|还差|剩余|结余|应)$")
_SHORTEST = 2


class Named(Protocol):
    """A figure under its name, as `bulletins.NamedFigure`."""

    @property
    def name(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def words(self) -> str: ...


class Written(Protocol):
    """A passage, as `bulletins.Passage`."""

    @property
    def key(self) -> str: ...

    @property
    def drafted(self) -> str: ...

    @property
    def template(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A figure behind words that belong to another one: ``token`` as written, the ``words``, and which figure (name
    and text) the template puts there. ``written`` is the name of the figure that was written, "" where unknown."""

    passage_key: str
    token: str
    words: str
    expected: str
    expected_text: str
    written: str

    @property
    def sentence(self) -> str:
        """What is wrong, and what stands there by the template."""
        is_of = (
            f"，那是【{self.written}】" if self.written and not self.token.startswith("【") else ""
        )
        return (
            f"“{self.words}”后面应为【{self.expected}】（{self.expected_text}），"
            f"写的是“{self.token}”{is_of}，请改正。"
        )


@dataclass(frozen=True, slots=True)
class _Spot:
    """A figure where it stands: the name of its placeholder, or the plain number; the words of its clause before it,
    and those of its sentence."""

    name: str
    figure: Figure | None
    words: str
    sentence: str

    @property
    def token(self) -> str:
        return f"【{self.name}】" if self.name else self.figure.token if self.figure else ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where the template puts a figure: its passage, and the figure before it."""

    passage_key: str
    name: str
    previous: str


class Beside:
    """The words that the template's figures stand behind.

    ``named`` are the paper's figures, ``subjects`` the names of streets and projects: behind 文昌园小区…形象进度 stands
    that project's figure.
    """

    def __init__(
        self, *, passages: Sequence[Written], named: Sequence[Named], subjects: Sequence[str]
    ) -> None:
        self._passages = passages
        self._named = {each.name: each for each in named}
        self._subjects = subjects
        self._values = {
            each.name: frozenset((f.number, f.unit) for f in figures_in(each.text))
            for each in named
        }
        self._entries = self._learn()

    def misplaced(self) -> Iterator[Misplaced]:
        """The figures of edited passages that stand behind another figure's words."""
        for passage in self._passages:
            if passage.template == passage.drafted:
                continue
            previous: _Spot | None = None
            for spot in self._spots(passage.template):
                found = self._fault(passage.key, spot, previous)
                if found is not None:
                    yield found
                previous = spot

    # -- learning ------------------------------------------------------------------------------------
    def _learn(self) -> Mapping[str, Sequence[_Entry]]:
        entries: defaultdict[str, list[_Entry]] = defaultdict(list)
        for passage in self._passages:
            previous = ""
            for spot in self._spots(passage.drafted):
                if spot.name in self._values:
                    for words in _endings(_bare(spot.words)):
                        entries[words].append(_Entry(passage.key, spot.name, previous))
                previous = spot.name
        for name, each in self._named.items():
            if len(each.words) >= _SHORTEST:
                entries[each.words].append(_Entry("", name, ""))
        return entries

    def _spots(self, template: str) -> Iterator[_Spot]:
        """Placeholders and plain numbers of a template in their order."""
        hidden = PLACEHOLDER.sub(lambda found: "\n" * len(found[0]), template)
        for name in self._subjects:
            hidden = hidden.replace(name, "\n" * len(name))
        marks: list[tuple[int, int, str, Figure | None]] = [
            (found.start(), found.end(), found[1], None) for found in PLACEHOLDER.finditer(template)
        ]
        marks += [(start, end, "", figure) for start, end, figure in figure_spots(hidden)]
        marks.sort(key=lambda mark: mark[0])
        behind = 0
        for start, end, name, figure in marks:
            words = _CLAUSE.split(template[behind:start])[-1]
            if name in self._values or figure is not None:
                yield _Spot(name, figure, words, template[:start].rpartition("。")[2])
            behind = end

    # -- judging -------------------------------------------------------------------------------------
    def _fault(self, key: str, spot: _Spot, previous: _Spot | None) -> Misplaced | None:
        bare = _bare(spot.words)
        words = next((each for each in _tails(bare) if each in self._entries), "")
        if not words or _OPPOSITE.search(bare.removesuffix(words)):
            return None
        if _ANOTHER_DAY.search(spot.words) and not _ANOTHER_DAY.search(words):
            return None
        entries = self._narrowed(self._entries[words], key, spot, previous)
        written = self._pairs(spot)
        units = {unit for _, unit in written}
        expected = [e for e in entries if units & {unit for _, unit in self._values[e.name]}]
        if not expected or any(
            spot.name == each.name or written & self._values[each.name] for each in expected
        ):
            return None
        first = self._named[expected[0].name]
        return Misplaced(key, spot.token, words, first.name, first.text, self._name_of(spot, key))

    def _narrowed(
        self, entries: Sequence[_Entry], key: str, spot: _Spot, previous: _Spot | None
    ) -> Sequence[_Entry]:
        """Those of the same passage, then of the street or project last named, then behind the same figure. Empty
        where the words are about somebody whose figure the template does not print."""
        subject = max(self._subjects, key=spot.sentence.rfind, default="")
        if subject and subject in spot.sentence:
            own = [each for each in entries if each.name.startswith(subject)]
            others = any(each.name.startswith(name) for name in self._subjects for each in entries)
            general = all(each.name.startswith("全区") for each in entries)
            if own or others or general:
                entries = own
        entries = [each for each in entries if each.passage_key == key] or entries
        if previous is not None and len(entries) > 1:
            before = self._pairs(previous)
            entries = [
                each
                for each in entries
                if each.previous
                and (
                    each.previous == previous.name
                    or before & self._values.get(each.previous, frozenset())
                )
            ] or entries
        return entries

    def _pairs(self, spot: _Spot) -> frozenset[tuple[str, str]]:
        if spot.figure is not None:
            return frozenset({(spot.figure.number, spot.figure.unit)})
        return self._values[spot.name]

    def _name_of(self, spot: _Spot, key: str) -> str:
        """The name of the figure that was written; of the passage's own first."""
        if spot.name:
            return spot.name
        pairs = self._pairs(spot)
        drafted = next((each.drafted for each in self._passages if each.key == key), "")
        found = [name for name, values in self._values.items() if pairs & values]
        return next((name for name in found if f"【{name}】" in drafted), found[0] if found else "")


def _bare(words: str) -> str:
    return _LINK.sub("", words).strip()


def _endings(words: str) -> list[str]:
    """The words, and what of them stands behind the last opening bracket."""
    inner = re.split(r"[（(]", words)[-1] if not words.endswith(("）", ")")) else words
    return [each for each in dict.fromkeys((words, inner)) if len(each) >= _SHORTEST]


def _tails(words: str) -> Iterator[str]:
    """The words and their ends, the longest first."""
    for start in range(len(words) - _SHORTEST + 1):
        yield words[start:]
