"""The faults of a form in the words that stand at their places."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, BaseFormSet

from .values import Fault


def faults_of(form: BaseForm | BaseFormSet[Any]) -> list[Fault]:
    """Every fault of a form or formset, in the order of the page, each with a link to its field.

    A fault of the whole form has no place to link to; its message stands alone.
    """
    if isinstance(form, BaseFormSet):
        found = [Fault("", str(message)) for message in form.non_form_errors()]
        for inner in form.forms:
            found += faults_of(inner)
        return found
    found = [Fault("", str(message)) for message in form.non_field_errors()]
    for bound in form:
        found += [
            Fault(str(bound.label), str(message), f"#{bound.id_for_label or bound.auto_id}")
            for message in bound.errors
        ]
    return found
