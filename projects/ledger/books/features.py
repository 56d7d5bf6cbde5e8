"""一小区一特色、示范样板 of a year's projects as a list; everything else of a project stands in the roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from projects.ledger.models import Project
from projects.ledger.services import update_project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

from .declaring import NAME, PROJECT, REASON_OF_HISTORY, Change, Found, Line, ListBook, Listing
from .shared import day

FEATURE = Column(field="feature", header="特色", longest=60, expected="一句话，60 个字以内")
MODEL = Column(field="is_model", header="示范样板", kind=Kind.FLAG, expected="是、否")
MODEL_ON = day("model_on", "定为样板日期", "示范样板要填")
REASON = Column(
    field="model_reason",
    header="定为样板的理由",
    longest=200,
    expected="示范样板要填，200 个字以内",
)
_WRITES = (FEATURE, MODEL, MODEL_ON, REASON)


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every project; nothing is read."""
    return [
        Line(
            name=str(project),
            values={
                PROJECT.field: project.code,
                NAME.field: project.name,
                **{column.field: getattr(project, column.field) for column in _WRITES},
            },
            row=project,
        )
        for project in projects
    ], None


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Change a project as its page does: a model has its day and its reason, what is none has neither."""
    for change in changes:
        is_model = change.values[MODEL.field] is True
        model_on, reason = change.values[MODEL_ON.field], change.values[REASON.field] or ""
        if is_model and model_on is None:
            raise Refusal("model.day", "示范样板要填定为样板的日期。", field=MODEL_ON.field)
        if is_model and not reason:
            raise Refusal("model.reason", "示范样板要写明理由。", field=REASON.field)
        if not is_model and {MODEL_ON.field, REASON.field} & change.changed:
            raise Refusal("model.none", "不是示范样板的不填日期和理由。", field=MODEL.field)
        update_project(
            project=change.project,
            values={
                "feature": change.values[FEATURE.field] or "",
                "is_model": is_model,
                "model_on": model_on if is_model else None,
                "model_reason": reason if is_model else "",
            },
            seen_version=change.project.version,
            reason=REASON_OF_HISTORY,
            by=by,
            now=at.now,
        )


FEATURES = ListBook(
    slug="features",
    label="特色和样板",
    hint="一个项目一行：一小区一特色，是不是示范样板、哪一天定的、为什么。空着的格不改。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: f"{reverse('dashboards:projects')}?year={year}",
    result_word="看项目",
    columns=(PROJECT, NAME, *_WRITES),
    keys=(PROJECT,),
    writes=_WRITES,
    load=load,
    write=write,
)
