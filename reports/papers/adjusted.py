"""Projects that entered, moved, were cancelled or restored in the period of a paper, as the paper keeps them: the
block of the dispatch sheet, the paragraph and the annex of the bulletin are renderings of the same rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.adjustments import Adjustment, adjustments_between
from projects.ledger.enums import ChangeKind
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.documents.blocks import Column, Kind, Table, row


@dataclass(frozen=True)
class AdjustedProject:
    """One of them: the act in a word, the street where it is and the one that it left ("" unless it moved), the year
    of its programme, what it does to the figures, the day from which it holds, and the approval. ``counts`` says that
    the paper's figures of the period's two ends differ by it; ``programme`` is 2024年度计划 where it is another one
    than the paper's."""

    act: str
    code: str
    name: str
    street_code: str
    street_name: str
    year: int
    effect: str
    on: date
    approved_on: date | None = None
    document_number: str = ""
    left_code: str = ""
    left_name: str = ""
    counts: bool = True
    programme: str = ""
    #: An entry of the paper's programme from a day before the period: both ends are counted anew.
    reaches_back: bool = False
    #: The kind of change, and whether it is a cancellation that was taken back; "" in older papers.
    kind: str = ""
    is_undone: bool = False

    @property
    def label(self) -> str:
        """文昌园小区（2024年度计划）: the name, and the programme where it is not the paper's."""
        return f"{self.name}（{self.programme}）" if self.programme else self.name

    @property
    def is_cancellation(self) -> bool:
        """Whether it is a cancellation that stands."""
        return self.kind == ChangeKind.CANCEL and not self.is_undone

    @property
    def basis(self) -> str:
        """Without its act: the document, or that there is only a file of it."""
        return self.document_number or ("见变更文件" if self.approved_on else "")

    def concerns(self, street_code: str) -> bool:
        """Whether a street gave it, has it or lost it."""
        return street_code in {self.street_code, self.left_code}


def adjusted_projects(
    *, bureau: Organisation, since: date, until: date, year: int, counted: Collection[str]
) -> tuple[AdjustedProject, ...]:
    """What of a bureau's projects, of whichever year, was adjusted after a day by the end of another. One query,
    three where there is anything.

    ``year`` is that of the paper's programme, ``counted`` are the codes of the projects that its figures of the two
    ends are of: nothing is said to have changed figures in which it never stood.
    """
    projects = Project.objects.filter(programme__bureau=bureau)
    found = adjustments_between(projects=projects, since=since, until=until)
    return tuple(_kept(each, until, year, counted) for each in found)


def _kept(each: Adjustment, today: date, year: int, counted: Collection[str]) -> AdjustedProject:
    left, own_year = each.left, each.project.programme.year
    return AdjustedProject(
        act=each.act,
        code=each.project.code,
        name=each.project.name,
        street_code=each.street.code,
        street_name=each.street.short_name,
        year=own_year,
        effect=each.effect(today),
        on=each.on,
        approved_on=each.approved_on,
        document_number=each.document_number,
        left_code="" if left is None else left.code,
        left_name="" if left is None else left.short_name,
        counts=each.counts and each.project.code in counted,
        programme="" if own_year == year else f"{own_year}年度计划",
        reaches_back=each.kind == ChangeKind.ENTER and each.is_late and own_year == year,
        kind=each.kind.value,
        is_undone=each.is_undone,
    )


def taken_back(
    adjusted: Sequence[AdjustedProject],
) -> tuple[list[AdjustedProject], list[AdjustedProject]]:
    """All but those that were cancelled and restored in the period, and these, each once, as restored: counted as
    either they would be adjustments of a period that they leave as it was."""
    restored = {each.code for each in adjusted if each.kind == ChangeKind.RESTORE}
    both = {each.code for each in adjusted if each.is_undone} & restored
    pairs = [each for each in adjusted if each.code in both and each.kind == ChangeKind.RESTORE]
    gone = [each for each in adjusted if each.code in both and each.is_undone]
    return [each for each in adjusted if each not in (*pairs, *gone)], pairs


def adjusted_table(
    adjusted: Iterable[AdjustedProject],
    *,
    name: str,
    caption: str = "",
    notes: tuple[str, ...] = (),
) -> Table:
    """Who, what, from where to where, from which day, by which document."""
    return Table(
        columns=(
            Column("序号", Kind.COUNT, 2.4),
            Column("项目名称", Kind.TEXT, 11),
            Column("调整", Kind.LABEL, 5.5),
            Column("街道", Kind.TEXT, 7),
            Column("原街道", Kind.TEXT, 7),
            Column("起算日期", Kind.DATE, 6.6),
            Column("批准日期", Kind.DATE, 6.6),
            Column("批准文号", Kind.TEXT, 11),
        ),
        rows=tuple(
            row(
                number,
                each.label,
                each.act,
                each.street_name,
                each.left_name,
                each.on,
                each.approved_on,
                each.basis,
            )
            for number, each in enumerate(adjusted, start=1)
        ),
        caption=caption,
        name=name,
        notes=notes,
    )


def came_and_left(adjusted: Sequence[AdjustedProject], codes: Collection[str]) -> str:
    """般阳路街道调出 1 个，松龄路街道列入 1 个、调入 1 个: the streets among ``codes`` whose figures of both ends are
    of different projects; "" where there is none."""
    counts: dict[str, dict[str, int]] = {}
    for each in adjusted:
        if not each.counts:
            continue
        sides = [(each.street_code, each.street_name, "调入" if each.left_code else each.act)]
        if each.left_code:
            sides.append((each.left_code, each.left_name, "调出"))
        for code, name, act in sides:
            if code in codes:
                acts = counts.setdefault(name, {})
                acts[act] = acts.get(act, 0) + 1
    return "，".join(
        f"{name}{'、'.join(f'{act} {count} 个' for act, count in acts.items())}"
        for name, acts in counts.items()
    )
