"""The faults of a form, each a sentence of its own that says what stands at its place."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, BaseFormSet

from .values import Fault


def faults_of(form: BaseForm | BaseFormSet[Any]) -> list[Fault]:
    """Every fault of a form or formset, in the order of the page, each with a link to its field.

    A fault of the whole form has no place to link to; its message stands alone, or leads to where what is missing can
    be done (``refusals.refuse``).
    """
    if isinstance(form, BaseFormSet):
        found = [Fault("", str(message)) for message in form.non_form_errors()]
        for inner in form.forms:
            found += faults_of(inner)
        return found
    ways: dict[str, str] = getattr(form, "ways", {})
    found = [
        Fault("", str(message), ways.get(str(message), "")) for message in form.non_field_errors()
    ]
    for bound in form:
        found += [
            Fault(
                "",
                whole_sentence(str(bound.label), str(message)),
                f"#{bound.id_for_label or bound.auto_id}",
            )
            for message in bound.errors
        ]
    return found


#: How a message names its field, and how it is asked to be chosen.
_HERE, _CHOOSE = "此处", "请选择。"


def at_field(label: str, message: str) -> str:
    """What stands at a field, in the words that the summary uses: 此处未填。 at 位置 is 位置未填。; 请选择。 at 类型 请选择类型。"""
    if label and label not in message:
        if message.startswith(_HERE):
            return label + message.removeprefix(_HERE)
        if message == _CHOOSE:
            return f"请选择{label}。"
    return message


def whole_sentence(label: str, message: str) -> str:
    """What stands at a field, said away from it: 位置未填。; 请选择类型。; 金额：不小于 0。"""
    said = at_field(label, message)
    if said != message or not label or label in message:
        return said
    return f"{label}：{message}"
