"""Whether a change corrects the day of an entry is said by a field; until now its title said it."""

from django.db import migrations, models

from renovation.core.triggers import room_to_remake, suspended

TITLE = "更正列入计划日期"


def mark(apps, schema_editor):
    """Approved changes are final: their guard is lifted for the statement that fills the new field."""
    using = schema_editor.connection
    for name in ("ProjectChange", "HistoricalProjectChange"):
        rows = apps.get_model("ledger", name)._default_manager.using(using.alias)
        with suspended("project_change_update", "ledger_projectchange", using):
            rows.filter(kind="enter", title=TITLE).update(corrects_entry=True)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]

    operations = [
        room_to_remake("ledger_projectchange"),
        migrations.AddField(
            model_name="historicalprojectchange",
            name="corrects_entry",
            field=models.BooleanField(default=False, verbose_name="更正列入日期"),
        ),
        migrations.AddField(
            model_name="projectchange",
            name="corrects_entry",
            field=models.BooleanField(default=False, verbose_name="更正列入日期"),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="projectchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects_entry", False), ("kind", "enter"), _connector="OR"),
                name="change_corrects_an_entry",
            ),
        ),
        room_to_remake("ledger_projectchange"),
    ]
