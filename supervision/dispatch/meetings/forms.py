"""Forms of meetings, topics and minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from projects.ledger.editing import Seen
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.models import Organisation
from renovation.face.fields import MomentField
from renovation.face.widgets import LongText, ShortText
from supervision.dispatch.enums import Presence, TopicKind
from supervision.dispatch.fields import CHOOSE, ProjectField, line_field, text_field
from supervision.dispatch.models import Topic

from .minutes import AttendeeValues, MinutesValues
from .services import MeetingValues, TopicValues

#: The kinds of a person's own topics; an unsettled item comes from the machine alone.
OWN_KINDS = [kind for kind in TopicKind if kind not in {TopicKind.ITEM}]


class MeetingForm(forms.Form):
    """When and where it is, who chairs it."""

    meets_at = MomentField(label="开会时间", empty="请填写开会时间。")
    place = line_field("地点", 60, "请填写地点。")
    chair = line_field("主持", 40, "请填写由谁主持。", "写职务，如“区局分管负责人”。")

    @property
    def values(self) -> MeetingValues:
        """The plan as typed."""
        cleaned = self.cleaned_data
        return MeetingValues(cleaned["meets_at"], cleaned["place"], cleaned["chair"])


class NewMeetingForm(MeetingForm):
    """A meeting about a week; ``extra_reason`` where the week has one already."""

    week = forms.ChoiceField(label="调度哪一周", error_messages=CHOOSE)
    extra_reason = text_field(
        "加开原因", 200, hint="这一周已经有会议的，写明为什么再开一次。", rows=2
    )
    field_order = ("week", "meets_at", "place", "chair", "extra_reason")

    def __init__(
        self, *args: Any, weeks: Sequence[tuple[str, str]], again: bool, **options: Any
    ) -> None:
        options.setdefault("use_required_attribute", False)
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["week"].choices = weeks
        if not again:
            del fields["extra_reason"]


class TopicForm(forms.Form):
    """A topic of one's own."""

    kind = forms.ChoiceField(
        label="类别",
        choices=[(kind.value, kind.label) for kind in OWN_KINDS],
        initial=TopicKind.OTHER,
        error_messages=CHOOSE,
    )
    title = line_field("议题", 80, "请填写议题。")
    facts = text_field("情况", 600, hint="会前要大家知道的，没有的不填。", rows=4)
    street = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="街道",
        required=False,
        empty_label="不涉及单个街道",
        error_messages=CHOOSE,
    )
    project = ProjectField()
    seen_version = Seen()

    def __init__(
        self,
        *args: Any,
        streets: Sequence[Organisation],
        projects: ProjectQuerySet,
        **options: Any,
    ) -> None:
        options.setdefault("use_required_attribute", False)
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["street"].queryset = Organisation.objects.filter(
            pk__in=[each.pk for each in streets]
        ).order_by("order", "code")
        fields["street"].label_from_instance = lambda each: each.short_name
        fields["project"].queryset = projects

    @property
    def values(self) -> TopicValues:
        """The topic as typed."""
        cleaned = self.cleaned_data
        return TopicValues(
            TopicKind(cleaned["kind"]),
            cleaned["title"],
            cleaned["facts"],
            cleaned["street"],
            cleaned["project"],
        )


class TopicWordsForm(forms.Form):
    """What a topic says."""

    title = line_field("议题", 80, "请填写议题。")
    facts = text_field("情况", 600, rows=5)
    #: Where the words belong should the topic itself be gone.
    meeting = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    seen_version = Seen()


class HoldForm(forms.Form):
    """Who takes the minutes."""

    recorder = line_field("记录", 40, "请填写由谁记录。", "写岗位，印在纪要上。")


class CallOffForm(forms.Form):
    """Why it is not held."""

    reason = text_field("取消原因", 200, required="请写明取消的原因。")


class CommentForm(forms.Form):
    """What lacks, or why a correction is needed."""

    comment = text_field("意见", 200, required="请写明意见。")


class PlainForm(forms.Form):
    """An act that asks for nothing."""


class SignForm(forms.Form):
    """Signing carries what was seen."""

    seen_version = Seen()


# -- minutes -----------------------------------------------------------------------------------------
_PRESENCES = [("", "没有参加"), *Presence.choices]
_OTHERS_HINT = (
    "一行一个，先写“出席”“请假”或“列席”，空格后写单位和职务，如“列席 区财政局 经济建设科”。"
)


#: The name of the button that fills the attendance in.
EVERYBODY = "everybody"
_USUAL_POST = "分管负责人"


def seat_everybody(data: QueryDict, organisations: Sequence[Organisation]) -> None:
    """Fill in 出席 and the usual post where nothing is chosen; what was chosen or typed stays."""
    for each in organisations:
        if not data.get(f"presence_{each.code}"):
            data[f"presence_{each.code}"] = Presence.PRESENT.value
            data[f"post_{each.code}"] = data.get(f"post_{each.code}") or _USUAL_POST


@dataclass(frozen=True, slots=True)
class Seat:
    """A row of the attendance: an organisation with its two bound fields."""

    organisation: Organisation
    presence: Any
    post: Any


