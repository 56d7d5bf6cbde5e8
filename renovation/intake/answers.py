"""What a person says to a preview (``Upload.answers``): reasons, and rows to hold back.

Stored as ``{"reasons": {row key: {rule code: text}}, "held": [row key, …]}``, sealed where the pipeline holds
residents' data: who gives a reason may write whom it is about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .pipelines import Pipeline
from .sealed import opened, sealed

LONGEST_REASON = 500
_ANSWERS = "answers"


@dataclass(frozen=True)
class Answers:
    """``reasons``: row key → rule code → the sentence given; ``held``: keys of rows not to be written."""

    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    held: frozenset[str] = frozenset()

    @classmethod
    def of(cls, kept: Mapping[str, Any], pipeline: Pipeline) -> Self:
        """From what an upload keeps (``Upload.answers``)."""
        return cls.from_json(opened(kept, pipeline, _ANSWERS))

    def kept(self, pipeline: Pipeline) -> dict[str, Any]:
        """For ``Upload.answers``."""
        return sealed(self.as_json(), pipeline, _ANSWERS)

    def changes_from(self, before: Self, pipeline: Pipeline) -> dict[str, Any]:
        """What the audit says of answers that were others before: all, but of residents' data how many reasons were
        given, and which rows are held; an entry stays for ever, and a reason may say whom it is about."""
        if not pipeline.is_private:
            return {"answers": [before.as_json(), self.as_json()]}
        counts = [sum(map(len, each.reasons.values())) for each in (before, self)]
        return {"reasons": counts, "held": [sorted(before.held), sorted(self.held)]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what `as_json` gave."""
        return cls(stored.get("reasons", {}), frozenset(stored.get("held", ())))

    def as_json(self) -> dict[str, Any]:
        """In plain words, in one order."""
        return {
            "reasons": {key: dict(codes) for key, codes in sorted(self.reasons.items()) if codes},
            "held": sorted(self.held),
        }

    def reason(self, key: str, code: str) -> str:
        """The reason given for a rule at a row, "" for none."""
        return self.reasons.get(key, {}).get(code, "")

    def with_reasons(self, given: Iterable[tuple[str, str, str]]) -> Self:
        """The same with (row key, rule code, reason) added; an empty reason takes one back."""
        reasons = {key: dict(codes) for key, codes in self.reasons.items()}
        for key, code, reason in given:
            text = reason.strip()[:LONGEST_REASON]
            if text:
                reasons.setdefault(key, {})[code] = text
            else:
                reasons.get(key, {}).pop(code, None)
        return type(self)(reasons, self.held)

    def without(self, keys: Collection[str], code: str) -> Self:
        """The same without the reasons that were given for a rule at some rows."""
        reasons = {
            key: {each: text for each, text in codes.items() if key not in keys or each != code}
            for key, codes in self.reasons.items()
        }
        return type(self)(reasons, self.held)

    def with_held(self, held: Iterable[str], *, among: Iterable[str]) -> Self:
        """The same with the decisions about ``among`` replaced: those in ``held`` are held, others not."""
        return type(self)(self.reasons, (self.held - frozenset(among)) | frozenset(held))
