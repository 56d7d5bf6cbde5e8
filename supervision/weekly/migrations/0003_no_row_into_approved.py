"""Nothing is put into a return that was approved: no new row, and no row of another return."""

from django.db import migrations

from renovation.core.triggers import refuse

REPORTS = "weekly_weeklyreport"
INTO_APPROVED = (
    "EXISTS (SELECT 1 FROM weekly_weeklyreturn r"
    " WHERE r.id = NEW.weekly_return_id AND r.state IN ('approved', 'published'))"
)
MESSAGE = "已核定的周报不能再添项目，请用更正。"


class Migration(migrations.Migration):
    dependencies = [("weekly", "0002_triggers")]

    operations = [
        refuse("weekly_report_insert", REPORTS, "INSERT", MESSAGE, when=INTO_APPROVED),
        refuse("weekly_report_move", REPORTS, "UPDATE", MESSAGE, when=INTO_APPROVED),
    ]
