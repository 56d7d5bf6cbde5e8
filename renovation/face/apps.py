"""App of the face."""

from django import forms
from django.apps import AppConfig

#: What a field says that is left empty and has no words of its own, in place of Django's “这个字段是必填项”.
EMPTY: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.Field, "还没有填。"),
    (forms.ChoiceField, "还没有选。"),
    (forms.ModelChoiceField, "还没有选。"),
    (forms.FileField, "还没有选文件。"),
)


class FaceConfig(AppConfig):
    """Template tags, widgets, navigation and the gallery (FACE.md)."""

    name = "renovation.face"
    label = "face"
    verbose_name = "界面"

    def ready(self) -> None:
        """Say what is missing as the face says it."""
        for kind, words in EMPTY:
            kind.default_error_messages = {**kind.default_error_messages, "required": words}
