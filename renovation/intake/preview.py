"""What the page 核对上传内容 shows: frozen values made from an upload, without a query.

Row numbers and column letters are those of the workbook (FACE.md, screen 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeGuard

from renovation.core.documents.addresses import column_letter
from renovation.core.errors import Fault, Severity
from renovation.face.values import Cell
from renovation.face.values import Fault as Line
from renovation.face.wording import DASH, moment, signed

from .beside import beside_written, word_beside, words_of_same, written_over
from .digest import NOT_SHOWN
from .forms import field_of
from .models import Upload, UploadState
from .outcomes import Outcome, counted
from .pipelines import Column, Description, Pipeline, RuleScope, Show, Value, Words
from .preview_rows import Compared, Head, PreviewRow, Question, Said, Strip
from .rows import StoredRow, rows_from_json
from .together import as_read, as_written, behind, unwritten
from .verdicts import Asked, Standing, Verdict, verdicts_of
from .written import change_count, changed_fields, is_same, taken_away

#: Columns whose changed value is told beside the earlier one.
_TELL_CHANGES = (Show.CHANGED, Show.TEXT, Show.NAMED)
#: Kind of the state mark a standing is drawn as.
_MARKS = {
    Standing.FAULTY: "alarm",
    Standing.UNEXPLAINED: "waiting",
    Standing.EXPLAINED: "active",
    Standing.SOUND: "approved",
}


@dataclass(frozen=True)
class Preview:
    """The whole page."""

    upload: Upload
    about: Description
    lines: tuple[Line, ...]
    also: str
    questions: tuple[Line, ...]
    strip: tuple[Cell, ...]
    notices: tuple[Line, ...]
    heads: tuple[Head, ...]
    text_head: Head | None
    rows: tuple[PreviewRow, ...]
    counts: Mapping[str, int]
    result: Outcome
    show: str
    has_annotation: bool
    words: Words
    quiet_columns: str = ""
    changes: int = 0
    additions: int = 0
    column_count: int = field(default=0)
    #: Where all rows say what stands already: with what they agree.
    same_words: str = ""
    #: What is not written because the row that speaks of it is left out.
    unwritten: tuple[Line, ...] = ()

    @property
    def tally(self) -> tuple[tuple[str, str], ...]:
        """How much was found, each grade with its place on the page: (改正 1 处, #faults)."""
        grades = (
            (f"改正 {len(self.lines)} 处", "#faults", self.lines),
            (f"说明 {len(self.questions)} 处", "#questions", self.questions),
            (f"提示 {len(self.notices)} 条", "#remarks", self.notices),
        )
        return tuple((words, href) for words, href, found in grades if found)

    @property
    def strip_span(self) -> int:
        """Columns that a strip covers, the row number left out."""
        return self.column_count - 1

    @property
    def taken_elsewhere(self) -> int:
        """Rows let in that the present choice of rows does not show."""
        return self.result.taken - sum(row.is_taken for row in self.rows)

    @property
    def held_elsewhere(self) -> int:
        """Rows held that the present choice of rows does not show."""
        return self.result.held - sum(not row.is_taken for row in self.rows)

    @property
    def can_write_any(self) -> bool:
        """Whether a row could be let in, whatever is decided now."""
        return self.counts[""] > self.counts[Standing.FAULTY.value]

    @property
    def has_decisions(self) -> bool:
        """Whether there is something to save: a row that may be let in or held."""
        return self.can_write_any

    @property
    def is_all_same(self) -> bool:
        """Whether every row says what stands already: there is nothing to write."""
        return self.result.same > 0 and self.result.same == self.counts[""]

    @property
    def same_elsewhere(self) -> int:
        """Rows let in without a change that the present choice of rows does not show."""
        return self.result.same - sum(row.is_taken and row.is_same for row in self.rows)


#: The rows of a list that are not as they stand, in the address.
NEWS = "news"


def build(
    upload: Upload,
    pipeline: Pipeline,
    about: Description,
    *,
    show: str = "",
    unanswered: bool = False,
) -> Preview:
    """The page of an upload. ``show`` narrows the rows to a standing, or to what is new, ``unanswered`` marks the reasons
    that are still missing."""
    stored = rows_from_json(upload.rows, pipeline)
    verdicts = verdicts_of(upload, pipeline, stored)
    result = counted(stored, verdicts, pipeline)
    left = unwritten(pipeline, stored, verdicts)
    is_over = upload.state == UploadState.COMMITTED
    written, stored = as_written(pipeline, stored, verdicts), as_read(pipeline, stored)
    faults = [Fault.from_json(each) for each in upload.faults]
    names = {
        each.row.number: f"{each.name or each.row.key}　{_key_words(each, pipeline)}".rstrip("　")
        for each in stored
    }
    compare = [column for column in pipeline.columns if column.show is Show.COMPARE]
    texts = [column for column in pipeline.columns if column.show is Show.TEXT]
    counts = {
        "": len(verdicts),
        **{each.value: sum(v.standing is each for v in verdicts) for each in Standing},
    }
    if pipeline.counts_changes:
        counts[NEWS] = sum(
            _is_news(each, v, pipeline) for each, v in zip(stored, verdicts, strict=True)
        )
    show = show if counts.get(show) else ""
    any_written = any(each.written is not None for each in stored)
    maker = _Maker(upload, pipeline, compare, texts, faults, unanswered, any_written)
    chosen = [
        (comes if verdict.is_taken else each, verdict)
        for each, comes, verdict in zip(stored, written, verdicts, strict=True)
        if not show
        or verdict.standing == show
        or (show == NEWS and _is_news(each, verdict, pipeline))
    ]
    after = behind(pipeline, stored, verdicts, {verdict.number for _, verdict in chosen})
    rows = tuple(
        replace(maker.row(each, verdict), behind=str(after.get(verdict.number, "")))
        for each, verdict in chosen
    )
    pairs = tuple(zip(stored, verdicts, strict=True))
    explained = [f for v in verdicts for f in v.questions if f not in v.unexplained]
    return Preview(
        upload=upload,
        about=about,
        lines=tuple(_line(f, names) for f in faults if f.severity is Severity.ERROR),
        also=_also(explained, names),
        questions=tuple(_question_line(f, names, v) for v in verdicts for f in v.unexplained),
        strip=_facts(upload, pipeline, about, verdicts, faults)
        + (_changes(stored, pipeline) if pipeline.counts_changes else ())
        + beside_written(pairs, pipeline),
        notices=tuple(_line(f, names) for f in faults if f.severity is Severity.NOTICE),
        heads=tuple(Head(_letter(upload, column), column.label) for column in compare),
        text_head=Head(_letter(upload, texts[0]), texts[0].label) if texts else None,
        rows=rows,
        counts=counts,
        result=result,
        show=show,
        has_annotation=_can_annotate(upload, pipeline, faults),
        quiet_columns=_quiet(pipeline, faults),
        words=pipeline.words,
        changes=sum(change_count(each, pipeline) for each in stored),
        additions=sum(not each.before for each in stored),
        column_count=2 + 3 * len(compare) + 3,
        same_words=words_of_same(pairs, pipeline),
        unwritten=tuple(
            Line("", each.sentence(pipeline.shared.word, is_over=is_over), f"#r{each.number}")
            for each in left
            if pipeline.shared is not None
        ),
    )


def _is_news(stored: StoredRow, verdict: Verdict, pipeline: Pipeline) -> bool:
    """Whether a row of a list is anything else than what stands: new, changed, or at fault."""
    return (
        not stored.before
        or bool(changed_fields(stored, pipeline))
        or verdict.standing is not Standing.SOUND
    )


def _key_words(stored: StoredRow, pipeline: Pipeline) -> str:
    """What a row is, for people, where its key is a word for the portal alone; also of cells that could not be read."""
    say = pipeline.key_words
    return "" if say is None else say({**stored.row.values, **stored.row.texts})


def _letter(upload: Upload, column: Column) -> str:
    place = upload.columns.get(column.field)
    return column_letter(place) if place else ""


def _place(fault: Fault) -> str:
    return f"{fault.sheet}!{fault.cell}" if fault.cell else fault.sheet


def _line(fault: Fault, names: Mapping[int, str]) -> Line:
    name = names.get(fault.row or 0, "")
    place = "　".join(part for part in (_place(fault), name) if part)
    return Line(place, fault.message, f"#r{fault.row}" if fault.row else "")


def _question_line(fault: Fault, names: Mapping[int, str], verdict: Verdict) -> Line:
    """A cell that a reason is wanted for; a row with faults takes it once they are mended."""
    line = _line(fault, names)
    then = "（这一行有错，改正后重传时再说明）" if verdict.errors else ""
    return Line(line.place, line.message + then, line.href)


def _also(explained: Sequence[Fault], names: Mapping[int, str]) -> str:
    if not explained:
        return ""
    places = "、".join(f"{_place(f)}　{names.get(f.row or 0, '')}" for f in explained[:6])
    more = f"等 {len(explained)} 处" if len(explained) > 6 else ""
    return f"另有 {len(explained)} 处已填说明：{places}{more}"


def _facts(
    upload: Upload,
    pipeline: Pipeline,
    about: Description,
    verdicts: Sequence[Verdict],
    faults: Sequence[Fault],
) -> tuple[Cell, ...]:
    missing = max(0, upload.expected_count - len({v.key for v in verdicts}))
    doubled = len(verdicts) - len({v.key for v in verdicts})
    # A list takes nothing away: a row left out of it is no fault.
    stays = pipeline.counts_changes and not doubled
    ledger = pipeline.words.ledger
    gaps = (
        [f"少 {missing} 行，{ledger}里的照旧" if stays else f"缺 {missing} 行"] if missing else []
    )
    gaps += [f"重复 {doubled} 行"] if doubled else []
    extra = max(0, len({v.key for v in verdicts}) - upload.expected_count)
    sound = "行数相符，没有重复行" if upload.expected_count else "没有重复行"
    if upload.expected_count and extra:
        sound = f"另有 {extra} 行是多出的，没有重复行"
    taken = [v for v in verdicts if v.is_taken]
    held = len(verdicts) - len(taken)
    explained = sum(v.standing is Standing.EXPLAINED for v in taken)
    unexplained = sum(v.standing is Standing.UNEXPLAINED for v in taken)
    words = [f"{explained} 行已说明"] if explained else []
    words += [f"{unexplained} 行待说明"] if unexplained else []
    faulty = sum(bool(v.errors) for v in verdicts)
    cells = [
        Cell(
            "文件",
            upload.file.name,
            f"{moment(upload.received_at)} 上传，工作表“{upload.sheet}”，表头在第 {upload.header_row} 行",
        ),
        Cell(
            "读到",
            f"{len(verdicts)} 行"
            + (f" / 应有 {upload.expected_count} 行" if upload.expected_count else ""),
            "，".join(gaps) or sound,
            alarm=bool(gaps) and not stays,
        ),
        Cell("可接收", f"{len(taken)} 行", f"含 {'、'.join(words)}" if words else ""),
        Cell(
            "暂留",
            f"{held} 行",
            "有错，改正后重传即可" if faulty else "可改为接收" if held else "没有",
            alarm=bool(held),
        ),
    ]
    if about.deadline[0]:
        cells.append(Cell("截止", *about.deadline))
    return tuple(cells)


def _changes(stored: Sequence[StoredRow], pipeline: Pipeline) -> tuple[Cell, ...]:
    """How much of what is known would change, and how many rows are new."""
    changes = sum(change_count(each, pipeline) for each in stored)
    additions = sum(not each.before for each in stored)
    note = f"新增 {additions} 行" if additions else "没有新增"
    return (Cell(f"与{pipeline.words.ledger}相比", f"改动 {changes} 处", note),)


def _can_annotate(upload: Upload, pipeline: Pipeline, faults: Sequence[Fault]) -> bool:
    """Whether the file can be handed back with marks: it is a workbook, and there is something to mark."""
    if upload.state == UploadState.REFUSED:
        return any(pipeline.rule(f.code).scope is not RuleScope.FILE for f in faults)
    return bool(upload.rows)


def _quiet(pipeline: Pipeline, faults: Sequence[Fault]) -> str:
    """The columns that are not shown because nothing is wrong in them."""
    faulty = {fault.column for fault in faults}
    hidden = [
        column.label
        for column in pipeline.columns
        if column.show is Show.HIDDEN and not column.locked and column.label not in faulty
    ]
    return "、".join(hidden)


def _is_number(value: Value) -> TypeGuard[Decimal | int]:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)


