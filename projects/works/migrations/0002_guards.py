"""What was decided or delivered is not changed; steps of a case and coordinations are written once (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

DELIVERED = "完成登记不能修改或删除，请撤回后重新登记。"
PLAN = "已批准或已退回的改造内容计划不能修改或删除，请登记调整。"
#: A withdrawal is the one change of a delivery, and it happens once.
OTHER_THAN_WITHDRAWN = (
    "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL"
    " OR OLD.item_id IS DISTINCT FROM NEW.item_id OR OLD.quantity IS DISTINCT FROM NEW.quantity"
    " OR OLD.delivered_on IS DISTINCT FROM NEW.delivered_on"
    " OR OLD.building IS DISTINCT FROM NEW.building"
    " OR OLD.accepted_by IS DISTINCT FROM NEW.accepted_by"
    " OR OLD.evidence_id IS DISTINCT FROM NEW.evidence_id"
    " OR OLD.explanation IS DISTINCT FROM NEW.explanation"
)
STEP = "拆违办理记录不能修改或删除，请登记新的一步。"
COORDINATION = "协调记录不能修改或删除，请另记一次。"


class Migration(migrations.Migration):
    replaces = [
        ("works", "0004_written_once"),
    ]

    dependencies = [("works", "0001_tables")]

    operations = [
        refuse(
            "works_completion_update",
            "works_completion",
            "UPDATE",
            DELIVERED,
            when=OTHER_THAN_WITHDRAWN,
        ),
        refuse("works_completion_delete", "works_completion", "DELETE", DELIVERED),
        *(
            refuse(
                f"works_itemplan_{event.lower()}",
                "works_itemplan",
                event,
                PLAN,
                when="OLD.state <> 'pending'",
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(f"{table}_{event.lower()}", table, event, message)
            for table, message in (
                ("works_structurestep", STEP),
                ("works_coordination", COORDINATION),
            )
            for event in ("UPDATE", "DELETE")
        ),
    ]
