"""An approved plan is superseded, never changed (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

MESSAGE = "已批准的计划不能修改或删除，请另拟一版。"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        *(
            refuse(
                f"baseline_{event.lower()}",
                "ledger_baseline",
                event,
                MESSAGE,
                when="OLD.state = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"monthly_target_{event.lower()}",
                "ledger_monthlytarget",
                event,
                MESSAGE,
                when="(SELECT state FROM ledger_baseline WHERE id = OLD.baseline_id) = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
    ]
