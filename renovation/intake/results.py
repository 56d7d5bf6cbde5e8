"""Telling who uploaded a file what became of it, where the page did not show it at once.

Once an upload, whether it could be read or not; never a row of the file nor anything of residents: of a private
workbook not even its name.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from django.template.loader import render_to_string
from django.urls import reverse

from renovation.core.messages import MessageKind, Purpose
from renovation.records.models import Message
from renovation.records.settling import settle
from renovation.records.telling import choices_of, tell

from .fates import fate_of
from .models import Upload, UploadState
from .pipelines import pipeline_of

RESULT: Final = "upload.result"
#: Who waited no longer than this is still looking at the page.
AT_ONCE: Final = timedelta(seconds=2)


class Watch:
    """The moment at which a task began, and how far it has come since."""

    def __init__(self, began_at: datetime) -> None:
        self._began_at, self._began = began_at, time.monotonic()

    @property
    def now(self) -> datetime:
        """The moment now."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._began)


def tell_result(*, claimed: Upload, at: datetime) -> None:
    """Put the result into the log for who uploaded the file, in the transaction that ends its reading at a moment;
    nothing where it was there at once, or another file has taken this one's place. ``claimed`` is the row as the
    reader took it."""
    if claimed.attempts <= 1 and at - claimed.not_before <= AT_ONCE:
        return
    rows = Upload.objects.select_related("file", "organisation", "received_by").defer("rows")
    upload = rows.get(pk=claimed.pk)
    if upload.state == UploadState.SUPERSEDED:
        return
    pipeline, person = pipeline_of(upload.pipeline), upload.received_by
    fate = fate_of(upload, pipeline)
    period = pipeline.period_label(upload.period_key)
    named = f"{upload.organisation.short_name} {pipeline.label}" + (
        f"（{period}）" if period else ""
    )
    happened = fate.happened
    if pipeline.is_private:
        happened = happened.replace(f"“{upload.file.name}”", "文件")
    tell(
        kind=RESULT,
        key=f"{RESULT}:{upload.pk}",
        person=person,
        choice=choices_of([person]).get(person.pk),
        subject=f"{named}：上传的文件{fate.word}",
        text=render_to_string(
            "intake/result.txt",
            {
                "person": person,
                "named": named,
                "received_at": upload.received_at,
                "happened": happened.rstrip("。"),
                "then": fate.then,
            },
        ),
        link=reverse("intake:upload", args=[upload.pk]),
        organisation=upload.organisation,
        period_key=_matter(upload),
        now=at,
    )


def settle_result(*, upload: Upload, now: datetime) -> int:
    """A file is written: nobody needs to read any more that it waits. Returns how many messages stood open. One
    statement, for the transaction of the writing."""
    return settle(kinds=[RESULT], period_key=_matter(upload), what="文件已确认写入。", now=now)


def _matter(upload: Upload) -> str:
    return f"upload-{upload.pk}"


def _outdated(message: Message, _now: datetime) -> str:
    """Who has confirmed meanwhile has seen the result; a replaced file has another."""
    states = {
        UploadState.COMMITTED: "已经确认写入，没有再告诉。",
        UploadState.SUPERSEDED: "已由后上传的文件代替，没有再告诉。",
    }
    pk = int(message.key.split(":")[1])
    state = Upload.objects.values_list("state", flat=True).filter(pk=pk).first()
    return states.get(UploadState(state), "") if state else ""


KINDS = [
    MessageKind(code=RESULT, label="上传结果", purpose=Purpose.RESULT, outdated=_outdated),
]
