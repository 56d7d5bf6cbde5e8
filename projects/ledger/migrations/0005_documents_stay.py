"""A filed document is followed by a newer version, never changed (HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse

MESSAGE = "已归档的文件不能修改或删除，请另存新的一版。"
#: Taking a document off the page is the one thing that happens to it later.
WHEN = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in (
        "project_id", "kind_id", "title", "document_number", "dated_on", "note", "file_id",
        "version", "supersedes_id",
    )
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_estates_dossier_standards_duties")]

    operations = [
        refuse("project_document_update", "ledger_projectdocument", "UPDATE", MESSAGE, when=WHEN),
        refuse("project_document_delete", "ledger_projectdocument", "DELETE", MESSAGE),
    ]
