"""The shape of any workbook that is picked for upload."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django import forms

from renovation.accounts.models import User
from renovation.core.documents.reading import DEFAULT_LIMITS, MEGABYTE
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse
from renovation.face.widgets import FilePick

from . import services
from .models import Upload
from .pipelines import Pipeline, Target

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


def take_in(
    *, form: WorkbookForm, pipeline: Pipeline, target: Target, by: User, now: datetime
) -> Upload | None:
    """The picked workbook received; None where it was refused, which the form then says at its field. For a form
    that is valid."""
    file = form.cleaned_data["file"]
    try:
        return services.receive(
            pipeline=pipeline.code,
            organisation=target.organisation,
            period_key=target.period_key,
            file=file.read(),
            name=file.name or "",
            by=by,
            now=now,
        )
    except Refusal as refusal:
        refuse(form, refusal.at("file"))
        return None
