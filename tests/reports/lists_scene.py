"""The lists of the portal, and a district with a row of either street in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from projects.funding.accounts.services import AccountValues, open_account
from projects.funding.models import AuditFinding, Forecast, ForecastLine
from projects.ledger.models import Project
from renovation.core.calendar import local_day
from reports.figures.enums import Direction
from reports.figures.models import DivergenceAlarm
from supervision.dispatch.enums import ItemOrigin
from supervision.dispatch.items.assigning import Answerer, ItemValues, assign
from supervision.weekly.models import FollowUp, RuleWaiver, WeeklyReturn
from tests.factories.accounts import District, make_district
from tests.factories.aftercare import (
    CommitteeFactory,
    ContributionFactory,
    EvaluationFactory,
    FeeCollectionFactory,
    FundEntryFactory,
    HandoverFactory,
    ManagementFactory,
    OpinionFactory,
)
from tests.factories.funding import FundingPlanFactory, FundingSourceFactory, make_application
from tests.factories.inquiries import make_open
from tests.factories.ledger import (
    EstateFactory,
    GateFactory,
    ProgrammeFactory,
    ProjectChangeFactory,
    ProjectFactory,
    StandardCheckFactory,
    StandardItemFactory,
)
from tests.factories.residents import MatterFactory, MeetingFactory, NoticeFactory
from tests.factories.works import (
    MenuItemFactory,
    StructureFactory,
    UtilityPlanFactory,
    planned_item,
)

#: What names a row of 钟楼街道, and one of 般阳路街道.
OURS, THEIRS = "文昌园", "将军苑"


@dataclass(frozen=True)
class Shown:
    """A list: its address, the address of its workbook, and a column whose rising order is that of ``rising``."""

    name: str
    export: str
    sort: str
    rising: tuple[str, str]
    args: tuple[Any, ...] = ()
    more: str = ""
    #: What the address says besides, on the page.
    cut: str = ""
    #: Who reads it, the choice of its filter that leaves the first of ``names`` alone, what names its two rows.
    user: str = "bureau"
    choice: tuple[str, str] = ("street", "zhonglou")
    names: tuple[str, str] = (OURS, THEIRS)
    #: Columns of digits with which nobody reckons.
    digits: tuple[str, ...] = ()

    @property
    def narrowed(self) -> str:
        """Its filter in the address."""
        return "=".join(self.choice)

    @property
    def href(self) -> str:
        return reverse(self.name, args=self.args)


LISTS = (
    Shown("works:items", "works:items_export", "planned", (OURS, THEIRS)),
    Shown("works:structures_all", "works:structures_all_export", "area", (THEIRS, OURS)),
    Shown("works:utilities_all", "works:utilities_all_export", "from", (OURS, THEIRS)),
    Shown("ledger:register", "ledger:register", "planned", (OURS, THEIRS), (2025,), "format=xlsx"),
    Shown("ledger:changes_all", "ledger:changes_all_export", "days", (OURS, THEIRS)),
    Shown("ledger:standards_table", "ledger:standards_export", "met", (THEIRS, OURS)),
    Shown("consent:estates", "consent:estates_export", "households", (OURS, THEIRS)),
    Shown("residents:notices", "residents:notices_export", "project", (OURS, THEIRS)),
    Shown("residents:meetings", "residents:meetings_export", "attended", (OURS, THEIRS)),
    Shown("residents:sharing", "residents:sharing_export", "money", (OURS, THEIRS)),
    Shown("residents:aftercare", "residents:aftercare_export", "households", (OURS, THEIRS)),
    Shown("inquiries:list", "inquiries:list_export", "due", (OURS, THEIRS)),
    Shown("dispatch:items", "dispatch:items_export", "due", (OURS, THEIRS)),
    Shown("funding:overview", "funding:overview_export", "name", (THEIRS, OURS)),
    Shown("funding:accounts", "funding:accounts_export", "project", (THEIRS, OURS)),
    Shown(
        "funding:forecasts",
        "funding:forecasts_export",
        "forecast",
        (OURS, THEIRS),
        cut="cut=project",
    ),
    Shown("funding:applications", "funding:applications_export", "asked", (OURS, THEIRS)),
    Shown("funding:findings", "funding:findings_export", "amount", (THEIRS, OURS)),
    Shown("weekly:follow_ups", "weekly:follow_ups_export", "due", (OURS, THEIRS)),
    Shown("weekly:rule_waivers", "weekly:rule_waivers_export", "ends", (OURS, THEIRS)),
    Shown("figures:alarms", "figures:alarms_export", "first", (OURS, THEIRS)),
)


def signed_in(now: datetime) -> Client:
    """The bureau's clerk, with one row in every list for either street."""
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    standard = StandardItemFactory(bureau=district.bureau, number=1)
    for place, (street, name) in enumerate((("zhonglou", OURS), ("banyanglu", THEIRS)), start=1):
        project = ProjectFactory(
            programme=programme,
            street=district.street(street),
            code=f"ZC2025-0{place}",
            name=name,
        )
        fill(district, project, place, standard, now)
    client = Client()
    client.force_login(district.users["bureau"])
    return client


