"""容缺承诺 is for formalities: what names consent, the programme or the works is refused, and opens nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from projects.ledger import services
from projects.ledger.enums import GateKind
from projects.ledger.formalities import receive_paper, save_promise
from projects.ledger.gatekeeping import GateRefused, findings
from projects.ledger.models import Gate, GatePromise, Project
from renovation.core.errors import Refusal
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    EstateFactory,
    GateFactory,
    GatePromiseFactory,
    ProgrammeFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.unguarded import unguarded

from .test_formalities import promise_values

pytestmark = pytest.mark.django_db
TODAY = date(2025, 5, 7)


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    return made


@pytest.mark.parametrize(
    ("gate", "missing", "word"),
    [
        (GateKind.STARTED, GateKind.CONSULTED, "意愿征询"),
        (GateKind.STARTED, GateKind.PROGRAMMED, "列入计划"),
        (GateKind.COMPLETED, GateKind.STARTED, "开工"),
        (GateKind.ACCEPTED, GateKind.COMPLETED, "完工"),
        (GateKind.AUDITED, GateKind.ACCEPTED, "竣工验收"),
    ],
)
def test_only_formalities_are_promised(
    district: District, project: Project, clock: Clock, gate: GateKind, missing: GateKind, word: str
) -> None:
    """By the service in a sentence, and by the database whoever writes."""
    with pytest.raises(Refusal) as caught:
        save_promise(
            project=project,
            gate=gate,
            values=promise_values(missing_gate=missing),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert (caught.value.code, caught.value.field) == ("promise.gate", "missing_gate")
    assert caught.value.message == (
        f"“{word}”不能容缺；只有立项批复、招投标、施工许可这样的手续可以，确有特殊情况的申请例外。"
    )
    with pytest.raises(IntegrityError, match="不能容缺"), transaction.atomic():
        GatePromiseFactory(project=project, gate=gate, missing_gate=missing)
    row = GatePromiseFactory(project=project, gate=gate, missing_gate=GateKind.SURVEYED)
    row.missing_gate = missing
    with pytest.raises(IntegrityError, match="不能容缺"), transaction.atomic():
        row.save()


def old_promise(project: Project, gate: GateKind, missing: GateKind) -> GatePromise:
    """As an earlier release let it in."""
    with unguarded():
        made: GatePromise = GatePromiseFactory(project=project, gate=gate, missing_gate=missing)
    return made


def test_a_start_by_an_old_promise_never_escapes_what_entry_asks(
    district: District, project: Project, clock: Clock
) -> None:
    """A promise that leaves out 列入计划 opens nothing, and what 列入计划 asks for is asked at the start, whether
    that gate has no row, no day or a day."""
    EstateFactory(project=project, year_built=2003, name="新院")
    row = old_promise(project, GateKind.STARTED, GateKind.PROGRAMMED)

    def said() -> dict[str, str]:
        return {
            each.check.code: each.sentence
            for each in findings(project=project, gates=[GateKind.STARTED], on=TODAY)
            if each.sentence
            and each.check.code in {"ledger.order.started", "ledger.entered.started"}
        }

    open_ = "列入计划的条件还没有核清：建成年份符合、部门联审通过、同意改造率达到规定。"
    assert said() == {"ledger.entered.started": open_}
    gate = GateFactory(project=project, kind=GateKind.PROGRAMMED, actual_on=None, evidence=None)
    assert said() == {
        "ledger.order.started": "前面的关口还没有过：列入计划。",
        "ledger.entered.started": open_,
    }
    gate.actual_on = date(2025, 1, 20)
    gate.save()
    assert said() == {"ledger.entered.started": open_}
    gate.is_opening = True
    gate.save()
    assert said() == {}
    changed = save_promise(
        project=project,
        gate=GateKind.STARTED,
        values=promise_values(missing_gate=GateKind.PROGRAMMED, note="查到的"),
        promise=row,
        seen_version=1,
        by=district.users["bureau"],
        now=clock.at("2025-05-07 10:00"),
    )
    assert (changed.note, changed.opens, changed.has_no_effect) == ("查到的", None, True)
    paper = receive_paper(
        promise=changed,
        received_on=TODAY,
        file=None,
        by=district.users["bureau"],
        now=clock.at("2025-05-07 11:00"),
    )
    assert (paper.received_on, paper.missing_gate) == (TODAY, GateKind.PROGRAMMED)


def test_a_completion_by_an_old_promise_stands_on_a_start(
    district: District, project: Project, clock: Clock
) -> None:
    old_promise(project, GateKind.COMPLETED, GateKind.STARTED)
    with pytest.raises(GateRefused) as caught:
        services.pass_gate(
            project=project,
            kind=GateKind.COMPLETED,
            actual_on=TODAY,
            evidence=StoredFileFactory(),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert caught.value.sentences == ["前面的关口还没有过：开工。"]
    assert not Gate.objects.filter(kind=GateKind.COMPLETED).exists()
