"""The list of an estate's households as a table: its columns, what its rows are compared with, and what a workbook keeps
of them.

A workbook keeps marks of what it takes along: keyed hashes, each with its own salt and only for its estate, household
and column, so that who reads the file learns neither a name nor that two are the same, of one workbook or of several.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from projects.ledger.models import Estate
from renovation.core.wording import chinese_moment
from renovation.intake.held import UNTOLD
from renovation.intake.pipelines import Column, Marks

from . import sealing
from .enums import Care
from .models import Household
from .services.archive import LIST as CODE

SHEET = "住户名册"
CARES: Mapping[str, Care] = {str(care.label): care for care in Care if care}
PHONE_FORM = re.compile(r"^(1\d{10}|0\d{9,11}|\d{7,8})$")

NUMBER = Column(
    field="number",
    header="序号",
    longest=10,
    required=True,
    expected="1、2、3，每户一行，不重复",
    hint="每户一个号，不重复；核对时按它找行。",
)
BUILDING = Column(
    field="building",
    header="楼栋",
    aliases=("楼号", "栋"),
    longest=20,
    required=True,
    expected="楼号，如 3 或 东楼",
)
UNIT = Column(
    field="unit",
    header="单元",
    longest=10,
    expected="单元号，没有单元的不填",
)
ROOM = Column(
    field="room",
    header="室号",
    aliases=("房号", "门牌"),
    longest=20,
    required=True,
    expected="室号，如 501",
)
NAME = Column(
    field="name",
    header="户主姓名",
    aliases=("姓名",),
    longest=40,
    expected="40 个字以内，不清楚的不填",
    is_private=True,
)
PHONE = Column(
    field="phone",
    header="联系电话",
    aliases=("电话", "手机"),
    longest=30,
    expected="手机 11 位，或固定电话",
    hint="手机 11 位，或固定电话；加密保存。",
    is_private=True,
)
CARE = Column(
    field="care",
    header="上门关注",
    longest=10,
    expected="".join(f"“{word}”" for word in CARES) + "之一，没有的不填",
    hint="家里有高龄或残疾人员的填，用于敲门行动，对外只有户数。",
    is_private=True,
)
COLUMNS = (NUMBER, BUILDING, UNIT, ROOM, NAME, PHONE, CARE)
#: Those that say what is known of a household.
KNOWN = (NAME, PHONE, CARE)


Place = tuple[str, str, str]
#: Between the number of a row and the household that it is about, in the row's key.
SEAM, BETWEEN = "｜", "／"


@dataclass(frozen=True)
class Listed:
    """What the rows are judged by: the estate and the households that are listed, by building, unit and room."""

    estate: Estate
    known: Mapping[Place, Household]

    def household(self, key: str) -> Household | None:
        """The listed household that the key of a row names."""
        _, _, place = key.partition(SEAM)
        building, _, rest = place.partition(BETWEEN)
        unit, _, room = rest.partition(BETWEEN)
        return self.known.get((building, unit, room))


def held_as(key: str) -> str:
    """A workbook keeps a household by its place: its rows may be sorted and numbered anew."""
    return key.partition(SEAM)[2]


def known_of(household: Household) -> dict[str, str]:
    """What is known of a household, by column."""
    return {
        NAME.field: household.open_name(),
        PHONE.field: household.open_phone(),
        CARE.field: str(household.get_care_display()) if household.care else "",
    }


def _place(estate_id: int, place: str, column: Column) -> str:
    """What a mark is bound to: the estate, the household's place in it and the column."""
    return f"{estate_id}:{place}:{column.field}"


def mark(key: str, column: Column, text: str, listed: Listed) -> str:
    """A mark of a text in a cell of the household that the key of a row names."""
    return sealing.mark(text, place=_place(listed.estate.pk, held_as(key), column))


def is_marked(found: str, key: str, column: Column, text: str, listed: Listed) -> bool:
    """Whether a mark is one of a text in such a cell."""
    return sealing.is_marked(found, text, place=_place(listed.estate.pk, held_as(key), column))


MARKS = Marks(make=mark, fits=is_marked)


def held_in(
    households: Iterable[Household], *, is_masked: bool, with_care: bool
) -> dict[str, dict[str, str]]:
    """What a workbook keeps of the households that it takes along, for `Manifest.values`: the mark of what stands, and
    behind it that of what is shown where this is masked."""
    found = {}
    for household in households:
        place = BETWEEN.join((household.building, household.unit, household.room))
        known = known_of(household)
        texts = {name: [known[name]] for name in (NAME.field, PHONE.field)}
        if is_masked:
            texts[NAME.field].append(household.masked_name)
            texts[PHONE.field].append(household.masked_phone)
        if with_care:
            texts[CARE.field] = [known[CARE.field]]
        held = {
            column.field: " ".join(
                sealing.mark(text, place=_place(household.estate_id, place, column))
                for text in texts[column.field]
                if text
            )
            for column in KNOWN
            if column.field in texts
        }
        found[f"{CODE} {place}"] = held if with_care else {**held, CARE.field: UNTOLD}
    return found


def writers(keys: Collection[str], listed: Listed, since: datetime) -> dict[str, str]:
    """Who changed households last since a moment, and when, by the keys of their rows; the history keeps no more. One
    query."""
    by_pk = {row.pk: key for key in keys if (row := listed.household(key)) is not None}
    entries = Household.history.filter(id__among=list(by_pk), history_date__gt=since)
    found = {}
    for entry in entries.select_related("history_user").order_by("history_id"):
        who = str(entry.history_user) if entry.history_user else "系统"
        found[by_pk[entry.id]] = f"由{who}于{chinese_moment(entry.history_date)}修改"
    return found
