"""Forms of plans and programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from projects.ledger.baselining import OF_THE_PLAN
from projects.ledger.deadlines import DeadlineValues, start_deadline
from projects.ledger.enums import GateKind, RestCause, WorkKind
from projects.ledger.forms import CHOOSE, MOST_SQM, text
from projects.ledger.models import Baseline, GateDeadline, Programme, RestWindow
from projects.ledger.plans import months_between
from projects.ledger.programmes import OPTIONAL_PARTS, PARTS, Quantities, StreetTotal
from projects.ledger.rests import Warned, outline, warnings, windows_of
from projects.ledger.services import BaselineValues
from projects.ledger.sheets import SeenMark
from renovation.accounts.models import Organisation
from renovation.core.periods import Month
from renovation.face.fields import DayField, DecimalField, WanyuanField, WholeField

#: The gates whose planned day is a node of the plan; 开工 and 完工 are dates of the plan itself.
NODES = tuple(gate for gate in GateKind if gate not in OF_THE_PLAN)
WORK_CHOICES = [
    ("", "不填"),
    *((kind.value, str(kind.label)) for kind in WorkKind if kind is not WorkKind.ALL),
]
MOST_WANYUAN = Decimal("9999999.99")
FIRST_YEAR, LAST_YEAR = 2015, 2100


class ProgrammeForm(forms.Form):
    """A new year's programme."""

    year = WholeField(label="年度", minimum=FIRST_YEAR, maximum=LAST_YEAR, help_text="如 2026。")
    name = text("名称", 80, required=True, hint="如“淄川区2026年老旧小区改造计划”。")
    approved_on = DayField(label="批准日期")
    document_number = text("批准文号", 60)
    start_deadline_on = DayField(
        label="全部开工期限", required=False, help_text="按下达文件填，计划页据此倒计时。"
    )


class ProgrammeChangeForm(forms.Form):
    """A programme's own fields and the official totals of every street; ``totals`` by street id."""

    name = text("名称", 80, required=True)
    approved_on = DayField(label="批准日期")
    document_number = text("批准文号", 60)
    start_deadline_on = DayField(
        label="全部开工期限", required=False, help_text="其他关口的期限在“关口期限”里定。"
    )
    seen = SeenMark()

    def __init__(
        self,
        data: Any = None,
        *,
        seen: str,
        programme: Programme,
        streets: Sequence[Organisation],
        totals: Sequence[StreetTotal],
    ) -> None:
        own = ("name", "approved_on", "document_number")
        initial: dict[str, Any] = {name: getattr(programme, name) for name in own}
        initial["start_deadline_on"] = start_deadline(programme=programme)
        initial["seen"] = seen
        known = {row.street_id: row.official for row in totals}
        for street in streets:
            official = known.get(street.pk)
            if official is not None:
                initial |= {
                    f"{part}-{street.pk}": getattr(official, attribute)
                    for part, attribute, _, _ in PARTS
                }
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.streets = list(streets)
        for street in self.streets:
            name = street.short_name
            self.fields[f"projects-{street.pk}"] = WholeField(
                label=f"{name}项目数（个）", minimum=0, maximum=9999, required=False
            )
            self.fields[f"estates-{street.pk}"] = WholeField(
                label=f"{name}小区数（个）",
                minimum=0,
                maximum=9999,
                required=False,
                help_text="文件没有的不填，下同。",
            )
            self.fields[f"buildings-{street.pk}"] = WholeField(
                label=f"{name}楼栋数（栋）", minimum=0, maximum=99_999, required=False
            )
            self.fields[f"households-{street.pk}"] = WholeField(
                label=f"{name}户数（户）", minimum=0, maximum=9_999_999, required=False
            )
            self.fields[f"area-{street.pk}"] = DecimalField(
                label=f"{name}建筑面积（㎡）",
                places=2,
                minimum=0,
                maximum=MOST_SQM,
                required=False,
            )

    @property
    def own(self) -> list[Any]:
        """The programme's own fields."""
        return [self[name] for name in self.base_fields if name != "seen"]

    @property
    def lines(self) -> list[tuple[str, list[Any]]]:
        """(street, its five fields), as the page lays them out."""
        return [
            (street.short_name, [self[f"{part}-{street.pk}"] for part, _, _, _ in PARTS])
            for street in self.streets
        ]

    def clean(self) -> dict[str, Any]:
        """Projects, households and area of a street or nothing at all; the result stands in ``totals``."""
        cleaned = super().clean() or {}
        self.totals: dict[int, Quantities | None] = {}
        for street in self.streets:
            fields = {part: f"{part}-{street.pk}" for part, _, _, _ in PARTS}
            if any(name in self.errors for name in fields.values()):
                continue
            given = {part: cleaned.get(name) for part, name in fields.items()}
            lacking = [
                part
                for part, value in given.items()
                if value is None and part not in OPTIONAL_PARTS
            ]
            if all(value is None for value in given.values()):
                self.totals[street.pk] = None
            elif lacking:
                words = "项目数、户数和面积要填就填全，不填就都不填。"
                self.add_error(fields[lacking[0]], words)
            else:
                known: dict[str, Any] = {attr: given[part] for part, attr, _, _ in PARTS}
                self.totals[street.pk] = Quantities(**known)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The programme's own values."""
        return {name: self.cleaned_data[name] for name in self.base_fields if name != "seen"}


