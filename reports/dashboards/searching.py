"""查找: projects and papers in sight by a word."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from projects.ledger.models import Project
from renovation.accounts.scope import Scope
from reports.papers.models import Document

from .listing import found

#: More than these are counted and not listed.
MOST = 50


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a word was found in; the counts are of everything, the lists of the first ``MOST``."""

    projects: tuple[Project, ...]
    project_count: int
    documents: tuple[Document, ...]
    document_count: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not self.project_count and not self.document_count


def search(*, scope: Scope, text: str) -> Findings:
    """Projects by name, code, plan code, estate or address; papers by title or number. Four queries."""
    projects = (
        found(scope, text)
        .select_related("street", "programme")
        .order_by("-programme__year", "street__order", "code")
    )
    papers = (
        Document.objects.visible_to(scope)
        .filter(Q(title__icontains=text.strip()) | Q(number__icontains=text.strip()))
        .order_by("-compiled_at", "-pk")
    )
    return Findings(
        projects=tuple(projects[:MOST]),
        project_count=projects.count(),
        documents=tuple(papers[:MOST]),
        document_count=papers.count(),
    )
