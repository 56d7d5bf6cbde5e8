from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0004_minutes_wait_for_signature"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dispatchitem",
            name="week_start",
            field=models.DateField(db_index=True, verbose_name="编号周次"),
        ),
    ]
