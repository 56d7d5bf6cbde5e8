"""Projects that came, moved or left since last week: what the list of changes and the comparisons say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse

from projects.ledger.adjustments import (
    Adjustment,
    adjustments_between,
    span_sentence,
    together,
)
from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.measures import Measure, change, format_decimal
from renovation.core.wording import join
from reports.figures import services as figures
from reports.figures.services import Facts, Place

from .choice import Choice
from .sentences import MOST_NAMED


@dataclass(frozen=True, slots=True)
class Named:
    """A project of a line; ``href`` is "" for who may not open its page (any more)."""

    name: str
    href: str


@dataclass(frozen=True, kw_only=True)
class AdjustedLine:
    """One line of the list of changes: the act in a word, the projects named, how many there are, what holds, in
    which streets ("" where that says it), and by which approval, with the address of the change."""

    act: str
    projects: tuple[Named, ...]
    count: int
    words: str
    streets: str
    basis: str
    href: str

    @property
    def is_more(self) -> bool:
        """Whether some are only counted."""
        return self.count > len(self.projects)


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """All of them in a span: the lines, the sentence beside the comparison ("" where nothing is to be said there),
    and in a word what came and left, by the code of a street or project."""

    rows: tuple[Adjustment, ...] = ()
    lines: tuple[AdjustedLine, ...] = ()
    sentence: str = ""
    by_code: Mapping[str, str] | None = None

    @property
    def note(self) -> str:
        """What stands beside the figures and in the text to copy."""
        return f"较上周的数含项目调整：{self.sentence}" if self.sentence else ""

    def of(self, code: str) -> str:
        """调入 1 个，取消 1 个: what makes the change of a place another than it seems; "" where nothing does."""
        return (self.by_code or {}).get(code, "")


def adjusted_in(*, choice: Choice, scope: Scope, since: date) -> Adjusted:
    """What was adjusted after a day until that of the choice, as somebody may know of it. One query, three where
    there is anything."""
    rows = tuple(
        adjustments_between(
            projects=Project.objects.filter(programme=choice.programme).counted_for(scope),
            since=since,
            until=choice.as_of,
            streets=None if scope.party_ids else scope.organisation_ids,
        )
    )
    if not rows:
        return Adjusted()
    span = "本周"
    if choice.before is not None and choice.week is not None:
        span = "本周" if choice.before.next() == choice.week else f"第{choice.before.number}周以来"
    return Adjusted(
        rows=rows,
        lines=tuple(_line(group, scope, choice.as_of) for group in together(rows)),
        sentence=span_sentence(rows, span=span, today=choice.as_of),
        by_code=_by_code(rows, scope, span),
    )


def _line(group: Sequence[Adjustment], scope: Scope, today: date) -> AdjustedLine:
    first = group[0]
    href = ""
    if len(group) == 1 and first.change_id is not None and _is_open(first, scope):
        href = reverse("ledger:change", args=[first.project.code, first.change_id])
    return AdjustedLine(
        act=first.act,
        projects=tuple(
            Named(
                each.project.name,
                reverse("dashboards:project", args=[each.project.code])
                if _is_open(each, scope)
                else "",
            )
            for each in group[:MOST_NAMED]
        ),
        count=len(group),
        words=first.words(today),
        streets=""
        if first.left is not None
        else join(dict.fromkeys(each.street.short_name for each in group)),
        basis=first.basis(today),
        href=href,
    )


def _is_open(each: Adjustment, scope: Scope) -> bool:
    """Whether somebody may open the page of its project: a street that it left no longer."""
    mine = bool(scope.party_ids) or each.project.street_id in scope.organisation_ids
    return mine and scope.can(Permission.LEDGER_READ)


def _by_code(rows: Sequence[Adjustment], scope: Scope, span: str) -> dict[str, str]:
    """For each street and project whose figures have another range than those they are compared with: what came,
    what left. ``span`` is 本周, or since when where that is longer ago."""
    acts: dict[str, dict[str, int]] = {}

    def note(code: str, act: str) -> None:
        found = acts.setdefault(code, {})
        found[act] = found.get(act, 0) + 1

    words: dict[str, str] = {}
    for each in rows:
        if not each.counts:
            continue
        if each.left is not None:
            note(each.street.code, "调入")
            note(each.left.code, "调出")
            if each.left.pk not in scope.organisation_ids:
                words[each.project.code] = f"{span}调入"
        else:
            note(each.street.code, each.act)
            words[each.project.code] = f"{span}{each.act}"
    return words | {
        code: "、".join(f"{act} {count} 个" for act, count in found.items())
        for code, found in acts.items()
    }


# -- money -------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Moved:
    """Money of a stage since last week: the streets where it moved, and what only came or left with a project."""

    stage: str
    change: Measure
    streets: tuple[str, ...]
    with_projects: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """钟楼街道；随项目：柳泉小区取消 −244.00 万元: where it moved, and what of it did not move at all."""
        parts = [join(self.streets)] if self.streets else []
        if self.with_projects:
            parts.append(f"其中随项目增减：{join(self.with_projects)}")
        return "，".join(parts)


def moved_money(facts: Facts, before: Facts | None, adjusted: Adjusted) -> tuple[Moved, ...]:
    """到位 and 支付 since last week."""
    if before is None:
        return ()
    found = []
    for name in ("到位", "支付"):
        delta = change(facts.get(name), before.get(name))
        carried, words = _carried(facts, before, adjusted, name)
        known = {place.code for place in before.places[figures.STREET]}
        streets = tuple(
            place.name
            for place in facts.places[figures.STREET]
            if _amount(facts, name, place) - carried.get(place.code, Fraction(0))
            != (_amount(before, name, place) if place.code in known else Fraction(0))
        )
        if delta.shown or words:
            found.append(Moved(stage=name, change=delta, streets=streets, with_projects=words))
    return tuple(found)


def _amount(facts: Facts, name: str, place: Place) -> Fraction:
    return Fraction(facts.get(name, place).value or 0)


def _carried(
    facts: Facts, before: Facts, adjusted: Adjusted, name: str
) -> tuple[dict[str, Fraction], tuple[str, ...]]:
    """What a street's amount of a stage changed by because projects came or left, by its code; and in words what so
    came into the whole, or left it."""
    sums: dict[str, Fraction] = {}
    words = []
    streets = {
        place.code for place in [*facts.places[figures.STREET], *before.places[figures.STREET]]
    }
    now = {project.code: project.street_code for project in facts.projects}
    then = {project.code: project.street_code for project in before.projects}
    acts: dict[str, list[Adjustment]] = {}
    for each in adjusted.rows:
        if each.counts:
            acts.setdefault(each.project.code, []).append(each)
    for code, found in acts.items():  # once, however often it was adjusted
        if now.get(code) == then.get(code):
            continue
        each = found[0] if code in now else found[-1]  # by what it came, by what it left
        place = Place(figures.PROJECT, code, each.project.name)
        came = _amount(facts, name, place) if code in now else Fraction(0)
        went = _amount(before, name, place) if code in then else Fraction(0)
        if code in now and now[code] in streets:
            # what a project that moved received this week is the street's own, the rest came with it
            brought = went if code in then else came
            sums[now[code]] = sums.get(now[code], Fraction(0)) + brought
        if code in then:
            sums[then[code]] = sums.get(then[code], Fraction(0)) - went
        if (code in now) != (code in then) and came != went:
            act = each.act
            if each.left is not None:
                act = "调入" if code in now else "调出"
            words.append(
                f"{each.project.name}{act} {format_decimal(came - went, 2, signed=True)} 万元"
            )
    return sums, tuple(words)
