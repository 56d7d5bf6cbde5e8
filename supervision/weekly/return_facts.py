"""How streets returned, week by week, as figures see it (MEASURES.md, Returns)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple, Protocol

from django.db.models import Case, Exists, F, OuterRef, When

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.holding import held
from renovation.core.measures import Approval
from renovation.core.periods import Week
from renovation.core.unchanged import later

from .enums import APPROVED_STATES, PENDING_STATES, LateReason, ReturnAct
from .models import ReturnEvent, WeeklyReport, WeeklyReturn
from .reporting import reporting_counts, reporting_groups, reporting_streets
from .sealed import by_return
from .standing import met_due, reported_at
from .weeks import WeekMoments, granted_moments, moments_between


class NilReturns:
    """零报告 among some returns (ids), read when a figure first asks: the rows of a year are many."""

    def __init__(self, returns: Sequence[int]) -> None:
        self._returns = returns
        self._reading_on = later()

    def __contains__(self, pk: int | None) -> bool:
        return pk in self._ids

    @cached_property
    def _ids(self) -> Collection[int]:
        with self._reading_on():
            return nil_returns(self._returns)


class ReturnFacts(NamedTuple):
    """An expected return: a street in a week that asked, and how it stood at the closing moment.

    ``is_closed`` says whether that moment has passed. ``was_approved`` and ``was_corrected`` are about the
    first version (``first_id``, None where there is none) and those after it, ``correction_waits`` says that none of
    them is approved yet; ``nil`` knows which first versions are 零报告.
    """

    week: Week
    street: Organisation
    is_reported: bool
    is_on_time: bool
    is_closed: bool
    was_approved: bool
    was_corrected: bool
    correction_waits: bool
    late_reason: str
    late_code: str
    first_id: int | None
    nil: NilReturns

    @property
    def is_nil(self) -> bool:
        """零报告: reported, and every row says 无变化."""
        return self.is_reported and self.first_id in self.nil

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.street.code

    @property
    def street_name(self) -> str:
        """The street's short name."""
        return self.street.short_name

    @property
    def project_code(self) -> str:
        """A return belongs to no single project."""
        return ""

    @property
    def label(self) -> str:
        """Street and week."""
        return f"{self.street.short_name} {self.week.label}"

    @property
    def word(self) -> str:
        """按时, 迟报, 未报 or 待报; 按时报后退回 for what stood sent back at the closing moment."""
        if self.is_reported:
            return "按时" if self.is_on_time else "迟报"
        if self.is_on_time:
            return "按时报后退回"
        return "未报" if self.is_closed else "待报"

    @property
    def is_late(self) -> bool:
        """Reported, but after the due moment."""
        return self.is_reported and not self.is_on_time

    @property
    def late_word(self) -> str:
        """Of what kind the reason of a late return is; 没有归类 for what was sent before kinds were asked."""
        return LateReason(self.late_code).label if self.late_code else "没有归类"

    @property
    def told(self) -> str:
        """The word, and of a late one its reason: 迟报（资料晚报：监理周五下午才报数）."""
        if not self.is_late or not self.late_reason:
            return self.word
        return f"{self.word}（{self.late_word}：{self.late_reason}）"


def late_reasons(returns: Iterable[ReturnFacts]) -> list[tuple[str, int]]:
    """(kind of reason, how many late returns), the commonest first, in the order of the kinds where even."""
    counts = Counter(each.late_word for each in returns if each.is_late)
    order = {str(each.label): place for place, each in enumerate(LateReason)}
    return sorted(counts.items(), key=lambda pair: (-pair[1], order.get(pair[0], len(order))))


def return_facts(
    *,
    bureau: Organisation,
    first: Week,
    last: Week,
    on: date,
    now: datetime,
    approval: Approval = Approval.APPROVED,
) -> list[ReturnFacts]:
    """Every expected return of the weeks from ``first`` to ``last`` whose Sunday is not after ``on``, by week
    and street. A constant number of queries; none where no week is asked about.

    Whether a street reported is judged at its closing moment, or now where that lies ahead; only a correction
    is looked at by ``approval`` and by the end of ``on``.
    """
    if last < first:
        return []
    weeks = moments_between(bureau=bureau, first=first, last=last, now=now)
    asked = {
        week: moments for week, moments in weeks.items() if moments.is_asked and week.end <= on
    }
    groups = reporting_groups(bureau=bureau)
    expected = reporting_counts(groups=groups, weeks=asked)
    streets = {street.pk: street for street in reporting_streets(bureau=bureau)}
    granted = granted_moments(streets=list(streets))
    stored = _stored(streets, first, last)
    made_now = stored.made_at(now)
    found = []
    for week, moments in asked.items():
        reporting, start, closing = expected[week], week.start, moments.closes_at
        if closing is None:  # the database forbids it for a week that asks
            continue
        for pk, street in streets.items():
            if pk not in reporting:
                continue
            key = (start, pk)
            made = made_now.get(key)
            if made is None:
                made = _made(
                    week, street, moments, max(closing, granted.get(key, closing)), now, stored
                )
                made_now[key] = made
            corrections = stored.versions.get(key, ())[1:]
            if any(counts_as_correction(row, on, approval) for row in corrections):
                made = made._replace(
                    was_corrected=True,
                    correction_waits=not any(
                        counts_as_correction(row, on, Approval.APPROVED) for row in corrections
                    ),
                )
            found.append(made)
    return found


