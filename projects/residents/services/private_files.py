"""Files that name residents lie encrypted on the disk; what was kept before that is encrypted here."""

from __future__ import annotations

from datetime import datetime

from projects.residents.models import Committee, Contribution, Evaluation
from renovation.core.files import EVIDENCE_TYPES
from renovation.records.services import make_private


def encrypt_files(*, now: datetime) -> int:
    """Encrypt the files of committees, contributions and evaluations that lie open, under the name that they get
    today (``private_name``); how many there were. To be called again after a failure: what is done stays done."""
    open_files = {"file__is_private": False, "file__erased_at": None}
    rows: list[Committee | Contribution | Evaluation] = [
        *Committee.objects.filter(**open_files).select_related("file", "estate").order_by("pk"),
        *Contribution.objects.filter(**open_files).select_related("file", "project").order_by("pk"),
        *Evaluation.objects.filter(**open_files).select_related("file", "project").order_by("pk"),
    ]
    done = 0
    for row in rows:
        if row.file is not None:
            name = f"{row.private_name}.{EVIDENCE_TYPES[row.file.content_type]}"
            done += make_private(file=row.file, name=name, now=now)
    return done
