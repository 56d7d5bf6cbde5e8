"""Who approves a plan whose works fall into a 停工期 says why; the words stay with the version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_promises_of_formalities")]

    operations = [
        migrations.AddField(
            model_name="baseline",
            name="rest_reason",
            field=models.CharField(
                blank=True, max_length=300, null=True, verbose_name="停工期内施工的理由"
            ),
        ),
    ]
