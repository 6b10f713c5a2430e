"""The demo's clinics and people, and what some of them have written; the same again changes nothing."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.clinics.actions import add_clinic, add_staff_member
from narvaro.conversations.actions import post_message, start_conversation
from narvaro.conversations.schemas import NewMessage
from narvaro.demo.people import CLINICS, PEOPLE, DemoPerson
from narvaro.patients.actions import add_patient

MOVE = {
    "staff": text("UPDATE staff_members SET iss = :iss WHERE clinic_id = :clinic AND sub = :sub AND iss <> :iss"),
    "patient": text("UPDATE patients SET iss = :iss WHERE clinic_id = :clinic AND sub = :sub AND iss <> :iss"),
}
NAMESPACE = UUID("8f0c3a52-5d0a-4c39-9d5e-4a8b9a3f1c77")


async def seed(db: AsyncSession, issuer: str, now: datetime) -> None:
    """`issuer` follows the port: people keep their history when the demo moves to another."""
    clinics = {clinic.slug: (await add_clinic(db, clinic.slug, name=clinic.name, brand=clinic.brand)).id for clinic in CLINICS}
    for person in PEOPLE:
        clinic_id = clinics[person.clinic.slug]
        await db.execute(MOVE[person.kind], {"iss": issuer, "clinic": clinic_id, "sub": person.sub})
        person_id = await add_person(db, clinic_id, person, issuer)
        if person.first_words:
            patient = Actor(ActorKind.PATIENT, person_id, clinic_id, person.name)
            await begin_conversation(db, patient, person.first_words, now)


async def add_person(db: AsyncSession, clinic_id: UUID, person: DemoPerson, issuer: str) -> UUID:
    if person.kind == "patient":
        has_agreed = person.number is not None
        known = await add_patient(
            db,
            clinic_id,
            iss=issuer,
            sub=person.sub,
            name=person.name,
            number=person.number,
            has_text_agreement=has_agreed,
        )
        return known.id
    return (await add_staff_member(db, clinic_id, iss=issuer, sub=person.sub, name=person.name, role=person.role)).id


async def begin_conversation(db: AsyncSession, patient: Actor, words: str, now: datetime) -> None:
    conversation_id = await start_conversation(db, patient, patient.id, now=now)
    message = NewMessage(id=uuid5(NAMESPACE, str(conversation_id)), text=words)
    await post_message(db, patient, conversation_id, message, now=now)
