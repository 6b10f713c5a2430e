"""What `auth` asks of those who know people: `clinics` and `patients` register themselves here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for; `iss` and `sub` together are the key (C1)."""

    iss: str
    sub: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """The clinic a session is bound to."""

    id: UUID
    slug: str
    name: str
    time_zone: str
    staff_acr: str | None
    patient_acr: str | None
    may_patients_sign_up: bool
    may_share_whole_screen: bool

    def required_acr(self, kind: ActorKind) -> str | None:
        return self.staff_acr if kind is ActorKind.STAFF else self.patient_acr


@dataclass(frozen=True, slots=True)
class People:
    """One kind's people. `known`: id, clinic_id, name and role of those who may be signed in, at the time `now` if it matters.

    `admit`: the person's id, or None when not let in.
    """

    known: Select[UUID, UUID, str, Any]
    admit: Callable[[AsyncSession, Home, Identity, datetime], Awaitable[UUID | None]]


RefuseToLeave = Callable[[AsyncSession, Actor], Awaitable[None]]
"""Raises what should be asked about before this person signs out."""
FindHome = Callable[[AsyncSession, str | UUID], Awaitable[Home | None]]

_people: dict[ActorKind, People] = {}
_find_home: list[FindHome] = []
_refuse_to_leave: list[RefuseToLeave] = []


def register_people(kind: ActorKind, people: People) -> None:
    _people[kind] = people


def register_homes(find: FindHome) -> None:
    """`find` takes a slug or an id."""
    _find_home[:] = [find]


def register_reason_to_stay(refuse: RefuseToLeave) -> None:
    if refuse not in _refuse_to_leave:
        _refuse_to_leave.append(refuse)


async def refuse_to_leave(db: AsyncSession, actor: Actor) -> None:
    for refuse in _refuse_to_leave:
        await refuse(db, actor)


def people_of(kind: ActorKind) -> People:
    return _people[kind]


async def find_home(db: AsyncSession, slug_or_id: str | UUID) -> Home | None:
    return await _find_home[0](db, slug_or_id)
