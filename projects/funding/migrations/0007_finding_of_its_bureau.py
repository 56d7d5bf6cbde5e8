"""A finding belongs to the bureau of its project: written into the finding, so that numbers are unique within a bureau,
and held true from all three sides: the finding, its project and the project's programme."""

from django.db import migrations

from renovation.core.triggers import refuse

OTHER = "审计问题的区局须是其项目的区局。"
FOREIGN = (
    "NEW.bureau_id IS DISTINCT FROM (SELECT programme.bureau_id FROM ledger_project AS project"
    " JOIN ledger_programme AS programme ON programme.id = project.programme_id"
    " WHERE project.id = NEW.project_id)"
)
PROJECT_LEAVES = (
    "NEW.programme_id <> OLD.programme_id AND EXISTS (SELECT 1 FROM funding_auditfinding AS finding"
    " WHERE finding.project_id = NEW.id AND finding.bureau_id <> (SELECT programme.bureau_id"
    " FROM ledger_programme AS programme WHERE programme.id = NEW.programme_id))"
)
PROGRAMME_LEAVES = (
    "NEW.bureau_id <> OLD.bureau_id AND EXISTS (SELECT 1 FROM funding_auditfinding AS finding"
    " JOIN ledger_project AS project ON project.id = finding.project_id"
    " WHERE project.programme_id = NEW.id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("funding", "0006_owners_numbers_versions"),
        ("ledger", "0013_enrolment_guard"),
    ]

    operations = [
        *(
            refuse(
                f"funding_finding_bureau_{event.lower()}",
                "funding_auditfinding",
                event,
                OTHER,
                when=FOREIGN,
            )
            for event in ("INSERT", "UPDATE")
        ),
        refuse(
            "funding_finding_bureau_project",
            "ledger_project",
            "UPDATE",
            OTHER,
            when=PROJECT_LEAVES,
        ),
        refuse(
            "funding_finding_bureau_programme",
            "ledger_programme",
            "UPDATE",
            OTHER,
            when=PROGRAMME_LEAVES,
        ),
    ]
