"""The returns of the year: who sends what, by which way, and what becomes of it. Each act writes down what it did."""

from __future__ import annotations

import heapq
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from renovation.accounts.enums import TokenScope
from renovation.intake.tasks import read_upload
from renovation.jobs.tasks import sweep

from . import oracle, oracle_rows
from .beginning import FIRST, fen
from .hands import API, Hands, columns_of, written
from .reading import form_of
from .record import Record, Return, Row, Version

STREETS = ("banyanglu", "songlinglu", "zhonglou")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Week 1 to week 53: the last one ends in January and belongs to the year after.
MONDAYS = [FIRST + timedelta(weeks=number) for number in range(53)]
#: What may become of a return; the more often it stands here the more often it happens.
FATES = (
    *["on time"] * 9, "at the due moment", "late", "at the closing moment", "missing", "back and fixed",
    "back late and fixed", "left back", "waits", "nil", "nil", "corrected", "corrected twice", "extended",
)  # fmt: skip
COME_LATE = {"late", "at the closing moment", "saturday", "extended"}
#: By which way a return is filled: the form in the browser, the workbook by its page, the workbook by the API.
WAYS = (*["form"] * 8, "workbook", "workbook", "program")
#: Fates that the story needs in a week of its own.
CHOSEN = {
    (date(2026, 8, 17), "banyanglu"): "saturday", (date(2026, 8, 10), "songlinglu"): "at the due moment",
    (date(2026, 2, 9), "banyanglu"): "at the closing moment", (date(2026, 2, 9), "zhonglou"): "late",
    (date(2026, 9, 28), "zhonglou"): "late", (date(2026, 3, 16), "banyanglu"): "on time",
    (date(2026, 10, 19), "zhonglou"): "on time", (date(2026, 3, 2), "songlinglu"): "extended",
    (date(2026, 3, 30), "songlinglu"): "on time", (date(2026, 3, 30), "zhonglou"): "on time",
    (date(2026, 9, 21), "songlinglu"): "on time", (date(2026, 9, 21), "zhonglou"): "on time",
    (date(2026, 5, 18), "banyanglu"): "corrected", (date(2026, 12, 28), "banyanglu"): "waits",
}  # fmt: skip
#: Tenths of a percent that a project gains in a week, from a Monday on.
SPEED = {
    "ZC2026-01": ((date(2025, 12, 29), 3), (date(2026, 7, 6), 58)),
    "ZC2026-02": ((date(2025, 12, 29), 29),),
    "ZC2026-03": ((date(2026, 1, 12), 18), (date(2026, 7, 6), 26)),
    "ZC2026-04": ((date(2026, 3, 2), 12),),
    "ZC2026-05": ((date(2026, 9, 21), 30),),
    "ZC2026-06": ((date(2026, 3, 2), 30), (date(2026, 9, 7), 24)),
    "ZC2026-07": ((date(2026, 4, 13), 22),),
    "ZC2026-08": ((date(2026, 7, 13), 35),),
    "ZC2025-01": ((date(2025, 12, 29), 8),),
    "ZC2025-02": ((date(2025, 12, 29), 5),),
}
#: What a project of 100 % has spent, 分.
COST = {
    "ZC2026-01": fen("861.30"), "ZC2026-02": fen("447.77"), "ZC2026-03": fen("590.01"), "ZC2026-04": fen("205.00"),
    "ZC2026-05": fen("300.00"), "ZC2026-06": fen("990.90"), "ZC2026-07": fen("155.55"), "ZC2026-08": fen("260.00"),
    "ZC2025-01": fen("300.00"), "ZC2025-02": fen("210.00"),
}  # fmt: skip
#: Why a return is late: the kind as the form names it, its word, and the clerk's own words.
LATE = (("system", "系统、网络或停电", "停电两天"), ("data", "资料晚报", "监理周五下午才报数"))
#: Streets that come out level with another: by the Sunday of the week, and at the end of a quarter.
TIES = {
    (date(2026, 3, 30), "zhonglou"): ("songlinglu", date(2026, 4, 5)),
    (date(2026, 9, 21), "zhonglou"): ("songlinglu", date(2026, 9, 30)),
}
#: Where projects stood in the bureau's old sheets, tenths of a percent.
LEVELS = {"ZC2026-01": 48, "ZC2026-02": 110, "ZC2025-01": 842, "ZC2025-02": 610}


