"""Form fields that understand numbers and dates as Chinese offices type them (``core.reading``).

What was typed stays in the box; a fault is the reader's own Chinese sentence.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from renovation.core.documents.glyphs import missing_glyphs
from renovation.core.errors import Refusal
from renovation.core.files import NewFile, read_document, read_evidence
from renovation.core.images import read_photo
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.reading import fen_from_wanyuan, parse_date, parse_decimal
from renovation.face.widgets import DayInput, FilePick, FilesPick, MomentInput, NumberText

REQUIRED = {"required": "此处未填。"}
_FILE_MESSAGES = {
    "required": "请选择文件。",
    "max_length": "文件名太长，请改短后再上传。",
    "invalid": "没有收到文件，请重新选择。",
    "missing": "没有收到文件，请重新选择。",
}


def printable(value: str) -> None:
    """A validator: what is typed can be printed on a paper (no emoji, no character without a glyph)."""
    if missing := missing_glyphs(value):
        raise ValidationError(
            f"“{''.join(sorted(missing))[:10]}”印不到文件上，请删去或换成规范汉字。",
            code="unprintable",
        )


class _ReadField(forms.CharField):
    """A text that is read into a value; None where it may be and is left empty."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)
        options["error_messages"] = REQUIRED | options.get("error_messages", {})
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text == "":
            return None
        try:
            return self.read(text)
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal

    def read(self, text: str) -> Any:
        """The value of a text; raises Refusal."""
        raise NotImplementedError

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()


class DecimalField(_ReadField):
    """An exact number with at most ``places`` decimals between two bounds."""

    widget = NumberText

    def __init__(
        self,
        *,
        places: int,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
        percent: bool = False,
        **options: Any,
    ) -> None:
        self.places, self.minimum, self.maximum = places, minimum, maximum
        self.percent = percent
        super().__init__(**options)

    def read(self, text: str) -> Decimal:
        return parse_decimal(
            text, self.places, minimum=self.minimum, maximum=self.maximum, percent=self.percent
        )

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.{self.places}f}" if isinstance(value, Decimal) else value


class WholeField(DecimalField):
    """A whole number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(places=0, **options)

    def read(self, text: str) -> int:  # type: ignore[override]
        return int(super().read(text))


class WanyuanField(DecimalField):
    """An amount typed in 万元 with two decimals, cleaned to an integer of 分."""

    def __init__(self, **options: Any) -> None:
        super().__init__(places=2, **options)

    def read(self, text: str) -> int:  # type: ignore[override]
        return fen_from_wanyuan(super().read(text))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return format_decimal(wanyuan_from_fen(value), 2, grouped=False)
        return value


class YuanField(DecimalField):
    """An amount typed in 元 with two decimals, cleaned to an integer of 分."""

    def __init__(self, **options: Any) -> None:
        super().__init__(places=2, **options)

    def read(self, text: str) -> int:  # type: ignore[override]
        return int(super().read(text) * 100)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return format_decimal(Fraction(value, 100), 2, grouped=False)
        return value


class DayField(_ReadField):
    """A day; the browser's picker where there is one, 2025年5月9日 where it is typed."""

    widget = DayInput

    def read(self, text: str) -> date:
        return parse_date(text)


class MomentField(forms.DateTimeField):
    """A day with its time, aware; ``empty`` is said where it is missing."""

    def __init__(self, *, empty: str, **options: Any) -> None:
        options.setdefault("widget", MomentInput())
        options["error_messages"] = {
            "required": empty,
            "invalid": "时间看不懂，请按 2025-05-12 14:30 填写。",
        }
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **options)


class EvidenceField(forms.FileField):
    """A PDF, JPEG or PNG of at most 20 MB, told by its content; cleaned to a ``NewFile`` or None."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 200)
        options["allow_empty_file"] = True
        options["error_messages"] = _FILE_MESSAGES
        super().__init__(widget=FilePick({"accept": ".pdf,.jpg,.jpeg,.png"}), **options)

    def clean(self, data: Any, initial: Any = None) -> NewFile | None:
        file = super().clean(data, None)
        if not file:
            return None
        try:
            return read_evidence(name=file.name or "", content=file.read())
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal


class DocumentField(forms.FileField):
    """A document to be filed, of at most 20 MB, told by its content; cleaned to a ``NewFile`` or None."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 200)
        options["allow_empty_file"] = True
        options["error_messages"] = _FILE_MESSAGES
        super().__init__(
            widget=FilePick({"accept": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd"}), **options
        )

    def clean(self, data: Any, initial: Any = None) -> NewFile | None:
        file = super().clean(data, None)
        if not file:
            return None
        try:
            return read_document(name=file.name or "", content=file.read())
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal


class PhotosField(forms.FileField):
    """Photographs chosen at once, each of at most 20 MB and told by its content; cleaned to a list of
    ``NewFile``. Every fault is said; one wrong file keeps all from being taken."""

    widget = FilesPick

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        options["allow_empty_file"] = True
        options["error_messages"] = _FILE_MESSAGES
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> list[NewFile]:
        files = [file for file in (data or []) if file]
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > self.most:
            raise ValidationError(f"一次最多 {self.most} 张，选了 {len(files)} 张。", code="many")
        read, faults = [], []
        for file in files:
            try:
                read.append(read_photo(name=file.name or "", content=file.read()))
            except Refusal as refusal:
                faults.append(ValidationError(refusal.message, code=refusal.code))
        if faults:
            raise ValidationError(faults)
        return read
