"""A transfer keeps who answered until then, so that a day before it is told with who answered on that day."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from renovation.core.triggers import room_to_remake


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_stand_ins_acts"),
        ("dispatch", "0002_guards"),
    ]

    operations = [
        room_to_remake("dispatch_itemstep"),
        migrations.AddField(
            model_name="itemstep",
            name="from_kind",
            field=models.CharField(
                blank=True,
                choices=[("street", "街道"), ("section", "局内科室"), ("party", "参建单位")],
                default="",
                max_length=8,
                verbose_name="原谁来办",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="itemstep",
            name="from_organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="原单位",
            ),
        ),
        migrations.AddField(
            model_name="itemstep",
            name="from_name",
            field=models.CharField(
                blank=True, default="", max_length=80, verbose_name="原责任单位"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="itemstep",
            constraint=models.CheckConstraint(
                condition=(Q(act="transfer") & ~Q(from_kind="") & ~Q(from_name=""))
                | (~Q(act="transfer") & Q(from_kind="", from_name="", from_organisation=None)),
                name="dispatch_step_transfer_keeps_from_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemstep",
            constraint=models.CheckConstraint(
                condition=~Q(from_kind__in=["street", "section"])
                | Q(from_organisation__isnull=False),
                name="dispatch_step_from_answerer_agrees",
            ),
        ),
        room_to_remake("dispatch_itemstep"),
    ]
