"""The telephone of a contractor's 项目经理 has a field of its own; until now the contact's was taken for it.

Where the contact's post is that of the 项目经理 itself, the number is known already and is not asked for again; a
项目经理部资料员 is somebody else.
"""

from django.db import migrations, models
from django.db.models import F, Q

from renovation.core.triggers import room_to_remake

#: How the post is written.
MANAGERS = ("项目经理", "项目经理岗", "项目负责人", "项目负责人岗")
OF_A_CONTRACTOR = "项目经理电话只登记在施工单位上。"


def fill(apps, schema_editor):
    """Of the parties, and of what their history keeps, so that the next edit shows no change that nobody made."""
    using = schema_editor.connection.alias
    for name in ("Party", "HistoricalParty"):
        rows = apps.get_model("ledger", name)._default_manager.using(using)
        rows.filter(contact__in=MANAGERS, role="contractor").update(manager_phone=F("phone"))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_reasons_in_new_rests")]

    operations = [
        room_to_remake("ledger_party"),
        migrations.AddField(
            model_name="historicalparty",
            name="manager_phone",
            field=models.CharField(
                blank=True, default="", max_length=30, verbose_name="项目经理电话"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="party",
            name="manager_phone",
            field=models.CharField(
                blank=True, default="", max_length=30, verbose_name="项目经理电话"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=Q(manager_phone="") | Q(role="contractor"),
                name="party_manager_is_a_contractors",
                violation_error_message=OF_A_CONTRACTOR,
            ),
        ),
        room_to_remake("ledger_party"),
    ]
