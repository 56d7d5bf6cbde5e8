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


#: How a message at a field names it, and how it is asked to be chosen.
_HERE, _CHOOSE = "此处", "请选择。"


def whole_sentence(label: str, message: str) -> str:
    """What stands at a field, said away from it: 位置 and 此处未填。 are 位置未填。; 请选择类型。; 金额：不小于 0。"""
    if not label or label in message:
        return message
    if message.startswith(_HERE):
        return label + message.removeprefix(_HERE)
    return f"请选择{label}。" if message == _CHOOSE else f"{label}：{message}"
