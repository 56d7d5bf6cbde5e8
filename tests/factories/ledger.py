"""Programmes, projects with estates, gates with evidence, baselines with monthly targets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory

from projects.ledger.enums import BaselineState, GateKind, PartyRole, RenovationType
from projects.ledger.models import (
    Baseline,
    Building,
    Commitment,
    DocumentKind,
    Estate,
    Gate,
    GateDeadline,
    GateException,
    GateOpening,
    GatePromise,
    JointReview,
    LeadingPost,
    MonthlyTarget,
    Party,
    Photo,
    Programme,
    ProgrammeTotal,
    Project,
    ProjectChange,
    ProjectDocument,
    Publication,
    RestWindow,
    StandardCheck,
    StandardItem,
    Survey,
)
from renovation.core.periods import Month
from renovation.records.models import StoredFile

from .accounts import BureauFactory, StreetFactory, UserFactory


class StoredFileFactory(factory.django.DjangoModelFactory):
    """A row about a file; the bytes are not written (``records.services.store_file`` does that)."""

    class Meta:
        model = StoredFile

    name = factory.Sequence(lambda n: f"依据{n}.pdf")
    content_type = "application/pdf"
    size = 1024
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.name.encode()).hexdigest())
    path = factory.LazyAttribute(lambda o: f"files/{o.sha256[:2]}/{o.sha256}")
    stored_at = datetime(2025, 1, 20, 1, tzinfo=UTC)


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme
        skip_postgeneration_save = True

    bureau = factory.SubFactory(BureauFactory)
    year = 2025
    name = factory.LazyAttribute(lambda o: f"淄川区{o.year}年老旧小区改造计划")
    approved_on = factory.LazyAttribute(lambda o: date(o.year, 1, 20))
    document_number = factory.LazyAttribute(lambda o: f"淄建发〔{o.year}〕3号")

    @factory.post_generation
    def start_deadline_on(obj, create: bool, extracted: date | None, **_: Any) -> None:  # noqa: N805
        """全部开工期限, the end of October where none is given."""
        GateDeadlineFactory(programme=obj, due_on=extracted or date(obj.year, 10, 31))


class GateDeadlineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GateDeadline

    programme = factory.SubFactory(ProgrammeFactory)
    gate = GateKind.STARTED
    due_on = date(2025, 10, 31)
    document_number = factory.LazyAttribute(lambda o: o.programme.document_number)


class ProgrammeTotalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProgrammeTotal

    programme = factory.SubFactory(ProgrammeFactory)
    street = factory.SubFactory(StreetFactory)
    project_count = 1
    household_count = 100
    area_sqm = Decimal("10000.00")


class ProjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Project

    programme = factory.SubFactory(ProgrammeFactory)
    street = factory.SubFactory(StreetFactory, parent=factory.SelfAttribute("..programme.bureau"))
    code = factory.Sequence(lambda n: f"ZC2025-{n + 100}")
    name = factory.Sequence(lambda n: f"第{n}小区")
    renovation_type = RenovationType.BASIC
    approved_on = factory.SelfAttribute("programme.approved_on")


class EstateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Estate

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"第{n}小区")
    address = "般阳路 1 号"
    year_built = 1996
    building_count = 3
    household_count = 100
    area_sqm = Decimal("10000.00")


class BuildingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Building

    estate = factory.SubFactory(EstateFactory)
    number = factory.Sequence(lambda n: f"{n}号楼")
    unit_count = 3
    floor_count = 6
    household_count = 36
    area_sqm = Decimal("3400.00")


class DocumentKindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DocumentKind

    bureau = factory.SubFactory(BureauFactory)
    name = factory.Sequence(lambda n: f"第{n}类文件")
    order = factory.Sequence(lambda n: n)


class ProjectDocumentFactory(factory.django.DjangoModelFactory):
    """A filed document; the bytes are not written (``dossier.services.file_document`` does that)."""

    class Meta:
        model = ProjectDocument

    project = factory.SubFactory(ProjectFactory)
    kind = factory.SubFactory(
        DocumentKindFactory, bureau=factory.SelfAttribute("..project.programme.bureau")
    )
    title = "施工图纸"
    file = factory.SubFactory(StoredFileFactory)


class PhotoFactory(factory.django.DjangoModelFactory):
    """A photograph's row; the bytes are not written (``dossier.photos.add_photos`` does that)."""

    class Meta:
        model = Photo

    project = factory.SubFactory(ProjectFactory)
    stage = "before"
    spot = "3号楼北侧"
    original = factory.SubFactory(StoredFileFactory, is_private=True)
    added_by = factory.SubFactory(UserFactory)
    added_at = datetime(2025, 5, 7, 2, tzinfo=UTC)
    not_before = datetime(2025, 5, 7, 2, tzinfo=UTC)


class StandardItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StandardItem

    bureau = factory.SubFactory(BureauFactory)
    number = factory.Sequence(lambda n: n % 99 + 1)
    group = "bottom_line"
    text = factory.LazyAttribute(lambda o: f"标准之{o.number}")


class StandardCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StandardCheck

    project = factory.SubFactory(ProjectFactory)
    item = factory.SubFactory(
        StandardItemFactory, bureau=factory.SelfAttribute("..project.programme.bureau")
    )
    item_version = 1
    verdict = "met"
    note = factory.LazyAttribute(lambda o: "" if o.verdict == "met" else "公示件没有张贴")
    checked_by = factory.SubFactory(UserFactory)
    checked_at = datetime(2025, 5, 6, 2, tzinfo=UTC)


class SurveyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Survey

    project = factory.SubFactory(ProjectFactory)
    kind = "condition"
    done_on = date(2025, 2, 10)
    finding = "屋面渗漏 4 处，雨污合流"


class PublicationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Publication

    project = factory.SubFactory(ProjectFactory)
    kind = "plan"
    published_on = date(2025, 3, 26)
    channel = "小区公示栏"


class CommitmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Commitment

    project = factory.SubFactory(ProjectFactory)
    kind = "head"
    who = "街道党工委书记"
    detail = "每周到现场一次"
    starts_on = date(2025, 3, 1)


class LeadingPostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LeadingPost
        skip_postgeneration_save = True

    bureau = factory.SubFactory(BureauFactory)
    rank = "member"
    post = "建管科科长"
    department = "建管科"
    answers_for = "施工组织和进度"
    valid_from = date(2025, 1, 20)


class PartyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Party

    project = factory.SubFactory(ProjectFactory)
    role = PartyRole.CONTRACTOR
    name = "鲁中某建设工程有限公司"


class BaselineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Baseline

    project = factory.SubFactory(ProjectFactory)
    version = 1
    state = BaselineState.APPROVED
    planned_start_on = date(2025, 3, 1)
    planned_completion_on = date(2025, 10, 31)
    planned_investment_fen = 300_0000_00
    area_sqm = Decimal("10000.00")
    approved_on = factory.LazyAttribute(
        lambda o: date(2025, 1, 20) if o.state == BaselineState.APPROVED else None
    )
    approved_by = factory.LazyAttribute(
        lambda o: UserFactory() if o.state == BaselineState.APPROVED else None
    )
    reason = factory.LazyAttribute(lambda o: "" if o.version == 1 else "管线迁改，工期顺延")


class MonthlyTargetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MonthlyTarget

    baseline = factory.SubFactory(BaselineFactory)
    month_end_on = date(2025, 3, 31)
    target_percent = Decimal("10.0")


class GateFactory(factory.django.DjangoModelFactory):
    """A gate that was passed, with its evidence; ``evidence=None`` makes it a claim."""

    class Meta:
        model = Gate

    project = factory.SubFactory(ProjectFactory)
    kind = GateKind.STARTED
    actual_on = date(2025, 3, 3)
    evidence = factory.SubFactory(StoredFileFactory)


