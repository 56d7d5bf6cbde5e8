"""What the rules remarked on a return is kept when it is sent."""

from __future__ import annotations

from datetime import date

import pytest

from renovation.core.errors import Fault, Severity
from supervision.weekly import services
from supervision.weekly.enums import ReturnAct
from supervision.weekly.kept import as_sent, noticed_in
from supervision.weekly.models import ReturnEvent
from tests.supervision.weekly.office import THURSDAY, Office

HEAVY = Fault(code="W201", message="进度减少", severity=Severity.REASON)
START = Fault(code="W301", message="没有开工日期", severity=Severity.NOTICE)
TWIN = Fault(code="W310", message="同名", severity=Severity.NOTICE)


@pytest.mark.django_db
def test_the_event_of_the_submission_keeps_every_notice(office: Office) -> None:
    draft = office.draft()
    first = office.rows(claimed_start_on=date(2025, 3, 5))[0]  # W303: the gate says 3月3日
    services.write_reports(weekly_return=draft, rows=[first], by=office.clerk, now=THURSDAY)
    sent = services.submit(weekly_return=draft, by=office.clerk, now=THURSDAY)
    kept = noticed_in(list(sent.events.all()))
    assert kept is not None
    one, two = office.projects
    assert kept.keys() == {one.pk, two.pk}
    (said,) = [fault for fault in kept[one.pk] if fault.code == "W303"]
    assert (said.severity, said.column, said.expected) == (
        Severity.NOTICE,
        "实际开工日期",
        "2025年3月3日",
    )
    assert "W303" not in {fault.code for fault in kept[two.pk]}


def test_of_an_event_from_before_ids_were_kept_the_code_tells_whose_row_it_is() -> None:
    first, last = (
        ReturnEvent(
            act=ReturnAct.SUBMIT,
            rows=[
                {
                    "project": "ZC2025-06",
                    "noticed": [
                        {"code": code, "message": "", "column": "", "found": "", "expected": ""}
                    ],
                }
            ],
        )
        for code in ("W304", "W305")
    )
    kept = noticed_in([first, ReturnEvent(act=ReturnAct.SEND_BACK), last])  # the last one counts
    assert kept == {"ZC2025-06": (Fault(code="W305", message="", severity=Severity.NOTICE),)}


def test_what_was_kept_stands_in_place_of_todays_notices() -> None:
    """Under the id of the project, whatever its code is now; of older events under its code."""
    for kept in ({6: (TWIN,)}, {"ZC2025-06": (TWIN,)}):
        faults = [HEAVY, START]
        assert as_sent(faults, project_id=6, code="ZC2025-06", kept=kept) == (HEAVY, TWIN)
        assert as_sent(faults, project_id=7, code="ZC2025-07", kept=kept) == (HEAVY,)
    taken_over = {6: (TWIN,), 7: ()}
    assert as_sent([HEAVY], project_id=7, code="ZC2025-06", kept=taken_over) == (HEAVY,)
    assert as_sent([HEAVY], project_id=6, code="ZC2025-99", kept=taken_over) == (HEAVY, TWIN)


def test_of_a_return_from_before_they_were_kept_nothing_of_today_is_told() -> None:
    before = [ReturnEvent(act=ReturnAct.SUBMIT, rows=[{"project": "ZC2025-06"}])]
    assert noticed_in(before) is None
    said = as_sent([HEAVY, START, TWIN], project_id=6, code="ZC2025-06", kept=None)
    assert said == (HEAVY, START)