@dataclass(frozen=True)
class _Maker:
    upload: Upload
    pipeline: Pipeline
    compare: Sequence[Column]
    texts: Sequence[Column]
    faults: Sequence[Fault]
    unanswered: bool
    any_written: bool

    def row(self, stored: StoredRow, verdict: Verdict) -> PreviewRow:
        row = stored.row
        mine = [fault for fault in self.faults if fault.row == row.number]
        frames = self._frames(mine)
        is_unchanged = row.values.get(self.pipeline.unchanged_field) is True
        return PreviewRow(
            number=row.number,
            anchor=f"r{row.number}",
            key=row.key,
            key_words=_key_words(stored, self.pipeline),
            name=stored.name or row.key or "（没有编号）",
            compared=tuple(self._compared(c, stored, frames, is_unchanged) for c in self.compare),
            said=(
                *self._said(stored, frames, is_unchanged),
                *written_over(stored, verdict, self.pipeline),
            ),
            unchanged="无变化" if is_unchanged else "",
            tag=self._tag(stored, verdict),
            strips=tuple(self._strip(fault) for fault in mine),
            questions=self._questions(verdict),
            standing=verdict.standing,
            mark=_MARKS[verdict.standing],
            can_take=not verdict.errors,
            is_taken=verdict.is_taken,
            decision=f"decision-{row.number}",
            is_same=is_same(stored, verdict, self.pipeline),
        )

    def _is_quiet(self, before: Value, now: Value) -> bool:
        """Where the page counts changes, what stays the same is no news."""
        return self.pipeline.counts_changes and before == now

    def _tag(self, stored: StoredRow, verdict: Verdict) -> str:
        """新增 or 没有变化, where the page counts changes; 新填 or 已有，改动 beside what is written. What a
        faulty row would change is not known."""
        if self.any_written and not verdict.errors:
            return word_beside(stored, verdict, self.pipeline)
        if not self.pipeline.counts_changes:
            return ""
        if not stored.before:
            return "新增"
        return "" if verdict.errors or changed_fields(stored, self.pipeline) else "没有变化"

    def _frames(self, faults: Sequence[Fault]) -> dict[str, str]:
        """Column label → the heaviest frame at it."""
        frames: dict[str, str] = {}
        for fault in faults:
            if fault.severity is Severity.ERROR:
                frames[fault.column] = "fault"
            elif fault.severity is Severity.REASON:
                frames.setdefault(fault.column, "question")
        return frames

    def _compared(
        self, column: Column, stored: StoredRow, frames: Mapping[str, str], is_unchanged: bool
    ) -> Compared:
        before, now = stored.before.get(column.field), stored.row.values.get(column.field)
        shown = stored.row.texts.get(column.field) or column.shown(now) or DASH
        change = DASH
        if is_unchanged and column.field not in stored.row.texts and now in (None, before):
            shown, now = "无变化", before
        if _is_number(before) and _is_number(now) and not self._is_quiet(before, now):
            change = signed(Decimal(now) - Decimal(before), column.places)
        return Compared(
            label=column.short or column.label,
            before=column.shown(before) or DASH,
            now=shown,
            change=change,
            frame=frames.get(column.label, ""),
        )

    def _said(
        self, stored: StoredRow, frames: Mapping[str, str], is_unchanged: bool
    ) -> tuple[Said, ...]:
        said = []
        changed = changed_fields(stored, self.pipeline)
        gone = taken_away(stored, self.pipeline)
        for column in self.pipeline.columns:
            value: Value = gone.get(column.field, stored.row.values.get(column.field))
            text = stored.row.texts.get(column.field) or column.shown(value)
            if column.is_private:
                text = NOT_SHOWN if text else ""
            frame = frames.get(column.label, "")
            if column.is_private and column.field in changed and not frame:
                was = stored.before.get(column.field)
                said.append(Said(column.label, f"{'改' if was else '补填'}{NOT_SHOWN}", ""))
            elif column.show in _TELL_CHANGES and (column.field in changed or column.field in gone):
                before = column.shown(stored.before.get(column.field))
                was = f"原“{before}”" if before else "原为空"
                comes = "清空" if value is None else f"改为“{text}”"
                said.append(Said(column.label, f"{was}，{comes}", frame))
            elif column.show is Show.NAMED and (text or frame):
                said.append(Said(column.label, text or "（空）", frame))
            elif column in self.texts:
                if text or frame:
                    said.append(Said("", text or "（空）", frame))
                elif is_unchanged:
                    place = self.upload.columns.get(self.pipeline.unchanged_field)
                    at = f"{column_letter(place)}{stored.row.number} " if place else ""
                    said.append(Said("", f"无变化（{at}填“是”）", ""))
            elif frame and column not in self.compare:
                head = f"{_letter(self.upload, column)}　{column.label}"
                said.append(Said(head, text or "（空）", frame))
        return tuple(said)

    def _strip(self, fault: Fault) -> Strip:
        tone = {Severity.ERROR: "", Severity.REASON: "warm", Severity.NOTICE: "quiet"}
        return Strip(
            address=_place(fault),
            column=fault.column,
            message=fault.message,
            found=fault.found or DASH,
            expected=fault.expected or DASH,
            code=fault.code,
            tone=tone[fault.severity],
        )

    def _questions(self, verdict: Verdict) -> tuple[Question, ...]:
        return () if verdict.errors else tuple(self._asked(verdict, each) for each in verdict.asked)

    def _asked(self, verdict: Verdict, asked: Asked) -> Question:
        place = self.upload.columns.get(self.pipeline.reason_field)
        in_workbook = place and verdict.unforeseen not in asked.codes
        missing = self.unanswered and verdict.is_taken and not asked.text
        titles = [self.pipeline.rule(code).title for code in asked.codes]
        return Question(
            name=field_of(verdict, asked),
            about="、".join(titles) if len(verdict.asked) > 1 else "",
            value=asked.text,
            place=f"{column_letter(place)}{verdict.number}" if in_workbook else "",
            fault="请填写说明，或改为暂留" if missing else "",
            hint=self.pipeline.words.reason_hint,
        )
