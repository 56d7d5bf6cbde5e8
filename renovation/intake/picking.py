"""The shape of any workbook that is picked for upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from renovation.core.documents.reading import DEFAULT_LIMITS, MEGABYTE
from renovation.face.widgets import FilePick

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

_MOST = DEFAULT_LIMITS.bytes // MEGABYTE


class WorkbookForm(forms.Form):
    """One workbook. What is in it is the reading's business, an empty file included."""

    file = forms.FileField(
        label="填好的工作簿",
        allow_empty_file=True,
        max_length=200,
        widget=FilePick({"accept": ".xlsx,.xlsm,.xls,.et"}),
        help_text=f"收 .xlsx、.xlsm、.xls 和 .et，不超过 {_MOST} MB。",
        error_messages={
            "required": "请选择要上传的工作簿。",
            "max_length": "文件名太长，请改短后再上传。",
            "invalid": "没有收到文件，请重新选择。",
            "missing": "没有收到文件，请重新选择。",
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse by its size what would only fill the disk."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        size = file.size or 0
        if size > DEFAULT_LIMITS.bytes:
            raise forms.ValidationError(
                f"文件有 {size / MEGABYTE:.1f} MB，不超过 {_MOST} MB 才能上传，请删去图片和无关的工作表后再传。"
            )
        return file
