"""Documents: typed, versioned, private where they must be; what is missing at which gate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.dossier import services
from projects.ledger.dossier.completeness import completeness, missing, shelves
from projects.ledger.dossier.kinds import KINDS
from projects.ledger.dossier.versions import newest
from projects.ledger.enums import GateKind
from projects.ledger.models import DocumentKind, Project, ProjectDocument
from renovation.core.errors import StateConflict
from renovation.records.models import AuditEntry
from renovation.records.services import read_file
from tests.conftest import Clock
from tests.factories.accounts import District, UserFactory
from tests.factories.ledger import (
    DocumentKindFactory,
    GateFactory,
    ProjectDocumentFactory,
    StoredFileFactory,
)
from tests.projects.ledger.conftest import CODE
from tests.renovation.core.test_images import shot

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


def pdf(text: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile("施工合同.pdf", b"%PDF-1.4\n" + text.encode() + b"\n%%EOF")


@pytest.fixture
def kind(project: Project) -> DocumentKind:
    made: DocumentKind = DocumentKindFactory(
        bureau=project.programme.bureau, name="施工图纸", required_at=GateKind.STARTED
    )
    return made


def file(client: Client, kind: DocumentKind, text: str = "一", **more: object) -> int:
    typed = {"kind": kind.pk, "title": "全套图纸", "file": pdf(text), **more}
    return client.post(reverse("ledger:document_new", args=[CODE]), typed).status_code


def test_a_document_is_filed_and_followed_by_a_version(
    signed: Signed, district: District, project: Project, kind: DocumentKind
) -> None:
    client = signed("zhonglou")  # a street files what belongs to its projects
    assert file(client, kind, dated_on="2025-05-08") == 422  # tomorrow
    assert file(client, kind, dated_on="2025-05-06", document_number="图 2025-1") == 302
    first = ProjectDocument.objects.get()
    assert (first.version, first.file.stored_by, first.dated_on) == (
        1,
        district.users["zhonglou"],
        date(2025, 5, 6),
    )
    following = reverse("ledger:document_next", args=[CODE, first.pk])
    again = client.post(following, {"title": "全套图纸", "file": pdf("一")})
    assert "同一份文件已经归档：施工图纸《全套图纸》第 1 版。" in again.content.decode()
    assert (
        client.post(following, {"title": "全套图纸（变更）", "file": pdf("二")}).status_code == 302
    )
    second = ProjectDocument.objects.get(version=2)
    assert (second.supersedes, second.kind, second.file.sha256 != first.file.sha256) == (
        first,
        kind,
        True,
    )
    late = signed("bureau").post(following, {"title": "又一版", "file": pdf("三")})
    assert "别人先存了这份文件的新版" in late.content.decode()
    page = client.get(reverse("ledger:document", args=[CODE, first.pk])).content.decode()
    assert page.index("第 2 版") < page.index("第 1 版")
    assert second.file.sha256 in page
    assert first.file.sha256 in page
    listing = client.get(reverse("ledger:documents", args=[CODE])).content.decode()
    assert "全套图纸（变更）" in listing
    assert ">全套图纸</a>" not in listing
    assert AuditEntry.objects.filter(act="projectdocument.file").count() == 2


def test_a_private_kind_is_encrypted_and_for_the_administration_only(
    signed: Signed, project: Project, district: District, kind: DocumentKind
) -> None:
    from tests.factories.ledger import PartyFactory

    PartyFactory(project=project, organisation=district.contractor)
    kind.is_private = True
    kind.save()
    assert file(signed("bureau"), kind, "合同价款") == 302
    row = ProjectDocument.objects.get()
    stored = (Path(portal.MEDIA_ROOT) / row.file.path).read_bytes()
    assert (row.file.is_private, "合同价款".encode() in stored) == (True, False)
    assert "合同价款".encode() in read_file(file=row.file)
    listing = reverse("ledger:documents", args=[CODE])
    address = reverse("ledger:document_file", args=[CODE, row.pk])
    for user, status, shown in (
        ("zhonglou", 200, True),
        ("leader", 200, True),
        ("contractor", 404, False),
        ("npc", 404, False),
        ("inspector", 404, False),
    ):
        client = signed(user)
        assert client.get(address).status_code == status, user
        assert ("全套图纸" in client.get(listing).content.decode()) is shown, user
    assert signed("banyanglu").get(listing).status_code == 404
    assert signed("auditor").get(listing).status_code == 403


def test_a_picture_loses_time_and_place_on_the_way_out(
    signed: Signed, project: Project, kind: DocumentKind
) -> None:
    upload = SimpleUploadedFile("扫描件.jpg", shot())
    assert file(signed("bureau"), kind, file=upload) == 302
    address = reverse("ledger:document_file", args=[CODE, ProjectDocument.objects.get().pk])
    inside, outside = signed("bureau").get(address), signed("npc").get(address)
    assert b"DemoPhone" in inside.content
    assert b"DemoPhone" not in outside.content
    assert outside["Cache-Control"] == "private, no-store"


def test_a_wrong_document_is_taken_off_with_a_reason_and_stays(
    signed: Signed, project: Project, kind: DocumentKind
) -> None:
    client = signed("bureau")
    file(client, kind)
    row = ProjectDocument.objects.get()
    address = reverse("ledger:document_take_off", args=[CODE, row.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "归错项目"}).status_code == 302
    row.refresh_from_db()
    assert row.removal_reason == "归错项目"
    listing = reverse("ledger:documents", args=[CODE])
    assert "已撤下“全套图纸”" in client.get(listing).content.decode()
    assert "全套图纸" not in client.get(listing).content.decode()
    bytes_of = reverse("ledger:document_file", args=[CODE, row.pk])
    assert client.get(bytes_of).status_code == 200
    assert signed("npc").get(bytes_of).status_code == 404
    assert "已经撤下了。" in client.post(address, {"reason": "再撤"}).content.decode()
    assert file(client, kind) == 302  # the same bytes may be filed again now


def take_off(client: Client, row: ProjectDocument, reason: str = "传错了") -> int:
    address = reverse("ledger:document_take_off", args=[CODE, row.pk])
    return client.post(address, {"reason": reason}).status_code


def test_a_version_that_is_taken_off_gives_the_one_before_it_back(
    signed: Signed, project: Project, kind: DocumentKind
) -> None:
    """v2 was filed by mistake: v1 is listed again, nothing is missing, and the right v3 follows."""
    client = signed("bureau")
    GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2025, 3, 3))
    listing = reverse("ledger:documents", args=[CODE])

    def follow(row: ProjectDocument, text: str, title: str) -> int:
        address = reverse("ledger:document_next", args=[CODE, row.pk])
        return client.post(address, {"title": title, "file": pdf(text)}).status_code

    file(client, kind, "一", title="图纸甲")
    first = ProjectDocument.objects.get()
    assert follow(first, "二", "图纸乙") == 302
    second = ProjectDocument.objects.get(version=2)
    assert take_off(client, second) == 302
    page = client.get(listing).content.decode()
    assert ">图纸甲</a>" in page
    assert ">图纸乙</a>" not in page
    assert "缺 1 类" not in page
    page = client.get(reverse("ledger:document", args=[CODE, first.pk])).content.decode()
    assert page.index("第 2 版") < page.index("已撤下") < page.index("现行")
    assert reverse("ledger:document_take_off", args=[CODE, first.pk]) in page
    assert follow(first, "一", "图纸甲") == 422  # what is listed is not filed twice
    assert follow(first, "三", "图纸丙") == 302
    third = ProjectDocument.objects.get(title="图纸丙")
    assert (third.version, third.supersedes) == (3, second)
    page = client.get(listing).content.decode()
    assert ">图纸丙</a>" in page
    assert ">图纸甲</a>" not in page
    assert follow(first, "四", "图纸丁") == 422  # somebody filed the next version
    assert follow(third, "一", "图纸甲") == 302  # back to the first one's bytes
    assert take_off(client, first, "涉及住户") == 302  # an old version
    assert [row.version for row in newest(ProjectDocument.objects.all())] == [4]
    for row in (third, ProjectDocument.objects.get(version=4)):
        assert take_off(client, row) == 302
    assert newest(ProjectDocument.objects.all()) == []
    assert "缺 1 类" in client.get(listing).content.decode()
    assert follow(third, "五", "图纸戊") == 302
    assert [row.version for row in newest(ProjectDocument.objects.all())] == [5]


# -- what is missing ---------------------------------------------------------------------------------
def test_what_a_passed_gate_asks_for_is_missing_until_it_is_there(
    project: Project, kind: DocumentKind
) -> None:
    report = DocumentKindFactory(
        bureau=kind.bureau, name="开工报告", required_at=GateKind.STARTED, is_gate_evidence=True
    )
    later = DocumentKindFactory(bureau=kind.bureau, required_at=GateKind.COMPLETED)
    optional = DocumentKindFactory(bureau=kind.bureau)
    retired = DocumentKindFactory(bureau=kind.bureau, required_at=GateKind.STARTED, is_active=False)
    kinds = [kind, report, later, optional, retired]
    day = date(2025, 3, 3)

    def names(on: date = day) -> list[str]:
        rows = shelves(
            kinds=kinds,
            documents=newest(ProjectDocument.objects.all()),
            gates=project.gates.all(),
            on=on,
        )
        return [row.kind.name for row in missing(rows)]

    assert names() == []
    gate = GateFactory(project=project, kind=GateKind.STARTED, actual_on=day, evidence=None)
    assert names(date(2025, 3, 2)) == []
    assert names() == ["施工图纸", "开工报告"]
    gate.evidence = StoredFileFactory()
    gate.save()
    assert names() == ["施工图纸"]
    ProjectDocumentFactory(project=project, kind=kind)
    rows = shelves(
        kinds=kinds,
        documents=newest(ProjectDocument.objects.all()),
        gates=project.gates.all(),
        on=day,
    )
    assert (missing(rows), completeness(rows)) == ([], (2, 2))
    assert [row.kind for row in rows] == [kind, report, later, optional]


def test_the_page_names_what_is_missing(
    signed: Signed, project: Project, kind: DocumentKind
) -> None:
    address = reverse("ledger:documents", args=[CODE])
    client = signed("zhonglou")
    assert "缺" not in client.get(address).content.decode().split("</nav>")[-1]
    GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2025, 3, 3))
    page = client.get(address).content.decode()
    assert "缺 1 类" in page
    assert "2025年3月3日已过“开工”" in page
    file(client, kind)
    assert (
        "到现在应有 <b>1 类</b>文件，已有 <b>1 类</b>，齐全" in client.get(address).content.decode()
    )


# -- kinds -------------------------------------------------------------------------------------------
def test_a_bureau_takes_over_the_kinds_once_and_edits_its_own(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    client = signed("bureau")
    assert "启用平台内置的种类" in client.get(reverse("ledger:kinds")).content.decode()
    assert client.post(reverse("ledger:kinds_adopt")).status_code == 302
    names = list(DocumentKind.objects.values_list("name", flat=True))
    assert names == [kind.name for kind in KINDS]
    with pytest.raises(StateConflict):
        services.adopt_kinds(
            bureau=district.bureau, by=district.users["bureau"], now=clock.at("2025-05-07")
        )
    row = DocumentKind.objects.get(name="会议纪要")
    typed = {"name": "专题会议纪要", "order": "5", "required_at": "started", "seen_version": "1"}
    address = reverse("ledger:kind", args=[row.pk])
    assert client.post(address, typed | {"name": "立项批复"}).status_code == 422
    assert client.post(address, typed | {"is_active": "on"}).status_code == 302
    stale = signed("bureau2").post(address, typed | {"name": "例会纪要"})
    assert stale.status_code == 409
    assert "由“会议纪要”改为“专题会议纪要”" in stale.content.decode()
    assert signed("zhonglou").get(reverse("ledger:kinds")).status_code == 403


# -- constraints, triggers, budgets ------------------------------------------------------------------
@pytest.mark.parametrize(
    "fields",
    [
        {"version": 2},
        {"removal_reason": "没有人"},
        {"removed_by": True},
    ],
)
def test_the_database_refuses_half_a_document(
    project: Project, kind: DocumentKind, fields: dict[str, object]
) -> None:
    if fields.get("removed_by"):
        fields = {"removed_by": UserFactory()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectDocumentFactory(project=project, kind=kind, **fields)


def test_the_database_refuses_a_kind_twice(kind: DocumentKind) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentKindFactory(bureau=kind.bureau, name=kind.name)


def test_a_filed_document_is_never_changed(project: Project, kind: DocumentKind) -> None:
    row = ProjectDocumentFactory(project=project, kind=kind)
    rows = ProjectDocument.objects.filter(pk=row.pk)
    for change in ({"title": "改名"}, {"file": StoredFileFactory()}, {"version": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same(
    signed: Signed,
    project: Project,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        ProjectDocumentFactory(project=project)
    client = signed("bureau")
    address = reverse("ledger:documents", args=[CODE])
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)
