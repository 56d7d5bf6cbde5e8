"""What was read of a week, and an alarm that is over, stay as they are (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

READ = "付款背离的逐周数不能修改或删除。"
OVER = "已解除的付款背离报警不能修改或删除。"


class Migration(migrations.Migration):
    replaces = [
        ("figures", "0002_triggers"),
    ]

    dependencies = [("figures", "0001_tables")]

    operations = [
        *(
            refuse(f"figures_reading_{event.lower()}", "figures_alarmreading", event, READ)
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"figures_alarm_{event.lower()}",
                "figures_divergencealarm",
                event,
                OVER,
                when="OLD.state = 'closed'",
            )
            for event in ("UPDATE", "DELETE")
        ),
    ]
