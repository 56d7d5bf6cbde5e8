"""receive → read → answer → commit, each step on a row that says how far it has come.

Bytes are kept before anything is parsed; the same bytes for the same target change nothing; a new file
supersedes the older one that nobody had confirmed as soon as it could be read itself, so that a file which
is no use displaces nothing; what failed is kept and can be read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from renovation.accounts.models import Organisation, User
from renovation.core.documents.reading import DEFAULT_LIMITS, MEGABYTE
from renovation.core.errors import ChangedMeanwhile, Fault, Refusal, Severity, StateConflict
from renovation.core.memory import collector_waits
from renovation.records.models import WorkState
from renovation.records.services import audit, read_file, store_file

from .anew import Stale, check_seen, look_anew, stamp
from .answers import Answers
from .digest import digest
from .held import shared_in
from .meanwhile import OVERWRITTEN
from .models import UNREAD_STATES, Upload, UploadState
from .nudges import nudge, nudge_after_commit
from .outcomes import Outcome, counted, nothing_to_write
from .pipelines import Pipeline, Taken, Target, pipeline_of
from .results import Watch, settle_result, tell_result
from .rows import StoredRow, rows_as_json, rows_from_json, stored_as_json
from .together import as_decided
from .verdicts import Verdict, row_key, verdicts_of
from .written import written_in

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/octet-stream"
#: A worker that has been silent for longer is taken for dead (the task's time limit is 15 minutes).
LEASE = timedelta(minutes=20)
#: A row that waits for longer has lost its nudge.
NUDGE_AFTER = timedelta(seconds=60)
MOST_ATTEMPTS = 3
#: So often what was let in is looked at anew and written, where colleagues write the same rows in that moment.
MOST_LOOKS = 3
NEWER_IS_OPEN = "已有更新的文件，请在新文件上核对。"


@dataclass(frozen=True)
class Sweep:
    """What a sweep did: rows put back in the queue, given up, and nudged."""

    requeued: int
    failed: int
    nudged: int

    @property
    def any(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.requeued or self.failed or self.nudged)


def target_of(*, upload: Upload) -> Target:
    """What the upload is for."""
    return Target(
        organisation=upload.organisation, period_key=upload.period_key, by=upload.received_by
    )


def receive(
    *,
    pipeline: str,
    organisation: Organisation,
    period_key: str,
    file: bytes,
    name: str,
    by: User,
    now: datetime,
) -> Upload:
    """Keep a file for a target and have it read; the upload to look at.

    The same bytes as the newest file of the target, or the one that waits to be confirmed, give that upload
    again and change nothing. Refuses what
    the pipeline does not admit now, and a file above the limit (``file.too_large``); everything else that
    is wrong with a file is a finding of its reading. Nudges a worker once the transaction is committed.
    """
    kind = pipeline_of(pipeline)
    kind.admit(Target(organisation=organisation, period_key=period_key), now)
    if len(file) > DEFAULT_LIMITS.bytes:
        raise Refusal(
            "file.too_large",
            f"文件有 {len(file) / MEGABYTE:.1f} MB，不超过 {DEFAULT_LIMITS.bytes // MEGABYTE} MB 才能上传。",
            field="file",
        )
    for last_try in (False, True):
        try:
            with transaction.atomic():
                return _receive(kind, organisation, period_key, file, name, by, now)
        except IntegrityError:  # another file for the same target came in at the same moment
            if last_try:
                raise
    raise AssertionError("unreachable")


def _receive(
    pipeline: Pipeline,
    organisation: Organisation,
    period_key: str,
    content: bytes,
    name: str,
    by: User,
    now: datetime,
) -> Upload:
    uploads = Upload.objects.for_target(
        pipeline=pipeline.code, organisation_id=organisation.pk, period_key=period_key
    )
    digest_of_file = hashlib.sha256(content).hexdigest()
    for standing in uploads.standing().select_related("file"):
        if standing.file.sha256 == digest_of_file:
            if standing.state in UNREAD_STATES:
                nudge_after_commit(standing.pk)
            return standing
    for state in UNREAD_STATES:
        uploads.filter(state=state).update(state=UploadState.SUPERSEDED)
    upload = Upload.objects.create(
        pipeline=pipeline.code,
        organisation=organisation,
        period_key=period_key,
        file=store_file(
            content=content,
            name=name or "未命名",
            content_type=CONTENT_TYPE,
            by=by,
            now=now,
            organisation=organisation,
            is_private=pipeline.is_private,
        ),
        received_by=by,
        received_at=now,
        not_before=now,
    )
    audit(
        act="upload.receive",
        sentence=f"上传{pipeline.label}“{upload.file.name}”（{pipeline.period_label(period_key)}）",
        by=by,
        now=now,
        target=upload,
        organisation=organisation,
        changes={"sha256": [None, upload.file.sha256]},
    )
    nudge_after_commit(upload.pk)
    return upload


def read(*, upload_id: int, now: datetime) -> bool:
    """Read an upload that waits; False when it does not, or another worker was quicker.

    Parsing happens outside of any transaction; its result is written in one, and only if the upload was not
    superseded meanwhile. What was not foreseen leaves the row failed with a sentence. Who waited is told.
    """
    watch = Watch(now)
    if not Upload.objects.claim(upload_id, now=now):
        return False
    if not Upload.objects.move(upload_id, old=UploadState.RECEIVED, new=UploadState.READING):
        Upload.objects.finish(upload_id, now=now)
        return False
    # What an earlier reading found is of no use to this one.
    bare = Upload.objects.select_related("file", "organisation").defer("rows", "faults")
    upload = bare.get(pk=upload_id)
    try:
        with collector_waits():
            _read(upload, now, watch)
    except Exception as fault:
        # The work is a job: the worker must live on, the person must be told, the log has the rest.
        log.exception("upload_unreadable", upload_id=upload_id, reason=type(fault).__name__)
        with transaction.atomic():
            Upload.objects.move(upload_id, old=UploadState.READING, new=UploadState.RECEIVED)
            Upload.objects.fail(
                upload_id, error="读取时出了意外，文件已保存，没有写入任何数据。", now=now
            )
            tell_result(claimed=upload, at=watch.now)
        return False
    return True


def _read(upload: Upload, now: datetime, watch: Watch) -> None:
    pipeline = pipeline_of(upload.pipeline)
    content = read_file(file=upload.file)
    result = digest(content, upload.file.name, pipeline, target_of(upload=upload), now)
    facts = {row.key: pipeline.facts(row.key, result.context) for row in result.rows if row.key}
    with transaction.atomic():
        Upload.objects.finish(upload.pk, now=now)
        locked = Upload.objects.select_for_update().values_list("state", flat=True)
        if locked.get(pk=upload.pk) == UploadState.READING:
            if not result.refused:
                Upload.objects.of_target(upload).filter(state=UploadState.PREVIEW).update(
                    state=UploadState.SUPERSEDED
                )
            Upload.objects.move(
                upload.pk,
                old=UploadState.READING,
                new=UploadState.REFUSED if result.refused else UploadState.PREVIEW,
                workbook=result.workbook,
                sheet=result.sheet[:80],
                header_row=result.header_row,
                columns=result.columns,
                expected_count=result.expected_count,
                rows=rows_as_json(
                    result.rows,
                    facts,
                    pipeline,
                    written_in(pipeline, result.context),
                    shared_in(pipeline, result.rows, result.context),
                ),
                faults=[fault.as_json() for fault in result.faults],
            )
            errors = sum(fault.severity is Severity.ERROR for fault in result.faults)
            audit(
                act="upload.refuse" if result.refused else "upload.read",
                sentence=f"读取“{upload.file.name}”："
                + (
                    result.faults[0].message
                    if result.refused
                    else f"{len(result.rows)} 行，{errors} 处有错"
                ),
                by=None,
                now=now,
                target=upload,
                organisation=upload.organisation,
            )
            tell_result(claimed=upload, at=watch.now)


def read_again(*, upload: Upload, by: User, now: datetime) -> Upload:
    """Have a kept file read once more, under the rules and the ledger of today; answers are kept.

    Raises StateConflict where it was written or superseded already, or a newer file is open. An older file
    that waits for a person goes on waiting until this one could be read.
    """
    if upload.state not in {UploadState.RECEIVED, UploadState.PREVIEW, UploadState.REFUSED}:
        raise StateConflict(f"文件{upload.get_state_display()}，不能重新读取。", state=upload.state)
    try:
        with transaction.atomic():
            if Upload.objects.of_target(upload).open().after(upload).exists():
                raise StateConflict(NEWER_IS_OPEN, state=upload.state)
            if not Upload.objects.move(
                upload.pk,
                old=upload.state,
                new=UploadState.RECEIVED,
                work_state=WorkState.QUEUED,
                attempts=0,
                not_before=now,
                error="",
            ):
                raise StateConflict("文件的状态刚刚变了，请刷新后再试。", state=upload.state)
            audit(
                act="upload.read_again",
                sentence=f"重新读取“{upload.file.name}”",
                by=by,
                now=now,
                target=upload,
                organisation=upload.organisation,
            )
            nudge_after_commit(upload.pk)
    except IntegrityError:
        raise StateConflict(NEWER_IS_OPEN, state=upload.state) from None
    upload.refresh_from_db()
    return upload


@transaction.atomic
def answer(
    *,
    upload: Upload,
    reasons: Iterable[tuple[str, str, str]] = (),
    held: Iterable[str] = (),
    decided: Iterable[str] = (),
    seen: str | None = None,
    by: User,
    now: datetime,
) -> Upload:
    """Keep what a person said to a preview: ``reasons`` as (row key, rule code, text), and of the rows in
    ``decided`` those in ``held`` to be held back. Rows that the form did not show stay as they were. A reason for
    writing over what others changed counts for what was ``seen`` (`anew.stamp`), None where nobody says.

    Raises StateConflict where the upload is not in preview.
    """
    locked = Upload.objects.select_for_update().get(pk=upload.pk)
    if locked.state != UploadState.PREVIEW:
        raise StateConflict(f"文件{locked.get_state_display()}，不能再改说明。", state=locked.state)
    pipeline = pipeline_of(locked.pipeline)
    if seen not in (None, stamp(locked)):
        over = pipeline.code_for(OVERWRITTEN)
        reasons = [given for given in reasons if given[1] != over]
    before = Answers.of(locked.answers, pipeline)
    after = before.with_reasons(reasons).with_held(held, among=decided)
    if after.as_json() != before.as_json():
        locked.answers = after.kept(pipeline)
        locked.save(update_fields=["answers"])
        audit(
            act="upload.answer",
            sentence=f"填写“{locked.file.name}”的说明和处理",
            by=by,
            now=now,
            target=locked,
            organisation=locked.organisation,
            changes=after.changes_from(before, pipeline),
        )
    upload.answers = locked.answers
    return locked


def confirm(
    *,
    upload: Upload,
    reasons: Iterable[tuple[str, str, str]] = (),
    held: Iterable[str] = (),
    decided: Iterable[str] = (),
    write: bool,
    seen: str | None = None,
    by: User,
    now: datetime,
) -> Outcome | None:
    """Keep the answers as `answer` does and, with ``write``, commit what was ``seen``; what was typed stays if that is
    refused. None where nothing was to be written."""
    if upload.state != UploadState.COMMITTED:
        answer(
            upload=upload,
            reasons=reasons,
            held=held,
            decided=decided,
            seen=seen,
            by=by,
            now=now,
        )
    return commit(upload=upload, seen=seen, by=by, now=now) if write else None


def commit(*, upload: Upload, seen: str | None = None, by: User, now: datetime) -> Outcome:
    """Write the rows that were let in, in one transaction; held and faulty rows stay out.

    Confirming twice writes once and answers the same. Raises Refusal ``upload.reason_missing`` (``found``
    names the rows) and ``upload.nothing``, StateConflict where the upload is not in preview, or (``upload.stale``) where
    the ledger or what is written changed since it was read (the preview then shows it) or since the page was made that
    the person saw (``seen`` is its `anew.stamp`, None where none is said), and whatever the wing refuses. What a
    colleague writes between the look anew and the lock of a row is undone with all else and looked at once more.
    """
    for _ in range(MOST_LOOKS):
        with suppress(ChangedMeanwhile):
            return _commit(upload, seen, by, now)
    upload.refresh_from_db()
    raise StateConflict(
        "别人正在改这些内容，没有写入。请稍后再确认。", state=upload.state, code="upload.stale"
    )


def _commit(upload: Upload, seen: str | None, by: User, now: datetime) -> Outcome:
    pipeline = pipeline_of(upload.pipeline)
    try:
        with collector_waits(), transaction.atomic():
            if not Upload.objects.move(
                upload.pk,
                old=UploadState.PREVIEW,
                new=UploadState.COMMITTED,
                committed_at=now,
                committed_by=by,
            ):
                return _already(upload)
            upload.refresh_from_db()
            check_seen(upload, seen)
            return _write(upload, pipeline, by, now)
    except Stale as stale:
        if stale.kept:
            Upload.objects.filter(pk=upload.pk, state=UploadState.PREVIEW).update(**stale.kept)
        upload.refresh_from_db()
        raise StateConflict(stale.sentence, state=upload.state, code="upload.stale") from None


def _write(upload: Upload, pipeline: Pipeline, by: User, now: datetime) -> Outcome:
    """Judge the rows once more under the ledger of this transaction, and have the wing write them."""
    target = target_of(upload=upload)
    stored = rows_from_json(upload.rows, pipeline)
    keys = [each.row.key for each in stored if each.row.key]
    context = pipeline.context(target, keys, now)
    verdicts = verdicts_of(upload, pipeline, stored)
    shown, stored = stored, look_anew(upload, pipeline, stored, verdicts, context)
    if stored != shown:  # what is counted as written is told from these rows for good
        upload.rows = stored_as_json(stored, pipeline)
        upload.save(update_fields=["rows"])
    pipeline.admit(target, now)
    taken = _taken(pipeline, as_decided(pipeline, stored, verdicts), verdicts)
    outcome = counted(stored, verdicts, pipeline)
    pipeline.commit(target, taken, context, upload, by, now)
    settle_result(upload=upload, now=now)
    audit(
        act="upload.commit",
        sentence=f"确认“{upload.file.name}”：{outcome.text}",
        by=by,
        now=now,
        target=upload,
        organisation=upload.organisation,
        changes={"held": [[], sorted(v.key for v in verdicts if not v.is_taken)]},
    )
    return outcome


def _already(upload: Upload) -> Outcome:
    upload.refresh_from_db()
    if upload.state != UploadState.COMMITTED:
        raise StateConflict(f"文件{upload.get_state_display()}，不能确认。", state=upload.state)
    return outcome_of(upload=upload)


def outcome_of(*, upload: Upload) -> Outcome:
    """What a committed upload wrote, or what a preview would write as it is answered now."""
    pipeline = pipeline_of(upload.pipeline)
    stored = rows_from_json(upload.rows, pipeline)
    return counted(stored, verdicts_of(upload, pipeline, stored), pipeline)


def _taken(
    pipeline: Pipeline, stored: Sequence[StoredRow], verdicts: Sequence[Verdict]
) -> list[Taken]:
    unexplained = [verdict for verdict in verdicts if verdict.is_taken and verdict.unexplained]
    if unexplained:
        shown = {row_key(each.row): each.name for each in stored if pipeline.key_of is not None}
        names = "、".join(shown.get(each.key) or each.key for each in unexplained[:10])
        raise Refusal(
            "upload.reason_missing",
            f"{len(unexplained)} 行还没有填情况说明：{names}。填写说明，或把它们改为暂留。",
            found=names,
        )
    taken = [
        Taken(row=each.row, explanation=verdict.explanation)
        for each, verdict in zip(stored, verdicts, strict=True)
        if verdict.is_taken
    ]
    if not taken:
        raise nothing_to_write(verdicts)
    return taken


def issues(*, upload: Upload) -> list[Fault]:
    """All findings of an upload, in reading order, for the API."""
    return [Fault.from_json(fault) for fault in upload.faults]


def held_rows(*, pipeline: str, organisation: Organisation, period_key: str) -> dict[str, datetime]:
    """Row keys that the newest confirmed file of a target left out → when; empty where nothing was
    confirmed. One query."""
    upload = (
        Upload.objects.for_target(
            pipeline=pipeline, organisation_id=organisation.pk, period_key=period_key
        )
        .filter(state=UploadState.COMMITTED)
        .order_by("-committed_at", "-pk")
        .first()
    )
    if upload is None or upload.committed_at is None:
        return {}
    found = verdicts_of(upload, pipeline_of(pipeline))
    return {
        verdict.key: upload.committed_at
        for verdict in found
        if not verdict.is_taken and verdict.key
    }


def sweep(*, now: datetime) -> Sweep:
    """Put uploads of dead workers back in the queue (three times at most) and nudge those that wait."""
    requeued = failed = 0
    for upload in Upload.objects.abandoned(now=now, lease=LEASE):
        if upload.attempts >= MOST_ATTEMPTS:
            sentence = "读取中断了三次，文件已保存，没有写入任何数据。"
            with transaction.atomic():
                failed += Upload.objects.fail(upload.pk, error=sentence, now=now)
                Upload.objects.move(upload.pk, old=UploadState.READING, new=UploadState.RECEIVED)
                tell_result(claimed=upload, at=now)
            continue
        with transaction.atomic():
            if Upload.objects.requeue(upload.pk, now=now):
                Upload.objects.move(upload.pk, old=UploadState.READING, new=UploadState.RECEIVED)
                requeued += 1
    late = Upload.objects.waiting(now=now).filter(state=UploadState.RECEIVED)
    waiting = list(
        late.filter(not_before__lte=now - NUDGE_AFTER).values_list("pk", flat=True)[:200]
    )
    for pk in waiting:
        nudge(pk)
    return Sweep(requeued, failed, len(waiting))
