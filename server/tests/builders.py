"""People and places for tests, made straight in the tables."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.clinics.models import Clinic, StaffMember
from narvaro.conversations.actions import start_conversation
from narvaro.patients.models import Patient
from narvaro.sms import SmsGateway
from narvaro.sms.purposes import Stationery
from narvaro.sms.sending import Sms

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Practice:
    """One clinic with one of each."""

    clinic_id: UUID
    staff: Actor
    colleague: Actor
    patient: Actor
    conversation_id: UUID


async def build_practice(db: AsyncSession, *, name: str = "Hälsocentralen Testköping", protected: bool = False) -> Practice:
    clinic = Clinic(slug=f"c{uuid4().hex[:12]}", name=name, brand="Region Testköping")
    db.add(clinic)
    await db.flush()
    staff = await build_staff(db, clinic.id, "Selma Testkvist")
    colleague = await build_staff(db, clinic.id, "Anna Lindqvist")
    patient = await build_patient(db, clinic.id, "Sofia Gunnarsson", protected=protected)
    conversation_id = await start_conversation(db, staff, patient.id, now=NOON)
    return Practice(clinic.id, staff, colleague, patient, conversation_id)


def build_sms(*gateways: SmsGateway) -> Sms:
    return Sms(gateways, Stationery("http://127.0.0.1:8600", "s" * 32))


async def build_staff(db: AsyncSession, clinic_id: UUID, name: str) -> Actor:
    person = StaffMember(clinic_id=clinic_id, iss="https://idp.test", sub=uuid4().hex, name=name, role="staff")
    db.add(person)
    await db.flush()
    return Actor(ActorKind.STAFF, person.id, clinic_id, name)


async def build_patient(db: AsyncSession, clinic_id: UUID, name: str, *, protected: bool = False) -> Actor:
    person = Patient(clinic_id=clinic_id, iss="https://idp.test", sub=uuid4().hex, name=name, has_protected_identity=protected)
    db.add(person)
    await db.flush()
    return Actor(ActorKind.PATIENT, person.id, clinic_id, name)
