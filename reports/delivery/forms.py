"""Forms of delivery."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope

from .models import Subscription


class SubscriptionForm(forms.ModelForm[Subscription]):
    """A recipient: post, address, kind of paper, and about whom."""

    class Meta:
        model = Subscription
        fields = ("kind", "subject", "name", "email", "is_active")

    def __init__(self, *args: Any, scope: Scope, bureau: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.bureau = bureau
        subject = self.fields["subject"]
        assert isinstance(subject, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        subject.queryset = Organisation.objects.visible_to(scope).filter(
            kind__in=["bureau", "street"]
        )
        subject.help_text = "选区局为全区的文件，选街道为该街道自己的表。"

    def clean(self) -> dict[str, Any]:
        """The same address takes a kind of paper about an organisation once."""
        cleaned = super().clean() or {}
        twins = Subscription.objects.filter(
            bureau=self.instance.bureau,
            kind=cleaned.get("kind"),
            subject=cleaned.get("subject"),
            email=cleaned.get("email"),
        ).exclude(pk=self.instance.pk)
        if twins.exists():
            self.add_error("email", ValidationError("这个邮箱已经在收这种文件。", code="twice"))
        return cleaned
