"""Finding patients."""

import re
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, literal_column, null, select

from narvaro.auth.actors import Actor, ActorKind
from narvaro.patients.models import Patient

KNOWN: Final = select(Patient.id, Patient.clinic_id, Patient.name, null().label("role"))
MOST_WORDS = 8
FEW = 5_000
"""So many who match are looked up one by one; of more, a page is full after a short walk through the newest."""


def patients_of(actor: Actor) -> Select[Patient]:
    """What the actor may know of: staff their clinic's patients, a patient themself."""
    query = select(Patient).where(Patient.clinic_id == actor.clinic_id)
    if actor.kind is ActorKind.STAFF:
        return query
    return query.where(Patient.id == actor.id)


def matches_name(search: str) -> ColumnElement[bool]:
    """Every word begins some part of the name, in any order and case. No word at all matches nobody."""
    words = re.findall(r"[^\W_]+", search)[:MOST_WORDS]
    if not words:
        return false()
    simple: ColumnElement[str] = literal_column("'simple'::regconfig")
    prefixes = " & ".join(f"'{word}':*" for word in words)
    return func.to_tsvector(simple, Patient.name).bool_op("@@")(func.to_tsquery(simple, prefixes))


def named(clinic_id: UUID, search: str, most: int) -> Select[UUID, str]:
    """Id and name of the clinic's patients that match, `most` at most, in no order.

    By itself, with nothing to be put in order, for PostgreSQL takes every word for one that 2 % have: to fill a page it
    would rather read the whole clinic, newest first, and with a million patients that is half a minute for a rare name.
    """
    return select(Patient.id, Patient.name).where(Patient.clinic_id == clinic_id, matches_name(search)).limit(most)
