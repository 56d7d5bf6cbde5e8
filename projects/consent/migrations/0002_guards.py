"""Answers and what they chose are only added, and the words of a round are fixed once it is opened (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

ANSWER = "答复只能增加，不能修改或删除；登错了请作废。"
FIXED = (
    "round_id",
    "household_id",
    "choice",
    "way",
    "answered_on",
    "file_id",
    "recorded_by_id",
    "recorded_at",
    "witness_id",
    "supersedes_id",
    "replacement_reason",
)
ROUND = "征询开始后内容不能修改或删除，请另开一轮。"
WORDS = (
    "project_id",
    "number",
    "reference",
    "purpose",
    "plan_version",
    "plan_document_id",
    "question",
    "summary",
    "closes_on",
    "drafted_by_id",
    "most_items",
    "opened_on",
    "opened_by_id",
    "opened_at",
)
CHOSEN = "答复的点单不能修改或删除。"
MENU = "征询开始后点单条目不能修改，请另开一轮。"
NEW_OPENED = "EXISTS (SELECT 1 FROM consent_round WHERE id = NEW.round_id AND state <> 'draft')"
OLD_OPENED = "EXISTS (SELECT 1 FROM consent_round WHERE id = OLD.round_id AND state <> 'draft')"


def _any(names):
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


class Migration(migrations.Migration):
    replaces = [
        ("consent", "0002_triggers"),
    ]

    dependencies = [("consent", "0001_tables")]

    operations = [
        refuse(
            "consent_answer_update",
            "consent_answer",
            "UPDATE",
            ANSWER,
            when=f"{_any(FIXED)} OR (NEW.opinion_sealed IS DISTINCT FROM OLD.opinion_sealed"
            " AND length(NEW.opinion_sealed) > 0)",
        ),
        refuse("consent_answer_delete", "consent_answer", "DELETE", ANSWER),
        refuse(
            "consent_round_update",
            "consent_round",
            "UPDATE",
            ROUND,
            when=f"OLD.state <> 'draft' AND ({_any(WORDS)})",
        ),
        refuse(
            "consent_round_delete", "consent_round", "DELETE", ROUND, when="OLD.state <> 'draft'"
        ),
        refuse("consent_chosen_update", "consent_answer_items", "UPDATE", CHOSEN),
        refuse("consent_chosen_delete", "consent_answer_items", "DELETE", CHOSEN),
        refuse("consent_menu_insert", "consent_round_items", "INSERT", MENU, when=NEW_OPENED),
        refuse("consent_menu_delete", "consent_round_items", "DELETE", MENU, when=OLD_OPENED),
    ]
