"""What is renovated: programme, project, estate, parties, gates, baseline, monthly targets.

Monthly targets, planned dates, planned investment and area belong to a baseline, which is approved and
superseded but never edited; quantities stand on the estate; actual dates are gates with evidence.
"""

from .baseline import Baseline, MonthlyTarget
from .estate import Estate
from .exception import GateException
from .gate import Gate
from .party import Party
from .programme import Programme, ProgrammeTotal
from .project import Project

__all__ = [
    "Baseline",
    "Estate",
    "Gate",
    "GateException",
    "MonthlyTarget",
    "Party",
    "Programme",
    "ProgrammeTotal",
    "Project",
]
