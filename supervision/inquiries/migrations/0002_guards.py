"""What was approved is collected as it was approved, what was answered stays, what was closed is not changed
(HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

FROZEN = "收数提请批准后，内容、街道和各列不能修改，请退回后再改。"
ROWS = "收数的行在批准时定下，不能增减。"
ROW_KEPT = "收数的行不能修改，结束时只记下平台填好的内容。"
OVER = "已结束或已撤销的收数不能修改。"
ASKED = "正在收数的，用途、列、批准人和批准时的期限不能修改，期限可以延后。"
KEPT = "临时收数不能删除，不要的请撤销。"
SHUT = "收数没有开始或已经结束，不能写入答复。"
ANSWER = "答复不能修改或删除，请另报一版。"
EVENT = "收数的办理记录不能修改或删除。"

STATE = "(SELECT i.state FROM inquiries_inquiry i WHERE i.id = {row}.inquiry_id)"
ANSWERED = (
    "(SELECT i.state FROM inquiries_streetanswer a JOIN inquiries_inquiry i ON i.id = a.inquiry_id"
    " WHERE a.id = NEW.answer_id)"
)
_FIXED = (
    "bureau_id", "programme_id", "number", "title", "purpose", "subject", "drafted_by_id",
    "drafted_at", "submitted_by_id", "submitted_at", "approved_by_id", "approved_at",
    "first_due_at", "version",
)  # fmt: skip
FIXED_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED)
CONTENT_CHANGED = " OR ".join(
    f"NEW.{name} IS DISTINCT FROM OLD.{name}"
    for name in ("bureau_id", "programme_id", "number", "title", "purpose", "subject", "due_at")
)


def _row(event: str) -> str:
    return "NEW" if event == "INSERT" else "OLD"


def _drafts_only(name: str, table: str) -> list:
    return [
        refuse(
            f"{name}_{event.lower()}",
            table,
            event,
            FROZEN,
            when=f"{STATE.format(row=_row(event))} <> 'draft'",
        )
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


def _never(name: str, table: str, message: str) -> list:
    return [
        refuse(f"{name}_{event.lower()}", table, event, message) for event in ("UPDATE", "DELETE")
    ]


class Migration(migrations.Migration):
    replaces = [("inquiries", "0002_triggers")]

    dependencies = [("inquiries", "0001_tables")]

    operations = [
        *_drafts_only("inquiry_street", "inquiries_inquirystreet"),
        *_drafts_only("inquiry_column", "inquiries_askedcolumn"),
        *_drafts_only("inquiry_filled", "inquiries_filledcolumn"),
        refuse(
            "inquiry_row_insert",
            "inquiries_askedrow",
            "INSERT",
            ROWS,
            when=f"{STATE.format(row='NEW')} <> 'submitted'",
        ),
        refuse(
            "inquiry_row_update",
            "inquiries_askedrow",
            "UPDATE",
            ROW_KEPT,
            when=f"{STATE.format(row='OLD')} <> 'open' OR NEW.inquiry_id <> OLD.inquiry_id"
            " OR NEW.street_id <> OLD.street_id OR NEW.project_id IS DISTINCT FROM OLD.project_id",
        ),
        refuse("inquiry_row_delete", "inquiries_askedrow", "DELETE", ROWS),
        refuse(
            "inquiry_over",
            "inquiries_inquiry",
            "UPDATE",
            OVER,
            when="OLD.state IN ('closed', 'cancelled')",
        ),
        refuse(
            "inquiry_asked",
            "inquiries_inquiry",
            "UPDATE",
            ASKED,
            when=f"OLD.state = 'open' AND ({FIXED_CHANGED})",
        ),
        refuse(
            "inquiry_submitted",
            "inquiries_inquiry",
            "UPDATE",
            FROZEN,
            when=f"OLD.state = 'submitted' AND ({CONTENT_CHANGED})",
        ),
        refuse("inquiry_delete", "inquiries_inquiry", "DELETE", KEPT),
        refuse(
            "inquiry_answer_insert",
            "inquiries_streetanswer",
            "INSERT",
            SHUT,
            when=f"{STATE.format(row='NEW')} <> 'open'",
        ),
        refuse(
            "inquiry_answer_row_insert",
            "inquiries_streetanswerrow",
            "INSERT",
            SHUT,
            when=f"{ANSWERED} <> 'open'",
        ),
        *_never("inquiry_answer", "inquiries_streetanswer", ANSWER),
        *_never("inquiry_answer_row", "inquiries_streetanswerrow", ANSWER),
        *_never("inquiry_event", "inquiries_inquiryevent", EVENT),
    ]
