"""A finding is handed over with a post: a step of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0007_finding_of_its_bureau")]

    operations = [
        migrations.AlterField(
            model_name="findingstep",
            name="act",
            field=models.CharField(
                choices=[
                    ("record", "登记"),
                    ("answer", "报整改"),
                    ("send_back", "退回整改"),
                    ("close", "销号"),
                    ("reopen", "重新整改"),
                    ("hand_over", "转交"),
                ],
                max_length=10,
                verbose_name="操作",
            ),
        ),
    ]
