"""Form widgets in the sizes of the face. They keep what was typed: nothing is ``type="number"``,
which would drop “98.5O” before anybody can be told."""

from __future__ import annotations

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """A day; the browser's own picker where there is one."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "size-day", **(attrs or {})}, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day with a time of day."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "size-moment", **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class NumberText(forms.TextInput):
    """A number typed as text with the keyboard of figures: percent, amount, count."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"class": "size-number", "inputmode": "decimal", "autocomplete": "off", **(attrs or {})}
        )


class ShortText(forms.TextInput):
    """A code or number of a document."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "size-short", **(attrs or {})})


class LongText(forms.Textarea):
    """Some sentences."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, **(attrs or {})})


class SegmentChoice(forms.RadioSelect):
    """A choice of two to five short words, drawn as segments (接收 / 暂留)."""

    template_name = "components/widgets/segment_choice.html"

    @property
    def use_fieldset(self) -> bool:  # type: ignore[override]
        return True


class FilePick(forms.FileInput):
    """One file to upload."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "file-pick", **(attrs or {})})


class FilesPick(forms.FileInput):
    """Several photographs to upload at once."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        accept = ".jpg,.jpeg,.png,.heic,.heif"
        super().__init__(
            {"class": "file-pick", "multiple": True, "accept": accept, **(attrs or {})}
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All files of the name, as a list."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)
