"""What was checked is what is printed: contents of papers, steps and finished bytes never change
(HOUSE.md §4.7)."""

from django.db import migrations

from renovation.core.triggers import refuse


def differs(*columns: str) -> str:
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


IDENTITY = differs(
    "kind", "bureau_id", "subject_id", "period_key", "version", "supersedes_id", "correction_reason"
)
CONTENT = differs("title", "snapshot", "digest", "texts", "outside_figures", "compiled_at")
SIGNING = differs("drafted_by_id", "approved_by_id", "approved_at", "signed_by_id", "signed_at")
ISSUING = differs("state", "number", "issued_by_id", "issued_at", "issued_on")


class Migration(migrations.Migration):
    replaces = [
        ("papers", "0002_triggers"),
    ]

    dependencies = [("papers", "0001_tables")]

    operations = [
        refuse(
            "document_identity",
            "papers_document",
            "UPDATE",
            "文件的种类、范围、期和版次不能修改。",
            when=IDENTITY,
        ),
        refuse(
            "document_content",
            "papers_document",
            "UPDATE",
            "只有拟稿中的文件才能修改内容。",
            when=f"OLD.state <> 'draft' AND ({CONTENT})",
        ),
        refuse(
            "document_signing",
            "papers_document",
            "UPDATE",
            "已签发的文件不能修改审核和签发记录。",
            when=f"OLD.state IN ('signed', 'issued', 'withdrawn') AND ({SIGNING})",
        ),
        refuse(
            "document_unsigning",
            "papers_document",
            "UPDATE",
            "已签发的文件不能退回，只能印发或作废。",
            when="OLD.state = 'signed' AND NEW.state NOT IN ('signed', 'issued', 'withdrawn')",
        ),
        refuse(
            "document_issuing",
            "papers_document",
            "UPDATE",
            "已印发或已作废的文件不能修改。",
            when=f"OLD.state IN ('issued', 'withdrawn') AND ({ISSUING})",
        ),
        refuse(
            "document_delete",
            "papers_document",
            "DELETE",
            "文件不能删除，请用作废。",
            when="OLD.state <> 'draft'",
        ),
        refuse("document_step_update", "papers_documentstep", "UPDATE", "办理记录不能修改。"),
        refuse("document_step_delete", "papers_documentstep", "DELETE", "办理记录不能删除。"),
        refuse(
            "rendition_update",
            "papers_rendition",
            "UPDATE",
            "已生成的文件不能修改。",
            when="OLD.work_state = 'done'",
        ),
        refuse(
            "rendition_delete",
            "papers_rendition",
            "DELETE",
            "已生成的文件不能删除。",
            when="OLD.work_state = 'done'",
        ),
    ]
