"""What a project says of itself: type, feature, model flag, its plan document, what is filed and checked, who answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import CharField, F, Value
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.ledger.dossier.completeness import completeness, shelves
from projects.ledger.dossier.versions import newest
from projects.ledger.enums import GateKind, PhotoStage
from projects.ledger.models import (
    Baseline,
    DocumentKind,
    Gate,
    LeadingPost,
    Photo,
    Project,
    ProjectDocument,
    Publication,
    StandardItem,
    Survey,
)
from projects.ledger.openness.completeness import count_there, points
from projects.ledger.openness.elsewhere import published_elsewhere
from projects.ledger.plans import in_force
from projects.ledger.standards.progress import standings
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.holding import held
from renovation.core.wording import chinese_date

Pair = tuple[str, str | SafeString]


def documents_of(*, project: Project, scope: Scope, on: date) -> list[ProjectDocument]:
    """Of every document of a project in sight the newest version that was filed by a day; what was taken off since
    was wrong then too. One query."""
    rows = ProjectDocument.objects.visible_to(scope).filter(project=project)
    filed = [
        row for row in rows.select_related("kind", "file") if local_day(row.file.stored_at) <= on
    ]
    return newest(filed)


def evidence_of(gates: Iterable[Gate], *, on: date) -> tuple[tuple[str, str, str], ...]:
    """(what it proves, file name, address) of the evidence of gates that were passed by a day; of a gate that is not
    passed, what was handed in by it."""
    return tuple(
        (GateKind(row.kind).label, row.evidence.name, file_address(row.evidence.pk))
        for row in gates
        if row.evidence is not None and (row.actual_on or local_day(row.evidence.stored_at)) <= on
    )


def file_address(pk: int) -> str:
    """Where a file of the ledger is read."""
    return reverse("ledger:file", args=[pk])


def papers_of(
    documents: Iterable[ProjectDocument], *, code: str
) -> tuple[tuple[str, str, str], ...]:
    """(kind, title with its version, address) of documents."""
    return tuple(
        (
            document.kind.name,
            document.title + (f"（第 {document.version} 版）" if document.version > 1 else ""),
            reverse("ledger:document", args=[code, document.pk]),
        )
        for document in documents
    )


def photos_of(*, project: Project, scope: Scope, on: date) -> str:
    """改造前 12 张，改造中 30 张; "" where there is none by a day. One query."""
    rows = Photo.objects.visible_to(scope).filter(project=project).shown().order_by()
    taken = [stage for stage, at in rows.values_list("stage", "added_at") if local_day(at) <= on]
    return "，".join(
        f"{stage.label} {taken.count(stage.value)} 张"
        for stage in PhotoStage
        if stage.value in taken
    )


def described(
    *,
    project: Project,
    gates: list[Gate],
    documents: list[ProjectDocument],
    scope: Scope,
    on: date,
) -> tuple[Pair, ...]:
    """(name, words) about a visible project at the end of a day, of which ``documents`` are; how far its file and its
    lists are only for who works with the streets. Type, feature and codes are those of today, and so is what a file
    and the standards ask for; the page of an earlier week says so. A constant number of queries."""
    inside = scope.can(Permission.RETURN_READ)
    found = list(_own(project, on))
    found += _plans(project, documents)
    found += _rests(project, on)
    if inside:
        found += _lists(project, documents, gates, scope, on)
    posts = LeadingPost.objects.visible_to(scope).filter(projects=project).valid_on(on)
    answer = "、".join(post.post for post in posts)
    return (*found, ("领导小组", answer)) if answer else tuple(found)


def _rests(project: Project, on: date) -> Iterator[Pair]:
    """Why works go on in a 停工期, as who approved the plan in force said, and for windows that were added since as
    was said by the day. One query."""
    rows = (
        Baseline.objects.approved()
        .filter(project=project)
        .annotate(
            window_words=F("rest_reasons__window_words"),
            why=F("rest_reasons__reason"),
            is_of_approval=F("rest_reasons__is_of_approval"),
            said_at=F("rest_reasons__said_at"),
        )
    )
    found = list(rows.order_by("version", "said_at", "rest_reasons__pk"))
    plan = in_force(baselines=list({row.pk: row for row in found}.values()), on=on)
    if plan is None:
        return
    if plan.rest_reason:
        yield "停工期内施工", plan.rest_reason
    for said in (vars(row) for row in found if row.pk == plan.pk):
        if said["is_of_approval"] is False and local_day(said["said_at"]) <= on:
            yield "停工期内施工", f"{said['window_words']}：{said['why']}"


def _own(project: Project, on: date) -> Iterator[Pair]:
    yield "改造类型", str(project.get_renovation_type_display())
    if project.feature:
        yield "特色", project.feature
    if project.is_model and project.model_on is not None and project.model_on <= on:
        yield "示范样板", f"{chinese_date(project.model_on)}定为样板：{project.model_reason}"
    codes = [code for code in (project.plan_code, project.budget_code) if code]
    if codes:
        yield "编码", "，".join(codes)


def _plans(project: Project, documents: list[ProjectDocument]) -> Iterator[Pair]:
    """一区一案: the plan documents."""
    for document in documents:
        if document.kind.is_plan:
            href = reverse("ledger:document", args=[project.code, document.pk])
            version = f"第 {document.version} 版" if document.version > 1 else ""
            yield "改造方案", format_html('<a href="{}">{}</a>{}', href, document.title, version)


def _lists(
    project: Project,
    documents: list[ProjectDocument],
    gates: list[Gate],
    scope: Scope,
    on: date,
) -> Iterator[Pair]:
    rows = shelves(
        kinds=held(
            ("document kinds", scope.bureau_id),
            lambda: list(DocumentKind.objects.visible_to(scope)),
        ),
        documents=documents,
        gates=gates,
        on=on,
    )
    there, asked = completeness(rows)
    if asked:
        yield _linked(project, "档案", "documents", f"应有 {asked} 类，已有 {there} 类")
    items = [
        item
        for item in held(
            ("standard items", scope.bureau_id),
            lambda: list(StandardItem.objects.visible_to(scope)),
        )
        if item.retired_on is None or item.retired_on > on
    ]
    if items:
        (standing,) = standings(projects=[project], items=items, on=on)
        bare = f"（{standing.without_basis} 条无依据）" if standing.without_basis else ""
        words = (
            f"{len(items)} 条中符合 {standing.met}{bare}，"
            f"不符合 {standing.unmet}，未核对 {standing.open}"
        )
        yield _linked(project, "衡量标准", "standards", words)
    recorded = _recorded(project, on)
    clear, public = points(
        surveys=[Survey(kind=kind) for of, kind in recorded if of == _SURVEY],
        publications=[Publication(kind=kind) for of, kind in recorded if of == _PUBLICATION],
        elsewhere=[row for row in published_elsewhere(project=project) if row.published_on <= on],
    )
    words = (
        f"两清两访 {count_there(clear)}/{len(clear)}，四公开 {count_there(public)}/{len(public)}"
    )
    yield _linked(project, "公开", "openness", words)


_SURVEY, _PUBLICATION = "survey", "publication"


def _recorded(project: Project, on: date) -> list[tuple[str, str]]:
    """The kinds of surveys and of publications that were recorded for days up to one, each once. One query."""
    surveys = project.surveys.filter(done_on__lte=on)
    publications = project.publications.filter(published_on__lte=on)
    first, second = (
        rows.order_by().values_list(Value(of, output_field=CharField()), "kind")
        for of, rows in ((_SURVEY, surveys), (_PUBLICATION, publications))
    )
    return list(first.union(second))


def _linked(project: Project, name: str, page: str, words: str) -> Pair:
    href = reverse(f"ledger:{page}", args=[project.code])
    return name, format_html('<a href="{}">{}</a>', href, words)
