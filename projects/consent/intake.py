"""The archive of an estate as a pipeline of the intake: one row a household, names and phones kept sealed.

A household that is listed already is changed by what its row says and keeps what its row leaves empty; nobody
is taken off the list. What the portal exported comes back unchanged, also where names and phones are masked: a mask
says nothing, but it must be the mask of the household that stands there, or stood there when it went out. What was
changed since then is noticed by marks, salted keyed hashes in a signed sheet: neither the workbook nor what is
said of a change shows what anybody is called. Whether the list is longer or shorter than the estate's count is said, not refused.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.urls import reverse

from projects.ledger.models import Estate
from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal, Severity
from renovation.intake.blanks import blank_workbook
from renovation.intake.meanwhile import OVERWRITTEN
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Column,
    Description,
    Finding,
    Pipeline,
    Row,
    RowFacts,
    Rule,
    RuleScope,
    Taken,
    Target,
    Template,
    Value,
    Words,
)
from renovation.intake.standard import standard_rules

from . import sealing
from .listed import (
    BETWEEN,
    BUILDING,
    CARE,
    CARES,
    COLUMNS,
    MARKS,
    NAME,
    NUMBER,
    PHONE,
    PHONE_FORM,
    ROOM,
    SEAM,
    SHEET,
    UNIT,
    Listed,
    held_as,
    known_of,
    writers,
)
from .models import Household
from .services.archive import LIST as CODE
from .services.archive import HouseholdValues, import_households

Key = TypeVar("Key", bound=Hashable)


def estate_of(target: Target) -> Estate:
    """The estate that a target names; Refusal ``estate.unknown`` where it is not the street's."""
    found = None
    if target.period_key.isdecimal():
        found = (
            Estate.objects.filter(pk=int(target.period_key), project__street=target.organisation)
            .select_related("project__street", "project__programme")
            .first()
        )
    if found is None:
        raise Refusal("estate.unknown", "没有这个小区，或不是本街道的。")
    return found


def context(target: Target, keys: Sequence[str], now: datetime) -> Listed:
    """The estate and its list: two queries."""
    estate = estate_of(target)
    rows = Household.objects.filter(estate=estate)
    return Listed(estate=estate, known={(row.building, row.unit, row.room): row for row in rows})


def _text(row: Row, column: Column) -> str:
    return str(row.values.get(column.field) or "")


def _key(row: Row) -> tuple[str, str, str] | None:
    """Building, unit and room in one form; None where one is missing or unreadable."""
    building, room = _text(row, BUILDING), _text(row, ROOM)
    if not building or not room or row.faulty & {BUILDING.field, UNIT.field, ROOM.field}:
        return None
    return HouseholdValues(building, _text(row, UNIT), room).key


def key_of(values: Mapping[str, Value]) -> str:
    """The key of a row: its number, and the household in one form, so that it is compared with what is listed."""
    number, building, unit, room = (
        str(values.get(column.field) or "") for column in (NUMBER, BUILDING, UNIT, ROOM)
    )
    place = BETWEEN.join(HouseholdValues(building, unit, room).key) if building and room else ""
    return f"{number}{SEAM}{place}"


def key_words(values: Mapping[str, Value]) -> str:
    """3号楼1单元501室, as it was typed."""
    building, unit, room = (str(values.get(each.field) or "") for each in (BUILDING, UNIT, ROOM))
    return sealing.place_words(building, unit, room).removesuffix("" if room else "室")


def settled(row: Row, listed: Listed) -> Mapping[str, Value]:
    """Name and phone in the form in which they are kept; what is listed where the export had masked it."""
    values = dict(row.values)
    household = listed.household(row.key)
    for column, form, mask in (
        (NAME, sealing.name_form, "masked_name"),
        (PHONE, sealing.phone_digits, "masked_phone"),
    ):
        text = _text(row, column)
        if not text:
            continue
        if not sealing.is_masked(text):
            values[column.field] = form(text)
        elif household is not None and getattr(household, mask) == text:
            values[column.field] = known_of(household)[column.field]
    return values


# -- the rules ---------------------------------------------------------------------------------------
def required_cells(row: Row, listed: Listed) -> Iterator[Finding]:
    """Building and room are filled in."""
    for column in (BUILDING, ROOM):
        if not _text(row, column) and column.field not in row.faulty:
            yield Finding(
                message=f"{column.label}未填",
                field=column.field,
                found="空",
                expected=column.expected,
            )


def odd_phone(row: Row, listed: Listed) -> Iterator[Finding]:
    """A phone has as many digits as phones have."""
    text = _text(row, PHONE)
    if text and not sealing.is_masked(text) and not PHONE_FORM.match(sealing.phone_digits(text)):
        yield Finding(message="电话位数不对", field=PHONE.field, expected=PHONE.expected)


