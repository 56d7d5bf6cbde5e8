"""What became of a file, in words: what happened to it, exactly, and what to do next.

A file can be unreadable, readable but of no use as a whole, read and waiting with or without faults, written,
or replaced. The words of each stand here once; the page of the upload, the page of the return and the lists
of files say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from renovation.core.errors import Fault, Severity
from renovation.face.wording import moment
from renovation.records.acting import who
from renovation.records.models import WorkState

from .models import UNREAD_STATES, Upload, UploadState
from .pipelines import Pipeline, RuleScope

Kind = Literal["quiet", "waiting", "active", "approved", "published", "alarm"]


@dataclass(frozen=True, kw_only=True)
class Fate:
    """``word`` and ``kind`` are its state mark, ``title`` heads its page, ``happened`` is one sentence of what
    was and was not done with it, ``then`` what to do now."""

    word: str
    kind: Kind
    title: str
    happened: str
    then: str


def fate_of(upload: Upload, pipeline: Pipeline) -> Fate:
    """What became of an upload, from its own row alone."""
    name = f"“{upload.file.name}”"
    if upload.state in UNREAD_STATES:
        return _unread(upload, name)
    if upload.state == UploadState.REFUSED:
        return _refused(upload, pipeline)
    if upload.state == UploadState.COMMITTED:
        return Fate(
            word="已写入",
            kind="approved",
            title="核对上传内容",
            happened=f"{name}已于 {moment(upload.committed_at)} 由{who(upload, 'committed_by')}确认写入。",
            then="",
        )
    if upload.state == UploadState.SUPERSEDED:
        return Fate(
            word="已被代替",
            kind="quiet",
            title="文件已被代替",
            happened=f"之后上传的文件代替了{name}，这一份没有写入，留存备查。",
            then="请在新文件上核对。",
        )
    return _waiting(upload, name)


def _unread(upload: Upload, name: str) -> Fate:
    if upload.work_state == WorkState.FAILED:
        return Fate(
            word="没有读完",
            kind="alarm",
            title="读取上传的文件",
            happened=upload.error,
            then="重新读取，或换一个文件上传。",
        )
    return Fate(
        word="读取中" if upload.state == UploadState.READING else "等待读取",
        kind="waiting",
        title="读取上传的文件",
        happened=f"{name}已收到，还没有读完，没有写入任何数据。",
        then="读完以后再核对。",
    )


def _refused(upload: Upload, pipeline: Pipeline) -> Fate:
    """Nothing of the file is used: because it cannot be read at all, or because it is another's, of another
    week, or lacks its header."""
    codes = [fault["code"] for fault in upload.faults]
    if any(pipeline.rule(code).scope is RuleScope.FILE for code in codes):
        return Fate(
            word="读不了",
            kind="alarm",
            title="文件读不了",
            happened="没有从这份文件读到内容，没有写入任何数据",
            then="换成能正常打开的 .xlsx 工作簿重新上传，或下载模板重新填写。原来的数据没有变，这份文件留存备查。",
        )
    return Fate(
        word="没有采用",
        kind="alarm",
        title="文件没有采用",
        happened="文件能打开，但整份不能用，没有写入任何数据",
        then="按上面的原因改好再上传，或下载模板重新填写。原来的数据没有变，这份文件留存备查。",
    )


def _waiting(upload: Upload, name: str) -> Fate:
    faults = [Fault.from_json(each) for each in upload.faults]
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    questions = sum(fault.severity is Severity.REASON for fault in faults)
    said = [f"{errors} 处有错"] if errors else []
    said += [f"{questions} 处要说明"] if questions else []
    found = "，".join(said) or "没有发现差错"
    return Fate(
        word="待确认",
        kind="waiting",
        title="核对上传内容",
        happened=f"{name}已读完，{found}，还没有写入。",
        then="核对后确认写入。",
    )


def beside(later: Upload, pipeline: Pipeline) -> str:
    """What a file that came in later means for the one that waits, in one sentence."""
    name, fate = f"“{later.file.name}”", fate_of(later, pipeline)
    if later.state == UploadState.REFUSED or later.work_state == WorkState.FAILED:
        return f"后上传的{name}{fate.word}，没有代替这一份。"
    return f"后上传的{name}还没有读完，能用的话就代替这一份。"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """The files of a target that still ask something of a person: the one that waits to be confirmed, and the
    one that came in last where it is not that one and was not written. None where there is none."""

    waiting: Upload | None = None
    later: Upload | None = None


def pending_of(standing: Sequence[Upload]) -> Pending:
    """From what ``Upload.objects.…standing()`` gives, the newest first."""
    waiting = next((each for each in standing if each.state == UploadState.PREVIEW), None)
    newest = standing[0] if standing else None
    if newest is None or newest.state in {UploadState.PREVIEW, UploadState.COMMITTED}:
        return Pending(waiting=waiting)
    return Pending(waiting=waiting, later=newest)
