"""The number of an issued paper (发文字号): 机关代字〔年份〕顺序号, unique in the bureau."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.records.services import values_in_force

from .models import Document
from .parameters import OWN_SERIES

#: 年份、发文顺序号用阿拉伯数字，年份全称，顺序号不编虚位、不加“第”字 (GB/T 9704-2012 7.2.5).
_NUMBER = re.compile(r"(?P<prefix>[^\s〔〕\d]{1,20})〔(?P<year>\d{4})〕(?P<serial>[1-9]\d{0,4})号")
_BRACKETS = str.maketrans("[]【】（）()", "〔〕〔〕〔〕〔〕")


def normalised(typed: str) -> str:
    """What was typed with half-width digits, hexagonal brackets and no blanks."""
    digits = "".join(unicodedata.normalize("NFKC", c) if c.isdigit() else c for c in typed)
    return re.sub(r"\s+", "", digits).translate(_BRACKETS)


def is_own_series(*, bureau: Organisation, on: date) -> bool:
    """Whether the bureau's bulletins have a series of their own without gaps."""
    return bool(values_in_force(organisation=bureau, on=on)[OWN_SERIES])


def next_number(*, bureau: Organisation, on: date) -> str:
    """The number after the last one used in the year: 淄建发〔2025〕13号."""
    head = f"{bureau.document_prefix}〔{on.year}〕"
    used = Document.objects.filter(bureau=bureau, number__startswith=head)
    serials = [int(n[len(head) : -1]) for n in used.values_list("number", flat=True) if n]
    return f"{head}{max(serials, default=0) + 1}号"


def checked(*, bureau: Organisation, typed: str, on: date, signed_on: date | None = None) -> str:
    """The number to give on a day, or a refusal at ``number`` with the reason. Its year is that of the day; in
    January a paper signed in December may still take its number in the old year's series."""
    number = normalised(typed)
    found = _NUMBER.fullmatch(number)
    example = f"{bureau.document_prefix or '×建发'}〔{on.year}〕12号"
    if found is None:
        raise Refusal(
            "paper.number",
            f"文号应由发文代字、六角括号括起的年份和顺序号组成，如“{example}”。",
            field="number",
            found=typed,
            expected=example,
        )
    years = {on.year, signed_on.year if signed_on else on.year}
    if int(found["year"]) not in years:
        raise Refusal(
            "paper.number_year",
            f"文号年份应为{on.year}，查到{found['year']}。",
            field="number",
            found=found["year"],
            expected=str(on.year),
        )
    if Document.objects.filter(bureau=bureau, number=number).exists():
        raise taken(number, bureau=bureau)
    if is_own_series(bureau=bureau, on=on):
        expected = next_number(bureau=bureau, on=on)
        if number != expected:
            raise Refusal(
                "paper.number_order",
                f"通报使用独立的连续文号，下一个是“{expected}”，不能跳号。",
                field="number",
                found=number,
                expected=expected,
            )
    return number


def taken(typed: str, *, bureau: Organisation) -> Refusal:
    """The refusal of a number that another paper of the bureau has."""
    number = normalised(typed)
    other = (
        Document.objects.filter(bureau=bureau, number=number)
        .values_list("title", flat=True)
        .first()
    )
    where = f"，用于“{other}”" if other else ""
    return Refusal(
        "paper.number_taken",
        f"文号“{number}”已被使用{where}，请核对发文登记簿。",
        field="number",
        found=number,
    )
