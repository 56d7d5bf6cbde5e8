"""The filter bar over the changes of all projects."""

from __future__ import annotations

from projects.ledger.enums import ChangeKind, ChangeState
from projects.ledger.filtering import ProjectListForm
from renovation.face.filtering import choice

from .lines import ENROLS, PLANS


class ChangeFilterForm(ProjectListForm):
    """Year, street, what it is about, where it stands, words."""

    kind = choice("类别", [(PLANS, "计划变更"), (ENROLS, "列入、移交和取消"), *ChangeKind.choices])
    state = choice("状态", ChangeState.choices)
