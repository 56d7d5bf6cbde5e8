"""Steps of a case and coordinations are written once (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

STEP = "拆违办理记录不能修改或删除，请登记新的一步。"
COORDINATION = "协调记录不能修改或删除，请另记一次。"


class Migration(migrations.Migration):
    dependencies = [("works", "0003_structures_and_utilities")]

    operations = [
        refuse(f"{table}_{event.lower()}", table, event, message)
        for table, message in (
            ("works_structurestep", STEP),
            ("works_coordination", COORDINATION),
        )
        for event in ("UPDATE", "DELETE")
    ]
