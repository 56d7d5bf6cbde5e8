"""An approved plan, change or opening and a filed document are followed by a newer one, never changed (HOUSE.md §4.7).
A project that counts is entered, moved and cancelled by an approved change, and by nothing else."""

from django.db import migrations

from renovation.core.triggers import refuse

PLAN = "已批准的计划不能修改或删除，请另拟一版。"
FILED = "已归档的文件不能修改或删除，请另存新的一版。"
#: Taking a document off the page is the one thing that happens to it later.
REFILED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in (
        "project_id", "kind_id", "title", "document_number", "dated_on", "note", "file_id",
        "version", "supersedes_id",
    )
)  # fmt: skip
CHANGE = "已批准的变更不能修改或删除，请另行登记变更。"
OF_APPROVED = "(SELECT state FROM ledger_baseline WHERE id = {row}.baseline_id) = 'approved'"
OPENING = "已核定的期初登记不能修改或删除。"
#: That the newest approved change of some kinds says what is written.
NEWEST = (
    "EXISTS (SELECT 1 FROM"
    " (SELECT change.kind, change.effective_on, change.to_street_id FROM ledger_projectchange AS change"
    " WHERE change.project_id = NEW.id AND change.state = 'approved' AND change.kind IN ({kinds})"
    " ORDER BY change.decided_at DESC, change.id DESC LIMIT 1) AS newest WHERE {holds})"
)


def _newest(kinds: str, holds: str) -> str:
    return NEWEST.format(kinds=kinds, holds=holds)


ENTERED = "NEW.approved_on IS DISTINCT FROM OLD.approved_on AND NOT " + _newest(
    "'enter'", "newest.effective_on = NEW.approved_on"
)
CANCELLED = "NEW.cancelled_on IS DISTINCT FROM OLD.cancelled_on AND NOT " + _newest(
    "'cancel', 'restore'",
    "(newest.kind = 'cancel' AND newest.effective_on = NEW.cancelled_on)"
    " OR (newest.kind = 'restore' AND NEW.cancelled_on IS NULL)",
)
MOVED = "OLD.approved_on IS NOT NULL AND NEW.street_id <> OLD.street_id AND NOT " + _newest(
    "'move'", "newest.to_street_id = NEW.street_id"
)
OTHER_PROGRAMME = "OLD.approved_on IS NOT NULL AND NEW.programme_id <> OLD.programme_id"
#: A correction of the day of entry, which is held above, keeps the first week and so may write it.
BEGINS = (
    "OLD.approved_on IS NOT NULL AND OLD.reporting_from IS NOT NULL"
    " AND NEW.reporting_from IS DISTINCT FROM OLD.reporting_from"
    " AND NOT NEW.approved_on IS DISTINCT FROM OLD.approved_on"
    " AND NOT " + _newest("'report'", "newest.effective_on = NEW.reporting_from")
)
STAY = (
    "NOT EXISTS (SELECT 1 FROM ledger_projectchange AS change WHERE change.id = NEW.change_id"
    " AND change.project_id = NEW.project_id AND change.kind = 'move' AND change.state = 'approved')"
)


class Migration(migrations.Migration):
    replaces = [
        ("ledger", "0002_triggers"),
        ("ledger", "0005_documents_stay"),
        ("ledger", "0013_enrolment_guard"),
    ]

    dependencies = [("ledger", "0001_tables")]

    operations = [
        *(
            refuse(
                f"baseline_{event.lower()}",
                "ledger_baseline",
                event,
                PLAN,
                when="OLD.state = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"monthly_target_{event.lower()}",
                "ledger_monthlytarget",
                event,
                PLAN,
                when="(SELECT state FROM ledger_baseline WHERE id = OLD.baseline_id) = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
        refuse("project_document_update", "ledger_projectdocument", "UPDATE", FILED, when=REFILED),
        refuse("project_document_delete", "ledger_projectdocument", "DELETE", FILED),
        *(
            refuse(
                f"baseline_node_{event.lower()}",
                "ledger_baselinenode",
                event,
                PLAN,
                when=OF_APPROVED.format(row="OLD"),
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"project_change_{event.lower()}",
                "ledger_projectchange",
                event,
                CHANGE,
                when="OLD.state = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"gate_opening_{event.lower()}",
                "ledger_gateopening",
                event,
                OPENING,
                when="OLD.state = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
        refuse(
            "project_enrolment",
            "ledger_project",
            "UPDATE",
            "项目的列入、移交和取消须经批准的变更。",
            when=" OR ".join(
                f"({each})" for each in (ENTERED, CANCELLED, MOVED, OTHER_PROGRAMME, BEGINS)
            ),
        ),
        refuse(
            "former_street_insert",
            "ledger_formerstreet",
            "INSERT",
            "移交须经批准的变更。",
            when=STAY,
        ),
        *(
            refuse(
                f"former_street_{event.lower()}",
                "ledger_formerstreet",
                event,
                "移交记录不能修改或删除。",
            )
            for event in ("UPDATE", "DELETE")
        ),
    ]
