"""A hand-over and an evaluation stay as they were confirmed, an opinion as it was answered (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

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


class Migration(migrations.Migration):
    dependencies = [("residents", "0005_aftercare_and_sharing")]

    operations = [
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
    ]
