"""Who may look at an upload, and who may act on it."""

from __future__ import annotations

from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden

from .models import Upload
from .pipelines import Pipeline, pipeline_of


def check_may_see(*, upload: Upload, scope: Scope) -> Pipeline:
    """The upload's pipeline; raises Forbidden where the scope may not read what it holds."""
    pipeline = pipeline_of(upload.pipeline)
    if not scope.can(pipeline.read_permission):
        raise Forbidden
    return pipeline


def can_write(*, upload: Upload, scope: Scope) -> bool:
    """Whether the scope may answer, confirm and read again."""
    pipeline = pipeline_of(upload.pipeline)
    return scope.can(pipeline.write_permission) and upload.organisation_id in scope.home_ids


def check_may_write(*, upload: Upload, scope: Scope) -> None:
    """Raises Forbidden where `can_write` says no."""
    if not can_write(upload=upload, scope=scope):
        raise Forbidden("只有本单位的填报岗才能办理。")