class BaselineForm(forms.Form):
    """The next version of a plan. The months asked for follow the dates; a target typed for a month that
    fell out of them stays on the page until it is emptied."""

    planned_start_on = DayField(label="计划开工")
    planned_completion_on = DayField(label="计划完工")
    planned_investment_fen = WanyuanField(
        label="计划投资（万元）",
        minimum=Decimal("0.01"),
        maximum=MOST_WANYUAN,
        help_text="最多两位小数，如 1,268.50。",
    )
    area_sqm = DecimalField(
        label="建筑面积（㎡）", places=2, minimum=Decimal("0.01"), maximum=MOST_SQM
    )
    document_number = text("批准文号", 60)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        latest: Baseline | None,
        estate_area: Decimal,
        year: int,
        bureau_id: int,
        planned: Mapping[GateKind, date] | None = None,
        files: Any = None,
    ) -> None:
        super().__init__(
            data,
            files,
            initial=plan_initial(latest=latest, estate_area=estate_area, planned=planned),
            use_required_attribute=False,
        )
        self.bureau_id = bureau_id
        self.fields[
            "area_sqm"
        ].help_text = f"各小区之和 {estate_area:,.2f} ㎡。形象进度按这个面积加权。"
        if latest is not None:
            self.fields["reason"] = forms.CharField(
                label="调整原因",
                max_length=200,
                error_messages={
                    "required": "调整计划须写明原因。",
                    "max_length": "不超过 200 个字。",
                },
            )
        self.months = _months_asked(data, latest, year)
        for month in self.months:
            self.fields[f"target-{month.key}"] = DecimalField(
                label=f"{month.label}末累计目标（%）",
                places=1,
                minimum=0,
                maximum=100,
                percent=True,
                required=False,
            )
            self.fields[f"task-{month.key}"] = forms.CharField(
                label=f"{month.label}当月任务",
                max_length=200,
                required=False,
                error_messages={"max_length": "不超过 200 个字。"},
            )
            self.fields[f"work-{month.key}"] = forms.ChoiceField(
                label=f"{month.label}主要作业",
                choices=WORK_CHOICES,
                required=False,
                error_messages=CHOOSE,
            )
        for gate in NODES:
            self.fields[f"node-{gate.value}"] = DayField(label=str(gate.label), required=False)

    @property
    def own(self) -> list[Any]:
        """Everything but the months and the nodes."""
        return [
            bound
            for bound in self
            if not bound.name.startswith(("target-", "task-", "work-", "node-"))
        ]

    @property
    def grid(self) -> list[tuple[Month, list[Any]]]:
        """(month, [target, work, task])."""
        return [
            (month, [self[f"{part}-{month.key}"] for part in ("target", "work", "task")])
            for month in self.months
        ]

    @property
    def nodes(self) -> list[Any]:
        """The planned days of the gates."""
        return [self[f"node-{gate.value}"] for gate in NODES]

    @property
    def warned(self) -> list[Warned]:
        """What should be looked at in the plan as far as it is typed, against ``windows``; nothing where its
        dates cannot be read yet."""
        if not self.is_bound:
            return []
        self.is_valid()
        cleaned = self.cleaned_data
        start, completion = (
            cleaned.get("planned_start_on"),
            cleaned.get("planned_completion_on"),
        )
        if start is None or completion is None or completion <= start:
            return []
        targets = {
            month: cleaned[f"target-{month.key}"]
            for month in self.months
            if cleaned.get(f"target-{month.key}") is not None
        }
        works = {
            month: WorkKind(cleaned[f"work-{month.key}"])
            for month in self.months
            if cleaned.get(f"work-{month.key}")
        }
        asked = outline(start=start, completion=completion, targets=targets, works=works)
        return warnings(
            of=asked,
            windows=windows_of(bureau_id=self.bureau_id, start=start, completion=completion),
        )

    @property
    def values(self) -> BaselineValues:
        """The plan as typed."""
        cleaned = self.cleaned_data
        targets = {
            month: cleaned[f"target-{month.key}"]
            for month in self.months
            if cleaned[f"target-{month.key}"] is not None
        }
        return BaselineValues(
            planned_start_on=cleaned["planned_start_on"],
            planned_completion_on=cleaned["planned_completion_on"],
            planned_investment_fen=cleaned["planned_investment_fen"],
            area_sqm=cleaned["area_sqm"],
            targets=targets,
            tasks={month: cleaned[f"task-{month.key}"] for month in targets},
            document_number=cleaned["document_number"],
            reason=cleaned.get("reason", ""),
            work_kinds={
                month: WorkKind(cleaned[f"work-{month.key}"])
                for month in targets
                if cleaned[f"work-{month.key}"]
            },
            nodes={
                gate: cleaned[f"node-{gate.value}"]
                for gate in NODES
                if cleaned[f"node-{gate.value}"] is not None
            },
        )

    def clean(self) -> dict[str, Any]:
        """A task or a kind of work without a target has no place."""
        cleaned = super().clean() or {}
        for month in self.months:
            name = f"target-{month.key}"
            said = cleaned.get(f"task-{month.key}") or cleaned.get(f"work-{month.key}")
            if said and name in cleaned and cleaned[name] is None:
                self.add_error(name, f"{month.label}写了任务，还要填月末累计目标。")
        return cleaned