class GateExceptionFactory(factory.django.DjangoModelFactory):
    """One that is asked for and not decided."""

    class Meta:
        model = GateException

    project = factory.SubFactory(ProjectFactory)
    gate = GateKind.STARTED
    check_code = "ledger.order.started"
    finding = "前面的关口还没有过：施工许可。"
    reason = "抢险在先，许可补办"
    document_number = "淄建会〔2025〕8号"
    requested_by = factory.SubFactory(UserFactory)
    requested_at = datetime(2025, 3, 1, 1, tzinfo=UTC)


class GateOpeningFactory(factory.django.DjangoModelFactory):
    """A gate that was passed before the portal, waiting for the second person."""

    class Meta:
        model = GateOpening

    project = factory.SubFactory(ProjectFactory)
    kind = GateKind.APPROVED
    actual_on = date(2025, 2, 10)
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = datetime(2025, 5, 6, 1, tzinfo=UTC)


class GatePromiseFactory(factory.django.DjangoModelFactory):
    """A paper that was promised and has not come in."""

    class Meta:
        model = GatePromise

    project = factory.SubFactory(ProjectFactory)
    gate = GateKind.STARTED
    lacks = "施工许可证"
    promised_by = "建设单位"
    promised_on = date(2025, 3, 1)
    due_on = date(2025, 4, 30)


class JointReviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = JointReview

    project = factory.SubFactory(ProjectFactory)
    gate = GateKind.PROGRAMMED
    title = "计划申报联审"
    held_on = date(2025, 1, 10)


class RestWindowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RestWindow

    bureau = factory.SubFactory(BureauFactory)
    cause = "heat"
    work_kind = "wall"
    from_on = date(2025, 7, 1)
    to_on = date(2025, 8, 31)
    reason = "日最高气温 35 ℃ 以上停止外墙作业"


class ProjectChangeFactory(factory.django.DjangoModelFactory):
    """A change in words, waiting for approval."""

    class Meta:
        model = ProjectChange

    project = factory.SubFactory(ProjectFactory)
    kind = "design"
    title = "屋面做法调整"
    rationale = "原防水层含水率过高"
    old_text = "倒置式屋面"
    new_text = "正置式屋面"
    drafted_by = factory.SubFactory(UserFactory)
    drafted_at = datetime(2025, 4, 1, 1, tzinfo=UTC)


def add_baseline(
    project: Project, *, targets: Mapping[date, str | int] | None = None, **fields: Any
) -> Baseline:
    """An approved baseline; ``targets`` are cumulative percents by month end, linear where None."""
    baseline = BaselineFactory(project=project, **fields)
    if targets is None:
        targets = linear_targets(baseline.planned_start_on, baseline.planned_completion_on)
    MonthlyTarget.objects.bulk_create(
        MonthlyTarget(baseline=baseline, month_end_on=day, target_percent=Decimal(str(percent)))
        for day, percent in targets.items()
    )
    return baseline


def linear_targets(start: date, end: date) -> dict[date, str | int]:
    """Cumulative percents at the month ends strictly between two days, on a straight line."""
    found: dict[date, str | int] = {}
    month = Month.of(start)
    while month.end < end:
        if month.end > start:
            share = Decimal((month.end - start).days) * 100 / (end - start).days
            found[month.end] = str(share.quantize(Decimal("0.1")))
        month = month.next()
    return found


def make_project(
    *,
    households: int = 100,
    area: str | Decimal = "10000.00",
    buildings: int = 3,
    started_on: date | None = None,
    completed_on: date | None = None,
    baseline: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Project:
    """A project with one estate and an approved baseline with linear monthly targets.

    ``started_on`` and ``completed_on`` add the gates with evidence. ``baseline`` overrides fields of the
    baseline (and ``targets``); everything else is given to the project (``street``, ``programme``, ``code``).
    """
    project: Project = ProjectFactory(**fields)
    EstateFactory(
        project=project,
        name=project.name,
        household_count=households,
        building_count=buildings,
        area_sqm=Decimal(area),
    )
    add_baseline(project, **({"area_sqm": Decimal(area)} | dict(baseline or {})))
    if started_on:
        GateFactory(project=project, kind=GateKind.STARTED, actual_on=started_on)
    if completed_on:
        GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=completed_on)
    return project
