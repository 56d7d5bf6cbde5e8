"""What is approved is mended by a correction, never changed; the acts on a return are only ever added."""

from django.db import migrations

from renovation.core.triggers import refuse

RETURNS = "weekly_weeklyreturn"
REPORTS = "weekly_weeklyreport"
EVENTS = "weekly_returnevent"
APPROVED = "('approved', 'published')"
#: Everything but what publishing sets.
FIXED = (
    "id",
    "street_id",
    "week_start",
    "version",
    "supersedes_id",
    "correction_reason",
    "late_reason",
    "is_opening",
    "opened_by_id",
    "opened_at",
    "first_submitted_at",
    "due_at_met",
    "submitted_at",
    "submitted_by_id",
    "reviewed_at",
    "reviewed_by_id",
    "approved_at",
    "approved_by_id",
    "sent_back_at",
    "sent_back_by_id",
    "comment",
)
OF_APPROVED = (
    "EXISTS (SELECT 1 FROM weekly_weeklyreturn r"
    " WHERE r.id = OLD.weekly_return_id AND r.state IN ('approved', 'published'))"
)
BESIDES_PUBLISHING = (
    f"OLD.state IN {APPROVED} AND (OLD.state <> 'approved' OR NEW.state <> 'published' OR "
    + " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FIXED)
    + ")"
)
MESSAGE = "已核定的周报不能修改或删除，请用更正。"


class Migration(migrations.Migration):
    dependencies = [("weekly", "0001_initial")]

    operations = [
        refuse("weekly_return_update", RETURNS, "UPDATE", MESSAGE, when=BESIDES_PUBLISHING),
        refuse("weekly_return_delete", RETURNS, "DELETE", MESSAGE, when=f"OLD.state IN {APPROVED}"),
        refuse("weekly_report_update", REPORTS, "UPDATE", MESSAGE, when=OF_APPROVED),
        refuse("weekly_report_delete", REPORTS, "DELETE", MESSAGE, when=OF_APPROVED),
        refuse("return_event_update", EVENTS, "UPDATE", "周报的办理记录只能追加。"),
        refuse("return_event_delete", EVENTS, "DELETE", "周报的办理记录只能追加。"),
    ]
