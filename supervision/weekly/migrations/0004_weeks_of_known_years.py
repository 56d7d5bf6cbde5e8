"""A week beyond the years that are known is no week; one that was stored by its address goes away."""

from datetime import date

from django.db import migrations, models

#: In SQL: PostgreSQL cannot even read back the moments of a week before the year 1.
FORGET = (
    "DELETE FROM weekly_reportingweek WHERE week_start < '2000-01-01' OR week_start > '2100-12-31'"
)


class Migration(migrations.Migration):
    dependencies = [("weekly", "0003_no_row_into_approved")]

    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="reportingweek",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("week_start__gte", date(2000, 1, 1)), ("week_start__lte", date(2100, 12, 31))
                ),
                name="reporting_week_in_known_years",
            ),
        ),
    ]
