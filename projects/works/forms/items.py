"""Forms of the items: a plan, an entry, a decision."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms

from projects.ledger.editing import Seen
from projects.ledger.models import Estate, Project
from projects.works.enums import Origin
from projects.works.menu_rounds import MenuRound
from projects.works.models import ItemPlan, MenuItem, WorkItem
from projects.works.services.items import CompletionValues, PlanValues
from renovation.face.fields import DayField, DecimalField, EvidenceField
from renovation.face.widgets import SegmentChoice

from .fields import CHOOSE, FILE_HINT, estate_field, offer_estates, text

MOST = 9_999_999


class PlanForm(forms.Form):
    """What is planned of an item. For an item that stands already, item and estate are not asked, and the version
    that was read is carried."""

    menu_item = forms.ChoiceField(label="改造条目", error_messages=CHOOSE)
    estate = estate_field()
    quantity = DecimalField(
        label="计划数量", places=2, maximum=MOST, help_text="按条目的计量单位填。"
    )
    origin = forms.ChoiceField(
        label="来由", choices=Origin.choices, widget=SegmentChoice(), error_messages=CHOOSE
    )
    choice_round = forms.TypedChoiceField(
        label="征询轮次",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages=CHOOSE,
    )
    planned_from = DayField(label="计划开始", required=False)
    planned_to = DayField(label="计划完成", required=False)
    reason = text("调整原因", 200, hint="项目计划批准以后增加或调整的必填，写进沿革。")
    seen_version = Seen()

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,
        item: WorkItem | None = None,
        plan: ItemPlan | None = None,
        rounds: Sequence[MenuRound] = (),
    ) -> None:
        names = ("quantity", "origin", "choice_round", "planned_from", "planned_to")
        initial: dict[str, Any] = {"origin": Origin.REQUIRED}
        if plan is not None and not plan.is_removed:
            initial = {name: getattr(plan, name) for name in names}
        initial["seen_version"] = plan.version if plan is not None else 0
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.item = item
        self.standing_round = plan.choice_round if plan is not None else None
        self.by_pk: dict[str, MenuItem] = {}
        self._offer_rounds(rounds)
        if item is not None:
            del self.fields["menu_item"], self.fields["estate"]
            self.fields["quantity"].label = f"计划数量（{item.menu_item.unit}）"
            self.fields["quantity"].help_text = ""
            return
        del self.fields["seen_version"]
        offered = MenuItem.objects.offered_by(project.programme.bureau_id)
        rows = list(offered.select_related("menu_class"))
        self.by_pk = {str(row.pk): row for row in rows}
        groups = [
            (str(menu_class), [(str(row.pk), f"{row.name}（{row.unit}）") for row in members])
            for menu_class, members in groupby(rows, key=lambda row: row.menu_class)
        ]
        self.fields["menu_item"].choices = [("", "请选择"), *groups]  # type: ignore[attr-defined]
        offer_estates(self, project)

    def clean(self) -> dict[str, Any]:
        """A round that was chosen beside 按计划必做 is not passed over; the one that stood goes with its origin."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        number = cleaned.get("choice_round")
        if cleaned.get("origin") == Origin.REQUIRED and number not in (None, self.standing_round):
            self.add_error(
                "choice_round",
                f"来由是“{Origin.REQUIRED.label}”的不选轮次；居民选定的，来由选“{Origin.CHOSEN.label}”。",
            )
        return cleaned

    def _offer_rounds(self, rounds: Sequence[MenuRound]) -> None:
        """The rounds that asked about the menu, and the one that stands where it is none of them."""
        field: Any = self.fields["choice_round"]
        offered = [
            (
                str(each.number),
                f"{each.title}（点单 {len(each.asked)} 条，{each.answered_count} 户已答）",
            )
            for each in rounds
        ]
        standing = self.standing_round
        if standing is not None and str(standing) not in dict(offered):
            offered.append((str(standing), f"第{standing}轮（原来登记的，没有点单记录）"))
        field.choices = [("", "请选择" if offered else "没有"), *offered]
        field.help_text = (
            "居民选定的，选在哪一轮征询里选定；那一轮问过这一条，并且有住户选它。"
            if rounds
            else "本项目还没有征询问过点单，来由选“按计划必做”，或先在“征询”里问点单。"
        )

    @property
    def chosen_item(self) -> MenuItem:
        """The chosen item."""
        if self.item is not None:
            return self.item.menu_item
        return self.by_pk[self.cleaned_data["menu_item"]]

    @property
    def chosen_estate(self) -> Estate | None:
        """The chosen estate, None for all of the project."""
        return self.item.estate if self.item is not None else self.cleaned_data.get("estate")

    @property
    def values(self) -> PlanValues:
        """The plan as typed."""
        cleaned = self.cleaned_data
        return PlanValues(
            quantity=cleaned["quantity"],
            origin=Origin(cleaned["origin"]),
            choice_round=cleaned["choice_round"] if cleaned["origin"] == Origin.CHOSEN else None,
            planned_from=cleaned["planned_from"],
            planned_to=cleaned["planned_to"],
            reason=cleaned["reason"],
        )


class CompletionForm(forms.Form):
    """A quantity that was finished and accepted."""

    quantity = DecimalField(label="完成数量", places=2, maximum=MOST)
    delivered_on = DayField(label="完成日期", help_text="验收合格的日期，不晚于今天。")
    building = text(
        "楼栋", 60, hint="屋面、外墙写明楼栋，如“3 号楼”，几栋用顿号隔开；其他的可以不填。"
    )
    accepted_by = text(
        "验收岗位", 60, required=True, hint="写岗位，不写个人姓名，如“监理单位 总监岗”。"
    )
    evidence = EvidenceField(
        label="依据文件", required=False, help_text=f"验收单或照片，{FILE_HINT}"
    )
    explanation = text("情况说明", 200, hint="超过计划、次序有变的，说明原因；没有的不填。")

    def __init__(self, data: Any = None, files: Any = None, *, item: WorkItem) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.fields["quantity"].label = f"完成数量（{item.menu_item.unit}）"

    @property
    def values(self) -> CompletionValues:
        """The entry as typed, without its file."""
        return CompletionValues(
            **{name: value for name, value in self.cleaned_data.items() if name != "evidence"}
        )


class DecideForm(forms.Form):
    """Approve a plan that waits, or send it back with a comment."""

    comment = text("意见", 200, hint="退回须写明原因，批准的可以不填。")
