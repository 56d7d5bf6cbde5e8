"""What notices ask before 开工 and 竣工验收."""

from __future__ import annotations

from datetime import date, time

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import GateRefused, findings
from projects.ledger.models import Project
from projects.ledger.passing import pass_gate
from projects.residents.enums import NoticePoint, NoticeState
from projects.residents.gate_checks import CHECKS
from projects.residents.parameters import GATES
from renovation.accounts.enums import Role
from renovation.core.calendar import local_moment
from renovation.records.services import set_value
from tests.factories.accounts import make_user
from tests.factories.ledger import (
    GateExceptionFactory,
    GateFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.factories.residents import NoticeFactory

pytestmark = pytest.mark.django_db
DAY = date(2025, 4, 25)


def said(project: Project, gate: GateKind, on: date = DAY) -> dict[str, str]:
    """The sentences of the wing's checks by code."""
    return {
        found.check.code: found.sentence
        for found in findings(project=project, gates=[gate], on=on)
        if found.check.code.startswith("residents.") and found.sentence
    }


def test_a_start_asks_for_the_scheme_the_contractor_and_the_first_works() -> None:
    project = ProjectFactory()
    assert said(project, GateKind.STARTED) == {
        "residents.notice.scheme": "“方案确定”没有公示。",
        "residents.notice.contractor": "“施工单位选定”没有公示。",
        "residents.notice.node": "“重要节点施工前”没有公示。",
    }
    NoticeFactory(project=project, point=NoticePoint.NODE, state=NoticeState.PUBLISHED)
    assert said(project, GateKind.STARTED)["residents.notice.node"] == (
        "“重要节点施工前”的公示到 2025年4月24日 期满，还没有结束。"
    )
    NoticeFactory(
        project=project, point=NoticePoint.NODE, node="屋面防水", state=NoticeState.CONCLUDED
    )
    NoticeFactory(project=project, state=NoticeState.CONCLUDED)
    NoticeFactory(project=project, point=NoticePoint.CONTRACTOR, state=NoticeState.PUBLISHED)
    NoticeFactory(point=NoticePoint.CONTRACTOR, state=NoticeState.CONCLUDED)
    assert said(project, GateKind.STARTED) == {
        "residents.notice.contractor": "“施工单位选定”的公示到 2025年4月24日 期满，还没有结束。"
    }
    assert said(project, GateKind.STARTED, date(2025, 4, 24)) == {
        "residents.notice.scheme": "“方案确定”的公示到 2025年4月25日 才结束。",
        "residents.notice.contractor": "“施工单位选定”的公示到 2025年4月24日 期满，还没有结束。",
        "residents.notice.node": "“重要节点施工前”的公示到 2025年4月25日 才结束。",
    }


def test_a_start_from_before_the_question_is_not_reproached_and_an_exception_stays_told() -> None:
    project = ProjectFactory()
    NoticeFactory(project=project, state=NoticeState.CONCLUDED)
    NoticeFactory(project=project, point=NoticePoint.CONTRACTOR, state=NoticeState.CONCLUDED)
    gate = GateFactory(
        project=project, kind=GateKind.STARTED, actual_on=date(2025, 4, 25), evidence=None
    )
    lacking = {"residents.notice.node": "“重要节点施工前”没有公示。"}
    assert said(project, GateKind.STARTED) == lacking  # a claim has still to be proven
    gate.evidence = StoredFileFactory()
    gate.save()
    assert said(project, GateKind.STARTED) == {}
    NoticeFactory(project=project, point=NoticePoint.NODE, state=NoticeState.PUBLISHED)
    assert said(project, GateKind.STARTED) == {}  # of later works
    GateExceptionFactory(project=project, gate=GateKind.STARTED, check_code="residents.notice.node")
    assert set(said(project, GateKind.STARTED)) == {"residents.notice.node"}


def test_a_start_that_is_passed_is_asked_whatever_stands() -> None:
    project = ProjectFactory()
    gate = GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2025, 4, 20))
    with pytest.raises(GateRefused) as refused:
        pass_gate(
            project=project,
            kind=GateKind.STARTED,
            actual_on=DAY,
            by=make_user(project.programme.bureau, Role.BUREAU),
            now=local_moment(date(2025, 4, 26), time(9)),
        )
    assert "residents.notice.node" in [each.check.code for each in refused.value.findings]
    gate.refresh_from_db()
    assert gate.actual_on == date(2025, 4, 20)


def test_the_rule_says_how_many_notices_it_asks_for() -> None:
    titles = {check.code: check.title for check in CHECKS if check.code.startswith("residents.n")}
    assert titles == {
        "residents.notice.scheme": "“方案确定”公示已结束",
        "residents.notice.contractor": "“施工单位选定”公示已结束",
        "residents.notice.node": "“重要节点施工前”公示至少一项已结束",
        "residents.notice.acceptance": "“竣工验收”公示已结束",
    }
    assert "重要节点施工前的公示至少一项施工内容已结束" in GATES.help


def test_an_acceptance_asks_for_its_own() -> None:
    project = ProjectFactory()
    assert said(project, GateKind.ACCEPTED) == {
        "residents.notice.acceptance": "“竣工验收”没有公示。"
    }
    NoticeFactory(project=project, point=NoticePoint.ACCEPTANCE, state=NoticeState.CONCLUDED)
    assert said(project, GateKind.ACCEPTED) == {}


def test_a_bureau_may_switch_it_off() -> None:
    project = ProjectFactory()
    bureau = project.programme.bureau
    set_value(
        key=GATES.key,
        organisation=bureau,
        value="否",
        effective_on=date(2025, 4, 20),
        reason="本区规定",
        by=make_user(bureau, Role.ADMIN),
        now=local_moment(date(2025, 4, 19), time(9)),
    )
    assert said(project, GateKind.STARTED) == {}
    assert set(said(project, GateKind.STARTED, date(2025, 4, 19))) == {
        "residents.notice.scheme",
        "residents.notice.contractor",
        "residents.notice.node",
    }
