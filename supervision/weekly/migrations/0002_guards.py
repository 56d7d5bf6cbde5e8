"""What is approved is mended by a correction, never changed, and nothing is put into it; acts are only ever added.
What a follow-up (核实事项), a waiver of a rule or 街道审核停用 asked for stays as it was asked (HOUSE.md §4.7)."""

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
    "late_code",
    "pledge_id",
    "review_waiver_id",
    "is_opening",
    "opened_by_id",
    "opened_at",
    "first_submitted_at",
    "due_at_met",
    "submitted_at",
    "submitted_by_id",
    "submitted_for_id",
    "reviewed_at",
    "reviewed_by_id",
    "reviewed_for_id",
    "approved_at",
    "approved_by_id",
    "approved_for_id",
    "sent_back_at",
    "sent_back_by_id",
    "sent_back_for_id",
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
APPROVED_STAYS = "已核定的周报不能修改或删除，请用更正。"
INTO_APPROVED = (
    "EXISTS (SELECT 1 FROM weekly_weeklyreturn r"
    " WHERE r.id = NEW.weekly_return_id AND r.state IN ('approved', 'published'))"
)
NO_MORE_ROWS = "已核定的周报不能再添项目，请用更正。"
FOLLOW_UP = ("id", "weekly_return_id", "project_id", "question", "row", "asked_by_id", "asked_at")
FOLLOW_UP_CHANGED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FOLLOW_UP
)
REVIEW_WAIVER = (
    "id",
    "street_id",
    "valid_from",
    "valid_to",
    "reason",
    "approved_by_id",
    "approved_at",
)
REVIEW_WAIVER_CHANGED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in REVIEW_WAIVER
)
RULE_WAIVER = (
    "id", "street_id", "project_id", "rule", "starts_on", "ends_on", "reason", "asked_by_id", "asked_at",
)  # fmt: skip
RULE_WAIVER_CHANGED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in RULE_WAIVER
)


class Migration(migrations.Migration):
    replaces = [
        ("weekly", "0002_triggers"),
        ("weekly", "0003_no_row_into_approved"),
    ]

    dependencies = [("weekly", "0001_tables")]

    operations = [
        refuse("weekly_return_update", RETURNS, "UPDATE", APPROVED_STAYS, when=BESIDES_PUBLISHING),
        refuse(
            "weekly_return_delete",
            RETURNS,
            "DELETE",
            APPROVED_STAYS,
            when=f"OLD.state IN {APPROVED}",
        ),
        refuse("weekly_report_update", REPORTS, "UPDATE", APPROVED_STAYS, when=OF_APPROVED),
        refuse("weekly_report_delete", REPORTS, "DELETE", APPROVED_STAYS, when=OF_APPROVED),
        refuse("return_event_update", EVENTS, "UPDATE", "周报的办理记录只能追加。"),
        refuse("return_event_delete", EVENTS, "DELETE", "周报的办理记录只能追加。"),
        refuse("weekly_report_insert", REPORTS, "INSERT", NO_MORE_ROWS, when=INTO_APPROVED),
        refuse("weekly_report_move", REPORTS, "UPDATE", NO_MORE_ROWS, when=INTO_APPROVED),
        refuse(
            "follow_up_asked",
            "weekly_followup",
            "UPDATE",
            "核实事项提出以后不能修改。",
            when=FOLLOW_UP_CHANGED,
        ),
        refuse(
            "follow_up_closed",
            "weekly_followup",
            "UPDATE",
            "已了结的核实事项不能修改。",
            when="OLD.state = 'closed'",
        ),
        refuse("follow_up_delete", "weekly_followup", "DELETE", "核实事项不能删除。"),
        refuse(
            "follow_up_step_update", "weekly_followupstep", "UPDATE", "核实事项的办理记录只能追加。"
        ),
        refuse(
            "follow_up_step_delete", "weekly_followupstep", "DELETE", "核实事项的办理记录只能追加。"
        ),
        refuse(
            "review_waiver_update",
            "weekly_reviewwaiver",
            "UPDATE",
            "街道审核停用登记以后不能修改，只能提前恢复。",
            when=f"OLD.ended_at IS NOT NULL OR {REVIEW_WAIVER_CHANGED}",
        ),
        refuse(
            "review_waiver_delete", "weekly_reviewwaiver", "DELETE", "街道审核停用登记不能删除。"
        ),
        refuse(
            "rule_waiver_asked",
            "weekly_rulewaiver",
            "UPDATE",
            "豁免申请以后不能修改。",
            when=RULE_WAIVER_CHANGED,
        ),
        refuse(
            "rule_waiver_over",
            "weekly_rulewaiver",
            "UPDATE",
            "已结束的豁免不能修改。",
            when="OLD.state IN ('declined', 'withdrawn', 'revoked')",
        ),
        refuse("rule_waiver_delete", "weekly_rulewaiver", "DELETE", "豁免不能删除。"),
        refuse("report_question_update", "weekly_reportquestion", "UPDATE", "校验提问不能修改。"),
    ]
