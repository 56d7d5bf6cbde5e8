"""Django's templates, which let go of what they showed.

A context that was filled holds itself (``ContextDict.context``), and with it everything that its page was made of:
of a list over 5,000 projects some hundred thousand values, which only the cyclic collector would free, in the
middle of the next page and at the cost of a third of it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates, Template
from django.template.context import make_context
from django.utils.safestring import SafeString


class LeavingTemplate(Template):
    """Renders as Django's own and empties the context afterwards."""

    def render(
        self, context: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> SafeString:
        """The text of the template."""
        filled = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            return self.template.render(filled)
        finally:
            filled.dicts.clear()


class LeavingTemplates(DjangoTemplates):
    """The engine of ``settings.TEMPLATES``."""

    def from_string(self, template_code: str) -> LeavingTemplate:
        """A template from its text."""
        return LeavingTemplate(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> LeavingTemplate:
        """A template by its name."""
        return LeavingTemplate(super().get_template(template_name).template, self)
