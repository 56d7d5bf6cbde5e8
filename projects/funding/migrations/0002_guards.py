"""What is approved, decided or closed is not changed (HOUSE.md §4.7): an adjusting event, a new version or a reopening
stands beside it. A finding belongs to the bureau of its project, held true from all three sides: the finding, its
project and the project's programme."""

from django.db import migrations

from renovation.core.triggers import refuse

EVENT = "已核定的资金登记不能修改或删除，请用更正。"
FORECAST = "已核定的用款预测不能修改或删除，请编制新的一版。"
DECIDED = "已有批复结果的申请不能修改或删除。"
EXPLAINED = "偏差说明不能修改或删除，请另写一条。"
NAMED = "账户登记不能修改或删除，请另记一条。"
STATEMENT = "对账单余额不能修改或删除，请更正为新的一版。"
LINKED = "下达与申请的关联不能修改。"
CLOSED = "已销号的审计问题不能修改，请重新整改。"
CLOCK = "审计问题的编号、项目、发现日期和整改期限不能修改，重新整改次数只增不减。"
KEPT = "审计问题不能删除。"
STEP = "审计问题的办理记录不能修改或删除。"
FORECAST_APPROVED = "EXISTS (SELECT 1 FROM funding_forecast f WHERE f.id = {row}.forecast_id AND f.state = 'approved')"
APPLICATION_DECIDED = (
    "EXISTS (SELECT 1 FROM funding_application a WHERE a.id = {row}.application_id"
    " AND a.state IN ('granted', 'refused'))"
)
_KEPT_AT_REOPENING = (
    "title", "detail", "origin", "severity", "amount_fen", "responsible", "owner_id", "report_id",
    "document_number", "recorded_by_id", "recorded_at",
)  # fmt: skip
REOPENED = "NEW.state = 'open' AND NEW.reopen_count = OLD.reopen_count + 1 AND " + " AND ".join(
    f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _KEPT_AT_REOPENING
)
CLOCK_MOVED = (
    "NEW.found_on <> OLD.found_on OR NEW.deadline_on <> OLD.deadline_on OR NEW.number <> OLD.number"
    " OR NEW.project_id <> OLD.project_id OR NEW.reopen_count < OLD.reopen_count"
)


def _never(name: str, table: str, message: str) -> list:
    return [
        refuse(f"{name}_{event.lower()}", table, event, message) for event in ("UPDATE", "DELETE")
    ]


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
    replaces = [
        ("funding", "0002_triggers"),
        ("funding", "0004_more_triggers"),
        ("funding", "0007_finding_of_its_bureau"),
    ]

    dependencies = [("funding", "0001_tables")]

    operations = [
        *(
            refuse(
                f"funding_event_{event.lower()}",
                "funding_fundingevent",
                event,
                EVENT,
                when="OLD.state = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"funding_forecast_{event.lower()}",
                "funding_forecast",
                event,
                FORECAST,
                when="OLD.state = 'approved'",
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"funding_forecast_line_{event.lower()}",
                "funding_forecastline",
                event,
                FORECAST,
                when=FORECAST_APPROVED.format(row="NEW" if event == "INSERT" else "OLD"),
            )
            for event in ("INSERT", "UPDATE", "DELETE")
        ),
        *_never("funding_explanation", "funding_varianceexplanation", EXPLAINED),
        *(
            refuse(
                f"funding_application_{event.lower()}",
                "funding_application",
                event,
                DECIDED,
                when="OLD.state IN ('granted', 'refused')",
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"funding_application_item_{event.lower()}",
                "funding_applicationitem",
                event,
                DECIDED,
                when=APPLICATION_DECIDED.format(row="NEW" if event == "INSERT" else "OLD"),
            )
            for event in ("INSERT", "UPDATE", "DELETE")
        ),
        *(
            refuse(
                f"funding_application_file_{event.lower()}",
                "funding_applicationfile",
                event,
                DECIDED,
                when=APPLICATION_DECIDED.format(row="OLD"),
            )
            for event in ("UPDATE", "DELETE")
        ),
        refuse("funding_allocation_update", "funding_grantedallocation", "UPDATE", LINKED),
        *_never("funding_naming", "funding_accountnaming", NAMED),
        *_never("funding_statement", "funding_statementbalance", STATEMENT),
        refuse(
            "funding_finding_closed",
            "funding_auditfinding",
            "UPDATE",
            CLOSED,
            when=f"OLD.state = 'closed' AND NOT ({REOPENED})",
        ),
        refuse("funding_finding_clock", "funding_auditfinding", "UPDATE", CLOCK, when=CLOCK_MOVED),
        refuse("funding_finding_delete", "funding_auditfinding", "DELETE", KEPT),
        *_never("funding_finding_step", "funding_findingstep", STEP),
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