class MinutesForm(forms.Form):
    """All of the minutes on one page: moment and place, who came, what was decided of each topic.

    Nobody came until somebody says so. Words about a topic that was struck while they were typed come back with it.
    """

    met_at = MomentField(label="开会时间", empty="请填写开会时间。")
    place = line_field("地点", 60, "请填写地点。")
    chair = line_field("主持", 40, "请填写由谁主持。")
    recorder = line_field("记录", 40, "请填写由谁记录。")
    summary = text_field("会议概况", 1000, hint="会议总的情况和要求，没有的不填。", rows=4)
    others = forms.CharField(
        label="其他参会单位",
        required=False,
        max_length=1000,
        help_text=_OTHERS_HINT,
        widget=LongText({"rows": 3}),
        error_messages={"max_length": "不超过 1000 个字。"},
    )
    seen_version = Seen()

    def __init__(
        self,
        data: Any = None,
        *,
        values: MinutesValues,
        organisations: Sequence[Organisation],
        topics: Sequence[Topic],
        seen: int,
    ) -> None:
        self.organisations = organisations
        self.topics = [topic for topic in topics if topic.struck_at is None]
        known = {each.organisation.pk: each for each in values.attendees if each.organisation}
        shown = {each.pk for each in organisations}
        others = [
            each
            for each in values.attendees
            if each.organisation is None or each.organisation.pk not in shown
        ]
        initial: dict[str, Any] = {
            "met_at": values.met_at,
            "place": values.place,
            "chair": values.chair,
            "recorder": values.recorder,
            "summary": values.summary,
            "others": "\n".join(
                " ".join(part for part in (each.presence.label, each.name, each.post) if part)
                for each in others
            ),
            "seen_version": seen,
        }
        super().__init__(data, initial=initial, use_required_attribute=False)
        for each in organisations:
            present = known.get(each.pk)
            self.fields[f"presence_{each.code}"] = forms.ChoiceField(
                label=each.short_name,
                choices=_PRESENCES,
                required=False,
                initial=present.presence.value if present else "",
                error_messages=CHOOSE,
            )
            self.fields[f"post_{each.code}"] = forms.CharField(
                label="职务",
                required=False,
                max_length=40,
                initial=present.post if present else "",
                error_messages={"max_length": "不超过 40 个字。"},
                widget=ShortText({"aria-label": f"{each.short_name}职务"}),
            )
        for topic in self.topics:
            self.fields[f"decision_{topic.pk}"] = text_field("议定事项", 600, rows=2)
            self.fields[f"decision_{topic.pk}"].initial = values.decisions.get(topic.pk, "")
        titles = {f"decision_{topic.pk}": topic.title for topic in topics}
        #: name of the field → topic, of words whose topic was struck meanwhile.
        self.homeless = {
            name: titles.get(name, "别的议题")
            for name in data or ()
            if name.startswith("decision_") and name not in self.fields and data[name].strip()
        }
        for name in self.homeless:
            self.fields[name] = text_field("议定事项", 600, rows=2)

    def clean(self) -> dict[str, Any]:
        """Words without a topic are kept nowhere, so they are not let go in silence."""
        for name, title in self.homeless.items():
            self.add_error(
                name,
                f"“{title}”已经删去，这段话没有地方保存。可以先在会议页恢复这个议题，"
                "或把话移到别的议题、会议概况里，再把这一格清空。",
            )
        return self.cleaned_data

    def clean_others(self) -> str:
        """Every line names how and who."""
        text: str = self.cleaned_data["others"]
        wrong = [line for line in text.splitlines() if line.strip() and self._other(line) is None]
        if wrong:
            raise forms.ValidationError(f"“{wrong[0].strip()[:20]}”看不懂，{_OTHERS_HINT}")
        return text

    @staticmethod
    def _other(line: str) -> AttendeeValues | None:
        words = line.replace("　", " ").split()
        kinds = {str(presence.label): presence for presence in Presence}
        if len(words) < 2 or words[0] not in kinds:
            return None
        name, post = words[1], " ".join(words[2:])
        return (
            AttendeeValues(kinds[words[0]], name, post)
            if len(name) <= 60 and len(post) <= 40
            else None
        )

    @property
    def head(self) -> list[Any]:
        """The fields over the attendance."""
        return [self[name] for name in ("met_at", "place", "chair", "recorder", "summary")]

    @property
    def seats(self) -> Iterator[Seat]:
        """The rows of the attendance."""
        for each in self.organisations:
            yield Seat(each, self[f"presence_{each.code}"], self[f"post_{each.code}"])

    @property
    def decided(self) -> list[tuple[Topic, Any]]:
        """The topics, each with the field of what was decided."""
        return [(topic, self[f"decision_{topic.pk}"]) for topic in self.topics]

    @property
    def returned(self) -> list[tuple[str, Any]]:
        """The topics that were struck meanwhile, each with the field of the words about it."""
        return [(title, self[name]) for name, title in self.homeless.items()]

    @property
    def values(self) -> MinutesValues:
        """The minutes as typed."""
        cleaned = self.cleaned_data
        seats = [
            AttendeeValues(
                Presence(cleaned[f"presence_{each.code}"]),
                each.short_name,
                cleaned[f"post_{each.code}"],
                each,
            )
            for each in self.organisations
            if cleaned[f"presence_{each.code}"]
        ]
        others = [self._other(line) for line in cleaned["others"].splitlines() if line.strip()]
        decisions = {topic.pk: cleaned[f"decision_{topic.pk}"].strip() for topic in self.topics}
        return MinutesValues(
            met_at=cleaned["met_at"],
            place=cleaned["place"],
            chair=cleaned["chair"],
            recorder=cleaned["recorder"],
            summary=cleaned["summary"].strip(),
            attendees=(*seats, *(each for each in others if each is not None)),
            decisions={pk: text for pk, text in decisions.items() if text},
        )
