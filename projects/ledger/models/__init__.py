"""What is renovated: programme, project, estate, parties, gates, baseline, monthly targets.

Monthly targets, planned dates, planned investment and area belong to a baseline, which is approved and
superseded but never edited; quantities stand on the estate; actual dates are gates with evidence.
"""

from .baseline import Baseline, BaselineNode, MonthlyTarget
from .change import FormerStreet, ProjectChange
from .dossier import DocumentKind, Photo, ProjectDocument
from .duties import Commitment, LeadingPost, Publication, Survey
from .estate import Building, Estate
from .exception import GateException
from .formality import DepartmentOpinion, GatePromise, JointReview
from .gate import Gate
from .opening import GateOpening
from .party import Party
from .programme import Programme, ProgrammeTotal
from .project import Project
from .standards import StandardCheck, StandardItem
from .timing import GateDeadline, RestReason, RestWindow

__all__ = [
    "Baseline",
    "BaselineNode",
    "Building",
    "Commitment",
    "DepartmentOpinion",
    "DocumentKind",
    "Estate",
    "FormerStreet",
    "Gate",
    "GateDeadline",
    "GateException",
    "GateOpening",
    "GatePromise",
    "JointReview",
    "LeadingPost",
    "MonthlyTarget",
    "Party",
    "Photo",
    "Programme",
    "ProgrammeTotal",
    "Project",
    "ProjectChange",
    "ProjectDocument",
    "Publication",
    "RestReason",
    "RestWindow",
    "StandardCheck",
    "StandardItem",
    "Survey",
]
