"""Signed minutes stay as they were signed, what was assigned keeps its first deadline, steps are only added
(HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

SIGNED = "已签发的纪要不能修改，请另作更正。"
FROZEN = "提请签发后，纪要内容不能修改，请退回后再改。"
MINUTES_KEPT = "纪要不能删除。"
AGENDA = "纪要签发后，议题不能增减和修改。"
MEETING_KEPT = "会议不能删除，不开的请取消。"
MEETING_OVER = "已取消的会议不能修改。"
MEETING_HELD = "会议召开后，所属的周、次数和加开原因不能修改。"
STEP = "办理记录不能修改或删除。"
ITEM_KEPT = "交办事项不能删除，不要的请撤销。"
ITEM_OVER = "已办结或已撤销的交办事项不能修改。"
ITEM_FIXED = "交办事项生效后，编号、内容、完成标准和最初期限不能修改。"
ITEM_CODE = "交办事项的编号不能修改。"
EXTENSION = "已定的延期申请不能修改或删除。"

STATE = "(SELECT m.state FROM dispatch_minutes m WHERE m.id = {row}.minutes_id)"
SIGNED_OF = "(SELECT 1 FROM dispatch_minutes m WHERE m.state = 'signed' AND m.meeting_id = {row}.meeting_id)"
_RECORDED = ("met_at", "place", "chair", "recorder", "summary", "recorded_by_id", "recorded_at")
_ALWAYS = ("meeting_id", "version", "supersedes_id", "correction_reason")
_CODE = ("bureau_id", "week_start", "number", "origin", "meeting_id")
_TASK = (
    "topic_id",
    "project_id",
    "task",
    "standard",
    "first_due_on",
    "in_force_at",
    "assigned_by_id",
)


def _changed(*names: str) -> str:
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


def _row(event: str) -> str:
    return "NEW" if event == "INSERT" else "OLD"


def _of_recording_minutes(name: str, table: str) -> list:
    """Parts of minutes change while these are recorded."""
    return [
        refuse(
            f"{name}_{event.lower()}",
            table,
            event,
            FROZEN,
            when=f"{STATE.format(row=_row(event))} <> 'recording'",
        )
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


def _never(name: str, table: str, message: str) -> list:
    return [
        refuse(f"{name}_{event.lower()}", table, event, message) for event in ("UPDATE", "DELETE")
    ]


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_tables")]

    operations = [
        refuse(
            "dispatch_minutes_signed",
            "dispatch_minutes",
            "UPDATE",
            SIGNED,
            when="OLD.state = 'signed'",
        ),
        refuse(
            "dispatch_minutes_submitted",
            "dispatch_minutes",
            "UPDATE",
            FROZEN,
            when=f"OLD.state = 'submitted' AND ({_changed(*_RECORDED)})",
        ),
        refuse(
            "dispatch_minutes_version",
            "dispatch_minutes",
            "UPDATE",
            SIGNED,
            when=_changed(*_ALWAYS),
        ),
        refuse("dispatch_minutes_delete", "dispatch_minutes", "DELETE", MINUTES_KEPT),
        *_of_recording_minutes("dispatch_attendee", "dispatch_attendee"),
        *_of_recording_minutes("dispatch_decision", "dispatch_decision"),
        *(
            refuse(
                f"dispatch_topic_{event.lower()}",
                "dispatch_topic",
                event,
                AGENDA,
                when=f"EXISTS {SIGNED_OF.format(row=_row(event))}",
            )
            for event in ("INSERT", "UPDATE", "DELETE")
        ),
        refuse("dispatch_meeting_delete", "dispatch_dispatchmeeting", "DELETE", MEETING_KEPT),
        refuse(
            "dispatch_meeting_over",
            "dispatch_dispatchmeeting",
            "UPDATE",
            MEETING_OVER,
            when="OLD.state = 'called_off'",
        ),
        refuse(
            "dispatch_meeting_held",
            "dispatch_dispatchmeeting",
            "UPDATE",
            MEETING_HELD,
            when="OLD.state = 'held' AND ("
            + _changed("state", "bureau_id", "week_start", "year", "number", "extra_reason")
            + ")",
        ),
        *_never("dispatch_meeting_step", "dispatch_meetingstep", STEP),
        refuse("dispatch_item_delete", "dispatch_dispatchitem", "DELETE", ITEM_KEPT),
        refuse(
            "dispatch_item_over",
            "dispatch_dispatchitem",
            "UPDATE",
            ITEM_OVER,
            when="OLD.state IN ('done', 'cancelled')",
        ),
        refuse(
            "dispatch_item_code",
            "dispatch_dispatchitem",
            "UPDATE",
            ITEM_CODE,
            when=_changed(*_CODE),
        ),
        refuse(
            "dispatch_item_fixed",
            "dispatch_dispatchitem",
            "UPDATE",
            ITEM_FIXED,
            when=f"OLD.in_force_at IS NOT NULL AND ({_changed(*_TASK)})",
        ),
        *_never("dispatch_item_step", "dispatch_itemstep", STEP),
        refuse(
            "dispatch_extension_decided",
            "dispatch_itemextension",
            "UPDATE",
            EXTENSION,
            when=f"OLD.state <> 'asked' OR {_changed('item_id', 'due_on_then', 'wanted_on', 'reason', 'asked_by_id', 'asked_at')}",
        ),
        refuse("dispatch_extension_delete", "dispatch_itemextension", "DELETE", EXTENSION),
    ]
