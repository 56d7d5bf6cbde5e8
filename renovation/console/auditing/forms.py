"""The filter bar of the audit log."""

from __future__ import annotations

from django import forms
from django.apps import apps
from django.conf import settings

from renovation.face.filtering import SpanFilterForm, choice
from renovation.face.widgets import ShortText

#: What is no wing's: entries that show confidential data or take something away.
SEEN = "seen"


def wings() -> list[tuple[str, str]]:
    """The wings whose rows acts change: label and word, in the order of the floors."""
    ours = [*settings.WINGS, "renovation"]
    return [
        (config.label, str(config.verbose_name))
        for config in apps.get_app_configs()
        if config.name.startswith(tuple(ours)) and any(config.get_models())
    ]


class AuditFilterForm(SpanFilterForm):
    """Words of what was done and why, whose act it was, what it was about, where, on which days."""

    q = forms.CharField(label="内容或原因", required=False, max_length=60, widget=ShortText())
    who = forms.CharField(label="岗位或用户名", required=False, max_length=60, widget=ShortText())
    kind = choice("类别")
    place = choice("单位")

    field_order = ("since", "until", "who", "kind", "place", "q")

    def __init__(self, data: object, *, place: list[tuple[str, str]]) -> None:
        kinds = [(SEEN, "查看保密信息、导出"), *wings()]
        super().__init__(data, kind=kinds, place=place)
