"""The wing's workbooks: notices, meetings and their matters, contributions, after-care of estates."""

from __future__ import annotations

from projects.ledger.books.pipeline import pipeline_of_list

from .books.care import COLLECTIONS, COMMITTEES, FUNDS, MANAGEMENTS
from .books.confirmed import EVALUATIONS, HANDOVERS, OPINIONS
from .books.gifts import CONTRIBUTIONS
from .books.meetings import MATTERS, MEETINGS
from .books.notices import NOTICES

LISTS = (
    NOTICES,
    MEETINGS,
    MATTERS,
    CONTRIBUTIONS,
    COMMITTEES,
    MANAGEMENTS,
    COLLECTIONS,
    FUNDS,
    HANDOVERS,
    EVALUATIONS,
    OPINIONS,
)
PIPELINES = [pipeline_of_list(each) for each in LISTS]
