"""After-care of estates, contributions of residents, joint evaluations."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory

from projects.ledger.models import Project
from projects.residents.enums import CommitteeKind, FundMove, Gift, ManagementForm, RecordState
from projects.residents.models import (
    Committee,
    Contribution,
    Evaluation,
    FeeCollection,
    FundEntry,
    Handover,
    Management,
    Opinion,
)

from .accounts import UserFactory
from .ledger import EstateFactory, ProjectFactory, StoredFileFactory

ITEM = {"name": "路灯", "quantity": "24", "unit": "盏", "keeper": "街道物业服务中心"}


class CommitteeFactory(factory.django.DjangoModelFactory):
    """A 自改委 in office since 1 March 2025, without a term."""

    class Meta:
        model = Committee

    estate = factory.SubFactory(EstateFactory)
    kind = CommitteeKind.RENEWAL
    since_on = date(2025, 3, 1)
    until_on = None
    end_reason = factory.LazyAttribute(lambda o: "换届" if o.ended_on else "")
    ended_on = None


class ManagementFactory(factory.django.DjangoModelFactory):
    """A professional manager with a contract for the year 2025 at 0.65 元 per ㎡ and month."""

    class Meta:
        model = Management

    estate = factory.SubFactory(EstateFactory)
    form = ManagementForm.PROFESSIONAL
    manager = "某物业服务公司"
    since_on = date(2025, 1, 1)
    until_on = date(2025, 12, 31)
    fee_fen = 65
    end_reason = factory.LazyAttribute(lambda o: "解约" if o.ended_on else "")
    ended_on = None


class FeeCollectionFactory(factory.django.DjangoModelFactory):
    """The first quarter of 2025: 9,000 of 12,000 元."""

    class Meta:
        model = FeeCollection

    estate = factory.SubFactory(EstateFactory)
    from_on = date(2025, 1, 1)
    to_on = date(2025, 3, 31)
    due_fen = 12_000_00
    collected_fen = 9_000_00


class FundEntryFactory(factory.django.DjangoModelFactory):
    """A fund that 100 households founded with 50,000 元 on 10 March 2025."""

    class Meta:
        model = FundEntry

    estate = factory.SubFactory(EstateFactory)
    move = FundMove.ESTABLISHED
    moved_on = date(2025, 3, 10)
    amount_fen = 50_000_00
    household_count = 100


class _ConfirmedFactory(factory.django.DjangoModelFactory):
    """Recorded on 2 May 2025; with ``state`` CONFIRMED another confirmed it a day later."""

    class Meta:
        abstract = True

    state = RecordState.DRAFT
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = datetime(2025, 5, 2, 2, tzinfo=UTC)
    file = factory.SubFactory(StoredFileFactory)
    confirmed_at = factory.LazyAttribute(
        lambda o: datetime(2025, 5, 3, 2, tzinfo=UTC) if o.state == RecordState.CONFIRMED else None
    )
    confirmed_by = factory.Maybe("confirmed_at", factory.SubFactory(UserFactory), None)


class HandoverFactory(_ConfirmedFactory):
    """A hand-over of one item on 30 April 2025."""

    class Meta:
        model = Handover

    estate = factory.SubFactory(EstateFactory)
    handed_on = date(2025, 4, 30)
    handed_by = "钟楼街道办事处"
    taken_by = "某物业服务公司"
    items = factory.LazyFunction(lambda: [dict(ITEM)])


class EvaluationFactory(_ConfirmedFactory):
    """Of 40 who were asked 30 were 满意, 6 基本满意, 3 不满意, one said nothing."""

    class Meta:
        model = Evaluation

    project = factory.SubFactory(ProjectFactory)
    held_on = date(2025, 5, 1)
    resident_count = 32
    representative_count = 8
    street_count = 3
    bureau_count = 1
    base_count = 40
    satisfied_count = 30
    basic_count = 6
    unsatisfied_count = 3
    summary = "多数居民满意，楼道灯要补装。"


class OpinionFactory(factory.django.DjangoModelFactory):
    """One that waits."""

    class Meta:
        model = Opinion

    evaluation = factory.SubFactory(EvaluationFactory)
    content = "3 号楼门前排水不畅"


class ContributionFactory(_ConfirmedFactory):
    """12 households gave 3,600 元 for doors on 12 April 2025, apart from the funding ledger; confirmed."""

    class Meta:
        model = Contribution

    state = RecordState.CONFIRMED
    project = factory.SubFactory(ProjectFactory)
    given_on = date(2025, 4, 12)
    kind = Gift.MONEY
    purpose = "加装单元门"
    household_count = 12
    amount_fen = 3_600_00


def cared_for(project: Project, *, on: date = date(2025, 1, 6)) -> None:
    """Everything that the gate 移交管养 asks of every estate of a project, from a day on."""
    for estate in project.estates.all():
        CommitteeFactory(estate=estate, since_on=on)
        ManagementFactory(
            estate=estate, since_on=on, form=ManagementForm.COMMUNITY, until_on=None, fee_fen=None
        )
        HandoverFactory(estate=estate, handed_on=on, state=RecordState.CONFIRMED)
