"""What pipelines say alike: rows that are named by a number, rules that are run in order, a bureau's year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from renovation.accounts.enums import OrganisationKind
from renovation.core.errors import Refusal, Severity

from .pipelines import Column, Finding, Row, RowFacts, Rule, RuleScope, Target, Value

#: A table that has no name of its own for a row is numbered.
NUMBER = Column(
    field="number",
    header="序号",
    longest=10,
    required=True,
    expected="1、2、3，每行一个，不重复",
    hint="每行一个号，不重复；核对时按它找行。",
)


def numbered(key: str, context: Any) -> RowFacts:
    """A row is named by its number alone."""
    return RowFacts(name=f"第 {key} 号")


def nothing_filled(key: str, context: Any) -> Mapping[str, Value]:
    """Nothing is filled in by the portal."""
    return {}


def rule(
    code: str,
    check: Callable[..., Iterable[Finding]],
    title: str,
    sentence: str,
    example: str,
    scope: RuleScope,
    severity: Severity = Severity.ERROR,
) -> Rule:
    """A rule of a wing, in the order that a table of rules is read."""
    return Rule(
        code=code,
        title=title,
        sentence=sentence,
        example=example,
        scope=scope,
        severity=severity,
        check=check,
    )


def by_rules(rules: Sequence[Rule]) -> Callable[[Any, Any], Iterator[tuple[str, Finding]]]:
    """The check of a row, or of a sheet, that runs every rule: (code, finding) of what they find."""

    def check(subject: Any, context: Any) -> Iterator[tuple[str, Finding]]:
        for each in rules:
            if each.check is not None:
                for finding in each.check(subject, context):
                    yield each.code, finding

    return check


def required_cells(columns: Sequence[Column]) -> Callable[[Row, Any], Iterator[Finding]]:
    """The check that cells of these columns are filled in; one that could not be read is said elsewhere."""

    def check(row: Row, context: Any) -> Iterator[Finding]:
        for column in columns:
            if row.values.get(column.field) in (None, "") and column.field not in row.faulty:
                yield Finding(
                    message=f"{column.label}未填",
                    field=column.field,
                    found="空",
                    expected=column.expected,
                )

    return check


def unknown_name(
    column: Column, known: Callable[[Any], Iterable[str]], sentence: str, expected: str = ""
) -> Callable[[Row, Any], Iterator[Finding]]:
    """The check that a cell names one of ``known``; ``sentence`` is said with the name in place of {}."""

    def check(row: Row, context: Any) -> Iterator[Finding]:
        name = row.values.get(column.field)
        if name and str(name) not in known(context):
            yield Finding(
                message=sentence.format(name),
                field=column.field,
                found=str(name),
                expected=expected or "、".join(known(context)) or column.expected,
            )

    return check


def bureau_of_year(label: str) -> Callable[[Target, datetime], None]:
    """The admission of what a bureau brings in for a year."""

    def admit(target: Target, now: datetime) -> None:
        if target.organisation.kind != OrganisationKind.BUREAU:
            raise Refusal("opening.bureau", f"{label}由区局导入。")
        if not target.period_key.isdecimal():
            raise Refusal("opening.year", "没有这个年度。")

    return admit


def year_label(key: str) -> str:
    """2025年度"""
    return f"{key}年度"
