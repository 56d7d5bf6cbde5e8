"""A promise (容缺承诺) names a formality that is missing, never consent, the programme or the works.

A constraint would refuse the rows that an earlier release let in; they stay to be read, without effect
(``GatePromise.opens``), and the database takes no new one.
"""

from django.db import migrations

from renovation.core.triggers import refuse

MESSAGE = "意愿征询、列入计划、开工、完工、竣工验收不能容缺。"
NEVER = "NEW.missing_gate IN ('consulted', 'programmed', 'started', 'completed', 'accepted')"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_totals_of_estates_and_buildings")]

    operations = [
        refuse("gate_promise_insert", "ledger_gatepromise", "INSERT", MESSAGE, when=NEVER),
        refuse(
            "gate_promise_update",
            "ledger_gatepromise",
            "UPDATE",
            MESSAGE,
            when=f"{NEVER} AND NEW.missing_gate IS DISTINCT FROM OLD.missing_gate",
        ),
    ]
