"""What a roster keeps of the rows that it takes along, what its rows say of their project together, and who changed it.

Every row keeps what stands of its estate and of its project: in the workbook the columns of the project are merged over
its estates, and whichever rows come back speak for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from projects.ledger.models import Baseline, Estate, Project
from renovation.accounts.models import named
from renovation.core.errors import Severity
from renovation.core.wording import chinese_moment
from renovation.intake.held import UNTOLD
from renovation.intake.meanwhile import OVERWRITTEN, filled_in
from renovation.intake.pipelines import Rule, RuleScope, Shared, Value
from renovation.records.models import AuditEntry

from .columns import BY_FIELD, ESTATE_FIELDS, PLAN_FIELDS, PROJECT_FIELDS
from .context import Known, Roster, key_of, present_values


def held_in(code: str, known: Iterable[Known], *, with_drafts: bool) -> dict[str, dict[str, str]]:
    """What the workbook of some projects keeps, for `Manifest.values`. A plan that waits stays untold where the workbook
    does not show it (``with_drafts``)."""
    rows: list[tuple[str, Mapping[str, Value]]] = []
    for each in known:
        hidden = {} if with_drafts or not each.has_draft else dict.fromkeys(PLAN_FIELDS, UNTOLD)
        estates: list[Estate | None] = list(each.estates.values())
        for estate in estates or [None]:
            values = {**present_values(each, estate), **hidden}
            rows.append((key_of(values), values))
    columns = [BY_FIELD[name] for name in (*PROJECT_FIELDS, *ESTATE_FIELDS)]
    return filled_in(code, columns, rows)


def _code_of(key: str) -> str:
    return key.partition("\u3000")[0]


def _of_project(code: str, roster: Roster) -> dict[str, Value]:
    known = roster.projects.get(code)
    if known is None:
        return {}
    values = present_values(known, None)
    return {name: values[name] for name in PROJECT_FIELDS}


#: What the rows of a project say of it, once or each; a plan is one thing.
SHARED = Shared(
    fields=frozenset(PROJECT_FIELDS),
    group_of=_code_of,
    present=_of_project,
    word="项目",
    bound=frozenset(PLAN_FIELDS),
)


#: A cell that says something else than a colleague wrote there since the roster went out.
OVER = Rule(
    code="R207",
    title="别人改过",
    sentence="下载以后别人改过的格，表里又改成别的，在核对页说明原因再写入（写在表里“情况说明”的不算，那时还不知道）；不写入的选“暂留”。合并的格替几个小区说话，只问一次。",
    example="下载以后同事改了项目名称，表里填的是另一个名称",
    scope=RuleScope.CELL,
    severity=Severity.REASON,
    catches=(OVERWRITTEN,),
)


def writers(keys: Collection[str], roster: Roster, since: datetime) -> dict[str, str]:
    """Who changed the estate of a row last since a moment, or the project and its plan where the row is the first of
    them, and when, by key. Three queries at most."""
    estates: dict[int, str] = {}
    projects: dict[int, str] = {}
    plans: dict[str, str] = {}
    for key in keys:
        known = roster.projects.get(_code_of(key))
        if known is None:
            continue
        if (estate := estate_of(key, known, roster)) is not None:
            estates[estate.pk] = key
        if key in roster.leads:
            projects[known.project.pk] = key
            plans |= {str(known.plan.pk): key} if known.plan is not None else {}
    found: dict[str, tuple[datetime, str]] = {}

    def tell(key: str, at: datetime, who: str) -> None:
        if key not in found or found[key][0] <= at:
            found[key] = at, who

    for model, by_pk in ((Estate, estates), (Project, projects)):
        entries = model.history.filter(id__among=list(by_pk), history_date__gt=since)
        for entry in entries.select_related("history_user").order_by("history_id"):
            who = str(entry.history_user) if entry.history_user else "系统"
            tell(by_pk[entry.id], entry.history_date, who)
    acts = AuditEntry.objects.filter(
        object_type=Baseline._meta.label_lower, object_id__among=list(plans), at__gt=since
    )
    for act in acts.select_related("actor", "stands_for").order_by("pk"):
        tell(plans[act.object_id], act.at, named(act.actor, act.stands_for))
    return {key: f"由{who}于{chinese_moment(at)}修改" for key, (at, who) in found.items()}


def estate_of(key: str, known: Known, roster: Roster) -> Estate | None:
    """The estate of a project that the key of a row names: by its number in the ledger, else by its name."""
    name = key.partition("\u3000")[2]
    if not name.startswith("#"):
        return known.estates.get(name)
    owner, estate = roster.estates.get(int(name[1:]), ("", None))
    return estate if owner == known.project.code else None