def strange_mask(row: Row, listed: Listed) -> Iterator[Finding]:
    """What is masked stands at its own household: a mask that was moved or made up names nobody, and of one that is not
    on the list nothing is known."""
    is_listed = listed.household(row.key) is not None
    for column in (NAME, PHONE):
        if sealing.is_masked(_text(row, column)) and not is_listed:
            yield Finding(
                message=f"{column.label}：名册里没有这一户，隐去的内容无从还原",
                field=column.field,
                expected="填完整的，或暂留",
                is_discreet=True,
            )
        elif sealing.is_masked(_text(row, column)):
            yield Finding(
                message="隐去的内容与名册不符",
                field=column.field,
                expected="导出时的原样，或完整的，或不填",
            )


def odd_care(row: Row, listed: Listed) -> Iterator[Finding]:
    """One of the three reasons to call."""
    text = _text(row, CARE)
    if text and text not in CARES:
        yield Finding(message="上门关注填得不对", field=CARE.field, expected=CARE.expected)


def doubled_number(rows: Sequence[Row], listed: Listed) -> Iterator[Finding]:
    """Each row has a number of its own, by which it is found again."""
    return _doubled(
        rows,
        key=lambda row: _text(row, NUMBER) or None,
        said=lambda text, found: f"序号 {text} 出现了 {found} 次",
        column=NUMBER,
        expected="每户一个号",
    )


def doubled_household(rows: Sequence[Row], listed: Listed) -> Iterator[Finding]:
    """The same household stands in one row only (同户防重)."""
    return _doubled(
        rows,
        key=_key,
        said=lambda place, found: f"{sealing.place_words(*place)}出现了 {found} 次",
        column=ROOM,
        expected="每户一行",
    )


def _doubled(
    rows: Sequence[Row],
    *,
    key: Callable[[Row], Key | None],
    said: Callable[[Key, int], str],
    column: Column,
    expected: str,
) -> Iterator[Finding]:
    """A finding at each of the rows that share a key, with the rows it stands in; None is no key."""
    numbers: dict[Key, list[int]] = {}
    for row in rows:
        if (one := key(row)) is not None:
            numbers.setdefault(one, []).append(row.number)
    for one, found in numbers.items():
        if len(found) > 1:
            where = "、".join(f"第 {number} 行" for number in found)
            for number in found:
                yield Finding(
                    message=f"{said(one, len(found))}：{where}",
                    field=column.field,
                    found=where,
                    expected=expected,
                    row=number,
                )


def count_differs(rows: Sequence[Row], listed: Listed) -> Iterator[Finding]:
    """The list will be longer or shorter than the estate's own count of households."""
    keys = {key for row in rows if (key := _key(row)) is not None}
    total, base = len(keys | listed.known.keys()), listed.estate.household_count
    if total != base:
        word = "少" if total < base else "多"
        yield Finding(
            message=f"全部写入后名册有 {total} 户，小区登记 {base} 户，{word} {abs(total - base)} 户；同意改造率、同意方案率按小区的 {base} 户计算。"
        )


def _rule(
    code: str,
    check: object,
    title: str,
    sentence: str,
    example: str,
    scope: RuleScope,
    severity: Severity = Severity.ERROR,
) -> Rule:
    return Rule(
        code=code, title=title, sentence=sentence, example=example, scope=scope, severity=severity,
        check=check,  # type: ignore[arg-type]
    )  # fmt: skip


_CELL, _ROW, _SHEET = RuleScope.CELL, RuleScope.ROW, RuleScope.SHEET
ROW_RULES = (
    _rule("J101", required_cells, "必填未填", "楼栋、室号要填。", "没填室号", _CELL),
    _rule("J151", odd_phone, "电话位数不对", "手机 11 位，固定电话 7 到 12 位。", "手机少一位", _CELL),
    _rule("J152", odd_care, "上门关注不认得", "只填高龄、残疾，或高龄、残疾。", "独居", _CELL),
    _rule(
        "J153", strange_mask, "隐去的内容与名册不符",
        "导出时隐去的姓名、电话原样留着就不改；挪了行、改了星号的，或者这一户已不在名册里的，认不出。", "张** 填到了李家那一行", _CELL,
    ),
)  # fmt: skip
SHEET_RULES = (
    _rule("J160", doubled_number, "序号重复", "每行的序号不重复。", "两行都是 3 号", _ROW),
    _rule("J161", doubled_household, "同一户重复", "一户只有一行。", "3号楼1单元501 有两行", _ROW),
    _rule(
        "J162", count_differs, "户数与小区不符", "名册户数与小区登记的户数不同时提示，不影响写入。",
        "名册 98 户，小区 100 户", _SHEET, Severity.NOTICE,
    ),
)  # fmt: skip
#: J144 speaks in uploads of earlier releases alone: rows that share a key share their number, as J160 says.
#: A cell that says something else than a colleague wrote of the household since the list went out.
_OVER = Rule(
    code="J182",
    title="别人改过",
    sentence="导出以后别人改过的姓名、电话、上门关注，表里又改成别的，或者别人从名册删除的住户还在表里，说明原因再写入；不写入的选“暂留”。",
    example="导出以后同事改了电话，表里填的是另一个号码",
    scope=_CELL,
    severity=Severity.REASON,
    catches=(OVERWRITTEN,),
)
RULES = tuple(
    sorted((*standard_rules("J"), *ROW_RULES, *SHEET_RULES, _OVER), key=lambda rule: rule.code)
)


