"""The quarterly bulletin as a frozen value: passages bound to figures, facts of its tables, the check.

A passage is a template: 【名称】 stands for a figure or a quoted word of the snapshot and is filled when
the bulletin is compiled. What a person writes as a plain number is compared with the snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from renovation.core.errors import Refusal
from renovation.core.measures import Measure
from renovation.core.periods import Quarter
from renovation.core.wording import wide_brackets

from . import names
from .adjusted import AdjustedProject
from .beside import PLACEHOLDER, Beside
from .sheets import count_lights
from .waived import WaivedRule
from .wordings import Figure, allowed_pairs, figures_in, spoken, spoken_distance

LONGEST = 3000
#: A title stands in lists, in the subject of a mail and in a column of its own.
LIMITS = {"title": 100}


@dataclass(frozen=True)
class NamedFigure:
    """A figure under the name by which passages call it; ``style`` "distance" leaves its sign out."""

    name: str
    measure: Measure
    style: str = ""

    @property
    def words(self) -> str:
        """What the figure is called in general: 到位, 支付率."""
        return wide_brackets(self.measure.label)

    @property
    def text(self) -> str:
        return (spoken_distance if self.style == "distance" else spoken)(self.measure)


@dataclass(frozen=True)
class Passage:
    """A piece of the text. ``drafted`` is the machine's wording, ``template`` the one in force (a
    person's where it differs), ``text`` what is printed. ``section`` is the heading it stands under;
    ``kind`` is "paragraph", "problem" (a lagging project), "demand" or "line" (主送, 抄送)."""

    key: str
    name: str
    section: str
    drafted: str
    template: str
    text: str
    kind: str = "paragraph"

    @property
    def is_edited(self) -> bool:
        return self.template != self.drafted


@dataclass(frozen=True)
class ProjectFacts:
    """One project at the end of the quarter, for the annexes and the naming of problems."""

    code: str
    name: str
    street_name: str
    contractor: str
    planned_start_on: date | None
    started_on: date | None
    planned_completion_on: date | None
    completed_on: date | None
    figures: Mapping[str, Measure]
    lagging_since: date | None = None
    #: The light that it had before the present one in the same run of weeks behind (黄, 红), and since which Monday
    #: it has the present one, where a closed week says so.
    turned_from: str = ""
    turned_on: date | None = None
    reason: str = ""
    next_plan: str = ""

    @property
    def light(self) -> str:
        found = self.figures.get(names.LIGHT)
        return (found.word if found else None) or ""

    @property
    def is_lagging(self) -> bool:
        return self.light in {"黄", "红"}


@dataclass(frozen=True)
class StreetFacts:
    """One street at the end of the quarter; ``before`` is how it stood a quarter earlier, ``late_reasons`` why
    its late returns were late, with their counts."""

    code: str
    name: str
    projects: tuple[ProjectFacts, ...]
    figures: Mapping[str, Measure]
    before: Mapping[str, Measure]
    returns: Mapping[str, Measure]
    missing_weeks: tuple[str, ...] = ()
    place: int | None = None
    late_reasons: str = ""


@dataclass(frozen=True)
class FigureFault:
    """A number in the text that is none of the bulletin's figures, or stands behind another one's words (``said``)."""

    place: str
    passage_key: str
    passage_name: str
    token: str
    hint: str
    said: str = ""

    @property
    def may_be_declared(self) -> bool:
        """Whether it is a plain number, which may be none of the bulletin's."""
        return not self.token.startswith("【")

    @property
    def message(self) -> str:
        return (
            self.said
            or f"“{self.token}”与本通报数据不符，请改正，或标明为非本通报指标。{self.hint}"
        )


