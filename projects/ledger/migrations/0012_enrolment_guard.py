"""A project that counts is entered, moved and cancelled by an approved change, and by nothing else."""

from django.db import migrations

from renovation.core.triggers import refuse

APPROVED = (
    "SELECT 1 FROM ledger_projectchange AS change WHERE change.project_id = NEW.id"
    " AND change.state = 'approved' AND change.kind = '{kind}'"
)


def _approved(kind: str, more: str = "") -> str:
    return f"EXISTS ({APPROVED.format(kind=kind)}{more})"


ENTERED = (
    "NEW.approved_on IS DISTINCT FROM OLD.approved_on"
    f" AND NOT {_approved('enter', ' AND change.effective_on = NEW.approved_on')}"
)
CANCELLED = (
    "NEW.cancelled_on IS DISTINCT FROM OLD.cancelled_on"
    f" AND NOT {_approved('cancel', ' AND change.effective_on = NEW.cancelled_on')}"
    f" AND NOT (NEW.cancelled_on IS NULL AND {_approved('restore')})"
)
MOVED = (
    "OLD.approved_on IS NOT NULL AND NEW.street_id <> OLD.street_id"
    f" AND NOT {_approved('move', ' AND change.to_street_id = NEW.street_id')}"
)
OTHER_PROGRAMME = "OLD.approved_on IS NOT NULL AND NEW.programme_id <> OLD.programme_id"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_enrolment")]

    operations = [
        refuse(
            "project_enrolment",
            "ledger_project",
            "UPDATE",
            "项目的列入、移交和取消须经批准的变更。",
            when=" OR ".join(f"({each})" for each in (ENTERED, CANCELLED, MOVED, OTHER_PROGRAMME)),
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
