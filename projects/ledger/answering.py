"""Who answers for a project in its street, and who still does since before it moved."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable
from django.urls import reverse

from renovation.accounts.models import Organisation

from .enums import CommitmentKind, PartyRole
from .models import Commitment, FormerStreet, LeadingPost, Party, Project
from .querysets import CommitmentQuerySet, PartyQuerySet

#: Parties that belong to a street; who builds, supervises and designs stays wherever the project is.
OF_STREET = (PartyRole.RESPONSIBLE, PartyRole.CONTACT_LEADER, PartyRole.SITE_CONTACT)
#: Roles in which a street office, or a section of it (街道城建办), stands as itself.
STREET_ITSELF = (PartyRole.RESPONSIBLE, PartyRole.OWNER, PartyRole.SITE_CONTACT)
#: How a street office goes on behind the street's name: nothing, 办事处, a section of it. A company, a community or a
#: school that is called after its street goes on otherwise.
_OFFICE = re.compile(
    r"(街道)?(办事处|办|(人民)?政府)?"
    r"((城市|城乡|村镇|规划|建设|城建|城管|规建|建管|管理|更新|老旧小区|旧城|改造|旧改|城改|社区|房管|住建"
    r"|物业|环保|生态环境|和|综合|党政|服务|工作){1,5}(办公室|办|科|站|所|专班|组))?"
)
#: Records of who answers and is on site; officials who go first and points are what was done, by whomever.
OF_DUTY = (CommitmentKind.PARTY_BRANCH, CommitmentKind.HEAD, CommitmentKind.ON_SITE)


@dataclass(frozen=True, slots=True)
class Answering:
    """One that answers for a project: as what, who, and the page on which that is changed."""

    word: str
    who: str
    href: str


@dataclass(frozen=True, slots=True)
class SinceBefore:
    """The last move of a project, and who has answered for it since before it and was not edited after it."""

    move: FormerStreet
    rows: tuple[Answering, ...]


def is_street_itself(*, party: Party, streets: Collection[Organisation]) -> bool:
    """Whether a party is one of the streets under another name: by its account, or where it has none by the street's
    name, alone or with 办事处 or a section behind it (城建办), in a role that a street has (``STREET_ITSELF``). No
    query."""
    if party.organisation_id is not None:
        return any(party.organisation_id == street.pk for street in streets)
    return party.role in STREET_ITSELF and any(
        _is_office(party.name.strip(), said)
        for street in streets
        for said in (street.name, street.short_name)
    )


def _is_office(name: str, street: str) -> bool:
    """Whether a name is a street's own, or that of its office or a section of it."""
    return name.startswith(street) and bool(_OFFICE.fullmatch(name.removeprefix(street)))


def answering(*, project: Project, on: date) -> list[Answering]:
    """Who answers for a project on a day: parties of its street, records of how it is carried, posts of the leading
    group. Three queries."""
    posts = LeadingPost.objects.filter(projects=project).valid_on(on)
    return [
        *_said(project, _parties(project, on), _records(project, on)),
        *(
            Answering(
                f"领导小组{row.get_rank_display()}",
                row.post,
                reverse("ledger:leading_post", args=[row.pk]),
            )
            for row in posts
        ),
    ]


def since_before(
    *, project: Project, moves: Sequence[FormerStreet], on: date
) -> SinceBefore | None:
    """What of the street that a project left last nobody has looked at; None where it never moved, or where all was
    edited. ``moves`` are its former streets with their changes. Two queries, none where it never moved.

    Posts of the leading group are the bureau's: a move leaves them where they are.
    """
    move = max(moves, key=lambda row: row.until_on, default=None)
    if move is None or move.change.decided_at is None:
        return None

    def untouched(model: Any) -> Combinable:
        later = model.history.filter(id=OuterRef("pk"), history_date__gte=move.change.decided_at)
        return ~Exists(later)

    begun = Q(valid_from=None) | Q(valid_from__lt=move.until_on)
    parties = _parties(project, on).filter(begun, untouched(Party))
    records = _records(project, on).filter(untouched(Commitment), starts_on__lt=move.until_on)
    rows = _said(project, parties, records)
    return SinceBefore(move, tuple(rows)) if rows else None


def _parties(project: Project, on: date) -> PartyQuerySet:
    rows: PartyQuerySet = Party.objects.filter(project=project, role__in=OF_STREET)
    return rows.valid_on(on)


def _records(project: Project, on: date) -> CommitmentQuerySet:
    rows: CommitmentQuerySet = Commitment.objects.filter(
        project=project, kind__in=OF_DUTY, starts_on__lte=on
    )
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=on))


def _said(project: Project, parties: PartyQuerySet, records: CommitmentQuerySet) -> list[Answering]:
    order = {role.value: place for place, role in enumerate(OF_STREET)}
    return [
        *(
            Answering(
                str(row.get_role_display()),
                row.name,
                reverse("ledger:party", args=[project.code, row.pk]),
            )
            for row in sorted(parties, key=lambda row: (order[row.role], row.pk))
        ),
        *(
            Answering(
                str(row.get_kind_display()),
                row.who,
                reverse("ledger:record", args=[project.code, "commitments", row.pk]),
            )
            for row in records
        ),
    ]
