"""Making patients known to a clinic."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.names import person_name
from narvaro.auth.people import Home, Identity
from narvaro.patients.models import Patient


async def add_patient(
    db: AsyncSession,
    clinic_id: UUID,
    *,
    iss: str,
    sub: str,
    name: str,
    has_protected_identity: bool | None = None,
    number: str | None = None,
    has_text_agreement: bool | None = None,
    may_reach_protected: bool | None = None,
) -> Patient:
    """Provision one patient; the same `iss` and `sub` again sets what is given, and what is left out stays as it is.

    `number`: E.164, or empty to take it away. Raises Malformed.
    """
    given: dict[str, object] = {
        "has_protected_identity": has_protected_identity,
        "number": number,
        "has_text_agreement": has_text_agreement,
        "may_reach_protected": may_reach_protected,
    }
    facts = {fact: value or None if fact == "number" else value for fact, value in given.items() if value is not None}
    facts["name"] = person_name(name)
    statement = (
        insert(Patient)
        .values(clinic_id=clinic_id, iss=iss, sub=sub, **facts)
        .on_conflict_do_update(index_elements=["clinic_id", "iss", "sub"], set_=facts)
        .returning(Patient)
    )
    return (await db.execute(statement, execution_options={"populate_existing": True})).scalar_one()


async def admit_patient(db: AsyncSession, home: Home, identity: Identity, now: datetime) -> UUID | None:
    """The patient who has just proved to be `identity`; made on the spot only where the clinic allows it."""
    known = select(Patient.id).where(Patient.clinic_id == home.id, Patient.iss == identity.iss, Patient.sub == identity.sub)
    patient_id = await db.scalar(known)
    if patient_id is not None or not home.may_patients_sign_up or not identity.name:
        return patient_id
    statement = (
        insert(Patient)
        .values(clinic_id=home.id, iss=identity.iss, sub=identity.sub, name=person_name(identity.name))
        .on_conflict_do_nothing(index_elements=["clinic_id", "iss", "sub"])
        .returning(Patient.id)
    )
    patient_id = await db.scalar(statement)
    if patient_id is None:
        return await db.scalar(known)
    actor = Actor(ActorKind.PATIENT, patient_id, home.id, identity.name)
    await record_access(db, actor, "patient.signed_up", patient_id=patient_id, now=now)
    return patient_id
