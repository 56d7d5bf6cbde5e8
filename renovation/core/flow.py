"""A workflow is one table: state × act → next state, who may, whether a comment is needed.

Every state machine of the portal is a `Flow`; there is no second mechanism beside it. The table answers
which acts a page offers (`available`), refuses an act with one Chinese sentence (`check`, `next`), draws
itself (`mermaid`) and lists its own gaps (`problems`, which a test holds empty for every flow).
The stored state changes by compare-and-swap in the services; the table stores nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from renovation.core.errors import Forbidden, Refusal, StateConflict


@dataclass(frozen=True)
class Act:
    """Something that is done to an object in a state.

    `label` is the word on the button (“核定”). `refused` is the sentence for every state in which the act
    is neither a transition nor refused by a sentence of its own (“只有街道审核过的周报才能核定。”).
    """

    label: str
    refused: str = ""


@dataclass(frozen=True)
class Transition:
    """Where an act leads.

    `to` is the next state. `permission` is the code that the acting person needs; empty means that the
    machine does it, so no person is offered it. `needs_comment` asks for a comment in words. `label`
    replaces the act's label where the button reads differently in this state.
    """

    to: str
    permission: str = ""
    needs_comment: bool = False
    label: str = ""


@dataclass(frozen=True)
class Flow:
    """One workflow.

    `states` maps state codes to Chinese words, in the order of life; `acts` act codes to `Act`s;
    `transitions` (state, act) to `Transition`; `refusals` (state, act) to the sentence that refuses it
    where the act's own sentence doesn't fit. `initial` is the state of a new object, `final` the states
    that nothing leaves. Raises ValueError where a state or act is named that doesn't exist.
    """

    name: str
    label: str
    states: Mapping[str, str]
    acts: Mapping[str, Act]
    transitions: Mapping[tuple[str, str], Transition]
    initial: str
    final: frozenset[str] = frozenset()
    refusals: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        states = {str(code): str(word) for code, word in self.states.items()}
        acts = {str(code): act for code, act in self.acts.items()}
        put = object.__setattr__
        put(self, "states", MappingProxyType(states))
        put(self, "acts", MappingProxyType(acts))
        put(self, "transitions", MappingProxyType(dict(self.transitions)))
        put(self, "refusals", MappingProxyType(dict(self.refusals)))
        put(self, "final", frozenset(self.final))
        pairs = [*self.transitions, *self.refusals]
        named = {self.initial, *self.final, *(state for state, _ in pairs)}
        named |= {transition.to for transition in self.transitions.values()}
        if unknown := named - set(states):
            raise ValueError(f"{self.name}: unknown states {sorted(unknown)}")
        if unknown := {act for _, act in pairs} - set(acts):
            raise ValueError(f"{self.name}: unknown acts {sorted(unknown)}")

    def __hash__(self) -> int:
        return hash(self.name)

    def state_label(self, state: str) -> str:
        """The Chinese word of a state."""
        return self.states[state]

    def act_label(self, state: str, act: str) -> str:
        """The word on the button for `act` in `state`."""
        transition = self.transitions.get((state, act))
        return (transition.label if transition else "") or self.acts[act].label

    def may(self, state: str, act: str) -> bool:
        """Whether the table has the act in this state, whoever does it."""
        return (state, act) in self.transitions

    def transition(self, state: str, act: str) -> Transition:
        """The entry of the table; raises StateConflict with the present state where there is none."""
        found = self.transitions.get((state, act))
        if found is None:
            raise StateConflict(self.refusal(state, act), state=state)
        return found

    def next(self, state: str, act: str) -> str:
        """The state that `act` leads to; raises StateConflict with the present state."""
        return self.transition(state, act).to

    def refusal(self, state: str, act: str) -> str:
        """The sentence that refuses `act` in `state`, with the present state at its end."""
        label = self.acts[act].label
        sentence = self.refusals.get((state, act)) or self.acts[act].refused or f"现在不能{label}。"
        return f"{sentence}当前状态：{self.states[state]}。"

    def check(
        self, state: str, act: str, permissions: Collection[str], comment: str = ""
    ) -> Transition:
        """The entry of the table if this person may act now.

        Raises, in this order, StateConflict (the state has no such act), Forbidden (the permission is
        missing), Refusal at the field `comment` (a comment is needed and there is none).
        """
        transition = self.transition(state, act)
        label = self.act_label(state, act)
        if not transition.permission or transition.permission not in permissions:
            raise Forbidden(f"您没有{label}的权限。")
        if transition.needs_comment and not comment.strip():
            raise Refusal("comment.missing", f"{label}时请写明意见。", field="comment")
        return transition

    def available(self, state: str, permissions: Collection[str]) -> list[str]:
        """The acts that a person with these permissions may do in `state`, in the order of `acts`."""
        found = ((act, self.transitions.get((state, act))) for act in self.acts)
        return [
            act
            for act, step in found
            if step and step.permission and step.permission in permissions
        ]

    def problems(self) -> list[str]:
        """What is wrong with the table, in English for a test's message; empty where it is total.

        Every state × act is a transition or refused in words; every state is reached from `initial`;
        final states, and only they, have no way out; every act leads somewhere from some state.
        """
        faults = []
        for state in self.states:
            for act, described in self.acts.items():
                step = (state, act) in self.transitions
                refused = (state, act) in self.refusals
                if step and refused:
                    faults.append(f"{state} × {act} is both a transition and refused")
                if not step and not refused and not described.refused:
                    faults.append(f"{state} × {act} is neither a transition nor refused in words")
        reached, frontier = {self.initial}, [self.initial]
        while frontier:
            here = frontier.pop()
            steps = {step.to for (state, _), step in self.transitions.items() if state == here}
            frontier.extend(steps - reached)
            reached |= steps
        faults += [f"{state} is never reached" for state in self.states if state not in reached]
        left = {state for state, _ in self.transitions}
        faults += [
            f"{state} is final but can be left"
            for state in self.states
            if state in self.final & left
        ]
        stuck = [state for state in self.states if state not in left and state not in self.final]
        faults += [f"{state} is not final but has no way out" for state in stuck]
        used = {act for _, act in self.transitions}
        faults += [f"{act} is never possible" for act in self.acts if act not in used]
        return faults

    def mermaid(self) -> str:
        """The workflow as a Mermaid state diagram for the docs."""
        lines = ["stateDiagram-v2"]
        lines += [f'    state "{word}" as {state}' for state, word in self.states.items()]
        lines.append(f"    [*] --> {self.initial}")
        for (state, act), step in self.transitions.items():
            lines.append(f"    {state} --> {step.to}: {self.act_label(state, act)}")
        lines += [f"    {state} --> [*]" for state in self.states if state in self.final]
        return "\n".join(lines) + "\n"
