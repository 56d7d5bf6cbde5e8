"""Forms of surveys, publications and commitments: shape only."""

from __future__ import annotations

from datetime import date
from typing import Any

from projects.ledger.enums import VISITS, CommitmentKind
from projects.ledger.models import Commitment, Project, Publication, Survey
from projects.ledger.pages import RowForm
from renovation.face.fields import DayField, EvidenceField, WholeField
from renovation.face.widgets import LongText

FILE_RULE = "PDF、JPG 或 PNG，不超过 20 MB。"


class _OfProject(RowForm):
    """A row of a project whose kind is given by the address, with a day that may not lie ahead."""

    day_name = ""

    def __init__(self, *args: Any, project: Project, kind: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.instance.project = project
        if self.instance.pk is None:
            self.instance.kind = kind
        kept = getattr(self.instance, "file", None)
        if "evidence" in self.fields:
            words = f"已有“{kept}”，选了新文件就替换它。" if kept else ""
            self.fields["evidence"].help_text = FILE_RULE + words

    def clean(self) -> dict[str, Any]:
        """Nothing that is yet to happen."""
        cleaned = super().clean() or {}
        day = cleaned.get(self.day_name)
        if day and day > self.today:
            self.add_error(self.day_name, "日期不能晚于今天。")
        return cleaned


class SurveyForm(_OfProject):
    """A survey, or a round of visits."""

    day_name = "done_on"
    done_on = DayField(label="完成日期")
    household_count = WholeField(
        label="走访户数（户）", minimum=0, maximum=999_999, help_text="这一轮走访了多少户。"
    )
    evidence = EvidenceField(label="材料", required=False)

    class Meta:
        model = Survey
        fields = ("done_on", "household_count", "finding")
        widgets = {"finding": LongText({"rows": 3})}
        error_messages = {"finding": {"required": "此处未填。", "max_length": "不超过 500 个字。"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind not in VISITS:
            del self.fields["household_count"]


class PublicationForm(_OfProject):
    """Something made public."""

    day_name = "published_on"
    published_on = DayField(label="公开日期")
    evidence = EvidenceField(label="公示件", required=False)

    class Meta:
        model = Publication
        fields = ("published_on", "channel", "note")
        error_messages = {"channel": {"required": "此处未填。", "max_length": "不超过 60 个字。"}}


class CommitmentForm(_OfProject):
    """A dated record of how a project is carried; it may be agreed ahead."""

    starts_on = DayField(label="起")
    ends_on = DayField(label="止", required=False)
    points = WholeField(label="积分（分）", minimum=0, maximum=32_000)

    class Meta:
        model = Commitment
        fields = ("who", "detail", "schedule", "points", "starts_on", "ends_on")
        widgets = {"detail": LongText({"rows": 2})}
        error_messages = {
            "who": {"required": "此处未填。"},
            "detail": {"required": "此处未填。", "max_length": "不超过 300 个字。"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind == CommitmentKind.ON_SITE:
            self.fields["schedule"].required = True
            self.fields["schedule"].error_messages["required"] = "此处未填。"
        else:
            del self.fields["schedule"]
        if self.instance.kind == CommitmentKind.POINTS:
            self.fields["starts_on"].label = "日期"
            del self.fields["ends_on"]
        else:
            del self.fields["points"]

    def clean(self) -> dict[str, Any]:
        """Ends after it begins."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "止不能早于起。")
        return cleaned