def plan_initial(
    *,
    latest: Baseline | None,
    estate_area: Decimal = Decimal(0),
    planned: Mapping[GateKind, date] | None = None,
) -> dict[str, Any]:
    """What stands in the form: the latest version; for a first plan the area of the estates and the days at
    the gates."""
    if latest is None:
        days = {f"node-{gate.value}": day for gate, day in (planned or {}).items()}
        return days | ({"area_sqm": estate_area} if estate_area else {})
    names = ("planned_start_on", "planned_completion_on", "planned_investment_fen", "area_sqm")
    initial = {name: getattr(latest, name) for name in names}
    for target in latest.targets.all():
        month = Month.of(target.month_end_on)
        initial |= {
            f"target-{month.key}": target.target_percent,
            f"task-{month.key}": target.task,
            f"work-{month.key}": target.work_kind or "",
        }
    return initial | {f"node-{node.gate}": node.planned_on for node in latest.nodes.all()}


def _months_asked(
    data: Mapping[str, Any] | None, latest: Baseline | None, year: int
) -> list[Month]:
    """The months between the dates that were typed (else of the latest version, else of the year), and
    those in which something was typed."""
    start, completion = date(year, 1, 1), date(year, 12, 31)
    if latest is not None:
        start, completion = latest.planned_start_on, latest.planned_completion_on
    typed: set[Month] = set()
    if data is not None:
        start = _day(data.get("planned_start_on")) or start
        completion = _day(data.get("planned_completion_on")) or completion
        for name, value in data.items():
            prefix, _, key = str(name).partition("-")
            if prefix in {"target", "task", "work"} and str(value).strip():
                try:
                    typed.add(Month.from_key(key))
                except ValueError:
                    continue
    return sorted({*months_between(start=start, completion=completion), *typed})


def _day(typed: Any) -> date | None:
    try:
        return DayField(required=False).clean(typed) if typed else None
    except forms.ValidationError:
        return None


def rest_reason_field() -> forms.CharField:
    """Why works go on in a 停工期; the service asks for it where the plan wants that."""
    return text(
        "停工期内施工的理由",
        300,
        hint="计划有停工期内的施工：为什么施工，采取什么措施。留在这一版计划上。",
    )


class ApproveForm(forms.Form):
    """The day from which a plan is in force, and why its works go on in a 停工期 where they do."""

    approved_on = DayField(label="批准日期", help_text="从这一天起按这一版计算序时进度。")
    rest_reason = rest_reason_field()

    def __init__(self, *args: Any, asks_rest: bool = False, **more: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False, **more})
        if not asks_rest:
            del self.fields["rest_reason"]


