"""Refusals and faults."""

from __future__ import annotations

from renovation.core.errors import Fault, Forbidden, Refusal, Severity, StateConflict


def test_a_refusal_reads_as_its_sentence() -> None:
    refusal = Refusal("number.too_large", "数值过大。", found="101", expected="不大于100")
    assert str(refusal) == "数值过大。"
    assert refusal.field is None
    assert refusal.at("percent") is refusal
    assert refusal.field == "percent"


def test_kinds_of_refusal() -> None:
    conflict = StateConflict("只有草稿可以提交。", state="approved")
    assert (conflict.code, conflict.state, conflict.message) == (
        "state.conflict",
        "approved",
        "只有草稿可以提交。",
    )
    assert Forbidden().message == "您没有办理此事项的权限。"
    assert isinstance(conflict, Refusal)
    assert isinstance(Forbidden(), Refusal)


def test_a_fault_is_a_refusal_at_its_cell_and_survives_storing() -> None:
    refusal = Refusal("number.too_large", "数值过大。", found="101", expected="不大于100")
    fault = Fault.from_refusal(
        refusal, sheet="周报", cell="F7", row=7, column="本周累计形象进度(%)"
    )
    assert fault.as_json() == {
        "sheet": "周报",
        "cell": "F7",
        "row": 7,
        "column": "本周累计形象进度(%)",
        "code": "number.too_large",
        "message": "数值过大。",
        "found": "101",
        "expected": "不大于100",
        "severity": "error",
    }
    assert Fault.from_json(fault.as_json()) == fault
    assert [severity.label for severity in Severity] == ["错误", "需说明", "提示"]