def fill(district: District, project: Project, place: int, standard: Any, now: datetime) -> None:
    """One row in every list; the amounts of the second are twice those of the first, or half."""
    bureau, reviewer = district.users["bureau"], district.users["reviewer"]
    estate = EstateFactory(project=project, name=project.name, household_count=100 * place)
    for factory in (CommitteeFactory, ManagementFactory, FeeCollectionFactory, FundEntryFactory):
        factory(estate=estate)
    HandoverFactory(estate=estate)
    OpinionFactory(evaluation=EvaluationFactory(project=project, state="confirmed"))
    planned_item(str(100 * place), project=project, menu_item=MenuItemFactory(code="roads"))
    NoticeFactory(project=project, state="published")
    MatterFactory(meeting=MeetingFactory(project=project, attended=10 * place))
    ContributionFactory(project=project, amount_fen=100_00 * place)
    StructureFactory(project=project, area_sqm=Decimal(30) / place)
    UtilityPlanFactory(project=project, planned_from=date(2025, 5, place))
    GateFactory(
        project=project,
        kind="surveyed",
        actual_on=None,
        evidence=None,
        planned_on=date(2025, 4, place),
    )
    ProjectChangeFactory(
        project=project,
        old_completion_on=date(2025, 10, 31),
        new_completion_on=date(2025, 10, 31) + timedelta(days=10 * place),
    )
    make_open(
        district,
        project.programme,
        now=now,
        streets=[project.street],
        title=f"{project.name}欠缴情况",
        due_in=timedelta(days=place),
    )
    StandardCheckFactory(project=project, item=standard, verdict="met" if place == 1 else "unmet")
    source = FundingSourceFactory()
    FundingPlanFactory(project=project, source=source)
    forecast = Forecast.objects.create(
        project=project, year=2025, quarter_number=2, version=1, made_by=bureau, made_at=now
    )
    ForecastLine.objects.create(forecast=forecast, source=source, amount_fen=10_0000_00 * place)
    Forecast.objects.filter(pk=forecast.pk).update(
        state="approved", decided_by=reviewer, decided_at=now
    )
    open_account(
        project=project,
        values=AccountValues(
            f"{project.name}改造专户",
            "齐鲁银行",
            "改造工程款",
            date(2025, 3, 1),
            f"160300120920045678{place}",
        ),
        by=bureau,
        now=now,
    )
    make_application(
        district.bureau,
        bureau,
        asked={project: 10_0000_00 * place},
        title=f"{project.name}改造补助",
    )
    AuditFinding.objects.create(
        bureau=district.bureau,
        number=f"SJ2025-90{place}",
        project=project,
        origin="other",
        title="付款手续不全",
        found_on=date(2025, 4, 1),
        severity="minor",
        amount_fen=10_0000_00 // place,
        responsible="建设单位",
        owner=district.users["zhonglou"],
        deadline_on=date(2025, 6, 30),
        recorded_by=bureau,
        recorded_at=now,
    )
    returned = WeeklyReturn.objects.create(
        street=project.street,
        week_start=date(2025, 4, 28),
        state="submitted",
        opened_at=now,
        submitted_at=now,
        submitted_by=district.users[project.street.code],
    )
    assign(
        bureau=district.bureau,
        origin=ItemOrigin.PHONE,
        values=ItemValues(
            task="补齐消防通道",
            standard="手续报区局",
            answerer=Answerer.street(project.street),
            due_on=local_day(now) + timedelta(days=7 * place),
            owner=bureau,
            project=project,
        ),
        by=bureau,
        now=now,
    )
    FollowUp.objects.create(
        weekly_return=returned,
        project=project,
        question="累计投资是否含甲供材料",
        asking="累计投资是否含甲供材料",
        row={},
        due_on=date(2025, 5, 7 + place),
        owner=bureau,
        asked_by=bureau,
        asked_at=now,
    )
    RuleWaiver.objects.create(
        street=project.street,
        project=project,
        rule="W212",
        starts_on=now.date(),
        ends_on=date(2025, 6, 7 + place),
        reason="结算审计中",
        asked_by=bureau,
        asked_at=now,
    )
    DivergenceAlarm.objects.create(
        project=project,
        direction=Direction.AHEAD,
        opened_on=date(2025, 4, 27),
        value_points=Decimal(20 * place),
        threshold_points=Decimal("15.0"),
    )
