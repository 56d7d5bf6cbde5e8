"""What hung on a wall, was answered, solved or confirmed stays as it was (HOUSE.md §4.7)."""

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


SOLVED = "已解决的议事问题不能修改或删除。"
HANDOVER = "已确认的移交管养不能修改或删除，只能作废后重新登记。"
EVALUATION = "已确认的共同评价不能修改或删除，只能作废后重新登记。"
OPINION = "已办理的共评意见不能修改或删除。"
SIGNED = ("recorded_by_id", "recorded_at", "confirmed_by_id", "confirmed_at")
HANDED = ("estate_id", "handed_on", "handed_by", "taken_by", "items", "note", "file_id", *SIGNED)
FOUND = (
    "project_id",
    "held_on",
    "resident_count",
    "representative_count",
    "street_count",
    "bureau_count",
    "base_count",
    "satisfied_count",
    "basic_count",
    "unsatisfied_count",
    "summary",
    "file_id",
    *SIGNED,
)


def _once_confirmed(names):
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)
    return f"(OLD.state <> 'draft' AND ({changed})) OR OLD.state = 'withdrawn'"


GIFT = "已确认的居民投入不能修改或删除，只能作废后重新登记。"
GIVEN = (
    "project_id",
    "given_on",
    "kind",
    "purpose",
    "household_count",
    "people_count",
    "amount_fen",
    "hours",
    "things",
    "is_in_funding",
    "file_id",
    "recorded_by_id",
    "recorded_at",
    "confirmed_by_id",
    "confirmed_at",
)
OTHER_GIFT = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in GIVEN)


class Migration(migrations.Migration):
    replaces = [
        ("residents", "0002_written_once"),
        ("residents", "0004_solved_once"),
        ("residents", "0006_confirmed_once"),
    ]

    dependencies = [("residents", "0001_tables")]

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
        *(
            refuse(
                f"residents_matter_{event.lower()}",
                "residents_matter",
                event,
                SOLVED,
                when="OLD.solved_on IS NOT NULL",
            )
            for event in ("UPDATE", "DELETE")
        ),
        refuse(
            "residents_handover_update",
            "residents_handover",
            "UPDATE",
            HANDOVER,
            when=_once_confirmed(HANDED),
        ),
        refuse("residents_handover_delete", "residents_handover", "DELETE", HANDOVER),
        refuse(
            "residents_evaluation_update",
            "residents_evaluation",
            "UPDATE",
            EVALUATION,
            when=_once_confirmed(FOUND),
        ),
        refuse("residents_evaluation_delete", "residents_evaluation", "DELETE", EVALUATION),
        *(
            refuse(
                f"residents_opinion_{event.lower()}",
                "residents_opinion",
                event,
                OPINION,
                when="OLD.outcome <> ''",
            )
            for event in ("UPDATE", "DELETE")
        ),
        refuse(
            "residents_contribution_update",
            "residents_contribution",
            "UPDATE",
            GIFT,
            when=f"(OLD.state <> 'draft' AND ({OTHER_GIFT})) OR OLD.state = 'withdrawn'",
        ),
        refuse("residents_contribution_delete", "residents_contribution", "DELETE", GIFT),
    ]
