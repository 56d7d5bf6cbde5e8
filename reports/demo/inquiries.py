"""Urgent questions of the demo: one that is over, one that collects with a street missing, one that waits for its
approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from projects.ledger.models import Programme, Project
from renovation.accounts.models import Organisation
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from supervision.inquiries.enums import ColumnKind, InquiryAct, InquiryState, Subject
from supervision.inquiries.models import (
    AskedColumn,
    AskedRow,
    FilledColumn,
    Inquiry,
    InquiryEvent,
    InquiryStreet,
    StreetAnswer,
    StreetAnswerRow,
)
from supervision.inquiries.table import filled_values, known_of

from .acts import Acts
from .dice import Dice
from .people import District
from .posts import clerk_on

_K = ColumnKind
_WAYS = ("物业收取", "社区代收", "居民自管", "没有收取")


@dataclass(frozen=True)
class _Question:
    """What was asked: its columns as fields of ``AskedColumn``, what the portal fills in."""

    title: str
    purpose: str
    subject: Subject
    columns: tuple[Mapping[str, Any], ...]
    filled: tuple[str, ...]


_ARREARS = _Question(
    title="维修资金欠缴情况",
    purpose="区政府研究老旧小区专项维修资金补缴办法，需要各小区的欠缴户数和金额，供专题会测算。",
    subject=Subject.PROJECT,
    columns=(
        {"label": "欠缴维修资金户数", "kind": _K.INTEGER, "unit": "户", "hint": "截至上月底"},
        {"label": "欠缴维修资金金额", "kind": _K.AMOUNT, "hint": "截至上月底，按应缴未缴计"},
        {"label": "是否有物业", "kind": _K.YES_NO},
        {"label": "物业费收取方式", "kind": _K.CHOICE, "options": list(_WAYS)},
    ),
    filled=("ledger.estates", "ledger.household_count"),
)
_DRAINAGE = _Question(
    title="地下空间排水设施排查",
    purpose="区防汛办要求报送老旧小区地下车库、半地下室的排水设施底数，用于统一调配抽水设备。",
    subject=Subject.PROJECT,
    columns=(
        {"label": "地下空间处数", "kind": _K.INTEGER, "unit": "处", "hint": "车库、半地下室、人防"},
        {"label": "排水泵台数", "kind": _K.INTEGER, "unit": "台", "hint": "能正常启动的"},
        {"label": "上次检修日期", "kind": _K.DATE, "is_required": False},
        {"label": "需要调配的设备", "kind": _K.TEXT, "is_required": False, "longest": 100},
    ),
    filled=("ledger.address", "ledger.party.contractor"),
)
_TALKS = _Question(
    title="居民代表座谈会安排",
    purpose="局领导到各街道听取居民代表对改造的意见，需要排定场次。",
    subject=Subject.STREET,
    columns=(
        {"label": "计划场次", "kind": _K.INTEGER, "unit": "场", "maximum": 5},
        {"label": "最早一场的日期", "kind": _K.DATE},
        {"label": "联络岗位", "kind": _K.TEXT, "longest": 40},
    ),
    filled=("figures.street.projects", "figures.street.households"),
)


@dataclass
class InquiryWriter:
    """Writes the three as they stand at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self) -> None:
        """Everything; what would have been asked before there was a programme is left out."""
        today = local_day(self.now)
        over = self.calendar.roll_forward(today - timedelta(days=24))
        recent = self._workday_before(today)
        if programme := self._programme(over):
            self._over(programme, over)
        if programme := self._programme(recent):
            self._running(programme, recent, today)
            self._waiting(programme, recent, today)

    def _programme(self, day: date) -> Programme | None:
        """The newest programme that had been approved some days before."""
        rows = Programme.objects.filter(
            bureau=self.district.bureau, approved_on__lte=day - timedelta(days=3)
        )
        return rows.order_by("-year").first()

    def _workday_before(self, day: date) -> date:
        found = day - timedelta(days=1)
        while self.calendar.roll_forward(found) != found:
            found -= timedelta(days=1)
        return found

    # -- the three -----------------------------------------------------------------------------------
    def _over(self, programme: Programme, day: date) -> None:
        due = self.calendar.roll_forward(day + timedelta(days=2))
        closed = local_moment(self.calendar.roll_forward(due + timedelta(days=1)), time(16, 30))
        if closed >= self.now:
            return
        inquiry = self._sent(
            _ARREARS, programme, day, time(9, 20), local_moment(due, time(17)), time(10, 5)
        )
        rows = self._rows_by_street(inquiry)
        late = local_moment(closed.date(), time(9, 40))
        moments = {
            "banyanglu": local_moment(due, time(10, 12)),
            "songlinglu": local_moment(due, time(15, 46)),
            "zhonglou": late,
        }
        for code, at in moments.items():
            values = {row.pk: self._arrears(row) for row in rows[code]}
            self._answer(inquiry, code, 1, values, len(rows[code]), at)
            if code == "songlinglu" and values:
                corrected = dict(values)
                first = rows[code][0].pk
                corrected[first] = corrected[first] | {"c1": int(corrected[first]["c1"]) + 3}
                self._answer(
                    inquiry, code, 2, corrected, len(rows[code]), at + timedelta(minutes=37)
                )
        self._close(inquiry, closed)

    def _running(self, programme: Programme, day: date, today: date) -> None:
        due = local_moment(self.calendar.roll_forward(today + timedelta(days=1)), time(17))
        inquiry = self._sent(_DRAINAGE, programme, day, time(14, 5), due, time(15, 30))
        rows = self._rows_by_street(inquiry)
        for code, minutes, left in (("banyanglu", 31, 0), ("zhonglou", 52, 1)):
            mine = rows[code][: max(0, len(rows[code]) - left)]
            at = local_moment(day, time(16, minutes))
            if mine and at < self.now:
                values = {row.pk: self._drainage(row, day) for row in mine}
                self._answer(inquiry, code, 1, values, len(rows[code]), at)

    def _waiting(self, programme: Programme, day: date, today: date) -> None:
        due = local_moment(self.calendar.roll_forward(today + timedelta(days=3)), time(12))
        inquiry = self._drafted(_TALKS, programme, day, time(16, 40), due)
        self._submit(inquiry, local_moment(day, time(16, 58)))

    # -- steps ---------------------------------------------------------------------------------------
    def _drafted(
        self, question: _Question, programme: Programme, day: date, clock: time, due: datetime
    ) -> Inquiry:
        at, by = local_moment(day, clock), clerk_on(district=self.district, day=day)
        start = f"LS{day.year}-"
        number = Inquiry.objects.filter(number__startswith=start).count() + 1
        inquiry = Inquiry.objects.create(
            bureau=self.district.bureau,
            programme=programme,
            number=f"{start}{number:03}",
            title=question.title,
            purpose=question.purpose,
            subject=question.subject,
            due_at=due,
            drafted_by=by,
            drafted_at=at,
            version=1 + len(question.columns) + len(question.filled),
        )
        InquiryStreet.objects.bulk_create(
            InquiryStreet(inquiry=inquiry, street=street) for street in self.district.streets
        )
        AskedColumn.objects.bulk_create(
            AskedColumn(inquiry=inquiry, place=place, **fields)
            for place, fields in enumerate(question.columns, start=1)
        )
        FilledColumn.objects.bulk_create(
            FilledColumn(inquiry=inquiry, place=place, code=code)
            for place, code in enumerate(question.filled, start=1)
        )
        self._event(inquiry, InquiryAct.DRAFT, "拟定", "", "bureau", at)
        return inquiry

    def _submit(self, inquiry: Inquiry, at: datetime) -> None:
        inquiry.state = InquiryState.SUBMITTED
        by = clerk_on(district=self.district, day=local_day(at))
        inquiry.submitted_by, inquiry.submitted_at = by, at
        inquiry.save()
        self._event(inquiry, InquiryAct.SUBMIT, "提请批准", InquiryState.DRAFT, "bureau", at)

    def _sent(
        self,
        question: _Question,
        programme: Programme,
        day: date,
        clock: time,
        due: datetime,
        approved: time,
    ) -> Inquiry:
        inquiry = self._drafted(question, programme, day, clock, due)
        self._submit(inquiry, local_moment(day, clock) + timedelta(minutes=15))
        projects = (
            Project.objects.filter(programme=programme)
            .in_scope_on(day)
            .order_by("street__order", "code")
            .select_related("street")
            .prefetch_related("former_streets__street")
        )
        AskedRow.objects.bulk_create(
            AskedRow(inquiry=inquiry, street=project.street_on(day), project=project)
            for project in projects
        )
        at = local_moment(day, approved)
        inquiry.state = InquiryState.OPEN
        inquiry.approved_by, inquiry.approved_at = self.district.users["reviewer"], at
        inquiry.first_due_at = due
        inquiry.save()
        self._event(inquiry, InquiryAct.APPROVE, "批准发出", InquiryState.SUBMITTED, "reviewer", at)
        return inquiry

    def _close(self, inquiry: Inquiry, at: datetime) -> None:
        known = known_of(inquiry)
        rows = list(inquiry.rows.select_related("street", "project"))
        filled = filled_values(inquiry=inquiry, known=known, rows=rows, now=at)
        for row in rows:
            values = filled.get(row.pk, {})
            row.filled = {
                column.code: column.text(values[column.code])
                for column in known
                if values.get(column.code) not in (None, "")
            }
        AskedRow.objects.bulk_update(rows, ["filled"])
        inquiry.state = InquiryState.CLOSED
        inquiry.closed_by, inquiry.closed_at = self.district.users["bureau"], at
        inquiry.save()
        self._event(
            inquiry, InquiryAct.CLOSE, "结束收数", InquiryState.OPEN, "bureau", at, "已报专题会。"
        )

    def _event(
        self,
        inquiry: Inquiry,
        act: InquiryAct,
        word: str,
        before: str,
        user: str,
        at: datetime,
        comment: str = "",
    ) -> None:
        by = self.district.users[user]
        if user == "bureau":
            by = clerk_on(district=self.district, day=local_day(at))
        InquiryEvent.objects.create(
            inquiry=inquiry,
            act=act,
            from_state=before,
            to_state=inquiry.state,
            at=at,
            by=by,
            comment=comment,
        )
        self.acts.add(
            f"inquiry.{act}",
            f"{word}临时收数 {inquiry.number}“{inquiry.title}”",
            by=by,
            at=at,
            target=inquiry,
            organisation=inquiry.bureau,
            reason=comment,
            changes={"state": [before or None, inquiry.state]},
        )

    # -- answers -------------------------------------------------------------------------------------
    def _rows_by_street(self, inquiry: Inquiry) -> dict[str, list[AskedRow]]:
        found: dict[str, list[AskedRow]] = {street.code: [] for street in self.district.streets}
        rows = inquiry.rows.select_related("street", "project")
        for row in rows.order_by("street__order", "project__code"):
            found[row.street.code].append(row)
        return found

    def _answer(
        self,
        inquiry: Inquiry,
        code: str,
        version: int,
        values: Mapping[int, Mapping[str, Any]],
        asked: int,
        at: datetime,
    ) -> None:
        if not values:
            return
        street: Organisation = self.district.organisations[code]
        by = self.district.users[code]
        answer = StreetAnswer.objects.create(
            inquiry=inquiry,
            street=street,
            version=version,
            answered_by=by,
            answered_at=at,
            due_at_met=inquiry.due_at,
            is_complete=len(values) == asked,
        )
        StreetAnswerRow.objects.bulk_create(
            StreetAnswerRow(answer=answer, row_id=pk, values=dict(said))
            for pk, said in values.items()
        )
        late = "（迟报）" if answer.is_late else ""
        self.acts.add(
            "inquiry.answer",
            f"{street.short_name}填报临时收数“{inquiry.title}”第 {version} 版，{len(values)} / {asked} 行{late}",
            by=by,
            at=at,
            target=answer,
            organisation=street,
        )

    def _arrears(self, row: AskedRow) -> dict[str, Any]:
        dice = Dice(f"arrears {row.key}")
        count = dice.number(4, 46)
        way = dice.number(0, 3)
        return {
            "c1": count,
            "c2": count * dice.number(2600, 4300) * 100,
            "c3": way == 0,
            "c4": _WAYS[way],
        }

    def _drainage(self, row: AskedRow, day: date) -> dict[str, Any]:
        dice = Dice(f"drainage {row.key}")
        places = dice.number(0, 4)
        found: dict[str, Any] = {"c1": places, "c2": min(places, dice.number(0, 4))}
        if places:
            found["c3"] = (day - timedelta(days=dice.number(20, 150))).isoformat()
        if places > int(found["c2"]):
            found["c4"] = f"移动泵 {places - int(found['c2'])} 台，配 50 米排水软管"
        return found
