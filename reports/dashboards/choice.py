"""What a reader chose in the address: the programme of a year, a week of it, which data count."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from projects.ledger.models import Programme
from renovation.accounts.scope import Scope, detached, know_bureau
from renovation.core.calendar import local_day
from renovation.core.holding import held
from renovation.core.measures import Approval
from renovation.core.periods import DAY, Week, Year
from renovation.face.filtering import no_year
from renovation.face.values import Way
from supervision.weekly.reporting import last_reporting_week
from supervision.weekly.weeks import asked_weeks


@dataclass(frozen=True, kw_only=True)
class Choice:
    """``week`` is the week looked at, ``before`` the latest earlier one that asked for a return, ``after`` the
    next one that has ended; ``as_of`` is the Sunday of ``week``, or today where no week has ended yet.
    ``notice`` is a sentence about what the address asked for and there is not."""

    programme: Programme
    programmes: tuple[Programme, ...]
    week: Week | None
    before: Week | None
    after: Week | None
    as_of: date
    approval: Approval
    may_see_pending: bool
    notice: str = ""

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What tells figures of this choice from those of another."""
        return self.programme.pk, self.week, self.before, self.as_of, self.approval

    @property
    def year(self) -> int:
        """The programme's year."""
        return self.programme.year

    @property
    def week_label(self) -> str:
        """第37周（9月8日—9月14日）, "" before the first week has ended."""
        return self.week.label if self.week else ""

    def query(self, *, week: Week | None = None, approval: Approval | None = None) -> str:
        """The address of this choice with another week or basis, from ``?`` on."""
        chosen = week or self.week
        values = {"year": str(self.year)}
        if chosen is not None:
            values["week"] = chosen.key
        if (approval or self.approval) is Approval.ALL:
            values["approval"] = Approval.ALL.value
        return f"?{urlencode(values)}"

    @property
    def week_ways(self) -> list[Way]:
        """‹ 第36周 第38周 ›: the neighbours that there are."""
        ways: list[Way] = []
        if self.week is None:
            return ways
        earlier = f"‹ 第{self.before.number}周" if self.before else "‹ 上周"
        later = self.after or self.week.next()
        ways.append(Way(earlier, self.query(week=self.before) if self.before else None))
        ways.append(
            Way(f"第{later.number}周 ›", self.query(week=self.after) if self.after else None)
        )
        return ways

    @property
    def approval_ways(self) -> list[Way]:
        """只看已核定 or 含待核; none where only approved data may be seen."""
        if not self.may_see_pending:
            return []
        return [
            Way(word, self.query(approval=each), each is self.approval)
            for word, each in (("只看已核定", Approval.APPROVED), ("含待核", Approval.ALL))
        ]

    @property
    def year_ways(self) -> list[Way]:
        """The programmes by year; none where there is only one."""
        if len(self.programmes) < 2:
            return []
        return [
            Way(f"{each.year}年", f"?year={each.year}", each.pk == self.programme.pk)
            for each in self.programmes
        ]


def choose(*, scope: Scope, asked: Mapping[str, str], now: datetime) -> Choice | None:
    """Read the address; None where the bureau has no programme yet. What makes no sense is passed over
    with a sentence. Six queries, seven where the programme's year is over; held by a reading request."""
    seen = detached(scope)
    words = {name: asked.get(name, "").strip()[:20] for name in ("year", "week", "approval")}
    key = "choice", seen, *words.values(), now.replace(second=0, microsecond=0)
    return held(key, lambda: _choose(seen, words, now))


def _choose(scope: Scope, asked: Mapping[str, str], now: datetime) -> Choice | None:
    today = local_day(now)
    programmes = tuple(Programme.objects.visible_to(scope).select_related("bureau"))
    if not programmes:
        return None
    know_bureau(programmes[0].bureau)
    begun = [each for each in programmes if each.approved_on <= today] or list(programmes[-1:])
    programme = begun[0]
    notice = ""
    if text := asked["year"]:
        named = next((each for each in programmes if str(each.year) == text), None)
        if named is None:
            notice = no_year(text, programme.year)
        programme = named or programme
    weeks = _weeks(programme, today, now)
    week = weeks[-1] if weeks else None
    if text := asked["week"]:
        named_week = _week(text)
        if named_week in weeks:
            week = named_week
        elif week is not None:
            notice = notice or f"没有可看的“{text[:12]}”这一周，现在看的是{week.label}。"
    place = weeks.index(week) if week is not None else 0
    may = not scope.approved_only
    approval = Approval.ALL if may and asked["approval"] == "all" else Approval.APPROVED
    return Choice(
        programme=programme,
        programmes=programmes,
        week=week,
        before=weeks[place - 1] if place else None,
        after=weeks[place + 1] if week is not None and place + 1 < len(weeks) else None,
        as_of=week.end if week is not None else today,
        approval=approval,
        may_see_pending=may,
        notice=notice,
    )


def _weeks(programme: Programme, today: date, now: datetime) -> list[Week]:
    """The asked weeks that have ended, from the programme's approval to the end of its year, and on while a
    project of it reports."""
    year = Year(programme.year)
    first = Week.of(max(programme.approved_on, year.start))
    end = min(today, year.end)
    if today > year.end:
        reported = last_reporting_week(programme=programme)
        end = today if reported is None else max(end, min(today, reported.end))
    last = Week.of(end + DAY).previous()
    if last < first:
        return []
    return asked_weeks(bureau=programme.bureau, first=first, last=last, now=now)


def _week(text: str) -> Week | None:
    try:
        return Week.from_key(text)
    except ValueError:
        return None
