"""Finding patients."""

import re
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Text, Uuid, bindparam, cast, func, literal, literal_column, null, select
from sqlalchemy.dialects.postgresql import TSQUERY

from narvaro.auth.actors import Actor, ActorKind
from narvaro.patients.models import Patient

KNOWN: Final = select(Patient.id, Patient.clinic_id, Patient.name, null().label("role"))
MOST_WORDS = 8
FEW = 5_000
"""So many who match are looked up one by one; of more, a page is full after a short walk through the newest."""

_SIMPLE: Final[ColumnElement[str]] = literal_column("'simple'::regconfig")
_WORDS: Final = bindparam("words", type_=Text)


def patients_of(actor: Actor) -> Select[Patient]:
    """What the actor may know of: staff their clinic's patients, a patient themself."""
    query = select(Patient).where(Patient.clinic_id == actor.clinic_id)
    if actor.kind is ActorKind.STAFF:
        return query
    return query.where(Patient.id == actor.id)


def words_of(search: str) -> str:
    """What `matches_name` and `named` are given as `words`."""
    return " ".join(re.findall(r"[^\W_]+", search)[:MOST_WORDS])


def matches_name(name: Any = Patient.name) -> ColumnElement[bool]:
    """Every word begins some part of the name, in any order and case; no word at all matches nobody. Reads names, no index."""
    return func.to_tsvector(_SIMPLE, name).bool_op("@@")(_beginnings(func.to_tsvector(_SIMPLE, _WORDS)))


def named(actor: Actor, most: int) -> Select[UUID, UUID, str]:
    """The same by index: of the actor's clinic, `most` at most, in no order.

    By itself, with nothing to be put in order, for PostgreSQL takes every word for one that many have: to fill a page it
    would rather read the whole clinic, newest first, and with a million patients that is half a minute for a rare name.
    """
    sought = _beginnings(func.name_words(cast(actor.clinic_id, Uuid), _WORDS))
    matches = func.name_words(Patient.clinic_id, Patient.name).bool_op("@@")(sought)
    return select(Patient.id, Patient.clinic_id, Patient.name).where(matches).limit(most)


def _beginnings(vector: ColumnElement[Any]) -> ColumnElement[Any]:
    word: ColumnElement[str] = func.unnest(func.tsvector_to_array(vector), type_=String).column_valued("word")
    return cast(select(func.string_agg(literal("'") + word + literal("':*"), literal(" & "))).scalar_subquery(), TSQUERY)