def _made(
    week: Week,
    street: Organisation,
    moments: WeekMoments,
    closes_at: datetime,
    now: datetime,
    stored: _Stored,
) -> ReturnFacts:
    """An expected return, corrections aside: they alone depend on the day that the figures are of."""
    rows = stored.versions.get((week.start, street.pk))
    one = rows[0] if rows else None
    return ReturnFacts(
        week=week,
        street=street,
        is_reported=one is not None
        and reported_at(
            first=one, events=stored.events.get(one.id, ()), moment=min(closes_at, now)
        ),
        is_on_time=one is not None and met_due(first=one, moments=moments),
        is_closed=now > closes_at,
        was_approved=one is not None and one.state in APPROVED_STATES,
        was_corrected=False,
        correction_waits=False,
        late_reason=one.late_reason if one else "",
        late_code=one.late_code if one else "",
        first_id=one.id if one else None,
        nil=stored.nil,
    )


class _Version(NamedTuple):
    """What the figures ask of a version of a return: thousands are read, their comments and names never. The moments
    of submission and approval are told of corrections alone, where they count."""

    id: int
    street_id: int
    week_start: date
    state: str
    is_opening: bool
    first_submitted_at: datetime | None
    due_at_met: datetime | None
    sent_back_at: datetime | None
    late_reason: str
    late_code: str
    submitted_at: datetime | None
    approved_at: datetime | None


class _Stored:
    """The returns of a span as read: ``versions`` by Monday and street, the first one first; what follows from them is
    asked for once, however many days of a year a page tells."""

    def __init__(self, versions: Mapping[tuple[date, int], Sequence[_Version]]) -> None:
        self.versions = versions
        self.nil = NilReturns([rows[0].id for rows in versions.values()])
        self._reading_on = later()
        self._made: tuple[datetime | None, dict[tuple[date, int], ReturnFacts]] = None, {}

    def made_at(self, now: datetime) -> dict[tuple[date, int], ReturnFacts]:
        """The returns as judged at a moment, by Monday and street, as far as they were: of the moment asked for last
        alone, for what was read may outlive the request that read it."""
        last, made = self._made
        if last != now:
            made = {}
            self._made = now, made
        return made

    @cached_property
    def events(self) -> Mapping[int, Sequence[ReturnEvent]]:
        """The submissions and sendings back of first versions that were ever sent back: only there they decide
        anything. One query at most."""
        found: defaultdict[int, list[ReturnEvent]] = defaultdict(list)
        ids = [rows[0].id for rows in self.versions.values() if rows[0].sent_back_at is not None]
        if ids:
            acts = ReturnEvent.objects.filter(
                weekly_return__in=ids, act__in=[ReturnAct.SUBMIT, ReturnAct.SEND_BACK]
            )
            with self._reading_on():
                for row in acts.defer("rows"):
                    found[row.weekly_return_id].append(row)
        return dict(found)


def _stored(streets: Iterable[int], first: Week, last: Week) -> _Stored:
    """The returns of streets from a week to the end of the last week's year: so a reading request that asks for two
    days of a year reads them once. One query."""
    ids = tuple(streets)
    end = date(last.end.year, 12, 31)

    rows = WeeklyReturn.objects.filter(
        street__in=ids, week_start__gte=first.start, week_start__lte=end
    )
    columns = [name for name in _Version._fields if name not in _OF_CORRECTIONS]
    moments = [Case(When(version__gt=1, then=F(name))) for name in _OF_CORRECTIONS]

    def read_besides(known: frozenset[int]) -> Iterator[tuple[int, str, tuple[int, _Version]]]:
        others = rows.exclude(pk__among=known).order_by()
        for version, *said in others.values_list("version", *columns, *moments):
            one = _Version._make(said)
            yield one.id, one.state, (version, one)

    def read() -> _Stored:
        found: defaultdict[tuple[date, int], list[_Version]] = defaultdict(list)
        said = by_return(("returns", ids, first, end), read_besides)
        for _, one in sorted(said.values(), key=itemgetter(0)):
            found[one.week_start, one.street_id].append(one)
        return _Stored(dict(found))

    return held(("returns", ids, first, end), read)


_OF_CORRECTIONS = ("submitted_at", "approved_at")


class Correction(Protocol):
    """What of a later version tells from when it counts: a row of the model, or as much of it."""

    @property
    def state(self) -> str: ...

    @property
    def submitted_at(self) -> datetime | None: ...

    @property
    def approved_at(self) -> datetime | None: ...


def nil_returns(firsts: Iterable[int]) -> set[int]:
    """Of first versions (ids), those whose rows, one at least, all say 无变化: a 零报告, where it was reported.
    One query, which looks no further than the first row that changed."""
    rows = WeeklyReport.objects.filter(weekly_return=OuterRef("pk")).order_by()
    nil = WeeklyReturn.objects.filter(Exists(rows), ~Exists(rows.filter(is_unchanged=False)))
    return set(nil.filter(pk__in=list(firsts)).order_by().values_list("pk", flat=True))


def counts_as_correction(correction: Correction, on: date, approval: Approval) -> bool:
    """Whether a correction was made by the end of a day: approved by then, or submitted where what waits is
    asked for."""
    if correction.state in APPROVED_STATES:
        at = correction.approved_at
    elif correction.state in PENDING_STATES and approval is Approval.ALL:
        at = correction.submitted_at
    else:
        return False
    return at is not None and local_day(at) <= on
