"""Which numbers a call may invite."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.calls.models import Call
from narvaro.clinics.models import Clinic
from narvaro.errors import Problem
from narvaro.invitations.models import Invitation
from narvaro.invitations.rules import NumberAlreadyInvited, NumberOfPatient
from narvaro.invitations.schemas import CheckedNumber
from narvaro.patients.models import Patient
from narvaro.sms.numbers import Number, parse_number, region_of


async def number_to_invite(db: AsyncSession, call: Call, typed: str) -> Number:
    """Raises a NumberNotValid, NumberOfPatient, NumberAlreadyInvited."""
    clinic = await db.get_one(Clinic, call.clinic_id)
    number = parse_number(typed, clinic.sms_countries)
    if number.e164 == await db.scalar(select(Patient.number).where(Patient.id == call.patient_id)):
        raise NumberOfPatient
    taken = exists().where(Invitation.call_id == call.id, Invitation.number == number.e164, Invitation.revoked_at.is_(None))
    if await db.scalar(select(taken)):
        raise NumberAlreadyInvited
    return number


async def checked_number(db: AsyncSession, call: Call, typed: str) -> CheckedNumber:
    """How it reads and what stands in its way."""
    try:
        number = await number_to_invite(db, call, typed)
    except Problem as problem:
        return CheckedNumber(number=None, shown=typed, region=region_of(typed), problem=problem.code())
    return CheckedNumber(number=number.e164, shown=number.shown, region=number.region, problem=None)
