"""Workbooks of consent: 双80% by estate, and the archive of an estate, masked unless it was permitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from projects.ledger.models import Estate, Programme, Project
from renovation.core.calendar import SHANGHAI, local_day
from renovation.core.documents.blocks import Cell, Column, Kind, row
from renovation.core.documents.listing import list_workbook
from renovation.core.documents.xlsx import Paper
from renovation.core.measures import format_decimal
from renovation.core.wording import chinese_moment
from renovation.intake.manifest import Manifest, sheet_of, signed

from .enums import Choice, Purpose, Standing
from .listed import held_in
from .models import Answer, Household, Round
from .register import HELD_WORD, NO_CARE, NONE_WORD, WORDS, CareCounts, CareLine, EstateLine
from .services.archive import LIST as CODE

ESTATE_COLUMNS = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("小区", Kind.TEXT, 10), ""),
    (Column("户数", Kind.COUNT, 5, unit="户"), "小区全部户数，两个率都按它算。"),
    (Column("名册户数", Kind.COUNT, 5, unit="户"), "列入住户名册的户数。"),
    (Column("同意改造", Kind.COUNT, 5, unit="户"), "最近一轮改造意愿征询中同意的户数。"),
    (Column("同意改造率", Kind.DECIMAL, 6, unit="%", places=1), "同意改造户数 ÷ 户数；没有征询的按 0 户同意计。"),
    (Column("改造意愿达标", Kind.LABEL, 7), "同意改造率达标、未达标，或未征询。"),
    (Column("同意方案", Kind.COUNT, 5, unit="户"), "最近一轮方案意见征询中同意的户数。"),
    (Column("同意方案率", Kind.DECIMAL, 6, unit="%", places=1), "同意方案户数 ÷ 户数；没有征询的按 0 户同意计。"),
    (Column("方案意见达标", Kind.LABEL, 7), "同意方案率达标、未达标，或未征询。"),
    (Column("双80%", Kind.LABEL, 6), "两个率都达到规定的为达标，不四舍五入。"),
    (Column("应上门", Kind.COUNT, 5, unit="户"), "敲门行动：名册标了上门关注的户数。"),
    (Column("已上门", Kind.COUNT, 5, unit="户"), "其中上过门的户数。"),
    (Column("需求", Kind.COUNT, 5, unit="件"), "上门登记的需求件数。"),
    (Column("待办需求", Kind.COUNT, 5, unit="件"), "其中还没有办妥的。"),
    (Column("征询后的方案变化", Kind.TEXT, 16), "还没有开工的：方案意见征询以后归档的新方案、批准的范围和设计变更；有的，开工前须重新征询，注明已批准例外的除外。"),
)  # fmt: skip


def estate_workbook(
    *,
    programme: Programme,
    lines: Sequence[EstateLine],
    care: Mapping[int, CareCounts],
    threshold: Decimal,
    now: datetime,
) -> bytes:
    """The estates of a programme with both rates and how many doors were called at (``care`` by estate)."""
    return list_workbook(
        title=f"{programme.year}年度居民意愿（双80%）",
        name="双80%",
        columns=ESTATE_COLUMNS,
        rows=(row(*_estate_cells(line, care.get(line.fact.estate_id, NO_CARE))) for line in lines),
        subtitles=(f"{chinese_moment(now)}导出；两个率均须达到 {format_decimal(threshold, 1)}%",),
        made_at=now,
        paper=Paper.A4,
        fixed_columns=3,
    )


def _estate_cells(line: EstateLine, care: CareCounts) -> list[Cell]:
    fact = line.fact
    cells = [
        Cell(fact.project.code),
        Cell(fact.project.name),
        Cell(fact.street_name),
        Cell(fact.estate_name),
        Cell(fact.household_count),
        Cell(fact.listed_count),
    ]
    for rate in line.rates:
        cells += [Cell(rate.measure.numerator), Cell(rate.measure.shown), Cell(rate.standing[0])]
    changed = ""
    if line.overtaken:
        excepted = "（已批准例外）" if line.overtaken.exception else ""
        changed = "；".join(map(str, line.overtaken.newer)) + excepted
    doors = (care.households, care.visited, care.needs, care.waiting)
    return [*cells, Cell(line.standing[0]), *map(Cell, doors), Cell(changed)]


# -- the archive -------------------------------------------------------------------------------------
#: 序号 to 上门关注 are the columns of the import: what goes out comes back in.
HOUSEHOLD_COLUMNS = (
    (Column("序号", Kind.COUNT, 4), ""),
    (Column("楼栋", Kind.LABEL, 5), ""),
    (Column("单元", Kind.LABEL, 4), ""),
    (Column("室号", Kind.LABEL, 5), ""),
    (Column("户主姓名", Kind.TEXT, 7), "隐去的只留姓。"),
    (Column("联系电话", Kind.LABEL, 9), "隐去的中间四位为星号。"),
)
CARE_COLUMN = (Column("上门关注", Kind.LABEL, 7), "只有本街道导出的有这一列。")
ANSWER_COLUMNS = (
    (Column("改造意愿", Kind.LABEL, 6), "最近一轮改造意愿征询的答复。"),
    (Column("方案意见", Kind.LABEL, 6), "最近一轮方案意见征询的答复。"),
)


def household_workbook(
    *,
    estate: Estate,
    households: Sequence[Household],
    is_masked: bool,
    with_care: bool,
    now: datetime,
) -> bytes:
    """The households of an estate in the order given, with the answers of the newest rounds; four queries at most.
    Why somebody is called on is for the street alone (``with_care``). It comes back in (``consent.intake``): a hidden
    sheet keeps marks by which it is seen then what was changed meanwhile."""
    street = estate.project.street
    manifest = Manifest(
        pipeline=CODE,
        street=street.code,
        street_name=street.short_name,
        week_start=str(estate.pk),
        generated_at=now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        values=held_in(households, is_masked=is_masked, with_care=with_care),
    )
    said = {purpose: _said(estate, purpose, local_day(now)) for purpose in Purpose}
    words = "姓名、电话已隐去" if is_masked else "含姓名、电话，用完删除"
    care = (CARE_COLUMN,) if with_care else ()
    return list_workbook(
        title=f"{estate}住户名册",
        name="住户名册",
        columns=(*HOUSEHOLD_COLUMNS, *care, *ANSWER_COLUMNS),
        rows=(
            row(
                Cell(number),
                *_household_cells(household, said, is_masked=is_masked, with_care=with_care),
            )
            for number, household in enumerate(households, start=1)
        ),
        subtitles=(f"{chinese_moment(now)}导出；{words}",),
        made_at=now,
        paper=Paper.A4,
        fixed_columns=4,
        more=(sheet_of(signed(manifest)),),
    )


def _said(estate: Estate, purpose: Purpose, today: date) -> dict[int, str] | None:
    """Household → word of its answer in the round that counts for a purpose; None where nobody was asked."""
    rounds = Round.objects.filter(project_id=estate.project_id, purpose=purpose)
    asked = rounds.asked_by(today).first()
    if asked is None:
        return None
    found: dict[int, str] = {}
    rows = Answer.objects.filter(
        round=asked,
        household__estate=estate,
        standing__in=[Standing.CURRENT, Standing.HELD],
    )
    for pk, choice, standing in rows.values_list("household_id", "choice", "standing"):
        if standing == Standing.HELD:
            found[pk] = HELD_WORD
        else:
            found.setdefault(pk, WORDS[Choice(choice)])
    return found


def _household_cells(
    household: Household,
    said: dict[Purpose, dict[int, str] | None],
    *,
    is_masked: bool,
    with_care: bool,
) -> list[Cell]:
    words = [
        Cell("" if answers is None else answers.get(household.pk, NONE_WORD))
        for answers in said.values()
    ]
    return [
        Cell(household.building),
        Cell(household.unit),
        Cell(household.room),
        Cell(household.masked_name if is_masked else household.open_name()),
        Cell(household.masked_phone if is_masked else household.open_phone()),
        *([Cell(_care_word(household))] if with_care else []),
        *words,
    ]


def _care_word(household: Household) -> str:
    """高龄; "" where nobody is called on."""
    return str(household.get_care_display()) if household.care else ""


# -- visits ------------------------------------------------------------------------------------------
CARE_COLUMNS = (
    (Column("序号", Kind.COUNT, 4), ""),
    (Column("小区", Kind.TEXT, 9), ""),
    (Column("楼栋", Kind.LABEL, 5), ""),
    (Column("单元", Kind.LABEL, 4), ""),
    (Column("室号", Kind.LABEL, 5), ""),
    (Column("上门关注", Kind.LABEL, 7), ""),
    (Column("上门次数", Kind.COUNT, 5, unit="次"), ""),
    (Column("最近上门", Kind.DATE, 7), ""),
    (Column("待办需求", Kind.COUNT, 5, unit="件"), "登记了需求、还没有办妥的。"),
)


def care_workbook(*, project: Project, lines: Sequence[CareLine], now: datetime) -> bytes:
    """Whom to call on and who was visited, in the order given, without what anybody needs."""
    return list_workbook(
        title=f"{project}敲门行动",
        name="敲门行动",
        columns=CARE_COLUMNS,
        rows=(
            row(
                Cell(number),
                Cell(line.household.estate.name),
                Cell(line.household.building),
                Cell(line.household.unit),
                Cell(line.household.room),
                Cell(_care_word(line.household)),
                Cell(line.visit_count),
                Cell(line.last_on),
                Cell(line.waiting_count),
            )
            for number, line in enumerate(lines, start=1)
        ),
        subtitles=(f"{chinese_moment(now)}导出；只供本街道使用，用完删除",),
        made_at=now,
        paper=Paper.A4,
        fixed_columns=5,
    )
