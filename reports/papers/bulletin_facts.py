"""Compile the quarterly bulletin from the approved figures at the end of the quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from projects.ledger.deadlines import start_deadline
from projects.ledger.enums import GateKind, PartyRole
from projects.ledger.facts import ProjectFacts as LedgerFacts
from projects.ledger.models import Party
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.measures import Approval, Measure
from renovation.core.periods import Quarter, Week
from renovation.core.wording import short_date
from renovation.records.services import values_in_force
from reports.figures.services import DISTRICT, STREET, Facts, load, ranking
from supervision.weekly.enums import PENDING_STATES
from supervision.weekly.judgements import Run, lagging_runs
from supervision.weekly.measures import LIGHT_WORDS
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.reasons import reasons_of
from supervision.weekly.reporting import carried_over
from supervision.weekly.return_facts import ReturnFacts, late_reasons

from . import names
from .adjusted import adjusted_projects
from .assigned_text import say_assigned
from .bulletin_text import Draft
from .bulletins import Bulletin, ProjectFacts, StreetFacts
from .facts import NOTHING, figure_maps, light_method, programme_on
from .parameters import ADDRESSEES, COPIES, PRINTED_BY
from .sheets import count_lights
from .waived import waived_rules
from .waived_text import say_waived


def compile_bulletin_content(
    *, bureau: Organisation, quarter: Quarter, texts: Mapping[str, str], now: datetime
) -> Bulletin:
    """The bulletin as the approved data stand now, under the passages that a person worded.

    A quarter that still runs is told as of today. A constant number of queries.
    """
    as_of = min(quarter.end, local_day(now))
    programme = programme_on(bureau=bureau, day=as_of)
    facts = load(
        programme=programme, as_of=as_of, approval=Approval.APPROVED, now=now, period=quarter
    )
    maps = figure_maps(facts=facts)
    returns = figure_maps(facts=facts, measures=names.RETURNS)
    earlier, before = quarter.previous(), NOTHING
    counted = {each.code for each in facts.projects}
    if earlier.end >= programme.approved_on:
        then = load(
            programme=programme,
            as_of=earlier.end,
            approval=Approval.APPROVED,
            now=now,
            period=earlier,
            ledger=facts.ledger,
        )
        before = figure_maps(facts=then)
        counted |= {each.code for each in then.projects}
    places = {each.row.code: each.place for each in ranking(facts)}
    described = _described(facts.projects, as_of)
    reasons = _reasons(facts)
    runs = lagging_runs(project_ids=[each.pk for each in facts.projects], on=as_of)
    missing = _missing_weeks(facts.returns)
    late = _late_reasons(facts.returns)
    streets = tuple(
        StreetFacts(
            code=place.code,
            name=place.name,
            projects=tuple(
                _project(
                    each,
                    maps.project(each.code),
                    described.get(each.pk, ""),
                    *reasons.get(each.pk, ("", "")),
                    runs.get(each.pk),
                    as_of,
                )
                for each in facts.projects
                if each.street_code == place.code
            ),
            figures=dict(maps.street(place.code)),
            before=dict(before.street(place.code)),
            returns=dict(returns.street(place.code)),
            missing_weeks=missing.get(place.code, ()),
            place=places.get(place.code),
            late_reasons=late.get(place.code, ""),
        )
        for place in facts.places[STREET]
    )
    settings = values_in_force(organisation=bureau, on=local_day(now))
    plain = Bulletin(
        bureau_name=bureau.name,
        district_name=bureau.district_name or bureau.short_name,
        document_prefix=bureau.document_prefix,
        printed_by=settings[PRINTED_BY] or bureau.name,
        quarter=quarter,
        as_of=as_of,
        passages=(),
        named=(),
        quotes={},
        figures=dict(maps.district),
        before=dict(before.district),
        returns=dict(returns.district),
        streets=streets,
        notes=(light_method(facts.thresholds),),
        adjusted=adjusted_projects(
            bureau=bureau,
            since=earlier.end,
            until=as_of,
            year=programme.year,
            counted=counted,
        ),
        waived=waived_rules(bureau=bureau, quarter=quarter, as_of=as_of),
    )
    last_week = Week.of(as_of + timedelta(days=1)).previous()
    carried = carried_over(programme=programme, week=last_week)
    draft = Draft(
        quarter=quarter,
        as_of=as_of,
        district_name=plain.district_name,
        bureau_name=bureau.name,
        figures=plain.figures,
        before=plain.before,
        returns=plain.returns,
        streets=streets,
        lagging=plain.lagging,
        lights=count_lights(project.figures for project in plain.projects),
        addressees=settings[ADDRESSEES],
        copies=settings[COPIES],
        start_deadline_on=start_deadline(programme=programme),
        year=programme.year,
        pending_returns=_pending(facts, quarter),
        described=tuple(
            (f"{each.street_name}{each.name}", each.name, each.feature, each.is_model)
            for each in facts.projects
            if each.is_model or (each.feature and each.passed(GateKind.STARTED))
        ),
        carried_count=len(carried),
        adjusted=plain.adjusted,
        carried_streets=tuple(dict.fromkeys(each.street.short_name for each in carried)),
    )
    draft.write()
    dispatched = figure_maps(facts=facts, measures=names.DISPATCH, levels=(DISTRICT,))
    say_assigned(draft, dispatched.district)
    say_waived(draft, plain.waived)
    bound = Bulletin(
        **{
            **plain.__dict__,
            "passages": tuple(draft.passages),
            "named": tuple(draft.named.values()),
            "quotes": dict(draft.quotes),
        }
    )
    return bound.with_texts(texts)


def _project(
    ledger: LedgerFacts,
    figures: Mapping[str, Measure],
    contractor: str,
    reason: str,
    next_plan: str,
    run: Run | None,
    as_of: date,
) -> ProjectFacts:
    def passed(kind: GateKind) -> date | None:
        gate = ledger.gates.get(kind)
        return gate.actual_on if gate is not None and ledger.passed_on(kind, as_of) else None

    light = figures.get(names.LIGHT)
    turned_from, turned_on = _turned(run, (light.word if light else "") or "")
    return ProjectFacts(
        code=ledger.code,
        name=ledger.name,
        street_name=ledger.street_name,
        contractor=contractor,
        planned_start_on=ledger.plan.start_on if ledger.plan else None,
        started_on=passed(GateKind.STARTED),
        planned_completion_on=ledger.plan.completion_on if ledger.plan else None,
        completed_on=passed(GateKind.COMPLETED),
        figures=dict(figures),
        lagging_since=run.since if run else None,
        turned_from=turned_from,
        turned_on=turned_on,
        reason=reason,
        next_plan=next_plan,
    )


def _turned(run: Run | None, light: str) -> tuple[str, date | None]:
    """The other light of a run of weeks behind that now shows a light, and since which week it shows this one: None
    where it turned after the last closed week."""
    other = {"黄": "红", "红": "黄"}.get(light, "")
    if run is None or not other:
        return "", None
    if LIGHT_WORDS[run.light] != light:
        return other, None
    return (other, run.turned_on) if run.turned_on else ("", None)


def _described(projects: Sequence[LedgerFacts], day: date) -> dict[int, str]:
    """The contractors of projects by id."""
    found: dict[int, str] = {}
    rows = Party.objects.filter(
        project_id__in=[project.pk for project in projects], role=PartyRole.CONTRACTOR
    ).order_by("pk")
    for row in rows:
        begun = row.valid_from is None or row.valid_from <= day
        if begun and (row.valid_to is None or row.valid_to >= day):
            known = found.get(row.project_id)
            found[row.project_id] = f"{known}、{row.name}" if known else row.name
    return found


def _reasons(facts: Facts) -> dict[int, tuple[str, str]]:
    """What the latest approved report of each lagging project gives as the reason, and its plan for the next
    week."""
    weeks = {
        fact.project.pk: fact.report.week
        for fact in facts.progress
        if fact.report and fact.light in {"red", "yellow"}
    }
    return {pk: (said.reason, said.next_plan) for pk, said in reasons_of(weeks=weeks).items()}


def _missing_weeks(returns: Sequence[ReturnFacts]) -> dict[str, tuple[str, ...]]:
    """The weeks for which a street did not report, by street code; weeks in a row are one text."""
    found: defaultdict[str, list[Week]] = defaultdict(list)
    for each in returns:
        if each.is_closed and not each.is_reported:
            found[each.street.code].append(each.week)
    return {code: weeks_in_words(weeks) for code, weeks in found.items()}


def _late_reasons(returns: Sequence[ReturnFacts]) -> dict[str, str]:
    """资料晚报 2、其他 1: why a street's late returns were late, by street code (CAPABILITIES.md E7)."""
    by_street: defaultdict[str, list[ReturnFacts]] = defaultdict(list)
    for each in returns:
        by_street[each.street.code].append(each)
    return {
        code: "、".join(f"{word} {count}" for word, count in late_reasons(members))
        for code, members in by_street.items()
    }


def weeks_in_words(weeks: Sequence[Week]) -> tuple[str, ...]:
    """`第37周（9月8日—9月14日）`, and `第27周至第29周（6月30日—7月20日）` for weeks in a row."""
    runs: list[list[Week]] = []
    for week in weeks:
        if runs and runs[-1][-1].next() == week:
            runs[-1].append(week)
        else:
            runs.append([week])
    return tuple(
        run[0].label
        if len(run) == 1
        else f"第{run[0].number}周至第{run[-1].number}周"
        f"（{short_date(run[0].start)}—{short_date(run[-1].end)}）"
        for run in runs
    )


def _pending(facts: Facts, quarter: Quarter) -> int:
    """Returns of the quarter's weeks that wait for approval and are left out."""
    weeks = [week.start for week in quarter.weeks() if week.end <= facts.as_of]
    streets = {project.street_id for project in facts.projects}
    return (
        WeeklyReturn.objects.filter(
            street_id__in=streets, week_start__in=weeks, state__in=PENDING_STATES
        )
        .values("street_id", "week_start")
        .distinct()
        .count()
    )
