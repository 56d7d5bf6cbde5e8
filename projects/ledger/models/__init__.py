"""What is renovated: programme, project, estate, parties, gates, baseline, monthly targets.

Monthly targets, planned dates, planned investment and area belong to a baseline, which is approved and
superseded but never edited; quantities stand on the estate; actual dates are gates with evidence.
"""

from .baseline import Baseline, MonthlyTarget
from .dossier import DocumentKind, Photo, ProjectDocument
from .duties import Commitment, LeadingPost, Publication, Survey
from .estate import Building, Estate
from .exception import GateException
from .gate import Gate
from .party import Party
from .programme import Programme, ProgrammeTotal
from .project import Project
from .standards import StandardCheck, StandardItem

__all__ = [
    "Baseline",
    "Building",
    "Commitment",
    "DocumentKind",
    "Estate",
    "Gate",
    "GateException",
    "LeadingPost",
    "MonthlyTarget",
    "Party",
    "Photo",
    "Programme",
    "ProgrammeTotal",
    "Project",
    "ProjectDocument",
    "Publication",
    "StandardCheck",
    "StandardItem",
    "Survey",
]