@dataclass
class Weeks:
    """The year on its way: what is to happen next, and how far the projects are."""

    hands: Hands
    record: Record
    dice: random.Random = field(default_factory=lambda: random.Random(2026))
    coming: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    laid_out: int = 0
    level: dict[str, int] = field(default_factory=lambda: dict(LEVELS))
    lived: list[str] = field(default_factory=list)
    ways: dict[str, int] = field(default_factory=dict)
    #: Projects whose rows give no reason: a rule is waived for them.
    silent: set[str] = field(default_factory=set)
    #: Who acts in the post of a street's reviewer (AB岗), and on which days a street's own review is switched off.
    deputies: dict[str, str] = field(default_factory=dict)
    unreviewed: dict[str, tuple[date, date]] = field(default_factory=dict)
    #: The streets whose next figures are to come out at the same 偏差 as another's on a day: (Monday, street) →
    #: (the other street, the day).
    ties: dict[tuple[date, str], tuple[str, date]] = field(default_factory=lambda: dict(TIES))
    #: The entries of the money ledger by their number in the record.
    entries: dict[int, int] = field(default_factory=dict)

    def then(self, moment: datetime, act: Callable[[], None]) -> None:
        """Something that happens at a moment."""
        self.laid_out += 1
        heapq.heappush(self.coming, (moment, self.laid_out, act))

    def until(self, moment: datetime) -> None:
        """Live what comes before a moment, then be there."""
        while self.coming and self.coming[0][0] < moment:
            at, _, act = heapq.heappop(self.coming)
            self.hands.at(at)
            act()
        self.hands.at(moment)

    # -- what is typed in ------------------------------------------------------------------------
    def rows(self, monday: date, street: str) -> dict[str, Row]:
        """What the projects of a street have reached in a week."""
        found = {}
        for code in oracle.expected(self.record, monday, street):
            speed = [each for since, each in SPEED[code] if since <= monday]
            gained = speed[-1] + _turn(code, monday) % 5 if speed else 0
            most = 1000 if code == "ZC2026-02" else 995
            self.level[code] = min(most, self.level.get(code, 0) + gained)
            found[code] = self.row(code, monday)
        if (monday, street) in self.ties:
            self._draw_level(monday, street, found)
        return found

    def row(self, code: str, monday: date) -> Row:
        """A row at the level that a project has; some clerks leave the plan out, or who was on site."""
        turn = _turn(code, monday)
        spent = self.level[code] * COST[code] // 1000 // 10_000 * 10_000
        plan = "" if turn % 6 == 0 else "继续外墙保温。"
        workers = None if turn % 7 == 0 else 0 if turn % 11 == 0 else 12
        return self.explained(code, monday, Row(self.level[code], spent, plan, workers))

    def _draw_level(self, monday: date, street: str, rows: dict[str, Row]) -> None:
        """The largest project of a street is told at the level that puts it beside another street on a day."""
        other, day = self.ties[monday, street]
        record = self.record
        wanted = oracle.ranked_by(record, other, day)
        area = {code: oracle.plan_in_force(record.projects[code], day) for code in rows}
        code = max(rows, key=lambda each: plan.area_centi if (plan := area[each]) else 0)
        told = record.return_of(monday, street)
        for level in sorted(range(1001), key=lambda each: abs(each - self.level[code])):
            self.level[code] = level
            rows[code] = self.row(code, monday)
            told.versions.append(Version(rows=rows, acts=[(self.hands.now, "approve")]))
            found = oracle.ranked_by(record, street, day)
            told.versions.pop()
            if found == wanted:
                return
        raise AssertionError(f"no level of {code} puts {street} beside {other}")

    def explained(self, code: str, monday: date, row: Row) -> Row:
        """The row with the clerk's reason; whom a waiver spares gives one only where another rule asks."""
        version = Version(rows={code: row}, acts=[(self.hands.now, "submit")])
        wanted, spared = oracle_rows.reasons_of(self.record, code, monday, version)
        is_silent = code in self.silent and wanted <= spared
        return row._replace(why="" if is_silent else "按现场计量，分部验收后一并计入。")

    def type_form(self, monday: date, street: str, rows: dict[str, Row], *, nil: bool) -> None:
        """The form in the browser; where something stands already it is opened first."""
        clerk, path = self.hands.person(street), f"/weekly/{monday}/{street}/form/"
        keys = {code: f"p{self.hands.number(code)}-" for code in rows}
        typed: dict[str, Any] = {"then": "submit"}
        first = keys[next(iter(rows))]
        if self.record.return_of(monday, street).versions or self.dice.randrange(25) == 0:
            typed = form_of(self.hands.see(street, path), f"{first}progress_percent") | typed
        for code, row in rows.items():
            if nil:
                typed[f"{keys[code]}is_unchanged"] = "on"
                continue
            typed |= {
                f"{keys[code]}progress_percent": f"{row.tenths / 10:.1f}",
                f"{keys[code]}completed_investment": f"{row.fen / 1_000_000:.2f}",
                f"{keys[code]}work_done": "外墙保温、管网。",
                f"{keys[code]}next_plan": row.plan,
                f"{keys[code]}workers_count": "" if row.workers is None else str(row.workers),
                f"{keys[code]}explanation": row.why,
            }
        answer = clerk.post(path, typed)
        assert answer.status_code == 302, (monday, street, answer.content.decode()[-6000:])

    def write_workbook(self, content: bytes, rows: dict[str, Row], *, nil: bool) -> bytes:
        """The pre-filled workbook after a clerk wrote into it."""

        def change(book: Any) -> None:
            sheet = book["周报"]
            head, columns = columns_of(sheet, "项目编号")
            lines = {
                sheet.cell(line, columns["项目编号"]).value: line
                for line in range(head + 1, sheet.max_row + 1)
            }
            assert {code for code in lines if code} == set(rows)
            for code, row in rows.items():
                given: dict[str, Any] = {"无变化": "是"}
                if not nil:
                    given = {
                        "本周累计形象进度(%)": row.tenths / 10, "累计完成投资(万元)": row.fen / 1_000_000,
                        "本周完成情况": "外墙保温、管网。", "下周计划": row.plan or None, "在场人数": row.workers,
                        "情况说明": row.why or None,
                    }  # fmt: skip
                for word, value in given.items():
                    sheet.cell(lines[code], columns[word]).value = value

        return written(content, change)

    # -- the acts --------------------------------------------------------------------------------
    def send(self, monday: date, street: str, way: str, *, nil: bool = False, late: bool = False) -> None:  # fmt: skip
        """Fill and send the return that is open, anew or for the first time."""
        told = self.record.return_of(monday, street)
        is_open = bool(told.versions) and told.versions[-1].standing in {"", "send back"}
        version = told.versions[-1] if is_open else Version()
        unchanged = self.unchanged(monday, street) if nil else {}
        nil = bool(
            unchanged
        )  # else there is nothing to be unchanged from: the figures are typed in
        rows = version.rows or unchanged or self.rows(monday, street)
        if version.rows:  # somebody looked at the figures again, and found one or two too high
            rows = {
                code: self.explained(code, monday, row._replace(tenths=max(row.tenths - 1, 0)))
                if not place or _turn(code, monday) % 2
                else row
                for place, (code, row) in enumerate(rows.items())
            }
        self.ways[way] = self.ways.get(way, 0) + 1
        kind, word, words = LATE[_turn(street, monday) % len(LATE)]
        why = {"late_code": kind, "late_reason": words} if late else {}
        hands, path = self.hands, f"/weekly/{monday}/{street}/"
        if way == "form":
            self.type_form(monday, street, rows, nil=nil)
        elif way == "workbook":
            given = hands.person(street).get(f"{path}workbook/").content
            filled = self.write_workbook(given, rows, nil=nil)
            hands.confirmed(street, hands.uploaded(street, f"{path}upload/", filled))
        else:
            self._program(monday, street, rows, nil=nil)
        if way == "program":
            pk = hands.return_now(monday, street).pk
            done = hands.call(street, f"/returns/{pk}/submit", why or None)
            assert done["state"] == "submitted"
        else:
            hands.act(street, monday, street, "submit", **why)
        version.rows = rows
        version.acts.append((hands.now, "submit"))
        if not told.versions:
            told.is_nil, told.late_kind = nil, word if late else ""
            asked = oracle.moments(self.record, monday)
            told.due_at_met = asked[0] if asked else None
        if not is_open:
            told.versions.append(version)

    def _program(self, monday: date, street: str, rows: dict[str, Row], *, nil: bool) -> None:
        hands, path = self.hands, f"/weeks/{monday}/returns/{street}"
        token = hands.headers(street, TokenScope.RETURNS)
        given = hands.person(street).get(f"{API}{path}/workbook", headers=token)
        assert given.status_code == 200
        filled = self.write_workbook(given.content, rows, nil=nil)
        pk = hands.call(street, f"{path}/uploads", file=filled)["id"]
        read_upload(upload_id=pk)
        seen = hands.person(street).get(f"{API}/uploads/{pk}", headers=token).json()
        faults = [each for each in seen["issues"] if each["severity"] == "error"]
        assert (seen["state"], faults) == ("preview", []), (monday, street, faults)
        done = hands.call(street, f"/uploads/{pk}/confirm", {"answers": []})
        assert (done["taken"], done["held"]) == (len(rows), 0)

    def act(self, monday: date, street: str, act: str, way: str, who: str, **words: str) -> None:
        """Review, approve, send back or correct, by page or by program."""
        hands, told = self.hands, self.record.return_of(monday, street)
        who, deputy = self.deputies.get(who, who), who in self.deputies
        if way == "program" and not deputy:  # a token acts for its own post alone
            pk = hands.return_now(monday, street).pk
            hands.call(who, f"/returns/{pk}/{act}", words)
        else:
            hands.act(who, monday, street, act, **words)
        if act == "correct":
            told.versions.append(Version(rows=dict(told.versions[-1].rows)))
        else:
            told.versions[-1].acts.append((hands.now, act.replace("-", " ")))

    def approve(self, monday: date, street: str, way: str) -> None:
        first, last = self.unreviewed.get(street, (date.max, date.min))
        sent_on = self.record.return_of(monday, street).versions[-1].acts[-1][0].date()
        if not first <= sent_on <= last:
            self.act(monday, street, "review", way, f"{street}-head")
        self.act(monday, street, "approve", way, "reviewer")

    def send_back(self, monday: date, street: str, way: str) -> None:
        self.act(monday, street, "send-back", way, f"{street}-head", comment="请核对。")

    def correct(self, monday: date, street: str, way: str) -> None:
        self.act(monday, street, "correct", way, street, reason="复核后更正。")
        self.send(monday, street, "form")
        self.approve(monday, street, way)

    def extend(self, monday: date, street: str, until: datetime) -> None:
        """The bureau lets a street come later than the closing moment."""
        path = f"/weekly/{monday}/{street}/exception/"
        words = {"closes_at": f"{until:%Y-%m-%dT%H:%M}", "reason": "街道停电"}
        self.hands.post("reviewer", path, words)
        self.record.return_of(monday, street).extended_to = until

    # -- fates -----------------------------------------------------------------------------------
    def unchanged(self, monday: date, street: str) -> dict[str, Row]:
        """The rows of the week before, where they are approved and of the same projects; else none."""
        asked = [each for each in MONDAYS if each < monday and oracle.moments(self.record, each)]
        if not asked:
            return {}
        told = self.record.returns.get((asked[-1], street), Return())
        known = [version for version in told.versions if version.standing == "approve"]
        codes = set(oracle.expected(self.record, monday, street))
        if not known or len(known) < len(told.versions) or set(known[-1].rows) != codes:
            return {}
        return {
            code: Row(row.tenths, row.fen, unchanged=True)
            for code, row in known[-1].rows.items()
            if code in codes
        }

    def live(self, monday: date, street: str) -> None:
        """Lay out what becomes of a return."""
        asked = oracle.moments(self.record, monday)
        if asked is None or not oracle.expected(self.record, monday, street):
            return
        due, closes = asked
        fate = CHOSEN.get((monday, street)) or self.dice.choice(FATES)
        way = self.dice.choice(WAYS)
        self.lived.append(fate)
        if street == STREETS[0]:
            # The clock's minute after the due moment: from now on the calendar moves it no more.
            self.then(due + timedelta(minutes=1), partial(sweep, "weekly.freeze"))

        def then(at: datetime, act: Callable[..., None], *given: Any, **more: Any) -> None:
            self.then(at, partial(act, monday, street, *given, **more))

        if fate == "missing":
            return
        if fate in COME_LATE:
            sent = {"late": closes - HOUR, "saturday": due + 17 * HOUR}.get(fate, closes)
            if fate == "extended":
                sent = closes + 5 * HOUR
                then(due + HOUR, self.extend, sent)
            then(sent, self.send, way, late=True)
            then(sent + HOUR, self.approve, way)
            return
        sent = due if fate == "at the due moment" else due - 5 * HOUR
        then(sent, self.send, way, nil=fate == "nil")
        if fate == "back and fixed":
            then(sent + HOUR, self.send_back, way)
            then(sent + 2 * HOUR, self.send, "form")
        if fate in {"back late and fixed", "left back"}:
            then(due + HOUR, self.send_back, way)
        if fate == "back late and fixed":
            then(closes - HOUR, self.send, "form")
        if fate not in {"left back", "waits"}:
            then(closes + HOUR, self.approve, way)
        if fate in {"corrected", "corrected twice"}:
            then(closes + 30 * HOUR, self.correct, way)
        if fate == "corrected twice":
            then(closes + 40 * DAY, self.correct, way)


def _turn(word: str, monday: date) -> int:
    """A number that is another for every word and week, and the same in every run."""
    return zlib.crc32(f"{word} {monday}".encode())
