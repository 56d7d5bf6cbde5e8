"""What a form says of what is missing."""

from django import forms


def test_a_field_left_empty_says_so_in_plain_words() -> None:
    class Asked(forms.Form):
        name = forms.CharField(label="名称")
        kind = forms.ChoiceField(label="种类", choices=[("a", "甲")])
        file = forms.FileField(label="文件")
        day = forms.DateField(label="日期", error_messages={"required": "请填日期。"})

    assert {name: list(said) for name, said in Asked({}, {}).errors.items()} == {
        "name": ["还没有填。"],
        "kind": ["还没有选。"],
        "file": ["还没有选文件。"],
        "day": ["请填日期。"],
    }
