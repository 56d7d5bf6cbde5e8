"""An inquiry's workbook as a pipeline of the intake. Its columns are what the approved inquiry asks for, so the
pipelines are a family: one per number, made from what the approval froze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from django.urls import reverse

from projects.ledger.known import KnownColumn
from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.holding import held
from renovation.face.wording import moment
from renovation.intake.declaring import by_rules
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Description,
    Family,
    Pipeline,
    Row,
    RowFacts,
    Taken,
    Target,
    Template,
    Value,
    Words,
)

from . import answering, workbook
from .checks import KEY, ROW_RULES, RULES, SHEET_RULES
from .enums import ASKED_STATES, Subject
from .models import AskedColumn, Inquiry
from .policies import check_open
from .querysets import InquiryQuerySet
from .table import Table, columns_of, known_of, table_of
from .values import Stored, as_stored, as_value

PIPELINES: list[Pipeline] = []


def pipeline_of_inquiry(
    inquiry: Inquiry, columns: Sequence[AskedColumn], known: Sequence[KnownColumn]
) -> Pipeline:
    """The pipeline of an inquiry with its columns."""
    return Pipeline(
        code=workbook.code_of(inquiry),
        label=inquiry.title,
        columns=(
            workbook.key_column(inquiry),
            *workbook.locked_columns(inquiry, tuple(known)),
            *workbook.asked_columns(tuple(columns)),
        ),
        key=KEY,
        rules=RULES,
        read_permission=Permission.RETURN_READ,
        write_permission=Permission.RETURN_FILL,
        admit=partial(_admit, inquiry.pk),
        context=partial(_context, inquiry.pk),
        check_row=by_rules(ROW_RULES),
        check_sheet=by_rules(SHEET_RULES),
        facts=_facts,
        present=_present,
        expected_count=lambda table: len(table.lines),
        commit=_commit,
        describe=partial(_describe, inquiry),
        template=partial(_template, inquiry.pk),
        period_label=lambda key: f"{inquiry.title}（{key}）" if key == inquiry.number else key,
        words=Words(
            before="上次",
            now="本次",
            row=str(Subject(inquiry.subject).label),
            letter="S",
            last_step="写入",
            where="临时收数页面",
            section="周报",
        ),
    )


def make(number: str) -> Pipeline | None:
    """The pipeline of a number; None where no such inquiry was sent out."""

    def read() -> Pipeline | None:
        inquiry = _inquiries().filter(number=number, approved_at__isnull=False).first()
        if inquiry is None:
            return None
        return pipeline_of_inquiry(inquiry, columns_of(inquiry), known_of(inquiry))

    return held(("inquiry", number), read)


FAMILIES = [Family(prefix=workbook.PREFIX, make=make)]
"""Found by name (``renovation.intake.pipelines``)."""


def _inquiries() -> InquiryQuerySet:
    return Inquiry.objects.select_related("bureau", "programme__bureau")


def _fresh(pk: int) -> Inquiry:
    return _inquiries().get(pk=pk)


def _admit(pk: int, target: Target, now: datetime) -> None:
    """Refuse what does not collect now, and a street that is not asked."""
    inquiry = _fresh(pk)
    street = target.organisation
    asked = inquiry.streets.filter(street=street).exists()
    if street.kind != OrganisationKind.STREET or not asked:
        raise Refusal("inquiry.not_asked", f"这次收数没有问{street.short_name}。")
    if target.period_key != inquiry.number:
        raise Refusal("inquiry.unknown", "没有这项收数。")
    check_open(inquiry=inquiry)


def _context(pk: int, target: Target, keys: Sequence[str], now: datetime) -> Table:
    return table_of(inquiry=_fresh(pk), streets=[target.organisation.pk], now=now, keys=keys)


def _facts(key: str, table: Table | None) -> RowFacts | None:
    line = table.by_key.get(key) if table is not None else None
    if table is None or line is None:
        return None
    values = line.values or {}
    before: dict[str, Value] = {
        column.name: as_value(column, values[column.name])
        for column in table.columns
        if column.name in values
    }
    return RowFacts(name=line.label, before=before)


def _present(key: str, table: Table) -> Mapping[str, Value]:
    line = table.by_key.get(key)
    return {} if line is None else workbook.locked_values(table, line)


def values_of_row(row: Row, columns: Sequence[AskedColumn]) -> dict[str, Stored]:
    """What a row says, as it is stored."""
    found: dict[str, Stored] = {}
    for column in columns:
        stored = as_stored(column, row.values.get(column.name))
        if stored is not None:
            found[column.name] = stored
    return found


def _commit(
    target: Target,
    taken: Sequence[Taken],
    table: Table,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Write the rows as a new version of the street's answer."""
    answering.answer(
        inquiry=table.inquiry,
        street=target.organisation,
        rows={
            table.by_key[each.row.key].row.pk: values_of_row(each.row, table.columns)
            for each in taken
        },
        by=by,
        now=now,
        upload=upload,
    )


def _describe(inquiry: Inquiry, target: Target, now: datetime) -> Description:
    place = [inquiry.number, target.organisation.code]
    page = reverse("inquiries:inquiry", args=[inquiry.number])
    left = "已过期限，现在报为迟报" if now > inquiry.due_at else "过了期限还能报，记为迟报"
    return Description(
        title=inquiry.title,
        period=target.organisation.short_name,
        back=(("临时收数", reverse("inquiries:list")), (inquiry.number, page)),
        upload_href=reverse("inquiries:upload", args=place),
        result_href=reverse("inquiries:street", args=place),
        result_word="看填报的内容",
        template_href=reverse("inquiries:workbook", args=place),
        rules_href=reverse("inquiries:rules", args=[inquiry.number]),
        held_sentence="暂留的行没有报；改好后重新上传，已写入的行照旧，不必再填。",
        deadline=(moment(inquiry.due_at), left) if inquiry.state in ASKED_STATES else ("", ""),
    )


def _template(pk: int, target: Target, now: datetime) -> Template:
    street = target.organisation
    table = table_of(inquiry=_fresh(pk), streets=[street.pk], now=now)
    return workbook.build(table=table, street=street, now=now)
