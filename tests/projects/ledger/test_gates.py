"""Gates: their order, their evidence, and what counts."""

from __future__ import annotations

from datetime import date

import pytest

from projects.ledger import services
from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Project
from renovation.core.errors import Refusal
from renovation.core.files import NewFile, read_evidence
from renovation.records.models import AuditEntry, StoredFile
from renovation.records.services import read_file
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.consent import agree
from tests.factories.ledger import (
    GateFactory,
    JointReviewFactory,
    ProgrammeFactory,
    ProjectFactory,
)
from tests.factories.residents import told_all

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def district(db: None) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    programme = ProgrammeFactory(bureau=district.bureau)
    made: Project = ProjectFactory(programme=programme, street=district.street("zhonglou"))
    agree(made)
    JointReviewFactory(project=made)
    told_all(made)
    return made


def test_a_start_counts_once_its_evidence_is_there(
    district: District, project: Project, clock: Clock
) -> None:
    now, by = clock.at("2025-05-07 10:00"), district.users["bureau"]
    gate = services.pass_gate(
        project=project, kind=GateKind.STARTED, actual_on=date(2025, 3, 3), by=by, now=now
    )
    assert not services.counts(gate)
    gate = services.record_gate(
        project=project,
        kind=GateKind.STARTED,
        values={"actual_on": date(2025, 3, 3), "document_number": "开〔2025〕1号"},
        evidence=NewFile("开工令.pdf", PDF, "application/pdf"),
        by=by,
        now=now,
    )
    assert services.counts(gate)
    assert gate.evidence is not None
    assert read_file(file=gate.evidence) == PDF
    assert gate.history.first().history_user == by
    assert [entry.changes for entry in AuditEntry.objects.filter(act="gate.set")][0] == {
        "evidence": [None, "开工令.pdf"],
        "document_number": ["", "开〔2025〕1号"],
    }


def test_what_is_not_given_stays(district: District, project: Project, clock: Clock) -> None:
    now, by = clock.at("2025-05-07 10:00"), district.users["bureau"]
    row = GateFactory(project=project, kind=GateKind.STARTED, note="分两期", document_number="1号")
    gate = services.pass_gate(
        project=project, kind=GateKind.STARTED, actual_on=date(2025, 3, 5), by=by, now=now
    )
    assert (gate.note, gate.document_number, gate.evidence) == ("分两期", "1号", row.evidence)
    gate = services.pass_gate(
        project=project, kind=GateKind.STARTED, actual_on=date(2025, 3, 5), note="", by=by, now=now
    )
    assert gate.note == ""


def test_the_same_again_writes_nothing(district: District, project: Project, clock: Clock) -> None:
    now, by = clock.at("2025-05-07 10:00"), district.users["bureau"]
    for _ in range(2):
        services.pass_gate(
            project=project, kind=GateKind.APPROVED, actual_on=date(2025, 2, 3), by=by, now=now
        )
    assert AuditEntry.objects.filter(act="gate.set").count() == 1
    assert Gate.objects.get().history.count() == 1


@pytest.mark.parametrize(
    ("kind", "day", "code", "words"),
    [
        (GateKind.STARTED, date(2025, 5, 8), "gate.future", "实际日期不能晚于今天。"),
        (
            GateKind.COMPLETED,
            date(2025, 3, 2),
            "gate.order",
            "“完工”不能早于“开工”（2025年3月3日）。",
        ),
        (
            GateKind.STARTED,
            date(2025, 4, 30),
            "gate.order",
            "“开工”不能晚于“竣工验收”（2025年4月20日）。",
        ),
    ],
)
def test_the_order_of_the_works_holds(
    district: District,
    project: Project,
    clock: Clock,
    kind: GateKind,
    day: date,
    code: str,
    words: str,
) -> None:
    GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2025, 3, 3))
    GateFactory(project=project, kind=GateKind.ACCEPTED, actual_on=date(2025, 4, 20))
    with pytest.raises(Refusal) as caught:
        services.pass_gate(
            project=project,
            kind=kind,
            actual_on=day,
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert (caught.value.code, caught.value.message) == (code, words)
    assert Gate.objects.filter(actual_on=day).count() == 0


def test_a_refused_gate_keeps_no_file(district: District, project: Project, clock: Clock) -> None:
    kept = StoredFile.objects.count()
    with pytest.raises(Refusal):
        services.record_gate(
            project=project,
            kind=GateKind.STARTED,
            values={"actual_on": date(2025, 6, 1)},
            evidence=NewFile("a.pdf", PDF, "application/pdf"),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert StoredFile.objects.count() == kept


# -- evidence ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20), "image/png"),
        (b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00" + bytes(20), "image/jpeg"),
    ],
)
def test_evidence_is_told_by_its_content(content: bytes, content_type: str) -> None:
    assert read_evidence(name="whatever.exe", content=content).content_type == content_type


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"MZ\x90\x00" + bytes(200), "file.type"),
        (b"<html><script>alert(1)</script></html>", "file.type"),
        (b"PK\x03\x04" + bytes(100), "file.type"),
        (b"GIF89a" + bytes(50), "file.type"),
        (b"\n<!-- %PDF-1.7 -->", "file.type"),
    ],
)
def test_what_is_no_evidence_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_evidence(name="开工令.pdf", content=content)
    assert (caught.value.code, caught.value.field) == (code, "evidence")


def test_evidence_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    from renovation.core import files

    monkeypatch.setattr(files, "LARGEST_EVIDENCE", len(PDF))
    assert read_evidence(name="a.pdf", content=PDF).content == PDF
    with pytest.raises(Refusal) as caught:
        read_evidence(name="a.pdf", content=PDF + b" ")
    assert caught.value.code == "file.too_large"
