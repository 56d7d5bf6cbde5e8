"""The summary of faults: each is one sentence, and leads to its place or to where what is missing is done."""

from __future__ import annotations

import pytest
from django import forms

from renovation.core.errors import Refusal
from renovation.face.faults import whole_sentence
from renovation.face.refusals import refuse
from tests.renovation.face.test_components import draw


@pytest.mark.parametrize(
    ("label", "message", "said"),
    [
        ("位置", "此处未填。", "位置未填。"),
        ("在场人数", "此处应填数字，现为空。", "在场人数应填数字，现为空。"),
        ("类型", "请选择。", "请选择类型。"),
        ("日期", "日期不能晚于今天。", "日期不能晚于今天。"),
        ("说明", "不超过 200 个字。", "说明：不超过 200 个字。"),
        ("", "请选择。", "请选择。"),
    ],
)
def test_what_stands_at_a_field_is_a_sentence_away_from_it(
    label: str, message: str, said: str
) -> None:
    assert whole_sentence(label, message) == said


class Found(forms.Form):
    place = forms.CharField(label="位置", error_messages={"required": "此处未填。"})
    kind = forms.ChoiceField(label="类型", error_messages={"required": "请选择。"})
    area = forms.IntegerField(label="面积", min_value=1)


def test_a_field_and_the_summary_say_what_is_missing_in_the_same_words() -> None:
    form = Found({"area": "0"})
    assert not form.is_valid()
    form.fields["area"].error_messages["min_value"] = "大于 0。"
    html = draw("{% error_summary form %}{% field form.place %}{% field form.kind %}", form=form)
    for sentence in ("位置未填。", "请选择类型。"):
        assert html.count(sentence) == 2
    assert "此处" not in html


def test_a_refusal_of_the_whole_form_leads_to_where_what_is_missing_is_done() -> None:
    form = forms.Form({})
    assert form.is_valid()
    refuse(form, Refusal("x.not_yet", "先修改安排。", href="/change/"))
    html = draw("{% error_summary form %}", form=form)
    assert '<li><a href="/change/">先修改安排。</a></li>' in html
