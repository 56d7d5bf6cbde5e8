"""What the tests of the wing begin with: a district, a project with its parties, files to hand in."""

from __future__ import annotations

from datetime import date

from django.test import Client

from projects.ledger.enums import PartyRole
from projects.ledger.models import Project
from renovation.core.files import NewFile
from tests.factories.accounts import District, make_district
from tests.factories.ledger import EstateFactory, PartyFactory, ProgrammeFactory, ProjectFactory

CODE = "ZC2025-01"
PNG = b"\x89PNG\r\n\x1a\n"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FILE = NewFile("总平面图.pdf", PDF, "application/pdf")
#: What a clerk types for a contribution, and for a joint evaluation.
GIFT = {
    "given_on": "2025-04-12",
    "kind": "money",
    "purpose": "加装单元门",
    "household_count": "12",
    "amount_fen": "3600",
    "seen_version": "0",
}
EVALUATION = {
    "held_on": "2025-05-01",
    "resident_count": "32",
    "representative_count": "8",
    "street_count": "3",
    "bureau_count": "1",
    "base_count": "40",
    "satisfied_count": "30",
    "basic_count": "6",
    "unsatisfied_count": "3",
    "summary": "多数居民满意。",
    "seen_version": "0",
}


def scene() -> tuple[District, Project]:
    """A district and a project of 钟楼街道 with a contractor since March and another one before, and a supervisor."""
    district = make_district()
    project: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        name="文昌园",
    )
    EstateFactory(project=project, name="文昌园", household_count=294)
    PartyFactory(
        project=project,
        role=PartyRole.CONTRACTOR,
        name="先前某建设公司",
        contact="资料员岗",
        phone="0533-5000009",
        manager_phone="0533-5000019",
        valid_from=None,
        valid_to=date(2025, 3, 2),
    )
    PartyFactory(
        project=project,
        role=PartyRole.CONTRACTOR,
        organisation=district.contractor,
        name="鲁中某建设工程有限公司",
        contact="资料员岗",
        phone="0533-5000000",
        manager_phone="0533-5000010",
        valid_from=date(2025, 3, 3),
        valid_to=None,
    )
    PartyFactory(
        project=project,
        role=PartyRole.SUPERVISOR,
        name="齐信某监理有限公司",
        contact="总监岗",
        phone="0533-5000001",
        valid_from=None,
        valid_to=None,
    )
    return district, project


def client_of(district: District, name: str) -> Client:
    """A browser in which a user is signed in."""
    client = Client()
    client.force_login(district.users[name])
    return client
