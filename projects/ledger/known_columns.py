"""What the ledger knows of a project (found by name, see ``known``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Q

from renovation.core.documents.blocks import Kind
from renovation.core.measures import wanyuan_from_fen

from .enums import GateKind, PartyRole, RenovationType
from .facts import ProjectFacts, read_ledger
from .known import Asking, KnownColumn, Level, Value
from .models import Estate, Party, Project

_ESTATES = "项目台账的“小区”"
_PLAN = "项目的“计划”，按已批准的基线"
_PARTIES = "项目台账的“参建单位”"
_GATES = "项目的“关口”"


def _facts(asking: Asking) -> Mapping[int, ProjectFacts]:
    def read() -> dict[int, ProjectFacts]:
        rows = Project.objects.filter(pk__in=asking.ids)
        return {fact.pk: fact for fact in read_ledger(projects=rows).on(asking.on)}

    return asking.once("ledger.facts", read)


def _of_facts(value: Callable[[ProjectFacts], Value]) -> Callable[[Asking], Mapping[int, Value]]:
    return lambda asking: {pk: value(fact) for pk, fact in _facts(asking).items()}


def _gate(kind: GateKind) -> Callable[[Asking], Mapping[int, Value]]:
    def day(fact: ProjectFacts) -> date | None:
        return fact.gates[kind].actual_on if fact.passed(kind) else None

    return _of_facts(day)


def _investment(fact: ProjectFacts) -> Decimal | None:
    if fact.plan is None:
        return None
    amount = wanyuan_from_fen(fact.plan.investment_fen)
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def _of_project(field: str) -> Callable[[Asking], Mapping[int, Value]]:
    def read(asking: Asking) -> Mapping[int, Value]:
        rows = asking.once(
            "ledger.projects", lambda: list(Project.objects.filter(pk__in=asking.ids))
        )
        return {project.pk: getattr(project, field) or None for project in rows}

    return read


def _estates(asking: Asking) -> list[Estate]:
    rows = Estate.objects.filter(project__in=asking.ids).select_related("community")
    return asking.once("ledger.estates", lambda: list(rows.order_by("project", "pk")))


def _of_estates(value: Callable[[Estate], str]) -> Callable[[Asking], Mapping[int, Value]]:
    """What the estates of a project say, each once, joined."""

    def read(asking: Asking) -> Mapping[int, Value]:
        found: defaultdict[int, list[str]] = defaultdict(list)
        for estate in _estates(asking):
            if text := value(estate):
                found[estate.project_id].append(text)
        return {pk: "、".join(dict.fromkeys(texts)) for pk, texts in found.items()}

    return read


def _party(role: PartyRole, field: str) -> Callable[[Asking], Mapping[int, Value]]:
    """Who fills the role on the day; several are joined."""

    def read(asking: Asking) -> Mapping[int, Value]:
        def rows() -> list[Party]:
            day = asking.on
            found = Party.objects.filter(
                Q(valid_from=None) | Q(valid_from__lte=day),
                Q(valid_to=None) | Q(valid_to__gte=day),
                project__in=asking.ids,
            )
            return list(found.order_by("project", "pk"))

        names: defaultdict[int, list[str]] = defaultdict(list)
        for party in asking.once("ledger.parties", rows):
            if party.role == role and (text := getattr(party, field)):
                names[party.project_id].append(text)
        return {pk: "、".join(dict.fromkeys(texts)) for pk, texts in names.items()}

    return read


def _known(
    code: str,
    label: str,
    where: str,
    read: Callable[[Asking], Mapping[int, Value]],
    *aliases: str,
    kind: Kind = Kind.TEXT,
    unit: str = "",
    places: int = 0,
) -> KnownColumn:
    return KnownColumn(
        code=f"ledger.{code}",
        label=label,
        level=Level.PROJECT,
        where=where,
        read=read,
        aliases=aliases,
        kind=kind,
        unit=unit,
        places=places,
    )


def _parties() -> list[KnownColumn]:
    found = []
    for role in (
        PartyRole.RESPONSIBLE,
        PartyRole.OWNER,
        PartyRole.CONTRACTOR,
        PartyRole.SUPERVISOR,
        PartyRole.DESIGNER,
        PartyRole.AGENT,
    ):
        word = str(role.label)
        short = word.removesuffix("单位")
        found.append(
            _known(
                f"party.{role}", word, _PARTIES, _party(role, "name"), f"{word}名称", f"{short}方"
            )
        )
        found.append(
            _known(
                f"party.{role}.contact",
                f"{word}联系岗位",
                _PARTIES,
                _party(role, "contact"),
                f"{word}联系人",
                f"{short}负责人",
            )
        )
        found.append(
            _known(
                f"party.{role}.phone",
                f"{word}联系电话",
                _PARTIES,
                _party(role, "phone"),
                f"{word}电话",
                f"{short}电话",
            )
        )
    found.append(
        _known(
            "party.contractor.manager_phone",
            "项目经理电话",
            _PARTIES,
            _party(PartyRole.CONTRACTOR, "manager_phone"),
            "项目经理联系电话",
        )
    )
    return found


def _gates() -> list[KnownColumn]:
    """The actual days, where the gate counts (with its evidence)."""
    return [
        _known(
            f"gate.{kind}",
            f"实际{kind.label}日期" if kind in _OWN_PLAN else f"{kind.label}日期",
            _GATES,
            _gate(kind),
            f"{kind.label}时间",
            f"{kind.label}日期",
            f"实际{kind.label}时间",
            kind=Kind.DATE,
        )
        for kind in GateKind
    ]


_OWN_PLAN = frozenset({GateKind.STARTED, GateKind.COMPLETED})

KNOWN: list[KnownColumn] = [
    _known("code", "项目编号", "项目台账", _of_project("code"), "编号", "项目代码"),
    _known("name", "项目名称", "项目台账", _of_project("name"), "项目", "项目名"),
    _known("plan_code", "计划编码", "项目台账", _of_project("plan_code"), "计划编号"),
    _known("budget_code", "预算编码", "项目台账", _of_project("budget_code"), "预算编号"),
    _known(
        "street", "街道", "项目台账", _of_facts(lambda fact: fact.street_name),
        "所属街道", "街道名称", "所在街道", "属地街道", "镇办",
    ),
    _known(
        "renovation_type", "改造类型", "项目台账",
        _of_facts(lambda fact: str(RenovationType(fact.renovation_type).label)), "改造类别",
    ),
    _known("feature", "特色", "项目台账", _of_project("feature"), "小区特色", "一小区一特色"),
    _known("approved_on", "列入计划日期", "项目台账", _of_project("approved_on"), "列入计划时间", kind=Kind.DATE),
    _known("estates", "小区", _ESTATES, _of_estates(lambda estate: estate.name), "小区名称", "小区名"),
    _known("address", "地址", _ESTATES, _of_estates(lambda estate: estate.address), "小区地址", "项目地址", "详细地址", "坐落"),
    _known(
        "community", "社区", _ESTATES,
        _of_estates(lambda estate: estate.community.short_name if estate.community else ""),
        "所属社区", "社区名称", "所在社区",
    ),
    _known(
        "year_built", "建成年份", _ESTATES,
        _of_estates(lambda estate: str(estate.year_built or "")), "建成时间", "建成年代", "建设年代", "竣工年份",
    ),
    _known("estate_count", "小区数", _ESTATES, _of_facts(lambda fact: fact.estate_count), "小区个数", "小区数量", kind=Kind.COUNT, unit="个"),
    _known("building_count", "楼栋数", _ESTATES, _of_facts(lambda fact: fact.building_count), "栋数", "楼幢数", "幢数", "楼栋数量", kind=Kind.COUNT, unit="栋"),
    _known("household_count", "户数", _ESTATES, _of_facts(lambda fact: fact.household_count), "总户数", "改造户数", "居民户数", "住户数", "涉及户数", kind=Kind.COUNT, unit="户"),
    _known("area", "建筑面积", _ESTATES, _of_facts(lambda fact: fact.area_sqm), "改造面积", "总建筑面积", "面积", kind=Kind.DECIMAL, unit="㎡", places=2),
    _known("planned_start_on", "计划开工", _PLAN, _of_facts(lambda fact: fact.plan.start_on if fact.plan else None), "计划开工日期", "计划开工时间", kind=Kind.DATE),
    _known("planned_completion_on", "计划完工", _PLAN, _of_facts(lambda fact: fact.plan.completion_on if fact.plan else None), "计划完工日期", "计划完工时间", "计划竣工时间", kind=Kind.DATE),
    _known("planned_investment", "计划投资", _PLAN, _of_facts(_investment), "总投资", "计划总投资", "投资额", "项目总投资", kind=Kind.DECIMAL, unit="万元", places=2),
    *_parties(),
    *_gates(),
]  # fmt: skip
