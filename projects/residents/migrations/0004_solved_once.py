"""A matter that is solved stays as it was written (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

SOLVED = "已解决的议事问题不能修改或删除。"


class Migration(migrations.Migration):
    dependencies = [("residents", "0003_meetings")]

    operations = [
        refuse(
            f"residents_matter_{event.lower()}",
            "residents_matter",
            event,
            SOLVED,
            when="OLD.solved_on IS NOT NULL",
        )
        for event in ("UPDATE", "DELETE")
    ]
