"""What was decided or delivered is not changed (HOUSE.md §4.7), and the menu begins with DOMAIN.md §2.3."""

from django.db import migrations

from projects.works.seeds import plant
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


def forward(apps, schema_editor):
    plant(apps, schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("works", "0001_menu_and_items")]

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
        migrations.RunPython(forward, migrations.RunPython.noop),
    ]
