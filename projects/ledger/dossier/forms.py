"""Forms of the dossier: shape only."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.ledger.enums import PhotoStage
from projects.ledger.forms import CHOOSE, text
from projects.ledger.models import DocumentKind, Estate, Project, ProjectDocument
from projects.ledger.pages import RowForm
from renovation.face.fields import DayField, DocumentField, PhotosField, WholeField
from renovation.face.widgets import SegmentChoice

MOST_PHOTOS = 20


class DocumentForm(forms.Form):
    """A document to be filed."""

    kind = forms.ModelChoiceField(
        DocumentKind.objects.none(), label="种类", empty_label="请选择", error_messages=CHOOSE
    )
    title = text("题名", 100, required=True)
    document_number = text("文号", 60)
    dated_on = DayField(label="成文日期", required=False)
    file = DocumentField(
        label="文件", help_text="PDF、JPG、PNG、Word、Excel 或 OFD，不超过 20 MB。"
    )
    note = text("说明", 200)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        kinds: Any,
        supersedes: ProjectDocument | None = None,
        kind: DocumentKind | None = None,
    ) -> None:
        initial: dict[str, Any] = {"kind": kind.pk if kind else None}
        if kind is not None:
            initial["title"] = kind.name
        if supersedes is not None:
            names = ("title", "document_number", "dated_on")
            initial = {name: getattr(supersedes, name) for name in names}
        super().__init__(data, files, initial=initial, use_required_attribute=False)
        if supersedes is not None:
            del self.fields["kind"]
        else:
            self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What ``file_document`` takes, without the file."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


class TakeOffForm(forms.Form):
    """Why something is taken off."""

    reason = forms.CharField(
        label="撤下原因",
        max_length=100,
        error_messages={"required": "撤下须写明原因。", "max_length": "不超过 100 个字。"},
    )


class PhotosForm(forms.Form):
    """Photographs of one spot at one stage."""

    stage = forms.ChoiceField(
        label="时期", choices=PhotoStage.choices, widget=SegmentChoice(), error_messages=CHOOSE
    )
    estate = forms.ModelChoiceField(
        Estate.objects.none(), label="小区", required=False, empty_label="不分小区"
    )
    spot = text(
        "位置",
        40,
        required=True,
        hint="在小区的哪里，如“3号楼北侧”。改造前后用同样的字，才能排成一对。",
    )
    photos = PhotosField(
        label="照片",
        most=MOST_PHOTOS,
        help_text=f"JPG、PNG 或手机的 HEIC，每张不超过 20 MB，一次最多 {MOST_PHOTOS} 张。",
    )
    note = text("说明", 100)

    def __init__(
        self, data: Any = None, files: Any = None, *, project: Project, initial: Any = None
    ) -> None:
        super().__init__(data, files, initial=initial, use_required_attribute=False)
        estates = project.estates.order_by("pk")
        field: Any = self.fields["estate"]
        field.queryset = estates
        if len(estates) == 1 and not (initial or {}).get("estate"):
            field.initial = estates[0].pk


class KindForm(RowForm):
    """A kind of documents."""

    order = WholeField(label="排序", minimum=0, maximum=9999, help_text="小的在前。")

    class Meta:
        model = DocumentKind
        fields = (
            "name",
            "order",
            "required_at",
            "is_gate_evidence",
            "is_plan",
            "is_private",
            "is_active",
        )
        error_messages = {"name": {"required": "此处未填。"}}

    def __init__(self, *args: Any, bureau_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.bureau_id = bureau_id
        field: Any = self.fields["required_at"]
        choices = DocumentKind._meta.get_field("required_at").flatchoices
        field.choices = [("", "不要求"), *((key, word) for key, word in choices if key)]

    def clean_name(self) -> str:
        """Once in a bureau."""
        name = str(self.cleaned_data["name"]).strip()
        others = DocumentKind.objects.filter(bureau_id=self.instance.bureau_id, name=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("已有这个种类。")
        return name
