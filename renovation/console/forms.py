"""Forms of administration."""

from __future__ import annotations

from typing import Any

from django import forms

from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.errors import Refusal
from renovation.core.parameters import Parameter
from renovation.core.schedules import Every, OnRest, Rule, ScheduleKind
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import DayInput, ShortText
from renovation.records.models import Holiday

ROLES = [("", "请选择"), *Role.choices]


class UserFilterForm(FilterForm):
    """Words of the name or post, where and as what, whether the account is of use."""

    q = forms.CharField(label="用户名或岗位", required=False, max_length=60, widget=ShortText())
    place = choice("单位")
    role = choice("角色", Role.choices)
    standing = choice(
        "账号",
        (
            ("on", "启用的"),
            ("off", "已停用的"),
            ("none", "没有角色的"),
            ("first", "没有改过初始密码的"),
        ),
    )


class OrganisationFilterForm(FilterForm):
    """Words of its names or code, what it is, whether it still is."""

    q = forms.CharField(label="名称或代码", required=False, max_length=60, widget=ShortText())
    kind = choice("类别", OrganisationKind.choices)
    standing = choice("有效期", (("now", "现有的"), ("over", "已撤销的")))


class NewUserForm(forms.ModelForm[User]):
    """A user and the first role."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="单位", empty_label="请选择"
    )
    role = forms.ChoiceField(label="角色", choices=ROLES)

    class Meta:
        model = User
        fields = ("username", "post_name", "email")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.visible_to(scope)  # type: ignore[attr-defined]


class UserForm(forms.ModelForm[User]):
    """Post, address, on or off."""

    class Meta:
        model = User
        fields = ("post_name", "email", "is_active")


class MembershipForm(forms.Form):
    """A role in an organisation for a time."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="单位", empty_label="请选择"
    )
    role = forms.ChoiceField(label="角色", choices=ROLES)
    valid_from = forms.DateField(label="起", required=False, widget=DayInput())
    valid_to = forms.DateField(label="止", required=False, widget=DayInput())

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.visible_to(scope)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", "止不能早于起。")
        return cleaned


class OrganisationForm(forms.ModelForm[Organisation]):
    """An organisation and its place in the tree."""

    class Meta:
        model = Organisation
        fields = (
            "parent",
            "kind",
            "code",
            "name",
            "short_name",
            "district_name",
            "document_prefix",
            "order",
            "valid_from",
            "valid_to",
        )
        widgets = {"valid_from": DayInput(), "valid_to": DayInput()}
        labels = {"parent": "上级单位"}

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        rows = Organisation.objects.visible_to(scope)
        if self.instance.pk is not None:  # nothing hangs below itself
            rows = rows.exclude(pk__in=self.instance.descendants(include_self=True).values("pk"))
        field.queryset = rows  # type: ignore[attr-defined]


class HolidayForm(forms.ModelForm[Holiday]):
    """A day that the calendar treats otherwise than its weekday."""

    class Meta:
        model = Holiday
        fields = ("day", "is_workday", "name", "source", "is_provisional")
        widgets = {"day": DayInput()}


class SettingForm(forms.Form):
    """A new value of one parameter; its declaration reads the text."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="单位")
    value = forms.CharField(label="新值", max_length=200)
    effective_on = forms.DateField(label="生效日期", widget=DayInput())
    reason = forms.CharField(label="原因", max_length=200)

    def __init__(self, *args: Any, scope: Scope, parameter: Parameter[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parameter = parameter
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.visible_to(scope)  # type: ignore[attr-defined]
        field.help_text = "上级单位定的值，下级没有自己的值时也用。"
        if parameter.kind.choices:
            self.fields["value"] = forms.ChoiceField(label="新值", choices=parameter.kind.choices)
        self.fields["value"].help_text = parameter.kind.hint

    def clean_value(self) -> str:
        """Refuse what the declaration does not take, in its words."""
        text: str = self.cleaned_data["value"]
        try:
            self.parameter.parse(text)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal
        return text


class ScheduleForm(forms.Form):
    """When a kind of job runs. The period is the kind's own."""

    at = forms.TimeField(
        label="时刻", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    counting = forms.ChoiceField(
        label="按什么数", choices=[("day", "第几天"), ("workday", "第几个工作日")], required=False
    )
    number = forms.IntegerField(
        label="第几", required=False, help_text="工作日可填 −1，即最后一个。"
    )
    after = forms.BooleanField(label="在这一期结束以后数", required=False)
    on_rest = forms.ChoiceField(
        label="遇休息日",
        choices=[(each.value, each.label or "不变") for each in OnRest],
        required=False,
    )
    is_enabled = forms.BooleanField(label="启用", required=False)

    def __init__(self, *args: Any, kind: ScheduleKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind.moments is not None:  # its moments follow from something else
            for name in ("at", "counting", "number", "after", "on_rest"):
                del self.fields[name]
        elif kind.period is Every.DAY:
            for name in ("counting", "number", "after"):
                del self.fields[name]

    @staticmethod
    def initial_of(rule: Rule, *, is_enabled: bool) -> dict[str, Any]:
        """What the form shows of a rule."""
        return {
            "at": rule.at,
            "counting": "workday" if rule.workday is not None else "day",
            "number": rule.workday if rule.workday is not None else rule.day,
            "after": rule.after,
            "on_rest": rule.on_rest.value,
            "is_enabled": is_enabled,
        }

    def clean(self) -> dict[str, Any]:
        """Build the rule; what makes no sense is said at its field."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if self.kind.moments is not None:
            return cleaned | {"rule": self.kind.default_rule}
        by_workday = cleaned.get("counting") == "workday"
        number = cleaned.get("number")
        try:
            cleaned["rule"] = Rule(
                every=self.kind.period,
                at=cleaned["at"],
                day=None if by_workday else number,
                workday=number if by_workday else None,
                after=bool(cleaned.get("after")),
                on_rest=OnRest(cleaned.get("on_rest") or "keep"),
            )
        except Refusal as refusal:
            self.add_error("number" if "number" in self.fields else None, refusal.message)
        return cleaned