def check_row(row: Row, listed: Listed) -> Iterator[tuple[str, Finding]]:
    """Every rule of a row."""
    for rule in ROW_RULES:
        if rule.check is not None:
            for finding in rule.check(row, listed):
                yield rule.code, finding


def check_sheet(rows: Sequence[Row], listed: Listed) -> Iterator[tuple[str, Finding]]:
    """Doubled households, and the count against the estate's."""
    for rule in SHEET_RULES:
        if rule.check is not None:
            for finding in rule.check(rows, listed):
                yield rule.code, finding


# -- the pipeline ------------------------------------------------------------------------------------
def admit(target: Target, now: datetime) -> None:
    """A street's, for one of its estates."""
    if target.organisation.kind != OrganisationKind.STREET:
        raise Refusal("estate.street", "住户名册由街道导入。")
    estate_of(target)


def facts(key: str, listed: Listed | None) -> RowFacts | None:
    """A row is named by its number alone; of a household that is listed, what is known of it."""
    number, _, _ = key.partition(SEAM)
    household = listed.household(key) if listed is not None else None
    if household is None:
        return RowFacts(name=f"第 {number} 号")
    return RowFacts(name=f"第 {number} 号", before=known_of(household))


def commit(
    target: Target,
    taken: Sequence[Taken],
    listed: Listed,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Add and change the households of the rows."""
    rows = []
    for each in taken:
        household = listed.household(each.row.key)
        if _key(each.row) is None:
            raise Refusal("household.row", f"第 {each.row.number} 行现在读不出来，请重新上传。")
        care = _text(each.row, CARE)
        rows.append(
            HouseholdValues(
                building=_text(each.row, BUILDING),
                unit=_text(each.row, UNIT),
                room=_text(each.row, ROOM),
                name=_text(each.row, NAME) or None,
                phone=_text(each.row, PHONE) or None,
                care=CARES[care] if care else None,
                seen_version=household.version if household is not None else 0,
            )
        )
    import_households(estate=listed.estate, rows=rows, by=by, now=now)


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload."""
    estate = estate_of(target)
    code = estate.project.code
    return Description(
        title="住户名册",
        period=str(estate),
        back=(
            (estate.project.name, reverse("consent:project", args=[code])),
            ("住户", reverse("consent:households", args=[code])),
        ),
        upload_href=reverse("consent:upload", args=[estate.pk]),
        result_href=reverse("consent:households", args=[code]),
        result_word="看住户名册",
        template_href=reverse("consent:template", args=[estate.pk]),
        rules_href=reverse("consent:rules"),
        held_sentence="已在名册的按行更新，空着的格不改；名册里没有写到的住户不动。文件、姓名和电话加密保存。",
    )


def template(target: Target, now: datetime) -> Template:
    """The empty workbook, a row a household."""
    estate = estate_of(target)
    content = blank_workbook(
        pipeline=CODE,
        columns=COLUMNS,
        sheet=SHEET,
        title=f"{estate}住户名册",
        hint="每户一行。楼栋、单元、室号写数字即可。姓名、电话只用于联系本户，加密保存，不对外公开。",
        organisation=target.organisation,
        period_key=target.period_key,
        choices={CARE.field: list(CARES)},
        now=now,
        is_signed=True,
        row_count=max(50, estate.household_count + 20),
    )
    return Template(name=f"{estate}住户名册.xlsx", content=content)


def present(key: str, listed: Listed) -> Mapping[str, Value]:
    """Nothing is filled in by the portal."""
    return {}


def _period_label(key: str) -> str:
    found = Estate.objects.filter(pk=int(key)).first() if key.isdecimal() else None
    return str(found) if found else "小区"


HOUSEHOLDS = Pipeline(
    code=CODE,
    label="住户名册",
    columns=COLUMNS,
    key=NUMBER.field,
    key_of=key_of,
    key_words=key_words,
    counts_changes=True,
    tells_doubled=True,
    settled=settled,
    writers=writers,
    held_as=held_as,
    marks=MARKS,
    rules=RULES,
    read_permission=Permission.RESIDENT_REVEAL,
    write_permission=Permission.CONSENT_WRITE,
    admit=admit,
    context=context,
    check_row=check_row,
    check_sheet=check_sheet,
    facts=facts,
    present=present,
    expected_count=lambda listed: listed.estate.household_count,
    commit=commit,
    describe=describe,
    template=template,
    period_label=_period_label,
    is_private=True,
    words=Words(
        row="住户",
        letter="J",
        last_step="写入",
        where="住户名册页面",
        section="项目",
        gone="已从名册删除",
        ledger="名册",
        reason_hint="不写姓名、电话",
    ),
)
PIPELINES = [HOUSEHOLDS]