class RestReasonForm(forms.Form):
    """Why works go on in windows that were added after the plan was approved; it carries those that its reader saw."""

    seen = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=400)
    reason = text(
        "理由", 300, required=True, hint="为什么在停工期施工，采取什么措施；留在这一版计划上。"
    )

    def __init__(self, data: Any = None, *, windows: Sequence[RestWindow]) -> None:
        seen = " ".join(str(row.pk) for row in windows)
        super().__init__(data, initial={"seen": seen}, use_required_attribute=False)

    @property
    def windows_seen(self) -> list[int]:
        """The keys of the windows that stood on the page."""
        return [int(pk) for pk in self.cleaned_data["seen"].split() if pk.isdecimal()]


class DeadlinesForm(forms.Form):
    """The deadline of every gate, with the document that sets it; empty where none is set."""

    seen = SeenMark()

    def __init__(self, data: Any = None, *, seen: str, deadlines: Sequence[GateDeadline]) -> None:
        initial: dict[str, Any] = {"seen": seen}
        for row in deadlines:
            initial |= {f"due-{row.gate}": row.due_on, f"number-{row.gate}": row.document_number}
        super().__init__(data, initial=initial, use_required_attribute=False)
        for gate in GateKind:
            self.fields[f"due-{gate.value}"] = DayField(label=f"{gate.label}期限", required=False)
            self.fields[f"number-{gate.value}"] = text(f"{gate.label}依据文号", 60)

    @property
    def lines(self) -> list[tuple[str, list[Any]]]:
        """(gate, its two fields)."""
        return [
            (str(gate.label), [self[f"due-{gate.value}"], self[f"number-{gate.value}"]])
            for gate in GateKind
        ]

    def clean(self) -> dict[str, Any]:
        """A document without a day sets nothing."""
        cleaned = super().clean() or {}
        for gate in GateKind:
            due = f"due-{gate.value}"
            if cleaned.get(f"number-{gate.value}") and due in cleaned and cleaned[due] is None:
                self.add_error(due, "写了依据文号，还要填期限。")
        return cleaned

    @property
    def wanted(self) -> dict[GateKind, DeadlineValues | None]:
        """As the service takes it."""
        cleaned = self.cleaned_data
        return {
            gate: None
            if cleaned[f"due-{gate.value}"] is None
            else DeadlineValues(cleaned[f"due-{gate.value}"], cleaned[f"number-{gate.value}"])
            for gate in GateKind
        }


class RestForm(forms.Form):
    """A window in which a kind of work rests."""

    cause = forms.ChoiceField(label="原因类别", choices=RestCause.choices, error_messages=CHOOSE)
    work_kind = forms.ChoiceField(
        label="停哪类作业", choices=WorkKind.choices, error_messages=CHOOSE
    )
    from_on = DayField(label="起")
    to_on = DayField(label="止", help_text="起止两天都在内。")
    reason = text("停工要求", 200, required=True, hint="写清怎么停，拟计划的人看得到。")
    document_number = text("依据文号", 60)
    seen_version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, data: Any = None, *, window: RestWindow | None = None) -> None:
        initial: dict[str, Any] = {}
        if window is not None:
            names = [name for name in self.base_fields if name != "seen_version"]
            initial = {name: getattr(window, name) for name in names}
            initial["seen_version"] = window.version
        super().__init__(data, initial=initial, use_required_attribute=False)

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the window."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}


class RegisterFilterForm(forms.Form):
    """Filters of the gates list; all of them in the address."""

    street = forms.ChoiceField(label="街道", required=False)
    gate = forms.ChoiceField(
        label="下一关口", required=False, choices=[("", "全部"), *GateKind.choices]
    )
    only = forms.ChoiceField(
        label="只看",
        required=False,
        choices=[
            ("", "全部"),
            ("overdue", "逾期"),
            ("promises", "有未补齐承诺"),
            ("entry", "列入条件未核清"),
            ("excepted", "列入有例外"),
        ],
    )

    def __init__(self, data: Any, *, streets: Sequence[Organisation]) -> None:
        super().__init__(data, use_required_attribute=False)
        choice: Any = self.fields["street"]
        choice.choices = [("", "全部"), *((row.code, row.short_name) for row in streets)]
