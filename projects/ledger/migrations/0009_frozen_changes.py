"""What a plan froze and what a change said stay as they were approved; the old column of the deadline goes."""

from django.db import migrations

from renovation.core.triggers import refuse

PLAN = "已批准的计划不能修改或删除，请另拟一版。"
CHANGE = "已批准的变更不能修改或删除，请另行登记变更。"
OF_APPROVED = "(SELECT state FROM ledger_baseline WHERE id = {row}.baseline_id) = 'approved'"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_start_deadlines")]

    operations = [
        migrations.RemoveField(model_name="historicalprogramme", name="start_deadline_on"),
        migrations.RemoveField(model_name="programme", name="start_deadline_on"),
        *(
            refuse(
                f"baseline_node_{event.lower()}",
                "ledger_baselinenode",
                event,
                PLAN,
                when=OF_APPROVED.format(row="OLD"),
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"project_change_{event.lower()}",
                "ledger_projectchange",
                event,
                CHANGE,
                when="OLD.state = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
    ]
