"""Who makes a request."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    STAFF = "staff"
    PATIENT = "patient"
    GUEST = "guest"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """One person acting in one clinic; `SYSTEM` acts for jobs and the watch."""

    kind: ActorKind
    id: UUID
    clinic_id: UUID
    name: str


def system_of(clinic_id: UUID) -> Actor:
    """The clock and the watch, acting in one clinic."""
    return Actor(ActorKind.SYSTEM, UUID(int=0), clinic_id, "")
