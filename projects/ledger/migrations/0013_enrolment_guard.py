"""A project that counts is entered, moved and cancelled by an approved change, and by nothing else."""

from django.db import migrations

from renovation.core.triggers import refuse

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
    dependencies = [("ledger", "0012_first_weeks")]

    operations = [
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
