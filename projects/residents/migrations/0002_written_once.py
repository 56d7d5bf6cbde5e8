"""What hung on a wall stays what it was, and an answer is written once (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

NOTICE = "公示发布后内容不能修改或删除，请撤回后另拟一版。"
WORDS = (
    "project_id",
    "point",
    "node",
    "number",
    "body",
    "file_id",
    "tells_investment",
    "period_days",
    "channels",
    "place",
    "feedback",
    "told",
    "drafted_by_id",
    "drafted_at",
    "posted_on",
    "closes_on",
    "published_by_id",
    "published_at",
)
RESULT = ("concluded_on", "conclusion", "concluded_by_id", "concluded_at")
OBJECTION = "异议和答复只能增加，不能修改或删除。"
SAID = (
    "notice_id",
    "number",
    "raised_on",
    "way",
    "content",
    "recorded_by_id",
    "recorded_at",
)


def _any(names):
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


class Migration(migrations.Migration):
    dependencies = [("residents", "0001_notices")]

    operations = [
        refuse(
            "residents_notice_update",
            "residents_notice",
            "UPDATE",
            NOTICE,
            when=f"(OLD.state <> 'draft' AND ({_any(WORDS)}))"
            f" OR (OLD.state = 'concluded' AND ({_any(RESULT)}))"
            " OR (OLD.photo_id IS NOT NULL AND NEW.photo_id IS DISTINCT FROM OLD.photo_id)"
            " OR OLD.state = 'withdrawn'",
        ),
        refuse("residents_notice_delete", "residents_notice", "DELETE", NOTICE),
        refuse(
            "residents_objection_update",
            "residents_objection",
            "UPDATE",
            OBJECTION,
            when=f"OLD.outcome <> '' OR ({_any(SAID)})",
        ),
        refuse("residents_objection_delete", "residents_objection", "DELETE", OBJECTION),
    ]
