"""A workflow is one table: what it allows, what it refuses, and that nothing is left open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.flow import Act, Flow, Transition

FLOW = Flow(
    name="leave",
    label="请假",
    states={"draft": "草稿", "submitted": "已提交", "approved": "已批准"},
    acts={
        "submit": Act("提交", refused="只有草稿可以提交。"),
        "approve": Act("批准", refused="只有已提交的申请可以批准。"),
        "send_back": Act("退回", refused="只有已提交的申请可以退回。"),
        "expire": Act("失效"),
    },
    transitions={
        ("draft", "submit"): Transition("submitted", "leave.write"),
        ("submitted", "approve"): Transition("approved", "leave.approve", label="同意"),
        ("submitted", "send_back"): Transition("draft", "leave.approve", needs_comment=True),
        ("submitted", "expire"): Transition("draft"),
    },
    refusals={
        ("draft", "expire"): "草稿不会失效。",
        ("approved", "expire"): "已批准的申请不会失效。",
        ("approved", "submit"): "已批准的申请不能再次提交。",
    },
    initial="draft",
    final=frozenset({"approved"}),
)


def test_the_table_is_total() -> None:
    assert FLOW.problems() == []


def test_next_gives_the_state_or_refuses_with_the_present_one() -> None:
    assert FLOW.next("draft", "submit") == "submitted"
    with pytest.raises(StateConflict) as caught:
        FLOW.next("approved", "approve")
    assert caught.value.state == "approved"
    assert caught.value.message == "只有已提交的申请可以批准。当前状态：已批准。"
    with pytest.raises(StateConflict) as caught:
        FLOW.next("approved", "submit")
    assert caught.value.message == "已批准的申请不能再次提交。当前状态：已批准。"


def test_who_may() -> None:
    assert FLOW.check("submitted", "approve", {"leave.approve"}).to == "approved"
    with pytest.raises(Forbidden) as caught:
        FLOW.check("submitted", "approve", {"leave.write"})
    assert caught.value.message == "您没有同意的权限。"
    with pytest.raises(Forbidden):
        FLOW.check("submitted", "expire", {"", "leave.write", "leave.approve"})
    with pytest.raises(StateConflict):
        FLOW.check("draft", "approve", set())


def test_a_comment_is_asked_for() -> None:
    with pytest.raises(Refusal) as caught:
        FLOW.check("submitted", "send_back", {"leave.approve"}, comment=" \n")
    assert (caught.value.code, caught.value.field, caught.value.message) == (
        "comment.missing",
        "comment",
        "退回时请写明意见。",
    )
    assert FLOW.check("submitted", "send_back", {"leave.approve"}, comment="缺附件").to == "draft"


def test_available_acts() -> None:
    both = {"leave.write", "leave.approve"}
    assert FLOW.available("draft", both) == ["submit"]
    assert FLOW.available("submitted", both) == ["approve", "send_back"]
    assert FLOW.available("submitted", {"leave.write"}) == []
    assert FLOW.available("approved", both) == []
    assert FLOW.may("submitted", "expire")
    assert not FLOW.may("approved", "expire")
    assert FLOW.act_label("submitted", "approve") == "同意"
    assert FLOW.state_label("approved") == "已批准"


def test_gaps_are_found() -> None:
    holes = replace(
        FLOW,
        states={**FLOW.states, "lost": "遗失"},
        acts={**FLOW.acts, "shred": Act("销毁")},
        refusals={("draft", "submit"): "不行。"},
    )
    assert holes.problems() == [
        "draft × submit is both a transition and refused",
        "draft × expire is neither a transition nor refused in words",
        "draft × shred is neither a transition nor refused in words",
        "submitted × shred is neither a transition nor refused in words",
        "approved × expire is neither a transition nor refused in words",
        "approved × shred is neither a transition nor refused in words",
        "lost × expire is neither a transition nor refused in words",
        "lost × shred is neither a transition nor refused in words",
        "lost is never reached",
        "lost is not final but has no way out",
        "shred is never possible",
    ]
    assert replace(FLOW, final=frozenset({"approved", "draft"})).problems() == [
        "draft is final but can be left"
    ]


def test_unknown_names_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="unknown states"):
        replace(FLOW, initial="born")
    with pytest.raises(ValueError, match="unknown acts"):
        replace(FLOW, refusals={("draft", "fly"): "不行。"})


def test_mermaid() -> None:
    assert FLOW.mermaid() == (
        "stateDiagram-v2\n"
        '    state "草稿" as draft\n'
        '    state "已提交" as submitted\n'
        '    state "已批准" as approved\n'
        "    [*] --> draft\n"
        "    draft --> submitted: 提交\n"
        "    submitted --> approved: 同意\n"
        "    submitted --> draft: 退回\n"
        "    submitted --> draft: 失效\n"
        "    approved --> [*]\n"
    )
