"""What was approved is mended by an adjusting event, never changed (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

MESSAGE = "已核定的资金登记不能修改或删除，请用更正。"


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_initial")]

    operations = [
        refuse(
            f"funding_event_{event.lower()}",
            "funding_fundingevent",
            event,
            MESSAGE,
            when="OLD.state = 'approved'",
        )
        for event in ("UPDATE", "DELETE")
    ]
