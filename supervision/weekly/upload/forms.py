"""The shape of an upload."""

from __future__ import annotations

from typing import Any

from renovation.intake.picking import WorkbookForm


class UploadForm(WorkbookForm):
    """One workbook of a week, filled into the template."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.help_text = f"下载的模板填好后上传。{field.help_text}"