@dataclass(frozen=True)
class Bulletin:
    """季度通报."""

    bureau_name: str
    district_name: str
    document_prefix: str
    printed_by: str
    quarter: Quarter
    as_of: date
    passages: tuple[Passage, ...]
    named: tuple[NamedFigure, ...]
    quotes: Mapping[str, str]
    figures: Mapping[str, Measure]
    before: Mapping[str, Measure]
    returns: Mapping[str, Measure]
    streets: tuple[StreetFacts, ...]
    notes: tuple[str, ...] = ()
    correction: str = ""
    adjusted: tuple[AdjustedProject, ...] = ()
    waived: tuple[WaivedRule, ...] = ()
    kind: str = field(default="bulletin", init=False)

    @property
    def title(self) -> str:
        return self.passage("title").text

    @property
    def addressees(self) -> str:
        return self.passage("addressees").text.rstrip("：:")

    @property
    def copies(self) -> str:
        return self.passage("copies").text.rstrip("。")

    @property
    def issuer(self) -> str:
        return self.bureau_name

    @property
    def projects(self) -> list[ProjectFacts]:
        return [project for street in self.streets for project in street.projects]

    @property
    def lagging(self) -> list[ProjectFacts]:
        """Red before yellow, the furthest behind first."""

        def order(project: ProjectFacts) -> tuple[int, object, str]:
            deviation = project.figures.get(names.DEVIATION)
            shown = deviation.shown if deviation else None
            return (0 if project.light == "红" else 1, 0 if shown is None else shown, project.code)

        return sorted((p for p in self.projects if p.is_lagging), key=order)

    def passage(self, key: str) -> Passage:
        """The passage of a key; refuses (``paper.passage``) one that the bulletin has not."""
        for each in self.passages:
            if each.key == key:
                return each
        raise Refusal("paper.passage", "通报里没有这一段文字，请刷新页面后再试。")

    @cached_property
    def values(self) -> dict[str, str]:
        """What placeholders stand for."""
        return {**{each.name: each.text for each in self.named}, **self.quotes}

    def fill(self, template: str, *, field: str = "") -> str:
        """The template with its placeholders filled; refuses an unknown one and a text too long."""
        longest = LIMITS.get(field, LONGEST)
        if len(template) > longest:
            raise Refusal(
                "paper.text_too_long",
                f"这一段有 {len(template)} 个字，最多 {longest} 个字。",
                field=field,
            )
        unknown = [name for name in PLACEHOLDER.findall(template) if name not in self.values]
        if unknown:
            raise Refusal(
                "paper.placeholder",
                f"没有名为【{unknown[0]}】的数据，请从右侧“可用数据”中选取，或直接写数字。",
                field=field,
                found=f"【{unknown[0]}】",
            )
        return PLACEHOLDER.sub(lambda found: self.values[found[1]], template)

    def with_texts(self, texts: Mapping[str, str]) -> Bulletin:
        """The bulletin with a person's wording of some passages; a wording whose placeholder has no
        figure any more is kept as it is and shows as a fault."""
        passages = []
        for each in self.passages:
            template = texts.get(each.key, each.drafted)
            try:
                text = self.fill(template)
            except Refusal:
                text = template
            passages.append(replace(each, template=template, text=text))
        return replace(self, passages=tuple(passages))

    @cached_property
    def allowed(self) -> set[tuple[str, str]]:
        """Every (number, unit) that stands in the bulletin's figures."""
        measures = [each.measure for each in self.named]
        for figures in (self.figures, self.before, self.returns):
            measures.extend(figures.values())
        for street in self.streets:
            for figures in (street.figures, street.before, street.returns):
                measures.extend(figures.values())
        for project in self.projects:
            measures.extend(project.figures.values())
        return {pair for measure in measures for pair in allowed_pairs(measure)}

    def loose_figures(self, passage: Passage) -> list[Figure]:
        """The numbers of a passage that are bound to nothing; a project's name (47号院) is no number."""
        text = PLACEHOLDER.sub("\n", passage.template)
        for name in self._names:
            text = text.replace(name, "\n")
        return list(figures_in(text))

    @cached_property
    def _names(self) -> list[str]:
        """Names of projects and streets, the longest first."""
        names_ = {project.name for project in self.projects} | {each.name for each in self.streets}
        names_ |= {each.name for each in self.adjusted}
        names_ |= {each.project_name for each in self.waived}
        return sorted((name for name in names_ if name), key=len, reverse=True)

    def figure_places(self) -> dict[str, str]:
        """Every plain number of the passages: place → the number as written."""
        return {
            f"{passage.key}:{figure.token}": figure.token
            for passage in self.passages
            for figure in self.loose_figures(passage)
        }

    def faults(self, outside: Mapping[str, str]) -> list[FigureFault]:
        """Numbers that are none of the figures and not declared as such, unfilled placeholders."""
        found = []
        for passage in self.passages:
            for figure in self.loose_figures(passage):
                place = f"{passage.key}:{figure.token}"
                if (figure.number, figure.unit) in self.allowed or place in outside:
                    continue
                found.append(
                    FigureFault(
                        place, passage.key, passage.name, figure.token, self._hint(figure.unit)
                    )
                )
            for name in PLACEHOLDER.findall(passage.template):
                if name not in self.values:
                    place = f"{passage.key}:【{name}】"
                    hint = "这项数据已经没有，请改写这句话。"
                    found.append(FigureFault(place, passage.key, passage.name, f"【{name}】", hint))
        told = {each.place for each in found} | set(outside)
        return found + [each for each in self._misplaced() if each.place not in told]

    def _misplaced(self) -> list[FigureFault]:
        """Figures of edited passages behind the words of another figure."""
        names_ = {each.key: each.name for each in self.passages}
        beside = Beside(passages=self.passages, named=self.named, subjects=self._names)
        return [
            FigureFault(
                f"{each.passage_key}:{each.token}",
                each.passage_key,
                names_[each.passage_key],
                each.token,
                "",
                each.sentence,
            )
            for each in beside.misplaced()
        ]

    def _hint(self, unit: str) -> str:
        near = [each.name for each in self.named if each.text.endswith(unit)][:2] if unit else []
        return f"同单位的数据有：{'、'.join(f'【{name}】' for name in near)}。" if near else ""

    def shown_figures(self) -> dict[str, str]:
        """Every figure under a name that people understand: what a correction changes."""
        found = {each.name: each.text for each in self.named}
        for project in self.projects:
            for measure in project.figures.values():
                found[f"{project.name}{wide_brackets(measure.label)}"] = spoken(measure)
        return found

    def light_counts(self) -> dict[str, int]:
        """How many projects stand in each light, 绿 黄 红 灰 in this order."""
        return count_lights(project.figures for project in self.projects)
