"""What notices ask before 开工 and 竣工验收."""

from __future__ import annotations

from datetime import date, time

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import findings
from projects.ledger.models import Project
from projects.residents.enums import NoticePoint, NoticeState
from projects.residents.parameters import GATES
from renovation.accounts.enums import Role
from renovation.core.calendar import local_moment
from renovation.records.services import set_value
from tests.factories.accounts import make_user
from tests.factories.ledger import ProjectFactory
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
